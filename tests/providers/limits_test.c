#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "tests/providers/fake_aws.h"

enum { PUT };

static const struct aws_operation operations[] = {
    [PUT] = {.service = &fake_things, .name = "Put", .safety = AWS_NATURAL},
};

#define OK                                                                                                   \
    {                                                                                                        \
        .body = "{\"A\":1}"                                                                                  \
    }
#define LOST                                                                                                 \
    {                                                                                                        \
        .lost = ERROR_TIMEOUT                                                                                \
    }
#define THROTTLED                                                                                            \
    {                                                                                                        \
        .status = 400, .body = "{\"__type\":\"ThrottlingException\",\"message\":\"Rate exceeded\"}"          \
    }

struct limits_case {
    const char *name;
    struct aws_limits limits;
    struct fake_answer answers[4];
    size_t requests;
    const char *outcome;
    int64_t timeout_ms, took_ms; /* of the last attempt */
};

static const struct limits_case limits_cases[] = {
    {"nothing is limited", {0}, {LOST, LOST, OK}, 3, "{\"A\":1}", 60 * 1000, 0},
    {"one attempt", {.attempts = 1}, {THROTTLED, OK}, 1, "throttled: ", 60 * 1000, 0},
    {"two attempts", {.attempts = 2}, {LOST, LOST, OK}, 2, "timeout: ", 60 * 1000, 0},
    {"an answer's time", {.total_ms = 5000}, {{.body = "{}", .takes_ms = 1234}}, 1, "{}", 5000, 1234},
    {"the last attempt counts",
     {.total_ms = 900 * 1000},
     {{.lost = ERROR_TIMEOUT, .takes_ms = 70}, {.body = "{}", .takes_ms = 30}},
     2,
     "{}",
     899 * 1000,
     30},
    {"no attempt past the total",
     {.total_ms = 5000},
     {{.lost = ERROR_TIMEOUT, .takes_ms = 5000}, OK},
     1,
     "timeout: ",
     5000,
     5000},
};

static void keeps_the_callers_limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(limits_cases); i++) {
        const struct limits_case *c = &limits_cases[i];
        struct aws_limits limits = c->limits;
        struct fake_aws fake;
        struct error error = ERROR_INIT;
        struct value *output;
        int64_t took_ms = -1;
        limits.took_ms = &took_ms;
        fake_init(&fake);
        fake_start(&fake);
        struct aws *aws = fake_open(&fake);
        fake_script(&fake, c->answers, ARRAY_LENGTH(c->answers));
        bool done = aws_call_within(aws, &operations[PUT], fake.arena, NULL, &limits, &output, &error);
        struct str got = done ? json_text(fake.arena, output, JSON_COMPACT)
                              : arena_printf(fake.arena, "%s: ", error_code_name(error.code));
        if (fake.asked != c->requests || !str_is(got, c->outcome) || took_ms != c->took_ms ||
            fake.timeout_ms > c->timeout_ms || fake.timeout_ms < c->timeout_ms - 1000)
            fail_msg("%s: %zu requests, %.*s, %lld ms of %lld", c->name, fake.asked, STR_ARG(got),
                     (long long)took_ms, (long long)fake.timeout_ms);
        aws_close(aws);
        fake_release(&fake);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_callers_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
