#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/providers/fake_aws.h" /* assert_text */
#include "tests/reconciler/releases/orders.h"

/* What else happens while the example application is released: newer commits, kills, people, several
 * functions at once, what has to wait. */

enum { PER_MINUTE = 1200, HOUR = 3600 };

#define BAD "SIMULATOR_ERROR_RATE: \"0.03\""

/* Under way, at the first step. */
static struct stage *at_ten_percent(enum orders_driver driver, struct ride *ride)
{
    struct stage *stage = orders_new(driver);
    orders_begin(stage, PER_MINUTE);
    orders_change(stage, "second");
    assert_true(stage_apply(stage).rolling);
    stage_ride(stage, ride);
    ride_until(stage, ride, 10, 120);
    for (int i = 0; i < 30; i++)
        assert_false(ride_tick(stage, ride));
    return stage;
}

static void the_newest_commit_wins(enum orders_driver driver)
{
    struct ride ride;
    struct stage *stage = at_ten_percent(driver, &ride);
    orders_change(stage, "third");
    struct rollout outcome = orders_ride_to_end(stage, &ride, 60);
    orders_ended(&outcome, ROLLOUT_ROLLED_BACK, "a newer commit");
    assert_text(stage_alias(stage, ORDERS_FUNCTION), "1");
    assert_text(orders_record(stage).rejected, "");
    outcome = stage_release(stage);
    orders_ended(&outcome, ROLLOUT_SUCCEEDED, "");
    assert_text(stage_alias(stage, ORDERS_FUNCTION), "3");
    stage_release(stage);
    stage_settled(stage);
    stage_free(stage);
}

/* Many short lives: each begins with nothing but the ledger and the account. */
static void goes_on_after_kills(enum orders_driver driver)
{
    struct stage *stage = orders_new(driver);
    orders_begin(stage, PER_MINUTE);
    orders_change(stage, "second");
    assert_true(stage_apply(stage).rolling);
    int lives = 0, seconds = 1;
    while (!stage_live(stage, seconds, -1, false)) {
        seconds = seconds % 13 + 2;
        assert_true(++lives < 400);
    }
    stage_pass_time(stage, 2 * 1000);
    stage_watch_end(stage);
    assert_true(lives > 20);
    struct release record = orders_record(stage);
    orders_ended(&record.rollout, ROLLOUT_SUCCEEDED, "");
    assert_text(stage_alias(stage, ORDERS_FUNCTION), "2");
    assert_text(stage_shifts(stage, ORDERS_FUNCTION, "1"), "10 at 0, 100 at 5");
    stage_release(stage);
    stage_settled(stage);
    stage_free(stage);
}

static void live_and_stop(struct stage *stage)
{
    int64_t calls = 0;
    int lives = 0;
    while (!stage_live(stage, 3600, calls, lives % 2 == 1)) {
        assert_true(++lives < 400);
        calls = lives % 40 / 2;
    }
    stage_pass_time(stage, 2 * 1000);
    stage_watch_end(stage);
    assert_true(lives > 20);
}

/* Each life is asked to stop at a call, before or after it was carried out. */
static void goes_on_after_stops_at_calls(enum orders_driver driver)
{
    struct stage *stage = orders_new(driver);
    orders_begin(stage, PER_MINUTE);
    orders_change(stage, "second");
    assert_true(stage_apply(stage).rolling);
    live_and_stop(stage);
    struct release record = orders_record(stage);
    orders_ended(&record.rollout, ROLLOUT_SUCCEEDED, "");
    assert_text(stage_alias(stage, ORDERS_FUNCTION), "2");
    assert_text(stage_shifts(stage, ORDERS_FUNCTION, "1"), "10 at 0, 100 at 5");
    stage_release(stage);
    stage_settled(stage);
    stage_free(stage);
}

static void goes_back_in_spite_of_stops(enum orders_driver driver)
{
    struct stage *stage = orders_new(driver);
    orders_begin(stage, PER_MINUTE);
    const struct value *before = stage_function(stage, ORDERS_FUNCTION);
    orders_variable(stage, BAD);
    orders_change(stage, "a bad one");
    assert_true(stage_apply(stage).rolling);
    live_and_stop(stage);
    assert_text(stage_alias(stage, ORDERS_FUNCTION), "1");
    const struct value *now = stage_function(stage, ORDERS_FUNCTION);
    assert_true(value_equal(value_get(before, "CodeSha256"), value_get(now, "CodeSha256")));
    assert_true(value_equal(value_get(before, "Environment"), value_get(now, "Environment")));
    orders_is_rejected(stage);
    orders_no_variable(stage, BAD);
    orders_change(stage, "mended");
    struct rollout outcome = stage_release(stage);
    orders_ended(&outcome, ROLLOUT_SUCCEEDED, "");
    stage_release(stage);
    stage_settled(stage);
    stage_free(stage);
}

static void a_person_moves_the_alias(void **state)
{
    struct ride ride;
    (void)state;
    struct stage *stage = at_ten_percent(ORDERS_BY_PLUMB, &ride);
    stage_move_alias(stage, ORDERS_FUNCTION, "1", "{\"2\": 0.5}");
    for (int i = 0; i < 60; i++)
        assert_false(ride_tick(stage, &ride));
    const struct rollout *now = rolling_rollout(ride.rolling);
    assert_text(now->hold, "OrderServiceProd:live was moved by somebody else: its traffic goes to version 1 "
                           "with 50 % on version 2");
    assert_int_equal(now->phase, ROLLOUT_SHIFTING);
    struct rollout outcome = orders_ride_to_end(stage, &ride, 2 * HOUR);
    orders_ended(&outcome, ROLLOUT_LEFT, "50 % on version 2");
    assert_text(stage_alias(stage, ORDERS_FUNCTION), "1 + 50 % on 2");
    stage_free(stage);
}

/* With an alias of its own the worker moves too. */
static void two_functions_go_back_together(enum orders_driver driver)
{
    struct stage *stage = orders_new(driver);
    orders_alarm_at(stage, 100000);
    stage_edit(stage, ORDERS_TEMPLATE, "      Handler: worker.handle\n",
               "      Handler: worker.handle\n      AutoPublishAlias: live\n");
    stage_watch(stage, "OrderWorkerProd");
    orders_begin(stage, PER_MINUTE);
    stage_traffic(stage, "OrderWorkerProd", PER_MINUTE);
    const struct value *before = stage_function(stage, "OrderWorkerProd");
    orders_variable(stage, BAD);
    orders_change(stage, "a bad one");
    struct rollout outcome = stage_release(stage);
    stage_pass_time(stage, 2 * 1000);
    stage_watch_end(stage);
    assert_int_equal(outcome.target_count, 2);
    orders_ended(&outcome, ROLLOUT_ROLLED_BACK, "OrderServiceProd fails more often than the old");
    assert_non_null(stage_sight(stage, "OrderWorkerProd", "1 + 10 % on 2"));
    assert_non_null(stage_sight(stage, ORDERS_FUNCTION, "1 + 10 % on 2"));
    assert_text(stage_alias(stage, "OrderWorkerProd"), "1");
    assert_text(stage_alias(stage, ORDERS_FUNCTION), "1");
    assert_true(value_equal(value_get(before, "CodeSha256"),
                            value_get(stage_function(stage, "OrderWorkerProd"), "CodeSha256")));
    stage_free(stage);
}

static bool may_publish(struct stage *stage)
{
    const struct value *answer =
        stage_call_target(stage, "sqs", "AmazonSQS.GetQueueAttributes",
                          "{\"AttributeNames\": [\"Policy\"], \"QueueUrl\": "
                          "\"https://sqs.us-west-2.amazonaws.com/333333333333/OrderQueueProd\"}");
    return str_contains(value_get_text(value_get(answer, "Attributes"), "Policy"), "FromRule");
}

/* The old version still runs while the traffic moves: what it may do stays until then. */
static void what_takes_away_waits(void **state)
{
    struct ride ride;
    (void)state;
    struct stage *stage = orders_new(ORDERS_BY_PLUMB);
    orders_begin(stage, PER_MINUTE);
    assert_true(may_publish(stage));
    stage_edit(stage, ORDERS_TEMPLATE,
               "          - Sid: FromRule\n"
               "            Effect: Allow\n"
               "            Principal: {Service: events.amazonaws.com}\n"
               "            Action: sqs:SendMessage\n"
               "            Resource: !GetAtt OrderQueue.Arn\n"
               "            Condition: {ArnEquals: {\"aws:SourceArn\": !GetAtt OrderFailures.Arn}}\n",
               "");
    orders_change(stage, "without the rule's right");
    assert_true(stage_apply(stage).rolling);
    stage_ride(stage, &ride);
    ride_until(stage, &ride, 10, 120);
    assert_true(may_publish(stage));
    struct rollout outcome = orders_ride_to_end(stage, &ride, HOUR);
    orders_ended(&outcome, ROLLOUT_SUCCEEDED, "");
    assert_true(may_publish(stage));
    assert_int_equal(stage_release(stage).phase, ROLLOUT_NONE);
    assert_false(may_publish(stage));
    stage_settled(stage);
    stage_free(stage);
}

/* The first release fails already, so that the alarm is red before the second begins. */
static void an_alarm_is_red_before(enum orders_driver driver)
{
    struct ride ride;
    struct stage *stage = orders_new(driver);
    stage->alarm = "OrderErrorsProd";
    orders_variable(stage, BAD);
    orders_begin(stage, PER_MINUTE);
    assert_text(stage_alarm(stage, stage->arena), "ALARM");
    orders_no_variable(stage, BAD);
    orders_change(stage, "mended");
    assert_true(stage_apply(stage).rolling);
    stage_ride(stage, &ride);
    for (int i = 0; i < 60; i++)
        assert_false(ride_tick(stage, &ride));
    const struct rollout *now = rolling_rollout(ride.rolling);
    assert_int_equal(now->phase, ROLLOUT_WAITING);
    assert_true(str_starts(now->hold, "alarm 'OrderErrorsProd' is red already, before any traffic"));
    assert_text(stage_alias(stage, ORDERS_FUNCTION), "1");
    orders_deployment(stage, "  fixForward: true\n");
    stage_commit(stage, "It mends the alarm");
    struct rollout outcome = orders_ride_to_end(stage, &ride, 60);
    orders_ended(&outcome, ROLLOUT_ROLLED_BACK, "a newer commit");
    outcome = stage_release(stage);
    orders_ended(&outcome, ROLLOUT_SUCCEEDED, "");
    assert_int_equal(outcome.ignored_alarm_count, 1);
    stage_release(stage);
    stage_settled(stage);
    stage_free(stage);
}

#define BOTH(scenario)                                                                                       \
    static void plumb_##scenario(void **state)                                                               \
    {                                                                                                        \
        (void)state;                                                                                         \
        scenario(ORDERS_BY_PLUMB);                                                                           \
    }                                                                                                        \
    static void codedeploy_##scenario(void **state)                                                          \
    {                                                                                                        \
        (void)state;                                                                                         \
        scenario(ORDERS_BY_CODEDEPLOY);                                                                      \
    }

BOTH(the_newest_commit_wins)
BOTH(goes_on_after_kills)
BOTH(goes_on_after_stops_at_calls)
BOTH(goes_back_in_spite_of_stops)
BOTH(two_functions_go_back_together)
BOTH(an_alarm_is_red_before)

#define CASES(scenario) cmocka_unit_test(plumb_##scenario), cmocka_unit_test(codedeploy_##scenario)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASES(the_newest_commit_wins),
        CASES(goes_on_after_kills),
        CASES(goes_on_after_stops_at_calls),
        CASES(goes_back_in_spite_of_stops),
        CASES(two_functions_go_back_together),
        CASES(an_alarm_is_red_before),
        cmocka_unit_test(a_person_moves_the_alias),
        cmocka_unit_test(what_takes_away_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
