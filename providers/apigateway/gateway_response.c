/*
 * AWS::ApiGateway::GatewayResponse: what an API says when it does not come to a method.  Every API has all of
 * them; one that nobody made says that it is the default.  Its physical id is "a1b2c3|DEFAULT_4XX".
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-gatewayresponse.html
 */

#include "providers/apigateway/common.h"
#include "providers/apigateway/types.h"
#include "providers/shape.h"
#include "providers/wire.h"

static const struct shape shape[] = {
    {.path = "ResponseParameters", .kind = SHAPE_TEXTS},
    {.path = "ResponseTemplates", .kind = SHAPE_TEXTS},
    {.path = "ResponseType"},
    {.path = "RestApiId"},
    {.path = "StatusCode"},
    {.path = NULL},
};
static const struct wire wire = {.shape = shape, .small_letters = true};

static void normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(shape, arena, properties);
}

static bool input_of(const struct resource_call *call, struct str *api, struct value **input,
                     struct error *error)
{
    struct str rest = call->physical_id, type = value_get_text(call->properties, "ResponseType");
    if (rest.len) {
        if (!str_split(&rest, '|', api) || !str_split(&rest, '|', &type))
            return error_set(error, ERROR_INVALID, "'%.*s' is no id of a gateway response: API|TYPE is",
                             STR_ARG(call->physical_id));
    } else if (!api_of(call, api, error)) {
        return false;
    }
    *input = and_with(call->arena, api_input(call->arena, *api), "responseType", type);
    return type.len ||
           value_error(call->properties, error, ERROR_INVALID, "a gateway response needs a 'ResponseType'");
}

static bool read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct arena *arena = call->arena;
    struct str api;
    struct value *input, *answer;
    if (!input_of(call, &api, &input, error) ||
        !aws_call(call->aws, &apigateway_operations[APIGATEWAY_GET_GATEWAY_RESPONSE], arena, input, &answer,
                  error))
        return false;
    struct str type = value_get_text(input, "responseType");
    if (value_get_bool(answer, "defaultResponse", false))
        return error_set(error, ERROR_NOT_FOUND, "API '%.*s' has the default response for %.*s", STR_ARG(api),
                         STR_ARG(type));
    *state = (struct resource_state){.properties = wire_in(&wire, arena, "", answer)};
    state->physical_id = arena_printf(arena, "%.*s|%.*s", STR_ARG(api), STR_ARG(type));
    state->attributes = input_with(arena, "Id", state->physical_id);
    and_with(arena, state->properties, "RestApiId", api);
    normalize(arena, state->properties);
    return true;
}

static bool find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct resource_call wanted = *call;
    wanted.physical_id = STR_EMPTY;
    return read(&wanted, state, error);
}

/* It is written as a whole: what nobody declares stays as it is live. */
static bool put(const struct resource_call *call, const struct value *live, struct error *error)
{
    static const char *const parts[] = {"ResponseParameters", "ResponseTemplates", "StatusCode", NULL};
    struct arena *arena = call->arena;
    struct str api;
    struct value *input, *made = value_map(arena),
                         *target = shape_target(shape, arena, call->properties, call->previous);
    if (!shape_check(shape, apigateway_gateway_response_type.name, call->properties, error) ||
        !input_of(call, &api, &input, error))
        return false;
    bool differs = !live;
    for (const char *const *part = parts; *part; part++)
        differs = differs || shape_differs_at_all(target, live, *part);
    if (!differs)
        return true;
    for (const char *const *part = parts; *part; part++)
        if (!value_get(target, *part) && value_get(live, *part))
            value_setz(arena, target, *part, value_get(live, *part));
    members_copy(arena, made, target, parts);
    const struct value *body = wire_out(&wire, arena, "", made);
    for (size_t i = 0; i < body->count; i++)
        value_set(arena, input, body->entries[i].key, body->entries[i].value);
    return call_over_hurdles(call->aws, &apigateway_operations[APIGATEWAY_PUT_GATEWAY_RESPONSE], arena, input,
                             apigateway_busy, APIGATEWAY_BUSY_MS, NULL, error);
}

/* A put would take over in silence what somebody else has made. */
static bool create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct resource_call wanted = *call;
    wanted.physical_id = STR_EMPTY;
    wanted.previous = NULL;
    if (read(&wanted, state, error))
        return error_set(error, ERROR_CONFLICT, "gateway response '%.*s' exists already and is not plumb's",
                         STR_ARG(state->physical_id));
    if (error->code != ERROR_NOT_FOUND)
        return false;
    error_clear(error);
    struct str api;
    struct value *input;
    if (!put(&wanted, NULL, error) || !input_of(&wanted, &api, &input, error))
        return false;
    struct str type = value_get_text(input, "responseType");
    *state = (struct resource_state){.properties = value_copy(call->arena, call->properties)};
    state->physical_id = arena_printf(call->arena, "%.*s|%.*s", STR_ARG(api), STR_ARG(type));
    state->attributes = input_with(call->arena, "Id", state->physical_id);
    return true;
}

static bool update(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read(call, state, error) && put(call, state->properties, error);
}

static bool remove_it(const struct resource_call *call, struct error *error)
{
    struct str api;
    struct value *input;
    return input_of(call, &api, &input, error) &&
           call_or_absent(call, &apigateway_operations[APIGATEWAY_DELETE_GATEWAY_RESPONSE], input, error);
}

const struct resource_type apigateway_gateway_response_type = {
    .name = "AWS::ApiGateway::GatewayResponse",
    .read = read,
    .find = find,
    .create = create,
    .update = update,
    .remove = remove_it,
    .normalize = normalize,
    .arn = "arn:{partition}:apigateway:{region}::/restapis/{RestApiId}/gatewayresponses/{ResponseType}",
};
