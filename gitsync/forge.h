#ifndef PLUMB_GITSYNC_FORGE_H
#define PLUMB_GITSYNC_FORGE_H

/*
 * The forge that keeps a repository: GitHub (also GitHub Enterprise Server), GitLab, Gitea or Forgejo.  What
 * is said there is for people (pull requests, comments, statuses), what is read there are their answers
 * (reviews, comments).  Nothing that is applied comes from here: that is in Git.
 *
 * Errors, the same on every forge:
 * - ERROR_DENIED: the token is not accepted, or lacks the permission that the message names.
 * - ERROR_NOT_FOUND: no such thing, or a private one that the token may not see; also all operations of
 *   FORGE_NONE, "no forge is configured".
 * - ERROR_THROTTLED: asked too often; the message says for how long, and forge_wait_ms too.  Until then
 *   nothing is sent: every operation fails at once in the same way.
 * - ERROR_CONFLICT: what was asked no longer fits, as a merge when the head has moved.  Look again.
 * - ERROR_UNAVAILABLE, ERROR_TIMEOUT: the forge is broken or did not answer.  Reads have been tried three
 *   times.  Writes may be done again: all of them first look whether they were done.
 * - ERROR_CORRUPT: the answer is not what the forge's API is described to give.
 * No message has a credential in it.
 *
 * Bounded: a request takes at most 30 s and its answer 16 MiB; a list has at most FORGE_PAGES_MAX pages of
 * 100, more is ERROR_OUT_OF_MEMORY.  Pages of a list are followed below the API's own address only, and
 * redirects not at all: a repository that was renamed is ERROR_NOT_FOUND that says so.
 *
 * A forge may be used by many threads at once.  Results live in the caller's arena.
 */

#include <stdatomic.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/http.h"

enum {
    FORGE_PAGES_MAX = 20,
    FORGE_TITLE_MAX = 255,            /* bytes */
    FORGE_BODY_MAX = 60 * 1000,       /* GitHub takes 65,536 characters; some are left for the marker */
    FORGE_DESCRIPTION_MAX = 140,      /* characters of a status; GitHub's limit */
    FORGE_FILE_MAX = 8 * 1024 * 1024, /* bytes; the answer has it in base64 */
};

/* FORGE_AUTO is by the repository's host: github.com, gitlab.com, codeberg.org; of any other it must be said.
 */
enum forge_kind { FORGE_AUTO, FORGE_NONE, FORGE_GITHUB, FORGE_GITLAB, FORGE_GITEA };

/* Reads "auto", "none", "github", "gitlab", "gitea", "forgejo" (the same as gitea). */
WARN_UNUSED bool forge_kind_read(struct str, enum forge_kind *, struct error *);

/* All texts are copied. */
struct forge_options {
    enum forge_kind kind;
    struct str repository; /* https://, ssh:// or user@host:path, as for a mirror */
    /* The API's address, as "https://git.example.com/api/v1"; empty: made of the repository's host.  Needed
     * where the web and ssh are at different hosts, or the web at a port of its own or below a path. */
    struct str api;
    struct str token;           /* of a person, project or bot; or, on GitHub, these three in its place: */
    struct str app_id;          /* number or client id of a GitHub App */
    struct str installation_id; /* empty: looked up by the repository */
    struct str private_key;     /* of the App: an RSA key in PEM */
    const struct http *http;
    const struct clock *clock;
    const struct random *random;
    const atomic_bool *cancelled; /* may be NULL */
};

struct forge;

/* Asks nothing: what is wrong with the options is ERROR_INVALID. */
WARN_UNUSED bool forge_open(const struct forge_options *, struct forge **, struct error *);
void forge_free(struct forge *); /* NULL is fine; nobody may be using it */

enum forge_kind forge_kind(const struct forge *);  /* never FORGE_AUTO */
const char *forge_name(const struct forge *);      /* "GitHub": for messages */
struct str forge_repository(const struct forge *); /* "owner/name" */
/* For how long nothing may be asked; 0 when it may. */
int64_t forge_wait_ms(struct forge *);
/* The login whose token this is, "plumb-bot"; of an App "plumb[bot]".  Asked once. */
WARN_UNUSED bool forge_self(struct forge *, struct arena *, struct str *login, struct error *);
/* The token by which Git reaches the repository over https: an App's is valid for five minutes at least. */
WARN_UNUSED bool forge_git_token(struct forge *, struct arena *, struct str *token, struct error *);

/* ---- Pull requests (GitLab's merge requests) ---- */

enum pull_state { PULL_OPEN, PULL_CLOSED, PULL_MERGED };

struct pull {
    int64_t number; /* as people write it; of GitLab the iid */
    enum pull_state state;
    struct str title, body, author, url; /* of the page for people */
    struct str head_ref, head_sha;       /* branch; the sha is never empty */
    struct str base_ref, base_sha;       /* the sha may be empty: not told.  It is where the base was */
    struct str merge_sha;                /* of a merged one, as far as the forge tells it, else empty */
    bool fork;                           /* the head is in another repository, or in one that is gone */
    bool draft;
    bool checking; /* the forge has not found out yet whether it can be merged; Gitea does not tell */
    struct str *labels;
    size_t label_count;
    int64_t updated_ms;
};

struct pulls {
    struct pull *items; /* by number */
    size_t count;
};

/* The open ones; with `base` or `head`, branches of this repository, only those into and from them. */
WARN_UNUSED bool forge_pulls(struct forge *, struct arena *, struct str base, struct str head, struct pulls *,
                             struct error *);
WARN_UNUSED bool forge_pull(struct forge *, struct arena *, int64_t number, struct pull *, struct error *);

struct pull_text {
    struct str title, body;
};

/* Opens one from branch `head` to branch `base` of this repository.  If one is open, that is the result, with
 * the text brought to this. */
WARN_UNUSED bool forge_open_pull(struct forge *, struct arena *, struct str head, struct str base,
                                 const struct pull_text *, struct pull *, struct error *);
WARN_UNUSED bool forge_update_pull(struct forge *, struct arena *, int64_t number, const struct pull_text *,
                                   struct error *);
/* Closed and merged ones stay as they are. */
WARN_UNUSED bool forge_close_pull(struct forge *, struct arena *, int64_t number, struct error *);

enum merge_method { MERGE_COMMIT, MERGE_SQUASH, MERGE_REBASE };

struct merge {
    struct str head_sha; /* what was looked at: another head is ERROR_CONFLICT */
    enum merge_method method;
    struct str title, message; /* of the commit; empty: the forge's own */
};

/* ERROR_CONFLICT where the forge refuses: conflicts, checks or approvals that are missing, a head that moved;
 * ERROR_UNAVAILABLE where it has not found out yet, after some seconds, whether it can be merged.
 * Done already, with this head, is done.  `merge_sha` may be empty when the forge does not tell it. */
WARN_UNUSED bool forge_merge_pull(struct forge *, struct arena *, int64_t number, const struct merge *,
                                  struct str *merge_sha, struct error *);

/* ---- What people say ---- */

struct comment {
    int64_t id;
    struct str author, body;
    int64_t created_ms, updated_ms;
};

struct comments {
    struct comment *items; /* the oldest first */
    size_t count;
};

/* Of the conversation; those at lines of the difference are not in it. */
WARN_UNUSED bool forge_comments(struct forge *, struct arena *, int64_t number, struct comments *,
                                struct error *);

/* Brings the one comment of ours that has `marker` (letters, digits, '-', '.', '_', ':', '/') to `body`, or
 * writes it.  The marker is in an HTML comment, which is not shown; what others write is never taken for it.
 */
WARN_UNUSED bool forge_put_comment(struct forge *, struct arena *, int64_t number, struct str marker,
                                   struct str body, int64_t *id, struct error *);

enum review_state { REVIEW_APPROVED, REVIEW_CHANGES_REQUESTED, REVIEW_DISMISSED };

struct review {
    struct str author;
    enum review_state state;
    struct str commit; /* the head that was looked at; empty: not known, which is no proof */
    int64_t time_ms;   /* 0: not known */
};

struct reviews {
    struct review *items; /* by author */
    size_t count;
};

/* The last word of each author; mere comments are none.  Whether an author counts is for forge_permission. */
WARN_UNUSED bool forge_reviews(struct forge *, struct arena *, int64_t number, struct reviews *,
                               struct error *);

enum permission { PERMISSION_NONE, PERMISSION_READ, PERMISSION_WRITE, PERMISSION_ADMIN };

/* What `login` may do with the repository; nobody of this name is PERMISSION_NONE. */
WARN_UNUSED bool forge_permission(struct forge *, struct arena *, struct str login, enum permission *,
                                  struct error *);

/* ---- Commits and files ---- */

enum status_state { STATUS_PENDING, STATUS_SUCCESS, STATUS_FAILURE, STATUS_ERROR };

struct status {
    struct str context; /* "plumb/beta/orders" */
    enum status_state state;
    struct str description; /* cut to FORGE_DESCRIPTION_MAX characters */
    struct str url;         /* https; may be empty */
};

/* Of a commit, 40 hex digits.  Nothing is written where the commit has it: GitHub takes 1,000 for a context.
 */
WARN_UNUSED bool forge_set_status(struct forge *, struct arena *, struct str sha, const struct status *,
                                  struct error *);

struct statuses {
    struct status *items; /* the last of each context; description and url are left out */
    size_t count;
};

/* What others said of a commit, by its checks: statuses, on GitHub also check runs (neutral and skipped ones
 * are a success, as GitHub counts them), on GitLab also jobs.  `sha` is 40 hex digits. */
WARN_UNUSED bool forge_statuses(struct forge *, struct arena *, struct str sha, struct statuses *,
                                struct error *);

/* A file at a branch, tag or commit.  At most `max` bytes, which is at most FORGE_FILE_MAX.  A directory or
 * submodule is ERROR_INVALID; a symbolic link may be followed by the forge, inside of the repository: who
 * must know reads by Git. */
WARN_UNUSED bool forge_read_file(struct forge *, struct arena *, struct str path, struct str ref, size_t max,
                                 struct str *bytes, struct error *);

/* ---- Webhooks ---- */

/* Makes the repository have one webhook to `url` (https, or http to loopback) with this secret, for pushes,
 * pull requests, reviews and comments.  Others are left alone.  Call it when the program starts: Gitea cannot
 * change a secret, and there the webhook is made anew each time. */
WARN_UNUSED bool forge_ensure_webhook(struct forge *, struct arena *, struct str url, struct str secret,
                                      struct error *);

#endif
