#ifndef PLUMB_RECONCILER_RIVALS_H
#define PLUMB_RECONCILER_RIVALS_H

/*
 * Two applications that claim one resource.  Where it carries tags they say whose it is; where it has none
 * (a record of a zone, a policy of a queue), the ledger of the account does.
 */

#include "reconciler/plan.h"

/* Holds what is to be adopted and stands in another application's inventory, with the owner's name. */
WARN_UNUSED bool rivals_hold(struct plan *, struct error *);

#endif
