#ifndef PLUMB_RECONCILER_LOOP_H
#define PLUMB_RECONCILER_LOOP_H

/*
 * The loop of `plumb run`: poll the repository, apply what changed, check drift, until it is cancelled.
 *
 * One thread polls and says what is to be looked at (agenda.h); a fixed number of workers look (keeper.h),
 * each with a session of its own while there is work; each rollout has a thread (rollers.h), and one promotes
 * (promoter.h).  Every pass can start from nothing but Git and the account.
 */

#include "gitsync/forge.h"
#include "reconciler/inbound.h"
#include "reconciler/session.h"

enum { LOOP_WORKERS = 8, LOOP_WORKERS_MAX = 64 };

struct loop_options {
    struct session_options session;
    struct str
        target;      /* ENV or ENV/APP; empty: the environments of the account that the credentials are for */
    int64_t poll_ms; /* 0: `poll` of plumb.yaml */
    size_t workers;  /* 0: LOOP_WORKERS */
    struct inbound_options inbound;
    struct forge *forge; /* for promotions; NULL: there is none */
};

/* Returns when session.cancelled is set: true; false when it could not begin. */
WARN_UNUSED bool loop_run(const struct loop_options *, struct error *);

#endif
