#include "environments/sam/python_table.h"

#include <string.h>

enum { TABLE_MIN = 8, PERTURB_SHIFT = 5, LARGE = 50000 };
enum { SLOT_FREE, SLOT_DUMMY, SLOT_KEY };

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

struct python_table *python_table_new(struct arena *arena)
{
    struct python_table *table = arena_alloc(arena, sizeof *table);
    table->slots = arena_array(arena, TABLE_MIN, sizeof *table->slots);
    table->mask = TABLE_MIN - 1;
    return table;
}

struct python_table *python_table_clone(struct arena *arena, const struct python_table *table)
{
    struct python_table *clone = arena_alloc(arena, sizeof *clone);
    *clone = *table;
    clone->owner = NULL;
    clone->slots = arena_array(arena, table->mask + 1, sizeof *clone->slots);
    memcpy(clone->slots, table->slots, (table->mask + 1) * sizeof *clone->slots);
    clone->key_capacity = table->key_count;
    return clone;
}

static bool holds(const struct python_table *table, size_t at, struct str key, uint64_t hash)
{
    if (table->slots[at] < SLOT_KEY)
        return false;
    size_t one = table->slots[at] - SLOT_KEY;
    return table->hashes[one] == hash && str_equal(table->keys[one].text, key);
}

/* The slot that holds the key, or that it would take. */
static size_t find_slot(const struct python_table *table, struct str key, uint64_t hash)
{
    uint64_t walker = hash & table->mask, perturb = hash;
    size_t at = (size_t)walker, free_slot = SIZE_MAX;
    if (table->slots[at] == SLOT_FREE || holds(table, at, key, hash))
        return at;
    if (table->slots[at] == SLOT_DUMMY)
        free_slot = at;
    for (;;) {
        walker = walker * 5 + perturb + 1;
        at = (size_t)(walker & table->mask);
        if (table->slots[at] == SLOT_FREE)
            return free_slot == SIZE_MAX ? at : free_slot;
        if (holds(table, at, key, hash))
            return at;
        if (free_slot == SIZE_MAX && table->slots[at] == SLOT_DUMMY)
            free_slot = at;
        perturb >>= PERTURB_SHIFT;
    }
}

/* Puts a key into slots where it is not, and where nothing was removed. */
static void place(uint32_t *slots, size_t mask, const uint64_t *hashes, uint32_t slot)
{
    uint64_t hash = hashes[slot - SLOT_KEY], walker = hash & mask, perturb = hash;
    while (slots[walker & mask] != SLOT_FREE) {
        walker = walker * 5 + perturb + 1;
        perturb >>= PERTURB_SHIFT;
    }
    slots[walker & mask] = slot;
}

static void resize(struct arena *arena, struct python_table *table, size_t request)
{
    size_t size = TABLE_MIN;
    while (size <= request)
        size *= 2;
    uint32_t *slots = arena_array(arena, size, sizeof *slots);
    for (size_t i = 0; i <= table->mask; i++)
        if (table->slots[i] >= SLOT_KEY)
            place(slots, size - 1, table->hashes, table->slots[i]);
    table->slots = slots;
    table->mask = size - 1;
    table->filled = table->used;
}

/* One more slot was taken. */
static void resize_where_full(struct arena *arena, struct python_table *table)
{
    if (table->filled * 3 >= (table->mask + 1) * 2)
        resize(arena, table, table->used * (table->used > LARGE ? 2 : 4));
}

const struct python_key *python_table_find(const struct python_table *table, struct str key)
{
    uint64_t hash = text_hash(key);
    size_t at = find_slot(table, key, hash);
    return holds(table, at, key, hash) ? &table->keys[table->slots[at] - SLOT_KEY] : NULL;
}

static void more_keys(struct arena *arena, struct python_table *table)
{
    size_t capacity = table->key_count < TABLE_MIN / 2 ? TABLE_MIN / 2 : table->key_count * 2;
    struct python_key *keys = arena_array(arena, capacity, sizeof *keys);
    uint64_t *hashes = arena_array(arena, capacity, sizeof *hashes);
    if (table->key_count > 0) {
        memcpy(keys, table->keys, table->key_count * sizeof *keys);
        memcpy(hashes, table->hashes, table->key_count * sizeof *hashes);
    }
    table->keys = keys;
    table->hashes = hashes;
    table->key_capacity = capacity;
}

void python_table_add(struct arena *arena, struct python_table *table, struct str key, bool unicode)
{
    uint64_t hash = text_hash(key);
    size_t at = find_slot(table, key, hash);
    if (table->slots[at] >= SLOT_KEY)
        return;
    if (table->key_count == table->key_capacity)
        more_keys(arena, table);
    table->filled += table->slots[at] == SLOT_FREE;
    table->used++;
    table->slots[at] = (uint32_t)(SLOT_KEY + table->key_count);
    table->hashes[table->key_count] = hash;
    table->keys[table->key_count++] = (struct python_key){.text = key, .unicode = unicode};
    resize_where_full(arena, table);
}

void python_table_remove(struct python_table *table, struct str key)
{
    size_t at = find_slot(table, key, text_hash(key));
    if (table->slots[at] < SLOT_KEY)
        return;
    table->slots[at] = SLOT_DUMMY;
    table->used--;
}

void python_table_grow(struct arena *arena, struct python_table *table, size_t more)
{
    if (more > 0 && (table->filled + more) * 3 >= (table->mask + 1) * 2)
        resize(arena, table, (table->used + more) * 2);
}

static size_t order_of(const uint32_t *slots, size_t mask, uint32_t *indexes)
{
    size_t count = 0;
    for (size_t i = 0; i <= mask; i++) { /* without a branch: half of the slots are free */
        indexes[count] = slots[i] - SLOT_KEY;
        count += slots[i] >= SLOT_KEY;
    }
    return count;
}

size_t python_table_order(const struct python_table *table, uint32_t *indexes)
{
    return order_of(table->slots, table->mask, indexes);
}

/* Room for the three orders and the two tables of a copy under way. */
static void reserve(struct arena *arena, struct python_scratch *scratch, size_t count)
{
    size_t largest = TABLE_MIN;
    while (largest <= count * 4) /* as resize_where_full makes it at most */
        largest *= 2;
    if (largest <= scratch->size)
        return;
    scratch->size = largest * 2;
    for (size_t i = 0; i < ARRAY_LENGTH(scratch->orders); i++)
        scratch->orders[i] = arena_array(arena, scratch->size, sizeof *scratch->orders[i]);
    for (size_t i = 0; i < ARRAY_LENGTH(scratch->slots); i++)
        scratch->slots[i] = arena_array(arena, scratch->size, sizeof *scratch->slots[i]);
}

/* The slots of a new dictionary that takes the keys in this order; `mask` is theirs. */
static uint32_t *copied_slots(struct python_scratch *scratch, const uint64_t *hashes, const uint32_t *order,
                              size_t count, size_t *mask)
{
    uint32_t *slots = scratch->slots[0], *spare = scratch->slots[1];
    size_t size = TABLE_MIN;
    memset(slots, 0, size * sizeof *slots);
    for (size_t i = 0; i < count; i++) {
        place(slots, size - 1, hashes, SLOT_KEY + order[i]);
        if ((i + 1) * 3 < size * 2)
            continue;
        size_t old = size, request = (i + 1) * (i + 1 > LARGE ? 2 : 4);
        for (size = TABLE_MIN; size <= request;)
            size *= 2;
        memset(spare, 0, size * sizeof *spare);
        for (size_t k = 0; k < old; k++)
            if (slots[k] >= SLOT_KEY)
                place(spare, size - 1, hashes, slots[k]);
        uint32_t *full = slots;
        slots = spare;
        spare = full;
    }
    *mask = size - 1;
    return slots;
}

/* What a copy looks like follows from the order of the keys alone, which soon comes back to what it was, most
 * often at once: then whole rounds are left out.  (Brent's way to find a cycle.) */
void python_table_copy(struct arena *arena, struct python_scratch *scratch, struct python_table *table,
                       size_t copies)
{
    size_t count = table->used, size = count * sizeof(uint32_t), mask = table->mask, since = 0, until = 1;
    uint32_t *slots = table->slots;
    reserve(arena, scratch, count > mask ? count : mask);
    uint32_t *last = scratch->orders[0], *now = scratch->orders[1], *marked = scratch->orders[2];
    python_table_order(table, last);
    memcpy(marked, last, size);
    while (copies > 0) {
        slots = copied_slots(scratch, table->hashes, last, count, &mask);
        if (--copies == 0)
            break;
        order_of(slots, mask, now);
        if (memcmp(now, marked, size) == 0) {
            copies %= ++since;
        } else if (++since == until) {
            memcpy(marked, now, size);
            until *= 2;
            since = 0;
        }
        uint32_t *older = last;
        last = now;
        now = older;
    }
    if (table->mask != mask)
        table->slots = arena_array(arena, mask + 1, sizeof *table->slots);
    if (table->slots != slots)
        memcpy(table->slots, slots, (mask + 1) * sizeof *slots);
    table->mask = mask;
    table->filled = count;
}
