#ifndef PLUMB_PROVIDERS_KMS_TYPES_H
#define PLUMB_PROVIDERS_KMS_TYPES_H

/* The resource types of KMS; providers/registry.c lists them. */

#include "providers/resource_type.h"

extern const struct resource_type kms_alias_type;
extern const struct resource_type kms_key_type;

#endif
