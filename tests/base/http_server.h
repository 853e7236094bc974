#ifndef PLUMB_TESTS_BASE_HTTP_SERVER_H
#define PLUMB_TESTS_BASE_HTTP_SERVER_H

/*
 * A server on loopback, one thread, that answers by path and can misbehave:
 *
 *     /ok /echo /html /redirect /empty /many     complete answers
 *     /stall                                     reads the request and says nothing
 *     /slow                                      a head, some bytes, then nothing
 *     /cut /lie                                  a body shorter than its Content-Length; longer than it
 *     /reset /drop                               reads the request, then RST; then FIN
 *     /endless /endless-head                     never ends
 *     /garbage                                   bytes that are not HTTP
 *
 * TLS hellos and CONNECT are answered with status 400 and 403.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum { SERVER_CONNECTIONS = 64, SERVER_INPUT = 64 * 1024 };

struct server_connection {
    int fd;
    bool endless, dead;
    char input[SERVER_INPUT];
    size_t length;
};

struct server {
    int listener, port;
    int wake[2];
    pthread_t thread;
    struct server_connection connections[SERVER_CONNECTIONS];
    size_t count;
    atomic_int accepts, requests, resets, closed;
};

void server_start(struct server *);
void server_stop(struct server *);

#endif
