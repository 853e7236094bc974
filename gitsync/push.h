#ifndef PLUMB_GITSYNC_PUSH_H
#define PLUMB_GITSYNC_PUSH_H

/* The only caller of git_remote_push.  Private to gitsync. */

#include "gitsync/git2_api.h"
#include "gitsync/mirror.h"

/*
 * Compare-and-swap of one ref of the remote: from `expected` (all zero: it must not exist) to the commit
 * `next`, which is in the mirror's object store and is pushed with what it needs.  `next` NULL: the ref goes.
 *
 * True: the remote said that it did.  Else:
 * - *sent is false: nothing was written; ERROR_CONFLICT when the ref is not at `expected`.
 * - ERROR_DENIED: refused for good, with the remote's words; not written.
 * - ERROR_CONFLICT: the remote says that the ref is not at `expected`, or somebody holds it just now.
 * - anything else: the outcome is unknown; read the ref.
 *
 * The comparison is made twice: here with what the remote advertises, so that nothing is sent in vain, and by
 * the remote's own check of the old value when it writes.
 */
WARN_UNUSED bool push_ref(struct mirror *, const char *ref, const git_oid *expected, const git_oid *next,
                          bool *sent, struct error *);

#endif
