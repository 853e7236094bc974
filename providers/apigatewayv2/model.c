/*
 * AWS::ApiGatewayV2::Model.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-model.html
 */

#include "providers/apigatewayv2/common.h"
#include "providers/apigatewayv2/types.h"

static const struct shape rules[] = {
    {.path = "ContentType", .otherwise = "\"application/json\""},
    {.path = "Description", .otherwise = "\"\""},
    {.path = "Schema", .kind = SHAPE_JSON, .in_text = true},
    {.facts = "AWS::ApiGatewayV2::Model"},
};

static const struct plain_key keys[] = {{"apiId", "ApiId"}, {"modelId", NULL}, {NULL, NULL}};
static const char *const same[] = {"Name", NULL};

static const struct plain model = {
    .rules = rules,
    .small_letters = true,
    .create = &apigatewayv2_operations[APIGATEWAYV2_CREATE_MODEL],
    .read = &apigatewayv2_operations[APIGATEWAYV2_GET_MODEL],
    .update = &apigatewayv2_operations[APIGATEWAYV2_UPDATE_MODEL],
    .remove = &apigatewayv2_operations[APIGATEWAYV2_DELETE_MODEL],
    .keys = keys,
    .inside = apigatewayv2_inside,
    .id = "modelId",
    .list = &apigatewayv2_operations[APIGATEWAYV2_GET_MODELS],
    .same = same,
    .hurdles = apigatewayv2_busy,
    .hurdles_ms = APIGATEWAYV2_BUSY_MS,
};

const struct resource_type apigatewayv2_model_type = {
    .name = "AWS::ApiGatewayV2::Model",
    .plain = &model,
    PLAIN_LIFE,
    .arn = "arn:{partition}:apigateway:{region}::/apis/{ApiId}/models/*",
};
