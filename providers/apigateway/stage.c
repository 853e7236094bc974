/*
 * AWS::ApiGateway::Stage.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-stage.html
 */

#include "providers/apigateway/stage_patch.h"
#include "providers/apigateway/types.h"
#include "providers/shape.h"
#include "providers/wire.h"

static const struct shape shape[] = {
    {.path = "AccessLogSetting", .kind = SHAPE_MAP},
    {.path = "AccessLogSetting.DestinationArn"},
    {.path = "AccessLogSetting.Format"},
    {.path = "CacheClusterEnabled", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "CacheClusterSize"},
    {.path = "CanarySetting", .kind = SHAPE_MAP},
    {.path = "CanarySetting.DeploymentId"},
    {.path = "CanarySetting.PercentTraffic", .kind = SHAPE_NUMBER, .otherwise = "0"},
    {.path = "CanarySetting.StageVariableOverrides", .kind = SHAPE_TEXTS},
    {.path = "CanarySetting.UseStageCache", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "ClientCertificateId"},
    {.path = "DeploymentId"},
    {.path = "Description", .otherwise = "\"\""},
    {.path = "DocumentationVersion"},
    {.path = "MethodSettings", .kind = SHAPE_SET, .otherwise = "[]", .key = "ResourcePath"},
    {.path = "MethodSettings.CacheDataEncrypted", .kind = SHAPE_BOOL},
    {.path = "MethodSettings.CacheTtlInSeconds", .kind = SHAPE_NUMBER},
    {.path = "MethodSettings.CachingEnabled", .kind = SHAPE_BOOL},
    {.path = "MethodSettings.DataTraceEnabled", .kind = SHAPE_BOOL},
    {.path = "MethodSettings.HttpMethod"},
    {.path = "MethodSettings.LoggingLevel"},
    {.path = "MethodSettings.MetricsEnabled", .kind = SHAPE_BOOL},
    {.path = "MethodSettings.ResourcePath"},
    {.path = "MethodSettings.ThrottlingBurstLimit", .kind = SHAPE_NUMBER},
    {.path = "MethodSettings.ThrottlingRateLimit", .kind = SHAPE_NUMBER},
    {.path = "RestApiId"},
    {.path = "StageName"},
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.path = "TracingEnabled", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "Variables", .kind = SHAPE_TEXTS, .otherwise = "{}"},
    {.path = NULL},
};

static const struct wire_name names[] = {
    {"AccessLogSetting", "accessLogSettings"},
    {"CanarySetting", "canarySettings"},
    {NULL, NULL},
};
static const struct wire wire = {.shape = shape, .names = names, .small_letters = true};

static void normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(shape, arena, properties);
    method_settings_normalize(arena, value_get(properties, "MethodSettings"));
}

static struct value *stage_input(struct arena *arena, struct str api, struct str stage)
{
    return and_with(arena, api_input(arena, api), "stageName", stage);
}

static bool read_named(const struct resource_call *call, struct str stage, struct resource_state *state,
                       struct error *error)
{
    struct arena *arena = call->arena;
    struct str api;
    struct value *answer;
    if (!api_of(call, &api, error) || !aws_call(call->aws, &apigateway_operations[APIGATEWAY_GET_STAGE],
                                                arena, stage_input(arena, api, stage), &answer, error))
        return false;
    struct value *settings = value_get(answer, "methodSettings"), *live;
    value_remove(answer, STR("methodSettings")); /* a map there */
    live = state->properties = wire_in(&wire, arena, "", answer);
    and_with(arena, live, "RestApiId", api);
    value_setz(arena, live, "MethodSettings", method_settings_in(arena, settings));
    state->physical_id = value_get_text(answer, "stageName");
    state->attributes = value_map(arena);
    state->tags = value_get(answer, "tags") ? value_get(answer, "tags") : value_map(arena);
    value_setz(arena, live, "Tags", tags_as_list(arena, tags_of_user(call, state->tags), "Key", "Value"));
    shape_fill(shape, arena, live);
    normalize(arena, live);
    return true;
}

static bool stage_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read_named(call, call->physical_id, state, error);
}

static bool stage_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read_named(call, wanted_name(call, "StageName"), state, error);
}

/* --- writing --- */

static bool update_once(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct arena *arena = call->arena;
    struct str api;
    struct value *target = shape_target(shape, arena, call->properties, call->previous);
    struct value *previous = call->previous ? value_copy(arena, call->previous) : value_map(arena);
    normalize(arena, previous);
    method_settings_normalize(arena, value_get(target, "MethodSettings"));
    method_settings_reset(arena, value_get(target, "MethodSettings"), value_get(previous, "MethodSettings"));
    if (!api_of(call, &api, error) || !read_named(call, call->physical_id, state, error))
        return false;
    struct str path =
        arena_printf(arena, "restapis/%.*s/stages/%.*s", STR_ARG(api), STR_ARG(call->physical_id));
    return patch_send(call, APIGATEWAY_UPDATE_STAGE, stage_input(arena, api, call->physical_id),
                      stage_patch(arena, target, state->properties), error) &&
           apigateway_write_tags(call, apigateway_arn(call, path), state->tags, NULL, error);
}

static bool check(const struct resource_call *call, struct error *error)
{
    if (!value_get(call->properties, "DeploymentId"))
        return value_error(call->properties, error, ERROR_INVALID, "a stage needs a 'DeploymentId'");
    return shape_check(shape, apigateway_stage_type.name, call->properties, error);
}

static bool stage_update(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return check(call, error) && update_until_answered(update_once, call, state, error);
}

/* CreateStage knows neither method settings nor logs nor certificates: these come by an update. */
static bool stage_create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    static const char *const given[] = {"CacheClusterEnabled", "CacheClusterSize", "CanarySetting",
                                        "DeploymentId",        "Description",      "DocumentationVersion",
                                        "TracingEnabled",      "Variables",        NULL};
    struct arena *arena = call->arena;
    struct str api;
    if (!check(call, error) || !api_of(call, &api, error))
        return false;
    struct value *target = shape_target(shape, arena, call->properties, NULL), *made = value_map(arena),
                 *answer;
    struct str name = wanted_name(call, "StageName");
    members_copy(arena, made, target, given);
    struct value *input = stage_input(arena, api, name), *body = wire_out(&wire, arena, "", made);
    for (size_t i = 0; i < body->count; i++)
        value_set(arena, input, body->entries[i].key, body->entries[i].value);
    value_setz(arena, input, "tags", resource_tags(call));
    if (!create_once(call, &apigateway_stage_type, &apigateway_operations[APIGATEWAY_CREATE_STAGE], input,
                     apigateway_busy, APIGATEWAY_BUSY_MS, &answer, error))
        return false;
    struct resource_call found = *call;
    found.physical_id = name;
    found.previous = NULL;
    return update_until_answered(update_once, &found, state, error);
}

static bool stage_remove(const struct resource_call *call, struct error *error)
{
    struct str api;
    return api_of(call, &api, error) &&
           call_or_absent(call, &apigateway_operations[APIGATEWAY_DELETE_STAGE],
                          stage_input(call->arena, api, call->physical_id), error);
}

const struct resource_type apigateway_stage_type = {
    .name = "AWS::ApiGateway::Stage",
    .traits = RESOURCE_TAGGED,
    .name_property = "StageName",
    .name_max = 128,
    .read = stage_read,
    .find = stage_find,
    .create = stage_create,
    .update = stage_update,
    .remove = stage_remove,
    .normalize = normalize,
    .arn = "arn:{partition}:apigateway:{region}::/restapis/{RestApiId}/stages/{StageName}",
};
