#include "reconciler/keeper.h"

#include <stdlib.h>
#include <string.h>

#include "reconciler/drift.h"
#include "reconciler/health.h"
#include "reconciler/inputs.h"
#include "reconciler/order.h"
#include "reconciler/parking.h"
#include "reconciler/record.h"
#include "reconciler/review.h"
#include "reconciler/suspension.h"

enum { HELD_MS = 30 * 1000, SUSPENDED_MS = 30 * 1000, STAND_BY_MS = 15 * 1000 };

/* What is remembered between turns: only when to look again. */
struct keeper_memo {
    struct commit_id tried; /* the commit of the last turn */
    int64_t failures;       /* in a row */
    struct inputs *inputs;  /* of the last turn that did not fail; or NULL */
    struct error *order;    /* why it cannot be released in its place among the others; NULL: it can */
    bool touched;           /* by the commit that its environment is looked at for */
    bool suspended;
    bool unparked;  /* the ledger does not have it as parked, as far as we know */
    bool stands_by; /* another instance was at it in the last turn */
};

size_t keeper_memo_size(void)
{
    return sizeof(struct keeper_memo);
}

void keeper_memo_free(void *memo)
{
    struct keeper_memo *kept = memo;
    inputs_free(kept->inputs);
    free(kept->order);
}

/* An error is large, and there are as many memos as applications. */
static void keep_order(struct keeper_memo *memo, const struct error *order)
{
    free(memo->order);
    memo->order = NULL;
    if (order->code == ERROR_NONE)
        return;
    memo->order = memory_alloc(sizeof *memo->order);
    *memo->order = *order;
}

/* A turn under way. */
struct turn {
    const struct keeper_options *options;
    const struct session_options *session_options;
    struct session *session;
    struct agenda_item *item;
    struct keeper_memo *memo;
    struct inputs *inputs;
    int64_t due_ms; /* the next one */
    bool fresh;     /* the first at this commit */
    bool rolls;     /* it ends in a rollout */
};

static bool is_cancelled(const struct turn *turn)
{
    return atomic_load(turn->session_options->cancelled);
}

static const struct log *log_of(const struct turn *turn)
{
    return turn->session_options->log;
}

/* "prod/orders", or "prod" */
static struct str label(struct turn *turn, struct arena *arena)
{
    const struct agenda_item *item = turn->item;
    return arena_printf(arena, "%s%s%s", item->environment, *item->application ? "/" : "", item->application);
}

static void due_in(struct turn *turn, int64_t ms)
{
    turn->due_ms = clock_monotonic(turn->session_options->clock) + ms;
}

static int64_t back_off(struct turn *turn)
{
    int64_t pause = back_off_ms(turn->memo->failures++, KEEPER_PAUSE_MAX_MS);
    pause = pause / 2 + (int64_t)random_below(turn->session_options->random, (uint64_t)pause / 2 + 1);
    due_in(turn, pause);
    return pause;
}

/* Another instance is at it, which is no failure: it is looked at again in case that one ends in the middle.
 * What it does here is not known, so that any commit touches it. */
static void stand_by(struct turn *turn, struct str why)
{
    struct arena *arena = arena_new();
    if (!turn->memo->stands_by)
        log_info(log_of(turn), "stands by", LOG_STR("application", label(turn, arena)),
                 LOG_STRZ("commit", turn->memo->tried.hex), LOG_STR("why", why));
    turn->memo->stands_by = true;
    inputs_free(turn->memo->inputs);
    turn->memo->inputs = NULL;
    due_in(turn, STAND_BY_MS);
    arena_free(arena);
}

static void count_failure(struct turn *turn)
{
    atomic_fetch_add(&turn->options->count->failures, 1);
}

/* --- an application --- */

/* The subject, and the session under it, go to the rollout: nobody here may touch them any more. */
static bool begin_rolling(struct turn *turn, struct subject *subject, struct error *error)
{
    subject->inputs = NULL; /* they stay here */
    if (!rollers_begin(turn->options->rollers, turn->item, turn->session, subject, error))
        return false;
    turn->session = NULL;
    turn->memo->tried = (struct commit_id){.hex = ""}; /* what comes after it is to be looked at at once */
    return true;
}

static bool apply_changes(struct turn *turn, struct subject *subject, struct plan *plan, struct error *error)
{
    const struct apply_options options = {.ledger = subject->ledger, .clock = turn->session_options->clock};
    struct apply_result result;
    struct str name = label(turn, subject->arena);
    aws_set_share(subject->aws, 1);
    log_info(log_of(turn), "applying", LOG_STR("application", name),
             LOG_STRZ("commit", plan->input.commit.hex));
    if (!apply_plan(plan, &options, &result, error))
        return false;
    if (result.failed)
        return error_set(error, ERROR_UNAVAILABLE, "%.*s", STR_ARG(result.release.verdict));
    if (!subject_recall(subject, error)) /* what it has now */
        return false;
    if (result.rolling)
        return turn->rolls = true;
    log_info(log_of(turn), "released", LOG_STR("application", name),
             LOG_STRZ("commit", plan->input.commit.hex), LOG_STR("verdict", result.release.verdict));
    return true;
}

/* Where the environment asks for it, only what people have seen.  An approval comes by the ledger: that is
 * looked at again soon. */
static bool apply_reviewed(struct turn *turn, struct subject *subject, struct plan *plan, struct error *error)
{
    struct review_verdict verdict;
    if (!review_check(subject, plan, &verdict, error))
        return false;
    if (!verdict.holds)
        return apply_changes(turn, subject, plan, error);
    log_warn(log_of(turn), "held", LOG_STR("application", label(turn, subject->arena)),
             LOG_STR("why", verdict.why));
    inputs_clear(turn->inputs);
    due_in(turn, HELD_MS);
    return true;
}

/* For those who promote from here: does it stay as it was released, and do its alarms stay quiet?  `known`
 * NULL: the drift is looked for, where anybody wants to know. */
static bool record_health(struct turn *turn, struct subject *subject, const struct drift_report *known,
                          struct error *error)
{
    struct drift_report report;
    struct health health;
    int64_t soak_ms;
    if (subject->release.state != RELEASE_RELEASED ||
        !promotion_soak(turn->options->promotions, subject->session, subject->environment.name,
                        subject->application->name, &soak_ms))
        return true;
    if (!known && !drift_find(subject, &report, error))
        return false;
    return health_look(subject, known ? known : &report, &health, error) &&
           health_record(subject, &health, soak_ms, error);
}

/* What hangs on our resources and nobody declared is no change of a plan: it is looked for and told. */
static bool report_extras(struct turn *turn, struct subject *subject, struct error *error)
{
    struct drift_report report;
    if (!drift_find(subject, &report, error))
        return false;
    for (size_t i = 0; i < report.count; i++)
        log_warn(log_of(turn), "drift", LOG_STR("application", label(turn, subject->arena)),
                 LOG_STR("resource", report.findings[i].logical_id),
                 LOG_STRZ("kind", drift_kind_name(report.findings[i].kind)),
                 LOG_STR("path", report.findings[i].difference_count ? report.findings[i].differences[0].path
                                                                     : STR_EMPTY));
    return record_health(turn, subject, &report, error);
}

/* Any commit on top may vouch for it, also one that changes nothing of the application: no input is kept. */
static void tell_distrust(struct turn *turn, struct subject *subject)
{
    const struct trust_verdict *trust = &subject->trust;
    inputs_clear(turn->inputs);
    log_warn(log_of(turn), "not trusted", LOG_STR("application", label(turn, subject->arena)),
             LOG_STRZ("commit", trust->commit.hex), LOG_STRZ("rule", trust_rule_name(trust->broken)),
             LOG_STR("why", trust->sentence));
}

/* Plans, and does or tells what comes out. */
static bool keep_planned(struct turn *turn, struct subject *subject, struct error *error)
{
    struct plan *plan;
    if (!subject_judge(subject, error))
        return false;
    if (subject->trust.broken != TRUST_HOLDS) {
        tell_distrust(turn, subject);
        return true;
    }
    if (!subject_plan(subject, &plan, error))
        return false;
    bool ok = true;
    if (plan->rejected.len) {
        count_failure(turn);
        log_warn(log_of(turn), "not tried again", LOG_STR("application", label(turn, subject->arena)),
                 LOG_STR("why", plan->rejected));
    } else if (!plan_has_changes(plan)) {
        ok = subject_keep_trust(subject, error) && report_extras(turn, subject, error);
    } else if (plan_only_heals(plan) && subject->environment.drift_mode == DRIFT_REPORT) {
        log_warn(log_of(turn), "drift", LOG_STR("application", label(turn, subject->arena)),
                 LOG_INT("resources", (int64_t)(plan->count - plan->actions[CHANGE_NONE])),
                 LOG_STRZ("mode", "report: nothing is changed"));
        ok = record_health(turn, subject, NULL, error);
    } else {
        ok = apply_reviewed(turn, subject, plan, error);
    }
    plan_free(plan);
    return ok;
}

/* A key that is revoked is to be remembered, although it changes no resource. */
static void note_trust(struct turn *turn, const struct files *files, const struct trust_policy *policy)
{
    if (policy->signers.len)
        inputs_note(turn->inputs, files, policy->signers);
    if (policy->revoked.len)
        inputs_note(turn->inputs, files, policy->revoked);
    for (size_t i = 0; i < policy->key_count; i++)
        inputs_note(turn->inputs, files, policy->keys[i]);
}

/* Beside what its template reads. */
static void note_inputs(struct turn *turn, struct subject *subject)
{
    const struct files *files = session_files(turn->session);
    const struct application *application = subject->application;
    turn->inputs = inputs_new();
    inputs_note(turn->inputs, files, application->file);
    inputs_note(turn->inputs, files,
                arena_printf(subject->arena, "environments/%s/environment.yaml", turn->item->environment));
    note_trust(turn, files, &subject->environment.trust);
    if (application->revision.len)
        inputs_note_revision(turn->inputs, application->revision, str_from(subject->commit.hex));
    else
        subject->inputs = turn->inputs;
}

/* Somebody wants it to be left alone.  When that ends is looked at soon, and told once. */
static bool look_for_suspension(struct turn *turn, struct subject *subject, bool *suspended,
                                struct error *error)
{
    int64_t now = clock_wall(turn->session_options->clock);
    struct suspension suspension;
    if (!suspension_of(subject->ledger, subject->arena, &subject->environment, subject->application, now,
                       &suspension, error))
        return false;
    *suspended = suspension.present;
    if (turn->memo->suspended != suspension.present)
        log_info(log_of(turn), suspension.present ? "suspended" : "resumed",
                 LOG_STR("application", label(turn, subject->arena)),
                 LOG_STR("why", suspension.present ? suspension_in_words(subject->arena, &suspension, now)
                                                   : STR("it is over")));
    turn->memo->suspended = suspension.present;
    if (suspension.present)
        due_in(turn, SUSPENDED_MS);
    return true;
}

static bool keep_recalled(struct turn *turn, struct subject *subject, struct error *error)
{
    int64_t now_ms = clock_wall(turn->session_options->clock);
    bool suspended;
    if (!claim_is_free(subject->arena, &subject->release, now_ms, error) ||
        !look_for_suspension(turn, subject, &suspended, error))
        return false;
    if (rolling_is_due(subject))
        return turn->rolls = true;
    return suspended || keep_planned(turn, subject, error);
}

/* Is it trouble of this instance alone?  Another one, which is at it or newer, keeps it. */
static bool leaves_to_another(const struct error *error)
{
    return error_is(error, CLAIM_OF_ANOTHER) || error_is(error, RECORD_OF_NEWER);
}

/* In the ledger, for those who do not read the log.  Where what it has of the application cannot be read
 * nothing is added to it. */
static void note_parking(struct turn *turn, struct subject *subject, const struct error *error)
{
    struct keeper_memo *memo = turn->memo;
    struct error ignored = ERROR_INIT;
    bool fails = error->code != ERROR_NONE;
    if (is_cancelled(turn) || !subject->recalled || (fails && leaves_to_another(error)))
        return;
    if (fails && memo->failures + 1 == KEEPER_PARKED)
        memo->unparked = !parking_begin(subject, error, &ignored);
    else if (!fails && !memo->unparked)
        memo->unparked = parking_end(subject, &ignored);
}

/* `background`: no commit waits for it. */
static bool keep_application(struct turn *turn, bool background, struct error *error)
{
    struct subject *subject;
    if (!subject_open(turn->session, str_from(turn->item->environment), str_from(turn->item->application),
                      &subject, error))
        return false;
    subject->background = background;
    note_inputs(turn, subject);
    due_in(turn, subject->environment.drift_every_ms);
    bool ok = subject_recall(subject, error) && keep_recalled(turn, subject, error);
    if (subject->recalled)
        whereabouts_set(turn->options->whereabouts, subject->environment.name, subject->application->name,
                        &subject->inventory);
    note_parking(turn, subject, error);
    if (ok && turn->rolls && begin_rolling(turn, subject, error))
        return true;
    subject_close(subject);
    return ok && !turn->rolls;
}

static void succeeded(struct turn *turn)
{
    struct keeper_memo *memo = turn->memo;
    if (memo->failures >= KEEPER_PARKED)
        log_info(log_of(turn), "goes on", LOG_STRZ("environment", turn->item->environment),
                 LOG_STRZ("application", turn->item->application));
    memo->failures = 0;
    memo->stands_by = false;
    inputs_free(memo->inputs);
    memo->inputs = turn->inputs;
    turn->inputs = NULL;
}

static void failed(struct turn *turn, const struct error *error)
{
    struct arena *arena = arena_new();
    struct str name = label(turn, arena), commit = str_from(turn->memo->tried.hex);
    int64_t pause = back_off(turn);
    if (is_cancelled(turn)) {
        log_warn(log_of(turn), "interrupted", LOG_STR("application", name), LOG_STR("commit", commit),
                 LOG_STRZ("next", "the next start goes on from here"));
    } else {
        count_failure(turn);
        log_error(log_of(turn), turn->memo->failures >= KEEPER_PARKED ? "parked" : "failed",
                  LOG_STR("application", name), LOG_STR("commit", commit), LOG_ERROR_FIELD(error),
                  LOG_INT("again_in_ms", pause));
    }
    arena_free(arena);
}

static void look_at_application(struct turn *turn)
{
    struct keeper_memo *memo = turn->memo;
    struct error error = ERROR_INIT;
    bool background = !turn->fresh && !memo->failures && !memo->stands_by;
    atomic_fetch_add(&turn->options->count->looks, 1);
    if (turn->fresh)
        memo->failures = 0;
    if (memo->order)
        error = *memo->order;
    if (!memo->order && keep_application(turn, background, &error))
        succeeded(turn);
    else if (error_is(&error, CLAIM_OF_ANOTHER) && !is_cancelled(turn))
        stand_by(turn, str_from(error.message));
    else
        failed(turn, &error);
}

/* --- an environment --- */

/* Has the commit changed nothing of it? */
static bool is_untouched(struct turn *turn, const struct keeper_memo *memo)
{
    return memo->failures == 0 && !memo->order && memo->inputs &&
           inputs_same(memo->inputs, session_files(turn->session), session_mirror(turn->session));
}

/* Of those that the commit touches the order counts; the others are looked at in their own time. */
static void place(struct turn *turn, const struct ordered_application *order, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool fresh;
        struct agenda_item *item =
            agenda_application(turn->options->agenda, turn->item, order[i].name, i, &fresh);
        struct keeper_memo *memo = item->memo;
        if (!memo->touched)
            continue;
        keep_order(memo, &order[i].error);
        agenda_hurry(turn->options->agenda, item);
    }
}

static void look_at_applications(struct turn *turn, struct arena *arena,
                                 const struct environment *environment)
{
    size_t count = 0, touches = 0;
    struct ordered_application *order = arena_array(arena, environment->application_count + 1, sizeof *order);
    struct str only = turn->options->application;
    for (size_t i = 0; i < environment->application_count; i++) {
        struct str name = environment->applications[i].name;
        bool fresh;
        if (only.len && !str_equal(only, name))
            continue;
        struct keeper_memo *memo =
            agenda_application(turn->options->agenda, turn->item, name, count, &fresh)->memo;
        memo->touched = fresh || !is_untouched(turn, memo);
        touches += memo->touched;
        if (!memo->touched)
            memo->tried = *session_commit(turn->session);
        order[count++].name = name;
    }
    if (touches && count > 1 && !only.len)
        order = applications_order(turn->session, arena, environment);
    place(turn, order, count);
}

static void look_at_environment(struct turn *turn)
{
    struct arena *arena = arena_new();
    struct environment environment;
    struct error error = ERROR_INIT;
    bool ok = environment_load(session_files(turn->session), arena, str_from(turn->item->environment),
                               &environment, &error);
    turn->due_ms = AGENDA_NEVER;
    if (turn->fresh)
        turn->memo->failures = 0;
    if (ok)
        look_at_applications(turn, arena, &environment);
    else
        count_failure(turn);
    if (!ok && turn->fresh)
        log_error(log_of(turn), "failed", LOG_STRZ("environment", turn->item->environment),
                  LOG_ERROR_FIELD(&error));
    arena_free(arena);
}

/* --- a turn --- */

/* Nothing is left to look at where the directory or the file is gone. */
static bool is_gone(struct turn *turn)
{
    struct arena *arena = arena_new();
    const struct agenda_item *item = turn->item;
    struct str path =
        arena_printf(arena, "environments/%s%s%s%s", item->environment, *item->application ? "/" : "",
                     item->application, *item->application ? ".yaml" : "");
    bool gone = !files_exist(session_files(turn->session), path);
    arena_free(arena);
    if (!gone)
        return false;
    inputs_free(turn->memo->inputs);
    turn->memo->inputs = NULL;
    turn->due_ms = AGENDA_NEVER;
    return true;
}

void keeper_turn(const struct keeper_options *options, struct session **session, struct agenda_item *item)
{
    struct turn turn = {.options = options,
                        .session_options = options->session,
                        .session = *session,
                        .item = item,
                        .memo = item->memo,
                        .due_ms = AGENDA_NEVER};
    const struct commit_id commit = *session_commit(*session);
    turn.fresh = strcmp(turn.memo->tried.hex, commit.hex) != 0;
    turn.memo->tried = commit;
    if (*item->application && rollers_have(options->rollers, item))
        turn.memo->tried = (struct commit_id){.hex = ""}; /* it has its turn when the rollout is over */
    else if (!is_gone(&turn) && *item->application)
        look_at_application(&turn);
    else if (!*item->application)
        look_at_environment(&turn);
    inputs_free(turn.inputs);
    *session = turn.session;
    agenda_give(options->agenda, item, turn.due_ms);
}
