#ifndef PLUMB_GITSYNC_LOOSE_H
#define PLUMB_GITSYNC_LOOSE_H

/*
 * A guard before the objects of a repository that are in no pack: one that is cut or changed is an error of
 * the class GIT_ERROR_ODB.  libgit2 1.5 by itself waits for the rest of one that is cut for ever.
 *
 * Private to gitsync.
 */

#include "gitsync/git2_api.h"

/* From now on, for the objects of a repository in that directory.  What libgit2 says: 0, or its error. */
int loose_guard(git_odb *, const char *directory);

#endif
