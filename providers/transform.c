#include "providers/transform.h"

#include <regex.h>
#include <string.h>

enum { DEPTH_MAX = 16, PIECES_MAX = 16, TEXT_MAX = 4096 };

struct reading {
    struct arena *arena;
    struct str rest; /* of the expression */
    struct str path, given;
    int depth;
};

static void skip_space(struct reading *r)
{
    while (r->rest.len && strchr(" \n\t", r->rest.ptr[0]))
        r->rest = str_from_index(r->rest, 1);
}

static bool take(struct reading *r, const char *word)
{
    skip_space(r);
    if (!str_starts(r->rest, word))
        return false;
    r->rest = str_from_index(r->rest, strlen(word));
    return true;
}

static bool read_sum(struct reading *, struct str *out);

/* "key\/" is key/ */
static bool read_literal(struct reading *r, struct str *out)
{
    skip_space(r);
    char quote = r->rest.len ? r->rest.ptr[0] : 0;
    if (quote != '"' && quote != '\'')
        return false;
    struct buf text = BUF_INIT(TEXT_MAX);
    size_t at = 1;
    for (; at < r->rest.len && r->rest.ptr[at] != quote; at++) {
        at += r->rest.ptr[at] == '\\' && at + 1 < r->rest.len;
        buf_addc(&text, r->rest.ptr[at]);
    }
    bool ended = at < r->rest.len && !text.overflow;
    r->rest = str_from_index(r->rest, at + 1);
    *out = arena_str(r->arena, buf_str(&text));
    buf_release(&text);
    return ended;
}

static bool is_name_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
}

/* The property by its whole path or by its last name. */
static bool read_property(struct reading *r, struct str *out)
{
    size_t length = 0;
    skip_space(r);
    while (length < r->rest.len && is_name_letter(r->rest.ptr[length]))
        length++;
    struct str name = str_slice(r->rest, 0, length);
    size_t dot = str_find_last(r->path, '.');
    struct str last = dot < r->path.len ? str_from_index(r->path, dot + 1) : r->path;
    r->rest = str_from_index(r->rest, length);
    *out = r->given;
    return length && (str_equal(name, r->path) || str_equal(name, last));
}

static struct str in_case(struct arena *arena, struct str text, bool upper)
{
    char *bytes = arena_strz(arena, text), from = upper ? 'a' : 'A', to = upper ? 'A' : 'a';
    for (size_t i = 0; i < text.len; i++)
        if (bytes[i] >= from && bytes[i] <= from + 25)
            bytes[i] = (char)(bytes[i] - from + to);
    return (struct str){.ptr = bytes, .len = text.len};
}

static size_t position(struct str text, struct str part, size_t from)
{
    while (from + part.len <= text.len && !str_equal(str_slice(text, from, part.len), part))
        from++;
    return part.len && from + part.len <= text.len ? from : text.len;
}

static bool read_join(struct reading *r, struct str *out)
{
    struct str piece;
    *out = STR_EMPTY;
    if (!take(r, "["))
        return false;
    for (int i = 0; i < PIECES_MAX; i++) {
        if (!read_sum(r, &piece))
            return false;
        *out = arena_printf(r->arena, "%.*s%.*s", STR_ARG(*out), STR_ARG(piece));
        if (take(r, "]"))
            return true;
        if (!take(r, ","))
            return false;
    }
    return false;
}

static bool read_replace(struct reading *r, struct str text, struct str *out)
{
    struct str part, with;
    if (!take(r, ",") || !read_literal(r, &part) || !take(r, ",") || !read_literal(r, &with))
        return false;
    struct buf made = BUF_INIT(TEXT_MAX);
    for (size_t at = 0, next; at < text.len; at = next + (next < text.len ? part.len : 0)) {
        next = position(text, part, at);
        buf_add(&made, str_slice(text, at, next - at));
        if (next < text.len)
            buf_add(&made, with);
    }
    bool whole = !made.overflow;
    *out = arena_str(r->arena, buf_str(&made));
    buf_release(&made);
    return whole;
}

/* $split(X, "/")[-1] */
static bool read_split(struct reading *r, struct str text, struct str *out)
{
    struct str separator, digits;
    int64_t index, count = 1;
    if (!take(r, ",") || !read_literal(r, &separator) || !separator.len || !take(r, ")") || !take(r, "["))
        return false;
    size_t end = str_find(r->rest, ']');
    digits = str_slice(r->rest, 0, end);
    r->rest = str_from_index(r->rest, end + 1);
    if (!str_to_int(digits, &index))
        return false;
    for (size_t at = position(text, separator, 0); at < text.len;
         at = position(text, separator, at + separator.len))
        count++;
    index = index < 0 ? index + count : index;
    size_t from = 0;
    for (int64_t i = 0; i < index && i < count; i++)
        from = position(text, separator, from) + separator.len;
    *out = index >= 0 && index < count ? str_slice(text, from, position(text, separator, from) - from)
                                       : STR_EMPTY;
    return true;
}

static bool read_after(struct reading *r, struct str text, struct str *out)
{
    struct str part;
    if (!take(r, ",") || !read_literal(r, &part))
        return false;
    size_t at = position(text, part, 0);
    *out = at < text.len ? str_from_index(text, at + part.len) : text;
    return true;
}

/* $contains(X, ":") ? X : $join([X, ":1"]) */
static bool read_choice(struct reading *r, struct str *out)
{
    struct str text, part, other;
    if (!read_sum(r, &text) || !take(r, ",") || !read_literal(r, &part) || !take(r, ")") || !take(r, "?") ||
        !read_sum(r, out) || !take(r, ":") || !read_sum(r, &other))
        return false;
    if (position(text, part, 0) == text.len)
        *out = other;
    return true;
}

static bool read_call(struct reading *r, struct str *out)
{
    struct str text;
    if (take(r, "$join("))
        return read_join(r, out) && take(r, ")");
    bool lower = take(r, "$lowercase("), upper = !lower && take(r, "$uppercase(");
    if (lower || upper) {
        if (!read_sum(r, &text))
            return false;
        *out = in_case(r->arena, text, upper);
        return take(r, ")");
    }
    if (take(r, "$string("))
        return read_sum(r, out) && take(r, ")");
    if (take(r, "$replace("))
        return read_sum(r, &text) && read_replace(r, text, out) && take(r, ")");
    if (take(r, "$split("))
        return read_sum(r, &text) && read_split(r, text, out);
    if (take(r, "$contains("))
        return read_choice(r, out);
    if (take(r, "$substringAfter("))
        return read_sum(r, &text) && read_after(r, text, out) && take(r, ")");
    return false;
}

static bool read_term(struct reading *r, struct str *out)
{
    skip_space(r);
    if (str_starts(r->rest, "$"))
        return read_call(r, out);
    return str_starts(r->rest, "\"") || str_starts(r->rest, "'") ? read_literal(r, out)
                                                                 : read_property(r, out);
}

static bool read_sum(struct reading *r, struct str *out)
{
    struct str more;
    if (++r->depth > DEPTH_MAX || !read_term(r, out))
        return false;
    while (take(r, "&")) {
        if (!read_term(r, &more))
            return false;
        *out = arena_printf(r->arena, "%.*s%.*s", STR_ARG(*out), STR_ARG(more));
    }
    r->depth--;
    return true;
}

/* The text itself, or a pattern for all of it. */
static bool fits(struct arena *arena, struct str made, struct str live)
{
    regex_t pattern;
    if (str_equal(made, live))
        return true;
    if (made.len > TEXT_MAX || live.len > TEXT_MAX ||
        regcomp(&pattern, arena_printf(arena, "^(%.*s)$", STR_ARG(made)).ptr, REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    bool found = regexec(&pattern, arena_strz(arena, live), 0, NULL, 0) == 0;
    regfree(&pattern);
    return found;
}

enum transform_verdict transform_judge(struct arena *arena, struct str expression, struct str path,
                                       struct str given, struct str live)
{
    struct reading r = {.arena = arena, .rest = expression, .path = path, .given = given};
    struct str made;
    bool found = false;
    do {
        r.depth = 0;
        if (!read_sum(&r, &made))
            return TRANSFORM_UNKNOWN;
        found = found || fits(arena, made, live);
    } while (take(&r, "$OR"));
    skip_space(&r);
    if (r.rest.len)
        return TRANSFORM_UNKNOWN;
    return found ? TRANSFORM_FITS : TRANSFORM_DIFFERS;
}
