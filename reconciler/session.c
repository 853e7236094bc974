#include "reconciler/session.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORKERS = 16, LEDGERS_MAX = 64, TOKEN_MAX = 4096 };

struct session {
    struct session_options options;
    struct arena *arena;
    struct mirror *mirror;
    struct snapshot *snapshot;
    struct files files;
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

static struct str cache_directory(struct arena *arena)
{
    struct str set = environment_text("PLUMB_CACHE");
    if (set.len)
        return set;
    struct str cache = environment_text("XDG_CACHE_HOME");
    if (cache.len)
        return arena_printf(arena, "%.*s/plumb", STR_ARG(cache));
    struct str home = environment_text("HOME");
    if (home.len)
        return arena_printf(arena, "%.*s/.cache/plumb", STR_ARG(home));
    return arena_printf(arena, "/tmp/plumb-%u", (unsigned)getuid());
}

/* PLUMB_GIT_TOKEN, or the first line of the file that PLUMB_GIT_TOKEN_FILE names. */
static bool read_token(struct arena *arena, struct str *token, struct error *error)
{
    *token = environment_text("PLUMB_GIT_TOKEN");
    struct str path = environment_text("PLUMB_GIT_TOKEN_FILE");
    if (token->len || !path.len)
        return true;
    char text[TOKEN_MAX];
    FILE *file = fopen(arena_strz(arena, path), "re");
    size_t size = file ? fread(text, 1, sizeof text, file) : 0;
    if (file)
        fclose(file);
    struct str all = {.ptr = text, .len = size};
    *token = arena_str(arena, str_trim(str_slice(all, 0, str_find(all, '\n'))));
    if (token->len)
        return true;
    return error_set(error, ERROR_INVALID, "PLUMB_GIT_TOKEN_FILE names '%.*s', which holds no token",
                     STR_ARG(path));
}

static bool open_mirror(struct session *session, struct error *error)
{
    struct mirror_options mirror = {
        .url = session->options.repository,
        .cache_directory = cache_directory(session->arena),
        .http = session->options.http,
        .clock = session->options.clock,
        .ssh_key = environment_text("PLUMB_SSH_KEY"),
        .known_hosts = environment_text("PLUMB_KNOWN_HOSTS"),
        .cancelled = session->options.cancelled,
    };
    return read_token(session->arena, &mirror.token, error) && mirror_open(&mirror, &session->mirror, error);
}

static bool open_commit(struct session *session, struct error *error)
{
    struct commit_id commit;
    struct snapshot *snapshot;
    if (!mirror_resolve(session->mirror, session->options.revision, &commit, error) ||
        !snapshot_open(session->mirror, &commit, &snapshot, error))
        return false;
    snapshot_close(session->snapshot);
    session->snapshot = snapshot;
    session->files = snapshot_files(snapshot);
    return true;
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

bool session_open(const struct session_options *options, struct session **out, struct error *error)
{
    struct session *session = memory_alloc(sizeof *session);
    session->options = *options;
    session->arena = arena_new();
    session->workers = workers_new(WORKERS);
    if (find_repository(session, error) && open_mirror(session, error) &&
        mirror_fetch(session->mirror, error) && open_commit(session, error)) {
        *out = session;
        return true;
    }
    session_close(session);
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
    arena_free(session->arena);
    free(session);
}

bool session_refresh(struct session *session, bool *moved, struct error *error)
{
    struct commit_id before = *session_commit(session);
    if (!mirror_fetch(session->mirror, error) || !open_commit(session, error))
        return false;
    *moved = strcmp(before.hex, session_commit(session)->hex) != 0;
    return true;
}

/* A revision that is no full name may be a branch or a tag, or become one. */
static size_t watched_refs(const struct session *session, struct arena *arena, struct str refs[2])
{
    struct str revision = session->options.revision;
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
    if (!mirror_resolve(session->mirror, session->options.revision, &commit, error))
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
    if (!mirror_poll(session->mirror, refs, count, moved, error))
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

bool session_ledger(struct session *session, struct str account, struct ledger **out, struct error *error)
{
    size_t i = find_ledger(session, account);
    if (i == LEDGERS_MAX)
        return error_set(error, ERROR_INVALID, "more than %d accounts in one repository", LEDGERS_MAX);
    if (i == session->ledger_count) {
        if (!ledger_open(session->mirror, account, &session->ledgers[i], error))
            return false;
        session->accounts[i] = arena_str(session->arena, account);
        session->ledger_count++;
    }
    *out = session->ledgers[i];
    return ledger_refresh(*out, error);
}
