/*
 * AWS::ApiGateway::Authorizer.  An API has one of a name, by which it is found again.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-authorizer.html
 */

#include "providers/apigateway/table.h"
#include "providers/apigateway/types.h"

static const struct shape shape[] = {
    {.path = "AuthType"},
    {.path = "AuthorizerCredentials"},
    {.path = "AuthorizerResultTtlInSeconds", .kind = SHAPE_NUMBER, .otherwise = "300"},
    {.path = "AuthorizerUri"},
    {.path = "IdentitySource"},
    {.path = "IdentityValidationExpression"},
    {.path = "Name"},
    {.path = "ProviderARNs", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "RestApiId"},
    {.path = "Type"},
    {.path = NULL},
};
static const struct patch_row patch[] = {
    {"AuthType", "/authType", PATCH_FIXED},
    {"AuthorizerCredentials", "/authorizerCredentials", PATCH_TEXT},
    {"AuthorizerResultTtlInSeconds", "/authorizerResultTtlInSeconds", PATCH_FIXED},
    {"AuthorizerUri", "/authorizerUri", PATCH_TEXT},
    {"IdentitySource", "/identitySource", PATCH_TEXT},
    {"IdentityValidationExpression", "/identityValidationExpression", PATCH_TEXT},
    {"Name", "/name", PATCH_FIXED},
    {"ProviderARNs", "/providerARNs", PATCH_ITEMS},
    {"Type", "/type", PATCH_FIXED},
    {NULL, NULL, PATCH_TEXT},
};
static const struct table_key keys[] = {{"restApiId", "RestApiId"}, {"authorizerId", NULL}, {NULL, NULL}};
static const struct table_key inside[] = {{"restApiId", "RestApiId"}, {NULL, NULL}};
static const char *const not_in_create[] = {"RestApiId", NULL};
static const char *const same[] = {"Name", NULL};
static const enum apigateway_operation list = APIGATEWAY_GET_AUTHORIZERS;

static const struct table table = {
    .shape = shape,
    .patch = patch,
    .keys = keys,
    .inside = inside,
    .listed = inside,
    .not_in_create = not_in_create,
    .create = APIGATEWAY_CREATE_AUTHORIZER,
    .read = APIGATEWAY_GET_AUTHORIZER,
    .update = APIGATEWAY_UPDATE_AUTHORIZER,
    .remove = APIGATEWAY_DELETE_AUTHORIZER,
    .list = &list,
    .same = same,
    .id = "id",
    .name = "Name",
    .attribute = "AuthorizerId",
};
TABLE_LIFE(table, apigateway_authorizer_type)

const struct resource_type apigateway_authorizer_type = {
    .name = "AWS::ApiGateway::Authorizer",
    .name_property = "Name",
    .name_max = 128,
    TABLE_TYPE,
    .arn = "arn:{partition}:apigateway:{region}::/restapis/{RestApiId}/authorizers/{AuthorizerId}",
};
