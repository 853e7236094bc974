#ifndef PLUMB_PROVIDERS_PIPES_TYPES_H
#define PLUMB_PROVIDERS_PIPES_TYPES_H

/* The resource types of EventBridge Pipes; providers/registry.c lists them. */

#include "providers/resource_type.h"

extern const struct resource_type pipes_pipe_type;

#endif
