#ifndef PLUMB_RECONCILER_PROMOTER_H
#define PLUMB_RECONCILER_PROMOTER_H

/*
 * The thread of `plumb run` that promotes (promoting.h), with a session of its own while there is something
 * to promote into: once a poll, and at least once a minute, one target after the other.
 */

#include "reconciler/promoting.h"

struct promoter_options {
    const struct session_options *session;
    struct forge *forge;    /* or NULL */
    struct str application; /* the only one that is kept; empty: all */
    /* Which environments are kept here; from the promoter's thread. */
    bool (*keeps)(const void *self, struct str environment);
    const void *keeps_self;
};

struct promoter;

struct promoter *promoter_start(const struct promoter_options *);
/* There may be something new: a pass begins, or another one follows that which is under way.  From any
 * thread. */
void promoter_wake(struct promoter *);
void promoter_stop(struct promoter *); /* waits for its thread; the session is cancelled.  NULL is fine */

#endif
