/* Looking into commits, and making them. */

#include "gitsync/library.h"
#include "gitsync/mirror_private.h"

bool commit_entry_read(struct mirror *mirror, const git_commit *commit, const char *path,
                       struct commit_entry *out, struct error *error)
{
    git_tree *tree;
    git_tree_entry *entry;
    *out = (struct commit_entry){.there = false};
    if (!commit)
        return true;
    const struct commit_id id = commit_id_of(git_commit_id(commit));
    int result = git_commit_tree(&tree, commit);
    if (result != 0)
        return mirror_unreadable(mirror, error, result, "cannot read the tree of commit '%s'", id.hex);
    result = git_tree_entry_bypath(&entry, tree, path);
    if (result == 0) {
        out->there = true;
        git_oid_cpy(&out->id, git_tree_entry_id(entry));
        out->mode = (unsigned)git_tree_entry_filemode_raw(entry);
        git_tree_entry_free(entry);
    }
    git_tree_free(tree);
    return result == 0 || result == GIT_ENOTFOUND ||
           mirror_unreadable(mirror, error, result, "cannot read '%s' of commit '%s'", path, id.hex);
}

bool mirror_entry(struct mirror *mirror, const struct commit_id *id, struct str path,
                  struct commit_entry *out, struct error *error)
{
    git_commit *commit = NULL;
    if (id->hex[0] && !mirror_commit_of(mirror, id, &commit, error))
        return false;
    struct arena *arena = arena_new();
    bool done = commit_entry_read(mirror, commit, arena_strz(arena, path), out, error);
    arena_free(arena);
    git_commit_free(commit);
    return done;
}

int mirror_write_commit(struct mirror *mirror, const git_commit *parents[], size_t count,
                        const git_oid *tree_id, git_time_t seconds, const char *message, git_oid *id)
{
    git_repository *repository = mirror->repository;
    git_signature *author = NULL;
    git_tree *tree = NULL;
    int result = git_tree_lookup(&tree, repository, tree_id);
    if (result == 0)
        result = git_signature_new(&author, "plumb", "plumb@localhost", seconds, 0);
    if (result == 0)
        result = git_commit_create(id, repository, NULL, author, author, NULL, message, tree, count, parents);
    git_signature_free(author);
    git_tree_free(tree);
    return result;
}
