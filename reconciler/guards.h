#ifndef PLUMB_RECONCILER_GUARDS_H
#define PLUMB_RECONCILER_GUARDS_H

/*
 * Judges a plan by the guards of its environment and repository (environments/guards.h).
 *
 * Only what the plan would write is judged: what is created, updated, replaced or taken up again with all of
 * its properties, and what goes.  A resource that stays as it is is not looked at, nor what `plumb adopt`
 * takes, nor the old version that a rollback gives its traffic back.
 *
 * A refusal blocks the whole application before anything is written.  Where a value that decides is known
 * only after apply, the change is counted as undecided, and judged again with all values right before its
 * write: then that resource is refused and what depends on it is skipped, but what was written before stays.
 */

#include "reconciler/plan.h"

/* Why a change is refused. */
struct guard_finding {
    const struct guards *guards; /* whose rule it is */
    enum guard_rule rule;
    const struct change *change;
    struct str rule_at,
        at;             /* "environments/prod/environment.yaml:12:5"; `at` is empty where nothing is left */
    struct str value;   /* what is refused: an action, a principal, an ARN; "****" for a secret */
    struct str message; /* one sentence with all of that and what to do */
};

struct guard_findings {
    struct guard_finding *items; /* in the order of the plan's changes; too many deletions last */
    size_t count, capacity;
    size_t undecided; /* changes that are judged again before their write */
};

void guards_check(const struct plan *, struct arena *, struct guard_findings *);

/* Refuses the plan: the first finding and how many more there are.  ERROR_DENIED. */
WARN_UNUSED bool guards_permit(const struct plan *, struct error *);

/* The same for one change whose properties are all known now, in its arena; runs on a worker. */
WARN_UNUSED bool guards_permit_change(const struct plan *, const struct change *, struct error *);

#endif
