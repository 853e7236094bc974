#include "reconciler/session.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/small_file.h"

enum { WORKERS = 16, LEDGERS_MAX = 64, TOKEN_MAX = 4096, SHARED_AGE_MS = 1000 };

struct session_share {
    pthread_mutex_t lock;
    struct commit_id commit;
    struct ledger_hub *hubs[LEDGERS_MAX];
    char accounts[LEDGERS_MAX][16];
    size_t count;
};

struct session {
    struct session_options options;
    struct arena *arena;
    struct mirror *mirror;
    struct snapshot *snapshot;
    struct files files;
    struct arena *settings; /* of what is below, which is plumb.yaml at the commit */
    struct repository repository;
    bool repository_sound;
    struct error repository_error;
    struct workers *workers;
    struct ledger *ledgers[LEDGERS_MAX];
    struct str accounts[LEDGERS_MAX];
    size_t ledger_count;
    int64_t refreshed_ms[LEDGERS_MAX]; /* by session_refresh_within; monotonic; 0: never */
};

static struct str environment_text(const char *name)
{
    return str_from(getenv(name));
}

static struct str cache_directory(const struct session *session)
{
    if (session->options.git.cache.len)
        return session->options.git.cache;
    struct str cache = environment_text("XDG_CACHE_HOME");
    if (cache.len)
        return arena_printf(session->arena, "%.*s/plumb", STR_ARG(cache));
    struct str home = environment_text("HOME");
    if (home.len)
        return arena_printf(session->arena, "%.*s/.cache/plumb", STR_ARG(home));
    return arena_printf(session->arena, "/tmp/plumb-%u", (unsigned)getuid());
}

/* The token, or the first line of its file. */
static bool read_token(struct arena *arena, const struct git_access *git, struct str *token,
                       struct error *error)
{
    struct str path = git->token_file;
    *token = git->token ? git->token->text : STR_EMPTY;
    if (token->len || !path.len)
        return true;
    struct str all;
    bool read = small_file_read(arena, path, TOKEN_MAX, &all);
    *token = str_trim(str_slice(all, 0, str_find(all, '\n')));
    if (read && token->len)
        return true;
    return error_set(error, ERROR_INVALID, "PLUMB_GIT_TOKEN_FILE names '%.*s', which holds no token",
                     STR_ARG(path));
}

static bool open_another(struct session *session, struct mirror **out, struct error *error)
{
    struct mirror_options mirror = {
        .url = session->options.repository,
        .cache_directory = cache_directory(session),
        .http = session->options.http,
        .clock = session->options.clock,
        .ssh_key = session->options.git.ssh_key,
        .known_hosts = session->options.git.known_hosts,
        .fresh_token = session->options.git.fresh_token,
        .fresh_token_self = session->options.git.fresh_token_self,
        .cancelled = session->options.cancelled,
        .look = !session->options.share,
        .damaged = session->options.damaged,
    };
    return read_token(session->arena, &session->options.git, &mirror.token, error) &&
           mirror_open(&mirror, out, error);
}

/* A mistake in it is not a mistake of the commit: what needs none of it goes on. */
static void read_settings(struct session *session)
{
    arena_free(session->settings);
    session->settings = arena_new();
    error_clear(&session->repository_error);
    session->repository_sound =
        repository_load(&session->files, session->settings, &session->repository, &session->repository_error);
}

/* --- what sessions share --- */

struct session_share *session_share_new(void)
{
    struct session_share *share = memory_alloc(sizeof *share);
    pthread_mutex_init(&share->lock, NULL);
    return share;
}

void session_share_free(struct session_share *share)
{
    for (size_t i = 0; i < share->count; i++)
        ledger_hub_free(share->hubs[i]);
    pthread_mutex_destroy(&share->lock);
    free(share);
}

void session_share_rest(struct session_share *share)
{
    pthread_mutex_lock(&share->lock);
    for (size_t i = 0; i < share->count; i++)
        ledger_hub_rest(share->hubs[i]);
    pthread_mutex_unlock(&share->lock);
}

void session_share_set(struct session_share *share, const struct commit_id *commit)
{
    pthread_mutex_lock(&share->lock);
    share->commit = *commit;
    pthread_mutex_unlock(&share->lock);
}

static struct commit_id shared_commit(struct session_share *share)
{
    pthread_mutex_lock(&share->lock);
    struct commit_id commit = share->commit;
    pthread_mutex_unlock(&share->lock);
    return commit;
}

/* Under the lock. */
static bool make_hub(struct session *session, struct session_share *share, struct str account,
                     struct ledger_hub **hub, struct error *error)
{
    struct mirror *mirror;
    if (share->count == LEDGERS_MAX || account.len >= sizeof share->accounts[0])
        return error_set(error, ERROR_INVALID, "more than %d accounts in one repository", LEDGERS_MAX);
    if (!open_another(session, &mirror, error))
        return false;
    if (!ledger_hub_new(mirror, account, hub, error)) {
        mirror_close(mirror);
        return false;
    }
    memcpy(share->accounts[share->count], account.ptr, account.len);
    share->hubs[share->count++] = *hub;
    return true;
}

static bool find_hub(struct session *session, struct str account, struct ledger_hub **hub,
                     struct error *error)
{
    struct session_share *share = session->options.share;
    size_t i = 0;
    pthread_mutex_lock(&share->lock);
    while (i < share->count && !str_is(account, share->accounts[i]))
        i++;
    bool found = i < share->count;
    if (found)
        *hub = share->hubs[i];
    found = found || make_hub(session, share, account, hub, error);
    pthread_mutex_unlock(&share->lock);
    return found;
}

/* --- opening --- */

/* As the cache has it. */
static bool newest_commit(struct session *session, struct commit_id *commit, struct error *error)
{
    if (!session->options.share)
        return mirror_resolve(session->mirror, session->options.revision, commit, error);
    *commit = shared_commit(session->options.share);
    return true;
}

bool session_stand(struct session *session, const struct commit_id *commit, struct error *error)
{
    struct snapshot *snapshot;
    if (session->snapshot && strcmp(session_commit(session)->hex, commit->hex) == 0)
        return true;
    if (!snapshot_open(session->mirror, commit, &snapshot, error))
        return false;
    snapshot_close(session->snapshot);
    session->snapshot = snapshot;
    session->files = snapshot_files(snapshot);
    read_settings(session);
    return true;
}

static bool open_commit(struct session *session, struct error *error)
{
    struct commit_id commit;
    return newest_commit(session, &commit, error) && session_stand(session, &commit, error);
}

static bool find_repository(struct session *session, struct error *error)
{
    if (session->options.repository.len)
        return true;
    char here[4096];
    if (!getcwd(here, sizeof here))
        return error_set(error, ERROR_INVALID, "the current directory cannot be read: name one with --repo");
    if (mirror_discover(session->arena, str_from(here), &session->options.repository, error))
        return true;
    return error_set(error, ERROR_INVALID, "no Git repository here: stand in one, or name it with --repo");
}

/* --- a session --- */

static bool bring_up_to_date(struct session *session, struct error *error)
{
    return session->options.share || mirror_fetch(session->mirror, error);
}

static bool open_once(const struct session_options *options, struct session **out, struct error *error)
{
    struct session *session = memory_alloc(sizeof *session);
    session->options = *options;
    session->arena = arena_new();
    session->workers = workers_new(WORKERS);
    if (find_repository(session, error) && open_another(session, &session->mirror, error) &&
        bring_up_to_date(session, error) && open_commit(session, error)) {
        *out = session;
        return true;
    }
    session_close(session);
    return false;
}

/* A cache that turned out to be damaged has been put away. */
bool session_open(const struct session_options *options, struct session **out, struct error *error)
{
    struct error why = ERROR_INIT;
    if (open_once(options, out, &why) || (why.code == ERROR_CORRUPT && open_once(options, out, error)))
        return true;
    if (error->code == ERROR_NONE)
        *error = why;
    return false;
}

void session_close(struct session *session)
{
    if (!session)
        return;
    workers_free(session->workers);
    for (size_t i = 0; i < session->ledger_count; i++)
        ledger_close(session->ledgers[i]);
    snapshot_close(session->snapshot);
    mirror_close(session->mirror);
    arena_free(session->settings);
    arena_free(session->arena);
    free(session);
}

bool session_refresh(struct session *session, bool *moved, struct error *error)
{
    struct commit_id before = *session_commit(session);
    if (!bring_up_to_date(session, error) || !open_commit(session, error))
        return false;
    *moved = strcmp(before.hex, session_commit(session)->hex) != 0;
    return true;
}

/* A revision that is no full name may be a branch or a tag, or become one.  With a share somebody else looks
 * for commits. */
static size_t watched_refs(const struct session *session, struct arena *arena, struct str refs[2])
{
    struct str revision = session->options.revision;
    if (session->options.share)
        return 0;
    if (revision.len == 0 || str_is(revision, "HEAD")) {
        refs[0] = STR("HEAD");
        return 1;
    }
    if (str_starts(revision, "refs/")) {
        refs[0] = revision;
        return 1;
    }
    refs[0] = arena_printf(arena, "refs/heads/%.*s", STR_ARG(revision));
    refs[1] = arena_printf(arena, "refs/tags/%.*s", STR_ARG(revision));
    return 2;
}

static size_t find_ledger(const struct session *session, struct str account)
{
    size_t i = 0;
    while (i < session->ledger_count && !str_equal(session->accounts[i], account))
        i++;
    return i;
}

/* The cache is shared: it may be ahead of what this session reads. */
static bool cache_is_ahead(struct session *session, struct str account, bool *ahead, struct error *error)
{
    struct commit_id commit;
    if (!newest_commit(session, &commit, error))
        return false;
    *ahead = strcmp(commit.hex, session_commit(session)->hex) != 0;
    size_t i = find_ledger(session, account);
    return *ahead || i == session->ledger_count || ledger_is_behind(session->ledgers[i], ahead, error);
}

static bool poll_refs(struct session *session, struct arena *arena, struct str account, bool *moved,
                      struct error *error)
{
    struct str refs[3];
    size_t count = watched_refs(session, arena, refs);
    if (account.len)
        refs[count++] = arena_printf(arena, "refs/plumb/%.*s", STR_ARG(account));
    *moved = false;
    if (count && !mirror_poll(session->mirror, refs, count, moved, error))
        return false;
    return *moved || cache_is_ahead(session, account, moved, error);
}

bool session_poll(struct session *session, struct str account, bool *moved, struct error *error)
{
    struct arena *arena = arena_new();
    bool done = poll_refs(session, arena, account, moved, error);
    arena_free(arena);
    return done;
}

bool session_refresh_within(struct session *session, struct str account, int64_t age_ms, struct error *error)
{
    int64_t now = clock_monotonic(session->options.clock);
    struct ledger *ledger;
    size_t i = find_ledger(session, account);
    bool moved;
    if (i < session->ledger_count && session->refreshed_ms[i] && now - session->refreshed_ms[i] < age_ms)
        return true;
    if (!session_refresh(session, &moved, error) || !session_ledger(session, account, &ledger, error))
        return false;
    session->refreshed_ms[i] = now;
    return true;
}

const struct commit_id *session_commit(const struct session *session)
{
    return snapshot_commit(session->snapshot);
}

const struct repository *session_repository(const struct session *session, struct error *error)
{
    if (session->repository_sound)
        return &session->repository;
    *error = session->repository_error;
    return NULL;
}

const struct files *session_files(const struct session *session)
{
    return &session->files;
}

struct mirror *session_mirror(struct session *session)
{
    return session->mirror;
}

const struct session_options *session_options(const struct session *session)
{
    return &session->options;
}

struct workers *session_workers(struct session *session)
{
    return session->workers;
}

static bool open_ledger(struct session *session, struct str account, struct ledger **ledger,
                        struct error *error)
{
    struct ledger_hub *hub = NULL;
    if ((session->options.share && !find_hub(session, account, &hub, error)) ||
        !ledger_open(session->mirror, account, ledger, error))
        return false;
    ledger_join(*ledger, hub);
    return true;
}

bool session_ledger(struct session *session, struct str account, struct ledger **out, struct error *error)
{
    size_t i = find_ledger(session, account);
    if (i == LEDGERS_MAX)
        return error_set(error, ERROR_INVALID, "more than %d accounts in one repository", LEDGERS_MAX);
    if (i == session->ledger_count) {
        if (!open_ledger(session, account, &session->ledgers[i], error))
            return false;
        session->accounts[i] = arena_str(session->arena, account);
        session->ledger_count++;
    }
    *out = session->ledgers[i];
    return session->options.share ? ledger_refresh_within(*out, SHARED_AGE_MS, error)
                                  : ledger_refresh(*out, error);
}
