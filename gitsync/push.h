#ifndef PLUMB_GITSYNC_PUSH_H
#define PLUMB_GITSYNC_PUSH_H

/* The only caller of git_remote_push.  Private to gitsync. */

#include "gitsync/git2_api.h"
#include "gitsync/mirror.h"

/*
 * Compare-and-swap of one ref of the remote: from `expected` (all zero: it must not exist) to the commit
 * `next`, which is in the mirror's object store and is pushed with what it needs.
 *
 * True: the remote said that it did.  Else:
 * - ERROR_CONFLICT: the ref is not at `expected` (or somebody holds it just now); not written.
 * - ERROR_DENIED: refused for good, with the remote's words; not written.
 * - anything else: the outcome is unknown, unless *sent is false; read the ref.
 *
 * The comparison is made twice: here with what the remote advertises, so that nothing is sent in vain, and by
 * the remote's own check of the old value when it writes.
 */
WARN_UNUSED bool push_ref(struct mirror *, const char *ref, const git_oid *expected, const git_oid *next,
                          bool *sent, struct error *);

#endif
