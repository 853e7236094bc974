#ifndef PLUMB_RECONCILER_APPROVALS_H
#define PLUMB_RECONCILER_APPROVALS_H

/*
 * Whose word counts for a pull request of plumb.  A review counts only if it approves the present head, which
 * carries the plan hash: what was said of another plan or before the base moved is void.  Its author must be
 * allowed to write to the repository, and be neither who opened the pull request nor an author of what is
 * promoted.
 *
 * A forge tells logins, Git tells names and addresses: an author is known again by the name, by the part of
 * the address before the '@', or by the address that the forge gives out
 * ("123+ann@users.noreply.github.com").  One who uses other names in Git and on the forge is not.
 */

#include "gitsync/forge.h"
#include "gitsync/mirror.h"

struct approvals {
    int64_t count;
    struct str names;   /* "ann, bob" */
    struct str refused; /* who asks for changes; empty: nobody */
};

WARN_UNUSED bool approvals_read(struct forge *, struct arena *, const struct pull *,
                                const struct commit_id *head, const struct commit_facts *commits,
                                size_t count, struct approvals *, struct error *);

/* Is that login the author of the commit? */
bool approvals_is_author(struct str login, const struct commit_facts *);

#endif
