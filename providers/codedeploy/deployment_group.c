/*
 * AWS::CodeDeploy::DeploymentGroup: how an application is deployed, and what stops that.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-codedeploy-deploymentgroup.html
 */

#include "providers/codedeploy/common.h"
#include "providers/codedeploy/types.h"

enum { ROLE_MS = 60 * 1000 };

#define TAG_SETS "sets of tag groups are for servers: name the servers by Ec2TagFilters"

/* UpdateDeploymentGroup leaves alone what it is not told: what is taken away is told as nothing. */
static const struct shape rules[] = {
    {.path = "AlarmConfiguration", .kind = SHAPE_MAP, .otherwise = "{\"Enabled\":false,\"Alarms\":[]}"},
    {.path = "AlarmConfiguration.Alarms", .kind = SHAPE_SET, .otherwise = "[]", .key = "Name"},
    {.path = "AlarmConfiguration.Enabled", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "AlarmConfiguration.IgnorePollAlarmFailure", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "AutoRollbackConfiguration",
     .kind = SHAPE_MAP,
     .otherwise = "{\"Enabled\":false,\"Events\":[]}"},
    {.path = "AutoRollbackConfiguration.Events", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "AutoScalingGroups", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "Deployment", .refused = "plumb makes no deployment of its own for a group of servers"},
    {.path = "DeploymentStyle", .kind = SHAPE_MAP},
    {.path = "ECSServices", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "Ec2TagFilters", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "Ec2TagSet", .refused = TAG_SETS},
    {.path = "OnPremisesInstanceTagFilters", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "OnPremisesTagSet", .refused = TAG_SETS},
    {.path = "OutdatedInstancesStrategy", .otherwise = "\"UPDATE\""},
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.path = "TerminationHookEnabled", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "TriggerConfigurations", .kind = SHAPE_SET, .otherwise = "[]", .key = "TriggerName"},
    {.path = "TriggerConfigurations.TriggerEvents", .kind = SHAPE_SET},
    {.facts = "AWS::CodeDeploy::DeploymentGroup"},
};

static const struct wire_name names[] = {
    {"ECSServices", "ecsServices"},
    {"Ec2TagFilters.Key", "Key"},
    {"Ec2TagFilters.Type", "Type"},
    {"Ec2TagFilters.Value", "Value"},
    {"OnPremisesInstanceTagFilters.Key", "Key"},
    {"OnPremisesInstanceTagFilters.Type", "Type"},
    {"OnPremisesInstanceTagFilters.Value", "Value"},
    {NULL, NULL},
};

static struct str arn_of(const struct resource_call *call, struct str name)
{
    struct str application = value_get_text(plain_known(call), "ApplicationName");
    return codedeploy_arn(call, "deploymentgroup",
                          arena_printf(call->arena, "%.*s/%.*s", STR_ARG(application), STR_ARG(name)));
}

/* An update names the group otherwise, since it may rename it. */
static bool send(const struct resource_call *call, const struct value *target,
                 const struct resource_state *live, struct value *input, struct error *error)
{
    (void)target;
    (void)error;
    if (live && value_remove(input, STR("deploymentGroupName")))
        and_with(call->arena, input, "currentDeploymentGroupName", call->physical_id);
    return true;
}

/* Auto Scaling groups come with the hooks that CodeDeploy put on them. */
static bool receive(const struct resource_call *call, const struct value *item, struct resource_state *state,
                    struct error *error)
{
    const struct value *groups = value_get(item, "autoScalingGroups");
    struct value *named = value_list(call->arena);
    (void)error;
    for (size_t i = 0; value_is(groups, VALUE_LIST) && i < groups->count; i++)
        value_append(call->arena, named, value_string(call->arena, value_get_text(groups->items[i], "name")));
    value_setz(call->arena, state->properties, "AutoScalingGroups", named);
    return true;
}

/* A role that was just made cannot be assumed at once. */
static const struct hurdle hurdles[] = {{"InvalidRoleException", NULL}, {NULL, NULL}};

static const struct plain_key keys[] = {
    {"applicationName", "ApplicationName"}, {"deploymentGroupName", NULL}, {NULL, NULL}};

static const struct plain group = {
    .rules = rules,
    .names = names,
    .small_letters = true,
    .create = &codedeploy_operations[CODEDEPLOY_CREATE_DEPLOYMENT_GROUP],
    .read = &codedeploy_operations[CODEDEPLOY_GET_DEPLOYMENT_GROUP],
    .update = &codedeploy_operations[CODEDEPLOY_UPDATE_DEPLOYMENT_GROUP],
    .remove = &codedeploy_operations[CODEDEPLOY_DELETE_DEPLOYMENT_GROUP],
    .keys = keys,
    .item = "deploymentGroupInfo",
    .hurdles = hurdles,
    .hurdles_ms = ROLE_MS,
    .tags = "tags",
    .tag_key = "Key",
    .tag_value = "Value",
    .list_tags = &codedeploy_operations[CODEDEPLOY_LIST_TAGS_FOR_RESOURCE],
    .list_tags_item = "Tags",
    .tag_calls = &codedeploy_tag_calls,
    .tagged_by = arn_of,
    .send = send,
    .receive = receive,
};

const struct resource_type codedeploy_deployment_group_type = {
    .name = "AWS::CodeDeploy::DeploymentGroup",
    .traits = RESOURCE_TAGGED,
    .name_property = "DeploymentGroupName",
    .name_max = 100,
    .plain = &group,
    PLAIN_LIFE,
    .arn = "arn:{partition}:codedeploy:{region}:{account}:deploymentgroup:{ApplicationName}/"
           "{DeploymentGroupName}",
};
