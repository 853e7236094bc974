#ifndef PLUMB_GITSYNC_CHILD_H
#define PLUMB_GITSYNC_CHILD_H

/*
 * A child process that is spoken to over its standard input and output.  Private to gitsync.
 *
 * It runs in a process group of its own, in "/", with GIT_* variables taken out of its environment, messages
 * in English and no other open file than 0, 1 and 2.  No shell is involved.  Every wait obeys the session's
 * deadline and cancellation; child_stop leaves neither a process of the group nor a zombie behind.
 */

#include <sys/types.h>

#include "gitsync/session.h"

struct child {
    pid_t pid; /* 0: not running */
    int talk;  /* socket to its standard input and output */
    int words; /* pipe from its standard error; -1 at its end */
};

/* `variable` ("NAME=value") is added to its environment; NULL: none. */
WARN_UNUSED bool child_start(struct child *, struct session *, char *const argv[], const char *variable);
/* Both false with session->error set.  A read of 0 bytes is the end. */
WARN_UNUSED bool child_read(struct child *, struct session *, char *buffer, size_t size, size_t *got);
WARN_UNUSED bool child_write(struct child *, struct session *, const char *bytes, size_t size);
/* Waits for the end of a child that has closed its output, collecting its last words; its exit status, or -1
 * when it was killed or did not end in time. */
int child_wait(struct child *, struct session *);
/* Closes both ends, gives it a moment to end by itself, then kills its group.  Fine on a stopped one. */
void child_stop(struct child *);

#endif
