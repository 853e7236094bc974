#include "providers/apigateway/method.h"

struct value *method_input(struct arena *arena, struct method_place place)
{
    struct value *input = and_with(arena, api_input(arena, place.api), "resourceId", place.resource);
    return and_with(arena, input, "http_method", place.verb);
}

static struct value *response_input(struct arena *arena, struct method_place place, struct str status)
{
    return and_with(arena, method_input(arena, place), "statusCode", status);
}

/* --- reading --- */

/* Takes out the members that say nothing, and gives the map back. */
static struct value *without_empty(struct value *map)
{
    for (size_t i = map->count; i-- > 0;)
        if (shape_covers(NULL, map->entries[i].value))
            value_remove(map, map->entries[i].key);
    return map;
}

/* {"200": {...}} -> [{...}], without the members that say nothing. */
static struct value *responses_in(struct arena *arena, const struct value *map)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; value_is(map, VALUE_MAP) && i < map->count; i++) {
        struct value *one = without_empty(value_copy(arena, map->entries[i].value));
        value_append(arena, list, and_with(arena, one, "statusCode", map->entries[i].key));
    }
    return list;
}

/* An empty template comes back as null. */
static void templates_in(struct arena *arena, struct value *map)
{
    for (size_t i = 0; value_is(map, VALUE_MAP) && i < map->count; i++)
        if (map->entries[i].value->kind == VALUE_NULL)
            map->entries[i].value = value_string(arena, STR_EMPTY);
}

static void default_member(struct arena *arena, struct value *map, const char *name, struct value *otherwise)
{
    if (!value_get(map, name))
        value_setz(arena, map, name, otherwise);
}

static void fill_integration(struct arena *arena, struct method_place place, struct value *integration)
{
    const struct value *responses = value_get(integration, "IntegrationResponses");
    templates_in(arena, value_get(integration, "RequestTemplates"));
    for (size_t i = 0; value_is(responses, VALUE_LIST) && i < responses->count; i++)
        templates_in(arena, value_get(responses->items[i], "ResponseTemplates"));
    default_member(arena, integration, "CacheNamespace", value_string(arena, place.resource));
    default_member(arena, integration, "ConnectionType", value_stringz(arena, "INTERNET"));
    default_member(arena, integration, "PassthroughBehavior", value_stringz(arena, "WHEN_NO_MATCH"));
    default_member(arena, integration, "ResponseTransferMode", value_stringz(arena, "BUFFERED"));
    default_member(arena, integration, "TimeoutInMillis", value_int(arena, 29000));
}

struct value *method_live(struct arena *arena, struct method_place place, const struct value *answer)
{
    struct value *flat = value_copy(arena, answer), *integration = value_get(flat, "methodIntegration");
    value_setz(arena, flat, "methodResponses", responses_in(arena, value_get(answer, "methodResponses")));
    if (value_is(integration, VALUE_MAP))
        value_setz(arena, integration, "integrationResponses",
                   responses_in(arena, value_get(integration, "integrationResponses")));
    struct value *live = wire_in(&method_wire, arena, "", flat);
    and_with(arena, and_with(arena, live, "RestApiId", place.api), "ResourceId", place.resource);
    and_with(arena, live, "HttpMethod", place.verb);
    if (value_is(value_get(live, "Integration"), VALUE_MAP))
        fill_integration(arena, place, value_get(live, "Integration"));
    shape_fill(method_shape, arena, live);
    return live;
}

const struct value *method_response(const struct value *list, struct str status)
{
    for (size_t i = 0; value_is(list, VALUE_LIST) && i < list->count; i++)
        if (str_equal(value_get_text(list->items[i], "StatusCode"), status))
            return list->items[i];
    return NULL;
}

/* --- the method itself --- */

void method_parameters_out(struct arena *arena, struct value *input, const char *member)
{
    struct value *map = value_get(input, member);
    bool yes;
    for (size_t i = 0; value_is(map, VALUE_MAP) && i < map->count; i++)
        if (value_to_bool(map->entries[i].value, &yes))
            map->entries[i].value = value_bool(arena, yes);
}

static const struct patch_row of_method[] = {
    {"ApiKeyRequired", "/apiKeyRequired", PATCH_FIXED},
    {"AuthorizationScopes", "/authorizationScopes", PATCH_ITEMS},
    {"AuthorizationType", "/authorizationType", PATCH_FIXED},
    {"AuthorizerId", "/authorizerId", PATCH_TEXT},
    {"OperationName", "/operationName", PATCH_TEXT},
    {"RequestModels", "/requestModels", PATCH_MAP},
    {"RequestParameters", "/requestParameters", PATCH_MAP},
    {"RequestValidatorId", "/requestValidatorId", PATCH_TEXT},
    {NULL, NULL, PATCH_TEXT},
};

static bool patch_method(const struct resource_call *call, struct method_place place,
                         const struct value *target, const struct value *live, bool removing,
                         struct error *error)
{
    struct value *patch = patch_between(call->arena, of_method, target, live);
    return patch_send(call, APIGATEWAY_UPDATE_METHOD, method_input(call->arena, place),
                      patch_steps(call->arena, patch, removing), error);
}

/* --- its responses --- */

static const struct patch_row of_response[] = {
    {"ResponseModels", "/responseModels", PATCH_MAP},
    {"ResponseParameters", "/responseParameters", PATCH_MAP},
    {NULL, NULL, PATCH_TEXT},
};

static bool put(const struct resource_call *call, enum apigateway_operation operation, struct value *input,
                struct error *error)
{
    return call_over_hurdles(call->aws, &apigateway_operations[operation], call->arena, input,
                             apigateway_busy, APIGATEWAY_BUSY_MS, NULL, error);
}

/* The item in the API's names behind what names it. */
static struct value *whole_response(struct arena *arena, struct method_place place, const char *path,
                                    const struct value *item)
{
    struct value *list = value_list(arena);
    value_append(arena, list, value_copy(arena, item));
    const struct value *body = value_at(wire_out(&method_wire, arena, path, list), 0);
    struct value *input = response_input(arena, place, value_get_text(item, "StatusCode"));
    for (size_t i = 0; i < body->count; i++)
        value_set(arena, input, body->entries[i].key, body->entries[i].value);
    return input;
}

static bool add_response(const struct resource_call *call, struct method_place place,
                         const struct value *item, struct error *error)
{
    struct value *input = whole_response(call->arena, place, "MethodResponses", item);
    method_parameters_out(call->arena, input, "responseParameters");
    if (put(call, APIGATEWAY_PUT_METHOD_RESPONSE, input, error))
        return true;
    if (error->code != ERROR_CONFLICT || !str_contains(str_from(error->message), "already exists"))
        return false;
    error_clear(error); /* an earlier try has made it, and what was read is older */
    return true;
}

/* What `was` had and the item has not is null; what only `now` has stays. */
static struct value *aim(struct arena *arena, const struct value *item, const struct value *was,
                         const struct value *now)
{
    struct value *aimed = value_copy(arena, item);
    for (size_t i = 0; was && i < was->count; i++)
        if (!value_get_str(aimed, was->entries[i].key))
            value_set(arena, aimed, was->entries[i].key, value_null(arena));
    for (size_t i = 0; now && i < now->count; i++)
        if (!value_get_str(aimed, now->entries[i].key))
            value_set(arena, aimed, now->entries[i].key, now->entries[i].value);
    return aimed;
}

/* The same list now, as it is wanted, and as it was declared before. */
struct responses {
    const struct value *wanted, *was, *now;
};

static bool write_responses(const struct resource_call *call, struct method_place place, struct responses all,
                            bool removing, struct error *error)
{
    for (size_t i = 0; value_is(all.wanted, VALUE_LIST) && i < all.wanted->count; i++) {
        const struct value *item = all.wanted->items[i];
        struct str status = value_get_text(item, "StatusCode");
        const struct value *now = method_response(all.now, status), *was = method_response(all.was, status);
        if (!now && !removing && !add_response(call, place, item, error))
            return false;
        if (!now)
            continue;
        struct value *patch = patch_between(call->arena, of_response, aim(call->arena, item, was, now), now);
        if (!patch_send(call, APIGATEWAY_UPDATE_METHOD_RESPONSE, response_input(call->arena, place, status),
                        patch_steps(call->arena, patch, removing), error))
            return false;
    }
    return true;
}

/* Those that were declared, are there, and are not declared any more. */
static bool remove_responses(const struct resource_call *call, struct method_place place,
                             enum apigateway_operation operation, struct responses all, struct error *error)
{
    for (size_t i = 0; value_is(all.was, VALUE_LIST) && i < all.was->count; i++) {
        struct str status = value_get_text(all.was->items[i], "StatusCode");
        if (method_response(all.now, status) && !method_response(all.wanted, status) &&
            !call_or_absent(call, &apigateway_operations[operation],
                            response_input(call->arena, place, status), error))
            return false;
    }
    return true;
}

/* --- its integration --- */

static const struct patch_row of_integration[] = {
    {"CacheKeyParameters", "/cacheKeyParameters", PATCH_NAMES},
    {"CacheNamespace", "/cacheNamespace", PATCH_FIXED},
    {"ConnectionId", "/connectionId", PATCH_TEXT},
    {"ConnectionType", "/connectionType", PATCH_FIXED},
    {"ContentHandling", "/contentHandling", PATCH_TEXT},
    {"Credentials", "/credentials", PATCH_TEXT},
    {"IntegrationHttpMethod", "/httpMethod", PATCH_FIXED},
    {"IntegrationTarget", "/integrationTarget", PATCH_TEXT},
    {"PassthroughBehavior", "/passthroughBehavior", PATCH_FIXED},
    {"RequestParameters", "/requestParameters", PATCH_MAP},
    {"RequestTemplates", "/requestTemplates", PATCH_MAP},
    {"ResponseTransferMode", "/responseTransferMode", PATCH_FIXED},
    {"TimeoutInMillis", "/timeoutInMillis", PATCH_FIXED},
    {"Uri", "/uri", PATCH_TEXT},
    {NULL, NULL, PATCH_TEXT},
};

static bool put_integration(const struct resource_call *call, struct method_place place,
                            const struct value *wanted, struct error *error)
{
    struct arena *arena = call->arena;
    struct value *made = value_copy(arena, wanted), *input = method_input(arena, place);
    value_remove(made, STR("IntegrationResponses"));
    const struct value *body = wire_out(&method_wire, arena, "Integration", made);
    for (size_t i = 0; i < body->count; i++)
        value_set(arena, input, body->entries[i].key, body->entries[i].value);
    return put(call, APIGATEWAY_PUT_INTEGRATION, input, error);
}

/* The type cannot be patched, so that another one is put over the old integration, whose responses go.
 * *live becomes what is left of it. */
static bool write_integration(const struct resource_call *call, struct method_place place,
                              struct value *wanted, const struct value **live, struct error *error)
{
    struct arena *arena = call->arena;
    if (!*live || shape_differs(wanted, *live, "Type")) {
        *live = NULL;
        return put_integration(call, place, wanted, error);
    }
    if (value_is(value_get(wanted, "CacheNamespace"), VALUE_NULL))
        and_with(arena, wanted, "CacheNamespace", place.resource);
    return patch_send(call, APIGATEWAY_UPDATE_INTEGRATION, method_input(arena, place),
                      patch_between(arena, of_integration, wanted, *live), error);
}

static bool put_responses(const struct resource_call *call, struct method_place place, struct responses all,
                          struct error *error)
{
    static const char *const path = "Integration.IntegrationResponses";
    for (size_t i = 0; value_is(all.wanted, VALUE_LIST) && i < all.wanted->count; i++) {
        struct str status = value_get_text(all.wanted->items[i], "StatusCode");
        const struct value *now = method_response(all.now, status);
        struct value *item = aim(call->arena, all.wanted->items[i], method_response(all.was, status), now);
        if (now && value_equal(without_empty(item), now))
            continue;
        if (!put(call, APIGATEWAY_PUT_INTEGRATION_RESPONSE, whole_response(call->arena, place, path, item),
                 error))
            return false;
    }
    return true;
}

static bool write_behind(const struct resource_call *call, struct method_place place, struct value *wanted,
                         const struct value *previous, const struct value *live, struct error *error)
{
    if (!wanted)
        return true;
    if (wanted->kind == VALUE_NULL)
        return !live || call_or_absent(call, &apigateway_operations[APIGATEWAY_DELETE_INTEGRATION],
                                       method_input(call->arena, place), error);
    if (!write_integration(call, place, wanted, &live, error))
        return false;
    const struct responses all = {value_get(wanted, "IntegrationResponses"),
                                  value_get(previous, "IntegrationResponses"),
                                  value_get(live, "IntegrationResponses")};
    return put_responses(call, place, all, error) &&
           remove_responses(call, place, APIGATEWAY_DELETE_INTEGRATION_RESPONSE, all, error);
}

/* An integration may use only what its method declares: so what comes, comes to the method first, and what
 * goes, goes from it last. */
bool method_write(const struct resource_call *call, struct method_place place, struct value *target,
                  const struct value *previous, const struct value *live, struct error *error)
{
    const struct responses all = {value_get(target, "MethodResponses"),
                                  value_get(previous, "MethodResponses"), value_get(live, "MethodResponses")};
    return patch_method(call, place, target, live, false, error) &&
           write_responses(call, place, all, false, error) &&
           write_behind(call, place, value_get(target, "Integration"), value_get(previous, "Integration"),
                        value_get(live, "Integration"), error) &&
           remove_responses(call, place, APIGATEWAY_DELETE_METHOD_RESPONSE, all, error) &&
           write_responses(call, place, all, true, error) &&
           patch_method(call, place, target, live, true, error);
}
