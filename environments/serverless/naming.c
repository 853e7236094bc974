#include <string.h>

#include "environments/serverless/compile.h"

/* How the framework makes logical ids of names. */

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char upper(char c)
{
    return is_lower(c) ? (char)(c - 'a' + 'A') : c;
}

static char lower(char c)
{
    return is_upper(c) ? (char)(c - 'A' + 'a') : c;
}

const char *name_upper_first(struct sls *sls, struct str name)
{
    char *copy = arena_strz(sls->arena, name);
    copy[0] = upper(copy[0]);
    return copy;
}

const char *name_replace(struct sls *sls, struct str name, const char *part, const char *with)
{
    struct buf out = BUF_INIT(BUF_LARGE);
    size_t length = strlen(part);
    for (size_t i = 0; i < name.len;) {
        if (str_starts(str_from_index(name, i), part)) {
            buf_addz(&out, with);
            i += length;
        } else {
            buf_addc(&out, name.ptr[i++]);
        }
    }
    const char *copy = arena_strz(sls->arena, buf_str(&out));
    buf_release(&out);
    return copy;
}

const char *name_resource(struct sls *sls, struct str name)
{
    const char *dashed = name_replace(sls, name, "-", "Dash");
    return name_upper_first(sls, str_from(name_replace(sls, str_from(dashed), "_", "Underscore")));
}

const char *name_alphanumeric(struct sls *sls, struct str name)
{
    char *copy = arena_alloc(sls->arena, name.len + 1);
    size_t length = 0;
    for (size_t i = 0; i < name.len; i++)
        if (is_upper(name.ptr[i]) || is_lower(name.ptr[i]) || is_digit(name.ptr[i]))
            copy[length++] = name.ptr[i];
    copy[0] = upper(copy[0]);
    return copy;
}

/* "{proxy+}" gives "ProxyVar": what lies between the first and the last brace, and "Var" behind. */
static const char *path_part(struct sls *sls, struct str part)
{
    struct buf out = BUF_INIT(BUF_SMALL);
    size_t open = str_find(part, '{'), close = str_find_last(part, '}');
    bool variable = open < part.len && close < part.len && open < close;
    for (size_t i = 0; i < part.len; i++) {
        if (part.ptr[i] == '-')
            buf_addz(&out, "Dash");
        else
            buf_addc(&out, i == 0 ? upper(part.ptr[i]) : lower(part.ptr[i]));
        if (variable && i == close)
            buf_addz(&out, "Var");
    }
    const char *name = name_alphanumeric(sls, buf_str(&out));
    buf_release(&out);
    return name;
}

const char *name_path(struct sls *sls, struct str path)
{
    struct str part;
    const char *name = "";
    while (str_split(&path, '/', &part))
        name = textf(sls, "%s%s", name, path_part(sls, part));
    return name;
}

const char *name_method(struct sls *sls, struct str method)
{
    char *copy = arena_strz(sls->arena, method);
    for (size_t i = 0; copy[i]; i++)
        copy[i] = i == 0 ? upper(copy[i]) : lower(copy[i]);
    return copy;
}

static size_t run_length(struct str text, size_t from, bool (*is_one)(char))
{
    size_t length = from;
    while (length < text.len && is_one(text.ptr[length]))
        length++;
    return length - from;
}

/* The length of the word at the start: digits, a capital and small letters, or capitals before such a word.
 */
static size_t word_length(struct str text)
{
    size_t capitals = run_length(text, 0, is_upper), small = run_length(text, capitals, is_lower);
    if (is_digit(text.ptr[0]))
        return run_length(text, 0, is_digit);
    if (capitals <= 1)
        return capitals + small;
    return small ? capitals - 1 : capitals;
}

static const char *words(struct sls *sls, struct str text, bool small)
{
    struct buf out = BUF_INIT(BUF_SMALL);
    for (size_t i = 0; i < text.len;) {
        size_t length = word_length(str_from_index(text, i));
        for (size_t k = 0; k < length; k++)
            buf_addc(&out, k == 0 ? upper(text.ptr[i]) : small ? lower(text.ptr[i + k]) : text.ptr[i + k]);
        i += length ? length : 1;
    }
    const char *copy = arena_strz(sls->arena, buf_str(&out));
    buf_release(&out);
    return copy;
}

const char *name_start_case(struct sls *sls, struct str text)
{
    return words(sls, text, false);
}

const char *name_camel_case(struct sls *sls, struct str text)
{
    return words(sls, text, true);
}
