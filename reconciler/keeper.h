#ifndef PLUMB_RECONCILER_KEEPER_H
#define PLUMB_RECONCILER_KEEPER_H

/*
 * One turn of `plumb run`: a look at an environment, or at one application of it.
 *
 * An environment is read when a commit came.  An application has a turn when the commit changed anything that
 * it is made of (inputs.h), when its look for drift is due, or when somebody asks.  A failure is tried again
 * after growing pauses, at once when a commit comes.  What has vanished from Git is left as it is.
 */

#include "reconciler/agenda.h"
#include "reconciler/promotion.h"
#include "reconciler/rollers.h"
#include "reconciler/whereabouts.h"

enum { KEEPER_PAUSE_MAX_MS = 10 * 60 * 1000, KEEPER_PARKED = 8 }; /* parked: so many failures in a row */

/* Of an item; zeroed at first. */
struct keeper_memo;
size_t keeper_memo_size(void);
void keeper_memo_free(void *memo);

/* What the turns came to, of all workers together. */
struct keeper_count {
    atomic_size_t looks;    /* at applications */
    atomic_size_t failures; /* also releases that are not tried again; of applications and environments */
};

struct keeper_options {
    const struct session_options *session;
    struct agenda *agenda;
    struct rollers *rollers;
    struct promotion_index *promotions;
    struct whereabouts *whereabouts;
    struct keeper_count *count;
    struct str application; /* the only one that is kept; empty: all */
};

/* The turn of the item, at the commit of the session; gives it back.  Where a rollout takes the session away
 * *session is NULL afterwards. */
void keeper_turn(const struct keeper_options *, struct session **, struct agenda_item *);

#endif
