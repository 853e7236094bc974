#include "gitsync/ledger_private.h"
#include "gitsync/library.h"
#include "gitsync/mirror_private.h"

enum { FILES_MAX = 10 * 1000 };

static bool check_file(const struct ledger_file *file, struct error *error)
{
    if (!path_is_safe(file->path) || str_is(file->path, "VERSION"))
        return error_set(error, ERROR_INVALID, "'%.*s' cannot be a path in the ledger", STR_ARG(file->path));
    if (file->bytes.len > LEDGER_FILE_MAX)
        return error_set(error, ERROR_INVALID, "'%.*s' has %zu bytes, more than %d: too much for the ledger",
                         STR_ARG(file->path), file->bytes.len, LEDGER_FILE_MAX);
    return true;
}

static bool write_blob(struct ledger *ledger, struct str bytes, git_oid *id, struct error *error)
{
    int result = git_blob_create_from_buffer(id, ledger->mirror->repository, bytes.ptr, bytes.len);
    return result == 0 ||
           library_error(error, result, "cannot write to the cache '%s'", ledger->mirror->directory);
}

static bool add_update(struct ledger *ledger, struct arena *arena, struct str path, struct str bytes,
                       git_tree_update *update, struct error *error)
{
    *update = (git_tree_update){
        .action = GIT_TREE_UPDATE_UPSERT, .filemode = GIT_FILEMODE_BLOB, .path = arena_strz(arena, path)};
    return write_blob(ledger, bytes, &update->id, error);
}

static bool is_there(git_tree *tree, const char *path)
{
    git_tree_entry *entry;
    if (!tree || git_tree_entry_bypath(&entry, tree, path) != 0)
        return false;
    git_tree_entry_free(entry);
    return true;
}

static bool collect(struct ledger *ledger, struct arena *arena, git_tree *base,
                    const struct ledger_event *event, git_tree_update *updates, size_t *count,
                    struct error *error)
{
    for (size_t i = 0; i < event->file_count; i++) {
        const struct ledger_file *file = &event->files[i];
        if (!check_file(file, error))
            return false;
        const char *path = arena_strz(arena, file->path);
        if (!file->remove && !add_update(ledger, arena, file->path, file->bytes, &updates[(*count)++], error))
            return false;
        if (file->remove && is_there(base, path))
            updates[(*count)++] = (git_tree_update){.action = GIT_TREE_UPDATE_REMOVE, .path = path};
    }
    if (base)
        return true;
    struct str version = arena_printf(arena, "%d\n", LEDGER_VERSION);
    return add_update(ledger, arena, STR("VERSION"), version, &updates[(*count)++], error);
}

bool ledger_tree(struct ledger *ledger, git_commit *tip, const struct ledger_event *event, git_oid *id,
                 struct error *error)
{
    git_tree *base = NULL;
    size_t count = 0;
    if (event->file_count > FILES_MAX)
        return error_set(error, ERROR_INVALID, "an event changes %zu files, more than %d", event->file_count,
                         FILES_MAX);
    int result = tip ? git_commit_tree(&base, tip) : 0;
    if (result != 0)
        return mirror_unreadable(ledger->mirror, error, result, "cannot read the tree of the ledger's tip");
    struct arena *arena = arena_new();
    git_tree_update *updates = arena_array(arena, event->file_count + 1, sizeof *updates);
    bool done = collect(ledger, arena, base, event, updates, &count, error);
    if (done) {
        result = git_tree_create_updated(id, ledger->mirror->repository, base, count, updates);
        done = result == 0 ||
               mirror_unreadable(ledger->mirror, error, result, "cannot write the tree of an event");
    }
    git_tree_free(base);
    arena_free(arena);
    return done;
}
