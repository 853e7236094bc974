#include "providers/appsync/operations.h"

const struct aws_service appsync_service = {
    .name = "appsync",
    .signing_name = "appsync",
    .endpoint_prefix = "appsync",
    .protocol = AWS_REST_JSON,
    .api_version = "",
    .target_prefix = "",
    .rate = 10,
    .burst = 20,
};

#define API "/v1/apis/{apiId}"
#define EVENTS "/v2/apis/{apiId}" /* event APIs */
#define NAMESPACES EVENTS "/channelNamespaces"
#define ARN "arn:{partition}:appsync:{region}:{account}:apis/"
#define ROW(NAME, SAFETY, METHOD, PATH, RESOURCE, ...)                                                       \
    {                                                                                                        \
        .service = &appsync_service, .name = NAME, .safety = SAFETY, .method = METHOD, .path = PATH,         \
        .iam_resource = RESOURCE __VA_OPT__(, ) __VA_ARGS__                                                  \
    }
#define PAGES(ITEMS)                                                                                         \
    .query = "nextToken=nextToken,maxResults=maxResults", .page_in = "nextToken", .page_out = "nextToken",   \
    .page_items = ITEMS

const struct aws_operation appsync_operations[APPSYNC_OPERATION_COUNT] = {
    [APPSYNC_CREATE_API] = ROW("CreateApi", AWS_READ_BACK, "POST", "/v2/apis", "*"),
    [APPSYNC_CREATE_CHANNEL_NAMESPACE] =
        ROW("CreateChannelNamespace", AWS_READ_BACK, "POST", NAMESPACES, ARN "{apiId}*"),
    [APPSYNC_DELETE_API] = ROW("DeleteApi", AWS_NATURAL, "DELETE", EVENTS, ARN "{apiId}"),
    [APPSYNC_DELETE_CHANNEL_NAMESPACE] =
        ROW("DeleteChannelNamespace", AWS_NATURAL, "DELETE", NAMESPACES "/{name}", ARN "{apiId}*"),
    [APPSYNC_GET_API] = ROW("GetApi", AWS_READ, "GET", EVENTS, ARN "{apiId}"),
    [APPSYNC_GET_CHANNEL_NAMESPACE] =
        ROW("GetChannelNamespace", AWS_READ, "GET", NAMESPACES "/{name}", ARN "{apiId}*"),
    [APPSYNC_LIST_APIS] = ROW("ListApis", AWS_READ, "GET", "/v2/apis", "*", PAGES("apis")),
    [APPSYNC_UPDATE_API] = ROW("UpdateApi", AWS_NATURAL, "POST", EVENTS, ARN "{apiId}"),
    [APPSYNC_UPDATE_CHANNEL_NAMESPACE] =
        ROW("UpdateChannelNamespace", AWS_NATURAL, "POST", NAMESPACES "/{name}", ARN "{apiId}*"),
    [APPSYNC_CREATE_API_KEY] = ROW("CreateApiKey", AWS_READ_BACK, "POST", API "/apikeys", "*"),
    [APPSYNC_CREATE_DATA_SOURCE] = ROW("CreateDataSource", AWS_READ_BACK, "POST", API "/datasources", "*"),
    [APPSYNC_CREATE_FUNCTION] = ROW("CreateFunction", AWS_READ_BACK, "POST", API "/functions", "*"),
    [APPSYNC_CREATE_GRAPHQL_API] = ROW("CreateGraphqlApi", AWS_READ_BACK, "POST", "/v1/apis", "*"),
    [APPSYNC_CREATE_RESOLVER] =
        ROW("CreateResolver", AWS_READ_BACK, "POST", API "/types/{typeName}/resolvers", "*"),
    [APPSYNC_DELETE_API_KEY] = ROW("DeleteApiKey", AWS_NATURAL, "DELETE", API "/apikeys/{id}", "*"),
    [APPSYNC_DELETE_DATA_SOURCE] =
        ROW("DeleteDataSource", AWS_NATURAL, "DELETE", API "/datasources/{name}", "*"),
    [APPSYNC_DELETE_FUNCTION] =
        ROW("DeleteFunction", AWS_NATURAL, "DELETE", API "/functions/{functionId}", "*"),
    [APPSYNC_DELETE_GRAPHQL_API] = ROW("DeleteGraphqlApi", AWS_NATURAL, "DELETE", API, ARN "{apiId}"),
    [APPSYNC_DELETE_RESOLVER] =
        ROW("DeleteResolver", AWS_NATURAL, "DELETE", API "/types/{typeName}/resolvers/{fieldName}", "*"),
    [APPSYNC_GET_DATA_SOURCE] = ROW("GetDataSource", AWS_READ, "GET", API "/datasources/{name}", "*"),
    [APPSYNC_GET_FUNCTION] = ROW("GetFunction", AWS_READ, "GET", API "/functions/{functionId}", "*"),
    [APPSYNC_GET_GRAPHQL_API] = ROW("GetGraphqlApi", AWS_READ, "GET", API, ARN "{apiId}"),
    [APPSYNC_GET_GRAPHQL_API_ENVIRONMENT_VARIABLES] =
        ROW("GetGraphqlApiEnvironmentVariables", AWS_READ, "GET", API "/environmentVariables", "*"),
    [APPSYNC_GET_INTROSPECTION_SCHEMA] =
        ROW("GetIntrospectionSchema", AWS_READ, "GET", API "/schema", "*",
            .query = "format=format,includeDirectives=includeDirectives", .answer_payload = "schema"),
    [APPSYNC_GET_RESOLVER] =
        ROW("GetResolver", AWS_READ, "GET", API "/types/{typeName}/resolvers/{fieldName}", "*"),
    [APPSYNC_GET_SCHEMA_CREATION_STATUS] =
        ROW("GetSchemaCreationStatus", AWS_READ, "GET", API "/schemacreation", "*"),
    [APPSYNC_LIST_API_KEYS] = ROW("ListApiKeys", AWS_READ, "GET", API "/apikeys", "*", PAGES("apiKeys")),
    [APPSYNC_LIST_FUNCTIONS] =
        ROW("ListFunctions", AWS_READ, "GET", API "/functions", "*", PAGES("functions")),
    [APPSYNC_LIST_GRAPHQL_APIS] =
        ROW("ListGraphqlApis", AWS_READ, "GET", "/v1/apis", "*", PAGES("graphqlApis")),
    [APPSYNC_PUT_GRAPHQL_API_ENVIRONMENT_VARIABLES] =
        ROW("PutGraphqlApiEnvironmentVariables", AWS_NATURAL, "PUT", API "/environmentVariables", "*"),
    [APPSYNC_START_SCHEMA_CREATION] =
        ROW("StartSchemaCreation", AWS_NATURAL, "POST", API "/schemacreation", "*"),
    [APPSYNC_TAG_RESOURCE] = ROW("TagResource", AWS_NATURAL, "POST", "/v1/tags/{resourceArn}",
                                 "arn:{partition}:appsync:{region}:{account}:*"),
    [APPSYNC_UNTAG_RESOURCE] =
        ROW("UntagResource", AWS_NATURAL, "DELETE", "/v1/tags/{resourceArn}",
            "arn:{partition}:appsync:{region}:{account}:*", .query = "tagKeys=tagKeys"),
    [APPSYNC_UPDATE_API_KEY] = ROW("UpdateApiKey", AWS_NATURAL, "POST", API "/apikeys/{id}", "*"),
    [APPSYNC_UPDATE_DATA_SOURCE] =
        ROW("UpdateDataSource", AWS_NATURAL, "POST", API "/datasources/{name}", "*"),
    [APPSYNC_UPDATE_FUNCTION] =
        ROW("UpdateFunction", AWS_NATURAL, "POST", API "/functions/{functionId}", "*"),
    [APPSYNC_UPDATE_GRAPHQL_API] = ROW("UpdateGraphqlApi", AWS_NATURAL, "POST", API, ARN "{apiId}"),
    [APPSYNC_UPDATE_RESOLVER] =
        ROW("UpdateResolver", AWS_NATURAL, "POST", API "/types/{typeName}/resolvers/{fieldName}", "*"),
};
