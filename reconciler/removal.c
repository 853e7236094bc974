#include "reconciler/removal.h"

/* What has to go for this change, or NULL. */
static const struct inventory_entry *what_goes(const struct plan *plan, const struct change *change)
{
    if (change->action == CHANGE_DELETE)
        return change->retained || plan_stands_for(plan, change) ? NULL : change->last;
    bool replaced = change->action == CHANGE_REPLACE && !change->delete_first &&
                    !policy_keeps(change->desired->update_replace_policy);
    return replaced && !str_equal(change->predecessor->physical_id, change->physical_id) ? change->predecessor
                                                                                         : NULL;
}

struct removal *removals_collect(struct plan *plan, struct arena *arena, size_t *count)
{
    struct removal *removals = arena_array(arena, plan->count, sizeof *removals);
    *count = 0;
    for (size_t i = 0; i < plan->count; i++) {
        struct change *change = &plan->changes[i];
        const struct inventory_entry *entry = what_goes(plan, change);
        if (entry)
            removals[(*count)++] =
                (struct removal){.change = change, .physical_id = entry->physical_id, .entry = entry};
        else if (change->action == CHANGE_DELETE)
            change->done = true;
    }
    return removals;
}

static bool depends(const struct inventory_entry *entry, struct str logical_id)
{
    for (size_t i = 0; i < entry->depends_count; i++)
        if (str_equal(entry->depends_on[i], logical_id))
            return true;
    return false;
}

struct graph_node *removals_graph(struct arena *arena, const struct removal *removals, size_t count)
{
    struct graph_node *nodes = arena_array(arena, count, sizeof *nodes);
    for (size_t i = 0; i < count; i++) {
        size_t *edges = arena_array(arena, count, sizeof *edges), edge_count = 0;
        for (size_t k = 0; k < count; k++)
            if (k != i && depends(removals[k].entry, removals[i].entry->logical_id))
                edges[edge_count++] = k;
        nodes[i] = (struct graph_node){.depends_on = edges, .depends_count = edge_count};
    }
    return nodes;
}
