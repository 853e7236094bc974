/*
 * AWS::AppSync::Resolver.  UpdateResolver replaces the whole.  The order of a pipeline's functions counts,
 * though the schema calls them a set.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-appsync-resolver.html
 */

#include "providers/appsync/common.h"
#include "providers/appsync/operations.h"
#include "providers/appsync/types.h"

static const struct shape rules[] = {
    {.path = "Kind", .otherwise = "\"UNIT\""},
    {.path = "MaxBatchSize", .kind = SHAPE_NUMBER, .otherwise = "0"},
    {.path = "MetricsConfig", .otherwise = "\"DISABLED\""},
    {.path = "PipelineConfig.Functions", .kind = SHAPE_LIST},
    {.facts = "AWS::AppSync::Resolver"},
};

/* A resolver has the one or the other. */
static const struct appsync_place of_kind[] = {
    {"DataSourceName", "dataSourceName"}, {"PipelineConfig", "pipelineConfig"}, {NULL, NULL}};

static bool send(const struct resource_call *call, const struct value *target,
                 const struct resource_state *live, struct value *input, struct error *error)
{
    (void)live;
    appsync_drop_undeclared(target, input, of_kind);
    return appsync_send_body(call, target, input, error);
}

static const struct plain_key keys[] = {{.member = "apiId", .from = "ApiId"},
                                        {.member = "typeName", .from = "TypeName"},
                                        {.member = "fieldName", .from = "FieldName"},
                                        {.member = NULL}};
static const struct plain_attribute attributes[] = {
    {"FieldName", "fieldName"}, {"ResolverArn", "resolverArn"}, {"TypeName", "typeName"}, {NULL, NULL}};

static const struct plain resolver = {
    .rules = rules,
    .names = appsync_body_names,
    .small_letters = true,
    .create = &appsync_operations[APPSYNC_CREATE_RESOLVER],
    .read = &appsync_operations[APPSYNC_GET_RESOLVER],
    .update = &appsync_operations[APPSYNC_UPDATE_RESOLVER],
    .remove = &appsync_operations[APPSYNC_DELETE_RESOLVER],
    .keys = keys,
    .item = "resolver",
    .id = "resolverArn",
    .updates_whole = true,
    .attributes = attributes,
    .hurdles = appsync_hurdles,
    .hurdles_ms = APPSYNC_HURDLES_MS,
    .send = send,
};

const struct resource_type appsync_resolver_type = {
    .name = "AWS::AppSync::Resolver",
    .unreadable = appsync_body_unreadable,
    .plain = &resolver,
    PLAIN_LIFE,
    .arn = "arn:{partition}:appsync:{region}:{account}:apis/{ApiId}/types/{TypeName}/resolvers/{FieldName}",
};
