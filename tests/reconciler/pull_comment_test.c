#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "reconciler/pull_comment.h"
#include "reconciler/pull_explain.h"

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct told_pull pull_of(struct told_stage *stages, size_t count)
{
    return (struct told_pull){.account = STR("333333333333"),
                              .head = STR("1111111111111111111111111111111111111111"),
                              .base = STR("2222222222222222222222222222222222222222"),
                              .branch = STR("main"),
                              .time = STR("2026-11-27T12:00:00Z"),
                              .stages = stages,
                              .count = count};
}

static void add_row(struct arena *arena, struct told_rows *rows, const char *resource, const char *path)
{
    told_row_add(arena, rows,
                 (struct told_row){.resource = str_from(resource),
                                   .type = STR("AWS::SQS::Queue"),
                                   .path = str_from(path),
                                   .before = STR("1"),
                                   .after = STR("2"),
                                   .note = STR("update")});
}

#define FOOT                                                                                                 \
    "<sub>Commit <code>1111111</code> as merged into <code>main</code> at <code>2222222</code>, beside the " \
    "account as it was at 2026-11-27T12:00:00Z. Only read: nothing was changed, and no code of the pull "    \
    "request was run.</sub>\n"
#define HEAD "### plumb: what a merge does in account <code>333333333333</code>\n\n"

static void check(struct str found, const char *wanted)
{
    if (!str_is(found, wanted))
        print_error("--- found\n%.*s\n--- wanted\n%s\n", STR_ARG(found), wanted);
    assert_true(str_is(found, wanted));
}

static void what_is_dangerous_comes_first(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct told_application one = {.name = STR("orders"),
                                   .level = TOLD_DANGER,
                                   .headline = STR("1 to replace, 1 to update"),
                                   .traffic = STR("10 % for 5 min, then all"),
                                   .hash = STR(HASH),
                                   .approved_by = STR("bob")};
    told_row_add(arena, &one.gone,
                 (struct told_row){.resource = STR("Queue"),
                                   .type = STR("AWS::SQS::Queue"),
                                   .path = STR("Replaced:"),
                                   .after = STR("FifoQueue"),
                                   .note = STR("Messages in it are lost; there is no way back.")});
    told_row_add(arena, &one.drift,
                 (struct told_row){.resource = STR("Topic"),
                                   .path = STR("DisplayName"),
                                   .before = STR("live"),
                                   .note = STR("last"),
                                   .after = STR("new")});
    add_row(arena, &one.changes, "Topic", "DisplayName");
    told_text_add(arena, &one.costs, STR("It costs."));
    told_text_add(arena, &one.rollout, STR("orders:live: all at once (by plumb)"));
    told_text_add(arena, &one.held, STR("Queue: it is held"));
    struct told_stage stage = {.name = STR("prod"),
                               .region = STR("eu-west-1"),
                               .applications = &one,
                               .count = 1,
                               .has_approvers = true};
    struct told_answer answer = {.by = STR("bob"), .asked = STR("plumb plan"), .outcome = STR("planned")};
    struct told_pull pull = pull_of(&stage, 1);
    pull.answers = &answer;
    pull.answer_count = 1;
    check(
        pull_comment(arena, &pull, 60000), HEAD
        "| stage | application | a merge would | traffic | plan |\n|:--|:--|:--|:--|:--|\n"
        "| \xf0\x9f\x94\xb4 <strong><code>prod</code></strong> | <code>orders</code> | **1 to replace, 1 to "
        "update**; overwrites 1 change made by hand; **1 held** | 10 % for 5 min, then all | "
        "<code>0123456789ab</code> approved |\n\n"
        "#### <code>prod</code> / <code>orders</code> in <code>eu-west-1</code>\n\n"
        "> [!CAUTION]\n> <strong>Replaced: <code>Queue</code></strong> "
        "<code>AWS&#58;&#58;SQS&#58;&#58;Queue</code><br>\n> Messages in it are lost; there is no way back. "
        "Because of <code>FifoQueue</code>\n\n"
        "> [!WARNING]\n> <strong>Somebody changed this by hand, and a merge would overwrite it.</strong>\n\n"
        "| resource | property | live now | applied last | after a merge |\n|:--|:--|:--|:--|:--|\n"
        "| <code>Topic</code> | <code>DisplayName</code> | <code>live</code> | <code>last</code> | "
        "<code>new</code> | \n\n"
        "**Held: would not be done as things are**\n\n- Queue&#58; it is held\n\n"
        "**What it costs to be wrong**\n\n- It costs.\n\n"
        "**How traffic would move**\n\n- orders&#58;\xe2\x80\x8blive&#58; all at once &#40;by plumb&#41;\n\n"
        "<details><summary>All changes: 1 to replace, 1 to update</summary>\n\n"
        "| | resource | property | now | after a merge |\n|:--|:--|:--|:--|:--|\n"
        "| update | <code>Topic</code> | <code>DisplayName</code> | <code>1</code> | <code>2</code> | \n\n"
        "</details>\n\n"
        "**Answers**\n\n- <code>bob</code>: <code>plumb plan</code> - planned\n\n"
        "<sub>Approvers may say, in a comment of one line: <code>plumb approve prod/orders "
        "0123456789ab</code>; <code>plumb plan</code> reads the account again.</sub>\n\n" FOOT);
    arena_free(arena);
}

static void the_rest_is_said_too(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct told_application broken = {
        .name = STR("orders"), .level = TOLD_BLOCKED, .failure = STR("unknown type <b>")};
    struct told_stage stages[] = {
        {.name = STR("beta"), .region = STR("eu-west-1"), .applications = &broken, .count = 1},
        {.name = STR("new"), .region = STR("eu-west-1"), .note = STR("Not planned.")}};
    told_text_add(arena, &stages[1].changed, STR("roleArn"));
    struct told_pull pull = pull_of(stages, 2);
    struct str text = pull_comment(arena, &pull, 60000);
    assert_true(str_contains(text, "\xe2\x9b\x94 <strong><code>beta</code></strong> | <code>orders</code> | "
                                   "**cannot be planned** | - |  |\n"));
    assert_true(str_contains(text, "> unknown type &#60;b&#62;\n"));
    assert_true(
        str_contains(text, "| \xf0\x9f\x9f\xa1 <strong><code>new</code></strong> |  | **not planned** |"));
    assert_true(str_contains(text, "> [!IMPORTANT]\n> Not planned.\n\n`environment.yaml` changes "
                                   "<code>roleArn</code>\n"));
    pull = pull_of(NULL, 0);
    check(pull_comment(arena, &pull, 60000),
          HEAD "Nothing: it touches no stage of this account any more.\n\n" FOOT);
    pull.conflict_count = 3;
    told_text_add(arena, &pull.conflicts, STR("a|b"));
    text = pull_comment(arena, &pull, 60000);
    assert_true(str_contains(text, "It cannot be merged as it is"));
    assert_true(str_contains(text, "- <code>a&#124;b</code>\n- and 2 more\n"));
    arena_free(arena);
}

static size_t count_of(struct str text, const char *part)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += str_starts(str_from_index(text, i), part);
    return count;
}

static void what_does_not_fit_is_counted(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct told_application all[3];
    for (size_t i = 0; i < ARRAY_LENGTH(all); i++) {
        all[i] = (struct told_application){.name = STR("orders"),
                                           .level = TOLD_CHANGES,
                                           .headline = STR("2000 to update"),
                                           .hash = STR(HASH)};
        for (size_t k = 0; k < 2000; k++)
            add_row(arena, &all[i].changes, "Topic<", "DisplayName");
    }
    struct told_stage stage = {
        .name = STR("prod"), .region = STR("eu-west-1"), .applications = all, .count = 3};
    struct told_pull pull = pull_of(&stage, 1);
    struct value *state_of = value_map(arena);
    value_setz(arena, state_of, "heard", value_int(arena, 12));
    pull.state = state_of;
    static const size_t maxima[] = {60000, 20000, 5000, 2000};
    for (size_t i = 0; i < ARRAY_LENGTH(maxima); i++) {
        struct str text = pull_comment(arena, &pull, maxima[i]);
        assert_true(text.len <= maxima[i]);
        assert_true(str_contains(text, " more lines did not fit into this comment.**"));
        assert_int_equal(count_of(text, "<details>"), count_of(text, "</details>"));
        assert_int_equal(count_of(text, "<code>"), count_of(text, "</code>"));
        assert_int_equal(value_get_int(pull_comment_state(arena, text), "heard", 0), 12);
    }
    arena_free(arena);
}

static void a_state_may_be_anything(void **state)
{
    (void)state;
    static const char *const none[] = {"",
                                       "<!-- plumb-state -->",
                                       "<!-- plumb-state !!! -->",
                                       "<!-- plumb-state bm8= -->", /* no */
                                       "<!-- plumb-state WzFd -->", /* [1] */
                                       "x <!-- plumb-state eyJhIjoxfQ== -->"};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(none); i++)
        assert_null(pull_comment_state(arena, str_from(none[i])));
    struct value *read = pull_comment_state(arena, STR("a\r\n<!-- plumb-state eyJhIjoxfQ== -->\r\n"));
    check(json_text(arena, read, JSON_COMPACT), "{\"a\":1}");
    arena_free(arena);
}

static void a_stage_in_one_line(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct told_application all[] = {
        {.name = STR("orders"), .level = TOLD_CHANGES, .headline = STR("1 to update")},
        {.name = STR("stock"), .level = TOLD_QUIET, .headline = STR("nothing to do")},
        {.name = STR("web"), .level = TOLD_BLOCKED, .failure = STR("no template")}};
    add_row(arena, &all[0].drift, "Topic", "DisplayName");
    told_text_add(arena, &all[0].held, STR("held"));
    struct told_stage stage = {.applications = all, .count = 3};
    check(pull_stage_line(arena, &stage),
          "orders: 1 to update, overwrites 1 made by hand, 1 held; web: cannot be "
          "planned: no template");
    assert_int_equal(told_stage_level(&stage), TOLD_BLOCKED);
    stage = (struct told_stage){.applications = &all[1], .count = 1};
    check(pull_stage_line(arena, &stage), "nothing to do");
    assert_int_equal(told_stage_level(&stage), TOLD_QUIET);
    arena_free(arena);
}

static void names_of_secrets(void **state)
{
    (void)state;
    static const char *const secret[] = {"Environment.Variables.DB_PASSWORD", "ApiKey", "GITHUB_TOKEN",
                                         "clientSecret", "x.PRIVATE_KEY"};
    static const char *const plain[] = {"Environment.Variables.LOG_LEVEL", "VisibilityTimeout", "Code",
                                        "KeySchema[0].AttributeName", "PrivateDnsName"};
    for (size_t i = 0; i < ARRAY_LENGTH(secret); i++)
        assert_true(pull_name_is_secret(str_from(secret[i])));
    for (size_t i = 0; i < ARRAY_LENGTH(plain); i++)
        assert_false(pull_name_is_secret(str_from(plain[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_dangerous_comes_first), cmocka_unit_test(the_rest_is_said_too),
        cmocka_unit_test(what_does_not_fit_is_counted),  cmocka_unit_test(a_state_may_be_anything),
        cmocka_unit_test(a_stage_in_one_line),           cmocka_unit_test(names_of_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
