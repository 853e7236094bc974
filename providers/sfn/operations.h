#ifndef PLUMB_PROVIDERS_SFN_OPERATIONS_H
#define PLUMB_PROVIDERS_SFN_OPERATIONS_H

/*
 * AWS Step Functions (https://docs.aws.amazon.com/step-functions/latest/apireference/).  Its rates are token
 * buckets of their own for each operation, in one account and region; these are the smaller regions' figures
 * (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html).
 */

#include "providers/aws/operation.h"

extern const struct aws_service sfn_service;

enum sfn_operation {
    SFN_CREATE_ACTIVITY,
    SFN_CREATE_STATE_MACHINE,
    SFN_CREATE_STATE_MACHINE_ALIAS,
    SFN_DELETE_ACTIVITY,
    SFN_DELETE_STATE_MACHINE,
    SFN_DELETE_STATE_MACHINE_ALIAS,
    SFN_DELETE_STATE_MACHINE_VERSION,
    SFN_DESCRIBE_ACTIVITY,
    SFN_DESCRIBE_STATE_MACHINE,
    SFN_DESCRIBE_STATE_MACHINE_ALIAS,
    SFN_LIST_STATE_MACHINE_VERSIONS,
    SFN_LIST_TAGS_FOR_ACTIVITY,
    SFN_LIST_TAGS_FOR_RESOURCE,
    SFN_PUBLISH_STATE_MACHINE_VERSION,
    SFN_TAG_ACTIVITY,
    SFN_TAG_RESOURCE,
    SFN_UNTAG_ACTIVITY,
    SFN_UNTAG_RESOURCE,
    SFN_UPDATE_STATE_MACHINE,
    SFN_UPDATE_STATE_MACHINE_ALIAS,
    SFN_OPERATION_COUNT,
};

extern const struct aws_operation sfn_operations[SFN_OPERATION_COUNT];

#endif
