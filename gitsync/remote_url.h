#ifndef PLUMB_GITSYNC_REMOTE_URL_H
#define PLUMB_GITSYNC_REMOTE_URL_H

/* The name of a remote repository, taken apart and checked.  Private to gitsync. */

#include "base/arena.h"
#include "base/error.h"

enum { REMOTE_URL_MAX = 2048 };

enum remote_kind { REMOTE_LOCAL, REMOTE_HTTP, REMOTE_SSH };

struct remote_url {
    enum remote_kind kind;
    const char *shown; /* without user info; for a local one the path */
    const char *user;  /* "" where none is given */
    const char *host;
    const char *port; /* "" where none is given */
    const char *path; /* local: absolute, without symbolic links; ssh: as the server takes it */
    const char *base; /* http: the URL to which "/info/refs" is appended, without user info */
};

/* Reads a path, file://, https://, http:// to loopback, ssh:// or user@host:path.  Texts live in the arena.
 * Refused: a password, anything that a command could take for an option, control characters.  No message
 * repeats the user info. */
WARN_UNUSED bool remote_url_read(struct arena *, struct str text, struct remote_url *, struct error *);

#endif
