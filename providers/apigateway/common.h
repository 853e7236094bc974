#ifndef PLUMB_PROVIDERS_APIGATEWAY_COMMON_H
#define PLUMB_PROVIDERS_APIGATEWAY_COMMON_H

/* What the types of API Gateway share. */

#include "providers/apigateway/operations.h"
#include "providers/resource.h"

enum { APIGATEWAY_BUSY_MS = 30 * 1000 };

/* Another change of the same API is under way. */
extern const struct hurdle apigateway_busy[];

/* The API that a stage or a deployment belongs to, from the properties or the previous ones; its id is no
 * part of their physical ids.  ERROR_INVALID where neither says it, ERROR_NOT_FOUND where it is only known
 * after apply. */
WARN_UNUSED bool api_of(const struct resource_call *, struct str *api, struct error *);
struct value *api_input(struct arena *, struct str api);

/* "arn:aws:apigateway:eu-west-1::/<path>": with `path` such as "restapis/a1b2". */
struct str apigateway_arn(const struct resource_call *, struct str path);
/* Brings the tags to those of the call and `more` (a map; may be NULL). */
WARN_UNUSED bool apigateway_write_tags(const struct resource_call *, struct str arn,
                                       const struct value *live_tags, const struct value *more,
                                       struct error *);

#endif
