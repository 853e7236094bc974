#ifndef PLUMB_BASE_WORKERS_H
#define PLUMB_BASE_WORKERS_H

/* A pool of threads that run tasks; a thread is started when there is more to do than those that are can
 * take, up to the number given.  submit never blocks for long: the queue is bounded by the caller, who
 * submits only what it will wait for.  A task may submit further tasks. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct workers;

struct workers *workers_new(size_t threads);
void workers_submit(struct workers *, void (*task)(void *argument), void *argument);
void workers_wait(struct workers *); /* until every submitted task has run, also those submitted meanwhile */
/* The same for at most so many milliseconds; true when all have run. */
bool workers_wait_for(struct workers *, int64_t milliseconds);
void workers_free(struct workers *); /* waits first */

#endif
