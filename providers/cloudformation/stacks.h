#ifndef PLUMB_PROVIDERS_CLOUDFORMATION_STACKS_H
#define PLUMB_PROVIDERS_CLOUDFORMATION_STACKS_H

/* What CloudFormation's own stacks give to others: for templates that import from them. */

#include "providers/aws/aws.h"

/* All exports of the region, name -> text. */
WARN_UNUSED bool stack_exports_read(struct aws *, struct arena *, struct value **exports, struct error *);

/* The outputs of one stack, name -> text.  ERROR_NOT_FOUND: there is no such stack. */
WARN_UNUSED bool stack_outputs_read(struct aws *, struct arena *, struct str stack, struct value **outputs,
                                    struct error *);

#endif
