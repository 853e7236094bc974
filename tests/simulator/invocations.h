#ifndef PLUMB_SIMULATOR_INVOCATIONS_H
#define PLUMB_SIMULATOR_INVOCATIONS_H

/* What waits for a test: functions that were invoked as events, for it to play them; messages, to be read. */

#include "base/value.h"

enum { INVOCATIONS_MAX = 10000 };

struct invocations {
    struct arena *arena;
    struct value *list; /* NULL: none yet */
};

void invocations_release(struct invocations *);
/* Adds {"account", "function", "payload"}.  Past INVOCATIONS_MAX they are dropped, as if the function had
 * failed. */
void invocations_add(struct invocations *, struct str account, struct str function, struct str payload);
/* Adds a copy of anything, up to the same limit. */
void invocations_keep(struct invocations *, const struct value *);
/* All of them, in order; then there are none. */
struct value *invocations_take(struct invocations *, struct arena *);

#endif
