#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/providers/fake_aws.h" /* assert_text */
#include "tests/reconciler/rollouts/orders.h"

/* Releases of the example application, good ones and bad ones, by both drivers. */

enum { PER_MINUTE = 1200, NO_ERRORS_SEEN = 100000 };

#define BAD "SIMULATOR_ERROR_RATE: \"0.03\""

/* The rollout ended so; else what happened is told. */
static void ended(const struct rollout *outcome, enum rollout_phase phase, const char *reason)
{
    if (outcome->phase != phase || !str_contains(outcome->reason, reason))
        fail_msg("%s: %.*s", rollout_phase_name(outcome->phase), STR_ARG(outcome->reason));
}

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
    ended(&outcome, ROLLOUT_SUCCEEDED, "");
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
    ended(&outcome, ROLLOUT_ROLLED_BACK, "fails more often than the old");
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
    ended(&outcome, ROLLOUT_SUCCEEDED, "");
    assert_text(stage_alias(stage, ORDERS_FUNCTION), "3");
    stage_release(stage);
    stage_settled(stage);
    stage_free(stage);
}

static void plumb_releases_a_good_version(void **state)
{
    (void)state;
    a_good_version(ORDERS_BY_PLUMB);
}

static void codedeploy_releases_a_good_version(void **state)
{
    (void)state;
    a_good_version(ORDERS_BY_CODEDEPLOY);
}

static void plumb_takes_a_bad_version_back(void **state)
{
    (void)state;
    a_bad_version(ORDERS_BY_PLUMB);
}

static void codedeploy_takes_a_bad_version_back(void **state)
{
    (void)state;
    a_bad_version(ORDERS_BY_CODEDEPLOY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plumb_releases_a_good_version),
        cmocka_unit_test(codedeploy_releases_a_good_version),
        cmocka_unit_test(plumb_takes_a_bad_version_back),
        cmocka_unit_test(codedeploy_takes_a_bad_version_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
