#ifndef PLUMB_RECONCILER_PROPOSAL_H
#define PLUMB_RECONCILER_PROPOSAL_H

/*
 * A proposal: one commit that moves the `revision:` line of one application, on a branch of plumb's own, and
 * the pull request for it where there is a forge.  It is brought to a state: done again, nothing happens.
 *
 * The commit stands on the tip of the watched branch.  When that moves on, it stays where it is as long as
 * the environment's directory and plumb.yaml are the same there, so that approvals of it stay good.
 */

#include "gitsync/forge.h"
#include "reconciler/session.h"

struct proposal {
    struct session *session;
    struct forge *forge; /* NULL: only the branch */
    const struct environment *environment;
    const struct application *application;
    struct str branch;         /* "plumb/promote/prod-orders" */
    struct commit_id revision; /* that the line is to name */
    struct str title;          /* of the commit and the pull request */
    struct str message;        /* the rest of the commit's message; what changes it voids approvals */
    struct str body;           /* of the pull request: Markdown */
};

struct proposed {
    struct commit_id head;
    bool moved;       /* the branch was made or moved */
    struct pull pull; /* number 0: there is no forge */
};

/* "plumb/promote/prod-orders" of "promote". */
struct str proposal_branch(struct arena *, const char *kind, struct str environment, struct str application);

/* Of the branch that the session watches; ERROR_INVALID where it looks at a tag or commit. */
WARN_UNUSED bool proposal_put(const struct proposal *, struct arena *, struct proposed *, struct error *);

/* Puts the commit on the watched branch itself.  ERROR_CONFLICT: the branch has moved; look again. */
WARN_UNUSED bool proposal_push(const struct proposal *, struct arena *, struct commit_id *, struct error *);

/* Closes the pull request and deletes the branch; `was` tells whether there was one. */
WARN_UNUSED bool proposal_close(struct session *, struct forge *, struct arena *, struct str branch,
                                bool *was, struct error *);

#endif
