#ifndef PLUMB_PROVIDERS_EVENTS_OPERATIONS_H
#define PLUMB_PROVIDERS_EVENTS_OPERATIONS_H

/*
 * Amazon EventBridge (https://docs.aws.amazon.com/eventbridge/latest/APIReference/).  Calls that manage rules
 * have 50 a second (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html).
 */

#include "providers/aws/operation.h"

extern const struct aws_service events_service;

enum events_operation {
    EVENTS_DELETE_RULE,
    EVENTS_DESCRIBE_RULE,
    EVENTS_LIST_TAGS_FOR_RESOURCE,
    EVENTS_LIST_TARGETS_BY_RULE,
    EVENTS_PUT_RULE,
    EVENTS_PUT_TARGETS,
    EVENTS_REMOVE_TARGETS,
    EVENTS_TAG_RESOURCE,
    EVENTS_UNTAG_RESOURCE,
    EVENTS_OPERATION_COUNT,
};

extern const struct aws_operation events_operations[EVENTS_OPERATION_COUNT];

#endif
