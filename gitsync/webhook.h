#ifndef PLUMB_GITSYNC_WEBHOOK_H
#define PLUMB_GITSYNC_WEBHOOK_H

/*
 * What a forge says by a webhook: verified first, over the bytes as they came, and only then read.  Nothing
 * here does input or output; safe from any thread.
 *
 * Which forge it is from is told by the header that names the event.  Then exactly one signature header
 * counts, of which there must be exactly one:
 *
 *     GitHub            X-Hub-Signature-256: sha256=HEX     SHA-1 (X-Hub-Signature) is refused
 *     Gitea, Forgejo    X-Gitea-Signature, X-Forgejo-Signature: HEX
 *     GitLab            webhook-signature: v1,BASE64 over "ID.TIME.BODY" (a secret "whsec_..."), else
 *                       X-Gitlab-Token: the secret itself
 *     Bitbucket         X-Hub-Signature: sha256=HEX
 *     generic           X-Plumb-Signature: t=SECONDS,v1=HEX over "SECONDS.BODY", as plumb itself signs
 *
 * all of them HMAC-SHA-256.  Comparisons take the same time however near a signature is, and a secret's
 * length is not told.  Signed times may be WEBHOOK_TOLERANCE_MS off.
 *
 * Every field is checked for its type, its length and control characters; what is not as documented is
 * ERROR_INVALID with its path ("'pull_request.head.sha' is a list, not a string").  A webhook only says "look
 * now": it is somebody's word, and no decision may rest on it.
 *
 * Sources: https://docs.github.com/en/webhooks, https://docs.gitlab.com/user/project/integrations/webhooks/,
 * https://docs.gitea.com/usage/repository/webhooks, https://forgejo.org/docs/latest/user/webhooks/,
 * https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/ and, for Bitbucket Data Center,
 * https://confluence.atlassian.com/bitbucketserver/event-payload-938025882.html.
 */

#include "base/http.h"

enum {
    WEBHOOK_TOLERANCE_MS = 5 * 60 * 1000,
    WEBHOOK_REFS_MAX = 100,
    WEBHOOK_TEXT_MAX = 1024, /* of a name; a comment may be as long as the body */
    WEBHOOK_NODES_MAX = 100 * 1000,
};

enum webhook_forge {
    WEBHOOK_ANY, /* of a secret: good for all of them */
    WEBHOOK_GITHUB,
    WEBHOOK_GITLAB,
    WEBHOOK_GITEA,
    WEBHOOK_FORGEJO,
    WEBHOOK_BITBUCKET,
    WEBHOOK_GENERIC,
    WEBHOOK_FORGE_COUNT,
};

/* "github"; false where there is no such forge. */
const char *webhook_forge_name(enum webhook_forge);
WARN_UNUSED bool webhook_forge_named(struct str, enum webhook_forge *);

struct webhook_secret {
    enum webhook_forge forge;
    struct str text; /* an empty one matches nothing */
};

struct webhook_options {
    const struct webhook_secret *secrets; /* several of a forge while they are changed */
    size_t secret_count;
    int64_t now_ms; /* wall time that signed times are compared with */
};

enum webhook_kind {
    WEBHOOK_OTHER, /* verified, and nothing that plumb acts on */
    WEBHOOK_PING,
    WEBHOOK_PUSH,         /* refs */
    WEBHOOK_PULL_REQUEST, /* action, number, head, base */
    WEBHOOK_COMMENT,      /* a new one on a pull request: number, id, text, actor */
    WEBHOOK_REVIEW,       /* number, verdict, text, actor */
    WEBHOOK_SYNC,         /* generic: environment, application, both may be empty */
};
const char *webhook_kind_name(enum webhook_kind);

enum webhook_action { WEBHOOK_OPENED, WEBHOOK_UPDATED, WEBHOOK_CLOSED, WEBHOOK_MERGED };
enum webhook_verdict { WEBHOOK_COMMENTED, WEBHOOK_APPROVED, WEBHOOK_REJECTED, WEBHOOK_WITHDRAWN };

struct webhook_ref {
    struct str name;          /* "refs/heads/main" */
    struct str before, after; /* commits; zeros or empty where there was none, or is none any more */
};

/* What is not told is empty, or 0. */
struct webhook_event {
    enum webhook_forge forge;
    enum webhook_kind kind;
    struct str name;     /* the forge's own: "pull_request" */
    struct str delivery; /* the forge's id of it; under no signature, except of GitLab's signed ones */
    struct str content;  /* digest of what the signature covers */
    struct str repository, http_url, ssh_url; /* "owner/name", and where it is cloned from */
    struct str actor;                         /* login of who did it */

    struct webhook_ref *refs;
    size_t ref_count;

    enum webhook_action action;
    enum webhook_verdict verdict;
    int64_t number;                /* of the pull request */
    struct str head_ref, base_ref; /* names of branches */
    struct str head_commit;        /* Bitbucket Cloud gives its first 12 digits */
    struct str head_repository;    /* another than `repository` where it comes from a fork */
    struct str comment_id, text;

    struct str environment, application;
};

/* The event and all its texts live in the arena.  ERROR_DENIED: not signed as it should be (401), and the
 * body has not been looked at; ERROR_INVALID: signed, but not what is documented (400). */
WARN_UNUSED bool webhook_read(const struct webhook_options *, const struct http_header *headers,
                              size_t header_count, struct str body, struct arena *, struct webhook_event *,
                              struct error *);

/* The value of X-Plumb-Signature: "t=SECONDS,v1=HEX". */
struct str webhook_signature(struct arena *, struct str secret, int64_t seconds, struct str body);

/* A generic event without a signature, that came by a way which has shown who its sender is. */
WARN_UNUSED bool webhook_read_trusted(struct str body, struct arena *, struct webhook_event *,
                                      struct error *);

#endif
