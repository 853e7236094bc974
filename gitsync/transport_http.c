#include <stdlib.h>

#include "gitsync/mirror_private.h"
#include "gitsync/smart_http.h"
#include "gitsync/transport.h"

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

static bool exchange(struct http_stream *stream)
{
    struct session *session = stream->session;
    const struct smart_request request = {
        .service = stream->service, .listing = stream->listing, .body = buf_str(&stream->body)};
    if (stream->body.overflow)
        return error_set(&session->error, ERROR_OUT_OF_MEMORY, "more than %d bytes to send", BUF_LARGE);
    stream->answered = smart_http_perform(session, stream->arena, &request, &stream->answer);
    return stream->answered;
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
