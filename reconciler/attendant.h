#ifndef PLUMB_RECONCILER_ATTENDANT_H
#define PLUMB_RECONCILER_ATTENDANT_H

/*
 * A thread of `plumb run` beside the workers, for what is done once a poll: it makes a pass at once, and each
 * time when it is woken, or one more after the pass that is under way.  No webhook tells of what stands in a
 * ledger or that something failed, and polls may be an hour apart: so a pass also says when it is to be made
 * again.
 */

#include <stdatomic.h>

#include "base/clock.h"

enum { ATTENDANT_AGAIN_MS = 60 * 1000 };

struct attendant_rest {
    int64_t least_ms; /* it is left alone so long, whoever wakes it */
    int64_t most_ms;  /* then it wakes by itself; 0: never */
};

struct attendant_options {
    const struct clock *clock;
    const atomic_bool *cancelled;
    void *self;
    struct attendant_rest (*pass)(void *self); /* ends soon when cancelled */
};

struct attendant;

struct attendant *attendant_start(const struct attendant_options *);
void attendant_wake(struct attendant *); /* from any thread; NULL is fine */
void attendant_stop(struct attendant *); /* `cancelled` is set: waits for the thread; NULL is fine */

#endif
