#ifndef PLUMB_RECONCILER_ROLLOUT_HOUSEKEEPING_H
#define PLUMB_RECONCILER_ROLLOUT_HOUSEKEEPING_H

/*
 * `keepVersions`: once a rollout has succeeded, the oldest published versions of its functions and state
 * machines go, beyond the number that is to stay.
 *
 * Only what plumb published goes: versions that stand or stood in the inventory of the application
 * (`former_versions`).  What a person or another tool published is neither deleted nor counted; neither is
 * the new version.  A version stays, whatever its age, if
 *
 *   - it is the one that the rollout came from;
 *   - an entry of the inventory stands for it or names it, as what is to be restored may;
 *   - an alias of the function has it, with or without a weight (of a state machine AWS itself refuses);
 *   - an event source mapping is to it.
 *
 * Before a version goes all of that is asked of the account anew, in this call.  What cannot be asked, or is
 * refused, is logged, and that function's or machine's versions stay until the next time: a release never
 * fails by it.
 */

#include "providers/aws/aws.h"
#include "reconciler/record.h"

/* At most so many go in one call, and none is begun after so long: the rest has its turn after the next
 * rollout. */
enum { HOUSEKEEPING_MAX = 50, HOUSEKEEPING_MS = 30 * 1000 };

struct housekeeping {
    struct aws *aws;
    const struct log *log;
    /* May AWS still be written to?  Asked before every deletion. */
    bool (*check)(void *self, struct error *);
    void *self;
};

/* Of a rollout that has succeeded, with the inventory as it is to be recorded then: what is gone is taken out
 * of its `former_versions`.  Gives the number of those deleted. */
size_t housekeeping_run(const struct housekeeping *, struct arena *, const struct rollout *,
                        struct inventory *);

/* Its targets' functions and state machines, each once: "orders-list, orders-pay". */
struct str housekeeping_names(struct arena *, const struct rollout *);

#endif
