#ifndef PLUMB_RECONCILER_APPLY_PRIVATE_H
#define PLUMB_RECONCILER_APPLY_PRIVATE_H

/* What the files of apply share: apply.c goes through the plan, apply_change.c does one change. */

#include <pthread.h>

#include "reconciler/apply.h"
#include "reconciler/removal.h"

struct application_run {
    struct plan *plan;
    const struct apply_options *options;
    struct claim *claim;
    struct arena *arena;
    pthread_mutex_t lock; /* of progress and arena */
    struct removal *removals;
    size_t removal_count;
    struct error renewal;            /* the first failure to prolong the lease */
    struct value *outputs, *imports; /* as they are recorded */
    struct rollout rollout;          /* where traffic has to move */
};

/* Carries the change out, whose properties are resolved, and reads it back.  Runs on a worker. */
WARN_UNUSED bool apply_change(struct application_run *, struct change *, struct error *);

#endif
