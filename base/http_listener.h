#ifndef PLUMB_BASE_HTTP_LISTENER_H
#define PLUMB_BASE_HTTP_LISTENER_H

/*
 * An HTTP server for small requests from anybody, by libmicrohttpd: webhooks, health, what a person looks at.
 *
 * One thread does everything, so a handler answers within a few milliseconds and leaves work to others. There
 * is no TLS here: a load balancer does that, or the address is one of loopback.
 *
 * Everything is bounded.  A connection carries one request and is closed after its answer; it lives for
 * `timeout_ms` at most, whatever it does.  Where there is no room for one more, the oldest that has not yet
 * sent a whole head has to go; where others hold more than half of the places, the oldest of these.  So
 * thousands of idle connections do not keep a health check out, nor do slow ones.  Bodies that are under way
 * take `bodies_max` together.
 *
 * Refused before a handler sees it: another protocol than HTTP/1.0 and HTTP/1.1 (505), both Content-Length
 * and Transfer-Encoding, several of either, or a coding that is not "chunked" (400), large heads (431),
 * bodies above `body_max`, of which the rest is not read (413), unknown paths (404), other methods (405), too
 * much under way (503).
 */

#include <stdint.h>

#include "base/http.h"

enum { HTTP_LISTENER_HEADERS_MAX = 64, HTTP_LISTENER_ANSWER_HEADERS_MAX = 8 };

struct http_listener_request {
    struct str method, path;           /* path: as on the wire, up to the '?' */
    struct str query;                  /* behind it; as on the wire */
    const struct http_header *headers; /* each that came, also a name twice */
    size_t header_count;
    struct str body;
    struct str peer;     /* address of who is connected: maybe a load balancer's */
    struct arena *arena; /* until the answer is sent: for the handler too */
};

/* A handler fills it; everything is copied. */
struct http_listener_answer {
    int status;
    struct str content_type; /* empty: "text/plain; charset=utf-8" */
    struct str body;
    struct http_header headers[HTTP_LISTENER_ANSWER_HEADERS_MAX];
    size_t header_count;
};

struct http_route {
    const char *method; /* "GET" is HEAD as well */
    const char *path;   /* "/healthz"; "/webhook/" with a slash at its end: and everything below */
    void (*handle)(void *self, const struct http_listener_request *, struct http_listener_answer *);
    void *self;
};

struct http_listener_options {
    struct str listen;               /* "127.0.0.1:8080", "[::]:8080"; port 0: any that is free */
    const struct http_route *routes; /* kept by the caller; the first that fits is taken */
    size_t route_count;
    size_t body_max;        /* 0: 1 MiB */
    size_t bodies_max;      /* of all together; 0: 16 MiB */
    size_t connections_max; /* 0: 256 */
    size_t per_address_max; /* of them from one address; 0: as many */
    int64_t timeout_ms;     /* 0: 10 s */
};

struct http_listener;

/* Listens when it returns.  ERROR_INVALID: no such address; ERROR_UNAVAILABLE: it cannot be had. */
WARN_UNUSED bool http_listener_start(const struct http_listener_options *, struct http_listener **,
                                     struct error *);
uint16_t http_listener_port(const struct http_listener *);
void http_listener_stop(struct http_listener *); /* at once; NULL is fine */

struct http_listener_counters {
    uint64_t connections, requests; /* requests: those that a handler saw */
    uint64_t refused;               /* answered without a handler */
    uint64_t displaced, expired;    /* connections that had to go */
};
struct http_listener_counters http_listener_counters(const struct http_listener *);

/* Case-insensitive; the first, or empty where absent. */
struct str http_listener_header(const struct http_listener_request *, const char *name);

#endif
