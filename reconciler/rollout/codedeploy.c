/*
 * The driver `codedeploy`: CodeDeploy moves the aliases, and runs the hooks; plumb starts the deployments,
 * follows them and stops them.
 *
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html
 */

#include <inttypes.h>
#include <stdlib.h>

#include "base/digest.h"
#include "base/json.h"
#include "providers/codedeploy/operations.h"
#include "reconciler/rollout/engine_private.h"
#include "reconciler/rollout/traffic.h"

/* CodeDeploy's own rollback gets so long before plumb puts the alias back itself. */
enum { OWN_ROLLBACK_MS = 20 * 1000 };

static struct value *with_text(struct arena *arena, struct value *map, const char *key, struct str text)
{
    value_setz(arena, map, key, value_string(arena, text));
    return map;
}

static void add_hook(struct arena *arena, struct value *hooks, const char *event, struct str function)
{
    if (function.len)
        value_append(arena, hooks, with_text(arena, value_map(arena), event, function));
}

static struct value *revision_of(struct arena *arena, const struct rollout_target *target)
{
    struct value *spec = value_map(arena), *properties = value_map(arena), *resource = value_map(arena);
    struct value *named = value_map(arena), *resources = value_list(arena), *hooks = value_list(arena);
    with_text(arena, properties, "Name", target->function);
    with_text(arena, properties, "Alias", target->alias);
    with_text(arena, properties, "CurrentVersion", target->old_version);
    with_text(arena, properties, "TargetVersion", target->new_version);
    with_text(arena, resource, "Type", STR("AWS::Lambda::Function"));
    value_setz(arena, resource, "Properties", properties);
    value_set(arena, named, target->function, resource);
    value_append(arena, resources, named);
    value_setz(arena, spec, "version", value_number(arena, STR("0.0")));
    value_setz(arena, spec, "Resources", resources);
    add_hook(arena, hooks, "BeforeAllowTraffic", target->before_hook);
    add_hook(arena, hooks, "AfterAllowTraffic", target->after_hook);
    if (hooks->count)
        value_setz(arena, spec, "Hooks", hooks);
    struct str content = json_text(arena, spec, JSON_COMPACT);
    struct value *inner = with_text(arena, value_map(arena), "content", content);
    with_text(arena, inner, "sha256", sha256_hex(arena, content));
    struct value *revision = with_text(arena, value_map(arena), "revisionType", STR("AppSpecContent"));
    value_setz(arena, revision, "appSpecContent", inner);
    return revision;
}

/* By this a deployment whose answer was lost is found again. */
static struct str description_of(const struct rollout_run *run, const struct rollout_target *target)
{
    return arena_printf(run->tick, "plumb %.*s %.*s", STR_ARG(run->rollout.id), STR_ARG(target->logical_id));
}

static bool batch_get(struct rollout_run *run, const struct value *ids, struct value **infos,
                      struct error *error)
{
    struct value *input = value_map(run->tick), *answer;
    value_setz(run->tick, input, "deploymentIds", value_copy(run->tick, ids));
    if (!aws_call(run->options.aws, &codedeploy_operations[CODEDEPLOY_BATCH_GET_DEPLOYMENTS], run->tick,
                  input, &answer, error))
        return false;
    *infos = value_get(answer, "deploymentsInfo");
    return true;
}

static bool is_running(const struct value *info)
{
    static const char *const statuses[] = {"Created", "Queued", "InProgress", "Baking", "Ready"};
    for (size_t i = 0; i < ARRAY_LENGTH(statuses); i++)
        if (str_is(value_get_text(info, "status"), statuses[i]))
            return true;
    return false;
}

static bool list(struct rollout_run *run, const struct rollout_target *target, struct value **ids,
                 struct error *error)
{
    struct arena *arena = run->tick;
    struct value *input = with_text(arena, value_map(arena), "applicationName", target->application);
    struct value *range = value_map(arena), *answer;
    with_text(arena, input, "deploymentGroupName", target->group);
    value_setz(arena, range, "start", value_int(arena, (run->rollout.started_ms - 3600 * 1000) / 1000));
    value_setz(arena, input, "createTimeRange", range);
    if (!aws_call(run->options.aws, &codedeploy_operations[CODEDEPLOY_LIST_DEPLOYMENTS], arena, input,
                  &answer, error))
        return false;
    *ids = value_list(arena); /* the newest come first; more than 25 in an hour are none of ours */
    const struct value *all = value_get(answer, "deployments");
    for (size_t i = 0; value_is(all, VALUE_LIST) && i < all->count && i < 25; i++)
        value_append(arena, *ids, all->items[i]);
    return true;
}

/* Ours of an earlier try, or somebody's that is in the way. */
static bool find(struct rollout_run *run, struct rollout_target *target, struct error *error)
{
    struct value *ids, *infos = NULL;
    struct str description = description_of(run, target);
    if (!list(run, target, &ids, error) || (ids->count && !batch_get(run, ids, &infos, error)))
        return false;
    for (size_t i = 0; infos && i < infos->count; i++)
        if (str_equal(value_get_text(infos->items[i], "description"), description))
            target->deployment = arena_str(run->record, value_get_text(infos->items[i], "deploymentId"));
    for (size_t i = 0; infos && !target->deployment.len && i < infos->count; i++)
        if (is_running(infos->items[i])) {
            error_set(error, ERROR_CONFLICT,
                      "CodeDeploy's deployment '%.*s', which somebody else started, is running in group "
                      "'%.*s': it waits for that",
                      STR_ARG(value_get_text(infos->items[i], "deploymentId")), STR_ARG(target->group));
            error_set_name(error, "DeploymentLimitExceededException");
            return false;
        }
    return true;
}

/* As traffic_move: while the claim is held. */
static bool write(struct rollout_run *run, size_t operation, const struct value *input, struct value **answer,
                  struct error *error)
{
    const struct aws_limits limits = {.total_ms = TRAFFIC_WRITE_MS};
    return run->options.keeper.check(run->options.keeper.self, error) &&
           aws_call_within(run->options.aws, &codedeploy_operations[operation], run->tick, input, &limits,
                           answer, error);
}

static bool is_ignored(const struct rollout *rollout, struct str alarm)
{
    for (size_t i = 0; i < rollout->ignored_alarm_count; i++)
        if (str_equal(rollout->ignored_alarms[i], alarm))
            return true;
    return false;
}

/* CodeDeploy stops at once by an alarm of its group that is red already: those that are ignored are left out.
 * https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeployment.html */
static void leave_out_ignored(struct rollout_run *run, struct value *input)
{
    const struct rollout *rollout = &run->rollout;
    struct value *override = value_map(run->tick), *alarms = value_list(run->tick);
    if (!rollout->ignored_alarm_count)
        return;
    for (size_t i = 0; i < rollout->settings.alarm_count; i++)
        if (!is_ignored(rollout, rollout->settings.alarms[i]))
            value_append(run->tick, alarms,
                         with_text(run->tick, value_map(run->tick), "name", rollout->settings.alarms[i]));
    value_setz(run->tick, override, "enabled", value_bool(run->tick, alarms->count > 0));
    value_setz(run->tick, override, "alarms", alarms);
    value_setz(run->tick, input, "overrideAlarmConfiguration", override);
}

static bool create(struct rollout_run *run, struct rollout_target *target, struct error *error)
{
    struct arena *arena = run->tick;
    struct value *input = with_text(arena, value_map(arena), "applicationName", target->application), *answer;
    with_text(arena, input, "deploymentGroupName", target->group);
    if (target->configuration.len)
        with_text(arena, input, "deploymentConfigName", target->configuration);
    with_text(arena, input, "description", description_of(run, target));
    value_setz(arena, input, "revision", revision_of(arena, target));
    leave_out_ignored(run, input);
    if (!write(run, CODEDEPLOY_CREATE_DEPLOYMENT, input, &answer, error))
        return false;
    target->deployment = arena_str(run->record, value_get_text(answer, "deploymentId"));
    return true;
}

/* Before traffic all deployments are started; what comes then is CodeDeploy's. */
static bool move(struct rollout_run *run, struct error *error)
{
    struct rollout *rollout = &run->rollout;
    bool fresh = false;
    for (size_t i = 0; rollout->phase == ROLLOUT_BEFORE && i < rollout->target_count; i++) {
        struct rollout_target *target = &rollout->targets[i];
        if (target->deployment.len)
            continue;
        if (!find(run, target, error) || (!target->deployment.len && !create(run, target, error)))
            return false;
        fresh = true;
        rollout_note(rollout, run->record, run_now(run), 0, "CodeDeploy's deployment %.*s of %.*s:%.*s began",
                     STR_ARG(target->deployment), STR_ARG(target->function), STR_ARG(target->alias));
    }
    return !fresh || run_watch_again(run, error);
}

/* CodeDeploy sets the weights of the steps; of several aliases each may have steps of its own, which nobody
 * knows here. */
static bool is_by_codedeploy(const struct rollout *rollout, int64_t weight)
{
    bool known = weight == 0 || weight == 100 || rollout->target_count > 1;
    for (size_t i = 0; i < rollout->step_count && !known; i++)
        known = rollout->steps[i].weight == weight;
    return known && weight != TRAFFIC_FOREIGN;
}

/* How far the slowest alias is, as far as it was read. */
static bool least_weight(const struct rollout_run *run, int64_t *weight, struct view *view)
{
    const struct rollout *rollout = &run->rollout;
    bool known = false;
    for (size_t i = 0; i < rollout->target_count; i++) {
        int64_t read_ms;
        const struct value *answer = watcher_alias(run->watcher, run->tick, i, &read_ms);
        if (!answer)
            return false;
        struct traffic now = traffic_of(run->tick, &rollout->targets[i], answer);
        if (!is_by_codedeploy(rollout, now.weight)) {
            view->foreign =
                arena_printf(run->tick, "%.*s:%.*s was moved by somebody else: its traffic goes to %.*s",
                             STR_ARG(rollout->targets[i].function), STR_ARG(rollout->targets[i].alias),
                             STR_ARG(now.words));
            return false;
        }
        *weight = !known || now.weight < *weight ? now.weight : *weight;
        known = true;
    }
    return known;
}

/* When CodeDeploy began with the traffic of one alias (wall ms); 0: it does not say. */
static bool traffic_began(struct rollout_run *run, const struct rollout_target *target, int64_t *began_ms,
                          struct error *error)
{
    struct arena *arena = run->tick;
    struct value *input = with_text(arena, value_map(arena), "deploymentId", target->deployment);
    struct value *ids = value_list(arena), *answer;
    value_append(arena, ids, value_string(arena, target->function));
    value_setz(arena, input, "targetIds", ids);
    if (!aws_call(run->options.aws, &codedeploy_operations[CODEDEPLOY_BATCH_GET_DEPLOYMENT_TARGETS], arena,
                  input, &answer, error))
        return false;
    const struct value *events = value_path(value_at(value_get(answer, "deploymentTargets"), 0),
                                            "lambdaTarget", "lifecycleEvents", NULL);
    *began_ms = 0;
    for (size_t i = 0; value_is(events, VALUE_LIST) && i < events->count; i++)
        if (str_is(value_get_text(events->items[i], "lifecycleEventName"), "AllowTraffic"))
            *began_ms =
                (int64_t)(strtod(arena_strz(arena, value_get_text(events->items[i], "startTime")), NULL) *
                          1000);
    return true;
}

/* The aliases are read now and then only, and CodeDeploy does not wait: its steps are counted from when it
 * began, by the alias with which it began first. */
static bool first_traffic(struct rollout_run *run, struct error *error)
{
    struct rollout *rollout = &run->rollout;
    int64_t first_ms = run_now(run), began_ms;
    for (size_t i = 0; i < rollout->target_count && !rollout->traffic_ms; i++) {
        if (!traffic_began(run, &rollout->targets[i], &began_ms, error))
            return false;
        first_ms = began_ms && began_ms < first_ms ? began_ms : first_ms;
    }
    rollout->traffic_ms = rollout->traffic_ms ? rollout->traffic_ms : first_ms;
    return true;
}

/* The record follows CodeDeploy's steps. */
static bool follow(struct rollout_run *run, int64_t weight, struct error *error)
{
    struct rollout *rollout = &run->rollout;
    size_t step = 0;
    if (weight == 0 || rollout->phase == ROLLOUT_AFTER || weight <= rollout_weight(rollout))
        return true;
    if (!first_traffic(run, error))
        return false;
    while (step < rollout->step_count && rollout->steps[step].weight < weight)
        step++;
    rollout->step = step;
    rollout->phase = step < rollout->step_count ? ROLLOUT_SHIFTING : ROLLOUT_AFTER;
    rollout->since_ms = rollout->traffic_ms;
    for (size_t i = 0; i < step; i++)
        rollout->since_ms += rollout->steps[i].for_ms;
    for (size_t i = 0; i < rollout->target_count; i++)
        rollout->targets[i].synthetic = 0;
    struct str event = arena_printf(run->tick, "%" PRId64 " %%", weight);
    rollout_note(rollout, run->record, run_now(run), weight, "%.*s by CodeDeploy", STR_ARG(event));
    return run_save(run, arena_strz(run->tick, event), error);
}

static bool look(struct rollout_run *run, struct view *view, struct error *error)
{
    struct rollout *rollout = &run->rollout;
    size_t succeeded = 0;
    int64_t weight = 0, read_ms;
    run->stood = run->recalled;
    run->recalled = false;
    if (rollout->phase < ROLLOUT_BEFORE)
        return true;
    view->busy = true;
    if (!run->standing)
        return true;
    for (size_t i = 0; i < rollout->target_count; i++) {
        const struct rollout_target *target = &rollout->targets[i];
        const struct value *info = watcher_deployment(run->watcher, run->tick, i, &read_ms);
        if (!info)
            continue;
        const struct value *why = value_get(info, "errorInformation");
        succeeded += str_is(value_get_text(info, "status"), "Succeeded");
        if (!is_running(info) && !str_is(value_get_text(info, "status"), "Succeeded"))
            view->failed = run->failed = run_say(
                run, "CodeDeploy ended deployment %.*s of %.*s:%.*s as %.*s%s%.*s",
                STR_ARG(target->deployment), STR_ARG(target->function), STR_ARG(target->alias),
                STR_ARG(value_get_text(info, "status")), value_get_text(why, "message").len ? ": " : "",
                STR_ARG(value_get_text(why, "message")));
    }
    if (view->failed.len)
        return true;
    if (succeeded < rollout->target_count)
        return !least_weight(run, &weight, view) || follow(run, weight, error);
    rollout->step = rollout->step_count;
    rollout->phase = ROLLOUT_AFTER;
    view->busy = false;
    return true;
}

static bool stop(struct rollout_run *run, const struct rollout_target *target, struct error *error)
{
    struct value *input = with_text(run->tick, value_map(run->tick), "deploymentId", target->deployment);
    value_setz(run->tick, input, "autoRollbackEnabled", value_bool(run->tick, true));
    if (write(run, CODEDEPLOY_STOP_DEPLOYMENT, input, NULL, error) ||
        error_is(error, "DeploymentAlreadyCompletedException")) {
        error_clear(error);
        return true;
    }
    return false;
}

/* One alias: stopped, then put back by CodeDeploy itself, or else by plumb. */
static bool take_back(struct rollout_run *run, struct rollout_target *target, struct error *error)
{
    struct value *ids = value_list(run->tick), *infos;
    struct traffic now;
    value_append(run->tick, ids, value_string(run->tick, target->deployment));
    if (target->deployment.len) {
        if (!batch_get(run, ids, &infos, error))
            return false;
        if (is_running(value_at(infos, 0)))
            return stop(run, target, error);
    }
    if (!traffic_read(run->options.aws, run->tick, target, &now, error))
        return false;
    target->back = now.weight == 0;
    bool own = !target->deployment.len || run_now(run) - run->back_since_ms >= OWN_ROLLBACK_MS;
    if (target->back || !own)
        return true;
    target->back = run_move(run, target, 0, 100, 0, error);
    if (!target->back && error_is(error, TRAFFIC_MOVED_BY_OTHERS)) {
        target->back = true;
        run->foreign = run_say(run, "%s", error->message);
        error_clear(error);
    }
    return target->back;
}

static bool back(struct rollout_run *run, bool *done, struct error *error)
{
    struct rollout *rollout = &run->rollout;
    struct error one = ERROR_INIT;
    if (!run->back_since_ms)
        run->back_since_ms = run_now(run);
    *done = true;
    for (size_t i = rollout->target_count; i-- > 0;) {
        if (rollout->targets[i].back)
            continue;
        if (!run->options.keeper.check(run->options.keeper.self, error))
            return false;
        error_clear(&one);
        if (!take_back(run, &rollout->targets[i], &one))
            *error = one;
        *done = *done && rollout->targets[i].back;
    }
    return error->code == ERROR_NONE;
}

const struct rollout_driver rollout_by_codedeploy = {.move = move, .look = look, .back = back};
