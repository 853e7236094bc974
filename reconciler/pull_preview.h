#ifndef PLUMB_RECONCILER_PULL_PREVIEW_H
#define PLUMB_RECONCILER_PULL_PREVIEW_H

/*
 * What a merge of a pull request would do to the stages of one account: the applications whose desired state
 * it changes are planned as they would be merged, and the plans put into words (pull_explain.h).
 *
 * It only reads, with the credentials that the base branch names: of an environment whose account, region or
 * role the pull request changes, and of one that the base branch does not have, nothing is asked of AWS.  Who
 * may say what comes from the base branch, too.  No code of the repository is run.
 */

#include "gitsync/forge.h"
#include "reconciler/pull_comment.h"
#include "reconciler/session.h"

struct pull_preview {
    struct arena *arena;
    struct told_pull told;
    struct pull_policy *policies; /* of the base branch, one for each stage; a new one names nobody */
    bool again;                   /* something was not to be had just now: look again soon */
};

struct preview_options {
    struct session *session; /* stands at the base branch's commit, and does so again afterwards */
    struct commit_id head;   /* in the mirror */
    struct str account;
    struct str branch; /* the base */
    bool fork;         /* only stages that take forks are told of, and planned */
};

/* An error is one of the repository or the cache.  What is wrong with one environment is told in it. */
WARN_UNUSED bool pull_preview_make(const struct preview_options *, struct pull_preview **, struct error *);
/* The same for what a merged pull request showed and is held now (review.h): planned as the base branch is.
 * Empty where nothing of it is held any more.  `number` is the pull request's. */
WARN_UNUSED bool pull_preview_held(const struct preview_options *, int64_t number, struct pull_preview **,
                                   struct error *);
void pull_preview_free(struct pull_preview *); /* NULL is fine */

#endif
