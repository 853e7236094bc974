#ifndef PLUMB_GITSYNC_FORGE_PRIVATE_H
#define PLUMB_GITSYNC_FORGE_PRIVATE_H

/*
 * What the forges share.  forge.c opens one and checks arguments, place.c finds where it is; pulls.c and
 * says.c make writes safe; each NAME.c has one const table of what its API does; call.c sends a request,
 * pages.c follows lists, failure.c tells what a refusal means.  Private to gitsync/forge.
 */

#include <pthread.h>

#include "base/value.h"
#include "gitsync/forge.h"

enum {
    FORGE_CALL_MS = 30 * 1000,
    FORGE_MARKER_MAX = 200,
    FORGE_LOGIN_MAX = 256,
    FORGE_TOKEN_MAX = 1024,
    FORGE_CONTEXT_MAX = 200,
    FORGE_SECRET_LEAST = 16,
    FORGE_SECRET_MAX = 200,
    FORGE_SETTLE_MS = 1000, /* after a lost answer, until it is looked whether the write was done */
};

/* ---- One request ---- */

struct forge_call {
    const char *method;
    struct str path;          /* below the API's address, encoded, with its query: "repos/a/b/pulls" */
    const struct value *body; /* NULL: none */
    const char *accept;       /* NULL: the forge's usual */
    const char *needs;        /* what permission it takes, for the message */
    const char *what;         /* what is asked, for the message: "list pull requests" */
    bool natural;             /* twice is once: may be sent again after a lost answer; every GET is */
    bool as_app;              /* by the App itself, not by its installation */
    bool raw;                 /* the answer is bytes */
    size_t answer_max;        /* bytes; 0: 16 MiB */
};

struct forge_answer {
    int status;
    struct value *value; /* NULL where the body is empty or raw */
    struct str body;
    struct str next; /* path of the next page, or empty */
};

WARN_UNUSED bool forge_call(struct forge *, struct arena *, const struct forge_call *, struct forge_answer *,
                            struct error *);
/* All pages of a list: the items of `member` of each answer, or where that is NULL of the answer. */
WARN_UNUSED bool forge_call_list(struct forge *, struct arena *, const struct forge_call *,
                                 const char *member, struct value **list, struct error *);
/* The same answer, but where there is none: *answer NULL. */
WARN_UNUSED bool forge_call_maybe(struct forge *, struct arena *, const struct forge_call *, struct value **,
                                  struct error *);
/* Makes an error of an answer that is no success.  Always false. */
bool forge_failure(struct forge *, struct arena *, const struct forge_call *, const struct http_response *,
                   struct error *);
/* The path of the next page by the Link header, empty at the end. */
WARN_UNUSED bool forge_next_page(const struct forge *, const struct http_response *, struct str *next,
                                 struct error *);
/* Notes what an answer says about how much may be asked. */
void forge_note_limits(struct forge *, const struct http_response *);
/* Notes that we were told to wait, and says for how long. */
int64_t forge_note_throttled(struct forge *, const struct http_response *);
WARN_UNUSED bool forge_sleep(struct forge *, int64_t milliseconds, struct error *);
/* The write may or may not have been done. */
bool forge_answer_lost(const struct error *);

/* ---- Reading answers ---- */

/* A text that must be there and not be empty; ERROR_CORRUPT. */
WARN_UNUSED bool forge_text(const struct forge *, const struct value *map, const char *key, struct str *out,
                            struct error *);
WARN_UNUSED bool forge_number(const struct forge *, const struct value *map, const char *key, int64_t *out,
                              struct error *);
WARN_UNUSED bool forge_sha(const struct forge *, const struct value *map, const char *key, struct str *out,
                           struct error *);
bool forge_corrupt(const struct forge *, const char *what, struct error *);
/* 40 or 64 hex digits. */
bool forge_is_sha(struct str);
/* Base64 with line ends in it, as GitHub and GitLab give files. */
WARN_UNUSED bool forge_base64(struct arena *, struct str text, struct str *bytes);
int64_t forge_time(const struct value *map, const char *key); /* 0 where there is none */
struct str forge_login_of(const struct value *user, const char *key);
/* But for white space at the ends, and line ends, which forges may give as CR LF. */
bool forge_same_text(struct str theirs, struct str ours);
/* A person whose account is gone, as GitHub shows it. */
#define FORGE_GHOST STR("ghost")

/* Pull requests, comments and reviews as GitHub writes them, and Gitea nearly so. */
WARN_UNUSED bool forge_read_pull(struct forge *, struct arena *, const struct value *, struct pull *,
                                 struct error *);
/* `author`: the key of who wrote it.  Also GitLab's. */
WARN_UNUSED bool forge_read_comment(const struct forge *, const struct value *, const char *author,
                                    struct comment *, struct error *);

/* Adds a review to the list, in the place of an earlier one of the same author. */
void forge_add_review(struct reviews *, const struct review *);

/* A map of texts: key, value, ..., NULL; empty values are left out. */
struct value *forge_body(struct arena *, ...) __attribute__((sentinel));
/* A path below the project: "repos/owner/name/" and the rest. */
struct str forge_path(const struct forge *, struct arena *, const char *format, ...) PRINTF_LIKE(3, 4);

/* ---- The table of a forge ---- */

/* What permission it takes, as the forge calls it: for messages. */
struct forge_needs {
    const char *self, *read, *pull, *merge, *comment, *permission, *status, *file, *hook;
};

struct forge_hook {
    int64_t id; /* 0: a new one */
    struct str url, secret;
};

/* How the forges that are alike write one. */
struct forge_hook_form {
    const char *key, *word; /* what a new one must say: "type": "gitea" */
    const char *events[4];
    const char *insecure; /* key that is "0" where certificates are verified; NULL: there is none */
};

struct forge_ids {
    int64_t *items;
    size_t count;
};

/* Each is one request or a few, once; arguments are checked. */
struct forge_api {
    enum forge_kind kind;
    const char *name;
    const char *accept;       /* usual media type */
    const char *file_accept;  /* of what is at a path; NULL: the usual */
    const char *blob_accept;  /* of a blob as its bytes; NULL: files of all sizes come with their content */
    const char *scheme;       /* of the Authorization header: "Bearer" */
    const char *project;      /* in front of the project's path: "repos/" */
    const char *page;         /* query of a list, for the most items a page: "per_page=100" */
    const char *version_name; /* a header of its own, or NULL */
    const char *version;
    const char *login;        /* key of a person's login */
    const char *status_state; /* key of the state in a status of a list */
    bool flat;                /* a repository is owner/name, no deeper */
    bool keeps_secret;        /* a webhook that is changed keeps its old secret */
    struct forge_hook_form hook;
    struct forge_needs needs;

    bool (*self)(struct forge *, struct arena *, struct str *login, struct error *);
    bool (*pulls)(struct forge *, struct arena *, struct str base, struct str head, struct pulls *,
                  struct error *);
    bool (*pull)(struct forge *, struct arena *, int64_t number, struct pull *, struct error *);
    bool (*create_pull)(struct forge *, struct arena *, struct str head, struct str base,
                        const struct pull_text *, struct pull *, struct error *);
    bool (*update_pull)(struct forge *, struct arena *, int64_t number, const struct pull_text *,
                        struct error *);
    bool (*close_pull)(struct forge *, struct arena *, int64_t number, struct error *);
    bool (*merge_pull)(struct forge *, struct arena *, int64_t number, const struct merge *, struct error *);
    bool (*comments)(struct forge *, struct arena *, int64_t number, struct comments *, struct error *);
    bool (*create_comment)(struct forge *, struct arena *, int64_t number, struct str body, int64_t *id,
                           struct error *);
    bool (*update_comment)(struct forge *, struct arena *, int64_t number, int64_t id, struct str body,
                           struct error *);
    bool (*reviews)(struct forge *, struct arena *, int64_t number, struct reviews *, struct error *);
    /* State of one review; false where it is nobody's word.  For alike_reviews. */
    bool (*read_review)(const struct value *, struct review *);
    bool (*permission)(struct forge *, struct arena *, struct str login, enum permission *, struct error *);
    bool (*statuses)(struct forge *, struct arena *, struct str sha, struct statuses *, struct error *);
    /* Has the commit this status already? */
    bool (*has_status)(struct forge *, struct arena *, struct str sha, const struct status *, bool *,
                       struct error *);
    bool (*create_status)(struct forge *, struct arena *, struct str sha, const struct status *,
                          struct error *);
    bool (*read_file)(struct forge *, struct arena *, struct str path, struct str ref, size_t max,
                      struct str *bytes, struct error *);
    /* The ids of the webhooks to this URL. */
    bool (*hooks)(struct forge *, struct arena *, struct str url, struct forge_ids *, struct error *);
    bool (*write_hook)(struct forge *, struct arena *, const struct forge_hook *, struct error *);
    bool (*delete_hook)(struct forge *, struct arena *, int64_t id, struct error *);
};

extern const struct forge_api forge_github, forge_gitlab, forge_gitea;
WARN_UNUSED bool gitlab_reviews(struct forge *, struct arena *, int64_t number, struct reviews *,
                                struct error *);
WARN_UNUSED bool gitlab_statuses(struct forge *, struct arena *, struct str sha, struct statuses *,
                                 struct error *);
WARN_UNUSED bool github_statuses(struct forge *, struct arena *, struct str sha, struct statuses *,
                                 struct error *);

/* ---- A forge ---- */

struct forge_place {
    const struct forge_api *api; /* NULL: none */
    struct str base;             /* "https://api.github.com", without a slash at its end */
    struct str repository;       /* "owner/name" */
};

/* Which forge it is, where its API is and how it names the repository, by the options. */
WARN_UNUSED bool forge_find_place(struct arena *, const struct forge_options *, struct forge_place *,
                                  struct error *);

/* Of a GitHub App. */
struct forge_app {
    void *key; /* EVP_PKEY */
    pthread_mutex_t lock;
    char token[FORGE_TOKEN_MAX]; /* "" : none yet */
    int64_t expires_ms;          /* wall */
    char installation[32];
    int64_t skew_ms; /* of GitHub's clock to ours */
};

WARN_UNUSED bool forge_app_new(const struct forge_options *, struct forge_app **, struct error *);
void forge_app_free(struct forge_app *);
/* A token of the installation, valid for five minutes at least; asks for one where there is none. */
WARN_UNUSED bool forge_app_token(struct forge *, struct arena *, struct str *token, struct error *);
/* The JWT that proves that we are the App. */
WARN_UNUSED bool forge_app_proof(struct forge *, struct arena *, struct str *token, struct error *);
/* The token was not accepted.  True where it is worth to try again with another. */
bool forge_app_rejected(struct forge *, bool as_app, struct str token, const struct http_response *);
WARN_UNUSED bool forge_app_login(struct forge *, struct arena *, struct str *login, struct error *);

struct forge {
    struct arena *arena; /* of all that lives as long */
    const struct forge_api *api;
    struct str base, repository;
    struct str project; /* "repos/owner/name" or "projects/group%2Fname" */
    struct str token;
    struct str app_id;
    struct forge_app *app; /* NULL: by token */
    const struct http *http;
    const struct clock *clock;
    const struct random *random;
    const atomic_bool *cancelled;

    pthread_mutex_t lock;     /* of what follows */
    int64_t blocked_until_ms; /* monotonic */
    int throttled;            /* in a row */
    char login[FORGE_LOGIN_MAX];
};

#endif
