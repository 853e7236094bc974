/* The verdicts on what the account says: a case each. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/reconciler/fake_watch.h"

struct scene {
    const char *what;
    struct {
        const char *name, *state;
    } alarms[3];
    const char *ignored;
    struct {
        const char *key;
        int64_t minute;
        double value;
    } points[14];
    const char *compare, *checks; /* NULL: none */
    int64_t minimum;
    const char *denied, *forbidden;
    const char *wanted;
};

#define AMOUNTS                                                                                              \
    "{'name':'Amounts','namespace':'Shop','metric':'Amount','statistic':'Maximum','dimensions':{'Stage':'"   \
    "prod'},"                                                                                                \
    "'period':60,"

/* The rollout began at minute 2, its step at minute 3; it is minute 5 and some seconds. */
/* clang-format off */
static const struct scene scenes[] = {
    {"quiet alarms", {{"A", "OK"}, {"B", "OK"}}, NULL, {{0}}, NULL, NULL, 0, NULL, NULL,
     "GOOD: 0 invocations of the new version in this step; alarm A: OK; alarm B: OK | alarm A GOOD OK; alarm B "
     "GOOD OK | 0"},
    {"a red one counts more than an unknown one", {{"A", "INSUFFICIENT_DATA"}, {"B", "ALARM"}}, NULL, {{0}},
     NULL, NULL, 0, NULL, NULL,
     "BAD: alarm B is red: Threshold Crossed | alarm A UNKNOWN INSUFFICIENT_DATA; alarm B BAD ALARM | 0"},
    {"one without data", {{"A", "INSUFFICIENT_DATA"}}, NULL, {{0}}, NULL, NULL, 0, NULL, NULL,
     "UNKNOWN: alarm A is INSUFFICIENT_DATA: without data nobody can say that it is quiet; give it "
     "TreatMissingData: notBreaching, or take it out of 'alarms' | alarm A UNKNOWN INSUFFICIENT_DATA | 0"},
    {"one that is not there", {{"A", NULL}}, NULL, {{0}}, NULL, NULL, 0, NULL, NULL,
     "UNKNOWN: alarm A does not exist | alarm A UNKNOWN | 0"},
    {"one that cannot be read", {{"A", "OK"}}, NULL, {{0}}, NULL, NULL, 0, "DescribeAlarms", NULL,
     "UNKNOWN: the state of alarm A is not known: cloudwatch DescribeAlarms: AccessDeniedException: "
     "not authorized to look | alarm A UNKNOWN | 0"},
    {"red before the start", {{"A", "OK"}, {"B", "ALARM"}}, "B", {{0}}, NULL, NULL, 0, NULL, NULL,
     "GOOD: 0 invocations of the new version in this step; alarm A: OK; red before the start: B ALARM | alarm A "
     "GOOD OK; red before the start GOOD B ALARM | 0"},
    {"it fails more often", {{NULL, NULL}}, NULL,
     {{OLD("Invocations"), 2, 1590}, {OLD("Invocations"), 3, 2000}, {OLD("Errors"), 3, 4},
      {NEW("Invocations"), 2, 198}, {NEW("Invocations"), 3, 200}, {NEW("Errors"), 2, 5}, {NEW("Errors"), 3, 7}},
     ERRORS, NULL, 50, NULL, NULL,
     "BAD: the new version of OrderService fails more often than the old: 12 of 398 (3.0 %), old 4 of 3590 "
     "(0.1 %), p 1.0e-09 | errors of OrderService BAD 12 of 398, old: 4 of 3590 (p 1.0e-09 < 0.005) | 200"},
    {"it fails as often", {{NULL, NULL}}, NULL,
     {{OLD("Invocations"), 3, 3590}, {OLD("Errors"), 3, 36}, {NEW("Invocations"), 3, 398}, {NEW("Errors"), 3, 5}},
     ERRORS, NULL, 50, NULL, NULL,
     "GOOD: 398 invocations of the new version in this step; errors of OrderService: 5 of 398, old: 36 of 3590 "
     "| errors of OrderService GOOD 5 of 398, old: 36 of 3590 (p 0.39 >= 0.005) | 398"},
    {"no data point of errors is no error", {{NULL, NULL}}, NULL,
     {{OLD("Invocations"), 3, 900}, {NEW("Invocations"), 3, 100}}, ERRORS, NULL, 50, NULL, NULL,
     "GOOD: 100 invocations of the new version in this step; errors of OrderService: 0 of 100, old: 0 of 900 | "
     "errors of OrderService GOOD 0 of 100, old: 0 of 900 | 100"},
    {"what was before the rollout does not count for the new version, and not for the old while it has traffic",
     {{NULL, NULL}}, NULL,
     {{OLD("Invocations"), 1, 5000}, {OLD("Errors"), 1, 5000}, {NEW("Invocations"), 1, 70}, {NEW("Errors"), 1, 70},
      {OLD("Invocations"), 3, 900}, {NEW("Invocations"), 3, 100}},
     ERRORS, NULL, 50, NULL, NULL,
     "GOOD: 100 invocations of the new version in this step; errors of OrderService: 0 of 100, old: 0 of 900 | "
     "errors of OrderService GOOD 0 of 100, old: 0 of 900 | 100"},
    {"an old version without traffic counts as it was in the hour before", {{NULL, NULL}}, NULL,
     {{OLD("Invocations"), -40, 900}, {OLD("Errors"), -40, 1}, {NEW("Invocations"), 3, 100}, {NEW("Errors"), 3, 20}},
     ERRORS, NULL, 50, NULL, NULL,
     "BAD: the new version of OrderService fails more often than the old: 20 of 100 (20.0 %), old 1 of 900 (0.1 "
     "%), p 3.1e-20 | errors of OrderService BAD 20 of 100, old: 1 of 900 (p 3.1e-20 < 0.005) | 100"},
    {"no traffic", {{NULL, NULL}}, NULL, {{OLD("Invocations"), 3, 900}}, ERRORS, NULL, 50, NULL, NULL,
     "UNKNOWN: the new version of OrderService has had no invocations yet | errors of OrderService UNKNOWN 0 of "
     "0, old: 0 of 900 | 0 thin"},
    {"no traffic, and time alone is evidence", {{NULL, NULL}}, NULL, {{0}}, ERRORS, NULL, 0, NULL, NULL,
     "GOOD: 0 invocations of the new version in this step; errors of OrderService: 0 of 0, old: 0 of 0 | errors "
     "of OrderService GOOD 0 of 0, old: 0 of 0 | 0"},
    {"nothing to compare with", {{NULL, NULL}}, NULL, {{NEW("Invocations"), 3, 100}}, ERRORS, NULL, 50, NULL, NULL,
     "UNKNOWN: the old version of OrderService has had no invocations since an hour before the start: there is "
     "nothing to compare the new one with | errors of OrderService UNKNOWN 0 of 100, old: 0 of 0 | 100"},
    {"too few in this step", {{NULL, NULL}}, NULL,
     {{OLD("Invocations"), 3, 900}, {NEW("Invocations"), 2, 100}, {NEW("Invocations"), 4, 12}}, ERRORS, NULL, 50,
     NULL, NULL,
     "UNKNOWN: the new version of OrderService has had 12 of the 50 invocations that this step wants | errors of "
     "OrderService GOOD 0 of 112, old: 0 of 900 | 12 thin"},
    {"it fails more often, though there are few", {{NULL, NULL}}, NULL,
     {{OLD("Invocations"), 3, 900}, {NEW("Invocations"), 3, 9}, {NEW("Errors"), 3, 9}}, ERRORS, NULL, 50, NULL,
     NULL,
     "BAD: the new version of OrderService fails more often than the old: 9 of 9 (100.0 %), old 0 of 900 (0.0 "
     "%), p 8.9e-22 | errors of OrderService BAD 9 of 9, old: 0 of 900 (p 8.9e-22 < 0.005) | 9 thin"},
    {"it is throttled, which Lambda counts as no invocation", {{NULL, NULL}}, NULL,
     {{OLD("Invocations"), 3, 900}, {NEW("Invocations"), 3, 60}, {NEW("Throttles"), 3, 140}}, THROTTLES, NULL, 50,
     NULL, NULL,
     "BAD: the new version of OrderService is throttled more often than the old: 140 of 200 (70.0 %), old 0 of "
     "900 (0.0 %), p 1.6e-129 | throttles of OrderService BAD 140 of 200, old: 0 of 900 (p 1.6e-129 < 0.005) | "
     "60"},
    {"it is slower", {{NULL, NULL}}, NULL,
     {{OLD("Invocations"), 3, 900}, {OLD("Invocations"), 4, 900}, {"OrderService:1 Duration p90", 3, 110},
      {"OrderService:1 Duration p90", 4, 120}, {NEW("Invocations"), 3, 100}, {NEW("Invocations"), 4, 100},
      {"OrderService:1 Duration PR(:120.000)", 3, 91}, {"OrderService:1 Duration PR(:120.000)", 4, 90},
      {"OrderService:2 Duration PR(:120.000)", 3, 70}, {"OrderService:2 Duration PR(:120.000)", 4, 74}},
     SLOWER, NULL, 50, NULL, NULL,
     "BAD: the new version of OrderService is slower than the old version's p90 of 120 ms more often than the "
     "old: 56 of 200 (28.0 %), old 171 of 1800 (9.5 %), p 4.3e-12 | duration of OrderService BAD 56 of 200, old: "
     "171 of 1800 (p 4.3e-12 < 0.005) | 200"},
    {"its duration is not known", {{NULL, NULL}}, NULL, {{OLD("Invocations"), 3, 900}, {NEW("Invocations"), 3, 90}}, SLOWER,
     NULL, 50, NULL, "Duration",
     "UNKNOWN: the duration of OrderService cannot be compared: CloudWatch answers Forbidden | duration of "
     "OrderService UNKNOWN | 90"},
    {"metrics that cannot be read", {{NULL, NULL}}, NULL, {{0}}, ERRORS, NULL, 50, "GetMetricData", NULL,
     "UNKNOWN: the errors of OrderService cannot be compared: cloudwatch GetMetricData: AccessDeniedException: "
     "not authorized to look | errors of OrderService UNKNOWN | 0 thin"},
    {"a check within its limit", {{NULL, NULL}}, NULL, {{"Shop Amount Maximum", 3, 2.5}, {"Shop Amount Maximum", 2, 9}}, NULL,
     "[" AMOUNTS "'max':3}]", 0, NULL, NULL,
     "GOOD: 0 invocations of the new version in this step; check Amounts: 2.5 | check Amounts GOOD 2.5 (max 3) "
     "| 0"},
    {"one point beyond it", {{NULL, NULL}}, NULL,
     {{"Shop Amount Maximum", 3, 12.5}, {"Shop Amount Maximum", 4, 1}}, NULL, "[" AMOUNTS "'max':3}]", 0, NULL,
     NULL,
     "BAD: check Amounts is 12.5 at 2025-11-27T10:03:00Z, more than its max of 3 | check Amounts BAD 12.5 (max "
     "3) | 0"},
    {"less than the least", {{NULL, NULL}}, NULL, {{"Shop Amount Maximum", 3, -1}}, NULL,
     "[" AMOUNTS "'max':3,'min':0.5}]", 0, NULL, NULL,
     "BAD: check Amounts is -1 at 2025-11-27T10:03:00Z, less than its min of 0.5 | check Amounts BAD -1 (min "
     "0.5, max 3) | 0"},
    {"no point in this step", {{NULL, NULL}}, NULL, {{"Shop Amount Maximum", 2, 1}}, NULL, "[" AMOUNTS "'max':3}]", 0, NULL,
     NULL, "UNKNOWN: check Amounts has no data point in this step | check Amounts UNKNOWN (max 3) | 0"},
    {"an expression", {{NULL, NULL}}, NULL, {{"SUM(SEARCH('x'))", 4, 7}}, NULL,
     "[{'name':'Sum','expression':'SUM(SEARCH(\\u0027x\\u0027))','period':60,'max':6}]", 0, NULL, NULL,
     "BAD: check Sum is 7 at 2025-11-27T10:04:00Z, more than its max of 6 | check Sum BAD 7 (max 6) | 0"},
};
/* clang-format on */

static void play(const struct scene *scene)
{
    struct fake_watch fake;
    struct str names[3], ignored = str_from(scene->ignored);
    size_t count = 0;
    watch_init(&fake);
    fake.denied = scene->denied;
    fake.forbidden = scene->forbidden;
    for (; count < 3 && scene->alarms[count].name; count++) {
        names[count] = str_from(scene->alarms[count].name);
        watch_alarm(&fake, scene->alarms[count].name, scene->alarms[count].state);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(scene->points) && scene->points[i].key; i++)
        watch_point(&fake, scene->points[i].key, scene->points[i].minute, scene->points[i].value);
    struct watcher *watcher = board_watch(
        fake.board,
        &(struct questions){.aliases = &order_service,
                            .alias_count = 1,
                            .alarms = names,
                            .alarm_count = count,
                            .ignored_alarms = &ignored,
                            .ignored_alarm_count = scene->ignored != NULL,
                            .compare = scene->compare ? fake_json(fake.arena, scene->compare) : NULL,
                            .checks = scene->checks ? fake_json(fake.arena, scene->checks) : NULL,
                            .minimum_invocations = scene->minimum});
    watcher_since(watcher, watch_now(&fake) + 2 * 60000, watch_now(&fake) + 3 * 60000);
    watch_pass(&fake, 5 * 60000);
    watch_ticks(&fake, 3);
    evidence_text(&fake, watcher); /* a percentile that is known now is asked for */
    watch_ticks(&fake, 10);
    struct str got = evidence_text(&fake, watcher);
    if (!str_is(got, scene->wanted))
        fail_msg("%s\nwanted: %s\ngot:    %.*s", scene->what, scene->wanted, STR_ARG(got));
    board_unwatch(fake.board, watcher);
    watch_release(&fake);
}

static void test_verdicts(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(scenes); i++)
        play(&scenes[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_verdicts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
