#ifndef PLUMB_PROVIDERS_LOGS_TYPES_H
#define PLUMB_PROVIDERS_LOGS_TYPES_H

/* The resource types of CloudWatch Logs; providers/registry.c lists them. */

#include "providers/resource_type.h"

extern const struct resource_type logs_log_group_type;
extern const struct resource_type logs_metric_filter_type;
extern const struct resource_type logs_subscription_filter_type;

#endif
