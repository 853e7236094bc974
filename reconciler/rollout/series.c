/* The data points of one query, and the forms of queries. */

#include <math.h>

#include "reconciler/rollout/board_private.h"

struct series *series_new(struct board *board, const struct value *query, bool counts)
{
    struct series *series = memory_alloc(sizeof *series);
    *series = (struct series){.id = ++board->last_id,
                              .arena = arena_new(),
                              .counts = counts,
                              .wanted = true,
                              .company = QUERIES_MAX,
                              .from_ms = NEVER,
                              .read_from_ms = NEVER,
                              .until_ms = NEVER,
                              .tried_ms = NEVER,
                              .read_ms = NEVER};
    series->query = value_copy(series->arena, query);
    series->insights = str_starts(str_trim(value_get_text(series->query, "Expression")), "SELECT");
    if (board->series_count == board->series_capacity) {
        board->series_capacity = board->series_capacity ? board->series_capacity * 2 : 64;
        board->series = memory_resize(board->series, board->series_capacity * sizeof(struct series *));
    }
    return board->series[board->series_count++] = series;
}

void series_free(struct board *board, struct series *series)
{
    size_t at = 0;
    if (!series)
        return;
    while (board->series[at] != series)
        at++;
    memmove(board->series + at, board->series + at + 1,
            (--board->series_count - at) * sizeof(struct series *));
    arena_free(series->arena);
    free(series->points);
    free(series->trouble);
    free(series);
}

void series_from(struct series *series, int64_t from_ms)
{
    series->from_ms = from_ms - from_ms % MINUTE_MS;
    if (series->read_from_ms == NEVER || series->from_ms >= series->read_from_ms)
        return;
    series->count = 0;
    series->read_from_ms = series->until_ms = series->tried_ms = series->read_ms = NEVER;
}

bool series_fresh(const struct series *series, int64_t now_ms)
{
    return series->read_ms != NEVER && now_ms - series->read_ms <= BOARD_FRESH_MS;
}

double series_sum(const struct series *series, int64_t from_ms)
{
    double sum = 0;
    for (size_t i = series->count; i > 0 && series->points[i - 1].at_ms >= from_ms - from_ms % MINUTE_MS; i--)
        sum += series->points[i - 1].high;
    return sum;
}

/* --- points --- */

static void make_room(struct series *series)
{
    if (series->count == SERIES_POINTS_MAX) {
        double oldest = series->points[0].high;
        memmove(series->points, series->points + 1, --series->count * sizeof *series->points);
        if (series->counts)
            series->points[0].low = series->points[0].high = series->points[0].high + oldest;
    }
    if (series->count == series->capacity) {
        series->capacity = series->capacity ? series->capacity * 2 : 16;
        series->points = memory_resize(series->points, series->capacity * sizeof *series->points);
    }
}

void series_add(struct series *series, const struct point *point)
{
    size_t at = series->count;
    if (point->at_ms < series->from_ms)
        return;
    while (at > 0 && series->points[at - 1].at_ms > point->at_ms)
        at--;
    struct point *there = at > 0 ? &series->points[at - 1] : NULL;
    if (there && there->at_ms == point->at_ms) {
        bool wider = there->read == point->read; /* another series of the same query */
        there->low = wider ? fmin(there->low, point->low) : point->low;
        there->high = wider ? fmax(there->high, point->high) : point->high;
        there->read = point->read;
        return;
    }
    if (at == 0 && series->count == SERIES_POINTS_MAX)
        return; /* older than all that is kept: it has been added already */
    size_t before = series->count;
    make_room(series);
    at -= before - series->count;
    memmove(series->points + at + 1, series->points + at, (series->count - at) * sizeof *series->points);
    series->points[at] = *point;
    series->count++;
}

/* --- queries --- */

static void add_dimension(struct arena *arena, struct value *list, struct str name, struct str value)
{
    struct value *dimension = value_map(arena);
    value_setz(arena, dimension, "Name", value_string(arena, name));
    value_setz(arena, dimension, "Value", value_string(arena, value));
    value_append(arena, list, dimension);
}

static struct value *query_of(struct arena *arena, struct str namespace, struct str metric,
                              struct value *dimensions, int64_t period, struct str statistic)
{
    struct value *query = value_map(arena), *stat = value_map(arena), *of = value_map(arena);
    value_setz(arena, of, "Namespace", value_string(arena, namespace));
    value_setz(arena, of, "MetricName", value_string(arena, metric));
    value_setz(arena, of, "Dimensions", dimensions);
    value_setz(arena, stat, "Metric", of);
    value_setz(arena, stat, "Period", value_int(arena, period));
    value_setz(arena, stat, "Stat", value_string(arena, statistic));
    value_setz(arena, query, "MetricStat", stat);
    return query;
}

/* https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics.html: the figures of one version behind an
 * alias have these three dimensions, and come by the minute. */
struct value *query_of_version(struct arena *arena, const struct watched_alias *alias, struct str version,
                               const char *metric, struct str statistic)
{
    struct value *dimensions = value_list(arena);
    add_dimension(arena, dimensions, STR("FunctionName"), alias->function);
    add_dimension(arena, dimensions, STR("Resource"),
                  arena_printf(arena, "%.*s:%.*s", STR_ARG(alias->function), STR_ARG(alias->alias)));
    add_dimension(arena, dimensions, STR("ExecutedVersion"), version);
    return query_of(arena, STR("AWS/Lambda"), str_from(metric), dimensions, 60, statistic);
}

struct value *query_of_check(struct arena *arena, const struct value *check)
{
    const struct value *given = value_get(check, "dimensions");
    struct value *dimensions = value_list(arena), *query;
    int64_t period = value_get_int(check, "period", 60);
    if (value_get(check, "expression")) {
        query = value_map(arena);
        value_setz(arena, query, "Expression", value_string(arena, value_get_text(check, "expression")));
        value_setz(arena, query, "Period", value_int(arena, period));
        return query;
    }
    for (size_t i = 0; value_is(given, VALUE_MAP) && i < given->count; i++)
        add_dimension(arena, dimensions, given->entries[i].key, value_text(given->entries[i].value));
    return query_of(arena, value_get_text(check, "namespace"), value_get_text(check, "metric"), dimensions,
                    period, value_get_text(check, "statistic"));
}

bool number_read(const struct value *value, double *out)
{
    char text[64], *end;
    struct str number = value_text(value);
    if (!number.len || number.len >= sizeof text)
        return false;
    memcpy(text, number.ptr, number.len);
    text[number.len] = '\0';
    *out = strtod(text, &end);
    return *end == '\0' && isfinite(*out);
}
