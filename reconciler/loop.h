#ifndef PLUMB_RECONCILER_LOOP_H
#define PLUMB_RECONCILER_LOOP_H

/*
 * The loop of `plumb run`: poll the repository, apply what changed, check drift, until it is cancelled; and
 * the same as single passes, for who is called now and then (`plumb run --once`, `plumb lambda`).
 *
 * One thread polls and says what is to be looked at (agenda.h); workers look (crew.h, keeper.h), each with a
 * session of its own while there is work; each rollout has a thread (rollers.h), and one promotes
 * (promoter.h).  Every pass can start from nothing but Git and the account.
 */

#include "gitsync/forge.h"
#include "reconciler/inbound.h"
#include "reconciler/session.h"

enum { LOOP_WORKERS = 24, LOOP_WORKERS_MAX = 64 };

struct loop_options {
    struct session_options session;
    struct str
        target;      /* ENV or ENV/APP; empty: the environments of the account that the credentials are for */
    int64_t poll_ms; /* 0: `poll` of plumb.yaml */
    size_t workers;  /* 0: LOOP_WORKERS */
    struct inbound_options inbound;
    struct forge *forge; /* for promotions; NULL: there is none */
    /* Both or none, of loop_run: session.cancelled, which it sets to stop and begin anew, and whether
     * somebody asked for the end, who sets both. */
    atomic_bool *drains;
    const atomic_bool *told;
};

/* For ever, also where no environment is in the account yet.  Returns when session.cancelled is set: true;
 * false when it could not begin. */
WARN_UNUSED bool loop_run(const struct loop_options *, struct error *);

struct loop;

/* What a pass came to. */
struct loop_result {
    size_t environments; /* that are kept here */
    size_t looks;        /* at applications */
    size_t failures;     /* applications and environments that are not as Git wants them; they are logged */
    bool complete;       /* nothing more was due */
};

/* Opens the repository and finds the environments; all of them are due.  The options live longer. */
WARN_UNUSED bool loop_open(const struct loop_options *, struct loop **, struct error *);
/* One pass, with the work that comes out of it: until nothing is due at once and no rollout is under way.
 *
 * From `until_ms` on (monotonic; INT64_MAX: never) nothing is begun any more, and what is under way goes on
 * until it is done or session.cancelled is set: the next pass, here or elsewhere, continues it.  False where
 * the repository cannot be read. */
WARN_UNUSED bool loop_pass(struct loop *, int64_t until_ms, struct loop_result *, struct error *);
/* Something that came from outside, as messages of the queue are; what it is about is due now.  The loop
 * needs inbound.by_hand.  The error says what is wrong with what is refused. */
enum trigger_outcome loop_tell(struct loop *, struct arena *, struct str message, int64_t sent_ms,
                               struct error *);
/* No pass may be under way; NULL is fine. */
void loop_close(struct loop *);

#endif
