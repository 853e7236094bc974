/*
 * AWS::CloudWatch::Dashboard.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudwatch-dashboard.html
 */

#include "providers/cloudwatch/operations.h"
#include "providers/cloudwatch/types.h"
#include "providers/plain.h"

static const struct shape rules[] = {
    {.path = "DashboardBody", .kind = SHAPE_JSON, .in_text = true},
    {.path = NULL, .facts = "AWS::CloudWatch::Dashboard"},
};

static const struct plain_key keys[] = {{"DashboardName", NULL}, {NULL, NULL}};
static const struct plain_attribute attributes[] = {{"Arn", "DashboardArn"}, {NULL, NULL}};

static void normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(rules, arena, properties);
}

static bool dashboard_remove(const struct resource_call *call, struct error *error)
{
    struct value *input = value_map(call->arena), *names = value_list(call->arena);
    value_append(call->arena, names, value_string(call->arena, call->physical_id));
    value_setz(call->arena, input, "DashboardNames", names);
    return call_or_absent(call, &cloudwatch_operations[CLOUDWATCH_DELETE_DASHBOARDS], input, error);
}

static const struct tag_calls tag_calls = {
    .tag = &cloudwatch_operations[CLOUDWATCH_TAG_DASHBOARD],
    .untag = &cloudwatch_operations[CLOUDWATCH_UNTAG_DASHBOARD],
    .resource = "ResourceARN",
    .tags = "Tags",
    .names = "TagKeys",
    .key = "Key",
    .value = "Value",
};

static const struct plain plain = {
    .rules = rules,
    .create = &cloudwatch_operations[CLOUDWATCH_PUT_DASHBOARD],
    .read = &cloudwatch_operations[CLOUDWATCH_GET_DASHBOARD],
    .update = &cloudwatch_operations[CLOUDWATCH_PUT_DASHBOARD],
    .keys = keys,
    .attributes = attributes,
    .tags = "Tags",
    .tag_key = "Key",
    .tag_value = "Value",
    .list_tags = &cloudwatch_operations[CLOUDWATCH_LIST_TAGS_FOR_DASHBOARD],
    .list_tags_item = "Tags",
    .tag_calls = &tag_calls,
    .tagged = "Arn",
};

const struct resource_type cloudwatch_dashboard_type = {
    .name = "AWS::CloudWatch::Dashboard",
    .traits = RESOURCE_TAGGED,
    .name_property = "DashboardName",
    .name_max = 255,
    .read = plain_read,
    .find = plain_find,
    .create = plain_create,
    .update = plain_update,
    .remove = dashboard_remove,
    .normalize = normalize,
    .plain = &plain,
    .arn = "arn:{partition}:cloudwatch::{account}:dashboard/{DashboardName}",
};
