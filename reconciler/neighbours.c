#include "reconciler/neighbours.h"

bool neighbours_load(struct ledger *ledger, struct arena *arena, struct str region, struct str environment,
                     struct str except, struct neighbours *out, struct error *error)
{
    struct file_list list;
    struct str directory = arena_printf(arena, "%.*s/%.*s", STR_ARG(region), STR_ARG(environment));
    *out = (struct neighbours){.count = 0};
    if (!ledger_list(ledger, arena, directory, &list, error))
        return false;
    out->items = arena_array(arena, list.count + 1, sizeof *out->items);
    for (size_t i = 0; i < list.count; i++) {
        struct neighbour *neighbour = &out->items[out->count];
        neighbour->environment = environment;
        neighbour->name = list.entries[i].name;
        if (str_equal(neighbour->name, except))
            continue;
        struct str path = record_path(arena, region, environment, neighbour->name, "inventory.json");
        if (!inventory_load(ledger, arena, path, &neighbour->inventory, error))
            return false;
        out->count++;
    }
    return true;
}

static void append(struct arena *arena, struct neighbours *to, const struct neighbours *more)
{
    struct neighbour *all = arena_array(arena, to->count + more->count + 1, sizeof *all);
    for (size_t i = 0; i < to->count; i++)
        all[i] = to->items[i];
    for (size_t i = 0; i < more->count; i++)
        all[to->count++] = more->items[i];
    to->items = all;
}

bool neighbours_load_region(struct ledger *ledger, struct arena *arena, struct str region,
                            struct neighbours *out, struct error *error)
{
    struct file_list environments;
    struct neighbours more;
    *out = (struct neighbours){.count = 0};
    if (!ledger_list(ledger, arena, region, &environments, error))
        return false;
    for (size_t i = 0; i < environments.count; i++) {
        if (!neighbours_load(ledger, arena, region, environments.entries[i].name, STR_EMPTY, &more, error))
            return false;
        append(arena, out, &more);
    }
    return true;
}

const struct neighbour *neighbours_exporter(const struct neighbours *neighbours, struct str name,
                                            const struct value **value)
{
    for (size_t i = 0; i < neighbours->count; i++) {
        const struct value *outputs = neighbours->items[i].inventory.outputs;
        for (size_t k = 0; value_is(outputs, VALUE_MAP) && k < outputs->count; k++)
            if (str_equal(value_get_text(outputs->entries[k].value, "export"), name)) {
                *value = value_get(outputs->entries[k].value, "value");
                return &neighbours->items[i];
            }
    }
    return NULL;
}

const struct neighbour *neighbours_importer(const struct neighbours *neighbours, struct str name)
{
    for (size_t i = 0; i < neighbours->count; i++) {
        const struct value *imports = neighbours->items[i].inventory.imports;
        for (size_t k = 0; value_is(imports, VALUE_LIST) && k < imports->count; k++)
            if (str_equal(value_text(imports->items[k]), name))
                return &neighbours->items[i];
    }
    return NULL;
}
