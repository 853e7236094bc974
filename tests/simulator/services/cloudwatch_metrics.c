/* PutMetricData and GetMetricStatistics, as of their API references. */

#include <math.h>
#include <string.h>

#include "tests/simulator/services/cloudwatch.h"

enum {
    DATA_MAX = 1000,
    VALUES_MAX = 150,
    DIMENSIONS_MAX = 30,
    NAME_LONGEST = 255,
    KEY_MAX = 64 * 1024,
    DATAPOINTS_MAX = 1440,
};
#define PAST_MS (INT64_C(14) * 24 * 60 * METRICS_MINUTE)
#define FUTURE_MS (INT64_C(2) * 60 * METRICS_MINUTE)

static const char *const units[] = {
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
};

static bool bad_value(struct call *call, const char *what)
{
    return call_fail(call, 400, "InvalidParameterValue", "%s", what);
}

static const char *unit_of(struct str unit)
{
    for (size_t i = 0; i < ARRAY_LENGTH(units); i++)
        if (str_is(unit, units[i]))
            return units[i];
    return unit.len ? NULL : "None";
}

static bool read_number(struct call *call, const struct value *value, double *number)
{
    return (number_parse(value_text(value), number) && fabs(*number) <= 0x1p360) ||
           bad_value(call, "The parameter Value must be a number in the range of -2^360 to 2^360");
}

static bool read_values(struct call *call, const struct value *datum, struct distribution *measured)
{
    const struct value *values = list_of(call, value_get(datum, "Values"));
    const struct value *counts = list_of(call, value_get(datum, "Counts"));
    if (values->count > VALUES_MAX)
        return bad_value(call, "The collection Values must not have more than 150 members");
    if (counts->count && counts->count != values->count)
        return bad_value(call, "The parameters Values and Counts must have the same length");
    for (size_t i = 0; i < values->count; i++) {
        double value, count = 1;
        if (!read_number(call, values->items[i], &value) ||
            (counts->count && !read_number(call, counts->items[i], &count)))
            return false;
        if (count < 0)
            return bad_value(call, "The parameter Counts must not be negative");
        distribution_add(measured, value, count);
    }
    return true;
}

static bool read_set(struct call *call, const struct value *set, struct distribution *measured)
{
    double count, sum, minimum, maximum;
    if (!read_number(call, value_get(set, "SampleCount"), &count) ||
        !read_number(call, value_get(set, "Sum"), &sum) ||
        !read_number(call, value_get(set, "Minimum"), &minimum) ||
        !read_number(call, value_get(set, "Maximum"), &maximum))
        return false;
    if (count <= 0 || minimum > maximum)
        return bad_value(call, "The parameter StatisticValues is not valid");
    distribution_add_set(measured, count, sum, minimum, maximum);
    return true;
}

static bool read_measured(struct call *call, const struct value *datum, struct distribution *measured)
{
    double value;
    const struct value *set = value_get(datum, "StatisticValues");
    bool values = list_of(call, value_get(datum, "Values"))->count > 0, one = value_get(datum, "Value");
    if (values + one + (set != NULL) != 1)
        return call_fail(call, 400, "InvalidParameterCombination",
                         "Exactly one of Value, Values and StatisticValues is needed");
    if (set)
        return read_set(call, set, measured);
    if (values)
        return read_values(call, datum, measured);
    if (!read_number(call, value_get(datum, "Value"), &value))
        return false;
    distribution_add(measured, value, 1);
    return true;
}

static bool read_datum(struct call *call, const struct value *datum, int64_t *time,
                       struct distribution *measured)
{
    struct str name = value_get_text(datum, "MetricName");
    const struct value *dimensions = list_of(call, value_get(datum, "Dimensions"));
    *time = call->now;
    if (!name.len)
        return call_fail(call, 400, "MissingParameter",
                         "The parameter MetricData.member.MetricName is required");
    if (name.len > NAME_LONGEST || dimensions->count > DIMENSIONS_MAX)
        return bad_value(call, "A metric has a name of at most 255 characters and at most 30 dimensions");
    if (!unit_of(value_get_text(datum, "Unit")))
        return bad_value(call, "The parameter Unit is not valid");
    if (value_get(datum, "Timestamp") && (!cloudwatch_time(value_get(datum, "Timestamp"), time) ||
                                          *time < call->now - PAST_MS || *time > call->now + FUTURE_MS))
        return bad_value(call,
                         "The parameter Timestamp must be at most two weeks in the past and two hours in "
                         "the future");
    return read_measured(call, datum, measured);
}

static void keep(struct call *call, const struct value *datum, int64_t time,
                 const struct distribution *measured)
{
    struct value *metric = value_map(call->arena);
    struct buf key = BUF_INIT(KEY_MAX);
    put_text(call, metric, "Namespace", call_text(call, "Namespace"));
    put(call, metric, "MetricName", value_get(datum, "MetricName"));
    put(call, metric, "Dimensions", value_get(datum, "Dimensions"));
    cloudwatch_metric_key(call, metric, &key);
    metrics_add(metrics_region(&call->simulator->metrics, call->account, call->region), buf_str(&key),
                unit_of(value_get_text(datum, "Unit")), call->now, time, measured);
    buf_release(&key);
}

/* All of it is checked before any of it is kept. */
bool cloudwatch_PutMetricData(struct call *call)
{
    const struct value *data = call_list(call, "MetricData");
    if (!call_text(call, "Namespace").len || !data->count)
        return call_fail(call, 400, "MissingParameter",
                         "The parameters Namespace and MetricData are required");
    if (call_text(call, "Namespace").len > NAME_LONGEST || data->count > DATA_MAX)
        return bad_value(call, "The collection MetricData must not have more than 1000 members");
    for (int keeping = 0; keeping < 2; keeping++)
        for (size_t i = 0; i < data->count; i++) {
            struct distribution measured = {0};
            int64_t time;
            bool good = read_datum(call, data->items[i], &time, &measured);
            if (good && keeping)
                keep(call, data->items[i], time, &measured);
            distribution_release(&measured);
            if (!good)
                return false;
        }
    return true;
}

/* --- GetMetricStatistics --- */

struct wanted {
    int64_t from, to, period;
    const struct value *plain, *extended; /* lists of statistics */
};

static bool read_wanted(struct call *call, struct wanted *wanted)
{
    wanted->plain = call_list(call, "Statistics");
    wanted->extended = call_list(call, "ExtendedStatistics");
    if (!call_text(call, "Namespace").len || !call_text(call, "MetricName").len)
        return call_fail(call, 400, "MissingParameter",
                         "The parameters Namespace and MetricName are required");
    if (!cloudwatch_time(value_get(call->input, "StartTime"), &wanted->from) ||
        !cloudwatch_time(value_get(call->input, "EndTime"), &wanted->to))
        return call_fail(call, 400, "MissingParameter", "The parameters StartTime and EndTime are required");
    if (!cloudwatch_period(value_get(call->input, "Period"), &wanted->period))
        return bad_value(call, "The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60");
    if (!wanted->plain->count == !wanted->extended->count)
        return call_fail(call, 400, "InvalidParameterCombination",
                         "Either Statistics or ExtendedStatistics must be given");
    if (wanted->from >= wanted->to)
        return call_fail(call, 400, "InvalidParameterValue",
                         "The parameter StartTime must be less than the parameter EndTime");
    wanted->from -= wanted->from % METRICS_MINUTE;
    if ((wanted->to - wanted->from) / wanted->period > DATAPOINTS_MAX)
        return call_fail(call, 400, "InvalidParameterCombination",
                         "You have requested more than 1,440 data points");
    return true;
}

static bool statistics_are_valid(struct call *call, const struct value *list, bool extended)
{
    struct statistic statistic;
    for (size_t i = 0; i < list->count; i++)
        if (!statistic_parse(value_text(list->items[i]), &statistic) ||
            extended != (statistic.kind == STATISTIC_PERCENTILE || statistic.kind == STATISTIC_RANK))
            return bad_value(call,
                             "The parameters Statistics and ExtendedStatistics have values that are not "
                             "valid");
    return true;
}

static void put_statistics(struct call *call, struct value *map, const struct value *list,
                           const struct series *series, int64_t from, int64_t to)
{
    for (size_t i = 0; i < list->count; i++) {
        struct statistic statistic;
        double number;
        if (statistic_parse(value_text(list->items[i]), &statistic) &&
            series_statistic(series, from, to, &statistic, &number))
            value_set(call->arena, map, value_text(list->items[i]), cloudwatch_number(call, number));
    }
}

static struct value *datapoint(struct call *call, const struct wanted *wanted, const struct series *series,
                               int64_t begin)
{
    struct value *shape = value_map(call->arena), *extended = value_map(call->arena);
    put_time(call, shape, "Timestamp", begin);
    put_statistics(call, shape, wanted->plain, series, begin, begin + wanted->period);
    put_statistics(call, extended, wanted->extended, series, begin, begin + wanted->period);
    put_text(call, shape, "Unit", str_from(series->unit));
    if (extended->count)
        put(call, shape, "ExtendedStatistics",
            call->protocol == SIM_QUERY ? xml_map(call, extended) : extended);
    return shape;
}

bool cloudwatch_GetMetricStatistics(struct call *call)
{
    struct wanted wanted;
    struct value *points = value_list(call->arena);
    if (!read_wanted(call, &wanted) || !statistics_are_valid(call, wanted.plain, false) ||
        !statistics_are_valid(call, wanted.extended, true))
        return false;
    const struct series *series = cloudwatch_series(call, call->input, call_text(call, "Unit"));
    int64_t at = series ? series_next(series, wanted.from) : INT64_MAX;
    while (at < wanted.to) {
        int64_t begin = at - (at - wanted.from) % wanted.period;
        value_append(call->arena, points, datapoint(call, &wanted, series, begin));
        at = series_next(series, begin + wanted.period);
    }
    put(call, call->output, "Label", value_get(call->input, "MetricName"));
    put(call, call->output, "Datapoints", points);
    return true;
}
