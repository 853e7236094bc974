/*
 * AWS::ApiGateway::DocumentationPart: what is said of one place of an API.  There is one for a place, by
 * which it is found again.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-documentationpart.html
 */

#include "providers/apigateway/table.h"
#include "providers/apigateway/types.h"
#include "providers/policy.h"

static const struct shape shape[] = {
    {.path = "Location", .kind = SHAPE_MAP},
    {.path = "Location.Method"},
    {.path = "Location.Name"},
    {.path = "Location.Path"},
    {.path = "Location.StatusCode"},
    {.path = "Location.Type"},
    {.path = "Properties", .kind = SHAPE_JSON},
    {.path = "RestApiId"},
    {.path = NULL},
};
static const struct patch_row patch[] = {
    {"Properties", "/properties", PATCH_JSON},
    {NULL, NULL, PATCH_TEXT},
};
static const struct table_key keys[] = {
    {"restApiId", "RestApiId"}, {"documentationPartId", NULL}, {NULL, NULL}};
static const struct table_key inside[] = {{"restApiId", "RestApiId"}, {NULL, NULL}};
static const char *const not_in_create[] = {"RestApiId", NULL};
static const char *const same[] = {"Location", NULL};
static const enum apigateway_operation list = APIGATEWAY_GET_DOCUMENTATION_PARTS;

/* Where nothing is said AWS says it: any verb, any status, the root. */
static void normalize_location(struct arena *arena, struct value *properties)
{
    static const char *const defaults[][2] = {{"Method", "*"}, {"StatusCode", "*"}, {"Path", "/"}};
    struct value *location = value_get(properties, "Location");
    (void)arena;
    for (size_t i = 0; i < ARRAY_LENGTH(defaults); i++)
        if (value_is_text(value_get(location, defaults[i][0]), defaults[i][1]))
            value_remove(location, str_from(defaults[i][0]));
}

/* The document travels as its text. */
static void send(const struct resource_call *call, struct value *input)
{
    struct value *properties = value_get(input, "properties");
    if (properties && properties->kind != VALUE_STRING)
        and_with(call->arena, input, "properties", json_for_request(call->arena, properties));
}

static const struct table table = {
    .shape = shape,
    .patch = patch,
    .keys = keys,
    .inside = inside,
    .listed = inside,
    .not_in_create = not_in_create,
    .create = APIGATEWAY_CREATE_DOCUMENTATION_PART,
    .read = APIGATEWAY_GET_DOCUMENTATION_PART,
    .update = APIGATEWAY_UPDATE_DOCUMENTATION_PART,
    .remove = APIGATEWAY_DELETE_DOCUMENTATION_PART,
    .list = &list,
    .same = same,
    .id = "id",
    .attribute = "DocumentationPartId",
    .normalize = normalize_location,
    .send = send,
};
TABLE_LIFE(table, apigateway_documentation_part_type)

const struct resource_type apigateway_documentation_part_type = {
    .name = "AWS::ApiGateway::DocumentationPart",
    TABLE_TYPE,
    .arn = "arn:{partition}:apigateway:{region}::/restapis/{RestApiId}/documentation/parts/"
           "{DocumentationPartId}",
};
