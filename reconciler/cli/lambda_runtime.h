#ifndef PLUMB_RECONCILER_CLI_LAMBDA_RUNTIME_H
#define PLUMB_RECONCILER_CLI_LAMBDA_RUNTIME_H

/*
 * Lambda's runtime API, as a custom runtime speaks it: the next event, and what came of it.  Lambda freezes
 * the process from the moment it asks for the next event until there is one; what is done between the answer
 * and that is done in the event's time.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html.
 */

#include "base/http.h"

struct lambda_runtime;

struct lambda_event {
    struct str id;
    int64_t deadline_ms; /* wall */
    struct str body;     /* JSON, up to 6 MiB */
};

/* `address` is AWS_LAMBDA_RUNTIME_API, "127.0.0.1:9001"; kept by the caller. */
WARN_UNUSED bool lambda_runtime_open(const char *address, struct lambda_runtime **, struct error *);
void lambda_runtime_close(struct lambda_runtime *);

/* Waits for the next event, however long; ERROR_CANCELLED when `cancelled` is set. */
WARN_UNUSED bool lambda_next(struct lambda_runtime *, struct arena *, const atomic_bool *cancelled,
                             struct lambda_event *, struct error *);

/* One of both for each event.  `response` is JSON. */
WARN_UNUSED bool lambda_respond(struct lambda_runtime *, struct arena *, const struct lambda_event *,
                                struct str response, struct error *);
WARN_UNUSED bool lambda_fail(struct lambda_runtime *, struct arena *, const struct lambda_event *,
                             const struct error *why, struct error *);

#endif
