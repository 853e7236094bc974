#include "reconciler/crew.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>

/* A worker without work for so long closes its session. */
enum { PATIENCE_MS = 1000, IDLE_MS = 15 * 1000 };

struct worker {
    struct crew *crew;
    pthread_t thread;
    bool there, lasts;
    atomic_bool ended;
};

struct crew {
    const struct keeper_options *keeper;
    size_t most, count;
    atomic_bool over;
    struct worker workers[];
};

static int64_t now_ms(const struct crew *crew)
{
    return clock_monotonic(crew->keeper->session->clock);
}

static bool is_cancelled(const struct crew *crew)
{
    return atomic_load(crew->keeper->session->cancelled);
}

/* Opens a session where there is none, and brings it to the newest commit. */
static bool make_ready(struct crew *crew, struct session **session, struct error *error)
{
    bool moved;
    return *session ? session_refresh(*session, &moved, error)
                    : session_open(crew->keeper->session, session, error);
}

static void take_turn(struct crew *crew, struct session **session, struct agenda_item *item)
{
    struct error error = ERROR_INIT;
    if (make_ready(crew, session, &error)) {
        keeper_turn(crew->keeper, session, item);
        return;
    }
    if (!is_cancelled(crew))
        log_error(crew->keeper->session->log, "cannot read the repository",
                  LOG_STRZ("environment", item->environment), LOG_ERROR_FIELD(&error));
    session_close(*session);
    *session = NULL;
    agenda_give(crew->keeper->agenda, item, now_ms(crew) + PATIENCE_MS);
}

static void rest(const struct crew *crew, struct session **session)
{
    if (!*session)
        return;
    session_close(*session);
    *session = NULL;
    session_share_rest(crew->keeper->session->share);
    malloc_trim(0);
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    struct crew *crew = worker->crew;
    struct session *session = NULL;
    int64_t busy_ms = now_ms(crew);
    bool rests = false;
    while (!is_cancelled(crew) && !atomic_load(&crew->over) && !(rests && !worker->lasts)) {
        struct agenda_item *item = agenda_take(crew->keeper->agenda, PATIENCE_MS);
        if (item) {
            take_turn(crew, &session, item);
            busy_ms = now_ms(crew);
        }
        rests = now_ms(crew) - busy_ms >= IDLE_MS;
        if (rests)
            rest(crew, &session);
    }
    session_close(session);
    atomic_store(&worker->ended, true);
    return NULL;
}

static void start_worker(struct crew *crew, struct worker *worker)
{
    *worker = (struct worker){.crew = crew, .there = true, .lasts = crew->count == 0};
    if (pthread_create(&worker->thread, NULL, work, worker) != 0)
        memory_exhausted();
    crew->count++;
}

static void bury(struct crew *crew, struct worker *worker)
{
    pthread_join(worker->thread, NULL);
    worker->there = false;
    crew->count--;
}

/* What an ended thread held is the allocator's only after its end. */
static void bury_ended(struct crew *crew)
{
    size_t before = crew->count;
    for (size_t i = 0; i < crew->most; i++)
        if (crew->workers[i].there && atomic_load(&crew->workers[i].ended))
            bury(crew, &crew->workers[i]);
    if (crew->count < before)
        malloc_trim(0);
}

void crew_tend(struct crew *crew)
{
    bury_ended(crew);
    size_t turns = agenda_turns(crew->keeper->agenda);
    for (size_t i = 0; i < crew->most && crew->count < turns; i++)
        if (!crew->workers[i].there)
            start_worker(crew, &crew->workers[i]);
}

struct crew *crew_start(const struct keeper_options *keeper, size_t most)
{
    struct crew *crew = memory_alloc(sizeof *crew + most * sizeof crew->workers[0]);
    crew->keeper = keeper;
    crew->most = most;
    agenda_start(keeper->agenda);
    start_worker(crew, &crew->workers[0]);
    crew_tend(crew);
    return crew;
}

void crew_stop(struct crew *crew)
{
    if (!crew)
        return;
    atomic_store(&crew->over, true);
    agenda_stop(crew->keeper->agenda);
    for (size_t i = 0; i < crew->most; i++)
        if (crew->workers[i].there)
            bury(crew, &crew->workers[i]);
    free(crew);
}
