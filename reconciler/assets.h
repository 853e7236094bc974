#ifndef PLUMB_RECONCILER_ASSETS_H
#define PLUMB_RECONCILER_ASSETS_H

/*
 * Assets: files of the repository that templates expect in S3, where AWS's own tools would have put them.
 *
 * An asset's key names its content, so one that is there is left as it is.  They are asked for only where a
 * plan makes or changes something; then what is missing is published before the first resource, in parallel.
 * A bootstrap bucket of the CDK that is missing is made where the environment says `allow:
 * {createAssetBucket: true}`.
 *
 * Limits: an asset is read into memory whole, 250 MiB at most, and goes by one PutObject.
 */

#include "reconciler/claim.h"
#include "reconciler/plan.h"

struct plan_asset {
    const struct desired_asset *desired;
    struct str bucket, key;
    bool missing;
};

struct plan_assets {
    struct plan_asset *items;
    size_t count;
    size_t missing;
    struct str *buckets; /* that are missing or may be unfinished, and are made */
    size_t bucket_count;
    struct str held; /* why they cannot be published as things are; empty: they can */
};

/* Refuses by name what can never be published: an asset that is not in the repository, one of another
 * account, an image that would have to be built.  Makes no call. */
WARN_UNUSED bool assets_check(const struct plan *, struct error *);

/* Looks for them; after the changes are judged. */
WARN_UNUSED bool assets_look(struct plan *, struct error *);

/* Publishes those that are missing; `prolong` is called about every 100 ms meanwhile. */
WARN_UNUSED bool assets_publish(struct plan *, struct claim *, void (*prolong)(void *self),
                                void *prolong_self, struct error *);

#endif
