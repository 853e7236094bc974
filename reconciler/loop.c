#include "reconciler/loop.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "reconciler/drift.h"
#include "reconciler/health.h"
#include "reconciler/order.h"
#include "reconciler/promoting.h"
#include "reconciler/rolling.h"

enum { BACKOFF_MAX_MS = 10 * 60 * 1000, BACKOFF_MIN_MS = 1000, NAP_MS = 50, ENVIRONMENTS_MAX = 1000 };

/* What a thread remembers of one application between passes: only when to look again. */
struct attention {
    struct attention *next;
    char *name;
    struct commit_id tried; /* the commit of the last pass */
    int64_t failures;
    int64_t next_try_ms, next_drift_ms; /* monotonic */
    struct rolling *rolling;            /* the rollout that goes on beside everything else, or NULL */
    struct subject *subject;            /* of the rollout */
};

struct keeper {
    const struct loop_options *options;
    char *environment;
    struct str application; /* empty: all */
    struct attention *attentions;
    struct boards *boards;
    struct promotion_memory *promotions;
    bool hurries; /* something ended: the next pass does not wait for the poll */
    pthread_t thread;
};

static bool is_cancelled(const struct loop_options *options)
{
    return atomic_load(options->session.cancelled);
}

static int64_t now_ms(const struct loop_options *options)
{
    return clock_monotonic(options->session.clock);
}

/* After `poll`, with up to a tenth of it more, so that many instances do not ask at once. */
static int64_t next_poll(const struct loop_options *options)
{
    int64_t jitter = (int64_t)random_below(options->session.random, (uint64_t)options->poll_ms / 10 + 1);
    return now_ms(options) + options->poll_ms + jitter;
}

static void sleep_poll(const struct loop_options *options)
{
    int64_t until = next_poll(options);
    while (!is_cancelled(options) && now_ms(options) < until)
        clock_sleep(options->session.clock, NAP_MS);
}

static struct attention *attention_of(struct keeper *keeper, struct str name)
{
    for (struct attention *a = keeper->attentions; a; a = a->next)
        if (str_is(name, a->name))
            return a;
    struct attention *fresh = memory_alloc(sizeof *fresh);
    fresh->name = memory_alloc(name.len + 1);
    memcpy(fresh->name, name.ptr, name.len);
    fresh->next = keeper->attentions;
    keeper->attentions = fresh;
    return fresh;
}

static void back_off(struct keeper *keeper, struct attention *attention)
{
    const struct loop_options *options = keeper->options;
    int64_t pause = BACKOFF_MIN_MS;
    for (int64_t i = 0; i < attention->failures && pause < BACKOFF_MAX_MS; i++)
        pause *= 2;
    pause = pause < BACKOFF_MAX_MS ? pause : BACKOFF_MAX_MS;
    attention->failures++;
    attention->next_try_ms =
        now_ms(options) + pause / 2 + (int64_t)random_below(options->session.random, (uint64_t)pause / 2 + 1);
}

static struct str label(const struct keeper *keeper, struct arena *arena, struct str application)
{
    return arena_printf(arena, "%s/%.*s", keeper->environment, STR_ARG(application));
}

static void log_rollout(void *self, const struct rollout *rollout, const char *what)
{
    const struct keeper *keeper = self;
    const struct value *last = value_at(rollout->history, rollout->history->count - 1);
    log_info(keeper->options->session.log, "rollout", LOG_STRZ("environment", keeper->environment),
             LOG_STRZ("what", what), LOG_INT("weight", value_get_int(last, "weight", 0)),
             LOG_STR("words", value_get_text(last, "event")));
}

/* The subject goes to the rollout, which ends in tick_one. */
static bool begin_rolling(struct keeper *keeper, struct attention *attention, struct subject *subject,
                          struct error *error)
{
    const struct rolling_options options = {
        .boards = keeper->boards, .progress = log_rollout, .progress_self = keeper};
    if (!rolling_open(subject, &options, &attention->rolling, error))
        return false;
    attention->subject = subject;
    return true;
}

static void end_rolling(struct attention *attention)
{
    rolling_close(attention->rolling);
    subject_close(attention->subject);
    attention->rolling = NULL;
    attention->subject = NULL;
}

/* What comes after it, the rest of the release or a newer commit, is looked at at once. */
static void tick_one(struct keeper *keeper, struct attention *attention)
{
    struct error error = ERROR_INIT;
    bool ended = false;
    if (rolling_tick(attention->rolling, &ended, &error) && !ended)
        return;
    const struct rollout *rollout = rolling_rollout(attention->rolling);
    if (ended && rollout->phase == ROLLOUT_SUCCEEDED)
        log_info(keeper->options->session.log, "rollout ended", LOG_STRZ("environment", keeper->environment),
                 LOG_STRZ("application", attention->name), LOG_STR("reason", rollout->reason));
    else if (ended)
        log_error(keeper->options->session.log, "rolled back", LOG_STRZ("environment", keeper->environment),
                  LOG_STRZ("application", attention->name), LOG_STR("reason", rollout->reason));
    else
        log_warn(keeper->options->session.log, "rollout handed over",
                 LOG_STRZ("environment", keeper->environment), LOG_STRZ("application", attention->name),
                 LOG_ERROR_FIELD(&error));
    end_rolling(attention);
    attention->tried = (struct commit_id){.hex = ""};
    keeper->hurries = true;
}

/* Sleeps until the next poll; rollouts go on meanwhile. */
static void sleep_and_roll(struct keeper *keeper)
{
    const struct loop_options *options = keeper->options;
    int64_t until = next_poll(options), tick = now_ms(options);
    keeper->hurries = false;
    while (!is_cancelled(options) && now_ms(options) < until && !keeper->hurries) {
        if (now_ms(options) >= tick) {
            tick = now_ms(options) + BOARD_TICK_MS;
            for (struct attention *a = keeper->attentions; a; a = a->next)
                if (a->rolling)
                    tick_one(keeper, a);
        }
        clock_sleep(options->session.clock, NAP_MS);
    }
}

static bool apply_changes(struct keeper *keeper, struct attention *attention, struct subject *subject,
                          struct plan *plan, struct error *error)
{
    const struct log *log = keeper->options->session.log;
    const struct apply_options options = {.ledger = subject->ledger, .clock = keeper->options->session.clock};
    struct apply_result result;
    struct str name = label(keeper, subject->arena, subject->application->name);
    aws_set_share(subject->aws, 1);
    log_info(log, "applying", LOG_STR("application", name), LOG_STRZ("commit", plan->input.commit.hex));
    if (!apply_plan(plan, &options, &result, error))
        return false;
    if (result.failed)
        return error_set(error, ERROR_UNAVAILABLE, "%.*s", STR_ARG(result.release.verdict));
    if (result.rolling)
        return subject_recall(subject, error) && begin_rolling(keeper, attention, subject, error);
    log_info(log, "released", LOG_STR("application", name), LOG_STRZ("commit", plan->input.commit.hex),
             LOG_STR("verdict", result.release.verdict));
    return true;
}

/* For those who promote from here: does it stay as it was released, and do its alarms stay quiet?  `known`
 * NULL: the drift is looked for, where anybody wants to know. */
static bool record_health(struct subject *subject, const struct drift_report *known, struct error *error)
{
    struct drift_report report;
    struct health health;
    int64_t soak_ms;
    if (subject->release.state != RELEASE_RELEASED ||
        !promotion_soak(subject->session, subject->arena, subject->environment.name,
                        subject->application->name, &soak_ms))
        return true;
    if (!known && !drift_find(subject, &report, error))
        return false;
    return health_look(subject, known ? known : &report, &health, error) &&
           health_record(subject, &health, soak_ms, error);
}

/* What hangs on our resources and nobody declared is no change of a plan: it is looked for and told. */
static bool report_extras(struct keeper *keeper, struct subject *subject, struct error *error)
{
    struct drift_report report;
    if (!drift_find(subject, &report, error))
        return false;
    for (size_t i = 0; i < report.count; i++)
        log_warn(keeper->options->session.log, "drift",
                 LOG_STR("application", label(keeper, subject->arena, subject->application->name)),
                 LOG_STR("resource", report.findings[i].logical_id),
                 LOG_STRZ("kind", drift_kind_name(report.findings[i].kind)),
                 LOG_STR("path", report.findings[i].difference_count ? report.findings[i].differences[0].path
                                                                     : STR_EMPTY));
    return record_health(subject, &report, error);
}

/* Plans, and does or tells what comes out. */
static bool keep_planned(struct keeper *keeper, struct attention *attention, struct subject *subject,
                         struct error *error)
{
    const struct log *log = keeper->options->session.log;
    struct str name = subject->application->name;
    struct plan *plan;
    if (!subject_plan(subject, &plan, error))
        return false;
    bool ok = true;
    if (plan->rejected.len) {
        log_warn(log, "not tried again", LOG_STR("application", label(keeper, subject->arena, name)),
                 LOG_STR("why", plan->rejected));
    } else if (plan_has_changes(plan)) {
        bool report = plan_only_heals(plan) && subject->environment.drift_mode == DRIFT_REPORT;
        if (report)
            log_warn(log, "drift", LOG_STR("application", label(keeper, subject->arena, name)),
                     LOG_INT("resources", (int64_t)(plan->count - plan->actions[CHANGE_NONE])),
                     LOG_STRZ("mode", "report: nothing is changed"));
        if (report)
            ok = record_health(subject, NULL, error);
        else
            ok = apply_changes(keeper, attention, subject, plan, error);
    } else {
        ok = report_extras(keeper, subject, error);
    }
    plan_free(plan);
    return ok;
}

/* One pass over one application: in the background where no commit waits for it. */
static bool keep_application(struct keeper *keeper, struct session *session, struct attention *attention,
                             struct str name, bool background, struct error *error)
{
    struct subject *subject;
    if (!subject_open(session, str_from(keeper->environment), name, &subject, error))
        return false;
    subject->background = background;
    bool ok = subject_recall(subject, error) &&
              (rolling_is_due(subject) ? begin_rolling(keeper, attention, subject, error)
                                       : keep_planned(keeper, attention, subject, error));
    if (!attention->rolling)
        subject_close(subject);
    return ok;
}

static bool is_due(const struct keeper *keeper, const struct attention *attention,
                   const struct commit_id *commit)
{
    int64_t now = now_ms(keeper->options);
    if (strcmp(attention->tried.hex, commit->hex) != 0)
        return true;
    if (attention->failures)
        return now >= attention->next_try_ms;
    return now >= attention->next_drift_ms;
}

static void look_at(struct keeper *keeper, struct session *session, const struct environment *environment,
                    const struct ordered_application *application)
{
    struct str name = application->name;
    struct attention *attention = attention_of(keeper, name);
    const struct commit_id *commit = session_commit(session);
    struct error error = application->error;
    if (attention->rolling || !is_due(keeper, attention, commit))
        return;
    bool fresh = strcmp(attention->tried.hex, commit->hex) != 0;
    if (fresh)
        attention->failures = 0;
    attention->tried = *commit;
    bool background = !fresh && !attention->failures;
    if (error.code == ERROR_NONE && keep_application(keeper, session, attention, name, background, &error)) {
        attention->failures = 0;
        attention->next_drift_ms = now_ms(keeper->options) + environment->drift_every_ms;
        return;
    }
    back_off(keeper, attention);
    struct arena *arena = arena_new();
    if (is_cancelled(keeper->options))
        log_warn(keeper->options->session.log, "interrupted",
                 LOG_STR("application", label(keeper, arena, name)), LOG_STRZ("commit", commit->hex),
                 LOG_STRZ("next", "the next start goes on from here"));
    else
        log_error(keeper->options->session.log, "failed", LOG_STR("application", label(keeper, arena, name)),
                  LOG_STRZ("commit", commit->hex), LOG_ERROR_FIELD(&error),
                  LOG_INT("again_in_ms", attention->next_try_ms - now_ms(keeper->options)));
    arena_free(arena);
}

static bool has_new_commit(struct keeper *keeper, struct session *session,
                           const struct environment *environment)
{
    for (size_t i = 0; i < environment->application_count; i++)
        if (strcmp(attention_of(keeper, environment->applications[i].name)->tried.hex,
                   session_commit(session)->hex) != 0)
            return true;
    return false;
}

/* The order counts where a commit is released; later each is looked at in its own time. */
static struct ordered_application *in_order(struct keeper *keeper, struct session *session,
                                            struct arena *arena, const struct environment *environment)
{
    if (!keeper->application.len && has_new_commit(keeper, session, environment))
        return applications_order(session, arena, environment);
    struct ordered_application *all = arena_array(arena, environment->application_count + 1, sizeof *all);
    for (size_t i = 0; i < environment->application_count; i++)
        all[i].name = environment->applications[i].name;
    return all;
}

static void look_at_all(struct keeper *keeper, struct session *session)
{
    struct arena *arena = arena_new();
    struct environment environment;
    struct error error = ERROR_INIT;
    if (!environment_load(session_files(session), arena, str_from(keeper->environment), &environment,
                          &error)) {
        struct attention *attention = attention_of(keeper, STR(""));
        if (is_due(keeper, attention, session_commit(session)))
            log_error(keeper->options->session.log, "failed", LOG_STRZ("environment", keeper->environment),
                      LOG_ERROR_FIELD(&error));
        attention->tried = *session_commit(session);
        back_off(keeper, attention);
        arena_free(arena);
        return;
    }
    const struct ordered_application *all = in_order(keeper, session, arena, &environment);
    for (size_t i = 0; i < environment.application_count && !is_cancelled(keeper->options); i++)
        if (!keeper->application.len || str_equal(keeper->application, all[i].name))
            look_at(keeper, session, &environment, &all[i]);
    arena_free(arena);
}

/* True where it moved the branch: then that is looked at at once. */
static bool promote(struct keeper *keeper, struct session *session)
{
    const struct promotion_options options = {.session = session,
                                              .forge = keeper->options->forge,
                                              .environment = str_from(keeper->environment),
                                              .application = keeper->application};
    bool merged = false;
    if (!is_cancelled(keeper->options))
        promotion_pass(&options, keeper->promotions, &merged);
    return merged;
}

/* The thread of one environment. */
static void *keep(void *argument)
{
    struct keeper *keeper = argument;
    const struct loop_options *options = keeper->options;
    struct session *session = NULL;
    bool moved;
    while (!is_cancelled(options)) {
        struct error error = ERROR_INIT;
        bool promoted = false, ok = session ? session_refresh(session, &moved, &error)
                                            : session_open(&options->session, &session, &error);
        if (ok)
            look_at_all(keeper, session);
        else if (!is_cancelled(options))
            log_error(options->session.log, "cannot read the repository",
                      LOG_STRZ("environment", keeper->environment), LOG_ERROR_FIELD(&error));
        if (ok)
            promoted = promote(keeper, session);
        if (!promoted)
            sleep_and_roll(keeper);
    }
    for (struct attention *a = keeper->attentions; a; a = a->next)
        if (a->rolling)
            end_rolling(a);
    session_close(session);
    promotion_memory_free(keeper->promotions);
    while (keeper->attentions) {
        struct attention *next = keeper->attentions->next;
        free(keeper->attentions->name);
        free(keeper->attentions);
        keeper->attentions = next;
    }
    return NULL;
}

struct keepers {
    struct keeper *items[ENVIRONMENTS_MAX];
    struct boards *boards;
    size_t count;
    size_t broken; /* environments that could not be read, so that nobody knows whose they are */
};

static bool is_kept(const struct keepers *keepers, struct str environment)
{
    for (size_t i = 0; i < keepers->count; i++)
        if (str_is(environment, keepers->items[i]->environment))
            return true;
    return false;
}

static void start_keeper(struct keepers *keepers, const struct loop_options *options, struct str environment,
                         struct str application)
{
    if (keepers->count == ENVIRONMENTS_MAX)
        return;
    struct keeper *keeper = memory_alloc(sizeof *keeper);
    keeper->options = options;
    keeper->environment = memory_alloc(environment.len + 1);
    memcpy(keeper->environment, environment.ptr, environment.len);
    keeper->application = application;
    keeper->boards = keepers->boards;
    keeper->promotions = promotion_memory_new();
    if (pthread_create(&keeper->thread, NULL, keep, keeper) != 0)
        memory_exhausted();
    keepers->items[keepers->count++] = keeper;
    log_info(options->session.log, "watching", LOG_STR("environment", environment));
}

/* The account that the ambient credentials are for. */
static bool own_account(const struct loop_options *options, struct arena *arena, struct str region,
                        struct str *account, struct error *error)
{
    const struct aws_target target = {.region = region};
    struct aws *aws;
    if (!aws_open(options->session.aws, &target, &aws, error))
        return false;
    *account = arena_str(arena, aws_account(aws));
    aws_close(aws);
    return true;
}

static bool is_ours(const struct loop_options *options, struct session *session, struct arena *arena,
                    struct str name, struct keepers *keepers, struct str *account, bool *ours,
                    struct error *error)
{
    size_t slash = str_find(options->target, '/');
    struct environment environment;
    struct error broken = ERROR_INIT;
    if (options->target.len) {
        *ours = str_equal(name, str_slice(options->target, 0, slash));
        return true;
    }
    *ours = false;
    if (!environment_load(session_files(session), arena, name, &environment, &broken)) {
        keepers->broken++; /* it waits for a commit that mends it; the others do not */
        log_error(options->session.log, "failed", LOG_STR("environment", name), LOG_ERROR_FIELD(&broken));
        return true;
    }
    if (!account->len && !own_account(options, arena, environment.region, account, error))
        return false;
    *ours = str_equal(environment.account, *account);
    return true;
}

/* Starts a thread for each environment of ours that has none. */
static bool start_missing(const struct loop_options *options, struct session *session,
                          struct keepers *keepers, struct error *error)
{
    struct arena *arena = arena_new();
    struct str *names, account = STR_EMPTY;
    size_t count = 0, slash = str_find(options->target, '/');
    struct str application = str_from_index(options->target, slash + 1);
    bool ours, ok = environments_list(session_files(session), arena, &names, &count, error);
    keepers->broken = 0;
    for (size_t i = 0; ok && i < count; i++) {
        if (is_kept(keepers, names[i]))
            continue;
        ok = is_ours(options, session, arena, names[i], keepers, &account, &ours, error);
        if (ok && ours)
            start_keeper(keepers, options, names[i], application);
    }
    if (ok && keepers->count == 0 && options->target.len)
        ok = error_set(error, ERROR_NOT_FOUND, "no environment '%.*s' in the repository",
                       STR_ARG(str_slice(options->target, 0, slash)));
    else if (ok && keepers->count == 0 && keepers->broken == 0)
        ok = error_set(error, ERROR_NOT_FOUND,
                       "no environment of the repository is in account %.*s: name one to run it anyway",
                       STR_ARG(account.len ? account : STR("(unknown)")));
    arena_free(arena);
    return ok;
}

static void stop_keepers(struct keepers *keepers)
{
    for (size_t i = 0; i < keepers->count; i++) {
        pthread_join(keepers->items[i]->thread, NULL);
        free(keepers->items[i]->environment);
        free(keepers->items[i]);
    }
}

bool loop_run(const struct loop_options *options, struct error *error)
{
    struct keepers *keepers = memory_alloc(sizeof *keepers);
    keepers->boards = boards_new();
    struct session *session = NULL;
    bool moved, ok = session_open(&options->session, &session, error) &&
                     start_missing(options, session, keepers, error);
    while (ok && !is_cancelled(options)) {
        struct error later = ERROR_INIT;
        sleep_poll(options);
        if (is_cancelled(options))
            break;
        if ((!session_refresh(session, &moved, &later) ||
             (moved && !start_missing(options, session, keepers, &later))) &&
            !is_cancelled(options))
            log_error(options->session.log, "cannot look for environments", LOG_ERROR_FIELD(&later));
    }
    stop_keepers(keepers);
    boards_free(keepers->boards);
    session_close(session);
    free(keepers);
    return ok;
}
