/* AWS CodeDeploy, as of its API reference: applications, deployment groups, deployment configurations, tags.
 */

#include "tests/simulator/roles.h"
#include "tests/simulator/service.h"

#include <string.h>

enum { NAME_MAX_LENGTH = 100, ALARMS_MAX = 10 };

#define NO_APPLICATION "ApplicationDoesNotExistException"
#define NO_GROUP "DeploymentGroupDoesNotExistException"
#define NO_CONFIG "DeploymentConfigDoesNotExistException"

static const char *const platforms[] = {"Server", "Lambda", "ECS", NULL};

static bool is_one_of(struct str word, const char *const *words)
{
    for (; *words; words++)
        if (str_is(word, *words))
            return true;
    return false;
}

static bool name_is_valid(struct call *call, const char *member, const char *missing, const char *invalid)
{
    struct str name = call_text(call, member);
    if (!name.len)
        return call_fail(call, 400, missing, "%s is required", member);
    return name.len <= NAME_MAX_LENGTH || call_fail(call, 400, invalid, "%s is too long", member);
}

static bool platform_is_valid(struct call *call)
{
    return !call_has(call, "computePlatform") || is_one_of(call_text(call, "computePlatform"), platforms) ||
           call_fail(call, 400, "InvalidComputePlatformException", "Compute platform is not valid.");
}

/* --- applications: {"id", "computePlatform", "groups", "tags", "created"} --- */

static bool application_name(struct call *call)
{
    return name_is_valid(call, "applicationName", "ApplicationNameRequiredException",
                         "InvalidApplicationNameException");
}

static struct value *application_of(struct call *call)
{
    struct str name = call_text(call, "applicationName");
    struct value *application = NULL;
    if (!application_name(call))
        return NULL;
    application = value_get_str(state_map(call, "applications"), name);
    if (!application)
        call_fail(call, 400, NO_APPLICATION, "No application found for name: %.*s", STR_ARG(name));
    return application;
}

static void put_tags(struct call *call, struct value *holder)
{
    state_put(call, holder, STR("tags"), tags_to_map(call, call_list(call, "tags"), "Key", "Value"));
}

static bool CreateApplication(struct call *call)
{
    struct str name = call_text(call, "applicationName"), platform = call_text(call, "computePlatform");
    struct value *all = state_map(call, "applications");
    if (!application_name(call) || !platform_is_valid(call))
        return false;
    if (value_get_str(all, name))
        return call_fail(call, 400, "ApplicationAlreadyExistsException", "Application already exists: %.*s",
                         STR_ARG(name));
    struct value *application = state_put(call, all, name, value_map(call->arena));
    struct str id = call_uuid(call);
    state_text(call, application, "id", id);
    state_text(call, application, "computePlatform", platform.len ? platform : STR("Server"));
    state_int(call, application, "created", call->now);
    state_put(call, application, STR("groups"), value_map(call->arena));
    put_tags(call, application);
    put_text(call, call->output, "applicationId", id);
    return true;
}

static bool GetApplication(struct call *call)
{
    const struct value *application = application_of(call);
    if (!application)
        return false;
    struct value *shape = value_map(call->arena);
    put_text(call, shape, "applicationId", value_get_text(application, "id"));
    put_text(call, shape, "applicationName", call_text(call, "applicationName"));
    put_text(call, shape, "computePlatform", value_get_text(application, "computePlatform"));
    put_time(call, shape, "createTime", value_get_int(application, "created", 0));
    put_bool(call, shape, "linkedToGitHub", false);
    put(call, call->output, "application", shape);
    return true;
}

/* What is not there is deleted already. */
static bool DeleteApplication(struct call *call)
{
    if (!application_name(call))
        return false;
    (void)value_remove(state_map(call, "applications"), call_text(call, "applicationName"));
    return true;
}

/* --- deployment groups: what CreateDeploymentGroup said, {"id", "tags"} beside it --- */

static const char *const group_members[] = {
    "deploymentConfigName",
    "ec2TagFilters",
    "onPremisesInstanceTagFilters",
    "autoScalingGroups",
    "serviceRoleArn",
    "triggerConfigurations",
    "alarmConfiguration",
    "autoRollbackConfiguration",
    "outdatedInstancesStrategy",
    "deploymentStyle",
    "blueGreenDeploymentConfiguration",
    "loadBalancerInfo",
    "ecsServices",
    "terminationHookEnabled",
    NULL,
};

static bool config_exists(struct call *call)
{
    struct str name = call_text(call, "deploymentConfigName");
    return !name.len || str_starts(name, "CodeDeployDefault.") ||
           value_get_str(state_map(call, "configs"), name) ||
           call_fail(call, 400, NO_CONFIG, "No deployment configuration found for name: %.*s", STR_ARG(name));
}

static bool alarms_are_valid(struct call *call)
{
    const struct value *configuration = value_get(call->input, "alarmConfiguration");
    const struct value *alarms = value_get(configuration, "alarms");
    size_t count = value_is(alarms, VALUE_LIST) ? alarms->count : 0;
    if (count > ALARMS_MAX)
        return call_fail(call, 400, "AlarmsLimitExceededException",
                         "The maximum number of alarms for a deployment group (10) was exceeded.");
    return count || !value_get_bool(configuration, "enabled", false) ||
           call_fail(call, 400, "InvalidAlarmConfigException", "Alarms are enabled and none is specified.");
}

static bool role_is_valid(struct call *call)
{
    return role_check(call, call_text(call, "serviceRoleArn"), "codedeploy.amazonaws.com") == ROLE_GOOD ||
           call_fail(call, 400, "InvalidRoleException",
                     "AWS CodeDeploy does not have the permissions required to assume the role %.*s.",
                     STR_ARG(call_text(call, "serviceRoleArn")));
}

static bool group_is_valid(struct call *call)
{
    if (call_has(call, "serviceRoleArn") && !role_is_valid(call))
        return false;
    return config_exists(call) && alarms_are_valid(call);
}

static struct value *group_of(struct call *call, const char *member)
{
    struct str name = call_text(call, member);
    struct value *application = application_of(call), *group;
    if (!application || !name_is_valid(call, member, "DeploymentGroupNameRequiredException",
                                       "InvalidDeploymentGroupNameException"))
        return NULL;
    group = value_get_str(value_get(application, "groups"), name);
    if (!group)
        call_fail(call, 400, NO_GROUP, "No Deployment Group found for name: %.*s", STR_ARG(name));
    return group;
}

static void take_members(struct call *call, struct value *group)
{
    for (const char *const *member = group_members; *member; member++)
        (void)state_member(call, group, *member);
}

static bool CreateDeploymentGroup(struct call *call)
{
    struct str name = call_text(call, "deploymentGroupName");
    struct value *application = application_of(call);
    if (!application || !name_is_valid(call, "deploymentGroupName", "DeploymentGroupNameRequiredException",
                                       "InvalidDeploymentGroupNameException"))
        return false;
    if (value_get_str(value_get(application, "groups"), name))
        return call_fail(call, 400, "DeploymentGroupAlreadyExistsException",
                         "Deployment group name already exists: %.*s", STR_ARG(name));
    if (!call_need(call, "serviceRoleArn", 400, "RoleRequiredException") || !group_is_valid(call))
        return false;
    struct str id = call_uuid(call);
    struct value *group = state_put(call, value_get(application, "groups"), name, value_map(call->arena));
    state_text(call, group, "id", id);
    state_text(call, group, "deploymentConfigName", STR("CodeDeployDefault.OneAtATime"));
    take_members(call, group);
    put_tags(call, group);
    put_text(call, call->output, "deploymentGroupId", id);
    return true;
}

/* Auto Scaling groups are shown with the hook that CodeDeploy put on them. */
static struct value *scaling_groups(struct call *call, const struct value *names)
{
    struct value *shown = value_list(call->arena);
    for (size_t i = 0; value_is(names, VALUE_LIST) && i < names->count; i++) {
        struct value *group = value_map(call->arena);
        put_text(call, group, "name", value_text(names->items[i]));
        put_text(call, group, "hook", STR("CodeDeploy-managed-automatic-launch-deployment-hook"));
        value_append(call->arena, shown, group);
    }
    return shown;
}

static bool GetDeploymentGroup(struct call *call)
{
    const struct value *group = group_of(call, "deploymentGroupName");
    if (!group)
        return false;
    struct value *shape = value_map(call->arena);
    put_text(call, shape, "applicationName", call_text(call, "applicationName"));
    put_text(call, shape, "deploymentGroupId", value_get_text(group, "id"));
    put_text(call, shape, "deploymentGroupName", call_text(call, "deploymentGroupName"));
    put_text(call, shape, "computePlatform", value_get_text(application_of(call), "computePlatform"));
    put_text(call, shape, "outdatedInstancesStrategy", STR("UPDATE"));
    for (const char *const *member = group_members; *member; member++)
        put(call, shape, *member, value_get(group, *member));
    put(call, shape, "autoScalingGroups", scaling_groups(call, value_get(group, "autoScalingGroups")));
    put(call, call->output, "deploymentGroupInfo", shape);
    return true;
}

static bool UpdateDeploymentGroup(struct call *call)
{
    struct value *group = group_of(call, "currentDeploymentGroupName");
    if (!group || !group_is_valid(call))
        return false;
    take_members(call, group);
    put(call, call->output, "hooksNotCleanedUp", value_list(call->arena));
    return true;
}

static bool DeleteDeploymentGroup(struct call *call)
{
    struct value *application =
        value_get_str(state_map(call, "applications"), call_text(call, "applicationName"));
    if (!application_name(call))
        return false;
    if (application)
        (void)value_remove(value_get(application, "groups"), call_text(call, "deploymentGroupName"));
    put(call, call->output, "hooksNotCleanedUp", value_list(call->arena));
    return true;
}

/* --- deployment configurations --- */

static const char *const config_members[] = {"computePlatform", "minimumHealthyHosts", "trafficRoutingConfig",
                                             "zonalConfig", NULL};

static bool config_name(struct call *call)
{
    return name_is_valid(call, "deploymentConfigName", "DeploymentConfigNameRequiredException",
                         "InvalidDeploymentConfigNameException");
}

static bool CreateDeploymentConfig(struct call *call)
{
    struct str name = call_text(call, "deploymentConfigName"), platform = call_text(call, "computePlatform");
    struct value *all = state_map(call, "configs");
    if (!config_name(call) || !platform_is_valid(call))
        return false;
    if (value_get_str(all, name) || str_starts(name, "CodeDeployDefault."))
        return call_fail(call, 400, "DeploymentConfigAlreadyExistsException",
                         "Deployment configuration name already exists: %.*s", STR_ARG(name));
    if (platform.len && !str_is(platform, "Server") && !call_has(call, "trafficRoutingConfig"))
        return call_fail(call, 400, "InvalidTrafficRoutingConfigurationException",
                         "The traffic routing configuration must be specified.");
    struct str id = call_uuid(call);
    struct value *config = state_put(call, all, name, value_map(call->arena));
    state_text(call, config, "computePlatform", STR("Server"));
    for (const char *const *member = config_members; *member; member++)
        (void)state_member(call, config, *member);
    state_text(call, config, "id", id);
    state_int(call, config, "created", call->now);
    put_text(call, call->output, "deploymentConfigId", id);
    return true;
}

static bool GetDeploymentConfig(struct call *call)
{
    struct str name = call_text(call, "deploymentConfigName");
    const struct value *config = value_get_str(state_map(call, "configs"), name);
    if (!config_name(call))
        return false;
    if (!config)
        return call_fail(call, 400, NO_CONFIG, "No deployment configuration found for name: %.*s",
                         STR_ARG(name));
    struct value *shape = value_map(call->arena);
    put_text(call, shape, "deploymentConfigId", value_get_text(config, "id"));
    put_text(call, shape, "deploymentConfigName", name);
    put_time(call, shape, "createTime", value_get_int(config, "created", 0));
    for (const char *const *member = config_members; *member; member++)
        put(call, shape, *member, value_get(config, *member));
    put(call, call->output, "deploymentConfigInfo", shape);
    return true;
}

static bool is_in_use(struct call *call, struct str config)
{
    const struct value *applications = state_map(call, "applications");
    for (size_t i = 0; i < applications->count; i++) {
        const struct value *groups = value_get(applications->entries[i].value, "groups");
        for (size_t k = 0; k < groups->count; k++)
            if (str_equal(value_get_text(groups->entries[k].value, "deploymentConfigName"), config))
                return true;
    }
    return false;
}

static bool DeleteDeploymentConfig(struct call *call)
{
    struct str name = call_text(call, "deploymentConfigName");
    if (!config_name(call))
        return false;
    if (str_starts(name, "CodeDeployDefault."))
        return call_fail(call, 400, "InvalidOperationException", "The configuration is a predefined one.");
    if (is_in_use(call, name))
        return call_fail(call, 400, "DeploymentConfigInUseException",
                         "The deployment configuration is still in use.");
    (void)value_remove(state_map(call, "configs"), name);
    return true;
}

/* --- tags --- */

/* "arn:aws:codedeploy:us-east-1:111111111111:deploymentgroup:shop/orders" */
static struct value *tagged(struct call *call)
{
    struct str rest = call_text(call, "ResourceArn"), part, kind = STR_EMPTY;
    if (!call_need(call, "ResourceArn", 400, "ResourceArnRequiredException"))
        return NULL;
    for (int i = 0; i < 6 && str_split(&rest, ':', &part); i++)
        kind = part;
    bool group = str_is(kind, "deploymentgroup");
    if (!group && !str_is(kind, "application")) {
        call_fail(call, 400, "ArnNotSupportedException", "The ARN is not supported.");
        return NULL;
    }
    struct str name = group ? str_slice(rest, 0, str_find(rest, '/')) : rest;
    struct value *holder = value_get_str(state_map(call, "applications"), name);
    if (holder && group)
        holder = value_get_str(value_get(holder, "groups"), str_from_index(rest, name.len + 1));
    if (!holder)
        call_fail(call, 400, group ? NO_GROUP : NO_APPLICATION, "The resource %.*s does not exist.",
                  STR_ARG(call_text(call, "ResourceArn")));
    return holder;
}

static bool TagResource(struct call *call)
{
    struct value *holder = tagged(call);
    if (holder)
        state_merge(call, holder, "tags", tags_to_map(call, call_list(call, "Tags"), "Key", "Value"));
    return holder;
}

static bool UntagResource(struct call *call)
{
    struct value *holder = tagged(call);
    if (holder)
        state_remove_keys(holder, "tags", call_list(call, "TagKeys"));
    return holder;
}

static bool ListTagsForResource(struct call *call)
{
    const struct value *holder = tagged(call);
    if (holder)
        put(call, call->output, "Tags", tags_to_list(call, value_get(holder, "tags"), "Key", "Value"));
    return holder;
}

#define READ(NAME)                                                                                           \
    {                                                                                                        \
        .name = #NAME, .effect = SIM_READ, .handle = NAME                                                    \
    }
#define WRITE(NAME)                                                                                          \
    {                                                                                                        \
        .name = #NAME, .effect = SIM_WRITE, .handle = NAME                                                   \
    }

static const struct sim_operation operations[] = {
    WRITE(CreateApplication),
    WRITE(CreateDeploymentConfig),
    WRITE(CreateDeploymentGroup),
    WRITE(DeleteApplication),
    WRITE(DeleteDeploymentConfig),
    WRITE(DeleteDeploymentGroup),
    READ(GetApplication),
    READ(GetDeploymentConfig),
    READ(GetDeploymentGroup),
    READ(ListTagsForResource),
    WRITE(TagResource),
    WRITE(UntagResource),
    WRITE(UpdateDeploymentGroup),
};

const struct sim_service sim_codedeploy = {
    .name = "codedeploy",
    .target = "CodeDeploy_20141006",
    .json_version = "1.1",
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
