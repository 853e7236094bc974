#ifndef PLUMB_RECONCILER_SUSPENSION_H
#define PLUMB_RECONCILER_SUSPENSION_H

/*
 * An application that `plumb run` leaves alone for a time: it neither releases nor heals it, and looks for no
 * drift.  A line in Git says so (`suspend:` of the application's file), or somebody by `plumb suspend`, which
 * is suspension.json in the ledger.  A rollout that is under way goes on, and what people do by hand
 * (`plumb apply`) is not held.
 */

#include "environments/environment.h"
#include "reconciler/note.h"

enum { SUSPENSION_MAX_MS = 90LL * 24 * 60 * 60 * 1000 }; /* of one by command: nobody forgets it for ever */

struct suspension {
    bool present;
    struct str reason;
    struct str by;    /* "Ann Example <ann@example.com>"; empty: Git says so */
    int64_t since_ms; /* wall; 0: not known */
    int64_t until_ms; /* wall; 0: until somebody ends it */
};

/* What holds at `now_ms`: Git's line first.  Of the ledger as it was last refreshed. */
WARN_UNUSED bool suspension_of(struct ledger *, struct arena *, const struct environment *,
                               const struct application *, int64_t now_ms, struct suspension *,
                               struct error *);

/* "suspended for 3 h, by Ann Example until 2026-11-28T10:00:00Z: the incident" */
struct str suspension_in_words(struct arena *, const struct suspension *, int64_t now_ms);

/* By command. */
WARN_UNUSED bool suspension_begin(const struct note *, struct arena *, const struct suspension *,
                                  struct error *);
/* ERROR_NOT_FOUND where nobody has suspended it so. */
WARN_UNUSED bool suspension_end(const struct note *, struct arena *, struct str by, struct error *);

/* Where the command's suspension of an application stands. */
struct note suspension_note(struct ledger *, const struct clock *, const struct environment *,
                            struct str application);

#endif
