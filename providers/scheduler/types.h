#ifndef PLUMB_PROVIDERS_SCHEDULER_TYPES_H
#define PLUMB_PROVIDERS_SCHEDULER_TYPES_H

/* The resource types of EventBridge Scheduler; providers/registry.c lists them. */

#include "providers/resource_type.h"

extern const struct resource_type scheduler_schedule_group_type;
extern const struct resource_type scheduler_schedule_type;

#endif
