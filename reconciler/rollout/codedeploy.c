/*
 * The driver `codedeploy`: CodeDeploy moves the aliases, and runs the hooks; plumb starts the deployments,
 * follows them and stops them.
 */

#include <inttypes.h>

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

/* An order lives in the tick. */
static struct deployment_order order_of(const struct rollout_run *run, const struct rollout_target *target)
{
    return (struct deployment_order){.application = target->application,
                                     .group = target->group,
                                     .configuration = target->configuration,
                                     .description = description_of(run, target),
                                     .function = target->function,
                                     .alias = target->alias,
                                     .current_version = target->old_version,
                                     .target_version = target->new_version,
                                     .before_hook = target->before_hook,
                                     .after_hook = target->after_hook};
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
        if (now.weight == TRAFFIC_FOREIGN) {
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

/* The record follows CodeDeploy's steps. */
static bool follow(struct rollout_run *run, int64_t weight, struct error *error)
{
    struct rollout *rollout = &run->rollout;
    size_t step = 0;
    if (weight == 0 || rollout->phase == ROLLOUT_AFTER || weight <= rollout_weight(rollout))
        return true;
    while (step < rollout->step_count && rollout->steps[step].weight < weight)
        step++;
    rollout->step = step;
    rollout->phase = step < rollout->step_count ? ROLLOUT_SHIFTING : ROLLOUT_AFTER;
    rollout->since_ms = run_now(run);
    if (!rollout->traffic_ms)
        rollout->traffic_ms = rollout->since_ms;
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
