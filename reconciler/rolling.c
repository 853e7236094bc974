#include "reconciler/rolling.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "reconciler/claim.h"
#include "reconciler/orders.h"
#include "reconciler/release_set.h"
#include "reconciler/restore.h"
#include "reconciler/rollout/housekeeping.h"
#include "reconciler/telling.h"

/* The end is told before it is recorded as the end; for so long that is waited for. */
enum { TELL_END_MS = 30 * 1000 };

/* What one rollout of the session has heard of Git counts for the others for so long: a hundred of them must
 * not ask a hundred times. */
enum { SHARED_MS = 2000 };

struct rolling {
    struct subject *subject;
    struct rolling_options options;
    struct claim *claim;
    struct rollout_run *run;
    struct workers
        *workers; /* of hooks and synthetic requests: what waits for the session's must not wait for these */
    struct release release;
    struct commit_id compared; /* the newest that asks for the same */
    struct telling *telling;
    int64_t shown;       /* the number of the last event that `progress` was told */
    int64_t recorded_ms; /* monotonic */
    bool tidied;         /* old versions have gone */
    bool over;           /* the engine's part is done */
    int64_t over_ms;     /* monotonic */
};

/* --- boards --- */

struct shared_board {
    struct shared_board *next;
    struct aws *aws;
    struct board *board;
    char account[16], region[64];
};

struct boards {
    pthread_mutex_t lock;
    struct shared_board *first;
};

struct boards *boards_new(void)
{
    struct boards *boards = memory_alloc(sizeof *boards);
    pthread_mutex_init(&boards->lock, NULL);
    return boards;
}

void boards_free(struct boards *boards)
{
    if (!boards)
        return;
    while (boards->first) {
        struct shared_board *next = boards->first->next;
        board_free(boards->first->board);
        aws_close(boards->first->aws);
        free(boards->first);
        boards->first = next;
    }
    pthread_mutex_destroy(&boards->lock);
    free(boards);
}

static bool add_board(struct boards *boards, struct aws *aws, struct board **out, struct error *error)
{
    struct shared_board *fresh = memory_alloc(sizeof *fresh);
    if (!aws_in_region(aws, aws_region(aws), &fresh->aws, error)) {
        free(fresh);
        return false;
    }
    snprintf(fresh->account, sizeof fresh->account, "%.*s", STR_ARG(aws_account(aws)));
    snprintf(fresh->region, sizeof fresh->region, "%.*s", STR_ARG(aws_region(aws)));
    fresh->board = board_new(fresh->aws);
    fresh->next = boards->first;
    boards->first = fresh;
    *out = fresh->board;
    return true;
}

static bool find_board(struct boards *boards, struct aws *aws, struct board **out, struct error *error)
{
    bool ok = true;
    *out = NULL;
    pthread_mutex_lock(&boards->lock);
    for (struct shared_board *one = boards->first; one && !*out; one = one->next)
        if (str_is(aws_account(aws), one->account) && str_is(aws_region(aws), one->region))
            *out = one->board;
    if (!*out)
        ok = add_board(boards, aws, out, error);
    pthread_mutex_unlock(&boards->lock);
    return ok;
}

/* --- what the engine asks of its keeper --- */

static struct str verdict_of(struct arena *arena, const struct rollout *rollout)
{
    if (rollout->phase == ROLLOUT_SUCCEEDED)
        return arena_printf(arena, "all traffic is on the new version: %.*s",
                            STR_ARG(rollout->reason.len ? rollout->reason : STR("nothing stood against it")));
    if (rollout->phase == ROLLOUT_ROLLED_BACK || rollout->phase == ROLLOUT_LEFT)
        return arena_printf(arena, "rolled back: %.*s", STR_ARG(rollout->reason));
    if (rollout->hold.len)
        return arena_printf(arena, "holds: %.*s", STR_ARG(rollout->hold));
    const struct value *last = value_at(rollout->history, rollout->history->count - 1);
    return arena_str(arena, value_get_text(last, "event"));
}

/* The inventory with the aliases as they stand after success. */
static struct inventory *after_success(struct rolling *rolling, struct arena *arena,
                                       const struct rollout *rollout)
{
    struct inventory *inventory = &rolling->subject->inventory;
    for (size_t i = 0; i < rollout->target_count; i++) {
        const struct rollout_target *target = &rollout->targets[i];
        struct inventory_entry *entry = inventory_find(inventory, target->logical_id);
        if (entry && target->after)
            *entry = inventory_entry_read(arena, value_copy(arena, target->after));
    }
    return inventory;
}

/* What does not go now is tried again at the next tick, or by whoever takes over: a release that has ended
 * gives nothing back any more. */
static bool passes(const struct error *error)
{
    return error->code == ERROR_CANCELLED || error->code == ERROR_CONFLICT ||
           error->code == ERROR_THROTTLED || error->code == ERROR_TIMEOUT || error->code == ERROR_UNAVAILABLE;
}

static bool restore(struct rolling *rolling, const struct rollout *rollout, struct str *verdict,
                    struct error *error)
{
    struct subject *subject = rolling->subject;
    if (restore_functions(subject, rolling->claim, &subject->inventory, rollout->restore, error))
        return true;
    log_error(session_options(subject->session)->log, "rollout: not all could be restored",
              LOG_STR("application", subject->application->name), LOG_ERROR_FIELD(error));
    if (passes(error))
        return false;
    *verdict = arena_printf(subject->arena, "%.*s; %s", STR_ARG(*verdict), error->message);
    error_clear(error);
    return true;
}

static bool check(void *self, struct error *error)
{
    struct rolling *rolling = self;
    return claim_check(rolling->claim, error);
}

/* Once, however often the record must be tried: while the claim is still held. */
static void tidy(struct rolling *rolling, struct rollout *rollout, struct inventory *inventory)
{
    struct subject *subject = rolling->subject;
    const struct session_options *session = session_options(subject->session);
    const struct housekeeping with = {
        .aws = subject->aws, .log = session->log, .check = check, .self = rolling};
    if (rolling->tidied)
        return;
    rolling->tidied = true;
    size_t deleted = housekeeping_run(&with, subject->arena, rollout, inventory);
    if (deleted)
        rollout_note(rollout, subject->arena, clock_wall(session->clock), rollout_weight(rollout),
                     "%zu old version%s deleted", deleted, deleted == 1 ? "" : "s");
}

/* The record that ends the release, which the rollout has reached already, gives the claim back in the same
 * event. */
static bool save_end(struct rolling *rolling, const struct rollout *rollout, struct error *error)
{
    struct subject *subject = rolling->subject;
    struct arena *arena = subject->arena;
    struct release release = rolling->release;
    release.rollout = rollout_read(arena, rollout_write(arena, rollout));
    release.rollout.told = telling_told(rolling->telling);
    release.finished = time_iso8601(arena, clock_wall(session_options(subject->session)->clock));
    release.verdict = verdict_of(arena, rollout);
    bool good = rollout->phase == ROLLOUT_SUCCEEDED;
    release.state = good ? RELEASE_RELEASED : RELEASE_FAILED;
    if (!good && !rollout->superseded)
        release.rejected = release.rollout.key;
    struct inventory *inventory = good ? after_success(rolling, arena, rollout) : &subject->inventory;
    if (!good && !restore(rolling, rollout, &release.verdict, error))
        return false;
    if (good)
        tidy(rolling, &release.rollout, inventory);
    if (!claim_record(rolling->claim, arena, &release, inventory, good ? "released" : "rolled back", error))
        return false;
    rolling->release = release;
    return true;
}

static struct release release_so_far(struct rolling *rolling, struct arena *arena,
                                     const struct rollout *rollout)
{
    struct release release = rolling->release;
    release.rollout = *rollout;
    release.rollout.told = telling_told(rolling->telling);
    release.verdict = verdict_of(arena, rollout);
    return release;
}

/* How far it is; the lease begins anew. */
static bool record(struct rolling *rolling, const struct rollout *rollout, const char *what,
                   struct error *error)
{
    struct arena *arena = arena_new();
    struct release release = release_so_far(rolling, arena, rollout);
    bool recorded = claim_record(rolling->claim, arena, &release, NULL, what, error);
    arena_free(arena);
    if (recorded)
        rolling->recorded_ms = clock_monotonic(session_options(rolling->subject->session)->clock);
    return recorded;
}

static bool save(void *self, const struct rollout *rollout, const char *what, struct error *error)
{
    struct rolling *rolling = self;
    const struct value *last = value_at(rollout->history, rollout->history->count - 1);
    if (rolling->options.progress && last && value_get_int(last, "number", 0) != rolling->shown) {
        rolling->shown = value_get_int(last, "number", 0);
        rolling->options.progress(rolling->options.progress_self, rollout, what);
    }
    return record(rolling, rollout, what, error);
}

/* Does a commit that came since ask for something else? */
static void look_for_newer(struct rolling *rolling, struct arena *arena, struct rollout_orders *orders)
{
    struct subject *subject = rolling->subject, *newer;
    const struct rollout *rollout = rollout_of(rolling->run);
    struct error unreadable = ERROR_INIT;
    if (strcmp(session_commit(subject->session)->hex, rolling->compared.hex) == 0)
        return;
    if (!subject_open(subject->session, subject->environment.name, subject->application->name, &newer,
                      &unreadable))
        return; /* a commit that cannot be read or is not trusted stops nothing: its own pass says so */
    if (subject_trusted(newer, &unreadable) && subject_render_asking(newer, &unreadable)) {
        struct str key = release_set_key(arena, &newer->desired, newer->application);
        if (!str_equal(key, rollout->key))
            orders->newer = arena_printf(arena, "a newer commit, %.7s, takes its place", newer->commit.hex);
        else
            rolling->compared = *session_commit(subject->session);
    }
    subject_close(newer);
}

static bool listen(void *self, struct arena *arena, struct rollout_orders *orders, struct error *error)
{
    struct rolling *rolling = self;
    struct subject *subject = rolling->subject;
    struct order order;
    if (!session_refresh_within(subject->session, subject->environment.account, SHARED_MS, error) ||
        !order_load(subject->ledger, arena, subject->environment.region, subject->environment.name,
                    subject->application->name, &order, error))
        return false;
    orders->number = order.number;
    orders->abort = str_is(order.word, "abort");
    orders->promote = str_is(order.word, "promote");
    orders->pause = str_is(order.word, "pause");
    orders->resume = str_is(order.word, "resume");
    orders->by = arena_str(arena, order.by);
    look_for_newer(rolling, arena, orders);
    return true;
}

static void tell(void *self, const struct rollout *rollout)
{
    struct rolling *rolling = self;
    telling_add(rolling->telling, rollout);
}

/* --- a rolling --- */

bool rolling_is_due(const struct subject *subject)
{
    return subject->release.state == RELEASE_ROLLING;
}

static bool take_claim(struct subject *subject, struct release *release, struct claim **claim,
                       struct error *error)
{
    const struct claim_options options = {.ledger = subject->ledger,
                                          .clock = session_options(subject->session)->clock,
                                          .region = subject->environment.region,
                                          .environment = subject->environment.name,
                                          .application = subject->application->name};
    return claim_take(&options, subject->arena, release, claim, error);
}

bool rolling_open(struct subject *subject, const struct rolling_options *options, struct rolling **out,
                  struct error *error)
{
    const struct session_options *session = session_options(subject->session);
    struct board *board;
    if (!subject_connect(subject, error) || !find_board(options->boards, subject->aws, &board, error))
        return false;
    struct rolling *rolling = memory_alloc(sizeof *rolling);
    rolling->subject = subject;
    rolling->options = *options;
    rolling->release = subject->release;
    rolling->compared = subject->release.commit;
    if (!take_claim(subject, &rolling->release, &rolling->claim, error)) {
        free(rolling);
        return false;
    }
    aws_set_fence(subject->aws, claim_fence(rolling->claim));
    rolling->recorded_ms = clock_monotonic(session->clock);
    rolling->workers = workers_new(1);
    rolling->telling = telling_new(subject, &rolling->release);
    const struct rollout_options engine = {
        .aws = subject->aws,
        .http = session->http,
        .clock = session->clock,
        .log = session->log,
        .workers = rolling->workers,
        .board = board,
        .keeper = {.self = rolling, .save = save, .check = check, .listen = listen, .tell = tell},
        .label = arena_printf(subject->arena, "%.*s/%.*s", STR_ARG(subject->environment.name),
                              STR_ARG(subject->application->name)),
        .environment = subject->environment.name,
        .application = subject->application->name,
        .commit = str_from(rolling->release.commit.hex),
    };
    rolling->run = rollout_run_new(&engine, &rolling->release.rollout);
    *out = rolling;
    return true;
}

const struct rollout *rolling_rollout(const struct rolling *rolling)
{
    return rollout_of(rolling->run);
}

static bool is_cancelled(const struct rolling *rolling)
{
    const struct session_options *session = session_options(rolling->subject->session);
    return session->cancelled && atomic_load(session->cancelled);
}

/* Nobody looks after the traffic until another instance may take the claim: on another host, where nobody
 * knows that this process is gone, that would be when the lease is over. */
static void hand_over(struct rolling *rolling, struct arena *arena, const struct rollout *rollout)
{
    struct error error = ERROR_INIT;
    struct release release = release_so_far(rolling, arena, rollout);
    if (!claim_hand_over(rolling->claim, arena, &release, &error))
        log_warn(session_options(rolling->subject->session)->log, "rollout: cannot be handed over at once",
                 LOG_STR("application", rolling->subject->application->name), LOG_ERROR_FIELD(&error));
}

/* Nothing of it is at work any more when another one may begin. */
void rolling_close(struct rolling *rolling)
{
    if (!rolling)
        return;
    struct arena *arena = arena_new();
    const struct rollout rollout = rollout_read(arena, rollout_write(arena, rollout_of(rolling->run)));
    rollout_run_free(rolling->run);
    workers_free(rolling->workers);
    if (is_cancelled(rolling) && rolling->release.state == RELEASE_ROLLING)
        hand_over(rolling, arena, &rollout);
    arena_free(arena);
    telling_free(rolling->telling);
    aws_set_fence(rolling->subject->aws, (struct aws_fence){.check = NULL});
    claim_abandon(rolling->claim);
    free(rolling);
}

/* The lease goes on while nothing happens. */
static bool prolong(struct rolling *rolling, struct error *error)
{
    const struct rollout *rollout = rollout_of(rolling->run);
    int64_t now = clock_monotonic(session_options(rolling->subject->session)->clock);
    if (now - rolling->recorded_ms < CLAIM_RENEW_MS || rollout_is_over(rollout))
        return true;
    if (record(rolling, rollout, "still rolling out", error) || claim_check(rolling->claim, error))
        error_clear(error);
    return error->code == ERROR_NONE;
}

/* What cannot be recorded now is tried again. */
static bool conclude(struct rolling *rolling, bool *ended, struct error *error)
{
    const struct session_options *session = session_options(rolling->subject->session);
    int64_t now = clock_monotonic(session->clock);
    rolling->over_ms = rolling->over_ms ? rolling->over_ms : now;
    if (!telling_is_done(rolling->telling) && now - rolling->over_ms < TELL_END_MS)
        return true;
    *ended = save_end(rolling, rollout_of(rolling->run), error);
    if (*ended || error->code == ERROR_CONFLICT || error->code == ERROR_CANCELLED)
        return *ended;
    log_warn(session->log, "rollout: its end cannot be recorded, it is tried again",
             LOG_STR("application", rolling->subject->application->name), LOG_ERROR_FIELD(error));
    error_clear(error);
    return true;
}

bool rolling_tick(struct rolling *rolling, bool *ended, struct error *error)
{
    *ended = false;
    if (is_cancelled(rolling))
        return error_set(error, ERROR_CANCELLED,
                         "interrupted; the rollout goes on when plumb is started again");
    if (!rolling->over && !rollout_tick(rolling->run, &rolling->over, error))
        return false;
    return rolling->over ? conclude(rolling, ended, error) : prolong(rolling, error);
}

bool rolling_run(struct subject *subject, const struct rolling_options *options, struct rollout *outcome,
                 struct error *error)
{
    struct rolling *rolling;
    bool ended = false;
    if (!rolling_open(subject, options, &rolling, error))
        return false;
    while (!ended && rolling_tick(rolling, &ended, error))
        if (!ended)
            clock_sleep(session_options(subject->session)->clock, BOARD_TICK_MS);
    *outcome = rollout_read(subject->arena, rollout_write(subject->arena, rollout_of(rolling->run)));
    rolling_close(rolling);
    return ended;
}

bool rolling_forgive(struct subject *subject, struct error *error)
{
    struct release release = subject->release;
    struct claim *claim;
    if (!release.rejected.len)
        return error_set(error, ERROR_NOT_FOUND, "nothing was rolled back that could be tried again");
    if (!take_claim(subject, &release, &claim, error))
        return false;
    release.state = RELEASE_FAILED;
    release.rejected = STR_EMPTY;
    return claim_release(claim, subject->arena, &release, NULL, error);
}
