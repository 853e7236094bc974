#ifndef PLUMB_RECONCILER_INTENT_H
#define PLUMB_RECONCILER_INTENT_H

/* What a release announces in the ledger before its first write: the changes that are due, and by what a
 * later pass finds what this one began to make. */

#include "reconciler/plan.h"

struct release release_intent(const struct plan *, const struct clock *);

#endif
