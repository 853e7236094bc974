#ifndef PLUMB_SIMULATOR_APIGATEWAY_H
#define PLUMB_SIMULATOR_APIGATEWAY_H

#include "tests/simulator/service.h"

/* The REST API of the path's restapi_id; NULL after call_fail. */
struct value *apigateway_api(struct call *);

/* One patch operation: value is "" where there is none. */
struct patch {
    bool remove;
    struct str path, value;
};
/* The operations of the body; false after call_fail (an unknown op, a path that is none). */
bool apigateway_patches(struct call *, struct patch **, size_t *count);
/* "/a/b~1c" to its parts, "~1" and "~0" decoded; at most `max`.  Gives how many. */
size_t apigateway_path(struct call *, struct str path, struct str *parts, size_t max);

bool apigateway_create_stage(struct call *);
bool apigateway_get_stage(struct call *);
bool apigateway_get_stages(struct call *);
bool apigateway_update_stage(struct call *);
bool apigateway_delete_stage(struct call *);

/* A map of the API's "resources" made from an OpenAPI document's paths. */
void apigateway_import(struct call *, struct value *api, const struct value *document);
bool apigateway_get_resources(struct call *);

#endif
