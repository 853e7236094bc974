#include "http_server.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"

static void send_all(struct server_connection *connection, const char *text, size_t size)
{
    while (size && !connection->dead) {
        ssize_t sent = send(connection->fd, text, size, MSG_NOSIGNAL);
        if (sent <= 0) {
            connection->dead = true;
            return;
        }
        text += sent;
        size -= (size_t)sent;
    }
}

static void answer(struct server_connection *connection, const char *head, struct str body)
{
    char text[512];
    int size = snprintf(text, sizeof text, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n", head, body.len);
    send_all(connection, text, (size_t)size);
    send_all(connection, body.ptr, body.len);
}

static void send_text(struct server_connection *connection, const char *text)
{
    send_all(connection, text, strlen(text));
}

static void reset(struct server_connection *connection)
{
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    connection->dead = true;
}

/* Answers one request; `request` is its head and body. */
static void serve(struct server *server, struct server_connection *connection, struct str request)
{
    static const char html[] = "<html>Bad gateway</html>";
    struct str rest = request, method, path;
    atomic_fetch_add(&server->requests, 1);
    str_split(&rest, ' ', &method);
    str_split(&rest, ' ', &path);
    if (str_is(method, "HEAD"))
        send_text(connection, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Method: HEAD\r\n\r\n");
    else if (str_is(method, "CONNECT"))
        answer(connection, "403 Forbidden", STR("no"));
    else if (str_starts(path, "/ok"))
        answer(connection, "200 OK\r\nX-One: 1\r\nx-two:  two words \r\nX-Empty:", STR("hello"));
    else if (str_starts(path, "/echo"))
        answer(connection, "200 OK", request);
    else if (str_is(path, "/html"))
        answer(connection, "502 Bad Gateway\r\nContent-Type: text/html", STR(html));
    else if (str_is(path, "/redirect"))
        answer(connection, "302 Found\r\nLocation: /ok", STR_EMPTY);
    else if (str_is(path, "/empty"))
        send_text(connection, "HTTP/1.1 204 No Content\r\n\r\n");
    else if (str_is(path, "/interim"))
        send_text(connection, "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nX-Late: 1\r\n"
                              "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Trailer: 1\r\n\r\n");
    else if (str_is(path, "/slow"))
        send_text(connection, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome");
    else if (str_is(path, "/cut"))
        send_text(connection, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly a part");
    else if (str_is(path, "/lie"))
        send_text(connection, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdefgh");
    else if (str_is(path, "/garbage"))
        send_text(connection, "220 smtp.example.com ready\r\n");
    else if (str_is(path, "/endless"))
        send_text(connection, "HTTP/1.1 200 OK\r\n\r\n");
    else if (str_is(path, "/endless-head"))
        send_text(connection, "HTTP/1.1 200 OK\r\n");
    if (str_starts(path, "/endless"))
        connection->endless = true;
    if (str_is(path, "/reset"))
        reset(connection);
    if (str_is(path, "/cut") || str_is(path, "/lie") || str_is(path, "/garbage") || str_is(path, "/drop"))
        connection->dead = true;
}

/* The length of the first request in the input, or 0 while it is not complete. */
static size_t request_length(struct str input)
{
    const char *end = input.len ? memmem(input.ptr, input.len, "\r\n\r\n", 4) : NULL;
    if (!end)
        return 0;
    size_t head = (size_t)(end - input.ptr) + 4;
    uint64_t body = 0;
    struct str rest = str_slice(input, 0, head), line;
    while (str_split(&rest, '\n', &line))
        if (line.len > 15 && str_equal_nocase(str_slice(line, 0, 15), STR("Content-Length:")) &&
            !str_to_uint(str_trim(str_from_index(line, 15)), SERVER_INPUT, &body))
            abort();
    return input.len >= head + body ? head + (size_t)body : 0;
}

static void read_some(struct server *server, struct server_connection *connection)
{
    size_t length;
    ssize_t got =
        recv(connection->fd, connection->input + connection->length, SERVER_INPUT - connection->length, 0);
    if (got <= 0) {
        atomic_fetch_add(got < 0 ? &server->resets : &server->closed, 1);
        connection->dead = true;
        return;
    }
    connection->length += (size_t)got;
    if (connection->input[0] == 0x16) { /* a TLS hello */
        send_text(connection, "HTTP/1.1 400 Bad Request\r\n\r\n");
        connection->dead = true;
    }
    while (!connection->dead &&
           (length = request_length((struct str){connection->input, connection->length}))) {
        serve(server, connection, (struct str){connection->input, length});
        connection->length -= length;
        memmove(connection->input, connection->input + length, connection->length);
    }
}

static void write_some(struct server_connection *connection)
{
    static const char line[] = "X-Endless: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n";
    if (send(connection->fd, line, sizeof line - 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno != EAGAIN)
        connection->dead = true;
}

static void accept_one(struct server *server)
{
    int fd = accept(server->listener, NULL, NULL);
    if (fd < 0 || server->count == SERVER_CONNECTIONS)
        abort();
    int at_once = 1; /* or each answer would wait 40 ms for the client's delayed acknowledgement */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
    atomic_fetch_add(&server->accepts, 1);
    struct server_connection *connection = &server->connections[server->count++];
    connection->fd = fd;
    connection->endless = connection->dead = false;
    connection->length = 0;
}

static void drop_dead(struct server *server)
{
    for (size_t i = 0; i < server->count;) {
        if (!server->connections[i].dead) {
            i++;
            continue;
        }
        close(server->connections[i].fd);
        server->connections[i] = server->connections[--server->count];
    }
}

static void *run(void *argument)
{
    struct server *server = argument;
    struct pollfd polled[SERVER_CONNECTIONS + 2];
    for (;;) {
        size_t count = server->count;
        for (size_t i = 0; i < count; i++)
            polled[i] =
                (struct pollfd){.fd = server->connections[i].fd,
                                .events = (short)(POLLIN | (server->connections[i].endless ? POLLOUT : 0))};
        polled[count] = (struct pollfd){.fd = server->listener, .events = POLLIN};
        polled[count + 1] = (struct pollfd){.fd = server->wake[0], .events = POLLIN};
        if (poll(polled, count + 2, -1) < 0)
            abort();
        if (polled[count + 1].revents)
            return NULL;
        for (size_t i = 0; i < count; i++) {
            if (polled[i].revents & (POLLIN | POLLHUP | POLLERR))
                read_some(server, &server->connections[i]);
            else if (polled[i].revents & POLLOUT)
                write_some(&server->connections[i]);
        }
        if (polled[count].revents)
            accept_one(server);
        drop_dead(server);
    }
}

void server_start(struct server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(server->listener, (struct sockaddr *)&address, size) || listen(server->listener, 64) ||
        getsockname(server->listener, (struct sockaddr *)&address, &size) || pipe(server->wake) ||
        pthread_create(&server->thread, NULL, run, server))
        abort();
    server->port = ntohs(address.sin_port);
}

void server_stop(struct server *server)
{
    if (write(server->wake[1], "", 1) != 1)
        abort();
    pthread_join(server->thread, NULL);
    for (size_t i = 0; i < server->count; i++)
        close(server->connections[i].fd);
    close(server->listener);
    close(server->wake[0]);
    close(server->wake[1]);
}
