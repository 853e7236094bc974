#include "tests/simulator/scheduler.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/workers.h"

enum { THREADS_MAX = 1024, HANG_SECONDS = 120 };

static const int64_t never = INT64_MAX;

enum thread_state {
    THREAD_QUEUED, /* a task that has not begun */
    THREAD_READY,
    THREAD_SLEEPS,    /* until wake_ms */
    THREAD_WAITS_POOL /* until the pool has no task, or wake_ms */
};

struct thread {
    struct scheduler *scheduler;
    struct workers *pool; /* of which it is a task, or for which it waits */
    enum thread_state state;
    int64_t wake_ms;
    uint64_t number; /* in the order of their making */
    pthread_cond_t turn;
    pthread_t id;
    void (*run)(void *argument);
    void *argument;
    struct thread *ended; /* next in the pool's list */
};

struct scheduler {
    pthread_mutex_t lock;
    struct thread *running;
    struct thread *threads[THREADS_MAX]; /* that have not ended; in the order of their making */
    size_t count;
    int64_t now_ms;
    uint64_t random, choices, steps, made;
};

struct workers {
    struct scheduler *scheduler;
    size_t threads, begun, open; /* at most; tasks that run; tasks that have not ended */
    struct thread *ended;        /* to join */
};

static _Thread_local struct thread *me;

/* splitmix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014. */
static uint64_t next_random(struct scheduler *scheduler)
{
    uint64_t z = scheduler->random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static void give_up(const struct scheduler *scheduler, const char *why)
{
    static const char *const states[] = {"has not begun", "is ready", "sleeps", "waits for the pool"};
    fprintf(stderr, "scheduler: %s; at %" PRId64 " ms, step %" PRIu64 "\n", why, scheduler->now_ms,
            scheduler->steps);
    for (size_t i = 0; i < scheduler->count; i++) {
        const struct thread *thread = scheduler->threads[i];
        bool runs = thread == scheduler->running && thread->state == THREAD_READY;
        fprintf(stderr, "  thread %" PRIu64 " %s", thread->number, runs ? "runs" : states[thread->state]);
        if (thread->wake_ms != never)
            fprintf(stderr, " until %" PRId64, thread->wake_ms);
        fputc('\n', stderr);
    }
    abort();
}

static struct thread *add_thread(struct scheduler *scheduler, enum thread_state state)
{
    if (scheduler->count == THREADS_MAX)
        give_up(scheduler, "too many threads");
    struct thread *thread = memory_alloc(sizeof *thread);
    thread->scheduler = scheduler;
    thread->state = state;
    thread->wake_ms = never;
    thread->number = scheduler->made++;
    pthread_cond_init(&thread->turn, NULL);
    scheduler->threads[scheduler->count++] = thread;
    return thread;
}

static void drop_thread(struct scheduler *scheduler, const struct thread *thread)
{
    size_t kept = 0;
    for (size_t i = 0; i < scheduler->count; i++)
        if (scheduler->threads[i] != thread)
            scheduler->threads[kept++] = scheduler->threads[i];
    scheduler->count = kept;
}

static bool can_go_on(const struct thread *thread)
{
    switch (thread->state) {
    case THREAD_QUEUED:
        return thread->pool->begun < thread->pool->threads;
    case THREAD_READY:
        return true;
    case THREAD_SLEEPS:
        return thread->wake_ms <= thread->scheduler->now_ms;
    case THREAD_WAITS_POOL:
        return thread->pool->open == 0 || thread->wake_ms <= thread->scheduler->now_ms;
    }
    return false;
}

static size_t who_can_go_on(struct scheduler *scheduler, struct thread *able[THREADS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < scheduler->count; i++)
        if (can_go_on(scheduler->threads[i]))
            able[count++] = scheduler->threads[i];
    return count;
}

static void jump_to_next_wake(struct scheduler *scheduler)
{
    int64_t next = never;
    for (size_t i = 0; i < scheduler->count; i++)
        if (scheduler->threads[i]->state != THREAD_QUEUED && scheduler->threads[i]->wake_ms < next)
            next = scheduler->threads[i]->wake_ms;
    if (next == never)
        give_up(scheduler, "stalled: everybody waits and nobody will wake up");
    scheduler->now_ms = next;
}

static struct thread *choose(struct scheduler *scheduler)
{
    struct thread *able[THREADS_MAX];
    size_t count = who_can_go_on(scheduler, able);
    if (count == 0) {
        jump_to_next_wake(scheduler);
        count = who_can_go_on(scheduler, able);
    }
    scheduler->choices += count > 1;
    scheduler->steps++;
    return able[next_random(scheduler) % count];
}

static void *run_task(void *self);

static void begin(struct scheduler *scheduler, struct thread *thread)
{
    thread->pool->begun++;
    if (pthread_create(&thread->id, NULL, run_task, thread) != 0)
        give_up(scheduler, "no further thread can be made");
}

/* Under the lock. */
static void pass_on(struct scheduler *scheduler)
{
    struct thread *next = choose(scheduler);
    bool queued = next->state == THREAD_QUEUED;
    next->state = THREAD_READY;
    next->wake_ms = never;
    scheduler->running = next;
    if (queued)
        begin(scheduler, next);
    else
        pthread_cond_signal(&next->turn);
}

/* Real time: only somebody who waits outside of the scheduler, for a mutex or a socket, takes so long. */
static void wait_for_turn(struct scheduler *scheduler)
{
    uint64_t steps = scheduler->steps;
    while (scheduler->running != me) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += HANG_SECONDS;
        if (pthread_cond_timedwait(&me->turn, &scheduler->lock, &until) == 0)
            continue;
        if (steps == scheduler->steps && scheduler->running != me)
            give_up(scheduler, "stalled: who runs does not hand over");
        steps = scheduler->steps;
    }
}

static void hand_over(struct scheduler *scheduler, enum thread_state state, int64_t wake_ms)
{
    me->state = state;
    me->wake_ms = wake_ms;
    pass_on(scheduler);
    wait_for_turn(scheduler);
}

static void *run_task(void *self)
{
    me = self;
    struct scheduler *scheduler = me->scheduler;
    struct workers *pool = me->pool;
    pthread_mutex_lock(&scheduler->lock); /* whoever began it lets go of it now */
    pthread_mutex_unlock(&scheduler->lock);
    me->run(me->argument);
    pthread_mutex_lock(&scheduler->lock);
    pool->begun--;
    pool->open--;
    drop_thread(scheduler, me);
    me->ended = pool->ended;
    pool->ended = me;
    pass_on(scheduler);
    pthread_mutex_unlock(&scheduler->lock);
    return NULL;
}

struct scheduler *scheduler_new(uint64_t seed, int64_t start_ms)
{
    struct scheduler *scheduler = memory_alloc(sizeof *scheduler);
    scheduler->random = seed;
    scheduler->now_ms = start_ms;
    pthread_mutex_init(&scheduler->lock, NULL);
    me = scheduler->running = add_thread(scheduler, THREAD_READY);
    return scheduler;
}

static void free_thread(struct thread *thread)
{
    pthread_cond_destroy(&thread->turn);
    free(thread);
}

void scheduler_free(struct scheduler *scheduler)
{
    free_thread(me);
    me = NULL;
    pthread_mutex_destroy(&scheduler->lock);
    free(scheduler);
}

void scheduler_pause(struct scheduler *scheduler)
{
    pthread_mutex_lock(&scheduler->lock);
    hand_over(scheduler, THREAD_READY, never);
    pthread_mutex_unlock(&scheduler->lock);
}

/* Only who runs moves what these read. */
int64_t scheduler_now(const struct scheduler *scheduler)
{
    return scheduler->now_ms;
}

uint64_t scheduler_choices(const struct scheduler *scheduler)
{
    return scheduler->choices;
}

static int64_t clock_now(void *self)
{
    return scheduler_now(self);
}

static void sleep_virtually(void *self, int64_t milliseconds)
{
    struct scheduler *scheduler = self;
    pthread_mutex_lock(&scheduler->lock);
    hand_over(scheduler, THREAD_SLEEPS, scheduler->now_ms + (milliseconds > 0 ? milliseconds : 0));
    pthread_mutex_unlock(&scheduler->lock);
}

struct clock scheduler_clock(struct scheduler *scheduler)
{
    return (struct clock){
        .self = scheduler, .wall_ms = clock_now, .monotonic_ms = clock_now, .sleep_ms = sleep_virtually};
}

static void fill(void *self, void *bytes, size_t size)
{
    unsigned char *out = bytes;
    for (size_t i = 0; i < size; i++)
        out[i] = (unsigned char)next_random(self);
}

struct random scheduler_random(struct scheduler *scheduler)
{
    return (struct random){.self = scheduler, .fill = fill};
}

/* The pool, as base/workers.h has it. */

struct workers *workers_new(size_t threads)
{
    struct workers *workers = memory_alloc(sizeof *workers);
    workers->scheduler = me->scheduler;
    workers->threads = threads;
    return workers;
}

void workers_submit(struct workers *workers, void (*run)(void *argument), void *argument)
{
    struct scheduler *scheduler = workers->scheduler;
    pthread_mutex_lock(&scheduler->lock);
    struct thread *thread = add_thread(scheduler, THREAD_QUEUED);
    thread->pool = workers;
    thread->run = run;
    thread->argument = argument;
    workers->open++;
    pthread_mutex_unlock(&scheduler->lock);
}

static void join_ended(struct workers *workers)
{
    while (workers->ended) {
        struct thread *thread = workers->ended;
        workers->ended = thread->ended;
        pthread_join(thread->id, NULL);
        free_thread(thread);
    }
}

static bool wait_until(struct workers *workers, int64_t wake_ms)
{
    struct scheduler *scheduler = workers->scheduler;
    pthread_mutex_lock(&scheduler->lock);
    me->pool = workers;
    if (workers->open)
        hand_over(scheduler, THREAD_WAITS_POOL, wake_ms);
    bool idle = workers->open == 0;
    pthread_mutex_unlock(&scheduler->lock);
    if (idle)
        join_ended(workers);
    return idle;
}

void workers_wait(struct workers *workers)
{
    (void)wait_until(workers, never);
}

bool workers_wait_for(struct workers *workers, int64_t milliseconds)
{
    return wait_until(workers, workers->scheduler->now_ms + milliseconds);
}

void workers_free(struct workers *workers)
{
    if (!workers)
        return;
    workers_wait(workers);
    free(workers);
}
