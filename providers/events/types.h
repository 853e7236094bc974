#ifndef PLUMB_PROVIDERS_EVENTS_TYPES_H
#define PLUMB_PROVIDERS_EVENTS_TYPES_H

/* The resource types of EventBridge; providers/registry.c lists them. */

#include "providers/resource_type.h"

extern const struct resource_type events_api_destination_type;
extern const struct resource_type events_archive_type;
extern const struct resource_type events_connection_type;
extern const struct resource_type events_event_bus_policy_type;
extern const struct resource_type events_event_bus_type;
extern const struct resource_type events_rule_type;

#endif
