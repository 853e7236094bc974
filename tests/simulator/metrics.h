#ifndef PLUMB_SIMULATOR_METRICS_H
#define PLUMB_SIMULATOR_METRICS_H

/*
 * What CloudWatch keeps: for each account and region its series, for each series the minutes in which
 * something was measured.  Kept are the last METRICS_KEPT_MS of each series; a series without any of them
 * goes when others come.  Finer than a minute nothing is kept.  A series has one unit, the last that was put.
 *
 * Beside the state of services and not in it: much is written, and nobody reads it stale.
 */

#include <stdint.h>

#include "tests/simulator/distribution.h"

enum { METRICS_MINUTE = 60 * 1000, METRICS_KEPT_MS = 24 * 60 * METRICS_MINUTE };

struct metric_minute {
    int64_t start; /* ms since 1970 */
    struct distribution measured;
};

struct series {
    struct series *next;
    char *key;
    uint64_t hash;
    const char *unit;
    struct metric_minute *minutes; /* sorted */
    size_t count, capacity;
};

enum { METRICS_BUCKETS = 1024 };

struct metrics_region {
    struct metrics_region *next;
    char *account, *region;
    struct series *buckets[METRICS_BUCKETS];
    size_t count;        /* of series */
    int64_t latest;      /* end of the latest minute with data */
    int64_t evaluate_at; /* when alarms are to be looked at; INT64_MAX: nothing can have changed */
};

struct metrics {
    struct metrics_region *first;
};

void metrics_release(struct metrics *);
/* Of an account and region; NULL where nothing was measured yet. */
struct metrics_region *metrics_find(const struct metrics *, struct str account, struct str region);
struct metrics_region *metrics_region(struct metrics *, struct str account, struct str region);
/* Alarms are to be looked at when the minute ends, unless they are to be before. */
void metrics_arm(struct metrics_region *, int64_t now);

struct dimension {
    struct str name, value;
};
/* Writes what names a series into `out`; sorts the dimensions. */
void metrics_key(struct buf *out, struct str space, struct str metric, struct dimension *, size_t count);

struct series *metrics_series(const struct metrics_region *, struct str key); /* or NULL */
/* `unit` must live as long as the program.  What is older than METRICS_KEPT_MS is not kept. */
void metrics_add(struct metrics_region *, struct str key, const char *unit, int64_t now, int64_t time,
                 const struct distribution *);
/* The begin of its first minute at `time` or later; INT64_MAX: none. */
int64_t series_next(const struct series *, int64_t time);
/* The statistic of what was measured in the minutes that begin within [from, to); false: nothing was. */
WARN_UNUSED bool series_statistic(const struct series *, int64_t from, int64_t to, const struct statistic *,
                                  double *);

#endif
