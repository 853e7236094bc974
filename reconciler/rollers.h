#ifndef PLUMB_RECONCILER_ROLLERS_H
#define PLUMB_RECONCILER_ROLLERS_H

/*
 * The rollouts that `plumb run` has under way, each with a thread of its own: whoever waits for AWS elsewhere
 * keeps no traffic from going back.  Safe from any thread.
 */

#include "reconciler/agenda.h"
#include "reconciler/rolling.h"

enum { ROLLERS_MAX = 256 };

struct rollers;

struct rollers *rollers_new(struct agenda *);
/* Waits until all have ended; they do within a tick when the sessions are cancelled. */
void rollers_free(struct rollers *);

/* The same, and it goes on afterwards: nobody begins one meanwhile. */
void rollers_wait(struct rollers *);
bool rollers_any(struct rollers *);
/* How many have ended with traffic moved back, since the start. */
size_t rollers_rolled_back(struct rollers *);

/* Does the item have a rollout under way? */
bool rollers_have(struct rollers *, const struct agenda_item *);

/* Takes the application's rollout over, with its subject and the session; when it is over the item is due in
 * the agenda.  False: both are still the caller's. */
WARN_UNUSED bool rollers_begin(struct rollers *, const struct agenda_item *, struct session *,
                               struct subject *, struct error *);

#endif
