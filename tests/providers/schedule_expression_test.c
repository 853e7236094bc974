#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "providers/scheduler/expression.h"

static void equal_expressions_have_one_form(void **state)
{
    static const struct {
        const char *written, *form;
    } cases[] = {
        {"rate(1 minute)", "rate(1 minutes)"},
        {"rate(1 minutes)", "rate(1 minutes)"},
        {"rate( 5   hours )", "rate(5 hours)"},
        {"cron(0 8 ? * mon-fri *)", "cron(0 8 ? * MON-FRI *)"},
        {"cron(0  8 1 jan ? 2030)", "cron(0 8 1 JAN ? 2030)"},
        {"at(2030-01-01T08:00:00)", "at(2030-01-01T08:00:00)"},
        {"at( 2030-01-01T08:00:00 )", "at(2030-01-01T08:00:00)"},
        /* What is none is left as it is. */
        {"rate()", "rate()"},
        {"every(1 day)", "every(1 day)"},
        {"rate(1 day", "rate(1 day"},
        {"(", "("},
        {"", ""},
    };
    struct arena *arena = arena_new();
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct str form = schedule_expression(arena, str_from(cases[i].written));
        if (!str_is(form, cases[i].form))
            fail_msg("%s: %.*s, not %s", cases[i].written, STR_ARG(form), cases[i].form);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(equal_expressions_have_one_form)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
