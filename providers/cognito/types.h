#ifndef PLUMB_PROVIDERS_COGNITO_TYPES_H
#define PLUMB_PROVIDERS_COGNITO_TYPES_H

/* The resource types of Amazon Cognito; providers/registry.c lists them. */

#include "providers/resource_type.h"

extern const struct resource_type cognito_user_pool_type, cognito_user_pool_client_type,
    cognito_user_pool_domain_type, cognito_user_pool_group_type, cognito_user_pool_resource_server_type;

#endif
