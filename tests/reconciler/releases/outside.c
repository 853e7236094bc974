/* What a test sees and does past plumb. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/workers.h"
#include "tests/reconciler/releases/stage.h"

enum { WATCH_MS = 1000, TOLERANCE_MS = 2 * 1000, MINUTE = 60 * 1000 };

void stage_traffic(struct stage *stage, const char *function, int64_t per_minute)
{
    struct str body = arena_printf(stage->arena,
                                   "{\"account\": \"%.*s\", \"region\": \"%.*s\", \"function\": \"%s\", "
                                   "\"alias\": \"live\", \"perMinute\": %" PRId64 "}",
                                   STR_ARG(stage->account), STR_ARG(stage->region), function, per_minute);
    (void)inprocess_control(&stage->simulator, stage->arena, "POST", "/_simulator/traffic", body);
}

void stage_pass_time(struct stage *stage, int64_t milliseconds)
{
    clock_sleep(&stage->clock, milliseconds);
}

static struct str media_type(const char *path, const char *target)
{
    return *target                            ? STR("application/x-amz-json-1.1")
           : str_starts(str_from(path), "/?") ? STR("application/x-www-form-urlencoded")
                                              : STR("application/json");
}

static struct value *call(struct stage *stage, struct arena *arena, const char *service, const char *target,
                          const char *method, const char *path, const char *body)
{
    struct error error = ERROR_INIT;
    struct http_response response;
    struct value *answer;
    const struct http_header headers[] = {
        {STR("Authorization"),
         arena_printf(arena,
                      "AWS4-HMAC-SHA256 Credential=%.*s/20250615/%.*s/%s/aws4_request, SignedHeaders=host, "
                      "Signature=0",
                      STR_ARG(stage->account), STR_ARG(stage->region), service)},
        {STR("Content-Type"), media_type(path, target)},
        {STR("X-Amz-Target"), str_from(target)},
    };
    const struct http_request request = {.method = str_from(method),
                                         .url = arena_printf(arena, "http://127.0.0.1:4566%s", path),
                                         .headers = headers,
                                         .header_count = ARRAY_LENGTH(headers) - !*target,
                                         .body = str_from(body)};
    DONE(http_perform(&stage->outside, arena, &request, &response, &error));
    if (response.status / 100 != 2)
        fail_msg("%s %s: %.*s", method, path, STR_ARG(response.body));
    if (!response.body.len || response.body.ptr[0] != '{')
        return value_string(arena, response.body);
    DONE(json_read(arena, STR_EMPTY, response.body, &answer, &error));
    return answer;
}

struct value *stage_call(struct stage *stage, const char *service, const char *method, const char *path,
                         const char *body)
{
    return call(stage, stage->arena, service, "", method, path, body);
}

struct value *stage_call_target(struct stage *stage, const char *service, const char *target,
                                const char *body)
{
    return call(stage, stage->arena, service, target, "POST", "/", body);
}

struct value *stage_function(struct stage *stage, const char *function)
{
    const char *path = arena_printf(stage->arena, "/2015-03-31/functions/%s/configuration", function).ptr;
    return stage_call(stage, "lambda", "GET", path, "");
}

void stage_move_alias(struct stage *stage, const char *function, const char *version, const char *weights)
{
    const char *path = arena_printf(stage->arena, "/2015-03-31/functions/%s/aliases/live", function).ptr;
    const char *body = arena_printf(stage->arena,
                                    "{\"FunctionVersion\": \"%s\", \"RoutingConfig\": "
                                    "{\"AdditionalVersionWeights\": %s}}",
                                    version, weights)
                           .ptr;
    (void)stage_call(stage, "lambda", "PUT", path, body);
}

size_t stage_hooks_succeeded(struct stage *stage, const struct rollout *outcome)
{
    const struct rollout_target *target = &outcome->targets[0];
    struct str body = arena_printf(stage->arena, "{\"deploymentId\": \"%.*s\", \"targetId\": \"%.*s\"}",
                                   STR_ARG(target->deployment), STR_ARG(target->function));
    const struct value *answer =
        stage_call_target(stage, "codedeploy", "CodeDeploy_20141006.GetDeploymentTarget", body.ptr);
    const struct value *events =
        value_path(answer, "deploymentTarget", "lambdaTarget", "lifecycleEvents", NULL);
    size_t succeeded = 0;
    for (size_t i = 0; value_is(events, VALUE_LIST) && i < events->count; i++)
        succeeded += str_is(value_get_text(events->items[i], "status"), "Succeeded") &&
                     !str_is(value_get_text(events->items[i], "lifecycleEventName"), "AllowTraffic");
    return succeeded;
}

void stage_log_begin(struct stage *stage)
{
    stage->logs_calls = true;
    stage->call_count = 0;
}

size_t stage_calls_with(struct stage *stage, const char *words)
{
    size_t count = 0;
    for (size_t i = 0; i < stage->call_count; i++)
        count += str_contains(stage->call_log[i], words);
    return count;
}

/* --- watching --- */

static struct str words_of_alias(struct arena *arena, const struct value *answer)
{
    struct str own = value_get_text(answer, "FunctionVersion");
    const struct value *weights = value_path(answer, "RoutingConfig", "AdditionalVersionWeights", NULL);
    if (!value_is(weights, VALUE_MAP) || weights->count == 0)
        return own;
    double weight = strtod(arena_strz(arena, value_text(weights->entries[0].value)), NULL);
    return arena_printf(arena, "%.*s + %g %% on %.*s", STR_ARG(own), weight * 100,
                        STR_ARG(weights->entries[0].key));
}

static struct str read_alias(struct stage *stage, struct arena *arena, const char *function)
{
    const char *path = arena_printf(arena, "/2015-03-31/functions/%s/aliases/live", function).ptr;
    return words_of_alias(arena, call(stage, arena, "lambda", "", "GET", path, ""));
}

struct str stage_alias(struct stage *stage, const char *function)
{
    return read_alias(stage, stage->arena, function);
}

/* The text between <StateValue> tags of the query protocol. */
struct str stage_alarm(struct stage *stage, struct arena *arena)
{
    const char *body =
        arena_printf(arena, "Action=DescribeAlarms&Version=2010-08-01&AlarmNames.member.1=%s", stage->alarm)
            .ptr;
    struct str text = value_text(call(stage, arena, "monitoring", "", "POST", "/?", body));
    struct str mark = STR("<StateValue>");
    const char *at = memmem(text.ptr, text.len, mark.ptr, mark.len);
    struct str rest = at ? str_from_index(text, (size_t)(at - text.ptr) + mark.len) : STR_EMPTY;
    return str_slice(rest, 0, str_find(rest, '<'));
}

static void see(struct stage *stage, const char *function, struct str words)
{
    for (size_t i = stage->sight_count; i-- > 0;) {
        const struct sight *last = &stage->sights[i];
        if (last->function != function)
            continue;
        if (str_equal(last->words, words))
            return;
        break;
    }
    assert_true(stage->sight_count < STAGE_SIGHTS_MAX);
    stage->sights[stage->sight_count++] = (struct sight){.at_ms = scheduler_now(stage->scheduler),
                                                         .function = function,
                                                         .words = arena_str(stage->arena, words),
                                                         .calls = stage->calls};
}

static void watch(void *argument)
{
    struct stage *stage = argument;
    struct arena *arena = arena_new();
    while (stage->watching) {
        for (size_t i = 0; i < stage->function_count; i++)
            see(stage, stage->functions[i], read_alias(stage, arena, stage->functions[i]));
        if (stage->alarm)
            see(stage, NULL, stage_alarm(stage, arena));
        if (stage->each_second)
            stage->each_second(stage, stage->each_second_self);
        arena_reset(arena);
        clock_sleep(&stage->clock, WATCH_MS);
    }
    arena_free(arena);
}

void stage_watch(struct stage *stage, const char *function)
{
    assert_true(stage->function_count < STAGE_ALIASES_MAX);
    stage->functions[stage->function_count++] = function;
}

void stage_watch_begin(struct stage *stage)
{
    stage->sight_count = 0;
    stage->watching = true;
    stage->watchers = workers_new(1);
    workers_submit(stage->watchers, watch, stage);
}

void stage_watch_end(struct stage *stage)
{
    stage->watching = false;
    workers_free(stage->watchers);
    stage->watchers = NULL;
}

const struct sight *stage_sight(struct stage *stage, const char *function, const char *words)
{
    for (size_t i = stage->sight_count; i-- > 0;) {
        const struct sight *sight = &stage->sights[i];
        bool same = function ? sight->function && strcmp(sight->function, function) == 0 : !sight->function;
        if (same && str_is(sight->words, words))
            return sight;
    }
    return NULL;
}

size_t stage_call_after(struct stage *stage, size_t from, const char *method, const char *words)
{
    for (size_t i = from; i < stage->call_count; i++)
        if (str_starts(stage->call_log[i], method) && str_contains(stage->call_log[i], words))
            return i - from;
    return SIZE_MAX;
}

/* "1 + 10 % on 2" with the old version 1: 10; "2": 100. */
static int percent_of(struct stage *stage, struct str words, struct str old)
{
    struct str own = str_slice(words, 0, str_find(words, ' '));
    size_t plus = str_find(words, '+');
    int percent = 0;
    if (plus < words.len)
        percent = (int)strtod(arena_strz(stage->arena, str_from_index(words, plus + 1)), NULL);
    return str_equal(own, old) ? percent : 100 - percent;
}

static struct str minutes_of(struct stage *stage, int64_t ms)
{
    int64_t near = (ms + TOLERANCE_MS) / MINUTE, off = ms - near * MINUTE;
    if (off <= TOLERANCE_MS && off >= -TOLERANCE_MS)
        return arena_printf(stage->arena, "%" PRId64, near);
    return arena_printf(stage->arena, "%" PRId64 "m%02" PRId64 "s", ms / MINUTE, ms % MINUTE / 1000);
}

struct str stage_shifts(struct stage *stage, const char *function, const char *old)
{
    struct str text = STR_EMPTY;
    int64_t began = 0;
    for (size_t i = 0; i < stage->sight_count; i++) {
        const struct sight *sight = &stage->sights[i];
        int percent = sight->function && strcmp(sight->function, function) == 0
                          ? percent_of(stage, sight->words, str_from(old))
                          : -1;
        if (percent < 0 || (percent == 0 && !began))
            continue;
        began = began ? began : sight->at_ms;
        text = arena_printf(stage->arena, "%.*s%s%d at %.*s", STR_ARG(text), text.len ? ", " : "", percent,
                            STR_ARG(minutes_of(stage, sight->at_ms - began)));
    }
    return text;
}
