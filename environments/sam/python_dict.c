#include "environments/sam/python_table.h"

struct python_document {
    const struct value *root;
    size_t copies; /* how often the document was copied as a whole */
    struct python_scratch *scratch;
};

uint32_t python_code_point(struct str text, size_t *at)
{
    unsigned char first = (unsigned char)text.ptr[(*at)++];
    unsigned more = first < 0x80 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
    uint32_t code = more == 0 ? first : first & (0x3Fu >> more);
    while (more-- > 0 && *at < text.len)
        code = code << 6 | ((unsigned char)text.ptr[(*at)++] & 0x3F);
    return code;
}

/* Makes up for the copies that were put off. */
static struct python_table *table_sync(struct arena *arena, struct python_table *table)
{
    struct python_document *owner = table ? table->owner : NULL;
    if (!owner || table->copies == owner->copies || table->ordered)
        return table;
    python_table_copy(arena, owner->scratch, table, owner->copies - table->copies);
    table->copies = owner->copies;
    return table;
}

static struct value *python_clone(struct arena *, const struct value *);

/* The value as a part of the document: its tables count copies from now on.  What belongs to another document
 * is cloned, and so are lists, because a copy of a document shares nothing. */
static struct value *adopt(struct arena *arena, struct python_document *owner, struct value *value)
{
    if (value_is(value, VALUE_LIST)) {
        struct value *list = value_at_position_of(value_list(arena), value);
        for (size_t i = 0; i < value->count; i++)
            value_append(arena, list, adopt(arena, owner, value->items[i]));
        return list;
    }
    if (!value_is(value, VALUE_MAP))
        return value;
    struct python_table *table = value->extra;
    if (table && table->owner == owner) /* what was put off for it stays so */
        return value;
    table = table_sync(arena, table);
    if (table && table->owner)
        value = python_clone(arena, value);
    for (size_t i = 0; i < value->count; i++)
        value->entries[i].value = adopt(arena, owner, value->entries[i].value);
    table = value->extra;
    if (table) {
        table->owner = owner;
        table->copies = owner->copies;
    }
    return value;
}

struct value *python_dict(struct arena *arena)
{
    struct value *map = value_map(arena);
    map->mark = PYTHON_DICT;
    map->extra = python_table_new(arena);
    return map;
}

struct value *python_ordered_dict(struct arena *arena)
{
    struct value *map = python_dict(arena);
    struct python_table *table = map->extra;
    table->ordered = true;
    return map;
}

void python_convert(struct arena *arena, struct value *value)
{
    if (value_is(value, VALUE_STRING))
        value->mark |= PYTHON_UNICODE;
    if (value_is(value, VALUE_LIST))
        for (size_t i = 0; i < value->count; i++)
            python_convert(arena, value->items[i]);
    if (!value_is(value, VALUE_MAP))
        return;
    value->mark |= PYTHON_DICT;
    value->extra = python_table_new(arena);
    for (size_t i = 0; i < value->count; i++) {
        python_table_add(arena, value->extra, value->entries[i].key, true);
        python_convert(arena, value->entries[i].value);
    }
}

void python_set(struct arena *arena, struct value *map, struct str key, bool unicode, struct value *value)
{
    struct python_table *table = map->extra;
    bool known = value_entry(map, key) != NULL; /* then the order stays */
    if (table && table->owner)
        value = adopt(arena, table->owner, value);
    value_set(arena, map, key, value);
    if (table && !known)
        python_table_add(arena, table_sync(arena, table), value_entry(map, key)->key, unicode);
}

void python_put(struct arena *arena, struct value *map, const char *key, struct value *value)
{
    python_set(arena, map, str_from(key), false, value);
}

bool python_remove(struct arena *arena, struct value *map, struct str key)
{
    struct python_table *table = table_sync(arena, map->extra);
    if (table)
        python_table_remove(table, key);
    return value_remove(map, key);
}

void python_update(struct arena *arena, struct value *map, const struct value *from)
{
    struct python_items all = python_items(arena, from);
    struct python_table *table = table_sync(arena, map->extra);
    if (table)
        python_table_grow(arena, table, all.count);
    for (size_t i = 0; i < all.count; i++)
        python_set(arena, map, all.items[i].key, all.items[i].unicode, all.items[i].value);
}

struct python_items python_items(struct arena *arena, const struct value *map)
{
    struct python_items all = {.count = 0};
    if (!value_is(map, VALUE_MAP))
        return all;
    const struct python_table *table = table_sync(arena, map->extra);
    all.items = arena_array(arena, map->count + 1, sizeof *all.items);
    if (!table || table->ordered) {
        for (; all.count < map->count; all.count++) {
            struct str key = map->entries[all.count].key;
            all.items[all.count] =
                (struct python_item){.key = key,
                                     .unicode = table && python_table_find(table, key)->unicode,
                                     .value = map->entries[all.count].value};
        }
        return all;
    }
    uint32_t *order = arena_array(arena, table->used + 1, sizeof *order);
    all.count = python_table_order(table, order);
    for (size_t i = 0; i < all.count; i++) {
        const struct python_key *key = &table->keys[order[i]];
        all.items[i] = (struct python_item){
            .key = key->text, .unicode = key->unicode, .value = value_get_str(map, key->text)};
    }
    return all;
}

/* A map of its own with the same values and the same table. */
static struct value *python_clone(struct arena *arena, const struct value *from)
{
    struct value *clone = value_at_position_of(value_map(arena), from);
    const struct python_table *table = from->extra;
    for (size_t i = 0; i < from->count; i++)
        value_set(arena, clone, from->entries[i].key, from->entries[i].value);
    clone->mark = from->mark;
    clone->extra = table ? python_table_clone(arena, table) : NULL;
    return clone;
}

static struct value *same_kind_of_map(struct arena *arena, const struct value *map)
{
    const struct python_table *table = map->extra;
    struct value *copy = !table           ? value_map(arena)
                         : table->ordered ? python_ordered_dict(arena)
                                          : python_dict(arena);
    return value_at_position_of(copy, map);
}

/* dict.copy merges the keys into an empty table; the table grows first. */
struct value *python_copy(struct arena *arena, const struct value *from)
{
    if (value_is(from, VALUE_LIST)) {
        struct value *copy = value_at_position_of(value_list(arena), from);
        for (size_t i = 0; i < from->count; i++)
            value_append(arena, copy, from->items[i]);
        return copy;
    }
    if (!value_is(from, VALUE_MAP))
        return (struct value *)from;
    struct value *copy = same_kind_of_map(arena, from);
    python_update(arena, copy, from);
    return copy;
}

struct value *python_deepcopy(struct arena *arena, const struct value *from)
{
    if (value_is(from, VALUE_LIST)) {
        struct value *copy = value_at_position_of(value_list(arena), from);
        for (size_t i = 0; i < from->count; i++)
            value_append(arena, copy, python_deepcopy(arena, from->items[i]));
        return copy;
    }
    if (!value_is(from, VALUE_MAP))
        return (struct value *)from;
    struct value *copy = same_kind_of_map(arena, from);
    struct python_items all = python_items(arena, from);
    for (size_t i = 0; i < all.count; i++)
        python_set(arena, copy, all.items[i].key, all.items[i].unicode,
                   python_deepcopy(arena, all.items[i].value));
    return copy;
}

struct value *python_document_copy(struct arena *arena, struct python_scratch *scratch, struct value *root)
{
    struct python_table *table = root->extra;
    if (table && table->owner && table->owner->root == root) {
        table->owner->copies++;
        return root;
    }
    struct python_document *document = arena_alloc(arena, sizeof *document);
    root = python_deepcopy(arena, root);
    *document = (struct python_document){.root = root, .scratch = scratch};
    return adopt(arena, document, root);
}
