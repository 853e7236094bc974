#ifndef PLUMB_ENVIRONMENTS_REPOSITORY_H
#define PLUMB_ENVIRONMENTS_REPOSITORY_H

/*
 * plumb.yaml at the root of a repository: what holds for everybody who runs plumb on it, and may change by a
 * commit.  What belongs to one process alone (where the repository is, credentials, addresses, logs) is not
 * read from here but from flags and environment variables, which also go before what stands here
 * (reconciler/cli/settings.h).
 *
 * The file may be left out.  Unknown keys are errors that name the key, its position and the nearest known
 * key.
 */

#include "base/files.h"
#include "base/value.h"
#include "environments/guards.h"

enum { REPOSITORY_POLL_LEAST_MS = 100, REPOSITORY_POLL_MS = 30 * 1000 };

struct repository {
    const struct value *node; /* for messages; NULL: there is no file */
    struct guards guards;     /* `guards`: they hold in every environment, beside its own */
    int64_t poll_ms;          /* `poll`: how often to look for commits; 30s where left out */
};

/* What holds where there is no plumb.yaml. */
extern const struct repository repository_otherwise;

/* Everything lives in the arena.  Where it fails *out is repository_otherwise. */
WARN_UNUSED bool repository_load(const struct files *, struct arena *, struct repository *out,
                                 struct error *);

#endif
