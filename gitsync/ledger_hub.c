/* Many ledgers, one conversation. */

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "gitsync/ledger_private.h"
#include "gitsync/mirror_private.h"

enum { BATCH_MAX = 100 };
/* Where many events come, a push waits for others as long as the last one took, and at most so long. */
enum { COMPANY_MS = 1000, WAIT_MAX_MS = 250 };

/* Somebody who waits for an event of theirs to be written. */
struct writer {
    struct writer *next;
    const struct ledger_event *event;
    struct commit_id base; /* what its ledger has seen */
    bool shielded, written, done;
    struct error error;
};

struct ledger_hub {
    pthread_mutex_t lock;
    pthread_cond_t idle;
    struct ledger *ledger; /* touched by who made the hub busy, but for its tip, under the lock */
    const struct clock *clock;
    bool busy; /* somebody talks to the remote, without the lock */
    struct writer *first, **last;
    struct commit_id tip; /* of the ledger */
    int64_t heard_ms;     /* monotonic: the remote was at the tip then; NEVER */
    int64_t failed_ms;    /* when the refresh began that failed; NEVER */
    int64_t pushed_ms;    /* when the last push ended; NEVER */
    int64_t took_ms;      /* it */
    struct error failure;
};

enum { NEVER = INT64_MIN };

bool ledger_hub_new(struct mirror *mirror, struct str account, struct ledger_hub **out, struct error *error)
{
    struct ledger *ledger;
    if (!ledger_open(mirror, account, &ledger, error))
        return false;
    struct ledger_hub *hub = memory_alloc(sizeof *hub);
    hub->ledger = ledger;
    hub->clock = mirror->options.clock;
    hub->tip = ledger->tip;
    hub->last = &hub->first;
    hub->heard_ms = hub->failed_ms = hub->pushed_ms = NEVER;
    pthread_mutex_init(&hub->lock, NULL);
    pthread_cond_init(&hub->idle, NULL);
    *out = hub;
    return true;
}

void ledger_hub_free(struct ledger_hub *hub)
{
    if (!hub)
        return;
    struct mirror *mirror = hub->ledger->mirror;
    ledger_close(hub->ledger);
    mirror_close(mirror);
    pthread_cond_destroy(&hub->idle);
    pthread_mutex_destroy(&hub->lock);
    free(hub);
}

void ledger_hub_rest(struct ledger_hub *hub)
{
    pthread_mutex_lock(&hub->lock);
    if (!hub->busy)
        mirror_rest(hub->ledger->mirror);
    pthread_mutex_unlock(&hub->lock);
}

void ledger_join(struct ledger *ledger, struct ledger_hub *hub)
{
    ledger->hub = hub;
}

/* With the lock, whenever a conversation is over. */
static void end_talk(struct ledger_hub *hub)
{
    hub->tip = hub->ledger->tip;
    hub->busy = false;
    pthread_cond_broadcast(&hub->idle);
}

/* --- refreshing --- */

static bool talk_refresh(struct ledger_hub *hub, bool shielded, struct error *error)
{
    int64_t began = clock_monotonic(hub->clock);
    hub->busy = true;
    pthread_mutex_unlock(&hub->lock);
    ledger_shield(hub->ledger, shielded);
    bool done = ledger_refresh(hub->ledger, error);
    ledger_shield(hub->ledger, false);
    pthread_mutex_lock(&hub->lock);
    if (done) {
        hub->heard_ms = began;
    } else {
        hub->failed_ms = began;
        hub->failure = *error;
    }
    end_talk(hub);
    return done;
}

/* A refresh that began after we asked has failed; not as one that is shielded cannot. */
static bool has_failed(const struct ledger_hub *hub, int64_t asked, bool shielded)
{
    return hub->failed_ms != NEVER && hub->failed_ms >= asked &&
           !(shielded && hub->failure.code == ERROR_CANCELLED);
}

bool hub_refresh(struct ledger *ledger, int64_t age_ms, struct error *error)
{
    struct ledger_hub *hub = ledger->hub;
    int64_t asked = clock_monotonic(hub->clock);
    bool done = true, shielded = ledger->mirror->shielded;
    pthread_mutex_lock(&hub->lock);
    while (done && (hub->heard_ms == NEVER || hub->heard_ms < asked - age_ms)) {
        if (has_failed(hub, asked, shielded)) {
            *error = hub->failure;
            done = false;
        } else if (hub->busy) {
            pthread_cond_wait(&hub->idle, &hub->lock);
        } else {
            done = talk_refresh(hub, shielded, error);
        }
    }
    if (done)
        ledger->tip = hub->tip;
    pthread_mutex_unlock(&hub->lock);
    return done;
}

/* --- appending --- */

static bool is_as_seen(struct ledger *ledger, const struct writer *writer, struct error *error)
{
    struct commit_entry seen, now;
    if (strcmp(writer->base.hex, ledger->tip.hex) == 0)
        return true;
    for (size_t i = 0; i < writer->event->file_count; i++) {
        struct str path = writer->event->files[i].path;
        if (!mirror_entry(ledger->mirror, &writer->base, path, &seen, error) ||
            !mirror_entry(ledger->mirror, &ledger->tip, path, &now, error))
            return false;
        if (!git_oid_equal(&seen.id, &now.id))
            return error_set(error, ERROR_CONFLICT, "'%.*s' of the ledger '%s' was changed meanwhile",
                             STR_ARG(path), ledger->ref);
    }
    return true;
}

/* Each event on top of those before it; one that cannot be written fails alone.  False: there is none. */
static bool write_all(struct ledger *ledger, struct writer *batch, git_oid *id)
{
    bool any = false;
    for (struct writer *writer = batch; writer; writer = writer->next) {
        writer->written = is_as_seen(ledger, writer, &writer->error) &&
                          ledger_write_event(ledger, writer->event, id, &writer->error);
        if (writer->written)
            ledger_set_tip(ledger, id);
        any = any || writer->written;
    }
    return any;
}

static bool push_all(struct ledger *ledger, struct writer *batch, struct error *error)
{
    const struct commit_id before = ledger->tip;
    git_oid id;
    bool any = write_all(ledger, batch, &id);
    ledger->tip = before;
    for (struct writer *writer = batch; writer; writer = writer->next)
        if (writer->shielded)
            ledger_shield(ledger, true);
    bool done = !any || ledger_push(ledger, &id, error);
    ledger_shield(ledger, false);
    return done;
}

/* Those that wait, as many as one push takes. */
static struct writer *take_batch(struct ledger_hub *hub)
{
    struct writer *batch = hub->first, *last = batch;
    for (size_t i = 1; last->next && i < BATCH_MAX; i++)
        last = last->next;
    hub->first = last->next;
    if (!hub->first)
        hub->last = &hub->first;
    last->next = NULL;
    return batch;
}

/* The first event after a while goes at once. */
static void wait_for_company(struct ledger_hub *hub)
{
    int64_t wait = hub->took_ms < WAIT_MAX_MS ? hub->took_ms : WAIT_MAX_MS;
    if (hub->pushed_ms == NEVER || clock_monotonic(hub->clock) - hub->pushed_ms >= COMPANY_MS)
        return;
    pthread_mutex_unlock(&hub->lock);
    clock_sleep(hub->clock, wait);
    pthread_mutex_lock(&hub->lock);
}

static void talk_push(struct ledger_hub *hub)
{
    struct error error = ERROR_INIT;
    hub->busy = true;
    wait_for_company(hub);
    struct writer *batch = take_batch(hub), *next;
    int64_t began = clock_monotonic(hub->clock);
    pthread_mutex_unlock(&hub->lock);
    mirror_remember(hub->ledger->mirror);
    bool done = push_all(hub->ledger, batch, &error);
    pthread_mutex_lock(&hub->lock);
    if (done)
        hub->heard_ms = began;
    hub->pushed_ms = clock_monotonic(hub->clock);
    hub->took_ms = hub->pushed_ms - began;
    end_talk(hub);
    for (struct writer *writer = batch; writer; writer = next) {
        next = writer->next; /* a writer that is done is gone */
        if (writer->written && !done)
            writer->error = error;
        writer->written = writer->written && done;
        writer->done = true;
    }
}

bool hub_append(struct ledger *ledger, const struct ledger_event *event, struct error *error)
{
    struct ledger_hub *hub = ledger->hub;
    struct writer writer = {
        .event = event, .base = ledger->tip, .shielded = ledger->mirror->shielded, .error = ERROR_INIT};
    pthread_mutex_lock(&hub->lock);
    *hub->last = &writer;
    hub->last = &writer.next;
    while (!writer.done) {
        if (hub->busy)
            pthread_cond_wait(&hub->idle, &hub->lock);
        else
            talk_push(hub);
    }
    if (writer.written)
        ledger->tip = hub->tip;
    pthread_mutex_unlock(&hub->lock);
    if (!writer.written)
        *error = writer.error;
    return writer.written;
}
