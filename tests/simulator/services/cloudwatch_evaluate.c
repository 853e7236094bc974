/*
 * Metric alarms change by themselves, as "Alarm evaluation" and "Configuring how CloudWatch alarms treat
 * missing data" of the user guide have it: every minute, by the periods that end then.
 *
 * Assumed: the evaluation range is two data points more than EvaluationPeriods, as in the guide's tables;
 * data are there at once; periods of less than a minute are taken as a minute, and alarms of more than a day
 * are evaluated every minute too.  An alarm none of whose metrics was ever measured stays as it is, unless
 * TreatMissingData says what that means, as in the guide's tables: then it changes when the minute ends in
 * which it was put, or its state set.  One on an anomaly band or with an expression that cloudwatch_math.c
 * does not know stays as it is, too.
 */

#include "tests/simulator/services/cloudwatch.h"

enum { RANGE_MORE = 2, PERIODS_MAX = 86400 };

struct watch {
    struct metric_queries queries;
    struct metric_query *watched;
    int64_t period, evaluations, datapoints;
    double threshold;
    bool unmeasured; /* all is known but for the data: none of its metrics was ever measured */
};

/* From here on, of the data points of the evaluation range, the oldest first: */
enum point { POINT_MISSING, POINT_GOOD, POINT_BREACHING };

static const struct {
    const char *name, *words;
    bool greater, equal;
} comparisons[] = {
    {"GreaterThanOrEqualToThreshold", "greater than or equal to", true, true},
    {"GreaterThanThreshold", "greater than", true, false},
    {"LessThanThreshold", "less than", false, false},
    {"LessThanOrEqualToThreshold", "less than or equal to", false, true},
};

static size_t comparison_of(const struct value *alarm)
{
    size_t i = 0;
    struct str name = value_get_text(alarm, "ComparisonOperator");
    while (i < ARRAY_LENGTH(comparisons) && !str_is(name, comparisons[i].name))
        i++;
    return i;
}

static bool breaches(size_t comparison, double value, double threshold)
{
    bool equal = comparisons[comparison].equal && value >= threshold && value <= threshold;
    return equal || (comparisons[comparison].greater ? value > threshold : value < threshold);
}

/* --- what an alarm watches --- */

static bool read_single(struct call *call, const struct value *alarm, struct watch *watch)
{
    struct metric_query *query = arena_alloc(call->arena, sizeof *query);
    struct str statistic = value_get_text(alarm, "Statistic");
    if (!statistic.len)
        statistic = value_get_text(alarm, "ExtendedStatistic");
    query->series = cloudwatch_series(call, alarm, value_get_text(alarm, "Unit"));
    watch->queries = (struct metric_queries){.items = query, .count = 1};
    watch->watched = query;
    watch->unmeasured = !query->series;
    return statistic_parse(statistic, &query->statistic) &&
           cloudwatch_period(value_get(alarm, "Period"), &query->period);
}

static bool read_several(struct call *call, const struct value *list, struct watch *watch)
{
    bool measured = false;
    if (!cloudwatch_queries_read(call, list, &watch->queries))
        return false;
    for (size_t i = 0; i < watch->queries.count; i++) {
        struct metric_query *query = &watch->queries.items[i];
        measured = measured || query->series;
        if (query->returned)
            watch->watched = query;
    }
    watch->unmeasured = !measured;
    return watch->watched;
}

static bool read_watch(struct call *call, const struct value *alarm, struct watch *watch)
{
    const struct value *list = value_get(alarm, "Metrics");
    watch->evaluations = value_get_int(alarm, "EvaluationPeriods", 0);
    watch->datapoints = value_get_int(alarm, "DatapointsToAlarm", watch->evaluations);
    if (!number_parse(value_get_text(alarm, "Threshold"), &watch->threshold) || watch->evaluations < 1 ||
        watch->evaluations > PERIODS_MAX || comparison_of(alarm) == ARRAY_LENGTH(comparisons))
        return false;
    if (list && list->count ? !read_several(call, list, watch) : !read_single(call, alarm, watch))
        return false;
    watch->period = METRICS_MINUTE;
    for (size_t i = 0; i < watch->queries.count; i++)
        if (watch->queries.items[i].period > watch->period)
            watch->period = watch->queries.items[i].period;
    for (size_t i = 0; i < watch->queries.count; i++)
        watch->queries.items[i].period = watch->period; /* "each metric must be using the same period" */
    return true;
}

/* --- what follows from the data points --- */

struct verdict {
    struct str state; /* "": as it was */
    size_t breaching, known;
};

/* Counts the last known points, at most as many as are evaluated. */
static void count_points(const struct watch *watch, const enum point *points, size_t range,
                         struct verdict *verdict, size_t *oldest_age)
{
    for (size_t age = 1; age <= range && verdict->known < (size_t)watch->evaluations; age++) {
        enum point point = points[range - age];
        verdict->known += point != POINT_MISSING;
        verdict->breaching += point == POINT_BREACHING;
        if (point != POINT_MISSING)
            *oldest_age = age;
    }
}

/* With fewer points than are evaluated: the tables of the guide. */
static struct str fill(const struct watch *watch, const struct verdict *verdict, struct str treat,
                       size_t oldest_age)
{
    size_t missing = (size_t)watch->evaluations - verdict->known, needed = (size_t)watch->datapoints;
    bool ignores = str_is(treat, "ignore");
    if (str_is(treat, "breaching"))
        return verdict->breaching + missing >= needed ? STR("ALARM") : STR("OK");
    if (str_is(treat, "notBreaching") || verdict->breaching >= needed)
        return verdict->breaching >= needed ? STR("ALARM") : STR("OK");
    if (verdict->known > verdict->breaching)
        return STR("OK");
    if (ignores)
        return STR_EMPTY;
    return verdict->known && oldest_age >= needed ? STR("ALARM") : STR("INSUFFICIENT_DATA");
}

static struct verdict judge(const struct watch *watch, const enum point *points, size_t range,
                            struct str treat)
{
    struct verdict verdict = {.state = STR("OK")};
    size_t oldest_age = 0;
    count_points(watch, points, range, &verdict, &oldest_age);
    if (verdict.known < (size_t)watch->evaluations)
        verdict.state = fill(watch, &verdict, treat, oldest_age);
    else if (verdict.breaching >= (size_t)watch->datapoints)
        verdict.state = STR("ALARM");
    return verdict;
}

static struct str reason(struct call *call, const struct value *alarm, const struct watch *watch,
                         const struct verdict *verdict)
{
    struct str threshold = value_get_text(alarm, "Threshold");
    if (str_is(verdict->state, "INSUFFICIENT_DATA"))
        return arena_printf(call->arena, "Insufficient Data: %lld datapoints were unknown.",
                            (long long)watch->evaluations - (long long)verdict->known);
    return arena_printf(
        call->arena,
        "Threshold Crossed: %zu of the last %lld datapoints, of which %zu are known, %s %s the "
        "threshold (%.*s), and %lld are needed.",
        verdict->breaching, (long long)watch->evaluations, verdict->known,
        verdict->breaching == 1 ? "was" : "were", comparisons[comparison_of(alarm)].words, STR_ARG(threshold),
        (long long)watch->datapoints);
}

/* --- what happens --- */

bool cloudwatch_set_state(struct call *call, struct value *alarm, struct str state, struct str why)
{
    if (str_equal(value_get_text(alarm, "StateValue"), state))
        return false;
    state_text(call, alarm, "StateValue", state);
    state_text(call, alarm, "StateReason", why);
    state_int(call, alarm, "changed", call->now);
    cloudwatch_changed(call, value_get_text(alarm, "AlarmName"));
    return true;
}

static struct str treatment(const struct value *alarm)
{
    if (str_is(value_get_text(alarm, "Namespace"), "AWS/DynamoDB")) /* TreatMissingData of PutMetricAlarm */
        return STR("ignore");
    return value_get_text(alarm, "TreatMissingData");
}

/* Without any data what is missing is all there is; one state change is nothing that goes on. */
static bool judge_unmeasured(struct call *call, struct value *alarm)
{
    struct str treat = treatment(alarm);
    bool good = str_is(treat, "notBreaching");
    if (good || str_is(treat, "breaching"))
        cloudwatch_set_state(call, alarm, good ? STR("OK") : STR("ALARM"),
                             STR("Threshold Crossed: no datapoints were received, and TreatMissingData says "
                                 "what that means."));
    return false;
}

/* Evaluates one alarm by the periods that end now.  `since`: the begin of its evaluation range. */
static bool evaluate(struct call *call, struct value *alarm, int64_t *since)
{
    struct watch watch = {.watched = NULL};
    call->error_code = NULL;
    *since = INT64_MAX;
    if (!read_watch(call, alarm, &watch))
        return false;
    if (watch.unmeasured)
        return judge_unmeasured(call, alarm);
    size_t range = (size_t)watch.evaluations + RANGE_MORE;
    enum point *points = arena_array(call->arena, range, sizeof *points);
    watch.queries.to = call->now;
    watch.queries.from = *since = call->now - (int64_t)range * watch.period;
    if (!cloudwatch_query_run(call, &watch.queries, watch.watched))
        return false;
    const struct points *found = &watch.watched->points;
    for (size_t i = 0; i < found->count; i++)
        points[(found->times[i] - *since) / watch.period] =
            breaches(comparison_of(alarm), found->values[i], watch.threshold) ? POINT_BREACHING : POINT_GOOD;
    struct verdict verdict = judge(&watch, points, range, treatment(alarm));
    return verdict.state.len &&
           cloudwatch_set_state(call, alarm, verdict.state, reason(call, alarm, &watch, &verdict));
}

int64_t cloudwatch_due(struct call *call)
{
    const struct metrics_region *region =
        metrics_find(&call->simulator->metrics, call->account, call->region);
    return region ? region->evaluate_at : INT64_MAX;
}

/* Goes on while anything can change: until all ranges are empty. */
void cloudwatch_happen(struct call *call)
{
    struct metrics_region *region = metrics_region(&call->simulator->metrics, call->account, call->region);
    const struct value *alarms = state_map(call, "alarms");
    bool live = alarms->count && traffic_flows(&call->simulator->traffic, call->account, call->region);
    for (size_t i = 0; i < alarms->count; i++) {
        int64_t since;
        live = evaluate(call, alarms->entries[i].value, &since) || live;
        live = live || region->latest > since;
    }
    region->evaluate_at = live ? call->now + METRICS_MINUTE : INT64_MAX;
}

void cloudwatch_arm(struct call *call)
{
    struct metrics_region *region = metrics_find(&call->simulator->metrics, call->account, call->region);
    struct str treat = call_text(call, "TreatMissingData");
    if (!region && (str_is(treat, "notBreaching") || str_is(treat, "breaching")))
        region = metrics_region(&call->simulator->metrics, call->account, call->region);
    if (region)
        metrics_arm(region, call->now);
}
