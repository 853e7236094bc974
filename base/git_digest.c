#include "base/git_digest.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

enum { ID_SIZE = 20 };

/* One digest under way, computed from the leaves up. */
struct digest {
    const struct files *files;
    struct arena *lists, *content; /* content holds one file at a time */
    size_t entries;
    unsigned depth;
};

static void object_id(const char *type, struct str bytes, unsigned char id[ID_SIZE])
{
    char header[48];
    int length = snprintf(header, sizeof header, "%s %zu", type, bytes.len);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (!context || EVP_DigestInit_ex(context, EVP_sha1(), NULL) != 1)
        memory_exhausted();
    EVP_DigestUpdate(context, header, (size_t)length + 1); /* with its NUL */
    EVP_DigestUpdate(context, bytes.ptr, bytes.len);
    EVP_DigestFinal_ex(context, id, NULL);
    EVP_MD_CTX_free(context);
}

static bool digest_file(struct digest *digest, struct str path, unsigned char id[ID_SIZE],
                        struct error *error)
{
    struct str bytes;
    arena_reset(digest->content);
    if (!files_read(digest->files, digest->content, path, GIT_DIGEST_FILE_MAX, &bytes, error))
        return false;
    object_id("blob", bytes, id);
    return true;
}

/* By bytes, a directory as if its name ended with '/'. */
static int git_order(const void *a, const void *b)
{
    const struct file_entry *left = a, *right = b;
    size_t shorter = left->name.len < right->name.len ? left->name.len : right->name.len;
    int order = memcmp(left->name.ptr, right->name.ptr, shorter);
    if (order)
        return order;
    int l = left->name.len > shorter ? left->name.ptr[shorter] : left->kind == FILE_DIRECTORY ? '/' : 0;
    int r = right->name.len > shorter ? right->name.ptr[shorter] : right->kind == FILE_DIRECTORY ? '/' : 0;
    return (unsigned char)l - (unsigned char)r;
}

static bool digest_directory(struct digest *, struct str path, unsigned char id[ID_SIZE], bool *empty,
                             struct error *);

/* Adds one entry to the text of a tree object. */
static bool digest_entry(struct digest *digest, const struct file_entry *entry, struct str path,
                         struct buf *tree, struct error *error)
{
    unsigned char id[ID_SIZE];
    bool empty = false;
    bool directory = entry->kind == FILE_DIRECTORY;
    if (++digest->entries > GIT_DIGEST_ENTRIES_MAX)
        return error_set(error, ERROR_OUT_OF_MEMORY, "more than %d files and directories at '%.*s'",
                         GIT_DIGEST_ENTRIES_MAX, STR_ARG(path));
    if (directory ? !digest_directory(digest, path, id, &empty, error)
                  : !digest_file(digest, path, id, error))
        return false;
    if (empty)
        return true;
    buf_addz(tree, directory ? "40000 " : entry->kind == FILE_EXECUTABLE ? "100755 " : "100644 ");
    buf_add(tree, entry->name);
    buf_addc(tree, '\0');
    buf_add(tree, (struct str){.ptr = (const char *)id, .len = sizeof id});
    return true;
}

static bool digest_entries(struct digest *digest, struct str path, struct buf *tree, struct error *error)
{
    struct file_list list;
    if (!files_list(digest->files, digest->lists, path, &list, error))
        return false;
    if (list.count)
        qsort(list.entries, list.count, sizeof *list.entries, git_order);
    for (size_t i = 0; i < list.count; i++) {
        struct str below = arena_printf(digest->lists, "%.*s%s%.*s", STR_ARG(path), path.len ? "/" : "",
                                        STR_ARG(list.entries[i].name));
        if (!digest_entry(digest, &list.entries[i], below, tree, error))
            return false;
    }
    return !tree->overflow ||
           error_set(error, ERROR_OUT_OF_MEMORY, "directory '%.*s' is too large", STR_ARG(path));
}

static bool digest_directory(struct digest *digest, struct str path, unsigned char id[ID_SIZE], bool *empty,
                             struct error *error)
{
    struct buf tree = BUF_INIT(BUF_LARGE);
    if (digest->depth == GIT_DIGEST_DEPTH_MAX)
        return error_set(error, ERROR_OUT_OF_MEMORY, "'%.*s' is more than %d directories deep", STR_ARG(path),
                         GIT_DIGEST_DEPTH_MAX);
    digest->depth++;
    bool done = digest_entries(digest, path, &tree, error);
    digest->depth--;
    *empty = tree.len == 0;
    object_id("tree", buf_str(&tree), id);
    buf_release(&tree);
    return done;
}

bool git_digest(const struct files *files, struct arena *arena, struct str path, struct str *hex,
                struct error *error)
{
    bool empty;
    enum file_kind kind;
    unsigned char id[ID_SIZE];
    if (!files_kind(files, path, &kind, error))
        return false;
    struct digest digest = {.files = files, .lists = arena_new(), .content = arena_new()};
    bool done = kind == FILE_DIRECTORY ? digest_directory(&digest, path, id, &empty, error)
                                       : digest_file(&digest, path, id, error);
    arena_free(digest.lists);
    arena_free(digest.content);
    if (!done)
        return false;
    struct buf text = BUF_INIT(2 * ID_SIZE);
    buf_add_hex(&text, id, sizeof id);
    *hex = arena_str(arena, buf_str(&text));
    buf_release(&text);
    return true;
}
