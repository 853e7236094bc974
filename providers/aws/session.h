#ifndef PLUMB_PROVIDERS_AWS_SESSION_H
#define PLUMB_PROVIDERS_AWS_SESSION_H

/* Inside of the AWS client: the session and single exchanges.  Types and the reconciler use aws.h. */

#include <pthread.h>

#include "providers/aws/aws.h"
#include "providers/aws/credentials.h"
#include "providers/aws/endpoint.h"
#include "providers/aws/pacing.h"

enum { SESSION_OBSERVERS_MAX = 4 };

struct identity;
struct request_log;

struct aws_session {
    struct aws_session_options options;
    struct aws_environment environment;
    struct pacing *pacing;
    pthread_mutex_t lock; /* of `identities` */
    struct identity *identities;
    struct aws_observer observers[SESSION_OBSERVERS_MAX];
    size_t observer_count;
    struct request_log *request_log; /* PLUMB_REQUEST_LOG, or NULL */
    atomic_llong skew_ms;            /* AWS's time less ours */
    atomic_llong calls, mutating, throttled, retried;
};

/* Wall time, corrected. */
int64_t session_now(struct aws_session *);
/* Sleeps, and stops early where the session is cancelled: false, ERROR_CANCELLED. */
WARN_UNUSED bool session_sleep(struct aws_session *, int64_t milliseconds, struct error *);

/* Whom a request is made for. */
struct exchange {
    struct aws_session *session;
    struct str region;
    struct str account; /* whose rate buckets; may be empty */
    double share;       /* of them */
    struct aws_fence fence;
    /* The credentials of one attempt, to be released; NULL: the request goes unsigned. */
    bool (*credentials)(void *self, struct credentials *, struct error *);
    /* AWS says that these have expired.  True where others may be had. */
    bool (*rejected)(void *self, const struct credentials *);
    void *self;
    const struct aws_limits *limits; /* NULL: what the table says */
};

/* One operation with pacing, retry and correction of the clock: see aws_call. */
WARN_UNUSED bool exchange_perform(const struct exchange *, const struct aws_operation *, struct arena *,
                                  const struct value *input, struct value **output, struct error *);

/* The same with credentials that do not change. */
WARN_UNUSED bool exchange_with(struct aws_session *, struct str region, const struct credentials *,
                               const struct aws_operation *, struct arena *, const struct value *input,
                               struct value **output, struct error *);

/* See aws_presign. */
WARN_UNUSED bool exchange_presign(const struct exchange *, const struct aws_operation *, struct arena *,
                                  const struct value *input, int64_t seconds, struct str *url,
                                  struct error *);

#endif
