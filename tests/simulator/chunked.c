/*
 * Bodies in AWS's own chunks (Content-Encoding: aws-chunked), as S3's clients stream them: each chunk is its
 * size in hexadecimal with an optional signature, CRLF, the bytes, CRLF; the last is empty and trailers
 * follow it. Chunk signatures are not checked: plain HTTP has no use for them here.
 */

#include <string.h>

#include "tests/simulator/internal.h"

static bool read_size(struct str line, size_t *size)
{
    static const char letters[] = "0123456789abcdef";
    struct str digits = str_slice(line, 0, str_find(line, ';'));
    *size = 0;
    for (size_t i = 0; i < digits.len; i++) {
        const char *found = memchr(letters, digits.ptr[i] | 0x20, sizeof letters - 1);
        if (!found || *size > SIZE_MAX >> 5)
            return false;
        *size = *size * 16 + (size_t)(found - letters);
    }
    return digits.len > 0;
}

static bool take_line(struct str *rest, struct str *line)
{
    size_t end = str_find(*rest, '\n');
    if (end == rest->len || end == 0 || rest->ptr[end - 1] != '\r')
        return false;
    *line = str_slice(*rest, 0, end - 1);
    *rest = str_from_index(*rest, end + 1);
    return true;
}

bool decode_chunks(struct arena *arena, struct str body, struct str *out)
{
    char *bytes = arena_alloc(arena, body.len + 1);
    struct str line;
    size_t size, total = 0;
    while (take_line(&body, &line) && read_size(line, &size)) {
        if (size == 0) {
            *out = (struct str){.ptr = bytes, .len = total};
            return true;
        }
        if (body.len < 2 || size > body.len - 2)
            return false;
        memcpy(bytes + total, body.ptr, size);
        total += size;
        body = str_from_index(body, size + 2);
    }
    return false;
}
