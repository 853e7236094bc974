#ifndef PLUMB_RECONCILER_OPAQUE_H
#define PLUMB_RECONCILER_OPAQUE_H

/*
 * Resources of which nobody but their handler knows what is live (RESOURCE_OPAQUE: custom resources).  What
 * was applied last stands for it; so the ledger must also know what was asked of the handler and not yet
 * recorded.
 *
 * An intent is one create, update or delete, from the ledger's announcement until its outcome is in the
 * ledger, through however many passes.  Its name stands in the release's changes as "Intent" of their
 * identity, and goes when it is over; of a failed update what it asked for stays, because nobody knows how
 * much of that is live now.
 */

#include "reconciler/claim.h"
#include "reconciler/plan.h"

bool opaque(const struct change *);

/* The change's intent: that of an earlier pass which is not over, or a new one. */
struct str opaque_intent(const struct plan *, const struct change *);
/* Was an update begun that may have changed what is live, although the ledger does not say so? */
bool opaque_is_unsure(const struct plan *, const struct change *);

WARN_UNUSED bool opaque_create(struct change *, const struct resource_call *, struct error *);
WARN_UNUSED bool opaque_update(const struct plan *, struct change *, struct claim *, struct error *);

/* For the ledger: how a later pass knows the intent again. */
struct value *opaque_identity(const struct plan *, const struct change *);
/* What that identity says of the resource's dependencies. */
void opaque_depends(struct arena *, const struct value *identity, struct inventory_entry *);
/* What a failed change has left. */
struct inventory_entry opaque_left(const struct change *);
/* At the end of a release: takes the intents that are over out of it. */
void opaque_end(struct plan *, struct release *);
/* After that is in the ledger: tells the types. */
void opaque_settle(struct plan *);

#endif
