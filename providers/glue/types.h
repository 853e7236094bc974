#ifndef PLUMB_PROVIDERS_GLUE_TYPES_H
#define PLUMB_PROVIDERS_GLUE_TYPES_H

/* The resource types of Glue that Cloud Control cannot manage; providers/registry.c lists them. */

#include "providers/resource_type.h"

extern const struct resource_type glue_table_type;

#endif
