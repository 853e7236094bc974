/*
 * AWS::ApiGatewayV2::Deployment: a picture of an API at one moment.  It has neither name nor tags: it is
 * found again by its description.  One that declares none gets the deterministic name as its description.
 *
 * 'StageName' names a stage that is there already and moves to the deployment.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-deployment.html
 */

#include "providers/apigatewayv2/common.h"
#include "providers/apigatewayv2/types.h"

static const struct shape rules[] = {
    {.path = "Description", .otherwise = "\"\""},
    {.facts = "AWS::ApiGatewayV2::Deployment"},
};

static const char *const unreadable[] = {"StageName", NULL};
static const char *const apart[] = {"StageName", NULL};
static const struct plain_key keys[] = {{"apiId", "ApiId"}, {"deploymentId", NULL}, {NULL, NULL}};
static const char *const same[] = {"Description", NULL};

/* What it is called where nothing else is said; create gives the stage too. */
static bool send(const struct resource_call *call, const struct value *target,
                 const struct resource_state *live, struct value *input, struct error *error)
{
    struct str stage = value_get_text(target, "StageName");
    (void)error;
    if (!value_get_text(target, "Description").len)
        and_with(call->arena, input, "description", call->name);
    if (!live && stage.len)
        and_with(call->arena, input, "stageName", stage);
    return true;
}

static bool find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct resource_call named = *call;
    struct value *properties = call->properties ? value_copy(call->arena, call->properties) : NULL;
    if (properties && !value_get_text(properties, "Description").len)
        and_with(call->arena, properties, "Description", call->name);
    named.properties = properties;
    return plain_find(&named, state, error);
}

static bool remove_deployment(const struct resource_call *call, struct error *error)
{
    if (plain_remove(call, error))
        return true;
    if (str_contains(str_from(error->message), "Active stages"))
        return error_set(error, ERROR_CONFLICT,
                         "deployment '%.*s' is in use: point its stages to another one, or delete them first",
                         STR_ARG(call->physical_id));
    return false;
}

static const struct plain deployment = {
    .rules = rules,
    .small_letters = true,
    .apart = apart,
    .create = &apigatewayv2_operations[APIGATEWAYV2_CREATE_DEPLOYMENT],
    .read = &apigatewayv2_operations[APIGATEWAYV2_GET_DEPLOYMENT],
    .update = &apigatewayv2_operations[APIGATEWAYV2_UPDATE_DEPLOYMENT],
    .remove = &apigatewayv2_operations[APIGATEWAYV2_DELETE_DEPLOYMENT],
    .keys = keys,
    .inside = apigatewayv2_inside,
    .id = "deploymentId",
    .list = &apigatewayv2_operations[APIGATEWAYV2_GET_DEPLOYMENTS],
    .same = same,
    .settling = {.member = "deploymentStatus",
                 .ready = "DEPLOYED",
                 .failed = "FAILED",
                 .reason = "deploymentStatusMessage",
                 .timeout_ms = 5 * 60 * 1000},
    .hurdles = apigatewayv2_busy,
    .hurdles_ms = APIGATEWAYV2_BUSY_MS,
    .send = send,
};

const struct resource_type apigatewayv2_deployment_type = {
    .name = "AWS::ApiGatewayV2::Deployment",
    .unreadable = unreadable,
    .plain = &deployment,
    .read = plain_read,
    .find = find,
    .create = plain_create,
    .update = plain_update,
    .remove = remove_deployment,
    .name_max = 128,
    .arn = "arn:{partition}:apigateway:{region}::/apis/{ApiId}/deployments/*",
};
