#include "providers/apigateway/operations.h"

const struct aws_service apigateway_service = {
    .name = "api_gateway",
    .signing_name = "apigateway",
    .endpoint_prefix = "apigateway",
    .protocol = AWS_REST_JSON,
    .api_version = "",
    .target_prefix = "",
    .rate = 10,
    .burst = 40,
};

/* What IAM asks for is the method on the path. */
#define ROW(NAME, SAFETY, METHOD, PATH, RESOURCE, ...)                                                       \
    {                                                                                                        \
        .service = &apigateway_service, .name = NAME, .safety = SAFETY, .method = METHOD, .path = PATH,      \
        .iam_action = "apigateway:" METHOD,                                                                  \
        .iam_resource = "arn:{partition}:apigateway:{region}::/" RESOURCE __VA_OPT__(, ) __VA_ARGS__         \
    }
#define PAGES .page_in = "position", .page_out = "position", .page_items = "item"
#define OWN_RATE(NAME, RATE) .bucket = NAME, .rate = RATE, .burst = 1
#define API "/restapis/{restApiId}"
#define DEPLOYMENT API "/deployments/{deploymentId}"
#define STAGE API "/stages/{stageName}"

/* Patches are lists of single steps, and a step that was done may fail when it is done again. */
const struct aws_operation apigateway_operations[APIGATEWAY_OPERATION_COUNT] = {
    [APIGATEWAY_CREATE_DEPLOYMENT] =
        ROW("CreateDeployment", AWS_READ_BACK, "POST", API "/deployments", "restapis/{restApiId}/deployments",
            OWN_RATE("CreateDeployment", 0.2)),
    [APIGATEWAY_CREATE_REST_API] =
        ROW("CreateRestApi", AWS_READ_BACK, "POST", "/restapis", "restapis", OWN_RATE("CreateRestApi", 0.33)),
    [APIGATEWAY_CREATE_STAGE] =
        ROW("CreateStage", AWS_READ_BACK, "POST", API "/stages", "restapis/{restApiId}/stages"),
    [APIGATEWAY_DELETE_DEPLOYMENT] = ROW("DeleteDeployment", AWS_NATURAL, "DELETE", DEPLOYMENT,
                                         "restapis/{restApiId}/deployments/{deploymentId}"),
    [APIGATEWAY_DELETE_REST_API] = ROW("DeleteRestApi", AWS_NATURAL, "DELETE", API, "restapis/{restApiId}",
                                       OWN_RATE("DeleteRestApi", 0.033)),
    [APIGATEWAY_DELETE_STAGE] =
        ROW("DeleteStage", AWS_NATURAL, "DELETE", STAGE, "restapis/{restApiId}/stages/{stageName}"),
    [APIGATEWAY_GET_DEPLOYMENT] =
        ROW("GetDeployment", AWS_READ, "GET", DEPLOYMENT, "restapis/{restApiId}/deployments/{deploymentId}"),
    [APIGATEWAY_GET_DEPLOYMENTS] =
        ROW("GetDeployments", AWS_READ, "GET", API "/deployments", "restapis/{restApiId}/deployments",
            .query = "position=position,limit=limit", PAGES),
    [APIGATEWAY_GET_RESOURCES] =
        ROW("GetResources", AWS_READ, "GET", API "/resources", "restapis/{restApiId}/resources",
            .query = "position=position,limit=limit,embed=embed", PAGES, .bucket = "GetResources",
            .rate = 2.5, .burst = 5),
    [APIGATEWAY_GET_REST_API] = ROW("GetRestApi", AWS_READ, "GET", API, "restapis/{restApiId}"),
    [APIGATEWAY_GET_REST_APIS] = ROW("GetRestApis", AWS_READ, "GET", "/restapis", "restapis",
                                     .query = "position=position,limit=limit", PAGES),
    [APIGATEWAY_GET_STAGE] =
        ROW("GetStage", AWS_READ, "GET", STAGE, "restapis/{restApiId}/stages/{stageName}"),
    [APIGATEWAY_PUT_REST_API] = ROW("PutRestApi", AWS_NATURAL, "PUT", API, "restapis/{restApiId}",
                                    .query = "mode=mode,failOnWarnings=failonwarnings,parameters=parameters",
                                    .payload = "body", OWN_RATE("PutRestApi", 1)),
    [APIGATEWAY_TAG_RESOURCE] = ROW("TagResource", AWS_NATURAL, "PUT", "/tags/{resourceArn}", "tags/*"),
    [APIGATEWAY_UNTAG_RESOURCE] = ROW("UntagResource", AWS_NATURAL, "DELETE", "/tags/{resourceArn}", "tags/*",
                                      .query = "tagKeys=tagKeys"),
    [APIGATEWAY_UPDATE_REST_API] = ROW("UpdateRestApi", AWS_READ_BACK, "PATCH", API, "restapis/{restApiId}"),
    [APIGATEWAY_UPDATE_STAGE] =
        ROW("UpdateStage", AWS_READ_BACK, "PATCH", STAGE, "restapis/{restApiId}/stages/{stageName}"),
};
