#include "gitsync/library.h"
#include "gitsync/mirror_private.h"
#include "gitsync/remote_refs.h"

enum { INTERESTS_MAX = 16 };

struct poll {
    struct mirror *mirror;
    struct arena *arena;
    struct session session;
    const struct str *interests;
    size_t count;
    struct remote_refs theirs;
};

static bool is_of_interest(const struct poll *poll, struct str name)
{
    for (size_t i = 0; i < poll->count; i++) {
        struct str interest = poll->interests[i];
        if (str_equal(name, interest) ||
            (str_ends(interest, "/") && str_equal(str_slice(name, 0, interest.len), interest)))
            return true;
    }
    return false;
}

static bool list_all(struct poll *poll, struct error *error)
{
    const git_remote_head **heads;
    size_t count;
    if (!session_connect(&poll->session, GIT_DIRECTION_FETCH, &heads, &count, error))
        return false;
    poll->theirs = (struct remote_refs){.count = 0};
    for (size_t i = 0; i < count; i++) {
        struct remote_ref ref = {.name = arena_str(poll->arena, str_from(heads[i]->name)),
                                 .target = arena_str(poll->arena, str_from(heads[i]->symref_target)),
                                 .id = commit_id_of(&heads[i]->oid)};
        if (is_of_interest(poll, ref.name))
            remote_refs_add(poll->arena, &poll->theirs, &ref);
    }
    return true;
}

/* ---- the comparison ---- */

/* "" where there is none. */
static bool read_ours(struct poll *poll, const char *name, struct commit_id *id, struct error *error)
{
    git_oid oid;
    int result = git_reference_name_to_id(&oid, poll->mirror->repository, name);
    if (result != 0 && result != GIT_ENOTFOUND)
        return mirror_unreadable(poll->mirror, error, result, "cannot read '%s' in the cache '%s'", name,
                                 poll->mirror->directory);
    *id = result == 0 ? commit_id_of(&oid) : (struct commit_id){.hex = ""};
    return true;
}

/* A ledger's own commits are known before a fetch brings their ref here; and one that this cache has seen and
 * that is gone stays news until a person has looked (ledger_refresh says so). */
static bool compare_ledger(struct poll *poll, struct str account, const char *theirs, bool *same,
                           struct error *error)
{
    struct commit_id seen;
    const char *name = arena_printf(poll->arena, LEDGER_SEEN_REFS "%.*s", STR_ARG(account)).ptr;
    if (!read_ours(poll, name, &seen, error))
        return false;
    bool known = strcmp(seen.hex, theirs) == 0;
    *same = theirs[0] ? *same || known : *same && known;
    return true;
}

/* Sets `moved` where our ref of the name is not where theirs is (NULL: they have none), `held` where we have
 * one. */
static bool compare_ref(struct poll *poll, struct str name, const struct remote_ref *theirs, bool *moved,
                        bool *held, struct error *error)
{
    struct commit_id ours;
    const char *id = theirs ? theirs->id.hex : "";
    if (!read_ours(poll, arena_strz(poll->arena, name), &ours, error))
        return false;
    bool same = strcmp(ours.hex, id) == 0;
    if (str_starts(name, LEDGER_REFS) &&
        !compare_ledger(poll, str_from_index(name, sizeof LEDGER_REFS - 1), id, &same, error))
        return false;
    *held = ours.hex[0];
    *moved = *moved || !same;
    return true;
}

/* A HEAD of which the remote tells no branch counts by its commit alone. */
static bool compare_head(struct poll *poll, bool *moved, struct error *error)
{
    const struct remote_ref *theirs = remote_refs_find(&poll->theirs, STR("HEAD"));
    git_reference *head;
    bool held;
    if (!compare_ref(poll, STR("HEAD"), theirs, moved, &held, error))
        return false;
    const char *target = theirs ? arena_strz(poll->arena, theirs->target) : "";
    if (*moved || !mirror_keeps_head(target))
        return true;
    int result = git_reference_lookup(&head, poll->mirror->repository, "HEAD");
    if (result != 0)
        return mirror_unreadable(poll->mirror, error, result, "cannot read the HEAD of the cache '%s'",
                                 poll->mirror->directory);
    const char *ours = git_reference_symbolic_target(head);
    *moved = !ours || strcmp(ours, target) != 0;
    git_reference_free(head);
    return true;
}

static int count_ours(const char *name, void *count)
{
    (void)name;
    ++*(size_t *)count;
    return 0;
}

/* Each of theirs is where ours is, and we hold no more.  Names that a fetch leaves out do not count. */
static bool compare_below(struct poll *poll, struct str prefix, bool *moved, struct error *error)
{
    size_t common = 0, ours = 0;
    for (size_t i = 0; i < poll->theirs.count && !*moved; i++) {
        const struct remote_ref *ref = &poll->theirs.refs[i];
        bool held;
        if (!str_equal(str_slice(ref->name, 0, prefix.len), prefix) ||
            !mirror_keeps(arena_strz(poll->arena, ref->name)))
            continue;
        if (!compare_ref(poll, ref->name, ref, moved, &held, error))
            return false;
        common += held;
    }
    const char *glob = arena_printf(poll->arena, "%.*s*", STR_ARG(prefix)).ptr;
    int result = *moved ? 0 : git_reference_foreach_glob(poll->mirror->repository, glob, count_ours, &ours);
    if (result != 0)
        return library_error(error, result, "cannot list the refs of the cache '%s'",
                             poll->mirror->directory);
    *moved = *moved || common != ours;
    return true;
}

static bool compare_one(struct poll *poll, struct str interest, bool *moved, struct error *error)
{
    bool held;
    if (str_is(interest, "HEAD"))
        return compare_head(poll, moved, error);
    if (str_ends(interest, "/"))
        return compare_below(poll, interest, moved, error);
    return compare_ref(poll, interest, remote_refs_find(&poll->theirs, interest), moved, &held, error);
}

static bool compare(struct poll *poll, bool *moved, struct error *error)
{
    *moved = false;
    for (size_t i = 0; i < poll->count && !*moved; i++)
        if (!compare_one(poll, poll->interests[i], moved, error))
            return false;
    return true;
}

/* ---- the whole ---- */

static bool check_interests(const struct poll *poll, struct error *error)
{
    if (poll->count == 0 || poll->count > INTERESTS_MAX)
        return error_set(error, ERROR_BUG, "a poll is of 1 to %d refs, not %zu", INTERESTS_MAX, poll->count);
    for (size_t i = 0; i < poll->count; i++) {
        struct str name = poll->interests[i];
        const char *example =
            arena_printf(poll->arena, "%.*s%s", STR_ARG(name), str_ends(name, "/") ? "x" : "").ptr;
        if (!str_is(name, "HEAD") && !mirror_keeps(example))
            return error_set(error, ERROR_INVALID,
                             "'%.*s' cannot be watched: it must be HEAD or below refs/heads/, refs/tags/ or "
                             "refs/plumb/",
                             STR_ARG(name));
    }
    return true;
}

static bool run(struct poll *poll, bool *moved, struct error *error)
{
    if (!check_interests(poll, error) || !session_begin(&poll->session, poll->mirror, error))
        return false;
    if (!remote_refs_read(&poll->session, poll->arena, poll->interests, poll->count, &poll->theirs)) {
        if (poll->session.error.code != ERROR_NONE)
            return session_failed(&poll->session, GIT_ERROR, error, "cannot poll");
        if (!list_all(poll, error))
            return false;
    }
    return compare(poll, moved, error);
}

bool mirror_poll(struct mirror *mirror, const struct str *refs, size_t count, bool *moved,
                 struct error *error)
{
    struct poll poll = {.mirror = mirror, .arena = arena_new(), .interests = refs, .count = count};
    bool done = run(&poll, moved, error);
    session_end(&poll.session);
    arena_free(poll.arena);
    return done;
}
