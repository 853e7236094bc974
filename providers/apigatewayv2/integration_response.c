/*
 * AWS::ApiGatewayV2::IntegrationResponse, of WebSocket APIs.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-integrationresponse.html
 */

#include "providers/apigatewayv2/common.h"
#include "providers/apigatewayv2/types.h"

/* The published schema does not say that the values of the maps are texts. */
static const struct shape rules[] = {
    {.path = "ContentHandlingStrategy", .otherwise = "\"\""},
    {.path = "ResponseParameters", .kind = SHAPE_TEXTS, .otherwise = "{}"},
    {.path = "ResponseTemplates", .kind = SHAPE_TEXTS, .otherwise = "{}"},
    {.path = "TemplateSelectionExpression", .otherwise = "\"\""},
    {.facts = "AWS::ApiGatewayV2::IntegrationResponse"},
};

static const struct plain_key keys[] = {
    {"apiId", "ApiId"}, {"integrationId", "IntegrationId"}, {"integrationResponseId", NULL}, {NULL, NULL}};
static const struct plain_key inside[] = {
    {"apiId", "ApiId"}, {"integrationId", "IntegrationId"}, {NULL, NULL}};
static const char *const same[] = {"IntegrationResponseKey", NULL};

static bool send(const struct resource_call *call, const struct value *target,
                 const struct resource_state *live, struct value *input, struct error *error)
{
    const struct value *none = value_string(call->arena, STR_EMPTY);
    (void)error;
    apigatewayv2_drop_keys(call, target, live, "ResponseParameters", input, "responseParameters", none);
    apigatewayv2_drop_keys(call, target, live, "ResponseTemplates", input, "responseTemplates", none);
    return true;
}

static const struct plain integration_response = {
    .rules = rules,
    .small_letters = true,
    .create = &apigatewayv2_operations[APIGATEWAYV2_CREATE_INTEGRATION_RESPONSE],
    .read = &apigatewayv2_operations[APIGATEWAYV2_GET_INTEGRATION_RESPONSE],
    .update = &apigatewayv2_operations[APIGATEWAYV2_UPDATE_INTEGRATION_RESPONSE],
    .remove = &apigatewayv2_operations[APIGATEWAYV2_DELETE_INTEGRATION_RESPONSE],
    .keys = keys,
    .inside = inside,
    .id = "integrationResponseId",
    .list = &apigatewayv2_operations[APIGATEWAYV2_GET_INTEGRATION_RESPONSES],
    .same = same,
    .hurdles = apigatewayv2_busy,
    .hurdles_ms = APIGATEWAYV2_BUSY_MS,
    .send = send,
};

const struct resource_type apigatewayv2_integration_response_type = {
    .name = "AWS::ApiGatewayV2::IntegrationResponse",
    .plain = &integration_response,
    PLAIN_LIFE,
    .arn = "arn:{partition}:apigateway:{region}::/apis/{ApiId}/integrations/{IntegrationId}/"
           "integrationresponses/*",
};
