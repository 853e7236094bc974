#ifndef PLUMB_PROVIDERS_COGNITOIDENTITY_TYPES_H
#define PLUMB_PROVIDERS_COGNITOIDENTITY_TYPES_H

/* The resource types of Cognito's identity pools; providers/registry.c lists them. */

#include "providers/resource_type.h"

extern const struct resource_type cognitoidentity_pool_type, cognitoidentity_role_attachment_type;

#endif
