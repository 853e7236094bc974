#ifndef PLUMB_RECONCILER_PULL_COMMANDS_H
#define PLUMB_RECONCILER_PULL_COMMANDS_H

/*
 * What people ask for in comments of a pull request, each by a line of its own outside of code blocks:
 *
 *     plumb plan [ENV[/APP]]
 *     plumb approve [ENV[/APP]] [HASH]
 *
 * HASH is at least the first 7 digits of what the comment shows.  A comment counts as it was written: one
 * that was edited may have been so by somebody else than its author.
 */

#include "environments/pull_requests.h"
#include "gitsync/forge.h"
#include "reconciler/pull_comment.h"

enum pull_word { PULL_PLAN, PULL_APPROVE };

struct pull_command {
    enum pull_word word;
    struct str environment, application; /* empty: all */
    struct str hash;                     /* lower case; empty: what was shown when it was written */
    struct str text;                     /* the line */
    struct str by;
    int64_t comment; /* its id */
    int64_t time_ms;
    bool edited;
    bool malformed; /* it has words that are none of these */
};

enum { PULL_COMMANDS_MAX = 50, PULL_HASH_MIN = 7 };

/* Those of comments with a higher id than `after`, the oldest first, at most PULL_COMMANDS_MAX; what `self`
 * has written is none. */
size_t pull_commands_read(struct arena *, const struct comments *, int64_t after, struct str self,
                          struct pull_command **);

/* Is it about something of that stage? */
bool pull_command_is_about(const struct pull_command *, const struct told_stage *);

/* Why this person may not say so about the stage: a sentence; empty: they may. */
struct str pull_command_refusal(struct arena *, const struct pull_command *, const struct told_stage *,
                                const struct pull_policy *, struct str author);

/* Approves what the command is about and is as it was looked at; what came of it, in words.  The applications
 * get `approved_by`. */
struct str pull_command_approve(struct arena *, const struct pull_command *, struct told_stage *);

#endif
