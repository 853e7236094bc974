#ifndef PLUMB_GITSYNC_EDIT_H
#define PLUMB_GITSYNC_EDIT_H

/*
 * What plumb writes to branches: one commit that replaces the bytes of some files, made in the object store
 * of the mirror without a checkout, and pushed by compare-and-swap.  Author and committer are "plumb".
 *
 * A branch is forced only as far as the caller knows it: `expected` is what it must be at.
 */

#include "gitsync/mirror.h"

enum { EDIT_FILES_MAX = 100, EDIT_BRANCH_MAX = 200 };

struct edit_file {
    struct str path;
    struct str bytes;
};

struct edit {
    struct commit_id base; /* the only parent */
    const struct edit_file *files;
    size_t count;
    struct str message;
};

/* Each file must be there, and no symbolic link or directory; its mode stays. */
WARN_UNUSED bool edit_commit(struct mirror *, const struct edit *, struct commit_id *, struct error *);

/* Is `commit` what edit_commit made, or would make?  One that is not in the mirror is not. */
WARN_UNUSED bool edit_is(struct mirror *, const struct edit *, const struct commit_id *commit, bool *yes,
                         struct error *);

/* Where the remote has the branch now; "" where it has none. */
WARN_UNUSED bool edit_branch(struct mirror *, struct str branch, struct commit_id *, struct error *);

/* Moves the remote's branch from `expected` ("": it must not exist) to `next` ("": it goes).  When the answer
 * is lost the branch is read again and decides.  The mirror then has the branch, too.  ERROR_CONFLICT: it is
 * elsewhere; ERROR_DENIED: the remote does not allow it, with its words. */
WARN_UNUSED bool edit_push(struct mirror *, struct str branch, const struct commit_id *expected,
                           const struct commit_id *next, struct error *);

#endif
