#ifndef PLUMB_PROVIDERS_AWS_SIGV4_H
#define PLUMB_PROVIDERS_AWS_SIGV4_H

/*
 * AWS Signature Version 4, as "Authenticating Requests" of the IAM User Guide describes it.
 *
 * sigv4_sign computes; it adds nothing to the request.  The caller has put every header that is to be signed
 * among the headers (Host, X-Amz-Date with the same time, X-Amz-Security-Token of a session,
 * X-Amz-Content-Sha256 for S3).  Authorization, User-Agent, Connection, Expect, Transfer-Encoding and
 * X-Amzn-Trace-Id are left out of the signature, because proxies change them.
 *
 * Safe from any thread.  Derived keys do not outlive the call.
 */

#include <stdint.h>

#include "base/arena.h"
#include "base/http.h"

enum sigv4_path {
    SIGV4_PATH_AS_IS,      /* S3: the path on the wire */
    SIGV4_PATH_ENCODED,    /* the path on the wire, percent-encoded once more */
    SIGV4_PATH_NORMALIZED, /* the same after "//", "/./" and "/../" are resolved: all services but S3 */
};

struct sigv4_scope {
    struct str access_key, secret_key;
    struct str region, service;
    int64_t time_ms; /* since 1970 */
};

struct sigv4_request {
    struct str method, path, query; /* path and query as on the wire; query without its '?' */
    const struct http_header *headers;
    size_t header_count;
    struct str payload_hash; /* SHA-256 of the body in hex, or what X-Amz-Content-Sha256 says instead */
    enum sigv4_path path_rule;
};

/* Every text on the way, so that a test can compare each. */
struct sigv4_signature {
    struct str signed_headers, canonical_request, string_to_sign;
    struct str signature;     /* hex */
    struct str authorization; /* value of the Authorization header */
};

struct sigv4_signature sigv4_sign(struct arena *, const struct sigv4_scope *, const struct sigv4_request *);

/* A signature in the URL, for somebody who has no credentials: the request's query with what would else be
 * headers behind it, and that with the signature.  Whoever uses the URL sends the request's headers (Host);
 * it is good for `expires_s` seconds, and with a session's `token` (else empty) no longer than that session.
 */
struct str sigv4_query(struct arena *, const struct sigv4_scope *, const struct sigv4_request *,
                       struct str token, int64_t expires_s);
struct str sigv4_presign(struct arena *, const struct sigv4_scope *, const struct sigv4_request *,
                         struct str token, int64_t expires_s);

#endif
