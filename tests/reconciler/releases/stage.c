#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/workers.h"
#include "tests/reconciler/releases/stage.h"

static const int64_t epoch_ms = INT64_C(1750000020000); /* 2025-06-15T15:07:00Z, a whole minute */

enum { FILE_MAX = 256 * 1024 };

static void log_call(struct stage *stage, const struct http_request *request)
{
    struct str target = STR_EMPTY;
    for (size_t i = 0; i < request->header_count; i++)
        if (str_equal_nocase(request->headers[i].name, STR("x-amz-target")))
            target = request->headers[i].value;
    if (stage->call_count < STAGE_CALLS_MAX)
        stage->call_log[stage->call_count++] =
            arena_printf(stage->arena, "%.*s %.*s %.*s", STR_ARG(request->method),
                         STR_ARG(str_from_index(request->url, strlen("http://127.0.0.1:4566"))),
                         STR_ARG(target.len ? target : str_slice(request->body, 0, 60)));
}

/* plumb's calls, counted on their way. */
static bool perform(void *self, struct arena *arena, const struct http_request *request,
                    struct http_response *response, struct error *error)
{
    struct stage *stage = self;
    if (stage->calls_left == 0) {
        atomic_store(&stage->stopped, true);
        if (stage->stops_late)
            (void)!http_perform(&stage->outside, arena, request, response, error);
        stage->stops_late = false;
        return error_set(error, ERROR_CANCELLED, "stopped");
    }
    stage->calls_left -= stage->calls_left > 0;
    stage->calls++;
    if (stage->alarm && stage->logs_calls && !stage->red_ms && str_is(stage_alarm(stage, arena), "ALARM")) {
        stage->red_ms = scheduler_now(stage->scheduler);
        stage->red_call = stage->call_count;
    }
    if (stage->logs_calls)
        log_call(stage, request);
    return http_perform(&stage->outside, arena, request, response, error);
}

struct stage *stage_new(const char *environment, const char *application, const char *account,
                        const char *region)
{
    struct stage *stage = memory_alloc(sizeof *stage);
    stage->place = place_new();
    stage->arena = stage->place.arena;
    stage->origin = place_path(&stage->place, "origin");
    GIT(&stage->place, stage->place.directory, "init", "-q", "-b", "main", stage->origin);
    stage->environment = str_from(environment);
    stage->application = str_from(application);
    stage->account = str_from(account);
    stage->region = str_from(region);
    stage->scheduler = scheduler_new(1, epoch_ms);
    stage->clock = scheduler_clock(stage->scheduler);
    stage->random = scheduler_random(stage->scheduler);
    stage->simulator.scheduler = stage->scheduler;
    stage->simulator.simulator =
        simulator_new(&(struct sim_options){.seed = 1, .virtual_clock = true, .virtual_epoch = epoch_ms});
    stage->outside = inprocess_http(&stage->simulator);
    stage->http = (struct http){.self = stage, .perform = perform};
    stage->log = (struct log){.fd = 2,
                              .least = getenv("PLUMB_TEST_LOG") ? LOG_INFO : LOG_ERROR,
                              .form = LOG_TEXT,
                              .clock = &stage->clock};
    stage->aws = aws_session_new(&(struct aws_session_options){.http = &stage->http,
                                                               .clock = &stage->clock,
                                                               .random = &stage->random,
                                                               .log = &stage->log,
                                                               .environment = inprocess_variable,
                                                               .environment_self = (void *)stage->account.ptr,
                                                               .pacing = true});
    stage->boards = boards_new();
    stage->calls_left = -1;
    stage->sights = memory_alloc(STAGE_SIGHTS_MAX * sizeof *stage->sights);
    stage->call_log = memory_alloc(STAGE_CALLS_MAX * sizeof *stage->call_log);
    return stage;
}

void stage_free(struct stage *stage)
{
    stage_watch_end(stage);
    boards_free(stage->boards);
    aws_session_free(stage->aws);
    simulator_free(stage->simulator.simulator);
    scheduler_free(stage->scheduler);
    place_end(&stage->place);
    free(stage->sights);
    free(stage->call_log);
    free(stage);
}

/* --- the repository --- */

static const char *path_in(struct stage *stage, const char *path)
{
    return arena_printf(stage->arena, "%s/%s", stage->origin, path).ptr;
}

void stage_write(struct stage *stage, const char *path, const char *text)
{
    write_file(&stage->place, path_in(stage, path), text);
}

struct str stage_read(struct stage *stage, const char *path)
{
    static char text[FILE_MAX];
    int file = open(path_in(stage, path), O_RDONLY | O_CLOEXEC);
    assert_true(file >= 0);
    ssize_t size = read(file, text, sizeof text);
    close(file);
    assert_true(size >= 0 && size < FILE_MAX);
    return arena_str(stage->arena, (struct str){.ptr = text, .len = (size_t)size});
}

void stage_edit(struct stage *stage, const char *path, const char *old, const char *fresh)
{
    struct str text = stage_read(stage, path);
    const char *start = arena_strz(stage->arena, text), *at = strstr(start, old);
    if (!at || strstr(at + 1, old))
        fail_msg("%s does not have once: %s", path, old);
    stage_write(
        stage, path,
        arena_printf(stage->arena, "%.*s%s%s", (int)(at - start), start, fresh, at + strlen(old)).ptr);
}

void stage_commit(struct stage *stage, const char *message)
{
    commit_all(&stage->place, stage->origin, message);
}

/* --- passes --- */

static void open_subject(struct stage *stage, struct session **session, struct subject **subject)
{
    struct error error = ERROR_INIT;
    const struct session_options options = {.repository = str_from(stage->origin),
                                            .git.cache = str_from(place_path(&stage->place, "cache")),
                                            .clock = &stage->clock,
                                            .random = &stage->random,
                                            .log = &stage->log,
                                            .http = &stage->http,
                                            .aws = stage->aws,
                                            .cancelled = &stage->stopped};
    DONE(session_open(&options, session, &error));
    DONE(subject_open(*session, stage->environment, stage->application, subject, &error));
}

void stage_plan(struct stage *stage, struct passage *passage)
{
    struct error error = ERROR_INIT;
    *passage = (struct passage){.plan = NULL};
    open_subject(stage, &passage->session, &passage->subject);
    DONE(subject_plan(passage->subject, &passage->plan, &error));
}

void passage_end(struct passage *passage)
{
    plan_free(passage->plan);
    subject_close(passage->subject);
    session_close(passage->session);
}

struct apply_result stage_apply(struct stage *stage)
{
    struct error error = ERROR_INIT;
    struct passage passage;
    struct apply_result result;
    stage_plan(stage, &passage);
    const struct apply_options options = {.ledger = passage.subject->ledger, .clock = &stage->clock};
    DONE(apply_plan(passage.plan, &options, &result, &error));
    if (result.failed || result.skipped)
        fail_msg("%s", result.first.message);
    passage_end(&passage);
    return result;
}

/* With PLUMB_TEST_LOG set: what happens. */
static void show(void *self, const struct rollout *rollout, const char *what)
{
    struct stage *stage = self;
    const struct value *last = value_at(rollout->history, rollout->history->count - 1);
    log_info(&stage->log, what, LOG_INT("weight", rollout_weight(rollout)),
             LOG_STR("event", value_get_text(last, "event")));
}

static void open_rolling(struct stage *stage, struct session **session, struct subject **subject)
{
    struct error error = ERROR_INIT;
    open_subject(stage, session, subject);
    DONE(subject_recall(*subject, &error));
    assert_true(rolling_is_due(*subject));
}

struct rollout stage_roll(struct stage *stage)
{
    struct error error = ERROR_INIT;
    struct session *session;
    struct subject *subject;
    struct rollout outcome;
    const struct rolling_options options = {
        .boards = stage->boards, .progress = show, .progress_self = stage};
    open_rolling(stage, &session, &subject);
    DONE(rolling_run(subject, &options, &outcome, &error));
    outcome = rollout_read(stage->arena, rollout_write(stage->arena, &outcome));
    subject_close(subject);
    session_close(session);
    return outcome;
}

struct rollout stage_release(struct stage *stage)
{
    struct apply_result result = stage_apply(stage);
    return result.rolling ? stage_roll(stage) : (struct rollout){.phase = ROLLOUT_NONE};
}

void stage_settled(struct stage *stage)
{
    struct passage passage;
    stage_plan(stage, &passage);
    for (size_t i = 0; i < passage.plan->count; i++)
        if (passage.plan->changes[i].action != CHANGE_NONE)
            fail_msg("the plan still has %s %.*s", change_action_name(passage.plan->changes[i].action),
                     STR_ARG(passage.plan->changes[i].logical_id));
    assert_false(plan_has_changes(passage.plan));
    passage_end(&passage);
}

/* --- a rollout tick by tick --- */

void stage_ride(struct stage *stage, struct ride *ride)
{
    struct error error = ERROR_INIT;
    const struct rolling_options options = {
        .boards = stage->boards, .progress = show, .progress_self = stage};
    open_rolling(stage, &ride->session, &ride->subject);
    DONE(rolling_open(ride->subject, &options, &ride->rolling, &error));
}

void stage_forget(struct stage *stage)
{
    boards_free(stage->boards);
    stage->boards = boards_new();
}

bool stage_live(struct stage *stage, int seconds, int64_t calls, bool stops_late)
{
    struct error error = ERROR_INIT;
    struct ride ride = {.rolling = NULL};
    const struct rolling_options options = {
        .boards = stage->boards, .progress = show, .progress_self = stage};
    bool ended = false;
    stage->calls_left = calls;
    stage->stops_late = stops_late;
    atomic_store(&stage->stopped, false);
    open_subject(stage, &ride.session, &ride.subject);
    if (subject_recall(ride.subject, &error) && rolling_open(ride.subject, &options, &ride.rolling, &error))
        for (; seconds > 0 && !ended && rolling_tick(ride.rolling, &ended, &error); seconds--)
            clock_sleep(&stage->clock, BOARD_TICK_MS);
    if (error.code != ERROR_NONE && !atomic_load(&stage->stopped))
        fail_msg("%s", error.message);
    ride_end(&ride);
    stage->calls_left = -1;
    atomic_store(&stage->stopped, false);
    stage_forget(stage);
    return ended;
}

bool ride_tick(struct stage *stage, struct ride *ride)
{
    struct error error = ERROR_INIT;
    bool ended;
    DONE(rolling_tick(ride->rolling, &ended, &error));
    clock_sleep(&stage->clock, BOARD_TICK_MS);
    return ended;
}

void ride_until(struct stage *stage, struct ride *ride, int64_t weight, int64_t seconds)
{
    while (rollout_weight(rolling_rollout(ride->rolling)) != weight) {
        const struct rollout *now = rolling_rollout(ride->rolling);
        if (seconds-- == 0 || ride_tick(stage, ride))
            fail_msg("it never came to %d %%: %s, %.*s %.*s", (int)weight, rollout_phase_name(now->phase),
                     STR_ARG(now->hold), STR_ARG(now->reason));
    }
}

void ride_end(struct ride *ride)
{
    rolling_close(ride->rolling);
    subject_close(ride->subject);
    session_close(ride->session);
}
