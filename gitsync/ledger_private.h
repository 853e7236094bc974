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
};

/* The message of an event's commit: subject, body, trailers; `nonce` makes the commit unlike any other.
 * Text cannot forge a trailer: see ledger_message.c. */
WARN_UNUSED bool ledger_message(const struct ledger_event *, const char *nonce, struct buf *, struct error *);

/* Writes the tree of the event on top of the tip's (NULL: an empty ledger). */
WARN_UNUSED bool ledger_tree(struct ledger *, git_commit *tip, const struct ledger_event *, git_oid *,
                             struct error *);

#endif
