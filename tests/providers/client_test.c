#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "tests/providers/fake_aws.h"

enum { GET, PUT, CREATE, START, LIST };

static const struct aws_operation operations[] = {
    [GET] = {.service = &fake_things, .name = "Get", .safety = AWS_READ},
    [PUT] = {.service = &fake_things, .name = "Put", .safety = AWS_NATURAL},
    [CREATE] = {.service = &fake_things, .name = "Create", .safety = AWS_READ_BACK},
    [START] = {.service = &fake_things, .name = "Start", .safety = AWS_TOKEN},
    [LIST] = {.service = &fake_things,
              .name = "List",
              .safety = AWS_READ,
              .page_in = "NextToken",
              .page_out = "Page.Next",
              .page_items = "Page.Items,More"},
};

static const char html[] = "<html><body>Bad gateway<br></body></html>";
#define OK                                                                                                   \
    {                                                                                                        \
        .body = "{\"A\":1}"                                                                                  \
    }
#define LOST                                                                                                 \
    {                                                                                                        \
        .lost = ERROR_TIMEOUT                                                                                \
    }
#define REFUSED                                                                                              \
    {                                                                                                        \
        .lost = ERROR_UNAVAILABLE                                                                            \
    }
#define THROTTLED                                                                                            \
    {                                                                                                        \
        .status = 400, .body = "{\"__type\":\"ThrottlingException\",\"message\":\"Rate exceeded\"}"          \
    }

struct retry_case {
    const char *name;
    int operation;
    struct fake_answer answers[6];
    size_t requests; /* that may be sent */
    const char *outcome;
};

static const struct retry_case retry_cases[] = {
    {"an answer", GET, {OK}, 1, "{\"A\":1}"},
    {"a read is asked again", GET, {LOST, LOST, OK}, 3, "{\"A\":1}"},
    {"three times at most", GET, {LOST, LOST, LOST, OK}, 3, "timeout: things Get: no answer"},
    {"a natural write is sent again", PUT, {LOST, OK}, 2, "{\"A\":1}"},
    {"a token makes it safe", START, {LOST, {.status = 500}, OK}, 3, "{\"A\":1}"},
    {"a create may have happened", CREATE, {LOST, OK}, 1, "timeout: things Create: no answer"},
    {"a create that was not sent is sent", CREATE, {REFUSED, OK}, 2, "{\"A\":1}"},
    {"a throttled create has not happened", CREATE, {THROTTLED, OK}, 2, "{\"A\":1}"},
    {"a create may have happened behind a 500",
     CREATE,
     {{.status = 500, .body = "{\"__type\":\"InternalFailure\"}"}, OK},
     1,
     "timeout: things Create: InternalFailure: "},
    {"a create may have happened behind a gateway",
     CREATE,
     {{.status = 504, .body = html}, OK},
     1,
     "timeout: things Create: status 504 without a reason"},
    {"a create has happened behind a cut answer",
     CREATE,
     {{.body = "{\"A\":"}, OK},
     1,
     "timeout: things Create: answer is not JSON: "},
    {"pages for people, nothing, a cut answer",
     GET,
     {{.status = 502, .body = html}, {.body = "{\"A\":"}, OK},
     3,
     "{\"A\":1}"},
    {"an empty answer is an empty map", GET, {{.body = NULL}}, 1, "{}"},
    {"a page of a gateway is no answer", GET, {{.body = html}, OK}, 2, "{\"A\":1}"},
    {"a mistake is not repeated",
     GET,
     {{.status = 400,
       .headers = "x-amzn-RequestId: 7",
       .body = "{\"__type\":\"com.amazon.coral#ValidationException\",\"message\":\"no\"}"},
      OK},
     1,
     "invalid: things Get: ValidationException: no (request 7)"},
    {"throttling lasts",
     GET,
     {THROTTLED, THROTTLED, THROTTLED, OK},
     3,
     "throttled: things Get: ThrottlingException: Rate exceeded"},
    {"a wrong endpoint proves no absence",
     GET,
     {{.status = 404, .body = html}, {.status = 404, .body = html}, {.status = 404, .body = html}},
     3,
     "unavailable: things Get: status 404, but not from AWS: is the endpoint right?"},
    {"expired credentials are renewed once",
     CREATE,
     {{.status = 403, .body = "{\"__type\":\"ExpiredTokenException\"}"}, OK},
     2,
     "{\"A\":1}"},
    {"and only once",
     GET,
     {{.status = 403, .body = "{\"__type\":\"ExpiredTokenException\"}"},
      {.status = 403, .body = "{\"__type\":\"ExpiredTokenException\"}"},
      OK},
     2,
     "denied: things Get: ExpiredTokenException: "},
};

static void retries_by_safety(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(retry_cases); i++) {
        const struct retry_case *c = &retry_cases[i];
        struct fake_aws fake;
        fake_init(&fake);
        fake_start(&fake);
        struct aws *aws = fake_open(&fake);
        fake_script(&fake, c->answers, ARRAY_LENGTH(c->answers));
        struct str got = fake_outcome(&fake, aws, &operations[c->operation]);
        if (fake.asked != c->requests || !str_starts(got, c->outcome) || fake.slept_ms > 3000)
            fail_msg("%s: %zu requests, %.*s (%lld ms slept)", c->name, fake.asked, STR_ARG(got),
                     (long long)fake.slept_ms);
        aws_close(aws);
        fake_release(&fake);
    }
}

/* 500 allows 25 calls of three attempts that time out (10 a retry); after that nothing is repeated. */
static void quota_stops_storms(void **state)
{
    (void)state;
    static struct fake_answer answers[200];
    for (size_t i = 0; i < ARRAY_LENGTH(answers); i++)
        answers[i] = (struct fake_answer)LOST;
    struct fake_aws fake;
    fake_init(&fake);
    fake_start(&fake);
    struct aws *aws = fake_open(&fake);
    fake_script(&fake, answers, ARRAY_LENGTH(answers));
    for (int i = 0; i < 40; i++)
        fake_outcome(&fake, aws, &operations[GET]);
    assert_int_equal(fake.asked, 25 * 3 + 15);
    struct aws_counters counters = aws_session_counters(fake.session);
    assert_int_equal(counters.retried, 50);
    assert_int_equal(counters.calls, 41);
    aws_close(aws);
    fake_release(&fake);
}

static void corrects_the_clock(void **state)
{
    (void)state;
    static const struct fake_answer answers[] = {
        {.status = 403,
         .headers = "Date: Sun, 30 Aug 2015 12:46:00 GMT",
         .body = "{\"__type\":\"InvalidSignatureException\",\"message\":\"Signature expired\"}"},
        OK,
        OK,
    };
    struct fake_aws fake;
    fake_init(&fake);
    fake_start(&fake);
    struct aws *aws = fake_open(&fake);
    fake.show = "X-Amz-Date";
    fake.log.least = LOG_ERROR;
    fake_script(&fake, answers, ARRAY_LENGTH(answers));
    assert_text(fake_outcome(&fake, aws, &operations[CREATE]), "{\"A\":1}");
    assert_text(fake_outcome(&fake, aws, &operations[CREATE]), "{\"A\":1}");
    assert_text(fake_requests(&fake), "POST https://things.us-east-1.amazonaws.com/ [20150830T123600Z] {}\n"
                                      "POST https://things.us-east-1.amazonaws.com/ [20150830T124600Z] {}\n"
                                      "POST https://things.us-east-1.amazonaws.com/ [20150830T124600Z] {}\n");
    aws_close(aws);
    fake_release(&fake);
}

/* A wrong key gives the same error name; its answer's Date is right, so nothing is repeated. */
static void leaves_a_right_clock_alone(void **state)
{
    (void)state;
    static const struct fake_answer answers[] = {
        {.status = 403,
         .headers = "Date: Sun, 30 Aug 2015 12:38:00 GMT",
         .body = "{\"__type\":\"InvalidSignatureException\",\"message\":\"no\"}"},
        OK,
    };
    struct fake_aws fake;
    fake_init(&fake);
    fake_start(&fake);
    struct aws *aws = fake_open(&fake);
    fake_script(&fake, answers, ARRAY_LENGTH(answers));
    assert_text(fake_outcome(&fake, aws, &operations[GET]),
                "denied: things Get: InvalidSignatureException: no");
    assert_int_equal(fake.asked, 1);
    aws_close(aws);
    fake_release(&fake);
}

static void stops_when_cancelled(void **state)
{
    (void)state;
    static const struct fake_answer answers[] = {{.status = 503, .cancels = true}, OK};
    struct fake_aws fake;
    fake_init(&fake);
    fake_start(&fake);
    struct aws *aws = fake_open(&fake);
    fake_script(&fake, answers, ARRAY_LENGTH(answers));
    assert_text(fake_outcome(&fake, aws, &operations[GET]), "cancelled: things Get: asked to stop");
    assert_int_equal(fake.asked, 1);
    aws_close(aws);
    fake_release(&fake);
}

/* Three minutes after its start a call is not repeated. */
static void keeps_the_deadline(void **state)
{
    (void)state;
    static const struct fake_answer answers[] = {
        {.lost = ERROR_TIMEOUT, .takes_ms = 100 * 1000}, {.lost = ERROR_TIMEOUT, .takes_ms = 80 * 1000}, OK};
    struct fake_aws fake;
    fake_init(&fake);
    fake_start(&fake);
    struct aws *aws = fake_open(&fake);
    fake_script(&fake, answers, ARRAY_LENGTH(answers));
    assert_text(fake_outcome(&fake, aws, &operations[GET]), "timeout: things Get: no answer");
    assert_int_equal(fake.asked, 2);
    aws_close(aws);
    fake_release(&fake);
}

/* 10 a second, 2 at once: 12 calls take a second, and after throttling half as fast. */
static void paces(void **state)
{
    (void)state;
    static struct fake_answer answers[40];
    for (size_t i = 0; i < ARRAY_LENGTH(answers); i++)
        answers[i] = (struct fake_answer)OK;
    answers[12] = (struct fake_answer)THROTTLED;
    struct fake_aws fake;
    fake_init(&fake);
    fake.pacing = true;
    fake_start(&fake);
    struct aws *aws = fake_open(&fake);
    fake_script(&fake, answers, ARRAY_LENGTH(answers));
    for (int i = 0; i < 12; i++)
        fake_outcome(&fake, aws, &operations[GET]);
    assert_in_range(fake.slept_ms, 1000, 1020);
    fake_outcome(&fake, aws, &operations[GET]);
    int64_t slow = fake.slept_ms;
    for (int i = 0; i < 4; i++)
        fake_outcome(&fake, aws, &operations[GET]);
    assert_in_range(fake.slept_ms - slow, 4 * 100 + 100, 4 * 200 + 10);
    aws_set_share(aws, 0.5);
    for (slow = fake.slept_ms; fake.asked < 22;)
        fake_outcome(&fake, aws, &operations[GET]);
    assert_in_range(fake.slept_ms - slow, 3 * 200, 5 * 400);
    assert_int_equal(aws_session_counters(fake.session).throttled, 1);
    aws_close(aws);
    fake_release(&fake);
}

struct page_case {
    const char *name;
    struct fake_answer answers[4];
    const char *outcome, *requests;
};

static const struct page_case page_cases[] = {
    {"one page", {{.body = "{\"Page\":{\"Items\":[1,2]}}"}}, "[1,2]", "{'Max':5}\n"},
    {"two lists a page",
     {{.body = "{\"Page\":{\"Items\":[1],\"Next\":\"a\"},\"More\":[2]}"}, {.body = "{\"More\":[3]}"}},
     "[1,2,3]",
     "{'Max':5}\n{'Max':5,'NextToken':'a'}\n"},
    {"no list", {{.body = "{}"}}, "[]", "{'Max':5}\n"},
    {"an empty page with a token goes on",
     {{.body = "{\"Page\":{\"Items\":[1],\"Next\":\"a\"}}"},
      {.body = "{\"Page\":{\"Items\":[],\"Next\":\"b\"}}"},
      {.body = "{\"Page\":{\"Items\":[2],\"Next\":\"\"}}"}},
     "[1,2]",
     "{'Max':5}\n{'Max':5,'NextToken':'a'}\n{'Max':5,'NextToken':'b'}\n"},
    {"a token that repeats",
     {{.body = "{\"Page\":{\"Items\":[1],\"Next\":\"a\"}}"},
      {.body = "{\"Page\":{\"Items\":[2],\"Next\":\"b\"}}"},
      {.body = "{\"Page\":{\"Items\":[3],\"Next\":\"a\"}}"}},
     "corrupt: things List gives the same page token again",
     "{'Max':5}\n{'Max':5,'NextToken':'a'}\n{'Max':5,'NextToken':'b'}\n"},
    {"a token that expires",
     {{.body = "{\"Page\":{\"Items\":[1],\"Next\":\"a\"}}"},
      {.status = 400, .body = "{\"__type\":\"InvalidNextTokenException\"}"}},
     "invalid: things List: InvalidNextTokenException: ",
     "{'Max':5}\n{'Max':5,'NextToken':'a'}\n"},
};

static struct str bodies(struct fake_aws *fake)
{
    static const char prefix[] = "POST https://things.us-east-1.amazonaws.com/ ";
    struct str rest = fake_requests(fake), line;
    struct str out = STR_EMPTY;
    while (rest.len && str_split(&rest, '\n', &line))
        out = arena_printf(fake->arena, "%.*s%.*s\n", STR_ARG(out),
                           STR_ARG(str_from_index(line, sizeof prefix - 1)));
    char *text = arena_strz(fake->arena, out);
    for (char *c = text; *c; c++)
        *c = *c == '"' ? '\'' : *c;
    return str_from(text);
}

static void follows_pages(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(page_cases); i++) {
        const struct page_case *c = &page_cases[i];
        struct fake_aws fake;
        struct error error = ERROR_INIT;
        struct value *items;
        fake_init(&fake);
        fake_start(&fake);
        struct aws *aws = fake_open(&fake);
        fake_script(&fake, c->answers, ARRAY_LENGTH(c->answers));
        bool done =
            aws_list(aws, &operations[LIST], fake.arena, fake_json(fake.arena, "{'Max':5}"), &items, &error);
        struct str got = done
                             ? json_text(fake.arena, items, JSON_COMPACT)
                             : arena_printf(fake.arena, "%s: %s", error_code_name(error.code), error.message);
        assert_text(got, c->outcome);
        assert_text(bodies(&fake), c->requests);
        aws_close(aws);
        fake_release(&fake);
    }
}

static bool done_at_fifth(void *self, bool *done, struct error *error)
{
    (void)error;
    *done = ++*(int *)self == 5;
    return true;
}

static bool fails(void *self, bool *done, struct error *error)
{
    (void)self;
    (void)done;
    return error_set(error, ERROR_DENIED, "no");
}

static void waits(void **state)
{
    (void)state;
    struct fake_aws fake;
    struct error error = ERROR_INIT;
    int probes = 0;
    fake_init(&fake);
    fake_start(&fake);
    struct aws *aws = fake_open(&fake);
    assert_true(aws_wait(aws, "it", 60 * 1000, done_at_fifth, &probes, &error));
    assert_int_equal(fake.slept_ms, 100 + 200 + 400 + 800);
    probes = 5;
    assert_false(aws_wait(aws, "the table to be there", 10 * 1000, done_at_fifth, &probes, &error));
    assert_text(str_from(error.message), "waited 10 s for the table to be there");
    assert_int_equal(error.code, ERROR_TIMEOUT);
    assert_int_equal(fake.slept_ms, 1500 + 10 * 1000);
    assert_false(aws_wait(aws, "it", 1000, fails, NULL, &error));
    assert_int_equal(error.code, ERROR_DENIED);
    aws_close(aws);
    fake_release(&fake);
}

struct heard {
    struct arena *arena;
    struct str text;
};

static void hear_before(void *self, const struct aws_operation *operation, const struct value *input)
{
    struct heard *heard = self;
    struct str params = input ? json_text(heard->arena, input, JSON_COMPACT) : STR("-");
    heard->text =
        arena_printf(heard->arena, "%.*s> %s %.*s\n", STR_ARG(heard->text), operation->name, STR_ARG(params));
}

static void hear_after(void *self, const struct aws_operation *operation, const struct value *input,
                       const struct error *error)
{
    struct heard *heard = self;
    (void)input;
    heard->text = arena_printf(heard->arena, "%.*s< %s %s\n", STR_ARG(heard->text), operation->name,
                               error ? error_code_name(error->code) : "ok");
}

/* Once a call, however often it is sent. */
static void tells_observers(void **state)
{
    (void)state;
    static const struct fake_answer answers[] = {LOST, OK, {.status = 403}};
    struct fake_aws fake;
    fake_init(&fake);
    fake_start(&fake);
    struct heard heard = {.arena = fake.arena, .text = STR_EMPTY};
    aws_session_observe(fake.session, &(struct aws_observer){&heard, hear_before, hear_after});
    struct aws *aws = fake_open(&fake);
    fake_script(&fake, answers, ARRAY_LENGTH(answers));
    fake_outcome(&fake, aws, &operations[GET]);
    fake_outcome(&fake, aws, &operations[PUT]);
    assert_text(heard.text, "> GetCallerIdentity -\n< GetCallerIdentity ok\n"
                            "> Get -\n< Get ok\n> Put -\n< Put denied\n");
    aws_close(aws);
    fake_release(&fake);
}

static void refuses_the_wrong_account(void **state)
{
    (void)state;
    struct fake_aws fake;
    struct error error = ERROR_INIT;
    struct aws *aws;
    fake_init(&fake);
    fake_start(&fake);
    struct aws_target target = {.region = STR("us-east-1"), .account = STR("222222222222")};
    assert_false(aws_open(fake.session, &target, &aws, &error));
    assert_int_equal(error.code, ERROR_INVALID);
    assert_text(str_from(error.message),
                "wrong account: the credentials are of 111111111111, the environment "
                "is in 222222222222; nothing is written");
    fake_release(&fake);
}

/* New credentials of another account: asked again before anything is signed with them. */
static void refuses_an_account_that_changes(void **state)
{
    (void)state;
    static const struct fake_answer answers[] = {
        {.status = 403, .body = "{\"__type\":\"ExpiredTokenException\"}"}, OK};
    struct fake_aws fake;
    fake_init(&fake);
    fake_start(&fake);
    struct aws *aws = fake_open(&fake);
    fake_script(&fake, answers, ARRAY_LENGTH(answers));
    fake.account = "333333333333";
    struct str got = fake_outcome(&fake, aws, &operations[CREATE]);
    assert_true(
        str_starts(got, "invalid: things Create: credentials: wrong account: the credentials are of 3"));
    assert_int_equal(fake.asked, 1);
    aws_close(aws);
    fake_release(&fake);
}

static void asks_for_the_account_once(void **state)
{
    (void)state;
    static const struct fake_answer answers[] = {OK, OK, OK};
    struct fake_aws fake;
    struct error error = ERROR_INIT;
    struct aws *other;
    fake_init(&fake);
    fake_start(&fake);
    struct aws *first = fake_open(&fake), *second = fake_open(&fake);
    assert_true(aws_in_region(first, STR("eu-west-1"), &other, &error));
    fake_script(&fake, answers, ARRAY_LENGTH(answers));
    fake_outcome(&fake, first, &operations[GET]);
    fake_outcome(&fake, second, &operations[GET]);
    fake_outcome(&fake, other, &operations[GET]);
    assert_text(fake_requests(&fake), "POST https://things.us-east-1.amazonaws.com/ {}\n"
                                      "POST https://things.us-east-1.amazonaws.com/ {}\n"
                                      "POST https://things.eu-west-1.amazonaws.com/ {}\n");
    assert_int_equal(fake.identity_calls, 1);
    aws_close(first);
    aws_close(second);
    aws_close(other);
    fake_release(&fake);
}

/* An AWS for many threads: every 16th call is throttled, every 40th finds the credentials expired. */
static bool answer_many(void *self, struct arena *arena, const struct http_request *request,
                        struct http_response *response, struct error *error)
{
    int number = atomic_fetch_add((atomic_int *)self, 1);
    (void)error;
    *response = (struct http_response){.status = 200, .body = STR("{}")};
    if (str_starts(request->body, "Action=GetCallerIdentity"))
        response->body = STR("<R><GetCallerIdentityResult><Account>111111111111</Account>"
                             "</GetCallerIdentityResult></R>");
    else if (number % 40 == 39)
        *response = (struct http_response){403, NULL, 0, STR("{\"__type\":\"ExpiredTokenException\"}")};
    else if (number % 16 == 15)
        *response = (struct http_response){429, NULL, 0, arena_str(arena, STR("{}"))};
    return true;
}

static const char *keys_of_anybody(void *self, const char *name)
{
    (void)self;
    for (const struct fake_variable *v = fake_keys; v->name; v++)
        if (strcmp(v->name, name) == 0)
            return v->value;
    return NULL;
}

/* Time that does not pass, so that no thread really sleeps. */
static int64_t no_time(void *self)
{
    (void)self;
    return 1000;
}

static void no_sleep(void *self, int64_t milliseconds)
{
    (void)self;
    (void)milliseconds;
}

static void *call_often(void *aws)
{
    struct arena *arena = arena_new();
    int64_t done = 0;
    for (int i = 0; i < 200; i++) {
        struct error error = ERROR_INIT;
        done += aws_call(aws, &operations[i % 2 ? PUT : GET], arena, NULL, NULL, &error);
    }
    arena_free(arena);
    return (void *)(intptr_t)done;
}

static void many_threads_share_a_session(void **state)
{
    (void)state;
    enum { THREADS = 4 };
    atomic_int requests = 0;
    struct clock still = {.wall_ms = no_time, .monotonic_ms = no_time, .sleep_ms = no_sleep};
    struct http http = {.self = &requests, .perform = answer_many};
    struct log log = {.fd = 2, .least = LOG_ERROR, .clock = &still};
    struct aws_session *session =
        aws_session_new(&(struct aws_session_options){.http = &http,
                                                      .clock = &still,
                                                      .random = &system_random,
                                                      .log = &log,
                                                      .environment = keys_of_anybody,
                                                      .pacing = true});
    struct error error = ERROR_INIT;
    struct aws *aws;
    pthread_t threads[THREADS];
    assert_true(aws_open(session, &(struct aws_target){.region = STR("us-east-1")}, &aws, &error));
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, call_often, aws), 0);
    for (int i = 0; i < THREADS; i++) {
        void *done;
        pthread_join(threads[i], &done);
        assert_in_range((intptr_t)done, 190, 200);
    }
    struct aws_counters counters = aws_session_counters(session);
    assert_int_equal(counters.mutating, THREADS * 100);
    assert_true(counters.throttled > 0 && counters.retried > 0);
    aws_close(aws);
    aws_session_free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retries_by_safety),
        cmocka_unit_test(quota_stops_storms),
        cmocka_unit_test(corrects_the_clock),
        cmocka_unit_test(leaves_a_right_clock_alone),
        cmocka_unit_test(stops_when_cancelled),
        cmocka_unit_test(keeps_the_deadline),
        cmocka_unit_test(paces),
        cmocka_unit_test(follows_pages),
        cmocka_unit_test(waits),
        cmocka_unit_test(tells_observers),
        cmocka_unit_test(refuses_the_wrong_account),
        cmocka_unit_test(refuses_an_account_that_changes),
        cmocka_unit_test(asks_for_the_account_once),
        cmocka_unit_test(many_threads_share_a_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
