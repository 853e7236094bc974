#include "providers/wire.h"

#include <stdio.h>

#include "base/xml.h"
#include "providers/policy.h"

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

static bool has_members(const struct shape *row)
{
    return row && (row->kind == SHAPE_MAP || row->kind == SHAPE_LIST || row->kind == SHAPE_SET);
}

/* The path of a member of the map at `path`. */
static void path_below(char below[PATH_MAX_LENGTH], const char *path, struct str name)
{
    snprintf(below, PATH_MAX_LENGTH, "%s%s%.*s", path, *path ? "." : "", STR_ARG(name));
}

static struct value *map_out(const struct wire *wire, struct arena *arena, const char *path, bool free,
                             const struct value *map)
{
    struct value *out = value_map(arena);
    for (size_t i = 0; i < map->count; i++) {
        const struct value_entry *entry = &map->entries[i];
        char below[PATH_MAX_LENGTH];
        path_below(below, path, free ? STR("_") : entry->key);
        struct str name = free ? entry->key : wire_name(wire, arena, below);
        if (entry->value->kind != VALUE_NULL && name.len)
            value_set(arena, out, name, wire_out(wire, arena, below, entry->value));
    }
    return out;
}

struct value *wire_out(const struct wire *wire, struct arena *arena, const char *path,
                       const struct value *value)
{
    struct shape made;
    const struct shape *row = *path ? shape_row(wire->shape, path, &made) : NULL;
    if (row && row->in_text && value->kind != VALUE_STRING)
        return value_string(arena, json_for_request(arena, without_nulls(arena, value)));
    if (*path && !has_members(row))
        return without_nulls(arena, value);
    if (value_is(value, VALUE_MAP))
        return map_out(wire, arena, path, row && row->free, value);
    if (!value_is(value, VALUE_LIST))
        return value_copy(arena, value);
    struct value *out = value_list(arena);
    for (size_t i = 0; i < value->count; i++)
        value_append(arena, out,
                     value_is(value->items[i], VALUE_MAP) ? map_out(wire, arena, path, false, value->items[i])
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

/* Takes one member, by its path, out of an answer. */
static void member_in(const struct wire *wire, struct arena *arena, const char *below,
                      const struct value *map, struct value *in)
{
    struct shape made;
    const struct shape *row = shape_row(wire->shape, below, &made);
    struct str name = wire_name(wire, arena, below), own = str_from(below);
    const struct value *value = name.len ? value_get_str(map, name) : NULL;
    if (!value || value->kind == VALUE_NULL)
        return;
    if (wire->xml && (row->kind == SHAPE_LIST || row->kind == SHAPE_SET))
        value = xml_items(arena, map, arena_strz(arena, name));
    size_t dot = str_find_last(own, '.');
    value_set(arena, in, dot < own.len ? str_from_index(own, dot + 1) : own,
              wire_in(wire, arena, below, value));
}

static struct value *map_in(const struct wire *wire, struct arena *arena, const char *path,
                            const struct value *map)
{
    const struct type_facts *facts = shape_facts(wire->shape);
    struct value *in = value_map(arena);
    struct str name;
    for (const struct shape *row = wire->shape; !facts && row->path; row++)
        if (is_below(row, path))
            member_in(wire, arena, row->path, map, in);
    for (size_t i = 0; facts && facts_property(facts, str_from(path), i, &name); i++) {
        char below[PATH_MAX_LENGTH];
        path_below(below, path, name);
        member_in(wire, arena, below, map, in);
    }
    return in;
}

/* A map whose names are the user's. */
static struct value *free_map_in(const struct wire *wire, struct arena *arena, const char *path,
                                 const struct value *map)
{
    struct value *in = value_map(arena);
    char below[PATH_MAX_LENGTH];
    path_below(below, path, STR("_"));
    for (size_t i = 0; i < map->count; i++)
        value_set(arena, in, map->entries[i].key, wire_in(wire, arena, below, map->entries[i].value));
    return in;
}

struct value *wire_in(const struct wire *wire, struct arena *arena, const char *path,
                      const struct value *value)
{
    if (!value)
        return NULL;
    struct shape made;
    const struct shape *row = *path ? shape_row(wire->shape, path, &made) : NULL;
    if (*path && !has_members(row))
        return value_copy(arena, value);
    if (value_is(value, VALUE_MAP))
        return row && row->free ? free_map_in(wire, arena, path, value) : map_in(wire, arena, path, value);
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
