#ifndef PLUMB_RECONCILER_RESTORE_H
#define PLUMB_RECONCILER_RESTORE_H

/*
 * Gives functions the code and configuration back that they had before a release: `restore` of a rollout is
 * the list of their inventory entries then.  The code comes from Git, by its digest, from the newest release
 * in the ledger that had it.
 */

#include "reconciler/claim.h"
#include "reconciler/session.h"

/* Every one that can be restored is, and stands in the inventory as it was.  False with the first that could
 * not: it stands in the inventory as it is. */
WARN_UNUSED bool restore_functions(struct subject *, struct claim *, struct inventory *,
                                   const struct value *restore, struct error *);

#endif
