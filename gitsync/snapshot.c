#include <stdlib.h>
#include <strings.h>

#include "gitsync/library.h"
#include "gitsync/mirror_private.h"

enum {
    ENTRIES_MAX = 1000 * 1000,
    DEPTH_MAX = 64,
    BLOB_MAX = 64 * 1024 * 1024,
    POINTER_MAX = 1024,
};

struct snapshot {
    struct mirror *mirror;
    struct commit_id commit;
    git_tree *root;
};

static enum file_kind kind_of(git_filemode_t mode)
{
    switch (mode) {
    case GIT_FILEMODE_TREE:
        return FILE_DIRECTORY;
    case GIT_FILEMODE_BLOB_EXECUTABLE:
        return FILE_EXECUTABLE;
    case GIT_FILEMODE_LINK:
        return FILE_SYMLINK;
    case GIT_FILEMODE_COMMIT:
        return FILE_SUBMODULE;
    default:
        return FILE_REGULAR;
    }
}

static bool refuse_kind(struct str path, enum file_kind kind, struct error *error)
{
    static const char *const what[] = {
        [FILE_REGULAR] = "a file, not a directory",
        [FILE_EXECUTABLE] = "a file, not a directory",
        [FILE_DIRECTORY] = "a directory, not a file",
        [FILE_SYMLINK] = "a symbolic link, which is not followed",
        [FILE_SUBMODULE] = "a submodule, which is not followed",
    };
    return error_set(error, ERROR_INVALID, "'%.*s' is %s", STR_ARG(path), what[kind]);
}

/* What a path leads to. */
struct found {
    enum file_kind kind;
    git_oid oid;
};

/* Goes down from the root; every part but the last must be a directory. */
static bool find(struct snapshot *snapshot, struct str path, struct found *out, struct error *error)
{
    struct str rest = path, part;
    git_tree *tree = snapshot->root;
    *out = (struct found){.kind = FILE_DIRECTORY, .oid = *git_tree_id(tree)};
    if (path.len == 0)
        return true;
    if (!path_is_safe(path))
        return error_set(error, ERROR_INVALID, "'%.*s' is no safe path in a repository", STR_ARG(path));
    bool going = true;
    for (int depth = 0; going && str_split(&rest, '/', &part); depth++) {
        struct str so_far = {.ptr = path.ptr, .len = (size_t)(part.ptr - path.ptr) + part.len};
        char name[1025];
        snprintf(name, sizeof name, "%.*s", STR_ARG(part));
        const git_tree_entry *entry = git_tree_entry_byname(tree, name);
        if (depth == DEPTH_MAX)
            going = error_set(error, ERROR_OUT_OF_MEMORY, "'%.*s' is more than %d directories deep",
                              STR_ARG(path), DEPTH_MAX);
        else if (!entry)
            going = error_set(error, ERROR_NOT_FOUND, "there is no '%.*s' at commit '%.12s'", STR_ARG(path),
                              snapshot->commit.hex);
        if (!going)
            break;
        *out =
            (struct found){.kind = kind_of(git_tree_entry_filemode(entry)), .oid = *git_tree_entry_id(entry)};
        if (!rest.ptr)
            break;
        if (tree != snapshot->root)
            git_tree_free(tree);
        tree = NULL;
        going = out->kind == FILE_DIRECTORY ? mirror_tree(snapshot->mirror, &out->oid, &tree, error)
                                            : refuse_kind(so_far, out->kind, error);
    }
    if (tree != snapshot->root)
        git_tree_free(tree);
    return going;
}

static bool check_pointer(struct str path, struct str bytes, struct error *error)
{
    if (bytes.len > POINTER_MAX || !str_starts(bytes, "version https://git-lfs.github.com/spec/"))
        return true;
    return error_set(error, ERROR_INVALID,
                     "'%.*s' is a Git LFS pointer: its content is not in the repository", STR_ARG(path));
}

static bool snapshot_read(void *self, struct arena *arena, struct str path, size_t max, struct str *bytes,
                          struct error *error)
{
    struct snapshot *snapshot = self;
    struct found found;
    uint64_t size;
    git_blob *blob;
    if (!find(snapshot, path, &found, error))
        return false;
    if (found.kind != FILE_REGULAR && found.kind != FILE_EXECUTABLE)
        return refuse_kind(path, found.kind, error);
    if (!mirror_object_size(snapshot->mirror, &found.oid, GIT_OBJECT_BLOB, &size, error))
        return error_prefix(error, "cannot read '%.*s'", STR_ARG(path));
    size_t limit = max < BLOB_MAX ? max : BLOB_MAX;
    if (size > limit)
        return error_set(error, ERROR_OUT_OF_MEMORY, "'%.*s' has %llu bytes, more than %zu", STR_ARG(path),
                         (unsigned long long)size, limit);
    int result = git_blob_lookup(&blob, snapshot->mirror->repository, &found.oid);
    if (result != 0)
        return mirror_unreadable(snapshot->mirror, error, result, "cannot read '%.*s'", STR_ARG(path));
    struct str text = {.ptr = git_blob_rawcontent(blob), .len = (size_t)git_blob_rawsize(blob)};
    bool fine = check_pointer(path, text, error);
    if (fine)
        *bytes = arena_str(arena, text);
    git_blob_free(blob);
    return fine;
}

static int by_name(const void *a, const void *b)
{
    return str_compare(((const struct file_entry *)a)->name, ((const struct file_entry *)b)->name);
}

static bool fill_entry(struct snapshot *snapshot, struct arena *arena, const git_tree_entry *from,
                       struct file_entry *to, struct error *error)
{
    struct str name = str_from(git_tree_entry_name(from));
    if (!path_is_safe(name) || str_find(name, '/') < name.len)
        return error_set(error, ERROR_INVALID, "'%.*s' is no safe name of a file", STR_ARG(name));
    *to = (struct file_entry){.name = arena_str(arena, name), .kind = kind_of(git_tree_entry_filemode(from))};
    if (to->kind != FILE_REGULAR && to->kind != FILE_EXECUTABLE)
        return true;
    return mirror_object_size(snapshot->mirror, git_tree_entry_id(from), GIT_OBJECT_BLOB, &to->size, error);
}

static int compare_folded(const struct file_entry *a, const struct file_entry *b)
{
    return strcasecmp(a->name.ptr, b->name.ptr);
}

static int by_folded_name(const void *a, const void *b)
{
    const struct file_entry *const *left = a, *const *right = b;
    int order = compare_folded(*left, *right);
    return order ? order : strcmp((*left)->name.ptr, (*right)->name.ptr);
}

/* "Prod" beside "prod" is a trap for whoever reads the directory on another file system. */
static bool check_names(struct arena *arena, const struct file_list *list, struct error *error)
{
    const struct file_entry **folded = arena_array(arena, list->count + 1, sizeof *folded);
    for (size_t i = 0; i < list->count; i++)
        folded[i] = &list->entries[i];
    qsort(folded, list->count, sizeof *folded, by_folded_name);
    for (size_t i = 1; i < list->count; i++)
        if (compare_folded(folded[i - 1], folded[i]) == 0)
            return error_set(error, ERROR_INVALID, "'%.*s' and '%.*s' differ by case only, or not at all",
                             STR_ARG(folded[i - 1]->name), STR_ARG(folded[i]->name));
    return true;
}

static bool fill_list(struct snapshot *snapshot, struct arena *arena, const git_tree *tree,
                      struct file_list *list, struct error *error)
{
    size_t count = git_tree_entrycount(tree);
    if (count > ENTRIES_MAX)
        return error_set(error, ERROR_OUT_OF_MEMORY, "more than %d entries", ENTRIES_MAX);
    struct file_entry *entries = arena_array(arena, count ? count : 1, sizeof *entries);
    for (size_t i = 0; i < count; i++)
        if (!fill_entry(snapshot, arena, git_tree_entry_byindex(tree, i), &entries[i], error))
            return false;
    qsort(entries, count, sizeof *entries, by_name); /* Git sorts "a.b" before the directory "a" */
    *list = (struct file_list){.entries = entries, .count = count};
    return check_names(arena, list, error);
}

static bool snapshot_list(void *self, struct arena *arena, struct str directory, struct file_list *list,
                          struct error *error)
{
    struct snapshot *snapshot = self;
    struct found found;
    git_tree *tree;
    if (!find(snapshot, directory, &found, error))
        return false;
    if (found.kind != FILE_DIRECTORY)
        return refuse_kind(directory, found.kind, error);
    if (!mirror_tree(snapshot->mirror, &found.oid, &tree, error))
        return false;
    bool filled = fill_list(snapshot, arena, tree, list, error);
    git_tree_free(tree);
    return filled || error_prefix(error, "cannot list '%.*s'", STR_ARG(directory));
}

static bool snapshot_kind(void *self, struct str path, enum file_kind *kind, struct error *error)
{
    struct found found;
    if (!find(self, path, &found, error))
        return false;
    *kind = found.kind;
    return true;
}

static bool snapshot_digest(void *self, struct arena *arena, struct str path, struct str *hex,
                            struct error *error)
{
    struct found found;
    if (!find(self, path, &found, error))
        return false;
    *hex = arena_str(arena, str_from(commit_id_of(&found.oid).hex));
    return true;
}

bool snapshot_open(struct mirror *mirror, const struct commit_id *id, struct snapshot **out,
                   struct error *error)
{
    git_oid oid;
    git_commit *commit;
    git_tree *root;
    if (!commit_id_to_oid(id, &oid, error))
        return false;
    if (!mirror_commit_lookup(mirror, &oid, &commit, error))
        return mirror_broken(mirror, error);
    bool found = mirror_tree(mirror, git_commit_tree_id(commit), &root, error);
    git_commit_free(commit);
    if (!found)
        return error_prefix(error, "cannot read commit '%s'", id->hex);
    struct snapshot *snapshot = memory_alloc(sizeof *snapshot);
    *snapshot = (struct snapshot){.mirror = mirror, .commit = *id, .root = root};
    *out = snapshot;
    return true;
}

struct files snapshot_files(struct snapshot *snapshot)
{
    return (struct files){.self = snapshot,
                          .read = snapshot_read,
                          .list = snapshot_list,
                          .kind = snapshot_kind,
                          .digest = snapshot_digest};
}

const struct commit_id *snapshot_commit(const struct snapshot *snapshot)
{
    return &snapshot->commit;
}

void snapshot_close(struct snapshot *snapshot)
{
    if (!snapshot)
        return;
    git_tree_free(snapshot->root);
    free(snapshot);
}
