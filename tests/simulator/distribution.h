#ifndef PLUMB_SIMULATOR_DISTRIBUTION_H
#define PLUMB_SIMULATOR_DISTRIBUTION_H

/*
 * What was measured within some time: how often each value came.  Sum, least and most are exact; of more than
 * DISTRIBUTION_VALUES_MAX different values further ones count as the nearest that is there, which only
 * percentiles can tell.
 *
 * Source: "CloudWatch statistics definitions" and PutMetricData.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum { DISTRIBUTION_VALUES_MAX = 512 };

struct distribution_value {
    double value, count;
};

struct distribution {
    double count, sum, minimum, maximum; /* the last two mean nothing where count is 0 */
    bool no_percentiles;                 /* statistic sets and negative values have none */
    struct distribution_value *values;   /* sorted */
    size_t length, capacity;
};

void distribution_release(struct distribution *);
void distribution_add(struct distribution *, double value, double count);
/* A statistic set: its values are not known, unless they are all the same. */
void distribution_add_set(struct distribution *, double count, double sum, double minimum, double maximum);
void distribution_merge(struct distribution *, const struct distribution *);

enum statistic_kind {
    STATISTIC_SAMPLE_COUNT,
    STATISTIC_SUM,
    STATISTIC_AVERAGE,
    STATISTIC_MINIMUM,
    STATISTIC_MAXIMUM,
    STATISTIC_PERCENTILE, /* "p99", "p99.9": `high` */
    STATISTIC_RANK,       /* "PR(low:high)": more than low, at most high; in percent */
};

struct statistic {
    enum statistic_kind kind;
    double low, high;
};

/* False where the text is none of these. */
WARN_UNUSED bool statistic_parse(struct str, struct statistic *);
/* False where there is none: nothing was measured, or no percentiles are known. */
WARN_UNUSED bool statistic_of(const struct distribution *, const struct statistic *, double *);

/* A finite number, written as C and JSON do. */
WARN_UNUSED bool number_parse(struct str, double *);

#endif
