#ifndef PLUMB_RECONCILER_NEIGHBOURS_H
#define PLUMB_RECONCILER_NEIGHBOURS_H

/*
 * The other applications of an environment, as the ledger has them: what they export and what they import.
 * Names of exports are the environment's: CloudFormation's are those of an account and region, and an
 * environment is one stage in one of both.
 */

#include "reconciler/record.h"

struct neighbour {
    struct str environment, name;
    struct inventory inventory;
};

struct neighbours {
    struct neighbour *items; /* sorted by name */
    size_t count;
};

/* All applications that have a record, but `except`. */
WARN_UNUSED bool neighbours_load(struct ledger *, struct arena *, struct str region, struct str environment,
                                 struct str except, struct neighbours *, struct error *);

/* The applications of all environments of the region, sorted by environment and name. */
WARN_UNUSED bool neighbours_load_region(struct ledger *, struct arena *, struct str region,
                                        struct neighbours *, struct error *);

/* Who exports that name, with its value; NULL: nobody. */
const struct neighbour *neighbours_exporter(const struct neighbours *, struct str name,
                                            const struct value **value);
/* The first whose resources were made with that export; NULL: none. */
const struct neighbour *neighbours_importer(const struct neighbours *, struct str name);

#endif
