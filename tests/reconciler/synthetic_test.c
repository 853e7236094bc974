#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/digest.h"
#include "reconciler/rollout/synthetic.h"
#include "tests/providers/fake_aws.h"

struct world {
    struct fake_aws fake;
    struct aws *aws;
    atomic_bool cancelled;
};

static int setup(void **state)
{
    struct world *world = memory_alloc(sizeof *world);
    memset(world, 0, sizeof *world);
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

/* "passed List: status 200 in 34 ms", "not passed ...", or the error. */
static struct str outcome(struct world *world, const struct value *request, struct synthetic_outcome *out)
{
    struct error error = ERROR_INIT;
    struct arena *arena = world->fake.arena;
    const struct synthetic_options options = {
        .aws = world->aws, .http = &world->fake.http, .cancelled = &world->cancelled};
    *out = (struct synthetic_outcome){.why = STR_EMPTY};
    if (!synthetic_send(&options, arena, request, STR("7"), out, &error))
        return arena_printf(arena, "%s: %s", error_code_name(error.code), error.message);
    return arena_printf(arena, "%s %.*s", out->passed ? "passed" : "not passed", STR_ARG(out->why));
}

struct request_case {
    const char *request; /* beside its name, with ' for " */
    struct fake_answer answer;
    const char *outcome;
};

static void check(struct world *world, const struct request_case *cases, size_t count, const char *place)
{
    for (size_t i = 0; i < count; i++) {
        struct synthetic_outcome out;
        const struct request_case *c = &cases[i];
        struct str text = arena_printf(world->fake.arena, "{'name':'List',%s%s}", place, c->request);
        fake_script(&world->fake, &c->answer, 1);
        struct str got = outcome(world, fake_json(world->fake.arena, text.ptr), &out);
        if (!str_is(got, c->outcome) || world->fake.asked != 1)
            fail_msg("%s\nwanted: %s\ngot:    %.*s", c->request, c->outcome, STR_ARG(got));
    }
}

#define FAILED "X-Amz-Function-Error: Unhandled"
#define PROXY(STATUS, BODY) "{\"statusCode\":" STATUS ",\"body\":\"" BODY "\"}"

static const struct request_case function_cases[] = {
    {"", {.body = "{\"items\":[]}", .takes_ms = 34}, "passed List: answered in 34 ms"},
    {"", {.body = "not JSON", .takes_ms = 5}, "passed List: answered in 5 ms"},
    {"", {.body = "null"}, "passed List: answered in 0 ms"},
    {"", {.body = PROXY("200", "ok"), .takes_ms = 34}, "passed List: status 200 in 34 ms"},
    {"", {.body = PROXY("\"201\"", "ok")}, "passed List: status 201 in 0 ms"},
    {"", {.body = PROXY("500", "no")}, "not passed List: status 500"},
    {"", {.body = PROXY("404", "no")}, "not passed List: status 404"},
    {",'expect':{'status':404}", {.body = PROXY("404", "no")}, "passed List: status 404 in 0 ms"},
    {",'expect':{'status':200}", {.body = PROXY("500", "no")}, "not passed List: status 500 instead of 200"},
    {",'expect':{'status':200}",
     {.body = "{}"},
     "not passed List: the answer has no status, expected is 200"},
    {",'expect':{'latency':100}", {.body = "{}", .takes_ms = 100}, "passed List: answered in 100 ms"},
    {",'expect':{'latency':100}",
     {.body = "{}", .takes_ms = 101},
     "not passed List: 101 ms instead of 100 at most"},
    {"",
     {.headers = FAILED,
      .body = "{\"errorMessage\":\"table\\n\\u001b[31m is gone\",\"errorType\":\"Error\"}"},
     "not passed List: the function failed: table\\n\\x1b[31m is gone"},
    {"",
     {.headers = FAILED, .body = "{\"errorType\":\"Runtime.ExitError\"}"},
     "not passed List: the function failed: Runtime.ExitError"},
    {"", {.headers = FAILED, .body = "oops"}, "not passed List: the function failed: it gives no reason"},
    {",'expect':{'status':500}",
     {.headers = FAILED, .body = PROXY("500", "x")},
     "not passed List: the function failed: it gives no reason"},
    {"", {.lost = ERROR_TIMEOUT, .takes_ms = 30000}, "not passed List: no answer after 30000 ms"},
    {"", {.lost = ERROR_UNAVAILABLE}, "unavailable: List: lambda Invoke: no answer"},
    {"",
     {.status = 429,
      .body = "{\"message\":\"Rate Exceeded.\"}",
      .headers = "x-amzn-ErrorType: TooManyRequestsException"},
     "throttled: List: lambda Invoke: TooManyRequestsException: Rate Exceeded."},
    {"",
     {.status = 403, .body = "{\"message\":\"no\"}", .headers = "x-amzn-ErrorType: AccessDeniedException"},
     "denied: List: lambda Invoke: AccessDeniedException: no"},
};

static void judges_functions(void **state)
{
    check(*state, function_cases, ARRAY_LENGTH(function_cases), "'function':'orders-list'");
}

struct body_case {
    const char *expected, *body, *why; /* "": passed */
};

static const struct body_case body_cases[] = {
    {"'total'", "the total is 3", ""},
    {"'total'", "the sum is 3", "the body does not contain \"total\""},
    {"''", "", ""},
    {"{'a':1}", "{\"a\":1.0,\"b\":2}", ""},
    {"{'a':1}", "{\"a\":\"1\"}", "the body's 'a' is not 1"},
    {"{'a':'1'}", "{\"a\":1}", "the body's 'a' is not \"1\""},
    {"{'a':{'b':{'c':true}}}", "{\"a\":{\"b\":{\"c\":true,\"d\":0}}}", ""},
    {"{'a':{'b':{'c':true}}}", "{\"a\":{\"b\":{\"c\":false}}}", "the body's 'a.b.c' is not true"},
    {"{'a':{'b':1}}", "{\"a\":{\"c\":1}}", "the body has no 'a.b'"},
    {"{'a':{'b':1}}", "{\"a\":[1]}", "the body's 'a' is not a map"},
    {"{'a':{}}", "{\"a\":{\"x\":1}}", ""},
    {"{'a':null}", "{\"a\":null}", ""},
    {"{'a':null}", "{}", "the body has no 'a'"},
    {"{}", "[]", "the body is not a map"},
    {"{'a':[1,2]}", "{\"a\":[1,2]}", ""},
    {"{'a':[1,2]}", "{\"a\":[1,2,3]}", "the body's 'a' is not [1,2]"},
    {"{'a':[{'b':1}]}", "{\"a\":[{\"b\":1,\"c\":2}]}", "the body's 'a' is not [{\"b\":1}]"},
    {"[1,2]", "[1,2]", ""},
    {"[1,2]", "[2,1]", "the body is not [1,2]"},
    {"3", "3", ""},
    {"3", "4", "the body is not 3"},
    {"{'a':1}", "<html>", "the body is not JSON"},
    {"{'a':1}", "", "the body is not JSON"},
};

/* The same by a function that answers as itself, by a proxy answer in base64, and by a URL. */
static void judges_bodies(void **state)
{
    struct world *world = *state;
    struct arena *arena = world->fake.arena;
    for (size_t i = 0; i < ARRAY_LENGTH(body_cases); i++) {
        const struct body_case *c = &body_cases[i];
        struct fake_answer answers[3] = {{.body = c->body}, {.body = NULL}, {.body = c->body}};
        struct str coded = base64_encode(arena, str_from(c->body));
        answers[1].body =
            arena_printf(arena, "{\"statusCode\":200,\"isBase64Encoded\":true,\"body\":\"%.*s\"}",
                         STR_ARG(coded))
                .ptr;
        fake_script(&world->fake, answers, ARRAY_LENGTH(answers));
        for (size_t k = 0; k < ARRAY_LENGTH(answers); k++) {
            struct synthetic_outcome out;
            struct str text =
                arena_printf(arena, "{'name':'List','%s':'https://x.example','expect':{'body':%s}}",
                             k == 2 ? "url" : "function", c->expected);
            outcome(world, fake_json(arena, text.ptr), &out);
            const char *wanted = arena_printf(arena, "List: %s", c->why).ptr;
            if (out.passed != !*c->why || (*c->why && !str_is(out.why, wanted)))
                fail_msg("%s of %s (%zu): %s\ngot: %.*s", c->expected, c->body, k, wanted, STR_ARG(out.why));
        }
    }
}

static const struct request_case url_cases[] = {
    {"", {.body = "ok", .takes_ms = 34}, "passed List: status 200 in 34 ms"},
    {"", {.status = 301}, "passed List: status 301 in 0 ms"},
    {"", {.status = 503}, "not passed List: status 503"},
    {",'expect':{'status':503}", {.status = 503}, "passed List: status 503 in 0 ms"},
    {",'expect':{'status':204}", {.status = 200}, "not passed List: status 200 instead of 204"},
    {",'expect':{'latency':50}", {.takes_ms = 51}, "not passed List: 51 ms instead of 50 at most"},
    {"", {.lost = ERROR_TIMEOUT}, "not passed List: no answer: no answer"},
    {"", {.lost = ERROR_UNAVAILABLE}, "not passed List: no answer: no answer"},
    {"", {.lost = ERROR_OUT_OF_MEMORY}, "not passed List: no answer: no answer"},
    {"", {.lost = ERROR_INVALID}, "invalid: List: no answer"},
    {"", {.lost = ERROR_CANCELLED}, "cancelled: List: no answer"},
};

static void judges_urls(void **state)
{
    check(*state, url_cases, ARRAY_LENGTH(url_cases), "'url':'https://shop.example/list'");
}

struct sent_case {
    const char *request, *shown;
    const char *sent;
    int64_t timeout_ms;
};

static const struct sent_case sent_cases[] = {
    {"{'function':'orders-list'}", "X-Amz-Invocation-Type",
     "POST https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/orders-list/invocations?Qualifier=7 "
     "[RequestResponse] {}\n",
     30000},
    {"{'function':'f','payload':{'a':[1,null]},'expect':{'latency':200}}", NULL,
     "POST https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/f/invocations?Qualifier=7 "
     "{\"a\":[1,null]}\n",
     2000},
    {"{'function':'arn:aws:lambda:us-east-1:111111111111:function:f','payload':'[1]'}", NULL,
     "POST https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/"
     "arn%3Aaws%3Alambda%3Aus-east-1%3A111111111111%3Afunction%3Af/invocations?Qualifier=7 [1]\n",
     30000},
    {"{'url':'https://shop.example/list?a=1'}", NULL, "GET https://shop.example/list?a=1\n", 30000},
    {"{'url':'https://shop.example/','method':'HEAD','headers':{'X-Probe':'1'},'expect':{'latency':4000}}",
     "x-probe", "HEAD https://shop.example/ [1]\n", 30000},
    {"{'url':'https://shop.example/','body':{'a':1}}", "content-type",
     "POST https://shop.example/ [application/json] {\"a\":1}\n", 30000},
    {"{'url':'https://shop.example/','method':'PUT','body':'a=1','headers':{'content-type':'text/x'},"
     "'expect':{'latency':1}}",
     "Content-Type", "PUT https://shop.example/ [text/x] a=1\n", 10},
    {"{'url':'https://shop.example/','body':'a=1'}", "Content-Type", "POST https://shop.example/ a=1\n",
     30000},
};

static void sends_what_is_asked_for(void **state)
{
    static const struct fake_answer ok[] = {{.body = "{}"}};
    struct world *world = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(sent_cases); i++) {
        struct synthetic_outcome out;
        fake_script(&world->fake, ok, 1);
        world->fake.show = sent_cases[i].shown;
        outcome(world, fake_json(world->fake.arena, sent_cases[i].request), &out);
        assert_text(fake_requests(&world->fake), sent_cases[i].sent);
        assert_int_equal(world->fake.timeout_ms, sent_cases[i].timeout_ms);
    }
}

/* Secrets are sent and compared, and not told. */
static void masks_secrets(void **state)
{
    static const struct fake_answer answers[] = {{.body = "{\"token\":\"other\"}"},
                                                 {.body = "{\"token\":\"hush\"}"}};
    struct world *world = *state;
    struct arena *arena = world->fake.arena;
    struct value *request =
        fake_json(arena, "{'name':'Login','url':'https://x.example/','headers':{},'body':{},"
                         "'expect':{'body':{}}}");
    value_setz(arena, value_get(request, "headers"), "Authorization",
               value_secret(arena, STR("Bearer hush")));
    value_setz(arena, value_get(request, "body"), "password", value_secret(arena, STR("hush")));
    value_setz(arena, value_path(request, "expect", "body", NULL), "token", value_secret(arena, STR("hush")));
    struct synthetic_outcome out;
    world->fake.show = "authorization";
    fake_script(&world->fake, answers, 2);
    assert_text(outcome(world, request, &out), "not passed Login: the body's 'token' is not \"****\"");
    assert_text(fake_requests(&world->fake),
                "POST https://x.example/ [Bearer hush] {\"password\":\"hush\"}\n");
    assert_true(str_starts(outcome(world, request, &out), "passed"));
}

/* --- the pace --- */

struct pace_case {
    const char *name;
    int64_t per_minute, tick_ms, ticks;
    int64_t sent, most; /* in all; in one tick behind the first */
};

static const struct pace_case pace_cases[] = {
    {"one a minute", 1, 1000, 601, 11, 1},
    {"one a second", 60, 1000, 601, 601, 1},
    {"seven a minute", 7, 1000, 601, 71, 1},
    {"faster ticks", 60, 10, 6001, 61, 1},
    {"ten a second", 600, 1000, 61, 601, 10},
    {"late ticks", 60, 10 * 1000, 7, 61, 10},
    {"after a pause a sixth", 60, 600 * 1000, 2, 11, 10},
    {"after a pause one at least", 1, 3600 * 1000, 4, 4, 1},
    {"none", 0, 1000, 10, 0, 0},
};

static void keeps_the_pace(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(pace_cases); i++) {
        const struct pace_case *c = &pace_cases[i];
        struct synthetic_pace pace = {0};
        int64_t now = 5000, sent = 0, most = 0;
        for (int64_t k = 0; k < c->ticks; k++, now += c->tick_ms) {
            int64_t due = synthetic_due(&pace, c->per_minute, now);
            sent += due;
            most = k && due > most ? due : most;
        }
        if (sent != c->sent || most != c->most)
            fail_msg("%s: %lld sent, at most %lld", c->name, (long long)sent, (long long)most);
    }
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(judges_functions),        CASE(judges_bodies), CASE(judges_urls),
        CASE(sends_what_is_asked_for), CASE(masks_secrets), cmocka_unit_test(keeps_the_pace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
