#ifndef PLUMB_RECONCILER_PULLS_H
#define PLUMB_RECONCILER_PULLS_H

/*
 * Pull requests: one pass over the open ones into the branch that the session follows.  Each that touches a
 * stage of the account gets one comment, brought up to date in its place, and one commit status a stage,
 * "plumb/<environment>"; what approvers say there is obeyed.  docs/pull-requests.md is the manual for users.
 *
 * The memory only saves work: what it does not have is found out again from Git, the ledger, the account and
 * the comment itself.  A pull request that is as it was (head, base, ledger, and read not longer ago than the
 * `drift: {every}` of its stages) costs nothing but its line in the forge's list.
 */

#include "gitsync/forge.h"
#include "reconciler/session.h"

struct pulls_options {
    /* Of its own, and without a share: a pass fetches all branches and moves it; afterwards it stands at the
     * base branch. */
    struct session *session;
    struct forge *forge;
    struct str account; /* whose stages are looked at */
};

struct pulls_memory;
struct pulls_memory *pulls_memory_new(void);
void pulls_memory_free(struct pulls_memory *); /* NULL is fine */

/*
 * Trouble with one pull request is logged and tried again later, and holds up no other.  An error is one that
 * all have: the repository, the ledger or the forge cannot be reached, the token is not accepted, the forge
 * wants to be left alone (forge_wait_ms), or the session was cancelled.
 */
WARN_UNUSED bool pulls_pass(const struct pulls_options *, struct pulls_memory *, struct error *);

#endif
