#include "providers/lambda/operations.h"

const struct aws_service lambda_service = {
    .name = "lambda",
    .signing_name = "lambda",
    .endpoint_prefix = "lambda",
    .protocol = AWS_REST_JSON,
    .api_version = "",
    .target_prefix = "",
    .rate = 15,
    .burst = 15,
};

#define ROW(NAME, SAFETY, METHOD, PATH, RESOURCE, ...)                                                       \
    {                                                                                                        \
        .service = &lambda_service, .name = NAME, .safety = SAFETY, .method = METHOD, .path = PATH,          \
        .iam_resource = RESOURCE __VA_OPT__(, ) __VA_ARGS__                                                  \
    }
#define PAGES(ITEMS) .page_in = "Marker", .page_out = "NextMarker", .page_items = ITEMS
#define ANY "*"
#define TAGGED "arn:{partition}:lambda:{region}:{account}:*"
#define FUNCTION "arn:{partition}:lambda:{region}:{account}:function:{FunctionName}"
/* With a qualifier IAM asks for the version or alias. */
#define EITHER FUNCTION "," FUNCTION ":*"
#define QUALIFIED "arn:{partition}:lambda:{region}:{account}:function:{FunctionName}:{Qualifier}"
#define LAYER "arn:{partition}:lambda:{region}:{account}:layer:{LayerName}"
#define LAYER_VERSION LAYER ":{VersionNumber}"
#define SIGNING "arn:{partition}:lambda:{region}:{account}:code-signing-config:*"
#define MAPPING "arn:{partition}:lambda:{region}:{account}:event-source-mapping:{UUID}"

/* PublishVersion gives the last version again as long as nothing has changed since.  UpdateAlias and the
 * updates of a function carry the revision that they were meant for, so that a repeated one would fail.  What
 * plumb invokes is told by the payload which request it is. */
const struct aws_operation lambda_operations[LAMBDA_OPERATION_COUNT] = {
    [LAMBDA_ADD_LAYER_VERSION_PERMISSION] =
        ROW("AddLayerVersionPermission", AWS_READ_BACK, "POST",
            "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy", LAYER_VERSION,
            .query = "RevisionId=RevisionId"),
    [LAMBDA_ADD_PERMISSION] =
        ROW("AddPermission", AWS_READ_BACK, "POST", "/2015-03-31/functions/{FunctionName}/policy", EITHER,
            .query = "Qualifier=Qualifier"),
    [LAMBDA_CREATE_ALIAS] =
        ROW("CreateAlias", AWS_READ_BACK, "POST", "/2015-03-31/functions/{FunctionName}/aliases", FUNCTION),
    [LAMBDA_CREATE_CODE_SIGNING_CONFIG] =
        ROW("CreateCodeSigningConfig", AWS_READ_BACK, "POST", "/2020-04-22/code-signing-configs", ANY),
    [LAMBDA_CREATE_EVENT_SOURCE_MAPPING] =
        ROW("CreateEventSourceMapping", AWS_READ_BACK, "POST", "/2015-03-31/event-source-mappings", ANY),
    [LAMBDA_CREATE_FUNCTION] =
        ROW("CreateFunction", AWS_READ_BACK, "POST", "/2015-03-31/functions", FUNCTION),
    [LAMBDA_CREATE_FUNCTION_URL_CONFIG] =
        ROW("CreateFunctionUrlConfig", AWS_READ_BACK, "POST", "/2021-10-31/functions/{FunctionName}/url",
            FUNCTION, .query = "Qualifier=Qualifier"),
    [LAMBDA_DELETE_ALIAS] = ROW("DeleteAlias", AWS_NATURAL, "DELETE",
                                "/2015-03-31/functions/{FunctionName}/aliases/{Name}", FUNCTION),
    [LAMBDA_DELETE_CODE_SIGNING_CONFIG] =
        ROW("DeleteCodeSigningConfig", AWS_NATURAL, "DELETE",
            "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}", SIGNING),
    [LAMBDA_DELETE_EVENT_SOURCE_MAPPING] = ROW("DeleteEventSourceMapping", AWS_NATURAL, "DELETE",
                                               "/2015-03-31/event-source-mappings/{UUID}", MAPPING),
    [LAMBDA_DELETE_FUNCTION] =
        ROW("DeleteFunction", AWS_NATURAL, "DELETE", "/2015-03-31/functions/{FunctionName}", EITHER,
            .query = "Qualifier=Qualifier"),
    [LAMBDA_DELETE_FUNCTION_CODE_SIGNING_CONFIG] =
        ROW("DeleteFunctionCodeSigningConfig", AWS_NATURAL, "DELETE",
            "/2020-06-30/functions/{FunctionName}/code-signing-config", FUNCTION),
    [LAMBDA_DELETE_FUNCTION_CONCURRENCY] = ROW("DeleteFunctionConcurrency", AWS_NATURAL, "DELETE",
                                               "/2017-10-31/functions/{FunctionName}/concurrency", FUNCTION),
    [LAMBDA_DELETE_FUNCTION_EVENT_INVOKE_CONFIG] = ROW(
        "DeleteFunctionEventInvokeConfig", AWS_NATURAL, "DELETE",
        "/2019-09-25/functions/{FunctionName}/event-invoke-config", FUNCTION, .query = "Qualifier=Qualifier"),
    [LAMBDA_DELETE_FUNCTION_URL_CONFIG] =
        ROW("DeleteFunctionUrlConfig", AWS_NATURAL, "DELETE", "/2021-10-31/functions/{FunctionName}/url",
            FUNCTION, .query = "Qualifier=Qualifier"),
    [LAMBDA_DELETE_LAYER_VERSION] =
        ROW("DeleteLayerVersion", AWS_NATURAL, "DELETE",
            "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}", LAYER_VERSION),
    [LAMBDA_DELETE_PROVISIONED_CONCURRENCY_CONFIG] =
        ROW("DeleteProvisionedConcurrencyConfig", AWS_NATURAL, "DELETE",
            "/2019-09-30/functions/{FunctionName}/provisioned-concurrency", QUALIFIED,
            .query = "Qualifier=Qualifier"),
    [LAMBDA_GET_ALIAS] =
        ROW("GetAlias", AWS_READ, "GET", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", FUNCTION),
    [LAMBDA_GET_CODE_SIGNING_CONFIG] =
        ROW("GetCodeSigningConfig", AWS_READ, "GET",
            "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}", SIGNING),
    [LAMBDA_GET_EVENT_SOURCE_MAPPING] =
        ROW("GetEventSourceMapping", AWS_READ, "GET", "/2015-03-31/event-source-mappings/{UUID}", MAPPING),
    [LAMBDA_GET_FUNCTION] =
        ROW("GetFunction", AWS_READ, "GET", "/2015-03-31/functions/{FunctionName}", EITHER,
            .query = "Qualifier=Qualifier", .bucket = "GetFunction", .rate = 100, .burst = 100),
    [LAMBDA_GET_FUNCTION_CODE_SIGNING_CONFIG] =
        ROW("GetFunctionCodeSigningConfig", AWS_READ, "GET",
            "/2020-06-30/functions/{FunctionName}/code-signing-config", FUNCTION),
    [LAMBDA_GET_FUNCTION_EVENT_INVOKE_CONFIG] = ROW(
        "GetFunctionEventInvokeConfig", AWS_READ, "GET",
        "/2019-09-25/functions/{FunctionName}/event-invoke-config", FUNCTION, .query = "Qualifier=Qualifier"),
    [LAMBDA_GET_FUNCTION_RECURSION_CONFIG] =
        ROW("GetFunctionRecursionConfig", AWS_READ, "GET",
            "/2024-08-31/functions/{FunctionName}/recursion-config", FUNCTION),
    [LAMBDA_GET_FUNCTION_SCALING_CONFIG] = ROW("GetFunctionScalingConfig", AWS_READ, "GET",
                                               "/2025-11-30/functions/{FunctionName}/function-scaling-config",
                                               EITHER, .query = "Qualifier=Qualifier"),
    [LAMBDA_GET_FUNCTION_URL_CONFIG] =
        ROW("GetFunctionUrlConfig", AWS_READ, "GET", "/2021-10-31/functions/{FunctionName}/url", EITHER,
            .query = "Qualifier=Qualifier"),
    [LAMBDA_GET_LAYER_VERSION] =
        ROW("GetLayerVersion", AWS_READ, "GET", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}",
            LAYER_VERSION),
    [LAMBDA_GET_LAYER_VERSION_POLICY] =
        ROW("GetLayerVersionPolicy", AWS_READ, "GET",
            "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy", LAYER_VERSION),
    [LAMBDA_GET_POLICY] =
        ROW("GetPolicy", AWS_READ, "GET", "/2015-03-31/functions/{FunctionName}/policy", EITHER,
            .query = "Qualifier=Qualifier", .bucket = "GetPolicy", .rate = 15, .burst = 15),
    [LAMBDA_GET_PROVISIONED_CONCURRENCY_CONFIG] =
        ROW("GetProvisionedConcurrencyConfig", AWS_READ, "GET",
            "/2019-09-30/functions/{FunctionName}/provisioned-concurrency", QUALIFIED,
            .query = "Qualifier=Qualifier"),
    [LAMBDA_GET_RUNTIME_MANAGEMENT_CONFIG] =
        ROW("GetRuntimeManagementConfig", AWS_READ, "GET",
            "/2021-07-20/functions/{FunctionName}/runtime-management-config", EITHER,
            .query = "Qualifier=Qualifier"),
    [LAMBDA_INVOKE] =
        ROW("Invoke", AWS_NATURAL, "POST", "/2015-03-31/functions/{FunctionName}/invocations", EITHER,
            .query = "Qualifier=Qualifier", .headers = "InvocationType=X-Amz-Invocation-Type",
            .payload = "Payload",
            .answer_headers = "FunctionError=X-Amz-Function-Error,ExecutedVersion=X-Amz-Executed-Version",
            .answer_payload = "Payload", .iam_action = "lambda:InvokeFunction", .bucket = "Invoke",
            .rate = 100, .burst = 100),
    [LAMBDA_LIST_ALIASES] =
        ROW("ListAliases", AWS_READ, "GET", "/2015-03-31/functions/{FunctionName}/aliases", FUNCTION,
            .query = "FunctionVersion=FunctionVersion,Marker=Marker,MaxItems=MaxItems", PAGES("Aliases")),
    [LAMBDA_LIST_CODE_SIGNING_CONFIGS] =
        ROW("ListCodeSigningConfigs", AWS_READ, "GET", "/2020-04-22/code-signing-configs", ANY,
            .query = "Marker=Marker,MaxItems=MaxItems", PAGES("CodeSigningConfigs")),
    [LAMBDA_LIST_EVENT_SOURCE_MAPPINGS] = ROW(
        "ListEventSourceMappings", AWS_READ, "GET", "/2015-03-31/event-source-mappings", ANY,
        .query = "EventSourceArn=EventSourceArn,FunctionName=FunctionName,Marker=Marker,MaxItems=MaxItems",
        PAGES("EventSourceMappings")),
    [LAMBDA_LIST_LAYER_VERSIONS] =
        ROW("ListLayerVersions", AWS_READ, "GET", "/2018-10-31/layers/{LayerName}/versions", ANY,
            .query = "Marker=Marker,MaxItems=MaxItems", PAGES("LayerVersions")),
    [LAMBDA_LIST_TAGS] = ROW("ListTags", AWS_READ, "GET", "/2017-03-31/tags/{Resource}", TAGGED),
    [LAMBDA_LIST_VERSIONS_BY_FUNCTION] =
        ROW("ListVersionsByFunction", AWS_READ, "GET", "/2015-03-31/functions/{FunctionName}/versions",
            FUNCTION, .query = "Marker=Marker,MaxItems=MaxItems", PAGES("Versions")),
    [LAMBDA_PUBLISH_LAYER_VERSION] =
        ROW("PublishLayerVersion", AWS_READ_BACK, "POST", "/2018-10-31/layers/{LayerName}/versions", LAYER),
    [LAMBDA_PUBLISH_VERSION] =
        ROW("PublishVersion", AWS_NATURAL, "POST", "/2015-03-31/functions/{FunctionName}/versions", FUNCTION),
    [LAMBDA_PUT_FUNCTION_CODE_SIGNING_CONFIG] =
        ROW("PutFunctionCodeSigningConfig", AWS_NATURAL, "PUT",
            "/2020-06-30/functions/{FunctionName}/code-signing-config", FUNCTION),
    [LAMBDA_PUT_FUNCTION_CONCURRENCY] = ROW("PutFunctionConcurrency", AWS_NATURAL, "PUT",
                                            "/2017-10-31/functions/{FunctionName}/concurrency", FUNCTION),
    [LAMBDA_PUT_FUNCTION_EVENT_INVOKE_CONFIG] = ROW(
        "PutFunctionEventInvokeConfig", AWS_NATURAL, "PUT",
        "/2019-09-25/functions/{FunctionName}/event-invoke-config", FUNCTION, .query = "Qualifier=Qualifier"),
    [LAMBDA_PUT_FUNCTION_RECURSION_CONFIG] =
        ROW("PutFunctionRecursionConfig", AWS_NATURAL, "PUT",
            "/2024-08-31/functions/{FunctionName}/recursion-config", FUNCTION),
    [LAMBDA_PUT_FUNCTION_SCALING_CONFIG] = ROW("PutFunctionScalingConfig", AWS_NATURAL, "PUT",
                                               "/2025-11-30/functions/{FunctionName}/function-scaling-config",
                                               EITHER, .query = "Qualifier=Qualifier"),
    [LAMBDA_PUT_PROVISIONED_CONCURRENCY_CONFIG] =
        ROW("PutProvisionedConcurrencyConfig", AWS_NATURAL, "PUT",
            "/2019-09-30/functions/{FunctionName}/provisioned-concurrency", QUALIFIED,
            .query = "Qualifier=Qualifier"),
    [LAMBDA_PUT_RUNTIME_MANAGEMENT_CONFIG] =
        ROW("PutRuntimeManagementConfig", AWS_NATURAL, "PUT",
            "/2021-07-20/functions/{FunctionName}/runtime-management-config", EITHER,
            .query = "Qualifier=Qualifier"),
    [LAMBDA_REMOVE_LAYER_VERSION_PERMISSION] =
        ROW("RemoveLayerVersionPermission", AWS_NATURAL, "DELETE",
            "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy/{StatementId}", LAYER_VERSION,
            .query = "RevisionId=RevisionId"),
    [LAMBDA_REMOVE_PERMISSION] = ROW("RemovePermission", AWS_NATURAL, "DELETE",
                                     "/2015-03-31/functions/{FunctionName}/policy/{StatementId}", EITHER,
                                     .query = "Qualifier=Qualifier,RevisionId=RevisionId"),
    [LAMBDA_TAG_RESOURCE] = ROW("TagResource", AWS_NATURAL, "POST", "/2017-03-31/tags/{Resource}", TAGGED),
    [LAMBDA_UNTAG_RESOURCE] = ROW("UntagResource", AWS_NATURAL, "DELETE", "/2017-03-31/tags/{Resource}",
                                  TAGGED, .query = "TagKeys=tagKeys"),
    [LAMBDA_UPDATE_ALIAS] = ROW("UpdateAlias", AWS_READ_BACK, "PUT",
                                "/2015-03-31/functions/{FunctionName}/aliases/{Name}", FUNCTION),
    [LAMBDA_UPDATE_CODE_SIGNING_CONFIG] =
        ROW("UpdateCodeSigningConfig", AWS_NATURAL, "PUT",
            "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}", SIGNING),
    [LAMBDA_UPDATE_EVENT_SOURCE_MAPPING] = ROW("UpdateEventSourceMapping", AWS_NATURAL, "PUT",
                                               "/2015-03-31/event-source-mappings/{UUID}", MAPPING),
    [LAMBDA_UPDATE_FUNCTION_CODE] = ROW("UpdateFunctionCode", AWS_READ_BACK, "PUT",
                                        "/2015-03-31/functions/{FunctionName}/code", FUNCTION),
    [LAMBDA_UPDATE_FUNCTION_CONFIGURATION] =
        ROW("UpdateFunctionConfiguration", AWS_READ_BACK, "PUT",
            "/2015-03-31/functions/{FunctionName}/configuration", FUNCTION),
    [LAMBDA_UPDATE_FUNCTION_URL_CONFIG] =
        ROW("UpdateFunctionUrlConfig", AWS_NATURAL, "PUT", "/2021-10-31/functions/{FunctionName}/url",
            FUNCTION, .query = "Qualifier=Qualifier"),
};
