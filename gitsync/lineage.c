#include "gitsync/lineage.h"

#include <stdlib.h>
#include <string.h>

#include "gitsync/library.h"
#include "gitsync/mirror_private.h"

bool lineage_has(struct mirror *mirror, const struct commit_id *id)
{
    git_commit *commit;
    struct error ignored = ERROR_INIT;
    if (!mirror_commit_of(mirror, id, &commit, &ignored))
        return false;
    git_commit_free(commit);
    return true;
}

/* From `to` back, without `from` (may be zero) and what it has.  What libgit2 says: 0, or its error. */
static int begin_walk(struct mirror *mirror, const git_oid *from, const git_oid *to, unsigned sorting,
                      git_revwalk **walk)
{
    int result = git_revwalk_new(walk, mirror->repository);
    if (result != 0)
        return result;
    result = git_revwalk_sorting(*walk, sorting);
    if (result == 0)
        result = git_revwalk_push(*walk, to);
    if (result == 0 && !git_oid_is_zero(from))
        result = git_revwalk_hide(*walk, from);
    if (result != 0)
        git_revwalk_free(*walk);
    return result;
}

static bool collect(struct mirror *mirror, git_revwalk *walk, struct arena *arena, struct lineage *out,
                    struct error *error)
{
    size_t capacity = 0;
    git_oid oid;
    int result;
    while ((result = git_revwalk_next(&oid, walk)) == 0) {
        if (out->count == LINEAGE_MAX)
            return error_set(error, ERROR_OUT_OF_MEMORY, "there are more than %d commits to look at",
                             LINEAGE_MAX);
        if (out->count == capacity) {
            capacity = capacity ? capacity * 2 : 64;
            struct lineage_commit *more = arena_array(arena, capacity, sizeof *more);
            if (out->count)
                memcpy(more, out->commits, out->count * sizeof *more);
            out->commits = more;
        }
        out->commits[out->count++] = (struct lineage_commit){.id = commit_id_of(&oid)};
    }
    return result == GIT_ITEROVER || mirror_unreadable(mirror, error, result, "cannot walk the history");
}

static int compare_ids(const void *a, const void *b)
{
    const struct lineage_commit *const *x = a, *const *y = b;
    return strcmp((*x)->id.hex, (*y)->id.hex);
}

static bool link_parents(struct mirror *mirror, struct arena *arena, struct lineage *lineage,
                         struct lineage_commit **sorted, struct lineage_commit *commit, struct error *error)
{
    git_commit *read;
    if (!mirror_commit_of(mirror, &commit->id, &read, error))
        return false;
    commit->parent_count = git_commit_parentcount(read);
    commit->parents = arena_array(arena, commit->parent_count + 1, sizeof *commit->parents);
    for (size_t i = 0; i < commit->parent_count; i++) {
        struct lineage_commit wanted = {.id = commit_id_of(git_commit_parent_id(read, (unsigned)i))},
                              *key = &wanted;
        struct lineage_commit **found =
            bsearch(&key, sorted, lineage->count, sizeof(struct lineage_commit *), compare_ids);
        commit->parents[i] = found ? (size_t)(*found - lineage->commits) : SIZE_MAX;
    }
    git_commit_free(read);
    return true;
}

bool lineage_between(struct mirror *mirror, struct arena *arena, const struct commit_id *from,
                     const struct commit_id *to, struct lineage *out, struct error *error)
{
    git_oid start, end;
    git_revwalk *walk;
    *out = (struct lineage){.count = 0};
    if (!commit_id_to_oid_or_zero(from, &start, error) || !commit_id_to_oid(to, &end, error))
        return false;
    int result = begin_walk(mirror, &start, &end, GIT_SORT_TOPOLOGICAL | GIT_SORT_REVERSE, &walk);
    if (result != 0)
        return mirror_unreadable(mirror, error, result, "cannot walk the history");
    bool fine = collect(mirror, walk, arena, out, error);
    git_revwalk_free(walk);
    struct lineage_commit **sorted = arena_array(arena, out->count + 1, sizeof(struct lineage_commit *));
    for (size_t i = 0; i < out->count; i++)
        sorted[i] = &out->commits[i];
    qsort(sorted, out->count, sizeof(struct lineage_commit *), compare_ids);
    for (size_t i = 0; fine && i < out->count; i++)
        fine = link_parents(mirror, arena, out, sorted, &out->commits[i], error);
    return fine;
}

static bool tree_of(struct mirror *mirror, const struct commit_id *id, git_tree **tree, struct error *error)
{
    git_commit *commit;
    *tree = NULL;
    if (!id->hex[0])
        return true;
    if (!mirror_commit_of(mirror, id, &commit, error))
        return false;
    int result = git_commit_tree(tree, commit);
    git_commit_free(commit);
    return result == 0 ||
           mirror_unreadable(mirror, error, result, "cannot read the tree of commit '%s'", id->hex);
}

static bool take_paths(const git_diff *diff, struct arena *arena, struct str **paths, size_t *count,
                       struct error *error)
{
    *count = git_diff_num_deltas(diff);
    if (*count > LINEAGE_PATHS_MAX)
        return error_set(error, ERROR_OUT_OF_MEMORY, "there are more than %d changed files to look at",
                         LINEAGE_PATHS_MAX);
    *paths = arena_array(arena, *count + 1, sizeof **paths);
    for (size_t i = 0; i < *count; i++) {
        const git_diff_delta *delta = git_diff_get_delta(diff, i);
        (*paths)[i] = arena_str(arena, str_from(delta->new_file.path));
    }
    return true;
}

bool lineage_paths(struct mirror *mirror, struct arena *arena, const struct commit_id *from,
                   const struct commit_id *to, struct str **paths, size_t *count, struct error *error)
{
    git_tree *before, *after = NULL;
    git_diff *diff;
    if (!tree_of(mirror, from, &before, error))
        return false;
    bool fine = tree_of(mirror, to, &after, error);
    if (fine) {
        int result = git_diff_tree_to_tree(&diff, mirror->repository, before, after, NULL);
        fine = result == 0 ? take_paths(diff, arena, paths, count, error)
                           : mirror_unreadable(mirror, error, result, "cannot compare '%s' with '%s'",
                                               from->hex, to->hex);
        if (result == 0)
            git_diff_free(diff);
    }
    git_tree_free(before);
    git_tree_free(after);
    return fine;
}

bool lineage_entry(struct mirror *mirror, struct arena *arena, const struct commit_id *id, struct str path,
                   struct str *entry, struct error *error)
{
    struct commit_entry found;
    *entry = STR_EMPTY;
    if (!mirror_entry(mirror, id, path, &found, error))
        return false;
    if (found.there)
        *entry = arena_printf(arena, "%o %s", found.mode, commit_id_of(&found.id).hex);
    return true;
}

bool commits_agree(struct mirror *mirror, const struct commit_id *a, const struct commit_id *b,
                   struct str path, bool *yes, struct error *error)
{
    struct commit_entry first, second;
    bool done = mirror_entry(mirror, a, path, &first, error) && mirror_entry(mirror, b, path, &second, error);
    *yes = done && git_oid_equal(&first.id, &second.id);
    return done;
}

bool commits_between(struct mirror *mirror, struct arena *arena, const struct commit_id *from,
                     const struct commit_id *to, size_t max, struct commit_facts **out, size_t *count,
                     bool *more, struct error *error)
{
    git_revwalk *walk;
    git_oid old, new, oid;
    if (!commit_id_to_oid_or_zero(from, &old, error) || !commit_id_to_oid(to, &new, error))
        return false;
    *out = arena_array(arena, max + 1, sizeof **out);
    *count = 0;
    *more = false;
    int result = begin_walk(mirror, &old, &new, GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME, &walk);
    if (result == 0) {
        bool done = true;
        while (done && !*more && (result = git_revwalk_next(&oid, walk)) == 0) {
            struct commit_id id = commit_id_of(&oid);
            *more = *count == max;
            done = *more || mirror_commit(mirror, arena, &id, &(*out)[(*count)++], error);
        }
        git_revwalk_free(walk);
        if (!done)
            return false;
    }
    return result == 0 || result == GIT_ITEROVER ||
           mirror_unreadable(mirror, error, result, "cannot list the commits from '%s' to '%s'", from->hex,
                             to->hex);
}

static bool collect_branches(struct mirror *mirror, git_reference_iterator *iterator, struct arena *arena,
                             struct lineage_branch **out, size_t *count, struct error *error)
{
    git_reference *reference;
    size_t capacity = 0;
    int result;
    while ((result = git_reference_next(&reference, iterator)) == 0) {
        const git_oid *tip = git_reference_target(reference);
        if (*count == capacity) {
            capacity = capacity ? capacity * 2 : 16;
            struct lineage_branch *more = arena_array(arena, capacity, sizeof *more);
            if (*count)
                memcpy(more, *out, *count * sizeof *more);
            *out = more;
        }
        if (tip)
            (*out)[(*count)++] = (struct lineage_branch){
                .name = arena_str(arena, str_from(git_reference_shorthand(reference))),
                .tip = commit_id_of(tip)};
        git_reference_free(reference);
    }
    return result == GIT_ITEROVER || mirror_unreadable(mirror, error, result, "cannot read the branches");
}

bool lineage_branches(struct mirror *mirror, struct arena *arena, struct lineage_branch **out, size_t *count,
                      struct error *error)
{
    git_reference_iterator *iterator;
    *out = NULL;
    *count = 0;
    int result = git_reference_iterator_glob_new(&iterator, mirror->repository, "refs/heads/*");
    if (result != 0)
        return mirror_unreadable(mirror, error, result, "cannot read the branches");
    bool fine = collect_branches(mirror, iterator, arena, out, count, error);
    git_reference_iterator_free(iterator);
    return fine;
}
