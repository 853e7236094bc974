#ifndef PLUMB_PROVIDERS_EVENTS_TYPES_H
#define PLUMB_PROVIDERS_EVENTS_TYPES_H

/* The resource types of EventBridge; providers/registry.c lists them. */

#include "providers/resource_type.h"

extern const struct resource_type events_rule_type;

#endif
