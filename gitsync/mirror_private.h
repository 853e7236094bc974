#ifndef PLUMB_GITSYNC_MIRROR_PRIVATE_H
#define PLUMB_GITSYNC_MIRROR_PRIVATE_H

/* What the files of gitsync share about a mirror. */

#include "gitsync/git2_api.h"

#include "gitsync/mirror.h"
#include "gitsync/remote_url.h"

/* Of the account's ledger, here and there; and the newest tip of it that the cache has seen. */
#define LEDGER_REFS "refs/plumb/"
#define LEDGER_SEEN_REFS "refs/seen/"

/* What the remote has shown to speak, asked by the first poll. */
enum remote_protocol { PROTOCOL_UNKNOWN, PROTOCOL_OLDER, PROTOCOL_SECOND };

struct mirror {
    struct arena *arena; /* of the mirror's life: holds the options' texts */
    struct mirror_options options;
    struct remote_url url;
    char *directory; /* the bare repository in the cache */
    git_repository *repository;
    ino_t inode; /* of the directory that was opened: another may have taken its place */
    bool damaged, remembers;
    enum remote_protocol protocol;
    git_tree *trees[6]; /* large ones that were read last, or NULL: the directories of many environments */
    size_t next_tree;
    git_oid ancestor, descendant; /* the last pair that mirror_is_ancestor found so; or zero */
    bool shielded;                /* a cancellation does not stop what is under way; see ledger_shield */
};

/* Gives the memory of what was read back; nothing of libgit2 that belongs to the mirror may be held. */
void mirror_rest(struct mirror *);
/* Remembers the small trees that it reads (recent.h), until it rests. */
void mirror_remember(struct mirror *);

/* Has the caller asked to stop, and may it be heeded? */
bool mirror_is_cancelled(const struct mirror *);
/* How long one fetch or push may take now. */
int64_t mirror_timeout_ms(const struct mirror *);

/* Serialises changes of refs in one cache directory between threads and processes.  Gives a file descriptor,
 * or -1 with the error set when the lock is not free within the timeout. */
int mirror_lock(struct mirror *, struct error *);
void mirror_unlock(int lock);
/* With that lock, before a ref or "packed-refs" is written: takes away the file by which a process that was
 * killed in the middle of it would bar it for ever. */
void mirror_unbar(const struct mirror *, const char *name);
/* Takes away the file "<name><suffix>" of the cache; false where that failed or there is none. */
bool mirror_unlink(const struct mirror *, const char *name, const char *suffix);

/* Is this a ref that a mirror keeps: below refs/heads/, refs/tags/ or refs/plumb/, with a name that Git
 * allows? */
bool mirror_keeps(const char *name);
/* Is this what a remote's HEAD may point to, so that the mirror's points there too? */
bool mirror_keeps_head(const char *target);
/* Fetches one ref alone; a ref that is gone there goes here. */
WARN_UNUSED bool mirror_fetch_ref(struct mirror *, const char *ref, struct error *);
/* What the remote's ref is now, without fetching anything: all zero where it does not exist. */
WARN_UNUSED bool mirror_read_remote_ref(struct mirror *, const char *ref, git_oid *, struct error *);

/* library_error of what the cache has: where it shows damage, the mirror is damaged.  Always returns false.
 */
bool mirror_unreadable(struct mirror *, struct error *, int result, const char *format, ...)
    PRINTF_LIKE(4, 5);
/* The same of an error that is made already and is ERROR_CORRUPT: of a commit that is missing, say, although
 * a ref or another commit names it.  What people or the ledger name may be missing without damage. */
bool mirror_broken(struct mirror *, struct error *);

/* A commit, with its size checked before it is read. */
WARN_UNUSED bool mirror_commit_lookup(struct mirror *, const git_oid *, git_commit **, struct error *);
WARN_UNUSED bool mirror_commit_of(struct mirror *, const struct commit_id *, git_commit **, struct error *);
/* Bytes of an object of that type, from its header. */
WARN_UNUSED bool mirror_object_size(struct mirror *, const git_oid *, git_object_t, uint64_t *size,
                                    struct error *);

/* commits.c */

/* A tree, with its size checked before it is read; of the large ones those read last are at hand. */
WARN_UNUSED bool mirror_tree(struct mirror *, const git_oid *, git_tree **, struct error *);

/* What stands at a path of a commit: all zero where nothing does. */
struct commit_entry {
    bool there;
    git_oid id;
    unsigned mode;
};
/* Of a commit; NULL: nothing is anywhere in it. */
WARN_UNUSED bool commit_entry_read(struct mirror *, const git_commit *, struct str path,
                                   struct commit_entry *, struct error *);
/* The same by its id; "": none. */
WARN_UNUSED bool mirror_entry(struct mirror *, const struct commit_id *, struct str path,
                              struct commit_entry *, struct error *);

/* Writes a commit of the tree, by "plumb", into the cache alone.  What libgit2 says: 0, or its error. */
int mirror_write_commit(struct mirror *, const git_commit *parents[], size_t count, const git_oid *tree,
                        git_time_t seconds, const char *message, git_oid *);

#endif
