#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/providers/fake_aws.h" /* assert_text */
#include "tests/reconciler/releases/orders.h"

/* plumb is killed or stopped while the example application is released, again and again. */

enum { PER_MINUTE = 1200 };

#define BAD "SIMULATOR_ERROR_RATE: \"0.03\""

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

ORDERS_BOTH(goes_on_after_kills)
ORDERS_BOTH(goes_on_after_stops_at_calls)
ORDERS_BOTH(goes_back_in_spite_of_stops)

#define CASES(scenario) cmocka_unit_test(plumb_##scenario), cmocka_unit_test(codedeploy_##scenario)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASES(goes_on_after_kills),
        CASES(goes_on_after_stops_at_calls),
        CASES(goes_back_in_spite_of_stops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
