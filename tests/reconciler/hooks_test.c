#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reconciler/rollout/hooks.h"
#include "tests/providers/fake_aws.h"

enum { HOUR_MS = 3600 * 1000 };

static const struct hook_function functions[] = {
    {STR("orders-list"), STR("live"), STR("6"), STR("7")},
    {STR("orders-pay"), STR("live"), STR("3"), STR("4")},
};

static struct hook hook_with(int64_t timeout_ms)
{
    return (struct hook){.function = STR("PreTraffic"),
                         .event = STR("BeforeAllowTraffic"),
                         .deployment_id = STR("d-1"),
                         .environment = STR("prod"),
                         .application = STR("orders"),
                         .commit = STR("4f2c1e0"),
                         .functions = functions,
                         .function_count = ARRAY_LENGTH(functions),
                         .timeout_ms = timeout_ms};
}

struct world {
    struct fake_aws fake;
    struct aws *aws;
};

static int setup(void **state)
{
    struct world *world = memory_alloc(sizeof *world);
    fake_init(&world->fake);
    fake_start(&world->fake);
    world->aws = fake_open(&world->fake);
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;
    aws_close(world->aws);
    fake_release(&world->fake);
    free(world);
    return 0;
}

static struct str outcome(struct world *world, const struct hook *hook)
{
    struct hook_outcome out = {.why = STR_EMPTY};
    struct error error = ERROR_INIT;
    struct arena *arena = world->fake.arena;
    if (!hook_run(world->aws, arena, hook, &out, &error))
        return arena_printf(arena, "%s: %s", error_code_name(error.code), error.message);
    return arena_printf(arena, "%s: %.*s", out.passed ? "passed" : "failed", STR_ARG(out.why));
}

#define OK                                                                                                   \
    {                                                                                                        \
        .body = "null"                                                                                       \
    }
#define THROTTLED                                                                                            \
    {                                                                                                        \
        .status = 429, .headers = "x-amzn-ErrorType: TooManyRequestsException", .body = "{}"                 \
    }
#define WAKING                                                                                               \
    {                                                                                                        \
        .status = 409, .headers = "x-amzn-ErrorType: ResourceConflictException", .body = "{}"                \
    }
#define FAILED "X-Amz-Function-Error: Unhandled"

struct hook_case {
    const char *name;
    int64_t timeout_ms;
    struct fake_answer answers[4];
    size_t asked;
    const char *outcome;
};

static const struct hook_case cases[] = {
    {"an answer", HOUR_MS, {OK}, 1, "passed: hook PreTraffic succeeded"},
    {"no answer's text", HOUR_MS, {{.body = ""}}, 1, "passed: hook PreTraffic succeeded"},
    {"what is no JSON", HOUR_MS, {{.body = "Failed"}}, 1, "passed: hook PreTraffic succeeded"},
    {"its word", HOUR_MS, {{.body = "{\"status\":\"Succeeded\"}"}}, 1, "passed: hook PreTraffic succeeded"},
    {"another word", HOUR_MS, {{.body = "{\"status\":\"fine\"}"}}, 1, "passed: hook PreTraffic succeeded"},
    {"a list", HOUR_MS, {{.body = "[\"Failed\"]"}}, 1, "passed: hook PreTraffic succeeded"},
    {"its no",
     HOUR_MS,
     {{.body = "{\"status\":\"Failed\"}"}},
     1,
     "failed: hook PreTraffic says that it failed"},
    {"its no in capitals",
     HOUR_MS,
     {{.body = "{\"Status\":\"FAILED\",\"reason\":\"no\\nstock\"}"}},
     1,
     "failed: hook PreTraffic says that it failed: no\\nstock"},
    {"a failure",
     HOUR_MS,
     {{.headers = FAILED, .body = "{\"errorMessage\":\"table is gone\"}"}},
     1,
     "failed: hook PreTraffic failed: table is gone"},
    {"a failure of one that reports to CodeDeploy",
     HOUR_MS,
     {{.headers = FAILED,
       .body = "{\"errorMessage\":\"An error occurred (DeploymentDoesNotExistException) when calling the "
               "PutLifecycleEventHookExecutionStatus operation: no such deployment\"}"}},
     1,
     "failed: hook PreTraffic failed: An error occurred (DeploymentDoesNotExistException) when calling the "
     "PutLifecycleEventHookExecutionStatus operation: no such deployment.  CodeDeploy does not know the "
     "deployments of 'driver: plumb': say `hooks: {report: codedeploy}`, or let the hook answer "
     "{\"status\": \"Succeeded\"} or {\"status\": \"Failed\"} where its event has \"Plumb\""},
    {"a failure outweighs an answer",
     HOUR_MS,
     {{.headers = FAILED, .body = "{\"status\":\"Succeeded\"}"}},
     1,
     "failed: hook PreTraffic failed: it gives no reason"},
    {"throttling passes", HOUR_MS, {THROTTLED, THROTTLED, OK}, 3, "passed: hook PreTraffic succeeded"},
    {"a function wakes up", HOUR_MS, {WAKING, OK}, 2, "passed: hook PreTraffic succeeded"},
    {"an outage passes",
     HOUR_MS,
     {{.status = 503}, {.lost = ERROR_UNAVAILABLE}, OK},
     3,
     "passed: hook PreTraffic succeeded"},
    {"a lost answer is asked for again",
     HOUR_MS,
     {{.lost = ERROR_TIMEOUT, .takes_ms = 350 * 1000}, OK},
     2,
     "passed: hook PreTraffic succeeded"},
    {"silence to the end",
     60 * 1000,
     {{.lost = ERROR_TIMEOUT, .takes_ms = 60 * 1000}, OK},
     1,
     "failed: hook PreTraffic gave no answer within 60 s"},
    {"silence almost to the end, for credentials were fetched",
     60 * 1000,
     {{.lost = ERROR_TIMEOUT, .takes_ms = 58 * 1000}, OK},
     1,
     "failed: hook PreTraffic gave no answer within 60 s"},
    {"silence for longer than Lambda runs",
     HOUR_MS,
     {{.lost = ERROR_TIMEOUT, .takes_ms = HOOK_ANSWER_MS}, OK},
     1,
     "failed: hook PreTraffic gave no answer within 930 s"},
    {"throttling to the end",
     1000,
     {{.status = 429,
       .headers = "x-amzn-ErrorType: TooManyRequestsException",
       .body = "{\"message\":\"Rate Exceeded.\"}",
       .takes_ms = 600},
      {.status = 429,
       .headers = "x-amzn-ErrorType: TooManyRequestsException",
       .body = "{\"message\":\"Rate Exceeded.\"}",
       .takes_ms = 600},
      OK},
     2,
     "failed: hook PreTraffic could not be run within 1 s: lambda Invoke: TooManyRequestsException: Rate "
     "Exceeded."},
    {"no time", 0, {OK}, 0, "failed: hook PreTraffic could not be run within 0 s: no time was left"},
    {"it does not exist",
     HOUR_MS,
     {{.status = 404,
       .headers = "x-amzn-ErrorType: ResourceNotFoundException",
       .body = "{\"Message\":\"no\"}"},
      OK},
     1,
     "not found: hook PreTraffic: lambda Invoke: ResourceNotFoundException: no"},
    {"plumb may not",
     HOUR_MS,
     {{.status = 403, .headers = "x-amzn-ErrorType: AccessDeniedException", .body = "{\"Message\":\"no\"}"},
      OK},
     1,
     "denied: hook PreTraffic: lambda Invoke: AccessDeniedException: no"},
    {"plumb is asked to stop",
     HOUR_MS,
     {{.status = 429, .headers = "x-amzn-ErrorType: TooManyRequestsException", .body = "{}", .cancels = true},
      OK},
     1,
     "cancelled: hook PreTraffic: asked to stop"},
};

static void comes_to_a_verdict(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        void *fresh;
        struct world *world;
        setup(&fresh);
        world = fresh;
        const struct hook hook = hook_with(cases[i].timeout_ms);
        fake_script(&world->fake, cases[i].answers, ARRAY_LENGTH(cases[i].answers));
        struct str got = outcome(world, &hook);
        if (!str_starts(got, cases[i].outcome) || world->fake.asked != cases[i].asked)
            fail_msg("%s: %zu requests\nwanted: %s\ngot:    %.*s", cases[i].name, world->fake.asked,
                     cases[i].outcome, STR_ARG(got));
        teardown(&fresh);
    }
}

/* Each attempt says the same; another deployment, event or function has another id. */
static void tells_what_it_is_about(void **state)
{
    static const struct fake_answer answers[] = {THROTTLED, OK};
    struct world *world = *state;
    struct arena *arena = world->fake.arena;
    const struct hook hook = hook_with(HOUR_MS);
    struct str id = hook_execution_id(arena, &hook);
    const char *line =
        arena_printf(
            arena,
            "POST https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/PreTraffic/invocations "
            "[RequestResponse] {\"DeploymentId\":\"d-1\",\"LifecycleEventHookExecutionId\":\"%.*s\","
            "\"Plumb\":{\"event\":\"BeforeAllowTraffic\",\"environment\":\"prod\","
            "\"application\":\"orders\",\"commit\":\"4f2c1e0\",\"functions\":[{\"name\":\"orders-list\","
            "\"alias\":\"live\",\"currentVersion\":\"6\",\"targetVersion\":\"7\"},"
            "{\"name\":\"orders-pay\",\"alias\":\"live\",\"currentVersion\":\"3\","
            "\"targetVersion\":\"4\"}]}}\n",
            STR_ARG(id))
            .ptr;
    world->fake.show = "X-Amz-Invocation-Type";
    fake_script(&world->fake, answers, ARRAY_LENGTH(answers));
    assert_text(outcome(world, &hook), "passed: hook PreTraffic succeeded");
    assert_text(fake_requests(&world->fake), arena_printf(arena, "%s%s", line, line).ptr);
    assert_int_equal(world->fake.timeout_ms, HOOK_ANSWER_MS);
    struct hook others[] = {hook, hook, hook};
    others[0].deployment_id = STR("d-2");
    others[1].event = STR("AfterAllowTraffic");
    others[2].function = STR("Other");
    assert_int_equal(id.len, 32);
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++)
        assert_false(str_equal(id, hook_execution_id(arena, &others[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_to_a_verdict),
        cmocka_unit_test_setup_teardown(tells_what_it_is_about, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
