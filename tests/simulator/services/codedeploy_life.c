/*
 * The life of a deployment: Created, Queued, InProgress with its three lifecycle events, and its end.
 *
 * [seen] the events of a target that has not succeeded are Succeeded, Failed (where it was), Skipped (what
 * was to follow).  Assumed: the alarms are looked at when the deployment begins, before every further step,
 * and at least every ten seconds.
 */

#include "tests/simulator/roles.h"
#include "tests/simulator/services/codedeploy.h"

enum {
    ALARMS_EVERY_MS = 10 * 1000,
    HOOK_MS = 3600 * 1000, /* [guide] limits: a lifecycle event fails if not completed by then */
    MINUTE_MS = 60 * 1000,
};

/* --- when it goes on --- */

int64_t codedeploy_due(struct call *call)
{
    return value_get_int(call->state, "due", INT64_MAX);
}

void codedeploy_schedule(struct call *call, const struct value *deployment, int64_t time)
{
    struct value *active = state_map(call, "active");
    struct str id = value_get_text(deployment, "id");
    int64_t least = INT64_MAX;
    if (time == INT64_MAX)
        (void)value_remove(active, id);
    else
        state_int(call, active, arena_strz(call->arena, id), time);
    for (size_t i = 0; i < active->count; i++) {
        int64_t due;
        if (value_to_int(active->entries[i].value, &due) && due < least)
            least = due;
    }
    state_int(call, call->state, "due", least);
}

static void enter(struct call *call, struct value *deployment, const char *phase, int64_t wait)
{
    state_text(call, deployment, "phase", str_from(phase));
    state_int(call, deployment, "until", wait > INT64_MAX - call->now ? INT64_MAX : call->now + wait);
    state_int(call, deployment, "updated", call->now);
}

/* --- lifecycle events --- */

static struct value *event_of(const struct value *deployment, const char *name)
{
    return value_path(deployment, "events", name, NULL);
}

static bool event_is(const struct value *event, const char *status)
{
    return value_is_text(value_get(event, "status"), status);
}

static void event_start(struct call *call, struct value *event)
{
    state_text(call, event, "status", STR("InProgress"));
    state_int(call, event, "started", call->now);
}

static void event_end(struct call *call, struct value *event, struct str status)
{
    state_text(call, event, "status", status);
    state_int(call, event, "ended", call->now);
}

/* --- the end --- */

static bool rolls_back_on(const struct value *deployment, const char *event)
{
    const struct value *automatic = value_get(deployment, "automatic");
    const struct value *events = value_get(automatic, "events");
    if (!event || !value_get_bool(automatic, "enabled", false))
        return false;
    for (size_t i = 0; value_is(events, VALUE_LIST) && i < events->count; i++)
        if (value_is_text(events->items[i], event))
            return true;
    return false;
}

static void close_events(struct call *call, struct value *deployment, struct str message)
{
    struct value *events = value_get(deployment, "events");
    for (size_t i = 0; i < events->count; i++) {
        struct value *event = events->entries[i].value;
        if (event_is(event, "InProgress"))
            event_end(call, event, STR("Failed"));
        if (event_is(event, "Failed"))
            state_text(call, event, "message", message);
        if (event_is(event, "Pending"))
            state_text(call, event, "status", STR("Skipped"));
    }
}

void codedeploy_end(struct call *call, struct value *deployment, const char *status, const char *code,
                    struct str message, const char *event)
{
    struct value *group = codedeploy_group_named(call, value_get_text(deployment, "application"),
                                                 value_get_text(deployment, "group"));
    struct value *error = value_map(call->arena);
    close_events(call, deployment, message);
    state_text(call, deployment, "status", str_from(status));
    state_int(call, deployment, "completed", call->now);
    state_int(call, deployment, "updated", call->now);
    put_text(call, error, "code", str_from(code));
    put_text(call, error, "message", message);
    if (code)
        state_put(call, deployment, STR("error"), error);
    else if (group)
        state_text(call, group, "succeeded", value_get_text(deployment, "id"));
    codedeploy_schedule(call, deployment, INT64_MAX);
    if (rolls_back_on(deployment, event))
        codedeploy_roll_back(call, deployment);
}

static void fail(struct call *call, struct value *deployment, const char *code, struct str message)
{
    codedeploy_end(call, deployment, "Failed", code, message, "DEPLOYMENT_FAILURE");
}

/* [guide] deployments-rollback-and-redeploy: a new deployment with an id of its own.  [seen] without its
 * hooks, whatever the alarms say; both rollbackInfo.  Assumed: all at once, wherever the alias stands; none
 * of a deployment that never began, for the alias was not where its revision says. */
void codedeploy_roll_back(struct call *call, struct value *deployment)
{
    struct codedeploy_revision revision = {.type = STR("AppSpecContent"),
                                           .function = value_get_text(deployment, "function"),
                                           .alias = value_get_text(deployment, "alias"),
                                           .current = value_get_text(deployment, "target"),
                                           .target = value_get_text(deployment, "current")};
    struct value *plan = value_map(call->arena), *forth = value_map(call->arena);
    struct value *back = value_map(call->arena), *routing = value_map(call->arena);
    struct str first = value_get_text(deployment, "id");
    if (!value_get_bool(deployment, "checked", false))
        return;
    codedeploy_revision_write(call, &revision);
    codedeploy_plan_revision(call, plan, &revision);
    put_text(call, routing, "type", STR("AllAtOnce"));
    put(call, plan, "routing", routing);
    put(call, plan, "application", value_get(deployment, "application"));
    put(call, plan, "group", value_get(deployment, "group"));
    put_text(call, plan, "config", STR("CodeDeployDefault.LambdaAllAtOnce"));
    put_text(call, plan, "creator", STR("codeDeployRollback"));
    struct str second = codedeploy_begin(call, plan);
    put_text(call, back, "rollbackTriggeringDeploymentId", first);
    put_textf(call, back, "rollbackMessage", "Deployment %.*s is triggered to roll back deployment %.*s.",
              STR_ARG(second), STR_ARG(first));
    put_text(call, forth, "rollbackDeploymentId", second);
    put_textf(call, forth, "rollbackMessage",
              "Deployment %.*s terminated. Automatic rollback is triggered with a DeploymentId %.*s.",
              STR_ARG(first), STR_ARG(second));
    state_put(call, deployment, STR("rollback"), forth);
    state_put(call, value_get_str(state_map(call, "deployments"), second), STR("rollback"), back);
}

/* --- hooks --- */

const char *codedeploy_report(struct call *call, struct value *deployment, struct str execution,
                              struct str status)
{
    struct value *events = value_get(deployment, "events");
    for (size_t i = 0; i < events->count && execution.len; i++) {
        struct value *event = events->entries[i].value;
        if (!str_equal(value_get_text(event, "execution"), execution))
            continue;
        if (!event_is(event, "InProgress"))
            return "LifecycleEventAlreadyCompletedException";
        event_end(call, event, status);
        state_int(call, deployment, "until", call->now);
        codedeploy_schedule(call, deployment, call->now);
        return NULL;
    }
    return "InvalidLifecycleEventHookExecutionIdException";
}

/* What hooks that play themselves have to say by now, in order. */
static void take_reports(struct call *call, struct value *deployment)
{
    const struct value *reports = value_get(deployment, "reports");
    struct value *left = value_list(call->arena);
    for (size_t i = 0; reports && i < reports->count; i++) {
        struct value *report = reports->items[i];
        if (value_get_int(report, "at", 0) > call->now)
            value_append(call->arena, left, report);
        else /* one that comes too late is refused, and nobody hears of it */
            (void)codedeploy_report(call, deployment, value_get_text(report, "execution"),
                                    value_get_text(report, "status"));
    }
    if (reports && left->count < reports->count)
        state_put(call, deployment, STR("reports"), left);
}

static void run_hook(struct call *call, struct value *deployment, const char *name, const char *phase,
                     struct str function)
{
    struct value *event = event_of(deployment, name);
    event_start(call, event);
    if (!function.len) {
        event_end(call, event, STR("Succeeded"));
        enter(call, deployment, phase, 0);
        return;
    }
    struct str execution = call_uuid(call);
    state_text(call, event, "execution", execution);
    enter(call, deployment, phase, HOOK_MS);
    if (!codedeploy_invoke_hook(call, deployment, function, execution)) /* assumed to be the hook's failure */
        fail(call, deployment, "HOOK_EXECUTION_FAILURE", STR("A lifecycle event hook could not be invoked."));
}

/* [seen] the code and the message.  [guide] -hooks: silence for one hour is a failure, too. */
static bool hook_succeeded(struct call *call, struct value *deployment, const char *name)
{
    if (event_is(event_of(deployment, name), "Succeeded"))
        return true;
    fail(
        call, deployment, "HOOK_EXECUTION_FAILURE",
        STR("The deployment failed because one or more of the lifecycle event validation functions failed."));
    return false;
}

/* --- steps --- */

/* [guide] deployment-configurations, [api] TimeBasedCanary and TimeBasedLinear: the first increment at once,
 * the next after the interval. */
static void shift(struct call *call, struct value *deployment)
{
    const struct value *routing = value_get(deployment, "routing");
    const struct value *canary = value_get(routing, "timeBasedCanary");
    const struct value *linear = value_get(routing, "timeBasedLinear");
    int64_t now = value_get_int(deployment, "percent", 0), next = 100;
    int64_t minutes = value_get_int(canary, "canaryInterval", value_get_int(linear, "linearInterval", 0));
    if (linear)
        next = now + value_get_int(linear, "linearPercentage", 100);
    else if (canary && now == 0)
        next = value_get_int(canary, "canaryPercentage", 100);
    next = next < 100 ? next : 100;
    struct codedeploy_fault fault = codedeploy_shift(call, deployment, next);
    if (fault.code) {
        fail(call, deployment, fault.code, fault.message);
        return;
    }
    state_int(call, deployment, "percent", next);
    enter(call, deployment, "traffic", minutes * MINUTE_MS);
    if (next < 100)
        return;
    event_end(call, event_of(deployment, CODEDEPLOY_TRAFFIC), STR("Succeeded"));
    run_hook(call, deployment, CODEDEPLOY_AFTER, "after", value_get_text(deployment, "after"));
}

/* True where an alarm ended it.  [guide] monitoring-create-alarms: the deployment stops, its status is
 * Stopped; [seen] at its beginning, too. */
static bool alarm_stops(struct call *call, struct value *deployment)
{
    struct str active = codedeploy_alarms(call, deployment);
    if (!active.len)
        return false;
    codedeploy_end(call, deployment, "Stopped", "ALARM_ACTIVE",
                   arena_printf(call->arena,
                                "One or more alarms have been activated according to the Amazon CloudWatch "
                                "metrics you selected, and the affected deployments have been stopped. "
                                "Activated alarms: %.*s",
                                STR_ARG(active)),
                   "DEPLOYMENT_STOP_ON_ALARM");
    return true;
}

/* [api] ErrorInformation: what was deleted between the making and the start of a deployment. */
static struct codedeploy_fault check_start(struct call *call, const struct value *deployment)
{
    struct str application = value_get_text(deployment, "application");
    const struct value *group =
        codedeploy_group_named(call, application, value_get_text(deployment, "group"));
    if (!value_get_str(state_map(call, "applications"), application))
        return (struct codedeploy_fault){"APPLICATION_MISSING", STR("The application was missing.")};
    if (!group)
        return (struct codedeploy_fault){"DEPLOYMENT_GROUP_MISSING",
                                         STR("The deployment group was missing.")};
    if (role_check(call, value_get_text(group, "serviceRoleArn"), "codedeploy.amazonaws.com") == ROLE_UNKNOWN)
        return (struct codedeploy_fault){"IAM_ROLE_MISSING", STR("The service role cannot be accessed.")};
    return codedeploy_check_target(call, deployment);
}

static void start(struct call *call, struct value *deployment)
{
    state_text(call, deployment, "status", STR("InProgress"));
    state_int(call, deployment, "started", call->now);
    struct codedeploy_fault fault = check_start(call, deployment);
    if (fault.code) {
        fail(call, deployment, fault.code, fault.message);
        return;
    }
    state_bool(call, deployment, "checked", true);
    event_start(call, event_of(deployment, CODEDEPLOY_BEFORE));
    if (!alarm_stops(call, deployment))
        run_hook(call, deployment, CODEDEPLOY_BEFORE, "before", value_get_text(deployment, "before"));
}

static void go_on(struct call *call, struct value *deployment)
{
    struct str phase = value_get_text(deployment, "phase");
    if (str_is(phase, "created")) {
        state_text(call, deployment, "status", STR("Queued"));
        enter(call, deployment, "queued", call_delay(call, "codedeploy.queued"));
    } else if (str_is(phase, "queued")) {
        start(call, deployment);
    } else if (str_is(phase, "traffic")) {
        shift(call, deployment);
    } else if (str_is(phase, "before")) {
        if (!hook_succeeded(call, deployment, CODEDEPLOY_BEFORE))
            return;
        event_start(call, event_of(deployment, CODEDEPLOY_TRAFFIC));
        shift(call, deployment);
    } else if (hook_succeeded(call, deployment, CODEDEPLOY_AFTER)) {
        codedeploy_end(call, deployment, "Succeeded", NULL, STR_EMPTY, NULL);
    }
}

static int64_t next_time(struct call *call, const struct value *deployment)
{
    int64_t next = value_get_int(deployment, "until", call->now);
    const struct value *reports = value_get(deployment, "reports");
    bool runs = value_is_text(value_get(deployment, "status"), "InProgress");
    if (runs && value_get_bool(value_get(deployment, "alarms"), "enabled", false) &&
        call->now + ALARMS_EVERY_MS < next)
        next = call->now + ALARMS_EVERY_MS;
    for (size_t i = 0; reports && i < reports->count; i++)
        if (value_get_int(reports->items[i], "at", 0) < next)
            next = value_get_int(reports->items[i], "at", 0);
    return next;
}

/* The deployment whose time has come goes one step. */
void codedeploy_happen(struct call *call)
{
    const struct value *active = state_map(call, "active");
    struct value *deployment = NULL;
    int64_t time, least = INT64_MAX;
    for (size_t i = 0; i < active->count; i++)
        if (value_to_int(active->entries[i].value, &time) && time < least) {
            least = time;
            deployment = value_get_str(state_map(call, "deployments"), active->entries[i].key);
        }
    bool runs = value_is_text(value_get(deployment, "status"), "InProgress");
    if (runs && alarm_stops(call, deployment))
        return;
    take_reports(call, deployment);
    if (value_get_int(deployment, "until", 0) <= call->now)
        go_on(call, deployment);
    if (!codedeploy_has_ended(deployment))
        codedeploy_schedule(call, deployment, next_time(call, deployment));
}
