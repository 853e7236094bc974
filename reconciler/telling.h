#ifndef PLUMB_RECONCILER_TELLING_H
#define PLUMB_RECONCILER_TELLING_H

/*
 * Tells the notices of one application's rollout, in their order, on a thread of its own: a channel that is
 * slow or dead holds up neither the rollout nor anybody's reading.
 *
 * What is told comes from the history of the rollout (rollout_announce), its time too, and the rollout keeps
 * the number of the last line that was told: who takes over goes on behind it.  So nothing that is in the
 * ledger is left out, and what is told twice has the same id.  What a channel did not take is not told again.
 *
 * Secrets in the channels are read when they are needed, and kept nowhere.
 */

#include "reconciler/rollout/notify.h"
#include "reconciler/session.h"

enum { TELLING_WAITING_MAX = 100 }; /* notices; then the next are left out */

struct telling;

/* NULL where the rollout of `release` names nobody.  Subject and release must live as long. */
struct telling *telling_new(struct subject *, const struct release *);
/* What this instance tells no more is left to the next; waits for the channel that is being told. */
void telling_free(struct telling *);

/* Everything that is in the history and not yet told or waiting. */
void telling_add(struct telling *, const struct rollout *);
bool telling_is_done(const struct telling *);
/* The number of the last line that was told: for the ledger. */
int64_t telling_told(const struct telling *);

#endif
