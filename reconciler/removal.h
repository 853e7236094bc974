#ifndef PLUMB_RECONCILER_REMOVAL_H
#define PLUMB_RECONCILER_REMOVAL_H

/*
 * What is to be deleted when all else of a plan went well: what leaves, and the old ones of replacements.
 */

#include "reconciler/graph.h"
#include "reconciler/plan.h"

struct removal {
    struct change *change;
    struct str physical_id;
    const struct inventory_entry *entry;
    bool done;
};

/* Asked when the rest is done: only then is known what still stands.  What leaves the inventory and stays in
 * the account is marked as done. */
struct removal *removals_collect(struct plan *, struct arena *, size_t *count);

/* Dependents go before what they depend on; at the same positions. */
struct graph_node *removals_graph(struct arena *, const struct removal *, size_t count);

#endif
