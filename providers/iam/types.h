#ifndef PLUMB_PROVIDERS_IAM_TYPES_H
#define PLUMB_PROVIDERS_IAM_TYPES_H

/* The resource types of IAM; providers/registry.c lists them. */

#include "providers/resource_type.h"

extern const struct resource_type iam_instance_profile_type;
extern const struct resource_type iam_managed_policy_type;
extern const struct resource_type iam_policy_type;
extern const struct resource_type iam_role_type;

#endif
