#include "gitsync/loose.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/arena.h"
#include "gitsync/library.h"

/* Asked before libgit2's own, which have 2 (packs) and 1. */
enum { CHUNK = 16 * 1024, PRIORITY = 3 };

struct guard {
    git_odb_backend backend; /* first, as libgit2 has it */
    char *directory;
};

/* "blob 12" and a zero in front say how many bytes follow. */
static bool read_header(const unsigned char *bytes, size_t size, uint64_t *length)
{
    const unsigned char *end = memchr(bytes, '\0', size);
    uint64_t payload;
    if (!end)
        return false;
    struct str header = {.ptr = (const char *)bytes, .len = (size_t)(end - bytes)};
    if (!str_to_uint(str_from_index(header, str_find(header, ' ') + 1), UINT32_MAX, &payload))
        return false;
    *length = header.len + 1 + payload;
    return true;
}

/* One whole stream, whose check sum fits, of as many bytes as it says. */
static bool inflates(FILE *file, z_stream *stream)
{
    unsigned char in[CHUNK], out[CHUNK];
    uint64_t length = 0;
    int result = Z_OK;
    while (result == Z_OK) {
        if (stream->avail_in == 0) {
            stream->next_in = in;
            stream->avail_in = (uInt)fread(in, 1, sizeof in, file);
            if (stream->avail_in == 0)
                return false;
        }
        bool first = stream->total_out == 0;
        stream->next_out = out;
        stream->avail_out = sizeof out;
        result = inflate(stream, Z_NO_FLUSH);
        if (first && (result == Z_OK || result == Z_STREAM_END) &&
            !read_header(out, sizeof out - stream->avail_out, &length))
            return false;
    }
    return result == Z_STREAM_END && stream->total_out == length && stream->avail_in == 0 &&
           fgetc(file) == EOF;
}

/* So is what is not there, for whoever reads it next. */
static bool is_whole(const char *path)
{
    z_stream stream = {.next_in = NULL};
    FILE *file = fopen(path, "re");
    if (!file)
        return true;
    bool whole = inflateInit(&stream) == Z_OK && inflates(file, &stream);
    inflateEnd(&stream);
    fclose(file);
    return whole;
}

/* "Not here" where it is whole, so that the next backend reads it. */
static int check(git_odb_backend *backend, const git_oid *id)
{
    const struct guard *guard = (const struct guard *)backend;
    char path[PATH_MAX], hex[GIT_OID_HEXSZ + 1];
    git_oid_tostr(hex, sizeof hex, id);
    snprintf(path, sizeof path, "%s/objects/%.2s/%s", guard->directory, hex, hex + 2);
    if (is_whole(path))
        return GIT_ENOTFOUND;
    git_error_set_str(GIT_ERROR_ODB, "an object is cut or changed");
    return GIT_ERROR;
}

static int read_object(void **bytes, size_t *size, git_object_t *type, git_odb_backend *backend,
                       const git_oid *id)
{
    (void)bytes, (void)size, (void)type;
    return check(backend, id);
}

static int read_size(size_t *size, git_object_t *type, git_odb_backend *backend, const git_oid *id)
{
    (void)size, (void)type;
    return check(backend, id);
}

static void end(git_odb_backend *backend)
{
    struct guard *guard = (struct guard *)backend;
    free(guard->directory);
    free(guard);
}

int loose_guard(git_odb *odb, const char *directory)
{
    struct guard *guard = memory_alloc(sizeof *guard);
    library_backend(&guard->backend);
    guard->backend.read = read_object;
    guard->backend.read_header = read_size;
    guard->backend.free = end;
    guard->directory = memory_strdup(directory);
    int result = git_odb_add_backend(odb, &guard->backend, PRIORITY);
    if (result != 0)
        end(&guard->backend);
    return result;
}
