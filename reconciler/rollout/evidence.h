#ifndef PLUMB_RECONCILER_ROLLOUT_EVIDENCE_H
#define PLUMB_RECONCILER_ROLLOUT_EVIDENCE_H

/*
 * What the account says about new versions while traffic moves to them, read for all rollouts of one account
 * and region at once: a board.  Each rollout hangs its questions on it and takes its answers from it.
 *
 * A tick makes at most two reads, however many rollouts there are: DescribeAlarms for up to 100 names a call,
 * GetMetricData for up to 500 queries a call, BatchGetDeployments for up to 25 deployments a call, GetAlias
 * (DescribeStateMachineAlias, GetStage) for one alias.  The first read of a tick is the alarms' where there
 * are any, the second goes round among metrics (due every 10 s), deployments (at every tick) and aliases
 * (every 30 s), and of each kind what was read longest ago comes first.  What does not fit into one call, and
 * further pages of an answer, have the turns of later ticks: the 600 queries of 100 rollouts are two turns of
 * ten.  So 6,000 alarms are fresh; of the other kinds, where all three always have something due, 10,000
 * queries, 500 deployments, 20 aliases; more where others rest.  What is beyond that is read in rotation and
 * says when it was read.
 *
 * A query that CloudWatch refuses (a check's mistake) must not spoil the others in its call: what has never
 * been read is then asked in ever smaller calls of its own, until the one is found.
 *
 * Safe from any thread: whoever ticks first after a second reads for all, the others find it done or under
 * way and do not wait.  No lock is held while AWS is asked.
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
    /* The physical id (struct rollout_target) of what is no function's alias; else empty.  Only where its
     * traffic goes is read: nothing is compared, and it has no minimum. */
    struct str other;
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
 * evidence.  `step_since`: when the present weight began; the minimum and the checks count from there, and
 * what watcher_synthetic said starts anew where it changes.  Lambda's figures are by the minute and count
 * from the minute in which the time lies; a data point of a check counts where it begins in the step. */
void watcher_since(struct watcher *, int64_t since_ms, int64_t step_since_ms);

/* How many requests plumb itself has sent in this step to the new version of alias `index`, past the alias
 * (those through it are in Lambda's figures).  They count towards the minimum, not in comparisons. */
void watcher_synthetic(struct watcher *, size_t index, int64_t sent);

/* The step's time is over: what is judged now decides whether it is left.  Then figures that are newer than
 * the last look are looked at even where a minute has not passed. */
void watcher_leaving(struct watcher *, bool);

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
    int64_t synthetic;   /* how many of them are */
    bool thin;           /* the minimum is not reached yet */
};

/* From what is on the board; makes no call.
 *
 * BAD by comparison: Fisher's exact test, one-sided, of the new version's failures against the old one's in
 * the same time (Errors of Invocations; Throttles of Invocations and Throttles, for Lambda does not count a
 * throttled request as an invocation; for a duration percentile the share of invocations slower than the old
 * version's percentile, which is taken once).  The risk is shared by the questions (one an alias and figure)
 * and spent over the looks, risk / (k (k + 1)) at the k-th look with new data, at most one a minute, so that
 * an equal version is rolled back by it with at most that chance in the whole rollout, however often one
 * looks (statistics.h).  What was found worse stays so.  Where the old version has no traffic any more, its
 * figures from before count: since the rollout began, else of the hour before.  Without data: UNKNOWN; with a
 * minimum of 0, where time alone is evidence, GOOD, if it could be read that there is none.
 *
 * Alarms: ALARM is BAD, OK is GOOD, all else UNKNOWN.  Those of `ignored_alarms` give a finding "red before
 * the start" that decides nothing.  A check: a data point beyond its limit is BAD, none at all UNKNOWN.
 */
void watcher_evidence(struct watcher *, struct arena *, int64_t now_ms, struct evidence *);

/* The looks so far, and the baseline, for the record of a rollout that another instance takes over:
 * JSON in, JSON out. */
struct value *watcher_memory(struct watcher *, struct arena *);
void watcher_recall(struct watcher *, const struct value *memory);

/* The alarms that are red now (names; of `alarms` without the ignored ones); false where that could not be
 * read within BOARD_FRESH_MS. */
bool watcher_red_alarms(struct watcher *, struct arena *, int64_t now_ms, struct str **names, size_t *count);

/* The last GetAlias or deploymentInfo with its time (wall ms), or NULL: not read yet (time 0) or not there.
 */
const struct value *watcher_alias(struct watcher *, struct arena *, size_t index, int64_t *read_ms);
const struct value *watcher_deployment(struct watcher *, struct arena *, size_t index, int64_t *read_ms);

/* How many reads the board has made. */
int64_t board_reads(const struct board *);

#endif
