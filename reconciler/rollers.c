#include "reconciler/rollers.h"

#include <pthread.h>
#include <stdlib.h>

enum { NAP_MS = 50 };

struct roller {
    struct roller *next;
    struct rollers *rollers;
    const struct agenda_item *item;
    struct session *session;
    struct subject *subject;
    struct rolling *rolling;
};

struct rollers {
    struct agenda *agenda;
    struct boards *boards;
    pthread_mutex_t lock;
    pthread_cond_t fewer;
    struct roller *first;
    size_t count;
    pthread_t ended; /* where one has: the last one, to be joined by who ends next, or waits */
    bool any_ended;
    atomic_size_t rolled_back;
};

struct rollers *rollers_new(struct agenda *agenda)
{
    struct rollers *rollers = memory_alloc(sizeof *rollers);
    rollers->agenda = agenda;
    rollers->boards = boards_new();
    pthread_mutex_init(&rollers->lock, NULL);
    pthread_cond_init(&rollers->fewer, NULL);
    return rollers;
}

void rollers_wait(struct rollers *rollers)
{
    pthread_mutex_lock(&rollers->lock);
    while (rollers->count)
        pthread_cond_wait(&rollers->fewer, &rollers->lock);
    bool any = rollers->any_ended;
    rollers->any_ended = false;
    pthread_mutex_unlock(&rollers->lock);
    if (any)
        pthread_join(rollers->ended, NULL);
}

bool rollers_any(struct rollers *rollers)
{
    pthread_mutex_lock(&rollers->lock);
    bool any = rollers->count > 0;
    pthread_mutex_unlock(&rollers->lock);
    return any;
}

size_t rollers_rolled_back(struct rollers *rollers)
{
    return atomic_load(&rollers->rolled_back);
}

void rollers_free(struct rollers *rollers)
{
    rollers_wait(rollers);
    boards_free(rollers->boards);
    pthread_cond_destroy(&rollers->fewer);
    pthread_mutex_destroy(&rollers->lock);
    free(rollers);
}

bool rollers_have(struct rollers *rollers, const struct agenda_item *item)
{
    pthread_mutex_lock(&rollers->lock);
    struct roller *roller = rollers->first;
    while (roller && roller->item != item)
        roller = roller->next;
    pthread_mutex_unlock(&rollers->lock);
    return roller != NULL;
}

/* --- one of them --- */

static const struct session_options *options_of(const struct roller *roller)
{
    return session_options(roller->session);
}

static void log_progress(void *self, const struct rollout *rollout, const char *what)
{
    const struct roller *roller = self;
    const struct value *last = value_at(rollout->history, rollout->history->count - 1);
    log_info(options_of(roller)->log, "rollout", LOG_STRZ("environment", roller->item->environment),
             LOG_STRZ("application", roller->item->application), LOG_STRZ("what", what),
             LOG_INT("weight", value_get_int(last, "weight", 0)),
             LOG_STR("words", value_get_text(last, "event")));
}

static void log_end(const struct roller *roller, bool ended, const struct error *error)
{
    const struct rollout *rollout = rolling_rollout(roller->rolling);
    const struct log *log = options_of(roller)->log;
    if (ended && rollout->phase == ROLLOUT_SUCCEEDED)
        log_info(log, "rollout ended", LOG_STRZ("environment", roller->item->environment),
                 LOG_STRZ("application", roller->item->application), LOG_STR("reason", rollout->reason));
    else if (ended)
        log_error(log, "rolled back", LOG_STRZ("environment", roller->item->environment),
                  LOG_STRZ("application", roller->item->application), LOG_STR("reason", rollout->reason));
    else
        log_warn(log, "rollout handed over", LOG_STRZ("environment", roller->item->environment),
                 LOG_STRZ("application", roller->item->application), LOG_ERROR_FIELD(error));
}

static void sleep_tick(const struct roller *roller)
{
    const struct session_options *options = options_of(roller);
    int64_t until = clock_monotonic(options->clock) + BOARD_TICK_MS;
    while (!atomic_load(options->cancelled) && clock_monotonic(options->clock) < until)
        clock_sleep(options->clock, NAP_MS);
}

/* What comes after it, the rest of the release or a newer commit, is looked at at once. */
static void leave(struct roller *roller)
{
    struct rollers *rollers = roller->rollers;
    pthread_mutex_lock(&rollers->lock);
    struct roller **place = &rollers->first;
    while (*place != roller)
        place = &(*place)->next;
    *place = roller->next;
    (void)agenda_look_at(rollers->agenda, str_from(roller->item->environment),
                         str_from(roller->item->application));
    rollers->count--;
    pthread_t before = rollers->ended;
    bool any = rollers->any_ended;
    rollers->ended = pthread_self();
    rollers->any_ended = true;
    pthread_cond_signal(&rollers->fewer);
    pthread_mutex_unlock(&rollers->lock);
    if (any)
        pthread_join(before, NULL);
}

static void *roll(void *argument)
{
    struct roller *roller = argument;
    struct error error = ERROR_INIT;
    bool ended = false;
    while (rolling_tick(roller->rolling, &ended, &error) && !ended)
        sleep_tick(roller);
    log_end(roller, ended, &error);
    if (ended && rolling_rollout(roller->rolling)->phase != ROLLOUT_SUCCEEDED)
        atomic_fetch_add(&roller->rollers->rolled_back, 1);
    rolling_close(roller->rolling);
    subject_close(roller->subject);
    session_close(roller->session);
    leave(roller);
    free(roller);
    return NULL;
}

/* --- beginning --- */

static bool enter(struct rollers *rollers, struct roller *roller, struct error *error)
{
    pthread_mutex_lock(&rollers->lock);
    bool room = rollers->count < ROLLERS_MAX;
    if (room) {
        roller->next = rollers->first;
        rollers->first = roller;
        rollers->count++;
    }
    pthread_mutex_unlock(&rollers->lock);
    return room ||
           error_set(error, ERROR_UNAVAILABLE,
                     "%d rollouts are under way here already: it waits for one of them to end", ROLLERS_MAX);
}

bool rollers_begin(struct rollers *rollers, const struct agenda_item *item, struct session *session,
                   struct subject *subject, struct error *error)
{
    struct roller *roller = memory_alloc(sizeof *roller);
    const struct rolling_options options = {
        .boards = rollers->boards, .progress = log_progress, .progress_self = roller};
    pthread_t thread;
    *roller = (struct roller){.rollers = rollers, .item = item, .session = session, .subject = subject};
    if (!rolling_open(subject, &options, &roller->rolling, error)) {
        free(roller);
        return false;
    }
    if (!enter(rollers, roller, error)) {
        rolling_close(roller->rolling);
        free(roller);
        return false;
    }
    if (pthread_create(&thread, NULL, roll, roller) != 0)
        memory_exhausted();
    return true;
}
