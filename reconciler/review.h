#ifndef PLUMB_RECONCILER_REVIEW_H
#define PLUMB_RECONCILER_REVIEW_H

/*
 * Plans that people have looked at in a pull request, and whether the plan at hand is one of them.
 *
 * What was shown of an application is a file of its own in the ledger, reviews.json beside release.json, so
 * that it outlives this process and the pull request.  It is kept where `pullRequests: {apply: reviewed}` or
 * `ask` asks for it (environments/pull_requests.h).  The newest REVIEWS_MAX pull requests are remembered.
 *
 * What counts after a merge is whether the plan is the same: all that Git asks of the application, all that
 * is live as far as the plan rests on it, and what is done about it (plan->substance).  The merge commit is
 * none of it, nor is what else came into the branch.
 */

#include "reconciler/session.h"

enum { REVIEWS_MAX = 50, REVIEW_COMMITS_MAX = 500 };

struct review_approval {
    struct str by;   /* login at the forge */
    struct str time; /* ISO 8601, of the comment */
};

struct plan_review {
    int64_t pull;                /* the pull request's number */
    struct str head, base;       /* commits */
    struct str substance, asked; /* of the plan that was shown */
    struct str time;             /* ISO 8601 */
    struct review_approval *approvals;
    size_t approval_count;
};

struct plan_reviews {
    struct plan_review *items; /* the oldest first */
    size_t count;
};

/* Whose reviews. */
struct review_place {
    struct ledger *ledger;
    struct str region, environment, application;
};

/* Of the ledger as it was last refreshed. */
WARN_UNUSED bool reviews_load(const struct review_place *, struct arena *, struct plan_reviews *,
                              struct error *);

/* Records what a pull request shows now, in the place of what it showed before.  Writes nothing where that is
 * what the ledger has. */
WARN_UNUSED bool review_record(const struct review_place *, const struct clock *, struct arena *,
                               const struct plan_review *, struct error *);

/* The pull request was closed: what it showed is no review of anything. */
WARN_UNUSED bool review_forget(const struct review_place *, const struct clock *, struct arena *,
                               int64_t pull, struct error *);

struct review_verdict {
    bool holds;
    struct str why; /* it holds: a sentence for people, with what to do */
};

/*
 * May the plan be applied, by the environment's policy?  The subject is planned.  The policy is the strictest
 * one that the branch has had since the commit that was released last (and at most REVIEW_COMMITS_MAX commits
 * ago), so that no merge loosens the rule by which it is judged itself.
 *
 * Never held: a plan without changes or one that only heals, and what goes on with a release that was let
 * through: of the same commit, where Git asks for what was reviewed.
 */
WARN_UNUSED bool review_check(struct subject *, const struct plan *, struct review_verdict *, struct error *);

#endif
