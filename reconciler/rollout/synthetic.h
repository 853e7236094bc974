#ifndef PLUMB_RECONCILER_ROLLOUT_SYNTHETIC_H
#define PLUMB_RECONCILER_ROLLOUT_SYNTHETIC_H

/*
 * Synthetic requests: what plumb itself sends to a new version, so that there is evidence before and beside
 * real traffic.
 *
 * - "function": Lambda's Invoke of exactly the version that is given, whatever the alias' weights say.
 *   `payload` is sent as JSON; a text is sent as it is and must be JSON by itself; left out it is {}.  An
 *   answer {"statusCode": ...}, as a function behind API Gateway gives it, is taken apart: status and body
 * are what its caller would see (base64 decoded).  Any other answer is the body, and has no status.
 * - "url": `method` (GET; POST where there is a `body`), `headers`, `body` (a text as it is, else as JSON).
 *   At public addresses only, by https, as notify.h says of webhooks.  The version plays no part: the URL
 *   leads where it leads.
 *
 * Passed is what meets every expectation: `status` equal (left out: below 400, where there is one), `body`
 * contained (a text: in the body as it is; a map: each of its members, and so on down; lists and scalars
 * equal), `latency` not exceeded.  A function that fails has not passed.  Latency is the time from sending to
 * the whole answer, connecting included; waiting for the account's rate bucket is not.
 *
 * Each request has ten times the latency that is expected, at most 30 s (SYNTHETIC_MAX_MS; so too where none
 * is), and is sent once: a second try would hide what is looked for.
 *
 * Nothing that an answer holds is told except a function's own error message; secrets in expectations are
 * masked.  Safe from any thread.
 */

#include "base/http.h"
#include "providers/aws/aws.h"

enum { SYNTHETIC_MAX_MS = 30 * 1000 };

struct synthetic_options {
    struct aws *aws; /* its clock measures URLs too */
    const struct http *http;
    const atomic_bool *cancelled; /* of requests to URLs; the session has its own.  May be NULL */
};

struct synthetic_outcome {
    bool passed;
    struct str why;     /* "List: status 500 instead of 200"; of what passed "List: status 200 in 34 ms" */
    int64_t status;     /* 0: the answer has none, or there is none */
    int64_t latency_ms; /* also of what got no answer */
};

/*
 * Sends one request: an item of `synthetic` of struct deployment, its "function" resolved to a name or ARN,
 * to `version` ("7").  Texts of the outcome live in the arena.
 *
 * False where the request says nothing about the new version: AWS does not let plumb invoke (DENIED,
 * NOT_FOUND, THROTTLED, UNAVAILABLE), the URL may not be asked (INVALID), CANCELLED.
 */
WARN_UNUSED bool synthetic_send(const struct synthetic_options *, struct arena *, const struct value *request,
                                struct str version, struct synthetic_outcome *, struct error *);

/* Zeroed at the start of a rollout. */
struct synthetic_pace {
    bool started;
    int64_t last_ms;
    int64_t owed; /* requests times 60,000 */
};

/* How many requests are due now, at `per_minute` since the last call: the first at once; after a pause at
 * most a sixth of `per_minute` (one at least), the rest is left out.  `now_ms` is monotonic. */
int64_t synthetic_due(struct synthetic_pace *, int64_t per_minute, int64_t now_ms);

#endif
