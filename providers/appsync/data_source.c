/*
 * AWS::AppSync::DataSource.  UpdateDataSource replaces the whole.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-appsync-datasource.html
 */

#include "providers/appsync/common.h"
#include "providers/appsync/operations.h"
#include "providers/appsync/types.h"

static const struct shape rules[] = {
    {.path = "DynamoDBConfig.DeltaSyncConfig.BaseTableTTL", .kind = SHAPE_NUMBER},
    {.path = "DynamoDBConfig.DeltaSyncConfig.DeltaSyncTableTTL", .kind = SHAPE_NUMBER},
    {.path = "MetricsConfig", .otherwise = "\"DISABLED\""},
    {.facts = "AWS::AppSync::DataSource"},
};

static const struct wire_name names[] = {{"DynamoDBConfig", "dynamodbConfig"}, {NULL, NULL}};

/* The one that goes with Type. */
static const struct appsync_place of_type[] = {
    {"DynamoDBConfig", "dynamodbConfig"},
    {"ElasticsearchConfig", "elasticsearchConfig"},
    {"EventBridgeConfig", "eventBridgeConfig"},
    {"HttpConfig", "httpConfig"},
    {"LambdaConfig", "lambdaConfig"},
    {"OpenSearchServiceConfig", "openSearchServiceConfig"},
    {"RelationalDatabaseConfig", "relationalDatabaseConfig"},
    {NULL, NULL},
};

static bool send(const struct resource_call *call, const struct value *target,
                 const struct resource_state *live, struct value *input, struct error *error)
{
    (void)call;
    (void)live;
    (void)error;
    appsync_drop_undeclared(target, input, of_type);
    return true;
}

static const struct plain_key keys[] = {
    {.member = "apiId", .from = "ApiId"}, {.member = "name", .from = "Name"}, {.member = NULL}};
static const struct plain_attribute attributes[] = {
    {"DataSourceArn", "dataSourceArn"}, {"Name", "name"}, {NULL, NULL}};

static const struct plain data_source = {
    .rules = rules,
    .names = names,
    .small_letters = true,
    .create = &appsync_operations[APPSYNC_CREATE_DATA_SOURCE],
    .read = &appsync_operations[APPSYNC_GET_DATA_SOURCE],
    .update = &appsync_operations[APPSYNC_UPDATE_DATA_SOURCE],
    .remove = &appsync_operations[APPSYNC_DELETE_DATA_SOURCE],
    .keys = keys,
    .item = "dataSource",
    .id = "dataSourceArn",
    .updates_whole = true,
    .attributes = attributes,
    .hurdles = appsync_hurdles,
    .hurdles_ms = APPSYNC_HURDLES_MS,
    .send = send,
};

const struct resource_type appsync_data_source_type = {
    .name = "AWS::AppSync::DataSource",
    .name_property = "Name",
    .name_max = 65536,
    .plain = &data_source,
    PLAIN_LIFE,
    .arn = "arn:{partition}:appsync:{region}:{account}:apis/{ApiId}/datasources/{Name}",
};
