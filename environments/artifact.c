#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zip.h>

#include "environments/desired.h"
#include "environments/selection.h"

/*
 * The bytes depend on the content alone: entries sorted by name, 1980-01-01 as time (zip_file_set_dostime,
 * because libzip's other clock depends on the zone), modes 0644 and 0755, one compression level.
 */

enum {
    ZIPPED_MAX = 50 * 1024 * 1024,    /* Lambda's direct upload */
    UNZIPPED_MAX = 250 * 1024 * 1024, /* Lambda's unzipped limit */
    ENTRIES_MAX = 20000,
    DIRECTORY_DEPTH_MAX = 32,
    DOS_DATE_1980 = 1 << 5 | 1, /* year 0, month 1, day 1 */
    COMPRESSION_LEVEL = 6,
};

struct packing {
    const struct files *files;
    struct arena *arena;
    const struct selection *selection;
    zip_t *zip;
    size_t entries, bytes;
};

static bool add_bytes(struct packing *packing, struct str name, struct str bytes, bool executable,
                      struct error *error)
{
    mode_t mode = S_IFREG | (executable ? 0755 : 0644);
    zip_source_t *source = zip_source_buffer(packing->zip, bytes.ptr, bytes.len, 0);
    if (!source)
        return error_set(error, ERROR_BUG, "zip: %s", zip_strerror(packing->zip));
    zip_int64_t at = zip_file_add(packing->zip, arena_strz(packing->arena, name), source, ZIP_FL_ENC_UTF_8);
    if (at < 0) {
        zip_source_free(source);
        return error_set(error, ERROR_BUG, "zip: %s", zip_strerror(packing->zip));
    }
    zip_uint64_t index = (zip_uint64_t)at;
    bool done = zip_file_set_dostime(packing->zip, index, 0, DOS_DATE_1980, 0) == 0 &&
                zip_file_set_external_attributes(packing->zip, index, 0, ZIP_OPSYS_UNIX,
                                                 (zip_uint32_t)mode << 16) == 0 &&
                zip_set_file_compression(packing->zip, index, ZIP_CM_DEFLATE, COMPRESSION_LEVEL) == 0;
    return done || error_set(error, ERROR_BUG, "zip: %s", zip_strerror(packing->zip));
}

static bool add_file(struct packing *packing, struct str path, struct str name, bool executable,
                     struct error *error)
{
    struct str bytes;
    if (!files_read(packing->files, packing->arena, path, UNZIPPED_MAX - packing->bytes, &bytes, error))
        return false;
    packing->bytes += bytes.len;
    if (++packing->entries > ENTRIES_MAX)
        return error_set(error, ERROR_INVALID, "more than %d files", ENTRIES_MAX);
    return add_bytes(packing, name, bytes, executable, error);
}

static bool add_directory(struct packing *packing, struct str path, struct str inside, size_t depth,
                          struct error *error)
{
    struct file_list list;
    if (depth > DIRECTORY_DEPTH_MAX)
        return error_set(error, ERROR_INVALID, "directories deeper than %d", DIRECTORY_DEPTH_MAX);
    if (!files_list(packing->files, packing->arena, path, &list, error))
        return false;
    for (size_t i = 0; i < list.count; i++) {
        const struct file_entry *entry = &list.entries[i];
        struct str child = arena_printf(packing->arena, "%.*s%s%.*s", STR_ARG(path), path.len ? "/" : "",
                                        STR_ARG(entry->name));
        struct str name = arena_printf(packing->arena, "%.*s%s%.*s", STR_ARG(inside), inside.len ? "/" : "",
                                       STR_ARG(entry->name));
        if (entry->kind != FILE_DIRECTORY && !selection_has(packing->selection, name))
            continue;
        if (entry->kind == FILE_SYMLINK || entry->kind == FILE_SUBMODULE)
            return error_set(error, ERROR_INVALID, "'%.*s' is a %s, which is not packaged", STR_ARG(child),
                             entry->kind == FILE_SYMLINK ? "symbolic link" : "submodule");
        bool added = entry->kind == FILE_DIRECTORY
                         ? add_directory(packing, child, name, depth + 1, error)
                         : add_file(packing, child, name, entry->kind == FILE_EXECUTABLE, error);
        if (!added)
            return false;
    }
    return true;
}

static bool pack(struct packing *packing, struct str path, struct error *error)
{
    enum file_kind kind;
    if (!files_kind(packing->files, path, &kind, error))
        return false;
    if (kind == FILE_DIRECTORY)
        return add_directory(packing, path, STR_EMPTY, 0, error) &&
               (packing->entries > 0 || error_set(error, ERROR_INVALID, "the directory is empty"));
    size_t slash = str_find_last(path, '/');
    struct str name = slash < path.len ? str_from_index(path, slash + 1) : path;
    return add_file(packing, path, name, kind == FILE_EXECUTABLE, error);
}

/* The bytes behind the buffer source, after the archive was closed into it. */
static bool take_bytes(struct arena *arena, zip_source_t *source, size_t most, struct str *zip,
                       struct error *error)
{
    zip_stat_t status;
    zip_stat_init(&status);
    if (zip_source_open(source) < 0)
        return error_set(error, ERROR_BUG, "zip: the archive cannot be read back");
    bool sized = zip_source_stat(source, &status) == 0 && status.valid & ZIP_STAT_SIZE;
    bool done = sized && status.size <= most;
    if (done) {
        char *bytes = arena_alloc(arena, (size_t)status.size + 1);
        done = zip_source_read(source, bytes, status.size) == (zip_int64_t)status.size;
        *zip = (struct str){.ptr = bytes, .len = (size_t)status.size};
    }
    zip_source_close(source);
    if (sized && status.size > most)
        return error_set(error, ERROR_INVALID, "%llu bytes zipped, and Lambda takes at most %zu MiB",
                         (unsigned long long)status.size, most / (1024 * 1024));
    return done || error_set(error, ERROR_BUG, "zip: the archive cannot be read back");
}

/* A file that is a zip already is taken as it is. */
static bool is_archive(const struct files *files, struct arena *arena, struct str path, size_t most,
                       struct str *zip)
{
    struct error ignored = ERROR_INIT;
    enum file_kind kind;
    return (str_ends(path, ".zip") || str_ends(path, ".jar")) && files_kind(files, path, &kind, &ignored) &&
           kind != FILE_DIRECTORY && files_read(files, arena, path, most, zip, &ignored);
}

static bool zip_of(const struct files *files, struct arena *arena, const struct artifact *artifact,
                   size_t most, struct str *zip, struct error *error)
{
    struct str path = artifact->path;
    struct selection *selection;
    zip_error_t failure;
    zip_error_init(&failure);
    if (is_archive(files, arena, path, most, zip))
        return true;
    if (!selection_new(arena, artifact->patterns, &selection, error))
        return false;
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &failure);
    zip_t *archive = source ? zip_open_from_source(source, ZIP_TRUNCATE, &failure) : NULL;
    if (!archive) {
        zip_source_free(source);
        return error_set(error, ERROR_BUG, "zip: %s", zip_error_strerror(&failure));
    }
    zip_source_keep(source);
    struct packing packing = {.files = files, .arena = arena, .selection = selection, .zip = archive};
    bool done = pack(&packing, path, error);
    if (!done)
        zip_discard(archive);
    else if (zip_close(archive) < 0) {
        done = error_set(error, ERROR_BUG, "zip: %s", zip_strerror(archive));
        zip_discard(archive);
    }
    done = done && take_bytes(arena, source, most, zip, error);
    zip_source_free(source);
    return done;
}

bool artifact_zip(const struct files *files, struct arena *arena, const struct artifact *artifact,
                  struct str *zip, struct error *error)
{
    return zip_of(files, arena, artifact, ZIPPED_MAX, zip, error) ||
           error_prefix(error, "artifact '%.*s'", STR_ARG(artifact->path));
}

bool asset_bytes(const struct files *files, struct arena *arena, struct str path, bool zip, struct str *bytes,
                 struct error *error)
{
    const struct artifact whole = {.path = path};
    return zip ? zip_of(files, arena, &whole, UNZIPPED_MAX, bytes, error)
               : files_read(files, arena, path, UNZIPPED_MAX, bytes, error);
}
