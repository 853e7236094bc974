#ifndef PLUMB_RECONCILER_PLAN_DIGEST_H
#define PLUMB_RECONCILER_PLAN_DIGEST_H

/* What a plan is known by. */

#include "reconciler/plan.h"

/* All that Git asks of an application, whatever is live: hex. */
struct str desired_digest(struct arena *, const struct desired *, const struct application *,
                          const struct value *environment_tags);

/* Fills in hash, asked and substance of a plan whose changes are judged. */
void plan_digest(struct plan *);

#endif
