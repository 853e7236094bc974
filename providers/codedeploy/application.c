/*
 * AWS::CodeDeploy::Application: a name for deployment groups and a compute platform; only its tags change.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-codedeploy-application.html
 */

#include "providers/codedeploy/common.h"
#include "providers/codedeploy/types.h"

static const struct shape rules[] = {
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.facts = "AWS::CodeDeploy::Application"},
};

static struct str arn_of(const struct resource_call *call, struct str name)
{
    return codedeploy_arn(call, "application", name);
}

static const struct plain_key keys[] = {{"applicationName", NULL}, {NULL, NULL}};

static const struct plain application = {
    .rules = rules,
    .small_letters = true,
    .create = &codedeploy_operations[CODEDEPLOY_CREATE_APPLICATION],
    .read = &codedeploy_operations[CODEDEPLOY_GET_APPLICATION],
    .remove = &codedeploy_operations[CODEDEPLOY_DELETE_APPLICATION],
    .keys = keys,
    .item = "application",
    .tags = "tags",
    .tag_key = "Key",
    .tag_value = "Value",
    .list_tags = &codedeploy_operations[CODEDEPLOY_LIST_TAGS_FOR_RESOURCE],
    .list_tags_item = "Tags",
    .tag_calls = &codedeploy_tag_calls,
    .tagged_by = arn_of,
};

const struct resource_type codedeploy_application_type = {
    .name = "AWS::CodeDeploy::Application",
    .traits = RESOURCE_TAGGED,
    .name_property = "ApplicationName",
    .name_max = 100,
    .plain = &application,
    PLAIN_LIFE,
    .arn = "arn:{partition}:codedeploy:{region}:{account}:application:{ApplicationName}",
};
