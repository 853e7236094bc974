#ifndef PLUMB_RECONCILER_ROLLOUT_BOARD_PRIVATE_H
#define PLUMB_RECONCILER_ROLLOUT_BOARD_PRIVATE_H

/* Inside of the board.  Everything here is touched under its lock only. */

#include <pthread.h>

#include "reconciler/rollout/evidence.h"
#include "reconciler/rollout/statistics.h"

enum { MINUTE_MS = 60 * 1000, HOUR_MS = 60 * MINUTE_MS };
enum { NEVER = -1 }; /* of times */

/* --- alarms, deployments, aliases: things with one answer --- */

enum item_kind { ITEM_ALARM, ITEM_DEPLOYMENT, ITEM_ALIAS, ITEM_KINDS };

struct item {
    enum item_kind kind;
    char *name, *alias;  /* name, id or function; of a function's alias its name, else "" */
    size_t users;        /* watchers */
    int64_t tried_ms;    /* monotonic; an interval before its birth where it never was */
    int64_t read_ms;     /* wall, or NEVER */
    struct arena *arena; /* of the value */
    struct value *value; /* as AWS gave it; NULL: not there */
    char *trouble;       /* why the last read failed, or NULL */
};

struct items {
    struct item **list;
    size_t count, capacity;
};

int64_t item_interval(enum item_kind);
struct item *item_watch(struct board *, enum item_kind, struct str name, struct str alias);
void item_unwatch(struct board *, struct item *);
bool item_fresh(const struct item *, int64_t now_ms);
void items_read(struct board *, enum item_kind, int64_t monotonic_ms); /* one call, the longest overdue */

/* --- metrics --- */

struct point {
    int64_t at_ms;
    double low, high; /* they differ where a query gives several series */
    uint64_t read;    /* which read it came from */
};

/* So many data points of a query are kept: 68 hours by the minute.  Older counts are added to the next. */
enum { SERIES_POINTS_MAX = 4096, QUERIES_MAX = 500 };

struct series {
    uint64_t id;
    struct arena *arena;
    struct value *query;            /* a MetricDataQuery without its Id */
    bool counts;                    /* its points are parts of a sum */
    bool wanted;                    /* nobody asks for others */
    bool insights;                  /* a call takes one of these */
    bool proven;                    /* CloudWatch has answered it */
    size_t company;                 /* with how many others that are not proven it may be asked */
    int64_t from_ms;                /* NEVER: not yet */
    int64_t read_from_ms, until_ms; /* what has been read so far; NEVER */
    int64_t tried_ms, read_ms;      /* as of items */
    struct point *points;           /* by time */
    size_t count, capacity;
    char *trouble;
};

struct series *series_new(struct board *, const struct value *query, bool counts);
void series_free(struct board *, struct series *);
/* Points from here on are wanted; earlier than what has been read: everything is read anew. */
void series_from(struct series *, int64_t from_ms);
void series_add(struct series *, const struct point *); /* in the place of one at the same time */
bool series_fresh(const struct series *, int64_t now_ms);
double series_sum(const struct series *, int64_t from_ms); /* from the minute in which it lies */

/* {"MetricStat": ...} of one of Lambda's metrics for a version behind an alias. */
struct value *query_of_version(struct arena *, const struct watched_alias *, struct str version,
                               const char *metric, struct str statistic);
struct value *query_of_check(struct arena *, const struct value *check);

/* --- the board --- */

/* A call of GetMetricData, which may have several pages. */
struct metrics_call {
    struct arena *arena; /* NULL: none is under way */
    struct value *input;
    uint64_t *ids;    /* of the series */
    int64_t *from_ms; /* what was wanted of them when the call began */
    bool *complete;   /* which have been told completely */
    size_t count;
    uint64_t read;
    int64_t asked_ms, end_ms; /* wall */
    int pages;
};

struct board {
    pthread_mutex_t lock;
    struct aws *aws;
    struct items items[ITEM_KINDS];
    struct series **series; /* by id */
    size_t series_count, series_capacity;
    uint64_t last_id, last_read;
    struct metrics_call call;
    bool ticking;
    int turn;          /* whose turn is next: of metrics, deployments, aliases */
    int64_t ticked_ms; /* monotonic, or NEVER */
    int64_t reads;
};

/* One aws_call without the lock; counts it. */
WARN_UNUSED bool board_call(struct board *, const struct aws_operation *, struct arena *,
                            const struct value *input, struct value **output, struct error *);
void board_trouble(char **trouble, const struct error *); /* NULL: none any more */

bool metrics_due(const struct board *, int64_t monotonic_ms);
void metrics_read(struct board *, int64_t monotonic_ms);

bool number_read(const struct value *, double *out);

/* --- watchers --- */

enum figure { FIGURE_ERRORS, FIGURE_THROTTLES, FIGURE_DURATION, FIGURES };
enum version { VERSION_OLD, VERSION_NEW, VERSIONS };

/* An alias whose traffic moves.  What is no function's is no suspect but for where its traffic goes. */
struct suspect {
    struct watched_alias names;
    struct str label; /* the function; "function:alias" where several aliases of it move */
    struct item *alias;
    struct series *invocations[VERSIONS], *failures[VERSIONS][FIGURE_DURATION]; /* NULL where nobody asks */
    struct series *percentile;      /* of the old version's duration */
    struct series *ranks[VERSIONS]; /* share of invocations that are no slower */
    double slower_than;             /* milliseconds; 0: not known yet */
    struct comparison comparisons[FIGURES];
    int64_t looked_ms[FIGURES]; /* wall, or NEVER */
    int64_t synthetic;
};

struct check {
    const struct value *node;
    struct str name;
    struct series *series;
    bool selected;
};

struct watcher {
    struct board *board;
    struct arena *arena;
    struct suspect *suspects;
    size_t suspect_count;
    struct item **alarms, **ignored, **deployments;
    size_t alarm_count, ignored_count, deployment_count;
    struct check *checks;
    size_t check_count;
    bool compares[FIGURES];
    struct str percentile; /* "p90" */
    double risk;           /* of each question: 0 to 1 */
    int64_t minimum;
    int64_t since_ms, step_since_ms; /* NEVER */
    bool leaving;
};

/* Once the old version's percentile is known: asks how many are slower. */
void suspect_measure(struct watcher *, struct suspect *, struct arena *scratch, int64_t now_ms);

#endif
