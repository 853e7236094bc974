#include "reconciler/rollout/synthetic.h"

#include "base/digest.h"
#include "base/json.h"
#include "reconciler/rollout/expectation.h"
#include "reconciler/rollout/invocation.h"

enum {
    PATIENCE = 10, /* times the latency that is expected */
    HEADERS_MAX = 64,
    BODY_MAX = 6 * 1024 * 1024, /* Lambda's own limit of payloads */
    MINUTE_MS = 60 * 1000,
};

/* One request on its way. */
struct sending {
    const struct synthetic_options *options;
    struct arena *arena;
    const struct value *request;
    struct synthetic_answer answer;
    struct str failure; /* why there is no answer to judge; empty: there is one */
};

static int64_t timeout_of(const struct value *request)
{
    int64_t latency = value_get_int(value_get(request, "expect"), "latency", 0);
    return latency > 0 && latency < SYNTHETIC_MAX_MS / PATIENCE ? latency * PATIENCE : SYNTHETIC_MAX_MS;
}

/* A text or a secret in clear. */
static struct str clear_text(const struct value *value)
{
    bool secret = value_is(value, VALUE_SECRET);
    return secret && value->boolean ? STR_EMPTY : secret ? value->text : value_text(value);
}

static bool is_text(const struct value *value)
{
    return value_is(value, VALUE_STRING) || value_is(value, VALUE_SECRET);
}

/* --- a function --- */

static void take_proxy_body(struct sending *sending, const struct value *document)
{
    struct str body = value_get_text(document, "body"), decoded;
    if (value_get_bool(document, "isBase64Encoded", false) && base64_decode(sending->arena, body, &decoded))
        body = decoded;
    sending->answer.body = body;
}

/* https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html */
static void take_answer(struct sending *sending, struct str answer)
{
    struct value *document = NULL;
    struct error error = ERROR_INIT;
    int64_t status;
    sending->answer.body = answer;
    if (!json_read(sending->arena, STR_EMPTY, answer, &document, &error) ||
        !value_to_int(value_get(document, "statusCode"), &status))
        return;
    sending->answer.status = status;
    take_proxy_body(sending, document);
}

static bool send_to_function(struct sending *sending, struct str version, struct error *error)
{
    const struct value *payload = value_get(sending->request, "payload");
    struct invocation invocation = {.function = value_get_text(sending->request, "function"),
                                    .qualifier = version,
                                    .payload = payload ? payload : value_map(sending->arena),
                                    .timeout_ms = timeout_of(sending->request)};
    bool done = invocation_make(sending->options->aws, sending->arena, &invocation, error);
    sending->answer.latency_ms = invocation.took_ms;
    if (!done && error->code != ERROR_TIMEOUT)
        return false;
    if (!done) {
        error_clear(error);
        sending->failure =
            arena_printf(sending->arena, "no answer after %lld ms", (long long)invocation.took_ms);
    } else if (invocation.failed) {
        sending->failure =
            arena_printf(sending->arena, "the function failed: %.*s", STR_ARG(invocation.message));
    } else {
        take_answer(sending, invocation.answer);
    }
    return true;
}

/* --- a URL --- */

static size_t add_headers(const struct value *given, bool json, struct http_header *headers)
{
    size_t count = 0;
    bool typed = false;
    for (size_t i = 0; given && i < given->count && count < HEADERS_MAX - 1; i++) {
        headers[count] = (struct http_header){given->entries[i].key, clear_text(given->entries[i].value)};
        typed |= str_equal_nocase(headers[count++].name, STR("Content-Type"));
    }
    if (json && !typed)
        headers[count++] = (struct http_header){STR("Content-Type"), STR("application/json")};
    return count;
}

static bool body_of(struct arena *arena, const struct value *body, struct str *out, struct error *error)
{
    struct buf text = BUF_INIT(BODY_MAX);
    *out = body ? clear_text(body) : STR_EMPTY;
    if (!body || is_text(body))
        return true;
    json_write_revealed(&text, body);
    *out = arena_str(arena, buf_str(&text));
    bool fits = !text.overflow;
    buf_release(&text);
    return fits || error_set(error, ERROR_INVALID, "its body is larger than %d bytes", BODY_MAX);
}

/* Of what the other side may be the cause, that is the finding. */
static bool is_finding(enum error_code code)
{
    return code == ERROR_UNAVAILABLE || code == ERROR_TIMEOUT || code == ERROR_OUT_OF_MEMORY;
}

static bool send_to_url(struct sending *sending, struct error *error)
{
    struct arena *arena = sending->arena;
    const struct clock *clock = aws_clock(sending->options->aws);
    const struct value *body = value_get(sending->request, "body"),
                       *method = value_get(sending->request, "method");
    struct http_header headers[HEADERS_MAX];
    struct http_response response;
    struct http_request request = {.method = method ? value_text(method)
                                             : body ? STR("POST")
                                                    : STR("GET"),
                                   .url = str_trim(clear_text(value_get(sending->request, "url"))),
                                   .headers = headers,
                                   .timeout_ms = timeout_of(sending->request),
                                   .response_max = BODY_MAX,
                                   .cancelled = sending->options->cancelled,
                                   .public_only = true};
    request.header_count =
        add_headers(value_get(sending->request, "headers"), body && !is_text(body), headers);
    if (!body_of(arena, body, &request.body, error))
        return false;
    int64_t began = clock_monotonic(clock);
    bool done = http_perform(sending->options->http, arena, &request, &response, error);
    sending->answer.latency_ms = clock_monotonic(clock) - began;
    if (!done && !is_finding(error->code))
        return false;
    if (done) {
        sending->answer.status = response.status;
        sending->answer.body = response.body;
    } else {
        sending->failure = arena_printf(arena, "no answer: %s", error->message);
        error_clear(error);
    }
    return true;
}

/* --- the outcome --- */

static void conclude(const struct sending *sending, struct str name, struct synthetic_outcome *out)
{
    struct arena *arena = sending->arena;
    const struct synthetic_answer *answer = &sending->answer;
    struct str why = sending->failure;
    bool met = !why.len && expectation_met(arena, value_get(sending->request, "expect"), answer, &why);
    if (met && answer->status)
        why = arena_printf(arena, "status %lld in %lld ms", (long long)answer->status,
                           (long long)answer->latency_ms);
    else if (met)
        why = arena_printf(arena, "answered in %lld ms", (long long)answer->latency_ms);
    *out = (struct synthetic_outcome){.passed = met,
                                      .why = arena_printf(arena, "%.*s: %.*s", STR_ARG(name), STR_ARG(why)),
                                      .status = answer->status,
                                      .latency_ms = answer->latency_ms};
}

bool synthetic_send(const struct synthetic_options *options, struct arena *arena, const struct value *request,
                    struct str version, struct synthetic_outcome *out, struct error *error)
{
    struct sending sending = {
        .options = options, .arena = arena, .request = request, .answer = {.body = STR_EMPTY}};
    struct str name = value_get_text(request, "name");
    bool sent = value_get(request, "function") ? send_to_function(&sending, version, error)
                                               : send_to_url(&sending, error);
    if (!sent)
        return error_prefix(error, "%.*s", STR_ARG(name));
    conclude(&sending, name, out);
    return true;
}

int64_t synthetic_due(struct synthetic_pace *pace, int64_t per_minute, int64_t now_ms)
{
    int64_t most = per_minute / 6 > 1 ? per_minute / 6 : 1;
    if (per_minute <= 0)
        return 0;
    if (!pace->started)
        *pace = (struct synthetic_pace){.started = true, .last_ms = now_ms, .owed = MINUTE_MS};
    int64_t passed = now_ms - pace->last_ms;
    pace->last_ms = now_ms;
    pace->owed += (passed < MINUTE_MS ? passed : MINUTE_MS) * per_minute; /* a minute owes `most` for sure */
    int64_t due = pace->owed / MINUTE_MS;
    pace->owed = due > most ? 0 : pace->owed - due * MINUTE_MS;
    return due < most ? due : most;
}
