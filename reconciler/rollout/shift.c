/* The driver `plumb`: plumb itself moves the aliases. */

#include "reconciler/rollout/engine_private.h"
#include "reconciler/rollout/traffic.h"

/* Going back needs no evidence. */
static bool may_write(void *self, struct error *error)
{
    const struct rollout_run *run = self;
    const struct rollout_keeper *keeper = &run->options.keeper;
    if (run->rollout.phase != ROLLOUT_ROLLING_BACK && run_is_late(run))
        return error_set(error, ERROR_UNAVAILABLE, "it stood still, and looks again before traffic moves");
    return keeper->check(keeper->self, error);
}

bool run_move(struct rollout_run *run, struct rollout_target *target, int64_t least, int64_t most, int64_t to,
              struct error *error)
{
    const struct traffic_move move = {.aws = run->options.aws,
                                      .arena = run->record,
                                      .rollout = &run->rollout,
                                      .least = least,
                                      .most = most,
                                      .to = to,
                                      .self = run,
                                      .may_write = may_write};
    run->moved_ms = run_now(run);
    return traffic_move(&move, target, error);
}

bool run_write(struct rollout_run *run, const struct aws_operation *operation, const struct value *input,
               struct value **answer, struct error *error)
{
    const struct aws_limits limits = {.total_ms = TRAFFIC_WRITE_MS};
    return run->options.keeper.check(run->options.keeper.self, error) &&
           aws_call_within(run->options.aws, operation, run->tick, input, &limits, answer, error);
}

static int64_t weight_before(const struct rollout *rollout)
{
    return rollout->step > 0 ? rollout_weight_at(rollout, rollout->step - 1) : 0;
}

/* What is called moves before its callers. */
static bool move(struct rollout_run *run, struct error *error)
{
    struct rollout *rollout = &run->rollout;
    int64_t to = rollout_weight(rollout);
    for (size_t i = 0; i < rollout->target_count; i++)
        if (!run_move(run, &rollout->targets[i], weight_before(rollout), to, to, error))
            return false;
    run->moved_ms = run_now(run);
    return true;
}

/* Where another instance was cut off: an alias that has less than the step before had is on its way back.
 * What stands where it should is not written again: the revision that was recorded may be the one before. */
static bool recall(struct rollout_run *run, struct view *view, struct error *error)
{
    struct rollout *rollout = &run->rollout;
    int64_t least = rollout->phase == ROLLOUT_SHIFTING && !rollout->traffic_ms ? 0 : weight_before(rollout);
    if (!least && rollout->traffic_ms)
        least = rollout_weight(rollout);
    bool there = true;
    for (size_t i = 0; i < rollout->target_count; i++) {
        struct traffic now;
        if (!traffic_read(run->options.aws, run->tick, &rollout->targets[i], &now, error))
            return false;
        rollout->targets[i].revision = STR_EMPTY;
        there = there && now.weight == rollout_weight(rollout);
        if (now.weight >= 0 && now.weight < least)
            view->failed = run->failed =
                run_say(run, "an instance that was cut off had begun to roll it back");
    }
    run->recalled = false;
    run->stood = there;
    return true;
}

static bool look(struct rollout_run *run, struct view *view, struct error *error)
{
    struct rollout *rollout = &run->rollout;
    if (run->recalled && rollout->phase >= ROLLOUT_SHIFTING && !recall(run, view, error))
        return false;
    if (!hooks_look(run, view, error))
        return false;
    for (size_t i = 0; i < rollout->target_count && run->standing; i++) {
        int64_t read_ms;
        const struct value *answer = watcher_alias(run->watcher, run->tick, i, &read_ms);
        if (!answer || read_ms <= run->moved_ms)
            continue;
        struct traffic now = traffic_of(run->tick, &rollout->targets[i], answer);
        if (now.weight != rollout_weight(rollout))
            view->foreign = traffic_moved_away(run->tick, &rollout->targets[i], &now);
    }
    return true;
}

/* Callers first.  One that cannot be moved now does not keep the others from going back.  What is further
 * than plumb ever came was set by somebody else. */
static bool back(struct rollout_run *run, bool *done, struct error *error)
{
    struct rollout *rollout = &run->rollout;
    int64_t most = rollout_weight_at(rollout, rollout->step);
    struct error one = ERROR_INIT;
    *done = true;
    for (size_t i = rollout->target_count; i-- > 0;) {
        struct rollout_target *target = &rollout->targets[i];
        if (target->back)
            continue;
        if (!run->options.keeper.check(run->options.keeper.self, error))
            return false;
        error_clear(&one);
        target->back = run_move(run, target, 0, most, 0, &one);
        if (!target->back && error_is(&one, TRAFFIC_MOVED_BY_OTHERS)) {
            target->back = true;
            run->foreign = run_say(run, "%s", one.message);
        } else if (!target->back) {
            *done = false;
            *error = one;
        }
    }
    *done = *done && hooks_clear(run, error);
    return *done;
}

const struct rollout_driver rollout_by_plumb = {.move = move, .look = look, .back = back};
