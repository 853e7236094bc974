#include "providers/ssm/operations.h"

const struct aws_service ssm_service = {
    .name = "ssm",
    .signing_name = "ssm",
    .endpoint_prefix = "ssm",
    .protocol = AWS_JSON_1_1,
    .api_version = "",
    .target_prefix = "AmazonSSM",
    .rate = 40,
    .burst = 40,
};

#define PARAMETER "arn:{partition}:ssm:{region}:{account}:parameter/*"
#define ROW(NAME, SAFETY, ...)                                                                               \
    {                                                                                                        \
        .service = &ssm_service, .name = NAME, .safety = SAFETY,                                             \
        .iam_resource = PARAMETER __VA_OPT__(, ) __VA_ARGS__                                                 \
    }
#define BUCKET(NAME, RATE) .bucket = NAME, .rate = RATE, .burst = RATE

/* PutParameter makes a new version each time. */
const struct aws_operation ssm_operations[SSM_OPERATION_COUNT] = {
    [SSM_ADD_TAGS_TO_RESOURCE] = ROW("AddTagsToResource", AWS_NATURAL, BUCKET("tags", 5)),
    [SSM_DELETE_PARAMETER] = ROW("DeleteParameter", AWS_NATURAL, BUCKET("PutParameter", 3)),
    [SSM_DESCRIBE_PARAMETERS] = {.service = &ssm_service,
                                 .name = "DescribeParameters",
                                 .safety = AWS_READ,
                                 BUCKET("DescribeParameters", 10),
                                 .page_in = "NextToken",
                                 .page_out = "NextToken",
                                 .page_items = "Parameters",
                                 .iam_resource = "*"},
    [SSM_GET_PARAMETER] = ROW("GetParameter", AWS_READ),
    [SSM_GET_PARAMETERS] = ROW("GetParameters", AWS_READ),
    [SSM_LIST_TAGS_FOR_RESOURCE] = ROW("ListTagsForResource", AWS_READ, BUCKET("tags", 5)),
    [SSM_PUT_PARAMETER] = ROW("PutParameter", AWS_READ_BACK, BUCKET("PutParameter", 3)),
    [SSM_REMOVE_TAGS_FROM_RESOURCE] = ROW("RemoveTagsFromResource", AWS_NATURAL, BUCKET("tags", 5)),
};
