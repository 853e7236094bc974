#ifndef PLUMB_GITSYNC_REMOTE_REFS_H
#define PLUMB_GITSYNC_REMOTE_REFS_H

/* Some of a remote's refs, at the least cost that it allows.  Private to gitsync. */

#include "base/arena.h"
#include "gitsync/session.h"

enum { REFS_MAX = 200 * 1000 };

struct remote_ref {
    struct str name;   /* without spaces and control characters, but not always a name that Git allows */
    struct str target; /* of a symbolic ref, where the remote tells it; else empty */
    struct commit_id id;
};

struct remote_refs {
    struct remote_ref *refs; /* in the remote's order */
    size_t count, capacity;
};

void remote_refs_add(struct arena *, struct remote_refs *, const struct remote_ref *);
/* NULL: not there. */
const struct remote_ref *remote_refs_find(const struct remote_refs *, struct str name);

/* Those that the interests name, each a name or, with a "/" at its end, all below it: from the files of a
 * repository on this machine, else by one small request where the remote speaks protocol v2; there may be
 * others among them.  Everything lives in the arena.  False without an error in the session: only its whole
 * list helps (session_connect). */
WARN_UNUSED bool remote_refs_read(struct session *, struct arena *, const struct str *interests, size_t count,
                                  struct remote_refs *);

/* local_refs.c: the files alone, without a process.  False, with nothing said: `git` has to be asked, because
 * the repository is another user's, of a kind that libgit2 does not know, hides some of its refs or changes
 * just now. */
WARN_UNUSED bool local_refs_read(struct arena *, const char *path, const struct str *interests, size_t count,
                                 struct remote_refs *);

#endif
