#ifndef PLUMB_PROVIDERS_APIGATEWAYV2_TYPES_H
#define PLUMB_PROVIDERS_APIGATEWAYV2_TYPES_H

/* The resource types of API Gateway's HTTP and WebSocket APIs; providers/registry.c lists them. */

#include "providers/resource_type.h"

extern const struct resource_type apigatewayv2_api_type;
extern const struct resource_type apigatewayv2_api_mapping_type;
extern const struct resource_type apigatewayv2_authorizer_type;
extern const struct resource_type apigatewayv2_deployment_type;
extern const struct resource_type apigatewayv2_domain_name_type;
extern const struct resource_type apigatewayv2_integration_type;
extern const struct resource_type apigatewayv2_integration_response_type;
extern const struct resource_type apigatewayv2_model_type;
extern const struct resource_type apigatewayv2_route_type;
extern const struct resource_type apigatewayv2_route_response_type;
extern const struct resource_type apigatewayv2_stage_type;
extern const struct resource_type apigatewayv2_vpc_link_type;

#endif
