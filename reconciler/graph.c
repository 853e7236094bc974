#include "reconciler/graph.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

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
    size_t left;
    pthread_mutex_t lock;
    pthread_cond_t done;
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
            run->left--;
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
    run->left--;
    start_ready(run);
    pthread_cond_signal(&run->done);
    pthread_mutex_unlock(&run->lock);
}

static void wait_tick(struct run *run)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += TICK_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_cond_timedwait(&run->done, &run->lock, &until);
}

/* Nodes that nothing can start (a cycle) are skipped rather than waited for. */
static size_t under_way(const struct run *run)
{
    size_t count = 0;
    for (size_t i = 0; i < run->graph->count; i++)
        count += run->started[i] && run->graph->nodes[i].outcome == NODE_WAITING;
    return count;
}

void graph_run(struct graph *graph, struct workers *workers)
{
    struct run run = {.graph = graph, .workers = workers, .left = graph->count};
    run.tasks = memory_alloc(graph->count * sizeof *run.tasks);
    run.started = memory_alloc(graph->count * sizeof *run.started);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&run.lock, NULL);
    pthread_cond_init(&run.done, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_lock(&run.lock);
    start_ready(&run);
    while (run.left && under_way(&run)) {
        wait_tick(&run);
        pthread_mutex_unlock(&run.lock);
        if (graph->tick)
            graph->tick(graph->self);
        pthread_mutex_lock(&run.lock);
    }
    for (size_t i = 0; i < graph->count; i++)
        if (!run.started[i])
            graph->nodes[i].outcome = NODE_SKIPPED;
    pthread_mutex_unlock(&run.lock);
    workers_wait(workers);
    pthread_cond_destroy(&run.done);
    pthread_mutex_destroy(&run.lock);
    free(run.tasks);
    free(run.started);
}
