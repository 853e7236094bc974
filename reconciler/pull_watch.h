#ifndef PLUMB_RECONCILER_PULL_WATCH_H
#define PLUMB_RECONCILER_PULL_WATCH_H

/* The thread of `plumb run` that looks after pull requests (pulls.h), once a poll. */

#include "reconciler/pulls.h"

struct pull_watch_options {
    const struct session_options *session; /* without a share */
    struct forge *forge;
    struct str account;
    bool by_hand; /* no thread: pull_watch_wake makes the pass */
};

struct pull_watch;

struct pull_watch *pull_watch_start(const struct pull_watch_options *);
void pull_watch_wake(struct pull_watch *); /* from any thread; NULL is fine */
void pull_watch_stop(struct pull_watch *); /* the session is cancelled; NULL is fine */

#endif
