/*
 * AWS::AppSync::GraphQLApi.  UpdateGraphqlApi sets to its default what it is not told; environment variables
 * have a call of their own, which replaces them all.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-appsync-graphqlapi.html
 */

#include "providers/appsync/common.h"
#include "providers/appsync/operations.h"
#include "providers/appsync/types.h"

static const struct shape rules[] = {
    {.path = "AdditionalAuthenticationProviders",
     .kind = SHAPE_SET,
     .otherwise = "[]",
     .key = "AuthenticationType"},
    {.path = "ApiType", .otherwise = "\"GRAPHQL\""},
    {.path = "EnvironmentVariables", .kind = SHAPE_TEXTS, .otherwise = "{}"},
    {.path = "IntrospectionConfig", .otherwise = "\"ENABLED\""},
    {.path = "QueryDepthLimit", .kind = SHAPE_NUMBER, .otherwise = "0"},
    {.path = "ResolverCountLimit", .kind = SHAPE_NUMBER, .otherwise = "0"},
    {.path = "Visibility", .otherwise = "\"GLOBAL\""},
    {.path = "XrayEnabled", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.facts = "AWS::AppSync::GraphQLApi"},
};

static const char *const apart[] = {"EnvironmentVariables", NULL};

/* The API demands what CloudFormation lets a template leave out. */
static void complete(const struct resource_call *call, struct value *config, bool first)
{
    if (!value_is(config, VALUE_MAP))
        return;
    if (!value_get(config, "awsRegion"))
        and_with(call->arena, config, "awsRegion", aws_region(call->aws));
    if (first && !value_get(config, "defaultAction"))
        and_with(call->arena, config, "defaultAction", STR("ALLOW"));
}

/* Those that go with AuthenticationType. */
static const struct appsync_place of_type[] = {{"LambdaAuthorizerConfig", "lambdaAuthorizerConfig"},
                                               {"OpenIDConnectConfig", "openIDConnectConfig"},
                                               {"UserPoolConfig", "userPoolConfig"},
                                               {NULL, NULL}};

static bool send(const struct resource_call *call, const struct value *target,
                 const struct resource_state *live, struct value *input, struct error *error)
{
    const struct value *more = value_get(input, "additionalAuthenticationProviders");
    (void)error;
    appsync_drop_undeclared(target, input, of_type);
    complete(call, value_get(input, "userPoolConfig"), true);
    for (size_t i = 0; value_is(more, VALUE_LIST) && i < more->count; i++)
        complete(call, value_get(more->items[i], "userPoolConfig"), false);
    if (live) { /* of create alone */
        value_remove(input, STR("apiType"));
        value_remove(input, STR("visibility"));
    }
    return true;
}

static struct str endpoint_arn(const struct resource_call *call, struct str dns)
{
    return arena_printf(call->arena, "arn:%.*s:appsync:%.*s:%.*s:endpoints/graphql-api/%.*s",
                        STR_ARG(aws_partition(call->aws)), STR_ARG(aws_region(call->aws)),
                        STR_ARG(aws_account(call->aws)), STR_ARG(str_slice(dns, 0, str_find(dns, '.'))));
}

static bool read_variables(const struct resource_call *call, struct str api, struct value **variables,
                           struct error *error)
{
    struct value *answer;
    if (!aws_call(call->aws, &appsync_operations[APPSYNC_GET_GRAPHQL_API_ENVIRONMENT_VARIABLES], call->arena,
                  input_with(call->arena, "apiId", api), &answer, error))
        return false;
    *variables = value_get(answer, "environmentVariables");
    if (!value_is(*variables, VALUE_MAP))
        *variables = value_map(call->arena);
    return true;
}

static bool receive(const struct resource_call *call, const struct value *item, struct resource_state *state,
                    struct error *error)
{
    struct str dns = value_get_text(value_get(item, "dns"), "GRAPHQL");
    struct value *variables;
    if (dns.len)
        and_with(call->arena, state->attributes, "GraphQLEndpointArn", endpoint_arn(call, dns));
    if (call->properties && !value_get(call->properties, "EnvironmentVariables") &&
        !value_get(call->previous, "EnvironmentVariables"))
        return true;
    if (!read_variables(call, value_get_text(item, "apiId"), &variables, error))
        return false;
    value_setz(call->arena, state->properties, "EnvironmentVariables", variables);
    return true;
}

static bool write_apart(const struct resource_call *call, const struct value *target,
                        const struct resource_state *live, struct error *error)
{
    const struct value *wanted = value_get(target, "EnvironmentVariables");
    if (!wanted || !shape_differs_at_all(target, live->properties, "EnvironmentVariables"))
        return true;
    struct value *input = input_with(call->arena, "apiId", value_get_text(live->attributes, "ApiId"));
    value_setz(call->arena, input, "environmentVariables", value_copy(call->arena, wanted));
    return call_over_hurdles(call->aws, &appsync_operations[APPSYNC_PUT_GRAPHQL_API_ENVIRONMENT_VARIABLES],
                             call->arena, input, appsync_hurdles, APPSYNC_HURDLES_MS, NULL, error);
}

static const struct plain_key keys[] = {{.member = "apiId", .from = "/"}, {.member = NULL}};
static const struct plain_attribute attributes[] = {{"ApiId", "apiId"},
                                                    {"Arn", "arn"},
                                                    {"GraphQLDns", "dns.GRAPHQL"},
                                                    {"GraphQLUrl", "uris.GRAPHQL"},
                                                    {"RealtimeDns", "dns.REALTIME"},
                                                    {"RealtimeUrl", "uris.REALTIME"},
                                                    {NULL, NULL}};

static const struct plain graphql_api = {
    .rules = rules,
    .small_letters = true,
    .apart = apart,
    .create = &appsync_operations[APPSYNC_CREATE_GRAPHQL_API],
    .read = &appsync_operations[APPSYNC_GET_GRAPHQL_API],
    .update = &appsync_operations[APPSYNC_UPDATE_GRAPHQL_API],
    .remove = &appsync_operations[APPSYNC_DELETE_GRAPHQL_API],
    .keys = keys,
    .item = "graphqlApi",
    .id = "arn",
    .updates_whole = true,
    .list = &appsync_operations[APPSYNC_LIST_GRAPHQL_APIS],
    .names_repeat = true,
    .attributes = attributes,
    .hurdles = appsync_hurdles,
    .hurdles_ms = APPSYNC_HURDLES_MS,
    .tags = "tags",
    .tags_read = "tags",
    .tag_calls = &appsync_tag_calls,
    .send = send,
    .receive = receive,
    .write_apart = write_apart,
};

/* Their parts are said to need a new API sometimes; UpdateGraphqlApi takes them all. */
static const char *const in_place[] = {"LambdaAuthorizerConfig", "OpenIDConnectConfig", "UserPoolConfig",
                                       NULL};

const struct resource_type appsync_graphql_api_type = {
    .name = "AWS::AppSync::GraphQLApi",
    .traits = RESOURCE_TAGGED,
    .name_property = "Name",
    .name_max = 128,
    .unchangeable = "ApiType,Visibility",
    .changed_in_place = in_place,
    .always_in_place = true,
    .plain = &graphql_api,
    PLAIN_LIFE,
    .arn = "arn:{partition}:appsync:{region}:{account}:apis/*",
};
