#ifndef PLUMB_BASE_HTTP_LISTENER_PRIVATE_H
#define PLUMB_BASE_HTTP_LISTENER_PRIVATE_H

/* Inside of the HTTP listener: http_listener.c has the connections, http_listener_request.c what comes by
 * them. */

#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/http_listener.h"

enum { PEER_SIZE = INET6_ADDRSTRLEN };

/* From being accepted to being closed, oldest first. */
struct listener_connection {
    struct listener_connection *next, **link;
    int fd;
    int64_t since_ms;
    bool has_head; /* the whole head has come */
    bool leaving;  /* it is being closed */
    char peer[PEER_SIZE];
};

struct http_listener {
    struct http_listener_options options;
    struct MHD_Daemon *daemon;
    int socket, epoll, wake;
    uint16_t port;
    pthread_t thread;
    atomic_bool stopping;

    /* of the thread alone */
    struct listener_connection *first, **last;
    size_t staying; /* that are not leaving */
    size_t bodies;  /* bytes under way */

    atomic_ullong connections, requests, refused, displaced, expired;
};

/* Callbacks of the library; the first argument is the listener. */
void *request_begin(void *listener, const char *target, struct MHD_Connection *);
enum MHD_Result request_take(void *listener, struct MHD_Connection *, const char *url, const char *method,
                             const char *version, const char *data, size_t *size, void **state);
void request_end(void *listener, struct MHD_Connection *, void **state, enum MHD_RequestTerminationCode);

#endif
