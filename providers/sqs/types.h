#ifndef PLUMB_PROVIDERS_SQS_TYPES_H
#define PLUMB_PROVIDERS_SQS_TYPES_H

/* The resource types of Amazon SQS; providers/registry.c lists them. */

#include "providers/resource_type.h"

extern const struct resource_type sqs_queue_policy_type, sqs_queue_type;

/* All attributes of a queue, as SQS names them. */
WARN_UNUSED bool sqs_attributes(const struct resource_call *, struct str url, struct value **attributes,
                                struct error *);

#endif
