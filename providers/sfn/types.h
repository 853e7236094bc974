#ifndef PLUMB_PROVIDERS_SFN_TYPES_H
#define PLUMB_PROVIDERS_SFN_TYPES_H

/* The resource types of Step Functions; providers/registry.c lists them. */

#include "providers/resource_type.h"

extern const struct resource_type sfn_activity_type;
extern const struct resource_type sfn_state_machine_type;
extern const struct resource_type sfn_state_machine_alias_type;
extern const struct resource_type sfn_state_machine_version_type;

#endif
