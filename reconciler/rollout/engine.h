#ifndef PLUMB_RECONCILER_ROLLOUT_ENGINE_H
#define PLUMB_RECONCILER_ROLLOUT_ENGINE_H

/*
 * Carries a rollout on, tick by tick: whoever holds the application's claim calls rollout_tick about once a
 * second until it ends.  A tick never waits for long: hooks and synthetic requests run on the workers.
 *
 * The order of things that a kill at any instant survives: a forward step is in the record before the alias
 * is written; a rollback writes the alias first, because going back is always allowed and must not wait for
 * Git.  Whoever goes on reads where the alias is.
 *
 * One thread at a time for each run.
 */

#include "base/workers.h"
#include "reconciler/rollout/evidence.h"
#include "reconciler/rollout/notify.h"
#include "reconciler/rollout/rollout.h"

enum { ROLLOUT_LISTEN_MS = 10 * 1000 };

/* What people and Git say. */
struct rollout_orders {
    int64_t number; /* of the last order of a person; 0: there was none */
    bool abort, promote, pause, resume;
    struct str by;    /* who gave it; may be empty */
    struct str newer; /* a sentence about the commit that takes the place of this one; empty: there is none */
};

struct rollout_keeper {
    void *self;
    /* Puts the rollout into the ledger; `what` is the event in a few words ("10 %", "holds").  Asked before
     * every forward step.  ERROR_CONFLICT: somebody else holds the application. */
    bool (*save)(void *self, const struct rollout *, const char *what, struct error *);
    /* May AWS still be written to?  ERROR_CONFLICT: the lease is over. */
    bool (*check)(void *self, struct error *);
    /* At most every ROLLOUT_LISTEN_MS, and before every forward step.  The texts live in the arena. */
    bool (*listen)(void *self, struct arena *, struct rollout_orders *, struct error *);
    /* The last line of the history is a notice (rollout_announce): tells whoever wants to know.  Never waits,
     * never fails for the rollout; it is in the ledger already, unless Git could not be written.  May be
     * NULL. */
    void (*tell)(void *self, const struct rollout *);
};

struct rollout_options {
    struct aws *aws;
    const struct http *http; /* of synthetic requests */
    const struct clock *clock;
    const struct log *log;
    struct workers *workers;
    struct board *board;
    struct rollout_keeper keeper;
    struct str label;                            /* "prod/orders": for the log */
    struct str environment, application, commit; /* what hooks are told */
};

struct rollout_run;

/* Takes a copy of the rollout. */
struct rollout_run *rollout_run_new(const struct rollout_options *, const struct rollout *);
/* Waits for what still runs on the workers. */
void rollout_run_free(struct rollout_run *);

/* False where the claim is lost (ERROR_CONFLICT) or the process is asked to stop (ERROR_CANCELLED): then the
 * run is left as it is, and another instance goes on.  Everything else is no error but a reason to hold, to
 * try again or to go back. */
WARN_UNUSED bool rollout_tick(struct rollout_run *, bool *ended, struct error *);

/* As it is now; valid until the next tick. */
const struct rollout *rollout_of(const struct rollout_run *);

/* What the engine asks a board about the rollout, for whoever only looks on; and since when what counts in
 * its present step. */
struct watcher *rollout_watch(struct board *, struct arena *scratch, const struct rollout *);
void rollout_watch_step(struct watcher *, const struct rollout *);

#endif
