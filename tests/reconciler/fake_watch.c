#include "tests/reconciler/fake_watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/json.h"

static int64_t wall(void *self)
{
    return atomic_load(&((struct fake_watch *)self)->wall_ms);
}

static void sleep_ms(void *self, int64_t milliseconds)
{
    watch_pass(self, milliseconds);
}

static const char *variable(void *self, const char *name)
{
    (void)self;
    if (strcmp(name, "AWS_ACCESS_KEY_ID") == 0)
        return "AKIDEXAMPLE";
    return strcmp(name, "AWS_SECRET_ACCESS_KEY") == 0 ? "secret" : NULL;
}

/* --- answers --- */

static bool fails(struct arena *arena, struct http_response *response, const char *name, const char *message)
{
    response->status = 400;
    response->body = arena_printf(arena, "{\"__type\":\"%s\",\"message\":\"%s\"}", name, message);
    return true;
}

static void give(struct arena *arena, struct http_response *response, const struct value *value)
{
    struct buf text = BUF_INIT(BUF_LARGE);
    json_write(&text, value, JSON_COMPACT);
    response->body = arena_str(arena, buf_str(&text));
    buf_release(&text);
}

static void describe_alarms(struct fake_watch *fake, struct arena *arena, const struct value *input,
                            struct http_response *response)
{
    const struct value *names = value_get(input, "AlarmNames");
    struct value *found = value_list(arena), *output = value_map(arena);
    fake->alarm_calls++;
    fake->most_alarms = names->count > fake->most_alarms ? names->count : fake->most_alarms;
    for (size_t i = 0; i < names->count; i++) {
        const struct value *alarm = value_get_str(fake->alarms, value_text(names->items[i]));
        if (value_is(alarm, VALUE_MAP))
            value_append(arena, found, value_copy(arena, alarm));
    }
    value_setz(arena, output, "MetricAlarms", found);
    give(arena, response, output);
}

static struct str key_of(struct arena *arena, const struct value *query)
{
    const struct value *stat = value_get(query, "MetricStat"), *metric = value_get(stat, "Metric");
    const struct value *dimensions = value_get(metric, "Dimensions");
    struct str statistic = value_get_text(stat, "Stat");
    if (!stat)
        return value_get_text(query, "Expression");
    if (!str_is(value_get_text(metric, "Namespace"), "AWS/Lambda"))
        return arena_printf(arena, "%.*s %.*s %.*s", STR_ARG(value_get_text(metric, "Namespace")),
                            STR_ARG(value_get_text(metric, "MetricName")), STR_ARG(statistic));
    assert_int_equal(dimensions->count, 3);
    return arena_printf(arena, "%.*s:%.*s %.*s %.*s", STR_ARG(value_get_text(dimensions->items[0], "Value")),
                        STR_ARG(value_get_text(dimensions->items[2], "Value")),
                        STR_ARG(value_get_text(metric, "MetricName")), STR_ARG(statistic));
}

/* Points from `skip` on, at most a page of them; true where there are more. */
static bool give_series(struct fake_watch *fake, struct arena *arena, struct value *results,
                        const struct value *query, const struct value *input, size_t skip)
{
    struct value *result = value_map(arena), *times = value_list(arena), *values = value_list(arena);
    struct str key = key_of(arena, query);
    int64_t start = value_get_int(input, "StartTime", 0), end = value_get_int(input, "EndTime", 0);
    bool more = false, forbidden = fake->forbidden && str_contains(key, fake->forbidden);
    for (size_t i = 0, n = 0; i < fake->point_count && !forbidden; i++) {
        const struct fake_point *point = &fake->points[i];
        if (point->at_s < start || point->at_s >= end || !str_is(key, point->key) || n++ < skip)
            continue;
        more = fake->page && times->count == fake->page;
        if (more)
            break;
        value_append(arena, times, value_int(arena, point->at_s));
        value_append(arena, values, value_number(arena, arena_printf(arena, "%.17g", point->value)));
    }
    value_setz(arena, result, "Id", value_get(query, "Id"));
    value_setz(arena, result, "Timestamps", times);
    value_setz(arena, result, "Values", values);
    value_setz(arena, result, "StatusCode",
               value_stringz(arena, forbidden ? "Forbidden"
                                    : more    ? "PartialData"
                                              : "Complete"));
    value_append(arena, results, result);
    return more;
}

static bool get_metric_data(struct fake_watch *fake, struct arena *arena, const struct value *input,
                            struct http_response *response)
{
    const struct value *queries = value_get(input, "MetricDataQueries");
    struct str token = value_get_text(input, "NextToken");
    struct value *results = value_list(arena), *output = value_map(arena);
    uint64_t skip = 0;
    bool more = false;
    fake->metric_calls++;
    fake->most_queries = queries->count > fake->most_queries ? queries->count : fake->most_queries;
    assert_true(value_get_int(input, "StartTime", 1) % 60 == 0 &&
                value_get_int(input, "EndTime", 1) % 60 == 0);
    for (size_t i = 0; i < queries->count; i++)
        if (fake->invalid && str_contains(key_of(arena, queries->items[i]), fake->invalid))
            return fails(arena, response, "ValidationError", "Error in expression");
    assert_true(!token.len || str_to_uint(token, 100000, &skip));
    for (size_t i = 0; i < queries->count; i++)
        more = give_series(fake, arena, results, queries->items[i], input, skip) || more;
    value_setz(arena, output, "MetricDataResults", results);
    if (more)
        value_setz(arena, output, "NextToken", value_stringf(arena, "%zu", (size_t)skip + fake->page));
    give(arena, response, output);
    return true;
}

static void get_deployments(struct fake_watch *fake, struct arena *arena, const struct value *input,
                            struct http_response *response)
{
    const struct value *ids = value_get(input, "deploymentIds");
    struct value *found = value_list(arena), *output = value_map(arena);
    fake->deployment_calls++;
    assert_true(ids->count <= 25);
    for (size_t i = 0; i < ids->count; i++) {
        struct value *info = value_map(arena);
        value_setz(arena, info, "deploymentId", ids->items[i]);
        value_setz(arena, info, "status", value_stringz(arena, "InProgress"));
        if (!str_is(value_text(ids->items[i]), "d-NONE"))
            value_append(arena, found, info);
    }
    value_setz(arena, output, "deploymentsInfo", found);
    give(arena, response, output);
}

static bool answer(struct fake_watch *fake, struct arena *arena, struct str operation,
                   const struct http_request *request, struct http_response *response)
{
    struct error error = ERROR_INIT;
    struct value *input = NULL;
    fake->calls++;
    if (request->body.len && !json_read(arena, STR_EMPTY, request->body, &input, &error))
        fail_msg("%s", error.message);
    if (fake->denied && str_is(operation, fake->denied))
        return fails(arena, response, "AccessDeniedException", "not authorized to look");
    if (fake->throttled && str_is(operation, fake->throttled))
        return fails(arena, response, "ThrottlingException", "Rate exceeded");
    if (str_is(operation, "DescribeAlarms")) {
        describe_alarms(fake, arena, input, response);
    } else if (str_is(operation, "GetMetricData")) {
        return get_metric_data(fake, arena, input, response);
    } else if (str_is(operation, "BatchGetDeployments")) {
        get_deployments(fake, arena, input, response);
    } else {
        fake->alias_calls++;
        if (str_contains(request->url, "/Missing/"))
            fails(arena, response, "ResourceNotFoundException", "no alias");
        response->status = response->status == 400 ? 404 : 200;
        if (response->status == 200)
            response->body = STR("{\"Name\":\"live\",\"FunctionVersion\":\"1\"}");
    }
    return true;
}

static bool perform(void *self, struct arena *arena, const struct http_request *request,
                    struct http_response *response, struct error *error)
{
    struct fake_watch *fake = self;
    struct str operation = STR("GetAlias");
    (void)error;
    *response = (struct http_response){.status = 200, .body = STR_EMPTY};
    if (str_starts(request->body, "Action=GetCallerIdentity")) {
        response->body = STR("<R><GetCallerIdentityResult><Arn>arn:aws:iam::111111111111:root</Arn>"
                             "<Account>111111111111</Account></GetCallerIdentityResult></R>");
        return true;
    }
    for (size_t i = 0; i < request->header_count; i++)
        if (str_equal_nocase(request->headers[i].name, STR("X-Amz-Target")))
            operation =
                str_from_index(request->headers[i].value, str_find(request->headers[i].value, '.') + 1);
    void (*meanwhile)(struct fake_watch *) = fake->meanwhile;
    if (meanwhile) {
        fake->meanwhile = NULL;
        meanwhile(fake);
    }
    pthread_mutex_lock(&fake->lock);
    if (str_is(operation, "GetMetricData"))
        fake->last_metrics = arena_str(fake->arena, request->body);
    bool done = answer(fake, arena, operation, request, response);
    pthread_mutex_unlock(&fake->lock);
    return done;
}

/* --- the account --- */

void watch_init(struct fake_watch *fake)
{
    struct error error = ERROR_INIT;
    *fake = (struct fake_watch){.arena = arena_new(), .wall_ms = (int64_t)WATCH_START * 1000};
    pthread_mutex_init(&fake->lock, NULL);
    fake->alarms = value_map(fake->arena);
    fake->clock = (struct clock){.self = fake, .wall_ms = wall, .monotonic_ms = wall, .sleep_ms = sleep_ms};
    fake->http = (struct http){.self = fake, .perform = perform};
    fake->log = (struct log){.fd = 2, .least = LOG_ERROR, .clock = &fake->clock};
    fake->session = aws_session_new(&(struct aws_session_options){.http = &fake->http,
                                                                  .clock = &fake->clock,
                                                                  .random = &system_random,
                                                                  .log = &fake->log,
                                                                  .environment = variable});
    if (!aws_open(fake->session, &(struct aws_target){.region = STR("us-east-1")}, &fake->aws, &error))
        fail_msg("%s", error.message);
    fake->board = board_new(fake->aws);
}

void watch_release(struct fake_watch *fake)
{
    board_free(fake->board);
    aws_close(fake->aws);
    aws_session_free(fake->session);
    arena_free(fake->arena);
    free(fake->points);
    pthread_mutex_destroy(&fake->lock);
}

void watch_pass(struct fake_watch *fake, int64_t milliseconds)
{
    atomic_fetch_add(&fake->wall_ms, milliseconds);
}

int64_t watch_now(struct fake_watch *fake)
{
    return atomic_load(&fake->wall_ms);
}

void watch_alarm(struct fake_watch *fake, const char *name, const char *state)
{
    struct value *alarm = value_map(fake->arena);
    value_setz(fake->arena, alarm, "AlarmName", value_stringz(fake->arena, name));
    value_setz(fake->arena, alarm, "StateValue", value_stringz(fake->arena, state ? state : ""));
    value_setz(fake->arena, alarm, "StateReason", value_stringz(fake->arena, "Threshold Crossed"));
    value_setz(fake->arena, fake->alarms, name, state ? alarm : value_null(fake->arena));
}

void watch_point(struct fake_watch *fake, const char *key, int64_t minute, double value)
{
    int64_t at_s = WATCH_START + minute * 60;
    size_t at = 0;
    while (at < fake->point_count &&
           (fake->points[at].at_s != at_s || strcmp(fake->points[at].key, key) != 0))
        at++;
    if (at == fake->point_count && fake->point_count++ == fake->point_capacity) {
        fake->point_capacity = fake->point_capacity ? fake->point_capacity * 2 : 64;
        fake->points = memory_resize(fake->points, fake->point_capacity * sizeof *fake->points);
    }
    fake->points[at] = (struct fake_point){.at_s = at_s, .value = value};
    snprintf(fake->points[at].key, sizeof fake->points[at].key, "%s", key);
}

const struct watched_alias order_service = {
    .function = {"OrderService", 12}, .alias = {"live", 4}, .old_version = {"1", 1}, .new_version = {"2", 1}};

static const char *const verdicts[] = {"GOOD", "BAD", "UNKNOWN"};

void watch_ticks(struct fake_watch *fake, int count)
{
    for (int i = 0; i < count; i++) {
        watch_pass(fake, BOARD_TICK_MS);
        board_tick(fake->board);
    }
}

struct str evidence_text(struct fake_watch *fake, struct watcher *watcher)
{
    struct arena *arena = fake->arena;
    struct evidence evidence;
    watcher_evidence(watcher, arena, watch_now(fake), &evidence);
    struct buf text = BUF_INIT(BUF_SMALL);
    buf_printf(&text, "%s: %.*s |", verdicts[evidence.verdict], STR_ARG(evidence.reason));
    for (size_t i = 0; i < evidence.finding_count; i++) {
        const struct finding *finding = &evidence.findings[i];
        buf_printf(&text, "%s %.*s %s", i ? ";" : "", STR_ARG(finding->name), verdicts[finding->verdict]);
        buf_printf(&text, "%s%.*s", finding->value.len ? " " : "", STR_ARG(finding->value));
        if (finding->limit.len)
            buf_printf(&text, " (%.*s)", STR_ARG(finding->limit));
    }
    buf_printf(&text, " | %lld%s", (long long)evidence.invocations, evidence.thin ? " thin" : "");
    struct str result = arena_str(arena, buf_str(&text));
    buf_release(&text);
    return result;
}
