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
    .total = "apigateway",
};

/* What IAM asks for is the method on the path. */
#define ROW(NAME, SAFETY, VERB, PATH, PLACE, ...)                                                            \
    {                                                                                                        \
        .service = &apigateway_service, .name = NAME, .safety = SAFETY, .method = VERB, .path = PATH,        \
        .iam_action = "apigateway:" VERB,                                                                    \
        .iam_resource = "arn:{partition}:apigateway:{region}::/" PLACE __VA_OPT__(, ) __VA_ARGS__            \
    }
#define PAGES .page_in = "position", .page_out = "position", .page_items = "item"
#define OWN_RATE(NAME, RATE) .bucket = NAME, .rate = RATE, .burst = 1
#define FIVE_A_SECOND(NAME) .bucket = NAME, .rate = 5, .burst = 5
/* Without the slash that a path begins with: IAM's resources have none. */
#define API "restapis/{restApiId}"
#define DEPLOYMENT API "/deployments/{deploymentId}"
#define DOMAIN "domainnames/{domainName}"
#define RESOURCE API "/resources/{resourceId}"
#define METHOD RESOURCE "/methods/{http_method}"
#define INTEGRATION METHOD "/integration"
#define STAGE API "/stages/{stageName}"

/* Patches are lists of single steps, and a step that was done may fail when it is done again. */
const struct aws_operation apigateway_operations[APIGATEWAY_OPERATION_COUNT] = {
    [APIGATEWAY_CREATE_API_KEY] = ROW("CreateApiKey", AWS_READ_BACK, "POST",
                                      "/"
                                      "apikeys",
                                      "apikeys", FIVE_A_SECOND("CreateApiKey")),
    [APIGATEWAY_CREATE_AUTHORIZER] =
        ROW("CreateAuthorizer", AWS_READ_BACK, "POST", "/" API "/authorizers", API "/authorizers"),
    [APIGATEWAY_CREATE_BASE_PATH_MAPPING] = ROW("CreateBasePathMapping", AWS_READ_BACK, "POST",
                                                "/" DOMAIN "/basepathmappings", DOMAIN "/basepathmappings"),
    [APIGATEWAY_CREATE_DEPLOYMENT] =
        ROW("CreateDeployment", AWS_READ_BACK, "POST", "/" API "/deployments",
            "restapis/{restApiId}/deployments", OWN_RATE("CreateDeployment", 0.2)),
    [APIGATEWAY_CREATE_DOCUMENTATION_PART] = ROW("CreateDocumentationPart", AWS_READ_BACK, "POST",
                                                 "/" API "/documentation/parts", API "/documentation/parts"),
    [APIGATEWAY_CREATE_DOCUMENTATION_VERSION] =
        ROW("CreateDocumentationVersion", AWS_READ_BACK, "POST", "/" API "/documentation/versions",
            API "/documentation/versions", OWN_RATE("CreateDocumentationVersion", 0.05)),
    [APIGATEWAY_CREATE_DOMAIN_NAME] = ROW("CreateDomainName", AWS_READ_BACK, "POST",
                                          "/"
                                          "domainnames",
                                          "domainnames", OWN_RATE("CreateDomainName", 0.033)),
    [APIGATEWAY_CREATE_MODEL] = ROW("CreateModel", AWS_READ_BACK, "POST", "/" API "/models", API "/models"),
    [APIGATEWAY_CREATE_REQUEST_VALIDATOR] = ROW("CreateRequestValidator", AWS_READ_BACK, "POST",
                                                "/" API "/requestvalidators", API "/requestvalidators"),
    [APIGATEWAY_CREATE_RESOURCE] =
        ROW("CreateResource", AWS_READ_BACK, "POST", "/" API "/resources/{parentId}",
            API "/resources/{parentId}", FIVE_A_SECOND("CreateResource")),
    [APIGATEWAY_CREATE_REST_API] =
        ROW("CreateRestApi", AWS_READ_BACK, "POST", "/restapis", "restapis", OWN_RATE("CreateRestApi", 0.33)),
    [APIGATEWAY_CREATE_STAGE] =
        ROW("CreateStage", AWS_READ_BACK, "POST", "/" API "/stages", "restapis/{restApiId}/stages"),
    [APIGATEWAY_CREATE_USAGE_PLAN] = ROW("CreateUsagePlan", AWS_READ_BACK, "POST",
                                         "/"
                                         "usageplans",
                                         "usageplans"),
    [APIGATEWAY_CREATE_USAGE_PLAN_KEY] = ROW("CreateUsagePlanKey", AWS_READ_BACK, "POST",
                                             "/"
                                             "usageplans/{usageplanId}/keys",
                                             "usageplans/{usageplanId}/keys"),
    [APIGATEWAY_CREATE_VPC_LINK] = ROW("CreateVpcLink", AWS_READ_BACK, "POST",
                                       "/"
                                       "vpclinks",
                                       "vpclinks", OWN_RATE("CreateVpcLink", 0.066)),
    [APIGATEWAY_DELETE_API_KEY] = ROW("DeleteApiKey", AWS_NATURAL, "DELETE",
                                      "/"
                                      "apikeys/{apiKey}",
                                      "apikeys/{apiKey}", FIVE_A_SECOND("DeleteApiKey")),
    [APIGATEWAY_DELETE_AUTHORIZER] =
        ROW("DeleteAuthorizer", AWS_NATURAL, "DELETE", "/" API "/authorizers/{authorizerId}",
            API "/authorizers/{authorizerId}"),
    [APIGATEWAY_DELETE_BASE_PATH_MAPPING] =
        ROW("DeleteBasePathMapping", AWS_NATURAL, "DELETE", "/" DOMAIN "/basepathmappings/{basePath}",
            DOMAIN "/basepathmappings/{basePath}"),
    [APIGATEWAY_DELETE_CLIENT_CERTIFICATE] = ROW("DeleteClientCertificate", AWS_NATURAL, "DELETE",
                                                 "/"
                                                 "clientcertificates/{clientCertificateId}",
                                                 "clientcertificates/{clientCertificateId}"),
    [APIGATEWAY_DELETE_DEPLOYMENT] = ROW("DeleteDeployment", AWS_NATURAL, "DELETE", "/" DEPLOYMENT,
                                         "restapis/{restApiId}/deployments/{deploymentId}"),
    [APIGATEWAY_DELETE_DOCUMENTATION_PART] = ROW("DeleteDocumentationPart", AWS_NATURAL, "DELETE",
                                                 "/" API "/documentation/parts/{documentationPartId}",
                                                 API "/documentation/parts/{documentationPartId}"),
    [APIGATEWAY_DELETE_DOCUMENTATION_VERSION] = ROW("DeleteDocumentationVersion", AWS_NATURAL, "DELETE",
                                                    "/" API "/documentation/versions/{documentationVersion}",
                                                    API "/documentation/versions/{documentationVersion}"),
    [APIGATEWAY_DELETE_DOMAIN_NAME] = ROW("DeleteDomainName", AWS_NATURAL, "DELETE", "/" DOMAIN, DOMAIN,
                                          OWN_RATE("DeleteDomainName", 0.033)),
    [APIGATEWAY_DELETE_GATEWAY_RESPONSE] =
        ROW("DeleteGatewayResponse", AWS_NATURAL, "DELETE", "/" API "/gatewayresponses/{responseType}",
            API "/gatewayresponses/{responseType}"),
    [APIGATEWAY_DELETE_INTEGRATION] =
        ROW("DeleteIntegration", AWS_NATURAL, "DELETE", "/" INTEGRATION, INTEGRATION),
    [APIGATEWAY_DELETE_INTEGRATION_RESPONSE] =
        ROW("DeleteIntegrationResponse", AWS_NATURAL, "DELETE", "/" INTEGRATION "/responses/{statusCode}",
            INTEGRATION "/responses/{statusCode}"),
    [APIGATEWAY_DELETE_METHOD] = ROW("DeleteMethod", AWS_NATURAL, "DELETE", "/" METHOD, METHOD),
    [APIGATEWAY_DELETE_METHOD_RESPONSE] =
        ROW("DeleteMethodResponse", AWS_NATURAL, "DELETE", "/" METHOD "/responses/{statusCode}",
            METHOD "/responses/{statusCode}"),
    [APIGATEWAY_DELETE_MODEL] =
        ROW("DeleteModel", AWS_NATURAL, "DELETE", "/" API "/models/{modelName}", API "/models/{modelName}"),
    [APIGATEWAY_DELETE_REQUEST_VALIDATOR] =
        ROW("DeleteRequestValidator", AWS_NATURAL, "DELETE",
            "/" API "/requestvalidators/{requestValidatorId}", API "/requestvalidators/{requestValidatorId}"),
    [APIGATEWAY_DELETE_RESOURCE] =
        ROW("DeleteResource", AWS_NATURAL, "DELETE", "/" RESOURCE, RESOURCE, FIVE_A_SECOND("DeleteResource")),
    [APIGATEWAY_DELETE_REST_API] = ROW("DeleteRestApi", AWS_NATURAL, "DELETE", "/" API,
                                       "restapis/{restApiId}", OWN_RATE("DeleteRestApi", 0.033)),
    [APIGATEWAY_DELETE_STAGE] =
        ROW("DeleteStage", AWS_NATURAL, "DELETE", "/" STAGE, "restapis/{restApiId}/stages/{stageName}"),
    [APIGATEWAY_DELETE_USAGE_PLAN] = ROW("DeleteUsagePlan", AWS_NATURAL, "DELETE",
                                         "/"
                                         "usageplans/{usageplanId}",
                                         "usageplans/{usageplanId}"),
    [APIGATEWAY_DELETE_USAGE_PLAN_KEY] = ROW("DeleteUsagePlanKey", AWS_NATURAL, "DELETE",
                                             "/"
                                             "usageplans/{usageplanId}/keys/{keyId}",
                                             "usageplans/{usageplanId}/keys/{keyId}"),
    [APIGATEWAY_DELETE_VPC_LINK] = ROW("DeleteVpcLink", AWS_NATURAL, "DELETE",
                                       "/"
                                       "vpclinks/{vpcLinkId}",
                                       "vpclinks/{vpcLinkId}", OWN_RATE("DeleteVpcLink", 0.033)),
    [APIGATEWAY_GENERATE_CLIENT_CERTIFICATE] = ROW("GenerateClientCertificate", AWS_READ_BACK, "POST",
                                                   "/"
                                                   "clientcertificates",
                                                   "clientcertificates"),
    [APIGATEWAY_GET_ACCOUNT] = ROW("GetAccount", AWS_READ, "GET",
                                   "/"
                                   "account",
                                   "account"),
    [APIGATEWAY_GET_API_KEY] = ROW("GetApiKey", AWS_READ, "GET",
                                   "/"
                                   "apikeys/{apiKey}",
                                   "apikeys/{apiKey}", .query = "includeValue=includeValue"),
    [APIGATEWAY_GET_API_KEYS] =
        ROW("GetApiKeys", AWS_READ, "GET",
            "/"
            "apikeys",
            "apikeys", .query = "position=position,limit=limit,nameQuery=name,includeValues=includeValues",
            PAGES),
    [APIGATEWAY_GET_AUTHORIZER] = ROW("GetAuthorizer", AWS_READ, "GET", "/" API "/authorizers/{authorizerId}",
                                      API "/authorizers/{authorizerId}"),
    [APIGATEWAY_GET_AUTHORIZERS] = ROW("GetAuthorizers", AWS_READ, "GET", "/" API "/authorizers",
                                       API "/authorizers", .query = "position=position,limit=limit", PAGES),
    [APIGATEWAY_GET_BASE_PATH_MAPPING] =
        ROW("GetBasePathMapping", AWS_READ, "GET", "/" DOMAIN "/basepathmappings/{basePath}",
            DOMAIN "/basepathmappings/{basePath}"),
    [APIGATEWAY_GET_CLIENT_CERTIFICATE] = ROW("GetClientCertificate", AWS_READ, "GET",
                                              "/"
                                              "clientcertificates/{clientCertificateId}",
                                              "clientcertificates/{clientCertificateId}"),
    [APIGATEWAY_GET_CLIENT_CERTIFICATES] =
        ROW("GetClientCertificates", AWS_READ, "GET",
            "/"
            "clientcertificates",
            "clientcertificates", .query = "position=position,limit=limit", PAGES),
    [APIGATEWAY_GET_DEPLOYMENT] = ROW("GetDeployment", AWS_READ, "GET", "/" DEPLOYMENT,
                                      "restapis/{restApiId}/deployments/{deploymentId}"),
    [APIGATEWAY_GET_DEPLOYMENTS] =
        ROW("GetDeployments", AWS_READ, "GET", "/" API "/deployments", "restapis/{restApiId}/deployments",
            .query = "position=position,limit=limit", PAGES),
    [APIGATEWAY_GET_DOCUMENTATION_PART] =
        ROW("GetDocumentationPart", AWS_READ, "GET", "/" API "/documentation/parts/{documentationPartId}",
            API "/documentation/parts/{documentationPartId}"),
    [APIGATEWAY_GET_DOCUMENTATION_PARTS] =
        ROW("GetDocumentationParts", AWS_READ, "GET", "/" API "/documentation/parts",
            API "/documentation/parts", .query = "position=position,limit=limit", PAGES),
    [APIGATEWAY_GET_DOCUMENTATION_VERSION] = ROW("GetDocumentationVersion", AWS_READ, "GET",
                                                 "/" API "/documentation/versions/{documentationVersion}",
                                                 API "/documentation/versions/{documentationVersion}"),
    [APIGATEWAY_GET_DOMAIN_NAME] = ROW("GetDomainName", AWS_READ, "GET", "/" DOMAIN, DOMAIN),
    [APIGATEWAY_GET_GATEWAY_RESPONSE] =
        ROW("GetGatewayResponse", AWS_READ, "GET", "/" API "/gatewayresponses/{responseType}",
            API "/gatewayresponses/{responseType}"),
    [APIGATEWAY_GET_METHOD] = ROW("GetMethod", AWS_READ, "GET", "/" METHOD, METHOD),
    [APIGATEWAY_GET_MODEL] =
        ROW("GetModel", AWS_READ, "GET", "/" API "/models/{modelName}", API "/models/{modelName}"),
    [APIGATEWAY_GET_REQUEST_VALIDATOR] =
        ROW("GetRequestValidator", AWS_READ, "GET", "/" API "/requestvalidators/{requestValidatorId}",
            API "/requestvalidators/{requestValidatorId}"),
    [APIGATEWAY_GET_REQUEST_VALIDATORS] =
        ROW("GetRequestValidators", AWS_READ, "GET", "/" API "/requestvalidators", API "/requestvalidators",
            .query = "position=position,limit=limit", PAGES),
    [APIGATEWAY_GET_RESOURCE] = ROW("GetResource", AWS_READ, "GET", "/" RESOURCE, RESOURCE),
    [APIGATEWAY_GET_RESOURCES] =
        ROW("GetResources", AWS_READ, "GET", "/" API "/resources", "restapis/{restApiId}/resources",
            .query = "position=position,limit=limit,embed=embed", PAGES, .bucket = "GetResources",
            .rate = 2.5, .burst = 5),
    [APIGATEWAY_GET_REST_API] = ROW("GetRestApi", AWS_READ, "GET", "/" API, "restapis/{restApiId}"),
    [APIGATEWAY_GET_REST_APIS] = ROW("GetRestApis", AWS_READ, "GET", "/restapis", "restapis",
                                     .query = "position=position,limit=limit", PAGES),
    [APIGATEWAY_GET_STAGE] =
        ROW("GetStage", AWS_READ, "GET", "/" STAGE, "restapis/{restApiId}/stages/{stageName}"),
    [APIGATEWAY_GET_USAGE_PLAN] = ROW("GetUsagePlan", AWS_READ, "GET",
                                      "/"
                                      "usageplans/{usageplanId}",
                                      "usageplans/{usageplanId}"),
    [APIGATEWAY_GET_USAGE_PLANS] = ROW("GetUsagePlans", AWS_READ, "GET",
                                       "/"
                                       "usageplans",
                                       "usageplans", .query = "position=position,limit=limit", PAGES),
    [APIGATEWAY_GET_USAGE_PLAN_KEY] = ROW("GetUsagePlanKey", AWS_READ, "GET",
                                          "/"
                                          "usageplans/{usageplanId}/keys/{keyId}",
                                          "usageplans/{usageplanId}/keys/{keyId}"),
    [APIGATEWAY_GET_VPC_LINK] = ROW("GetVpcLink", AWS_READ, "GET",
                                    "/"
                                    "vpclinks/{vpcLinkId}",
                                    "vpclinks/{vpcLinkId}"),
    [APIGATEWAY_GET_VPC_LINKS] = ROW("GetVpcLinks", AWS_READ, "GET",
                                     "/"
                                     "vpclinks",
                                     "vpclinks", .query = "position=position,limit=limit", PAGES),
    [APIGATEWAY_PUT_GATEWAY_RESPONSE] =
        ROW("PutGatewayResponse", AWS_NATURAL, "PUT", "/" API "/gatewayresponses/{responseType}",
            API "/gatewayresponses/{responseType}"),
    [APIGATEWAY_PUT_INTEGRATION] = ROW("PutIntegration", AWS_NATURAL, "PUT", "/" INTEGRATION, INTEGRATION),
    [APIGATEWAY_PUT_INTEGRATION_RESPONSE] =
        ROW("PutIntegrationResponse", AWS_NATURAL, "PUT", "/" INTEGRATION "/responses/{statusCode}",
            INTEGRATION "/responses/{statusCode}"),
    [APIGATEWAY_PUT_METHOD] = ROW("PutMethod", AWS_READ_BACK, "PUT", "/" METHOD, METHOD),
    [APIGATEWAY_PUT_METHOD_RESPONSE] =
        ROW("PutMethodResponse", AWS_READ_BACK, "PUT", "/" METHOD "/responses/{statusCode}",
            METHOD "/responses/{statusCode}"),
    [APIGATEWAY_PUT_REST_API] = ROW("PutRestApi", AWS_NATURAL, "PUT", "/" API, "restapis/{restApiId}",
                                    .query = "mode=mode,failOnWarnings=failonwarnings,parameters=parameters",
                                    .payload = "body", OWN_RATE("PutRestApi", 1)),
    [APIGATEWAY_TAG_RESOURCE] = ROW("TagResource", AWS_NATURAL, "PUT", "/tags/{resourceArn}", "tags/*"),
    [APIGATEWAY_UNTAG_RESOURCE] = ROW("UntagResource", AWS_NATURAL, "DELETE", "/tags/{resourceArn}", "tags/*",
                                      .query = "tagKeys=tagKeys"),
    [APIGATEWAY_UPDATE_ACCOUNT] = ROW("UpdateAccount", AWS_NATURAL, "PATCH",
                                      "/"
                                      "account",
                                      "account", OWN_RATE("UpdateAccount", 0.05)),
    [APIGATEWAY_UPDATE_API_KEY] = ROW("UpdateApiKey", AWS_READ_BACK, "PATCH",
                                      "/"
                                      "apikeys/{apiKey}",
                                      "apikeys/{apiKey}"),
    [APIGATEWAY_UPDATE_AUTHORIZER] =
        ROW("UpdateAuthorizer", AWS_READ_BACK, "PATCH", "/" API "/authorizers/{authorizerId}",
            API "/authorizers/{authorizerId}"),
    [APIGATEWAY_UPDATE_BASE_PATH_MAPPING] =
        ROW("UpdateBasePathMapping", AWS_READ_BACK, "PATCH", "/" DOMAIN "/basepathmappings/{basePath}",
            DOMAIN "/basepathmappings/{basePath}"),
    [APIGATEWAY_UPDATE_CLIENT_CERTIFICATE] = ROW("UpdateClientCertificate", AWS_READ_BACK, "PATCH",
                                                 "/"
                                                 "clientcertificates/{clientCertificateId}",
                                                 "clientcertificates/{clientCertificateId}"),
    [APIGATEWAY_UPDATE_DOCUMENTATION_PART] = ROW("UpdateDocumentationPart", AWS_READ_BACK, "PATCH",
                                                 "/" API "/documentation/parts/{documentationPartId}",
                                                 API "/documentation/parts/{documentationPartId}"),
    [APIGATEWAY_UPDATE_DOCUMENTATION_VERSION] = ROW("UpdateDocumentationVersion", AWS_READ_BACK, "PATCH",
                                                    "/" API "/documentation/versions/{documentationVersion}",
                                                    API "/documentation/versions/{documentationVersion}"),
    [APIGATEWAY_UPDATE_DOMAIN_NAME] = ROW("UpdateDomainName", AWS_READ_BACK, "PATCH", "/" DOMAIN, DOMAIN,
                                          OWN_RATE("UpdateDomainName", 0.033)),
    [APIGATEWAY_UPDATE_INTEGRATION] =
        ROW("UpdateIntegration", AWS_READ_BACK, "PATCH", "/" INTEGRATION, INTEGRATION),
    [APIGATEWAY_UPDATE_METHOD] = ROW("UpdateMethod", AWS_READ_BACK, "PATCH", "/" METHOD, METHOD),
    [APIGATEWAY_UPDATE_METHOD_RESPONSE] =
        ROW("UpdateMethodResponse", AWS_READ_BACK, "PATCH", "/" METHOD "/responses/{statusCode}",
            METHOD "/responses/{statusCode}"),
    [APIGATEWAY_UPDATE_MODEL] =
        ROW("UpdateModel", AWS_READ_BACK, "PATCH", "/" API "/models/{modelName}", API "/models/{modelName}"),
    [APIGATEWAY_UPDATE_REQUEST_VALIDATOR] =
        ROW("UpdateRequestValidator", AWS_READ_BACK, "PATCH",
            "/" API "/requestvalidators/{requestValidatorId}", API "/requestvalidators/{requestValidatorId}"),
    [APIGATEWAY_UPDATE_REST_API] =
        ROW("UpdateRestApi", AWS_READ_BACK, "PATCH", "/" API, "restapis/{restApiId}"),
    [APIGATEWAY_UPDATE_STAGE] =
        ROW("UpdateStage", AWS_READ_BACK, "PATCH", "/" STAGE, "restapis/{restApiId}/stages/{stageName}"),
    [APIGATEWAY_UPDATE_USAGE_PLAN] = ROW("UpdateUsagePlan", AWS_READ_BACK, "PATCH",
                                         "/"
                                         "usageplans/{usageplanId}",
                                         "usageplans/{usageplanId}", OWN_RATE("UpdateUsagePlan", 0.05)),
    [APIGATEWAY_UPDATE_VPC_LINK] = ROW("UpdateVpcLink", AWS_READ_BACK, "PATCH",
                                       "/"
                                       "vpclinks/{vpcLinkId}",
                                       "vpclinks/{vpcLinkId}"),
};
