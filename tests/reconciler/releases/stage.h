#ifndef PLUMB_TESTS_RECONCILER_RELEASES_STAGE_H
#define PLUMB_TESTS_RECONCILER_RELEASES_STAGE_H

/*
 * Whole releases in this process: a repository made with Git, the simulator as the account, virtual time, and
 * plumb's own way from a commit to a plan, an apply and a rollout.  What a rollout does to the aliases is
 * seen from outside: a thread of the scheduler reads them once a second, past plumb.
 */

#include "reconciler/rolling.h"
#include "tests/gitsync/repositories.h"
#include "tests/simulator/inprocess.h"

enum { STAGE_ALIASES_MAX = 4, STAGE_CALLS_MAX = 200000, STAGE_SIGHTS_MAX = 400 };

/* Since when an alias, or the alarm, was seen so. */
struct sight {
    int64_t at_ms;
    const char *function; /* NULL: the alarm */
    struct str words;     /* "1", "1 + 10 % on 2"; "OK", "ALARM" */
    uint64_t calls;       /* of plumb by then */
};

struct stage {
    struct place place;
    const char *origin;
    struct str environment, application, account, region;
    struct arena *arena;
    struct scheduler *scheduler;
    struct inprocess simulator;
    struct http outside, http; /* the test's; plumb's, which is counted */
    struct clock clock;
    struct random random;
    struct log log;
    struct aws_session *aws;
    struct boards *boards;

    uint64_t calls;     /* of plumb */
    int64_t calls_left; /* then plumb is asked to stop, and no further call gets through.  -1: it goes on */
    bool stops_late;    /* one more gets through, but its answer does not */
    atomic_bool stopped;
    bool logs_calls;
    struct str *call_log; /* "PUT /path", and the operation or the body's begin; while logs_calls */
    size_t call_count;

    const char *functions[STAGE_ALIASES_MAX]; /* whose alias `live` is watched */
    size_t function_count;
    const char *alarm; /* is watched; NULL: none */
    int64_t red_ms;    /* when it was first seen in ALARM, at a call of plumb's; 0: not yet */
    size_t red_call;   /* the place of that call in call_log */
    struct sight *sights;
    size_t sight_count;
    bool watching;
    struct workers *watchers;
    /* Called by the watching thread once a second; may be NULL. */
    void (*each_second)(struct stage *, void *self);
    void *each_second_self;
};

/* `origin` is made in it by the caller, with stage_write and stage_commit. */
struct stage *stage_new(const char *environment, const char *application, const char *account,
                        const char *region);
void stage_free(struct stage *);

void stage_write(struct stage *, const char *path, const char *text);
struct str stage_read(struct stage *, const char *path);
/* Replaces what must be there once. */
void stage_edit(struct stage *, const char *path, const char *old, const char *fresh);
void stage_commit(struct stage *, const char *message);

/* The way of one process: opened at the newest commit, planned. */
struct passage {
    struct session *session;
    struct subject *subject;
    struct plan *plan;
};
void stage_plan(struct stage *, struct passage *);
void passage_end(struct passage *);

/* Plans and applies; `rolling` tells whether there is traffic to move.  Ends the test where anything fails.
 */
struct apply_result stage_apply(struct stage *);
/* Goes on with the rollout that is recorded, to its end. */
struct rollout stage_roll(struct stage *);
/* All of it; a phase of ROLLOUT_NONE where no traffic had to move. */
struct rollout stage_release(struct stage *);
/* There is nothing left to do. */
void stage_settled(struct stage *);

/* A rollout under way that a test ticks by itself. */
struct ride {
    struct session *session;
    struct subject *subject;
    struct rolling *rolling;
};
void stage_ride(struct stage *, struct ride *);
/* The process goes on until the rollout ends, so many seconds have passed, or so many calls are made (-1: any
 * number); true: the rollout ended. */
bool stage_live(struct stage *, int seconds, int64_t calls, bool stops_late);
/* What the process has on its board is gone: for an instance that is to know nothing.  No ride is open. */
void stage_forget(struct stage *);
/* One tick, then a second passes; true: it is over. */
bool ride_tick(struct stage *, struct ride *);
/* Ticks until it has this weight, or 0 seconds are left (then the test ends). */
void ride_until(struct stage *, struct ride *, int64_t weight, int64_t seconds);
void ride_end(struct ride *);

/* Requests a minute to FUNCTION:live from now on. */
void stage_traffic(struct stage *, const char *function, int64_t per_minute);
/* Somebody moves FUNCTION:live by hand; "{}" or a RoutingConfig's AdditionalVersionWeights. */
void stage_move_alias(struct stage *, const char *function, const char *version, const char *weights);
/* "OK", ... of stage->alarm. */
struct str stage_alarm(struct stage *, struct arena *);
void stage_pass_time(struct stage *, int64_t milliseconds);

/* A call past plumb, by the account itself; ends the test where it fails.  `service`: as it is signed for. */
struct value *stage_call(struct stage *, const char *service, const char *method, const char *path,
                         const char *body);
/* The same of a protocol with a target header: "AmazonSQS.GetQueueAttributes". */
struct value *stage_call_target(struct stage *, const char *service, const char *target, const char *body);
/* How many hooks CodeDeploy knows to have succeeded in the deployment of the first target. */
size_t stage_hooks_succeeded(struct stage *, const struct rollout *);
struct value *stage_function(struct stage *, const char *function); /* GetFunctionConfiguration */

/* Logs plumb's calls from now on; forgets those from before. */
void stage_log_begin(struct stage *);
/* How many of the calls that were logged have this in them. */
size_t stage_calls_with(struct stage *, const char *words);

void stage_watch(struct stage *, const char *function);
void stage_watch_begin(struct stage *); /* forgets what was seen before */
void stage_watch_end(struct stage *);
/* Where the alias is now: "1", "1 + 10 % on 2". */
struct str stage_alias(struct stage *, const char *function);
/* When it was last seen to become so; NULL: never.  `function` NULL: the alarm. */
const struct sight *stage_sight(struct stage *, const char *function, const char *words);
/* How many calls were logged from that place on before the one with both in it; SIZE_MAX: there is none. */
size_t stage_call_after(struct stage *, size_t from, const char *method, const char *words);
/* "10 at 0, 100 at 5": the percent of what is not `old`, at minutes since the first shift; "5m07s" where that
 * is more than two seconds from a whole minute. */
struct str stage_shifts(struct stage *, const char *function, const char *old);

#endif
