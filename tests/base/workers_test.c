#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/workers.h"

struct tree {
    struct workers *workers;
    atomic_int ran;
};

struct node {
    struct tree *tree;
    int depth;
};

/* Runs itself twice again, one level deeper: tasks that submit tasks. */
static void grow(void *argument)
{
    struct node *node = argument;
    atomic_fetch_add(&node->tree->ran, 1);
    if (node->depth == 5)
        return;
    for (int i = 0; i < 2; i++)
        workers_submit(node->tree->workers, grow, &node[1]);
}

static void test_wait_includes_later_tasks(void **state)
{
    struct tree tree = {.workers = workers_new(4)};
    struct node levels[6];
    (void)state;
    for (int i = 0; i < 6; i++)
        levels[i] = (struct node){.tree = &tree, .depth = i};
    workers_wait(tree.workers); /* nothing to wait for */
    workers_submit(tree.workers, grow, &levels[0]);
    workers_wait(tree.workers);
    assert_int_equal(tree.ran, 63);
    workers_submit(tree.workers, grow, &levels[5]);
    workers_free(tree.workers);
    assert_int_equal(tree.ran, 64);
    workers_free(NULL);
}

static void meet(void *barrier)
{
    pthread_barrier_wait(barrier);
}

/* Ends only if all tasks run at the same time. */
static void test_runs_in_parallel(void **state)
{
    pthread_barrier_t barrier;
    struct workers *workers = workers_new(3);
    (void)state;
    pthread_barrier_init(&barrier, NULL, 3);
    for (int i = 0; i < 3; i++)
        workers_submit(workers, meet, &barrier);
    workers_free(workers);
    pthread_barrier_destroy(&barrier);
}

static void test_waits_no_longer_than_asked(void **state)
{
    pthread_barrier_t barrier;
    struct workers *workers = workers_new(1);
    (void)state;
    assert_true(workers_wait_for(workers, 0));
    pthread_barrier_init(&barrier, NULL, 2);
    workers_submit(workers, meet, &barrier);
    assert_false(workers_wait_for(workers, 5));
    meet(&barrier);
    assert_true(workers_wait_for(workers, 60 * 1000));
    workers_free(workers);
    pthread_barrier_destroy(&barrier);
}

struct order {
    int seen[100], count;
};

struct step {
    struct order *order;
    int number;
};

static void note(void *argument)
{
    struct step *step = argument;
    step->order->seen[step->order->count++] = step->number;
}

static void test_one_worker_keeps_the_order(void **state)
{
    struct order order = {.count = 0};
    struct step steps[100];
    struct workers *workers = workers_new(1);
    (void)state;
    for (int i = 0; i < 100; i++) {
        steps[i] = (struct step){.order = &order, .number = i};
        workers_submit(workers, note, &steps[i]);
    }
    workers_free(workers);
    assert_int_equal(order.count, 100);
    for (int i = 0; i < 100; i++)
        assert_int_equal(order.seen[i], i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wait_includes_later_tasks),
        cmocka_unit_test(test_runs_in_parallel),
        cmocka_unit_test(test_waits_no_longer_than_asked),
        cmocka_unit_test(test_one_worker_keeps_the_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
