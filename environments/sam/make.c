#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "environments/sam/transform.h"

void sam_fail(struct sam *sam, const struct value *at, const char *id, const char *format, ...)
{
    struct error one = ERROR_INIT;
    char message[ERROR_MESSAGE_MAX / 2];
    va_list arguments;
    if (sam->failed)
        return;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    sam->failed = true;
    if (id && *id)
        value_error(at, &one, ERROR_INVALID, "resource '%s': %s", id, message);
    else
        value_error(at, &one, ERROR_INVALID, "%s", message);
    if (sam->mistakes++ == 0)
        sam->first = one;
    else
        value_append(sam->arena, sam->mistake_list,
                     make(sam, "{'id': '%s', 'message': '%s'}", id ? id : "", one.message));
}

/* The shape's reader: no checks beyond asserts of the tables, as shapes are literals of this room. */
struct maker {
    struct sam *sam;
    const char *at;
    va_list *arguments;
};

static struct value *make_value(struct maker *maker);

static void skip(struct maker *maker)
{
    while (*maker->at == ' ' || *maker->at == ',' || *maker->at == ':' || *maker->at == '\n')
        maker->at++;
}

static struct str make_quoted(struct maker *maker)
{
    struct buf out = BUF_INIT(BUF_LARGE);
    for (maker->at++; *maker->at != '\''; maker->at++) {
        if (maker->at[0] == '%' && maker->at[1] == 's') {
            buf_addz(&out, va_arg(*maker->arguments, const char *));
            maker->at++;
        } else {
            buf_addc(&out, *maker->at);
        }
    }
    maker->at++;
    struct str copy = arena_str(maker->sam->arena, buf_str(&out));
    buf_release(&out);
    return copy;
}

static struct value *make_container(struct maker *maker, bool map)
{
    struct arena *arena = maker->sam->arena;
    struct value *container = map ? value_map(arena) : value_list(arena);
    maker->at++;
    for (skip(maker); *maker->at != '}' && *maker->at != ']'; skip(maker)) {
        struct str key = STR_EMPTY;
        if (map) {
            key = make_quoted(maker);
            skip(maker);
        }
        struct value *value = make_value(maker);
        if (value && map)
            value_set(arena, container, key, value);
        else if (value)
            value_append(arena, container, value);
    }
    maker->at++;
    return container;
}

static struct value *make_word(struct maker *maker)
{
    struct arena *arena = maker->sam->arena;
    size_t length = strspn(maker->at, "abcdefghijklmnopqrstuvwxyz0123456789-.");
    struct str word = {.ptr = maker->at, .len = length};
    maker->at += length;
    if (str_is(word, "true") || str_is(word, "false"))
        return value_bool(arena, str_is(word, "true"));
    return value_number(arena, word);
}

static struct value *make_value(struct maker *maker)
{
    skip(maker);
    if (maker->at[0] == '%' && maker->at[1] == 'v') {
        maker->at += 2;
        return va_arg(*maker->arguments, struct value *);
    }
    if (*maker->at == '{' || *maker->at == '[')
        return make_container(maker, *maker->at == '{');
    if (*maker->at == '\'')
        return value_string(maker->sam->arena, make_quoted(maker));
    return make_word(maker);
}

struct value *make(struct sam *sam, const char *shape, ...)
{
    va_list arguments;
    va_start(arguments, shape);
    struct maker maker = {.sam = sam, .at = shape, .arguments = &arguments};
    struct value *value = make_value(&maker);
    va_end(arguments);
    return value;
}

const char *text(struct sam *sam, const char *format, ...)
{
    va_list arguments;
    char *made = NULL;
    va_start(arguments, format);
    int length = vasprintf(&made, format, arguments);
    va_end(arguments);
    if (length < 0)
        memory_exhausted();
    const char *copy = arena_strz(sam->arena, str_from(made));
    free(made);
    return copy;
}

struct value *make_text(struct sam *sam, const char *content)
{
    return value_stringz(sam->arena, content);
}

struct value *make_if(struct sam *sam, struct value *condition, struct value *then, struct value *otherwise)
{
    return make(sam, "{'Fn::If': [%v, %v, %v]}", condition, then,
                is_none(otherwise) ? make(sam, "{'Ref': 'AWS::NoValue'}") : otherwise);
}

bool is_alphanumeric(struct str id)
{
    for (size_t i = 0; i < id.len; i++) {
        char c = id.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')))
            return false;
    }
    return id.len > 0;
}

const char *sha1_digits(struct sam *sam, struct str data, size_t length)
{
    return arena_strz(sam->arena, str_slice(sha1_hex(sam->arena, data), 0, length));
}

const char *hashed_id(struct sam *sam, const char *prefix, const struct value *data)
{
    if (!is_truthy(data))
        return prefix;
    struct buf dumped = BUF_INIT(BUF_LARGE);
    if (data->kind == VALUE_STRING)
        buf_add(&dumped, data->text);
    else
        python_dumps(sam->arena, &dumped, data, DUMPS_SORTED | DUMPS_COMPACT);
    const char *id = text(sam, "%s%s", prefix, sha1_digits(sam, buf_str(&dumped), 10));
    buf_release(&dumped);
    return id;
}
