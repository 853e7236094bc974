#ifndef PLUMB_PROVIDERS_KMS_OPERATIONS_H
#define PLUMB_PROVIDERS_KMS_OPERATIONS_H

/*
 * AWS Key Management Service (https://docs.aws.amazon.com/kms/latest/APIReference/).  Each call has a quota
 * of its own; the smallest of those that plumb makes are 5 a second
 * (https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html).
 */

#include "providers/aws/operation.h"

extern const struct aws_service kms_service;

enum kms_operation {
    KMS_CREATE_ALIAS,
    KMS_CREATE_KEY,
    KMS_DELETE_ALIAS,
    KMS_DESCRIBE_KEY,
    KMS_DISABLE_KEY,
    KMS_DISABLE_KEY_ROTATION,
    KMS_ENABLE_KEY,
    KMS_ENABLE_KEY_ROTATION,
    KMS_GET_KEY_POLICY,
    KMS_GET_KEY_ROTATION_STATUS,
    KMS_LIST_ALIASES,
    KMS_LIST_KEYS,
    KMS_LIST_RESOURCE_TAGS,
    KMS_PUT_KEY_POLICY,
    KMS_SCHEDULE_KEY_DELETION,
    KMS_TAG_RESOURCE,
    KMS_UNTAG_RESOURCE,
    KMS_UPDATE_ALIAS,
    KMS_UPDATE_KEY_DESCRIPTION,
    KMS_OPERATION_COUNT,
};

extern const struct aws_operation kms_operations[KMS_OPERATION_COUNT];

#endif
