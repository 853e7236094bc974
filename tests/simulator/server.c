#include "tests/simulator/server.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "base/clock.h"

enum { IDLE_SECONDS = 120 };

struct server {
    struct MHD_Daemon *daemon;
    struct simulator *simulator;
};

/* One request as it comes in. */
struct exchange {
    struct arena *arena;
    struct str target; /* path and query, as on the wire */
    struct buf body;
    struct sim_header headers[SERVER_HEADERS_MAX];
    size_t header_count;
    bool started, refused;
};

static void *exchange_new(void *server, const char *uri, struct MHD_Connection *connection)
{
    (void)server;
    (void)connection;
    struct exchange *exchange = memory_alloc(sizeof *exchange);
    exchange->arena = arena_new();
    exchange->target = arena_str(exchange->arena, str_from(uri));
    exchange->body = (struct buf)BUF_INIT(SERVER_BODY_MAX);
    return exchange;
}

static void exchange_done(void *server, struct MHD_Connection *connection, void **state,
                          enum MHD_RequestTerminationCode code)
{
    (void)server;
    (void)connection;
    (void)code;
    struct exchange *exchange = *state;
    if (!exchange)
        return;
    arena_free(exchange->arena);
    buf_release(&exchange->body);
    free(exchange);
    *state = NULL;
}

static enum MHD_Result take_header(void *state, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    struct exchange *exchange = state;
    if (exchange->header_count == SERVER_HEADERS_MAX)
        return MHD_NO;
    exchange->headers[exchange->header_count++] =
        (struct sim_header){.name = str_from(name), .value = str_from(value)};
    return MHD_YES;
}

/* A body that breaks off: the length of the whole is announced, half of it comes. */
static ssize_t half_of_body(void *state, uint64_t position, char *out, size_t max)
{
    const struct str *body = state;
    size_t half = body->len / 2;
    if (position >= half)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    struct str part =
        str_slice(*body, (size_t)position, half - (size_t)position < max ? half - (size_t)position : max);
    memcpy(out, part.ptr, part.len);
    return (ssize_t)part.len;
}

static struct MHD_Response *response_of(struct exchange *exchange, const struct sim_answer *answer)
{
    if (answer->ending != SIM_TRUNCATED)
        return MHD_create_response_from_buffer(answer->body.len, (void *)answer->body.ptr,
                                               MHD_RESPMEM_MUST_COPY);
    struct str *body = arena_alloc(exchange->arena, sizeof *body);
    *body = answer->body;
    return MHD_create_response_from_callback(body->len ? body->len : 1, 4096, half_of_body, body, NULL);
}

/* The date of the simulation: clients correct their clocks by it. */
static void add_date(struct arena *arena, struct MHD_Response *response, int64_t now)
{
    time_t seconds = (time_t)(now / 1000);
    struct tm parts;
    char *text = arena_alloc(arena, 64);
    gmtime_r(&seconds, &parts);
    strftime(text, 64, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    MHD_add_response_header(response, "Date", text);
}

static enum MHD_Result send_answer(struct exchange *exchange, struct MHD_Connection *connection,
                                   const struct sim_answer *answer)
{
    if (answer->delay_ms)
        clock_sleep(&system_clock, answer->delay_ms);
    if (answer->ending == SIM_DROPPED)
        return MHD_NO;
    struct MHD_Response *response = response_of(exchange, answer);
    for (size_t i = 0; i < answer->header_count; i++)
        MHD_add_response_header(response, arena_strz(exchange->arena, answer->headers[i].name),
                                arena_strz(exchange->arena, answer->headers[i].value));
    add_date(exchange->arena, response, answer->date);
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)answer->status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result carry_out(struct server *server, struct exchange *exchange,
                                 struct MHD_Connection *connection, const char *method)
{
    size_t mark = str_find(exchange->target, '?');
    struct sim_request request = {.method = str_from(method),
                                  .path = str_slice(exchange->target, 0, mark),
                                  .query = str_from_index(exchange->target, mark + 1),
                                  .body = buf_str(&exchange->body)};
    struct sim_answer answer;
    MHD_get_connection_values(connection, MHD_HEADER_KIND, take_header, exchange);
    request.headers = exchange->headers;
    request.header_count = exchange->header_count;
    if (exchange->refused) {
        answer = (struct sim_answer){
            .status = 413, .date = clock_wall(&system_clock), .body = STR("the body is too large\n")};
        return send_answer(exchange, connection, &answer);
    }
    simulator_handle(server->simulator, exchange->arena, &request, &answer);
    return send_answer(exchange, connection, &answer);
}

static enum MHD_Result on_request(void *state, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data, size_t *size,
                                  void **exchange_state)
{
    (void)url;
    (void)version;
    struct exchange *exchange = *exchange_state;
    if (!exchange->started) {
        exchange->started = true;
        return MHD_YES;
    }
    if (*size == 0)
        return carry_out(state, exchange, connection, method);
    exchange->refused = exchange->refused || exchange->body.len + *size > SERVER_BODY_MAX;
    if (!exchange->refused)
        buf_add(&exchange->body, (struct str){.ptr = data, .len = *size});
    *size = 0;
    return MHD_YES;
}

struct server *server_start(struct simulator *simulator, uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct server *server = memory_alloc(sizeof *server);
    server->simulator = simulator;
    server->daemon = MHD_start_daemon(
        MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_SUPPRESS_DATE_NO_CLOCK,
        port, NULL, NULL, on_request, server, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
        MHD_OPTION_NOTIFY_COMPLETED, exchange_done, server, MHD_OPTION_URI_LOG_CALLBACK, exchange_new, server,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)SERVER_CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)128 * 1024,
        MHD_OPTION_LISTENING_ADDRESS_REUSE, 1U, MHD_OPTION_END);
    if (server->daemon)
        return server;
    free(server);
    return NULL;
}

uint16_t server_port(const struct server *server)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info ? info->port : 0;
}

void server_stop(struct server *server)
{
    MHD_stop_daemon(server->daemon);
    free(server);
}
