#ifndef PLUMB_TESTS_RECONCILER_FAKE_WATCH_H
#define PLUMB_TESTS_RECONCILER_FAKE_WATCH_H

/* An account that can only be watched: alarms, metrics, deployments and aliases behind struct http, and a
 * clock that the test moves.  Safe from any thread. */

#include <pthread.h>

#include "reconciler/rollout/evidence.h"
#include "tests/providers/fake_aws.h" /* assert_text, fake_json */

enum { WATCH_START = 1764237600 }; /* 2025-11-27T10:00:00Z, a whole minute */

struct fake_point {
    char key[200]; /* "OrderService:2 Invocations Sum", "Shop Amount Maximum", an expression */
    int64_t at_s;
    double value;
};

struct fake_watch {
    struct arena *arena;
    struct value *alarms; /* name to alarm */
    struct fake_point *points;
    size_t point_count, point_capacity;
    const char *denied;    /* operation that is refused with AccessDenied: "DescribeAlarms" */
    const char *throttled; /* answers 400 Throttling */
    const char *invalid;   /* a query with this text in it makes GetMetricData refuse the call */
    const char *forbidden; /* a query with this text is answered Forbidden */
    size_t page;           /* data points of each series a page; 0: all */
    void (*meanwhile)(struct fake_watch *); /* once, while a call is under way */
    void *meanwhile_self;
    int calls, alarm_calls, metric_calls, alias_calls, deployment_calls;
    size_t most_queries, most_alarms;
    struct str last_metrics; /* the body of the last GetMetricData */
    _Atomic int64_t wall_ms;
    pthread_mutex_t lock;
    struct clock clock;
    struct http http;
    struct log log;
    struct aws_session *session;
    struct aws *aws;
    struct board *board;
};

void watch_init(struct fake_watch *);
void watch_release(struct fake_watch *);
void watch_pass(struct fake_watch *, int64_t milliseconds);
int64_t watch_now(struct fake_watch *);
/* The state of an alarm; NULL: there is none. */
void watch_alarm(struct fake_watch *, const char *name, const char *state);
/* What a metric has in a minute after the start; again: in its place. */
void watch_point(struct fake_watch *, const char *key, int64_t minute, double value);

/* Ticks, a second apart. */
void watch_ticks(struct fake_watch *, int count);
/* "BAD: reason | alarm A BAD ALARM; errors of F GOOD 1 of 2, old: 3 of 4 (p 1 >= 0.5) | 98" */
struct str evidence_text(struct fake_watch *, struct watcher *);

/* OrderService:live, from version 1 to 2; names of its figures, and what is compared. */
extern const struct watched_alias order_service;
#define OLD(METRIC) "OrderService:1 " METRIC " Sum"
#define NEW(METRIC) "OrderService:2 " METRIC " Sum"
#define ERRORS "{'errors':true,'throttles':false,'duration':'','risk':'1'}"
#define THROTTLES "{'errors':false,'throttles':true,'duration':'','risk':'1'}"
#define SLOWER "{'errors':false,'throttles':false,'duration':'p90','risk':'1'}"

#endif
