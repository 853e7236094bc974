#include "base/http_listener_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

enum {
    BODY_MAX = 1024 * 1024,
    BODIES_MAX = 16 * 1024 * 1024,
    CONNECTIONS_MAX = 256,
    TIMEOUT_MS = 10 * 1000,
    HEAD_BYTES = 32 * 1024, /* a connection's memory for its head and what it reads at once */
    BACKLOG = 1024,
    ACCEPTS_MAX = 64, /* before those that are there get their turn; at most a quarter of the places */
    TICK_MS = 100,    /* how late a connection may be cut off */
};

/* --- connections --- */

static void take_place(struct http_listener *listener, struct listener_connection *connection)
{
    connection->link = listener->last;
    *listener->last = connection;
    listener->last = &connection->next;
    listener->staying++;
}

static void leave_place(struct http_listener *listener, struct listener_connection *connection)
{
    *connection->link = connection->next;
    if (connection->next)
        connection->next->link = connection->link;
    else
        listener->last = connection->link;
    listener->staying -= !connection->leaving;
}

static void write_peer(const struct sockaddr *address, char peer[PEER_SIZE])
{
    if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const void *)address;
        bool four = IN6_IS_ADDR_V4MAPPED(&six->sin6_addr);
        inet_ntop(four ? AF_INET : AF_INET6, four ? &six->sin6_addr.s6_addr[12] : six->sin6_addr.s6_addr,
                  peer, PEER_SIZE);
    } else if (address->sa_family == AF_INET) {
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr, peer, PEER_SIZE);
    }
}

static void note_connection(void *self, struct MHD_Connection *of, void **context,
                            enum MHD_ConnectionNotificationCode code)
{
    struct http_listener *listener = self;
    struct listener_connection *connection = *context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        connection = memory_alloc(sizeof *connection);
        connection->fd = MHD_get_connection_info(of, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        connection->since_ms = clock_monotonic(&system_clock);
        write_peer(MHD_get_connection_info(of, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr,
                   connection->peer);
        take_place(listener, connection);
        *context = connection;
    } else if (connection) {
        leave_place(listener, connection);
        free(connection);
        *context = NULL;
    }
}

/* The library sees the end of it at its next turn. */
static void send_away(struct http_listener *listener, struct listener_connection *connection)
{
    (void)shutdown(connection->fd, SHUT_RDWR);
    connection->leaving = true;
    listener->staying--;
}

/* Whose place a newcomer gets: of the oldest without a whole head, unless those with one hold more than half
 * of the places: a crowd of newcomers needs some, so that nobody is sent away before he was read.  Of `peer`,
 * where that is not NULL. */
static struct listener_connection *who_leaves(const struct http_listener *listener, const char *peer,
                                              size_t places)
{
    struct listener_connection *idle = NULL, *busy = NULL;
    size_t busy_count = 0;
    for (struct listener_connection *c = listener->first; c; c = c->next) {
        if (c->leaving || (peer && strcmp(peer, c->peer) != 0))
            continue;
        struct listener_connection **oldest = c->has_head ? &busy : &idle;
        *oldest = *oldest ? *oldest : c;
        busy_count += c->has_head;
    }
    return busy_count > places / 2 || !idle ? busy : idle;
}

static size_t count_of(const struct http_listener *listener, const char *peer)
{
    size_t count = 0;
    for (const struct listener_connection *c = listener->first; c; c = c->next)
        count += !c->leaving && strcmp(peer, c->peer) == 0;
    return count;
}

static void make_room(struct http_listener *listener, const char *peer)
{
    size_t per_address = listener->options.per_address_max, all = listener->options.connections_max;
    struct listener_connection *leaves = NULL;
    if (per_address && count_of(listener, peer) >= per_address)
        leaves = who_leaves(listener, peer, per_address);
    else if (listener->staying >= all)
        leaves = who_leaves(listener, NULL, all);
    if (!leaves)
        return;
    listener->displaced++;
    send_away(listener, leaves);
}

static void expire(struct http_listener *listener)
{
    int64_t before = clock_monotonic(&system_clock) - listener->options.timeout_ms;
    for (struct listener_connection *c = listener->first; c && c->since_ms <= before; c = c->next)
        if (!c->leaving) {
            listener->expired++;
            send_away(listener, c);
        }
}

/* False where the system has no more descriptors for now. */
static bool accept_some(struct http_listener *listener)
{
    size_t most = listener->options.connections_max / 4;
    for (size_t i = 0; i < ACCEPTS_MAX && i <= most; i++) {
        struct sockaddr_storage address;
        socklen_t size = sizeof address;
        char peer[PEER_SIZE] = "";
        int fd = accept4(listener->socket, (struct sockaddr *)&address, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM;
        write_peer((struct sockaddr *)&address, peer);
        make_room(listener, peer);
        listener->connections++;
        (void)MHD_add_connection(listener->daemon, fd, (struct sockaddr *)&address,
                                 size); /* closes it else */
    }
    return true;
}

/* --- the thread --- */

static int next_wait(struct http_listener *listener)
{
    MHD_UNSIGNED_LONG_LONG wanted;
    if (MHD_get_timeout(listener->daemon, &wanted) == MHD_YES && wanted < TICK_MS)
        return (int)wanted;
    return listener->first ? TICK_MS : -1;
}

static void *serve(void *self)
{
    struct http_listener *listener = self;
    bool may_accept = true;
    while (!listener->stopping) {
        struct pollfd fds[] = {{.fd = listener->wake, .events = POLLIN},
                               {.fd = listener->epoll, .events = POLLIN},
                               {.fd = may_accept ? listener->socket : -1, .events = POLLIN}};
        int wait = next_wait(listener);
        (void)poll(fds, ARRAY_LENGTH(fds), may_accept || (wait >= 0 && wait < TICK_MS) ? wait : TICK_MS);
        may_accept = accept_some(listener);
        MHD_run(listener->daemon);
        expire(listener);
    }
    return NULL;
}

/* Signals are the main thread's. */
static bool start_thread(struct http_listener *listener)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&listener->thread, NULL, serve, listener);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return !failed;
}

/* --- start and stop --- */

/* "HOST:PORT" with an IPv6 host in brackets. */
static bool read_address(struct str text, struct addrinfo **found, struct error *error)
{
    size_t colon = str_find_last(text, ':');
    struct str host = str_slice(text, 0, colon), port = str_from_index(text, colon + 1);
    char host_text[PEER_SIZE], port_text[8];
    uint64_t number;
    if (host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']')
        host = str_slice(host, 1, host.len - 2);
    else if (str_contains(host, ":"))
        host = STR_EMPTY;
    const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                                   .ai_socktype = SOCK_STREAM};
    bool ok = host.len && host.len < sizeof host_text && str_to_uint(port, UINT16_MAX, &number);
    snprintf(host_text, sizeof host_text, "%.*s", STR_ARG(str_slice(host, 0, sizeof host_text - 1)));
    snprintf(port_text, sizeof port_text, "%u", ok ? (unsigned)number : 0);
    if (!ok || getaddrinfo(host_text, port_text, &hints, found) != 0)
        return error_set(error, ERROR_INVALID,
                         "'%.*s' is no address to listen at: give ADDRESS:PORT, as 127.0.0.1:8080 or "
                         "[::1]:8080",
                         STR_ARG(text));
    return true;
}

static bool open_socket(struct http_listener *listener, struct error *error)
{
    struct addrinfo *address;
    struct sockaddr_storage bound;
    socklen_t size = sizeof bound;
    const int on = 1;
    if (!read_address(listener->options.listen, &address, error))
        return false;
    listener->socket =
        socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, address->ai_protocol);
    bool ok = listener->socket >= 0 &&
              setsockopt(listener->socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
              bind(listener->socket, address->ai_addr, address->ai_addrlen) == 0 &&
              listen(listener->socket, BACKLOG) == 0 &&
              getsockname(listener->socket, (struct sockaddr *)&bound, &size) == 0;
    freeaddrinfo(address);
    if (!ok)
        return error_set(error, ERROR_UNAVAILABLE, "cannot listen at %.*s: %s",
                         STR_ARG(listener->options.listen), strerror(errno));
    listener->port = ntohs(bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&bound)->sin6_port
                                                       : ((struct sockaddr_in *)&bound)->sin_port);
    return true;
}

/* Its path and query are taken as they are on the wire. */
static size_t keep_as_it_is(void *self, struct MHD_Connection *connection, char *text)
{
    (void)self;
    (void)connection;
    return strlen(text);
}

static bool start_daemon(struct http_listener *listener, struct error *error)
{
    const struct http_listener_options *options = &listener->options;
    unsigned limit = (unsigned)options->connections_max + 2 * ACCEPTS_MAX; /* some are leaving */
    listener->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET, 0, NULL, NULL, request_take, listener,
        MHD_OPTION_CONNECTION_LIMIT, limit, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_BYTES,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, request_begin, listener,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_as_it_is, listener, MHD_OPTION_NOTIFY_COMPLETED, request_end,
        listener, MHD_OPTION_NOTIFY_CONNECTION, note_connection, listener, MHD_OPTION_END);
    const union MHD_DaemonInfo *info =
        listener->daemon ? MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
    if (!info || info->epoll_fd < 0)
        return error_set(error, ERROR_UNAVAILABLE, "cannot start the HTTP server: %s", strerror(errno));
    listener->epoll = info->epoll_fd;
    listener->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (listener->wake < 0)
        return error_set(error, ERROR_UNAVAILABLE, "cannot start the HTTP server: %s", strerror(errno));
    return true;
}

static void release(struct http_listener *listener)
{
    if (listener->daemon)
        MHD_stop_daemon(listener->daemon);
    if (listener->socket >= 0)
        close(listener->socket);
    if (listener->wake >= 0)
        close(listener->wake);
    free((char *)listener->options.listen.ptr);
    free(listener);
}

bool http_listener_start(const struct http_listener_options *options, struct http_listener **out,
                         struct error *error)
{
    struct http_listener *listener = memory_alloc(sizeof *listener);
    struct http_listener_options *own = &listener->options;
    *own = *options;
    char *listen_text = memory_alloc(options->listen.len + 1);
    memcpy(listen_text, options->listen.ptr, options->listen.len);
    own->listen.ptr = listen_text;
    own->body_max = own->body_max ? own->body_max : BODY_MAX;
    own->bodies_max = own->bodies_max ? own->bodies_max : BODIES_MAX;
    own->connections_max = own->connections_max ? own->connections_max : CONNECTIONS_MAX;
    own->timeout_ms = own->timeout_ms ? own->timeout_ms : TIMEOUT_MS;
    listener->socket = listener->wake = -1;
    listener->last = &listener->first;
    if (!open_socket(listener, error) || !start_daemon(listener, error)) {
        release(listener);
        return false;
    }
    if (!start_thread(listener))
        memory_exhausted();
    *out = listener;
    return true;
}

uint16_t http_listener_port(const struct http_listener *listener)
{
    return listener->port;
}

void http_listener_stop(struct http_listener *listener)
{
    const uint64_t one = 1;
    if (!listener)
        return;
    listener->stopping = true;
    if (write(listener->wake, &one, sizeof one) != sizeof one)
        memory_exhausted(); /* cannot happen: the counter is 0 */
    pthread_join(listener->thread, NULL);
    release(listener);
}

struct http_listener_counters http_listener_counters(const struct http_listener *listener)
{
    return (struct http_listener_counters){.connections = listener->connections,
                                           .requests = listener->requests,
                                           .refused = listener->refused,
                                           .displaced = listener->displaced,
                                           .expired = listener->expired};
}
