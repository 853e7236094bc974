/*
 * AWS::ApiGateway::Deployment: a picture of an API at one moment.  It never changes, and it has neither name
 * nor tags: it is found again by its description, which SAM makes of the document's digest.  One that
 * declares no description gets one from the idempotency token of its create.
 *
 * 'StageName' and what CreateDeployment takes of 'StageDescription' are given to AWS, which makes the stage
 * or moves it; such a stage goes with its deployment, as in CloudFormation.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-deployment.html
 */

#include "providers/apigateway/common.h"
#include "providers/apigateway/types.h"
#include "providers/shape.h"
#include "providers/wire.h"

#define ELSEWHERE "declare the stage as an AWS::ApiGateway::Stage"

static const struct shape shape[] = {
    {.path = "DeploymentCanarySettings", .kind = SHAPE_MAP},
    {.path = "DeploymentCanarySettings.PercentTraffic", .kind = SHAPE_NUMBER},
    {.path = "DeploymentCanarySettings.StageVariableOverrides", .kind = SHAPE_TEXTS},
    {.path = "DeploymentCanarySettings.UseStageCache", .kind = SHAPE_BOOL},
    {.path = "Description"},
    {.path = "RestApiId"},
    {.path = "StageDescription", .kind = SHAPE_MAP},
    {.path = "StageDescription.AccessLogSetting", .refused = ELSEWHERE},
    {.path = "StageDescription.CacheClusterEnabled", .kind = SHAPE_BOOL},
    {.path = "StageDescription.CacheClusterSize"},
    {.path = "StageDescription.CacheDataEncrypted", .refused = ELSEWHERE},
    {.path = "StageDescription.CacheTtlInSeconds", .refused = ELSEWHERE},
    {.path = "StageDescription.CachingEnabled", .refused = ELSEWHERE},
    {.path = "StageDescription.CanarySetting", .refused = "use 'DeploymentCanarySettings'"},
    {.path = "StageDescription.ClientCertificateId", .refused = ELSEWHERE},
    {.path = "StageDescription.DataTraceEnabled", .refused = ELSEWHERE},
    {.path = "StageDescription.Description"},
    {.path = "StageDescription.DocumentationVersion", .refused = ELSEWHERE},
    {.path = "StageDescription.LoggingLevel", .refused = ELSEWHERE},
    {.path = "StageDescription.MethodSettings", .refused = ELSEWHERE},
    {.path = "StageDescription.MetricsEnabled", .refused = ELSEWHERE},
    {.path = "StageDescription.Tags", .refused = ELSEWHERE},
    {.path = "StageDescription.ThrottlingBurstLimit", .refused = ELSEWHERE},
    {.path = "StageDescription.ThrottlingRateLimit", .refused = ELSEWHERE},
    {.path = "StageDescription.TracingEnabled", .kind = SHAPE_BOOL},
    {.path = "StageDescription.Variables", .kind = SHAPE_TEXTS},
    {.path = "StageName"},
    {.path = NULL},
};
static const char *const unreadable[] = {"DeploymentCanarySettings", "StageDescription", "StageName", NULL};

static const struct wire_name names[] = {
    {"DeploymentCanarySettings", "canarySettings"},
    {"StageDescription.Description", "stageDescription"},
    {NULL, NULL},
};
static const struct wire wire = {.shape = shape, .names = names, .small_letters = true};

/* What a deployment without a description of its own is called. */
static struct str description_of(const struct resource_call *call)
{
    struct str own = value_get_text(call->properties, "Description");
    return own.len ? own : call->name;
}

static void give(const struct resource_call *call, struct str api, const struct value *answer,
                 struct resource_state *state)
{
    state->physical_id = value_get_text(answer, "id");
    state->attributes = input_with(call->arena, "DeploymentId", state->physical_id);
    state->properties = input_with(call->arena, "RestApiId", api);
    and_with(call->arena, state->properties, "Description", value_get_text(answer, "description"));
}

static bool deployment_read(const struct resource_call *call, struct resource_state *state,
                            struct error *error)
{
    struct str api;
    struct value *answer;
    if (!api_of(call, &api, error) ||
        !aws_call(call->aws, &apigateway_operations[APIGATEWAY_GET_DEPLOYMENT], call->arena,
                  and_with(call->arena, api_input(call->arena, api), "deploymentId", call->physical_id),
                  &answer, error))
        return false;
    give(call, api, answer, state);
    return true;
}

/* Of several the newest. */
static bool deployment_find(const struct resource_call *call, struct resource_state *state,
                            struct error *error)
{
    struct str api, description = description_of(call);
    struct value *all;
    const struct value *newest = NULL;
    if (!api_of(call, &api, error))
        return false;
    struct value *input = api_input(call->arena, api);
    value_setz(call->arena, input, "limit", value_int(call->arena, 500));
    if (!aws_list(call->aws, &apigateway_operations[APIGATEWAY_GET_DEPLOYMENTS], call->arena, input, &all,
                  error))
        return false;
    for (size_t i = 0; i < all->count; i++)
        if (str_equal(value_get_text(all->items[i], "description"), description) &&
            (!newest ||
             value_get_int(all->items[i], "createdDate", 0) >= value_get_int(newest, "createdDate", 0)))
            newest = all->items[i];
    if (!newest)
        return error_set(error, ERROR_NOT_FOUND, "API '%.*s' has no deployment '%.*s'", STR_ARG(api),
                         STR_ARG(description));
    give(call, api, newest, state);
    return true;
}

static bool deployment_create(const struct resource_call *call, struct resource_state *state,
                              struct error *error)
{
    struct arena *arena = call->arena;
    struct str api;
    if (!shape_check(shape, apigateway_deployment_type.name, call->properties, error) ||
        !api_of(call, &api, error))
        return false;
    struct value *target = shape_target(shape, arena, call->properties, NULL), *answer;
    struct value *input = wire_out(&wire, arena, "", target);
    const struct value *stage = value_get(input, "stageDescription");
    if (value_is(stage, VALUE_MAP)) { /* its members are the request's own */
        value_remove(input, STR("stageDescription"));
        for (size_t i = 0; i < stage->count; i++)
            value_set(arena, input, stage->entries[i].key, stage->entries[i].value);
    }
    and_with(arena, input, "description", description_of(call));
    if (!create_once(call, &apigateway_deployment_type, &apigateway_operations[APIGATEWAY_CREATE_DEPLOYMENT],
                     input, apigateway_busy, APIGATEWAY_BUSY_MS, &answer, error))
        return false;
    if (!answer)
        return deployment_find(call, state, error);
    give(call, api, answer, state);
    return true;
}

/* The stage that was made with the deployment, if it still points to it. */
static bool remove_stage(const struct resource_call *call, struct str api, struct error *error)
{
    const struct value *properties = call->previous ? call->previous : call->properties;
    struct str stage = value_get_text(properties, "StageName");
    struct value *answer, *input = and_with(call->arena, api_input(call->arena, api), "stageName", stage);
    if (!stage.len)
        return true;
    if (!aws_call(call->aws, &apigateway_operations[APIGATEWAY_GET_STAGE], call->arena, input, &answer,
                  error)) {
        if (error->code != ERROR_NOT_FOUND)
            return false;
        error_clear(error);
        return true;
    }
    return !str_equal(value_get_text(answer, "deploymentId"), call->physical_id) ||
           call_or_absent(call, &apigateway_operations[APIGATEWAY_DELETE_STAGE], input, error);
}

static bool deployment_remove(const struct resource_call *call, struct error *error)
{
    struct str api;
    if (!api_of(call, &api, error) || !remove_stage(call, api, error))
        return false;
    struct value *input =
        and_with(call->arena, api_input(call->arena, api), "deploymentId", call->physical_id);
    if (call_or_absent(call, &apigateway_operations[APIGATEWAY_DELETE_DEPLOYMENT], input, error))
        return true;
    if (str_contains(str_from(error->message), "Active stages"))
        return error_set(error, ERROR_CONFLICT,
                         "deployment '%.*s' of API '%.*s' is in use: point its stages to another one first",
                         STR_ARG(call->physical_id), STR_ARG(api));
    return false;
}

static void deployment_normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(shape, arena, properties);
}

const struct resource_type apigateway_deployment_type = {
    .name = "AWS::ApiGateway::Deployment",
    .traits = RESOURCE_IMMUTABLE,
    .name_max = 128,
    .unreadable = unreadable,
    .read = deployment_read,
    .find = deployment_find,
    .create = deployment_create,
    .remove = deployment_remove,
    .normalize = deployment_normalize,
    .arn = "arn:{partition}:apigateway:{region}::/restapis/{RestApiId}/deployments/{DeploymentId}",
};
