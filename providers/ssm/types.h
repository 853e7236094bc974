#ifndef PLUMB_PROVIDERS_SSM_TYPES_H
#define PLUMB_PROVIDERS_SSM_TYPES_H

/* The resource types of Systems Manager; providers/registry.c lists them. */

#include "providers/resource_type.h"

extern const struct resource_type ssm_parameter_type;

#endif
