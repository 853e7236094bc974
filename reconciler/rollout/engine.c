#include "reconciler/rollout/engine.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "reconciler/rollout/engine_private.h"
#include "reconciler/rollout/notify_text.h"
#include "reconciler/rollout/traffic.h"

static const struct rollout_driver *driver_of(const struct rollout_run *run)
{
    return run->rollout.codedeploy ? &rollout_by_codedeploy : &rollout_by_plumb;
}

int64_t run_now(const struct rollout_run *run)
{
    return clock_wall(run->options.clock);
}

struct str run_say(struct rollout_run *run, const char *format, ...)
{
    char text[ERROR_MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return arena_str(run->words, str_from(text));
}

const struct rollout *rollout_of(const struct rollout_run *run)
{
    return &run->rollout;
}

/* The rollout in an arena of its own again: what it was before is forgotten. */
static void renew(struct rollout_run *run, const struct rollout *from)
{
    struct arena *fresh = arena_new();
    run->rollout = rollout_read(fresh, rollout_write(fresh, from));
    arena_free(run->record);
    run->record = fresh;
}

static void tell(struct rollout_run *run)
{
    const struct rollout_keeper *keeper = &run->options.keeper;
    if (keeper->tell)
        keeper->tell(keeper->self, &run->rollout);
}

bool run_save(struct rollout_run *run, const char *what, struct error *error)
{
    const struct rollout_keeper *keeper = &run->options.keeper;
    run->rollout.memory = watcher_memory(run->watcher, run->record);
    run->unsaved = true;
    if (!keeper->save(keeper->self, &run->rollout, what, error))
        return false;
    run->unsaved = false;
    renew(run, &run->rollout);
    return true;
}

void run_note(struct rollout_run *run, const char *event, struct str why)
{
    rollout_note(&run->rollout, run->record, run_now(run), rollout_weight(&run->rollout), "%s%s%.*s", event,
                 why.len ? ": " : "", STR_ARG(why));
}

/* The last line is also for whoever is told. */
static void announce(struct rollout_run *run, enum notice_kind kind, struct str reason)
{
    rollout_announce(&run->rollout, run->record, notice_kind_name(kind), reason);
}

struct rollout_run *rollout_run_new(const struct rollout_options *options, const struct rollout *rollout)
{
    struct rollout_run *run = memory_alloc(sizeof *run);
    run->options = *options;
    run->tick = arena_new();
    run->words = arena_new();
    run->recalled = rollout->phase >= ROLLOUT_SHIFTING;
    run->began_ms = run_now(run);
    renew(run, rollout);
    run->work = work_new(&run->options);
    run_watch(run);
    run_times(run);
    return run;
}

void rollout_run_free(struct rollout_run *run)
{
    if (!run)
        return;
    work_free(run->work);
    board_unwatch(run->options.board, run->watcher);
    arena_free(run->record);
    arena_free(run->tick);
    arena_free(run->words);
    free(run);
}

/* --- listening --- */

static void end_hold(struct rollout *rollout)
{
    rollout->hold_since_ms = 0;
    rollout->hold = STR_EMPTY;
}

static bool obey(struct rollout_run *run, const struct rollout_orders *orders, struct error *error)
{
    struct rollout *rollout = &run->rollout;
    struct str by = orders->by.len ? orders->by : STR("a person");
    rollout->superseded = orders->newer.len > 0;
    if (orders->newer.len)
        run->abort = run_say(run, "%.*s", STR_ARG(orders->newer));
    if (orders->number <= rollout->order)
        return true;
    rollout->order = orders->number;
    if (orders->abort)
        run->abort = run_say(run, "%.*s stopped it", STR_ARG(by));
    if (orders->promote)
        rollout->approved = true;
    if (orders->pause || orders->resume) {
        rollout->paused = orders->pause;
        end_hold(rollout); /* a pause has no limit, and what holds after it has all of its own */
        run->waits_since_ms = 0;
    }
    if (orders->resume)
        run->foreign = STR_EMPTY; /* it is looked at again */
    run->standing = run->standing && !orders->resume;
    run_note(run,
             orders->abort     ? "aborted"
             : orders->promote ? "promoted"
             : orders->pause   ? "paused"
                               : "resumed",
             arena_printf(run->tick, "by %.*s", STR_ARG(by)));
    return orders->abort || run_save(run,
                                     orders->promote ? "promoted"
                                     : orders->pause ? "paused"
                                                     : "resumed",
                                     error);
}

/* What cannot be heard now is heard later: an unreachable Git must not stop a rollback. */
static bool listen(struct rollout_run *run, bool now, struct error *error)
{
    const struct rollout_keeper *keeper = &run->options.keeper;
    struct rollout_orders orders = {.number = 0};
    int64_t time = clock_monotonic(run->options.clock);
    if (!keeper->listen || (!now && run->heard_ms && time - run->heard_ms < ROLLOUT_LISTEN_MS))
        return true;
    run->heard_ms = time;
    return keeper->listen(keeper->self, run->tick, &orders, error) && obey(run, &orders, error);
}

static void listen_in_passing(struct rollout_run *run)
{
    struct error error = ERROR_INIT;
    if (!listen(run, false, &error))
        log_warn(run->options.log, "rollout: cannot hear what Git says",
                 LOG_STR("application", run->options.label), LOG_ERROR_FIELD(&error));
}

/* --- standing --- */

static void trouble(struct rollout_run *run, const struct error *error)
{
    run->trouble = run_say(run, "%s", error->message);
    if (!run->trouble_since_ms)
        run->trouble_since_ms = run_now(run);
    run->pause_ms = run->pause_ms ? 2 * run->pause_ms : 500;
    if (run->pause_ms > ROLLOUT_RETRY_MAX_MS)
        run->pause_ms = ROLLOUT_RETRY_MAX_MS;
    run->retry_ms = run_now(run) + run->pause_ms;
    log_warn(run->options.log, "rollout: cannot go on now", LOG_STR("application", run->options.label),
             LOG_ERROR_FIELD(error), LOG_INT("again_in_ms", run->pause_ms));
}

void run_no_trouble(struct rollout_run *run)
{
    run->trouble = STR_EMPTY;
    run->trouble_since_ms = run->retry_ms = run->pause_ms = 0;
    run->unheard = false;
}

/* Only these end a tick: whoever is fenced or asked to stop writes nothing more. */
static bool is_over_for_us(const struct error *error)
{
    return error->code == ERROR_CANCELLED ||
           (error->code == ERROR_CONFLICT && !error_is(error, TRAFFIC_MOVED_BY_OTHERS) && !*error->name);
}

/* What cannot be recorded now is by the next record; false only where the rollout is not ours any more. */
static bool save_if_possible(struct rollout_run *run, const char *what, struct error *error)
{
    if (!run_save(run, what, error) && is_over_for_us(error))
        return false;
    error_clear(error);
    return true;
}

/* The traffic is where the record says, or is brought there. */
static bool make_stand(struct rollout_run *run, struct error *error)
{
    struct rollout *rollout = &run->rollout;
    if (run->standing || rollout->phase < ROLLOUT_BEFORE || run_now(run) < run->retry_ms || run->recalled)
        return true;
    if (!driver_of(run)->move(run, error)) {
        if (is_over_for_us(error))
            return false;
        if (error_is(error, TRAFFIC_MOVED_BY_OTHERS))
            run->foreign = run_say(run, "%s", error->message);
        else
            trouble(run, error);
        error_clear(error);
        return true;
    }
    run_no_trouble(run);
    run->standing = true;
    if (rollout->codedeploy || (rollout->phase != ROLLOUT_SHIFTING && rollout->phase != ROLLOUT_AFTER))
        return true;
    if (!run->stood || !rollout->since_ms)
        rollout->since_ms = run_now(run);
    run->stood = false;
    if (rollout->traffic_ms)
        return true;
    rollout->traffic_ms = rollout->since_ms;
    return save_if_possible(run, "traffic moves", error);
}

/* Git was out of reach when it was needed: it is asked again, so that nothing holds for longer than that. */
static bool reach_git(struct rollout_run *run, struct error *error)
{
    if (!run->unheard || run_now(run) < run->retry_ms)
        return true;
    if (listen(run, true, error) && run_save(run, "Git can be reached again", error)) {
        run_no_trouble(run);
        return true;
    }
    if (is_over_for_us(error))
        return false;
    trouble(run, error);
    error_clear(error);
    return true;
}

static bool look(struct rollout_run *run, struct view *view, struct evidence *evidence, struct error *error)
{
    run->looked_ms = run_now(run);
    *view = (struct view){
        .now_ms = run->looked_ms, .abort = run->abort, .failed = run->failed, .foreign = run->foreign};
    if (!driver_of(run)->look(run, view, error)) {
        if (is_over_for_us(error))
            return false;
        trouble(run, error);
        error_clear(error);
    } else if (run->standing && !run->unheard && !run->hooking.troubled && run->trouble_since_ms &&
               view->now_ms >= run->retry_ms) {
        run_no_trouble(run); /* it was looking that could not be done, and now it could */
    }
    if (view->failed.len || view->abort.len)
        return true;
    bool traffic = run->rollout.phase >= ROLLOUT_SHIFTING;
    if (!reach_git(run, error) || ((!traffic || run_may_move(run, view)) && !make_stand(run, error)))
        return false;
    if (run->foreign.len)
        view->foreign = run->foreign;
    run_look(run, view, evidence);
    view->busy = view->busy || (run->rollout.phase >= ROLLOUT_BEFORE && !run->standing);
    if (run->trouble_since_ms && view->now_ms - run->trouble_since_ms >= ROLLOUT_GRACE_MS)
        view->stuck = run->trouble;
    return true;
}

/* --- going --- */

/* Nothing moves forward without Git; without is no trouble of the traffic's. */
static bool without_git(struct rollout_run *run, const char *what, struct error *error)
{
    if (is_over_for_us(error))
        return false;
    error_prefix(error, "%s, and nothing moves forward without it", what);
    trouble(run, error);
    run->unheard = true;
    error_clear(error);
    return true;
}

/* Saves what was changed; where Git cannot be written the change is taken back and tried again. */
static bool save_or_undo(struct rollout_run *run, const struct rollout *before, const char *what,
                         struct error *error)
{
    if (run_save(run, what, error))
        return true;
    size_t history = run->rollout.history->count;
    run->rollout = *before;
    if (history)
        run->rollout.history->count = history - 1;
    return without_git(run, "the ledger cannot be written", error);
}

/* Since when a step stands is not known before it does: who takes over before that counts anew. */
static void advance(struct rollout *rollout)
{
    bool shifting = rollout->phase == ROLLOUT_SHIFTING;
    switch (rollout->phase) {
    case ROLLOUT_WAITING:
        rollout->phase = ROLLOUT_BEFORE;
        return;
    case ROLLOUT_BEFORE:
    case ROLLOUT_SHIFTING:
        rollout->step = shifting ? rollout->step + 1 : 0;
        rollout->phase = rollout->step < rollout->step_count ? ROLLOUT_SHIFTING : ROLLOUT_AFTER;
        rollout->since_ms = 0;
        rollout->approved = false;
        for (size_t i = 0; i < rollout->target_count; i++)
            rollout->targets[i].synthetic = 0;
        return;
    default:
        rollout->phase = ROLLOUT_SUCCEEDED;
    }
}

static struct str event_of(struct arena *arena, const struct rollout *rollout)
{
    switch (rollout->phase) {
    case ROLLOUT_BEFORE:
        return STR("before traffic");
    case ROLLOUT_SHIFTING:
    case ROLLOUT_AFTER:
        return arena_printf(arena, "%" PRId64 " %%", rollout_weight(rollout));
    default:
        return STR("all traffic moved");
    }
}

static void announce_step(struct rollout_run *run, struct str why)
{
    const struct rollout *rollout = &run->rollout;
    if (rollout->phase == ROLLOUT_BEFORE)
        announce(run, NOTICE_START, rollout_steps_in_words(run->tick, rollout->steps, rollout->step_count));
    else
        announce(run, rollout->phase == ROLLOUT_SUCCEEDED ? NOTICE_SUCCESS : NOTICE_STEP, why);
}

static bool go_forward(struct rollout_run *run, struct str why, struct error *error)
{
    struct rollout before, *rollout = &run->rollout;
    if (run->unheard)
        return true;
    if (!listen(run, true, error))
        return without_git(run, "it cannot be read what Git says", error);
    if (run->abort.len || rollout->paused || run_is_late(run))
        return true; /* the next tick decides with that */
    before = *rollout;
    advance(rollout);
    end_hold(rollout);
    struct str event = event_of(run->tick, rollout);
    bool traffic = rollout->phase == ROLLOUT_SHIFTING || rollout->phase == ROLLOUT_AFTER;
    run_note(run,
             arena_printf(run->tick, "%s%.*s", traffic ? "the new version gets " : "", STR_ARG(event)).ptr,
             why);
    announce_step(run, why);
    if (why.len)
        rollout->reason = arena_str(run->record, why);
    enum rollout_phase phase = rollout->phase;
    if (!save_or_undo(run, &before, arena_strz(run->tick, event), error))
        return false;
    if (run->rollout.phase != phase || run->unsaved)
        return true;
    run->standing = phase == ROLLOUT_SUCCEEDED;
    tell(run);
    return make_stand(run, error);
}

/* It is told also where Git cannot be written: then it is recorded later. */
static bool save_and_tell(struct rollout_run *run, const char *what, struct error *error)
{
    if (!save_if_possible(run, what, error))
        return false;
    tell(run);
    return true;
}

static bool hold(struct rollout_run *run, const struct decision *decision, struct error *error)
{
    struct str why = decision->why;
    int64_t grace = decision->may_pass ? ROLLOUT_GRACE_MS : 0;
    struct rollout *rollout = &run->rollout;
    bool fresh = !rollout->hold_since_ms;
    if (!run->waits_since_ms)
        run->waits_since_ms = run_now(run);
    if ((fresh && run_now(run) - run->waits_since_ms < grace) || str_equal(why, rollout->hold))
        return true;
    rollout->hold = arena_str(run->record, why);
    if (!fresh)
        return true;
    rollout->hold_since_ms = run->waits_since_ms;
    run_note(run, "holds", why);
    announce(run, NOTICE_HOLD, why);
    return save_and_tell(run, "holds", error);
}

static bool finish(struct rollout_run *run, const char *event, struct error *error)
{
    run_note(run, event, run->rollout.reason);
    announce(run, NOTICE_ROLLBACK, run->rollout.reason);
    return save_and_tell(run, run->rollout.phase == ROLLOUT_LEFT ? "left" : "traffic is back", error);
}

static bool end_back(struct rollout_run *run, struct error *error)
{
    struct rollout *rollout = &run->rollout;
    bool left = run->foreign.len > 0;
    rollout->phase = left ? ROLLOUT_LEFT : ROLLOUT_ROLLED_BACK;
    if (left)
        rollout->reason = arena_printf(run->record, "%.*s; %.*s, and stays so", STR_ARG(rollout->reason),
                                       STR_ARG(run->foreign));
    return finish(run, left ? "left" : "rolled back", error);
}

/* Keeps trying, and is loud. */
static bool keep_going_back(struct rollout_run *run, struct error *error)
{
    bool done = false;
    if (run_now(run) < run->retry_ms)
        return true;
    if (!driver_of(run)->back(run, &done, error)) {
        if (is_over_for_us(error))
            return false;
        trouble(run, error);
        log_error(run->options.log, "rollout: THE ROLLBACK FAILS, it is tried again",
                  LOG_STR("application", run->options.label), LOG_ERROR_FIELD(error));
        error_clear(error);
        return true;
    }
    if (!done)
        return true;
    run_no_trouble(run);
    return end_back(run, error);
}

/* The alias first: going back needs no word from Git. */
static bool go_back(struct rollout_run *run, struct str why, struct error *error)
{
    struct rollout *rollout = &run->rollout;
    bool hooks = rollout->settings.hooks_by_codedeploy && rollout->phase >= ROLLOUT_BEFORE;
    bool moved = rollout->phase >= ROLLOUT_SHIFTING || rollout->codedeploy || hooks;
    if (run->unsaved && !save_if_possible(run, "goes back", error))
        return false;
    run_no_trouble(run);
    end_hold(rollout);
    rollout->phase = ROLLOUT_ROLLING_BACK;
    rollout->reason = arena_str(run->record, why);
    run->unsaved = true;
    if (!moved)
        return end_back(run, error);
    if (!keep_going_back(run, error))
        return false;
    if (run->rollout.phase != ROLLOUT_ROLLING_BACK)
        return true;
    run_note(run, "goes back", why);
    return save_if_possible(run, "goes back", error);
}

static bool leave(struct rollout_run *run, struct str why, struct error *error)
{
    struct rollout *rollout = &run->rollout;
    end_hold(rollout);
    rollout->phase = ROLLOUT_LEFT;
    rollout->reason = arena_str(run->record, why);
    if (!hooks_clear(run, error)) {
        if (is_over_for_us(error))
            return false;
        run_note(run, "not all could be tidied up", arena_str(run->tick, str_from(error->message)));
        error_clear(error);
    }
    return finish(run, "left", error);
}

static bool act(struct rollout_run *run, const struct decision *decision, struct error *error)
{
    switch (decision->move) {
    case MOVE_STAY:
        end_hold(&run->rollout);
        return true;
    case MOVE_HOLD:
        return hold(run, decision, error);
    case MOVE_FORWARD:
        return go_forward(run, decision->why, error);
    case MOVE_BACK:
        return go_back(run, decision->why, error);
    case MOVE_LEAVE:
        return leave(run, decision->why, error);
    }
    return true;
}

static bool end(struct rollout_run *run, bool *ended, struct error *error)
{
    if (run->unsaved && !save_if_possible(run, rollout_phase_name(run->rollout.phase), error))
        return false;
    *ended = !run->unsaved;
    return true;
}

bool rollout_tick(struct rollout_run *run, bool *ended, struct error *error)
{
    struct view view;
    struct evidence evidence = {.verdict = VERDICT_UNKNOWN};
    *ended = false;
    arena_reset(run->tick);
    if (rollout_is_over(&run->rollout))
        return end(run, ended, error);
    board_tick(run->options.board);
    if (run->rollout.phase == ROLLOUT_ROLLING_BACK)
        return keep_going_back(run, error);
    listen_in_passing(run);
    if (!look(run, &view, &evidence, error))
        return false;
    const struct decision decision = decide(run->tick, &run->rollout, &view);
    if (decision.move != MOVE_HOLD)
        run->waits_since_ms = 0;
    if (!act(run, &decision, error))
        return false;
    return !rollout_is_over(&run->rollout) || end(run, ended, error);
}
