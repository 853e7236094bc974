#include "gitsync/smart_http.h"

#include "base/digest.h"
#include "gitsync/mirror_private.h"

enum {
    LISTING_MAX = 64 * 1024 * 1024, /* of the advertised refs */
    WORDS_MAX = 300,                /* of an error page */
    HEADERS_MAX = 5,
};

struct exchange {
    struct session *session;
    struct arena *arena;
    const struct smart_request *smart;
    struct str token; /* or empty */
};

static void add_header(struct http_request *request, struct http_header *headers, const char *name,
                       struct str value)
{
    headers[request->header_count++] = (struct http_header){.name = str_from(name), .value = value};
}

static struct str authorization(struct arena *arena, const struct mirror *mirror, struct str token)
{
    const char *user = mirror->url.user[0] ? mirror->url.user : "x-access-token";
    struct str pair = arena_printf(arena, "%s:%.*s", user, STR_ARG(token));
    return arena_printf(arena, "Basic %.*s", STR_ARG(base64_encode(arena, pair)));
}

/* The name that git's own servers and the forges look for begins with "git/". */
static void add_headers(const struct exchange *exchange, struct http_request *request,
                        struct http_header *headers)
{
    struct arena *arena = exchange->arena;
    const struct mirror *mirror = exchange->session->mirror;
    const char *service = exchange->smart->service;
    request->headers = headers;
    add_header(request, headers, "User-Agent", STR("git/2.0 (plumb " PLUMB_VERSION ")"));
    if (exchange->token.len)
        add_header(request, headers, "Authorization", authorization(arena, mirror, exchange->token));
    if (exchange->smart->second)
        add_header(request, headers, "Git-Protocol", STR("version=2"));
    if (exchange->smart->listing)
        return;
    add_header(request, headers, "Content-Type",
               arena_printf(arena, "application/x-git-%s-request", service));
    add_header(request, headers, "Accept", arena_printf(arena, "application/x-git-%s-result", service));
}

static void fill_request(const struct exchange *exchange, struct http_request *request)
{
    const struct mirror *mirror = exchange->session->mirror;
    bool listing = exchange->smart->listing;
    uint64_t left = mirror->options.fetch_max - exchange->session->received;
    *request = (struct http_request){
        .method = listing ? STR("GET") : STR("POST"),
        .url = arena_printf(exchange->arena, listing ? "%s/info/refs?service=git-%s" : "%s/git-%s",
                            mirror->url.base, exchange->smart->service),
        .body = exchange->smart->body,
        .timeout_ms = session_left_ms(exchange->session),
        .response_max = listing && left > LISTING_MAX ? LISTING_MAX : left,
        .cancelled = mirror->shielded ? NULL : mirror->options.cancelled,
    };
}

static enum error_code code_of_status(int status)
{
    switch (status) {
    case 401:
    case 403:
        return ERROR_DENIED;
    case 404:
    case 410:
        return ERROR_NOT_FOUND;
    case 429:
        return ERROR_THROTTLED;
    default:
        return status >= 500 || status == 408 ? ERROR_UNAVAILABLE : ERROR_INVALID;
    }
}

static bool has_token(const struct mirror *mirror)
{
    return mirror->options.token.len || mirror->options.fresh_token;
}

static const char *words_of_status(const struct mirror *mirror, int status)
{
    if (status == 401)
        return has_token(mirror) ? "the token was not accepted" : "a token is needed";
    if (status == 403)
        return "access is forbidden";
    if (status == 404 && !has_token(mirror))
        return "there is no such repository, or a token is needed";
    if (status == 404)
        return "there is no such repository, or the token does not reach it";
    if (status >= 300 && status < 400)
        return "it has moved: name it by its new URL";
    return "the server failed";
}

static bool refuse_status(struct session *session, const struct http_response *response)
{
    if (str_starts(http_header(response, "Content-Type"), "text/plain"))
        session_say(session, str_slice(response->body, 0, WORDS_MAX));
    struct str words = session_words(session);
    return error_set(&session->error, code_of_status(response->status), "%s (HTTP status %d)%s%.*s",
                     words_of_status(session->mirror, response->status), response->status,
                     words.len ? ": " : "", STR_ARG(words));
}

static bool check_answer(const struct exchange *exchange, const struct http_response *response)
{
    struct str expected = arena_printf(exchange->arena, "application/x-git-%s-%s", exchange->smart->service,
                                       exchange->smart->listing ? "advertisement" : "result");
    if (response->status != 200)
        return refuse_status(exchange->session, response);
    if (str_equal_nocase(http_header(response, "Content-Type"), expected))
        return true;
    return error_set(&exchange->session->error, ERROR_INVALID, "it is no Git repository over smart HTTP");
}

bool smart_http_perform(struct session *session, struct arena *arena, const struct smart_request *smart,
                        struct str *answer)
{
    struct exchange exchange = {
        .session = session, .arena = arena, .smart = smart, .token = session->mirror->options.token};
    const struct mirror_options *options = &session->mirror->options;
    struct http_header headers[HEADERS_MAX];
    struct http_request request;
    struct http_response response;
    if (!session_go_on(session) ||
        (options->fresh_token &&
         !options->fresh_token(options->fresh_token_self, arena, &exchange.token, &session->error)))
        return false;
    fill_request(&exchange, &request);
    add_headers(&exchange, &request, headers);
    if (!http_perform(session->mirror->options.http, arena, &request, &response, &session->error))
        return false;
    *answer = response.body;
    return check_answer(&exchange, &response) && session_received(session, response.body.len);
}
