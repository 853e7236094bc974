#ifndef PLUMB_PROVIDERS_KINESIS_OPERATIONS_H
#define PLUMB_PROVIDERS_KINESIS_OPERATIONS_H

/*
 * Amazon Kinesis Data Streams (https://docs.aws.amazon.com/kinesis/latest/APIReference/).  Most calls that
 * change a stream may be made five times a second, DescribeStreamSummary twenty times
 * (https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html).
 */

#include "providers/aws/operation.h"

extern const struct aws_service kinesis_service;

enum kinesis_operation {
    KINESIS_ADD_TAGS_TO_STREAM,
    KINESIS_CREATE_STREAM,
    KINESIS_DECREASE_STREAM_RETENTION_PERIOD,
    KINESIS_DELETE_STREAM,
    KINESIS_DEREGISTER_STREAM_CONSUMER,
    KINESIS_DESCRIBE_STREAM_CONSUMER,
    KINESIS_DESCRIBE_STREAM_SUMMARY,
    KINESIS_DISABLE_ENHANCED_MONITORING,
    KINESIS_ENABLE_ENHANCED_MONITORING,
    KINESIS_INCREASE_STREAM_RETENTION_PERIOD,
    KINESIS_LIST_TAGS_FOR_RESOURCE,
    KINESIS_LIST_TAGS_FOR_STREAM,
    KINESIS_REGISTER_STREAM_CONSUMER,
    KINESIS_REMOVE_TAGS_FROM_STREAM,
    KINESIS_START_STREAM_ENCRYPTION,
    KINESIS_STOP_STREAM_ENCRYPTION,
    KINESIS_UPDATE_MAX_RECORD_SIZE,
    KINESIS_UPDATE_SHARD_COUNT,
    KINESIS_UPDATE_STREAM_MODE,
    KINESIS_UPDATE_STREAM_WARM_THROUGHPUT,
    KINESIS_OPERATION_COUNT,
};

extern const struct aws_operation kinesis_operations[KINESIS_OPERATION_COUNT];

#endif
