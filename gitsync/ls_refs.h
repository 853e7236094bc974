#ifndef PLUMB_GITSYNC_LS_REFS_H
#define PLUMB_GITSYNC_LS_REFS_H

/*
 * Git's protocol v2 as far as a poll needs it: what a server says it can, and the command ls-refs
 * (gitprotocol-v2(5); the lines that carry it: gitprotocol-common(5)).  Private to gitsync.
 *
 * The readers take whatever a remote sends: what breaks the protocol is ERROR_CORRUPT, what ends before its
 * end ERROR_UNAVAILABLE, more than 200,000 refs ERROR_OUT_OF_MEMORY.
 */

#include "base/arena.h"
#include "base/error.h"
#include "gitsync/mirror.h"

enum { REFS_MAX = 200 * 1000 };

struct remote_ref {
    struct str name;   /* without spaces and control characters, but not always a name that Git allows */
    struct str target; /* of a symbolic ref, where the remote tells it; else empty */
    struct commit_id id;
};

struct remote_refs {
    struct remote_ref *refs; /* in the remote's order; views into the answer */
    size_t count, capacity;
};

void remote_refs_add(struct arena *, struct remote_refs *, const struct remote_ref *);

/* Cuts what a server says of itself off the front of `*rest`.  `offered`: it speaks v2 and has ls-refs; else
 * it has begun an older conversation, and `*rest` is of no use. */
WARN_UNUSED bool ls_refs_read_offer(struct str *rest, bool *offered, struct error *);

/* A request for the refs whose names begin with one of the prefixes. */
void ls_refs_write(struct buf *, const struct str *prefixes, size_t count);

/* `refused`: the server does not know the command after all, or says that something is wrong. */
WARN_UNUSED bool ls_refs_read(struct arena *, struct str answer, struct remote_refs *, bool *refused,
                              struct error *);

#endif
