#include "reconciler/rollout/webhook.h"

#include "base/json.h"
#include "gitsync/webhook.h"
#include "reconciler/rollout/notify_text.h"

enum {
    TRIES = 2,
    PAUSE_MS = 500,
    ANSWER_MAX = 1024 * 1024, /* it is not looked at */
};

/* A text, or a secret in clear. */
static bool clear_text(const struct value *value, const char *what, struct str *text, struct error *error)
{
    bool readable = value_is(value, VALUE_STRING) || (value_is(value, VALUE_SECRET) && !value->boolean);
    if (!readable || !value->text.len)
        return error_set(error, ERROR_INVALID, "its %s %s", what,
                         readable ? "is empty" : "could not be read");
    *text = value->text;
    return true;
}

static bool answered_well(const struct http_response *response, struct error *error)
{
    if (response->status >= 200 && response->status <= 299)
        return true;
    bool passing = response->status == 429 || response->status >= 500;
    return error_set(error, passing ? ERROR_UNAVAILABLE : ERROR_INVALID, "it answers with status %d",
                     response->status);
}

/* The id of the notice tells doubles, so that what may have arrived is sent again. */
static bool post(const struct notify_options *options, struct arena *arena, struct http_request *request,
                 struct error *error)
{
    const struct clock *clock = aws_clock(options->aws);
    int64_t deadline = clock_monotonic(clock) + NOTIFY_CHANNEL_MS;
    for (int attempt = 1;; attempt++) {
        struct http_response response;
        request->timeout_ms = deadline - clock_monotonic(clock);
        if (http_perform(options->http, arena, request, &response, error) && answered_well(&response, error))
            return true;
        bool passing = error->code == ERROR_UNAVAILABLE || error->code == ERROR_TIMEOUT;
        if (!passing || attempt == TRIES || clock_monotonic(clock) + PAUSE_MS >= deadline)
            return false;
        error_clear(error);
        clock_sleep(clock, PAUSE_MS);
    }
}

/* URLs kept as secrets often end in a line feed. */
static bool post_json(const struct notify_options *options, struct arena *arena, const struct value *url,
                      struct str body, struct http_header *headers, size_t count, struct error *error)
{
    struct http_request request = {.method = STR("POST"),
                                   .headers = headers,
                                   .header_count = count,
                                   .body = body,
                                   .response_max = ANSWER_MAX,
                                   .public_only = true};
    if (!clear_text(url, "URL", &request.url, error))
        return false;
    request.url = str_trim(request.url);
    return post(options, arena, &request, error);
}

bool webhook_slack(const struct notify_options *options, struct arena *arena, const struct value *url,
                   const struct notice *notice, struct error *error)
{
    struct http_header headers[] = {{STR("Content-Type"), STR("application/json")}};
    struct value *body = value_map(arena);
    value_setz(arena, body, "text", value_string(arena, notice_slack(arena, notice)));
    return post_json(options, arena, url, json_text(arena, body, JSON_COMPACT), headers,
                     ARRAY_LENGTH(headers), error);
}

bool webhook_post(const struct notify_options *options, struct arena *arena, const struct value *url,
                  const struct value *secret, const struct notice *notice, struct error *error)
{
    struct str body = json_text(arena, notice_document(arena, notice), JSON_COMPACT), key;
    struct http_header headers[] = {
        {STR("Content-Type"), STR("application/json")},
        {STR("X-Plumb-Event"), str_from(notice_kind_name(notice->kind))},
        {STR("X-Plumb-Delivery"), notice_id(arena, notice)},
        {STR("X-Plumb-Signature"), STR_EMPTY},
    };
    size_t count = ARRAY_LENGTH(headers) - !secret;
    if (secret && !clear_text(secret, "secret", &key, error))
        return false;
    if (secret)
        headers[3].value = webhook_signature(arena, key, clock_wall(aws_clock(options->aws)) / 1000, body);
    return post_json(options, arena, url, body, headers, count, error);
}
