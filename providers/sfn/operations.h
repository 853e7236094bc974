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
    SFN_CREATE_STATE_MACHINE,
    SFN_DELETE_STATE_MACHINE,
    SFN_DESCRIBE_STATE_MACHINE,
    SFN_LIST_TAGS_FOR_RESOURCE,
    SFN_TAG_RESOURCE,
    SFN_UNTAG_RESOURCE,
    SFN_UPDATE_STATE_MACHINE,
    SFN_OPERATION_COUNT,
};

extern const struct aws_operation sfn_operations[SFN_OPERATION_COUNT];

#endif
