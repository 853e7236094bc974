#include <stdlib.h>
#include <string.h>

#include "environments/sam/python.h"

struct value *python_unicode(struct arena *arena, struct str text)
{
    struct value *value = value_string(arena, text);
    value->mark = PYTHON_UNICODE;
    return value;
}

bool is_unicode(const struct value *value)
{
    return value && value->mark & PYTHON_UNICODE;
}

bool is_none(const struct value *value)
{
    return !value || value->kind == VALUE_NULL;
}

static bool number_is_zero(struct str text)
{
    for (size_t i = 0; i < text.len && text.ptr[i] != 'e' && text.ptr[i] != 'E'; i++)
        if (text.ptr[i] >= '1' && text.ptr[i] <= '9')
            return false;
    return true;
}

bool is_truthy(const struct value *value)
{
    if (is_none(value))
        return false;
    if (value->kind == VALUE_BOOL)
        return value->boolean;
    if (value->kind == VALUE_NUMBER)
        return !number_is_zero(value->text);
    if (value->kind == VALUE_LIST || value->kind == VALUE_MAP)
        return value->count > 0;
    return value->text.len > 0;
}

const char *python_type_name(const struct value *value)
{
    if (is_none(value))
        return "NoneType";
    switch (value->kind) {
    case VALUE_BOOL:
        return "bool";
    case VALUE_NUMBER:
        return str_find(value->text, '.') < value->text.len ? "float" : "int";
    case VALUE_LIST:
        return "list";
    case VALUE_MAP:
        return "dict";
    default:
        return "str";
    }
}

static void add_escaped(struct buf *out, uint32_t code, char quote)
{
    if (code == (uint32_t)quote || code == '\\')
        buf_printf(out, "\\%c", (char)code);
    else if (code == '\n' || code == '\r' || code == '\t')
        buf_printf(out, "\\%c", code == '\n' ? 'n' : code == '\r' ? 'r' : 't');
    else if (code >= 0x20 && code < 0x7F)
        buf_addc(out, (char)code);
    else if (code < 0x100)
        buf_printf(out, "\\x%02x", code);
    else if (code < 0x10000)
        buf_printf(out, "\\u%04x", code);
    else
        buf_printf(out, "\\U%08x", code);
}

static void text_repr(struct buf *out, struct str text, bool unicode)
{
    bool apostrophe = str_find(text, '\'') < text.len, quotes = str_find(text, '"') < text.len;
    char quote = apostrophe && !quotes ? '"' : '\'';
    buf_printf(out, "%s%c", unicode ? "u" : "", quote);
    for (size_t at = 0; at < text.len;) {
        size_t begin = at;
        uint32_t code = python_code_point(text, &at);
        if (code >= 0xA0 && !unicode)
            buf_add(out, str_slice(text, begin, at - begin));
        else
            add_escaped(out, code, quote);
    }
    buf_addc(out, quote);
}

/* The shortest text that reads back as the same double, as repr(float) gives it. */
static void number_repr(struct arena *arena, struct buf *out, struct str text)
{
    bool real = false;
    for (size_t i = 0; i < text.len; i++)
        real = real || text.ptr[i] == '.' || text.ptr[i] == 'e' || text.ptr[i] == 'E';
    if (!real) {
        buf_add(out, text);
        return;
    }
    double number = strtod(arena_strz(arena, text), NULL);
    char shortest[32];
    int precision = 1;
    do
        snprintf(shortest, sizeof shortest, "%.*g", precision, number);
    while (precision++ < 17 && strtod(shortest, NULL) != number);
    buf_addz(out, shortest);
    if (!strpbrk(shortest, ".en"))
        buf_addz(out, ".0");
}

static void map_repr(struct arena *arena, struct buf *out, const struct value *map)
{
    struct python_items all = python_items(arena, map);
    buf_addc(out, '{');
    for (size_t i = 0; i < all.count; i++) {
        buf_addz(out, i ? ", " : "");
        text_repr(out, all.items[i].key, all.items[i].unicode);
        buf_addz(out, ": ");
        python_repr(arena, out, all.items[i].value);
    }
    buf_addc(out, '}');
}

void python_repr(struct arena *arena, struct buf *out, const struct value *value)
{
    if (is_none(value)) {
        buf_addz(out, "None");
        return;
    }
    switch (value->kind) {
    case VALUE_BOOL:
        buf_addz(out, value->boolean ? "True" : "False");
        break;
    case VALUE_NUMBER:
        number_repr(arena, out, value->text);
        break;
    case VALUE_LIST:
        buf_addc(out, '[');
        for (size_t i = 0; i < value->count; i++) {
            buf_addz(out, i ? ", " : "");
            python_repr(arena, out, value->items[i]);
        }
        buf_addc(out, ']');
        break;
    case VALUE_MAP:
        map_repr(arena, out, value);
        break;
    default:
        text_repr(out, value->text, is_unicode(value));
    }
}

static void dump_text(struct buf *out, struct str text)
{
    buf_addc(out, '"');
    for (size_t at = 0; at < text.len;) {
        uint32_t code = python_code_point(text, &at);
        if (code == '"' || code == '\\')
            buf_printf(out, "\\%c", (char)code);
        else if (code == '\b' || code == '\f' || code == '\n' || code == '\r' || code == '\t')
            buf_printf(out, "\\%c", "btn?fr"[code - '\b']);
        else if (code >= 0x20 && code < 0x7F)
            buf_addc(out, (char)code);
        else if (code == 0x7F)
            buf_addc(out, 0x7F);
        else if (code < 0x10000)
            buf_printf(out, "\\u%04x", code);
        else
            buf_printf(out, "\\u%04x\\u%04x", 0xD800 + ((code - 0x10000) >> 10), 0xDC00 + (code & 0x3FF));
    }
    buf_addc(out, '"');
}

struct dump {
    struct arena *arena;
    struct buf *out;
    unsigned flags;
    size_t depth;
};

static int compare_items(const void *left, const void *right)
{
    return str_compare(((const struct python_item *)left)->key, ((const struct python_item *)right)->key);
}

static void dump_value(struct dump *, const struct value *);

static void new_line(struct dump *dump)
{
    if (!(dump->flags & DUMPS_INDENTED))
        return;
    buf_addc(dump->out, '\n');
    for (size_t i = 0; i < dump->depth; i++)
        buf_addz(dump->out, "    ");
}

static void dump_separator(struct dump *dump, bool first)
{
    if (!first)
        buf_addz(dump->out, dump->flags & (DUMPS_COMPACT | DUMPS_INDENTED) ? "," : ", ");
    new_line(dump);
}

static void dump_map(struct dump *dump, const struct value *map)
{
    struct python_items all = python_items(dump->arena, map);
    if (dump->flags & DUMPS_SORTED && all.count)
        qsort(all.items, all.count, sizeof *all.items, compare_items);
    buf_addc(dump->out, '{');
    dump->depth++;
    for (size_t i = 0; i < all.count; i++) {
        dump_separator(dump, i == 0);
        dump_text(dump->out, all.items[i].key);
        buf_addz(dump->out, dump->flags & DUMPS_COMPACT ? ":" : ": ");
        dump_value(dump, all.items[i].value);
    }
    dump->depth--;
    if (all.count)
        new_line(dump);
    buf_addc(dump->out, '}');
}

static void dump_list(struct dump *dump, const struct value *list)
{
    buf_addc(dump->out, '[');
    dump->depth++;
    for (size_t i = 0; i < list->count; i++) {
        dump_separator(dump, i == 0);
        dump_value(dump, list->items[i]);
    }
    dump->depth--;
    if (list->count)
        new_line(dump);
    buf_addc(dump->out, ']');
}

static void dump_value(struct dump *dump, const struct value *value)
{
    if (is_none(value))
        buf_addz(dump->out, "null");
    else if (value->kind == VALUE_BOOL)
        buf_addz(dump->out, value->boolean ? "true" : "false");
    else if (value->kind == VALUE_NUMBER)
        number_repr(dump->arena, dump->out, value->text);
    else if (value->kind == VALUE_LIST)
        dump_list(dump, value);
    else if (value->kind == VALUE_MAP)
        dump_map(dump, value);
    else
        dump_text(dump->out, value->text);
}

void python_dumps(struct arena *arena, struct buf *out, const struct value *value, unsigned flags)
{
    struct dump dump = {.arena = arena, .out = out, .flags = flags};
    dump_value(&dump, value);
}
