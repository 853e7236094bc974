#ifndef PLUMB_SIMULATOR_SCHEDULER_H
#define PLUMB_SIMULATOR_SCHEDULER_H

/*
 * A seeded scheduler of plumb's threads.  Exactly one runs at a time; it goes on until it pauses (at a call
 * of the transport), sleeps on the clock, waits for the pool or ends, and then the seed decides who is next.
 * Time is virtual: it stands still while anybody can go on, and then jumps to the next who wakes up.
 *
 * A program that contains scheduler.c has its pool instead of base/workers.c: every task is a thread of its
 * own that begins when it is chosen, at most as many at once as the pool would have.
 *
 * Nobody may hold a mutex while pausing or sleeping that others ask for.  Who waits for something that can
 * never come is found: the program says who waits for what, and aborts.
 *
 * Not decided by the seed is what happens between two hand-overs, outside of plumb's threads: Git and its
 * files, the process id and the name of the host.
 */

#include "base/clock.h"

struct scheduler;

/* The calling thread is the first that is scheduled, and makes and frees the pools. */
struct scheduler *scheduler_new(uint64_t seed, int64_t start_ms);
/* After the pools have been freed; by the same thread. */
void scheduler_free(struct scheduler *);

/* Valid as long as the scheduler; for scheduled threads only. */
struct clock scheduler_clock(struct scheduler *);
struct random scheduler_random(struct scheduler *);
int64_t scheduler_now(const struct scheduler *);

/* Whoever can go on may do so before the caller does. */
void scheduler_pause(struct scheduler *);

/* How often a thread was chosen while others could have gone on as well. */
uint64_t scheduler_choices(const struct scheduler *);

#endif
