#ifndef PLUMB_PROVIDERS_KINESIS_TYPES_H
#define PLUMB_PROVIDERS_KINESIS_TYPES_H

/* The resource types of Kinesis; providers/registry.c lists them. */

#include "providers/resource_type.h"

extern const struct resource_type kinesis_stream_type;
extern const struct resource_type kinesis_stream_consumer_type;

#endif
