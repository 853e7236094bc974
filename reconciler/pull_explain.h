#ifndef PLUMB_RECONCILER_PULL_EXPLAIN_H
#define PLUMB_RECONCILER_PULL_EXPLAIN_H

/*
 * A plan in the words of a pull request's comment: what goes and what is lost with it, what somebody changed
 * by hand and would lose, how traffic would move, and what it costs to be wrong.
 *
 * What is live and was never in Git is shown, because a merge would overwrite it; where its name says that it
 * is a secret ("..._PASSWORD", "API_KEY"), it is not: a comment has more readers than the console.
 */

#include "reconciler/pull_comment.h"
#include "reconciler/session.h"

/* Everything is copied into the arena. */
void pull_explain(struct arena *, const struct subject *, struct plan *, struct told_application *);

/* Does a name say that its value is a secret? */
bool pull_name_is_secret(struct str path);

#endif
