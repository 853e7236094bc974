/*
 * AWS::ApiGateway::RequestValidator: which parts of a request are looked at.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-requestvalidator.html
 */

#include "providers/apigateway/table.h"
#include "providers/apigateway/types.h"

static const struct shape shape[] = {
    {.path = "Name"},
    {.path = "RestApiId"},
    {.path = "ValidateRequestBody", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "ValidateRequestParameters", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = NULL},
};
static const struct patch_row patch[] = {
    {"ValidateRequestBody", "/validateRequestBody", PATCH_FIXED},
    {"ValidateRequestParameters", "/validateRequestParameters", PATCH_FIXED},
    {NULL, NULL, PATCH_TEXT},
};
static const struct table_key keys[] = {
    {"restApiId", "RestApiId"}, {"requestValidatorId", NULL}, {NULL, NULL}};
static const struct table_key inside[] = {{"restApiId", "RestApiId"}, {NULL, NULL}};
static const char *const not_in_create[] = {"RestApiId", NULL};
static const char *const same[] = {"Name", NULL};
static const enum apigateway_operation list = APIGATEWAY_GET_REQUEST_VALIDATORS;

static const struct table table = {
    .shape = shape,
    .patch = patch,
    .keys = keys,
    .inside = inside,
    .listed = inside,
    .not_in_create = not_in_create,
    .create = APIGATEWAY_CREATE_REQUEST_VALIDATOR,
    .read = APIGATEWAY_GET_REQUEST_VALIDATOR,
    .update = APIGATEWAY_UPDATE_REQUEST_VALIDATOR,
    .remove = APIGATEWAY_DELETE_REQUEST_VALIDATOR,
    .list = &list,
    .same = same,
    .id = "id",
    .name = "Name",
    .attribute = "RequestValidatorId",
};
TABLE_LIFE(table, apigateway_request_validator_type)

const struct resource_type apigateway_request_validator_type = {
    .name = "AWS::ApiGateway::RequestValidator",
    .name_max = 64,
    TABLE_TYPE,
    .arn =
        "arn:{partition}:apigateway:{region}::/restapis/{RestApiId}/requestvalidators/{RequestValidatorId}",
};
