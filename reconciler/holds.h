#ifndef PLUMB_RECONCILER_HOLDS_H
#define PLUMB_RECONCILER_HOLDS_H

/*
 * Revisions that somebody took back: `plumb rollback`.  They stand in holds.json in the ledger, beside
 * release.json.  A held revision is not promoted again, nor what comes to the same; and while it is what
 * runs, a freeze does not stop the way back.
 */

#include "base/clock.h"
#include "gitsync/ledger.h"

enum { HOLDS_MAX = 100 }; /* then the oldest go */

struct hold {
    struct commit_id revision; /* that was undone */
    struct str key;            /* release_set_key of it there; or empty */
    struct str reason, by, at; /* `at` is ISO 8601 */
};

struct holds {
    struct hold *items; /* the oldest first */
    size_t count;
};

/* Of the ledger as it was last refreshed. */
WARN_UNUSED bool holds_load(struct ledger *, struct arena *, struct str region, struct str environment,
                            struct str application, struct holds *, struct error *);

/* Adds one; `at` is filled in.  One of the same revision is replaced. */
WARN_UNUSED bool holds_add(struct ledger *, const struct clock *, struct arena *, struct str region,
                           struct str environment, struct str application, struct hold *, struct error *);

/* The hold of a revision, or else of what comes to `key` (may be empty); NULL: there is none. */
const struct hold *holds_find(const struct holds *, const struct commit_id *revision, struct str key);

#endif
