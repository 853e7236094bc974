#ifndef PLUMB_PROVIDERS_SCHEDULER_OPERATIONS_H
#define PLUMB_PROVIDERS_SCHEDULER_OPERATIONS_H

/*
 * Amazon EventBridge Scheduler (https://docs.aws.amazon.com/scheduler/latest/APIReference/).  Schedules have
 * 50 calls a second where AWS gives least, groups and tags fewer
 * (https://docs.aws.amazon.com/scheduler/latest/UserGuide/scheduler-quotas.html).
 */

#include "providers/aws/operation.h"

extern const struct aws_service scheduler_service;

enum scheduler_operation {
    SCHEDULER_CREATE_SCHEDULE,
    SCHEDULER_CREATE_SCHEDULE_GROUP,
    SCHEDULER_DELETE_SCHEDULE,
    SCHEDULER_DELETE_SCHEDULE_GROUP,
    SCHEDULER_GET_SCHEDULE,
    SCHEDULER_GET_SCHEDULE_GROUP,
    SCHEDULER_LIST_SCHEDULES,
    SCHEDULER_LIST_TAGS_FOR_RESOURCE,
    SCHEDULER_TAG_RESOURCE,
    SCHEDULER_UNTAG_RESOURCE,
    SCHEDULER_UPDATE_SCHEDULE,
    SCHEDULER_OPERATION_COUNT,
};

extern const struct aws_operation scheduler_operations[SCHEDULER_OPERATION_COUNT];

#endif
