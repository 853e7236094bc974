#ifndef PLUMB_PROVIDERS_SNS_TYPES_H
#define PLUMB_PROVIDERS_SNS_TYPES_H

/* The resource types of SNS; providers/registry.c lists them. */

#include "providers/resource_type.h"

extern const struct resource_type sns_subscription_type;
extern const struct resource_type sns_topic_policy_type;
extern const struct resource_type sns_topic_type;

#endif
