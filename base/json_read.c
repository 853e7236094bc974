#include "base/json.h"

#include <string.h>

struct position {
    uint32_t line, column;
};

struct reader {
    struct arena *arena;
    const struct source *source; /* NULL for the wire */
    const char *at, *end;
    const char *located; /* what `position` is the position of; never behind `at` */
    struct position position;
    size_t nodes, depth, nodes_max;
    struct error *error;
};

static bool read_value(struct reader *, struct value **out);

/* Counts on from the last position that was asked for, so that a document is counted once. */
static struct position here(struct reader *reader)
{
    for (; reader->located < reader->at; reader->located++) {
        unsigned char c = (unsigned char)*reader->located;
        if (c == '\n') {
            reader->position.line++;
            reader->position.column = 1;
        } else if ((c & 0xc0) != 0x80) {
            reader->position.column++;
        }
    }
    return reader->position;
}

PRINTF_LIKE(4, 5)
static bool fail(struct reader *reader, struct position position, enum error_code code, const char *format,
                 ...)
{
    va_list arguments;
    va_start(arguments, format);
    error_setv(reader->error, code, format, arguments);
    va_end(arguments);
    error_prefix(reader->error, "invalid JSON");
    if (reader->source)
        return error_suffix(reader->error, " (%.*s:%u:%u)", STR_ARG(reader->source->file), position.line,
                            position.column);
    return error_suffix(reader->error, " (line %u, column %u)", position.line, position.column);
}

/* "expected <what>, found <the next character>" */
static bool unexpected(struct reader *reader, const char *what)
{
    struct position position = here(reader);
    struct str rest = {.ptr = reader->at, .len = (size_t)(reader->end - reader->at)};
    if (rest.len == 0)
        return fail(reader, position, ERROR_INVALID, "expected %s, found the end of the text", what);
    unsigned char c = (unsigned char)rest.ptr[0];
    if (c > ' ' && c < 0x7f)
        return fail(reader, position, ERROR_INVALID, "expected %s, found '%c'", what, c);
    return fail(reader, position, ERROR_INVALID, "expected %s, found byte 0x%02x", what, c);
}

static void skip_space(struct reader *reader)
{
    while (reader->at < reader->end && strchr(" \t\r\n", *reader->at) && *reader->at)
        reader->at++;
}

static bool next_is(const struct reader *reader, char c)
{
    return reader->at < reader->end && *reader->at == c;
}

static bool take(struct reader *reader, char c)
{
    if (!next_is(reader, c))
        return false;
    reader->at++;
    return true;
}

static size_t digits(struct str s, size_t at)
{
    size_t count = 0;
    while (at + count < s.len && s.ptr[at + count] >= '0' && s.ptr[at + count] <= '9')
        count++;
    return count;
}

/* The length of the JSON number that the text starts with, or 0. */
static size_t number_length(struct str s)
{
    size_t at = str_starts(s, "-"), whole = digits(s, at);
    if (whole == 0 || (whole > 1 && s.ptr[at] == '0'))
        return 0;
    at += whole;
    if (at < s.len && s.ptr[at] == '.') {
        size_t fraction = digits(s, at + 1);
        if (fraction == 0)
            return 0;
        at += 1 + fraction;
    }
    if (at < s.len && (s.ptr[at] == 'e' || s.ptr[at] == 'E')) {
        size_t sign = at + 1 < s.len && (s.ptr[at + 1] == '+' || s.ptr[at + 1] == '-');
        size_t power = digits(s, at + 1 + sign);
        if (power == 0)
            return 0;
        at += 1 + sign + power;
    }
    return at;
}

bool json_is_number(struct str s)
{
    return s.len && number_length(s) == s.len;
}

static bool read_hex4(struct reader *reader, uint32_t *out)
{
    *out = 0;
    if (reader->end - reader->at < 4)
        return false;
    for (int i = 0; i < 4; i++, reader->at++) {
        char c = *reader->at;
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                : 16;
        if (digit > 15)
            return false;
        *out = *out << 4 | digit;
    }
    return true;
}

static char *put_utf8(char *to, uint32_t c)
{
    if (c < 0x80) {
        *to++ = (char)c;
    } else if (c < 0x800) {
        *to++ = (char)(0xc0 | c >> 6);
        *to++ = (char)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        *to++ = (char)(0xe0 | c >> 12);
        *to++ = (char)(0x80 | (c >> 6 & 0x3f));
        *to++ = (char)(0x80 | (c & 0x3f));
    } else {
        *to++ = (char)(0xf0 | c >> 18);
        *to++ = (char)(0x80 | (c >> 12 & 0x3f));
        *to++ = (char)(0x80 | (c >> 6 & 0x3f));
        *to++ = (char)(0x80 | (c & 0x3f));
    }
    return to;
}

/* What stands behind "\u", with its other half where it is a surrogate. */
static bool read_unicode(struct reader *reader, struct position start, char **to)
{
    uint32_t c, low;
    if (!read_hex4(reader, &c))
        return fail(reader, start, ERROR_INVALID, "a string has \\u without four hexadecimal digits");
    if (c == 0)
        return fail(reader, start, ERROR_INVALID, "a string holds a NUL character");
    if (c >= 0xd800 && c <= 0xdfff) {
        if (c >= 0xdc00 || !take(reader, '\\') || !take(reader, 'u') || !read_hex4(reader, &low) ||
            low < 0xdc00 || low > 0xdfff)
            return fail(reader, start, ERROR_INVALID, "a string holds half of a surrogate pair");
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
    *to = put_utf8(*to, c);
    return true;
}

static bool read_escape(struct reader *reader, struct position start, char **to)
{
    static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    if (take(reader, 'u'))
        return read_unicode(reader, start, to);
    const char *letter = reader->at < reader->end && *reader->at ? strchr(letters, *reader->at) : NULL;
    if (!letter)
        return fail(reader, start, ERROR_INVALID, "a string holds an unknown escape");
    *(*to)++ = meant[letter - letters];
    reader->at++;
    return true;
}

/* The raw text up to the closing quote, which is not taken. */
static bool find_string_end(struct reader *reader, struct position start, struct str *raw)
{
    const char *p = reader->at;
    for (; p < reader->end && *p != '"'; p += *p == '\\' ? 2 : 1)
        if ((unsigned char)*p < ' ')
            return fail(reader, start, ERROR_INVALID,
                        "a string holds a raw control character (0x%02x): write it as an escape",
                        (unsigned char)*p);
    if (p >= reader->end)
        return fail(reader, start, ERROR_INVALID, "a string has no closing quote");
    *raw = (struct str){.ptr = reader->at, .len = (size_t)(p - reader->at)};
    if (!str_is_utf8(*raw))
        return fail(reader, start, ERROR_INVALID, "a string is not UTF-8");
    return true;
}

/* Reads from the opening quote.  An escape is never shorter than what it stands for. */
static bool read_string(struct reader *reader, struct str *out)
{
    struct position start = here(reader);
    struct str raw;
    reader->at++;
    if (!find_string_end(reader, start, &raw))
        return false;
    char *text = arena_alloc(reader->arena, raw.len + 1), *to = text;
    for (const char *end = raw.ptr + raw.len; reader->at < end;) {
        char c = *reader->at++;
        if (c != '\\')
            *to++ = c;
        else if (!read_escape(reader, start, &to))
            return false;
    }
    reader->at++;
    *out = (struct str){.ptr = text, .len = (size_t)(to - text)};
    return true;
}

static bool read_member(struct reader *reader, struct value *map)
{
    struct str key;
    struct value *value;
    if (!next_is(reader, '"'))
        return unexpected(reader, "a key in double quotes");
    struct position position = here(reader);
    if (!read_string(reader, &key))
        return false;
    const struct value_entry *first = value_entry(map, key);
    if (first)
        return fail(reader, position, ERROR_INVALID, "key '%.*s' is given twice, first at %u:%u",
                    STR_ARG(str_clip(key, 128)), first->line, first->column);
    skip_space(reader);
    if (!take(reader, ':'))
        return unexpected(reader, "':' behind a key");
    if (!read_value(reader, &value))
        return false;
    value_set(reader->arena, map, key, value);
    map->entries[map->count - 1].line = position.line;
    map->entries[map->count - 1].column = position.column;
    return true;
}

static bool read_map(struct reader *reader, struct value *map)
{
    reader->at++;
    skip_space(reader);
    if (take(reader, '}'))
        return true;
    for (;;) {
        skip_space(reader);
        if (!read_member(reader, map))
            return false;
        skip_space(reader);
        if (take(reader, '}'))
            return true;
        if (!take(reader, ','))
            return unexpected(reader, "',' or '}'");
    }
}

static bool read_list(struct reader *reader, struct value *list)
{
    struct value *item;
    reader->at++;
    skip_space(reader);
    if (take(reader, ']'))
        return true;
    for (;;) {
        if (!read_value(reader, &item))
            return false;
        value_append(reader->arena, list, item);
        skip_space(reader);
        if (take(reader, ']'))
            return true;
        if (!take(reader, ','))
            return unexpected(reader, "',' or ']'");
    }
}

static bool read_number(struct reader *reader, struct value **out)
{
    struct str rest = {.ptr = reader->at, .len = (size_t)(reader->end - reader->at)};
    size_t length = number_length(rest);
    if (length == 0)
        return fail(reader, here(reader), ERROR_INVALID,
                    "a number has a leading zero, or lacks digits where they must stand");
    *out = value_number(reader->arena, str_slice(rest, 0, length));
    reader->at += length;
    return true;
}

static bool read_word(struct reader *reader, struct value **out)
{
    struct str rest = {.ptr = reader->at, .len = (size_t)(reader->end - reader->at)};
    if (str_starts(rest, "null")) {
        *out = value_null(reader->arena);
        reader->at += 4;
    } else if (str_starts(rest, "true")) {
        *out = value_bool(reader->arena, true);
        reader->at += 4;
    } else if (str_starts(rest, "false")) {
        *out = value_bool(reader->arena, false);
        reader->at += 5;
    } else {
        return unexpected(reader, "a value");
    }
    return true;
}

static bool read_by_kind(struct reader *reader, struct value **out)
{
    struct str text;
    char c = reader->at < reader->end ? *reader->at : '\0';
    if (c == '{')
        return read_map(reader, *out = value_map(reader->arena));
    if (c == '[')
        return read_list(reader, *out = value_list(reader->arena));
    if (c == '-' || (c >= '0' && c <= '9'))
        return read_number(reader, out);
    if (c != '"')
        return read_word(reader, out);
    if (!read_string(reader, &text))
        return false;
    *out = value_null(reader->arena);
    (*out)->kind = VALUE_STRING;
    (*out)->text = text;
    return true;
}

static bool read_value(struct reader *reader, struct value **out)
{
    skip_space(reader);
    struct position position = here(reader);
    if (++reader->nodes > reader->nodes_max)
        return fail(reader, position, ERROR_OUT_OF_MEMORY, "more than %zu values", reader->nodes_max);
    if (++reader->depth > JSON_DEPTH_MAX)
        return fail(reader, position, ERROR_INVALID, "nested deeper than %d levels", JSON_DEPTH_MAX);
    struct value *value = NULL;
    if (!read_by_kind(reader, &value))
        return false;
    reader->depth--;
    value->source = reader->source;
    value->line = position.line;
    value->column = position.column;
    *out = value;
    return true;
}

bool json_read(struct arena *arena, struct str file, struct str bytes, struct value **out,
               struct error *error)
{
    return json_read_max(arena, file, bytes, JSON_NODES_MAX, out, error);
}

bool json_read_max(struct arena *arena, struct str file, struct str bytes, size_t nodes_max,
                   struct value **out, struct error *error)
{
    const char *text = bytes.len ? bytes.ptr : "";
    struct reader reader = {.arena = arena,
                            .at = text,
                            .end = text + bytes.len,
                            .located = text,
                            .position = {1, 1},
                            .nodes_max = nodes_max,
                            .error = error};
    if (file.len) {
        struct source *source = arena_alloc(arena, sizeof *source);
        source->file = arena_str(arena, file);
        reader.source = source;
    }
    if (!read_value(&reader, out))
        return false;
    skip_space(&reader);
    return reader.at == reader.end || unexpected(&reader, "the end of the text");
}
