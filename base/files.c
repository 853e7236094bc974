#include "base/files.h"

#include <string.h>

enum { PATH_MAX_BYTES = 1024 };

/* ASCII controls, DEL, and U+0080 to U+009F, which terminals obey as well. */
static bool has_control(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < 0x20 || c == 0x7f)
            return true;
        if (c == 0xc2 && i + 1 < text.len && (unsigned char)text.ptr[i + 1] < 0xa0)
            return true;
    }
    return false;
}

static bool part_is_safe(struct str part)
{
    return part.len && !str_is(part, ".") && !str_is(part, "..") && !str_equal_nocase(part, STR(".git"));
}

bool path_is_safe(struct str path)
{
    struct str part;
    if (path.len > PATH_MAX_BYTES || str_find(path, '\\') < path.len || has_control(path) ||
        !str_is_utf8(path))
        return false;
    if (!path.ptr)
        return false;
    while (str_split(&path, '/', &part))
        if (!part_is_safe(part))
            return false;
    return true;
}

struct str path_directory(struct str path)
{
    size_t slash = str_find_last(path, '/');
    return slash < path.len ? str_slice(path, 0, slash) : STR_EMPTY;
}

/* Applies the parts of `relative` to `joined`, which holds a safe path or nothing. */
static bool add_parts(char *joined, size_t *length, struct str relative)
{
    struct str part;
    while (str_split(&relative, '/', &part)) {
        bool last = relative.ptr == NULL;
        if (str_is(part, ".") || (part.len == 0 && last))
            continue;
        if (str_is(part, "..")) {
            if (*length == 0)
                return false;
            *length = path_directory((struct str){.ptr = joined, .len = *length}).len;
            continue;
        }
        if (!part_is_safe(part))
            return false;
        if (*length)
            joined[(*length)++] = '/';
        memcpy(joined + *length, part.ptr, part.len);
        *length += part.len;
    }
    return true;
}

bool path_join(struct arena *arena, struct str directory, struct str relative, struct str *out)
{
    if (relative.len == 0 || (directory.len && !path_is_safe(directory)))
        return false;
    size_t length = directory.len;
    char *joined = arena_alloc(arena, directory.len + relative.len + 2);
    if (length)
        memcpy(joined, directory.ptr, length);
    if (!add_parts(joined, &length, relative))
        return false;
    joined[length] = '\0';
    struct str result = {.ptr = joined, .len = length};
    if (length && !path_is_safe(result))
        return false;
    *out = result;
    return true;
}

static bool check_path(struct str path, struct error *error)
{
    if (path.len == 0 || path_is_safe(path))
        return true;
    return error_set(error, ERROR_INVALID,
                     "path '%.*s' is not allowed: use a relative path without '.', '..' or '.git' in it",
                     STR_ARG(path));
}

bool files_read(const struct files *files, struct arena *arena, struct str path, size_t max,
                struct str *bytes, struct error *error)
{
    return check_path(path, error) && files->read(files->self, arena, path, max, bytes, error);
}

bool files_list(const struct files *files, struct arena *arena, struct str directory, struct file_list *list,
                struct error *error)
{
    return check_path(directory, error) && files->list(files->self, arena, directory, list, error);
}

bool files_kind(const struct files *files, struct str path, enum file_kind *kind, struct error *error)
{
    return check_path(path, error) && files->kind(files->self, path, kind, error);
}

bool files_digest(const struct files *files, struct arena *arena, struct str path, struct str *hex,
                  struct error *error)
{
    return check_path(path, error) && files->digest(files->self, arena, path, hex, error);
}

bool files_exist(const struct files *files, struct str path)
{
    enum file_kind kind;
    struct error ignored = ERROR_INIT;
    return files_kind(files, path, &kind, &ignored);
}
