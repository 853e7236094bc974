#ifndef PLUMB_PROVIDERS_SECRETSMANAGER_TYPES_H
#define PLUMB_PROVIDERS_SECRETSMANAGER_TYPES_H

/* The resource types of Secrets Manager; providers/registry.c lists them. */

#include "providers/resource_type.h"

extern const struct resource_type secretsmanager_resource_policy_type;
extern const struct resource_type secretsmanager_secret_type;

#endif
