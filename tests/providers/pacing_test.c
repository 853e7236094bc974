/* Token buckets, shares of them, and how many calls are under way: by a clock that stands still. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "providers/apigateway/operations.h"
#include "providers/apigatewayv2/operations.h"
#include "providers/aws/pacing.h"
#include "providers/cloudwatch/operations.h"
#include "providers/lambda/operations.h"
#include "providers/sfn/operations.h"
#include "providers/sqs/operations.h"

#define ACCOUNT STR("111111111111")
#define REGION STR("eu-west-1")

static int64_t now_ms;

static int64_t monotonic(void *self)
{
    (void)self;
    return now_ms;
}

static const struct clock clock_of_test = {.monotonic_ms = monotonic};

static int set_up(void **state)
{
    now_ms = 1000;
    *state = pacing_new(&clock_of_test);
    return 0;
}

static int tear_down(void **state)
{
    pacing_free(*state);
    return 0;
}

static struct pace *pace_of(void **state, const struct aws_operation *operation)
{
    return pacing_of(*state, ACCOUNT, REGION, operation);
}

/* How many can be sent at once, and the wait of the one behind them. */
static int at_once(struct pace *pace, double share, int64_t *wait_ms)
{
    int count = 0;
    while ((*wait_ms = pace_take(pace, share)) == 0)
        count++;
    return count;
}

/* What AWS publishes: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html,
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html,
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html,
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
static void published_limits(void **state)
{
    static const struct {
        const struct aws_operation *operation;
        int burst;
        int64_t wait_ms; /* for one more */
    } cases[] = {
        {&lambda_operations[LAMBDA_GET_FUNCTION], 100, 10},
        {&lambda_operations[LAMBDA_GET_POLICY], 15, 66},
        {&lambda_operations[LAMBDA_CREATE_FUNCTION], 15, 66},
        {&apigateway_operations[APIGATEWAY_CREATE_REST_API], 1, 3030},
        {&apigateway_operations[APIGATEWAY_CREATE_DEPLOYMENT], 1, 5000},
        {&apigateway_operations[APIGATEWAY_DELETE_REST_API], 1, 30303},
        {&apigateway_operations[APIGATEWAY_PUT_REST_API], 1, 1000},
        {&apigateway_operations[APIGATEWAY_GET_RESOURCES], 5, 400},
        {&cloudwatch_operations[CLOUDWATCH_DESCRIBE_ALARMS], 9, 111},
        {&cloudwatch_operations[CLOUDWATCH_PUT_METRIC_ALARM], 3, 333},
        {&cloudwatch_operations[CLOUDWATCH_DELETE_ALARMS], 3, 333},
        {&sfn_operations[SFN_CREATE_STATE_MACHINE], 100, 1000},
        {&sfn_operations[SFN_DESCRIBE_STATE_MACHINE], 200, 50},
        {&apigatewayv2_operations[APIGATEWAYV2_CREATE_VPC_LINK], 1, 15151},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        int64_t wait_ms;
        assert_int_equal(at_once(pace_of(state, cases[i].operation), 1, &wait_ms), cases[i].burst);
        assert_in_range(wait_ms, cases[i].wait_ms, cases[i].wait_ms + 2);
    }
}

/* Both APIs of API Gateway, and their calls with rates of their own, have 40 at once and 10 a second
 * together. */
static void both_apis_count_together(void **state)
{
    int64_t wait_ms;
    for (int i = 0; i < 20; i++)
        assert_int_equal(pace_take(pace_of(state, &apigateway_operations[APIGATEWAY_GET_REST_API]), 1), 0);
    for (int i = 0; i < 19; i++)
        assert_int_equal(pace_take(pace_of(state, &apigatewayv2_operations[APIGATEWAYV2_GET_API]), 1), 0);
    assert_int_equal(pace_take(pace_of(state, &apigateway_operations[APIGATEWAY_PUT_REST_API]), 1), 0);
    assert_int_equal(at_once(pace_of(state, &apigatewayv2_operations[APIGATEWAYV2_GET_API]), 1, &wait_ms), 0);
    assert_in_range(wait_ms, 100, 102);
    wait_ms = pace_take(pace_of(state, &apigateway_operations[APIGATEWAY_CREATE_DEPLOYMENT]), 1);
    assert_in_range(wait_ms, 200, 202);
}

/* Whoever has a share waits when it is used up, and leaves the rest to the others. */
static void a_share(void **state)
{
    struct pace *pace = pace_of(state, &lambda_operations[LAMBDA_GET_FUNCTION]);
    int64_t wait_ms;
    assert_int_equal(at_once(pace, 0.3, &wait_ms), 30);
    assert_in_range(wait_ms, 33, 35);
    assert_int_equal(at_once(pace, 1, &wait_ms), 100 - 31);
    assert_in_range(wait_ms, 10, 12);
    now_ms += 1000;
    int64_t waited = 0;
    for (int i = 0; i < 300; i++)
        waited = pace_take(pace, 0.3);
    assert_in_range(waited, 9000, 10000); /* 30 a second */
}

/* A bucket of one call at a time gives the background its part of the time. */
static void a_share_of_little(void **state)
{
    struct pace *pace = pace_of(state, &apigateway_operations[APIGATEWAY_PUT_REST_API]);
    assert_int_equal(pace_take(pace, 0.5), 0);
    assert_in_range(pace_take(pace, 0.5), 2000, 2002);
}

/* Milliseconds that so many callers need who ask again as soon as they have an answer. */
static int64_t time_of(struct pace *pace, int calls)
{
    int64_t began_ms = now_ms;
    uint32_t round;
    for (int i = 0; i < calls; i++) {
        int64_t wait_ms = pace_take(pace, 1);
        assert_true(pace_enter(pace, &round));
        now_ms += wait_ms;
        pace_leave(pace, round, false);
    }
    return now_ms - began_ms;
}

/* From 20 calls a second, which nobody has published, to 32 times as many. */
static void an_unpublished_rate(void **state)
{
    struct pace *pace = pace_of(state, &sqs_operations[SQS_CREATE_QUEUE]);
    uint32_t round;
    assert_in_range(time_of(pace, 1000), 3000, 10 * 1000);
    time_of(pace, 3000);
    assert_in_range(time_of(pace, 6400), 9 * 1000, 20 * 1000);

    /* One throttled answer halves it, and from then on a second gives one call a second more. */
    assert_true(pace_enter(pace, &round));
    pace_leave(pace, round, true);
    assert_in_range(time_of(pace, 640), 1900, 2300);

    /* A rate that is published is kept. */
    pace = pace_of(state, &lambda_operations[LAMBDA_CREATE_FUNCTION]);
    assert_in_range(time_of(pace, 15 + 1500), 99 * 1000, 102 * 1000);
}

static int enter_all(struct pace *pace, uint32_t *round)
{
    int count = 0;
    while (pace_enter(pace, round))
        count++;
    return count;
}

static void leave(struct pace *pace, int count, uint32_t round, bool throttled)
{
    for (int i = 0; i < count; i++)
        pace_leave(pace, round, throttled);
}

/* Additive increase, multiplicative decrease; those that were under way together count once. */
static void the_window(void **state)
{
    struct pace *pace = pace_of(state, &lambda_operations[LAMBDA_CREATE_FUNCTION]);
    uint32_t round;
    for (int window = PACE_WINDOW; window >= 1; window /= 2) {
        assert_int_equal(enter_all(pace, &round), window);
        leave(pace, window, round, true);
    }
    assert_int_equal(enter_all(pace, &round), 1); /* never less */
    leave(pace, 1, round, false);
    /* n answers bring a window of one to about the root of 2n */
    static const struct {
        int answers, least, most;
    } steps[] = {{9, 4, 4}, {40, 9, 10}, {60, 14, 15}, {500, PACE_WINDOW, PACE_WINDOW}};
    for (size_t i = 0; i < ARRAY_LENGTH(steps); i++) {
        for (int k = 0; k < steps[i].answers; k++) {
            assert_true(pace_enter(pace, &round));
            pace_leave(pace, round, false);
        }
        int window = enter_all(pace, &round);
        assert_in_range(window, steps[i].least, steps[i].most);
        for (; window; window--) /* old news: they count neither way */
            pace_leave(pace, round - 1, true);
    }
}

/* Throttling halves the rate of that bucket alone, and it comes back. */
static void throttling(void **state)
{
    struct pace *create = pace_of(state, &lambda_operations[LAMBDA_CREATE_FUNCTION]);
    struct pace *policy = pace_of(state, &lambda_operations[LAMBDA_GET_POLICY]);
    struct pace *elsewhere =
        pacing_of(*state, STR("222222222222"), REGION, &lambda_operations[LAMBDA_CREATE_FUNCTION]);
    uint32_t round;
    int64_t wait_ms;
    assert_true(pace_enter(create, &round));
    pace_leave(create, round, true);
    assert_in_range(pace_take(create, 1), 133, 135); /* 7.5 a second, and none at once */
    assert_int_equal(at_once(policy, 1, &wait_ms), 15);
    assert_int_equal(at_once(elsewhere, 1, &wait_ms), 15);
    now_ms += 20 * 1000;
    assert_int_equal(at_once(create, 1, &wait_ms), 15);
    assert_in_range(wait_ms, 66, 68);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(published_limits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(both_apis_count_together, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_share, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_unpublished_rate, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_share_of_little, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_window, set_up, tear_down),
        cmocka_unit_test_setup_teardown(throttling, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
