#ifndef PLUMB_BASE_GIT_DIGEST_H
#define PLUMB_BASE_GIT_DIGEST_H

/*
 * Git's object id of a file or directory, computed from its content through the files seam: for files that
 * do not come from a Git object store.  It equals what `git add --force` and `git write-tree` give for the
 * same content, with no attributes that change it.  As in Git, directories without a file leave no trace.
 *
 * Symbolic links and submodules are ERROR_INVALID.  ERROR_OUT_OF_MEMORY past GIT_DIGEST_DEPTH_MAX directories
 * below one another, GIT_DIGEST_ENTRIES_MAX entries in all, or a file of more than GIT_DIGEST_FILE_MAX bytes.
 */

#include "base/files.h"

enum {
    GIT_DIGEST_DEPTH_MAX = 64,
    GIT_DIGEST_ENTRIES_MAX = 262144,
    GIT_DIGEST_FILE_MAX = 512 * 1024 * 1024,
};

/* 40 hex digits.  Needs `read`, `list` and `kind` of the files. */
WARN_UNUSED bool git_digest(const struct files *, struct arena *, struct str path, struct str *hex,
                            struct error *);

#endif
