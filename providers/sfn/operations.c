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

#define ROW(NAME, SAFETY, RATE, BURST, RESOURCE, ...)                                                        \
    {                                                                                                        \
        .service = &sfn_service, .name = NAME, .safety = SAFETY, .bucket = NAME, .rate = RATE,               \
        .burst = BURST, .iam_resource = RESOURCE __VA_OPT__(, ) __VA_ARGS__                                  \
    }
#define PAGES(ITEMS) .page_in = "nextToken", .page_out = "nextToken", .page_items = ITEMS
#define MACHINE "arn:{partition}:states:{region}:{account}:stateMachine:*"
#define ACTIVITY "arn:{partition}:states:{region}:{account}:activity:*"

/* CreateStateMachine with the same name, definition, type and settings gives the same machine again; so do
 * the creates of activities and versions.  An alias of the wanted name that is another one is a conflict. */
const struct aws_operation sfn_operations[SFN_OPERATION_COUNT] = {
    [SFN_CREATE_ACTIVITY] = ROW("CreateActivity", AWS_NATURAL, 1, 100,
                                "arn:{partition}:states:{region}:{account}:activity:{name}"),
    [SFN_CREATE_STATE_MACHINE] = ROW("CreateStateMachine", AWS_NATURAL, 1, 100,
                                     "arn:{partition}:states:{region}:{account}:stateMachine:{name}"),
    [SFN_CREATE_STATE_MACHINE_ALIAS] = ROW("CreateStateMachineAlias", AWS_READ_BACK, 1, 100, MACHINE),
    [SFN_DELETE_ACTIVITY] = ROW("DeleteActivity", AWS_NATURAL, 1, 100, ACTIVITY),
    [SFN_DELETE_STATE_MACHINE] = ROW("DeleteStateMachine", AWS_NATURAL, 1, 100, MACHINE),
    [SFN_DELETE_STATE_MACHINE_ALIAS] = ROW("DeleteStateMachineAlias", AWS_NATURAL, 1, 100, MACHINE),
    [SFN_DELETE_STATE_MACHINE_VERSION] = ROW("DeleteStateMachineVersion", AWS_NATURAL, 1, 100, MACHINE),
    [SFN_DESCRIBE_ACTIVITY] = ROW("DescribeActivity", AWS_READ, 1, 200, ACTIVITY),
    [SFN_DESCRIBE_STATE_MACHINE] = ROW("DescribeStateMachine", AWS_READ, 20, 200, MACHINE),
    [SFN_DESCRIBE_STATE_MACHINE_ALIAS] = ROW("DescribeStateMachineAlias", AWS_READ, 1, 200, MACHINE),
    [SFN_LIST_STATE_MACHINE_VERSIONS] =
        ROW("ListStateMachineVersions", AWS_READ, 1, 100, MACHINE, PAGES("stateMachineVersions")),
    [SFN_LIST_TAGS_FOR_ACTIVITY] = ROW("ListTagsForResource", AWS_READ, 1, 100, ACTIVITY),
    [SFN_LIST_TAGS_FOR_RESOURCE] = ROW("ListTagsForResource", AWS_READ, 1, 100, MACHINE),
    [SFN_PUBLISH_STATE_MACHINE_VERSION] = ROW("PublishStateMachineVersion", AWS_NATURAL, 1, 100, MACHINE),
    [SFN_TAG_ACTIVITY] = ROW("TagResource", AWS_NATURAL, 1, 200, ACTIVITY),
    [SFN_TAG_RESOURCE] = ROW("TagResource", AWS_NATURAL, 1, 200, MACHINE),
    [SFN_UNTAG_ACTIVITY] = ROW("UntagResource", AWS_NATURAL, 1, 200, ACTIVITY),
    [SFN_UNTAG_RESOURCE] = ROW("UntagResource", AWS_NATURAL, 1, 200, MACHINE),
    [SFN_UPDATE_STATE_MACHINE] = ROW("UpdateStateMachine", AWS_NATURAL, 1, 100, MACHINE),
    [SFN_UPDATE_STATE_MACHINE_ALIAS] = ROW("UpdateStateMachineAlias", AWS_NATURAL, 1, 100, MACHINE),
};
