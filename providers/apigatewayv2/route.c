/*
 * AWS::ApiGatewayV2::Route.  An API has one route for a key.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-route.html
 */

#include "providers/apigatewayv2/common.h"
#include "providers/apigatewayv2/types.h"

/* The published schema does not say what is in a request parameter. */
static const struct shape rules[] = {
    {.path = "ApiId"},
    {.path = "ApiKeyRequired", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "AuthorizationScopes", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "AuthorizationType", .otherwise = "\"NONE\""},
    {.path = "AuthorizerId", .otherwise = "\"\""},
    {.path = "ModelSelectionExpression", .otherwise = "\"\""},
    {.path = "OperationName", .otherwise = "\"\""},
    {.path = "RequestModels", .kind = SHAPE_TEXTS, .otherwise = "{}"},
    {.path = "RequestParameters", .kind = SHAPE_MAP, .free = true},
    {.path = "RequestParameters._", .kind = SHAPE_MAP},
    {.path = "RequestParameters._.Required", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "RouteId"},
    {.path = "RouteKey"},
    {.path = "RouteResponseSelectionExpression", .otherwise = "\"\""},
    {.path = "Target", .otherwise = "\"\""},
    {.path = NULL},
};

/* The published schema calls them write-only, GetRoute gives them. */
static const char *const readable[] = {"AuthorizerId", "RequestParameters", NULL};

static const struct plain_key keys[] = {{"apiId", "ApiId"}, {"routeId", NULL}, {NULL, NULL}};
static const char *const same[] = {"RouteKey", NULL};

static bool write_apart(const struct resource_call *call, const struct value *target,
                        const struct resource_state *live, struct error *error)
{
    const struct value *gone = apigatewayv2_keys_gone(call, target, live, "RequestParameters");
    for (size_t i = 0; i < gone->count; i++)
        if (!call_or_absent(call, &apigatewayv2_operations[APIGATEWAYV2_DELETE_ROUTE_REQUEST_PARAMETER],
                            and_with(call->arena, plain_input(call, keys), "requestParameterKey",
                                     value_text(gone->items[i])),
                            error))
            return false;
    return true;
}

static const struct plain route = {
    .rules = rules,
    .small_letters = true,
    .create = &apigatewayv2_operations[APIGATEWAYV2_CREATE_ROUTE],
    .read = &apigatewayv2_operations[APIGATEWAYV2_GET_ROUTE],
    .update = &apigatewayv2_operations[APIGATEWAYV2_UPDATE_ROUTE],
    .remove = &apigatewayv2_operations[APIGATEWAYV2_DELETE_ROUTE],
    .keys = keys,
    .inside = apigatewayv2_inside,
    .id = "routeId",
    .list = &apigatewayv2_operations[APIGATEWAYV2_GET_ROUTES],
    .same = same,
    .hurdles = apigatewayv2_busy,
    .hurdles_ms = APIGATEWAYV2_BUSY_MS,
    .write_apart = write_apart,
};

const struct resource_type apigatewayv2_route_type = {
    .name = "AWS::ApiGatewayV2::Route",
    .readable = readable,
    .plain = &route,
    PLAIN_LIFE,
    .arn = "arn:{partition}:apigateway:{region}::/apis/{ApiId}/routes/*",
};
