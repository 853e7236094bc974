#ifndef PLUMB_RECONCILER_FREEZE_H
#define PLUMB_RECONCILER_FREEZE_H

/*
 * A freeze of an environment (`freeze:`, `stopTheLine:`) holds every release of it, by whoever, but:
 * - what only heals: live goes back to what was released;
 * - the way back: what is to be replaced is a revision that `plumb rollback` has undone (holds.h);
 * - a release that was begun before: it goes on, so that nothing stays half done.
 * A rollout that is under way goes on too; its last clearing up waits for the end of the freeze.
 */

#include "reconciler/plan.h"

/* Is the plan held?  `why` is a sentence.  False with an error only where the ledger cannot be read. */
WARN_UNUSED bool freeze_check(const struct plan *, bool *held, struct str *why, struct error *);

#endif
