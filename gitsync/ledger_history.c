#include "gitsync/ledger_private.h"
#include "gitsync/library.h"
#include "gitsync/mirror_private.h"

static bool touches(struct mirror *mirror, git_commit *commit, git_commit *parent, const char *path,
                    bool *yes, struct error *error)
{
    struct commit_entry here, before;
    *yes = true;
    if (!path[0])
        return true;
    if (!commit_entry_read(mirror, commit, str_from(path), &here, error) ||
        !commit_entry_read(mirror, parent, str_from(path), &before, error))
        return false;
    *yes = !git_oid_equal(&here.id, &before.id);
    return true;
}

static void fill_record(struct arena *arena, git_commit *commit, struct ledger_record *record)
{
    *record = (struct ledger_record){
        .id = commit_id_of(git_commit_id(commit)),
        .time_ms = (int64_t)git_commit_time(commit) * 1000,
        .subject = arena_str(arena, str_from(git_commit_summary(commit))),
        .body = arena_str(arena, str_from(git_commit_body(commit))),
    };
}

struct walk {
    struct ledger *ledger;
    struct arena *arena;
    const char *path;
    struct ledger_record *records;
    size_t count, capacity;
};

static void add_record(struct walk *walk, git_commit *commit)
{
    if (walk->count == walk->capacity) {
        size_t capacity = walk->capacity ? walk->capacity * 2 : 16;
        struct ledger_record *records = arena_array(walk->arena, capacity, sizeof *records);
        if (walk->count)
            memcpy(records, walk->records, walk->count * sizeof *records);
        walk->records = records;
        walk->capacity = capacity;
    }
    fill_record(walk->arena, commit, &walk->records[walk->count++]);
}

/* Looks at the commit and replaces it by its parent, NULL at the beginning of the ledger. */
static bool step(struct walk *walk, git_commit **commit, struct error *error)
{
    git_commit *parent = NULL;
    bool yes = false;
    if (git_commit_parentcount(*commit) > 0 &&
        !mirror_commit_lookup(walk->ledger->mirror, git_commit_parent_id(*commit, 0), &parent, error))
        return mirror_broken(walk->ledger->mirror, error);
    bool fine = touches(walk->ledger->mirror, *commit, parent, walk->path, &yes, error);
    if (fine && yes)
        add_record(walk, *commit);
    git_commit_free(*commit);
    *commit = parent;
    return fine;
}

bool ledger_history(struct ledger *ledger, struct arena *arena, struct str path, size_t max,
                    struct ledger_record **records, size_t *count, struct error *error)
{
    git_commit *commit = NULL;
    struct walk walk = {.ledger = ledger, .arena = arena};
    *records = NULL;
    *count = 0;
    if (path.len && !path_is_safe(path))
        return error_set(error, ERROR_INVALID, "'%.*s' cannot be a path in the ledger", STR_ARG(path));
    walk.path = arena_strz(arena, path);
    if (!ledger->tip.hex[0] || max == 0)
        return true;
    bool fine = mirror_commit_of(ledger->mirror, &ledger->tip, &commit, error);
    while (fine && commit && walk.count < max)
        fine = step(&walk, &commit, error);
    git_commit_free(commit);
    if (!fine)
        return false;
    *records = walk.records;
    *count = walk.count;
    return true;
}
