#ifndef PLUMB_PROVIDERS_CLOUDFORMATION_TYPES_H
#define PLUMB_PROVIDERS_CLOUDFORMATION_TYPES_H

#include "providers/resource_type.h"

/* Also for every "Custom::..." type. */
extern const struct resource_type cloudformation_stack_type;
extern const struct resource_type custom_resource_type;
extern const struct resource_type wait_condition_handle_type;

#endif
