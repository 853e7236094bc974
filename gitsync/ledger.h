#ifndef PLUMB_GITSYNC_LEDGER_H
#define PLUMB_GITSYNC_LEDGER_H

/*
 * The ledger: the record of releases of one AWS account, on the ref refs/plumb/<account> of the repository
 * that is mirrored.  One commit is one event; its tree holds
 * <region>/<environment>/<application>/{release.json,inventory.json} and VERSION at the top.
 *
 * Appending is compare-and-swap against the remote: it succeeds only if the remote's ref still is the commit
 * that this ledger last saw.  When the answer to a push is lost, the ref is read again and decides.  The
 * history is linear; a ref whose tip does not descend from the tip last seen (kept in the mirror's cache) is
 * ERROR_CORRUPT: tampered with or reset, a person must look.
 *
 * One thread at a time per ledger.  Several ledgers on one remote race safely; those of one process that have
 * joined a hub do not race at all.
 */

#include "gitsync/mirror.h"

/* Written to VERSION; a ledger with a higher number was written by a newer plumb and is refused. */
enum { LEDGER_VERSION = 1 };

/* Bytes of one file.  Further limits of an event: 10,000 files; a subject of 200 bytes and a body of 64 KiB
 * (what is longer is cut, control characters become visible escapes); 64 trailers of 4 KiB (refused). */
enum { LEDGER_FILE_MAX = 16 * 1024 * 1024 };

struct ledger;

/* `account` is 12 digits.  Without a network: the ledger stands at the tip that this cache last saw. */
WARN_UNUSED bool ledger_open(struct mirror *, struct str account, struct ledger **, struct error *);
void ledger_close(struct ledger *);

/* Fetches the ref.  A ref that does not exist yet is an empty ledger.  ERROR_CORRUPT: the history was reset
 * or merged, with the commit ids; ERROR_INVALID: a newer plumb wrote it.  The tip stays where it was then. */
WARN_UNUSED bool ledger_refresh(struct ledger *, struct error *);

/* Does the cache know of something that this ledger has not seen: another ledger or a fetch may have brought
 * it? Without a network. */
WARN_UNUSED bool ledger_is_behind(struct ledger *, bool *behind, struct error *);

/* The tip as last refreshed or appended; "" for an empty ledger. */
const struct commit_id *ledger_tip(const struct ledger *);

/* A file at the tip; ERROR_NOT_FOUND where there is none. */
WARN_UNUSED bool ledger_read(struct ledger *, struct arena *, struct str path, struct str *bytes,
                             struct error *);
/* The entries of a directory at the tip; an absent one is empty. */
WARN_UNUSED bool ledger_list(struct ledger *, struct arena *, struct str directory, struct file_list *,
                             struct error *);

/* The names of the files of a directory at the tip, of those with the same content one; an absent directory
 * has none. */
WARN_UNUSED bool ledger_contents(struct ledger *, struct arena *, struct str directory, struct str **names,
                                 size_t *count, struct error *);

struct ledger_file {
    struct str path;
    struct str bytes;
    bool remove;
};

struct ledger_trailer {
    const char *key; /* "Plan-Hash" */
    struct str value;
};

struct ledger_event {
    struct str subject; /* "prod/orders: released 4f2c1e0" */
    struct str body;    /* in words; may be empty */
    const struct ledger_trailer *trailers;
    size_t trailer_count;
    const struct ledger_file *files; /* those that change */
    size_t file_count;
};

/*
 * One commit, pushed.  True: it is on the remote, and is the tip.
 * ERROR_CONFLICT: somebody else appended first, or is at it; nothing was written; wait a little (longer each
 * time, with chance in it), refresh and look again.
 * ERROR_DENIED: the remote does not allow the push, with its words; nothing was written.
 * ERROR_TIMEOUT with "whether it was written is unknown": refresh later and look; an append until then is a
 * conflict if it was.
 * Anything else: the ref was read again, or nothing was sent: it is not written so far.  A server that still
 * works on a lost push may yet write it; then, too, the next append is a conflict.
 */
WARN_UNUSED bool ledger_append(struct ledger *, const struct ledger_event *, struct error *);

/* While it is on, a cancellation does not stop this ledger: what was done is recorded even as the process
 * ends. Each push then has 4 s.  The mirror under it is shielded with it. */
void ledger_shield(struct ledger *, bool on);

/*
 * What the ledgers of one process on one account share, from any number of threads: one conversation with the
 * remote at a time, for all that wait for it.  Events that come while one goes on are pushed together, one
 * commit each as ever; a refresh serves everybody who asked before it began.
 *
 * A ledger that has joined appends on the newest tip, though it has not seen it, where the event's files are
 * there as it saw them; else ERROR_CONFLICT.
 */
struct ledger_hub;

/* The mirror becomes the hub's, and is closed with it; in case of an error it stays the caller's. */
WARN_UNUSED bool ledger_hub_new(struct mirror *, struct str account, struct ledger_hub **, struct error *);
void ledger_hub_free(struct ledger_hub *); /* after its ledgers */
/* When nobody has used it for a while: gives back the memory of what it has read.  From any thread. */
void ledger_hub_rest(struct ledger_hub *);
/* The ledger is of the same account and its mirror of the same cache directory. */
void ledger_join(struct ledger *, struct ledger_hub *);
/* As ledger_refresh, where the remote has not been heard of for `age_ms`. */
WARN_UNUSED bool ledger_refresh_within(struct ledger *, int64_t age_ms, struct error *);

struct ledger_record {
    struct commit_id id;
    int64_t time_ms;
    struct str subject, body; /* the body with its trailers */
};

/* The newest `max` events first, of those that touched `path` (empty: all). */
WARN_UNUSED bool ledger_history(struct ledger *, struct arena *, struct str path, size_t max,
                                struct ledger_record **, size_t *count, struct error *);

/* The value of a trailer as it was given to ledger_append; false where there is none.  Only the last
 * paragraph is looked at, so that text in the body cannot stand for a trailer.  Every event has a trailer
 * "Event" with a random number, which makes each commit unlike any other. */
bool ledger_trailer(struct arena *, const struct ledger_record *, const char *key, struct str *value);

#endif
