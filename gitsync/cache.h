#ifndef PLUMB_GITSYNC_CACHE_H
#define PLUMB_GITSYNC_CACHE_H

/*
 * The directory in which a mirror is kept: made, looked over, and made anew where it is damaged.  All that is
 * in it comes from the remote again, but for refs/seen/, the newest tip of each ledger that was seen here: a
 * new directory has in "seen" what can be read of them in the damaged one, since a ref needs its object.
 *
 * Private to gitsync.  cache_open and cache_discard want the lock of the mirror (mirror_private.h).
 */

#include "gitsync/git2_api.h"

#include "base/error.h"

/* Opens it as it is, and needs no lock.  What libgit2 says: 0, or its error. */
int cache_try(const char *directory, git_repository **);

/* Opens it, and makes it where there is none or where libgit2 cannot open it; with `look` also where HEAD or
 * an end of a pack shows damage. */
WARN_UNUSED bool cache_open(const char *directory, bool look, git_repository **, struct error *);

/* Puts a damaged one away, for the next cache_open to make a new one.  Mirrors that are open on it lose what
 * they have not read yet, and find that out as damage. */
void cache_discard(const char *directory);

/* The tip that it took over of the ref of that name below refs/seen/; false: none. */
bool cache_seen(const char *directory, const char *name, git_oid *);

#endif
