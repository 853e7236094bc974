#ifndef PLUMB_RECONCILER_LOOP_H
#define PLUMB_RECONCILER_LOOP_H

/*
 * The loop of `plumb run`: poll the repository, apply what changed, check drift, until it is cancelled.
 *
 * Every environment has a thread with a session of its own, so that one environment's trouble costs another
 * nothing.  Each pass can start from nothing but Git and the account.  A failure is tried again with growing
 * pauses (up to 10 minutes), at once when a newer commit comes.  An environment whose directory vanished is
 * left as it is.
 *
 * Each pass ends with the promotions into the environment (promoting.h), and records the health of what
 * others promote from it (health.h).
 */

#include "gitsync/forge.h"
#include "reconciler/session.h"

struct loop_options {
    struct session_options session;
    struct str
        target; /* ENV or ENV/APP; empty: the environments of the account that the credentials are for */
    int64_t poll_ms;
    struct forge *forge; /* for promotions; NULL: there is none */
};

/* Returns when session.cancelled is set: true; false when it could not begin. */
WARN_UNUSED bool loop_run(const struct loop_options *, struct error *);

#endif
