#include "tests/simulator/inprocess.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/simulator/internal.h"

enum { TIMEOUT_MS = 30 * 1000, RESPONSE_MAX = 16 * 1024 * 1024 };

static void copy_headers(struct arena *arena, const struct http_request *request, struct str host,
                         struct sim_request *out)
{
    struct sim_header *headers = arena_array(arena, request->header_count + 1, sizeof *headers);
    out->headers = headers;
    headers[out->header_count++] = (struct sim_header){.name = STR("Host"), .value = host};
    for (size_t i = 0; i < request->header_count; i++)
        if (!str_equal_nocase(request->headers[i].name, STR("host")))
            headers[out->header_count++] =
                (struct sim_header){.name = request->headers[i].name, .value = request->headers[i].value};
}

/* "http://host/path?query" taken apart. */
static struct sim_request request_of(struct arena *arena, const struct http_request *request)
{
    struct sim_request out = {.method = request->method, .body = request->body};
    struct str rest = request->url;
    rest = str_from_index(rest, str_starts(rest, "https://") ? 8 : 7);
    size_t slash = str_find(rest, '/');
    copy_headers(arena, request, str_slice(rest, 0, slash), &out);
    rest = slash < rest.len ? str_from_index(rest, slash) : STR("/");
    size_t mark = str_find(rest, '?');
    out.path = str_slice(rest, 0, mark);
    out.query = str_from_index(rest, mark + 1);
    return out;
}

static struct str date_of(struct arena *arena, int64_t now_ms)
{
    time_t seconds = (time_t)(now_ms / 1000);
    struct tm parts;
    char text[64];
    gmtime_r(&seconds, &parts);
    strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return arena_str(arena, str_from(text));
}

static void give_answer(struct arena *arena, const struct sim_answer *answer, struct http_response *response)
{
    response->status = answer->status;
    response->body = answer->body;
    response->headers = arena_array(arena, answer->header_count + 1, sizeof *response->headers);
    for (size_t i = 0; i < answer->header_count; i++)
        response->headers[i] =
            (struct http_header){.name = answer->headers[i].name, .value = answer->headers[i].value};
    response->headers[answer->header_count] =
        (struct http_header){.name = STR("Date"), .value = date_of(arena, answer->date)};
    response->header_count = answer->header_count + 1;
}

static void handle(struct inprocess *inprocess, struct arena *arena, const struct sim_request *request,
                   struct sim_answer *answer)
{
    inprocess->simulator->virtual_now = scheduler_now(inprocess->scheduler);
    if (inprocess->watch)
        inprocess->watch(inprocess->watch_self, request, NULL);
    simulator_handle(inprocess->simulator, arena, request, answer);
    if (inprocess->watch)
        inprocess->watch(inprocess->watch_self, request, answer);
}

static bool perform(void *self, struct arena *arena, const struct http_request *request,
                    struct http_response *response, struct error *error)
{
    struct inprocess *inprocess = self;
    struct sim_request sent = request_of(arena, request);
    struct sim_answer answer;
    int64_t timeout = request->timeout_ms ? request->timeout_ms : TIMEOUT_MS;
    scheduler_pause(inprocess->scheduler);
    if (request->cancelled && atomic_load(request->cancelled))
        return error_set(error, ERROR_CANCELLED, "cancelled");
    handle(inprocess, arena, &sent, &answer);
    if (answer.delay_ms) {
        struct clock clock = scheduler_clock(inprocess->scheduler);
        clock_sleep(&clock, answer.delay_ms < timeout ? answer.delay_ms : timeout);
    }
    scheduler_pause(inprocess->scheduler);
    if (answer.delay_ms >= timeout)
        return error_set(error, ERROR_TIMEOUT, "no answer in time");
    if (answer.ending != SIM_ANSWERED)
        return error_set(error, ERROR_TIMEOUT, "the connection closed before a whole answer came");
    if (answer.body.len > (request->response_max ? request->response_max : RESPONSE_MAX))
        return error_set(error, ERROR_OUT_OF_MEMORY, "the answer is too large");
    give_answer(arena, &answer, response);
    return true;
}

struct http inprocess_http(struct inprocess *inprocess)
{
    return (struct http){.self = inprocess, .perform = perform};
}

struct str inprocess_control(struct inprocess *inprocess, struct arena *arena, const char *method,
                             const char *path, struct str body)
{
    struct str target = str_from(path);
    size_t mark = str_find(target, '?');
    const struct sim_request request = {.method = str_from(method),
                                        .path = str_slice(target, 0, mark),
                                        .query = str_from_index(target, mark + 1),
                                        .body = body};
    struct sim_answer answer;
    handle(inprocess, arena, &request, &answer);
    if (answer.status == 200)
        return answer.body;
    fprintf(stderr, "%s %s: %.*s\n", method, path, STR_ARG(answer.body));
    abort();
}

const char *inprocess_variable(void *account, const char *name)
{
    if (strcmp(name, "AWS_ENDPOINT_URL") == 0)
        return "http://127.0.0.1:4566";
    if (strcmp(name, "AWS_ACCESS_KEY_ID") == 0 || strcmp(name, "AWS_SECRET_ACCESS_KEY") == 0)
        return account;
    return strcmp(name, "AWS_EC2_METADATA_DISABLED") == 0 ? "true" : NULL;
}
