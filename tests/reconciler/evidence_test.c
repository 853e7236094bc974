/* What the board reads, and how often; what goes wrong; steps and takeovers. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/json.h"
#include "tests/reconciler/fake_watch.h"

/* --- how often is read --- */

enum { MANY = 100 };

struct many {
    struct fake_watch fake;
    struct watcher *watchers[MANY];
};

static struct watcher *watch_nth(struct fake_watch *fake, int n, const char *checks)
{
    struct arena *arena = fake->arena;
    struct watched_alias alias = {.function = arena_printf(arena, "F%d", n),
                                  .alias = STR("live"),
                                  .old_version = STR("1"),
                                  .new_version = STR("2")};
    struct str alarm = arena_printf(arena, "A%d", n);
    struct watcher *watcher = board_watch(
        fake->board,
        &(struct questions){.aliases = &alias,
                            .alias_count = 1,
                            .alarms = &alarm,
                            .alarm_count = 1,
                            .compare = fake_json(arena, "{'errors':true,'throttles':true,'duration':"
                                                        "'','risk':'1'}"),
                            .checks = checks ? fake_json(arena, checks) : NULL,
                            .minimum_invocations = 1});
    watch_alarm(fake, alarm.ptr, "OK");
    watcher_since(watcher, watch_now(fake), watch_now(fake));
    return watcher;
}

static void watch_many(struct many *many, const char *checks)
{
    watch_init(&many->fake);
    for (int n = 0; n < MANY; n++)
        many->watchers[n] = watch_nth(&many->fake, n, checks);
}

static void release_many(struct many *many)
{
    for (int n = 0; n < MANY; n++)
        board_unwatch(many->fake.board, many->watchers[n]);
    watch_release(&many->fake);
}

static void traffic(struct fake_watch *fake, int64_t minute)
{
    for (int n = 0; n < MANY; n++) {
        char key[64];
        snprintf(key, sizeof key, "F%d:1 Invocations Sum", n);
        watch_point(fake, key, minute, 90);
        snprintf(key, sizeof key, "F%d:2 Invocations Sum", n);
        watch_point(fake, key, minute, 10);
    }
}

/* 100 rollouts with an alarm, an alias and six metrics each for a minute: 600 queries do not fit into one
 * call. */
static void test_a_hundred_cost_two_reads_a_tick(void **state)
{
    struct many many;
    struct fake_watch *fake = &many.fake;
    int64_t oldest_ms = 0;
    (void)state;
    watch_many(&many, NULL);
    traffic(fake, 0);
    for (int tick = 0; tick < 60; tick++) {
        int before = fake->calls;
        watch_ticks(fake, 1);
        assert_true(fake->calls - before <= 2);
        for (int n = 0; n < MANY; n++) {
            struct str *red;
            size_t count;
            assert_true(watcher_red_alarms(many.watchers[n], fake->arena, watch_now(fake) + 1, &red, &count));
            if (tick >= 2)
                assert_true(str_starts(evidence_text(fake, many.watchers[n]), "GOOD: 10 inv"));
        }
    }
    for (int n = 0; n < MANY; n++) {
        int64_t read_ms;
        watcher_alias(many.watchers[n], fake->arena, 0, &read_ms);
        oldest_ms = read_ms && watch_now(fake) - read_ms > oldest_ms ? watch_now(fake) - read_ms : oldest_ms;
    }
    print_message(
        "100 rollouts, 60 ticks: %lld reads (%d of alarms, %d of metrics with at most %zu queries, %d of "
        "aliases)\n",
        (long long)board_reads(fake->board), fake->alarm_calls, fake->metric_calls, fake->most_queries,
        fake->alias_calls);
    assert_true(board_reads(fake->board) == fake->calls && fake->calls <= 120);
    assert_int_equal(fake->alarm_calls, 60);
    assert_int_equal(fake->metric_calls, 12); /* two every ten seconds */
    assert_int_equal(fake->most_queries, 500);
    assert_int_equal(fake->most_alarms, 100);
    assert_int_equal(fake->alias_calls, 48);
    release_many(&many);
}

static void test_more_than_one_tick_a_second_reads_nothing(void **state)
{
    struct many many;
    (void)state;
    watch_many(&many, NULL);
    watch_ticks(&many.fake, 1);
    int calls = many.fake.calls;
    for (int i = 0; i < 5; i++) {
        watch_pass(&many.fake, 199);
        board_tick(many.fake.board);
    }
    assert_int_equal(many.fake.calls, calls);
    watch_pass(&many.fake, 5);
    board_tick(many.fake.board);
    assert_int_equal(many.fake.calls, calls + 2);
    release_many(&many);
}

/* A row of alarms, deployments, aliases and metrics: all are fresh. */
static void test_all_kinds_have_their_turns(void **state)
{
    struct many many;
    struct fake_watch *fake = &many.fake;
    struct str ids[60], alarms[250];
    int64_t read_ms;
    (void)state;
    watch_many(&many, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(ids); i++)
        ids[i] = i ? arena_printf(fake->arena, "d-%zu", i) : STR("d-NONE");
    for (size_t i = 0; i < ARRAY_LENGTH(alarms); i++)
        alarms[i] = arena_printf(fake->arena, "B%zu", i);
    struct watcher *watcher = board_watch(
        fake->board, &(struct questions){
                         .deployments = ids, .deployment_count = 60, .alarms = alarms, .alarm_count = 250});
    watch_ticks(fake, 60);
    for (size_t i = 0; i < ARRAY_LENGTH(ids); i++) {
        const struct value *info = watcher_deployment(watcher, fake->arena, i, &read_ms);
        assert_true(watch_now(fake) - read_ms <= 10 * 1000);
        assert_text(value_get_text(info, "status"), i ? "InProgress" : "");
    }
    struct str *red;
    size_t count;
    assert_true(watcher_red_alarms(watcher, fake->arena, watch_now(fake), &red, &count));
    for (int n = 0; n < MANY; n++)
        assert_false(str_contains(evidence_text(fake, many.watchers[n]), "ago"));
    assert_true(fake->alias_calls > 0 && fake->calls <= 120 && fake->deployment_calls > 20);
    board_unwatch(fake->board, watcher);
    release_many(&many);
}

/* --- what goes wrong --- */

static void test_what_is_old_is_no_evidence(void **state)
{
    struct fake_watch fake;
    struct str *red;
    size_t count;
    (void)state;
    watch_init(&fake);
    struct watcher *watcher = watch_nth(&fake, 1, NULL);
    watch_alarm(&fake, "A1", "ALARM");
    assert_false(watcher_red_alarms(watcher, fake.arena, watch_now(&fake), &red, &count));
    watch_ticks(&fake, 2);
    fake.throttled = "DescribeAlarms";
    watch_ticks(&fake, 1);
    assert_true(watcher_red_alarms(watcher, fake.arena, watch_now(&fake), &red, &count));
    assert_int_equal(count, 1);
    assert_text(red[0], "A1");
    watch_ticks(&fake, 62);
    assert_false(watcher_red_alarms(watcher, fake.arena, watch_now(&fake), &red, &count));
    assert_true(str_starts(evidence_text(&fake, watcher),
                           "UNKNOWN: the state of alarm A1 is not known: cloudwatch DescribeAlarms: "));
    fake.throttled = NULL;
    watch_ticks(&fake, 3);
    assert_true(str_starts(evidence_text(&fake, watcher), "BAD: alarm A1 is red"));
    board_unwatch(fake.board, watcher);
    watch_release(&fake);
}

static void test_before_the_start_there_is_none(void **state)
{
    struct fake_watch fake;
    struct str alarm = STR("A");
    (void)state;
    watch_init(&fake);
    watch_alarm(&fake, "A", "OK");
    struct watcher *watcher =
        board_watch(fake.board, &(struct questions){.aliases = &order_service,
                                                    .alias_count = 1,
                                                    .alarms = &alarm,
                                                    .alarm_count = 1,
                                                    .compare = fake_json(fake.arena, ERRORS)});
    watch_ticks(&fake, 12);
    assert_text(evidence_text(&fake, watcher),
                "UNKNOWN: the new version has no traffic yet | alarm A GOOD OK | 0");
    assert_int_equal(fake.metric_calls, 0);
    board_unwatch(fake.board, watcher);
    watch_release(&fake);
}

/* One check among a hundred rollouts is refused by CloudWatch: all the others are read, and it says why. */
static void test_a_broken_query_is_found(void **state)
{
    struct many many;
    struct fake_watch *fake = &many.fake;
    (void)state;
    watch_many(&many, "[{'name':'fine','expression':'MAX(fine)','period':60,'max':3}]");
    fake->invalid = "broken";
    board_unwatch(fake->board, many.watchers[50]);
    many.watchers[50] = watch_nth(fake, 50, "[{'name':'Bad','expression':'broken(','period':60,'max':3}]");
    traffic(fake, 0);
    watch_point(fake, "MAX(fine)", 0, 1);
    for (int n = 0; n < MANY; n++)
        if (n != 50)
            watcher_since(many.watchers[n], (int64_t)WATCH_START * 1000, (int64_t)WATCH_START * 1000);
    watch_ticks(fake, 60);
    int good = 0;
    for (int n = 0; n < MANY; n++)
        good += str_starts(evidence_text(fake, many.watchers[n]), "GOOD");
    assert_int_equal(good, MANY - 1);
    assert_true(str_starts(evidence_text(fake, many.watchers[50]),
                           "UNKNOWN: check Bad cannot be read: cloudwatch GetMetricData: ValidationError: "
                           "Error in expression"));
    assert_true(fake->calls <= 120);
    print_message("one refused query of 701: %d calls of GetMetricData in 60 ticks\n", fake->metric_calls);
    fake->invalid = NULL;
    watch_point(fake, "broken(", 1, 1);
    watch_ticks(fake, 65);
    assert_true(str_starts(evidence_text(fake, many.watchers[50]), "GOOD"));
    release_many(&many);
}

/* A page a read; what is not complete is no evidence. */
static void test_pages(void **state)
{
    struct fake_watch fake;
    (void)state;
    watch_init(&fake);
    fake.page = 2;
    struct watcher *watcher = board_watch(
        fake.board,
        &(struct questions){.aliases = &order_service, .alias_count = 1, .minimum_invocations = 1});
    for (int64_t minute = 0; minute < 7; minute++)
        watch_point(&fake, NEW("Invocations"), minute, 10);
    watcher_since(watcher, watch_now(&fake), watch_now(&fake));
    watch_pass(&fake, 7 * 60000);
    watch_ticks(&fake, 1);
    assert_text(
        evidence_text(&fake, watcher),
        "UNKNOWN: the invocations of the new version of OrderService are not known: CloudWatch answers "
        "PartialData | | 0 thin");
    watch_ticks(&fake, 3);
    assert_text(evidence_text(&fake, watcher), "GOOD: 70 invocations of the new version in this step | | 70");
    assert_int_equal(fake.metric_calls, 4);
    watch_point(&fake, NEW("Invocations"), 6,
                15); /* the last minutes still grow; the first are not read again */
    watch_point(&fake, NEW("Invocations"), 0, 99);
    watch_pass(&fake, 60000);
    watch_ticks(&fake, 4);
    assert_text(evidence_text(&fake, watcher), "GOOD: 75 invocations of the new version in this step | | 75");
    board_unwatch(fake.board, watcher);
    watch_release(&fake);
}

static void leave(struct fake_watch *fake)
{
    board_unwatch(fake->board, fake->meanwhile_self);
}

static void test_who_leaves_while_aws_is_asked(void **state)
{
    (void)state;
    for (int tick = 0; tick < 4; tick++) {
        struct fake_watch fake;
        watch_init(&fake);
        struct watcher *stays = watch_nth(&fake, 1, NULL);
        fake.meanwhile_self = watch_nth(&fake, 2, NULL);
        watch_ticks(&fake, tick);
        fake.meanwhile = leave;
        watch_ticks(&fake, 12);
        assert_true(str_starts(evidence_text(&fake, stays), "UNKNOWN: the new version of F1 has had no inv"));
        board_unwatch(fake.board, stays);
        watch_release(&fake);
    }
}

/* --- steps, takeover --- */

static void test_steps_and_selection(void **state)
{
    struct fake_watch fake;
    struct str first = STR("One");
    (void)state;
    watch_init(&fake);
    struct watcher *watcher = board_watch(
        fake.board,
        &(struct questions){.aliases = &order_service,
                            .alias_count = 1,
                            .minimum_invocations = 20,
                            .checks = fake_json(fake.arena,
                                                "[{'name':'One','expression':'one','period':60,'max':3},"
                                                "{'name':'Two','expression':'two','period':60,'max':3}]")});
    watch_point(&fake, "one", 1, 1);
    watch_point(&fake, "two", 1, 9);
    watch_point(&fake, NEW("Invocations"), 1, 15);
    watcher_since(watcher, watch_now(&fake), watch_now(&fake));
    watcher_select(watcher, &first, 1);
    watcher_synthetic(watcher, 0, 5);
    watch_pass(&fake, 2 * 60000);
    watch_ticks(&fake, 2);
    assert_text(evidence_text(&fake, watcher),
                "GOOD: 20 invocations of the new version in this step, 5 of them synthetic; check One: 1 | "
                "check One GOOD 1 (max 3) | 20");
    watcher_select(watcher, NULL, 0);
    watch_ticks(&fake, 12);
    assert_true(str_starts(evidence_text(&fake, watcher), "BAD: check Two is 9"));
    watcher_since(watcher, watch_now(&fake) - 2 * 60000, watch_now(&fake)); /* another step */
    watch_ticks(&fake, 12);
    assert_text(
        evidence_text(&fake, watcher),
        "UNKNOWN: check One has no data point in this step | check One UNKNOWN (max 3); check Two UNKNOWN "
        "(max 3) | 0 thin");
    board_unwatch(fake.board, watcher);
    watch_release(&fake);
}

static struct watcher *watch_service(struct fake_watch *fake, const char *compare)
{
    struct watcher *watcher =
        board_watch(fake->board, &(struct questions){.aliases = &order_service,
                                                     .alias_count = 1,
                                                     .compare = fake_json(fake->arena, compare),
                                                     .minimum_invocations = 1});
    watcher_since(watcher, (int64_t)WATCH_START * 1000, (int64_t)WATCH_START * 1000);
    return watcher;
}

/* Another instance goes on with the looks where this one stopped, and knows what this one found. */
static void test_memory(void **state)
{
    struct fake_watch fake;
    (void)state;
    watch_init(&fake);
    struct watcher *watcher = watch_service(&fake, ERRORS);
    for (int64_t minute = 0; minute < 3; minute++) {
        watch_point(&fake, OLD("Invocations"), minute, 900);
        watch_point(&fake, OLD("Errors"), minute, 9);
        watch_point(&fake, NEW("Invocations"), minute, 100);
        watch_ticks(&fake, 60);
        evidence_text(&fake, watcher);
    }
    assert_true(str_contains(evidence_text(&fake, watcher), "(p 1 >= 0.00083)")); /* 1 % / (3 * 4) */
    struct str before = json_text(fake.arena, watcher_memory(watcher, fake.arena), JSON_COMPACT);
    struct watcher *other = watch_service(&fake, ERRORS);
    watcher_recall(other, fake_json(fake.arena, before.ptr));
    assert_text(json_text(fake.arena, watcher_memory(other, fake.arena), JSON_COMPACT), before.ptr);
    watch_point(&fake, NEW("Errors"), 2, 60);
    watch_point(&fake, NEW("Invocations"), 3, 1);
    watch_ticks(&fake, 60);
    struct str found = evidence_text(&fake, other);
    assert_true(
        str_starts(found, "BAD: the new version of OrderService fails more often than the old: 60 of 301"));
    assert_true(str_contains(found, "< 0.0005)")); /* the fourth look */
    struct watcher *third = watch_service(&fake, ERRORS);
    watcher_recall(third, watcher_memory(other, fake.arena));
    watch_point(&fake, NEW("Errors"), 2, 0);
    watch_ticks(&fake, 60);
    assert_true(str_starts(evidence_text(&fake, third), "BAD: the new version of OrderService fails"));
    board_unwatch(fake.board, watcher);
    board_unwatch(fake.board, other);
    board_unwatch(fake.board, third);
    watch_release(&fake);
}

/* What the old version's percentile was is not measured anew by another instance. */
static void test_memory_of_the_percentile(void **state)
{
    struct fake_watch fake;
    (void)state;
    watch_init(&fake);
    struct watcher *watcher = watch_service(&fake, SLOWER);
    watch_point(&fake, OLD("Invocations"), 0, 900);
    watch_point(&fake, "OrderService:1 Duration p90", 0, 110.5);
    watch_ticks(&fake, 3);
    evidence_text(&fake, watcher);
    struct watcher *other = watch_service(&fake, SLOWER);
    watcher_recall(other, watcher_memory(watcher, fake.arena));
    board_unwatch(fake.board, watcher);
    watch_ticks(&fake, 3);
    assert_true(str_contains(fake.last_metrics, "PR(:110.500)"));
    assert_false(str_contains(fake.last_metrics, "p90"));
    board_unwatch(fake.board, other);
    watch_release(&fake);
}

/* The risk is shared: two aliases with two figures each have a quarter. */
static void test_the_risk_is_shared(void **state)
{
    struct fake_watch fake;
    struct watched_alias aliases[] = {order_service, order_service};
    (void)state;
    watch_init(&fake);
    aliases[1].alias = STR("other");
    struct watcher *watcher = board_watch(
        fake.board,
        &(struct questions){.aliases = aliases,
                            .alias_count = 2,
                            .compare = fake_json(fake.arena, "{'errors':true,'throttles':true,'duration'"
                                                             ":'','risk':'4'}")});
    watcher_since(watcher, (int64_t)WATCH_START * 1000, (int64_t)WATCH_START * 1000);
    watch_point(&fake, OLD("Invocations"), 0, 900);
    watch_point(&fake, OLD("Errors"), 0, 9);
    watch_point(&fake, NEW("Invocations"), 0, 100);
    watch_ticks(&fake, 2);
    assert_true(str_contains(evidence_text(&fake, watcher),
                             "errors of OrderService:live GOOD 0 of 100, old: 9 of 900 (p 1 >= 0.005)"));
    board_unwatch(fake.board, watcher);
    watch_release(&fake);
}

/* --- threads --- */

struct crowd {
    struct fake_watch fake;
    atomic_int next;
};

static void *come_and_go(void *argument)
{
    struct crowd *crowd = argument;
    struct fake_watch *fake = &crowd->fake;
    struct arena *arena = arena_new();
    struct str alarm = STR("A");
    for (int round = 0; round < 50; round++) {
        struct watched_alias alias = order_service;
        alias.new_version = arena_printf(arena, "%d", atomic_fetch_add(&crowd->next, 1));
        struct watcher *watcher = board_watch(
            fake->board,
            &(struct questions){.aliases = &alias, .alias_count = 1, .alarms = &alarm, .alarm_count = 1});
        watcher_since(watcher, watch_now(fake), watch_now(fake));
        for (int i = 0; i < 10; i++) {
            struct evidence evidence;
            int64_t read_ms;
            watch_pass(fake, BOARD_TICK_MS);
            board_tick(fake->board);
            watcher_evidence(watcher, arena, watch_now(fake), &evidence);
            watcher_alias(watcher, arena, 0, &read_ms);
            watcher_memory(watcher, arena);
        }
        board_unwatch(fake->board, watcher);
        arena_reset(arena);
    }
    arena_free(arena);
    return NULL;
}

static void test_many_threads(void **state)
{
    struct crowd crowd = {.next = 2};
    pthread_t threads[4];
    (void)state;
    watch_init(&crowd.fake);
    watch_alarm(&crowd.fake, "A", "OK");
    for (size_t i = 0; i < ARRAY_LENGTH(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, come_and_go, &crowd), 0);
    for (size_t i = 0; i < ARRAY_LENGTH(threads); i++)
        pthread_join(threads[i], NULL);
    int64_t reads = board_reads(crowd.fake.board);
    assert_true(reads > 0);
    watch_ticks(&crowd.fake, 40); /* everybody has left, and nothing of them stayed */
    assert_int_equal(board_reads(crowd.fake.board), reads);
    watch_release(&crowd.fake);
}

/* Of a state machine only its alias is read; it is neither compared nor wanted to have a minimum, and takes
 * nothing of the risk. */
static void test_a_state_machine_has_no_figures(void **state)
{
    struct fake_watch fake;
    int64_t read_ms;
    (void)state;
    watch_init(&fake);
    const struct watched_alias machine = {.function = STR("flow"),
                                          .alias = STR("live"),
                                          .other = STR("arn:aws:states:::stateMachine:flow:live")};
    const struct watched_alias both[] = {machine, order_service};
    const struct questions questions = {.aliases = both,
                                        .alias_count = 2,
                                        .compare = fake_json(fake.arena, ERRORS),
                                        .minimum_invocations = 5};
    struct questions alone = questions;
    alone.alias_count = 1;
    struct watcher *first = board_watch(fake.board, &questions), *second = board_watch(fake.board, &alone);
    assert_text(evidence_text(&fake, second), "UNKNOWN: the new version has no traffic yet | | 0");
    watcher_since(first, watch_now(&fake), watch_now(&fake));
    watcher_since(second, watch_now(&fake), watch_now(&fake));
    watch_point(&fake, OLD("Invocations"), 0, 90);
    watch_point(&fake, NEW("Invocations"), 0, 6);
    watch_ticks(&fake, 5);
    assert_true(
        str_starts(evidence_text(&fake, first), "GOOD: 6 invocations of the new version in this step"));
    assert_text(evidence_text(&fake, second), "GOOD: nothing was asked for | | 0");
    assert_true(str_contains(value_get_text(watcher_alias(first, fake.arena, 0, &read_ms), "Name"), "live"));
    assert_true(read_ms > 0);
    assert_true(watcher_alias(second, fake.arena, 0, &read_ms) != NULL);
    assert_int_equal(fake.alias_calls, 2);
    board_unwatch(fake.board, first);
    board_unwatch(fake.board, second);
    watch_release(&fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_hundred_cost_two_reads_a_tick),
        cmocka_unit_test(test_more_than_one_tick_a_second_reads_nothing),
        cmocka_unit_test(test_all_kinds_have_their_turns),
        cmocka_unit_test(test_what_is_old_is_no_evidence),
        cmocka_unit_test(test_before_the_start_there_is_none),
        cmocka_unit_test(test_a_broken_query_is_found),
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_who_leaves_while_aws_is_asked),
        cmocka_unit_test(test_steps_and_selection),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_memory_of_the_percentile),
        cmocka_unit_test(test_the_risk_is_shared),
        cmocka_unit_test(test_many_threads),
        cmocka_unit_test(test_a_state_machine_has_no_figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
