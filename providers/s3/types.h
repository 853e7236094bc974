#ifndef PLUMB_PROVIDERS_S3_TYPES_H
#define PLUMB_PROVIDERS_S3_TYPES_H

/* The resource types of S3; providers/registry.c lists them. */

#include "providers/resource_type.h"

extern const struct resource_type s3_bucket_type;
extern const struct resource_type s3_bucket_policy_type;

#endif
