#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reconciler/pull_commands.h"

enum { TOLD_MS = 1000 * 1000 };

static void check(struct str found, const char *wanted)
{
    if (!str_is(found, wanted))
        print_error("found  %.*s\nwanted %s\n", STR_ARG(found), wanted);
    assert_true(str_is(found, wanted));
}

/* Of one comment, in one line. */
static struct str read(struct arena *arena, const char *body)
{
    struct comment comment = {
        .id = 5, .author = STR("bob"), .body = str_from(body), .created_ms = 1, .updated_ms = 1};
    const struct comments comments = {.items = &comment, .count = 1};
    struct pull_command *commands;
    struct buf out = BUF_INIT(BUF_SMALL);
    size_t count = pull_commands_read(arena, &comments, 4, STR("plumb"), &commands);
    for (size_t i = 0; i < count; i++)
        buf_printf(&out, "%s%s %.*s/%.*s %.*s%s", i ? "; " : "",
                   commands[i].word == PULL_PLAN ? "plan" : "approve", STR_ARG(commands[i].environment),
                   STR_ARG(commands[i].application), STR_ARG(commands[i].hash),
                   commands[i].malformed ? "!" : "");
    struct str text = arena_str(arena, buf_str(&out));
    buf_release(&out);
    return text;
}

static void commands_are_lines_of_their_own(void **state)
{
    (void)state;
    static const struct {
        const char *body, *wanted;
    } cases[] = {
        {"plumb plan", "plan / "},
        {"plumb plan prod", "plan prod/ "},
        {"plumb plan prod/orders", "plan prod/orders "},
        {"plumb plan 0123456", "plan 0123456/ "},
        {"  plumb \t approve\r\n", "approve / "},
        {"plumb approve prod", "approve prod/ "},
        {"plumb approve 0123456", "approve / 0123456"},
        {"plumb approve prod 0123456789AB", "approve prod/ 0123456789ab"},
        {"plumb approve prod/orders 0123456789ab", "approve prod/orders 0123456789ab"},
        {"plumb approve prod 012345", "approve prod/ !"},
        {"plumb approve prod 0123456 please", "approve prod/ 0123456!"},
        {"plumb approve prod 0123456 and all the rest", "approve prod/ 0123456!"},
        {"Fine.\n\nplumb approve prod\nplumb plan", "approve prod/ ; plan / "},
        {"plumb is nice", ""},
        {"plumb", ""},
        {"Plumb approve", ""},
        {"I say plumb approve", ""},
        {"> plumb approve", ""},
        {"- plumb approve", ""},
        {"    plumb approve", ""},
        {"```\nplumb approve\n```\nplumb plan", "plan / "},
        {"~~~ sh\nplumb approve", ""},
        {"", ""},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        check(read(arena, cases[i].body), cases[i].wanted);
    arena_free(arena);
}

static void old_ones_and_our_own_are_none(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct comment all[] = {{.id = 1, .author = STR("bob"), .body = STR("plumb plan")},
                            {.id = 2, .author = STR("Plumb"), .body = STR("plumb plan")},
                            {.id = 3, .author = STR("ann"), .body = STR("plumb plan")}};
    const struct comments comments = {.items = all, .count = 3};
    struct pull_command *commands;
    assert_int_equal(pull_commands_read(arena, &comments, 1, STR("plumb"), &commands), 1);
    check(commands[0].by, "ann");
    assert_int_equal(pull_commands_read(arena, &comments, 3, STR("plumb"), &commands), 0);
    arena_free(arena);
}

static void there_are_not_too_many(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct buf body = BUF_INIT(BUF_LARGE);
    for (size_t i = 0; i < 3 * PULL_COMMANDS_MAX; i++)
        buf_addz(&body, "plumb plan\n");
    struct comment comment = {.id = 1, .author = STR("bob"), .body = buf_str(&body)};
    const struct comments comments = {.items = &comment, .count = 1};
    struct pull_command *commands;
    assert_int_equal(pull_commands_read(arena, &comments, 0, STR("plumb"), &commands), PULL_COMMANDS_MAX);
    buf_release(&body);
    arena_free(arena);
}

#define HASH_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

/* What one line comes to for the stage prod with the applications orders and stock. */
static struct str obey(struct arena *arena, const char *line, int64_t time_ms, bool edited, const char *by)
{
    struct told_application all[] = {{.name = STR("orders"), .hash = STR(HASH_A), .shown_ms = TOLD_MS},
                                     {.name = STR("stock"), .hash = STR(HASH_B), .shown_ms = TOLD_MS},
                                     {.name = STR("broken"), .failure = STR("no"), .hash = STR_EMPTY}};
    struct told_stage stage = {.name = STR("prod"), .applications = all, .count = ARRAY_LENGTH(all)};
    struct str approvers[] = {STR("ann"), STR("bob")};
    const struct pull_policy policy = {.approvers = approvers, .approver_count = 2};
    struct comment comment = {.id = 1,
                              .author = str_from(by),
                              .body = str_from(line),
                              .created_ms = time_ms,
                              .updated_ms = time_ms + (edited ? 60000 : 1000)};
    const struct comments comments = {.items = &comment, .count = 1};
    struct pull_command *commands;
    assert_int_equal(pull_commands_read(arena, &comments, 0, STR("plumb"), &commands), 1);
    if (!pull_command_is_about(commands, &stage))
        return STR("not about it");
    struct str outcome = pull_command_refusal(arena, commands, &stage, &policy, STR("Ann"));
    if (!outcome.len && commands->word == PULL_APPROVE)
        outcome = pull_command_approve(arena, commands, &stage);
    return arena_printf(arena, "%.*s%s%s", STR_ARG(outcome), all[0].approved_by.len ? " +orders" : "",
                        all[1].approved_by.len ? " +stock" : "");
}

static void an_approval_is_of_one_plan(void **state)
{
    (void)state;
    static const struct {
        const char *line, *by;
        int64_t time_ms;
        bool edited;
        const char *wanted;
    } cases[] = {
        {"plumb approve prod/orders aaaaaaa", "bob", 0, false, "approved prod/orders aaaaaaaaaaaa +orders"},
        {"plumb approve aaaaaaa", "BOB", 0, false, "approved prod/orders aaaaaaaaaaaa +orders"},
        {"plumb approve ccccccc", "bob", 0, false, "not about it"},
        {"plumb approve prod ccccccc", "bob", 0, false,
         "not done: the plan of orders is aaaaaaaaaaaa by now: look again"},
        {"plumb approve prod", "bob", TOLD_MS, false,
         "approved prod/orders aaaaaaaaaaaa, prod/stock bbbbbbbbbbbb +orders +stock"},
        {"plumb approve prod", "bob", TOLD_MS - 1, false,
         "not done: the plan of orders is another since: look again, and name its hash"},
        {"plumb approve prod/broken", "bob", TOLD_MS, false, "not done: broken has no plan"},
        {"plumb approve prod/nothing", "bob", TOLD_MS, false, "not done: there is no plan of it in prod"},
        {"plumb approve beta", "bob", TOLD_MS, false, "not about it"},
        {"plumb approve prod", "eve", TOLD_MS, false,
         "not done: pullRequests.approvers of prod does not name them"},
        {"plumb approve prod", "ann", TOLD_MS, false,
         "not done: who made the pull request does not approve it"},
        {"plumb plan prod", "ann", TOLD_MS, false, ""},
        {"plumb plan prod", "eve", TOLD_MS, false,
         "not done: pullRequests.approvers of prod does not name them"},
        {"plumb approve prod", "bob", TOLD_MS, true,
         "not done: the comment was edited, perhaps by somebody else: write a new one"},
        {"plumb approve prod now", "bob", TOLD_MS, false,
         "not done: it must be plumb plan [ENV[/APP]] or plumb approve [ENV[/APP]] [HASH]"},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        check(obey(arena, cases[i].line, cases[i].time_ms, cases[i].edited, cases[i].by), cases[i].wanted);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_are_lines_of_their_own),
        cmocka_unit_test(old_ones_and_our_own_are_none),
        cmocka_unit_test(there_are_not_too_many),
        cmocka_unit_test(an_approval_is_of_one_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
