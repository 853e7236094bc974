#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/workers.h"
#include "reconciler/rollout/engine.h"
#include "tests/simulator/inprocess.h"

/*
 * A hundred rollouts at once, at their first step, in one account: what watching them costs.  The simulator
 * is in this process, time is virtual.
 */

enum { ROLLOUTS = 100, SETTLE_TICKS = 30, TICKS = 90, READS_PER_TICK = 2, STEP_MS = 10 * 60 * 1000 };

/* a.py: "b=1" */
#define ZIP                                                                                                  \
    "UEsDBBQAAAAAAAAAIQDYjiSPAwAAAAMAAAAEAAAAYS5weWI9MVBLAQIUAxQAAAAAAAAAIQDYjiSPAwAA"                       \
    "AAMAAAAEAAAAAAAAAAAAAACAAQAAAABhLnB5UEsFBgAAAAABAAEAMgAAACUAAAAAAA=="

static const int64_t epoch_ms = INT64_C(1750000000000);

struct stand {
    struct arena *arena;
    struct scheduler *scheduler;
    struct inprocess account;
    struct http http;
    struct clock clock;
    struct random random;
    struct log log;
    struct aws_session *session;
    struct aws *aws;
    struct board *board;
    struct workers *workers;
    struct rollout_run *runs[ROLLOUTS];
    struct rollout saved[ROLLOUTS];
};

/* A call as any other client makes it; its answer is not looked at but for its status. */
static void call(struct stand *stand, const char *service, const char *target, const char *method,
                 const char *path, struct str body)
{
    const struct http_header headers[] = {
        {STR("Authorization"),
         arena_printf(stand->arena,
                      "AWS4-HMAC-SHA256 Credential=111111111111/20250615/us-east-1/%s/aws4_request, "
                      "SignedHeaders=host, Signature=0",
                      service)},
        {STR("X-Amz-Target"), str_from(target)},
        {STR("Content-Type"),
         *target ? STR("application/x-amz-json-1.0") : STR("application/x-www-form-urlencoded")},
    };
    const struct http_request request = {.method = str_from(method),
                                         .url = arena_printf(stand->arena, "http://127.0.0.1:4566%s", path),
                                         .headers = headers,
                                         .header_count = 3,
                                         .body = body};
    struct http_response response;
    struct error error = ERROR_INIT;
    if (!http_perform(&stand->http, stand->arena, &request, &response, &error))
        fail_msg("%s %s: %s", method, path, error.message);
    if (response.status / 100 != 2)
        fail_msg("%s %s: %.*s", method, path, STR_ARG(response.body));
}

static void make_function(struct stand *stand, const char *name)
{
    struct arena *arena = stand->arena;
    const char *path = "/2015-03-31/functions";
    call(stand, "lambda", "", "POST", path,
         arena_printf(arena,
                      "{\"FunctionName\":\"%s\",\"Runtime\":\"python3.12\",\"Handler\":\"a.b\",\"Role\":"
                      "\"arn:aws:iam::111111111111:role/"
                      "f\",\"Code\":{\"ZipFile\":\"" ZIP "\"},"
                      "\"Publish\":true}",
                      name));
    call(stand, "lambda", "", "POST", arena_printf(arena, "%s/%s/aliases", path, name).ptr,
         STR("{\"Name\":\"live\",\"FunctionVersion\":\"1\"}"));
    call(stand, "lambda", "", "PUT", arena_printf(arena, "%s/%s/configuration", path, name).ptr,
         STR("{\"Timeout\":9}"));
    call(stand, "lambda", "", "POST", arena_printf(arena, "%s/%s/versions", path, name).ptr, STR("{}"));
    call(stand, "monitoring", "GraniteServiceVersion20100801.PutMetricAlarm", "POST", "/",
         arena_printf(arena,
                      "{\"AlarmName\":\"%s\",\"Namespace\":\"Shop\",\"MetricName\":\"Errors\",\"Period\":60,"
                      "\"Statistic\":\"Sum\",\"EvaluationPeriods\":1,\"Threshold\":1,"
                      "\"ComparisonOperator\":\"GreaterThanThreshold\"}",
                      name));
    call(stand, "monitoring", "GraniteServiceVersion20100801.SetAlarmState", "POST", "/",
         arena_printf(arena, "{\"AlarmName\":\"%s\",\"StateValue\":\"OK\",\"StateReason\":\"test\"}", name));
}

static bool save(void *self, const struct rollout *rollout, const char *what, struct error *error)
{
    (void)what;
    (void)error;
    ((struct rollout *)self)->phase = rollout->phase;
    return true;
}

static bool check(void *self, struct error *error)
{
    (void)self;
    (void)error;
    return true;
}

static struct value *parse(struct stand *stand, const char *text)
{
    struct error error = ERROR_INIT;
    struct value *value;
    assert_true(json_read(stand->arena, STR_EMPTY, str_from(text), &value, &error));
    return value;
}

static void begin(struct stand *stand, size_t i)
{
    struct arena *arena = stand->arena;
    struct rollout_target *target = arena_alloc(arena, sizeof *target);
    struct deployment_step *step = arena_alloc(arena, sizeof *step);
    struct str *alarm = arena_alloc(arena, sizeof *alarm);
    *alarm = arena_printf(arena, "f%zu", i);
    *step = (struct deployment_step){.weight = 10, .for_ms = STEP_MS};
    *target = (struct rollout_target){.logical_id = STR("Alias"),
                                      .function = *alarm,
                                      .alias = STR("live"),
                                      .old_version = STR("1"),
                                      .new_version = STR("2")};
    const struct rollout rollout = {
        .phase = ROLLOUT_WAITING,
        .id = *alarm,
        .targets = target,
        .target_count = 1,
        .steps = step,
        .step_count = 1,
        .settings = {.alarms = alarm,
                     .alarm_count = 1,
                     .hook_timeout_ms = 1000,
                     .minimum_invocations = 10,
                     .hold_limit_ms = 3600 * 1000,
                     .keep_versions = -1,
                     .compare = parse(
                         stand, "{\"errors\":true,\"throttles\":true,\"duration\":\"p90\",\"risk\":\"1\"}"),
                     .checks = value_list(arena),
                     .synthetic = value_list(arena),
                     .notify = value_list(arena)},
        .history = value_list(arena)};
    const struct rollout_options options = {
        .aws = stand->aws,
        .http = &stand->http,
        .clock = &stand->clock,
        .log = &stand->log,
        .workers = stand->workers,
        .board = stand->board,
        .keeper = {.self = &stand->saved[i], .save = save, .check = check},
        .label = *alarm};
    stand->runs[i] = rollout_run_new(&options, &rollout);
}

static int64_t calls_of(struct stand *stand)
{
    struct str text =
        inprocess_control(&stand->account, stand->arena, "GET", "/_simulator/counters", STR_EMPTY);
    struct error error = ERROR_INIT;
    struct value *counters;
    assert_true(json_read(stand->arena, STR_EMPTY, text, &counters, &error));
    return value_get_int(counters, "total", -1);
}

static void tick_all(struct stand *stand)
{
    for (size_t i = 0; i < ROLLOUTS; i++) {
        struct error error = ERROR_INIT;
        bool ended;
        if (!rollout_tick(stand->runs[i], &ended, &error))
            fail_msg("rollout %zu: %s", i, error.message);
        assert_false(ended);
    }
    clock_sleep(&stand->clock, BOARD_TICK_MS);
}

static void make_account(struct stand *stand)
{
    struct error error = ERROR_INIT;
    const struct aws_target target = {.region = STR("us-east-1")};
    (void)inprocess_control(
        &stand->account, stand->arena, "POST", "/_simulator/delays",
        STR("{\"lambda.pending\":0,\"lambda.update\":0,\"lambda.publish\":0,\"iam.propagation\":0}"));
    call(stand, "iam", "", "POST", "/",
         STR("Action=CreateRole&Version=2010-05-08&RoleName=f&AssumeRolePolicyDocument="
             "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22"
             "Action%22%3A%22sts%3AAssumeRole%22%2C%22Principal%22%3A%7B%22Service%22%3A%22"
             "lambda.amazonaws.com%22%7D%7D%5D%7D"));
    for (int i = 0; i < ROLLOUTS; i++)
        make_function(stand, arena_printf(stand->arena, "f%d", i).ptr);
    assert_true(aws_open(stand->session, &target, &stand->aws, &error));
    stand->board = board_new(stand->aws);
}

static struct stand *stand_up(void)
{
    struct stand *stand = memory_alloc(sizeof *stand);
    stand->arena = arena_new();
    stand->scheduler = scheduler_new(1, epoch_ms);
    stand->clock = scheduler_clock(stand->scheduler);
    stand->random = scheduler_random(stand->scheduler);
    stand->account.scheduler = stand->scheduler;
    stand->account.simulator =
        simulator_new(&(struct sim_options){.seed = 1, .virtual_clock = true, .virtual_epoch = epoch_ms});
    stand->http = inprocess_http(&stand->account);
    stand->log = (struct log){.fd = 2, .least = LOG_WARN, .form = LOG_TEXT, .clock = &stand->clock};
    stand->session = aws_session_new(&(struct aws_session_options){.http = &stand->http,
                                                                   .clock = &stand->clock,
                                                                   .random = &stand->random,
                                                                   .log = &stand->log,
                                                                   .environment = inprocess_variable,
                                                                   .environment_self = "111111111111"});
    stand->workers = workers_new(2);
    make_account(stand);
    return stand;
}

static void stand_down(struct stand *stand)
{
    for (size_t i = 0; i < ROLLOUTS; i++)
        rollout_run_free(stand->runs[i]);
    board_free(stand->board);
    workers_free(stand->workers);
    aws_close(stand->aws);
    aws_session_free(stand->session);
    simulator_free(stand->account.simulator);
    scheduler_free(stand->scheduler);
    arena_free(stand->arena);
    free(stand);
}

static void a_hundred_cost_two_reads_a_tick(void **state)
{
    (void)state;
    struct stand *stand = stand_up();
    int64_t most = 0, first, last;
    for (size_t i = 0; i < ROLLOUTS; i++)
        begin(stand, i);
    for (int i = 0; i < SETTLE_TICKS; i++)
        tick_all(stand);
    for (size_t i = 0; i < ROLLOUTS; i++)
        assert_int_equal(rollout_of(stand->runs[i])->phase, ROLLOUT_SHIFTING);
    first = last = calls_of(stand);
    for (int i = 0; i < TICKS; i++) {
        tick_all(stand);
        int64_t now = calls_of(stand);
        most = now - last > most ? now - last : most;
        last = now;
    }
    print_message("%d rollouts, %d ticks: %lld calls, at most %lld in a tick\n", ROLLOUTS, TICKS,
                  (long long)(last - first), (long long)most);
    assert_true(most <= READS_PER_TICK);
    stand_down(stand);
}

/* One of them turns red: it alone goes back, within one tick and by two calls at most. */
static void a_red_alarm_is_one_tick_and_two_calls(void **state)
{
    (void)state;
    struct stand *stand = stand_up();
    for (size_t i = 0; i < ROLLOUTS; i++)
        begin(stand, i);
    for (int i = 0; i < SETTLE_TICKS; i++)
        tick_all(stand);
    call(stand, "monitoring", "GraniteServiceVersion20100801.SetAlarmState", "POST", "/",
         STR("{\"AlarmName\":\"f7\",\"StateValue\":\"ALARM\",\"StateReason\":\"test\"}"));
    int64_t before = calls_of(stand);
    for (size_t i = 0; i < ROLLOUTS; i++) {
        struct error error = ERROR_INIT;
        bool ended;
        assert_true(rollout_tick(stand->runs[i], &ended, &error));
        assert_int_equal(ended, i == 7);
    }
    int64_t calls = calls_of(stand) - before;
    assert_int_equal(rollout_of(stand->runs[7])->phase, ROLLOUT_ROLLED_BACK);
    print_message("back within the tick that saw it: %lld calls, %d of them reads of all\n", (long long)calls,
                  READS_PER_TICK);
    assert_true(calls <= READS_PER_TICK + 2);
    stand_down(stand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hundred_cost_two_reads_a_tick),
        cmocka_unit_test(a_red_alarm_is_one_tick_and_two_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
