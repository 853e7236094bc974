#include "base/json.h"

#include <stdlib.h>

/* json_text ends the process past this, as for want of memory: a tree that large is never read. */
static const size_t TEXT_MAX = (size_t)1 << 30;

struct writer {
    struct buf *buf;
    enum json_style style;
    bool reveal;
    size_t depth;
};

static void write_value(struct writer *, const struct value *);

static void write_escape(struct buf *buf, unsigned char c)
{
    static const char letters[] = "btnvfr"; /* from 0x08 on; JSON has no \v */
    if (c == '"' || c == '\\') {
        buf_addc(buf, '\\');
        buf_addc(buf, (char)c);
    } else if (c >= '\b' && c <= '\r' && c != '\v') {
        buf_addc(buf, '\\');
        buf_addc(buf, letters[c - '\b']);
    } else {
        buf_printf(buf, "\\u%04x", c);
    }
}

static bool is_plain(char c)
{
    return (unsigned char)c >= ' ' && c != '"' && c != '\\';
}

static void write_utf8(struct buf *buf, struct str text)
{
    while (text.len) {
        size_t plain = 0;
        while (plain < text.len && is_plain(text.ptr[plain]))
            plain++;
        buf_add(buf, str_slice(text, 0, plain));
        if (plain < text.len)
            write_escape(buf, (unsigned char)text.ptr[plain]);
        text = str_from_index(text, plain + 1);
    }
}

void json_write_string(struct buf *buf, struct str text)
{
    buf_addc(buf, '"');
    while (text.len) {
        size_t sound = str_utf8_prefix(text);
        write_utf8(buf, str_slice(text, 0, sound));
        if (sound < text.len)
            buf_addz(buf, "\xef\xbf\xbd");
        text = str_from_index(text, sound + 1);
    }
    buf_addc(buf, '"');
}

static void new_line(struct writer *writer)
{
    if (writer->style != JSON_PRETTY)
        return;
    buf_addc(writer->buf, '\n');
    for (size_t i = 0; i < writer->depth; i++)
        buf_addz(writer->buf, "  ");
}

static void write_key(struct writer *writer, struct str key)
{
    json_write_string(writer->buf, key);
    buf_addz(writer->buf, writer->style == JSON_PRETTY ? ": " : ":");
}

static void write_list(struct writer *writer, const struct value *list)
{
    buf_addc(writer->buf, '[');
    writer->depth++;
    for (size_t i = 0; i < list->count; i++) {
        if (i)
            buf_addc(writer->buf, ',');
        new_line(writer);
        write_value(writer, list->items[i]);
    }
    writer->depth--;
    if (list->count)
        new_line(writer);
    buf_addc(writer->buf, ']');
}

static int compare_keys(const void *a, const void *b)
{
    const struct value_entry *const *x = a, *const *y = b;
    return str_compare((*x)->key, (*y)->key);
}

/* The entries in the order in which they are written; for the caller to free. */
static const struct value_entry **in_order(const struct value *map, enum json_style style)
{
    const struct value_entry **entries = memory_alloc(map->count * sizeof(struct value_entry *));
    for (size_t i = 0; i < map->count; i++)
        entries[i] = &map->entries[i];
    if (style == JSON_CANONICAL)
        qsort(entries, map->count, sizeof *entries, compare_keys);
    return entries;
}

static void write_map(struct writer *writer, const struct value *map)
{
    const struct value_entry **entries = in_order(map, writer->style);
    buf_addc(writer->buf, '{');
    writer->depth++;
    for (size_t i = 0; i < map->count; i++) {
        if (i)
            buf_addc(writer->buf, ',');
        new_line(writer);
        write_key(writer, entries[i]->key);
        write_value(writer, entries[i]->value);
    }
    writer->depth--;
    if (map->count)
        new_line(writer);
    buf_addc(writer->buf, '}');
    free(entries);
}

static void write_value(struct writer *writer, const struct value *value)
{
    switch (value ? value->kind : VALUE_NULL) {
    case VALUE_NULL:
        buf_addz(writer->buf, "null");
        break;
    case VALUE_BOOL:
        buf_addz(writer->buf, value->boolean ? "true" : "false");
        break;
    case VALUE_NUMBER:
        buf_add(writer->buf, value->text);
        break;
    case VALUE_STRING:
        json_write_string(writer->buf,
                          value->count && !writer->reveal ? value_reference(value) : value->text);
        break;
    case VALUE_LIST:
        write_list(writer, value);
        break;
    case VALUE_MAP:
        write_map(writer, value);
        break;
    case VALUE_UNKNOWN:
        buf_addc(writer->buf, '{');
        write_key(writer, STR("KnownAfterApply"));
        json_write_string(writer->buf, value->text);
        buf_addc(writer->buf, '}');
        break;
    case VALUE_SECRET:
        json_write_string(writer->buf, writer->reveal
                                           ? value->text
                                           : (value->count ? value_reference(value) : STR("****")));
        break;
    }
}

void json_write(struct buf *buf, const struct value *value, enum json_style style)
{
    write_value(&(struct writer){.buf = buf, .style = style}, value);
}

void json_write_revealed(struct buf *buf, const struct value *value)
{
    write_value(&(struct writer){.buf = buf, .style = JSON_COMPACT, .reveal = true}, value);
}

struct str json_text(struct arena *arena, const struct value *value, enum json_style style)
{
    struct buf buf = BUF_INIT(TEXT_MAX);
    json_write(&buf, value, style);
    if (buf.overflow)
        memory_exhausted();
    struct str text = arena_str(arena, buf_str(&buf));
    buf_release(&buf);
    return text;
}
