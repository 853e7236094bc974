#ifndef PLUMB_RECONCILER_CREW_H
#define PLUMB_RECONCILER_CREW_H

/*
 * The threads that take turns from the agenda (keeper.h): as many as it has turns for, up to a number.  One
 * that has had nothing to do for a while ends, so that at rest neither its session, its stack nor what the
 * allocator keeps for each thread holds any memory; the last one stays.
 *
 * From one thread alone.
 */

#include "reconciler/keeper.h"

struct crew;

/* The options stay the caller's, and live as long; by their session options each worker opens a session of
 * its own. */
struct crew *crew_start(const struct keeper_options *, size_t most);

/* Starts workers for what is due, and buries those that have ended: to be called every few milliseconds. */
void crew_tend(struct crew *);

/* Every worker ends, with its turn; the agenda gives no turn afterwards until agenda_start. */
void crew_stop(struct crew *);

#endif
