/* A pause has no limit, and takes nothing from the limit of what holds after it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "reconciler/rollout/engine.h"
#include "tests/reconciler/fake_watch.h"

enum { HOLD_LIMIT_MS = 60 * 1000, LONG_MS = 2 * 60 * 60 * 1000 };

static bool save(void *self, const struct rollout *rollout, const char *what, struct error *error)
{
    (void)self, (void)rollout, (void)what, (void)error;
    return true;
}

static bool check(void *self, struct error *error)
{
    (void)self, (void)error;
    return true;
}

static bool listen(void *self, struct arena *arena, struct rollout_orders *orders, struct error *error)
{
    (void)arena, (void)error;
    *orders = *(struct rollout_orders *)self;
    return true;
}

/* A step without functions: it waits for nothing but a person. */
static struct rollout_run *waiting(struct fake_watch *fake, struct workers *workers,
                                   struct rollout_orders *orders)
{
    static struct deployment_step step = {.weight = 10, .approval = true};
    const struct rollout_options options = {
        .aws = fake->aws,
        .http = &fake->http,
        .clock = &fake->clock,
        .log = &fake->log,
        .workers = workers,
        .board = fake->board,
        .keeper = {.self = orders, .save = save, .check = check, .listen = listen},
        .label = STR("beta/orders"),
    };
    const struct rollout rollout = {.phase = ROLLOUT_SHIFTING,
                                    .steps = &step,
                                    .step_count = 1,
                                    .settings = {.hold_limit_ms = HOLD_LIMIT_MS},
                                    .started_ms = watch_now(fake),
                                    .traffic_ms = watch_now(fake),
                                    .since_ms = watch_now(fake),
                                    .history = value_list(fake->arena)};
    return rollout_run_new(&options, &rollout);
}

/* So much later: "shifting: it waits for approval ...". */
static void after(struct fake_watch *fake, struct rollout_run *run, int64_t milliseconds, const char *wanted)
{
    struct error error = ERROR_INIT;
    bool ended;
    watch_pass(fake, milliseconds);
    assert_true(rollout_tick(run, &ended, &error));
    const struct rollout *rollout = rollout_of(run);
    assert_text(arena_printf(fake->arena, "%s: %.*s", rollout_phase_name(rollout->phase),
                             STR_ARG(rollout->hold.len ? rollout->hold : rollout->reason)),
                wanted);
}

static void test_what_holds_after_a_pause_has_all_of_its_limit(void **state)
{
    (void)state;
    static const char approval[] = "shifting: it waits for approval: `plumb rollout promote` gives it";
    static const char paused[] = "shifting: it is paused: `plumb rollout resume` lets it go on";
    struct fake_watch fake;
    watch_init(&fake);
    struct workers *workers = workers_new(1);
    struct rollout_orders orders = {.number = 0};
    struct rollout_run *run = waiting(&fake, workers, &orders);
    after(&fake, run, 1000, approval);
    orders = (struct rollout_orders){.number = 1, .pause = true, .by = STR("Ann")};
    after(&fake, run, ROLLOUT_LISTEN_MS, paused);
    assert_int_equal(rollout_of(run)->hold_since_ms, watch_now(&fake));
    after(&fake, run, LONG_MS, paused);
    orders = (struct rollout_orders){.number = 2, .resume = true, .by = STR("Ann")};
    after(&fake, run, ROLLOUT_LISTEN_MS, approval);
    after(&fake, run, HOLD_LIMIT_MS - 1000, approval);
    after(&fake, run, 1000,
          "rolled-back: it was held for 1 min, the limit: it waits for approval: `plumb rollout promote` "
          "gives it");
    rollout_run_free(run);
    workers_free(workers);
    watch_release(&fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_holds_after_a_pause_has_all_of_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
