#ifndef PLUMB_RECONCILER_PROMOTING_H
#define PLUMB_RECONCILER_PROMOTING_H

/*
 * Promotion, done: where promotion_judge says that a release may go on, a pull request is opened that moves
 * the target's `revision:` line, or without a forge a branch is pushed.  It is kept up to date, closed when
 * it has lost its sense, and merged where `auto: true` says so and all conditions hold at that moment.
 *
 * The instance that keeps the target's account does it: the plan is made against that account.
 */

#include "reconciler/promotion.h"
#include "reconciler/proposal.h"

struct promotion_options {
    struct session *session;
    struct forge *forge;    /* NULL: the branch plumb/promote/ENV-APP is all */
    struct str application; /* the only one; empty: all */
    /* Is it an environment to promote into? */
    bool (*keeps)(const void *self, struct str environment);
    const void *keeps_self;
};

struct promotion_outcome {
    struct promotion_verdict verdict;
    struct proposed proposed; /* head "": nothing was proposed */
    struct str plan_hash;
    struct commit_facts
        *commits; /* what is promoted, the newest first; of a first promotion the revision itself */
    size_t commit_count;
    bool more; /* there are others: nobody can say who all their authors are */
};

enum promotion_way {
    PROMOTION_PROPOSE, /* a branch, and a pull request where there is a forge */
    PROMOTION_PUSH,    /* a commit on the watched branch itself */
};

/* Judges one target, and does what is ready.  The texts live in the arena. */
WARN_UNUSED bool promotion_propose(const struct promotion_question *, enum promotion_way, struct arena *,
                                   struct promotion_outcome *, struct error *);

/* Fills `commits` of an outcome that has a verdict. */
WARN_UNUSED bool promotion_commits(const struct promotion_question *, struct arena *,
                                   struct promotion_outcome *, struct error *);

/* What a process remembers between passes: only when to look again, and what it has said. */
struct promotion_memory;
struct promotion_memory *promotion_memory_new(void);
void promotion_memory_free(struct promotion_memory *);

/* One pass over all targets of the options; false: there are none.  What fails is logged, and is one target's
 * trouble.  Where no application of a commit has `promotion:`, the next pass at that commit costs nothing. */
bool promotion_pass(const struct promotion_options *, struct promotion_memory *);

#endif
