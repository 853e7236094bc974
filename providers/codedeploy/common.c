#include "providers/codedeploy/common.h"

const struct tag_calls codedeploy_tag_calls = {
    .tag = &codedeploy_operations[CODEDEPLOY_TAG_RESOURCE],
    .untag = &codedeploy_operations[CODEDEPLOY_UNTAG_RESOURCE],
    .resource = "ResourceArn",
    .tags = "Tags",
    .names = "TagKeys",
    .key = "Key",
    .value = "Value",
};

struct str codedeploy_arn(const struct resource_call *call, const char *kind, struct str name)
{
    return arena_printf(call->arena, "arn:%.*s:codedeploy:%.*s:%.*s:%s:%.*s",
                        STR_ARG(aws_partition(call->aws)), STR_ARG(aws_region(call->aws)),
                        STR_ARG(aws_account(call->aws)), kind, STR_ARG(name));
}
