#include "providers/dynamodb/operations.h"

const struct aws_service dynamodb_service = {
    .name = "dynamodb",
    .signing_name = "dynamodb",
    .endpoint_prefix = "dynamodb",
    .protocol = AWS_JSON_1_0,
    .api_version = "",
    .target_prefix = "DynamoDB_20120810",
    .rate = 100,
    .burst = 200,
};

#define ROW(NAME, SAFETY, RESOURCE, ...)                                                                     \
    {                                                                                                        \
        .service = &dynamodb_service, .name = NAME, .safety = SAFETY,                                        \
        .iam_resource = RESOURCE __VA_OPT__(, ) __VA_ARGS__                                                  \
    }
#define TABLE "arn:{partition}:dynamodb:{region}:{account}:table/{TableName}"
#define ANY "arn:{partition}:dynamodb:{region}:{account}:table/*"

/* UpdateTable, time to live and Kinesis refuse a change that is there already, so the caller looks what
 * became of the first one. */
const struct aws_operation dynamodb_operations[DYNAMODB_OPERATION_COUNT] = {
    [DYNAMODB_CREATE_TABLE] = ROW("CreateTable", AWS_READ_BACK, TABLE),
    [DYNAMODB_DELETE_RESOURCE_POLICY] = ROW("DeleteResourcePolicy", AWS_NATURAL, ANY),
    [DYNAMODB_DELETE_TABLE] = ROW("DeleteTable", AWS_NATURAL, TABLE),
    [DYNAMODB_DESCRIBE_CONTINUOUS_BACKUPS] = ROW("DescribeContinuousBackups", AWS_READ, TABLE),
    [DYNAMODB_DESCRIBE_CONTRIBUTOR_INSIGHTS] = ROW("DescribeContributorInsights", AWS_READ, TABLE),
    [DYNAMODB_DESCRIBE_KINESIS_STREAMING_DESTINATION] =
        ROW("DescribeKinesisStreamingDestination", AWS_READ, TABLE),
    [DYNAMODB_DESCRIBE_TABLE] = ROW("DescribeTable", AWS_READ, TABLE),
    [DYNAMODB_DESCRIBE_TIME_TO_LIVE] = ROW("DescribeTimeToLive", AWS_READ, TABLE),
    [DYNAMODB_DISABLE_KINESIS_STREAMING_DESTINATION] =
        ROW("DisableKinesisStreamingDestination", AWS_READ_BACK, TABLE),
    [DYNAMODB_ENABLE_KINESIS_STREAMING_DESTINATION] =
        ROW("EnableKinesisStreamingDestination", AWS_READ_BACK, TABLE),
    [DYNAMODB_GET_RESOURCE_POLICY] = ROW("GetResourcePolicy", AWS_READ, ANY),
    [DYNAMODB_LIST_TAGS_OF_RESOURCE] = ROW("ListTagsOfResource", AWS_READ, ANY, .page_in = "NextToken",
                                           .page_out = "NextToken", .page_items = "Tags"),
    [DYNAMODB_PUT_RESOURCE_POLICY] = ROW("PutResourcePolicy", AWS_NATURAL, ANY),
    [DYNAMODB_TAG_RESOURCE] = ROW("TagResource", AWS_NATURAL, ANY),
    [DYNAMODB_UNTAG_RESOURCE] = ROW("UntagResource", AWS_NATURAL, ANY),
    [DYNAMODB_UPDATE_CONTINUOUS_BACKUPS] = ROW("UpdateContinuousBackups", AWS_NATURAL, TABLE),
    [DYNAMODB_UPDATE_CONTRIBUTOR_INSIGHTS] = ROW("UpdateContributorInsights", AWS_NATURAL, TABLE),
    [DYNAMODB_UPDATE_TABLE] = ROW("UpdateTable", AWS_READ_BACK, TABLE),
    [DYNAMODB_UPDATE_TIME_TO_LIVE] = ROW("UpdateTimeToLive", AWS_READ_BACK, TABLE),
};
