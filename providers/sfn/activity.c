/*
 * AWS::StepFunctions::Activity.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-stepfunctions-activity.html
 */

#include "providers/plain.h"
#include "providers/sfn/operations.h"
#include "providers/sfn/types.h"

static const struct shape rules[] = {
    {.path = "EncryptionConfiguration", .kind = SHAPE_MAP, .otherwise = "{\"Type\":\"AWS_OWNED_KEY\"}"},
    {.path = NULL, .facts = "AWS::StepFunctions::Activity"},
};

static const struct plain_key keys[] = {{"activityArn", NULL}, {NULL, NULL}};
static const struct plain_attribute attributes[] = {{"Arn", "activityArn"}, {"Name", "name"}, {NULL, NULL}};

static bool find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct resource_call there = *call;
    there.physical_id = arena_printf(call->arena, "arn:%.*s:states:%.*s:%.*s:activity:%.*s",
                                     STR_ARG(aws_partition(call->aws)), STR_ARG(aws_region(call->aws)),
                                     STR_ARG(aws_account(call->aws)), STR_ARG(wanted_name(call, "Name")));
    return plain_read(&there, state, error);
}

static const struct tag_calls tag_calls = {
    .tag = &sfn_operations[SFN_TAG_ACTIVITY],
    .untag = &sfn_operations[SFN_UNTAG_ACTIVITY],
    .resource = "resourceArn",
    .tags = "tags",
    .names = "tagKeys",
    .key = "key",
    .value = "value",
};

static const struct plain plain = {
    .rules = rules,
    .small_letters = true,
    .create = &sfn_operations[SFN_CREATE_ACTIVITY],
    .read = &sfn_operations[SFN_DESCRIBE_ACTIVITY],
    .remove = &sfn_operations[SFN_DELETE_ACTIVITY],
    .keys = keys,
    .id = "activityArn",
    .attributes = attributes,
    .tags = "tags",
    .tag_key = "key",
    .tag_value = "value",
    .list_tags = &sfn_operations[SFN_LIST_TAGS_FOR_ACTIVITY],
    .list_tags_item = "tags",
    .tag_calls = &tag_calls,
};

const struct resource_type sfn_activity_type = {
    .name = "AWS::StepFunctions::Activity",
    .traits = RESOURCE_TAGGED,
    .name_property = "Name",
    .name_max = 80,
    .read = plain_read,
    .find = find,
    .create = plain_create,
    .update = plain_update,
    .remove = plain_remove,
    .plain = &plain,
    .arn = "arn:{partition}:states:{region}:{account}:activity:{Name}",
};
