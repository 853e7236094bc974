#include "gitsync/push.h"

#include <unistd.h>

#include "gitsync/library.h"
#include "gitsync/mirror_private.h"
#include "gitsync/session.h"

enum { STATUS_MAX = 512, NAME_MAX_BYTES = 128, REFSPEC_MAX = 2 * NAME_MAX_BYTES + 256 };

struct push {
    struct session session; /* first: the callbacks' payload is the session */
    const char *ref;
    const git_oid *expected;
    bool sent;               /* the remote was asked to write */
    bool lost;               /* the ref is not where it was expected */
    bool answered;           /* the remote has said what became of the ref */
    char status[STATUS_MAX]; /* its reason for a refusal, or "" */
};

static int check_lease(const git_push_update **updates, size_t count, void *payload)
{
    struct push *push = payload;
    push->lost = count != 1 || strcmp(updates[0]->dst_refname, push->ref) != 0 ||
                 !git_oid_equal(&updates[0]->src, push->expected);
    if (push->lost)
        return GIT_EUSER;
    push->sent = true;
    return 0;
}

static int take_verdict(const char *ref, const char *status, void *payload)
{
    struct push *push = payload;
    if (strcmp(ref, push->ref) != 0)
        return 0;
    push->answered = true;
    snprintf(push->status, sizeof push->status, "%s", status ? status : "");
    return 0;
}

/* Reasons that mean "somebody was faster, or is at it": the words of git, GitHub, GitLab and Gitea. */
static bool is_conflict(struct str status)
{
    static const char *const reasons[] = {"failed to update ref",
                                          "failed to update reference",
                                          "cannot lock ref",
                                          "failed to lock",
                                          "fetch first",
                                          "non-fast-forward",
                                          "stale info",
                                          "reference already exists",
                                          "is at "};
    for (size_t i = 0; i < ARRAY_LENGTH(reasons); i++)
        if (str_contains(status, reasons[i]))
            return true;
    return false;
}

/* A file system that cannot be written shows as a ref that cannot be locked: that is no race. */
static bool is_read_only(struct str words)
{
    return str_contains(words, "Permission denied") || str_contains(words, "Read-only file system") ||
           str_contains(words, "No space left on device");
}

static bool refused(struct push *push, const char *status, struct error *error)
{
    struct str words = session_words(&push->session);
    const char *url = push->session.mirror->url.shown;
    if (is_conflict(str_from(status)) && !is_read_only(words))
        return error_set(error, ERROR_CONFLICT, "'%s' in '%s' was changed meanwhile (%s)", push->ref, url,
                         status);
    return error_set(error, ERROR_DENIED, "'%s' does not accept the push to '%s': %s%s%.*s", url, push->ref,
                     status, words.len ? ": " : "", STR_ARG(words));
}

static bool judge(struct push *push, int result, struct error *error)
{
    if (push->lost)
        return error_set(error, ERROR_CONFLICT, "'%s' in '%s' was changed meanwhile", push->ref,
                         push->session.mirror->url.shown);
    if (push->answered && push->status[0])
        return refused(push, push->status, error);
    if (push->answered)
        return true;
    const git_error *last = git_error_last();
    if (push->session.error.code == ERROR_NONE && last && str_contains(str_from(last->message), "unpacking"))
        return refused(push, "it could not store the objects", error);
    if (result == 0)
        return error_set(error, ERROR_TIMEOUT, "'%s' did not say what became of '%s'",
                         push->session.mirror->url.shown, push->ref);
    return session_failed(&push->session, result, error, "cannot push to");
}

/* Forced, so that the lease alone decides: a ref that was reset must be a conflict, not a refusal.  Nothing
 * outgoing (NULL) deletes the ref. */
static int send(struct push *push, const char *outgoing)
{
    char refspec[REFSPEC_MAX];
    char *list[] = {refspec};
    git_strarray refspecs = {.strings = list, .count = 1};
    git_push_options options;
    git_push_options_init(&options, GIT_PUSH_OPTIONS_VERSION);
    push->session.callbacks.push_negotiation = check_lease;
    push->session.callbacks.push_update_reference = take_verdict;
    options.callbacks = push->session.callbacks;
    options.pb_parallelism = 1;
    snprintf(refspec, sizeof refspec, "%s%s:%s", outgoing ? "+" : "", outgoing ? outgoing : "", push->ref);
    git_error_clear();
    return git_remote_push(push->session.remote, &refspecs, &options);
}

/* libgit2 pushes refs only, so that the commit gets one of its own for the time of the push.  It lies beside
 * HEAD, outside of refs/: there its end would disturb those who list refs in the same cache.  Such a name has
 * no digits: they become letters. */
static void name_outgoing(const git_oid *oid, char name[NAME_MAX_BYTES])
{
    struct commit_id id = commit_id_of(oid);
    for (char *c = id.hex; *c; c++)
        *c = (char)(*c <= '9' ? *c - '0' + 'A' : *c - 'a' + 'K');
    snprintf(name, NAME_MAX_BYTES, "OUTGOING_%s", id.hex);
}

static bool run(struct push *push, const git_oid *next, struct error *error)
{
    char outgoing[NAME_MAX_BYTES];
    git_reference *reference;
    git_repository *repository = push->session.mirror->repository;
    if (!next)
        return judge(push, send(push, NULL), error);
    name_outgoing(next, outgoing);
    int result = git_reference_create(&reference, repository, outgoing, next, true, NULL);
    if (result != 0)
        return library_error(error, result, "cannot write to the cache '%s'",
                             push->session.mirror->directory);
    bool done = judge(push, send(push, outgoing), error);
    git_reference_delete(reference);
    git_reference_free(reference);
    return done;
}

/* A local receive-pack answers before it looks whether it may write. */
static bool is_writable(const struct mirror *mirror, struct error *error)
{
    static const char *const inner[] = {"", "/.git"};
    char path[4096];
    for (size_t i = 0; mirror->url.kind == REMOTE_LOCAL && i < ARRAY_LENGTH(inner); i++) {
        snprintf(path, sizeof path, "%s%s/objects", mirror->url.path, inner[i]);
        if (access(path, F_OK) == 0 && access(path, W_OK) != 0)
            return error_set(error, ERROR_DENIED, "'%s' may not be written by this user", path);
    }
    return true;
}

bool mirror_can_push(struct mirror *mirror, struct error *error)
{
    struct session session;
    const git_remote_head **heads;
    size_t count;
    bool done = session_begin(&session, mirror, error) &&
                session_connect(&session, GIT_DIRECTION_PUSH, &heads, &count, error);
    session_end(&session);
    return done && is_writable(mirror, error);
}

bool push_ref(struct mirror *mirror, const char *ref, const git_oid *expected, const git_oid *next,
              bool *sent, struct error *error)
{
    struct push push = {.ref = ref, .expected = expected};
    bool done = session_begin(&push.session, mirror, error) && run(&push, next, error);
    session_end(&push.session);
    *sent = push.sent;
    return done;
}
