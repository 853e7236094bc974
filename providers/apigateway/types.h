#ifndef PLUMB_PROVIDERS_APIGATEWAY_TYPES_H
#define PLUMB_PROVIDERS_APIGATEWAY_TYPES_H

/* The resource types of API Gateway; providers/registry.c lists them. */

#include "providers/resource_type.h"

extern const struct resource_type apigateway_account_type;
extern const struct resource_type apigateway_api_key_type;
extern const struct resource_type apigateway_authorizer_type;
extern const struct resource_type apigateway_base_path_mapping_type;
extern const struct resource_type apigateway_client_certificate_type;
extern const struct resource_type apigateway_deployment_type;
extern const struct resource_type apigateway_documentation_part_type;
extern const struct resource_type apigateway_documentation_version_type;
extern const struct resource_type apigateway_domain_name_type;
extern const struct resource_type apigateway_gateway_response_type;
extern const struct resource_type apigateway_method_type;
extern const struct resource_type apigateway_model_type;
extern const struct resource_type apigateway_request_validator_type;
extern const struct resource_type apigateway_resource_type;
extern const struct resource_type apigateway_rest_api_type;
extern const struct resource_type apigateway_stage_type;
extern const struct resource_type apigateway_usage_plan_key_type;
extern const struct resource_type apigateway_usage_plan_type;
extern const struct resource_type apigateway_vpc_link_type;

#endif
