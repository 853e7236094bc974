#ifndef PLUMB_PROVIDERS_LOGS_OPERATIONS_H
#define PLUMB_PROVIDERS_LOGS_OPERATIONS_H

/*
 * Amazon CloudWatch Logs (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/).  Its quotas
 * for changes of log groups are 5 to 10 calls a second in one account and region
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html).
 */

#include "providers/aws/operation.h"

extern const struct aws_service logs_service;

enum logs_operation {
    LOGS_ASSOCIATE_KMS_KEY,
    LOGS_CREATE_LOG_GROUP,
    LOGS_DELETE_DATA_PROTECTION_POLICY,
    LOGS_DELETE_INDEX_POLICY,
    LOGS_DELETE_LOG_GROUP,
    LOGS_DELETE_RESOURCE_POLICY,
    LOGS_DELETE_RETENTION_POLICY,
    LOGS_DESCRIBE_INDEX_POLICIES,
    LOGS_DESCRIBE_LOG_GROUPS,
    LOGS_DESCRIBE_RESOURCE_POLICIES,
    LOGS_DISASSOCIATE_KMS_KEY,
    LOGS_GET_DATA_PROTECTION_POLICY,
    LOGS_LIST_TAGS_FOR_RESOURCE,
    LOGS_PUT_BEARER_TOKEN_AUTHENTICATION,
    LOGS_PUT_DATA_PROTECTION_POLICY,
    LOGS_PUT_INDEX_POLICY,
    LOGS_PUT_LOG_GROUP_DELETION_PROTECTION,
    LOGS_PUT_RESOURCE_POLICY,
    LOGS_PUT_RETENTION_POLICY,
    LOGS_TAG_RESOURCE,
    LOGS_UNTAG_RESOURCE,
    LOGS_OPERATION_COUNT,
};

extern const struct aws_operation logs_operations[LOGS_OPERATION_COUNT];

#endif
