#ifndef PLUMB_RECONCILER_GRAPH_H
#define PLUMB_RECONCILER_GRAPH_H

/*
 * Runs one function for each node of a dependency graph: on the pool of workers, a node as soon as all that
 * it depends on have succeeded.  A node that fails makes its dependents skipped; independent ones go on.
 */

#include "base/error.h"
#include "base/workers.h"

enum node_outcome { NODE_WAITING, NODE_DONE, NODE_FAILED, NODE_SKIPPED };

struct graph_node {
    const size_t *depends_on; /* indices of nodes */
    size_t depends_count;
    enum node_outcome outcome; /* result */
    struct error error;        /* of a failed node */
};

struct graph {
    struct graph_node *nodes;
    size_t count;
    /* Runs on a worker; true is success. */
    bool (*visit)(void *self, size_t node, struct error *);
    void *self;
    /* Called on the calling thread about every 100 ms while work is going on, and once at the end; may be
     * NULL. */
    void (*tick)(void *self);
};

/* Returns when every node has an outcome.  The graph must have no cycle (nodes on one would be skipped). */
void graph_run(struct graph *, struct workers *);

#endif
