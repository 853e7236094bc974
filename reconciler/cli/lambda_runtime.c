#include "reconciler/cli/lambda_runtime.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"

/* A wait that is frozen may be over by the clock when it goes on: a day is asked for again. */
enum { EVENT_MAX = 16 * 1024 * 1024, NEXT_MS = 24 * 60 * 60 * 1000, ANSWER_MS = 10 * 1000 };

struct lambda_runtime {
    struct http_client *client; /* its own: the API is asked by plain http, and nobody else is */
    struct http http;
    const char *address;
    char *host;
};

/* "127.0.0.1" of "127.0.0.1:9001" */
static char *host_of(const char *address)
{
    struct str text = str_from(address);
    return memory_text(str_slice(text, 0, str_find_last(text, ':')));
}

bool lambda_runtime_open(const char *address, struct lambda_runtime **out, struct error *error)
{
    struct lambda_runtime *runtime = memory_alloc(sizeof *runtime);
    runtime->address = address;
    runtime->host = host_of(address);
    const char *const hosts[] = {runtime->host};
    const struct http_client_options options = {.plain_hosts = hosts, .plain_host_count = 1};
    *out = runtime;
    if (http_client_new(&options, &runtime->client, error)) {
        runtime->http = http_client_http(runtime->client);
        return true;
    }
    lambda_runtime_close(runtime);
    return false;
}

void lambda_runtime_close(struct lambda_runtime *runtime)
{
    if (runtime->client)
        http_client_free(runtime->client);
    free(runtime->host);
    free(runtime);
}

static struct str url(const struct lambda_runtime *runtime, struct arena *arena, struct str id,
                      const char *what)
{
    return arena_printf(arena, "http://%s/2018-06-01/runtime/invocation/%.*s%s", runtime->address,
                        STR_ARG(id), what);
}

static bool wait_for_answer(struct lambda_runtime *runtime, struct arena *arena,
                            const struct http_request *request, struct http_response *answer,
                            struct error *error)
{
    while (!http_perform(&runtime->http, arena, request, answer, error)) {
        if (error->code != ERROR_TIMEOUT)
            return error_prefix(error, "cannot ask Lambda for the next event");
        error_clear(error);
    }
    if (answer->status == 200)
        return true;
    return error_set(error, ERROR_UNAVAILABLE, "Lambda has no next event: it answered %d: %.*s",
                     answer->status, STR_ARG(str_clip(answer->body, 200)));
}

bool lambda_next(struct lambda_runtime *runtime, struct arena *arena, const atomic_bool *cancelled,
                 struct lambda_event *event, struct error *error)
{
    struct http_response answer;
    const struct http_request request = {.method = STR("GET"),
                                         .url = url(runtime, arena, STR("next"), ""),
                                         .timeout_ms = NEXT_MS,
                                         .response_max = EVENT_MAX,
                                         .cancelled = cancelled};
    uint64_t deadline;
    if (!wait_for_answer(runtime, arena, &request, &answer, error))
        return false;
    event->id = http_header(&answer, "Lambda-Runtime-Aws-Request-Id");
    event->body = answer.body;
    if (!event->id.len ||
        !str_to_uint(http_header(&answer, "Lambda-Runtime-Deadline-Ms"), INT64_MAX, &deadline))
        return error_set(error, ERROR_INVALID, "an event of Lambda has no id or no deadline");
    event->deadline_ms = (int64_t)deadline;
    return true;
}

static bool post(struct lambda_runtime *runtime, struct arena *arena, const struct lambda_event *event,
                 const char *where, struct str body, struct error *error)
{
    static const struct http_header headers[] = {
        {STR("Content-Type"), STR("application/json")},
        {STR("Lambda-Runtime-Function-Error-Type"), STR("Plumb.Pass")}};
    struct http_response answer;
    const struct http_request request = {.method = STR("POST"),
                                         .url = url(runtime, arena, event->id, where),
                                         .headers = headers,
                                         .header_count = strcmp(where, "/error") == 0 ? 2 : 1,
                                         .body = body,
                                         .timeout_ms = ANSWER_MS};
    if (!http_perform(&runtime->http, arena, &request, &answer, error))
        return error_prefix(error, "cannot tell Lambda what came of an event");
    if (answer.status == 202)
        return true;
    return error_set(error, ERROR_UNAVAILABLE,
                     "Lambda did not take what came of an event: it answered %d: %.*s", answer.status,
                     STR_ARG(str_clip(answer.body, 200)));
}

bool lambda_respond(struct lambda_runtime *runtime, struct arena *arena, const struct lambda_event *event,
                    struct str response, struct error *error)
{
    return post(runtime, arena, event, "/response", response, error);
}

bool lambda_fail(struct lambda_runtime *runtime, struct arena *arena, const struct lambda_event *event,
                 const struct error *why, struct error *error)
{
    struct value *map = value_map(arena);
    value_setz(arena, map, "errorMessage", value_stringz(arena, why->message));
    value_setz(arena, map, "errorType", value_stringz(arena, "Plumb.Pass"));
    return post(runtime, arena, event, "/error", json_text(arena, map, JSON_COMPACT), error);
}
