#ifndef PLUMB_PROVIDERS_CLOUDWATCH_TYPES_H
#define PLUMB_PROVIDERS_CLOUDWATCH_TYPES_H

/* The resource types of CloudWatch; providers/registry.c lists them. */

#include "providers/resource_type.h"

extern const struct resource_type cloudwatch_alarm_type;
extern const struct resource_type cloudwatch_composite_alarm_type;
extern const struct resource_type cloudwatch_dashboard_type;

#endif
