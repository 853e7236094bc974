/* What a forge's refusal means, and how long it wants to be left alone. */

#include <inttypes.h>

#include "base/json.h"
#include "gitsync/forge/private.h"

enum {
    SAID_MAX = 300,
    WAIT_LEAST_MS = 1000,
    WAIT_UNSAID_MS = 60 * 1000, /* GitHub asks for a minute where it says nothing, and for more each time */
    WAIT_MOST_MS = 60 * 60 * 1000,
    DOUBLINGS_MAX = 5,
    EPOCH_LEAST = 1000 * 1000 * 1000, /* a smaller number is seconds from now */
};

/* ---- Limits ---- */

static struct str limit_header(const struct http_response *response, const char *github, const char *gitlab)
{
    struct str text = http_header(response, github);
    return text.len ? text : http_header(response, gitlab);
}

/* The forge's own time, since ours may be off. */
static int64_t their_now(struct forge *forge, const struct http_response *response)
{
    int64_t now;
    return time_parse_http(http_header(response, "Date"), &now) ? now : clock_wall(forge->clock);
}

static int64_t until_reset(struct forge *forge, const struct http_response *response)
{
    uint64_t reset;
    if (!str_to_uint(limit_header(response, "X-RateLimit-Reset", "RateLimit-Reset"), INT64_MAX / 1000,
                     &reset))
        return 0;
    if (reset < EPOCH_LEAST)
        return (int64_t)reset * 1000;
    return (int64_t)reset * 1000 - their_now(forge, response);
}

static int64_t retry_after(struct forge *forge, const struct http_response *response)
{
    struct str text = http_header(response, "Retry-After");
    uint64_t seconds;
    int64_t when;
    if (str_to_uint(text, INT64_MAX / 1000, &seconds))
        return (int64_t)seconds * 1000;
    return time_parse_http(text, &when) ? when - their_now(forge, response) : 0;
}

static bool used_up(const struct http_response *response)
{
    return str_is(limit_header(response, "X-RateLimit-Remaining", "RateLimit-Remaining"), "0");
}

static int64_t clamp(int64_t wait)
{
    return wait < WAIT_LEAST_MS ? WAIT_LEAST_MS : wait > WAIT_MOST_MS ? WAIT_MOST_MS : wait;
}

/* Call with the lock. */
static void block(struct forge *forge, int64_t wait)
{
    int64_t until = clock_monotonic(forge->clock) + wait;
    if (until > forge->blocked_until_ms)
        forge->blocked_until_ms = until;
}

void forge_note_limits(struct forge *forge, const struct http_response *response)
{
    int64_t wait = used_up(response) ? until_reset(forge, response) : 0;
    pthread_mutex_lock(&forge->lock);
    if (wait > 0)
        block(forge, clamp(wait));
    if (response->status < 300)
        forge->throttled = 0;
    pthread_mutex_unlock(&forge->lock);
}

int64_t forge_note_throttled(struct forge *forge, const struct http_response *response)
{
    int64_t wait = retry_after(forge, response);
    if (wait <= 0 && used_up(response))
        wait = until_reset(forge, response);
    pthread_mutex_lock(&forge->lock);
    if (wait <= 0)
        wait = (int64_t)WAIT_UNSAID_MS << forge->throttled;
    if (forge->throttled < DOUBLINGS_MAX)
        forge->throttled++;
    wait = clamp(wait);
    block(forge, wait);
    pthread_mutex_unlock(&forge->lock);
    return wait;
}

int64_t forge_wait_ms(struct forge *forge)
{
    pthread_mutex_lock(&forge->lock);
    int64_t left = forge->blocked_until_ms - clock_monotonic(forge->clock);
    pthread_mutex_unlock(&forge->lock);
    return left > 0 ? left : 0;
}

/* ---- Words ---- */

static void add_said(struct buf *out, const struct value *value)
{
    if (!value || value->kind == VALUE_NULL)
        return;
    if (out->len)
        buf_addz(out, ": ");
    if (value->kind == VALUE_STRING)
        buf_add(out, value->text);
    else
        json_write(out, value, JSON_COMPACT);
}

/* The forge's own words, on one line, without what could be a credential. */
static struct str said(struct forge *forge, struct arena *arena, const struct http_response *response)
{
    struct error ignored = ERROR_INIT;
    struct value *value = NULL;
    if (!json_read_max(arena, STR_EMPTY, response->body, 1000, &value, &ignored))
        return STR_EMPTY;
    struct buf text = BUF_INIT(SAID_MAX * 4);
    add_said(&text, value_get(value, "message"));
    add_said(&text, value_get(value, "error"));
    if (value_get(value, "errors") && value_get(value, "errors")->count)
        add_said(&text, value_get(value, "errors"));
    struct str words = arena_str(arena, str_clip(buf_str(&text), SAID_MAX));
    buf_release(&text);
    for (size_t i = 0; i < words.len; i++)
        if ((unsigned char)words.ptr[i] < 0x20 || words.ptr[i] == 0x7f)
            ((char *)words.ptr)[i] = ' ';
    bool shows = forge->token.len && str_contains(words, forge->token.ptr);
    return shows ? STR_EMPTY : words;
}

static bool refuse(enum error_code code, const char *sentence, const struct forge *forge, int status,
                   struct str words, struct error *error)
{
    error_set(error, code, "%s %s (HTTP status %d)", forge->api->name, sentence, status);
    return words.len ? error_suffix(error, ": %.*s", STR_ARG(words)) : false;
}

static bool throttled(struct forge *forge, const struct http_response *response, struct str words,
                      struct error *error)
{
    int64_t wait = forge_note_throttled(forge, response);
    refuse(ERROR_THROTTLED, "is asked too often", forge, response->status, words, error);
    return error_suffix(error, "; it may be asked again in %" PRId64 " s", (wait + 999) / 1000);
}

static bool is_throttling(const struct http_response *response, struct str words)
{
    if (response->status == 429)
        return true;
    return response->status == 403 && (used_up(response) || http_header(response, "Retry-After").len ||
                                       str_contains(words, "rate limit"));
}

static bool denied(struct forge *forge, const struct forge_call *call, const struct http_response *response,
                   struct str words, struct error *error)
{
    if (response->status == 401) {
        const char *which = forge->app         ? "does not accept the App's id or private key"
                            : forge->token.len ? "does not accept the token"
                                               : "wants a token";
        refuse(ERROR_DENIED, which, forge, response->status, words, error);
    } else {
        refuse(ERROR_DENIED, "forbids it", forge, response->status, words, error);
    }
    return call->needs ? error_suffix(error, "; needed is: %s", call->needs) : false;
}

/* 4xx that is no matter of permissions or limits. */
static bool refused(struct forge *forge, const struct http_response *response, struct str words,
                    struct error *error)
{
    switch (response->status) {
    case 404:
    case 410:
        return refuse(ERROR_NOT_FOUND, "knows no such thing, or does not show it to this token", forge,
                      response->status, words, error);
    case 405:
    case 409:
    case 412:
    case 423:
        return refuse(ERROR_CONFLICT, "refuses it as things are", forge, response->status, words, error);
    case 408:
        return refuse(ERROR_TIMEOUT, "did not get the whole request in time", forge, response->status, words,
                      error);
    default:
        return refuse(ERROR_INVALID, "does not take the request", forge, response->status, words, error);
    }
}

bool forge_failure(struct forge *forge, struct arena *arena, const struct forge_call *call,
                   const struct http_response *response, struct error *error)
{
    struct str words = said(forge, arena, response);
    int status = response->status;
    if (is_throttling(response, words))
        return throttled(forge, response, words, error);
    if (status == 401 || status == 403)
        return denied(forge, call, response, words, error);
    if (status >= 300 && status < 400)
        return refuse(ERROR_NOT_FOUND, "has it at another address: write the repository's present one", forge,
                      status, STR_EMPTY, error);
    if (status >= 500)
        return refuse(ERROR_UNAVAILABLE, "failed", forge, status, words, error);
    if (status >= 400)
        return refused(forge, response, words, error);
    return refuse(ERROR_CORRUPT, "answered what its API is not described to", forge, status, STR_EMPTY,
                  error);
}
