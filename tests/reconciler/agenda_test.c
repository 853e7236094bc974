#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <string.h>

#include "reconciler/agenda.h"

/* A clock that the test moves. */
static int64_t time_ms;

static int64_t read_time(void *self)
{
    (void)self;
    return time_ms;
}

static const struct clock still = {.wall_ms = read_time, .monotonic_ms = read_time};

static struct agenda *start(const char *const *environments)
{
    const struct agenda_options options = {.clock = &still, .memo_size = sizeof(int)};
    time_ms = 1000;
    struct agenda *agenda = agenda_new(&options);
    for (; *environments; environments++)
        assert_true(agenda_add(agenda, str_from(*environments)));
    return agenda;
}

static struct agenda_item *take(struct agenda *agenda, const char *environment, const char *application)
{
    struct agenda_item *item = agenda_take(agenda, 0);
    assert_non_null(item);
    assert_string_equal(item->environment, environment);
    assert_string_equal(item->application, application);
    return item;
}

static void nothing(struct agenda *agenda)
{
    assert_null(agenda_take(agenda, 0));
}

/* Puts the applications into the environment, in this order. */
static void fill(struct agenda *agenda, const char *environment, const char *const *applications)
{
    struct agenda_item *item = take(agenda, environment, "");
    for (size_t i = 0; applications[i]; i++) {
        bool fresh;
        agenda_application(agenda, item, str_from(applications[i]), i, &fresh);
        assert_true(fresh);
    }
    agenda_give(agenda, item, AGENDA_NEVER);
}

static void environments_take_turns(void **state)
{
    (void)state;
    struct agenda *agenda = start((const char *const[]){"a", "b", NULL});
    fill(agenda, "a", (const char *const[]){"one", "two", "three", NULL});
    fill(agenda, "b", (const char *const[]){"one", NULL});
    struct agenda_item *a = take(agenda, "a", "one"), *b = take(agenda, "b", "one");
    nothing(agenda); /* one turn of an environment at a time */
    agenda_give(agenda, a, AGENDA_NEVER);
    a = take(agenda, "a", "two");
    agenda_give(agenda, b, AGENDA_NEVER);
    nothing(agenda);
    agenda_give(agenda, a, AGENDA_NEVER);
    agenda_give(agenda, take(agenda, "a", "three"), AGENDA_NEVER);
    nothing(agenda);
    agenda_free(agenda);
}

static void each_stands_in_it_once(void **state)
{
    (void)state;
    struct agenda *agenda = start((const char *const[]){"a", NULL});
    assert_false(agenda_add(agenda, STR("a")));
    fill(agenda, "a", (const char *const[]){"one", NULL});
    agenda_give(agenda, take(agenda, "a", "one"), AGENDA_NEVER);
    for (int i = 0; i < 1000; i++)
        assert_true(agenda_look_at(agenda, STR("a"), STR("one")));
    assert_false(agenda_look_at(agenda, STR("a"), STR("two")));
    assert_false(agenda_look_at(agenda, STR("b"), STR("one")));
    struct agenda_item *item = take(agenda, "a", "one");
    for (int i = 0; i < 1000; i++)
        assert_true(agenda_look_at(agenda, STR("a"), STR("one"))); /* after this turn there is one more */
    agenda_give(agenda, item, AGENDA_NEVER);
    agenda_give(agenda, take(agenda, "a", "one"), AGENDA_NEVER);
    nothing(agenda);
    assert_true(agenda_look_at_each(agenda, STR("a")));
    agenda_give(agenda, take(agenda, "a", "one"), AGENDA_NEVER);
    nothing(agenda);
    assert_true(agenda_look_at_each(agenda, STR_EMPTY));
    agenda_give(agenda, take(agenda, "a", "one"), AGENDA_NEVER);
    assert_false(agenda_look_at_each(agenda, STR("b")));
    agenda_free(agenda);
}

static void what_is_due_comes_in_its_time(void **state)
{
    (void)state;
    struct agenda *agenda = start((const char *const[]){"a", NULL});
    fill(agenda, "a", (const char *const[]){"one", "two", NULL});
    agenda_give(agenda, take(agenda, "a", "one"), 1500);
    agenda_give(agenda, take(agenda, "a", "two"), 1200);
    nothing(agenda);
    time_ms = 1200;
    agenda_give(agenda, take(agenda, "a", "two"), AGENDA_NEVER);
    nothing(agenda);
    time_ms = 1500;
    agenda_look_at_all(agenda); /* the environment before its applications */
    agenda_give(agenda, take(agenda, "a", ""), AGENDA_NEVER);
    agenda_give(agenda, take(agenda, "a", "one"), AGENDA_NEVER);
    nothing(agenda);
    agenda_free(agenda);
}

static void the_order_may_change(void **state)
{
    (void)state;
    struct agenda *agenda = start((const char *const[]){"a", NULL});
    struct agenda_item *item = take(agenda, "a", "");
    bool fresh;
    agenda_application(agenda, item, STR("one"), 0, &fresh);
    struct agenda_item *two = agenda_application(agenda, item, STR("two"), 1, &fresh);
    *(int *)two->memo = 7;
    assert_ptr_equal(agenda_application(agenda, item, STR("two"), 0, &fresh), two);
    assert_false(fresh);
    agenda_application(agenda, item, STR("one"), 1, &fresh);
    agenda_give(agenda, item, AGENDA_NEVER);
    item = take(agenda, "a", "two");
    assert_int_equal(*(int *)item->memo, 7);
    agenda_give(agenda, item, AGENDA_NEVER);
    agenda_give(agenda, take(agenda, "a", "one"), AGENDA_NEVER);
    agenda_free(agenda);
}

static void *wait_for_turn(void *agenda)
{
    return agenda_take(agenda, 60 * 1000);
}

static void who_waits_is_woken(void **state)
{
    (void)state;
    const struct agenda_options options = {.clock = &system_clock, .memo_size = 1};
    struct agenda *agenda = agenda_new(&options);
    pthread_t thread;
    void *item;
    assert_int_equal(pthread_create(&thread, NULL, wait_for_turn, agenda), 0);
    clock_sleep(&system_clock, 50);
    agenda_add(agenda, STR("a"));
    pthread_join(thread, &item);
    assert_non_null(item);
    agenda_give(agenda, item, AGENDA_NEVER);
    assert_int_equal(pthread_create(&thread, NULL, wait_for_turn, agenda), 0);
    clock_sleep(&system_clock, 50);
    agenda_stop(agenda);
    pthread_join(thread, &item);
    assert_null(item);
    agenda_look_at_all(agenda);
    nothing(agenda); /* it stays stopped */
    agenda_start(agenda);
    item = agenda_take(agenda, 0);
    assert_non_null(item);
    agenda_give(agenda, item, AGENDA_NEVER);
    agenda_free(agenda);
}

static void it_is_idle_between_turns(void **state)
{
    (void)state;
    struct agenda *agenda = start((const char *const[]){"a", "b", NULL});
    assert_false(agenda_is_idle(agenda));
    struct agenda_item *a = take(agenda, "a", ""), *b = take(agenda, "b", "");
    assert_false(agenda_is_idle(agenda)); /* nothing is due, but both have their turn */
    agenda_give(agenda, a, AGENDA_NEVER);
    assert_false(agenda_is_idle(agenda));
    agenda_give(agenda, b, time_ms + 10);
    assert_true(agenda_is_idle(agenda));
    time_ms += 10;
    assert_false(agenda_is_idle(agenda));
    agenda_free(agenda);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(environments_take_turns),
        cmocka_unit_test(each_stands_in_it_once),
        cmocka_unit_test(what_is_due_comes_in_its_time),
        cmocka_unit_test(the_order_may_change),
        cmocka_unit_test(who_waits_is_woken),
        cmocka_unit_test(it_is_idle_between_turns),
    };
    return cmocka_run_group_tests_name("agenda", tests, NULL, NULL);
}
