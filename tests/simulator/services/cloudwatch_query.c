/* Queries of GetMetricData, as of its API reference and "MetricDataQuery"; alarms ask by them too. */

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "base/clock.h"
#include "tests/simulator/services/cloudwatch.h"

enum {
    QUERIES_MAX = 500,
    DIMENSIONS_MAX = 30,
    KEY_MAX = 64 * 1024,
    EXPRESSION_MAX = 2048,
    DATAPOINTS_MAX = 100800,
};

bool cloudwatch_invalid(struct call *call, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return call_fail(call, 400, "ValidationError", "%s", text);
}

bool cloudwatch_period(const struct value *value, int64_t *ms)
{
    uint64_t seconds;
    if (!str_to_uint(value_text(value), 86400 * 365, &seconds))
        return false;
    *ms = (int64_t)seconds * 1000;
    return seconds == 1 || seconds == 5 || seconds == 10 || seconds == 20 || seconds == 30 ||
           (seconds > 0 && seconds % 60 == 0);
}

bool cloudwatch_time(const struct value *value, int64_t *ms)
{
    double seconds;
    if (time_parse(value_text(value), ms))
        return true;
    if (!number_parse(value_text(value), &seconds) || fabs(seconds) > 1e12)
        return false;
    *ms = (int64_t)llround(seconds * 1000);
    return true;
}

struct value *cloudwatch_number(struct call *call, double number)
{
    char text[40];
    double back;
    if (fabs(number) < 1e15 && number >= floor(number) && number <= floor(number))
        return value_int(call->arena, (int64_t)number);
    snprintf(text, sizeof text, "%.15g", number);
    if (!number_parse(str_from(text), &back) || back < number || back > number)
        snprintf(text, sizeof text, "%.17g", number);
    return value_number(call->arena, str_from(text));
}

void cloudwatch_metric_key(struct call *call, const struct value *map, struct buf *key)
{
    const struct value *list = list_of(call, value_get(map, "Dimensions"));
    struct dimension *dimensions = arena_array(call->arena, list->count + 1, sizeof *dimensions);
    for (size_t i = 0; i < list->count; i++)
        dimensions[i] = (struct dimension){.name = value_get_text(list->items[i], "Name"),
                                           .value = value_get_text(list->items[i], "Value")};
    metrics_key(key, value_get_text(map, "Namespace"), value_get_text(map, "MetricName"), dimensions,
                list->count);
}

const struct series *cloudwatch_series(struct call *call, const struct value *map, struct str unit)
{
    const struct metrics_region *region =
        metrics_find(&call->simulator->metrics, call->account, call->region);
    struct buf key = BUF_INIT(KEY_MAX);
    if (!region)
        return NULL;
    cloudwatch_metric_key(call, map, &key);
    const struct series *series = metrics_series(region, buf_str(&key));
    buf_release(&key);
    return series && unit.len && !str_is(unit, series->unit) ? NULL : series;
}

static bool id_is_valid(struct str id)
{
    bool valid = id.len > 0 && id.len <= 255 && id.ptr[0] >= 'a' && id.ptr[0] <= 'z';
    for (size_t i = 0; i < id.len && valid; i++)
        valid = strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", id.ptr[i]);
    return valid;
}

static bool read_metric(struct call *call, const struct value *stat, struct metric_query *query)
{
    const struct value *metric = value_get(stat, "Metric");
    struct str name = value_get_text(metric, "MetricName"), text = value_get_text(stat, "Stat");
    if (!name.len || !value_get_text(metric, "Namespace").len)
        return cloudwatch_invalid(call,
                                  "The parameter MetricDataQueries '%.*s' needs Namespace and MetricName",
                                  STR_ARG(query->id));
    if (list_of(call, value_get(metric, "Dimensions"))->count > DIMENSIONS_MAX)
        return cloudwatch_invalid(call, "A metric has at most %d dimensions", DIMENSIONS_MAX);
    if (!cloudwatch_period(value_get(stat, "Period"), &query->period))
        return cloudwatch_invalid(call, "Period of '%.*s' must be 1, 5, 10, 20, 30 or a multiple of 60",
                                  STR_ARG(query->id));
    if (!statistic_parse(text, &query->statistic))
        return cloudwatch_invalid(call, "The value '%.*s' for parameter Stat is not supported",
                                  STR_ARG(text));
    query->series = cloudwatch_series(call, metric, value_get_text(stat, "Unit"));
    if (!query->label.len)
        query->label = name;
    return true;
}

static bool read_query(struct call *call, const struct value *from, struct metric_query *query)
{
    const struct value *stat = value_get(from, "MetricStat");
    *query = (struct metric_query){.id = value_get_text(from, "Id"),
                                   .label = value_get_text(from, "Label"),
                                   .expression = value_get_text(from, "Expression"),
                                   .returned = value_get_bool(from, "ReturnData", true)};
    if (!id_is_valid(query->id))
        return cloudwatch_invalid(call,
                                  "The value '%.*s' for parameter MetricDataQueries.Id is not matching "
                                  "the expected pattern ^[a-z][a-zA-Z0-9_]*$",
                                  STR_ARG(query->id));
    if ((stat != NULL) == (query->expression.len > 0) || query->expression.len > EXPRESSION_MAX)
        return cloudwatch_invalid(call, "MetricDataQueries '%.*s' must have either MetricStat or Expression",
                                  STR_ARG(query->id));
    if (stat)
        return read_metric(call, stat, query);
    if (!query->label.len)
        query->label = query->id;
    return true;
}

bool cloudwatch_queries_read(struct call *call, const struct value *list, struct metric_queries *queries)
{
    struct value *ids = value_map(call->arena);
    if (!list->count || list->count > QUERIES_MAX)
        return cloudwatch_invalid(call, "The collection MetricDataQueries must have 1 to %d members",
                                  QUERIES_MAX);
    queries->items = arena_array(call->arena, list->count, sizeof *queries->items);
    queries->count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        struct str id = value_get_text(list->items[i], "Id");
        if (!read_query(call, list->items[i], &queries->items[i]))
            return false;
        if (value_get_str(ids, id))
            return cloudwatch_invalid(call,
                                      "The values for parameter id in MetricDataQueries are not unique");
        value_set(call->arena, ids, id, value_null(call->arena));
    }
    return true;
}

/* Periods shorter than the minutes that are kept have their data where the minute begins. */
static void run_metric(struct call *call, const struct metric_queries *queries, struct metric_query *query)
{
    const struct series *series = query->series;
    struct points *points = &query->points;
    if (!series)
        return;
    points->times = arena_array(call->arena, series->count, sizeof *points->times);
    points->values = arena_array(call->arena, series->count, sizeof *points->values);
    for (int64_t at = series_next(series, queries->from); at < queries->to;) {
        int64_t begin = at - (at - queries->from) % query->period;
        if (series_statistic(series, begin, begin + query->period, &query->statistic,
                             &points->values[points->count]))
            points->times[points->count++] = begin;
        at = series_next(series, begin + query->period);
    }
}

bool cloudwatch_query_run(struct call *call, struct metric_queries *queries, struct metric_query *query)
{
    if (query->state == QUERY_DONE)
        return true;
    if (query->state == QUERY_RUNNING)
        return cloudwatch_invalid(call, "The expression '%.*s' needs itself", STR_ARG(query->id));
    query->state = QUERY_RUNNING;
    if (!query->expression.len)
        run_metric(call, queries, query);
    else if (!cloudwatch_math(call, queries, query))
        return false;
    query->state = QUERY_DONE;
    return true;
}

/* --- GetMetricData --- */

struct page {
    uint64_t skip, left; /* data points: that were given before, and that may still be */
    bool descending, more;
};

static struct value *result(struct call *call, const struct metric_query *query, struct page *page)
{
    struct value *shape = value_map(call->arena), *times = value_list(call->arena);
    struct value *values = value_list(call->arena);
    const struct points *points = &query->points;
    size_t first = page->skip < points->count ? (size_t)page->skip : points->count;
    size_t rest = points->count - first, count = page->left < rest ? (size_t)page->left : rest;
    page->skip -= first;
    page->left -= count;
    page->more = page->more || count < rest;
    for (size_t i = first; i < first + count; i++) {
        size_t at = page->descending ? points->count - 1 - i : i;
        value_append(call->arena, times, time_value(call, points->times[at]));
        value_append(call->arena, values, cloudwatch_number(call, points->values[at]));
    }
    put_text(call, shape, "Id", query->id);
    put_text(call, shape, "Label", query->label);
    put(call, shape, "Timestamps", times);
    put(call, shape, "Values", values);
    put_text(call, shape, "StatusCode", count < rest ? STR("PartialData") : STR("Complete"));
    return shape;
}

static bool read_range(struct call *call, struct metric_queries *queries)
{
    if (!cloudwatch_time(value_get(call->input, "StartTime"), &queries->from) ||
        !cloudwatch_time(value_get(call->input, "EndTime"), &queries->to))
        return cloudwatch_invalid(call, "The parameters StartTime and EndTime are required");
    if (queries->from >= queries->to)
        return cloudwatch_invalid(call, "The parameter EndTime must be greater than StartTime");
    queries->from -= queries->from % METRICS_MINUTE;
    return true;
}

static bool read_page(struct call *call, struct page *page)
{
    struct str token = call_text(call, "NextToken"), scan = call_text(call, "ScanBy");
    page->left = DATAPOINTS_MAX;
    page->descending = !str_is(scan, "TimestampAscending");
    if (scan.len && page->descending && !str_is(scan, "TimestampDescending"))
        return cloudwatch_invalid(call, "The value '%.*s' for parameter ScanBy is not valid", STR_ARG(scan));
    if (call_has(call, "MaxDatapoints") &&
        (!str_to_uint(call_text(call, "MaxDatapoints"), DATAPOINTS_MAX, &page->left) || !page->left))
        return cloudwatch_invalid(call, "MaxDatapoints must be from 1 to %d", DATAPOINTS_MAX);
    return !token.len || str_to_uint(token, UINT64_MAX, &page->skip) ||
           call_fail(call, 400, "InvalidNextToken", "The specified nextToken is not valid");
}

/* A token is how many data points were given before; every page has every query (assumed). */
bool cloudwatch_GetMetricData(struct call *call)
{
    struct metric_queries queries = {0};
    struct page page = {0};
    struct value *results = value_list(call->arena);
    if (!read_range(call, &queries) || !read_page(call, &page) ||
        !cloudwatch_queries_read(call, call_list(call, "MetricDataQueries"), &queries))
        return false;
    uint64_t given = page.skip + page.left;
    for (size_t i = 0; i < queries.count; i++)
        if (!cloudwatch_query_run(call, &queries, &queries.items[i]))
            return false;
    for (size_t i = 0; i < queries.count; i++)
        if (queries.items[i].returned)
            value_append(call->arena, results, result(call, &queries.items[i], &page));
    if (page.skip)
        return call_fail(call, 400, "InvalidNextToken", "The specified nextToken is not valid");
    put(call, call->output, "MetricDataResults", results);
    put(call, call->output, "Messages", value_list(call->arena));
    if (page.more)
        put_textf(call, call->output, "NextToken", "%llu", (unsigned long long)given);
    return true;
}
