#ifndef PLUMB_GITSYNC_SESSION_H
#define PLUMB_GITSYNC_SESSION_H

/*
 * One conversation with the remote (a listing, a fetch or a push): its deadline, what the other side said,
 * and why it broke.  Private to gitsync.
 *
 * A transport that fails puts the reason in session->error and returns -1 to libgit2; session_failed then
 * prefers that reason to libgit2's own words.
 */

#include "gitsync/git2_api.h"

#include "base/error.h"
#include "base/str.h"
#include "gitsync/mirror.h"

enum { SESSION_WORDS_MAX = 4096 };

struct session {
    struct mirror *mirror;
    git_remote *remote;
    git_remote_callbacks callbacks;
    git_smart_subtransport_definition definition;
    int64_t deadline_ms; /* monotonic */
    uint64_t received;   /* bytes, at most the mirror's fetch_max */
    struct buf words;    /* what the remote said beside the protocol: hooks, errors */
    struct error error;  /* code ERROR_NONE while nothing broke */
};

/* Begins; session_end must follow, also after a failure.  The session must not move in memory meanwhile. */
WARN_UNUSED bool session_begin(struct session *, struct mirror *, struct error *);
void session_end(struct session *);

/* Connects and reads the remote's refs. */
WARN_UNUSED bool session_connect(struct session *, git_direction, const git_remote_head ***, size_t *count,
                                 struct error *);

/* False, with session->error set, when the deadline has passed, the caller has cancelled or too much was
 * received. */
WARN_UNUSED bool session_go_on(struct session *);
int64_t session_left_ms(const struct session *); /* 0 when the deadline has passed */

/* Counts received bytes; false as session_go_on. */
WARN_UNUSED bool session_received(struct session *, size_t bytes);
/* Adds words of the remote: only the text's beginning is kept. */
void session_say(struct session *, struct str);
/* The words in one line, without control characters, in a buffer of the session; "" for none. */
struct str session_words(struct session *);

/* Sets the error of a failed libgit2 call: "<what> 'url': reason".  Always returns false. */
bool session_failed(struct session *, int result, struct error *, const char *what);

#endif
