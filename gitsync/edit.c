#include "gitsync/edit.h"

#include "gitsync/library.h"
#include "gitsync/mirror_private.h"
#include "gitsync/push.h"

/* --- the tree --- */

static bool add_file(struct mirror *mirror, struct arena *arena, git_tree *tree, const struct edit_file *file,
                     git_tree_update *update, struct error *error)
{
    git_tree_entry *entry;
    char *path = arena_strz(arena, file->path);
    int result = git_tree_entry_bypath(&entry, tree, path);
    if (result == GIT_ENOTFOUND)
        return error_set(error, ERROR_NOT_FOUND, "there is no file '%s' to edit", path);
    if (result != 0)
        return mirror_unreadable(mirror, error, result, "cannot read '%s'", path);
    git_filemode_t mode = git_tree_entry_filemode(entry);
    git_tree_entry_free(entry);
    if (mode != GIT_FILEMODE_BLOB && mode != GIT_FILEMODE_BLOB_EXECUTABLE)
        return error_set(error, ERROR_INVALID, "'%s' is no plain file", path);
    *update = (git_tree_update){.action = GIT_TREE_UPDATE_UPSERT, .filemode = mode, .path = path};
    result = git_blob_create_from_buffer(&update->id, mirror->repository, file->bytes.ptr, file->bytes.len);
    return result == 0 || library_error(error, result, "cannot write to the cache '%s'", mirror->directory);
}

static bool write_tree(struct mirror *mirror, git_commit *base, const struct edit *edit, git_oid *id,
                       struct error *error)
{
    git_tree *tree;
    git_tree_update updates[EDIT_FILES_MAX];
    if (edit->count == 0 || edit->count > EDIT_FILES_MAX)
        return error_set(error, ERROR_BUG, "an edit of %zu files", edit->count);
    int result = git_commit_tree(&tree, base);
    if (result != 0)
        return mirror_unreadable(mirror, error, result, "cannot read the tree of '%s'", edit->base.hex);
    struct arena *arena = arena_new();
    bool done = true;
    for (size_t i = 0; done && i < edit->count; i++)
        done = add_file(mirror, arena, tree, &edit->files[i], &updates[i], error);
    if (done) {
        result = git_tree_create_updated(id, mirror->repository, tree, edit->count, updates);
        done = result == 0 || library_error(error, result, "cannot write the tree of an edit");
    }
    git_tree_free(tree);
    arena_free(arena);
    return done;
}

/* --- the commit --- */

static bool write_commit(struct mirror *mirror, git_commit *base, const git_oid *tree, const char *message,
                         git_oid *id, struct error *error)
{
    const git_commit *parents[] = {base};
    git_time_t now = clock_wall(mirror->options.clock) / 1000;
    int result = mirror_write_commit(mirror, parents, ARRAY_LENGTH(parents), tree, now, message, id);
    return result == 0 || library_error(error, result, "cannot write the commit of an edit");
}

bool edit_commit(struct mirror *mirror, const struct edit *edit, struct commit_id *out, struct error *error)
{
    git_commit *base;
    git_oid tree, id;
    if (!mirror_commit_of(mirror, &edit->base, &base, error))
        return false;
    struct arena *arena = arena_new();
    bool done = write_tree(mirror, base, edit, &tree, error) &&
                write_commit(mirror, base, &tree, arena_strz(arena, edit->message), &id, error);
    if (done)
        *out = commit_id_of(&id);
    arena_free(arena);
    git_commit_free(base);
    return done;
}

bool edit_is(struct mirror *mirror, const struct edit *edit, const struct commit_id *commit, bool *yes,
             struct error *error)
{
    git_commit *base, *made;
    git_oid oid, tree;
    *yes = false;
    if (!commit->hex[0])
        return true;
    if (!commit_id_to_oid(commit, &oid, error) || !mirror_commit_of(mirror, &edit->base, &base, error))
        return false;
    bool done = write_tree(mirror, base, edit, &tree, error);
    if (done && git_commit_lookup(&made, mirror->repository, &oid) == 0) {
        *yes = git_commit_parentcount(made) == 1 &&
               git_oid_equal(git_commit_parent_id(made, 0), git_commit_id(base)) &&
               git_oid_equal(git_commit_tree_id(made), &tree) &&
               str_equal(str_from(git_commit_message_raw(made)), edit->message);
        git_commit_free(made);
    }
    git_commit_free(base);
    return done;
}

/* --- branches --- */

static bool name_ref(struct str branch, char ref[EDIT_BRANCH_MAX + 16], struct error *error)
{
    int valid = 0;
    if (branch.len && branch.len <= EDIT_BRANCH_MAX) {
        snprintf(ref, EDIT_BRANCH_MAX + 16, "refs/heads/%.*s", STR_ARG(branch));
        if (git_reference_name_is_valid(&valid, ref) == 0 && valid)
            return true;
    }
    return error_set(error, ERROR_INVALID, "'%.*s' is no name of a branch", STR_ARG(branch));
}

bool edit_branch(struct mirror *mirror, struct str branch, struct commit_id *out, struct error *error)
{
    char ref[EDIT_BRANCH_MAX + 16];
    git_oid oid;
    if (!name_ref(branch, ref, error) || !mirror_read_remote_ref(mirror, ref, &oid, error))
        return false;
    *out = git_oid_is_zero(&oid) ? (struct commit_id){.hex = ""} : commit_id_of(&oid);
    return true;
}

bool edit_push(struct mirror *mirror, struct str branch, const struct commit_id *expected,
               const struct commit_id *next, struct error *error)
{
    char ref[EDIT_BRANCH_MAX + 16];
    git_oid from, to, now;
    struct error ignored = ERROR_INIT;
    bool sent = false;
    if (!name_ref(branch, ref, error) || !commit_id_to_oid_or_zero(expected, &from, error) ||
        !commit_id_to_oid_or_zero(next, &to, error))
        return false;
    if (git_oid_equal(&from, &to))
        return true;
    if (!push_ref(mirror, ref, &from, git_oid_is_zero(&to) ? NULL : &to, &sent, error)) {
        if (!sent || error->code == ERROR_DENIED || !mirror_read_remote_ref(mirror, ref, &now, &ignored) ||
            !git_oid_equal(&now, &to))
            return false;
        error_clear(error);
    }
    /* The mirror need not wait for its next fetch to know of it. */
    if (!mirror_fetch_ref(mirror, ref, &ignored))
        error_clear(&ignored);
    return true;
}
