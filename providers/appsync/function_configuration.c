/*
 * AWS::AppSync::FunctionConfiguration.  UpdateFunction replaces the whole.  Names repeat, and functions have
 * no tags: one is found again by its name and data source.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-appsync-functionconfiguration.html
 */

#include "providers/appsync/common.h"
#include "providers/appsync/operations.h"
#include "providers/appsync/types.h"

static const struct shape rules[] = {
    {.path = "Description", .otherwise = "\"\""},
    {.path = "MaxBatchSize", .kind = SHAPE_NUMBER, .otherwise = "0"},
    {.facts = "AWS::AppSync::FunctionConfiguration"},
};

static bool send(const struct resource_call *call, const struct value *target,
                 const struct resource_state *live, struct value *input, struct error *error)
{
    (void)live;
    return appsync_send_body(call, target, input, error);
}

static const struct plain_key keys[] = {
    {.member = "apiId", .from = "ApiId"}, {.member = "functionId", .from = "/"}, {.member = NULL}};
static const struct plain_key inside[] = {{.member = "apiId", .from = "ApiId"}, {.member = NULL}};
static const char *const same[] = {"Name", "DataSourceName", NULL};
static const struct plain_attribute attributes[] = {{"DataSourceName", "dataSourceName"},
                                                    {"FunctionArn", "functionArn"},
                                                    {"FunctionId", "functionId"},
                                                    {"Name", "name"},
                                                    {NULL, NULL}};

static const struct plain function_configuration = {
    .rules = rules,
    .names = appsync_body_names,
    .small_letters = true,
    .create = &appsync_operations[APPSYNC_CREATE_FUNCTION],
    .read = &appsync_operations[APPSYNC_GET_FUNCTION],
    .update = &appsync_operations[APPSYNC_UPDATE_FUNCTION],
    .remove = &appsync_operations[APPSYNC_DELETE_FUNCTION],
    .keys = keys,
    .inside = inside,
    .item = "functionConfiguration",
    .id = "functionArn",
    .updates_whole = true,
    .list = &appsync_operations[APPSYNC_LIST_FUNCTIONS],
    .same = same,
    .attributes = attributes,
    .hurdles = appsync_hurdles,
    .hurdles_ms = APPSYNC_HURDLES_MS,
    .send = send,
};

const struct resource_type appsync_function_configuration_type = {
    .name = "AWS::AppSync::FunctionConfiguration",
    .unreadable = appsync_body_unreadable,
    .plain = &function_configuration,
    PLAIN_LIFE,
    .arn = "arn:{partition}:appsync:{region}:{account}:apis/{ApiId}",
};
