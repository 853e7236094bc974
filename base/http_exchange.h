#ifndef PLUMB_BASE_HTTP_EXCHANGE_H
#define PLUMB_BASE_HTTP_EXCHANGE_H

/*
 * One request and its answer on libcurl: inside of http_client only.
 *
 * The worker prepares an exchange and reads its result; between the two it belongs to the I/O thread, which
 * alone touches libcurl's handles.
 */

#include <curl/curl.h>
#include <netinet/in.h>
#include <pthread.h>

#include "base/http.h"

struct http_exchange {
    const struct http_request *request;
    const char *url, *method, *origin; /* origin: "https://host:port", for messages */
    bool plain, direct;                /* plain http; never by a proxy */
    bool loopback_too;                 /* public_only lets loopback through */

    CURL *easy;
    struct curl_slist *headers;
    char detail[CURL_ERROR_SIZE];
    struct buf head, body;
    bool sending;   /* from here on the request may have been processed */
    bool head_done; /* header lines after this are trailers: ignored */
    bool too_large;
    char refused[INET6_ADDRSTRLEN];    /* the address that is not public; "": none was refused */
    int64_t deadline_ms, last_byte_ms; /* monotonic; last_byte_ms is 0 before the first one */

    bool good;
    int status;
    struct error error;

    struct http_exchange *next;
    bool finished; /* guarded by the client's lock, like `changed` */
    pthread_cond_t changed;
};

int64_t http_now_ms(void);

/* The worker's part: checks the request, and later hands out the answer. */
WARN_UNUSED bool http_exchange_prepare(struct http_exchange *, struct arena *, const struct http_request *,
                                       const struct http_client_options *, struct error *);
WARN_UNUSED bool http_exchange_result(struct http_exchange *, struct arena *, struct http_response *,
                                      struct error *);

/* The I/O thread's part.  start sets up `easy`; the others decide the outcome. */
WARN_UNUSED bool http_exchange_start(struct http_exchange *, const struct http_client_options *, CURLSH *);
void http_exchange_finish(struct http_exchange *, CURLcode);
/* True when it was cancelled, is late or has fallen silent: the outcome is set. */
bool http_exchange_give_up(struct http_exchange *, int64_t now_ms);
void http_exchange_stop(struct http_exchange *); /* frees libcurl's handles */

#endif
