#ifndef PLUMB_RECONCILER_APPLY_H
#define PLUMB_RECONCILER_APPLY_H

/*
 * Carries a plan out.  The intent is in the ledger before the first write; creates and updates run in
 * parallel in the order of dependencies, then what leaves is deleted in the opposite order, if all went well.
 * Every resource that was written is read again: success is what that read shows.  The outcome, and the
 * inventory of what now stands, go into the ledger.
 *
 * After a kill at any instant the next plan continues: what was created is found by its name or tags.
 */

#include "reconciler/claim.h"
#include "reconciler/plan.h"

/* Every change ends in one of the first five.  A replacement then has an old one to delete, which ends in one
 * of the others. */
enum apply_phase {
    APPLY_BEGINS,
    APPLY_DONE,
    APPLY_FAILED,
    APPLY_SKIPPED,
    APPLY_WAITS, /* until the traffic has moved: the rollout or the next plan does it */
    APPLY_OLD_DELETED,
    APPLY_OLD_STAYS,
};

struct apply_options {
    struct ledger *ledger;
    const struct clock *clock;
    /* Told of each change as it goes, from the workers (one call at a time); may be NULL. */
    void (*progress)(void *self, const struct change *, enum apply_phase);
    void *progress_self;
};

struct apply_result {
    struct release release;       /* as recorded */
    bool rolling;                 /* all is applied but the traffic: rolling.h moves it */
    size_t done, failed, skipped; /* changes; a replacement is done when its old one is deleted as well */
    struct error first;           /* of the first change that failed, in the plan's order */
    struct str first_id;          /* its logical id; empty: an asset could not be published */
};

/* False when nothing was begun (the plan is held, somebody else holds the application, the ledger cannot be
 * written), or when the outcome could not be recorded.  A release in which changes failed is true, with
 * result->failed > 0.  A plan without changes writes nothing.
 *
 * Where traffic has to move (release_set.h) the release is left in state RELEASE_ROLLING, and its claim is
 * let go: nothing of the old is deleted yet. */
WARN_UNUSED bool apply_plan(struct plan *, const struct apply_options *, struct apply_result *,
                            struct error *);

/* How the inventory records a change that was done. */
struct inventory_entry apply_entry_of(const struct plan *, const struct change *);

#endif
