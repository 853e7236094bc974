#include "providers/events/operations.h"

const struct aws_service events_service = {
    .name = "eventbridge",
    .signing_name = "events",
    .endpoint_prefix = "events",
    .protocol = AWS_JSON_1_1,
    .api_version = "",
    .target_prefix = "AWSEvents",
    .rate = 50,
    .burst = 50,
};

/* A rule of a custom bus is "rule/BUS/NAME". */
#define ROW(NAME, SAFETY, ...)                                                                               \
    {                                                                                                        \
        .service = &events_service, .name = NAME, .safety = SAFETY,                                          \
        .iam_resource = "arn:{partition}:events:{region}:{account}:rule/*" __VA_OPT__(, ) __VA_ARGS__        \
    }

const struct aws_operation events_operations[EVENTS_OPERATION_COUNT] = {
    [EVENTS_DELETE_RULE] = ROW("DeleteRule", AWS_NATURAL),
    [EVENTS_DESCRIBE_RULE] = ROW("DescribeRule", AWS_READ),
    [EVENTS_LIST_TAGS_FOR_RESOURCE] = ROW("ListTagsForResource", AWS_READ),
    [EVENTS_LIST_TARGETS_BY_RULE] = ROW("ListTargetsByRule", AWS_READ, .page_in = "NextToken",
                                        .page_out = "NextToken", .page_items = "Targets"),
    [EVENTS_PUT_RULE] = ROW("PutRule", AWS_NATURAL),
    [EVENTS_PUT_TARGETS] = ROW("PutTargets", AWS_NATURAL),
    [EVENTS_REMOVE_TARGETS] = ROW("RemoveTargets", AWS_NATURAL),
    [EVENTS_TAG_RESOURCE] = ROW("TagResource", AWS_NATURAL),
    [EVENTS_UNTAG_RESOURCE] = ROW("UntagResource", AWS_NATURAL),
};
