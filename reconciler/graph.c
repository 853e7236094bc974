#include "reconciler/graph.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/arena.h"

enum { TICK_MS = 100 };

struct run;

struct task {
    struct run *run;
    size_t node;
};

struct run {
    struct graph *graph;
    struct workers *workers;
    struct task *tasks;
    bool *started;
    pthread_mutex_t lock;
};

static void visit_node(void *argument);

/* Is every dependency done?  Marks the node skipped when one of them cannot be.  Under the lock. */
static bool is_ready(struct run *run, size_t index)
{
    struct graph_node *node = &run->graph->nodes[index];
    bool ready = true;
    for (size_t i = 0; i < node->depends_count; i++) {
        enum node_outcome outcome = run->graph->nodes[node->depends_on[i]].outcome;
        if (outcome == NODE_FAILED || outcome == NODE_SKIPPED) {
            node->outcome = NODE_SKIPPED;
            run->started[index] = true;
            return false;
        }
        ready = ready && outcome == NODE_DONE;
    }
    return ready;
}

/* Starts what can start now; skipping one node may decide others, so it goes on until nothing moves. */
static void start_ready(struct run *run)
{
    bool moved = true;
    while (moved) {
        moved = false;
        for (size_t i = 0; i < run->graph->count; i++) {
            if (run->started[i])
                continue;
            bool ready = is_ready(run, i);
            moved = moved || run->started[i];
            if (!ready)
                continue;
            run->started[i] = true;
            run->tasks[i] = (struct task){.run = run, .node = i};
            workers_submit(run->workers, visit_node, &run->tasks[i]);
        }
    }
}

static void visit_node(void *argument)
{
    struct task *task = argument;
    struct run *run = task->run;
    struct graph_node *node = &run->graph->nodes[task->node];
    bool ok = run->graph->visit(run->graph->self, task->node, &node->error);
    pthread_mutex_lock(&run->lock);
    node->outcome = ok ? NODE_DONE : NODE_FAILED;
    start_ready(run);
    pthread_mutex_unlock(&run->lock);
}

void graph_run(struct graph *graph, struct workers *workers)
{
    struct run run = {.graph = graph, .workers = workers};
    run.tasks = memory_alloc(graph->count * sizeof *run.tasks);
    run.started = memory_alloc(graph->count * sizeof *run.started);
    pthread_mutex_init(&run.lock, NULL);
    pthread_mutex_lock(&run.lock);
    start_ready(&run);
    pthread_mutex_unlock(&run.lock);
    while (!workers_wait_for(workers, TICK_MS))
        if (graph->tick)
            graph->tick(graph->self);
    if (graph->tick)
        graph->tick(graph->self);
    for (size_t i = 0; i < graph->count; i++)
        if (!run.started[i])
            graph->nodes[i].outcome = NODE_SKIPPED; /* on a cycle: nothing can start it */
    pthread_mutex_destroy(&run.lock);
    free(run.tasks);
    free(run.started);
}
