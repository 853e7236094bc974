/*
 * AWS::ApiGatewayV2::RouteResponse, of WebSocket APIs.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-routeresponse.html
 */

#include "providers/apigatewayv2/common.h"
#include "providers/apigatewayv2/types.h"

static const struct shape rules[] = {
    {.path = "ApiId"},
    {.path = "ModelSelectionExpression", .otherwise = "\"\""},
    {.path = "ResponseModels", .kind = SHAPE_TEXTS, .otherwise = "{}"},
    {.path = "ResponseParameters", .kind = SHAPE_MAP, .free = true},
    {.path = "ResponseParameters._", .kind = SHAPE_MAP},
    {.path = "ResponseParameters._.Required", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "RouteId"},
    {.path = "RouteResponseId"},
    {.path = "RouteResponseKey"},
    {.path = NULL},
};

static const struct plain_key keys[] = {
    {"apiId", "ApiId"}, {"routeId", "RouteId"}, {"routeResponseId", NULL}, {NULL, NULL}};
static const struct plain_key inside[] = {{"apiId", "ApiId"}, {"routeId", "RouteId"}, {NULL, NULL}};
static const char *const same[] = {"RouteResponseKey", NULL};

static bool send(const struct resource_call *call, const struct value *target,
                 const struct resource_state *live, struct value *input, struct error *error)
{
    (void)error;
    apigatewayv2_drop_keys(call, target, live, "ResponseModels", input, "responseModels",
                           value_string(call->arena, STR_EMPTY));
    apigatewayv2_drop_keys(call, target, live, "ResponseParameters", input, "responseParameters",
                           value_map(call->arena));
    return true;
}

static const struct plain route_response = {
    .rules = rules,
    .small_letters = true,
    .create = &apigatewayv2_operations[APIGATEWAYV2_CREATE_ROUTE_RESPONSE],
    .read = &apigatewayv2_operations[APIGATEWAYV2_GET_ROUTE_RESPONSE],
    .update = &apigatewayv2_operations[APIGATEWAYV2_UPDATE_ROUTE_RESPONSE],
    .remove = &apigatewayv2_operations[APIGATEWAYV2_DELETE_ROUTE_RESPONSE],
    .keys = keys,
    .inside = inside,
    .id = "routeResponseId",
    .list = &apigatewayv2_operations[APIGATEWAYV2_GET_ROUTE_RESPONSES],
    .same = same,
    .hurdles = apigatewayv2_busy,
    .hurdles_ms = APIGATEWAYV2_BUSY_MS,
    .send = send,
};

const struct resource_type apigatewayv2_route_response_type = {
    .name = "AWS::ApiGatewayV2::RouteResponse",
    .plain = &route_response,
    PLAIN_LIFE,
    .arn = "arn:{partition}:apigateway:{region}::/apis/{ApiId}/routes/{RouteId}/routeresponses/*",
};
