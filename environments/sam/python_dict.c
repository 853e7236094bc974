#include <string.h>

#include "environments/sam/python.h"

/* The hash table of a dictionary of Python 2.7: open addressing, first 8 slots, filled to two thirds, then
 * four times the number of keys. */

enum { TABLE_MIN = 8, PERTURB_SHIFT = 5, LARGE = 50000 };

struct python_document {
    const struct value *root;
    size_t copies; /* how often the document was copied as a whole */
    struct arena *scratch;
};

struct slot {
    struct str key;
    bool unicode;
    enum { SLOT_FREE, SLOT_DUMMY, SLOT_USED } state;
};

struct table {
    struct slot *slots;
    size_t mask, used, filled;
    bool ordered;                  /* by insertion: the slots only tell which keys are unicode */
    struct python_document *owner; /* or NULL */
    size_t copies;                 /* of the owner's that the slots show */
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

static uint64_t text_hash(struct str text)
{
    size_t at = 0, length = 0;
    if (text.len == 0)
        return 0;
    uint64_t hash = (uint64_t)python_code_point(text, &at) << 7;
    for (at = 0; at < text.len; length++)
        hash = 1000003 * hash ^ python_code_point(text, &at);
    return hash ^ length;
}

static bool holds(const struct slot *slot, struct str key)
{
    return slot->state == SLOT_USED && str_equal(slot->key, key);
}

static size_t find_slot(const struct table *table, struct str key)
{
    uint64_t hash = text_hash(key), walker = hash & table->mask, perturb = hash;
    size_t at = (size_t)walker, free_slot = SIZE_MAX;
    if (table->slots[at].state == SLOT_FREE || holds(&table->slots[at], key))
        return at;
    if (table->slots[at].state == SLOT_DUMMY)
        free_slot = at;
    for (;;) {
        walker = walker * 5 + perturb + 1;
        at = (size_t)(walker & table->mask);
        if (table->slots[at].state == SLOT_FREE)
            return free_slot == SIZE_MAX ? at : free_slot;
        if (holds(&table->slots[at], key))
            return at;
        if (free_slot == SIZE_MAX && table->slots[at].state == SLOT_DUMMY)
            free_slot = at;
        perturb >>= PERTURB_SHIFT;
    }
}

static void table_add(struct arena *, struct table *, struct str key, bool unicode);

static void table_resize(struct arena *arena, struct table *table, size_t request)
{
    struct table old = *table;
    size_t size = TABLE_MIN;
    while (size <= request)
        size *= 2;
    *table = (struct table){.slots = arena_array(arena, size, sizeof *table->slots),
                            .mask = size - 1,
                            .ordered = old.ordered,
                            .owner = old.owner,
                            .copies = old.copies};
    for (size_t i = 0; i <= old.mask; i++)
        if (old.slots[i].state == SLOT_USED)
            table_add(arena, table, old.slots[i].key, old.slots[i].unicode);
}

static void table_add(struct arena *arena, struct table *table, struct str key, bool unicode)
{
    struct slot *slot = &table->slots[find_slot(table, key)];
    if (slot->state == SLOT_USED)
        return;
    table->filled += slot->state == SLOT_FREE;
    table->used++;
    *slot = (struct slot){.key = key, .unicode = unicode, .state = SLOT_USED};
    if (table->filled * 3 >= (table->mask + 1) * 2)
        table_resize(arena, table, table->used * (table->used > LARGE ? 2 : 4));
}

/* The used slots in order; gives how many. */
static size_t table_keys(const struct table *table, struct slot *keys)
{
    size_t count = 0;
    for (size_t i = 0; i <= table->mask; i++)
        if (table->slots[i].state == SLOT_USED)
            keys[count++] = table->slots[i];
    return count;
}

static bool same_keys(const struct slot *left, const struct slot *right, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (left[i].key.ptr != right[i].key.ptr)
            return false;
    return true;
}

static struct table table_of_keys(struct arena *arena, const struct slot *keys, size_t count)
{
    struct table table = {.slots = arena_array(arena, TABLE_MIN, sizeof *table.slots), .mask = TABLE_MIN - 1};
    for (size_t i = 0; i < count; i++)
        table_add(arena, &table, keys[i].key, keys[i].unicode);
    return table;
}

/* Makes up for the copies that were put off.  What a copy looks like follows from the order of the keys
 * alone, which soon stays the same, or is the same after every other copy. */
static struct table *table_sync(struct arena *arena, struct table *table)
{
    struct python_document *owner = table ? table->owner : NULL;
    if (!owner || table->copies == owner->copies || table->ordered)
        return table;
    size_t pending = owner->copies - table->copies, count = table->used;
    struct slot *orders[3];
    struct table copy = *table;
    for (size_t i = 0; i < 3; i++)
        orders[i] = arena_array(owner->scratch, count + 1, sizeof **orders);
    table_keys(table, orders[0]);
    for (size_t step = 1; step <= pending; step++) {
        struct slot *now = orders[step % 3], *last = orders[(step + 2) % 3], *before = orders[(step + 1) % 3];
        copy = table_of_keys(owner->scratch, last, count);
        table_keys(&copy, now);
        if (same_keys(now, last, count))
            break;
        if (step >= 2 && same_keys(now, before, count) && (pending - step) % 2 == 0)
            break;
    }
    struct slot *slots =
        table->mask == copy.mask ? table->slots : arena_array(arena, copy.mask + 1, sizeof *slots);
    memcpy(slots, copy.slots, (copy.mask + 1) * sizeof *slots);
    *table = (struct table){.slots = slots,
                            .mask = copy.mask,
                            .used = copy.used,
                            .filled = copy.filled,
                            .owner = owner,
                            .copies = owner->copies};
    arena_reset(owner->scratch);
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
    struct table *table = table_sync(arena, value->extra);
    if (table && table->owner == owner)
        return value;
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

static struct table *table_new(struct arena *arena)
{
    struct table *table = arena_alloc(arena, sizeof *table);
    table->slots = arena_array(arena, TABLE_MIN, sizeof *table->slots);
    table->mask = TABLE_MIN - 1;
    return table;
}

struct value *python_dict(struct arena *arena)
{
    struct value *map = value_map(arena);
    map->mark = PYTHON_DICT;
    map->extra = table_new(arena);
    return map;
}

struct value *python_ordered_dict(struct arena *arena)
{
    struct value *map = python_dict(arena);
    struct table *table = map->extra;
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
    value->extra = table_new(arena);
    for (size_t i = 0; i < value->count; i++) {
        table_add(arena, value->extra, value->entries[i].key, true);
        python_convert(arena, value->entries[i].value);
    }
}

void python_set(struct arena *arena, struct value *map, struct str key, bool unicode, struct value *value)
{
    struct table *table = table_sync(arena, map->extra);
    if (table && table->owner)
        value = adopt(arena, table->owner, value);
    value_set(arena, map, key, value);
    if (table)
        table_add(arena, table, value_entry(map, key)->key, unicode);
}

void python_put(struct arena *arena, struct value *map, const char *key, struct value *value)
{
    python_set(arena, map, str_from(key), false, value);
}

bool python_remove(struct arena *arena, struct value *map, struct str key)
{
    struct table *table = table_sync(arena, map->extra);
    if (table) {
        struct slot *slot = &table->slots[find_slot(table, key)];
        if (holds(slot, key)) {
            slot->state = SLOT_DUMMY;
            table->used--;
        }
    }
    return value_remove(map, key);
}

void python_update(struct arena *arena, struct value *map, const struct value *from)
{
    struct python_items all = python_items(arena, from);
    struct table *table = table_sync(arena, map->extra);
    if (table && all.count > 0 && (table->filled + all.count) * 3 >= (table->mask + 1) * 2)
        table_resize(arena, table, (table->used + all.count) * 2);
    for (size_t i = 0; i < all.count; i++)
        python_set(arena, map, all.items[i].key, all.items[i].unicode, all.items[i].value);
}

struct python_items python_items(struct arena *arena, const struct value *map)
{
    struct python_items all = {.count = 0};
    if (!value_is(map, VALUE_MAP))
        return all;
    const struct table *table = table_sync(arena, map->extra);
    all.items = arena_array(arena, map->count + 1, sizeof *all.items);
    if (!table || table->ordered) {
        for (; all.count < map->count; all.count++) {
            struct str key = map->entries[all.count].key;
            all.items[all.count] =
                (struct python_item){.key = key,
                                     .unicode = table && table->slots[find_slot(table, key)].unicode,
                                     .value = map->entries[all.count].value};
        }
        return all;
    }
    for (size_t i = 0; i <= table->mask; i++)
        if (table->slots[i].state == SLOT_USED)
            all.items[all.count++] = (struct python_item){.key = table->slots[i].key,
                                                          .unicode = table->slots[i].unicode,
                                                          .value = value_get_str(map, table->slots[i].key)};
    return all;
}

/* A map of its own with the same values and the same table. */
static struct value *python_clone(struct arena *arena, const struct value *from)
{
    struct value *clone = value_at_position_of(value_map(arena), from);
    const struct table *table = from->extra;
    for (size_t i = 0; i < from->count; i++)
        value_set(arena, clone, from->entries[i].key, from->entries[i].value);
    clone->mark = from->mark;
    if (!table)
        return clone;
    struct table *own = table_new(arena);
    *own = *table;
    own->owner = NULL;
    own->slots = arena_array(arena, table->mask + 1, sizeof *own->slots);
    memcpy(own->slots, table->slots, (table->mask + 1) * sizeof *own->slots);
    clone->extra = own;
    return clone;
}

static struct value *same_kind_of_map(struct arena *arena, const struct value *map)
{
    const struct table *table = map->extra;
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

struct value *python_document_copy(struct arena *arena, struct arena *scratch, struct value *root)
{
    struct table *table = root->extra;
    if (table && table->owner && table->owner->root == root) {
        table->owner->copies++;
        return root;
    }
    struct python_document *document = arena_alloc(arena, sizeof *document);
    root = python_deepcopy(arena, root);
    *document = (struct python_document){.root = root, .scratch = scratch};
    return adopt(arena, document, root);
}
