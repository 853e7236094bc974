#ifndef PLUMB_GITSYNC_MIRROR_H
#define PLUMB_GITSYNC_MIRROR_H

/*
 * A bare mirror of a repository in a local cache directory, which may be deleted at any time.
 *
 * The repository is named by a path, file://, https://, ssh:// or scp form (user@host:path); http:// is
 * allowed to loopback addresses only.  The network goes through our own libgit2 subtransports: libcurl (by
 * base/http.h) for http(s), a spawned `ssh` for ssh, a spawned `git upload-pack` / `git receive-pack` for
 * paths and file://, of which the refs are read from its files where they can be.  Every step has a deadline.
 * A URL with a password in it is refused, and no message shows a credential.
 *
 * Limits: one pack has at most fetch_max bytes (over http it is held in memory) and 20,000,000 objects, none
 * of them a delta that makes more than 256 MiB; a remote has at most 200,000 refs.  libgit2's own
 * configuration files are not read, so that a gitconfig (url.*.insteadOf, credential helpers) does not
 * matter; the spawned git and ssh read theirs.
 *
 * Nothing in the cache is trusted.  Where what is read from it turns out to be damaged, the call fails with
 * ERROR_CORRUPT, and mirror_close puts the directory away: the next mirror_open makes a new one, which a
 * fetch fills.
 *
 * A mirror belongs to one thread at a time; any number of mirrors may be open on one cache directory.
 */

#include <stdatomic.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "base/http.h"

enum { COMMIT_ID_SIZE = 40 };

struct commit_id {
    char hex[COMMIT_ID_SIZE + 1]; /* "" is no commit */
};

struct mirror_options {
    struct str url;
    struct str cache_directory; /* made when missing; one mirror per URL below it */
    const struct http *http;    /* may be NULL where the URL is no http(s) */
    const struct clock *clock;
    const struct random *random; /* of the ledger's event numbers; NULL: the system's */
    struct str token;            /* for https: the password of basic authentication, of the user in the URL or
                                  * else "x-access-token" */
    /* Gives the token anew for each request, in the place of `token`: one that does not last.  From the
     * mirror's thread; NULL: `token` it is. */
    bool (*fresh_token)(void *self, struct arena *, struct str *token, struct error *);
    void *fresh_token_self;
    struct str ssh_key;           /* path of a private key; empty: ssh's own choice */
    struct str known_hosts;       /* path; empty: ssh's own; host keys are always checked */
    int64_t timeout_ms;           /* for one fetch or push; 0 gives 120 s */
    uint64_t fetch_max;           /* bytes of one pack; 0 gives 1 GiB */
    const atomic_bool *cancelled; /* may be NULL */
    bool look;                    /* first for damage of the cache, as the first mirror of a process does */
    atomic_bool *damaged;         /* is set where the cache turns out to be damaged; may be NULL */
};

struct mirror;

WARN_UNUSED bool mirror_open(const struct mirror_options *, struct mirror **, struct error *);
void mirror_close(struct mirror *);

/* Brings branches, tags and refs/plumb/ to the state of the remote: refs that are gone there go here. Nothing
 * changes when it fails.  When nothing is new it costs the remote's list of refs: over http one request. */
WARN_UNUSED bool mirror_fetch(struct mirror *, struct error *);

/*
 * Would a fetch bring something new to these refs?  A ref is "HEAD" or a full name below refs/heads/,
 * refs/tags/ or refs/plumb/; one that ends with '/' stands for all below it.  At most 16.  HEAD also counts
 * as moved when it points to another branch; what a ledger on this cache has appended is not new.
 *
 * Costs one small request whatever the number of refs, where the remote speaks Git's protocol v2 (the first
 * poll asks that with one more); an older one sends its whole list, as to a fetch.  A local repository and
 * ssh cost one process.
 */
WARN_UNUSED bool mirror_poll(struct mirror *, const struct str *refs, size_t count, bool *moved,
                             struct error *);

/* Would the remote take a push?  Asks as a push does and sends nothing; what a hook or a protected ref would
 * say shows only then.  ERROR_DENIED where a local repository cannot be written. */
WARN_UNUSED bool mirror_can_push(struct mirror *, struct error *);

/* The remote's default branch ("main"); ERROR_NOT_FOUND where its HEAD is a bare commit (a work tree with a
 * detached HEAD) or it is empty. */
WARN_UNUSED bool mirror_default_branch(struct mirror *, struct arena *, struct str *name, struct error *);

/* A full ref name, branch, tag or commit id (at least 7 digits of it) to its commit; expressions such as
 * "main~1" are not known.  Empty or "HEAD": the remote's HEAD.  ERROR_NOT_FOUND before the first fetch. */
WARN_UNUSED bool mirror_resolve(struct mirror *, struct str revision, struct commit_id *, struct error *);

/* Costs a walk over what lies between (half a second for 50,000 commits); asked the same again, nothing. */
WARN_UNUSED bool mirror_is_ancestor(struct mirror *, const struct commit_id *ancestor,
                                    const struct commit_id *descendant, bool *yes, struct error *);

/* The first parent of a commit: where its branch was before.  "" where it has none. */
WARN_UNUSED bool mirror_parent(struct mirror *, const struct commit_id *, struct commit_id *parent,
                               struct error *);

struct commit_facts {
    struct commit_id id;
    struct str author_name, author_email, subject, body;
    int64_t time_ms;
};

WARN_UNUSED bool mirror_commit(struct mirror *, struct arena *, const struct commit_id *,
                               struct commit_facts *, struct error *);

enum { MERGE_CONFLICTS_SHOWN = 20, PULL_REF_MAX = 200 };

struct mirror_merge {
    struct commit_id commit; /* with conflicts "" */
    struct str *conflicts;   /* paths, at most MERGE_CONFLICTS_SHOWN of them */
    size_t conflict_count;
};

/* How it would be if `head` were merged into `base`, to be looked at by snapshot_open: `head` itself where it
 * has all of `base`, else a commit that is in the cache alone, the same one for the same two.  Git's own
 * merge, with renames found; no merge driver or attribute of the repository counts. */
WARN_UNUSED bool mirror_merge(struct mirror *, struct arena *, const struct commit_id *base,
                              const struct commit_id *head, struct mirror_merge *, struct error *);

/* The head of a pull request that is in another repository, by the ref that the forge keeps for it here:
 * "refs/pull/12/head".  It stays in the cache. */
WARN_UNUSED bool mirror_fetch_pull(struct mirror *, struct str ref, struct commit_id *head, struct error *);

/* The URL as it may be shown: without user info. */
struct str mirror_url(const struct mirror *);

/* Who sits here: "Ann Example <ann@example.com>" as Git's user.name and user.email say in a local repository,
 * or where one stands; where they say nothing, "login@host".  Runs `git config`, for at most 5 s. */
struct str mirror_person(struct mirror *, struct arena *);

/* The git repository that holds `directory` (its top), for commands that work on "the repository one stands
 * in"; ERROR_NOT_FOUND where there is none. */
WARN_UNUSED bool mirror_discover(struct arena *, struct str directory, struct str *top, struct error *);

/*
 * The tree of one commit, read from the object store: no checkout.  Entries that are symbolic links or
 * submodules are reported as such by list() and refused by read().  One thread at a time; lives as long as
 * the mirror.
 *
 * Budgets: 1,000,000 entries and 64 MiB a directory, depth 64, 64 MiB a file unless the reader asks for less;
 * past them ERROR_OUT_OF_MEMORY.  The commit is one that the mirror has (lineage_has tells, of one that
 * others name): that it is missing is taken for damage of the cache.  Refused with ERROR_INVALID: a directory
 * with a name that is not safe (path_is_safe) or two names that differ by case only, and a Git LFS pointer.
 */
struct snapshot;
WARN_UNUSED bool snapshot_open(struct mirror *, const struct commit_id *, struct snapshot **, struct error *);
struct files snapshot_files(struct snapshot *);
const struct commit_id *snapshot_commit(const struct snapshot *);
void snapshot_close(struct snapshot *);

#endif
