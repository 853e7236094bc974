#ifndef PLUMB_PROVIDERS_LAMBDA_TYPES_H
#define PLUMB_PROVIDERS_LAMBDA_TYPES_H

/* The resource types of Lambda; providers/registry.c lists them. */

#include "providers/resource_type.h"

extern const struct resource_type lambda_alias_type;
extern const struct resource_type lambda_code_signing_config_type;
extern const struct resource_type lambda_event_invoke_config_type;
extern const struct resource_type lambda_event_source_mapping_type;
extern const struct resource_type lambda_function_type;
extern const struct resource_type lambda_layer_version_permission_type;
extern const struct resource_type lambda_layer_version_type;
extern const struct resource_type lambda_permission_type;
extern const struct resource_type lambda_url_type;
extern const struct resource_type lambda_version_type;

#endif
