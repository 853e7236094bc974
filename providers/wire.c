#include "providers/wire.h"

#include <stdio.h>

#include "base/xml.h"

enum { PATH_MAX_LENGTH = 256 };

struct str wire_name(const struct wire *wire, struct arena *arena, const char *path)
{
    for (const struct wire_name *row = wire->names; row && row->path; row++)
        if (str_is(str_from(row->path), path))
            return str_from(row->name);
    struct str whole = str_from(path);
    size_t dot = str_find_last(whole, '.');
    struct str member = dot < whole.len ? str_from_index(whole, dot + 1) : whole;
    if (!wire->small_letters || member.len == 0 || member.ptr[0] < 'A' || member.ptr[0] > 'Z')
        return member;
    return arena_printf(arena, "%c%.*s", member.ptr[0] - 'A' + 'a', STR_ARG(str_from_index(member, 1)));
}

static const struct shape *find_row(const struct shape *row, const char *path)
{
    for (; row->path; row++)
        if (str_is(str_from(row->path), path))
            return row;
    return NULL;
}

static bool has_members(const struct shape *row)
{
    return row && (row->kind == SHAPE_MAP || row->kind == SHAPE_LIST || row->kind == SHAPE_SET);
}

static struct value *map_out(const struct wire *wire, struct arena *arena, const char *path,
                             const struct value *map)
{
    struct value *out = value_map(arena);
    for (size_t i = 0; i < map->count; i++) {
        const struct value_entry *entry = &map->entries[i];
        char below[PATH_MAX_LENGTH];
        snprintf(below, sizeof(below), "%s%s%.*s", path, *path ? "." : "", STR_ARG(entry->key));
        if (entry->value->kind != VALUE_NULL)
            value_set(arena, out, wire_name(wire, arena, below), wire_out(wire, arena, below, entry->value));
    }
    return out;
}

struct value *wire_out(const struct wire *wire, struct arena *arena, const char *path,
                       const struct value *value)
{
    if (*path && !has_members(find_row(wire->shape, path)))
        return without_nulls(arena, value);
    if (value_is(value, VALUE_MAP))
        return map_out(wire, arena, path, value);
    if (!value_is(value, VALUE_LIST))
        return value_copy(arena, value);
    struct value *out = value_list(arena);
    for (size_t i = 0; i < value->count; i++)
        value_append(arena, out,
                     value_is(value->items[i], VALUE_MAP) ? map_out(wire, arena, path, value->items[i])
                                                          : value_copy(arena, value->items[i]));
    return out;
}

/* Is `row` a member of the map at `path`? */
static bool is_below(const struct shape *row, const char *path)
{
    struct str whole = str_from(row->path);
    size_t length = str_from(path).len;
    if (length && !(str_starts(whole, path) && whole.len > length && whole.ptr[length] == '.'))
        return false;
    return !str_contains(str_from_index(whole, length ? length + 1 : 0), ".");
}

static struct value *map_in(const struct wire *wire, struct arena *arena, const char *path,
                            const struct value *map)
{
    struct value *in = value_map(arena);
    for (const struct shape *row = wire->shape; row->path; row++) {
        if (!is_below(row, path))
            continue;
        struct str name = wire_name(wire, arena, row->path);
        const struct value *value = value_get_str(map, name);
        if (!value || value->kind == VALUE_NULL)
            continue;
        if (wire->xml && (row->kind == SHAPE_LIST || row->kind == SHAPE_SET))
            value = xml_items(arena, map, arena_strz(arena, name));
        size_t dot = str_find_last(str_from(row->path), '.');
        struct str own = str_from(row->path);
        value_set(arena, in, dot < own.len ? str_from_index(own, dot + 1) : own,
                  wire_in(wire, arena, row->path, value));
    }
    return in;
}

struct value *wire_in(const struct wire *wire, struct arena *arena, const char *path,
                      const struct value *value)
{
    if (!value)
        return NULL;
    const struct shape *row = *path ? find_row(wire->shape, path) : NULL;
    if (*path && !has_members(row))
        return value_copy(arena, value);
    if (value_is(value, VALUE_MAP))
        return map_in(wire, arena, path, value);
    if (row && row->kind == SHAPE_MAP && value_is_text(value, "")) /* an empty element */
        return value_map(arena);
    if (!value_is(value, VALUE_LIST))
        return value_copy(arena, value);
    struct value *in = value_list(arena);
    for (size_t i = 0; i < value->count; i++)
        value_append(arena, in,
                     value_is(value->items[i], VALUE_MAP) ? map_in(wire, arena, path, value->items[i])
                                                          : value_copy(arena, value->items[i]));
    return in;
}
