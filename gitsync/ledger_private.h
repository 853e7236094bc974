#ifndef PLUMB_GITSYNC_LEDGER_PRIVATE_H
#define PLUMB_GITSYNC_LEDGER_PRIVATE_H

/* What the files of the ledger share. */

#include "gitsync/git2_api.h"
#include "gitsync/ledger.h"

enum { LEDGER_REF_MAX = 64 };

struct ledger {
    struct mirror *mirror;
    char ref[LEDGER_REF_MAX];  /* refs/plumb/<account>, here and there */
    char seen[LEDGER_REF_MAX]; /* refs/seen/<account>: the newest tip that this cache has seen there */
    struct commit_id tip;
    struct ledger_hub *hub; /* or NULL */
};

/* ledger_append.c */

/* The commit of an event on top of the tip, here only. */
WARN_UNUSED bool ledger_write_event(struct ledger *, const struct ledger_event *, git_oid *, struct error *);
/* Pushes the line up to `id`; the remote is to be at the tip.  As ledger_append. */
WARN_UNUSED bool ledger_push(struct ledger *, const git_oid *id, struct error *);

/* ledger_hub.c: for a ledger that has joined. */
WARN_UNUSED bool hub_append(struct ledger *, const struct ledger_event *, struct error *);
WARN_UNUSED bool hub_refresh(struct ledger *, int64_t age_ms, struct error *);

/* The message of an event's commit: subject, body, trailers; `nonce` makes the commit unlike any other.
 * Text cannot forge a trailer: see ledger_message.c. */
WARN_UNUSED bool ledger_message(const struct ledger_event *, const char *nonce, struct buf *, struct error *);

/* Writes the tree of the event on top of the tip's (NULL: an empty ledger). */
WARN_UNUSED bool ledger_tree(struct ledger *, git_commit *tip, const struct ledger_event *, git_oid *,
                             struct error *);

/* ledger_chain.c: the line of commits, and what this cache has seen of it. */

/* The commit that a local ref names; all zero where there is none. */
WARN_UNUSED bool ledger_read_ref(struct ledger *, const char *ref, git_oid *, struct error *);
/* The newest tip that was seen here, be it in a cache that was damaged since; all zero: none. */
WARN_UNUSED bool ledger_read_seen(struct ledger *, git_oid *, struct error *);
void ledger_set_tip(struct ledger *, const git_oid *);
/* Goes back from `tip`, one parent at a time: is `old` on that line?  It cannot be at `end` or before, where
 * that is not NULL.  A merge is ERROR_CORRUPT. */
WARN_UNUSED bool ledger_is_on_line(struct ledger *, const git_oid *tip, const git_oid *old,
                                   const git_oid *end, bool *yes, struct error *);
/* ERROR_CORRUPT unless `tip` comes after `old` (all zero: anything does). */
WARN_UNUSED bool ledger_check_follows(struct ledger *, const git_oid *old, const git_oid *tip,
                                      struct error *);
/* Remembers the tip, unless another ledger on this cache has seen a newer one meanwhile. */
WARN_UNUSED bool ledger_advance_seen(struct ledger *, const git_oid *tip, struct error *);

#endif
