/* What the engine knows at one moment: alarms, hooks, synthetic requests, evidence. */

#include "reconciler/rollout/engine_private.h"

/* --- watching --- */

struct watcher *rollout_watch(struct board *board, struct arena *scratch, const struct rollout *rollout)
{
    const struct rollout_settings *settings = &rollout->settings;
    struct watched_alias *aliases = arena_array(scratch, rollout->target_count, sizeof *aliases);
    struct str *deployments = arena_array(scratch, rollout->target_count, sizeof *deployments);
    size_t deployment_count = 0;
    for (size_t i = 0; i < rollout->target_count; i++) {
        const struct rollout_target *target = &rollout->targets[i];
        aliases[i] =
            (struct watched_alias){target->function, target->alias, target->old_version, target->new_version,
                                   target->kind == TRAFFIC_FUNCTION ? STR_EMPTY : target->physical_id};
        if (target->deployment.len)
            deployments[deployment_count++] = target->deployment;
    }
    const struct questions questions = {.aliases = aliases,
                                        .alias_count = rollout->target_count,
                                        .alarms = settings->alarms,
                                        .alarm_count = settings->alarm_count,
                                        .ignored_alarms = rollout->ignored_alarms,
                                        .ignored_alarm_count = rollout->ignored_alarm_count,
                                        .compare = settings->compare,
                                        .checks = settings->checks,
                                        .deployments = deployments,
                                        .deployment_count = deployment_count,
                                        .minimum_invocations = settings->minimum_invocations};
    struct watcher *watcher = board_watch(board, &questions);
    if (rollout->memory)
        watcher_recall(watcher, rollout->memory);
    return watcher;
}

void rollout_watch_step(struct watcher *watcher, const struct rollout *rollout)
{
    const struct deployment_step *step =
        rollout->step < rollout->step_count ? &rollout->steps[rollout->step] : NULL;
    if (rollout->traffic_ms)
        watcher_since(watcher, rollout->traffic_ms, rollout->since_ms);
    for (size_t i = 0; i < rollout->target_count; i++)
        watcher_synthetic(watcher, i, rollout->targets[i].synthetic);
    watcher_select(watcher, step ? step->checks : NULL, step ? step->check_count : 0);
}

void run_watch(struct rollout_run *run)
{
    if (run->watcher)
        board_unwatch(run->options.board, run->watcher);
    run->watcher = rollout_watch(run->options.board, run->tick, &run->rollout);
}

bool run_watch_again(struct rollout_run *run, struct error *error)
{
    run_watch(run);
    return run_save(run, "deployments began", error);
}

void run_times(struct rollout_run *run)
{
    rollout_watch_step(run->watcher, &run->rollout);
}

/* --- looking --- */

/* Red before any traffic has moved: they say nothing about the new version. */
static void ignore(struct rollout_run *run, const struct str *red, size_t count)
{
    struct rollout *rollout = &run->rollout;
    size_t before = rollout->ignored_alarm_count;
    struct str *all = arena_array(run->record, before + count, sizeof *all);
    for (size_t i = 0; i < before + count; i++)
        all[i] = i < before ? rollout->ignored_alarms[i] : arena_str(run->record, red[i - before]);
    rollout->ignored_alarms = all;
    rollout->ignored_alarm_count = before + count;
    run_note(run, "red before the start, no verdict", red[0]);
    run_watch(run);
}

/* An alarm that is not there, or has no state, would say nothing when the first traffic does harm. */
static void look_for_silent_alarm(struct rollout_run *run, struct view *view)
{
    struct evidence evidence;
    watcher_evidence(run->watcher, run->tick, view->now_ms, &evidence);
    for (size_t i = 0; i < evidence.finding_count && !view->stuck.len; i++) {
        const struct finding *finding = &evidence.findings[i];
        if (finding->verdict != VERDICT_UNKNOWN || !str_starts(finding->name, "alarm "))
            continue;
        view->stuck =
            finding->value.len
                ? arena_printf(run->tick,
                               "%.*s is %.*s, so that it could not say whether the first traffic does harm: "
                               "give it TreatMissingData: notBreaching, or take it out of 'alarms'",
                               STR_ARG(finding->name), STR_ARG(finding->value))
                : arena_printf(run->tick, "%.*s does not exist, or cannot be read", STR_ARG(finding->name));
    }
}

bool run_is_late(const struct rollout_run *run)
{
    return run_now(run) - run->looked_ms >= BOARD_FRESH_MS;
}

/* Before any traffic. */
static void look_at_alarms(struct rollout_run *run, struct view *view)
{
    const struct rollout *rollout = &run->rollout;
    struct str *red = NULL;
    size_t count = 0;
    if (!rollout->settings.alarm_count)
        return;
    if (!watcher_red_alarms(run->watcher, run->tick, view->now_ms, &red, &count))
        view->stuck = STR("the alarms cannot be read");
    else if (count && !rollout->settings.fix_forward)
        view->stuck = arena_printf(run->tick,
                                   "alarm '%.*s' is red already, before any traffic, so that it would be no "
                                   "verdict: mend it, or say `fixForward: true` to go on without it",
                                   STR_ARG(red[0]));
    else if (count)
        ignore(run, red, count);
    else
        look_for_silent_alarm(run, view);
}

bool run_may_move(struct rollout_run *run, struct view *view)
{
    struct str *red = NULL;
    size_t count = 0;
    if (run->rollout.codedeploy || run->standing)
        return true;
    if (run->rollout.paused)
        return false;
    if (!run->rollout.settings.alarm_count)
        return true;
    if (!watcher_red_alarms(run->watcher, run->tick, view->now_ms, &red, &count))
        view->stuck = STR("the alarms cannot be read");
    else if (count)
        view->failed = run->failed = run_say(run, "alarm '%.*s' is red", STR_ARG(red[0]));
    return !view->stuck.len && !view->failed.len;
}

/* What the workers have done; false while they are at it. */
static bool take_work(struct rollout_run *run, struct view *view, struct work_result *result)
{
    struct rollout *rollout = &run->rollout;
    *result = work_take(run->work, run->words);
    for (size_t i = 0; result->sent && i < rollout->target_count; i++) {
        rollout->targets[i].synthetic += result->sent[i];
        rollout->synthetic_sent += result->sent[i];
    }
    rollout->synthetic_failed += result->failed;
    if (result->state == WORK_FAILED)
        view->failed = run->failed = result->why;
    return result->state != WORK_RUNS;
}

/* Hooks and requests that run; starts them where nobody has. */
static void look_at_hooks(struct rollout_run *run, struct view *view, bool after)
{
    struct rollout *rollout = &run->rollout;
    bool *done = after ? &rollout->after_done : &rollout->before_done;
    struct work_result result;
    if (!hooks_are_done(run, after) || !take_work(run, view, &result)) {
        view->busy = true;
        return;
    }
    *done = *done || result.state == WORK_DONE;
    if (result.state == WORK_NONE && !*done)
        work_start_hooks(run->work, rollout, after, !after);
    view->busy = !*done;
}

/* Where real traffic is thin, synthetic requests make up for it. */
static void look_at_synthetic(struct rollout_run *run, struct view *view, bool thin)
{
    struct work_result result;
    if (take_work(run, view, &result) && result.state != WORK_FAILED && thin)
        work_start_synthetic(run->work, &run->rollout);
}

/* CodeDeploy takes its next step whether there is evidence or not. */
static bool step_ends_without(const struct rollout_run *run, const struct evidence *evidence)
{
    const struct rollout *rollout = &run->rollout;
    if (!rollout->codedeploy || evidence->verdict == VERDICT_GOOD || rollout->step >= rollout->step_count ||
        run_now(run) - run->began_ms < ROLLOUT_READ_MS)
        return false;
    return run_now(run) - rollout->since_ms >= rollout->steps[rollout->step].for_ms - ROLLOUT_MARGIN_MS;
}

/* What is said of the step now decides whether it is left. */
static bool step_is_over(const struct rollout_run *run)
{
    const struct rollout *rollout = &run->rollout;
    return rollout->phase == ROLLOUT_SHIFTING && rollout->step < rollout->step_count &&
           (rollout->approved || run_now(run) - rollout->since_ms >= rollout->steps[rollout->step].for_ms);
}

static void look_at_evidence(struct rollout_run *run, struct view *view, struct evidence *evidence)
{
    run_times(run);
    watcher_leaving(run->watcher, step_is_over(run));
    watcher_evidence(run->watcher, run->tick, view->now_ms, evidence);
    if (run->rollout.phase == ROLLOUT_SHIFTING) {
        look_at_synthetic(run, view, evidence->thin);
        view->evidence = evidence;
        if (step_ends_without(run, evidence))
            view->failed = run->failed =
                run_say(run,
                        "there is no evidence for the next step, and CodeDeploy cannot be made to wait for "
                        "it (`driver: plumb` can): %.*s",
                        STR_ARG(evidence->reason));
    } else if (evidence->verdict == VERDICT_BAD) {
        view->failed = run->failed = run_say(run, "%.*s", STR_ARG(evidence->reason));
    }
}

void run_look(struct rollout_run *run, struct view *view, struct evidence *evidence)
{
    const struct rollout *rollout = &run->rollout;
    bool after = rollout->phase == ROLLOUT_AFTER;
    if (!rollout->codedeploy && (rollout->phase == ROLLOUT_BEFORE || after))
        look_at_hooks(run, view, after);
    if (rollout->phase == ROLLOUT_WAITING ||
        (!rollout->codedeploy && rollout->phase == ROLLOUT_BEFORE && !view->busy))
        look_at_alarms(run, view);
    if (rollout->traffic_ms && (rollout->phase == ROLLOUT_SHIFTING || after))
        look_at_evidence(run, view, evidence);
}
