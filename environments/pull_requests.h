#ifndef PLUMB_ENVIRONMENTS_PULL_REQUESTS_H
#define PLUMB_ENVIRONMENTS_PULL_REQUESTS_H

/*
 * `pullRequests:` of environment.yaml: who may say something to plumb in a pull request that touches the
 * environment, whether those of forks are looked at, and what a merge applies.  docs/pull-requests.md is the
 * manual for users.
 *
 *     pullRequests: {approvers: [ann, bob], forks: false, apply: reviewed}
 */

#include "base/value.h"

/* What is applied after a merge, from the one that asks for least. */
enum pull_apply {
    PULL_APPLY_ALWAYS,   /* whatever the plan is then; where left out */
    PULL_APPLY_REVIEWED, /* the plan that the pull request showed */
    PULL_APPLY_ASK,      /* the plan that an approver approved there */
};

enum { PULL_APPROVERS_MAX = 100 };

struct pull_policy {
    struct str *approvers; /* logins at the forge */
    size_t approver_count;
    bool forks;
    enum pull_apply apply;
};

/* NULL: nothing is said.  Everything lives in the arena of the node. */
WARN_UNUSED bool pull_policy_read(struct arena *, const struct value *node, struct pull_policy *,
                                  struct error *);

/* Logins are the same in any case, as at the forges. */
bool pull_policy_names(const struct pull_policy *, struct str login);

/* "always", ... */
const char *pull_apply_name(enum pull_apply);

#endif
