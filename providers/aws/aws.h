#ifndef PLUMB_PROVIDERS_AWS_AWS_H
#define PLUMB_PROVIDERS_AWS_AWS_H

/*
 * Signed calls to AWS in one account and region.
 *
 * `struct aws_session` belongs to the process: credentials (refreshed before they expire), pacing (a token
 * bucket per account, region and service bucket, slowed down by throttling), the correction of a wrong clock.
 * `struct aws` is a cheap handle on it for one account and region.  Both are safe from any thread.
 *
 * Retry is the SDKs' standard mode: at most 3 attempts, exponential backoff with full jitter up to 20 s, a
 * retry quota of 500 (a retry costs 5, after a time-out 10, given back on success); throttling, 5xx and lost
 * connections are retried where the operation's safety allows it (operation.h), never past the deadline: an
 * attempt has a minute (or the row's timeout_ms), a call three minutes on top of that.
 */

#include <stdatomic.h>

#include "base/clock.h"
#include "base/http.h"
#include "base/log.h"
#include "base/value.h"
#include "providers/aws/operation.h"

struct aws_session;

struct aws_session_options {
    const struct http *http;
    const struct clock *clock;
    const struct random *random;
    const struct log *log; /* debug: one line a call; never a secret */
    /* getenv-like; NULL gives the process's environment.  Tests pass their own. */
    const char *(*environment)(void *self, const char *name);
    void *environment_self;
    const atomic_bool *cancelled; /* may be NULL */
    bool pacing;                  /* false: no token buckets (tests) */
};

struct aws_session *aws_session_new(const struct aws_session_options *);
void aws_session_free(struct aws_session *);

struct aws_counters {
    int64_t calls, mutating, throttled, retried;
};
struct aws_counters aws_session_counters(const struct aws_session *);

/* Called with every request before its first attempt is sent, and after its answer; for tests, the request
 * log and the crash sweep.  Set before the first call. */
struct aws_observer {
    void *self;
    void (*before)(void *self, const struct aws_operation *, const struct value *input);
    void (*after)(void *self, const struct aws_operation *, const struct value *input, const struct error *);
};
void aws_session_observe(struct aws_session *, const struct aws_observer *);

struct aws_target {
    struct str region;
    struct str role_arn;    /* empty: the ambient credentials */
    struct str external_id; /* for AssumeRole; may be empty */
    struct str account;     /* the account that must answer; empty: any */
};

struct aws;

/* Finds credentials (environment, shared files, web identity, container, IMDSv2; then AssumeRole), asks STS
 * who they are, and refuses (ERROR_INVALID) an account that is not the target's.  Handles of one target share
 * credentials. */
WARN_UNUSED bool aws_open(struct aws_session *, const struct aws_target *, struct aws **, struct error *);
void aws_close(struct aws *);

/* Which part of every rate bucket the calls of this handle may take: 1 when it is opened, less for what reads
 * in the background.  Set while no call is under way. */
void aws_set_share(struct aws *, double share);

/* Asked right before a call that changes something is sent, at each attempt and from any thread: where it
 * says no the call ends with its error.  Handles made by aws_in_region take it over.  Set while no call is
 * under way; without `check`: nobody is asked. */
struct aws_fence {
    void *self;
    bool (*check)(void *self, struct error *);
};
void aws_set_fence(struct aws *, struct aws_fence);

struct str aws_account(const struct aws *);
struct str aws_region(const struct aws *);
struct str aws_partition(const struct aws *);
struct str aws_url_suffix(const struct aws *); /* "amazonaws.com" */
const struct clock *aws_clock(const struct aws *);

/* Who the credentials are: "arn:aws:sts::333333333333:assumed-role/plumb/plumb". */
WARN_UNUSED bool aws_caller(struct aws *, struct arena *, struct str *arn, struct error *);

/* AWS's time less this machine's, to the second; without credentials. */
WARN_UNUSED bool aws_clock_skew(struct aws_session *, struct str region, int64_t *milliseconds,
                                struct error *);

/* The same account and credentials in another region. */
WARN_UNUSED bool aws_in_region(struct aws *, struct str region, struct aws **, struct error *);

/*
 * Makes one call.  `input` is a map in the API's own member names (NULL: none); `output` (may be NULL)
 * receives the answer in the API's names: JSON as it is, XML as base/xml.h reads it (the <XResult> element's
 * content for the query protocol), headers named by the service added under their member names.
 *
 * AWS's error code is the error's name ("ResourceNotFoundException"), and its code says what to do:
 * NOT_FOUND, CONFLICT, THROTTLED, DENIED, INVALID, TIMEOUT (may have happened; only AWS_READ_BACK operations
 * return it before the retries are used up), UNAVAILABLE.  The message names service, operation and AWS's own
 * words.
 */
WARN_UNUSED bool aws_call(struct aws *, const struct aws_operation *, struct arena *,
                          const struct value *input, struct value **output, struct error *);

/* For calls that cannot wait so long, or are measured.  0 leaves what the table says. */
struct aws_limits {
    int64_t total_ms; /* all attempts and the pauses between; waiting for a token of the bucket not counted */
    int attempts;     /* at most */
    int64_t *took_ms; /* receives how long the last attempt was on its way; or NULL */
};

/* aws_call within limits.  An attempt that gets no answer in time is ERROR_TIMEOUT. */
WARN_UNUSED bool aws_call_within(struct aws *, const struct aws_operation *, struct arena *,
                                 const struct value *input, const struct aws_limits *, struct value **output,
                                 struct error *);

/* A URL by which somebody without credentials can make this call, with a body of his own, for `seconds` (with
 * temporary credentials no longer than these are good).  S3 only. */
WARN_UNUSED bool aws_presign(struct aws *, const struct aws_operation *, struct arena *,
                             const struct value *input, int64_t seconds, struct str *url, struct error *);

/* Follows the pages of a list operation and gives all items (at most 100,000) as one list.  An empty page
 * with a token goes on; a token that repeats is ERROR_CORRUPT. */
WARN_UNUSED bool aws_list(struct aws *, const struct aws_operation *, struct arena *,
                          const struct value *input, struct value **items, struct error *);

/* Waits until `done` says so: `probe` is asked at once, then with growing pauses (from 100 ms to 5 s), at
 * most timeout_ms.  ERROR_TIMEOUT names `what`. */
WARN_UNUSED bool aws_wait(struct aws *, const char *what, int64_t timeout_ms,
                          bool (*probe)(void *self, bool *done, struct error *), void *self, struct error *);

#endif
