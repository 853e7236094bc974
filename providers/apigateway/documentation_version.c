/*
 * AWS::ApiGateway::DocumentationVersion: a picture of an API's documentation, as a deployment is one of the
 * API.  Its physical id is "VERSION|API".
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-documentationversion.html
 */

#include "providers/apigateway/table.h"
#include "providers/apigateway/types.h"

static const struct shape shape[] = {
    {.path = "Description", .otherwise = "\"\""},
    {.path = "DocumentationVersion"},
    {.path = "RestApiId"},
    {.path = NULL},
};
static const struct patch_row patch[] = {
    {"Description", "/description", PATCH_TEXT},
    {NULL, NULL, PATCH_TEXT},
};
static const struct table_key keys[] = {
    {"restApiId", "RestApiId"}, {"documentationVersion", "DocumentationVersion"}, {NULL, NULL}};
static const struct table_key inside[] = {{"restApiId", "RestApiId"}, {NULL, NULL}};
static const char *const not_in_create[] = {"RestApiId", NULL};

static void receive(const struct resource_call *call, const struct value *answer,
                    struct resource_state *state)
{
    state->physical_id = arena_printf(call->arena, "%.*s|%.*s", STR_ARG(value_get_text(answer, "version")),
                                      STR_ARG(value_get_text(state->properties, "RestApiId")));
}

static const struct table table = {
    .shape = shape,
    .patch = patch,
    .keys = keys,
    .inside = inside,
    .not_in_create = not_in_create,
    .create = APIGATEWAY_CREATE_DOCUMENTATION_VERSION,
    .read = APIGATEWAY_GET_DOCUMENTATION_VERSION,
    .update = APIGATEWAY_UPDATE_DOCUMENTATION_VERSION,
    .remove = APIGATEWAY_DELETE_DOCUMENTATION_VERSION,
    .id = "version",
    .receive = receive,
};
TABLE_LIFE(table, apigateway_documentation_version_type)

const struct resource_type apigateway_documentation_version_type = {
    .name = "AWS::ApiGateway::DocumentationVersion",
    TABLE_TYPE,
    .arn = "arn:{partition}:apigateway:{region}::/restapis/{RestApiId}/documentation/versions/"
           "{DocumentationVersion}",
};
