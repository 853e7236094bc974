#ifndef PLUMB_SIMULATOR_INVOCATIONS_H
#define PLUMB_SIMULATOR_INVOCATIONS_H

/* Functions that were invoked as events and wait for a test to play them. */

#include "base/value.h"

enum { INVOCATIONS_MAX = 10000 };

struct invocations {
    struct arena *arena;
    struct value *list; /* of {"account", "function", "payload"}; NULL: none yet */
};

void invocations_release(struct invocations *);
/* Past INVOCATIONS_MAX they are dropped, as if the function had failed. */
void invocations_add(struct invocations *, struct str account, struct str function, struct str payload);
/* All of them, in order; then there are none. */
struct value *invocations_take(struct invocations *, struct arena *);

#endif
