#include "gitsync/mirror.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gitsync/cache.h"
#include "gitsync/library.h"
#include "gitsync/mirror_private.h"
#include "gitsync/recent.h"

enum {
    TIMEOUT_MS = 120 * 1000,
    LAST_WORDS_MS = 4000,
    LOCK_RETRY_MS = 5,
    COMMIT_BYTES_MAX = 1024 * 1024,
};
#define DAMAGED "is damaged and will be made anew"
#define FETCH_MAX ((uint64_t)1024 * 1024 * 1024)

static bool make_directory(const char *path, struct error *error)
{
    char part[PATH_MAX];
    size_t length = strlen(path);
    if (length >= sizeof part)
        return error_set(error, ERROR_INVALID, "the cache directory's path is too long");
    memcpy(part, path, length + 1);
    for (size_t i = 1; i <= length; i++) {
        if (part[i] != '/' && part[i] != '\0')
            continue;
        part[i] = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST)
            return error_set(error, ERROR_UNAVAILABLE, "cannot make the cache directory '%s': %m", part);
        part[i] = path[i];
    }
    return true;
}

int mirror_lock(struct mirror *mirror, struct error *error)
{
    const struct clock *clock = mirror->options.clock;
    int64_t deadline = clock_monotonic(clock) + mirror->options.timeout_ms;
    struct str path = arena_printf(mirror->arena, "%s.lock", mirror->directory);
    int lock = open(path.ptr, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock < 0) {
        error_set(error, ERROR_UNAVAILABLE, "cannot open '%s': %m", path.ptr);
        return -1;
    }
    while (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EINTR && (errno != EWOULDBLOCK || clock_monotonic(clock) >= deadline)) {
            error_set(error, ERROR_TIMEOUT, "the cache '%s' is in use by another process", mirror->directory);
            close(lock);
            return -1;
        }
        clock_sleep(clock, LOCK_RETRY_MS);
    }
    return lock;
}

void mirror_unlock(int lock)
{
    close(lock);
}

bool mirror_unlink(const struct mirror *mirror, const char *name, const char *suffix)
{
    char path[PATH_MAX];
    return (size_t)snprintf(path, sizeof path, "%s/%s%s", mirror->directory, name, suffix) < sizeof path &&
           unlink(path) == 0;
}

void mirror_unbar(const struct mirror *mirror, const char *name)
{
    (void)mirror_unlink(mirror, name, ".lock");
}

/* A name for people, and a digest that tells one URL from another. */
static char *directory_of(struct mirror *mirror)
{
    git_oid digest;
    char name[41], hex[GIT_OID_HEXSZ + 1];
    const struct remote_url *url = &mirror->url;
    struct str key = arena_printf(mirror->arena, "%s@%s", url->user, url->shown);
    struct str last = str_from_index(str_from(url->path), str_find_last(str_from(url->path), '/') + 1);
    size_t used = 0;
    git_odb_hash(&digest, key.ptr, key.len, GIT_OBJECT_BLOB);
    for (size_t i = 0; i < last.len && used < sizeof name - 1; i++) {
        char c = last.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        name[used++] = plain ? c : '-';
    }
    name[used] = '\0';
    return (char *)arena_printf(mirror->arena, "%.*s/%s-%.16s.git", STR_ARG(mirror->options.cache_directory),
                                name, git_oid_tostr(hex, sizeof hex, &digest))
        .ptr;
}

static bool open_under_lock(struct mirror *mirror, struct error *error)
{
    int lock = mirror_lock(mirror, error);
    if (lock < 0)
        return false;
    bool done = cache_open(mirror->directory, mirror->options.look, &mirror->repository, error);
    mirror_unlock(lock);
    return done;
}

static bool open_repository(struct mirror *mirror, struct error *error)
{
    struct stat status;
    if ((mirror->options.look || cache_try(mirror->directory, &mirror->repository) != 0) &&
        !open_under_lock(mirror, error))
        return false;
    if (stat(mirror->directory, &status) == 0)
        mirror->inode = status.st_ino;
    return true;
}

/* The child processes run elsewhere, so that a relative path must become absolute. */
static bool absolute_file(struct arena *arena, const char *what, struct str *path, struct error *error)
{
    char real[PATH_MAX];
    if (path->len == 0)
        return true;
    if (!realpath(arena_strz(arena, *path), real) || strchr(real, '"'))
        return error_set(error, ERROR_INVALID, "the %s '%.*s' cannot be used: there is no such file", what,
                         STR_ARG(*path));
    *path = arena_str(arena, str_from(real));
    return true;
}

static bool take_options(struct mirror *mirror, const struct mirror_options *options, struct error *error)
{
    struct arena *arena = mirror->arena;
    mirror->options = *options;
    struct mirror_options *own = &mirror->options;
    if (!own->timeout_ms)
        own->timeout_ms = TIMEOUT_MS;
    if (!own->fetch_max)
        own->fetch_max = FETCH_MAX;
    if (!own->random)
        own->random = &system_random;
    own->url = arena_str(arena, options->url);
    own->token = arena_str(arena, options->token);
    own->cache_directory = arena_str(arena, options->cache_directory);
    if (!remote_url_read(arena, own->url, &mirror->url, error))
        return false;
    if (mirror->url.kind == REMOTE_HTTP && !own->http)
        return error_set(error, ERROR_BUG, "a mirror of '%s' needs an HTTP client", mirror->url.shown);
    if (mirror->url.kind == REMOTE_HTTP && mirror->url.user[0] && !own->token.len && !own->fresh_token)
        return error_set(error, ERROR_INVALID, "'%s' has a user name but no token: give one, or none of both",
                         mirror->url.shown);
    return absolute_file(arena, "SSH key", &own->ssh_key, error) &&
           absolute_file(arena, "known hosts file", &own->known_hosts, error) &&
           make_directory(own->cache_directory.ptr, error);
}

bool mirror_open(const struct mirror_options *options, struct mirror **out, struct error *error)
{
    library_start();
    struct mirror *mirror = memory_alloc(sizeof *mirror);
    mirror->arena = arena_new();
    if (!take_options(mirror, options, error)) {
        mirror_close(mirror);
        return false;
    }
    mirror->directory = directory_of(mirror);
    if (!open_repository(mirror, error)) {
        mirror_close(mirror);
        return false;
    }
    *out = mirror;
    return true;
}

bool mirror_is_cancelled(const struct mirror *mirror)
{
    const atomic_bool *cancelled = mirror->options.cancelled;
    return cancelled && !mirror->shielded && atomic_load(cancelled);
}

int64_t mirror_timeout_ms(const struct mirror *mirror)
{
    const atomic_bool *cancelled = mirror->options.cancelled;
    bool last_words = mirror->shielded && cancelled && atomic_load(cancelled);
    return last_words && mirror->options.timeout_ms > LAST_WORDS_MS ? LAST_WORDS_MS
                                                                    : mirror->options.timeout_ms;
}

/* Unless somebody did before. */
static void put_away(struct mirror *mirror)
{
    struct stat status;
    struct error ignored = ERROR_INIT;
    int lock = mirror_lock(mirror, &ignored);
    if (lock < 0)
        return;
    if (stat(mirror->directory, &status) == 0 && status.st_ino == mirror->inode)
        cache_discard(mirror->directory);
    mirror_unlock(lock);
}

bool mirror_broken(struct mirror *mirror, struct error *error)
{
    bool told = error->code != ERROR_CORRUPT || str_contains(str_from(error->message), DAMAGED);
    if (error->code == ERROR_CORRUPT)
        mirror->damaged = true;
    if (mirror->damaged && mirror->options.damaged)
        atomic_store(mirror->options.damaged, true);
    return !told && error_suffix(error, "; the cache '%s' " DAMAGED, mirror->directory);
}

bool mirror_unreadable(struct mirror *mirror, struct error *error, int result, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    library_errorv(error, result, format, arguments);
    va_end(arguments);
    return mirror_broken(mirror, error);
}

static void free_repository(struct mirror *mirror)
{
    for (size_t i = 0; i < ARRAY_LENGTH(mirror->trees); i++) {
        git_tree_free(mirror->trees[i]);
        mirror->trees[i] = NULL;
    }
    git_repository_free(mirror->repository);
}

void mirror_rest(struct mirror *mirror)
{
    git_repository *fresh;
    if (cache_try(mirror->directory, &fresh) != 0)
        return;
    free_repository(mirror);
    mirror->repository = fresh;
    mirror->remembers = false;
}

void mirror_remember(struct mirror *mirror)
{
    mirror->remembers = mirror->remembers || recent_trees(mirror->repository, mirror->directory) == 0;
}

void mirror_close(struct mirror *mirror)
{
    if (!mirror)
        return;
    if (mirror->damaged)
        put_away(mirror);
    free_repository(mirror);
    arena_free(mirror->arena);
    free(mirror);
}

struct str mirror_url(const struct mirror *mirror)
{
    return str_from(mirror->url.shown);
}

bool mirror_default_branch(struct mirror *mirror, struct arena *arena, struct str *name, struct error *error)
{
    git_reference *head;
    int result = git_reference_lookup(&head, mirror->repository, "HEAD");
    if (result != 0)
        return mirror_unreadable(mirror, error, result, "cannot read the HEAD of '%s'", mirror->url.shown);
    const char *target = git_reference_symbolic_target(head);
    bool branch = target && str_starts(str_from(target), "refs/heads/");
    if (branch)
        *name = arena_str(arena, str_from(target + sizeof "refs/heads/" - 1));
    git_reference_free(head);
    return branch || error_set(error, ERROR_NOT_FOUND, "'%s' has no default branch", mirror->url.shown);
}

bool mirror_object_size(struct mirror *mirror, const git_oid *oid, git_object_t wanted, uint64_t *size,
                        struct error *error)
{
    git_odb *odb;
    size_t length;
    git_object_t type;
    int result = git_repository_odb(&odb, mirror->repository);
    if (result == 0) {
        result = git_odb_read_header(&length, &type, odb, oid);
        git_odb_free(odb);
    }
    if (result == GIT_ENOTFOUND) {
        error_set(error, ERROR_CORRUPT, "object '%s' is missing", commit_id_of(oid).hex);
        return wanted != GIT_OBJECT_COMMIT && mirror_broken(mirror, error);
    }
    if (result != 0)
        return mirror_unreadable(mirror, error, result, "cannot read object '%s'", commit_id_of(oid).hex);
    if (type != wanted)
        return error_set(error, ERROR_CORRUPT, "object '%s' is a %s, not a %s", commit_id_of(oid).hex,
                         git_object_type2string(type), git_object_type2string(wanted));
    *size = length;
    return true;
}

bool mirror_commit_lookup(struct mirror *mirror, const git_oid *oid, git_commit **commit, struct error *error)
{
    uint64_t size;
    if (!mirror_object_size(mirror, oid, GIT_OBJECT_COMMIT, &size, error))
        return false;
    if (size > COMMIT_BYTES_MAX)
        return error_set(error, ERROR_OUT_OF_MEMORY, "commit '%s' has %llu bytes, more than %d",
                         commit_id_of(oid).hex, (unsigned long long)size, COMMIT_BYTES_MAX);
    int result = git_commit_lookup(commit, mirror->repository, oid);
    return result == 0 ||
           mirror_unreadable(mirror, error, result, "cannot read commit '%s'", commit_id_of(oid).hex);
}

bool mirror_commit_of(struct mirror *mirror, const struct commit_id *id, git_commit **commit,
                      struct error *error)
{
    git_oid oid;
    return commit_id_to_oid(id, &oid, error) && mirror_commit_lookup(mirror, &oid, commit, error);
}

bool mirror_is_ancestor(struct mirror *mirror, const struct commit_id *ancestor,
                        const struct commit_id *descendant, bool *yes, struct error *error)
{
    git_oid old, new;
    if (!commit_id_to_oid(ancestor, &old, error) || !commit_id_to_oid(descendant, &new, error))
        return false;
    bool known = git_oid_equal(&old, &mirror->ancestor) && git_oid_equal(&new, &mirror->descendant);
    if (git_oid_equal(&old, &new) || known) {
        *yes = true;
        return true;
    }
    int result = git_graph_descendant_of(mirror->repository, &new, &old);
    if (result < 0)
        return mirror_unreadable(mirror, error, result, "cannot compare '%s' with '%s'", ancestor->hex,
                                 descendant->hex);
    *yes = result == 1;
    if (*yes) {
        mirror->ancestor = old;
        mirror->descendant = new;
    }
    return true;
}

bool mirror_parent(struct mirror *mirror, const struct commit_id *id, struct commit_id *parent,
                   struct error *error)
{
    git_commit *commit;
    if (!mirror_commit_of(mirror, id, &commit, error))
        return false;
    *parent = (struct commit_id){.hex = ""};
    if (git_commit_parentcount(commit))
        *parent = commit_id_of(git_commit_parent_id(commit, 0));
    git_commit_free(commit);
    return true;
}

bool mirror_commit(struct mirror *mirror, struct arena *arena, const struct commit_id *id,
                   struct commit_facts *facts, struct error *error)
{
    git_commit *commit;
    if (!mirror_commit_of(mirror, id, &commit, error))
        return false;
    const git_signature *author = git_commit_author(commit);
    *facts = (struct commit_facts){
        .id = *id,
        .author_name = arena_str(arena, str_from(author->name)),
        .author_email = arena_str(arena, str_from(author->email)),
        .subject = arena_str(arena, str_from(git_commit_summary(commit))),
        .body = arena_str(arena, str_from(git_commit_body(commit))),
        .time_ms = (int64_t)git_commit_time(commit) * 1000,
    };
    git_commit_free(commit);
    return true;
}
