#include "reconciler/rollout/decide.h"

static struct decision hold(struct arena *arena, const struct rollout *rollout, const struct view *view,
                            enum move otherwise, struct str why)
{
    int64_t limit = rollout->settings.hold_limit_ms;
    if (!rollout->hold_since_ms || view->now_ms - rollout->hold_since_ms < limit)
        return (struct decision){.move = MOVE_HOLD, .why = why};
    return (struct decision){.move = otherwise,
                             .why = arena_printf(arena, "it was held for %.*s, the limit: %.*s",
                                                 STR_ARG(duration_in_words(arena, limit)), STR_ARG(why))};
}

static const struct deployment_step *present_step(const struct rollout *rollout)
{
    return rollout->phase == ROLLOUT_SHIFTING && rollout->step < rollout->step_count
               ? &rollout->steps[rollout->step]
               : NULL;
}

/* `plumb rollout promote` ends the wait of a step; it is no evidence. */
static bool time_is_over(const struct rollout *rollout, const struct view *view)
{
    const struct deployment_step *step = present_step(rollout);
    return !step || rollout->approved || view->now_ms - rollout->since_ms >= step->for_ms;
}

static struct decision stop(const struct view *view, struct str why)
{
    return (struct decision){.move = view->foreign.len ? MOVE_LEAVE : MOVE_BACK, .why = why};
}

struct decision decide(struct arena *arena, const struct rollout *rollout, const struct view *view)
{
    const struct evidence *evidence = view->evidence;
    const struct deployment_step *step = present_step(rollout);
    if (view->abort.len)
        return stop(view, view->abort);
    if (view->failed.len)
        return stop(view, view->failed);
    if (evidence && evidence->verdict == VERDICT_BAD)
        return stop(view, evidence->reason);
    if (view->foreign.len)
        return hold(arena, rollout, view, MOVE_LEAVE, view->foreign);
    if (rollout->paused)
        return (struct decision){.move = MOVE_HOLD,
                                 .why = STR("it is paused: `plumb rollout resume` lets it go on")};
    if (view->stuck.len)
        return hold(arena, rollout, view, MOVE_BACK, view->stuck);
    if (view->busy || !time_is_over(rollout, view))
        return (struct decision){.move = MOVE_STAY, .why = STR_EMPTY};
    if (evidence && evidence->verdict != VERDICT_GOOD) {
        struct decision decision = hold(arena, rollout, view, MOVE_BACK, evidence->reason);
        decision.may_pass = decision.move == MOVE_HOLD;
        return decision;
    }
    if (step && step->approval && !rollout->approved)
        return hold(arena, rollout, view, MOVE_BACK,
                    STR("it waits for approval: `plumb rollout promote` gives it"));
    return (struct decision){.move = MOVE_FORWARD, .why = evidence ? evidence->reason : STR_EMPTY};
}
