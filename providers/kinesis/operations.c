#include "providers/kinesis/operations.h"

const struct aws_service kinesis_service = {
    .name = "kinesis",
    .signing_name = "kinesis",
    .endpoint_prefix = "kinesis",
    .protocol = AWS_JSON_1_1,
    .api_version = "",
    .target_prefix = "Kinesis_20131202",
    .rate = 5,
    .burst = 5,
};

#define ROW(NAME, SAFETY, RESOURCE, RATE)                                                                    \
    {                                                                                                        \
        .service = &kinesis_service, .name = NAME, .safety = SAFETY, .bucket = NAME, .rate = RATE,           \
        .burst = RATE, .iam_resource = RESOURCE                                                              \
    }
#define STREAM "arn:{partition}:kinesis:{region}:{account}:stream/*"

/* IAM knows four of the calls on all resources only.  Retention, shards and keys are set to what they shall
 * be.  A stream that is already there, or gone, says so: CreateStream is looked after, and DeleteStream's
 * "not found" is a success. */
const struct aws_operation kinesis_operations[KINESIS_OPERATION_COUNT] = {
    [KINESIS_ADD_TAGS_TO_STREAM] = ROW("AddTagsToStream", AWS_NATURAL, STREAM, 5),
    [KINESIS_CREATE_STREAM] = ROW("CreateStream", AWS_READ_BACK,
                                  "arn:{partition}:kinesis:{region}:{account}:stream/{StreamName}", 5),
    [KINESIS_DECREASE_STREAM_RETENTION_PERIOD] =
        ROW("DecreaseStreamRetentionPeriod", AWS_READ_BACK, STREAM, 5),
    [KINESIS_DELETE_STREAM] = ROW("DeleteStream", AWS_NATURAL, STREAM, 5),
    [KINESIS_DEREGISTER_STREAM_CONSUMER] = ROW("DeregisterStreamConsumer", AWS_NATURAL, STREAM, 5),
    [KINESIS_DESCRIBE_STREAM_CONSUMER] = ROW("DescribeStreamConsumer", AWS_READ, STREAM, 20),
    [KINESIS_DESCRIBE_STREAM_SUMMARY] = ROW("DescribeStreamSummary", AWS_READ, STREAM, 20),
    [KINESIS_DISABLE_ENHANCED_MONITORING] = ROW("DisableEnhancedMonitoring", AWS_READ_BACK, "*", 5),
    [KINESIS_ENABLE_ENHANCED_MONITORING] = ROW("EnableEnhancedMonitoring", AWS_READ_BACK, "*", 5),
    [KINESIS_INCREASE_STREAM_RETENTION_PERIOD] =
        ROW("IncreaseStreamRetentionPeriod", AWS_READ_BACK, STREAM, 5),
    [KINESIS_LIST_TAGS_FOR_RESOURCE] = ROW("ListTagsForResource", AWS_READ, STREAM, 5),
    [KINESIS_LIST_TAGS_FOR_STREAM] = ROW("ListTagsForStream", AWS_READ, STREAM, 5),
    [KINESIS_REGISTER_STREAM_CONSUMER] = ROW("RegisterStreamConsumer", AWS_READ_BACK, STREAM, 5),
    [KINESIS_REMOVE_TAGS_FROM_STREAM] = ROW("RemoveTagsFromStream", AWS_NATURAL, STREAM, 5),
    [KINESIS_START_STREAM_ENCRYPTION] = ROW("StartStreamEncryption", AWS_READ_BACK, STREAM, 5),
    [KINESIS_STOP_STREAM_ENCRYPTION] = ROW("StopStreamEncryption", AWS_READ_BACK, STREAM, 5),
    [KINESIS_UPDATE_MAX_RECORD_SIZE] = ROW("UpdateMaxRecordSize", AWS_READ_BACK, STREAM, 5),
    [KINESIS_UPDATE_SHARD_COUNT] = ROW("UpdateShardCount", AWS_READ_BACK, "*", 5),
    [KINESIS_UPDATE_STREAM_MODE] = ROW("UpdateStreamMode", AWS_READ_BACK, "*", 5),
    [KINESIS_UPDATE_STREAM_WARM_THROUGHPUT] = ROW("UpdateStreamWarmThroughput", AWS_READ_BACK, STREAM, 5),
};
