/* Made by providers/generate_grants.py: do not edit. */

#include "providers/grants.h"

#include "providers/apigateway/operations.h"
#include "providers/apigatewayv2/operations.h"
#include "providers/appsync/operations.h"
#include "providers/cloudcontrol/operations.h"
#include "providers/cloudformation/operations.h"
#include "providers/cloudwatch/operations.h"
#include "providers/codedeploy/operations.h"
#include "providers/cognito/operations.h"
#include "providers/cognitoidentity/operations.h"
#include "providers/dynamodb/operations.h"
#include "providers/events/operations.h"
#include "providers/glue/operations.h"
#include "providers/iam/operations.h"
#include "providers/kinesis/operations.h"
#include "providers/kms/operations.h"
#include "providers/lambda/operations.h"
#include "providers/logs/operations.h"
#include "providers/pipes/operations.h"
#include "providers/route53/operations.h"
#include "providers/s3/operations.h"
#include "providers/scheduler/operations.h"
#include "providers/secretsmanager/operations.h"
#include "providers/sfn/operations.h"
#include "providers/sns/operations.h"
#include "providers/sqs/operations.h"
#include "providers/ssm/operations.h"

/* clang-format off */
static const struct grant none[] = {{NULL, NULL}};
static const struct grant cloudcontrol_any_reads[] = {
    {&cloudcontrol_operations[CLOUDCONTROL_GET_RESOURCE], NULL},
    {&cloudcontrol_operations[CLOUDCONTROL_LIST_RESOURCES], NULL},
    {NULL, NULL},
};
static const struct grant cloudcontrol_any_writes[] = {
    {&cloudcontrol_operations[CLOUDCONTROL_CREATE_RESOURCE], NULL},
    {&cloudcontrol_operations[CLOUDCONTROL_DELETE_RESOURCE], NULL},
    {&cloudcontrol_operations[CLOUDCONTROL_GET_RESOURCE_REQUEST_STATUS], NULL},
    {&cloudcontrol_operations[CLOUDCONTROL_UPDATE_RESOURCE], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_account_reads[] = {
    {&apigateway_operations[APIGATEWAY_GET_ACCOUNT], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_account_writes[] = {
    {&apigateway_operations[APIGATEWAY_UPDATE_ACCOUNT], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_api_key_reads[] = {
    {&apigateway_operations[APIGATEWAY_GET_API_KEY], NULL},
    {&apigateway_operations[APIGATEWAY_GET_API_KEYS], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_api_key_writes[] = {
    {&apigateway_operations[APIGATEWAY_CREATE_API_KEY], NULL},
    {&apigateway_operations[APIGATEWAY_DELETE_API_KEY], NULL},
    {&apigateway_operations[APIGATEWAY_TAG_RESOURCE], NULL},
    {&apigateway_operations[APIGATEWAY_UNTAG_RESOURCE], NULL},
    {&apigateway_operations[APIGATEWAY_UPDATE_API_KEY], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_authorizer_reads[] = {
    {&apigateway_operations[APIGATEWAY_GET_AUTHORIZER], NULL},
    {&apigateway_operations[APIGATEWAY_GET_AUTHORIZERS], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_authorizer_writes[] = {
    {&apigateway_operations[APIGATEWAY_CREATE_AUTHORIZER], NULL},
    {&apigateway_operations[APIGATEWAY_DELETE_AUTHORIZER], NULL},
    {&apigateway_operations[APIGATEWAY_UPDATE_AUTHORIZER], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_base_path_mapping_reads[] = {
    {&apigateway_operations[APIGATEWAY_GET_BASE_PATH_MAPPING], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_base_path_mapping_writes[] = {
    {&apigateway_operations[APIGATEWAY_CREATE_BASE_PATH_MAPPING], NULL},
    {&apigateway_operations[APIGATEWAY_DELETE_BASE_PATH_MAPPING], NULL},
    {&apigateway_operations[APIGATEWAY_UPDATE_BASE_PATH_MAPPING], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_client_certificate_reads[] = {
    {&apigateway_operations[APIGATEWAY_GET_CLIENT_CERTIFICATE], NULL},
    {&apigateway_operations[APIGATEWAY_GET_CLIENT_CERTIFICATES], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_client_certificate_writes[] = {
    {&apigateway_operations[APIGATEWAY_DELETE_CLIENT_CERTIFICATE], NULL},
    {&apigateway_operations[APIGATEWAY_GENERATE_CLIENT_CERTIFICATE], NULL},
    {&apigateway_operations[APIGATEWAY_TAG_RESOURCE], NULL},
    {&apigateway_operations[APIGATEWAY_UNTAG_RESOURCE], NULL},
    {&apigateway_operations[APIGATEWAY_UPDATE_CLIENT_CERTIFICATE], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_deployment_reads[] = {
    {&apigateway_operations[APIGATEWAY_GET_DEPLOYMENT], NULL},
    {&apigateway_operations[APIGATEWAY_GET_DEPLOYMENTS], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_deployment_writes[] = {
    {&apigateway_operations[APIGATEWAY_CREATE_DEPLOYMENT], NULL},
    {&apigateway_operations[APIGATEWAY_DELETE_DEPLOYMENT], NULL},
    {&apigateway_operations[APIGATEWAY_DELETE_STAGE], NULL},
    {&apigateway_operations[APIGATEWAY_GET_STAGE], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_documentation_part_reads[] = {
    {&apigateway_operations[APIGATEWAY_GET_DOCUMENTATION_PART], NULL},
    {&apigateway_operations[APIGATEWAY_GET_DOCUMENTATION_PARTS], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_documentation_part_writes[] = {
    {&apigateway_operations[APIGATEWAY_CREATE_DOCUMENTATION_PART], NULL},
    {&apigateway_operations[APIGATEWAY_DELETE_DOCUMENTATION_PART], NULL},
    {&apigateway_operations[APIGATEWAY_UPDATE_DOCUMENTATION_PART], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_documentation_version_reads[] = {
    {&apigateway_operations[APIGATEWAY_GET_DOCUMENTATION_VERSION], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_documentation_version_writes[] = {
    {&apigateway_operations[APIGATEWAY_CREATE_DOCUMENTATION_VERSION], NULL},
    {&apigateway_operations[APIGATEWAY_DELETE_DOCUMENTATION_VERSION], NULL},
    {&apigateway_operations[APIGATEWAY_UPDATE_DOCUMENTATION_VERSION], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_domain_name_reads[] = {
    {&apigateway_operations[APIGATEWAY_GET_DOMAIN_NAME], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_domain_name_writes[] = {
    {&apigateway_operations[APIGATEWAY_CREATE_DOMAIN_NAME], NULL},
    {&apigateway_operations[APIGATEWAY_DELETE_DOMAIN_NAME], NULL},
    {&apigateway_operations[APIGATEWAY_TAG_RESOURCE], NULL},
    {&apigateway_operations[APIGATEWAY_UNTAG_RESOURCE], NULL},
    {&apigateway_operations[APIGATEWAY_UPDATE_DOMAIN_NAME], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_gateway_response_reads[] = {
    {&apigateway_operations[APIGATEWAY_GET_GATEWAY_RESPONSE], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_gateway_response_writes[] = {
    {&apigateway_operations[APIGATEWAY_DELETE_GATEWAY_RESPONSE], NULL},
    {&apigateway_operations[APIGATEWAY_PUT_GATEWAY_RESPONSE], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_method_reads[] = {
    {&apigateway_operations[APIGATEWAY_GET_METHOD], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_method_writes[] = {
    {&apigateway_operations[APIGATEWAY_DELETE_INTEGRATION], NULL},
    {&apigateway_operations[APIGATEWAY_DELETE_INTEGRATION_RESPONSE], NULL},
    {&apigateway_operations[APIGATEWAY_DELETE_METHOD], NULL},
    {&apigateway_operations[APIGATEWAY_DELETE_METHOD_RESPONSE], NULL},
    {&apigateway_operations[APIGATEWAY_PUT_INTEGRATION], NULL},
    {&apigateway_operations[APIGATEWAY_PUT_INTEGRATION_RESPONSE], NULL},
    {&apigateway_operations[APIGATEWAY_PUT_METHOD], NULL},
    {&apigateway_operations[APIGATEWAY_PUT_METHOD_RESPONSE], NULL},
    {&apigateway_operations[APIGATEWAY_UPDATE_INTEGRATION], NULL},
    {&apigateway_operations[APIGATEWAY_UPDATE_METHOD], NULL},
    {&apigateway_operations[APIGATEWAY_UPDATE_METHOD_RESPONSE], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_method_extras[] = {
    {&apigateway_operations[APIGATEWAY_DELETE_INTEGRATION_RESPONSE], NULL},
    {&apigateway_operations[APIGATEWAY_DELETE_METHOD_RESPONSE], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_model_reads[] = {
    {&apigateway_operations[APIGATEWAY_GET_MODEL], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_model_writes[] = {
    {&apigateway_operations[APIGATEWAY_CREATE_MODEL], NULL},
    {&apigateway_operations[APIGATEWAY_DELETE_MODEL], NULL},
    {&apigateway_operations[APIGATEWAY_UPDATE_MODEL], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_request_validator_reads[] = {
    {&apigateway_operations[APIGATEWAY_GET_REQUEST_VALIDATOR], NULL},
    {&apigateway_operations[APIGATEWAY_GET_REQUEST_VALIDATORS], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_request_validator_writes[] = {
    {&apigateway_operations[APIGATEWAY_CREATE_REQUEST_VALIDATOR], NULL},
    {&apigateway_operations[APIGATEWAY_DELETE_REQUEST_VALIDATOR], NULL},
    {&apigateway_operations[APIGATEWAY_UPDATE_REQUEST_VALIDATOR], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_resource_reads[] = {
    {&apigateway_operations[APIGATEWAY_GET_RESOURCE], NULL},
    {&apigateway_operations[APIGATEWAY_GET_RESOURCES], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_resource_writes[] = {
    {&apigateway_operations[APIGATEWAY_CREATE_RESOURCE], NULL},
    {&apigateway_operations[APIGATEWAY_DELETE_RESOURCE], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_rest_api_reads[] = {
    {&apigateway_operations[APIGATEWAY_GET_RESOURCES], NULL},
    {&apigateway_operations[APIGATEWAY_GET_REST_API], NULL},
    {&apigateway_operations[APIGATEWAY_GET_REST_APIS], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_rest_api_writes[] = {
    {&apigateway_operations[APIGATEWAY_CREATE_REST_API], NULL},
    {&apigateway_operations[APIGATEWAY_DELETE_REST_API], NULL},
    {&apigateway_operations[APIGATEWAY_PUT_REST_API], NULL},
    {&apigateway_operations[APIGATEWAY_TAG_RESOURCE], NULL},
    {&apigateway_operations[APIGATEWAY_UNTAG_RESOURCE], NULL},
    {&apigateway_operations[APIGATEWAY_UPDATE_REST_API], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_rest_api_extras[] = {
    {&apigateway_operations[APIGATEWAY_DELETE_METHOD], NULL},
    {&apigateway_operations[APIGATEWAY_DELETE_RESOURCE], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_stage_reads[] = {
    {&apigateway_operations[APIGATEWAY_GET_STAGE], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_stage_writes[] = {
    {&apigateway_operations[APIGATEWAY_CREATE_STAGE], NULL},
    {&apigateway_operations[APIGATEWAY_DELETE_STAGE], NULL},
    {&apigateway_operations[APIGATEWAY_TAG_RESOURCE], NULL},
    {&apigateway_operations[APIGATEWAY_UNTAG_RESOURCE], NULL},
    {&apigateway_operations[APIGATEWAY_UPDATE_STAGE], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_usage_plan_reads[] = {
    {&apigateway_operations[APIGATEWAY_GET_USAGE_PLAN], NULL},
    {&apigateway_operations[APIGATEWAY_GET_USAGE_PLANS], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_usage_plan_writes[] = {
    {&apigateway_operations[APIGATEWAY_CREATE_USAGE_PLAN], NULL},
    {&apigateway_operations[APIGATEWAY_DELETE_USAGE_PLAN], NULL},
    {&apigateway_operations[APIGATEWAY_TAG_RESOURCE], NULL},
    {&apigateway_operations[APIGATEWAY_UNTAG_RESOURCE], NULL},
    {&apigateway_operations[APIGATEWAY_UPDATE_USAGE_PLAN], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_usage_plan_key_reads[] = {
    {&apigateway_operations[APIGATEWAY_GET_USAGE_PLAN_KEY], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_usage_plan_key_writes[] = {
    {&apigateway_operations[APIGATEWAY_CREATE_USAGE_PLAN_KEY], NULL},
    {&apigateway_operations[APIGATEWAY_DELETE_USAGE_PLAN_KEY], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_vpc_link_reads[] = {
    {&apigateway_operations[APIGATEWAY_GET_VPC_LINK], NULL},
    {&apigateway_operations[APIGATEWAY_GET_VPC_LINKS], NULL},
    {NULL, NULL},
};
static const struct grant apigateway_vpc_link_writes[] = {
    {&apigateway_operations[APIGATEWAY_CREATE_VPC_LINK], NULL},
    {&apigateway_operations[APIGATEWAY_DELETE_VPC_LINK], NULL},
    {&apigateway_operations[APIGATEWAY_TAG_RESOURCE], NULL},
    {&apigateway_operations[APIGATEWAY_UNTAG_RESOURCE], NULL},
    {&apigateway_operations[APIGATEWAY_UPDATE_VPC_LINK], NULL},
    {NULL, NULL},
};
static const struct grant apigatewayv2_api_reads[] = {
    {&apigatewayv2_operations[APIGATEWAYV2_GET_API], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_GET_APIS], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_GET_INTEGRATIONS], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_GET_ROUTES], NULL},
    {NULL, NULL},
};
static const struct grant apigatewayv2_api_writes[] = {
    {&apigatewayv2_operations[APIGATEWAYV2_CREATE_API], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_DELETE_API], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_DELETE_CORS_CONFIGURATION], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_REIMPORT_API], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_TAG_RESOURCE], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_UNTAG_RESOURCE], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_UPDATE_API], NULL},
    {&s3_operations[S3_GET_OBJECT], NULL},
    {NULL, NULL},
};
static const struct grant apigatewayv2_api_extras[] = {
    {&apigatewayv2_operations[APIGATEWAYV2_DELETE_ROUTE], NULL},
    {NULL, NULL},
};
static const struct grant apigatewayv2_api_mapping_reads[] = {
    {&apigatewayv2_operations[APIGATEWAYV2_GET_API_MAPPING], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_GET_API_MAPPINGS], NULL},
    {NULL, NULL},
};
static const struct grant apigatewayv2_api_mapping_writes[] = {
    {&apigatewayv2_operations[APIGATEWAYV2_CREATE_API_MAPPING], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_DELETE_API_MAPPING], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_UPDATE_API_MAPPING], NULL},
    {NULL, NULL},
};
static const struct grant apigatewayv2_authorizer_reads[] = {
    {&apigatewayv2_operations[APIGATEWAYV2_GET_AUTHORIZER], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_GET_AUTHORIZERS], NULL},
    {NULL, NULL},
};
static const struct grant apigatewayv2_authorizer_writes[] = {
    {&apigatewayv2_operations[APIGATEWAYV2_CREATE_AUTHORIZER], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_DELETE_AUTHORIZER], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_UPDATE_AUTHORIZER], NULL},
    {NULL, NULL},
};
static const struct grant apigatewayv2_deployment_reads[] = {
    {&apigatewayv2_operations[APIGATEWAYV2_GET_DEPLOYMENT], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_GET_DEPLOYMENTS], NULL},
    {NULL, NULL},
};
static const struct grant apigatewayv2_deployment_writes[] = {
    {&apigatewayv2_operations[APIGATEWAYV2_CREATE_DEPLOYMENT], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_DELETE_DEPLOYMENT], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_UPDATE_DEPLOYMENT], NULL},
    {NULL, NULL},
};
static const struct grant apigatewayv2_domain_name_reads[] = {
    {&apigatewayv2_operations[APIGATEWAYV2_GET_DOMAIN_NAME], NULL},
    {NULL, NULL},
};
static const struct grant apigatewayv2_domain_name_writes[] = {
    {&apigatewayv2_operations[APIGATEWAYV2_CREATE_DOMAIN_NAME], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_DELETE_DOMAIN_NAME], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_TAG_RESOURCE], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_UNTAG_RESOURCE], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_UPDATE_DOMAIN_NAME], NULL},
    {NULL, NULL},
};
static const struct grant apigatewayv2_integration_reads[] = {
    {&apigatewayv2_operations[APIGATEWAYV2_GET_INTEGRATION], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_GET_INTEGRATIONS], NULL},
    {NULL, NULL},
};
static const struct grant apigatewayv2_integration_writes[] = {
    {&apigatewayv2_operations[APIGATEWAYV2_CREATE_INTEGRATION], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_DELETE_INTEGRATION], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_UPDATE_INTEGRATION], NULL},
    {NULL, NULL},
};
static const struct grant apigatewayv2_integration_response_reads[] = {
    {&apigatewayv2_operations[APIGATEWAYV2_GET_INTEGRATION_RESPONSE], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_GET_INTEGRATION_RESPONSES], NULL},
    {NULL, NULL},
};
static const struct grant apigatewayv2_integration_response_writes[] = {
    {&apigatewayv2_operations[APIGATEWAYV2_CREATE_INTEGRATION_RESPONSE], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_DELETE_INTEGRATION_RESPONSE], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_UPDATE_INTEGRATION_RESPONSE], NULL},
    {NULL, NULL},
};
static const struct grant apigatewayv2_model_reads[] = {
    {&apigatewayv2_operations[APIGATEWAYV2_GET_MODEL], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_GET_MODELS], NULL},
    {NULL, NULL},
};
static const struct grant apigatewayv2_model_writes[] = {
    {&apigatewayv2_operations[APIGATEWAYV2_CREATE_MODEL], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_DELETE_MODEL], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_UPDATE_MODEL], NULL},
    {NULL, NULL},
};
static const struct grant apigatewayv2_route_reads[] = {
    {&apigatewayv2_operations[APIGATEWAYV2_GET_ROUTE], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_GET_ROUTES], NULL},
    {NULL, NULL},
};
static const struct grant apigatewayv2_route_writes[] = {
    {&apigatewayv2_operations[APIGATEWAYV2_CREATE_ROUTE], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_DELETE_ROUTE], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_DELETE_ROUTE_REQUEST_PARAMETER], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_UPDATE_ROUTE], NULL},
    {NULL, NULL},
};
static const struct grant apigatewayv2_route_response_reads[] = {
    {&apigatewayv2_operations[APIGATEWAYV2_GET_ROUTE_RESPONSE], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_GET_ROUTE_RESPONSES], NULL},
    {NULL, NULL},
};
static const struct grant apigatewayv2_route_response_writes[] = {
    {&apigatewayv2_operations[APIGATEWAYV2_CREATE_ROUTE_RESPONSE], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_DELETE_ROUTE_RESPONSE], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_UPDATE_ROUTE_RESPONSE], NULL},
    {NULL, NULL},
};
static const struct grant apigatewayv2_stage_reads[] = {
    {&apigatewayv2_operations[APIGATEWAYV2_GET_STAGE], NULL},
    {NULL, NULL},
};
static const struct grant apigatewayv2_stage_writes[] = {
    {&apigatewayv2_operations[APIGATEWAYV2_CREATE_STAGE], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_DELETE_ACCESS_LOG_SETTINGS], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_DELETE_ROUTE_SETTINGS], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_DELETE_STAGE], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_TAG_RESOURCE], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_UNTAG_RESOURCE], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_UPDATE_STAGE], NULL},
    {NULL, NULL},
};
static const struct grant apigatewayv2_vpc_link_reads[] = {
    {&apigatewayv2_operations[APIGATEWAYV2_GET_VPC_LINK], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_GET_VPC_LINKS], NULL},
    {NULL, NULL},
};
static const struct grant apigatewayv2_vpc_link_writes[] = {
    {&apigatewayv2_operations[APIGATEWAYV2_CREATE_VPC_LINK], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_DELETE_VPC_LINK], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_TAG_RESOURCE], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_UNTAG_RESOURCE], NULL},
    {&apigatewayv2_operations[APIGATEWAYV2_UPDATE_VPC_LINK], NULL},
    {NULL, NULL},
};
static const struct grant appsync_api_reads[] = {
    {&appsync_operations[APPSYNC_GET_API], NULL},
    {&appsync_operations[APPSYNC_LIST_APIS], NULL},
    {NULL, NULL},
};
static const struct grant appsync_api_writes[] = {
    {&appsync_operations[APPSYNC_CREATE_API], NULL},
    {&appsync_operations[APPSYNC_DELETE_API], NULL},
    {&appsync_operations[APPSYNC_TAG_RESOURCE], NULL},
    {&appsync_operations[APPSYNC_UNTAG_RESOURCE], NULL},
    {&appsync_operations[APPSYNC_UPDATE_API], NULL},
    {NULL, NULL},
};
static const struct grant appsync_api_key_reads[] = {
    {&appsync_operations[APPSYNC_LIST_API_KEYS], NULL},
    {NULL, NULL},
};
static const struct grant appsync_api_key_writes[] = {
    {&appsync_operations[APPSYNC_CREATE_API_KEY], NULL},
    {&appsync_operations[APPSYNC_DELETE_API_KEY], NULL},
    {&appsync_operations[APPSYNC_UPDATE_API_KEY], NULL},
    {NULL, NULL},
};
static const struct grant appsync_channel_namespace_reads[] = {
    {&appsync_operations[APPSYNC_GET_CHANNEL_NAMESPACE], NULL},
    {NULL, NULL},
};
static const struct grant appsync_channel_namespace_writes[] = {
    {&appsync_operations[APPSYNC_CREATE_CHANNEL_NAMESPACE], NULL},
    {&appsync_operations[APPSYNC_DELETE_CHANNEL_NAMESPACE], NULL},
    {&appsync_operations[APPSYNC_TAG_RESOURCE], NULL},
    {&appsync_operations[APPSYNC_UNTAG_RESOURCE], NULL},
    {&appsync_operations[APPSYNC_UPDATE_CHANNEL_NAMESPACE], NULL},
    {&s3_operations[S3_GET_OBJECT], NULL},
    {NULL, NULL},
};
static const struct grant appsync_data_source_reads[] = {
    {&appsync_operations[APPSYNC_GET_DATA_SOURCE], NULL},
    {NULL, NULL},
};
static const struct grant appsync_data_source_writes[] = {
    {&appsync_operations[APPSYNC_CREATE_DATA_SOURCE], NULL},
    {&appsync_operations[APPSYNC_DELETE_DATA_SOURCE], NULL},
    {&appsync_operations[APPSYNC_UPDATE_DATA_SOURCE], NULL},
    {NULL, NULL},
};
static const struct grant appsync_function_configuration_reads[] = {
    {&appsync_operations[APPSYNC_GET_FUNCTION], NULL},
    {&appsync_operations[APPSYNC_LIST_FUNCTIONS], NULL},
    {NULL, NULL},
};
static const struct grant appsync_function_configuration_writes[] = {
    {&appsync_operations[APPSYNC_CREATE_FUNCTION], NULL},
    {&appsync_operations[APPSYNC_DELETE_FUNCTION], NULL},
    {&appsync_operations[APPSYNC_UPDATE_FUNCTION], NULL},
    {&s3_operations[S3_GET_OBJECT], NULL},
    {NULL, NULL},
};
static const struct grant appsync_graphql_api_reads[] = {
    {&appsync_operations[APPSYNC_GET_GRAPHQL_API], NULL},
    {&appsync_operations[APPSYNC_GET_GRAPHQL_API_ENVIRONMENT_VARIABLES], NULL},
    {&appsync_operations[APPSYNC_LIST_GRAPHQL_APIS], NULL},
    {NULL, NULL},
};
static const struct grant appsync_graphql_api_writes[] = {
    {&appsync_operations[APPSYNC_CREATE_GRAPHQL_API], NULL},
    {&appsync_operations[APPSYNC_DELETE_GRAPHQL_API], NULL},
    {&appsync_operations[APPSYNC_PUT_GRAPHQL_API_ENVIRONMENT_VARIABLES], NULL},
    {&appsync_operations[APPSYNC_TAG_RESOURCE], NULL},
    {&appsync_operations[APPSYNC_UNTAG_RESOURCE], NULL},
    {&appsync_operations[APPSYNC_UPDATE_GRAPHQL_API], NULL},
    {NULL, NULL},
};
static const struct grant appsync_graphql_schema_reads[] = {
    {&appsync_operations[APPSYNC_GET_INTROSPECTION_SCHEMA], NULL},
    {&appsync_operations[APPSYNC_GET_SCHEMA_CREATION_STATUS], NULL},
    {NULL, NULL},
};
static const struct grant appsync_graphql_schema_writes[] = {
    {&appsync_operations[APPSYNC_START_SCHEMA_CREATION], NULL},
    {&s3_operations[S3_GET_OBJECT], NULL},
    {NULL, NULL},
};
static const struct grant appsync_resolver_reads[] = {
    {&appsync_operations[APPSYNC_GET_RESOLVER], NULL},
    {NULL, NULL},
};
static const struct grant appsync_resolver_writes[] = {
    {&appsync_operations[APPSYNC_CREATE_RESOLVER], NULL},
    {&appsync_operations[APPSYNC_DELETE_RESOLVER], NULL},
    {&appsync_operations[APPSYNC_UPDATE_RESOLVER], NULL},
    {&s3_operations[S3_GET_OBJECT], NULL},
    {NULL, NULL},
};
static const struct grant custom_resource_reads[] = {
    {&s3_operations[S3_GET_OBJECT], NULL},
    {&s3_operations[S3_LIST_OBJECTS_V2], NULL},
    {NULL, NULL},
};
static const struct grant custom_resource_writes[] = {
    {&lambda_operations[LAMBDA_INVOKE], NULL},
    {&s3_operations[S3_CREATE_BUCKET], NULL},
    {&s3_operations[S3_DELETE_BUCKET_ANALYTICS_CONFIGURATION], "AnalyticsConfigurations"},
    {&s3_operations[S3_DELETE_BUCKET_CORS], "CorsConfiguration"},
    {&s3_operations[S3_DELETE_BUCKET_ENCRYPTION], "BucketEncryption"},
    {&s3_operations[S3_DELETE_BUCKET_INTELLIGENT_TIERING_CONFIGURATION], "IntelligentTieringConfigurations"},
    {&s3_operations[S3_DELETE_BUCKET_INVENTORY_CONFIGURATION], "InventoryConfigurations"},
    {&s3_operations[S3_DELETE_BUCKET_LIFECYCLE], "LifecycleConfiguration"},
    {&s3_operations[S3_DELETE_BUCKET_METRICS_CONFIGURATION], "MetricsConfigurations"},
    {&s3_operations[S3_DELETE_BUCKET_OWNERSHIP_CONTROLS], "OwnershipControls"},
    {&s3_operations[S3_DELETE_BUCKET_REPLICATION], "ReplicationConfiguration"},
    {&s3_operations[S3_DELETE_BUCKET_TAGGING], NULL},
    {&s3_operations[S3_DELETE_BUCKET_WEBSITE], "WebsiteConfiguration"},
    {&s3_operations[S3_DELETE_OBJECT], NULL},
    {&s3_operations[S3_DELETE_PUBLIC_ACCESS_BLOCK], "PublicAccessBlockConfiguration"},
    {&s3_operations[S3_GET_BUCKET_ABAC], "AbacStatus"},
    {&s3_operations[S3_GET_BUCKET_ACCELERATE_CONFIGURATION], "AccelerateConfiguration"},
    {&s3_operations[S3_GET_BUCKET_CORS], "CorsConfiguration"},
    {&s3_operations[S3_GET_BUCKET_ENCRYPTION], "BucketEncryption"},
    {&s3_operations[S3_GET_BUCKET_LIFECYCLE_CONFIGURATION], "LifecycleConfiguration"},
    {&s3_operations[S3_GET_BUCKET_LOGGING], "LoggingConfiguration"},
    {&s3_operations[S3_GET_BUCKET_NOTIFICATION_CONFIGURATION], "NotificationConfiguration"},
    {&s3_operations[S3_GET_BUCKET_OWNERSHIP_CONTROLS], "OwnershipControls"},
    {&s3_operations[S3_GET_BUCKET_REPLICATION], "ReplicationConfiguration"},
    {&s3_operations[S3_GET_BUCKET_TAGGING], NULL},
    {&s3_operations[S3_GET_BUCKET_VERSIONING], "VersioningConfiguration"},
    {&s3_operations[S3_GET_BUCKET_WEBSITE], "WebsiteConfiguration"},
    {&s3_operations[S3_GET_OBJECT_LOCK_CONFIGURATION], "ObjectLockConfiguration"},
    {&s3_operations[S3_GET_OBJECT_LOCK_CONFIGURATION], "ObjectLockEnabled"},
    {&s3_operations[S3_GET_PUBLIC_ACCESS_BLOCK], "PublicAccessBlockConfiguration"},
    {&s3_operations[S3_HEAD_BUCKET], NULL},
    {&s3_operations[S3_LIST_BUCKET_ANALYTICS_CONFIGURATIONS], "AnalyticsConfigurations"},
    {&s3_operations[S3_LIST_BUCKET_INTELLIGENT_TIERING_CONFIGURATIONS], "IntelligentTieringConfigurations"},
    {&s3_operations[S3_LIST_BUCKET_INVENTORY_CONFIGURATIONS], "InventoryConfigurations"},
    {&s3_operations[S3_LIST_BUCKET_METRICS_CONFIGURATIONS], "MetricsConfigurations"},
    {&s3_operations[S3_PUT_BUCKET_ABAC], "AbacStatus"},
    {&s3_operations[S3_PUT_BUCKET_ACCELERATE_CONFIGURATION], "AccelerateConfiguration"},
    {&s3_operations[S3_PUT_BUCKET_ACL], NULL},
    {&s3_operations[S3_PUT_BUCKET_ANALYTICS_CONFIGURATION], "AnalyticsConfigurations"},
    {&s3_operations[S3_PUT_BUCKET_CORS], "CorsConfiguration"},
    {&s3_operations[S3_PUT_BUCKET_ENCRYPTION], "BucketEncryption"},
    {&s3_operations[S3_PUT_BUCKET_INTELLIGENT_TIERING_CONFIGURATION], "IntelligentTieringConfigurations"},
    {&s3_operations[S3_PUT_BUCKET_INVENTORY_CONFIGURATION], "InventoryConfigurations"},
    {&s3_operations[S3_PUT_BUCKET_LIFECYCLE_CONFIGURATION], "LifecycleConfiguration"},
    {&s3_operations[S3_PUT_BUCKET_LOGGING], "LoggingConfiguration"},
    {&s3_operations[S3_PUT_BUCKET_METRICS_CONFIGURATION], "MetricsConfigurations"},
    {&s3_operations[S3_PUT_BUCKET_NOTIFICATION_CONFIGURATION], "NotificationConfiguration"},
    {&s3_operations[S3_PUT_BUCKET_OWNERSHIP_CONTROLS], "OwnershipControls"},
    {&s3_operations[S3_PUT_BUCKET_REPLICATION], "ReplicationConfiguration"},
    {&s3_operations[S3_PUT_BUCKET_TAGGING], NULL},
    {&s3_operations[S3_PUT_BUCKET_VERSIONING], "VersioningConfiguration"},
    {&s3_operations[S3_PUT_BUCKET_WEBSITE], "WebsiteConfiguration"},
    {&s3_operations[S3_PUT_OBJECT], NULL},
    {&s3_operations[S3_PUT_OBJECT_LOCK_CONFIGURATION], "ObjectLockConfiguration"},
    {&s3_operations[S3_PUT_OBJECT_LOCK_CONFIGURATION], "ObjectLockEnabled"},
    {&s3_operations[S3_PUT_PUBLIC_ACCESS_BLOCK], "PublicAccessBlockConfiguration"},
    {&sns_operations[SNS_PUBLISH], NULL},
    {NULL, NULL},
};
static const struct grant cloudformation_stack_reads[] = {
    {&cloudformation_operations[CLOUDFORMATION_DESCRIBE_STACKS], NULL},
    {NULL, NULL},
};
static const struct grant cloudformation_stack_writes[] = {
    {&cloudformation_operations[CLOUDFORMATION_CREATE_STACK], NULL},
    {&cloudformation_operations[CLOUDFORMATION_DELETE_STACK], NULL},
    {&cloudformation_operations[CLOUDFORMATION_UPDATE_STACK], NULL},
    {NULL, NULL},
};
static const struct grant cloudwatch_alarm_reads[] = {
    {&cloudwatch_operations[CLOUDWATCH_DESCRIBE_ALARMS], NULL},
    {&cloudwatch_operations[CLOUDWATCH_LIST_TAGS_FOR_RESOURCE], NULL},
    {NULL, NULL},
};
static const struct grant cloudwatch_alarm_writes[] = {
    {&cloudwatch_operations[CLOUDWATCH_DELETE_ALARMS], NULL},
    {&cloudwatch_operations[CLOUDWATCH_PUT_METRIC_ALARM], NULL},
    {&cloudwatch_operations[CLOUDWATCH_TAG_RESOURCE], NULL},
    {&cloudwatch_operations[CLOUDWATCH_UNTAG_RESOURCE], NULL},
    {NULL, NULL},
};
static const struct grant cloudwatch_composite_alarm_reads[] = {
    {&cloudwatch_operations[CLOUDWATCH_DESCRIBE_ALARMS], NULL},
    {&cloudwatch_operations[CLOUDWATCH_LIST_TAGS_FOR_RESOURCE], NULL},
    {NULL, NULL},
};
static const struct grant cloudwatch_composite_alarm_writes[] = {
    {&cloudwatch_operations[CLOUDWATCH_DELETE_ALARMS], NULL},
    {&cloudwatch_operations[CLOUDWATCH_PUT_COMPOSITE_ALARM], NULL},
    {&cloudwatch_operations[CLOUDWATCH_TAG_RESOURCE], NULL},
    {&cloudwatch_operations[CLOUDWATCH_UNTAG_RESOURCE], NULL},
    {NULL, NULL},
};
static const struct grant cloudwatch_dashboard_reads[] = {
    {&cloudwatch_operations[CLOUDWATCH_GET_DASHBOARD], NULL},
    {&cloudwatch_operations[CLOUDWATCH_LIST_TAGS_FOR_DASHBOARD], NULL},
    {NULL, NULL},
};
static const struct grant cloudwatch_dashboard_writes[] = {
    {&cloudwatch_operations[CLOUDWATCH_DELETE_DASHBOARDS], NULL},
    {&cloudwatch_operations[CLOUDWATCH_PUT_DASHBOARD], NULL},
    {&cloudwatch_operations[CLOUDWATCH_TAG_DASHBOARD], NULL},
    {&cloudwatch_operations[CLOUDWATCH_UNTAG_DASHBOARD], NULL},
    {NULL, NULL},
};
static const struct grant codedeploy_application_reads[] = {
    {&codedeploy_operations[CODEDEPLOY_GET_APPLICATION], NULL},
    {&codedeploy_operations[CODEDEPLOY_LIST_TAGS_FOR_RESOURCE], NULL},
    {NULL, NULL},
};
static const struct grant codedeploy_application_writes[] = {
    {&codedeploy_operations[CODEDEPLOY_CREATE_APPLICATION], NULL},
    {&codedeploy_operations[CODEDEPLOY_DELETE_APPLICATION], NULL},
    {&codedeploy_operations[CODEDEPLOY_TAG_RESOURCE], NULL},
    {&codedeploy_operations[CODEDEPLOY_UNTAG_RESOURCE], NULL},
    {NULL, NULL},
};
static const struct grant codedeploy_deployment_config_reads[] = {
    {&codedeploy_operations[CODEDEPLOY_GET_DEPLOYMENT_CONFIG], NULL},
    {NULL, NULL},
};
static const struct grant codedeploy_deployment_config_writes[] = {
    {&codedeploy_operations[CODEDEPLOY_CREATE_DEPLOYMENT_CONFIG], NULL},
    {&codedeploy_operations[CODEDEPLOY_DELETE_DEPLOYMENT_CONFIG], NULL},
    {NULL, NULL},
};
static const struct grant codedeploy_deployment_group_reads[] = {
    {&codedeploy_operations[CODEDEPLOY_GET_DEPLOYMENT_GROUP], NULL},
    {&codedeploy_operations[CODEDEPLOY_LIST_TAGS_FOR_RESOURCE], NULL},
    {NULL, NULL},
};
static const struct grant codedeploy_deployment_group_writes[] = {
    {&codedeploy_operations[CODEDEPLOY_CREATE_DEPLOYMENT_GROUP], NULL},
    {&codedeploy_operations[CODEDEPLOY_DELETE_DEPLOYMENT_GROUP], NULL},
    {&codedeploy_operations[CODEDEPLOY_TAG_RESOURCE], NULL},
    {&codedeploy_operations[CODEDEPLOY_UNTAG_RESOURCE], NULL},
    {&codedeploy_operations[CODEDEPLOY_UPDATE_DEPLOYMENT_GROUP], NULL},
    {NULL, NULL},
};
static const struct grant cognitoidentity_pool_reads[] = {
    {&cognitoidentity_operations[COGNITOIDENTITY_DESCRIBE_IDENTITY_POOL], NULL},
    {&cognitoidentity_operations[COGNITOIDENTITY_LIST_IDENTITY_POOLS], NULL},
    {NULL, NULL},
};
static const struct grant cognitoidentity_pool_writes[] = {
    {&cognitoidentity_operations[COGNITOIDENTITY_CREATE_IDENTITY_POOL], NULL},
    {&cognitoidentity_operations[COGNITOIDENTITY_DELETE_IDENTITY_POOL], NULL},
    {&cognitoidentity_operations[COGNITOIDENTITY_TAG_RESOURCE], NULL},
    {&cognitoidentity_operations[COGNITOIDENTITY_UNTAG_RESOURCE], NULL},
    {&cognitoidentity_operations[COGNITOIDENTITY_UPDATE_IDENTITY_POOL], NULL},
    {NULL, NULL},
};
static const struct grant cognitoidentity_role_attachment_reads[] = {
    {&cognitoidentity_operations[COGNITOIDENTITY_GET_IDENTITY_POOL_ROLES], NULL},
    {NULL, NULL},
};
static const struct grant cognitoidentity_role_attachment_writes[] = {
    {&cognitoidentity_operations[COGNITOIDENTITY_SET_IDENTITY_POOL_ROLES], NULL},
    {NULL, NULL},
};
static const struct grant cognito_user_pool_reads[] = {
    {&cognito_operations[COGNITO_DESCRIBE_USER_POOL], NULL},
    {&cognito_operations[COGNITO_GET_USER_POOL_MFA_CONFIG], NULL},
    {&cognito_operations[COGNITO_LIST_USER_POOLS], NULL},
    {NULL, NULL},
};
static const struct grant cognito_user_pool_writes[] = {
    {&cognito_operations[COGNITO_ADD_CUSTOM_ATTRIBUTES], NULL},
    {&cognito_operations[COGNITO_CREATE_USER_POOL], NULL},
    {&cognito_operations[COGNITO_DELETE_USER_POOL], NULL},
    {&cognito_operations[COGNITO_SET_USER_POOL_MFA_CONFIG], NULL},
    {&cognito_operations[COGNITO_TAG_RESOURCE], NULL},
    {&cognito_operations[COGNITO_UNTAG_RESOURCE], NULL},
    {&cognito_operations[COGNITO_UPDATE_USER_POOL], NULL},
    {NULL, NULL},
};
static const struct grant cognito_user_pool_client_reads[] = {
    {&cognito_operations[COGNITO_DESCRIBE_USER_POOL_CLIENT], NULL},
    {&cognito_operations[COGNITO_LIST_USER_POOL_CLIENTS], NULL},
    {NULL, NULL},
};
static const struct grant cognito_user_pool_client_writes[] = {
    {&cognito_operations[COGNITO_CREATE_USER_POOL_CLIENT], NULL},
    {&cognito_operations[COGNITO_DELETE_USER_POOL_CLIENT], NULL},
    {&cognito_operations[COGNITO_UPDATE_USER_POOL_CLIENT], NULL},
    {NULL, NULL},
};
static const struct grant cognito_user_pool_domain_reads[] = {
    {&cognito_operations[COGNITO_DESCRIBE_USER_POOL_DOMAIN], NULL},
    {NULL, NULL},
};
static const struct grant cognito_user_pool_domain_writes[] = {
    {&cognito_operations[COGNITO_CREATE_USER_POOL_DOMAIN], NULL},
    {&cognito_operations[COGNITO_DELETE_USER_POOL_DOMAIN], NULL},
    {&cognito_operations[COGNITO_UPDATE_USER_POOL_DOMAIN], NULL},
    {NULL, NULL},
};
static const struct grant cognito_user_pool_group_reads[] = {
    {&cognito_operations[COGNITO_GET_GROUP], NULL},
    {NULL, NULL},
};
static const struct grant cognito_user_pool_group_writes[] = {
    {&cognito_operations[COGNITO_CREATE_GROUP], NULL},
    {&cognito_operations[COGNITO_DELETE_GROUP], NULL},
    {&cognito_operations[COGNITO_UPDATE_GROUP], NULL},
    {NULL, NULL},
};
static const struct grant cognito_user_pool_resource_server_reads[] = {
    {&cognito_operations[COGNITO_DESCRIBE_RESOURCE_SERVER], NULL},
    {NULL, NULL},
};
static const struct grant cognito_user_pool_resource_server_writes[] = {
    {&cognito_operations[COGNITO_CREATE_RESOURCE_SERVER], NULL},
    {&cognito_operations[COGNITO_DELETE_RESOURCE_SERVER], NULL},
    {&cognito_operations[COGNITO_UPDATE_RESOURCE_SERVER], NULL},
    {NULL, NULL},
};
static const struct grant dynamodb_table_reads[] = {
    {&dynamodb_operations[DYNAMODB_DESCRIBE_CONTINUOUS_BACKUPS], "PointInTimeRecoverySpecification"},
    {&dynamodb_operations[DYNAMODB_DESCRIBE_CONTRIBUTOR_INSIGHTS], "ContributorInsightsSpecification"},
    {&dynamodb_operations[DYNAMODB_DESCRIBE_KINESIS_STREAMING_DESTINATION], "KinesisStreamSpecification"},
    {&dynamodb_operations[DYNAMODB_DESCRIBE_TABLE], NULL},
    {&dynamodb_operations[DYNAMODB_DESCRIBE_TIME_TO_LIVE], "TimeToLiveSpecification"},
    {&dynamodb_operations[DYNAMODB_GET_RESOURCE_POLICY], "ResourcePolicy"},
    {&dynamodb_operations[DYNAMODB_LIST_TAGS_OF_RESOURCE], NULL},
    {NULL, NULL},
};
static const struct grant dynamodb_table_writes[] = {
    {&dynamodb_operations[DYNAMODB_CREATE_TABLE], NULL},
    {&dynamodb_operations[DYNAMODB_DELETE_RESOURCE_POLICY], "ResourcePolicy"},
    {&dynamodb_operations[DYNAMODB_DELETE_TABLE], NULL},
    {&dynamodb_operations[DYNAMODB_DISABLE_KINESIS_STREAMING_DESTINATION], "KinesisStreamSpecification"},
    {&dynamodb_operations[DYNAMODB_ENABLE_KINESIS_STREAMING_DESTINATION], "KinesisStreamSpecification"},
    {&dynamodb_operations[DYNAMODB_PUT_RESOURCE_POLICY], "ResourcePolicy"},
    {&dynamodb_operations[DYNAMODB_TAG_RESOURCE], NULL},
    {&dynamodb_operations[DYNAMODB_UNTAG_RESOURCE], NULL},
    {&dynamodb_operations[DYNAMODB_UPDATE_CONTINUOUS_BACKUPS], "PointInTimeRecoverySpecification"},
    {&dynamodb_operations[DYNAMODB_UPDATE_CONTRIBUTOR_INSIGHTS], "ContributorInsightsSpecification"},
    {&dynamodb_operations[DYNAMODB_UPDATE_TABLE], NULL},
    {&dynamodb_operations[DYNAMODB_UPDATE_TIME_TO_LIVE], "TimeToLiveSpecification"},
    {NULL, NULL},
};
static const struct grant events_api_destination_reads[] = {
    {&events_operations[EVENTS_DESCRIBE_API_DESTINATION], NULL},
    {NULL, NULL},
};
static const struct grant events_api_destination_writes[] = {
    {&events_operations[EVENTS_CREATE_API_DESTINATION], NULL},
    {&events_operations[EVENTS_DELETE_API_DESTINATION], NULL},
    {&events_operations[EVENTS_UPDATE_API_DESTINATION], NULL},
    {NULL, NULL},
};
static const struct grant events_archive_reads[] = {
    {&events_operations[EVENTS_DESCRIBE_ARCHIVE], NULL},
    {NULL, NULL},
};
static const struct grant events_archive_writes[] = {
    {&events_operations[EVENTS_CREATE_ARCHIVE], NULL},
    {&events_operations[EVENTS_DELETE_ARCHIVE], NULL},
    {&events_operations[EVENTS_UPDATE_ARCHIVE], NULL},
    {NULL, NULL},
};
static const struct grant events_connection_reads[] = {
    {&events_operations[EVENTS_DESCRIBE_CONNECTION], NULL},
    {NULL, NULL},
};
static const struct grant events_connection_writes[] = {
    {&events_operations[EVENTS_CREATE_CONNECTION], NULL},
    {&events_operations[EVENTS_DELETE_CONNECTION], NULL},
    {&events_operations[EVENTS_UPDATE_CONNECTION], NULL},
    {NULL, NULL},
};
static const struct grant events_event_bus_reads[] = {
    {&events_operations[EVENTS_DESCRIBE_EVENT_BUS], NULL},
    {&events_operations[EVENTS_LIST_TAGS_FOR_RESOURCE], NULL},
    {NULL, NULL},
};
static const struct grant events_event_bus_writes[] = {
    {&events_operations[EVENTS_CREATE_EVENT_BUS], NULL},
    {&events_operations[EVENTS_DELETE_EVENT_BUS], NULL},
    {&events_operations[EVENTS_PUT_PERMISSION], NULL},
    {&events_operations[EVENTS_REMOVE_PERMISSION], NULL},
    {&events_operations[EVENTS_TAG_RESOURCE], NULL},
    {&events_operations[EVENTS_UNTAG_RESOURCE], NULL},
    {&events_operations[EVENTS_UPDATE_EVENT_BUS], NULL},
    {NULL, NULL},
};
static const struct grant events_event_bus_policy_reads[] = {
    {&events_operations[EVENTS_DESCRIBE_EVENT_BUS], NULL},
    {NULL, NULL},
};
static const struct grant events_event_bus_policy_writes[] = {
    {&events_operations[EVENTS_PUT_PERMISSION], NULL},
    {&events_operations[EVENTS_REMOVE_PERMISSION], NULL},
    {NULL, NULL},
};
static const struct grant events_rule_reads[] = {
    {&events_operations[EVENTS_DESCRIBE_RULE], NULL},
    {&events_operations[EVENTS_LIST_TAGS_FOR_RESOURCE], NULL},
    {&events_operations[EVENTS_LIST_TARGETS_BY_RULE], NULL},
    {NULL, NULL},
};
static const struct grant events_rule_writes[] = {
    {&events_operations[EVENTS_DELETE_RULE], NULL},
    {&events_operations[EVENTS_PUT_RULE], NULL},
    {&events_operations[EVENTS_PUT_TARGETS], NULL},
    {&events_operations[EVENTS_REMOVE_TARGETS], NULL},
    {&events_operations[EVENTS_TAG_RESOURCE], NULL},
    {&events_operations[EVENTS_UNTAG_RESOURCE], NULL},
    {NULL, NULL},
};
static const struct grant events_rule_extras[] = {
    {&events_operations[EVENTS_REMOVE_TARGETS], NULL},
    {NULL, NULL},
};
static const struct grant glue_table_reads[] = {
    {&glue_operations[GLUE_GET_TABLE], NULL},
    {NULL, NULL},
};
static const struct grant glue_table_writes[] = {
    {&glue_operations[GLUE_CREATE_TABLE], NULL},
    {&glue_operations[GLUE_DELETE_TABLE], NULL},
    {&glue_operations[GLUE_UPDATE_TABLE], NULL},
    {NULL, NULL},
};
static const struct grant iam_instance_profile_reads[] = {
    {&iam_operations[IAM_GET_INSTANCE_PROFILE], NULL},
    {NULL, NULL},
};
static const struct grant iam_instance_profile_writes[] = {
    {&iam_operations[IAM_ADD_ROLE_TO_INSTANCE_PROFILE], NULL},
    {&iam_operations[IAM_CREATE_INSTANCE_PROFILE], NULL},
    {&iam_operations[IAM_DELETE_INSTANCE_PROFILE], NULL},
    {&iam_operations[IAM_REMOVE_ROLE_FROM_INSTANCE_PROFILE], NULL},
    {&iam_operations[IAM_TAG_INSTANCE_PROFILE], NULL},
    {&iam_operations[IAM_UNTAG_INSTANCE_PROFILE], NULL},
    {NULL, NULL},
};
static const struct grant iam_managed_policy_reads[] = {
    {&iam_operations[IAM_GET_POLICY], NULL},
    {&iam_operations[IAM_GET_POLICY_VERSION], NULL},
    {&iam_operations[IAM_LIST_ENTITIES_FOR_POLICY], NULL},
    {NULL, NULL},
};
static const struct grant iam_managed_policy_writes[] = {
    {&iam_operations[IAM_ATTACH_GROUP_POLICY], "Groups"},
    {&iam_operations[IAM_ATTACH_ROLE_POLICY], "Roles"},
    {&iam_operations[IAM_ATTACH_USER_POLICY], "Users"},
    {&iam_operations[IAM_CREATE_POLICY], NULL},
    {&iam_operations[IAM_CREATE_POLICY_VERSION], NULL},
    {&iam_operations[IAM_DELETE_POLICY], NULL},
    {&iam_operations[IAM_DELETE_POLICY_VERSION], NULL},
    {&iam_operations[IAM_DETACH_GROUP_POLICY], "Groups"},
    {&iam_operations[IAM_DETACH_ROLE_POLICY], "Roles"},
    {&iam_operations[IAM_DETACH_USER_POLICY], "Users"},
    {&iam_operations[IAM_LIST_POLICY_VERSIONS], NULL},
    {&iam_operations[IAM_TAG_POLICY], NULL},
    {NULL, NULL},
};
static const struct grant iam_managed_policy_extras[] = {
    {&iam_operations[IAM_DETACH_GROUP_POLICY], NULL},
    {&iam_operations[IAM_DETACH_ROLE_POLICY], NULL},
    {&iam_operations[IAM_DETACH_USER_POLICY], NULL},
    {NULL, NULL},
};
static const struct grant iam_policy_reads[] = {
    {&iam_operations[IAM_GET_GROUP_POLICY], "Groups"},
    {&iam_operations[IAM_GET_ROLE_POLICY], "Roles"},
    {&iam_operations[IAM_GET_USER_POLICY], "Users"},
    {NULL, NULL},
};
static const struct grant iam_policy_writes[] = {
    {&iam_operations[IAM_DELETE_GROUP_POLICY], "Groups"},
    {&iam_operations[IAM_DELETE_ROLE_POLICY], "Roles"},
    {&iam_operations[IAM_DELETE_USER_POLICY], "Users"},
    {&iam_operations[IAM_PUT_GROUP_POLICY], "Groups"},
    {&iam_operations[IAM_PUT_ROLE_POLICY], "Roles"},
    {&iam_operations[IAM_PUT_USER_POLICY], "Users"},
    {NULL, NULL},
};
static const struct grant iam_role_reads[] = {
    {&iam_operations[IAM_GET_ROLE], NULL},
    {&iam_operations[IAM_GET_ROLE_POLICY], NULL},
    {&iam_operations[IAM_LIST_ATTACHED_ROLE_POLICIES], NULL},
    {&iam_operations[IAM_LIST_ROLE_POLICIES], NULL},
    {NULL, NULL},
};
static const struct grant iam_role_writes[] = {
    {&iam_operations[IAM_ATTACH_ROLE_POLICY], NULL},
    {&iam_operations[IAM_CREATE_ROLE], NULL},
    {&iam_operations[IAM_DELETE_ROLE], NULL},
    {&iam_operations[IAM_DELETE_ROLE_PERMISSIONS_BOUNDARY], NULL},
    {&iam_operations[IAM_DELETE_ROLE_POLICY], NULL},
    {&iam_operations[IAM_DETACH_ROLE_POLICY], NULL},
    {&iam_operations[IAM_PUT_ROLE_PERMISSIONS_BOUNDARY], NULL},
    {&iam_operations[IAM_PUT_ROLE_POLICY], NULL},
    {&iam_operations[IAM_TAG_ROLE], NULL},
    {&iam_operations[IAM_UNTAG_ROLE], NULL},
    {&iam_operations[IAM_UPDATE_ASSUME_ROLE_POLICY], NULL},
    {&iam_operations[IAM_UPDATE_ROLE], NULL},
    {NULL, NULL},
};
static const struct grant iam_role_extras[] = {
    {&iam_operations[IAM_DELETE_ROLE_POLICY], NULL},
    {&iam_operations[IAM_DETACH_ROLE_POLICY], NULL},
    {NULL, NULL},
};
static const struct grant kms_alias_reads[] = {
    {&kms_operations[KMS_DESCRIBE_KEY], NULL},
    {NULL, NULL},
};
static const struct grant kms_alias_writes[] = {
    {&kms_operations[KMS_CREATE_ALIAS], NULL},
    {&kms_operations[KMS_DELETE_ALIAS], NULL},
    {&kms_operations[KMS_UPDATE_ALIAS], NULL},
    {NULL, NULL},
};
static const struct grant kms_key_reads[] = {
    {&kms_operations[KMS_DESCRIBE_KEY], NULL},
    {&kms_operations[KMS_GET_KEY_POLICY], NULL},
    {&kms_operations[KMS_GET_KEY_ROTATION_STATUS], NULL},
    {&kms_operations[KMS_LIST_KEYS], NULL},
    {&kms_operations[KMS_LIST_RESOURCE_TAGS], NULL},
    {NULL, NULL},
};
static const struct grant kms_key_writes[] = {
    {&kms_operations[KMS_CREATE_KEY], NULL},
    {&kms_operations[KMS_DISABLE_KEY], NULL},
    {&kms_operations[KMS_DISABLE_KEY_ROTATION], NULL},
    {&kms_operations[KMS_ENABLE_KEY], NULL},
    {&kms_operations[KMS_ENABLE_KEY_ROTATION], NULL},
    {&kms_operations[KMS_PUT_KEY_POLICY], NULL},
    {&kms_operations[KMS_SCHEDULE_KEY_DELETION], NULL},
    {&kms_operations[KMS_TAG_RESOURCE], NULL},
    {&kms_operations[KMS_UNTAG_RESOURCE], NULL},
    {&kms_operations[KMS_UPDATE_KEY_DESCRIPTION], NULL},
    {NULL, NULL},
};
static const struct grant kinesis_stream_reads[] = {
    {&kinesis_operations[KINESIS_DESCRIBE_STREAM_SUMMARY], NULL},
    {&kinesis_operations[KINESIS_LIST_TAGS_FOR_STREAM], NULL},
    {NULL, NULL},
};
static const struct grant kinesis_stream_writes[] = {
    {&kinesis_operations[KINESIS_ADD_TAGS_TO_STREAM], NULL},
    {&kinesis_operations[KINESIS_CREATE_STREAM], NULL},
    {&kinesis_operations[KINESIS_DECREASE_STREAM_RETENTION_PERIOD], NULL},
    {&kinesis_operations[KINESIS_DELETE_STREAM], NULL},
    {&kinesis_operations[KINESIS_DISABLE_ENHANCED_MONITORING], NULL},
    {&kinesis_operations[KINESIS_ENABLE_ENHANCED_MONITORING], NULL},
    {&kinesis_operations[KINESIS_INCREASE_STREAM_RETENTION_PERIOD], NULL},
    {&kinesis_operations[KINESIS_REMOVE_TAGS_FROM_STREAM], NULL},
    {&kinesis_operations[KINESIS_START_STREAM_ENCRYPTION], NULL},
    {&kinesis_operations[KINESIS_STOP_STREAM_ENCRYPTION], NULL},
    {&kinesis_operations[KINESIS_UPDATE_MAX_RECORD_SIZE], NULL},
    {&kinesis_operations[KINESIS_UPDATE_SHARD_COUNT], NULL},
    {&kinesis_operations[KINESIS_UPDATE_STREAM_MODE], NULL},
    {&kinesis_operations[KINESIS_UPDATE_STREAM_WARM_THROUGHPUT], NULL},
    {NULL, NULL},
};
static const struct grant kinesis_stream_consumer_reads[] = {
    {&kinesis_operations[KINESIS_DESCRIBE_STREAM_CONSUMER], NULL},
    {&kinesis_operations[KINESIS_LIST_TAGS_FOR_RESOURCE], NULL},
    {NULL, NULL},
};
static const struct grant kinesis_stream_consumer_writes[] = {
    {&kinesis_operations[KINESIS_DEREGISTER_STREAM_CONSUMER], NULL},
    {&kinesis_operations[KINESIS_REGISTER_STREAM_CONSUMER], NULL},
    {NULL, NULL},
};
static const struct grant lambda_alias_reads[] = {
    {&lambda_operations[LAMBDA_GET_ALIAS], NULL},
    {&lambda_operations[LAMBDA_GET_FUNCTION_URL_CONFIG], NULL},
    {&lambda_operations[LAMBDA_GET_POLICY], NULL},
    {&lambda_operations[LAMBDA_GET_PROVISIONED_CONCURRENCY_CONFIG], NULL},
    {&lambda_operations[LAMBDA_LIST_ALIASES], NULL},
    {&lambda_operations[LAMBDA_LIST_EVENT_SOURCE_MAPPINGS], NULL},
    {NULL, NULL},
};
static const struct grant lambda_alias_writes[] = {
    {&lambda_operations[LAMBDA_CREATE_ALIAS], NULL},
    {&lambda_operations[LAMBDA_DELETE_ALIAS], NULL},
    {&lambda_operations[LAMBDA_DELETE_PROVISIONED_CONCURRENCY_CONFIG], NULL},
    {&lambda_operations[LAMBDA_PUT_PROVISIONED_CONCURRENCY_CONFIG], NULL},
    {&lambda_operations[LAMBDA_UPDATE_ALIAS], NULL},
    {NULL, NULL},
};
static const struct grant lambda_alias_extras[] = {
    {&lambda_operations[LAMBDA_DELETE_ALIAS], NULL},
    {&lambda_operations[LAMBDA_DELETE_EVENT_SOURCE_MAPPING], NULL},
    {&lambda_operations[LAMBDA_DELETE_FUNCTION_URL_CONFIG], NULL},
    {&lambda_operations[LAMBDA_REMOVE_PERMISSION], NULL},
    {NULL, NULL},
};
static const struct grant lambda_code_signing_config_reads[] = {
    {&lambda_operations[LAMBDA_GET_CODE_SIGNING_CONFIG], NULL},
    {&lambda_operations[LAMBDA_LIST_CODE_SIGNING_CONFIGS], NULL},
    {&lambda_operations[LAMBDA_LIST_TAGS], NULL},
    {NULL, NULL},
};
static const struct grant lambda_code_signing_config_writes[] = {
    {&lambda_operations[LAMBDA_CREATE_CODE_SIGNING_CONFIG], NULL},
    {&lambda_operations[LAMBDA_DELETE_CODE_SIGNING_CONFIG], NULL},
    {&lambda_operations[LAMBDA_TAG_RESOURCE], NULL},
    {&lambda_operations[LAMBDA_UNTAG_RESOURCE], NULL},
    {&lambda_operations[LAMBDA_UPDATE_CODE_SIGNING_CONFIG], NULL},
    {NULL, NULL},
};
static const struct grant lambda_event_invoke_config_reads[] = {
    {&lambda_operations[LAMBDA_GET_FUNCTION_EVENT_INVOKE_CONFIG], NULL},
    {NULL, NULL},
};
static const struct grant lambda_event_invoke_config_writes[] = {
    {&lambda_operations[LAMBDA_DELETE_FUNCTION_EVENT_INVOKE_CONFIG], NULL},
    {&lambda_operations[LAMBDA_PUT_FUNCTION_EVENT_INVOKE_CONFIG], NULL},
    {NULL, NULL},
};
static const struct grant lambda_event_source_mapping_reads[] = {
    {&lambda_operations[LAMBDA_GET_EVENT_SOURCE_MAPPING], NULL},
    {&lambda_operations[LAMBDA_LIST_EVENT_SOURCE_MAPPINGS], NULL},
    {&lambda_operations[LAMBDA_LIST_TAGS], NULL},
    {NULL, NULL},
};
static const struct grant lambda_event_source_mapping_writes[] = {
    {&lambda_operations[LAMBDA_CREATE_EVENT_SOURCE_MAPPING], NULL},
    {&lambda_operations[LAMBDA_DELETE_EVENT_SOURCE_MAPPING], NULL},
    {&lambda_operations[LAMBDA_TAG_RESOURCE], NULL},
    {&lambda_operations[LAMBDA_UNTAG_RESOURCE], NULL},
    {&lambda_operations[LAMBDA_UPDATE_EVENT_SOURCE_MAPPING], NULL},
    {NULL, NULL},
};
static const struct grant lambda_function_reads[] = {
    {&lambda_operations[LAMBDA_GET_FUNCTION], NULL},
    {&lambda_operations[LAMBDA_GET_FUNCTION_CODE_SIGNING_CONFIG], "CodeSigningConfigArn"},
    {&lambda_operations[LAMBDA_GET_FUNCTION_RECURSION_CONFIG], "RecursiveLoop"},
    {&lambda_operations[LAMBDA_GET_FUNCTION_URL_CONFIG], NULL},
    {&lambda_operations[LAMBDA_GET_POLICY], NULL},
    {&lambda_operations[LAMBDA_GET_RUNTIME_MANAGEMENT_CONFIG], "RuntimeManagementConfig"},
    {&lambda_operations[LAMBDA_LIST_ALIASES], NULL},
    {&lambda_operations[LAMBDA_LIST_EVENT_SOURCE_MAPPINGS], NULL},
    {NULL, NULL},
};
static const struct grant lambda_function_writes[] = {
    {&lambda_operations[LAMBDA_CREATE_FUNCTION], NULL},
    {&lambda_operations[LAMBDA_DELETE_FUNCTION], NULL},
    {&lambda_operations[LAMBDA_DELETE_FUNCTION_CODE_SIGNING_CONFIG], "CodeSigningConfigArn"},
    {&lambda_operations[LAMBDA_DELETE_FUNCTION_CONCURRENCY], NULL},
    {&lambda_operations[LAMBDA_PUT_FUNCTION_CODE_SIGNING_CONFIG], "CodeSigningConfigArn"},
    {&lambda_operations[LAMBDA_PUT_FUNCTION_CONCURRENCY], NULL},
    {&lambda_operations[LAMBDA_PUT_FUNCTION_RECURSION_CONFIG], "RecursiveLoop"},
    {&lambda_operations[LAMBDA_PUT_RUNTIME_MANAGEMENT_CONFIG], "RuntimeManagementConfig"},
    {&lambda_operations[LAMBDA_TAG_RESOURCE], NULL},
    {&lambda_operations[LAMBDA_UNTAG_RESOURCE], NULL},
    {&lambda_operations[LAMBDA_UPDATE_FUNCTION_CODE], NULL},
    {&lambda_operations[LAMBDA_UPDATE_FUNCTION_CONFIGURATION], NULL},
    {NULL, NULL},
};
static const struct grant lambda_function_extras[] = {
    {&lambda_operations[LAMBDA_DELETE_ALIAS], NULL},
    {&lambda_operations[LAMBDA_DELETE_EVENT_SOURCE_MAPPING], NULL},
    {&lambda_operations[LAMBDA_DELETE_FUNCTION_URL_CONFIG], NULL},
    {&lambda_operations[LAMBDA_REMOVE_PERMISSION], NULL},
    {NULL, NULL},
};
static const struct grant lambda_layer_version_reads[] = {
    {&lambda_operations[LAMBDA_GET_LAYER_VERSION], NULL},
    {&lambda_operations[LAMBDA_LIST_LAYER_VERSIONS], NULL},
    {NULL, NULL},
};
static const struct grant lambda_layer_version_writes[] = {
    {&lambda_operations[LAMBDA_DELETE_LAYER_VERSION], NULL},
    {&lambda_operations[LAMBDA_PUBLISH_LAYER_VERSION], NULL},
    {NULL, NULL},
};
static const struct grant lambda_layer_version_permission_reads[] = {
    {&lambda_operations[LAMBDA_GET_LAYER_VERSION_POLICY], NULL},
    {NULL, NULL},
};
static const struct grant lambda_layer_version_permission_writes[] = {
    {&lambda_operations[LAMBDA_ADD_LAYER_VERSION_PERMISSION], NULL},
    {&lambda_operations[LAMBDA_REMOVE_LAYER_VERSION_PERMISSION], NULL},
    {NULL, NULL},
};
static const struct grant lambda_permission_reads[] = {
    {&lambda_operations[LAMBDA_GET_POLICY], NULL},
    {NULL, NULL},
};
static const struct grant lambda_permission_writes[] = {
    {&lambda_operations[LAMBDA_ADD_PERMISSION], NULL},
    {&lambda_operations[LAMBDA_REMOVE_PERMISSION], NULL},
    {NULL, NULL},
};
static const struct grant lambda_url_reads[] = {
    {&lambda_operations[LAMBDA_GET_FUNCTION_URL_CONFIG], NULL},
    {NULL, NULL},
};
static const struct grant lambda_url_writes[] = {
    {&lambda_operations[LAMBDA_CREATE_FUNCTION_URL_CONFIG], NULL},
    {&lambda_operations[LAMBDA_DELETE_FUNCTION_URL_CONFIG], NULL},
    {&lambda_operations[LAMBDA_UPDATE_FUNCTION_URL_CONFIG], NULL},
    {NULL, NULL},
};
static const struct grant lambda_version_reads[] = {
    {&lambda_operations[LAMBDA_GET_FUNCTION], NULL},
    {&lambda_operations[LAMBDA_GET_FUNCTION_SCALING_CONFIG], NULL},
    {&lambda_operations[LAMBDA_GET_PROVISIONED_CONCURRENCY_CONFIG], NULL},
    {&lambda_operations[LAMBDA_GET_RUNTIME_MANAGEMENT_CONFIG], NULL},
    {&lambda_operations[LAMBDA_LIST_VERSIONS_BY_FUNCTION], NULL},
    {NULL, NULL},
};
static const struct grant lambda_version_writes[] = {
    {&lambda_operations[LAMBDA_DELETE_FUNCTION], NULL},
    {&lambda_operations[LAMBDA_DELETE_PROVISIONED_CONCURRENCY_CONFIG], NULL},
    {&lambda_operations[LAMBDA_PUBLISH_VERSION], NULL},
    {&lambda_operations[LAMBDA_PUT_FUNCTION_SCALING_CONFIG], NULL},
    {&lambda_operations[LAMBDA_PUT_PROVISIONED_CONCURRENCY_CONFIG], NULL},
    {&lambda_operations[LAMBDA_PUT_RUNTIME_MANAGEMENT_CONFIG], NULL},
    {NULL, NULL},
};
static const struct grant logs_log_group_reads[] = {
    {&logs_operations[LOGS_DESCRIBE_INDEX_POLICIES], NULL},
    {&logs_operations[LOGS_DESCRIBE_LOG_GROUPS], NULL},
    {&logs_operations[LOGS_DESCRIBE_RESOURCE_POLICIES], NULL},
    {&logs_operations[LOGS_GET_DATA_PROTECTION_POLICY], NULL},
    {&logs_operations[LOGS_LIST_TAGS_FOR_RESOURCE], NULL},
    {NULL, NULL},
};
static const struct grant logs_log_group_writes[] = {
    {&logs_operations[LOGS_ASSOCIATE_KMS_KEY], "KmsKeyId"},
    {&logs_operations[LOGS_CREATE_LOG_GROUP], NULL},
    {&logs_operations[LOGS_DELETE_DATA_PROTECTION_POLICY], "DataProtectionPolicy"},
    {&logs_operations[LOGS_DELETE_INDEX_POLICY], "FieldIndexPolicies"},
    {&logs_operations[LOGS_DELETE_LOG_GROUP], NULL},
    {&logs_operations[LOGS_DELETE_RESOURCE_POLICY], "ResourcePolicyDocument"},
    {&logs_operations[LOGS_DELETE_RETENTION_POLICY], "RetentionInDays"},
    {&logs_operations[LOGS_DISASSOCIATE_KMS_KEY], "KmsKeyId"},
    {&logs_operations[LOGS_PUT_BEARER_TOKEN_AUTHENTICATION], "BearerTokenAuthenticationEnabled"},
    {&logs_operations[LOGS_PUT_DATA_PROTECTION_POLICY], "DataProtectionPolicy"},
    {&logs_operations[LOGS_PUT_INDEX_POLICY], "FieldIndexPolicies"},
    {&logs_operations[LOGS_PUT_LOG_GROUP_DELETION_PROTECTION], "DeletionProtectionEnabled"},
    {&logs_operations[LOGS_PUT_RESOURCE_POLICY], "ResourcePolicyDocument"},
    {&logs_operations[LOGS_PUT_RETENTION_POLICY], "RetentionInDays"},
    {&logs_operations[LOGS_TAG_RESOURCE], NULL},
    {&logs_operations[LOGS_UNTAG_RESOURCE], NULL},
    {NULL, NULL},
};
static const struct grant logs_metric_filter_reads[] = {
    {&logs_operations[LOGS_DESCRIBE_METRIC_FILTERS], NULL},
    {NULL, NULL},
};
static const struct grant logs_metric_filter_writes[] = {
    {&logs_operations[LOGS_DELETE_METRIC_FILTER], NULL},
    {&logs_operations[LOGS_PUT_METRIC_FILTER], NULL},
    {NULL, NULL},
};
static const struct grant logs_subscription_filter_reads[] = {
    {&logs_operations[LOGS_DESCRIBE_SUBSCRIPTION_FILTERS], NULL},
    {NULL, NULL},
};
static const struct grant logs_subscription_filter_writes[] = {
    {&logs_operations[LOGS_DELETE_SUBSCRIPTION_FILTER], NULL},
    {&logs_operations[LOGS_PUT_SUBSCRIPTION_FILTER], NULL},
    {NULL, NULL},
};
static const struct grant pipes_pipe_reads[] = {
    {&pipes_operations[PIPES_DESCRIBE_PIPE], NULL},
    {NULL, NULL},
};
static const struct grant pipes_pipe_writes[] = {
    {&pipes_operations[PIPES_CREATE_PIPE], NULL},
    {&pipes_operations[PIPES_DELETE_PIPE], NULL},
    {&pipes_operations[PIPES_TAG_RESOURCE], NULL},
    {&pipes_operations[PIPES_UNTAG_RESOURCE], NULL},
    {&pipes_operations[PIPES_UPDATE_PIPE], NULL},
    {NULL, NULL},
};
static const struct grant route53_hosted_zone_reads[] = {
    {&route53_operations[ROUTE53_GET_HOSTED_ZONE], NULL},
    {&route53_operations[ROUTE53_LIST_HOSTED_ZONES_BY_NAME], NULL},
    {&route53_operations[ROUTE53_LIST_QUERY_LOGGING_CONFIGS], NULL},
    {&route53_operations[ROUTE53_LIST_TAGS_FOR_RESOURCE], NULL},
    {NULL, NULL},
};
static const struct grant route53_hosted_zone_writes[] = {
    {&route53_operations[ROUTE53_ASSOCIATE_VPC_WITH_HOSTED_ZONE], NULL},
    {&route53_operations[ROUTE53_CHANGE_TAGS_FOR_RESOURCE], NULL},
    {&route53_operations[ROUTE53_CREATE_HOSTED_ZONE], NULL},
    {&route53_operations[ROUTE53_CREATE_QUERY_LOGGING_CONFIG], NULL},
    {&route53_operations[ROUTE53_DELETE_HOSTED_ZONE], NULL},
    {&route53_operations[ROUTE53_DELETE_QUERY_LOGGING_CONFIG], NULL},
    {&route53_operations[ROUTE53_DISASSOCIATE_VPC_FROM_HOSTED_ZONE], NULL},
    {&route53_operations[ROUTE53_GET_CHANGE], NULL},
    {&route53_operations[ROUTE53_UPDATE_HOSTED_ZONE_COMMENT], NULL},
    {&route53_operations[ROUTE53_UPDATE_HOSTED_ZONE_FEATURES], NULL},
    {NULL, NULL},
};
static const struct grant route53_record_set_reads[] = {
    {&route53_operations[ROUTE53_LIST_HOSTED_ZONES_BY_NAME], NULL},
    {&route53_operations[ROUTE53_LIST_RESOURCE_RECORD_SETS], NULL},
    {NULL, NULL},
};
static const struct grant route53_record_set_writes[] = {
    {&route53_operations[ROUTE53_CHANGE_RESOURCE_RECORD_SETS], NULL},
    {&route53_operations[ROUTE53_GET_CHANGE], NULL},
    {NULL, NULL},
};
static const struct grant route53_record_set_group_reads[] = {
    {&route53_operations[ROUTE53_LIST_HOSTED_ZONES_BY_NAME], NULL},
    {&route53_operations[ROUTE53_LIST_RESOURCE_RECORD_SETS], NULL},
    {NULL, NULL},
};
static const struct grant route53_record_set_group_writes[] = {
    {&route53_operations[ROUTE53_CHANGE_RESOURCE_RECORD_SETS], NULL},
    {&route53_operations[ROUTE53_GET_CHANGE], NULL},
    {NULL, NULL},
};
static const struct grant s3_bucket_reads[] = {
    {&s3_operations[S3_GET_BUCKET_ABAC], "AbacStatus"},
    {&s3_operations[S3_GET_BUCKET_ACCELERATE_CONFIGURATION], "AccelerateConfiguration"},
    {&s3_operations[S3_GET_BUCKET_CORS], "CorsConfiguration"},
    {&s3_operations[S3_GET_BUCKET_ENCRYPTION], "BucketEncryption"},
    {&s3_operations[S3_GET_BUCKET_LIFECYCLE_CONFIGURATION], "LifecycleConfiguration"},
    {&s3_operations[S3_GET_BUCKET_LOGGING], "LoggingConfiguration"},
    {&s3_operations[S3_GET_BUCKET_NOTIFICATION_CONFIGURATION], "NotificationConfiguration"},
    {&s3_operations[S3_GET_BUCKET_OWNERSHIP_CONTROLS], "OwnershipControls"},
    {&s3_operations[S3_GET_BUCKET_REPLICATION], "ReplicationConfiguration"},
    {&s3_operations[S3_GET_BUCKET_TAGGING], NULL},
    {&s3_operations[S3_GET_BUCKET_VERSIONING], "VersioningConfiguration"},
    {&s3_operations[S3_GET_BUCKET_WEBSITE], "WebsiteConfiguration"},
    {&s3_operations[S3_GET_OBJECT_LOCK_CONFIGURATION], "ObjectLockConfiguration"},
    {&s3_operations[S3_GET_OBJECT_LOCK_CONFIGURATION], "ObjectLockEnabled"},
    {&s3_operations[S3_GET_PUBLIC_ACCESS_BLOCK], "PublicAccessBlockConfiguration"},
    {&s3_operations[S3_HEAD_BUCKET], NULL},
    {&s3_operations[S3_LIST_BUCKET_ANALYTICS_CONFIGURATIONS], "AnalyticsConfigurations"},
    {&s3_operations[S3_LIST_BUCKET_INTELLIGENT_TIERING_CONFIGURATIONS], "IntelligentTieringConfigurations"},
    {&s3_operations[S3_LIST_BUCKET_INVENTORY_CONFIGURATIONS], "InventoryConfigurations"},
    {&s3_operations[S3_LIST_BUCKET_METRICS_CONFIGURATIONS], "MetricsConfigurations"},
    {NULL, NULL},
};
static const struct grant s3_bucket_writes[] = {
    {&s3_operations[S3_CREATE_BUCKET], NULL},
    {&s3_operations[S3_DELETE_BUCKET], NULL},
    {&s3_operations[S3_DELETE_BUCKET_ANALYTICS_CONFIGURATION], "AnalyticsConfigurations"},
    {&s3_operations[S3_DELETE_BUCKET_CORS], "CorsConfiguration"},
    {&s3_operations[S3_DELETE_BUCKET_ENCRYPTION], "BucketEncryption"},
    {&s3_operations[S3_DELETE_BUCKET_INTELLIGENT_TIERING_CONFIGURATION], "IntelligentTieringConfigurations"},
    {&s3_operations[S3_DELETE_BUCKET_INVENTORY_CONFIGURATION], "InventoryConfigurations"},
    {&s3_operations[S3_DELETE_BUCKET_LIFECYCLE], "LifecycleConfiguration"},
    {&s3_operations[S3_DELETE_BUCKET_METRICS_CONFIGURATION], "MetricsConfigurations"},
    {&s3_operations[S3_DELETE_BUCKET_OWNERSHIP_CONTROLS], "OwnershipControls"},
    {&s3_operations[S3_DELETE_BUCKET_REPLICATION], "ReplicationConfiguration"},
    {&s3_operations[S3_DELETE_BUCKET_TAGGING], NULL},
    {&s3_operations[S3_DELETE_BUCKET_WEBSITE], "WebsiteConfiguration"},
    {&s3_operations[S3_DELETE_PUBLIC_ACCESS_BLOCK], "PublicAccessBlockConfiguration"},
    {&s3_operations[S3_PUT_BUCKET_ABAC], "AbacStatus"},
    {&s3_operations[S3_PUT_BUCKET_ACCELERATE_CONFIGURATION], "AccelerateConfiguration"},
    {&s3_operations[S3_PUT_BUCKET_ACL], NULL},
    {&s3_operations[S3_PUT_BUCKET_ANALYTICS_CONFIGURATION], "AnalyticsConfigurations"},
    {&s3_operations[S3_PUT_BUCKET_CORS], "CorsConfiguration"},
    {&s3_operations[S3_PUT_BUCKET_ENCRYPTION], "BucketEncryption"},
    {&s3_operations[S3_PUT_BUCKET_INTELLIGENT_TIERING_CONFIGURATION], "IntelligentTieringConfigurations"},
    {&s3_operations[S3_PUT_BUCKET_INVENTORY_CONFIGURATION], "InventoryConfigurations"},
    {&s3_operations[S3_PUT_BUCKET_LIFECYCLE_CONFIGURATION], "LifecycleConfiguration"},
    {&s3_operations[S3_PUT_BUCKET_LOGGING], "LoggingConfiguration"},
    {&s3_operations[S3_PUT_BUCKET_METRICS_CONFIGURATION], "MetricsConfigurations"},
    {&s3_operations[S3_PUT_BUCKET_NOTIFICATION_CONFIGURATION], "NotificationConfiguration"},
    {&s3_operations[S3_PUT_BUCKET_OWNERSHIP_CONTROLS], "OwnershipControls"},
    {&s3_operations[S3_PUT_BUCKET_REPLICATION], "ReplicationConfiguration"},
    {&s3_operations[S3_PUT_BUCKET_TAGGING], NULL},
    {&s3_operations[S3_PUT_BUCKET_VERSIONING], "VersioningConfiguration"},
    {&s3_operations[S3_PUT_BUCKET_WEBSITE], "WebsiteConfiguration"},
    {&s3_operations[S3_PUT_OBJECT_LOCK_CONFIGURATION], "ObjectLockConfiguration"},
    {&s3_operations[S3_PUT_OBJECT_LOCK_CONFIGURATION], "ObjectLockEnabled"},
    {&s3_operations[S3_PUT_PUBLIC_ACCESS_BLOCK], "PublicAccessBlockConfiguration"},
    {NULL, NULL},
};
static const struct grant s3_bucket_policy_reads[] = {
    {&s3_operations[S3_GET_BUCKET_POLICY], NULL},
    {NULL, NULL},
};
static const struct grant s3_bucket_policy_writes[] = {
    {&s3_operations[S3_DELETE_BUCKET_POLICY], NULL},
    {&s3_operations[S3_PUT_BUCKET_POLICY], NULL},
    {NULL, NULL},
};
static const struct grant sns_subscription_reads[] = {
    {&sns_operations[SNS_GET_SUBSCRIPTION_ATTRIBUTES], NULL},
    {&sns_operations[SNS_LIST_SUBSCRIPTIONS], NULL},
    {&sns_operations[SNS_LIST_SUBSCRIPTIONS_BY_TOPIC], NULL},
    {NULL, NULL},
};
static const struct grant sns_subscription_writes[] = {
    {&sns_operations[SNS_SET_SUBSCRIPTION_ATTRIBUTES], NULL},
    {&sns_operations[SNS_SUBSCRIBE], NULL},
    {&sns_operations[SNS_UNSUBSCRIBE], NULL},
    {NULL, NULL},
};
static const struct grant sns_topic_reads[] = {
    {&sns_operations[SNS_GET_DATA_PROTECTION_POLICY], NULL},
    {&sns_operations[SNS_GET_TOPIC_ATTRIBUTES], NULL},
    {&sns_operations[SNS_LIST_SUBSCRIPTIONS], NULL},
    {&sns_operations[SNS_LIST_SUBSCRIPTIONS_BY_TOPIC], NULL},
    {&sns_operations[SNS_LIST_TAGS_FOR_RESOURCE], NULL},
    {NULL, NULL},
};
static const struct grant sns_topic_writes[] = {
    {&sns_operations[SNS_CREATE_TOPIC], NULL},
    {&sns_operations[SNS_DELETE_TOPIC], NULL},
    {&sns_operations[SNS_PUT_DATA_PROTECTION_POLICY], NULL},
    {&sns_operations[SNS_SET_TOPIC_ATTRIBUTES], NULL},
    {&sns_operations[SNS_SUBSCRIBE], NULL},
    {&sns_operations[SNS_TAG_RESOURCE], NULL},
    {&sns_operations[SNS_UNSUBSCRIBE], NULL},
    {&sns_operations[SNS_UNTAG_RESOURCE], NULL},
    {NULL, NULL},
};
static const struct grant sns_topic_extras[] = {
    {&sns_operations[SNS_UNSUBSCRIBE], NULL},
    {NULL, NULL},
};
static const struct grant sns_topic_policy_reads[] = {
    {&sns_operations[SNS_GET_TOPIC_ATTRIBUTES], NULL},
    {NULL, NULL},
};
static const struct grant sns_topic_policy_writes[] = {
    {&sns_operations[SNS_SET_TOPIC_ATTRIBUTES], NULL},
    {NULL, NULL},
};
static const struct grant sqs_queue_reads[] = {
    {&sqs_operations[SQS_GET_QUEUE_ATTRIBUTES], NULL},
    {&sqs_operations[SQS_GET_QUEUE_URL], NULL},
    {&sqs_operations[SQS_LIST_QUEUE_TAGS], NULL},
    {NULL, NULL},
};
static const struct grant sqs_queue_writes[] = {
    {&sqs_operations[SQS_CREATE_QUEUE], NULL},
    {&sqs_operations[SQS_DELETE_QUEUE], NULL},
    {&sqs_operations[SQS_SET_QUEUE_ATTRIBUTES], NULL},
    {&sqs_operations[SQS_TAG_QUEUE], NULL},
    {&sqs_operations[SQS_UNTAG_QUEUE], NULL},
    {NULL, NULL},
};
static const struct grant sqs_queue_policy_reads[] = {
    {&sqs_operations[SQS_GET_QUEUE_ATTRIBUTES], NULL},
    {NULL, NULL},
};
static const struct grant sqs_queue_policy_writes[] = {
    {&sqs_operations[SQS_SET_QUEUE_ATTRIBUTES], NULL},
    {NULL, NULL},
};
static const struct grant ssm_parameter_reads[] = {
    {&ssm_operations[SSM_DESCRIBE_PARAMETERS], NULL},
    {&ssm_operations[SSM_GET_PARAMETER], NULL},
    {&ssm_operations[SSM_LIST_TAGS_FOR_RESOURCE], NULL},
    {NULL, NULL},
};
static const struct grant ssm_parameter_writes[] = {
    {&ssm_operations[SSM_ADD_TAGS_TO_RESOURCE], NULL},
    {&ssm_operations[SSM_DELETE_PARAMETER], NULL},
    {&ssm_operations[SSM_PUT_PARAMETER], NULL},
    {&ssm_operations[SSM_REMOVE_TAGS_FROM_RESOURCE], NULL},
    {NULL, NULL},
};
static const struct grant scheduler_schedule_reads[] = {
    {&scheduler_operations[SCHEDULER_GET_SCHEDULE], NULL},
    {&scheduler_operations[SCHEDULER_LIST_SCHEDULES], NULL},
    {NULL, NULL},
};
static const struct grant scheduler_schedule_writes[] = {
    {&scheduler_operations[SCHEDULER_CREATE_SCHEDULE], NULL},
    {&scheduler_operations[SCHEDULER_DELETE_SCHEDULE], NULL},
    {&scheduler_operations[SCHEDULER_UPDATE_SCHEDULE], NULL},
    {NULL, NULL},
};
static const struct grant scheduler_schedule_group_reads[] = {
    {&scheduler_operations[SCHEDULER_GET_SCHEDULE_GROUP], NULL},
    {&scheduler_operations[SCHEDULER_LIST_TAGS_FOR_RESOURCE], NULL},
    {NULL, NULL},
};
static const struct grant scheduler_schedule_group_writes[] = {
    {&scheduler_operations[SCHEDULER_CREATE_SCHEDULE_GROUP], NULL},
    {&scheduler_operations[SCHEDULER_DELETE_SCHEDULE_GROUP], NULL},
    {&scheduler_operations[SCHEDULER_TAG_RESOURCE], NULL},
    {&scheduler_operations[SCHEDULER_UNTAG_RESOURCE], NULL},
    {NULL, NULL},
};
static const struct grant secretsmanager_resource_policy_reads[] = {
    {&secretsmanager_operations[SECRETSMANAGER_GET_RESOURCE_POLICY], NULL},
    {NULL, NULL},
};
static const struct grant secretsmanager_resource_policy_writes[] = {
    {&secretsmanager_operations[SECRETSMANAGER_DELETE_RESOURCE_POLICY], NULL},
    {&secretsmanager_operations[SECRETSMANAGER_PUT_RESOURCE_POLICY], NULL},
    {NULL, NULL},
};
static const struct grant secretsmanager_secret_reads[] = {
    {&secretsmanager_operations[SECRETSMANAGER_DESCRIBE_SECRET], NULL},
    {NULL, NULL},
};
static const struct grant secretsmanager_secret_writes[] = {
    {&secretsmanager_operations[SECRETSMANAGER_CREATE_SECRET], NULL},
    {&secretsmanager_operations[SECRETSMANAGER_DELETE_SECRET], NULL},
    {&secretsmanager_operations[SECRETSMANAGER_GET_RANDOM_PASSWORD], NULL},
    {&secretsmanager_operations[SECRETSMANAGER_REMOVE_REGIONS_FROM_REPLICATION], NULL},
    {&secretsmanager_operations[SECRETSMANAGER_REPLICATE_SECRET_TO_REGIONS], NULL},
    {&secretsmanager_operations[SECRETSMANAGER_TAG_RESOURCE], NULL},
    {&secretsmanager_operations[SECRETSMANAGER_UNTAG_RESOURCE], NULL},
    {&secretsmanager_operations[SECRETSMANAGER_UPDATE_SECRET], NULL},
    {NULL, NULL},
};
static const struct grant sfn_activity_reads[] = {
    {&sfn_operations[SFN_DESCRIBE_ACTIVITY], NULL},
    {&sfn_operations[SFN_LIST_TAGS_FOR_ACTIVITY], NULL},
    {NULL, NULL},
};
static const struct grant sfn_activity_writes[] = {
    {&sfn_operations[SFN_CREATE_ACTIVITY], NULL},
    {&sfn_operations[SFN_DELETE_ACTIVITY], NULL},
    {&sfn_operations[SFN_TAG_ACTIVITY], NULL},
    {&sfn_operations[SFN_UNTAG_ACTIVITY], NULL},
    {NULL, NULL},
};
static const struct grant sfn_state_machine_reads[] = {
    {&sfn_operations[SFN_DESCRIBE_STATE_MACHINE], NULL},
    {&sfn_operations[SFN_LIST_TAGS_FOR_RESOURCE], NULL},
    {NULL, NULL},
};
static const struct grant sfn_state_machine_writes[] = {
    {&sfn_operations[SFN_CREATE_STATE_MACHINE], NULL},
    {&sfn_operations[SFN_DELETE_STATE_MACHINE], NULL},
    {&sfn_operations[SFN_TAG_RESOURCE], NULL},
    {&sfn_operations[SFN_UNTAG_RESOURCE], NULL},
    {&sfn_operations[SFN_UPDATE_STATE_MACHINE], NULL},
    {NULL, NULL},
};
static const struct grant sfn_state_machine_alias_reads[] = {
    {&sfn_operations[SFN_DESCRIBE_STATE_MACHINE_ALIAS], NULL},
    {NULL, NULL},
};
static const struct grant sfn_state_machine_alias_writes[] = {
    {&sfn_operations[SFN_CREATE_STATE_MACHINE_ALIAS], NULL},
    {&sfn_operations[SFN_DELETE_STATE_MACHINE_ALIAS], NULL},
    {&sfn_operations[SFN_UPDATE_STATE_MACHINE_ALIAS], NULL},
    {NULL, NULL},
};
static const struct grant sfn_state_machine_version_reads[] = {
    {&sfn_operations[SFN_DESCRIBE_STATE_MACHINE], NULL},
    {&sfn_operations[SFN_LIST_STATE_MACHINE_VERSIONS], NULL},
    {NULL, NULL},
};
static const struct grant sfn_state_machine_version_writes[] = {
    {&sfn_operations[SFN_DELETE_STATE_MACHINE_VERSION], NULL},
    {&sfn_operations[SFN_PUBLISH_STATE_MACHINE_VERSION], NULL},
    {NULL, NULL},
};

const struct grants_of_type grants_table[] = {
    {"AWS::*", cloudcontrol_any_reads, cloudcontrol_any_writes, none},
    {"AWS::ApiGateway::Account", apigateway_account_reads, apigateway_account_writes, none},
    {"AWS::ApiGateway::ApiKey", apigateway_api_key_reads, apigateway_api_key_writes, none},
    {"AWS::ApiGateway::Authorizer", apigateway_authorizer_reads, apigateway_authorizer_writes, none},
    {"AWS::ApiGateway::BasePathMapping", apigateway_base_path_mapping_reads, apigateway_base_path_mapping_writes, none},
    {"AWS::ApiGateway::ClientCertificate", apigateway_client_certificate_reads, apigateway_client_certificate_writes, none},
    {"AWS::ApiGateway::Deployment", apigateway_deployment_reads, apigateway_deployment_writes, none},
    {"AWS::ApiGateway::DocumentationPart", apigateway_documentation_part_reads, apigateway_documentation_part_writes, none},
    {"AWS::ApiGateway::DocumentationVersion", apigateway_documentation_version_reads, apigateway_documentation_version_writes, none},
    {"AWS::ApiGateway::DomainName", apigateway_domain_name_reads, apigateway_domain_name_writes, none},
    {"AWS::ApiGateway::GatewayResponse", apigateway_gateway_response_reads, apigateway_gateway_response_writes, none},
    {"AWS::ApiGateway::Method", apigateway_method_reads, apigateway_method_writes, apigateway_method_extras},
    {"AWS::ApiGateway::Model", apigateway_model_reads, apigateway_model_writes, none},
    {"AWS::ApiGateway::RequestValidator", apigateway_request_validator_reads, apigateway_request_validator_writes, none},
    {"AWS::ApiGateway::Resource", apigateway_resource_reads, apigateway_resource_writes, none},
    {"AWS::ApiGateway::RestApi", apigateway_rest_api_reads, apigateway_rest_api_writes, apigateway_rest_api_extras},
    {"AWS::ApiGateway::Stage", apigateway_stage_reads, apigateway_stage_writes, none},
    {"AWS::ApiGateway::UsagePlan", apigateway_usage_plan_reads, apigateway_usage_plan_writes, none},
    {"AWS::ApiGateway::UsagePlanKey", apigateway_usage_plan_key_reads, apigateway_usage_plan_key_writes, none},
    {"AWS::ApiGateway::VpcLink", apigateway_vpc_link_reads, apigateway_vpc_link_writes, none},
    {"AWS::ApiGatewayV2::Api", apigatewayv2_api_reads, apigatewayv2_api_writes, apigatewayv2_api_extras},
    {"AWS::ApiGatewayV2::ApiMapping", apigatewayv2_api_mapping_reads, apigatewayv2_api_mapping_writes, none},
    {"AWS::ApiGatewayV2::Authorizer", apigatewayv2_authorizer_reads, apigatewayv2_authorizer_writes, none},
    {"AWS::ApiGatewayV2::Deployment", apigatewayv2_deployment_reads, apigatewayv2_deployment_writes, none},
    {"AWS::ApiGatewayV2::DomainName", apigatewayv2_domain_name_reads, apigatewayv2_domain_name_writes, none},
    {"AWS::ApiGatewayV2::Integration", apigatewayv2_integration_reads, apigatewayv2_integration_writes, none},
    {"AWS::ApiGatewayV2::IntegrationResponse", apigatewayv2_integration_response_reads, apigatewayv2_integration_response_writes, none},
    {"AWS::ApiGatewayV2::Model", apigatewayv2_model_reads, apigatewayv2_model_writes, none},
    {"AWS::ApiGatewayV2::Route", apigatewayv2_route_reads, apigatewayv2_route_writes, none},
    {"AWS::ApiGatewayV2::RouteResponse", apigatewayv2_route_response_reads, apigatewayv2_route_response_writes, none},
    {"AWS::ApiGatewayV2::Stage", apigatewayv2_stage_reads, apigatewayv2_stage_writes, none},
    {"AWS::ApiGatewayV2::VpcLink", apigatewayv2_vpc_link_reads, apigatewayv2_vpc_link_writes, none},
    {"AWS::AppSync::Api", appsync_api_reads, appsync_api_writes, none},
    {"AWS::AppSync::ApiKey", appsync_api_key_reads, appsync_api_key_writes, none},
    {"AWS::AppSync::ChannelNamespace", appsync_channel_namespace_reads, appsync_channel_namespace_writes, none},
    {"AWS::AppSync::DataSource", appsync_data_source_reads, appsync_data_source_writes, none},
    {"AWS::AppSync::FunctionConfiguration", appsync_function_configuration_reads, appsync_function_configuration_writes, none},
    {"AWS::AppSync::GraphQLApi", appsync_graphql_api_reads, appsync_graphql_api_writes, none},
    {"AWS::AppSync::GraphQLSchema", appsync_graphql_schema_reads, appsync_graphql_schema_writes, none},
    {"AWS::AppSync::Resolver", appsync_resolver_reads, appsync_resolver_writes, none},
    {"AWS::CloudFormation::CustomResource", custom_resource_reads, custom_resource_writes, none},
    {"AWS::CloudFormation::Stack", cloudformation_stack_reads, cloudformation_stack_writes, none},
    {"AWS::CloudFormation::WaitConditionHandle", none, none, none},
    {"AWS::CloudWatch::Alarm", cloudwatch_alarm_reads, cloudwatch_alarm_writes, none},
    {"AWS::CloudWatch::CompositeAlarm", cloudwatch_composite_alarm_reads, cloudwatch_composite_alarm_writes, none},
    {"AWS::CloudWatch::Dashboard", cloudwatch_dashboard_reads, cloudwatch_dashboard_writes, none},
    {"AWS::CodeDeploy::Application", codedeploy_application_reads, codedeploy_application_writes, none},
    {"AWS::CodeDeploy::DeploymentConfig", codedeploy_deployment_config_reads, codedeploy_deployment_config_writes, none},
    {"AWS::CodeDeploy::DeploymentGroup", codedeploy_deployment_group_reads, codedeploy_deployment_group_writes, none},
    {"AWS::Cognito::IdentityPool", cognitoidentity_pool_reads, cognitoidentity_pool_writes, none},
    {"AWS::Cognito::IdentityPoolRoleAttachment", cognitoidentity_role_attachment_reads, cognitoidentity_role_attachment_writes, none},
    {"AWS::Cognito::UserPool", cognito_user_pool_reads, cognito_user_pool_writes, none},
    {"AWS::Cognito::UserPoolClient", cognito_user_pool_client_reads, cognito_user_pool_client_writes, none},
    {"AWS::Cognito::UserPoolDomain", cognito_user_pool_domain_reads, cognito_user_pool_domain_writes, none},
    {"AWS::Cognito::UserPoolGroup", cognito_user_pool_group_reads, cognito_user_pool_group_writes, none},
    {"AWS::Cognito::UserPoolResourceServer", cognito_user_pool_resource_server_reads, cognito_user_pool_resource_server_writes, none},
    {"AWS::DynamoDB::Table", dynamodb_table_reads, dynamodb_table_writes, none},
    {"AWS::Events::ApiDestination", events_api_destination_reads, events_api_destination_writes, none},
    {"AWS::Events::Archive", events_archive_reads, events_archive_writes, none},
    {"AWS::Events::Connection", events_connection_reads, events_connection_writes, none},
    {"AWS::Events::EventBus", events_event_bus_reads, events_event_bus_writes, none},
    {"AWS::Events::EventBusPolicy", events_event_bus_policy_reads, events_event_bus_policy_writes, none},
    {"AWS::Events::Rule", events_rule_reads, events_rule_writes, events_rule_extras},
    {"AWS::Glue::Table", glue_table_reads, glue_table_writes, none},
    {"AWS::IAM::InstanceProfile", iam_instance_profile_reads, iam_instance_profile_writes, none},
    {"AWS::IAM::ManagedPolicy", iam_managed_policy_reads, iam_managed_policy_writes, iam_managed_policy_extras},
    {"AWS::IAM::Policy", iam_policy_reads, iam_policy_writes, none},
    {"AWS::IAM::Role", iam_role_reads, iam_role_writes, iam_role_extras},
    {"AWS::KMS::Alias", kms_alias_reads, kms_alias_writes, none},
    {"AWS::KMS::Key", kms_key_reads, kms_key_writes, none},
    {"AWS::Kinesis::Stream", kinesis_stream_reads, kinesis_stream_writes, none},
    {"AWS::Kinesis::StreamConsumer", kinesis_stream_consumer_reads, kinesis_stream_consumer_writes, none},
    {"AWS::Lambda::Alias", lambda_alias_reads, lambda_alias_writes, lambda_alias_extras},
    {"AWS::Lambda::CodeSigningConfig", lambda_code_signing_config_reads, lambda_code_signing_config_writes, none},
    {"AWS::Lambda::EventInvokeConfig", lambda_event_invoke_config_reads, lambda_event_invoke_config_writes, none},
    {"AWS::Lambda::EventSourceMapping", lambda_event_source_mapping_reads, lambda_event_source_mapping_writes, none},
    {"AWS::Lambda::Function", lambda_function_reads, lambda_function_writes, lambda_function_extras},
    {"AWS::Lambda::LayerVersion", lambda_layer_version_reads, lambda_layer_version_writes, none},
    {"AWS::Lambda::LayerVersionPermission", lambda_layer_version_permission_reads, lambda_layer_version_permission_writes, none},
    {"AWS::Lambda::Permission", lambda_permission_reads, lambda_permission_writes, none},
    {"AWS::Lambda::Url", lambda_url_reads, lambda_url_writes, none},
    {"AWS::Lambda::Version", lambda_version_reads, lambda_version_writes, none},
    {"AWS::Logs::LogGroup", logs_log_group_reads, logs_log_group_writes, none},
    {"AWS::Logs::MetricFilter", logs_metric_filter_reads, logs_metric_filter_writes, none},
    {"AWS::Logs::SubscriptionFilter", logs_subscription_filter_reads, logs_subscription_filter_writes, none},
    {"AWS::Pipes::Pipe", pipes_pipe_reads, pipes_pipe_writes, none},
    {"AWS::Route53::HostedZone", route53_hosted_zone_reads, route53_hosted_zone_writes, none},
    {"AWS::Route53::RecordSet", route53_record_set_reads, route53_record_set_writes, none},
    {"AWS::Route53::RecordSetGroup", route53_record_set_group_reads, route53_record_set_group_writes, none},
    {"AWS::S3::Bucket", s3_bucket_reads, s3_bucket_writes, none},
    {"AWS::S3::BucketPolicy", s3_bucket_policy_reads, s3_bucket_policy_writes, none},
    {"AWS::SNS::Subscription", sns_subscription_reads, sns_subscription_writes, none},
    {"AWS::SNS::Topic", sns_topic_reads, sns_topic_writes, sns_topic_extras},
    {"AWS::SNS::TopicPolicy", sns_topic_policy_reads, sns_topic_policy_writes, none},
    {"AWS::SQS::Queue", sqs_queue_reads, sqs_queue_writes, none},
    {"AWS::SQS::QueuePolicy", sqs_queue_policy_reads, sqs_queue_policy_writes, none},
    {"AWS::SSM::Parameter", ssm_parameter_reads, ssm_parameter_writes, none},
    {"AWS::Scheduler::Schedule", scheduler_schedule_reads, scheduler_schedule_writes, none},
    {"AWS::Scheduler::ScheduleGroup", scheduler_schedule_group_reads, scheduler_schedule_group_writes, none},
    {"AWS::SecretsManager::ResourcePolicy", secretsmanager_resource_policy_reads, secretsmanager_resource_policy_writes, none},
    {"AWS::SecretsManager::Secret", secretsmanager_secret_reads, secretsmanager_secret_writes, none},
    {"AWS::StepFunctions::Activity", sfn_activity_reads, sfn_activity_writes, none},
    {"AWS::StepFunctions::StateMachine", sfn_state_machine_reads, sfn_state_machine_writes, none},
    {"AWS::StepFunctions::StateMachineAlias", sfn_state_machine_alias_reads, sfn_state_machine_alias_writes, none},
    {"AWS::StepFunctions::StateMachineVersion", sfn_state_machine_version_reads, sfn_state_machine_version_writes, none},
    {NULL, NULL, NULL, NULL},
};
/* clang-format on */
