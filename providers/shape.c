#include "providers/shape.h"

#include <stdio.h>

#include "base/json.h"
#include "providers/policy.h"
#include "providers/resource_type.h"

enum { PATH_MAX_LENGTH = 256 };

struct path {
    char text[PATH_MAX_LENGTH];
};

static struct path path_below(const char *path, struct str name)
{
    struct path below;
    snprintf(below.text, sizeof(below.text), "%s%s%.*s", path, *path ? "." : "", STR_ARG(name));
    return below;
}

static const struct shape *find_row(const struct shape *rows, const char *path)
{
    for (; rows->path; rows++)
        if (str_is(str_from(path), rows->path))
            return rows;
    return NULL;
}

const struct type_facts *shape_facts(const struct shape *rows)
{
    while (rows->path)
        rows++;
    return rows->facts ? facts_find(str_from(rows->facts)) : NULL;
}

static enum shape_kind scalar_kind(enum facts_kind kind)
{
    bool number = kind == FACTS_INTEGER || kind == FACTS_NUMBER;
    return number ? SHAPE_NUMBER : kind == FACTS_BOOLEAN ? SHAPE_BOOL : SHAPE_TEXT;
}

static bool holds_objects(enum facts_kind items)
{
    return items == FACTS_OBJECT || items == FACTS_OPEN_OBJECT || items == FACTS_LIST ||
           items == FACTS_UNORDERED_LIST || items == FACTS_MAP;
}

/* What the facts say of a path. */
static bool row_of_facts(const struct type_facts *facts, const char *path, struct shape *made)
{
    enum facts_kind kind = facts_kind(facts, str_from(path)), items;
    items = facts_item_kind(facts, str_from(path));
    *made = (struct shape){.path = path, .items = scalar_kind(items)};
    switch (kind) {
    case FACTS_NO_PROPERTY:
        return false;
    case FACTS_ANY:
        made->kind = SHAPE_JSON;
        break;
    case FACTS_LIST:
    case FACTS_UNORDERED_LIST:
        made->kind = kind == FACTS_LIST ? SHAPE_LIST : SHAPE_SET;
        break;
    case FACTS_MAP:
        made->free = holds_objects(items);
        made->kind = made->free ? SHAPE_MAP : items == FACTS_ANY ? SHAPE_JSON : SHAPE_TEXTS;
        break;
    case FACTS_OBJECT:
    case FACTS_OPEN_OBJECT:
        made->kind = SHAPE_MAP;
        break;
    default:
        made->kind = scalar_kind(kind);
    }
    if (str_is(facts_tag_property(facts), path))
        made->kind = SHAPE_TAGS;
    return true;
}

const struct shape *shape_row(const struct shape *rows, const char *path, struct shape *made)
{
    const struct shape *row = find_row(rows, path);
    if (row)
        return row;
    const struct type_facts *facts = shape_facts(rows);
    return facts && row_of_facts(facts, path, made) ? made : NULL;
}

/* The nearest name to `name` among the members of `path`. */
static const char *nearest_member(const struct shape *rows, const char *path, struct str name)
{
    const char *names[128];
    size_t count = 0, length = str_from(path).len;
    for (; rows->path && count < ARRAY_LENGTH(names); rows++) {
        struct str row = str_from(rows->path);
        if (!str_starts(row, path) || (length && (row.len <= length || row.ptr[length] != '.')))
            continue;
        const char *member = rows->path + (length ? length + 1 : 0);
        if (!rows->refused && !str_contains(str_from(member), "."))
            names[count++] = member;
    }
    return str_nearest(name, names, count);
}

static bool check_members(const struct shape *rows, const char *type, const char *path, bool free,
                          const struct value *map, struct error *error);

static bool check_value(const struct shape *row, const struct shape *rows, const char *type,
                        const struct value *value, struct error *error)
{
    if (value_is(value, VALUE_MAP))
        return check_members(rows, type, row->path, row->free, value, error);
    for (size_t i = 0; value_is(value, VALUE_LIST) && i < value->count; i++)
        if (value_is(value->items[i], VALUE_MAP) &&
            !check_members(rows, type, row->path, false, value->items[i], error))
            return false;
    return true;
}

static bool check_members(const struct shape *rows, const char *type, const char *path, bool free,
                          const struct value *map, struct error *error)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct value_entry *entry = &map->entries[i];
        struct path below = path_below(path, free ? STR("_") : entry->key);
        struct shape made;
        const struct shape *row = shape_row(rows, below.text, &made);
        if (!row && shape_facts(rows)) /* facts_check has said what is to be said */
            continue;
        if (!row) {
            const char *near = nearest_member(rows, path, entry->key);
            return value_key_error(map, entry, error, ERROR_INVALID, "%s has no property '%s'%s%s%s", type,
                                   below.text, near ? "; did you mean '" : "", near ? near : "",
                                   near ? "'?" : "");
        }
        if (row->refused)
            return value_key_error(map, entry, error, ERROR_INVALID,
                                   "property '%s' of %s is not supported: %s", below.text, type,
                                   row->refused);
        bool open = row->kind == SHAPE_TEXTS || row->kind == SHAPE_JSON || row->kind == SHAPE_POLICY ||
                    row->kind == SHAPE_TAGS;
        if (!open && !check_value(row, rows, type, entry->value, error))
            return false;
    }
    return true;
}

bool shape_check(const struct shape *rows, const char *type, const struct value *properties,
                 struct error *error)
{
    return !value_is(properties, VALUE_MAP) || check_members(rows, type, "", false, properties, error);
}

static bool is_json_number(struct str text)
{
    size_t i = 0, digits = 0;
    if (i < text.len && text.ptr[i] == '-')
        i++;
    bool zero = i < text.len && text.ptr[i] == '0';
    for (; i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9'; i++)
        digits++;
    if (digits == 0 || (zero && digits > 1))
        return false;
    if (i == text.len)
        return true;
    if (text.ptr[i++] != '.' || i == text.len)
        return false;
    for (; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return true;
}

static struct value *as_text(struct arena *arena, struct value *value)
{
    if (!value_is(value, VALUE_NUMBER) && !value_is(value, VALUE_BOOL))
        return value;
    return value_at_position_of(value_string(arena, value_text(value)), value);
}

static struct value *as_number(struct arena *arena, struct value *value)
{
    if (!value_is(value, VALUE_STRING) || !is_json_number(value->text))
        return value;
    return value_at_position_of(value_number(arena, value->text), value);
}

static struct value *as_bool(struct arena *arena, struct value *value)
{
    bool yes;
    if (!value_is(value, VALUE_STRING) || !value_to_bool(value, &yes))
        return value;
    return value_at_position_of(value_bool(arena, yes), value);
}

static struct value *as_scalar(struct arena *arena, enum shape_kind kind, struct value *value)
{
    return kind == SHAPE_NUMBER ? as_number(arena, value)
           : kind == SHAPE_BOOL ? as_bool(arena, value)
                                : as_text(arena, value);
}

static struct value *as_texts(struct arena *arena, enum shape_kind kind, struct value *value)
{
    for (size_t i = 0; value_is(value, VALUE_MAP) && i < value->count; i++)
        value->entries[i].value = as_scalar(arena, kind, value->entries[i].value);
    return value;
}

static struct value *as_json(struct arena *arena, struct value *value)
{
    struct error ignored = ERROR_INIT;
    struct value *parsed;
    if (!value_is(value, VALUE_STRING) || !json_read(arena, STR_EMPTY, value->text, &parsed, &ignored))
        return value;
    return value_at_position_of(parsed, value);
}

static struct value *as_tags(struct arena *arena, struct value *value)
{
    if (value_is(value, VALUE_MAP))
        return tags_as_list(arena, as_texts(arena, SHAPE_TEXT, value), "Key", "Value");
    for (size_t i = 0; value_is(value, VALUE_LIST) && i < value->count; i++)
        as_texts(arena, SHAPE_TEXT, value->items[i]);
    if (value_is(value, VALUE_LIST))
        value_sort(arena, value, "Key");
    return value;
}

static bool has_members(const struct shape *rows, const char *path)
{
    size_t length = str_from(path).len;
    for (; rows->path; rows++)
        if (str_starts(str_from(rows->path), path) && rows->path[length] == '.')
            return true;
    return false;
}

static struct value *normalized(const struct shape *, struct arena *, const char *path, struct value *);

static void normalize_members(const struct shape *rows, struct arena *arena, const char *path, bool free,
                              struct value *map)
{
    for (size_t i = map->count; i-- > 0;) {
        if (map->entries[i].value->kind == VALUE_NULL) {
            value_remove(map, map->entries[i].key);
            continue;
        }
        struct path below = path_below(path, free ? STR("_") : map->entries[i].key);
        map->entries[i].value = normalized(rows, arena, below.text, map->entries[i].value);
    }
}

static struct value *as_list(const struct shape *rows, const struct shape *row, struct arena *arena,
                             struct value *value)
{
    bool scalar = value_is(value, VALUE_STRING) || value_is(value, VALUE_NUMBER);
    if (scalar) {
        struct value *list = value_at_position_of(value_list(arena), value);
        value_append(arena, list, value);
        value = list;
    }
    for (size_t i = 0; value_is(value, VALUE_LIST) && i < value->count; i++) {
        if (value_is(value->items[i], VALUE_MAP))
            normalize_members(rows, arena, row->path, false, value->items[i]);
        else
            value->items[i] = as_scalar(arena, row->items, value->items[i]);
    }
    if (row->kind == SHAPE_SET && value_is(value, VALUE_LIST))
        value_sort(arena, value, row->key);
    return value;
}

static struct value *normalized(const struct shape *rows, struct arena *arena, const char *path,
                                struct value *value)
{
    struct shape made;
    const struct shape *row = shape_row(rows, path, &made);
    if (!row)
        return value;
    switch (row->kind) {
    case SHAPE_TEXT:
        return as_text(arena, value);
    case SHAPE_NUMBER:
        return as_number(arena, value);
    case SHAPE_BOOL:
        return as_bool(arena, value);
    case SHAPE_MAP:
        if (value_is(value, VALUE_MAP))
            normalize_members(rows, arena, path, row->free, value);
        return value;
    case SHAPE_TEXTS:
        return as_texts(arena, row->items, value);
    case SHAPE_LIST:
    case SHAPE_SET:
        return as_list(rows, row, arena, value);
    case SHAPE_JSON:
        value = as_json(arena, value);
        if (value_is(value, VALUE_MAP) && has_members(rows, path))
            normalize_members(rows, arena, path, false, value);
        return value;
    case SHAPE_POLICY:
        return policy_normalize(arena, value);
    case SHAPE_TAGS:
        return as_tags(arena, value);
    }
    return value;
}

void shape_normalize(const struct shape *rows, struct arena *arena, struct value *properties)
{
    if (value_is(properties, VALUE_MAP))
        normalize_members(rows, arena, "", false, properties);
}

/* The default of a row, or VALUE_NULL. */
static struct value *default_of(const struct shape *row, struct arena *arena)
{
    struct error ignored = ERROR_INIT;
    struct value *value;
    if (!row || !row->otherwise || !json_read(arena, STR_EMPTY, str_from(row->otherwise), &value, &ignored))
        return value_null(arena);
    return value;
}

void shape_fill(const struct shape *rows, struct arena *arena, struct value *live)
{
    for (; rows->path; rows++)
        if (rows->otherwise && !str_contains(str_from(rows->path), ".") && !value_get(live, rows->path))
            value_setz(arena, live, rows->path, default_of(rows, arena));
}

static void add_resets(const struct shape *rows, struct arena *arena, const char *path, bool free,
                       struct value *target, const struct value *previous)
{
    for (size_t i = 0; value_is(previous, VALUE_MAP) && i < previous->count; i++) {
        const struct value_entry *old = &previous->entries[i];
        struct path below = path_below(path, free ? STR("_") : old->key);
        struct shape made;
        const struct shape *row = shape_row(rows, below.text, &made);
        struct value *now = value_get_str(target, old->key);
        if (!now && row)
            value_set(arena, target, old->key, default_of(row, arena));
        else if (row && row->kind == SHAPE_MAP && value_is(now, VALUE_MAP))
            add_resets(rows, arena, below.text, row->free, now, old->value);
    }
}

struct value *shape_target(const struct shape *rows, struct arena *arena, const struct value *properties,
                           const struct value *previous)
{
    struct value *target = properties ? value_copy(arena, properties) : value_map(arena);
    shape_normalize(rows, arena, target);
    add_resets(rows, arena, "", false, target, previous);
    return target;
}

static bool is_nothing(const struct value *value)
{
    if (!value || value->kind == VALUE_NULL)
        return true;
    if (value->kind == VALUE_STRING)
        return value->text.len == 0;
    return (value->kind == VALUE_LIST || value->kind == VALUE_MAP) && value->count == 0;
}

static bool covers_map(const struct value *declared, const struct value *live)
{
    for (size_t i = 0; i < declared->count; i++)
        if (!shape_covers(declared->entries[i].value, value_get_str(live, declared->entries[i].key)))
            return false;
    return true;
}

static bool covers_list(const struct value *declared, const struct value *live)
{
    if (declared->count != live->count)
        return false;
    for (size_t i = 0; i < declared->count; i++)
        if (!shape_covers(declared->items[i], live->items[i]))
            return false;
    return true;
}

bool shape_covers(const struct value *declared, const struct value *live)
{
    if (is_nothing(declared))
        return is_nothing(live);
    if (declared->kind == VALUE_MAP)
        return (value_is(live, VALUE_MAP) || is_nothing(live)) && covers_map(declared, live);
    if (!live)
        return false;
    if (declared->kind == VALUE_LIST)
        return live->kind == VALUE_LIST && covers_list(declared, live);
    if (declared->kind == VALUE_SECRET)
        return str_equal(declared->text, live->text);
    return value_equal(declared, live);
}

bool shape_differs(const struct value *target, const struct value *live, const char *name)
{
    const struct value *wanted = value_get(target, name);
    return wanted && !shape_covers(wanted, value_get(live, name));
}

bool shape_differs_at_all(const struct value *target, const struct value *live, const char *name)
{
    const struct value *wanted = value_get(target, name), *now = value_get(live, name);
    if (!wanted || (is_nothing(wanted) && is_nothing(now)))
        return false;
    return !now || !value_equal(wanted, now);
}

void map_exact(struct arena *arena, struct value *target, const struct value *live)
{
    for (size_t i = 0; value_is(target, VALUE_MAP) && value_is(live, VALUE_MAP) && i < live->count; i++)
        if (!value_get_str(target, live->entries[i].key))
            value_set(arena, target, live->entries[i].key, value_null(arena));
}

static struct value *strip_nulls(struct value *copy)
{
    for (size_t i = 0; copy->kind == VALUE_LIST && i < copy->count; i++)
        strip_nulls(copy->items[i]);
    for (size_t i = copy->kind == VALUE_MAP ? copy->count : 0; i-- > 0;) {
        if (copy->entries[i].value->kind == VALUE_NULL)
            value_remove(copy, copy->entries[i].key);
        else
            strip_nulls(copy->entries[i].value);
    }
    return copy;
}

struct value *without_nulls(struct arena *arena, const struct value *value)
{
    return strip_nulls(value_copy(arena, value));
}

void members_copy(struct arena *arena, struct value *to, const struct value *from, const char *const *names)
{
    for (; *names; names++) {
        struct value *value = value_get(from, *names);
        if (value && value->kind != VALUE_NULL)
            value_setz(arena, to, *names, value);
    }
}

static struct str sort_key(struct arena *arena, const struct value *item, const char *key)
{
    struct str text = key ? value_get_text(item, key) : STR_EMPTY;
    if (text.len)
        return text;
    return value_is(item, VALUE_STRING) ? item->text : json_text(arena, item, JSON_CANONICAL);
}

/* Insertion sort: the lists are short, and equal items keep their order. */
void value_sort(struct arena *arena, struct value *list, const char *key)
{
    struct str *keys = arena_array(arena, list->count + 1, sizeof(*keys));
    for (size_t i = 0; i < list->count; i++) {
        struct value *item = list->items[i];
        struct str text = sort_key(arena, item, key);
        size_t k = i;
        for (; k > 0 && str_compare(keys[k - 1], text) > 0; k--) {
            keys[k] = keys[k - 1];
            list->items[k] = list->items[k - 1];
        }
        keys[k] = text;
        list->items[k] = item;
    }
}
