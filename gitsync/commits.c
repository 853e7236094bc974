/* Looking into commits and trees, and making commits. */

#include "gitsync/library.h"
#include "gitsync/mirror_private.h"

enum {
    NAME_SIZE = 1024,
    TREE_MAX = 64 * 1024 * 1024,
    SMALL_TREE = 4096, /* up to which libgit2's cache takes them */
};

static git_tree *find_kept(const struct mirror *mirror, const git_oid *oid)
{
    git_tree *tree;
    for (size_t i = 0; i < ARRAY_LENGTH(mirror->trees); i++)
        if (mirror->trees[i] && git_oid_equal(git_tree_id(mirror->trees[i]), oid) &&
            git_tree_dup(&tree, mirror->trees[i]) == 0)
            return tree;
    return NULL;
}

static void keep(struct mirror *mirror, git_tree *tree)
{
    git_tree **place = &mirror->trees[mirror->next_tree++ % ARRAY_LENGTH(mirror->trees)];
    git_tree_free(*place);
    if (git_tree_dup(place, tree) != 0)
        *place = NULL;
}

bool mirror_tree(struct mirror *mirror, const git_oid *oid, git_tree **tree, struct error *error)
{
    uint64_t size;
    if ((*tree = find_kept(mirror, oid)))
        return true;
    if (!mirror_object_size(mirror, oid, GIT_OBJECT_TREE, &size, error))
        return false;
    if (size > TREE_MAX)
        return error_set(error, ERROR_OUT_OF_MEMORY, "tree '%s' has more than %d bytes",
                         commit_id_of(oid).hex, TREE_MAX);
    int result = git_tree_lookup(tree, mirror->repository, oid);
    if (result != 0)
        return mirror_unreadable(mirror, error, result, "cannot read tree '%s'", commit_id_of(oid).hex);
    if (size > SMALL_TREE)
        keep(mirror, *tree);
    return true;
}

/* The entry of that name in a tree. */
static bool step_down(struct mirror *mirror, struct str name, struct commit_entry *at, struct error *error)
{
    char text[NAME_SIZE];
    git_tree *tree;
    bool tree_there = at->there && at->mode == GIT_FILEMODE_TREE && name.len < sizeof text;
    const git_oid id = at->id;
    *at = (struct commit_entry){.there = false};
    if (!tree_there)
        return true;
    if (!mirror_tree(mirror, &id, &tree, error))
        return false;
    snprintf(text, sizeof text, "%.*s", STR_ARG(name));
    const git_tree_entry *entry = git_tree_entry_byname(tree, text);
    if (entry)
        *at = (struct commit_entry){.there = true,
                                    .id = *git_tree_entry_id(entry),
                                    .mode = (unsigned)git_tree_entry_filemode_raw(entry)};
    git_tree_free(tree);
    return true;
}

bool commit_entry_read(struct mirror *mirror, const git_commit *commit, struct str path,
                       struct commit_entry *out, struct error *error)
{
    struct str name;
    *out = (struct commit_entry){.there = false};
    if (!commit)
        return true;
    *out = (struct commit_entry){.there = true, .id = *git_commit_tree_id(commit), .mode = GIT_FILEMODE_TREE};
    while (str_split(&path, '/', &name))
        if (!step_down(mirror, name, out, error))
            return error_prefix(error, "cannot read commit '%s'", commit_id_of(git_commit_id(commit)).hex);
    return true;
}

bool mirror_entry(struct mirror *mirror, const struct commit_id *id, struct str path,
                  struct commit_entry *out, struct error *error)
{
    git_commit *commit = NULL;
    if (id->hex[0] && !mirror_commit_of(mirror, id, &commit, error))
        return false;
    bool done = commit_entry_read(mirror, commit, path, out, error);
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
