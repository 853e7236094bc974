#include <stdlib.h>
#include <string.h>

#include "tests/simulator/internal.h"

enum { DEPTH_MAX = 4 };

/* It is still there for those who ask, and will be gone by itself. */
static bool is_leaving(const struct value *item)
{
    return str_equal_nocase(value_get_text(item, "doing"), STR("deleting"));
}

static size_t staying(const struct value *value)
{
    size_t count = 0;
    for (size_t i = 0; i < value->count; i++)
        count += !is_leaving(value_is(value, VALUE_MAP) ? value->entries[i].value : value->items[i]);
    return count;
}

/* Sums up the entries of collections; `path` has "*" for the names in a collection. */
static void count_entries(struct arena *arena, struct value *counts, struct str path,
                          const struct value *value, int depth)
{
    if (depth > DEPTH_MAX || (!value_is(value, VALUE_MAP) && !value_is(value, VALUE_LIST)))
        return;
    bool map = value_is(value, VALUE_MAP), collection = depth % 2 == 1;
    if (collection) {
        int64_t before = value_get_int(counts, arena_strz(arena, path), 0);
        value_set(arena, counts, path, value_int(arena, before + (int64_t)staying(value)));
    }
    for (size_t i = 0; i < value->count; i++) {
        struct str name = collection ? STR("*") : map ? value->entries[i].key : STR("*");
        const struct value *item = map ? value->entries[i].value : value->items[i];
        if (!collection || !is_leaving(item))
            count_entries(arena, counts, arena_printf(arena, "%.*s.%.*s", STR_ARG(path), STR_ARG(name)), item,
                          depth + 1);
    }
}

static int compare_lines(const void *a, const void *b)
{
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

struct str simulator_summary(struct simulator *simulator, struct arena *arena)
{
    struct value *counts = value_map(arena);
    for (struct store *store = simulator->stores.first; store; store = store->next)
        if (strcmp(store->service, "sts") != 0 && strcmp(store->service, "sqs-messages") != 0)
            count_entries(arena, counts,
                          arena_printf(arena, "%s/%s/%s", store->service, store->account, store->region),
                          store->root, 0);
    struct str *lines = arena_array(arena, counts->count, sizeof *lines);
    size_t count = 0;
    for (size_t i = 0; i < counts->count; i++) {
        int64_t number = value_get_int(counts, arena_strz(arena, counts->entries[i].key), 0);
        if (number)
            lines[count++] =
                arena_printf(arena, "%.*s %lld\n", STR_ARG(counts->entries[i].key), (long long)number);
    }
    if (count)
        qsort(lines, count, sizeof *lines, compare_lines);
    struct str summary = STR_EMPTY;
    for (size_t i = 0; i < count; i++)
        summary = arena_printf(arena, "%.*s%.*s", STR_ARG(summary), STR_ARG(lines[i]));
    return summary;
}
