/*
 * AWS::ApiGatewayV2::Integration.  It has neither name nor tags: one that is meant is known by what it leads
 * to.  UpdateIntegration writes maps key by key: a key goes by an empty value.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-integration.html
 */

#include "providers/apigatewayv2/common.h"
#include "providers/apigatewayv2/types.h"

static const struct shape rules[] = {
    {.path = "ConnectionId", .otherwise = "\"\""},
    {.path = "ConnectionType", .otherwise = "\"INTERNET\""},
    {.path = "ContentHandlingStrategy", .otherwise = "\"\""},
    {.path = "CredentialsArn", .otherwise = "\"\""},
    {.path = "Description", .otherwise = "\"\""},
    {.path = "PassthroughBehavior", .otherwise = "\"WHEN_NO_MATCH\""},
    {.path = "RequestParameters", .kind = SHAPE_TEXTS, .otherwise = "{}"},
    {.path = "RequestTemplates", .kind = SHAPE_TEXTS, .otherwise = "{}"},
    {.path = "ResponseParameters", .kind = SHAPE_JSON, .otherwise = "{}"},
    {.path = "TemplateSelectionExpression", .otherwise = "\"\""},
    {.facts = "AWS::ApiGatewayV2::Integration"},
};

static const struct plain_key keys[] = {{"apiId", "ApiId"}, {"integrationId", NULL}, {NULL, NULL}};
/* Those that AWS gives no value of its own. */
static const char *const same[] = {
    "IntegrationType",   "IntegrationUri",   "IntegrationSubtype", "ConnectionId", "CredentialsArn",
    "RequestParameters", "RequestTemplates", "Description",        NULL,
};

/* {"200": {"ResponseParameters": [{"Destination", "Source"}]}} is {"200": {destination: source}} in the API.
 */
static struct value *responses_out(struct arena *arena, const struct value *responses)
{
    struct value *out = value_map(arena);
    for (size_t i = 0; value_is(responses, VALUE_MAP) && i < responses->count; i++) {
        const struct value *one = responses->entries[i].value, *list = value_get(one, "ResponseParameters");
        if (value_is(one, VALUE_MAP))
            value_set(arena, out, responses->entries[i].key,
                      list ? tags_as_map(arena, list, "Destination", "Source") : value_copy(arena, one));
    }
    return out;
}

static struct value *responses_in(struct arena *arena, const struct value *responses)
{
    struct value *in = value_map(arena);
    for (size_t i = 0; value_is(responses, VALUE_MAP) && i < responses->count; i++) {
        struct value *one = value_map(arena);
        if (!responses->entries[i].value->count)
            continue;
        value_setz(arena, one, "ResponseParameters",
                   tags_as_list(arena, responses->entries[i].value, "Destination", "Source"));
        value_set(arena, in, responses->entries[i].key, one);
    }
    return in;
}

static void drop_empty_answers(struct value *responses)
{
    for (size_t i = responses->count; i-- > 0;)
        if (!value_is(responses->entries[i].value, VALUE_MAP) || !responses->entries[i].value->count)
            value_remove(responses, responses->entries[i].key);
}

/* The time is 30 seconds in HTTP APIs and 29 in WebSocket APIs: only the former have a payload format. */
static void reset(struct arena *arena, const struct value *target, const struct resource_state *live,
                  struct value *input)
{
    const struct value *timeout = value_get(target, "TimeoutInMillis"),
                       *format = value_get(target, "PayloadFormatVersion");
    bool http = live && value_get_text(live->properties, "PayloadFormatVersion").len;
    if (timeout && timeout->kind == VALUE_NULL)
        value_setz(arena, input, "timeoutInMillis", value_int(arena, http ? 30000 : 29000));
    if (http && format && format->kind == VALUE_NULL)
        and_with(arena, input, "payloadFormatVersion", STR("1.0"));
}

static bool send(const struct resource_call *call, const struct value *target,
                 const struct resource_state *live, struct value *input, struct error *error)
{
    struct arena *arena = call->arena;
    const struct value *tls = value_get(target, "TlsConfig"),
                       *responses = value_get(target, "ResponseParameters"),
                       *none = value_string(arena, STR_EMPTY);
    (void)error;
    if (value_get(input, "responseParameters"))
        value_setz(arena, input, "responseParameters", responses_out(arena, responses));
    if (value_is(value_get(input, "responseParameters"), VALUE_MAP))
        drop_empty_answers(value_get(input, "responseParameters"));
    apigatewayv2_drop_keys(call, target, live, "RequestParameters", input, "requestParameters", none);
    apigatewayv2_drop_keys(call, target, live, "RequestTemplates", input, "requestTemplates", none);
    apigatewayv2_drop_keys(call, target, live, "ResponseParameters", input, "responseParameters",
                           value_map(arena));
    if (tls && tls->kind == VALUE_NULL)
        value_setz(arena, input, "tlsConfig", value_map(arena));
    reset(arena, target, live, input);
    return true;
}

static bool receive(const struct resource_call *call, const struct value *item, struct resource_state *state,
                    struct error *error)
{
    (void)error;
    value_setz(call->arena, state->properties, "ResponseParameters",
               responses_in(call->arena, value_get(item, "responseParameters")));
    return true;
}

static void normalize(struct arena *arena, struct value *properties)
{
    const struct value *responses = value_get(properties, "ResponseParameters");
    for (size_t i = 0; value_is(responses, VALUE_MAP) && i < responses->count; i++) {
        struct value *list = value_get(responses->entries[i].value, "ResponseParameters");
        for (size_t k = 0; value_is(list, VALUE_LIST) && k < list->count; k++) {
            const struct value *source = value_get(list->items[k], "Source");
            if (value_is(source, VALUE_NUMBER) || value_is(source, VALUE_BOOL))
                value_setz(arena, list->items[k], "Source",
                           value_at_position_of(value_string(arena, value_text(source)), source));
        }
        if (value_is(list, VALUE_LIST))
            value_sort(arena, list, "Destination");
    }
}

static const struct plain integration = {
    .rules = rules,
    .small_letters = true,
    .create = &apigatewayv2_operations[APIGATEWAYV2_CREATE_INTEGRATION],
    .read = &apigatewayv2_operations[APIGATEWAYV2_GET_INTEGRATION],
    .update = &apigatewayv2_operations[APIGATEWAYV2_UPDATE_INTEGRATION],
    .remove = &apigatewayv2_operations[APIGATEWAYV2_DELETE_INTEGRATION],
    .keys = keys,
    .inside = apigatewayv2_inside,
    .id = "integrationId",
    .list = &apigatewayv2_operations[APIGATEWAYV2_GET_INTEGRATIONS],
    .same = same,
    .hurdles = apigatewayv2_busy,
    .hurdles_ms = APIGATEWAYV2_BUSY_MS,
    .send = send,
    .receive = receive,
};

const struct resource_type apigatewayv2_integration_type = {
    .name = "AWS::ApiGatewayV2::Integration",
    .normalize = normalize,
    .plain = &integration,
    PLAIN_LIFE,
    .arn = "arn:{partition}:apigateway:{region}::/apis/{ApiId}/integrations/*",
};
