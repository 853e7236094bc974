/* AWS CodeDeploy, as of its API reference: applications, deployment groups, tags. */

#include "tests/simulator/services/codedeploy.h"
#include "tests/simulator/roles.h"

enum { NAME_MAX_LENGTH = 100, ALARMS_MAX = 10, ALARM_NAME_MAX_LENGTH = 255 };

static const char *const platforms[] = {"Server", "Lambda", "ECS", NULL};

bool codedeploy_is_one_of(struct str word, const char *const *words)
{
    for (; *words; words++)
        if (str_is(word, *words))
            return true;
    return false;
}

bool codedeploy_name_is_valid(struct call *call, const char *member, const char *missing, const char *invalid)
{
    struct str name = call_text(call, member);
    if (!name.len)
        return call_fail(call, 400, missing, "%s is required", member);
    return name.len <= NAME_MAX_LENGTH || call_fail(call, 400, invalid, "%s is too long", member);
}

bool codedeploy_platform_is_valid(struct call *call)
{
    return !call_has(call, "computePlatform") ||
           codedeploy_is_one_of(call_text(call, "computePlatform"), platforms) ||
           call_fail(call, 400, "InvalidComputePlatformException", "Compute platform is not valid.");
}

/* --- applications: {"id", "computePlatform", "groups", "tags", "created"} --- */

static bool application_name(struct call *call)
{
    return codedeploy_name_is_valid(call, "applicationName", "ApplicationNameRequiredException",
                                    "InvalidApplicationNameException");
}

struct value *codedeploy_application(struct call *call)
{
    struct str name = call_text(call, "applicationName");
    struct value *application = NULL;
    if (!application_name(call))
        return NULL;
    application = value_get_str(state_map(call, "applications"), name);
    if (!application)
        call_fail(call, 400, CODEDEPLOY_NO_APPLICATION, "No application found for name: %.*s", STR_ARG(name));
    return application;
}

static void put_tags(struct call *call, struct value *holder)
{
    state_put(call, holder, STR("tags"), tags_to_map(call, call_list(call, "tags"), "Key", "Value"));
}

bool codedeploy_CreateApplication(struct call *call)
{
    struct str name = call_text(call, "applicationName"), platform = call_text(call, "computePlatform");
    struct value *all = state_map(call, "applications");
    if (!application_name(call) || !codedeploy_platform_is_valid(call))
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

bool codedeploy_GetApplication(struct call *call)
{
    const struct value *application = codedeploy_application(call);
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
bool codedeploy_DeleteApplication(struct call *call)
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

/* [api] InvalidAlarmConfigException: no list, a name empty or too long, the same name twice, enabled without
 * alarms. */
static bool alarm_names_are_valid(struct call *call, const struct value *alarms)
{
    struct value *names = value_map(call->arena);
    for (size_t i = 0; i < alarms->count; i++) {
        struct str name = value_get_text(alarms->items[i], "name");
        if (!name.len || name.len > ALARM_NAME_MAX_LENGTH || value_get_str(names, name))
            return call_fail(call, 400, "InvalidAlarmConfigException",
                             "An alarm has no valid name, or is named twice.");
        put_text(call, names, arena_strz(call->arena, name), name);
    }
    return true;
}

bool codedeploy_alarms_are_valid(struct call *call, const char *member)
{
    const struct value *configuration = value_get(call->input, member);
    const struct value *alarms = value_get(configuration, "alarms");
    size_t count = value_is(alarms, VALUE_LIST) ? alarms->count : 0;
    if (count > ALARMS_MAX)
        return call_fail(call, 400, "AlarmsLimitExceededException",
                         "The maximum number of alarms for a deployment group (10) was exceeded.");
    if (!count && value_get_bool(configuration, "enabled", false))
        return call_fail(call, 400, "InvalidAlarmConfigException",
                         "Alarms are enabled and none is specified.");
    return !count || alarm_names_are_valid(call, alarms);
}

/* [api] InvalidAutoRollbackConfigException: enabled, and an event is not valid, or there is none. */
bool codedeploy_rollback_is_valid(struct call *call)
{
    static const char *const known[] = {"DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM",
                                        "DEPLOYMENT_STOP_ON_REQUEST", NULL};
    const struct value *configuration = value_get(call->input, "autoRollbackConfiguration");
    const struct value *events = value_get(configuration, "events");
    bool valid = !value_get_bool(configuration, "enabled", false) || (events && events->count);
    for (size_t i = 0; value_is(events, VALUE_LIST) && i < events->count; i++)
        valid = valid && codedeploy_is_one_of(value_text(events->items[i]), known);
    return valid || call_fail(call, 400, "InvalidAutoRollbackConfigException",
                              "The automatic rollback configuration is not valid.");
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
    return codedeploy_config_exists(call) && codedeploy_alarms_are_valid(call, "alarmConfiguration") &&
           codedeploy_rollback_is_valid(call);
}

struct value *codedeploy_group(struct call *call, const char *member)
{
    struct str name = call_text(call, member);
    struct value *application = codedeploy_application(call), *group;
    if (!application || !codedeploy_name_is_valid(call, member, "DeploymentGroupNameRequiredException",
                                                  "InvalidDeploymentGroupNameException"))
        return NULL;
    group = value_get_str(value_get(application, "groups"), name);
    if (!group)
        call_fail(call, 400, CODEDEPLOY_NO_GROUP, "No Deployment Group found for name: %.*s", STR_ARG(name));
    return group;
}

struct value *codedeploy_group_named(struct call *call, struct str application, struct str group)
{
    const struct value *all = value_get_str(state_map(call, "applications"), application);
    return value_get_str(value_get(all, "groups"), group);
}

static void take_members(struct call *call, struct value *group)
{
    for (const char *const *member = group_members; *member; member++)
        (void)state_member(call, group, *member);
}

bool codedeploy_CreateDeploymentGroup(struct call *call)
{
    struct str name = call_text(call, "deploymentGroupName");
    struct value *application = codedeploy_application(call);
    if (!application ||
        !codedeploy_name_is_valid(call, "deploymentGroupName", "DeploymentGroupNameRequiredException",
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

static void put_last(struct call *call, struct value *shape, const char *member,
                     const struct value *deployment)
{
    struct value *last = value_map(call->arena);
    if (!deployment)
        return;
    put(call, last, "deploymentId", value_get(deployment, "id"));
    put(call, last, "status", value_get(deployment, "status"));
    put_time(call, last, "createTime", value_get_int(deployment, "created", 0));
    if (value_get(deployment, "completed"))
        put_time(call, last, "endTime", value_get_int(deployment, "completed", 0));
    put(call, shape, member, last);
}

static void put_deployments(struct call *call, struct value *shape, const struct value *group)
{
    const struct value *attempted = codedeploy_last_deployment(call, group, "attempted");
    put_last(call, shape, "lastAttemptedDeployment", attempted);
    put_last(call, shape, "lastSuccessfulDeployment", codedeploy_last_deployment(call, group, "succeeded"));
    if (attempted)
        put(call, shape, "targetRevision", codedeploy_revision_shape(call, attempted));
}

bool codedeploy_GetDeploymentGroup(struct call *call)
{
    const struct value *group = codedeploy_group(call, "deploymentGroupName");
    if (!group)
        return false;
    struct value *shape = value_map(call->arena);
    put_text(call, shape, "applicationName", call_text(call, "applicationName"));
    put_text(call, shape, "deploymentGroupId", value_get_text(group, "id"));
    put_text(call, shape, "deploymentGroupName", call_text(call, "deploymentGroupName"));
    put_text(call, shape, "computePlatform", value_get_text(codedeploy_application(call), "computePlatform"));
    put_text(call, shape, "outdatedInstancesStrategy", STR("UPDATE"));
    for (const char *const *member = group_members; *member; member++)
        put(call, shape, *member, value_get(group, *member));
    put_deployments(call, shape, group);
    put(call, shape, "autoScalingGroups", scaling_groups(call, value_get(group, "autoScalingGroups")));
    put(call, call->output, "deploymentGroupInfo", shape);
    return true;
}

bool codedeploy_UpdateDeploymentGroup(struct call *call)
{
    struct value *group = codedeploy_group(call, "currentDeploymentGroupName");
    if (!group || !group_is_valid(call))
        return false;
    take_members(call, group);
    put(call, call->output, "hooksNotCleanedUp", value_list(call->arena));
    return true;
}

bool codedeploy_DeleteDeploymentGroup(struct call *call)
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
        call_fail(call, 400, group ? CODEDEPLOY_NO_GROUP : CODEDEPLOY_NO_APPLICATION,
                  "The resource %.*s does not exist.", STR_ARG(call_text(call, "ResourceArn")));
    return holder;
}

bool codedeploy_TagResource(struct call *call)
{
    struct value *holder = tagged(call);
    if (holder)
        state_merge(call, holder, "tags", tags_to_map(call, call_list(call, "Tags"), "Key", "Value"));
    return holder;
}

bool codedeploy_UntagResource(struct call *call)
{
    struct value *holder = tagged(call);
    if (holder)
        state_remove_keys(holder, "tags", call_list(call, "TagKeys"));
    return holder;
}

bool codedeploy_ListTagsForResource(struct call *call)
{
    const struct value *holder = tagged(call);
    if (holder)
        put(call, call->output, "Tags", tags_to_list(call, value_get(holder, "tags"), "Key", "Value"));
    return holder;
}

#define OPERATION(NAME, EFFECT) {.name = #NAME, .effect = EFFECT, .handle = codedeploy_##NAME},
static const struct sim_operation operations[] = {CODEDEPLOY_OPERATIONS(OPERATION)};
#undef OPERATION

const struct sim_service sim_codedeploy = {
    .name = "codedeploy",
    .target = "CodeDeploy_20141006",
    .json_version = "1.1",
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
    .due = codedeploy_due,
    .happen = codedeploy_happen,
};
