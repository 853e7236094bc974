#ifndef PLUMB_PROVIDERS_LAMBDA_COMMON_H
#define PLUMB_PROVIDERS_LAMBDA_COMMON_H

/* What Lambda's resource types share. */

#include "providers/lambda/operations.h"
#include "providers/resource.h"

enum {
    LAMBDA_ROLE_MS = 60 * 1000,       /* how long a new role may be unknown to Lambda */
    LAMBDA_READY_MS = 15 * 60 * 1000, /* images, network interfaces and snapshots take minutes */
};

/* Errors that pass: a role that Lambda does not know yet, an update that still runs. */
extern const struct hurdle lambda_role_hurdles[];
extern const struct hurdle lambda_update_hurdles[];

/* How a template may name a function: "name", "name:alias", "123456789012:function:name",
 * "arn:aws:lambda:eu-west-1:123456789012:function:name:1". */
struct function_name {
    struct str name, qualifier; /* qualifier: version or alias, or empty */
};
struct function_name function_name_split(struct str text);
/* Brings the property FunctionName to "name" or "name:qualifier". */
void function_name_normalize(struct arena *, struct value *properties);

/* {FunctionName} or {FunctionName, Qualifier}. */
struct value *function_input(struct arena *, struct function_name);

/* GetFunction as soon as no creation or update is under way.  A function or version that could not be made is
 * an error with AWS's reason; `updated` says that a failed last update is one too. */
WARN_UNUSED bool function_when_ready(const struct resource_call *, struct function_name, bool updated,
                                     struct value **answer, struct error *);

/* ProvisionedConcurrencyConfig of a version or alias: what is live (NULL: none), and bringing it there. */
WARN_UNUSED bool provisioned_read(const struct resource_call *, struct function_name, struct value **config,
                                  struct error *);
WARN_UNUSED bool provisioned_write(const struct resource_call *, struct function_name,
                                   const struct value *wanted, const struct value *live, struct error *);

/* TagResource and UntagResource, for what the tags need. */
extern const struct tag_calls lambda_tag_calls;
WARN_UNUSED bool lambda_write_tags(const struct resource_call *, struct str arn,
                                   const struct value *live_tags, struct error *);

#endif
