#include "tests/reconciler/webhook_server.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <strings.h>

enum { BODY_MAX = 1024 * 1024 };

static enum MHD_Result keep_header(void *self, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct webhook_server *server = self;
    (void)kind;
    if (server->header_count == WEBHOOK_HEADERS)
        abort();
    snprintf(server->headers[server->header_count][0], 256, "%s", name);
    snprintf(server->headers[server->header_count++][1], 256, "%s", value ? value : "");
    return MHD_YES;
}

static enum MHD_Result answer(struct webhook_server *server, struct MHD_Connection *connection)
{
    static char text[] = "{\"echo\": \"never look at this\"}";
    int status = server->hits < WEBHOOK_STATUSES ? server->statuses[server->hits] : 0;
    server->hits++;
    struct MHD_Response *response =
        MHD_create_response_from_buffer(sizeof text - 1, text, MHD_RESPMEM_PERSISTENT);
    enum MHD_Result queued = MHD_queue_response(connection, status ? (unsigned)status : 200, response);
    MHD_destroy_response(response);
    return queued;
}

/* Called for the head, for each part of the body, and at the end. */
static enum MHD_Result serve(void *self, struct MHD_Connection *connection, const char *url,
                             const char *method, const char *version, const char *part, size_t *size,
                             void **state)
{
    struct webhook_server *server = self;
    enum MHD_Result result = MHD_YES;
    (void)version;
    pthread_mutex_lock(&server->lock);
    if (!*state) {
        *state = server;
        server->header_count = 0;
        buf_clear(&server->body);
        snprintf(server->path, sizeof server->path, "%s", url);
        snprintf(server->method, sizeof server->method, "%s", method);
        MHD_get_connection_values(connection, MHD_HEADER_KIND, keep_header, server);
    } else if (*size) {
        buf_add(&server->body, (struct str){.ptr = part, .len = *size});
        *size = 0;
    } else {
        result = answer(server, connection);
    }
    pthread_mutex_unlock(&server->lock);
    return result;
}

void webhook_server_start(struct webhook_server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    *server = (struct webhook_server){.body = BUF_INIT(BODY_MAX)};
    pthread_mutex_init(&server->lock, NULL);
    server->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, serve, server,
                                      MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_END);
    if (!server->daemon)
        abort();
    server->port = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

void webhook_server_stop(struct webhook_server *server)
{
    MHD_stop_daemon(server->daemon);
    pthread_mutex_destroy(&server->lock);
    buf_release(&server->body);
}

const char *webhook_server_header(struct webhook_server *server, const char *name)
{
    for (int i = 0; i < server->header_count; i++)
        if (strcasecmp(server->headers[i][0], name) == 0)
            return server->headers[i][1];
    return "";
}
