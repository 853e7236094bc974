#ifndef PLUMB_PROVIDERS_EVENTS_OPERATIONS_H
#define PLUMB_PROVIDERS_EVENTS_OPERATIONS_H

/*
 * Amazon EventBridge (https://docs.aws.amazon.com/eventbridge/latest/APIReference/).  Calls that manage rules
 * have 50 a second, PutEvents several hundred, by region, of which plumb takes 100 at most
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html).
 */

#include "providers/aws/operation.h"

extern const struct aws_service events_service;

enum events_operation {
    EVENTS_CREATE_API_DESTINATION,
    EVENTS_CREATE_ARCHIVE,
    EVENTS_CREATE_CONNECTION,
    EVENTS_CREATE_EVENT_BUS,
    EVENTS_DELETE_API_DESTINATION,
    EVENTS_DELETE_ARCHIVE,
    EVENTS_DELETE_CONNECTION,
    EVENTS_DELETE_EVENT_BUS,
    EVENTS_DELETE_RULE,
    EVENTS_DESCRIBE_API_DESTINATION,
    EVENTS_DESCRIBE_ARCHIVE,
    EVENTS_DESCRIBE_CONNECTION,
    EVENTS_DESCRIBE_EVENT_BUS,
    EVENTS_DESCRIBE_RULE,
    EVENTS_LIST_TAGS_FOR_RESOURCE,
    EVENTS_LIST_TARGETS_BY_RULE,
    EVENTS_PUT_EVENTS,
    EVENTS_PUT_PERMISSION,
    EVENTS_PUT_RULE,
    EVENTS_PUT_TARGETS,
    EVENTS_REMOVE_PERMISSION,
    EVENTS_REMOVE_TARGETS,
    EVENTS_TAG_RESOURCE,
    EVENTS_UNTAG_RESOURCE,
    EVENTS_UPDATE_API_DESTINATION,
    EVENTS_UPDATE_ARCHIVE,
    EVENTS_UPDATE_CONNECTION,
    EVENTS_UPDATE_EVENT_BUS,
    EVENTS_OPERATION_COUNT,
};

extern const struct aws_operation events_operations[EVENTS_OPERATION_COUNT];

#endif
