#ifndef PLUMB_PROVIDERS_CLOUDFORMATION_STACKS_H
#define PLUMB_PROVIDERS_CLOUDFORMATION_STACKS_H

/* What CloudFormation's own stacks give to others: for templates that import from them. */

#include "providers/aws/aws.h"

/* All exports of the region, name -> text. */
WARN_UNUSED bool stack_exports_read(struct aws *, struct arena *, struct value **exports, struct error *);

/* The outputs of one stack, name -> text.  ERROR_NOT_FOUND: there is no such stack. */
WARN_UNUSED bool stack_outputs_read(struct aws *, struct arena *, struct str stack, struct value **outputs,
                                    struct error *);

/* The stack's name, and whether it stands (a deleted one is found by its id alone).  ERROR_NOT_FOUND: there
 * never was one, or it went more than 90 days ago. */
WARN_UNUSED bool stack_look(struct aws *, struct arena *, struct str name_or_id, struct str *name,
                            bool *stands, struct error *);

/* Its resources, logical id -> physical id; of a deleted stack those that it kept. */
WARN_UNUSED bool stack_resources_read(struct aws *, struct arena *, struct str name_or_id, struct value **ids,
                                      struct error *);

#endif
