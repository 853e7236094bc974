#include "providers/apigatewayv2/api_body.h"

#include "base/digest.h"
#include "base/json.h"
#include "providers/apigatewayv2/common.h"
#include "providers/policy.h"
#include "providers/s3/operations.h"
#include "providers/shape.h"

#define EXTENSION "x-amazon-apigateway-"
#define ANY_METHOD EXTENSION "any-method"

bool api_has_body(const struct value *properties)
{
    return value_is(value_get(properties, "Body"), VALUE_MAP) ||
           value_is(value_get(properties, "BodyS3Location"), VALUE_MAP);
}

struct value *api_body_tag(struct arena *arena, const struct value *properties)
{
    static const char *const parts[] = {"Body", "BodyS3Location", "BasePath", NULL};
    struct value *whole = value_map(arena);
    members_copy(arena, whole, properties, parts);
    return input_with(arena, API_BODY_TAG, sha256_hex(arena, json_text(arena, whole, JSON_CANONICAL)));
}

/* --- comparing with what is live --- */

/* What the API has: routes by their keys, integrations by their ids. */
struct live {
    struct value *routes, *integrations;
};

static struct value *by_member(struct arena *arena, const struct value *items, const char *member)
{
    struct value *map = value_map(arena);
    for (size_t i = 0; i < items->count; i++)
        value_set(arena, map, value_get_text(items->items[i], member), items->items[i]);
    return map;
}

static bool list(const struct resource_call *call, enum apigatewayv2_operation operation, const char *member,
                 struct value **map, struct error *error)
{
    struct value *items, *input = input_with(call->arena, "apiId", call->physical_id);
    and_with(call->arena, input, "MaxResults", STR("500"));
    if (!aws_list(call->aws, &apigatewayv2_operations[operation], call->arena, input, &items, error))
        return false;
    *map = by_member(call->arena, items, member);
    return true;
}

static const struct value *integration_of(const struct live *live, const struct value *route)
{
    struct str target = value_get_text(route, "target");
    return str_starts(target, "integrations/")
               ? value_get_str(live->integrations, str_from_index(target, sizeof "integrations/" - 1))
               : NULL;
}

/* What stands otherwise in the API is shown as it is there. */
static void compare_integration(struct arena *arena, struct value *wanted, const struct value *now)
{
    static const char *const members[][2] = {
        {"type", "integrationType"},       {"uri", "integrationUri"},
        {"credentials", "credentialsArn"}, {"payloadFormatVersion", "payloadFormatVersion"},
        {"subtype", "integrationSubtype"}, {"connectionId", "connectionId"},
    };
    for (size_t i = 0; value_is(wanted, VALUE_MAP) && i < ARRAY_LENGTH(members); i++) {
        struct str text = value_get_text(wanted, members[i][0]), there = value_get_text(now, members[i][1]);
        if (text.len && !str_equal_nocase(text, there))
            value_setz(arena, wanted, members[i][0], value_string(arena, there));
    }
}

/* An operation that asks who calls is not as declared where its route does not ask. */
static void compare_security(struct value *operation, const struct value *route)
{
    const struct value *asked = value_at(value_get(operation, "security"), 0);
    if (asked && asked->count && str_is(value_get_text(route, "authorizationType"), "NONE"))
        value_remove(operation, STR("security"));
}

/* The key of the route that an operation makes; empty: it is none. */
static struct str route_key(struct arena *arena, struct str path, struct str method)
{
    static const char *const methods[][2] = {
        {"get", "GET"},         {"put", "PUT"},   {"post", "POST"},   {"delete", "DELETE"},
        {"options", "OPTIONS"}, {"head", "HEAD"}, {"patch", "PATCH"}, {ANY_METHOD, "ANY"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(methods); i++)
        if (str_equal_nocase(method, str_from(methods[i][0])))
            return str_is(path, "$default") || str_is(path, "/$default")
                       ? STR("$default")
                       : arena_printf(arena, "%s %.*s", methods[i][1], STR_ARG(path));
    return STR_EMPTY;
}

static void compare_path(struct arena *arena, const struct live *live, struct str path, struct value *item)
{
    for (size_t i = item->count; i-- > 0;) {
        struct str key = route_key(arena, path, item->entries[i].key);
        struct value *operation = item->entries[i].value, *route = value_get_str(live->routes, key);
        if (!key.len)
            continue;
        if (!route) {
            value_remove(item, item->entries[i].key);
            continue;
        }
        compare_security(operation, route);
        compare_integration(arena, value_get(operation, EXTENSION "integration"),
                            integration_of(live, route));
    }
}

static bool read_live(const struct resource_call *call, struct live *live, struct error *error)
{
    return list(call, APIGATEWAYV2_GET_ROUTES, "routeKey", &live->routes, error) &&
           list(call, APIGATEWAYV2_GET_INTEGRATIONS, "integrationId", &live->integrations, error);
}

static bool compare_paths(const struct resource_call *call, struct value *paths, struct error *error)
{
    struct live live;
    if (!read_live(call, &live, error))
        return false;
    for (size_t i = 0; i < paths->count; i++)
        if (value_is(paths->entries[i].value, VALUE_MAP))
            compare_path(call->arena, &live, paths->entries[i].key, paths->entries[i].value);
    return true;
}

/* The keys of the document's routes. */
static struct value *keys_declared(struct arena *arena, const struct value *paths)
{
    struct value *keys = value_list(arena);
    for (size_t i = 0; value_is(paths, VALUE_MAP) && i < paths->count; i++) {
        const struct value_entry *path = &paths->entries[i];
        for (size_t k = 0; value_is(path->value, VALUE_MAP) && k < path->value->count; k++)
            value_append(arena, keys,
                         value_string(arena, route_key(arena, path->key, path->value->entries[k].key)));
    }
    return keys;
}

/* Where the import prepends a path, or the document is elsewhere, it does not say what there should be. */
bool api_extra_routes(const struct resource_call *call, const struct value *declared, struct value **extras,
                      struct error *error)
{
    struct live live;
    if (value_get(declared, "BodyS3Location") || value_get_text(declared, "BasePath").len)
        return true;
    const struct value *keys = keys_declared(call->arena, value_path(declared, "Body", "paths", NULL));
    if (!read_live(call, &live, error))
        return false;
    for (size_t i = 0; i < live.routes->count; i++) {
        const struct value_entry *route = &live.routes->entries[i];
        if (value_get_bool(route->value, "apiGatewayManaged", false) || list_has(keys, route->key))
            continue;
        struct value *extra =
            add_extra(call->arena, extras, "route", route->key,
                      value_get_text(integration_of(&live, route->value), "integrationUri"));
        extra_is(call->arena, extra, value_get_text(route->value, "routeId"));
    }
    return true;
}

bool api_read_body(const struct resource_call *call, const struct value *declared,
                   struct resource_state *state, struct error *error)
{
    struct arena *arena = call->arena;
    const char *property = value_get(declared, "Body") ? "Body" : "BodyS3Location";
    struct value *body = value_copy(arena, value_get(declared, property));
    if (!api_has_body(declared) || value_find_unknown(body))
        return true;
    struct str tag = value_get_text(state->tags, API_BODY_TAG);
    struct value *paths = value_get(body, "paths");
    if (!str_equal(value_get_text(api_body_tag(arena, declared), API_BODY_TAG), tag))
        body = input_with(arena, API_BODY_TAG, tag);
    else if (value_is(paths, VALUE_MAP) && paths->count && !value_get_text(declared, "BasePath").len &&
             !compare_paths(call, paths, error))
        return false;
    value_setz(arena, state->properties, property, body);
    return true;
}

/* --- writing --- */

static bool fetch(const struct resource_call *call, const struct value *place, struct str *text,
                  struct error *error)
{
    enum { DOCUMENT_MAX = 6 * 1024 * 1024 }; /* API Gateway's own limit */
    struct arena *arena = call->arena;
    struct value *answer, *input = input_with(arena, "Bucket", value_get_text(place, "Bucket"));
    and_with(arena, input, "Key", value_get_text(place, "Key"));
    if (value_get_text(place, "Version").len)
        and_with(arena, input, "VersionId", value_get_text(place, "Version"));
    if (!aws_call(call->aws, &s3_operations[S3_GET_OBJECT], arena, input, &answer, error)) {
        if (error->code == ERROR_NOT_FOUND) /* the API itself is there */
            error->code = ERROR_INVALID;
        return error_prefix(error, "the OpenAPI document of '%.*s'", STR_ARG(call->logical_id));
    }
    *text = value_get_text(answer, "Body");
    return text->len <= DOCUMENT_MAX || error_set(error, ERROR_INVALID, "the OpenAPI document is too large");
}

/* What goes to AWS. */
static bool body_text(const struct resource_call *call, const struct value *target, struct str *text,
                      struct error *error)
{
    const struct value *body = value_get(target, "Body");
    if (!value_is(body, VALUE_MAP))
        return fetch(call, value_get(target, "BodyS3Location"), text, error);
    *text = json_for_request(call->arena, body);
    return true;
}

bool api_put_body(const struct resource_call *call, const struct value *target, struct error *error)
{
    struct arena *arena = call->arena;
    struct value *input = input_with(arena, "apiId", call->physical_id);
    struct str text, base = value_get_text(target, "BasePath");
    if (!body_text(call, target, &text, error))
        return false;
    if (base.len)
        and_with(arena, input, "Basepath", base);
    if (value_get_bool(target, "FailOnWarnings", false))
        value_setz(arena, input, "FailOnWarnings", value_bool(arena, true));
    and_with(arena, input, "body", text);
    return call_over_hurdles(call->aws, &apigatewayv2_operations[APIGATEWAYV2_REIMPORT_API], arena, input,
                             apigatewayv2_busy, APIGATEWAYV2_BUSY_MS, NULL, error);
}
