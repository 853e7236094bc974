#ifndef PLUMB_GITSYNC_LS_REFS_H
#define PLUMB_GITSYNC_LS_REFS_H

/*
 * Git's protocol v2 as far as a poll needs it: what a server says it can, and the command ls-refs
 * (gitprotocol-v2(5); the lines that carry it: gitprotocol-common(5)).  Private to gitsync.
 *
 * The readers take whatever a remote sends: what breaks the protocol is ERROR_CORRUPT, what ends before its
 * end ERROR_UNAVAILABLE, more than 200,000 refs ERROR_OUT_OF_MEMORY.
 */

#include "gitsync/remote_refs.h"

/* Cuts what a server says of itself off the front of `*rest`.  `offered`: it speaks v2 and has ls-refs; else
 * it has begun an older conversation, and `*rest` is of no use. */
WARN_UNUSED bool ls_refs_read_offer(struct str *rest, bool *offered, struct error *);

/* A request for the refs whose names begin with one of the prefixes. */
void ls_refs_write(struct buf *, const struct str *prefixes, size_t count);

/* `refused`: the server does not know the command after all, or says that something is wrong. */
WARN_UNUSED bool ls_refs_read(struct arena *, struct str answer, struct remote_refs *, bool *refused,
                              struct error *);

#endif
