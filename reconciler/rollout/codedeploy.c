/*
 * The driver `codedeploy`: CodeDeploy moves the aliases, and runs the hooks; plumb starts the deployments,
 * follows them and stops them.
 */

#include <inttypes.h>
#include <stdlib.h>

#include "reconciler/rollout/deployments.h"
#include "reconciler/rollout/engine_private.h"
#include "reconciler/rollout/traffic.h"

/* CodeDeploy's own rollback gets so long before plumb puts the alias back itself.  Clocks differ by less than
 * BEFORE_MS. */
enum { OWN_ROLLBACK_MS = 20 * 1000, BEFORE_MS = 3600 * 1000 };

/* By this a deployment whose answer was lost is found again. */
static struct str description_of(const struct rollout_run *run, const struct rollout_target *target)
{
    return arena_printf(run->tick, "plumb %.*s %.*s", STR_ARG(run->rollout.id), STR_ARG(target->logical_id));
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
static struct value *without_ignored(const struct rollout_run *run)
{
    const struct rollout *rollout = &run->rollout;
    struct value *override = value_map(run->tick), *alarms = value_list(run->tick);
    if (!rollout->ignored_alarm_count)
        return NULL;
    for (size_t i = 0; i < rollout->settings.alarm_count; i++) {
        struct value *alarm = value_map(run->tick);
        value_setz(run->tick, alarm, "name", value_string(run->tick, rollout->settings.alarms[i]));
        if (!is_ignored(rollout, rollout->settings.alarms[i]))
            value_append(run->tick, alarms, alarm);
    }
    value_setz(run->tick, override, "enabled", value_bool(run->tick, alarms->count > 0));
    value_setz(run->tick, override, "alarms", alarms);
    return override;
}

/* An order lives in the tick. */
static struct deployment_order order_of(const struct rollout_run *run, const struct rollout_target *target)
{
    return (struct deployment_order){.application = target->application,
                                     .group = target->group,
                                     .description = description_of(run, target),
                                     .function = target->function,
                                     .alias = target->alias,
                                     .current_version = target->old_version,
                                     .target_version = target->new_version,
                                     .before_hook = target->before_hook,
                                     .after_hook = target->after_hook,
                                     .alarms = without_ignored(run)};
}

/* Ours of an earlier try, or a new one. */
static bool start(struct rollout_run *run, struct rollout_target *target, struct error *error)
{
    const struct deployment_order order = order_of(run, target);
    const struct value *info;
    struct str id;
    if (!deployment_find(run, &order, run->rollout.started_ms - BEFORE_MS, &info, error))
        return false;
    id = value_get_text(info, "deploymentId");
    if (!info && !deployment_begin(run, &order, &id, error))
        return false;
    target->deployment = arena_str(run->record, id);
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
        if (!start(run, target, error))
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
            view->foreign = traffic_moved_away(run->tick, &rollout->targets[i], &now);
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
    const struct value *events;
    if (!deployment_events(run, target->deployment, target->function, &events, error))
        return false;
    *began_ms = 0;
    for (size_t i = 0; value_is(events, VALUE_LIST) && i < events->count; i++)
        if (str_is(value_get_text(events->items[i], "lifecycleEventName"), "AllowTraffic"))
            *began_ms = deployment_time(run, value_get(events->items[i], "startTime"), 0);
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
        if (!deployment_is_running(info) && !str_is(value_get_text(info, "status"), "Succeeded"))
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

/* One alias: stopped, then put back by CodeDeploy itself, or else by plumb. */
static bool take_back(struct rollout_run *run, struct rollout_target *target, struct error *error)
{
    const struct value *info = NULL;
    struct traffic now;
    if (target->deployment.len && !deployment_look(run, target->deployment, &info, error))
        return false;
    if (deployment_is_running(info))
        return deployment_stop(run, target->deployment, true, error);
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
