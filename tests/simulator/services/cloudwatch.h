#ifndef PLUMB_SIMULATOR_CLOUDWATCH_H
#define PLUMB_SIMULATOR_CLOUDWATCH_H

/*
 * What the files of CloudWatch share.
 *
 * `state` has "alarms", "composites" and "dashboards" by name: an alarm is its members as they were given
 * (texts by the query protocol, numbers by JSON), "StateValue", "StateReason", "changed" and "updated" (ms),
 * "tags".  What was measured is in metrics.h.
 */

#include "tests/simulator/internal.h"

bool cloudwatch_invalid(struct call *, const char *format, ...) PRINTF_LIKE(2, 3); /* ValidationError */

/* --- cloudwatch_query.c: queries of GetMetricData and of alarms --- */

/* A time series: times are the begins of periods, rising. */
struct points {
    int64_t *times;
    double *values;
    size_t count;
};

enum query_state { QUERY_READ, QUERY_RUNNING, QUERY_DONE };

struct metric_query {
    struct str id, label;
    struct str expression;       /* or "": a metric */
    const struct series *series; /* NULL: nothing was measured */
    struct statistic statistic;
    int64_t period; /* ms */
    bool returned;
    enum query_state state;
    struct points points;
};

struct metric_queries {
    struct metric_query *items;
    size_t count;
    int64_t from, to; /* ms since 1970 */
};

/* The metric that `map` names by Namespace, MetricName and Dimensions. */
void cloudwatch_metric_key(struct call *, const struct value *map, struct buf *key);
/* NULL: nothing was measured, or not in this unit ("" is any). */
const struct series *cloudwatch_series(struct call *, const struct value *map, struct str unit);
/* A list of MetricDataQuery; fails the call where it is not valid. */
bool cloudwatch_queries_read(struct call *, const struct value *list, struct metric_queries *);
/* Fills the points of a query and of all that it needs; periods begin at `from`. */
bool cloudwatch_query_run(struct call *, struct metric_queries *, struct metric_query *);
/* A period in seconds as ms; false where it is none. */
WARN_UNUSED bool cloudwatch_period(const struct value *, int64_t *ms);
/* A time as either protocol sends it. */
WARN_UNUSED bool cloudwatch_time(const struct value *, int64_t *ms);
struct value *cloudwatch_number(struct call *, double);

/* --- cloudwatch_math.c --- */

/* Points of an expression: numbers, ids, + - * / and brackets. */
bool cloudwatch_math(struct call *, struct metric_queries *, struct metric_query *);

/* --- cloudwatch_evaluate.c: alarms change by themselves --- */

int64_t cloudwatch_due(struct call *);
void cloudwatch_happen(struct call *);
/* Sets a state, if it is another one, with its time and reason, and what follows from it in composite alarms;
 * true if it was. */
bool cloudwatch_set_state(struct call *, struct value *alarm, struct str state, struct str reason);
/* An alarm was put or set: it is to be looked at when the minute ends, if anything was ever measured. */
void cloudwatch_arm(struct call *);

/* --- cloudwatch_rule.c: composite alarms --- */

/* The state of a composite alarm by its rule as the others are now.  A rule that cannot be read (AT_LEAST is
 * not known) leaves it as it is. */
void cloudwatch_composite(struct call *, struct value *alarm);
/* An alarm has another state: those that name it are looked at. */
void cloudwatch_changed(struct call *, struct str name);

/* --- operations --- */

bool cloudwatch_GetMetricData(struct call *);
bool cloudwatch_GetMetricStatistics(struct call *);
bool cloudwatch_PutMetricData(struct call *);

#endif
