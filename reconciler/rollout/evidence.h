#ifndef PLUMB_RECONCILER_ROLLOUT_EVIDENCE_H
#define PLUMB_RECONCILER_ROLLOUT_EVIDENCE_H

/*
 * What the account says about new versions while traffic moves to them, read for all rollouts of one account
 * and region at once: a board.  Each rollout hangs its questions on it and takes its answers from it.
 *
 * A tick makes at most two reads, however many rollouts there are: DescribeAlarms for up to 100 names a call
 * at every tick that has the alarms' turn, GetMetricData for up to 500 queries a call, BatchGetDeployments
 * for up to 25 deployments a call, GetAlias for one alias in rotation.  What is longest overdue comes first;
 * the first read of a tick is the alarms' where there are any.  Metrics change by the minute: they are due
 * every 10 s, aliases every 30 s, deployments and alarms at every tick.
 *
 * Safe from any thread: whoever ticks first after a second reads for all, the others find it done.
 */

#include "providers/aws/aws.h"

enum { BOARD_TICK_MS = 1000, BOARD_METRICS_MS = 10 * 1000, BOARD_ALIAS_MS = 30 * 1000 };
enum { BOARD_FRESH_MS = 60 * 1000 }; /* what was read longer ago, or not at all, is no evidence */

struct board;
struct watcher;

/* A handle of the board on the account; `aws` must live as long. */
struct board *board_new(struct aws *);
void board_free(struct board *); /* after its watchers */

/* One alias whose traffic moves. */
struct watched_alias {
    struct str function, alias, old_version, new_version; /* names and numbers */
};

/* What one rollout wants to know.  Everything is copied.  Placeholders are already replaced. */
struct questions {
    const struct watched_alias *aliases;
    size_t alias_count;
    const struct str *alarms; /* names */
    size_t alarm_count;
    const struct str *ignored_alarms; /* red before the start: no verdict (fixForward) */
    size_t ignored_alarm_count;
    const struct value *compare;   /* of struct deployment */
    const struct value *checks;    /* likewise */
    const struct str *deployments; /* ids of CodeDeploy */
    size_t deployment_count;
    int64_t minimum_invocations;
};

struct watcher *board_watch(struct board *, const struct questions *);
void board_unwatch(struct board *, struct watcher *);

/* Since when data counts (wall ms): when the new version got its first traffic.  Before it is set there is no
 * evidence.  `step_since`: when the present weight began; the minimum counts from there.  `synthetic`: how
 * many requests plumb itself has sent to the new version in this step; those made through the alias or its
 * qualifier are in Lambda's figures already where `counted` says so. */
void watcher_since(struct watcher *, int64_t since_ms, int64_t step_since_ms);

/* Only these checks decide now (of struct deployment_step); none: all. */
void watcher_select(struct watcher *, const struct str *checks, size_t count);

/* Reads what is due, at most two calls, at most once a BOARD_TICK_MS.  A read that fails is no error: what it
 * would have told is unknown, and answers say why. */
void board_tick(struct board *);

enum verdict { VERDICT_GOOD, VERDICT_BAD, VERDICT_UNKNOWN };

/* One thing that was looked at, for the record and for people. */
struct finding {
    struct str name; /* "alarm OrderErrorsProd", "errors of OrderService", "check OrderAmounts" */
    enum verdict verdict;
    struct str value; /* "3 of 98, old: 0 of 902", "12.5", "OK"; empty: nothing is known yet */
    struct str limit; /* "p 0.0004 < 0.0021", "max 3"; may be empty */
};

struct evidence {
    enum verdict verdict; /* BAD if one finding is; else UNKNOWN if one is, or the minimum is not reached */
    struct str reason;    /* a sentence about the first finding that is not good; of GOOD what was seen */
    struct finding *findings;
    size_t finding_count;
    int64_t invocations; /* of the new versions in this step, the least of all aliases; synthetic included */
    bool thin;           /* the minimum is not reached yet */
};

/* From what is on the board; makes no call.
 *
 * BAD by comparison: Fisher's exact test, one-sided, of the new version's failures against the old one's in
 * the same time (Errors, Throttles of Invocations; for a duration percentile the share of invocations slower
 * than the old version's percentile).  The risk is spent over the looks, risk / (k (k + 1)) at the k-th look
 * with new data, so that an equal version is rolled back by it with at most that chance in the whole rollout,
 * however often one looks.  Where the old version has no traffic any more, its figures from before count.
 */
void watcher_evidence(struct watcher *, struct arena *, int64_t now_ms, struct evidence *);

/* The looks so far, and the baseline, for the record of a rollout that another instance takes over:
 * JSON in, JSON out. */
struct value *watcher_memory(struct watcher *, struct arena *);
void watcher_recall(struct watcher *, const struct value *memory);

/* The alarms that are red now (names); false where that could not be read within BOARD_FRESH_MS. */
bool watcher_red_alarms(struct watcher *, struct arena *, int64_t now_ms, struct str **names, size_t *count);

/* The last GetAlias or deploymentInfo with its time (wall ms), or NULL: not read yet. */
const struct value *watcher_alias(struct watcher *, struct arena *, size_t index, int64_t *read_ms);
const struct value *watcher_deployment(struct watcher *, struct arena *, size_t index, int64_t *read_ms);

/* How many reads the board has made. */
int64_t board_reads(const struct board *);

#endif
