#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

struct str str_from(const char *text)
{
    return text ? (struct str){.ptr = text, .len = strlen(text)} : STR_EMPTY;
}

bool str_equal(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool str_is(struct str s, const char *text)
{
    return str_equal(s, str_from(text));
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool str_equal_nocase(struct str a, struct str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    return true;
}

int str_compare(struct str a, struct str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter ? memcmp(a.ptr, b.ptr, shorter) : 0;
    if (order)
        return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

bool str_starts(struct str s, const char *prefix)
{
    size_t length = strlen(prefix);
    return s.len >= length && (length == 0 || memcmp(s.ptr, prefix, length) == 0);
}

bool str_ends(struct str s, const char *suffix)
{
    size_t length = strlen(suffix);
    return s.len >= length && (length == 0 || memcmp(s.ptr + s.len - length, suffix, length) == 0);
}

bool str_contains(struct str s, const char *part)
{
    size_t length = strlen(part);
    return length == 0 || (s.len && memmem(s.ptr, s.len, part, length) != NULL);
}

size_t str_find(struct str s, char c)
{
    const char *found = s.len ? memchr(s.ptr, c, s.len) : NULL;
    return found ? (size_t)(found - s.ptr) : s.len;
}

size_t str_find_last(struct str s, char c)
{
    const char *found = s.len ? memrchr(s.ptr, c, s.len) : NULL;
    return found ? (size_t)(found - s.ptr) : s.len;
}

struct str str_slice(struct str s, size_t from, size_t length)
{
    if (from >= s.len)
        return STR_EMPTY;
    size_t rest = s.len - from;
    return (struct str){.ptr = s.ptr + from, .len = length < rest ? length : rest};
}

struct str str_from_index(struct str s, size_t from)
{
    return str_slice(s, from, s.len);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
    while (s.len && is_space(s.ptr[0]))
        s = str_from_index(s, 1);
    while (s.len && is_space(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

bool str_split(struct str *rest, char separator, struct str *part)
{
    if (!rest->ptr)
        return false;
    size_t at = str_find(*rest, separator);
    *part = str_slice(*rest, 0, at);
    if (at == rest->len)
        *rest = (struct str){.ptr = NULL, .len = 0};
    else
        *rest = (struct str){.ptr = rest->ptr + at + 1, .len = rest->len - at - 1};
    return true;
}

bool str_to_uint(struct str s, uint64_t max, uint64_t *out)
{
    uint64_t number = 0;
    if (s.len == 0)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(s.ptr[i] - '0');
        if (digit > max || number > (max - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    *out = number;
    return true;
}

bool str_to_int(struct str s, int64_t *out)
{
    uint64_t number;
    bool negative = s.len && s.ptr[0] == '-';
    if (!str_to_uint(negative ? str_from_index(s, 1) : s, negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX,
                     &number))
        return false;
    *out = negative ? (number == (uint64_t)INT64_MAX + 1 ? INT64_MIN : -(int64_t)number) : (int64_t)number;
    return true;
}

/* Levenshtein distance without regard to case; texts over 63 bytes count as far. */
static size_t distance(struct str a, struct str b)
{
    size_t row[64];
    if (a.len > 63 || b.len > 63)
        return 64;
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t best = corner + (lower(a.ptr[i - 1]) != lower(b.ptr[j - 1]));
            corner = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[b.len];
}

size_t str_place(struct str name, const char *const *known, size_t count)
{
    size_t i = 0;
    while (i < count && !str_is(name, known[i]))
        i++;
    return i;
}

const char *str_nearest(struct str name, const char *const *known, size_t count)
{
    const char *best = NULL;
    size_t least = name.len / 3 + 2; /* farther than this is no help */
    for (size_t i = 0; i < count; i++) {
        size_t d = distance(name, str_from(known[i]));
        if (d < least) {
            least = d;
            best = known[i];
        }
    }
    return best;
}

uint64_t str_hash(struct str s)
{
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < s.len; i++)
        hash = (hash ^ (unsigned char)s.ptr[i]) * 1099511628211u;
    return hash;
}

/* The length of the well-formed UTF-8 sequence at `p` (RFC 3629), or 0. */
static size_t utf8_length(const unsigned char *p, size_t left)
{
    static const struct {
        unsigned char first_low, first_high, second_low, second_high;
        size_t length;
    } forms[] = {
        {0x00, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(forms); i++) {
        if (p[0] < forms[i].first_low || p[0] > forms[i].first_high)
            continue;
        if (left < forms[i].length)
            return 0;
        if (forms[i].length > 1 && (p[1] < forms[i].second_low || p[1] > forms[i].second_high))
            return 0;
        for (size_t k = 2; k < forms[i].length; k++)
            if (p[k] < 0x80 || p[k] > 0xbf)
                return 0;
        return forms[i].length;
    }
    return 0;
}

struct str str_clip(struct str s, size_t max)
{
    if (s.len <= max)
        return s;
    while (max > 0 && ((unsigned char)s.ptr[max] & 0xc0) == 0x80)
        max--;
    return str_slice(s, 0, max);
}

size_t str_utf8_prefix(struct str s)
{
    size_t at = 0, length = 1;
    while (at < s.len && length) {
        length = utf8_length((const unsigned char *)s.ptr + at, s.len - at);
        at += length;
    }
    return at;
}

bool str_is_hex(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!((s.ptr[i] >= '0' && s.ptr[i] <= '9') || (s.ptr[i] >= 'a' && s.ptr[i] <= 'f')))
            return false;
    return true;
}

bool str_is_utf8(struct str s)
{
    return str_utf8_prefix(s) == s.len;
}

void buf_release(struct buf *buf)
{
    free(buf->ptr);
    *buf = (struct buf)BUF_INIT(buf->max);
}

void buf_clear(struct buf *buf)
{
    buf->len = 0;
    buf->overflow = false;
    if (buf->ptr)
        buf->ptr[0] = '\0';
}

/* Makes room for `more` bytes and a NUL; gives how many of them fit. */
static size_t reserve(struct buf *buf, size_t more)
{
    size_t room = buf->max - buf->len;
    if (more > room) {
        buf->overflow = true;
        more = room;
    }
    size_t needed = buf->len + more + 1;
    if (needed > buf->capacity) {
        size_t capacity = buf->capacity * 2 > needed ? buf->capacity * 2 : needed;
        buf->capacity = capacity < 256 ? 256 : capacity;
        buf->ptr = memory_resize(buf->ptr, buf->capacity);
    }
    return more;
}

void buf_add(struct buf *buf, struct str text)
{
    size_t fits = reserve(buf, text.len);
    if (fits)
        memcpy(buf->ptr + buf->len, text.ptr, fits);
    buf->len += fits;
    buf->ptr[buf->len] = '\0';
}

void buf_addz(struct buf *buf, const char *text)
{
    buf_add(buf, str_from(text));
}

void buf_addc(struct buf *buf, char c)
{
    buf_add(buf, (struct str){.ptr = &c, .len = 1});
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    size_t fits = reserve(buf, length < 0 ? 0 : (size_t)length);
    vsnprintf(buf->ptr + buf->len, fits + 1, format, again);
    va_end(again);
    buf->len += fits;
}

struct str buf_str(const struct buf *buf)
{
    return buf->ptr ? (struct str){.ptr = buf->ptr, .len = buf->len} : STR_EMPTY;
}

void buf_add_hex(struct buf *buf, const void *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *p = bytes;
    for (size_t i = 0; i < size; i++) {
        buf_addc(buf, digits[p[i] >> 4]);
        buf_addc(buf, digits[p[i] & 15]);
    }
}
