#include "reconciler/report_style.h"

#include "base/json.h"

enum { ID_WIDTH_MAX = 48 };

const char *paint(bool color, const char *code)
{
    return color ? code : "";
}

/* Cuts at a character, not inside one. */
static size_t cut_at(struct str text, size_t max)
{
    while (max && max < text.len && ((unsigned char)text.ptr[max] & 0xc0) == 0x80)
        max--;
    return max;
}

/* The same, with words for people in the place of what is unknown. */
static struct value *spoken(struct arena *arena, const struct value *value)
{
    if (value->kind == VALUE_UNKNOWN)
        return value_stringz(arena, "(known after apply)");
    struct value *copy = value_copy(arena, value);
    for (size_t i = 0; copy->kind == VALUE_LIST && i < copy->count; i++)
        copy->items[i] = spoken(arena, value->items[i]);
    for (size_t i = 0; copy->kind == VALUE_MAP && i < copy->count; i++)
        copy->entries[i].value = spoken(arena, value->entries[i].value);
    return copy;
}

static void write_spoken(struct buf *out, const struct value *value)
{
    struct arena *arena = arena_new();
    struct value *words = spoken(arena, value);
    if (words->kind == VALUE_STRING)
        buf_add(out, words->text);
    else
        json_write(out, words, JSON_COMPACT);
    arena_free(arena);
}

void report_value(struct buf *out, const struct value *value, size_t max)
{
    struct buf text = BUF_INIT(BUF_LARGE);
    if (!value)
        buf_addz(&text, "(none)");
    else if (value_reference(value).len)
        buf_add(&text, value_reference(value));
    else if (value->kind == VALUE_STRING)
        buf_add(&text, value->text);
    else if (value_find_unknown(value))
        write_spoken(&text, value);
    else
        json_write(&text, value, JSON_COMPACT);
    struct str shown = buf_str(&text);
    if (shown.len > max) {
        text_escape(out, str_slice(shown, 0, cut_at(shown, max)));
        buf_addz(out, "...");
    } else {
        text_escape(out, shown);
    }
    buf_release(&text);
}

static void pad(struct buf *out, size_t written, size_t width)
{
    for (size_t i = written; i < width; i++)
        buf_addc(out, ' ');
}

void padded(struct buf *out, struct str text, size_t width)
{
    size_t before = out->len;
    text_escape(out, text);
    pad(out, out->len - before, width);
    if (out->len - before > width)
        buf_addc(out, ' ');
}

void add_count(struct buf *out, size_t count, const char *noun)
{
    buf_printf(out, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}

size_t wider(size_t width, struct str logical_id)
{
    size_t wanted = logical_id.len + 2;
    wanted = wanted < ID_WIDTH_MAX ? wanted : ID_WIDTH_MAX;
    return wanted > width ? wanted : width;
}
