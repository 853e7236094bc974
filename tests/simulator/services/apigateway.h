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

/* What a patch may change in a map. */
enum patches {
    PATCHES_TEXT,
    PATCHES_BOOL,
    PATCHES_NUMBER,
    PATCHES_TEXTS,
    PATCHES_BOOLS,
    PATCHES_ITEMS,
    PATCHES_NAMES
};
struct patch_member {
    const char *name; /* NULL ends the table */
    enum patches kind;
    bool needed;      /* cannot be empty */
    const char *path; /* where it is not the name */
};
/* A copy of `state` with the operations of the body carried out; NULL after call_fail. */
struct value *apigateway_patched(struct call *, const struct value *state, const struct patch_member *);

/* Takes over what a patch made. */
void apigateway_replace(struct call *, struct value *state, const struct value *patched);

/* Answers with a page of the map's values as "item". */
bool apigateway_page(struct call *, const struct value *shapes);
/* The resource of the path's resource_id; NULL after call_fail. */
struct value *apigateway_resource(struct call *, struct value *api);

bool apigateway_create_resource(struct call *);
bool apigateway_get_resource(struct call *);
bool apigateway_delete_resource(struct call *);
bool apigateway_put_method(struct call *);
bool apigateway_get_method(struct call *);
bool apigateway_update_method(struct call *);
bool apigateway_delete_method(struct call *);
bool apigateway_put_method_response(struct call *);
bool apigateway_update_method_response(struct call *);
bool apigateway_delete_method_response(struct call *);
bool apigateway_put_integration(struct call *);
bool apigateway_update_integration(struct call *);
bool apigateway_delete_integration(struct call *);
bool apigateway_put_integration_response(struct call *);
bool apigateway_delete_integration_response(struct call *);

bool apigateway_create_model(struct call *);
bool apigateway_get_model(struct call *);
bool apigateway_get_models(struct call *);
bool apigateway_update_model(struct call *);
bool apigateway_delete_model(struct call *);
bool apigateway_create_validator(struct call *);
bool apigateway_get_validator(struct call *);
bool apigateway_get_validators(struct call *);
bool apigateway_update_validator(struct call *);
bool apigateway_delete_validator(struct call *);
bool apigateway_create_authorizer(struct call *);
bool apigateway_get_authorizer(struct call *);
bool apigateway_get_authorizers(struct call *);
bool apigateway_update_authorizer(struct call *);
bool apigateway_delete_authorizer(struct call *);
bool apigateway_get_gateway_response(struct call *);
bool apigateway_put_gateway_response(struct call *);
bool apigateway_delete_gateway_response(struct call *);
bool apigateway_create_api_key(struct call *);
bool apigateway_get_api_key(struct call *);
bool apigateway_get_api_keys(struct call *);
bool apigateway_update_api_key(struct call *);
bool apigateway_delete_api_key(struct call *);
bool apigateway_create_usage_plan(struct call *);
bool apigateway_get_usage_plan(struct call *);
bool apigateway_get_usage_plans(struct call *);
bool apigateway_update_usage_plan(struct call *);
bool apigateway_delete_usage_plan(struct call *);
bool apigateway_create_usage_plan_key(struct call *);
bool apigateway_get_usage_plan_key(struct call *);
bool apigateway_delete_usage_plan_key(struct call *);
bool apigateway_get_account(struct call *);
bool apigateway_update_account(struct call *);
bool apigateway_create_domain_name(struct call *);
bool apigateway_get_domain_name(struct call *);
bool apigateway_update_domain_name(struct call *);
bool apigateway_delete_domain_name(struct call *);
bool apigateway_create_mapping(struct call *);
bool apigateway_get_mapping(struct call *);
bool apigateway_update_mapping(struct call *);
bool apigateway_delete_mapping(struct call *);
bool apigateway_generate_certificate(struct call *);
bool apigateway_get_certificate(struct call *);
bool apigateway_get_certificates(struct call *);
bool apigateway_update_certificate(struct call *);
bool apigateway_delete_certificate(struct call *);
bool apigateway_create_link(struct call *);
bool apigateway_get_link(struct call *);
bool apigateway_get_links(struct call *);
bool apigateway_update_link(struct call *);
bool apigateway_delete_link(struct call *);
bool apigateway_create_part(struct call *);
bool apigateway_get_part(struct call *);
bool apigateway_get_parts(struct call *);
bool apigateway_update_part(struct call *);
bool apigateway_delete_part(struct call *);
bool apigateway_create_version(struct call *);
bool apigateway_get_version(struct call *);
bool apigateway_update_version(struct call *);
bool apigateway_delete_version(struct call *);

bool apigateway_create_stage(struct call *);
bool apigateway_get_stage(struct call *);
bool apigateway_get_stages(struct call *);
bool apigateway_update_stage(struct call *);
bool apigateway_delete_stage(struct call *);

/* A map of the API's "resources" made from an OpenAPI document's paths. */
void apigateway_import(struct call *, struct value *api, const struct value *document);
bool apigateway_get_resources(struct call *);

#endif
