#ifndef PLUMB_RECONCILER_ROLLOUT_STATISTICS_H
#define PLUMB_RECONCILER_ROLLOUT_STATISTICS_H

/* Is the new version worse than the old, or is it chance?  Exact tests on counts; no tables, no sampling. */

#include <stdbool.h>
#include <stdint.h>

struct outcomes {
    int64_t bad, all; /* 0 <= bad <= all */
};

/* Fisher's exact test, one-sided: the chance that an equal version shows at least so many failures as the new
 * one did, given both totals (hypergeometric upper tail).  1 where either has no data.  Counts up to 10^9;
 * relative error below 10^-9. */
double statistics_worse(struct outcomes old, struct outcomes fresh);

/* What the k-th look (from 1) may spend of the whole risk: risk / (k (k + 1)); these sum up to the risk. */
double statistics_share(double risk, int64_t look);

/* One question that is asked again and again while the counts grow.  All zero at birth. */
struct comparison {
    int64_t looks;         /* so far; only those that count */
    struct outcomes fresh; /* what the last look saw */
    double chance, limit;  /* of the last look; of the deciding one where `worse` */
    bool worse;            /* the chance was below the limit: that stays so, whatever comes later */
};

/* Looks, and spends a share of the risk, when the new version's counts are not those of the last look, and
 * when it could decide: where even all failures on the new version's side would be no proof, as with the
 * first one or two, nothing is spent.  (That hangs on the sums of both versions alone, not on how the
 * failures fell, so that the bound stays.)  An equal version comes out as worse with at most the chance
 * `risk` in all looks together.  Gives `worse` back. */
bool comparison_look(struct comparison *, double risk, struct outcomes old, struct outcomes fresh);

#endif
