#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/yaml_reader.h"
#include "environments/promotion.h"

static struct value *read_yaml(struct arena *arena, const char *text)
{
    struct value *node;
    struct error error = ERROR_INIT;
    if (!yaml_read(arena, STR("a.yaml"), str_from(text), &node, &error))
        fail_msg("%s", error.message);
    return node;
}

static int64_t at(const char *time)
{
    int64_t ms;
    assert_true(time_parse(str_from(time), &ms));
    return ms;
}

/* What was read, or the error. */
static struct str told(struct arena *arena, const char *text)
{
    struct promotion promotion;
    struct error error = ERROR_INIT;
    if (!promotion_read(arena, read_yaml(arena, text), &promotion, &error))
        return arena_str(arena, str_from(error.message));
    struct buf out = BUF_INIT(BUF_SMALL);
    buf_printf(&out, "%.*s %lld %lld %d %zu", STR_ARG(promotion.from), (long long)promotion.soak_ms,
               (long long)promotion.approvals, promotion.automatic, promotion.check_count);
    for (size_t i = 0; i < promotion.window_count; i++)
        buf_printf(&out, " [%x %lld-%lld %lld: %.*s]", promotion.windows[i].days,
                   (long long)promotion.windows[i].from, (long long)promotion.windows[i].to,
                   (long long)promotion.windows[i].offset_min, STR_ARG(promotion.windows[i].words));
    struct str all = arena_str(arena, buf_str(&out));
    buf_release(&out);
    return all;
}

static void reads_the_section(void **state)
{
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"{from: beta}", "beta 0 0 0 0"},
        {"{from: gamma, soak: 30m, approvals: 2, auto: true, checks: [build, security/scan]}",
         "gamma 1800000 2 1 2"},
        {"{from: b, windows: [{from: \"09:00\", to: 16:30}]}", "b 0 0 0 0 [7f 540-990 0: 09:00-16:30 UTC]"},
        {"{from: b, windows: [{days: [mon-thu, sat], from: 00:00, to: 24:00, zone: UTC}, {days: [fri-mon], "
         "from: "
         "01:00, to: 02:00, zone: -05:30}]}",
         "b 0 0 0 0 [2f 0-1440 0: mon-thu, sat 00:00-24:00 UTC] [71 60-120 -330: fri-mon 01:00-02:00 "
         "-05:30]"},
        {"{soak: 1h}", "'promotion' needs 'from' (a.yaml:1:1)"},
        {"{from: b, sock: 1h}", "unknown key 'sock' in 'promotion', did you mean 'soak'? (a.yaml:1:11)"},
        {"{from: a/b}", "'from' 'a/b' must be letters, digits, '-' and '_', at most 64 (a.yaml:1:8)"},
        {"{from: b, soak: long}", "'long' is no duration: write it as in '10m' or '1h30m' (a.yaml:1:17)"},
        {"{from: b, approvals: 101}", "'approvals' must be a number from 0 to 100 (a.yaml:1:22)"},
        {"{from: b, auto: yes}", "'auto' must be true or false (a.yaml:1:17)"},
        {"{from: b, checks: [{}]}", "'checks' must be a list of names (a.yaml:1:20)"},
        {"{from: b, windows: []}", "'windows' must have 1 to 50 entries (a.yaml:1:20)"},
        {"{from: b, windows: [{from: 09:00}]}", "a window needs 'to' (a.yaml:1:21)"},
        {"{from: b, windows: [{from: 9:00, to: 10:00}]}",
         "'9:00' is no time of day: write it as in \"09:00\" (a.yaml:1:28)"},
        {"{from: b, windows: [{from: 09:00, to: 24:01}]}",
         "'24:01' is no time of day: write it as in \"09:00\" (a.yaml:1:39)"},
        {"{from: b, windows: [{from: 22:00, to: 06:00}]}",
         "a window must end after it begins on the same day: over midnight, write two (a.yaml:1:39)"},
        {"{from: b, windows: [{days: [monday], from: 09:00, to: 10:00}]}",
         "'monday' is no day: write mon, tue, wed, thu, fri, sat, sun or a span such as mon-fri "
         "(a.yaml:1:29)"},
        {"{from: b, windows: [{days: [], from: 09:00, to: 10:00}]}",
         "'days' must name a day, or be left out for all (a.yaml:1:28)"},
        {"{from: b, windows: [{zone: Europe/Berlin, from: 09:00, to: 10:00}]}",
         "zone 'Europe/Berlin' must be UTC or an offset such as \"+01:00\": names of zones are not known "
         "here "
         "(a.yaml:1:28)"},
        {"{from: b, windows: [{zone: +14:01, from: 09:00, to: 10:00}]}",
         "zone '+14:01' must be UTC or an offset such as \"+01:00\": names of zones are not known here "
         "(a.yaml:1:28)"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena *arena = arena_new();
        struct str found = told(arena, cases[i].text);
        if (!str_is(found, cases[i].wanted))
            fail_msg("case %zu: %.*s", i, STR_ARG(found));
        arena_free(arena);
    }
}

static void opens_windows(void **state)
{
    static const struct {
        const char *windows, *time;
        bool open;
    } cases[] = {
        /* 2026-11-26 is a Thursday. */
        {"[{days: [thu], from: 09:00, to: 16:00}]", "2026-11-26T08:59:59Z", false},
        {"[{days: [thu], from: 09:00, to: 16:00}]", "2026-11-26T09:00:00Z", true},
        {"[{days: [thu], from: 09:00, to: 16:00}]", "2026-11-26T15:59:59Z", true},
        {"[{days: [thu], from: 09:00, to: 16:00}]", "2026-11-26T16:00:00Z", false},
        {"[{days: [fri-wed], from: 00:00, to: 24:00}]", "2026-11-26T12:00:00Z", false},
        {"[{days: [fri-wed], from: 00:00, to: 24:00}]", "2026-11-27T00:00:00Z", true},
        {"[{days: [thu], from: 09:00, to: 16:00, zone: \"+01:00\"}]", "2026-11-26T08:00:00Z", true},
        {"[{days: [thu], from: 09:00, to: 16:00, zone: \"+01:00\"}]", "2026-11-26T15:00:00Z", false},
        /* There it is Friday already, or still Wednesday. */
        {"[{days: [fri], from: 00:00, to: 02:00, zone: \"+01:00\"}]", "2026-11-26T23:30:00Z", true},
        {"[{days: [wed], from: 22:00, to: 24:00, zone: \"-01:00\"}]", "2026-11-26T00:30:00Z", true},
        {"[{days: [mon], from: 09:00, to: 10:00}, {days: [thu], from: 22:00, to: 23:00}]",
         "2026-11-26T22:30:00Z", true},
    };
    (void)state;
    struct str why = STR_EMPTY;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena *arena = arena_new();
        struct promotion promotion;
        struct error error = ERROR_INIT;
        struct str text = arena_printf(arena, "{from: b, windows: %s}", cases[i].windows);
        assert_true(promotion_read(arena, read_yaml(arena, text.ptr), &promotion, &error));
        if (promotion_window_open(&promotion, arena, at(cases[i].time), &why) != cases[i].open)
            fail_msg("case %zu", i);
        if (i == 0)
            assert_true(str_is(why, "no window is open: thu 09:00-16:00 UTC"));
        arena_free(arena);
    }
    const struct promotion none = {.present = true};
    assert_true(promotion_window_open(&none, NULL, 0, &why));
}

static struct str frozen(struct arena *arena, const char *text, const char *time)
{
    struct freeze *freezes;
    size_t count;
    struct str why = STR("free");
    struct error error = ERROR_INIT;
    struct value *node = read_yaml(arena, text);
    if (!freezes_read(arena, value_get(node, "freeze"), value_get(node, "stopTheLine"), &freezes, &count,
                      &error))
        return arena_str(arena, str_from(error.message));
    bool holds = freeze_in_force(freezes, count, arena, at(time), &why);
    assert_true(holds == !str_is(why, "free"));
    return why;
}

static void freezes(void **state)
{
    static const struct {
        const char *text, *time, *wanted;
    } cases[] = {
        {"{}", "2026-12-24T12:00:00Z", "free"},
        {"freeze: [{from: 2026-12-20, until: 2027-01-04, reason: holidays}]", "2026-12-19T23:59:59Z", "free"},
        {"freeze: [{from: 2026-12-20, until: 2027-01-04, reason: holidays}]", "2026-12-20T00:00:00Z",
         "frozen until 2027-01-04: holidays"},
        {"freeze: [{from: 2026-12-20, until: 2027-01-04, reason: holidays}]", "2027-01-04T23:59:59Z",
         "frozen until 2027-01-04: holidays"},
        {"freeze: [{from: 2026-12-20, until: 2027-01-04, reason: holidays}]", "2027-01-05T00:00:00Z", "free"},
        {"freeze: [{until: \"2026-12-24T18:00:00+01:00\", reason: fair}]", "2026-12-24T16:59:59Z",
         "frozen until 2026-12-24T18:00:00+01:00: fair"},
        {"freeze: [{until: \"2026-12-24T18:00:00+01:00\", reason: fair}]", "2026-12-24T17:00:00Z", "free"},
        {"stopTheLine: {reason: incident 12, since: 2026-11-27}", "2036-12-24T17:00:00Z",
         "the line is stopped since 2026-11-27: incident 12"},
        {"stopTheLine: {reason: incident 12}", "2026-01-01T00:00:00Z", "the line is stopped: incident 12"},
        {"freeze: [{from: 2026-12-20, until: 2027-01-04}]", "2026-12-20T00:00:00Z",
         "a freeze needs 'reason' (a.yaml:1:10)"},
        {"freeze: [{from: 2026-12-20, reason: x}]", "2026-12-20T00:00:00Z",
         "a freeze needs 'until' (a.yaml:1:10)"},
        {"freeze: [{until: 2027-01-04, reason: \" \"}]", "2026-12-20T00:00:00Z",
         "a freeze needs a 'reason' of at most 500 bytes (a.yaml:1:38)"},
        {"freeze: [{until: soon, reason: x}]", "2026-12-20T00:00:00Z",
         "'soon' is no date: write it as in '2026-12-31' or '2026-12-31T18:00:00Z' (a.yaml:1:18)"},
        {"freeze: [{from: 2027-01-05, until: 2027-01-04, reason: x}]", "2026-12-20T00:00:00Z",
         "a freeze must end after it begins (a.yaml:1:36)"},
        {"stopTheLine: {since: 2026-11-27}", "2026-12-20T00:00:00Z",
         "'stopTheLine' needs 'reason' (a.yaml:1:14)"},
        {"stopTheLine: {reason: x, till: 2026-11-27}", "2026-12-20T00:00:00Z",
         "unknown key 'till' in 'stopTheLine' (a.yaml:1:26)"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena *arena = arena_new();
        struct str found = frozen(arena, cases[i].text, cases[i].time);
        if (!str_is(found, cases[i].wanted))
            fail_msg("case %zu: %.*s", i, STR_ARG(found));
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_section),
        cmocka_unit_test(opens_windows),
        cmocka_unit_test(freezes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
