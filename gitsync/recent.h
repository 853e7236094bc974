#ifndef PLUMB_GITSYNC_RECENT_H
#define PLUMB_GITSYNC_RECENT_H

/*
 * A memory of the small trees of a repository that were read, for who has libgit2 read the same thousands of
 * them again and again: before each push it goes through all trees of what the remote has.
 *
 * Private to gitsync.
 */

#include "gitsync/git2_api.h"

/* From now on, for that repository in that directory, until it is freed.  What libgit2 says: 0, or its error.
 */
int recent_trees(git_repository *, const char *directory);

#endif
