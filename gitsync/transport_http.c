#include <stdlib.h>

#include "base/digest.h"
#include "gitsync/mirror_private.h"
#include "gitsync/session.h"
#include "gitsync/transport.h"

enum {
    LISTING_MAX = 64 * 1024 * 1024, /* of the advertised refs */
    WORDS_MAX = 300,                /* of an error page */
};

struct http_transport {
    git_smart_subtransport base;
    struct session *session;
};

/* One request and its answer.  The request goes out at the first read. */
struct http_stream {
    git_smart_subtransport_stream base;
    struct session *session;
    struct arena *arena;
    const char *service; /* "upload-pack" */
    bool listing;
    struct buf body;
    bool answered;
    struct str answer; /* what is left of it to be read */
};

static void add_header(struct http_request *request, struct http_header *headers, const char *name,
                       struct str value)
{
    headers[request->header_count++] = (struct http_header){.name = str_from(name), .value = value};
}

static struct str authorization(struct arena *arena, const struct mirror *mirror)
{
    const char *user = mirror->url.user[0] ? mirror->url.user : "x-access-token";
    struct str pair = arena_printf(arena, "%s:%.*s", user, STR_ARG(mirror->options.token));
    return arena_printf(arena, "Basic %.*s", STR_ARG(base64_encode(arena, pair)));
}

/* The name that git's own servers and the forges look for begins with "git/". */
static void fill_request(struct http_stream *stream, struct http_request *request,
                         struct http_header *headers)
{
    struct arena *arena = stream->arena;
    const struct mirror *mirror = stream->session->mirror;
    uint64_t left = mirror->options.fetch_max - stream->session->received;
    *request = (struct http_request){
        .method = stream->listing ? STR("GET") : STR("POST"),
        .url = arena_printf(arena, stream->listing ? "%s/info/refs?service=git-%s" : "%s/git-%s",
                            mirror->url.base, stream->service),
        .headers = headers,
        .body = buf_str(&stream->body),
        .timeout_ms = session_left_ms(stream->session),
        .response_max = stream->listing && left > LISTING_MAX ? LISTING_MAX : left,
        .cancelled = mirror->shielded ? NULL : mirror->options.cancelled,
    };
    add_header(request, headers, "User-Agent", STR("git/2.0 (plumb " PLUMB_VERSION ")"));
    if (mirror->options.token.len)
        add_header(request, headers, "Authorization", authorization(arena, mirror));
    if (stream->listing)
        return;
    add_header(request, headers, "Content-Type",
               arena_printf(arena, "application/x-git-%s-request", stream->service));
    add_header(request, headers, "Accept",
               arena_printf(arena, "application/x-git-%s-result", stream->service));
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

static const char *words_of_status(const struct mirror *mirror, int status)
{
    if (status == 401)
        return mirror->options.token.len ? "the token was not accepted" : "a token is needed";
    if (status == 403)
        return "access is forbidden";
    if (status == 404 && !mirror->options.token.len)
        return "there is no such repository, or a token is needed";
    if (status == 404)
        return "there is no such repository, or the token does not reach it";
    if (status >= 300 && status < 400)
        return "it has moved: name it by its new URL";
    return "the server failed";
}

static bool refuse_status(struct http_stream *stream, const struct http_response *response)
{
    struct session *session = stream->session;
    if (str_starts(http_header(response, "Content-Type"), "text/plain"))
        session_say(session, str_slice(response->body, 0, WORDS_MAX));
    struct str words = session_words(session);
    return error_set(&session->error, code_of_status(response->status), "%s (HTTP status %d)%s%.*s",
                     words_of_status(session->mirror, response->status), response->status,
                     words.len ? ": " : "", STR_ARG(words));
}

static bool check_answer(struct http_stream *stream, const struct http_response *response)
{
    struct str expected = arena_printf(stream->arena, "application/x-git-%s-%s", stream->service,
                                       stream->listing ? "advertisement" : "result");
    if (response->status != 200)
        return refuse_status(stream, response);
    if (str_equal_nocase(http_header(response, "Content-Type"), expected))
        return true;
    return error_set(&stream->session->error, ERROR_INVALID, "it is no Git repository over smart HTTP");
}

static bool exchange(struct http_stream *stream)
{
    struct session *session = stream->session;
    struct http_header headers[4];
    struct http_request request;
    struct http_response response;
    if (!session_go_on(session))
        return false;
    if (stream->body.overflow)
        return error_set(&session->error, ERROR_OUT_OF_MEMORY, "more than %d bytes to send", BUF_LARGE);
    fill_request(stream, &request, headers);
    if (!http_perform(session->mirror->options.http, stream->arena, &request, &response, &session->error))
        return false;
    stream->answered = true;
    stream->answer = response.body;
    return check_answer(stream, &response) && session_received(session, response.body.len);
}

static int stream_read(git_smart_subtransport_stream *base, char *buffer, size_t size, size_t *got)
{
    struct http_stream *stream = (struct http_stream *)base;
    if (!stream->answered && !exchange(stream))
        return -1;
    *got = size < stream->answer.len ? size : stream->answer.len;
    if (*got == 0) {
        error_set(&stream->session->error, ERROR_UNAVAILABLE, "the answer was cut off");
        return -1;
    }
    memcpy(buffer, stream->answer.ptr, *got);
    stream->answer = str_from_index(stream->answer, *got);
    return 0;
}

static int stream_write(git_smart_subtransport_stream *base, const char *bytes, size_t size)
{
    struct http_stream *stream = (struct http_stream *)base;
    buf_add(&stream->body, (struct str){.ptr = bytes, .len = size});
    return session_go_on(stream->session) ? 0 : -1;
}

static void stream_free(git_smart_subtransport_stream *base)
{
    struct http_stream *stream = (struct http_stream *)base;
    buf_release(&stream->body);
    arena_free(stream->arena);
    free(stream);
}

static int action(git_smart_subtransport_stream **out, git_smart_subtransport *base, const char *url,
                  git_smart_service_t service)
{
    (void)url; /* the session knows it better */
    bool pull = service == GIT_SERVICE_UPLOADPACK_LS || service == GIT_SERVICE_UPLOADPACK;
    struct http_stream *stream = memory_alloc(sizeof *stream);
    stream->base = (git_smart_subtransport_stream){
        .subtransport = base, .read = stream_read, .write = stream_write, .free = stream_free};
    stream->session = ((struct http_transport *)base)->session;
    stream->arena = arena_new();
    stream->service = pull ? "upload-pack" : "receive-pack";
    stream->listing = service == GIT_SERVICE_UPLOADPACK_LS || service == GIT_SERVICE_RECEIVEPACK_LS;
    stream->body = (struct buf)BUF_INIT(BUF_LARGE);
    *out = &stream->base;
    return 0;
}

static int close_transport(git_smart_subtransport *base)
{
    (void)base; /* nothing stays open between two requests */
    return 0;
}

static void free_transport(git_smart_subtransport *base)
{
    free(base);
}

int transport_http_new(git_smart_subtransport **out, git_transport *owner, void *session)
{
    (void)owner;
    struct http_transport *transport = memory_alloc(sizeof *transport);
    transport->base = (git_smart_subtransport){action, close_transport, free_transport};
    transport->session = session;
    *out = &transport->base;
    return 0;
}
