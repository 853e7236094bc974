#include "gitsync/library.h"
#include "gitsync/remote_refs.h"

struct reader {
    struct arena *arena;
    git_repository *repository;
    struct remote_refs *refs;
};

/* A ref that leads nowhere is none: so says git too. */
static bool add(struct reader *reader, git_reference *reference)
{
    git_reference *resolved;
    int result = git_reference_resolve(&resolved, reference);
    if (result != 0)
        return result == GIT_ENOTFOUND;
    bool symbolic = git_reference_type(reference) == GIT_REFERENCE_SYMBOLIC;
    struct remote_ref ref = {.name = arena_str(reader->arena, str_from(git_reference_name(reference))),
                             .id = commit_id_of(git_reference_target(resolved))};
    if (symbolic)
        ref.target = arena_str(reader->arena, str_from(git_reference_name(resolved)));
    bool room = reader->refs->count < REFS_MAX;
    if (room)
        remote_refs_add(reader->arena, reader->refs, &ref);
    git_reference_free(resolved);
    return room;
}

static bool read_one(struct reader *reader, struct str name)
{
    git_reference *reference;
    int result = git_reference_lookup(&reference, reader->repository, arena_strz(reader->arena, name));
    if (result != 0)
        return result == GIT_ENOTFOUND;
    bool done = add(reader, reference);
    git_reference_free(reference);
    return done;
}

static bool read_below(struct reader *reader, struct str prefix)
{
    git_reference_iterator *iterator;
    git_reference *reference;
    const char *glob = arena_printf(reader->arena, "%.*s*", STR_ARG(prefix)).ptr;
    if (git_reference_iterator_glob_new(&iterator, reader->repository, glob) != 0)
        return false;
    int result = 0;
    while (result == 0 && (result = git_reference_next(&reference, iterator)) == 0) {
        result = add(reader, reference) ? 0 : GIT_ERROR;
        git_reference_free(reference);
    }
    git_reference_iterator_free(iterator);
    return result == GIT_ITEROVER;
}

static bool is_set(const git_config *config, const char *name)
{
    git_config_entry *entry;
    int result = git_config_get_entry(&entry, config, name);
    if (result == 0)
        git_config_entry_free(entry);
    return result != GIT_ENOTFOUND;
}

/* git-config(1): transfer.hideRefs */
static bool hides(git_repository *repository)
{
    git_config *config;
    if (git_repository_config_snapshot(&config, repository) != 0)
        return true;
    bool set = is_set(config, "transfer.hiderefs") || is_set(config, "uploadpack.hiderefs");
    git_config_free(config);
    return set;
}

/* By another interest: no ref shall be there twice. */
static bool is_covered(const struct str *interests, size_t count, struct str interest)
{
    for (size_t i = 0; i < count; i++)
        if (str_ends(interests[i], "/") && interests[i].len < interest.len &&
            str_equal(str_slice(interest, 0, interests[i].len), interests[i]))
            return true;
    return false;
}

bool local_refs_read(struct arena *arena, const char *path, const struct str *interests, size_t count,
                     struct remote_refs *refs)
{
    struct reader reader = {.arena = arena, .refs = refs};
    if (git_repository_open_ext(&reader.repository, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) != 0)
        return false;
    bool done = !hides(reader.repository);
    for (size_t i = 0; done && i < count; i++)
        if (!is_covered(interests, count, interests[i]))
            done = str_ends(interests[i], "/") ? read_below(&reader, interests[i])
                                               : read_one(&reader, interests[i]);
    git_repository_free(reader.repository);
    return done;
}
