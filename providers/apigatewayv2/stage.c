/*
 * AWS::ApiGatewayV2::Stage.  A stage that deploys by itself gets a deployment with every change of its API:
 * 'DeploymentId' is then not declared, and so not compared.
 *
 * UpdateStage writes variables and route settings key by key, and takes nothing away: a variable goes by an
 * empty value, route settings and access logs by calls of their own.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-stage.html
 */

#include "providers/apigatewayv2/common.h"
#include "providers/apigatewayv2/types.h"

/* The published schema does not say what is in the settings of a route. */
static const struct shape rules[] = {
    {.path = "AccessLogSettings", .kind = SHAPE_MAP},
    {.path = "AccessLogSettings.DestinationArn"},
    {.path = "AccessLogSettings.Format"},
    {.path = "ApiId"},
    {.path = "AutoDeploy", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "ClientCertificateId", .otherwise = "\"\""},
    {.path = "DefaultRouteSettings", .kind = SHAPE_MAP},
    {.path = "DefaultRouteSettings.DataTraceEnabled", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "DefaultRouteSettings.DetailedMetricsEnabled", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "DefaultRouteSettings.LoggingLevel", .otherwise = "\"OFF\""},
    {.path = "DefaultRouteSettings.ThrottlingBurstLimit", .kind = SHAPE_NUMBER},
    {.path = "DefaultRouteSettings.ThrottlingRateLimit", .kind = SHAPE_NUMBER},
    {.path = "DeploymentId"},
    {.path = "Description", .otherwise = "\"\""},
    {.path = "RouteSettings", .kind = SHAPE_MAP, .free = true},
    {.path = "RouteSettings._", .kind = SHAPE_MAP},
    {.path = "RouteSettings._.DataTraceEnabled", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "RouteSettings._.DetailedMetricsEnabled", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "RouteSettings._.LoggingLevel", .otherwise = "\"OFF\""},
    {.path = "RouteSettings._.ThrottlingBurstLimit", .kind = SHAPE_NUMBER},
    {.path = "RouteSettings._.ThrottlingRateLimit", .kind = SHAPE_NUMBER},
    {.path = "StageName"},
    {.path = "StageVariables", .kind = SHAPE_TEXTS, .otherwise = "{}"},
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.path = NULL},
};

static const struct plain_key keys[] = {{"apiId", "ApiId"}, {"stageName", NULL}, {NULL, NULL}};

static bool send(const struct resource_call *call, const struct value *target,
                 const struct resource_state *live, struct value *input, struct error *error)
{
    struct arena *arena = call->arena;
    const struct value *settings = value_get(target, "DefaultRouteSettings");
    (void)error;
    apigatewayv2_drop_keys(call, target, live, "StageVariables", input, "stageVariables",
                           value_string(arena, STR_EMPTY));
    if (settings && settings->kind == VALUE_NULL) {
        struct value *none = value_map(arena);
        value_setz(arena, none, "detailedMetricsEnabled", value_bool(arena, false));
        value_setz(arena, input, "defaultRouteSettings", none);
    }
    return true;
}

static bool write_apart(const struct resource_call *call, const struct value *target,
                        const struct resource_state *live, struct error *error)
{
    const struct value *log = value_get(target, "AccessLogSettings");
    const struct value *gone = apigatewayv2_keys_gone(call, target, live, "RouteSettings");
    if (log && log->kind == VALUE_NULL && value_get(live->properties, "AccessLogSettings") &&
        !call_or_absent(call, &apigatewayv2_operations[APIGATEWAYV2_DELETE_ACCESS_LOG_SETTINGS],
                        plain_input(call, keys), error))
        return false;
    for (size_t i = 0; i < gone->count; i++) {
        struct value *input =
            and_with(call->arena, plain_input(call, keys), "routeKey", value_text(gone->items[i]));
        if (!call_or_absent(call, &apigatewayv2_operations[APIGATEWAYV2_DELETE_ROUTE_SETTINGS], input, error))
            return false;
    }
    return true;
}

static struct str tagged_by(const struct resource_call *call, struct str stage)
{
    return apigatewayv2_arn(call, arena_printf(call->arena, "apis/%.*s/stages/%.*s",
                                               STR_ARG(value_get_text(plain_known(call), "ApiId")),
                                               STR_ARG(stage)));
}

/* Settings that are AWS's default and that nobody declared say nothing: AWS gives them or not. */
static void drop_defaults(struct value *settings, const struct value *declared)
{
    for (size_t i = settings ? settings->count : 0; i-- > 0;) {
        const struct value_entry *one = &settings->entries[i];
        bool plain_default =
            (value_is(one->value, VALUE_BOOL) && !one->value->boolean) || value_is_text(one->value, "OFF");
        if (plain_default && !value_get_str(declared, one->key))
            value_remove(settings, one->key);
    }
}

static bool receive(const struct resource_call *call, const struct value *item, struct resource_state *state,
                    struct error *error)
{
    const struct value *routes = value_get(state->properties, "RouteSettings"), *known = plain_known(call);
    (void)item;
    (void)error;
    drop_defaults(value_get(state->properties, "DefaultRouteSettings"),
                  value_get(known, "DefaultRouteSettings"));
    for (size_t i = 0; value_is(routes, VALUE_MAP) && i < routes->count; i++)
        drop_defaults(routes->entries[i].value,
                      value_get_str(value_get(known, "RouteSettings"), routes->entries[i].key));
    return true;
}

/* A log group's ARN may end in ":*", as GetAtt gives it; AWS takes it without. */
static void normalize(struct arena *arena, struct value *properties)
{
    struct value *log = value_get(properties, "AccessLogSettings");
    const struct value *where = value_get(log, "DestinationArn");
    if (value_is(where, VALUE_STRING) && str_ends(where->text, ":*"))
        value_setz(
            arena, log, "DestinationArn",
            value_at_position_of(value_string(arena, str_slice(where->text, 0, where->text.len - 2)), where));
}

static const struct plain stage = {
    .rules = rules,
    .small_letters = true,
    .create = &apigatewayv2_operations[APIGATEWAYV2_CREATE_STAGE],
    .read = &apigatewayv2_operations[APIGATEWAYV2_GET_STAGE],
    .update = &apigatewayv2_operations[APIGATEWAYV2_UPDATE_STAGE],
    .remove = &apigatewayv2_operations[APIGATEWAYV2_DELETE_STAGE],
    .keys = keys,
    .inside = apigatewayv2_inside,
    .id = "stageName",
    .hurdles = apigatewayv2_busy,
    .hurdles_ms = APIGATEWAYV2_BUSY_MS,
    .tags = "tags",
    .tags_read = "tags",
    .tag_calls = &apigatewayv2_tag_calls,
    .tagged_by = tagged_by,
    .send = send,
    .receive = receive,
    .write_apart = write_apart,
};

const struct resource_type apigatewayv2_stage_type = {
    .name = "AWS::ApiGatewayV2::Stage",
    .traits = RESOURCE_TAGGED,
    .name_property = "StageName",
    .name_max = 128,
    .normalize = normalize,
    .plain = &stage,
    PLAIN_LIFE,
    .arn = "arn:{partition}:apigateway:{region}::/apis/{ApiId}/stages/{StageName}",
};
