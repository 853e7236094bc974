#include "providers/cloudwatch/operations.h"

const struct aws_service cloudwatch_service = {
    .name = "cloudwatch",
    .signing_name = "monitoring",
    .endpoint_prefix = "monitoring",
    .protocol = AWS_JSON_1_0,
    .api_version = "",
    .target_prefix = "GraniteServiceVersion20100801",
    .rate = 10,
    .burst = 20,
};

#define ROW(NAME, SAFETY, ...)                                                                               \
    {                                                                                                        \
        .service = &cloudwatch_service, .name = NAME, .safety = SAFETY, .iam_action = "cloudwatch:" NAME,    \
        .iam_resource = "arn:{partition}:cloudwatch:{region}:{account}:alarm:*" __VA_OPT__(, ) __VA_ARGS__   \
    }
#define BUCKET(NAME, RATE) .bucket = NAME, .rate = RATE, .burst = RATE

const struct aws_operation cloudwatch_operations[CLOUDWATCH_OPERATION_COUNT] = {
    [CLOUDWATCH_DELETE_ALARMS] = ROW("DeleteAlarms", AWS_NATURAL, BUCKET("DeleteAlarms", 3)),
    [CLOUDWATCH_DESCRIBE_ALARMS] = ROW("DescribeAlarms", AWS_READ, BUCKET("DescribeAlarms", 9)),
    [CLOUDWATCH_LIST_TAGS_FOR_RESOURCE] = ROW("ListTagsForResource", AWS_READ),
    [CLOUDWATCH_PUT_METRIC_ALARM] = ROW("PutMetricAlarm", AWS_NATURAL, BUCKET("PutMetricAlarm", 3)),
    [CLOUDWATCH_TAG_RESOURCE] = ROW("TagResource", AWS_NATURAL),
    [CLOUDWATCH_UNTAG_RESOURCE] = ROW("UntagResource", AWS_NATURAL),
};
