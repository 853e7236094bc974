#include "providers/apigateway/rest_api_body.h"

#include "base/digest.h"
#include "base/json.h"
#include "providers/apigateway/common.h"
#include "providers/apigateway/rest_api_extras.h"
#include "providers/policy.h"
#include "providers/shape.h"

#define INTEGRATION "x-amazon-apigateway-integration"
#define ANY_METHOD "x-amazon-apigateway-any-method"

static const char *const methods[] = {"get", "put", "post", "delete", "options", "head", "patch", ANY_METHOD};

static bool is_method(struct str name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(methods); i++)
        if (str_equal_nocase(name, str_from(methods[i])))
            return true;
    return false;
}

static struct str method_text(struct str name)
{
    return str_is(name, ANY_METHOD) ? STR("ANY") : name;
}

struct value *rest_api_body_tag(struct arena *arena, const struct value *properties)
{
    static const char *const parts[] = {"Body", "Parameters", "Mode", NULL};
    struct value *whole = value_map(arena);
    members_copy(arena, whole, properties, parts);
    return input_with(arena, REST_API_BODY_TAG, sha256_hex(arena, json_text(arena, whole, JSON_CANONICAL)));
}

/* --- comparing with what is live --- */

/* The live resource of a path of the document: "/orders/" is "/orders" there. */
static const struct value *find_resource(const struct value *resources, struct str path)
{
    while (path.len > 1 && str_ends(path, "/"))
        path.len--;
    for (size_t i = 0; i < resources->count; i++)
        if (str_equal(value_get_text(resources->items[i], "path"), path))
            return resources->items[i];
    return NULL;
}

static const struct value *find_method(const struct value *map, struct str name)
{
    for (size_t i = 0; value_is(map, VALUE_MAP) && i < map->count; i++)
        if (str_equal_nocase(method_text(map->entries[i].key), method_text(name)))
            return map->entries[i].value;
    return NULL;
}

static void compare_integration(struct arena *arena, struct value *wanted, const struct value *live)
{
    static const char *const members[] = {"type", "httpMethod", "uri", "credentials"};
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++) {
        struct str text = value_get_text(wanted, members[i]), now = value_get_text(live, members[i]);
        if (text.len && !str_equal_nocase(text, now))
            value_setz(arena, wanted, members[i], value_string(arena, now));
    }
}

static void compare_path(struct arena *arena, struct value *item, const struct value *resource)
{
    const struct value *live = value_get(resource, "resourceMethods");
    for (size_t i = item->count; i-- > 0;) {
        const struct value_entry *entry = &item->entries[i];
        if (!is_method(entry->key))
            continue;
        const struct value *method = find_method(live, entry->key);
        if (!method)
            value_remove(item, entry->key);
        else if (value_is(value_get(entry->value, INTEGRATION), VALUE_MAP))
            compare_integration(arena, value_get(entry->value, INTEGRATION),
                                value_get(method, "methodIntegration"));
    }
}

static void add_extra_methods(const struct resource_call *call, struct str api, const struct value *paths,
                              const struct value *resource, struct value **extras)
{
    const struct value *live = value_get(resource, "resourceMethods"), *item = NULL;
    struct str path = value_get_text(resource, "path");
    for (size_t i = 0; value_is(paths, VALUE_MAP) && i < paths->count && !item; i++) {
        struct str own = paths->entries[i].key;
        while (own.len > 1 && str_ends(own, "/"))
            own.len--;
        if (str_equal(own, path))
            item = paths->entries[i].value;
    }
    for (size_t i = 0; value_is(live, VALUE_MAP) && i < live->count; i++)
        if (!find_method(item, live->entries[i].key))
            rest_api_method_extra(call, api, resource, &live->entries[i], extras);
}

/* Where the import prepends a base path or merges, the API's paths are not the document's. */
static bool can_be_compared(const struct value *declared)
{
    return !value_is_text(value_get(declared, "Mode"), "merge") &&
           !value_path(declared, "Parameters", "basepath", NULL) &&
           !value_path(declared, "Parameters", "basePath", NULL);
}

static bool compare_paths(const struct resource_call *call, struct str api, struct value *body,
                          struct value **extras, struct error *error)
{
    struct arena *arena = call->arena;
    struct value *resources;
    if (!rest_api_resources(call, api, &resources, error))
        return false;
    struct value *paths = value_get(body, "paths");
    for (size_t i = 0; i < resources->count; i++)
        add_extra_methods(call, api, paths, resources->items[i], extras);
    for (size_t i = 0; value_is(paths, VALUE_MAP) && i < paths->count; i++)
        if (value_is(paths->entries[i].value, VALUE_MAP))
            compare_path(arena, paths->entries[i].value, find_resource(resources, paths->entries[i].key));
    return true;
}

static bool carries_body_tag(struct arena *arena, const struct value *declared, const struct value *tags)
{
    return value_equal(value_get(rest_api_body_tag(arena, declared), REST_API_BODY_TAG),
                       value_get(tags, REST_API_BODY_TAG));
}

bool rest_api_read_body(const struct resource_call *call, struct str api, const struct value *declared,
                        struct resource_state *state, struct error *error)
{
    struct value *body = value_copy(call->arena, value_get(declared, "Body"));
    if (value_find_unknown(body) || !value_is(body, VALUE_MAP))
        return true;
    if (can_be_compared(declared) && !compare_paths(call, api, body, &state->extras, error))
        return false;
    if (!carries_body_tag(call->arena, declared, state->tags))
        body = and_with(call->arena, value_map(call->arena), REST_API_BODY_TAG,
                        value_get_text(state->tags, REST_API_BODY_TAG));
    value_setz(call->arena, state->properties, "Body", body);
    return true;
}

/* --- writing --- */

bool rest_api_put_body(const struct resource_call *call, struct str api, const struct value *target,
                       struct error *error)
{
    struct arena *arena = call->arena;
    struct value *input = api_input(arena, api);
    struct str mode = value_get_text(target, "Mode");
    and_with(arena, input, "mode", mode.len ? mode : STR("overwrite"));
    if (value_get_bool(target, "FailOnWarnings", false))
        value_setz(arena, input, "failOnWarnings", value_bool(arena, true));
    if (value_is(value_get(target, "Parameters"), VALUE_MAP))
        value_setz(arena, input, "parameters", without_nulls(arena, value_get(target, "Parameters")));
    and_with(arena, input, "body", json_for_request(arena, value_get(target, "Body")));
    return call_over_hurdles(call->aws, &apigateway_operations[APIGATEWAY_PUT_REST_API], arena, input,
                             apigateway_busy, APIGATEWAY_BUSY_MS, NULL, error);
}
