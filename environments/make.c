#include "environments/make.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The shape's reader: no checks, as shapes are literals of this room. */
struct maker {
    struct arena *arena;
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
    struct str copy = arena_str(maker->arena, buf_str(&out));
    buf_release(&out);
    return copy;
}

static struct value *make_container(struct maker *maker, bool map)
{
    struct arena *arena = maker->arena;
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
    size_t length = strspn(maker->at, "abcdefghijklmnopqrstuvwxyz0123456789-.");
    struct str word = {.ptr = maker->at, .len = length};
    maker->at += length;
    if (str_is(word, "true") || str_is(word, "false"))
        return value_bool(maker->arena, str_is(word, "true"));
    return value_number(maker->arena, word);
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
        return value_string(maker->arena, make_quoted(maker));
    return make_word(maker);
}

struct value *make_shape(struct arena *arena, const char *shape, va_list *arguments)
{
    struct maker maker = {.arena = arena, .at = shape, .arguments = arguments};
    return make_value(&maker);
}

const char *make_textv(struct arena *arena, const char *format, va_list arguments)
{
    char *made = NULL;
    if (vasprintf(&made, format, arguments) < 0)
        memory_exhausted();
    const char *copy = arena_strz(arena, str_from(made));
    free(made);
    return copy;
}
