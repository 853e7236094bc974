#ifndef PLUMB_RECONCILER_PARKING_H
#define PLUMB_RECONCILER_PARKING_H

/*
 * An application that `plumb run` has failed to keep several times in a row: parked.json in the ledger says
 * so, for those who do not read the log, until it is kept again.  It is still tried, every now and then.
 */

#include "reconciler/session.h"

struct parking {
    bool present;
    struct str since;  /* ISO 8601 */
    struct str commit; /* that could not be released */
    struct str reason;
};

/* Of the ledger as it was last refreshed. */
WARN_UNUSED bool parking_load(const struct subject *, struct parking *, struct error *);

/* Where the ledger does not have it already. */
WARN_UNUSED bool parking_begin(const struct subject *, const struct error *reason, struct error *);
WARN_UNUSED bool parking_end(const struct subject *, struct error *);

#endif
