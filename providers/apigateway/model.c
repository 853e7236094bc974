/*
 * AWS::ApiGateway::Model: the schema of a body.  It goes by its name, of letters and digits.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-model.html
 */

#include "providers/apigateway/table.h"
#include "providers/apigateway/types.h"
#include "providers/policy.h"

static const struct shape shape[] = {
    {.path = "ContentType"},
    {.path = "Description", .otherwise = "\"\""},
    {.path = "Name"},
    {.path = "RestApiId"},
    {.path = "Schema", .kind = SHAPE_JSON, .otherwise = "{}"},
    {.path = NULL},
};
static const struct patch_row patch[] = {
    {"Description", "/description", PATCH_TEXT},
    {"Schema", "/schema", PATCH_JSON},
    {NULL, NULL, PATCH_TEXT},
};
static const struct table_key keys[] = {{"restApiId", "RestApiId"}, {"modelName", NULL}, {NULL, NULL}};
static const struct table_key inside[] = {{"restApiId", "RestApiId"}, {NULL, NULL}};
static const char *const not_in_create[] = {"RestApiId", NULL};

static void send(const struct resource_call *call, struct value *input)
{
    struct value *schema = value_get(input, "schema");
    if (schema && schema->kind != VALUE_STRING)
        and_with(call->arena, input, "schema", json_for_request(call->arena, schema));
    if (!value_get(input, "contentType")) /* the API wants one, CloudFormation does not */
        and_with(call->arena, input, "contentType", STR("application/json"));
}

static const struct table table = {
    .shape = shape,
    .patch = patch,
    .keys = keys,
    .inside = inside,
    .not_in_create = not_in_create,
    .create = APIGATEWAY_CREATE_MODEL,
    .read = APIGATEWAY_GET_MODEL,
    .update = APIGATEWAY_UPDATE_MODEL,
    .remove = APIGATEWAY_DELETE_MODEL,
    .id = "name",
    .name = "Name",
    .letters = true,
    .send = send,
};
TABLE_LIFE(table, apigateway_model_type)

const struct resource_type apigateway_model_type = {
    .name = "AWS::ApiGateway::Model",
    .name_property = "Name",
    .name_max = 64,
    TABLE_TYPE,
    .arn = "arn:{partition}:apigateway:{region}::/restapis/{RestApiId}/models/{Name}",
};
