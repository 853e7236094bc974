#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <string.h>

#include "base/arena.h"
#include "reconciler/graph.h"

/* A graph is written as one letter a node, with those it depends on behind a colon: "a b:a c:ab". */
struct scenario {
    const char *edges, *fails, *outcome; /* outcome: D done, F failed, S skipped, a letter a node */
};

struct walk {
    const char *fails;
    char order[32];
    size_t count;
    pthread_mutex_t lock;
};

static bool visit(void *self, size_t node, struct error *error)
{
    struct walk *walk = self;
    char name = (char)('a' + node);
    pthread_mutex_lock(&walk->lock);
    walk->order[walk->count++] = name;
    pthread_mutex_unlock(&walk->lock);
    if (strchr(walk->fails, name))
        return error_set(error, ERROR_INVALID, "%c fails", name);
    return true;
}

static size_t parse(struct arena *arena, const char *edges, struct graph_node *nodes)
{
    struct str rest = str_from(edges), part;
    size_t count = 0;
    while (str_split(&rest, ' ', &part)) {
        size_t degree = part.len > 2 ? part.len - 2 : 0;
        size_t *list = arena_array(arena, degree, sizeof *list);
        for (size_t i = 0; i < degree; i++)
            list[i] = (size_t)(part.ptr[2 + i] - 'a');
        nodes[count++] = (struct graph_node){.depends_on = list, .depends_count = degree};
    }
    return count;
}

/* Every node that was visited came after those it depends on. */
static void check_order(const struct walk *walk, const struct graph *graph)
{
    for (size_t i = 0; i < walk->count; i++) {
        const struct graph_node *node = &graph->nodes[walk->order[i] - 'a'];
        for (size_t k = 0; k < node->depends_count; k++)
            assert_non_null(memchr(walk->order, 'a' + (int)node->depends_on[k], i));
    }
}

static void check(const struct scenario *scenario, struct workers *workers)
{
    struct arena *arena = arena_new();
    struct graph_node nodes[16] = {{.depends_count = 0}};
    struct walk walk = {.fails = scenario->fails, .lock = PTHREAD_MUTEX_INITIALIZER};
    struct graph graph = {.nodes = nodes, .visit = visit, .self = &walk};
    graph.count = parse(arena, scenario->edges, nodes);
    graph_run(&graph, workers);
    char outcome[17] = "";
    for (size_t i = 0; i < graph.count; i++)
        outcome[i] = "WDFS"[nodes[i].outcome];
    assert_string_equal(outcome, scenario->outcome);
    check_order(&walk, &graph);
    arena_free(arena);
}

static void runs_in_order_and_skips_dependents(void **state)
{
    static const struct scenario scenarios[] = {
        {"a", "", "D"},
        {"a b:a c:ab d:c", "", "DDDD"},
        {"a b:a c:a d:bc", "b", "DFDS"},
        {"a b c:a d:b", "a", "FDSD"},
        {"a:b b:a c", "", "SSD"}, /* a cycle is skipped, never waited for */
        {"a b:a c:b d:c e:d", "a", "FSSSS"},
    };
    (void)state;
    struct workers *workers = workers_new(4);
    for (size_t i = 0; i < ARRAY_LENGTH(scenarios); i++)
        check(&scenarios[i], workers);
    workers_free(workers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_in_order_and_skips_dependents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
