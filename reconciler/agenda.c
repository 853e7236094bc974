#include "reconciler/agenda.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct lane;

/* An item with what the queue knows of it. */
struct entry {
    struct agenda_item item; /* first, so that one can be had from the other */
    struct lane *lane;
    struct entry *next; /* in the lane, by order */
    size_t order;
    int64_t due_ms;
    bool taken, again; /* again: asked for during its turn */
};

/* One environment: the first entry is its own. */
struct lane {
    struct lane *next;
    struct entry *first;
    bool busy;
};

struct agenda {
    struct agenda_options options;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct lane *first, **last; /* in the order in which they are served: who had a turn goes behind */
    bool stopped;
};

static int64_t now_ms(const struct agenda *agenda)
{
    return clock_monotonic(agenda->options.clock);
}

struct agenda *agenda_new(const struct agenda_options *options)
{
    struct agenda *agenda = memory_alloc(sizeof *agenda);
    pthread_condattr_t monotonic;
    agenda->options = *options;
    agenda->last = &agenda->first;
    pthread_mutex_init(&agenda->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&agenda->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return agenda;
}

static void free_entry(struct agenda *agenda, struct entry *entry)
{
    if (agenda->options.memo_free)
        agenda->options.memo_free(entry->item.memo);
    free(entry->item.memo);
    free(entry->item.environment);
    free(entry->item.application);
    free(entry);
}

void agenda_free(struct agenda *agenda)
{
    while (agenda->first) {
        struct lane *lane = agenda->first;
        agenda->first = lane->next;
        while (lane->first) {
            struct entry *entry = lane->first;
            lane->first = entry->next;
            free_entry(agenda, entry);
        }
        free(lane);
    }
    pthread_cond_destroy(&agenda->changed);
    pthread_mutex_destroy(&agenda->lock);
    free(agenda);
}

/* --- what there is --- */

static struct lane *find_lane(struct agenda *agenda, struct str environment)
{
    struct lane *lane = agenda->first;
    while (lane && !str_is(environment, lane->first->item.environment))
        lane = lane->next;
    return lane;
}

static struct entry *find_entry(struct lane *lane, struct str application)
{
    struct entry *entry = lane->first;
    while (entry && !str_is(application, entry->item.application))
        entry = entry->next;
    return entry;
}

static struct entry *make_entry(struct agenda *agenda, struct lane *lane, struct str environment,
                                struct str application)
{
    struct entry *entry = memory_alloc(sizeof *entry);
    entry->lane = lane;
    entry->item.environment = memory_text(environment);
    entry->item.application = memory_text(application);
    entry->item.memo = memory_alloc(agenda->options.memo_size);
    entry->due_ms = now_ms(agenda);
    return entry;
}

bool agenda_has(struct agenda *agenda, struct str environment)
{
    pthread_mutex_lock(&agenda->lock);
    bool has = find_lane(agenda, environment) != NULL;
    pthread_mutex_unlock(&agenda->lock);
    return has;
}

bool agenda_add(struct agenda *agenda, struct str environment)
{
    pthread_mutex_lock(&agenda->lock);
    bool fresh = !find_lane(agenda, environment);
    if (fresh) {
        struct lane *lane = memory_alloc(sizeof *lane);
        lane->first = make_entry(agenda, lane, environment, STR_EMPTY);
        *agenda->last = lane;
        agenda->last = &lane->next;
        pthread_cond_signal(&agenda->changed);
    }
    pthread_mutex_unlock(&agenda->lock);
    return fresh;
}

/* Behind the environment's own, and those that come before it. */
static void insert(struct lane *lane, struct entry *entry)
{
    struct entry **place = &lane->first->next;
    while (*place && (*place)->order <= entry->order)
        place = &(*place)->next;
    entry->next = *place;
    *place = entry;
}

static void take_out(struct lane *lane, struct entry *entry)
{
    struct entry **place = &lane->first;
    while (*place != entry)
        place = &(*place)->next;
    *place = entry->next;
}

struct agenda_item *agenda_application(struct agenda *agenda, const struct agenda_item *environment,
                                       struct str application, size_t order, bool *fresh)
{
    pthread_mutex_lock(&agenda->lock);
    struct lane *lane = ((const struct entry *)environment)->lane;
    struct entry *entry = find_entry(lane, application);
    *fresh = !entry;
    if (entry)
        take_out(lane, entry);
    else
        entry = make_entry(agenda, lane, str_from(environment->environment), application);
    entry->order = order;
    insert(lane, entry);
    pthread_mutex_unlock(&agenda->lock);
    return &entry->item;
}

/* --- when --- */

static void hurry(struct agenda *agenda, struct entry *entry)
{
    entry->again = entry->again || entry->taken;
    entry->due_ms = now_ms(agenda);
    pthread_cond_signal(&agenda->changed);
}

void agenda_look_at_all(struct agenda *agenda)
{
    pthread_mutex_lock(&agenda->lock);
    for (struct lane *lane = agenda->first; lane; lane = lane->next)
        hurry(agenda, lane->first);
    pthread_cond_broadcast(&agenda->changed);
    pthread_mutex_unlock(&agenda->lock);
}

bool agenda_look_at_each(struct agenda *agenda, struct str environment)
{
    bool any = false;
    pthread_mutex_lock(&agenda->lock);
    for (struct lane *lane = agenda->first; lane; lane = lane->next) {
        if (environment.len && !str_is(environment, lane->first->item.environment))
            continue;
        for (struct entry *entry = lane->first->next; entry; entry = entry->next) {
            hurry(agenda, entry);
            any = true;
        }
    }
    pthread_cond_broadcast(&agenda->changed);
    pthread_mutex_unlock(&agenda->lock);
    return any;
}

bool agenda_look_at(struct agenda *agenda, struct str environment, struct str application)
{
    pthread_mutex_lock(&agenda->lock);
    struct lane *lane = find_lane(agenda, environment);
    struct entry *entry = lane ? find_entry(lane, application) : NULL;
    if (entry)
        hurry(agenda, entry);
    pthread_mutex_unlock(&agenda->lock);
    return entry != NULL;
}

void agenda_hurry(struct agenda *agenda, struct agenda_item *item)
{
    pthread_mutex_lock(&agenda->lock);
    hurry(agenda, (struct entry *)item);
    pthread_mutex_unlock(&agenda->lock);
}

void agenda_stop(struct agenda *agenda)
{
    pthread_mutex_lock(&agenda->lock);
    agenda->stopped = true;
    pthread_cond_broadcast(&agenda->changed);
    pthread_mutex_unlock(&agenda->lock);
}

void agenda_start(struct agenda *agenda)
{
    pthread_mutex_lock(&agenda->lock);
    agenda->stopped = false;
    pthread_mutex_unlock(&agenda->lock);
}

/* --- turns --- */

/* The first that is due; else *next becomes no later than when one will be. */
static struct entry *due_in(struct lane *lane, int64_t now, int64_t *next)
{
    for (struct entry *entry = lane->first; entry; entry = entry->next) {
        if (entry->due_ms <= now)
            return entry;
        *next = entry->due_ms < *next ? entry->due_ms : *next;
    }
    return NULL;
}

static struct entry *begin_turn(struct agenda *agenda, int64_t now, int64_t *next)
{
    for (struct lane **place = &agenda->first; *place; place = &(*place)->next) {
        struct lane *lane = *place;
        struct entry *entry = lane->busy ? NULL : due_in(lane, now, next);
        if (!entry)
            continue;
        entry->taken = lane->busy = true;
        *place = lane->next;
        lane->next = NULL;
        if (agenda->last == &lane->next)
            agenda->last = place;
        *agenda->last = lane;
        agenda->last = &lane->next;
        return entry;
    }
    return NULL;
}

static void wait_until(struct agenda *agenda, int64_t now, int64_t until)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    int64_t left = until - now;
    at.tv_sec += left / 1000;
    at.tv_nsec += left % 1000 * 1000 * 1000;
    if (at.tv_nsec >= 1000 * 1000 * 1000) {
        at.tv_nsec -= 1000 * 1000 * 1000;
        at.tv_sec++;
    }
    (void)pthread_cond_timedwait(&agenda->changed, &agenda->lock, &at);
}

struct agenda_item *agenda_take(struct agenda *agenda, int64_t patience_ms)
{
    struct entry *entry = NULL;
    pthread_mutex_lock(&agenda->lock);
    int64_t end = now_ms(agenda) + patience_ms;
    while (!agenda->stopped) {
        int64_t now = now_ms(agenda), next = end;
        entry = begin_turn(agenda, now, &next);
        if (entry || now >= end)
            break;
        wait_until(agenda, now, next);
    }
    pthread_mutex_unlock(&agenda->lock);
    return entry ? &entry->item : NULL;
}

void agenda_give(struct agenda *agenda, struct agenda_item *item, int64_t due_ms)
{
    struct entry *entry = (struct entry *)item;
    pthread_mutex_lock(&agenda->lock);
    entry->lane->busy = entry->taken = false;
    if (!entry->again)
        entry->due_ms = due_ms;
    entry->again = false;
    pthread_cond_signal(&agenda->changed);
    pthread_mutex_unlock(&agenda->lock);
}

size_t agenda_turns(struct agenda *agenda)
{
    size_t turns = 0;
    pthread_mutex_lock(&agenda->lock);
    int64_t now = now_ms(agenda), next = AGENDA_NEVER;
    for (struct lane *lane = agenda->first; lane; lane = lane->next)
        turns += lane->busy || due_in(lane, now, &next);
    pthread_mutex_unlock(&agenda->lock);
    return turns;
}

bool agenda_is_idle(struct agenda *agenda)
{
    return agenda_turns(agenda) == 0;
}
