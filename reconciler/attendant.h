#ifndef PLUMB_RECONCILER_ATTENDANT_H
#define PLUMB_RECONCILER_ATTENDANT_H

/*
 * A thread of `plumb run` beside the workers, for what is done once a poll: it makes a pass each time when it
 * is woken, or one more after the pass that is under way.
 */

#include <stdatomic.h>

#include "base/clock.h"

struct attendant_options {
    const struct clock *clock;
    const atomic_bool *cancelled;
    void *self;
    /* One pass; gives how long it wants to be left alone (ms), whoever wakes it.  Ends soon when cancelled.
     */
    int64_t (*pass)(void *self);
    bool by_hand; /* no thread: whoever wakes it makes the pass */
};

struct attendant;

struct attendant *attendant_start(const struct attendant_options *);
void attendant_wake(struct attendant *); /* from any thread; NULL is fine */
void attendant_stop(struct attendant *); /* `cancelled` is set: waits for the thread; NULL is fine */

#endif
