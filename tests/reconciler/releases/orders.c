#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/reconciler/releases/orders.h"

/* So that CodeDeploy's hooks are answered. */
static void answer_hooks(struct stage *stage)
{
    stage_edit(stage, ORDERS_TEMPLATE, "          NEW_VERSION: !Ref OrderService.Version\n",
               "          NEW_VERSION: !Ref OrderService.Version\n          SIMULATOR_HOOK: '{}'\n");
    stage_edit(stage, ORDERS_TEMPLATE, "          LIVE_ALIAS: !Ref OrderService.Alias\n",
               "          LIVE_ALIAS: !Ref OrderService.Alias\n          SIMULATOR_HOOK: '{}'\n");
}

struct stage *orders_new(enum orders_driver driver)
{
    struct stage *stage = stage_new("prod", "orders", "333333333333", "us-west-2");
    run_in(&stage->place, ".", (const char *const[]){"cp", "-R", "examples/orders/.", stage->origin, NULL});
    answer_hooks(stage);
    orders_deployment(stage, driver == ORDERS_BY_PLUMB ? "  driver: plumb\n" : "  driver: codedeploy\n");
    stage_watch(stage, ORDERS_FUNCTION);
    return stage;
}

void orders_begin(struct stage *stage, int64_t per_minute)
{
    stage_commit(stage, "The order service");
    assert_int_equal(stage_release(stage).phase, ROLLOUT_NONE);
    stage_settled(stage);
    if (per_minute)
        stage_traffic(stage, ORDERS_FUNCTION, per_minute);
    stage_pass_time(stage, 5 * 60 * 1000);
    stage_watch_begin(stage);
}

void orders_alarm_at(struct stage *stage, int errors)
{
    stage_edit(stage, ORDERS_TEMPLATE, "!If [IsProd, 1, 5]",
               arena_printf(stage->arena, "!If [IsProd, %d, 5]", errors).ptr);
}

void orders_deployment(struct stage *stage, const char *lines)
{
    stage_edit(stage, ORDERS_FILE, "deployment:\n", arena_printf(stage->arena, "deployment:\n%s", lines).ptr);
}

static const char order_days[] = "          ORDER_DAYS: !FindInMap [Stages, !Ref Stage, OrderDays]\n";

void orders_variable(struct stage *stage, const char *line)
{
    stage_edit(stage, ORDERS_TEMPLATE, order_days,
               arena_printf(stage->arena, "%s          %s\n", order_days, line).ptr);
}

void orders_no_variable(struct stage *stage, const char *line)
{
    stage_edit(stage, ORDERS_TEMPLATE, arena_printf(stage->arena, "          %s\n", line).ptr, "");
}

void orders_change(struct stage *stage, const char *what)
{
    static const char path[] = "apps/orders/src/orders.py";
    struct str code = stage_read(stage, path);
    stage_write(stage, path, arena_printf(stage->arena, "%.*s\n# %s\n", STR_ARG(code), what).ptr);
    stage_commit(stage, what);
}

void orders_ended(const struct rollout *outcome, enum rollout_phase phase, const char *reason)
{
    if (outcome->phase != phase || !str_contains(outcome->reason, reason))
        fail_msg("%s: %.*s; wanted: %s", rollout_phase_name(outcome->phase), STR_ARG(outcome->reason),
                 reason);
}

struct rollout orders_ride_to_end(struct stage *stage, struct ride *ride, int64_t seconds)
{
    while (!ride_tick(stage, ride))
        if (seconds-- == 0)
            fail_msg("it does not end: %s", rollout_phase_name(rolling_rollout(ride->rolling)->phase));
    struct rollout outcome =
        rollout_read(stage->arena, rollout_write(stage->arena, rolling_rollout(ride->rolling)));
    ride_end(ride);
    return outcome;
}

struct release orders_record(struct stage *stage)
{
    struct passage passage;
    stage_plan(stage, &passage);
    struct release release = passage.subject->release;
    release.rejected = arena_str(stage->arena, release.rejected);
    release.verdict = arena_str(stage->arena, release.verdict);
    release.rollout = rollout_read(stage->arena, rollout_write(stage->arena, &release.rollout));
    passage_end(&passage);
    return release;
}

bool orders_hooks_ran(struct stage *stage, const struct rollout *outcome)
{
    if (!outcome->codedeploy)
        return stage_calls_with(stage, "/functions/CodeDeployHook_OrderPreTrafficProd/invocations") == 1 &&
               stage_calls_with(stage, "/functions/CodeDeployHook_OrderPostTrafficProd/invocations") == 1;
    return stage_hooks_succeeded(stage, outcome) == 2;
}

void orders_is_rejected(struct stage *stage)
{
    struct error error = ERROR_INIT;
    struct apply_result result;
    struct passage passage;
    stage_plan(stage, &passage);
    const struct apply_options options = {.ledger = passage.subject->ledger, .clock = &stage->clock};
    assert_true(passage.plan->rejected.len > 0);
    stage_log_begin(stage);
    FAILED(apply_plan(passage.plan, &options, &result, &error), ERROR_INVALID, "was rolled back");
    assert_int_equal(stage->call_count, 0);
    passage_end(&passage);
}
