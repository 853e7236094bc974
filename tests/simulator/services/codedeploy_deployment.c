/* Deployments to Lambda: what callers ask for and are shown; codedeploy_life.c lets them go on. */

#include "tests/simulator/services/codedeploy.h"

enum {
    DESCRIPTION_MAX = 256, /* [guide] limits */
    RUNNING_MAX = 100,     /* [guide] limits: concurrent deployments of an account; a quota that AWS raises */
    BATCH_MAX = 25,        /* [api] BatchGetDeployments */
    PAGE = 100,            /* assumed */
};

#define ID_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
enum { ID_LENGTH = 9 };

static const char *const statuses[] = {"Created", "Queued",  "InProgress", "Baking", "Succeeded",
                                       "Failed",  "Stopped", "Ready",      NULL};

/* --- finding --- */

bool codedeploy_has_ended(const struct value *deployment)
{
    return value_get(deployment, "completed");
}

static bool id_is_valid(struct call *call, struct str id)
{
    if (!id.len)
        return call_fail(call, 400, "DeploymentIdRequiredException", "The deployment ID must be specified.");
    return (str_starts(id, "d-") && id.len == ID_LENGTH + 2) ||
           call_fail(call, 400, "InvalidDeploymentIdException", "The deployment ID %.*s is not valid.",
                     STR_ARG(id));
}

struct value *codedeploy_deployment(struct call *call)
{
    struct str id = call_text(call, "deploymentId");
    if (!id_is_valid(call, id))
        return NULL;
    struct value *deployment = value_get_str(state_map(call, "deployments"), id);
    if (!deployment)
        call_fail(call, 400, "DeploymentDoesNotExistException", "The deployment %.*s could not be found",
                  STR_ARG(id));
    return deployment;
}

struct value *codedeploy_last_deployment(struct call *call, const struct value *group, const char *which)
{
    return value_get_str(state_map(call, "deployments"), value_get_text(group, which));
}

/* --- showing --- */

/* [api] GetDeployment: the content of appSpecContent is always null. */
struct value *codedeploy_revision_shape(struct call *call, const struct value *deployment)
{
    struct value *shape = value_map(call->arena), *raw = value_map(call->arena);
    bool text = str_is(value_get_text(deployment, "type"), "String");
    put(call, raw, "sha256", value_get(deployment, "sha256"));
    if (text)
        put(call, raw, "content", value_get(deployment, "content"));
    put(call, shape, "revisionType", value_get(deployment, "type"));
    put(call, shape, text ? "string" : "appSpecContent", raw);
    return shape;
}

static const char *overview_member(const struct value *deployment)
{
    struct str status = value_get_text(deployment, "status");
    if (str_is(status, "Created") || str_is(status, "Queued"))
        return "Pending";
    if (str_is(status, "InProgress") || str_is(status, "Succeeded"))
        return str_is(status, "InProgress") ? "InProgress" : "Succeeded";
    return value_get(deployment, "started") ? "Failed" : "Skipped";
}

static struct value *overview(struct call *call, const struct value *deployment)
{
    static const char *const all[] = {"Pending", "InProgress", "Succeeded", "Failed", "Skipped", "Ready"};
    struct value *shape = value_map(call->arena);
    for (size_t i = 0; i < ARRAY_LENGTH(all); i++)
        put_int(call, shape, all[i], str_is(str_from(all[i]), overview_member(deployment)));
    return shape;
}

static struct value *style(struct call *call)
{
    struct value *shape = value_map(call->arena);
    put_text(call, shape, "deploymentType", STR("BLUE_GREEN"));
    put_text(call, shape, "deploymentOption", STR("WITH_TRAFFIC_CONTROL"));
    return shape;
}

static struct value *deployment_shape(struct call *call, const struct value *deployment)
{
    static const char *const same[][2] = {
        {"applicationName", "application"},
        {"deploymentGroupName", "group"},
        {"deploymentConfigName", "config"},
        {"deploymentId", "id"},
        {"previousRevision", "previous"},
        {"status", "status"},
        {"errorInformation", "error"},
        {"description", "description"},
        {"creator", "creator"},
        {"autoRollbackConfiguration", "automatic"},
        {"rollbackInfo", "rollback"},
        {"overrideAlarmConfiguration", "override"},
    };
    static const char *const times[][2] = {
        {"createTime", "created"}, {"startTime", "started"}, {"completeTime", "completed"}};
    struct value *shape = value_map(call->arena);
    for (size_t i = 0; i < ARRAY_LENGTH(same); i++)
        put(call, shape, same[i][0], value_get(deployment, same[i][1]));
    for (size_t i = 0; i < ARRAY_LENGTH(times); i++)
        if (value_get(deployment, times[i][1]))
            put_time(call, shape, times[i][0], value_get_int(deployment, times[i][1], 0));
    put(call, shape, "revision", codedeploy_revision_shape(call, deployment));
    put(call, shape, "deploymentOverview", overview(call, deployment));
    put(call, shape, "deploymentStyle", style(call));
    put_text(call, shape, "computePlatform", STR("Lambda"));
    put_bool(call, shape, "ignoreApplicationStopFailures", false);
    put_bool(call, shape, "updateOutdatedInstancesOnly", false);
    put_bool(call, shape, "instanceTerminationWaitTimeStarted", false);
    return shape;
}

bool codedeploy_GetDeployment(struct call *call)
{
    const struct value *deployment = codedeploy_deployment(call);
    if (deployment)
        put(call, call->output, "deploymentInfo", deployment_shape(call, deployment));
    return deployment;
}

/* Unknown ids are left out: [api] has no error for them. */
bool codedeploy_BatchGetDeployments(struct call *call)
{
    const struct value *ids = call_list(call, "deploymentIds"), *all = state_map(call, "deployments");
    struct value *shapes = value_list(call->arena);
    if (!ids->count)
        return id_is_valid(call, STR_EMPTY);
    if (ids->count > BATCH_MAX)
        return call_fail(call, 400, "BatchLimitExceededException",
                         "The maximum number of deployment IDs (25) was exceeded.");
    for (size_t i = 0; i < ids->count; i++) {
        if (!id_is_valid(call, value_text(ids->items[i])))
            return false;
        const struct value *deployment = value_get_str(all, value_text(ids->items[i]));
        if (deployment)
            value_append(call->arena, shapes, deployment_shape(call, deployment));
    }
    put(call, call->output, "deploymentsInfo", shapes);
    return true;
}

/* --- listing --- */

struct filter {
    struct str application, group, external;
    const struct value *statuses;
    int64_t start, end; /* ms */
};

/* "1700000000.123" in seconds, as JSON has timestamps. */
static bool read_time(struct call *call, const char *name, int64_t otherwise, int64_t *ms)
{
    const struct value *given = value_path(call->input, "createTimeRange", name, NULL);
    struct str text = value_text(given), whole = str_slice(text, 0, str_find(text, '.'));
    struct str fraction = str_from_index(text, whole.len + 1);
    int64_t seconds, part = 0;
    *ms = otherwise;
    if (!given || value_is(given, VALUE_NULL))
        return true;
    if (!value_is(given, VALUE_NUMBER) || !str_to_int(whole, &seconds))
        return call_fail(call, 400, "InvalidTimeRangeException", "The time range is not valid.");
    for (size_t i = 0; i < 3; i++)
        part = part * 10 + (i < fraction.len && fraction.ptr[i] >= '0' && fraction.ptr[i] <= '9'
                                ? fraction.ptr[i] - '0'
                                : 0);
    *ms = seconds * 1000 + part;
    return true;
}

/* [api] applicationName and deploymentGroupName go together. */
static bool filter_read(struct call *call, struct filter *filter)
{
    *filter = (struct filter){.application = call_text(call, "applicationName"),
                              .group = call_text(call, "deploymentGroupName"),
                              .external = call_text(call, "externalId"),
                              .statuses = call_list(call, "includeOnlyStatuses")};
    if ((filter->application.len || filter->group.len) && !codedeploy_group(call, "deploymentGroupName"))
        return false;
    for (size_t i = 0; i < filter->statuses->count; i++)
        if (!codedeploy_is_one_of(value_text(filter->statuses->items[i]), statuses))
            return call_fail(call, 400, "InvalidDeploymentStatusException", "A status is not valid.");
    if (!read_time(call, "start", INT64_MIN, &filter->start) ||
        !read_time(call, "end", INT64_MAX, &filter->end))
        return false;
    return filter->start <= filter->end ||
           call_fail(call, 400, "InvalidTimeRangeException", "The time range ends before it starts.");
}

static bool is_wanted(const struct filter *filter, const struct value *deployment)
{
    int64_t created = value_get_int(deployment, "created", 0);
    bool wanted = filter->statuses->count == 0;
    for (size_t i = 0; i < filter->statuses->count; i++)
        wanted =
            wanted || str_equal(value_text(filter->statuses->items[i]), value_get_text(deployment, "status"));
    if (filter->group.len)
        wanted = wanted && str_equal(filter->application, value_get_text(deployment, "application")) &&
                 str_equal(filter->group, value_get_text(deployment, "group"));
    return wanted && !filter->external.len && created >= filter->start && created <= filter->end;
}

/* The newest first: assumed. */
bool codedeploy_ListDeployments(struct call *call)
{
    static const struct sim_paging paging = {
        .token_member = "nextToken", .size = PAGE, .error_code = "InvalidNextTokenException"};
    const struct value *all = state_map(call, "deployments");
    struct value *ids = value_map(call->arena);
    struct filter filter;
    struct str next;
    if (!filter_read(call, &filter))
        return false;
    for (size_t i = 0; i < all->count; i++) {
        const struct value *deployment = all->entries[i].value;
        long long order = INT64_MAX - value_get_int(deployment, "sequence", 0);
        if (is_wanted(&filter, deployment))
            value_set(call->arena, ids, arena_printf(call->arena, "%020lld", order),
                      value_string(call->arena, value_get_text(deployment, "id")));
    }
    struct value *page = call_page(call, ids, &paging, &next);
    if (!page)
        return false;
    put(call, call->output, "deployments", page);
    if (next.len)
        put_text(call, call->output, "nextToken", next);
    return true;
}

/* --- creating --- */

void codedeploy_plan_revision(struct call *call, struct value *plan,
                              const struct codedeploy_revision *revision)
{
    put_text(call, plan, "type", revision->type);
    put_text(call, plan, "content", revision->content);
    put_text(call, plan, "sha256", revision->sha256);
    put_text(call, plan, "function", revision->function);
    put_text(call, plan, "alias", revision->alias);
    put_text(call, plan, "current", revision->current);
    put_text(call, plan, "target", revision->target);
    put_text(call, plan, "before", revision->before);
    put_text(call, plan, "after", revision->after);
}

static struct value *pending_events(struct call *call)
{
    static const char *const names[] = {CODEDEPLOY_BEFORE, CODEDEPLOY_TRAFFIC, CODEDEPLOY_AFTER};
    struct value *events = value_map(call->arena);
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        struct value *event = value_map(call->arena);
        put_text(call, event, "status", STR("Pending"));
        put(call, events, names[i], event);
    }
    return events;
}

struct str codedeploy_begin(struct call *call, struct value *plan)
{
    struct str id = arena_printf(call->arena, "d-%.*s", STR_ARG(call_id(call, ID_LETTERS, ID_LENGTH)));
    int64_t sequence = value_get_int(call->state, "sequence", 0) + 1;
    struct value *group =
        codedeploy_group_named(call, value_get_text(plan, "application"), value_get_text(plan, "group"));
    state_int(call, call->state, "sequence", sequence);
    put_text(call, plan, "id", id);
    put_int(call, plan, "sequence", sequence);
    put_text(call, plan, "status", STR("Created"));
    put_text(call, plan, "phase", STR("created"));
    put_int(call, plan, "created", call->now);
    put_int(call, plan, "updated", call->now);
    put_int(call, plan, "percent", 0);
    put(call, plan, "events", pending_events(call));
    const struct value *before = codedeploy_last_deployment(call, group, "succeeded");
    if (before)
        put(call, plan, "previous", codedeploy_revision_shape(call, before));
    if (group)
        state_text(call, group, "attempted", id);
    struct value *deployment = state_put(call, state_map(call, "deployments"), id, plan);
    int64_t until = call->now + call_delay(call, "codedeploy.created");
    state_int(call, deployment, "until", until);
    codedeploy_schedule(call, deployment, until);
    return id;
}

/* [api] the errors of CreateDeployment say what a Lambda deployment must not ask for. */
static bool options_are_valid(struct call *call)
{
    static const char *const behaviours[] = {"DISALLOW", "OVERWRITE", "RETAIN", NULL};
    struct str behaviour = call_text(call, "fileExistsBehavior");
    if (call_text(call, "description").len > DESCRIPTION_MAX)
        return call_fail(call, 400, "DescriptionTooLongException", "The description is too long.");
    if (value_get_bool(call->input, "updateOutdatedInstancesOnly", false))
        return call_fail(call, 400, "InvalidUpdateOutdatedInstancesOnlyValueException",
                         "For Lambda deployments, updateOutdatedInstancesOnly must be false.");
    if (value_get_bool(call->input, "ignoreApplicationStopFailures", false))
        return call_fail(call, 400, "InvalidIgnoreApplicationStopFailuresValueException",
                         "For Lambda deployments, ignoreApplicationStopFailures must be false.");
    if (behaviour.len && !codedeploy_is_one_of(behaviour, behaviours))
        return call_fail(call, 400, "InvalidFileExistsBehaviorException",
                         "The fileExistsBehavior is not valid.");
    if (call_has(call, "targetInstances"))
        return call_fail(call, 400, "InvalidTargetInstancesException",
                         "A Lambda deployment has no target instances.");
    return codedeploy_config_exists(call) &&
           codedeploy_alarms_are_valid(call, "overrideAlarmConfiguration") &&
           codedeploy_rollback_is_valid(call);
}

/* Assumed: a configuration for another platform is refused at once. */
static const struct value *routing_of(struct call *call, struct str config)
{
    const struct value *found = codedeploy_config(call, config);
    if (found && str_is(value_get_text(found, "computePlatform"), "Lambda"))
        return value_get(found, "trafficRoutingConfig");
    call_fail(call, 400, "InvalidDeploymentConfigNameException",
              "The deployment configuration %.*s is not one for Lambda.", STR_ARG(config));
    return NULL;
}

/* [guide] limits: one deployment of a group at a time; [seen] the message. */
static bool may_run(struct call *call)
{
    struct str application = call_text(call, "applicationName");
    struct str group = call_text(call, "deploymentGroupName");
    const struct value *active = state_map(call, "active"), *all = state_map(call, "deployments");
    for (size_t i = 0; i < active->count; i++) {
        const struct value *other = value_get_str(all, active->entries[i].key);
        if (str_equal(application, value_get_text(other, "application")) &&
            str_equal(group, value_get_text(other, "group")))
            return call_fail(call, 400, "DeploymentLimitExceededException",
                             "The Deployment Group '%.*s' already has an active Deployment '%.*s'",
                             STR_ARG(group), STR_ARG(active->entries[i].key));
    }
    return active->count < RUNNING_MAX ||
           call_fail(call, 400, "DeploymentLimitExceededException",
                     "The maximum number of concurrent deployments of the account (100) was reached.");
}

bool codedeploy_CreateDeployment(struct call *call)
{
    const struct value *group = codedeploy_group(call, "deploymentGroupName");
    struct codedeploy_revision revision;
    if (!group)
        return false;
    if (!str_is(value_get_text(codedeploy_application(call), "computePlatform"), "Lambda"))
        return call_fail(call, 400, "UnknownOperationException", "the simulator deploys to Lambda alone");
    if (!codedeploy_revision_read(call, &revision) || !options_are_valid(call))
        return false;
    struct str config = value_get_text(call_text(call, "deploymentConfigName").len ? call->input : group,
                                       "deploymentConfigName");
    const struct value *routing = routing_of(call, config);
    if (!routing || !may_run(call))
        return false;
    bool own = call_has(call, "autoRollbackConfiguration");
    bool override = call_has(call, "overrideAlarmConfiguration");
    struct value *plan = value_map(call->arena);
    codedeploy_plan_revision(call, plan, &revision);
    put_text(call, plan, "application", call_text(call, "applicationName"));
    put_text(call, plan, "group", call_text(call, "deploymentGroupName"));
    put_text(call, plan, "config", config);
    put_text(call, plan, "creator", STR("user"));
    put(call, plan, "routing", value_copy(call->arena, routing));
    put(call, plan, "description", value_get(call->input, "description"));
    put(call, plan, "override", value_get(call->input, "overrideAlarmConfiguration"));
    put(call, plan, "automatic", value_get(own ? call->input : group, "autoRollbackConfiguration"));
    put(call, plan, "alarms",
        override ? value_get(call->input, "overrideAlarmConfiguration")
                 : value_get(group, "alarmConfiguration"));
    put_text(call, call->output, "deploymentId", codedeploy_begin(call, plan));
    return true;
}

/* --- stopping --- */

/* [api] autoRollbackEnabled; where it is not given, the automatic rollback on DEPLOYMENT_STOP_ON_REQUEST is
 * asked.  Assumed: it stops at once, and `false` there means no rollback.  [guide]
 * troubleshooting-deployments-lambda: without one the alias keeps its two versions. */
bool codedeploy_StopDeployment(struct call *call)
{
    struct value *deployment = codedeploy_deployment(call);
    const struct value *wanted = value_get(call->input, "autoRollbackEnabled");
    if (!deployment)
        return false;
    if (codedeploy_has_ended(deployment))
        return call_fail(call, 400, "DeploymentAlreadyCompletedException",
                         "The deployment %.*s has already completed.",
                         STR_ARG(value_get_text(deployment, "id")));
    codedeploy_end(call, deployment, "Stopped", "MANUAL_STOP", STR("The deployment was stopped by a user."),
                   value_is(wanted, VALUE_BOOL) ? NULL : "DEPLOYMENT_STOP_ON_REQUEST");
    if (value_get_bool(call->input, "autoRollbackEnabled", false))
        codedeploy_roll_back(call, deployment);
    put_text(call, call->output, "status", STR("Succeeded"));
    put_text(call, call->output, "statusMessage", STR("The deployment was stopped."));
    return true;
}
