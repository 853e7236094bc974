#include "providers/sfn/operations.h"

const struct aws_service sfn_service = {
    .name = "sfn",
    .signing_name = "states",
    .endpoint_prefix = "states",
    .protocol = AWS_JSON_1_0,
    .api_version = "",
    .target_prefix = "AWSStepFunctions",
    .rate = 1,
    .burst = 100,
};

#define ROW(NAME, SAFETY, RATE, BURST, RESOURCE)                                                             \
    {                                                                                                        \
        .service = &sfn_service, .name = NAME, .safety = SAFETY, .bucket = NAME, .rate = RATE,               \
        .burst = BURST, .iam_resource = RESOURCE                                                             \
    }
#define MACHINE "arn:{partition}:states:{region}:{account}:stateMachine:*"

/* CreateStateMachine with the same name, definition, type and settings gives the same machine again. */
const struct aws_operation sfn_operations[SFN_OPERATION_COUNT] = {
    [SFN_CREATE_STATE_MACHINE] = ROW("CreateStateMachine", AWS_NATURAL, 1, 100,
                                     "arn:{partition}:states:{region}:{account}:stateMachine:{name}"),
    [SFN_DELETE_STATE_MACHINE] = ROW("DeleteStateMachine", AWS_NATURAL, 1, 100, MACHINE),
    [SFN_DESCRIBE_STATE_MACHINE] = ROW("DescribeStateMachine", AWS_READ, 20, 200, MACHINE),
    [SFN_LIST_TAGS_FOR_RESOURCE] = ROW("ListTagsForResource", AWS_READ, 1, 100, MACHINE),
    [SFN_TAG_RESOURCE] = ROW("TagResource", AWS_NATURAL, 1, 200, MACHINE),
    [SFN_UNTAG_RESOURCE] = ROW("UntagResource", AWS_NATURAL, 1, 200, MACHINE),
    [SFN_UPDATE_STATE_MACHINE] = ROW("UpdateStateMachine", AWS_NATURAL, 1, 100, MACHINE),
};
