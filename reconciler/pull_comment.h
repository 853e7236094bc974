#ifndef PLUMB_RECONCILER_PULL_COMMENT_H
#define PLUMB_RECONCILER_PULL_COMMENT_H

/*
 * What a pull request would do to the stages of one account, as a comment in Markdown: what is dangerous
 * first, then what somebody changed by hand and would lose, the changes, how traffic would move, and what it
 * costs to be wrong.  docs/pull-requests.md shows one.
 *
 * All texts here are as they come, from the repository, the account or people: pull_comment escapes them
 * (markdown.h).  Secrets are "****" already: plans hold them so.
 */

#include "base/arena.h"
#include "base/error.h"
#include "base/value.h"

enum told_level {
    TOLD_QUIET,   /* nothing happens */
    TOLD_CHANGES, /* the way back is a commit */
    TOLD_CARE,    /* it overwrites what somebody did, changes permissions, or is held */
    TOLD_DANGER,  /* something is replaced or deleted */
    TOLD_BLOCKED, /* it could not be planned, or would not be applied */
};

/* One property of a resource, or where the path is empty the resource. */
struct told_row {
    struct str resource, type, path;
    struct str before, after; /* live, and as it would be */
    struct str note;          /* a sentence, or what was applied last */
};

struct told_rows {
    struct told_row *items;
    size_t count, capacity;
};

struct told_texts {
    struct str *items;
    size_t count, capacity;
};

void told_row_add(struct arena *, struct told_rows *, struct told_row);
void told_text_add(struct arena *, struct told_texts *, struct str);

struct told_application {
    struct str name;
    enum told_level level;
    struct str failure;  /* why it could not be planned; then nothing else is told */
    struct str headline; /* "1 to replace, 2 to update" */
    struct str traffic;  /* "10 % for 5 min, then all"; empty: none moves */
    struct told_rows gone, drift, changes;
    struct told_texts held, rollout, costs;
    struct str hash;                     /* of what is shown: over the plan, head and base; hex */
    int64_t shown_ms;                    /* wall time: since when that hash is shown; INT64_MAX: not yet */
    struct str approved_by, approved_at; /* login; ISO 8601 */
    struct str substance, asked;         /* of the plan: for reviews (review.h); empty: there is none */
};

struct told_stage {
    struct str name, region;
    struct str note;           /* why it is not planned; empty: it is */
    bool blocked;              /* that is a mistake */
    struct told_texts changed; /* keys of environment.yaml that are others */
    struct told_application *applications;
    size_t count;
    bool needs_approval; /* pullRequests: {apply: ask} */
    bool has_approvers;
};

/* What somebody asked for by a comment, and what came of it. */
struct told_answer {
    struct str by, asked, outcome;
};

enum { TOLD_ANSWERS_MAX = 10 };

struct told_pull {
    struct str account;
    struct str head, base, branch;
    struct str time; /* ISO 8601: when it was read */
    bool merged;     /* it was merged, and what is told is held since */
    struct told_texts conflicts;
    size_t conflict_count;
    struct told_stage *stages; /* in the order in which they are shown */
    size_t count;
    struct told_answer *answers; /* the newest last */
    size_t answer_count;
    const struct value *state; /* what the next process needs of this one: kept in the comment, not shown */
};

/* At most `max` bytes; what is cut is counted in it. */
struct str pull_comment(struct arena *, const struct told_pull *, size_t max);

/* The state of such a comment, or NULL.  It may be anything: who writes to the repository may edit it. */
struct value *pull_comment_state(struct arena *, struct str comment);

/* One line about a stage, for a commit status; no markup. */
struct str pull_stage_line(struct arena *, const struct told_stage *);
enum told_level told_stage_level(const struct told_stage *);

#endif
