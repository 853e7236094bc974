#ifndef PLUMB_RECONCILER_ROLLOUT_EXPECTATION_H
#define PLUMB_RECONCILER_ROLLOUT_EXPECTATION_H

/* What a synthetic request expects, beside what came; inside of synthetic only. */

#include "base/value.h"

struct synthetic_answer {
    int64_t status; /* 0: none */
    struct str body;
    int64_t latency_ms;
};

/* `expect` of synthetic.h, or NULL.  False with what is wrong, as a sentence without its subject:
 * "status 500 instead of 200". */
bool expectation_met(struct arena *, const struct value *expect, const struct synthetic_answer *,
                     struct str *why);

#endif
