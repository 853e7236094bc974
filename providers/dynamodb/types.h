#ifndef PLUMB_PROVIDERS_DYNAMODB_TYPES_H
#define PLUMB_PROVIDERS_DYNAMODB_TYPES_H

/* The resource types of DynamoDB; providers/registry.c lists them. */

#include "providers/resource_type.h"

extern const struct resource_type dynamodb_table_type;

#endif
