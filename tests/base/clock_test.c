#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"

static void test_writes_time(void **state)
{
    static const struct {
        int64_t wall_ms;
        const char *iso, *basic;
    } cases[] = {
        {0, "1970-01-01T00:00:00Z", "19700101T000000Z"},
        {1795378717000, "2026-11-22T20:18:37Z", "20261122T201837Z"},
        {1795378717999, "2026-11-22T20:18:37Z", "20261122T201837Z"},
        {951782400000, "2000-02-29T00:00:00Z", "20000229T000000Z"},
        {253402300799999, "9999-12-31T23:59:59Z", "99991231T235959Z"},
        {INT64_MAX, "9999-12-31T23:59:59Z", "99991231T235959Z"},
        {-1, "1970-01-01T00:00:00Z", "19700101T000000Z"},
    };
    (void)state;
    struct arena *a = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        assert_string_equal(time_iso8601(a, cases[i].wall_ms).ptr, cases[i].iso);
        assert_string_equal(time_basic(a, cases[i].wall_ms).ptr, cases[i].basic);
    }
    arena_free(a);
}

static void test_reads_time(void **state)
{
    static const struct {
        const char *text;
        int64_t wall_ms;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2026-11-22T20:18:37Z", 1795378717000},
        {"20261122T201837Z", 1795378717000},
        {"20261122T201837.25Z", 1795378717250},
        {"2026-11-22T20:18:37.4Z", 1795378717400},
        {"2026-11-22T20:18:37.123456789Z", 1795378717123},
        {"2026-11-22T21:18:37+01:00", 1795378717000},
        {"2026-11-22T20:18:37.438+0000", 1795378717438},
        {"2026-11-22T14:48:37-05:30", 1795378717000},
        {"2000-02-29T00:00:00Z", 951782400000},
        {"9999-12-31T23:59:59.999Z", 253402300799999},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        int64_t wall_ms = -1;
        assert_true(time_parse(str_from(cases[i].text), &wall_ms));
        assert_int_equal(wall_ms, cases[i].wall_ms);
    }
}

static void test_refuses_time(void **state)
{
    static const char *const cases[] = {
        "",
        "2026-11-22",
        "2026-11-22T20:18:37",
        "2026-11-22 20:18:37Z",
        "2026-11-22T20:18:37z",
        "2026-11-22T20:18Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "2026-11-00T00:00:00Z",
        "2026-11-31T00:00:00Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T23:60:00Z",
        "2026-11-22T23:59:60Z",
        "2026-11-22T20:18:37.Z",
        "2026-11-22T20:18:37+1:00",
        "2026-11-22T20:18:37+24:00",
        "2026-11-22T20:18:37+01:60",
        "2026-11-22T20:18:37Z ",
        "2026-1122T201837Z",
        "20261122T20:18:37Z",
        "-026-11-22T20:18:37Z",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        int64_t wall_ms;
        if (time_parse(str_from(cases[i]), &wall_ms))
            fail_msg("'%s' was taken", cases[i]);
    }
}

static void test_http_time(void **state)
{
    static const char *const broken[] = {
        "",
        "Sun, 22 Nov 2026 20:18:37",
        "Sun, 22 Nov 2026 20:18:37 UTC",
        "Sun, 22 nov 2026 20:18:37 GMT",
        "Sun, 31 Nov 2026 20:18:37 GMT",
        "Sunday, 22-Nov-26 20:18:37 GMT",
        "Sun Nov 22 20:18:37 2026",
        "Xxx, 22 Nov 2026 20:18:37 GMT",
        "Sun, 22 Nov 2026 20:18:37 GMT ",
    };
    (void)state;
    int64_t wall_ms = 0;
    assert_true(time_parse_http(STR("Sun, 22 Nov 2026 20:18:37 GMT"), &wall_ms));
    assert_int_equal(wall_ms, 1795378717000);
    assert_true(time_parse_http(STR("Sun, 06 Nov 1994 08:49:37 GMT"), &wall_ms));
    assert_int_equal(wall_ms, 784111777000);
    for (size_t i = 0; i < ARRAY_LENGTH(broken); i++)
        if (time_parse_http(str_from(broken[i]), &wall_ms))
            fail_msg("'%s' was taken", broken[i]);
}

static void test_durations(void **state)
{
    static const struct {
        const char *text;
        int64_t milliseconds; /* -1: refused */
    } cases[] = {
        {"250ms", 250},
        {"0s", 0},
        {"90s", 90000},
        {"10m", 600000},
        {"2h", 7200000},
        {"1d", 86400000},
        {"", -1},
        {"10", -1},
        {"m", -1},
        {"ms", -1},
        {"-1s", -1},
        {"1.5h", -1},
        {"1h30m", -1},
        {" 1s", -1},
        {"1 s", -1},
        {"1S", -1},
        {"1w", -1},
        {"9223372036854775807ms", INT64_MAX},
        {"9223372036854775807s", -1},
        {"99999999999999999999d", -1},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        int64_t milliseconds = -1;
        assert_int_equal(duration_parse(str_from(cases[i].text), &milliseconds), cases[i].milliseconds >= 0);
        assert_int_equal(milliseconds, cases[i].milliseconds);
    }
}

static void test_system_clock(void **state)
{
    (void)state;
    int64_t before = clock_monotonic(&system_clock);
    clock_sleep(&system_clock, 20);
    assert_true(clock_monotonic(&system_clock) - before >= 20);
    clock_sleep(&system_clock, 0);
    clock_sleep(&system_clock, -5);
    assert_true(clock_wall(&system_clock) > 1700000000000);
}

/* Gives the numbers of a list, one a call. */
static void scripted_fill(void *self, void *bytes, size_t size)
{
    const uint64_t **next = self;
    assert_int_equal(size, sizeof **next);
    memcpy(bytes, (*next)++, size);
}

static void test_random_below(void **state)
{
    static const uint64_t script[] = {7, UINT64_MAX, 8, UINT64_MAX, UINT64_MAX - 1};
    const uint64_t *next = script;
    const struct random scripted = {.self = &next, .fill = scripted_fill};
    (void)state;
    assert_int_equal(random_below(&scripted, 5), 2);
    assert_int_equal(random_below(&scripted, 3), 2); /* 2^64 - 1 is refused: it would favour 0 */
    assert_ptr_equal(next, script + 3);
    assert_int_equal(random_below(&scripted, 1), 0);
    assert_int_equal(random_below(&scripted, UINT64_MAX), UINT64_MAX - 1);
    for (int i = 0; i < 100; i++)
        assert_true(random_below(&system_random, 3) < 3);
}

static void pauses_double_up_to_their_most(void **state)
{
    (void)state;
    assert_int_equal(back_off_ms(0, 60 * 1000), 1000);
    assert_int_equal(back_off_ms(3, 60 * 1000), 8000);
    assert_int_equal(back_off_ms(6, 60 * 1000), 60 * 1000);
    assert_int_equal(back_off_ms(INT64_MAX, 60 * 1000), 60 * 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_writes_time),  cmocka_unit_test(test_reads_time),
        cmocka_unit_test(test_refuses_time), cmocka_unit_test(test_http_time),
        cmocka_unit_test(test_durations),    cmocka_unit_test(test_system_clock),
        cmocka_unit_test(test_random_below), cmocka_unit_test(pauses_double_up_to_their_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
