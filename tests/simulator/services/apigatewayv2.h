#ifndef PLUMB_SIMULATOR_APIGATEWAYV2_H
#define PLUMB_SIMULATOR_APIGATEWAYV2_H

/*
 * HTTP and WebSocket APIs.  State: apis.ID is {"shape": as GetApi answers it, "routes", "integrations", ...};
 * what an API has is {"shape", "parent"} likewise, by its id.
 */

#include "tests/simulator/service.h"

/* The API of the path's apiId; NULL after call_fail. */
struct value *apigatewayv2_api(struct call *);
bool apigatewayv2_is_http(const struct value *api);
struct value *apigatewayv2_id(struct call *, const char *member, struct value *shape, size_t length);
/* The map of an API's things of one kind, made if it is not there. */
struct value *apigatewayv2_things(struct call *, struct value *of, const char *collection);

/* Sets these members (NULL ends them) of a shape to those of the input: "" and {} take one away. */
void apigatewayv2_take(struct call *, struct value *shape, const char *const *members);
/* The same for maps, key by key. */
void apigatewayv2_merge(struct call *, struct value *shape, const char *member);
void apigatewayv2_put_cors(struct call *, struct value *shape, const struct value *cors);
void apigatewayv2_default(struct call *, struct value *shape, const char *member, const char *text);
/* Fails unless the input has all of these. */
bool apigatewayv2_need(struct call *, const char *const *members);
/* Answers with a page of the shapes in a map of things; `parent` may be empty. */
bool apigatewayv2_page(struct call *, const struct value *things, struct str parent);

/* Routes, integrations and what else an API has: their kind is known by the operation's name. */
bool apigatewayv2_create(struct call *);
bool apigatewayv2_get(struct call *);
bool apigatewayv2_list(struct call *);
bool apigatewayv2_update(struct call *);
bool apigatewayv2_delete(struct call *);
bool apigatewayv2_delete_request_parameter(struct call *);
/* A route or integration of this shape, without any check. */
struct value *apigatewayv2_add(struct call *, struct value *api, const char *collection, const char *id,
                               struct value *shape);
/* The route of that key, or NULL. */
struct value *apigatewayv2_route(const struct value *api, struct str key);

/* A new deployment for the stages that ask for it. */
void apigatewayv2_auto_deploy(struct call *, struct value *api);
bool apigatewayv2_create_deployment(struct call *);
bool apigatewayv2_delete_deployment(struct call *);
bool apigatewayv2_create_stage(struct call *);
bool apigatewayv2_get_stage(struct call *);
bool apigatewayv2_get_stages(struct call *);
bool apigatewayv2_update_stage(struct call *);
bool apigatewayv2_delete_stage(struct call *);
bool apigatewayv2_delete_access_log(struct call *);
bool apigatewayv2_delete_route_settings(struct call *);
struct value *apigatewayv2_add_stage(struct call *, struct value *api, struct str name, bool auto_deploy);

/* Replaces what the API has by what the OpenAPI document in the input's body says; false after call_fail. */
bool apigatewayv2_import(struct call *, struct value *api);
bool apigatewayv2_document(struct call *, struct value **document);

bool apigatewayv2_create_domain(struct call *);
bool apigatewayv2_get_domain(struct call *);
bool apigatewayv2_get_domains(struct call *);
bool apigatewayv2_update_domain(struct call *);
bool apigatewayv2_delete_domain(struct call *);
bool apigatewayv2_create_mapping(struct call *);
bool apigatewayv2_get_mapping(struct call *);
bool apigatewayv2_get_mappings(struct call *);
bool apigatewayv2_update_mapping(struct call *);
bool apigatewayv2_delete_mapping(struct call *);
bool apigatewayv2_create_link(struct call *);
bool apigatewayv2_get_link(struct call *);
bool apigatewayv2_get_links(struct call *);
bool apigatewayv2_update_link(struct call *);
bool apigatewayv2_delete_link(struct call *);

#endif
