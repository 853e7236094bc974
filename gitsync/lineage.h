#ifndef PLUMB_GITSYNC_LINEAGE_H
#define PLUMB_GITSYNC_LINEAGE_H

/* What lies between two commits of a mirror, for whoever judges by it. */

#include "gitsync/mirror.h"

enum { LINEAGE_MAX = 500 * 1000, LINEAGE_PATHS_MAX = 100 * 1000 };

struct lineage_commit {
    struct commit_id id;
    size_t *parents; /* positions in the list; SIZE_MAX: one outside of it */
    size_t parent_count;
};

struct lineage {
    struct lineage_commit *commits; /* parents before children, `to` the last */
    size_t count;
};

/* Is the commit in the mirror?  One that was rewritten away is not fetched again. */
bool lineage_has(struct mirror *, const struct commit_id *);

/* `to` and its ancestors, without `from` (may be "") and its ancestors.  ERROR_OUT_OF_MEMORY where they are
 * more than LINEAGE_MAX. */
WARN_UNUSED bool lineage_between(struct mirror *, struct arena *, const struct commit_id *from,
                                 const struct commit_id *to, struct lineage *, struct error *);

/* The paths of files that differ between two commits; from "": all files.  ERROR_OUT_OF_MEMORY past
 * LINEAGE_PATHS_MAX. */
WARN_UNUSED bool lineage_paths(struct mirror *, struct arena *, const struct commit_id *from,
                               const struct commit_id *to, struct str **paths, size_t *count, struct error *);

/* What stands at a path in a commit, as one text of its mode and object id; empty: nothing. */
WARN_UNUSED bool lineage_entry(struct mirror *, struct arena *, const struct commit_id *, struct str path,
                               struct str *entry, struct error *);

/* Do two commits hold the same at a path (file or directory)?  Absent in both is the same. */
WARN_UNUSED bool commits_agree(struct mirror *, const struct commit_id *, const struct commit_id *,
                               struct str path, bool *yes, struct error *);

/* The commits that `to` has and `from` ("": none) has not, the newest first, at most `max`; `more`: there are
 * others. */
WARN_UNUSED bool commits_between(struct mirror *, struct arena *, const struct commit_id *from,
                                 const struct commit_id *to, size_t max, struct commit_facts **,
                                 size_t *count, bool *more, struct error *);

struct lineage_branch {
    struct str name; /* "release/1" */
    struct commit_id tip;
};

WARN_UNUSED bool lineage_branches(struct mirror *, struct arena *, struct lineage_branch **, size_t *count,
                                  struct error *);

#endif
