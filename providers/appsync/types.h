#ifndef PLUMB_PROVIDERS_APPSYNC_TYPES_H
#define PLUMB_PROVIDERS_APPSYNC_TYPES_H

/* The resource types of AWS AppSync; providers/registry.c lists them. */

#include "providers/resource_type.h"

extern const struct resource_type appsync_api_type, appsync_api_key_type, appsync_channel_namespace_type,
    appsync_data_source_type, appsync_function_configuration_type, appsync_graphql_api_type,
    appsync_graphql_schema_type, appsync_resolver_type;

#endif
