#ifndef PLUMB_PROVIDERS_APIGATEWAY_METHOD_H
#define PLUMB_PROVIDERS_APIGATEWAY_METHOD_H

/*
 * What a method is made of, each with calls of its own: itself, its integration, and the responses of both,
 * which go by their status codes.
 */

#include "providers/apigateway/patch.h"
#include "providers/shape.h"
#include "providers/wire.h"

extern const struct shape method_shape[];
extern const struct wire method_wire;

struct method_place {
    struct str api, resource, verb;
};

/* {restApiId, resourceId, http_method} */
struct value *method_input(struct arena *, struct method_place);

/* What GetMethod and PutMethod answer, as properties: with everything that is there, declared or not. */
struct value *method_live(struct arena *, struct method_place, const struct value *answer);

/* The item of a list of responses, or NULL. */
const struct value *method_response(const struct value *list, struct str status);

/* {"a": "true"} -> {"a": true}, in place: parameters travel as booleans, and people write texts. */
void method_parameters_out(struct arena *, struct value *input, const char *member);

/* Writes what differs; `previous` (normalized) tells which responses were declared and are not any more.  All
 * others stay. */
WARN_UNUSED bool method_write(const struct resource_call *, struct method_place, struct value *target,
                              const struct value *previous, const struct value *live, struct error *);

#endif
