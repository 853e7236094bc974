#ifndef PLUMB_PROVIDERS_ROUTE53_TYPES_H
#define PLUMB_PROVIDERS_ROUTE53_TYPES_H

/* The resource types of Route 53; providers/registry.c lists them. */

#include "providers/resource_type.h"

extern const struct resource_type route53_hosted_zone_type;
extern const struct resource_type route53_record_set_type;
extern const struct resource_type route53_record_set_group_type;

#endif
