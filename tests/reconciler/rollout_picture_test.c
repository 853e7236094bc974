/* The live view of a rollout: whole pictures as text. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reconciler/cli/rollout.h"
#include "tests/providers/fake_aws.h" /* assert_text */

enum { START_S = 1764237600 }; /* 2025-11-27T10:00:00Z */
#define AT(SECONDS) ((int64_t)(START_S + (SECONDS)) * 1000)

/* 10 % after ten seconds, 50 % after twenty; now it is thirty. */
static void prepare(struct arena *arena, struct sight *sight)
{
    static struct deployment_step steps[] = {{.weight = 10, .for_ms = 10000},
                                             {.weight = 50, .for_ms = 25000, .approval = true}};
    static struct rollout_target target = {
        .function = STR("Orders"), .alias = STR("live"), .old_version = STR("7"), .new_version = STR("8")};
    *sight = (struct sight){.name = STR("beta/orders"), .now_ms = AT(30), .under_way = true};
    sight->release = (struct release){.state = RELEASE_ROLLING,
                                      .commit = {.hex = "4f2c1e0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
                                      .holder = STR("host/31/1714"),
                                      .lease_until_ms = AT(90)};
    sight->release.rollout = (struct rollout){.phase = ROLLOUT_SHIFTING,
                                              .targets = &target,
                                              .target_count = 1,
                                              .steps = steps,
                                              .step_count = ARRAY_LENGTH(steps),
                                              .step = 1,
                                              .settings = {.minimum_invocations = 50},
                                              .started_ms = AT(0),
                                              .traffic_ms = AT(10),
                                              .since_ms = AT(20),
                                              .history = value_list(arena)};
    struct rollout *rollout = &sight->release.rollout;
    rollout_note(rollout, arena, AT(0), 0, "before traffic");
    rollout_note(rollout, arena, AT(10), 10, "the new version gets 10 %%");
    rollout_note(rollout, arena, AT(20), 50, "the new version gets 50 %%: \033[2J\xc3\xa4\xc3\xa4");
}

static struct finding findings[] = {
    {.name = STR("alarm OrderErrors"), .verdict = VERDICT_GOOD, .value = STR("OK")},
    {.name = STR("check Amounts"), .verdict = VERDICT_BAD, .value = STR("4"), .limit = STR("max 3")},
    {.name = STR("errors of Orders"), .verdict = VERDICT_UNKNOWN},
};

static void assert_picture(size_t width, size_t height, const char *wanted)
{
    struct arena *arena = arena_new();
    struct sight sight;
    const struct evidence evidence = {.verdict = VERDICT_BAD,
                                      .findings = findings,
                                      .finding_count = ARRAY_LENGTH(findings),
                                      .invocations = 12,
                                      .thin = true};
    struct picture picture = {.sight = &sight, .evidence = &evidence, .width = width, .height = height};
    struct buf text = BUF_INIT(BUF_SMALL);
    prepare(arena, &sight);
    picture_draw(&text, arena, &picture);
    assert_text(buf_str(&text), wanted);
    buf_release(&text);
    arena_free(arena);
}

static void test_the_whole_of_it(void **state)
{
    (void)state;
    assert_picture(64, 40,
                   "beta/orders: shifting, 50 % on the new version, by plumb, 4f2c1e\n"
                   "  traffic    Orders:live from version 7 to 8\n"
                   "  steps      10 % for 10 s, 50 % for 25 s until approved, then a\n"
                   "  started    2025-11-27T10:00:00Z (30 s)\n"
                   "  step       2 of 2, since 2025-11-27T10:00:20Z (10 s)\n"
                   "  waits      for the step's time, 15 s yet, then for evidence an\n"
                   "  held by    host/31/1714, whose lease runs for 1 min\n"
                   "100 % |                                                         \n"
                   " 80 % |                                                         \n"
                   " 60 % |                                     ====================\n"
                   " 40 % |                                     ####################\n"
                   " 20 % |                  ===================####################\n"
                   "      2025-11-27T10:00:00Z                 2025-11-27T10:00:30Z\n"
                   "good     alarm OrderErrors  OK\n"
                   "BAD      check Amounts      4  (max 3)\n"
                   "unknown  errors of Orders   no data\n"
                   "unknown  invocations in this step: 12, at least 50\n"
                   "2025-11-27T10:00:00Z    0 %  before traffic\n"
                   "2025-11-27T10:00:10Z   10 %  the new version gets 10 %\n"
                   "2025-11-27T10:00:20Z   50 %  the new version gets 50 %: \\x1b[2Jä\n");
}

static void test_a_small_terminal_gets_the_beginning(void **state)
{
    (void)state;
    assert_picture(30, 4,
                   "beta/orders: shifting, 50 % on\n"
                   "  traffic    Orders:live from \n"
                   "  steps      10 % for 10 s, 50\n"
                   "  started    2025-11-27T10:00:\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_whole_of_it),
        cmocka_unit_test(test_a_small_terminal_gets_the_beginning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
