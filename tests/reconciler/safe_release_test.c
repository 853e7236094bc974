#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/providers/fake_aws.h" /* assert_text */
#include "tests/reconciler/releases/orders.h"

/* Releases of the example application, good ones and bad ones, by both drivers. */

enum { PER_MINUTE = 1200, NO_ERRORS_SEEN = 100000 };

#define BAD "SIMULATOR_ERROR_RATE: \"0.03\""

/* What a function is made of is as it was. */
static void same_function(const struct value *before, const struct value *now)
{
    static const char *const members[] = {"CodeSha256", "Environment", "Timeout", "MemorySize",
                                          "Handler",    "Description", "Role"};
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        if (!value_equal(value_get(before, members[i]), value_get(now, members[i])))
            fail_msg("%s is not as before", members[i]);
}

static void a_good_version(enum orders_driver driver)
{
    struct stage *stage = orders_new(driver);
    orders_begin(stage, PER_MINUTE);
    orders_change(stage, "a better one");
    stage_log_begin(stage);
    struct rollout outcome = stage_release(stage);
    stage_watch_end(stage);
    orders_ended(&outcome, ROLLOUT_SUCCEEDED, "");
    assert_int_equal(outcome.codedeploy, driver == ORDERS_BY_CODEDEPLOY);
    assert_text(stage_shifts(stage, ORDERS_FUNCTION, "1"), "10 at 0, 100 at 5");
    assert_true(orders_hooks_ran(stage, &outcome));
    stage_release(stage);
    stage_settled(stage);
    stage_free(stage);
}

/* The example's alarm goes off by a single error: it is put out of reach, so that it is the comparison with
 * the old version that judges. */
static void a_bad_version(enum orders_driver driver)
{
    struct stage *stage = orders_new(driver);
    orders_alarm_at(stage, NO_ERRORS_SEEN);
    stage->alarm = "OrderErrorsProd";
    orders_begin(stage, PER_MINUTE);
    const struct value *before = stage_function(stage, ORDERS_FUNCTION);
    orders_variable(stage, BAD);
    orders_change(stage, "a bad one");
    struct rollout outcome = stage_release(stage);
    orders_ended(&outcome, ROLLOUT_ROLLED_BACK, "fails more often than the old");
    assert_text(stage_alarm(stage, stage->arena), "OK");
    assert_text(stage_alias(stage, ORDERS_FUNCTION), "1");
    same_function(before, stage_function(stage, ORDERS_FUNCTION));
    struct release record = orders_record(stage);
    assert_int_equal(record.state, RELEASE_FAILED);
    assert_text(record.rejected, arena_strz(stage->arena, outcome.key));
    orders_is_rejected(stage);
    stage_watch_end(stage);

    orders_no_variable(stage, BAD);
    orders_change(stage, "mended");
    outcome = stage_release(stage);
    orders_ended(&outcome, ROLLOUT_SUCCEEDED, "");
    assert_text(stage_alias(stage, ORDERS_FUNCTION), "3");
    stage_release(stage);
    stage_settled(stage);
    stage_free(stage);
}

/* The alarm alone judges: the comparison could be as quick. */
static void an_alarm(enum orders_driver driver)
{
    struct stage *stage = orders_new(driver);
    orders_deployment(stage, "  compare: {errors: false, throttles: false}\n");
    stage->alarm = "OrderErrorsProd";
    orders_begin(stage, PER_MINUTE);
    const struct value *before = stage_function(stage, ORDERS_FUNCTION);
    orders_variable(stage, BAD);
    orders_change(stage, "a bad one");
    stage_log_begin(stage);
    struct rollout outcome = stage_release(stage);
    stage_pass_time(stage, 2 * 1000);
    stage_watch_end(stage);
    orders_ended(&outcome, ROLLOUT_ROLLED_BACK, driver == ORDERS_BY_PLUMB ? "OrderErrorsProd" : "");
    assert_text(stage_alias(stage, ORDERS_FUNCTION), "1");
    same_function(before, stage_function(stage, ORDERS_FUNCTION));
    assert_true(stage->red_ms > 0);

    const struct sight *red = stage_sight(stage, NULL, "ALARM"),
                       *back = stage_sight(stage, ORDERS_FUNCTION, "1");
    assert_true(red && back && stage_sight(stage, ORDERS_FUNCTION, "1 + 10 % on 2"));
    if (back->at_ms - red->at_ms > BOARD_TICK_MS + 1000) /* the watcher's own second */
        fail_msg("back after %d ms", (int)(back->at_ms - red->at_ms));
    if (driver == ORDERS_BY_PLUMB)
        assert_true(stage_call_after(stage, stage->red_call, "PUT", "/aliases/live") <= 2);
    stage_free(stage);
}

static void without_traffic(enum orders_driver driver)
{
    struct stage *stage = orders_new(driver);
    orders_deployment(stage, "  holdLimit: 10m\n"
                             "  synthetic: [{name: List, function: OrderService, payload: {path: /orders}, "
                             "perMinute: 30}]\n");
    orders_begin(stage, 0);
    orders_change(stage, "nobody comes");
    struct rollout outcome = stage_release(stage);
    orders_ended(&outcome, ROLLOUT_SUCCEEDED, "");
    assert_text(stage_shifts(stage, ORDERS_FUNCTION, "1"), "10 at 0, 100 at 5");
    assert_true(outcome.synthetic_sent >= 10 && outcome.synthetic_failed == 0);
    stage_watch_end(stage);
    stage_release(stage);
    stage_settled(stage);
    stage_free(stage);
}

/* Synthetic requests that the new version does not stand. */
static void without_traffic_and_bad(enum orders_driver driver)
{
    struct stage *stage = orders_new(driver);
    orders_deployment(stage,
                      "  synthetic: [{name: List, function: OrderService, payload: {path: /orders}}]\n");
    orders_begin(stage, 0);
    orders_variable(stage, "SIMULATOR_ERROR: \"no such table\"");
    orders_change(stage, "a bad one");
    struct rollout outcome = stage_release(stage);
    orders_ended(&outcome, ROLLOUT_ROLLED_BACK, "List");
    assert_text(stage_alias(stage, ORDERS_FUNCTION), "1");
    stage_free(stage);
}

/* CodeDeploy does not wait: there the deployment is stopped before the step that has no evidence. */
static void without_any_evidence(enum orders_driver driver)
{
    struct stage *stage = orders_new(driver);
    orders_deployment(stage, "  holdLimit: 10m\n");
    orders_begin(stage, 0);
    orders_change(stage, "nobody comes");
    struct rollout outcome = stage_release(stage);
    stage_pass_time(stage, 2 * 1000);
    stage_watch_end(stage);
    if (driver == ORDERS_BY_PLUMB) {
        orders_ended(&outcome, ROLLOUT_ROLLED_BACK, "it was held for 10 min, the limit");
        assert_text(stage_shifts(stage, ORDERS_FUNCTION, "1"), "10 at 0, 0 at 15");
    } else {
        orders_ended(&outcome, ROLLOUT_ROLLED_BACK, "CodeDeploy cannot be made to wait");
        struct str shifts = stage_shifts(stage, ORDERS_FUNCTION, "1");
        assert_true(
            str_starts(shifts, "10 at 0, 0 at 4m5")); /* ten seconds before the next step at the latest */
    }
    assert_text(stage_alias(stage, ORDERS_FUNCTION), "1");
    stage_free(stage);
}

ORDERS_BOTH(a_good_version)
ORDERS_BOTH(a_bad_version)
ORDERS_BOTH(an_alarm)
ORDERS_BOTH(without_traffic)
ORDERS_BOTH(without_traffic_and_bad)
ORDERS_BOTH(without_any_evidence)

#define CASES(scenario) cmocka_unit_test(plumb_##scenario), cmocka_unit_test(codedeploy_##scenario)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASES(a_good_version),  CASES(a_bad_version),           CASES(an_alarm),
        CASES(without_traffic), CASES(without_traffic_and_bad), CASES(without_any_evidence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
