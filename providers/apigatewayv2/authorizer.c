/*
 * AWS::ApiGatewayV2::Authorizer.  Its name is the only one in its API.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-authorizer.html
 */

#include "providers/apigatewayv2/common.h"
#include "providers/apigatewayv2/types.h"

static const struct shape rules[] = {
    {.path = "AuthorizerCredentialsArn", .otherwise = "\"\""},
    {.path = "AuthorizerResultTtlInSeconds", .kind = SHAPE_NUMBER, .otherwise = "0"},
    {.path = "EnableSimpleResponses", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "IdentityValidationExpression", .otherwise = "\"\""},
    {.path = "JwtConfiguration.Audience", .kind = SHAPE_SET},
    {.facts = "AWS::ApiGatewayV2::Authorizer"},
};

/* The published schema calls them write-only, GetAuthorizer gives them. */
static const char *const readable[] = {
    "AuthorizerCredentialsArn",     "AuthorizerPayloadFormatVersion",
    "AuthorizerResultTtlInSeconds", "AuthorizerUri",
    "EnableSimpleResponses",        NULL,
};

static const struct plain_key keys[] = {{"apiId", "ApiId"}, {"authorizerId", NULL}, {NULL, NULL}};
static const char *const same[] = {"Name", NULL};

static const struct plain authorizer = {
    .rules = rules,
    .small_letters = true,
    .create = &apigatewayv2_operations[APIGATEWAYV2_CREATE_AUTHORIZER],
    .read = &apigatewayv2_operations[APIGATEWAYV2_GET_AUTHORIZER],
    .update = &apigatewayv2_operations[APIGATEWAYV2_UPDATE_AUTHORIZER],
    .remove = &apigatewayv2_operations[APIGATEWAYV2_DELETE_AUTHORIZER],
    .keys = keys,
    .inside = apigatewayv2_inside,
    .id = "authorizerId",
    .list = &apigatewayv2_operations[APIGATEWAYV2_GET_AUTHORIZERS],
    .same = same,
    .hurdles = apigatewayv2_busy,
    .hurdles_ms = APIGATEWAYV2_BUSY_MS,
};

const struct resource_type apigatewayv2_authorizer_type = {
    .name = "AWS::ApiGatewayV2::Authorizer",
    .readable = readable,
    .plain = &authorizer,
    PLAIN_LIFE,
    .arn = "arn:{partition}:apigateway:{region}::/apis/{ApiId}/authorizers/*",
};
