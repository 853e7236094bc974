#include "reconciler/rivals.h"

/* What no tag protects. */
static bool is_open(const struct change *change)
{
    bool tagged = change->type && change->type->traits & RESOURCE_TAGGED;
    return change->desired && change->found && !change->last && (!tagged || change->unmarked);
}

static bool any_is_open(const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        if (is_open(&plan->changes[i]))
            return true;
    return false;
}

static void hold_claimed(struct plan *plan, const struct neighbour *rival)
{
    const struct inventory *inventory = &rival->inventory;
    for (size_t i = 0; i < plan->count; i++) {
        struct change *change = &plan->changes[i];
        for (size_t k = 0; is_open(change) && k < inventory->count; k++) {
            const struct inventory_entry *entry = &inventory->entries[k];
            if (str_equal(entry->type, change->type_name) &&
                str_equal(entry->physical_id, change->physical_id) &&
                plan_same_place(entry->properties, change->properties))
                change->held = arena_printf(
                    change->arena, "'%.*s' is '%.*s' of '%.*s/%.*s' in the ledger: rename one of them",
                    STR_ARG(change->physical_id), STR_ARG(entry->logical_id), STR_ARG(rival->environment),
                    STR_ARG(rival->name));
        }
    }
}

bool rivals_hold(struct plan *plan, struct error *error)
{
    const struct owner *owner = plan->input.owner;
    struct neighbours all;
    if (!plan->input.ledger || !any_is_open(plan))
        return true;
    if (!neighbours_load_region(plan->input.ledger, plan->arena, owner->region, &all, error))
        return false;
    for (size_t i = 0; i < all.count; i++)
        if (!str_equal(all.items[i].environment, owner->environment) ||
            !str_equal(all.items[i].name, owner->application))
            hold_claimed(plan, &all.items[i]);
    return true;
}
