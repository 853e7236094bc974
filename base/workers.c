#include "base/workers.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"

struct task {
    struct task *next;
    void (*run)(void *argument);
    void *argument;
};

struct workers {
    pthread_t *threads;
    size_t count, most;

    pthread_mutex_t lock;
    pthread_cond_t changed; /* a task came, the last one ended, or the pool ends */
    struct task *first, **end;
    size_t open;   /* submitted and not yet run to their end */
    size_t queued; /* of them, not yet begun */
    size_t free;   /* threads that wait for a task */
    bool stopping;
};

static struct task *next_task(struct workers *workers)
{
    workers->free++;
    while (!workers->first && !workers->stopping)
        pthread_cond_wait(&workers->changed, &workers->lock);
    workers->free--;
    struct task *task = workers->first;
    if (task) {
        workers->queued--;
        workers->first = task->next;
        if (!workers->first)
            workers->end = &workers->first;
    }
    return task;
}

static void *worker_thread(void *self)
{
    struct workers *workers = self;
    struct task *task;
    pthread_mutex_lock(&workers->lock);
    while ((task = next_task(workers))) {
        pthread_mutex_unlock(&workers->lock);
        task->run(task->argument);
        free(task);
        pthread_mutex_lock(&workers->lock);
        if (--workers->open == 0)
            pthread_cond_broadcast(&workers->changed);
    }
    pthread_mutex_unlock(&workers->lock);
    return NULL;
}

struct workers *workers_new(size_t threads)
{
    pthread_condattr_t monotonic;
    struct workers *workers = memory_alloc(sizeof *workers);
    workers->threads = memory_alloc(threads * sizeof *workers->threads);
    workers->most = threads;
    workers->end = &workers->first;
    pthread_mutex_init(&workers->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&workers->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return workers;
}

/* One thread more, with the lock.  Signals are the main thread's. */
static void start_thread(struct workers *workers)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&workers->threads[workers->count], NULL, worker_thread, workers) == 0)
        workers->count++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (workers->count == 0)
        memory_exhausted(); /* the only reasons are memory and the limit on threads */
}

void workers_submit(struct workers *workers, void (*run)(void *argument), void *argument)
{
    struct task *task = memory_alloc(sizeof *task);
    task->run = run;
    task->argument = argument;
    pthread_mutex_lock(&workers->lock);
    *workers->end = task;
    workers->end = &task->next;
    workers->open++;
    workers->queued++;
    if (workers->queued > workers->free && workers->count < workers->most)
        start_thread(workers);
    pthread_cond_broadcast(&workers->changed);
    pthread_mutex_unlock(&workers->lock);
}

void workers_wait(struct workers *workers)
{
    pthread_mutex_lock(&workers->lock);
    while (workers->open)
        pthread_cond_wait(&workers->changed, &workers->lock);
    pthread_mutex_unlock(&workers->lock);
}

bool workers_wait_for(struct workers *workers, int64_t milliseconds)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += milliseconds / 1000;
    until.tv_nsec += milliseconds % 1000 * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&workers->lock);
    int failed = 0;
    while (workers->open && !failed)
        failed = pthread_cond_timedwait(&workers->changed, &workers->lock, &until);
    bool idle = workers->open == 0;
    pthread_mutex_unlock(&workers->lock);
    return idle;
}

void workers_free(struct workers *workers)
{
    if (!workers)
        return;
    workers_wait(workers);
    pthread_mutex_lock(&workers->lock);
    workers->stopping = true;
    pthread_cond_broadcast(&workers->changed);
    pthread_mutex_unlock(&workers->lock);
    for (size_t i = 0; i < workers->count; i++)
        pthread_join(workers->threads[i], NULL);
    pthread_cond_destroy(&workers->changed);
    pthread_mutex_destroy(&workers->lock);
    free(workers->threads);
    free(workers);
}
