#include "gitsync/library.h"
#include "gitsync/mirror_private.h"

/* Of <git2/index.h> and <git2/merge.h>, which cannot be included: they have a field named like a banned
 * function.  Part of the library's ABI: https://libgit2.org/libgit2/#v1.5.1/type/git_index_entry */
typedef struct {
    int32_t seconds;
    uint32_t nanoseconds;
} index_time;
typedef struct {
    index_time changed, modified;
    uint32_t dev, ino, mode, uid, gid, file_size;
    git_oid id;
    uint16_t flags, flags_extended;
    const char *path;
} git_index_entry;
typedef struct git_merge_options git_merge_options;

int git_merge_commits(git_index **, git_repository *, const git_commit *ours, const git_commit *theirs,
                      const git_merge_options *);
int git_index_has_conflicts(const git_index *);
int git_index_conflict_iterator_new(git_index_conflict_iterator **, git_index *);
int git_index_conflict_next(const git_index_entry **ancestor, const git_index_entry **ours,
                            const git_index_entry **theirs, git_index_conflict_iterator *);
void git_index_conflict_iterator_free(git_index_conflict_iterator *);
int git_index_write_tree_to(git_oid *, git_index *, git_repository *);
void git_index_free(git_index *);

struct merging {
    struct mirror *mirror;
    git_commit *base, *head;
    git_index *index;
};

static bool list_conflicts(struct merging *merging, struct arena *arena, struct mirror_merge *out,
                           struct error *error)
{
    git_index_conflict_iterator *iterator;
    const git_index_entry *ancestor, *ours, *theirs;
    int result = git_index_conflict_iterator_new(&iterator, merging->index);
    if (result != 0)
        return library_error(error, result, "cannot list the conflicts of a merge");
    out->conflicts = arena_array(arena, MERGE_CONFLICTS_SHOWN, sizeof *out->conflicts);
    while (git_index_conflict_next(&ancestor, &ours, &theirs, iterator) == 0) {
        const git_index_entry *one = ours ? ours : theirs ? theirs : ancestor;
        if (out->conflict_count < MERGE_CONFLICTS_SHOWN)
            out->conflicts[out->conflict_count] = arena_str(arena, str_from(one->path));
        out->conflict_count++;
    }
    git_index_conflict_iterator_free(iterator);
    return true;
}

/* Everything in it comes from the two commits, so that the same two give the same commit. */
static bool write_commit(struct merging *merging, struct commit_id *out, struct error *error)
{
    const git_commit *parents[] = {merging->base, merging->head};
    git_time_t ours = git_commit_time(merging->base), theirs = git_commit_time(merging->head);
    git_oid id, tree;
    int result = git_index_write_tree_to(&tree, merging->index, merging->mirror->repository);
    if (result == 0)
        result = mirror_write_commit(merging->mirror, parents, ARRAY_LENGTH(parents), &tree,
                                     ours > theirs ? ours : theirs, "As it would be merged\n", &id);
    if (result != 0)
        return library_error(error, result, "cannot write a merge into the cache '%s'",
                             merging->mirror->directory);
    *out = commit_id_of(&id);
    return true;
}

static bool merge(struct merging *merging, struct arena *arena, struct mirror_merge *out, struct error *error)
{
    int result =
        git_merge_commits(&merging->index, merging->mirror->repository, merging->base, merging->head, NULL);
    if (result != 0)
        return mirror_unreadable(merging->mirror, error, result, "cannot merge the two commits");
    if (git_index_has_conflicts(merging->index))
        return list_conflicts(merging, arena, out, error);
    return write_commit(merging, &out->commit, error);
}

bool mirror_merge(struct mirror *mirror, struct arena *arena, const struct commit_id *base,
                  const struct commit_id *head, struct mirror_merge *out, struct error *error)
{
    bool ahead, behind = false;
    *out = (struct mirror_merge){.conflict_count = 0};
    if (!mirror_is_ancestor(mirror, base, head, &ahead, error) ||
        (!ahead && !mirror_is_ancestor(mirror, head, base, &behind, error)))
        return false;
    if (ahead || behind) {
        out->commit = ahead ? *head : *base;
        return true;
    }
    struct merging merging = {.mirror = mirror};
    bool done = mirror_commit_of(mirror, base, &merging.base, error) &&
                mirror_commit_of(mirror, head, &merging.head, error) && merge(&merging, arena, out, error);
    git_index_free(merging.index);
    git_commit_free(merging.base);
    git_commit_free(merging.head);
    return done || error_prefix(error, "merge of %.7s into %.7s", head->hex, base->hex);
}

bool mirror_fetch_pull(struct mirror *mirror, struct str ref, struct commit_id *head, struct error *error)
{
    char name[PULL_REF_MAX + 1];
    int valid;
    if (ref.len > PULL_REF_MAX || !str_starts(ref, "refs/") || str_starts(ref, "refs/heads/") ||
        str_starts(ref, "refs/tags/") || str_starts(ref, LEDGER_REFS) || str_starts(ref, LEDGER_SEEN_REFS))
        return error_set(error, ERROR_BUG, "'%.*s' is no ref of a pull request", STR_ARG(ref));
    snprintf(name, sizeof name, "%.*s", STR_ARG(ref));
    if (git_reference_name_is_valid(&valid, name) != 0 || !valid)
        return error_set(error, ERROR_INVALID, "'%s' is no name of a ref", name);
    return mirror_fetch_ref(mirror, name, error) && mirror_resolve(mirror, ref, head, error);
}
