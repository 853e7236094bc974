#ifndef PLUMB_RECONCILER_PULLS_PRIVATE_H
#define PLUMB_RECONCILER_PULLS_PRIVATE_H

/* What the files of pulls share. */

#include "reconciler/pull_commands.h"
#include "reconciler/pull_preview.h"
#include "reconciler/pulls.h"

enum { PULL_SHA_SIZE = 40, FACTS_SIZE = 64 };

/* As it was left.  Text of people is cut to what the comment shows. */
struct pull_answer {
    char by[64], asked[64], outcome[256];
};

/* One pull request. */
struct pull_memory {
    struct pull_memory *next;
    int64_t number;
    char head[PULL_SHA_SIZE + 1], base[PULL_SHA_SIZE + 1], facts[FACTS_SIZE + 1];
    int64_t updated_ms;           /* as the forge said last */
    int64_t settled_ms;           /* monotonic: from then on the next comment moves updated_ms */
    int64_t heard_ms;             /* monotonic: when its comments were read last, and answered */
    int64_t handled;              /* the id of the last comment that was heard */
    bool met;                     /* its comments have been read once */
    bool commented;               /* it has a comment of ours */
    struct pull_preview *preview; /* NULL: not looked at */
    int64_t again_ms, failures;   /* monotonic */
    struct pull_answer answers[TOLD_ANSWERS_MAX];
    size_t answer_count;
    bool present;  /* of the pass under way */
    bool followed; /* it is not open any more, and what it showed may be held (review.h) */
};

struct pulls_memory {
    struct pull_memory *pulls;
    bool found_merged;           /* it was looked for merged ones that the ledger knows of */
    char tip[PULL_SHA_SIZE + 1]; /* of the ledger, when `facts` were made */
    char facts[FACTS_SIZE + 1];  /* over what the ledger has of the account's releases */
};

/* One pass. */
struct pulls_at_work {
    const struct pulls_options *options;
    struct pulls_memory *memory;
    struct arena *arena;
    struct str branch, self;
    struct commit_id base;
    struct ledger *ledger;
    int64_t every_ms; /* how old what was read of the account may be */
    bool forks;       /* a stage of ours takes those */
};

const struct session_options *pulls_session(const struct pulls_at_work *);

/* pulls.c: takes one out of the list. */
void pulls_forget(struct pull_memory **);

/* pulls_say.c: brings comment, statuses and the ledger's reviews to what the preview says. */
WARN_UNUSED bool pulls_say(struct pulls_at_work *, const struct pull *, struct pull_memory *, struct error *);
/* Stages that were told of at this head and are not touched any more get a status that says so. */
WARN_UNUSED bool pulls_unsay(struct pulls_at_work *, const struct pull *, const struct pull_preview *before,
                             const struct pull_preview *now, struct error *);

/* pulls_hear.c: what the comment of ours kept, and what was approved in the ledger; then the commands. */
void pulls_recall(struct pulls_at_work *, const struct comments *, struct pull_memory *);
WARN_UNUSED bool pulls_recall_approvals(struct pulls_at_work *, const struct pull *, struct pull_memory *,
                                        struct error *);
/* Does somebody who may ask for it want a new plan? */
bool pulls_asked_to_plan(const struct pull_memory *, const struct pull *, const struct pull_command *,
                         size_t count);
void pulls_obey(struct pulls_at_work *, const struct pull *, struct pull_memory *,
                const struct pull_command *, size_t count);

/* pulls_look.c: one pull request, and the memory of it. */
struct pull_memory *pulls_memory_of(struct pulls_memory *, int64_t number);
/* Trouble with this one alone is logged; false: all have it. */
WARN_UNUSED bool pulls_look_at(struct pulls_at_work *, const struct pull *, struct pull_memory *,
                               struct error *);
/* Is it trouble that others will meet, too, or a forge that wants to be left alone? */
bool pulls_is_everybodys(const struct pulls_at_work *, const struct error *);

/* pulls_follow.c: those that are not open any more. */
WARN_UNUSED bool pulls_follow(struct pulls_at_work *, const struct pulls *open, struct error *);

#endif
