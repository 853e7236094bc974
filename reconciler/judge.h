#ifndef PLUMB_RECONCILER_JUDGE_H
#define PLUMB_RECONCILER_JUDGE_H

/*
 * One resource against the account: what has to be done with it, and what forbids that.  The parts of
 * plan_make that decide; they only read.
 */

#include "reconciler/plan.h"

/* A desired resource: its properties as far as they are known, what is live, the action.  Runs on a worker.
 */
WARN_UNUSED bool judge_desired(struct plan *, struct change *, struct error *);

/* Everything that tells which resource it is, is known: so that a foreign one with the wanted name is noticed
 * before anything is made, and one that was made is found again. */
bool judge_has_known_name(const struct change *);

/* Whose is the resource with these tags that stands where ours should, or its successor?  What an earlier try
 * began to make is ours, even where it could not put our tags on it: then the change is `unmarked`. */
enum ownership judge_owner(const struct plan *, struct change *, const struct value *live_tags,
                           struct ownership_label *);

/* Did the ledger announce that an unfinished release would make or change it? */
bool judge_was_intended(const struct plan *, struct str logical_id);

/* A resource of the inventory that leaves.  Runs on a worker. */
WARN_UNUSED bool judge_leaving(struct plan *, struct change *, struct error *);

/* Is it lost with this plan, and was that not agreed to before?  A replacement loses what it replaces. */
bool judge_is_lost(const struct change *);

/* What only the whole plan tells: holds deletes when too many resources would go. */
void judge_deletes(struct plan *);

#endif
