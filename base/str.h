#ifndef PLUMB_BASE_STR_H
#define PLUMB_BASE_STR_H

/*
 * Text: `struct str` is a view that owns nothing, passed by value; `struct buf` is a growing text that owns
 * its bytes and is given its maximum at birth.  Strict readers of numbers replace strtol and friends.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

struct str {
    const char *ptr; /* never NULL where len > 0; not NUL-terminated unless its maker says so */
    size_t len;
};

#define STR(literal) ((struct str){.ptr = (literal), .len = sizeof(literal) - 1})
#define STR_EMPTY ((struct str){.ptr = "", .len = 0})
/* For printf's "%.*s". */
#define STR_ARG(s) (int)(s).len, (s).ptr

struct str str_from(const char *text); /* NULL gives the empty string */
bool str_equal(struct str, struct str);
bool str_is(struct str, const char *text);
bool str_equal_nocase(struct str, struct str); /* ASCII */
int str_compare(struct str, struct str);       /* by bytes */
bool str_starts(struct str, const char *prefix);
bool str_ends(struct str, const char *suffix);
bool str_contains(struct str, const char *part);
/* The position of `c`, or s.len. */
size_t str_find(struct str s, char c);
size_t str_find_last(struct str s, char c);
/* The part from `from` (clamped), at most `length` bytes. */
struct str str_slice(struct str, size_t from, size_t length);
struct str str_from_index(struct str, size_t from);
struct str str_trim(struct str); /* ASCII white space at both ends */
/* Cuts the part before the first `separator` off `*rest`; false when `*rest` is used up. */
bool str_split(struct str *rest, char separator, struct str *part);
/* The whole text must be a decimal number without sign, space or leading plus. */
WARN_UNUSED bool str_to_uint(struct str, uint64_t max, uint64_t *out);
/* The same with an optional '-'. */
WARN_UNUSED bool str_to_int(struct str, int64_t *out);
/* The place of `name` among those that are known; `count`: it is none of them. */
size_t str_place(struct str name, const char *const *known, size_t count);
/* The nearest known name to `name`, or NULL if none is near: for "did you mean". */
const char *str_nearest(struct str name, const char *const *known, size_t count);
uint64_t str_hash(struct str); /* FNV-1a */
bool str_is_hex(struct str);   /* nothing but digits 0-9 and a-f */
bool str_is_utf8(struct str);
struct str str_clip(struct str, size_t max); /* at most `max` bytes, cut between characters */
size_t str_utf8_prefix(struct str);          /* how many bytes from the start are well-formed UTF-8 */

struct buf {
    char *ptr; /* NUL-terminated when not NULL */
    size_t len, capacity, max;
    bool overflow; /* something did not fit: the text is cut */
};

enum { BUF_SMALL = 64 * 1024, BUF_LARGE = 64 * 1024 * 1024 };

#define BUF_INIT(maximum)                                                                                    \
    {                                                                                                        \
        .ptr = NULL, .len = 0, .capacity = 0, .max = (maximum), .overflow = false                            \
    }

void buf_release(struct buf *); /* frees; the buf is as after BUF_INIT */
void buf_clear(struct buf *);   /* empties, keeps the memory */
void buf_add(struct buf *, struct str);
void buf_addz(struct buf *, const char *);
void buf_addc(struct buf *, char);
void buf_printf(struct buf *, const char *format, ...) PRINTF_LIKE(2, 3);
struct str buf_str(const struct buf *); /* a view, valid until the next change */

/* "0123abcd": lower-case hex of `size` bytes. */
void buf_add_hex(struct buf *, const void *bytes, size_t size);

#endif
