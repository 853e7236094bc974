#ifndef PLUMB_BASE_HTTP_H
#define PLUMB_BASE_HTTP_H

/*
 * HTTP requests.  `struct http` is a seam: the real one (http_client_new) runs one I/O thread with
 * curl_multi, to which workers hand their requests and wait; a test or the linked simulator puts its own
 * function there.  perform() may be called from many threads at once.
 *
 * Only https is allowed, except to loopback addresses and to the hosts named at birth (the container
 * credential endpoint and IMDS).  Redirects are not followed.  Every request has a deadline and a cap on
 * the response.
 *
 * A URL that comes from a repository is asked with `public_only`: https alone, and only at addresses that
 * anybody can reach (base/http_address.h).  That is decided by the address that the connection is made to,
 * new or reused, so that no name that resolves differently the second time helps; a proxy, which would
 * resolve the name by itself, is not used.  What is refused is ERROR_INVALID, by a sentence that names scheme
 * and host of the URL and nothing behind them.
 */

#include <stdatomic.h>

#include "base/arena.h"
#include "base/error.h"

struct http_header {
    struct str name, value;
};

struct http_request {
    struct str method; /* "GET" */
    struct str url;    /* sent as it is: already encoded, never normalised */
    const struct http_header *headers;
    size_t header_count;
    struct str body;
    int64_t timeout_ms;           /* for the whole exchange; 0 gives 30 s */
    size_t response_max;          /* bytes; 0 gives 16 MiB; past it the request fails */
    bool public_only;             /* the URL is somebody else's: see above */
    const atomic_bool *cancelled; /* checked while waiting; may be NULL */
};

struct http_response {
    int status;
    struct http_header *headers;
    size_t header_count;
    struct str body; /* in the caller's arena */
};

struct http {
    void *self;
    /* False only where no complete answer came: ERROR_UNAVAILABLE when the request was certainly not
     * processed (no connection), ERROR_TIMEOUT when it may have been (sent, then silence, a reset or a cut
     * answer), ERROR_CANCELLED, ERROR_OUT_OF_MEMORY (response_max).  Any HTTP status is a success. */
    bool (*perform)(void *self, struct arena *, const struct http_request *, struct http_response *,
                    struct error *);
};

WARN_UNUSED bool http_perform(const struct http *, struct arena *, const struct http_request *,
                              struct http_response *, struct error *);
/* Case-insensitive; empty where absent. */
struct str http_header(const struct http_response *, const char *name);

struct http_client;
struct http_client_options {
    const char *const *plain_hosts; /* hosts that may be asked by plain http, besides loopback */
    size_t plain_host_count;
    const char *ca_file;       /* NULL: the system's; AWS_CA_BUNDLE is the caller's to pass */
    long connections_per_host; /* 0 gives 8 */
    /* The account is one on this machine (a simulator, a test's): `public_only` lets loopback through, by
     * plain http too. */
    bool loopback_is_public;
};
WARN_UNUSED bool http_client_new(const struct http_client_options *, struct http_client **, struct error *);
struct http http_client_http(struct http_client *); /* valid as long as the client */
void http_client_free(struct http_client *);        /* no perform() may be under way */

/* Is the URL's host this machine by its name: "localhost", "127.0.0.1", "[::1]"?  NULL and what is no URL is
 * not. */
bool http_is_loopback_url(const char *url);

#endif
