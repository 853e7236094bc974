#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/providers/fake_aws.h" /* assert_text */
#include "tests/reconciler/releases/orders.h"

/* What else happens while the example application is released: newer commits, people, several functions at
 * once, what has to wait. */

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

static void a_commit_that_asks_for_the_same_disturbs_nothing(void **state)
{
    struct ride ride;
    (void)state;
    struct stage *stage = at_ten_percent(ORDERS_BY_PLUMB, &ride);
    stage_write(stage, "README.md", "Somebody has written something.\n");
    stage_commit(stage, "Words");
    struct rollout outcome = orders_ride_to_end(stage, &ride, HOUR);
    orders_ended(&outcome, ROLLOUT_SUCCEEDED, "");
    assert_text(stage_shifts(stage, ORDERS_FUNCTION, "1"), "10 at 0, 100 at 5");
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

/* CodeDeploy finds it out by itself at its next shift, and puts the alias back; plumb writes nothing. */
static void a_person_moves_the_alias_of_codedeploy(void **state)
{
    struct ride ride;
    (void)state;
    struct stage *stage = at_ten_percent(ORDERS_BY_CODEDEPLOY, &ride);
    stage_move_alias(stage, ORDERS_FUNCTION, "1", "{\"2\": 0.5}");
    stage_log_begin(stage);
    for (int i = 0; i < 60; i++)
        assert_false(ride_tick(stage, &ride));
    assert_true(str_contains(rolling_rollout(ride.rolling)->hold, "was moved by somebody else"));
    struct rollout outcome = orders_ride_to_end(stage, &ride, 2 * HOUR);
    assert_true(rollout_is_over(&outcome) && outcome.phase != ROLLOUT_SUCCEEDED);
    assert_int_equal(stage_call_after(stage, 0, "PUT", "/aliases/live"), SIZE_MAX);
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

static bool has_subscription(struct stage *stage)
{
    return str_contains(simulator_summary(stage->simulator.simulator, stage->arena),
                        "sns/333333333333/us-west-2.subscriptions 1");
}

/* The old version still runs while the traffic moves: what it may do, and what it has, stays until then. */
static void what_takes_away_waits(void **state)
{
    struct ride ride;
    (void)state;
    struct stage *stage = orders_new(ORDERS_BY_PLUMB);
    orders_begin(stage, PER_MINUTE);
    assert_true(may_publish(stage) && has_subscription(stage));
    stage_edit(stage, ORDERS_TEMPLATE,
               "          - Sid: FromRule\n"
               "            Effect: Allow\n"
               "            Principal: {Service: events.amazonaws.com}\n"
               "            Action: sqs:SendMessage\n"
               "            Resource: !GetAtt OrderQueue.Arn\n"
               "            Condition: {ArnEquals: {\"aws:SourceArn\": !GetAtt OrderFailures.Arn}}\n",
               "");
    stage_edit(stage, ORDERS_TEMPLATE,
               "  OrderTopicToQueue:\n"
               "    Type: AWS::SNS::Subscription\n"
               "    Properties:\n"
               "      TopicArn: !Ref OrderTopic\n"
               "      Protocol: sqs\n"
               "      Endpoint: !GetAtt OrderQueue.Arn\n"
               "      RawMessageDelivery: true\n"
               "      FilterPolicy: {status: [shipped]}\n",
               "");
    orders_change(stage, "without the rule's right");
    assert_true(stage_apply(stage).rolling);
    stage_ride(stage, &ride);
    ride_until(stage, &ride, 10, 120);
    assert_true(may_publish(stage) && has_subscription(stage));
    struct rollout outcome = orders_ride_to_end(stage, &ride, HOUR);
    orders_ended(&outcome, ROLLOUT_SUCCEEDED, "");
    assert_true(may_publish(stage) && has_subscription(stage));
    assert_int_equal(stage_release(stage).phase, ROLLOUT_NONE);
    assert_false(may_publish(stage) || has_subscription(stage));
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

ORDERS_BOTH(the_newest_commit_wins)
ORDERS_BOTH(two_functions_go_back_together)
ORDERS_BOTH(an_alarm_is_red_before)

#define CASES(scenario) cmocka_unit_test(plumb_##scenario), cmocka_unit_test(codedeploy_##scenario)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASES(the_newest_commit_wins),
        CASES(two_functions_go_back_together),
        CASES(an_alarm_is_red_before),
        cmocka_unit_test(a_commit_that_asks_for_the_same_disturbs_nothing),
        cmocka_unit_test(a_person_moves_the_alias),
        cmocka_unit_test(a_person_moves_the_alias_of_codedeploy),
        cmocka_unit_test(what_takes_away_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
