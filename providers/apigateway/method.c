/*
 * AWS::ApiGateway::Method: what a resource of a REST API does with a verb.  It goes by its API, resource and
 * verb, which are its physical id: "a1b2c3|d4e5f6|GET".  Responses that hang on it and that nobody declared
 * are extras.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-method.html
 */

#include "providers/apigateway/method.h"
#include "providers/apigateway/types.h"

const struct shape method_shape[] = {
    {.path = "ApiKeyRequired", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "AuthorizationScopes", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "AuthorizationType", .otherwise = "\"NONE\""},
    {.path = "AuthorizerId"},
    {.path = "HttpMethod"},
    {.path = "Integration", .kind = SHAPE_MAP},
    {.path = "Integration.CacheKeyParameters", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "Integration.CacheNamespace"},
    {.path = "Integration.ConnectionId"},
    {.path = "Integration.ConnectionType", .otherwise = "\"INTERNET\""},
    {.path = "Integration.ContentHandling"},
    {.path = "Integration.Credentials"},
    {.path = "Integration.IntegrationHttpMethod"},
    {.path = "Integration.IntegrationResponses", .kind = SHAPE_SET, .otherwise = "[]", .key = "StatusCode"},
    {.path = "Integration.IntegrationResponses.ContentHandling"},
    {.path = "Integration.IntegrationResponses.ResponseParameters", .kind = SHAPE_TEXTS},
    {.path = "Integration.IntegrationResponses.ResponseTemplates", .kind = SHAPE_TEXTS},
    {.path = "Integration.IntegrationResponses.SelectionPattern"},
    {.path = "Integration.IntegrationResponses.StatusCode"},
    {.path = "Integration.IntegrationTarget"},
    {.path = "Integration.PassthroughBehavior", .otherwise = "\"WHEN_NO_MATCH\""},
    {.path = "Integration.RequestParameters", .kind = SHAPE_TEXTS, .otherwise = "{}"},
    {.path = "Integration.RequestTemplates", .kind = SHAPE_TEXTS, .otherwise = "{}"},
    {.path = "Integration.ResponseTransferMode", .otherwise = "\"BUFFERED\""},
    {.path = "Integration.TimeoutInMillis", .kind = SHAPE_NUMBER, .otherwise = "29000"},
    {.path = "Integration.Type"},
    {.path = "Integration.Uri"},
    {.path = "MethodResponses", .kind = SHAPE_SET, .otherwise = "[]", .key = "StatusCode"},
    {.path = "MethodResponses.ResponseModels", .kind = SHAPE_TEXTS},
    {.path = "MethodResponses.ResponseParameters", .kind = SHAPE_TEXTS},
    {.path = "MethodResponses.StatusCode"},
    {.path = "OperationName", .otherwise = "\"\""},
    {.path = "RequestModels", .kind = SHAPE_TEXTS, .otherwise = "{}"},
    {.path = "RequestParameters", .kind = SHAPE_TEXTS, .otherwise = "{}"},
    {.path = "RequestValidatorId"},
    {.path = "ResourceId"},
    {.path = "RestApiId"},
    {.path = NULL},
};

static const struct wire_name names[] = {
    {"Integration", "methodIntegration"},
    {"Integration.IntegrationHttpMethod", "httpMethod"},
    {NULL, NULL},
};
const struct wire method_wire = {.shape = method_shape, .names = names, .small_letters = true};

static struct str upper(struct arena *arena, struct str text)
{
    char *bytes = arena_strz(arena, text);
    for (size_t i = 0; i < text.len; i++)
        if (bytes[i] >= 'a' && bytes[i] <= 'z')
            bytes[i] = (char)(bytes[i] - 'a' + 'A');
    return (struct str){.ptr = bytes, .len = text.len};
}

static void upper_member(struct arena *arena, struct value *map, const char *name)
{
    const struct value *old = value_get(map, name);
    if (value_is(old, VALUE_STRING))
        value_setz(arena, map, name, value_at_position_of(value_string(arena, upper(arena, old->text)), old));
}

/* "" says nothing, and does not come back. */
static void remove_empty(struct value *map, const char *const *members)
{
    for (; *members; members++)
        if (value_is_text(value_get(map, *members), ""))
            value_remove(map, str_from(*members));
}

static void normalize_integration(struct value *integration)
{
    static const char *const own[] = {
        "ConnectionId", "ContentHandling", "Credentials", "IntegrationTarget", "Uri", NULL};
    static const char *const of_response[] = {"ContentHandling", "SelectionPattern", NULL};
    const struct value *responses = value_get(integration, "IntegrationResponses");
    remove_empty(integration, own);
    for (size_t i = 0; value_is(responses, VALUE_LIST) && i < responses->count; i++)
        remove_empty(responses->items[i], of_response);
}

/* Behind shape_normalize; what a target has as null, it keeps. */
static void normalize_more(struct arena *arena, struct value *properties)
{
    static const char *const own[] = {"AuthorizerId", "RequestValidatorId", NULL};
    remove_empty(properties, own);
    if (value_is(value_get(properties, "Integration"), VALUE_MAP))
        normalize_integration(value_get(properties, "Integration"));
    upper_member(arena, properties, "HttpMethod");
    upper_member(arena, value_get(properties, "Integration"), "IntegrationHttpMethod");
}

static void normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(method_shape, arena, properties);
    normalize_more(arena, properties);
}

/* --- where it is --- */

static bool declared_place(const struct resource_call *call, struct method_place *place, struct error *error)
{
    const char *const parts[] = {"RestApiId", "ResourceId", "HttpMethod"};
    struct str *out[] = {&place->api, &place->resource, &place->verb};
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
        const struct value *part = value_get(call->properties, parts[i]);
        *out[i] = value_text(part);
        if (value_is(part, VALUE_UNKNOWN))
            return error_set(error, ERROR_NOT_FOUND, "the '%s' of '%.*s' does not exist yet", parts[i],
                             STR_ARG(call->logical_id));
        if (!out[i]->len)
            return value_error(call->properties, error, ERROR_INVALID, "a method needs a '%s'", parts[i]);
    }
    place->verb = upper(call->arena, place->verb);
    return true;
}

static bool known_place(const struct resource_call *call, struct method_place *place, struct error *error)
{
    struct str rest = call->physical_id;
    return (str_split(&rest, '|', &place->api) && str_split(&rest, '|', &place->resource) &&
            str_split(&rest, '|', &place->verb) && place->verb.len) ||
           error_set(error, ERROR_INVALID, "'%.*s' is no id of a method: API|RESOURCE|VERB is",
                     STR_ARG(call->physical_id));
}

/* --- reading --- */

/* Leaves those of the live responses that `asked` has too; the others become extras. */
static void split_extras(const struct resource_call *call, struct value *holder, const char *list,
                         const struct value *asked, const char *kind, struct value **extras)
{
    const struct value *all = value_get(holder, list);
    struct value *own = value_list(call->arena);
    for (size_t i = 0; value_is(all, VALUE_LIST) && i < all->count; i++) {
        struct str status = value_get_text(all->items[i], "StatusCode");
        if (method_response(value_get(asked, list), status))
            value_append(call->arena, own, all->items[i]);
        else
            add_extra(call->arena, extras, kind, status, STR_EMPTY);
    }
    if (all)
        value_setz(call->arena, holder, list, own);
}

static void give(const struct resource_call *call, struct method_place place, struct value *live,
                 struct resource_state *state)
{
    struct arena *arena = call->arena;
    *state = (struct resource_state){.properties = live, .attributes = value_map(arena)};
    state->physical_id = arena_printf(arena, "%.*s|%.*s|%.*s", STR_ARG(place.api), STR_ARG(place.resource),
                                      STR_ARG(place.verb));
    if (!call->properties)
        return;
    struct value *asked = value_copy(arena, call->properties);
    normalize(arena, asked);
    split_extras(call, value_get(live, "Integration"), "IntegrationResponses",
                 value_get(asked, "Integration"), "integration response", &state->extras);
    split_extras(call, live, "MethodResponses", asked, "method response", &state->extras);
}

static bool read_live(const struct resource_call *call, struct method_place place, struct value **live,
                      struct error *error)
{
    struct value *answer;
    if (!aws_call(call->aws, &apigateway_operations[APIGATEWAY_GET_METHOD], call->arena,
                  method_input(call->arena, place), &answer, error))
        return false;
    *live = method_live(call->arena, place, answer);
    normalize(call->arena, *live);
    return true;
}

static bool method_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct method_place place;
    struct value *live;
    if (!known_place(call, &place, error) || !read_live(call, place, &live, error))
        return false;
    give(call, place, live, state);
    return true;
}

static bool method_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct method_place place;
    struct value *live;
    if (!declared_place(call, &place, error) || !read_live(call, place, &live, error))
        return false;
    give(call, place, live, state);
    return true;
}

/* --- writing --- */

static bool update_once(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct method_place place;
    struct value *live,
        *previous = call->previous ? value_copy(call->arena, call->previous) : value_map(call->arena);
    struct value *target = shape_target(method_shape, call->arena, call->properties, call->previous);
    normalize(call->arena, previous);
    normalize_more(call->arena, target);
    if (!known_place(call, &place, error) || !read_live(call, place, &live, error))
        return false;
    give(call, place, value_copy(call->arena, live), state);
    return method_write(call, place, target, previous, live, error);
}

static bool method_update(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return shape_check(method_shape, apigateway_method_type.name, call->properties, error) &&
           update_until_answered(update_once, call, state, error);
}

static bool put_method(const struct resource_call *call, struct method_place place,
                       const struct value *target, struct value **answer, struct error *error)
{
    static const char *const given[] = {"ApiKeyRequired",    "AuthorizationType",  "AuthorizationScopes",
                                        "AuthorizerId",      "OperationName",      "RequestModels",
                                        "RequestParameters", "RequestValidatorId", NULL};
    struct arena *arena = call->arena;
    struct value *made = value_map(arena), *input = method_input(arena, place);
    members_copy(arena, made, target, given);
    struct value *body = wire_out(&method_wire, arena, "", made);
    if (!value_get(body, "authorizationType"))
        and_with(arena, body, "authorizationType", STR("NONE"));
    method_parameters_out(arena, body, "requestParameters");
    for (size_t i = 0; i < body->count; i++)
        value_set(arena, input, body->entries[i].key, body->entries[i].value);
    return create_once(call, &apigateway_method_type, &apigateway_operations[APIGATEWAY_PUT_METHOD], input,
                       apigateway_busy, APIGATEWAY_BUSY_MS, answer, error);
}

/* What PutMethod answers is all that there is of it, so that nothing is read until an answer is lost. */
static bool method_create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct method_place place;
    struct value *answer, *target;
    if (!shape_check(method_shape, apigateway_method_type.name, call->properties, error) ||
        !declared_place(call, &place, error))
        return false;
    target = shape_target(method_shape, call->arena, call->properties, NULL);
    normalize_more(call->arena, target);
    if (!put_method(call, place, target, &answer, error))
        return false;
    struct resource_call made = *call;
    if (answer) {
        struct value *live = method_live(call->arena, place, answer);
        normalize(call->arena, live);
        give(call, place, value_copy(call->arena, live), state);
        made.physical_id = state->physical_id;
        if (method_write(call, place, target, NULL, live, error) || error->code != ERROR_TIMEOUT)
            return error->code == ERROR_NONE;
        error_clear(error);
    } else if (!method_find(call, state, error)) {
        return false;
    }
    made.physical_id = state->physical_id;
    made.previous = NULL;
    return update_until_answered(update_once, &made, state, error);
}

static bool method_remove(const struct resource_call *call, struct error *error)
{
    struct method_place place;
    return known_place(call, &place, error) &&
           (call_over_hurdles(call->aws, &apigateway_operations[APIGATEWAY_DELETE_METHOD], call->arena,
                              method_input(call->arena, place), apigateway_busy, APIGATEWAY_BUSY_MS, NULL,
                              error) ||
            (error->code == ERROR_NOT_FOUND && (error_clear(error), true)));
}

/* An integration's response needs the method's: so it goes first. */
static bool remove_extra(const struct resource_call *call, const struct value *extra, struct error *error)
{
    struct method_place place;
    bool of_method = str_is(value_get_text(extra, "Kind"), "method response");
    return known_place(call, &place, error) &&
           call_or_absent(call,
                          &apigateway_operations[of_method ? APIGATEWAY_DELETE_METHOD_RESPONSE
                                                           : APIGATEWAY_DELETE_INTEGRATION_RESPONSE],
                          and_with(call->arena, method_input(call->arena, place), "statusCode",
                                   value_get_text(extra, "Name")),
                          error);
}

const struct resource_type apigateway_method_type = {
    .name = "AWS::ApiGateway::Method",
    .read = method_read,
    .find = method_find,
    .create = method_create,
    .update = method_update,
    .remove = method_remove,
    .remove_extra = remove_extra,
    .normalize = normalize,
    .arn = "arn:{partition}:apigateway:{region}::/restapis/{RestApiId}/resources/{ResourceId}/methods/"
           "{HttpMethod}",
};
