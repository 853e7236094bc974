#ifndef PLUMB_PROVIDERS_APIGATEWAY_TYPES_H
#define PLUMB_PROVIDERS_APIGATEWAY_TYPES_H

/* The resource types of API Gateway; providers/registry.c lists them. */

#include "providers/resource_type.h"

extern const struct resource_type apigateway_deployment_type;
extern const struct resource_type apigateway_method_type;
extern const struct resource_type apigateway_resource_type;
extern const struct resource_type apigateway_rest_api_type;
extern const struct resource_type apigateway_stage_type;

#endif
