#ifndef PLUMB_PROVIDERS_DYNAMODB_OPERATIONS_H
#define PLUMB_PROVIDERS_DYNAMODB_OPERATIONS_H

/*
 * Amazon DynamoDB, its control plane (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/): 2,500
 * calls a second in one account and region, and at most 500 tables being changed at once
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html).
 */

#include "providers/aws/operation.h"

extern const struct aws_service dynamodb_service;

enum dynamodb_operation {
    DYNAMODB_CREATE_TABLE,
    DYNAMODB_DELETE_RESOURCE_POLICY,
    DYNAMODB_DELETE_TABLE,
    DYNAMODB_DESCRIBE_CONTINUOUS_BACKUPS,
    DYNAMODB_DESCRIBE_CONTRIBUTOR_INSIGHTS,
    DYNAMODB_DESCRIBE_KINESIS_STREAMING_DESTINATION,
    DYNAMODB_DESCRIBE_TABLE,
    DYNAMODB_DESCRIBE_TIME_TO_LIVE,
    DYNAMODB_DISABLE_KINESIS_STREAMING_DESTINATION,
    DYNAMODB_ENABLE_KINESIS_STREAMING_DESTINATION,
    DYNAMODB_GET_RESOURCE_POLICY,
    DYNAMODB_LIST_TAGS_OF_RESOURCE,
    DYNAMODB_PUT_RESOURCE_POLICY,
    DYNAMODB_TAG_RESOURCE,
    DYNAMODB_UNTAG_RESOURCE,
    DYNAMODB_UPDATE_CONTINUOUS_BACKUPS,
    DYNAMODB_UPDATE_CONTRIBUTOR_INSIGHTS,
    DYNAMODB_UPDATE_TABLE,
    DYNAMODB_UPDATE_TIME_TO_LIVE,
    DYNAMODB_OPERATION_COUNT,
};

extern const struct aws_operation dynamodb_operations[DYNAMODB_OPERATION_COUNT];

#endif
