#ifndef PLUMB_RECONCILER_PROMOTION_H
#define PLUMB_RECONCILER_PROMOTION_H

/*
 * May a release go on to the next environment?  The judgement: it only reads Git, ledgers and the forge.
 *
 * The candidate is the commit that the earlier stage released last.  It must be newer than what the target
 * has: the commit of its `revision:` line, or without one what was released there last.
 */

#include "gitsync/forge.h"
#include "reconciler/session.h"

enum promotion_state {
    PROMOTION_NONE,  /* there is nothing to promote: a pull request for it has lost its sense */
    PROMOTION_WAITS, /* there is, and something stands against it that may pass */
    PROMOTION_READY,
};

struct promotion_question {
    struct session *session;
    struct forge *forge; /* NULL: there is none */
    const struct environment *environment;
    const struct application *application;
    struct str from; /* the earlier stage */
    int64_t now_ms;
};

enum { PROMOTION_REASONS_MAX = 64 };

struct promotion_verdict {
    enum promotion_state state;
    struct str *reasons; /* sentences: why there is nothing, or all that it waits for */
    size_t reason_count;
    struct commit_id from,
        to; /* `from` "": the target follows the branch and was never released; `to` "": none */
    struct release release; /* of the earlier stage */
};

WARN_UNUSED bool promotion_judge(const struct promotion_question *, struct arena *,
                                 struct promotion_verdict *, struct error *);

/*
 * Who promotes from whom, by the files of one commit: read once for each commit, however many ask.  Safe from
 * any thread.
 */
struct promotion_index;
struct promotion_index *promotion_index_new(void);
void promotion_index_free(struct promotion_index *); /* NULL is fine */

/* The longest soak that another stage asks of this application, at the session's commit; false: none promotes
 * from it.  Environments whose files are broken ask for nothing. */
bool promotion_soak(struct promotion_index *, struct session *, struct str environment,
                    struct str application, int64_t *soak_ms);

#endif
