#include "base/http_listener_private.h"

#include <sys/socket.h>

/* One request as it comes in. */
struct request {
    struct http_listener *listener;
    struct listener_connection *connection;
    struct arena *arena;
    struct str target;
    struct buf body;
    struct http_header headers[HTTP_LISTENER_HEADERS_MAX + 1]; /* one more shows that there are too many */
    size_t header_count;
    const struct http_route *route; /* set when the head is good */
    bool begun;
};

void *request_begin(void *self, const char *target, struct MHD_Connection *of)
{
    struct request *request = memory_alloc(sizeof *request);
    request->listener = self;
    request->connection = MHD_get_connection_info(of, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    request->arena = arena_new();
    request->target = arena_str(request->arena, str_from(target));
    request->body = (struct buf)BUF_INIT(request->listener->options.body_max + 1);
    return request;
}

void request_end(void *self, struct MHD_Connection *of, void **state, enum MHD_RequestTerminationCode code)
{
    (void)self;
    (void)of;
    (void)code;
    struct request *request = *state;
    if (!request)
        return;
    request->listener->bodies -= request->body.len;
    arena_free(request->arena);
    buf_release(&request->body);
    free(request);
    *state = NULL;
}

/* --- answers --- */

static void add_header(struct MHD_Response *response, struct arena *arena, const char *name, struct str value)
{
    /* refuses line ends by itself */
    (void)MHD_add_response_header(response, name, arena_strz(arena, value));
}

static enum MHD_Result send_answer(struct request *request, struct MHD_Connection *of,
                                   const struct http_listener_answer *answer)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(answer->body.len, (void *)answer->body.ptr, MHD_RESPMEM_MUST_COPY);
    if (!response)
        return MHD_NO;
    add_header(response, request->arena, "Connection", STR("close"));
    add_header(response, request->arena, "Content-Type",
               answer->content_type.len ? answer->content_type : STR("text/plain; charset=utf-8"));
    for (size_t i = 0; i < answer->header_count; i++)
        add_header(response, request->arena, arena_strz(request->arena, answer->headers[i].name),
                   answer->headers[i].value);
    enum MHD_Result result = MHD_queue_response(of, (unsigned)answer->status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result refuse(struct request *request, struct MHD_Connection *of, int status,
                              const char *words)
{
    struct http_listener_answer answer = {.status = status,
                                          .body = arena_printf(request->arena, "%s\n", words)};
    request->listener->refused++;
    return send_answer(request, of, &answer);
}

/* In the middle of a body the library takes no answer: it is written past it, and the connection ends. */
static enum MHD_Result break_off(struct request *request, const char *status)
{
    struct str text =
        arena_printf(request->arena, "HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", status);
    request->listener->refused++;
    (void)send(request->connection->fd, text.ptr, text.len, MSG_NOSIGNAL | MSG_DONTWAIT);
    return MHD_NO;
}

/* --- the head --- */

static enum MHD_Result take_header(void *self, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    struct request *request = self;
    if (request->header_count == ARRAY_LENGTH(request->headers))
        return MHD_NO;
    request->headers[request->header_count++] =
        (struct http_header){.name = str_from(name), .value = str_from(value)};
    return MHD_YES;
}

static size_t count_header(const struct request *request, const char *name, struct str *value)
{
    size_t count = 0;
    *value = STR_EMPTY;
    for (size_t i = 0; i < request->header_count; i++)
        if (str_equal_nocase(request->headers[i].name, str_from(name))) {
            *value = request->headers[i].value;
            count++;
        }
    return count;
}

/* Where the body ends must be said in one way: https://www.rfc-editor.org/rfc/rfc9112#section-6.3. */
static const char *trouble_with_framing(const struct request *request, int *status)
{
    struct str length, coding;
    uint64_t bytes = 0;
    size_t lengths = count_header(request, "Content-Length", &length);
    size_t codings = count_header(request, "Transfer-Encoding", &coding);
    *status = 400;
    if (lengths && codings)
        return "both Content-Length and Transfer-Encoding";
    if (lengths > 1 || codings > 1)
        return "the length of the body is given twice";
    if (codings && !str_equal_nocase(coding, STR("chunked")))
        return "only the transfer coding chunked is known";
    if (lengths && !str_to_uint(length, INT64_MAX, &bytes))
        return "Content-Length is no number";
    *status = 413;
    return bytes > request->listener->options.body_max ? "the body is too large" : NULL;
}

static bool fits(const struct http_route *route, struct str path)
{
    struct str own = str_from(route->path);
    return str_equal(own, path) || (str_ends(own, "/") && str_starts(path, route->path));
}

static bool takes(const struct http_route *route, const char *method)
{
    return strcmp(route->method, method) == 0 ||
           (strcmp(method, "HEAD") == 0 && strcmp(route->method, "GET") == 0);
}

static struct str path_of(const struct request *request)
{
    return str_slice(request->target, 0, str_find(request->target, '?'));
}

/* Answers 404 and 405 itself. */
static enum MHD_Result choose_route(struct request *request, struct MHD_Connection *of, const char *method)
{
    const struct http_listener_options *options = &request->listener->options;
    const char *allowed = NULL;
    for (size_t i = 0; i < options->route_count && !request->route; i++) {
        if (!fits(&options->routes[i], path_of(request)))
            continue;
        allowed = options->routes[i].method;
        if (takes(&options->routes[i], method))
            request->route = &options->routes[i];
    }
    if (request->route)
        return MHD_YES;
    if (!allowed)
        return refuse(request, of, 404, "not found");
    const struct http_listener_answer answer = {.status = 405,
                                                .body = STR("method not allowed\n"),
                                                .headers = {{STR("Allow"), str_from(allowed)}},
                                                .header_count = 1};
    request->listener->refused++;
    return send_answer(request, of, &answer);
}

static enum MHD_Result take_head(struct request *request, struct MHD_Connection *of, const char *method,
                                 const char *version)
{
    int status;
    request->begun = true;
    request->connection->has_head = true;
    if (strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0)
        return refuse(request, of, 505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    MHD_get_connection_values(of, MHD_HEADER_KIND, take_header, request);
    if (request->header_count > HTTP_LISTENER_HEADERS_MAX)
        return refuse(request, of, 431, "too many headers");
    const char *trouble = trouble_with_framing(request, &status);
    if (trouble)
        return refuse(request, of, status, trouble);
    return choose_route(request, of, method);
}

/* --- the body, and the answer --- */

static enum MHD_Result take_body(struct request *request, const char *data, size_t *size)
{
    struct http_listener *listener = request->listener;
    if (request->body.len + *size > listener->options.body_max)
        return break_off(request, "413 Content Too Large");
    if (listener->bodies + *size > listener->options.bodies_max)
        return break_off(request, "503 Service Unavailable");
    listener->bodies += *size;
    buf_add(&request->body, (struct str){.ptr = data, .len = *size});
    *size = 0;
    return MHD_YES;
}

static enum MHD_Result answer_request(struct request *request, struct MHD_Connection *of, const char *method)
{
    struct str path = path_of(request);
    struct http_listener_answer answer = {.status = 500, .content_type = STR_EMPTY, .body = STR_EMPTY};
    const struct http_listener_request seen = {
        .method = str_from(method),
        .path = path,
        .query = str_from_index(request->target, path.len + 1),
        .headers = request->headers,
        .header_count = request->header_count,
        .body = request->body.len ? buf_str(&request->body) : STR_EMPTY,
        .peer = str_from(request->connection->peer),
        .arena = request->arena,
    };
    request->listener->requests++;
    request->route->handle(request->route->self, &seen, &answer);
    return send_answer(request, of, &answer);
}

/* Called with the head, then with each part of the body, then once more without. */
enum MHD_Result request_take(void *self, struct MHD_Connection *of, const char *url, const char *method,
                             const char *version, const char *data, size_t *size, void **state)
{
    (void)self;
    (void)url;
    struct request *request = *state;
    if (!request->begun)
        return take_head(request, of, method, version);
    if (*size)
        return take_body(request, data, size);
    return answer_request(request, of, method);
}

struct str http_listener_header(const struct http_listener_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++)
        if (str_equal_nocase(request->headers[i].name, str_from(name)))
            return request->headers[i].value;
    return STR_EMPTY;
}
