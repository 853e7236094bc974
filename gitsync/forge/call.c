/* One request: authorize, send, read the answer, and decide whether to do it again. */

#include <inttypes.h>

#include "base/json.h"
#include "gitsync/forge/private.h"

enum {
    ATTEMPTS_MAX = 3,
    BACKOFF_MS = 500,
    CANCEL_CHECK_MS = 200,
    HEADERS_MAX = 6,
};

bool forge_sleep(struct forge *forge, int64_t milliseconds, struct error *error)
{
    while (milliseconds > 0) {
        int64_t part = milliseconds > CANCEL_CHECK_MS ? CANCEL_CHECK_MS : milliseconds;
        if (forge->cancelled && atomic_load(forge->cancelled))
            return error_set(error, ERROR_CANCELLED, "asked to stop");
        clock_sleep(forge->clock, part);
        milliseconds -= part;
    }
    return true;
}

bool forge_answer_lost(const struct error *error)
{
    return error->code == ERROR_TIMEOUT || error->code == ERROR_UNAVAILABLE || error->code == ERROR_CORRUPT;
}

static bool credential(struct forge *forge, struct arena *scratch, const struct forge_call *call,
                       struct str *token, struct error *error)
{
    *token = forge->token;
    if (!forge->app)
        return true;
    return call->as_app ? forge_app_proof(forge, scratch, token, error)
                        : forge_app_token(forge, scratch, token, error);
}

static size_t make_headers(struct forge *forge, struct arena *scratch, const struct forge_call *call,
                           struct str token, struct http_header *headers)
{
    const struct forge_api *api = forge->api;
    size_t count = 0;
    const char *scheme = forge->app ? "Bearer" : api->scheme;
    headers[count++] =
        (struct http_header){STR("Accept"), str_from(call->accept ? call->accept : api->accept)};
    headers[count++] = (struct http_header){STR("User-Agent"), STR("plumb/" PLUMB_VERSION)};
    if (token.len)
        headers[count++] = (struct http_header){STR("Authorization"),
                                                arena_printf(scratch, "%s %.*s", scheme, STR_ARG(token))};
    if (api->version_name)
        headers[count++] = (struct http_header){str_from(api->version_name), str_from(api->version)};
    if (call->body)
        headers[count++] = (struct http_header){STR("Content-Type"), STR("application/json")};
    return count;
}

static bool send(struct forge *forge, struct arena *scratch, struct arena *arena,
                 const struct forge_call *call, struct str token, struct http_response *response,
                 struct error *error)
{
    struct http_header headers[HEADERS_MAX];
    struct buf body = BUF_INIT(BUF_LARGE);
    if (call->body)
        json_write_revealed(&body, call->body);
    struct http_request request = {
        .method = str_from(call->method),
        .url = arena_printf(scratch, "%.*s/%.*s", STR_ARG(forge->base), STR_ARG(call->path)),
        .headers = headers,
        .header_count = make_headers(forge, scratch, call, token, headers),
        .body = buf_str(&body),
        .timeout_ms = FORGE_CALL_MS,
        .response_max = call->answer_max,
        .cancelled = forge->cancelled,
    };
    bool done = http_perform(forge->http, arena, &request, response, error);
    if (body.ptr)
        explicit_bzero(body.ptr, body.len); /* a webhook's secret */
    buf_release(&body);
    return done;
}

static bool read_answer(struct forge *forge, struct arena *arena, const struct forge_call *call,
                        const struct http_response *response, struct forge_answer *answer,
                        struct error *error)
{
    *answer = (struct forge_answer){.status = response->status, .body = response->body};
    forge_note_limits(forge, response);
    if (response->status < 200 || response->status > 299)
        return forge_failure(forge, arena, call, response, error);
    if (!forge_next_page(forge, response, &answer->next, error))
        return false;
    if (call->raw || str_trim(response->body).len == 0)
        return true;
    if (json_read(arena, STR_EMPTY, response->body, &answer->value, error))
        return true;
    error->code = ERROR_CORRUPT;
    return error_prefix(error, "%s's answer is no JSON", forge->api->name);
}

/* How one attempt ended that failed. */
struct ending {
    bool no_credential; /* for which what it takes has been tried */
    bool unsent;        /* no connection: nothing can have happened */
    bool again;         /* worth its while at once, with another credential */
};

static bool try_once(struct forge *forge, struct arena *arena, const struct forge_call *call,
                     struct forge_answer *answer, struct ending *ending, struct error *error)
{
    struct http_response response;
    struct arena *scratch = arena_new();
    struct str token;
    bool done = credential(forge, scratch, call, &token, error);
    ending->no_credential = !done;
    if (done) {
        done = send(forge, scratch, arena, call, token, &response, error);
        ending->unsent = !done && error->code == ERROR_UNAVAILABLE;
        if (done) {
            done = read_answer(forge, arena, call, &response, answer, error);
            ending->again = !done && response.status == 401 && forge->app &&
                            forge_app_rejected(forge, call->as_app, token, &response);
        }
    }
    arena_wipe(scratch);
    return done;
}

static bool may_ask(struct forge *forge, struct error *error)
{
    int64_t wait = forge_wait_ms(forge);
    if (wait == 0)
        return true;
    return error_set(error, ERROR_THROTTLED, "%s may be asked again in %" PRId64 " s", forge->api->name,
                     (wait + 999) / 1000);
}

static bool run(struct forge *forge, struct arena *arena, const struct forge_call *call,
                struct forge_answer *answer, struct error *error)
{
    bool renewed = false, natural = call->natural || str_is(str_from(call->method), "GET");
    for (int attempt = 1;; attempt++) {
        struct error failure = ERROR_INIT;
        struct ending ending = {.again = false};
        if (!may_ask(forge, error))
            return false;
        if (try_once(forge, arena, call, answer, &ending, &failure))
            return true;
        bool passing = failure.code == ERROR_TIMEOUT || failure.code == ERROR_UNAVAILABLE;
        if (ending.again && !renewed) {
            renewed = true;
            continue;
        }
        if (ending.no_credential || !passing || !(natural || ending.unsent) || attempt >= ATTEMPTS_MAX) {
            *error = failure;
            return false;
        }
        int64_t most = (int64_t)BACKOFF_MS << attempt;
        if (!forge_sleep(forge, (int64_t)random_below(forge->random, (uint64_t)most) + 1, error))
            return false;
    }
}

bool forge_call(struct forge *forge, struct arena *arena, const struct forge_call *call,
                struct forge_answer *answer, struct error *error)
{
    return run(forge, arena, call, answer, error) ||
           error_prefix(error, "cannot %s of %.*s", call->what, STR_ARG(forge->repository));
}

bool forge_call_maybe(struct forge *forge, struct arena *arena, const struct forge_call *call,
                      struct value **value, struct error *error)
{
    struct forge_answer answer;
    struct error failure = ERROR_INIT;
    *value = NULL;
    if (forge_call(forge, arena, call, &answer, &failure)) {
        *value = answer.value;
        return true;
    }
    if (failure.code == ERROR_NOT_FOUND)
        return true;
    *error = failure;
    return false;
}
