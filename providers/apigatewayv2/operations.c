#include "providers/apigatewayv2/operations.h"

const struct aws_service apigatewayv2_service = {
    .name = "apigatewayv2",
    .signing_name = "apigateway",
    .endpoint_prefix = "apigateway",
    .protocol = AWS_REST_JSON,
    .api_version = "",
    .target_prefix = "",
    .rate = 10,
    .burst = 40,
    .total = "apigateway",
};

/* What IAM asks for is the method on the path, without the version in front. */
#define ROW(NAME, SAFETY, METHOD, PATH, ...)                                                                 \
    {                                                                                                        \
        .service = &apigatewayv2_service, .name = NAME, .safety = SAFETY, .method = METHOD,                  \
        .path = "/v2" PATH, .iam_action = "apigateway:" METHOD,                                              \
        .iam_resource = "arn:{partition}:apigateway:{region}::" PATH __VA_OPT__(, ) __VA_ARGS__              \
    }
#define PAGES                                                                                                \
    .query = "NextToken=nextToken,MaxResults=maxResults", .page_in = "NextToken", .page_out = "nextToken",   \
    .page_items = "items"
#define OWN_RATE(NAME, RATE) .bucket = NAME, .rate = RATE, .burst = 1
#define API "/apis/{apiId}"
#define INTEGRATION API "/integrations/{integrationId}"
#define ROUTE API "/routes/{routeId}"
#define STAGE API "/stages/{stageName}"
#define DOMAIN "/domainnames/{domainName}"

/* Updates say what shall be, so that they may be sent again. */
const struct aws_operation apigatewayv2_operations[APIGATEWAYV2_OPERATION_COUNT] = {
    [APIGATEWAYV2_CREATE_API] = ROW("CreateApi", AWS_READ_BACK, "POST", "/apis"),
    [APIGATEWAYV2_CREATE_API_MAPPING] = ROW("CreateApiMapping", AWS_READ_BACK, "POST", DOMAIN "/apimappings"),
    [APIGATEWAYV2_CREATE_AUTHORIZER] = ROW("CreateAuthorizer", AWS_READ_BACK, "POST", API "/authorizers"),
    [APIGATEWAYV2_CREATE_DEPLOYMENT] = ROW("CreateDeployment", AWS_READ_BACK, "POST", API "/deployments"),
    [APIGATEWAYV2_CREATE_DOMAIN_NAME] =
        ROW("CreateDomainName", AWS_READ_BACK, "POST", "/domainnames", OWN_RATE("CreateDomainName", 0.033)),
    [APIGATEWAYV2_CREATE_INTEGRATION] = ROW("CreateIntegration", AWS_READ_BACK, "POST", API "/integrations"),
    [APIGATEWAYV2_CREATE_INTEGRATION_RESPONSE] =
        ROW("CreateIntegrationResponse", AWS_READ_BACK, "POST", INTEGRATION "/integrationresponses"),
    [APIGATEWAYV2_CREATE_MODEL] = ROW("CreateModel", AWS_READ_BACK, "POST", API "/models"),
    [APIGATEWAYV2_CREATE_ROUTE] = ROW("CreateRoute", AWS_READ_BACK, "POST", API "/routes"),
    [APIGATEWAYV2_CREATE_ROUTE_RESPONSE] =
        ROW("CreateRouteResponse", AWS_READ_BACK, "POST", ROUTE "/routeresponses"),
    [APIGATEWAYV2_CREATE_STAGE] = ROW("CreateStage", AWS_READ_BACK, "POST", API "/stages"),
    [APIGATEWAYV2_CREATE_VPC_LINK] =
        ROW("CreateVpcLink", AWS_READ_BACK, "POST", "/vpclinks", OWN_RATE("CreateVpcLink", 0.066)),
    [APIGATEWAYV2_DELETE_ACCESS_LOG_SETTINGS] =
        ROW("DeleteAccessLogSettings", AWS_NATURAL, "DELETE", STAGE "/accesslogsettings"),
    [APIGATEWAYV2_DELETE_API] = ROW("DeleteApi", AWS_NATURAL, "DELETE", API),
    [APIGATEWAYV2_DELETE_API_MAPPING] =
        ROW("DeleteApiMapping", AWS_NATURAL, "DELETE", DOMAIN "/apimappings/{apiMappingId}"),
    [APIGATEWAYV2_DELETE_AUTHORIZER] =
        ROW("DeleteAuthorizer", AWS_NATURAL, "DELETE", API "/authorizers/{authorizerId}"),
    [APIGATEWAYV2_DELETE_CORS_CONFIGURATION] =
        ROW("DeleteCorsConfiguration", AWS_NATURAL, "DELETE", API "/cors"),
    [APIGATEWAYV2_DELETE_DEPLOYMENT] =
        ROW("DeleteDeployment", AWS_NATURAL, "DELETE", API "/deployments/{deploymentId}"),
    [APIGATEWAYV2_DELETE_DOMAIN_NAME] =
        ROW("DeleteDomainName", AWS_NATURAL, "DELETE", DOMAIN, OWN_RATE("DeleteDomainName", 0.033)),
    [APIGATEWAYV2_DELETE_INTEGRATION] = ROW("DeleteIntegration", AWS_NATURAL, "DELETE", INTEGRATION),
    [APIGATEWAYV2_DELETE_INTEGRATION_RESPONSE] =
        ROW("DeleteIntegrationResponse", AWS_NATURAL, "DELETE",
            INTEGRATION "/integrationresponses/{integrationResponseId}"),
    [APIGATEWAYV2_DELETE_MODEL] = ROW("DeleteModel", AWS_NATURAL, "DELETE", API "/models/{modelId}"),
    [APIGATEWAYV2_DELETE_ROUTE] = ROW("DeleteRoute", AWS_NATURAL, "DELETE", ROUTE),
    [APIGATEWAYV2_DELETE_ROUTE_REQUEST_PARAMETER] = ROW("DeleteRouteRequestParameter", AWS_NATURAL, "DELETE",
                                                        ROUTE "/requestparameters/{requestParameterKey}"),
    [APIGATEWAYV2_DELETE_ROUTE_RESPONSE] =
        ROW("DeleteRouteResponse", AWS_NATURAL, "DELETE", ROUTE "/routeresponses/{routeResponseId}"),
    [APIGATEWAYV2_DELETE_ROUTE_SETTINGS] =
        ROW("DeleteRouteSettings", AWS_NATURAL, "DELETE", STAGE "/routesettings/{routeKey}"),
    [APIGATEWAYV2_DELETE_STAGE] = ROW("DeleteStage", AWS_NATURAL, "DELETE", STAGE),
    [APIGATEWAYV2_DELETE_VPC_LINK] = ROW("DeleteVpcLink", AWS_NATURAL, "DELETE", "/vpclinks/{vpcLinkId}",
                                         OWN_RATE("DeleteVpcLink", 0.033)),
    [APIGATEWAYV2_GET_API] = ROW("GetApi", AWS_READ, "GET", API),
    [APIGATEWAYV2_GET_API_MAPPING] =
        ROW("GetApiMapping", AWS_READ, "GET", DOMAIN "/apimappings/{apiMappingId}"),
    [APIGATEWAYV2_GET_API_MAPPINGS] = ROW("GetApiMappings", AWS_READ, "GET", DOMAIN "/apimappings", PAGES),
    [APIGATEWAYV2_GET_APIS] = ROW("GetApis", AWS_READ, "GET", "/apis", PAGES),
    [APIGATEWAYV2_GET_AUTHORIZER] = ROW("GetAuthorizer", AWS_READ, "GET", API "/authorizers/{authorizerId}"),
    [APIGATEWAYV2_GET_AUTHORIZERS] = ROW("GetAuthorizers", AWS_READ, "GET", API "/authorizers", PAGES),
    [APIGATEWAYV2_GET_DEPLOYMENT] = ROW("GetDeployment", AWS_READ, "GET", API "/deployments/{deploymentId}"),
    [APIGATEWAYV2_GET_DEPLOYMENTS] = ROW("GetDeployments", AWS_READ, "GET", API "/deployments", PAGES),
    [APIGATEWAYV2_GET_DOMAIN_NAME] = ROW("GetDomainName", AWS_READ, "GET", DOMAIN),
    [APIGATEWAYV2_GET_DOMAIN_NAMES] = ROW("GetDomainNames", AWS_READ, "GET", "/domainnames", PAGES),
    [APIGATEWAYV2_GET_INTEGRATION] = ROW("GetIntegration", AWS_READ, "GET", INTEGRATION),
    [APIGATEWAYV2_GET_INTEGRATION_RESPONSE] =
        ROW("GetIntegrationResponse", AWS_READ, "GET",
            INTEGRATION "/integrationresponses/{integrationResponseId}"),
    [APIGATEWAYV2_GET_INTEGRATION_RESPONSES] =
        ROW("GetIntegrationResponses", AWS_READ, "GET", INTEGRATION "/integrationresponses", PAGES),
    [APIGATEWAYV2_GET_INTEGRATIONS] = ROW("GetIntegrations", AWS_READ, "GET", API "/integrations", PAGES),
    [APIGATEWAYV2_GET_MODEL] = ROW("GetModel", AWS_READ, "GET", API "/models/{modelId}"),
    [APIGATEWAYV2_GET_MODELS] = ROW("GetModels", AWS_READ, "GET", API "/models", PAGES),
    [APIGATEWAYV2_GET_ROUTE] = ROW("GetRoute", AWS_READ, "GET", ROUTE),
    [APIGATEWAYV2_GET_ROUTE_RESPONSE] =
        ROW("GetRouteResponse", AWS_READ, "GET", ROUTE "/routeresponses/{routeResponseId}"),
    [APIGATEWAYV2_GET_ROUTE_RESPONSES] =
        ROW("GetRouteResponses", AWS_READ, "GET", ROUTE "/routeresponses", PAGES),
    [APIGATEWAYV2_GET_ROUTES] = ROW("GetRoutes", AWS_READ, "GET", API "/routes", PAGES),
    [APIGATEWAYV2_GET_STAGE] = ROW("GetStage", AWS_READ, "GET", STAGE),
    [APIGATEWAYV2_GET_STAGES] = ROW("GetStages", AWS_READ, "GET", API "/stages", PAGES),
    [APIGATEWAYV2_GET_VPC_LINK] = ROW("GetVpcLink", AWS_READ, "GET", "/vpclinks/{vpcLinkId}"),
    [APIGATEWAYV2_GET_VPC_LINKS] = ROW("GetVpcLinks", AWS_READ, "GET", "/vpclinks", PAGES),
    [APIGATEWAYV2_REIMPORT_API] = ROW("ReimportApi", AWS_NATURAL, "PUT", API,
                                      .query = "Basepath=basepath,FailOnWarnings=failOnWarnings"),
    [APIGATEWAYV2_TAG_RESOURCE] = ROW("TagResource", AWS_NATURAL, "POST", "/tags/{resource-arn}"),
    [APIGATEWAYV2_UNTAG_RESOURCE] =
        ROW("UntagResource", AWS_NATURAL, "DELETE", "/tags/{resource-arn}", .query = "TagKeys=tagKeys"),
    [APIGATEWAYV2_UPDATE_API] = ROW("UpdateApi", AWS_NATURAL, "PATCH", API),
    [APIGATEWAYV2_UPDATE_API_MAPPING] =
        ROW("UpdateApiMapping", AWS_NATURAL, "PATCH", DOMAIN "/apimappings/{apiMappingId}"),
    [APIGATEWAYV2_UPDATE_AUTHORIZER] =
        ROW("UpdateAuthorizer", AWS_NATURAL, "PATCH", API "/authorizers/{authorizerId}"),
    [APIGATEWAYV2_UPDATE_DEPLOYMENT] =
        ROW("UpdateDeployment", AWS_NATURAL, "PATCH", API "/deployments/{deploymentId}"),
    [APIGATEWAYV2_UPDATE_DOMAIN_NAME] =
        ROW("UpdateDomainName", AWS_NATURAL, "PATCH", DOMAIN, OWN_RATE("UpdateDomainName", 0.033)),
    [APIGATEWAYV2_UPDATE_INTEGRATION] = ROW("UpdateIntegration", AWS_NATURAL, "PATCH", INTEGRATION),
    [APIGATEWAYV2_UPDATE_INTEGRATION_RESPONSE] =
        ROW("UpdateIntegrationResponse", AWS_NATURAL, "PATCH",
            INTEGRATION "/integrationresponses/{integrationResponseId}"),
    [APIGATEWAYV2_UPDATE_MODEL] = ROW("UpdateModel", AWS_NATURAL, "PATCH", API "/models/{modelId}"),
    [APIGATEWAYV2_UPDATE_ROUTE] = ROW("UpdateRoute", AWS_NATURAL, "PATCH", ROUTE),
    [APIGATEWAYV2_UPDATE_ROUTE_RESPONSE] =
        ROW("UpdateRouteResponse", AWS_NATURAL, "PATCH", ROUTE "/routeresponses/{routeResponseId}"),
    [APIGATEWAYV2_UPDATE_STAGE] = ROW("UpdateStage", AWS_NATURAL, "PATCH", STAGE),
    [APIGATEWAYV2_UPDATE_VPC_LINK] = ROW("UpdateVpcLink", AWS_NATURAL, "PATCH", "/vpclinks/{vpcLinkId}"),
};
