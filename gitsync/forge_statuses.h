#ifndef PLUMB_GITSYNC_FORGE_STATUSES_H
#define PLUMB_GITSYNC_FORGE_STATUSES_H

/* What others said of a commit on the forge: the statuses that its checks have set. */

#include "gitsync/forge.h"

struct statuses {
    struct status *items; /* the last of each context; description and url are left out */
    size_t count;
};

/* Statuses, on GitHub also check runs (neutral and skipped ones are a success, as GitHub counts them), on
 * GitLab also jobs.  `sha` is 40 hex digits. */
WARN_UNUSED bool forge_statuses(struct forge *, struct arena *, struct str sha, struct statuses *,
                                struct error *);

#endif
