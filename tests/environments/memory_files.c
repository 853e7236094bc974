#include "memory_files.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/json.h"

static const struct memory_file *find(const struct memory_files *all, struct str path)
{
    for (size_t i = 0; i < all->count; i++)
        if (str_is(path, all->entries[i].path))
            return &all->entries[i];
    return NULL;
}

static bool is_below(const struct memory_file *entry, struct str directory, struct str *rest)
{
    struct str path = str_from(entry->path);
    if (directory.len == 0) {
        *rest = path;
        return true;
    }
    *rest = str_from_index(path, directory.len + 1);
    return path.len > directory.len && path.ptr[directory.len] == '/' &&
           str_equal(str_slice(path, 0, directory.len), directory);
}

static bool is_directory(const struct memory_files *all, struct str path)
{
    struct str rest;
    for (size_t i = 0; i < all->count; i++)
        if (is_below(&all->entries[i], path, &rest))
            return true;
    return false;
}

static bool read_file(void *self, struct arena *arena, struct str path, size_t max, struct str *bytes,
                      struct error *error)
{
    const struct memory_file *file = find(self, path);
    if (!file)
        return error_set(error, ERROR_NOT_FOUND, "'%.*s' does not exist", STR_ARG(path));
    *bytes = arena_str(arena, str_from(file->content));
    return bytes->len <= max || error_set(error, ERROR_INVALID, "'%.*s' is too large", STR_ARG(path));
}

static int compare(const void *left, const void *right)
{
    return str_compare(((const struct file_entry *)left)->name, ((const struct file_entry *)right)->name);
}

static bool list_directory(void *self, struct arena *arena, struct str directory, struct file_list *list,
                           struct error *error)
{
    const struct memory_files *all = self;
    if (!is_directory(all, directory))
        return error_set(error, ERROR_NOT_FOUND, "'%.*s' does not exist", STR_ARG(directory));
    list->entries = arena_array(arena, all->count + 1, sizeof *list->entries);
    list->count = 0;
    for (size_t i = 0; i < all->count; i++) {
        struct str rest, name;
        if (!is_below(&all->entries[i], directory, &rest))
            continue;
        bool deep = str_find(rest, '/') < rest.len, known = false;
        (void)str_split(&rest, '/', &name);
        for (size_t k = 0; k < list->count; k++)
            known = known || str_equal(list->entries[k].name, name);
        if (!known)
            list->entries[list->count++] =
                (struct file_entry){.name = name,
                                    .kind = deep                         ? FILE_DIRECTORY
                                            : all->entries[i].executable ? FILE_EXECUTABLE
                                                                         : FILE_REGULAR,
                                    .size = strlen(all->entries[i].content)};
    }
    qsort(list->entries, list->count, sizeof *list->entries, compare);
    return true;
}

static bool kind_of(void *self, struct str path, enum file_kind *kind, struct error *error)
{
    const struct memory_file *file = find(self, path);
    *kind = file ? (file->executable ? FILE_EXECUTABLE : FILE_REGULAR) : FILE_DIRECTORY;
    return file || is_directory(self, path) ||
           error_set(error, ERROR_NOT_FOUND, "'%.*s' does not exist", STR_ARG(path));
}

/* Not Git's digest, but like it: equal content, equal digest. */
static bool digest_of(void *self, struct arena *arena, struct str path, struct str *hex, struct error *error)
{
    const struct memory_files *all = self;
    struct buf data = BUF_INIT(BUF_LARGE);
    enum file_kind kind;
    if (!kind_of(self, path, &kind, error))
        return false;
    for (size_t i = 0; i < all->count; i++) {
        struct str rest = STR_EMPTY;
        if (str_is(path, all->entries[i].path) || is_below(&all->entries[i], path, &rest))
            buf_printf(&data, "%.*s\n%s\n", STR_ARG(rest), all->entries[i].content);
    }
    *hex = sha1_hex(arena, buf_str(&data));
    buf_release(&data);
    return true;
}

struct files memory_files(struct memory_files *files)
{
    return (struct files){
        .self = files, .read = read_file, .list = list_directory, .kind = kind_of, .digest = digest_of};
}

void assert_case(size_t number, struct str found, const char *wanted)
{
    if (!str_is(found, wanted))
        fail_msg("case %zu\n found  %.*s\n wanted %s", number, STR_ARG(found), wanted);
}

void give_case(const char *kind, const char *text)
{
    const char *path = getenv("PLUMB_CASES");
    FILE *file = path ? fopen(path, "ae") : NULL;
    struct buf line = BUF_INIT(BUF_SMALL);
    if (!file)
        return;
    json_write_string(&line, str_from(text));
    fprintf(file, "{\"kind\": \"%s\", \"text\": %s}\n", kind, line.ptr);
    buf_release(&line);
    fclose(file);
}
