#ifndef PLUMB_RECONCILER_AGENDA_H
#define PLUMB_RECONCILER_AGENDA_H

/*
 * What `plumb run` has to look at, and when: a queue of environments and their applications, each in it once
 * however often it is asked for.  Workers take turns from it.
 *
 * Environments are served in rotation, so that one with much to do delays no other by more than one turn, and
 * one turn of an environment is taken at a time: first the environment itself, then its applications in their
 * order.  Safe from any thread.
 */

#include "base/clock.h"
#include "base/str.h"

struct agenda;

enum { AGENDA_NEVER = INT64_MAX };

/* Something to look at: an environment, or one of its applications. */
struct agenda_item {
    char *environment, *application; /* ""; "orders" */
    void
        *memo; /* what is remembered of it between turns; zeroed at first; only who has the turn touches it */
};

struct agenda_options {
    const struct clock *clock;
    size_t memo_size;
    void (*memo_free)(void *memo); /* of what is in it; may be NULL */
};

struct agenda *agenda_new(const struct agenda_options *);
void agenda_free(struct agenda *); /* nobody may have a turn */

/* An environment, due at once.  False: it is there already. */
bool agenda_add(struct agenda *, struct str environment);

bool agenda_has(struct agenda *, struct str environment);

/* An application of the environment whose turn the caller has; `order` is its place among the others.  The
 * item stays where it is until agenda_free.  `fresh`: it was not there; it is due at once. */
struct agenda_item *agenda_application(struct agenda *, const struct agenda_item *environment,
                                       struct str application, size_t order, bool *fresh);

/* Due at once: all environments (not their applications); the environment; the application.  One that has its
 * turn just now has another one afterwards.  False: not known here. */
void agenda_look_at_all(struct agenda *);
/* All applications of the environment, or where that is empty of all; false: there are none. */
bool agenda_look_at_each(struct agenda *, struct str environment);
bool agenda_look_at(struct agenda *, struct str environment, struct str application);

/* The same for an item of the environment whose turn the caller has. */
void agenda_hurry(struct agenda *, struct agenda_item *);

/* Waits at most `patience_ms` for the next turn: NULL when there was none, or agenda_stop was called. */
struct agenda_item *agenda_take(struct agenda *, int64_t patience_ms);
/* Ends the turn: it is due again at `due_ms` (monotonic; AGENDA_NEVER: not by itself). */
void agenda_give(struct agenda *, struct agenda_item *, int64_t due_ms);

/* Whoever waits stops waiting, and no turn is given until agenda_start. */
void agenda_stop(struct agenda *);
void agenda_start(struct agenda *);

/* How many could be at work now: turns that are taken, and that could be. */
size_t agenda_turns(struct agenda *);
/* Has nobody a turn, and is nothing due now? */
bool agenda_is_idle(struct agenda *);

#endif
