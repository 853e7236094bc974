/* GetMetricData for all rollouts: what is asked together, and where the answers go. */

#include <math.h>

#include "providers/cloudwatch/operations.h"
#include "reconciler/rollout/board_private.h"

/* Figures of the last minutes still grow: they are read again. */
enum { OVERLAP_MS = 5 * MINUTE_MS };
/* A query that CloudWatch refuses even alone is asked again so often only. */
enum { REFUSED_MS = 60 * 1000 };
/* 500 queries of 48 hours by the minute are 15 pages of 100,800 points. */
enum { PAGES_MAX = 100 };

/* --- what is asked --- */

static bool suspected(const struct series *series)
{
    return !series->proven && series->company < QUERIES_MAX;
}

static bool due(const struct series *series, int64_t now_ms)
{
    int64_t interval = series->company == 1 && series->trouble ? REFUSED_MS : BOARD_METRICS_MS;
    return series->wanted && series->from_ms != NEVER &&
           (series->tried_ms == NEVER || now_ms - series->tried_ms >= interval);
}

bool metrics_due(const struct board *board, int64_t now_ms)
{
    bool found = board->call.arena != NULL;
    for (size_t i = 0; i < board->series_count && !found; i++)
        found = due(board->series[i], now_ms);
    return found;
}

static int by_tried(const void *a, const void *b)
{
    const struct series *left = *(struct series *const *)a, *right = *(struct series *const *)b;
    if (left->tried_ms != right->tried_ms)
        return left->tried_ms < right->tried_ms ? -1 : 1;
    return left->id < right->id ? -1 : left->id > right->id;
}

/* The longest overdue first, and what goes with it: suspected ones are among themselves, and never more than
 * each of them may have for company; one query of Metrics Insights a call. */
static size_t choose(struct board *board, struct arena *arena, struct series **chosen, int64_t now_ms)
{
    struct series **all = arena_array(arena, board->series_count, sizeof(struct series *));
    size_t count = 0, taken = 0, most = QUERIES_MAX;
    bool insights = false;
    for (size_t i = 0; i < board->series_count; i++)
        if (due(board->series[i], now_ms))
            all[count++] = board->series[i];
    qsort(all, count, sizeof(struct series *), by_tried);
    for (size_t i = 0; i < count && taken < most; i++) {
        struct series *series = all[i];
        if (suspected(series) != suspected(all[0]) || (series->insights && insights) ||
            (suspected(series) && series->company <= taken))
            continue;
        if (suspected(series) && series->company < most)
            most = series->company;
        insights = insights || series->insights;
        series->tried_ms = now_ms;
        chosen[taken++] = series;
    }
    return taken;
}

/* From where on the series has to be read. */
static int64_t start_of(const struct series *series)
{
    bool again = series->until_ms == NEVER || series->until_ms - OVERLAP_MS < series->from_ms;
    return again ? series->from_ms : series->until_ms - OVERLAP_MS;
}

static struct value *time_of(struct arena *arena, int64_t wall_ms)
{
    return value_int(arena, wall_ms / 1000);
}

static void begin(struct board *board, int64_t now_ms)
{
    struct metrics_call *call = &board->call;
    struct arena *arena = arena_new();
    struct value *queries = value_list(arena);
    struct series **chosen = arena_array(arena, QUERIES_MAX, sizeof(struct series *));
    *call = (struct metrics_call){.arena = arena,
                                  .input = value_map(arena),
                                  .ids = arena_array(arena, QUERIES_MAX, sizeof *call->ids),
                                  .from_ms = arena_array(arena, QUERIES_MAX, sizeof *call->from_ms),
                                  .complete = arena_array(arena, QUERIES_MAX, sizeof *call->complete),
                                  .count = choose(board, arena, chosen, now_ms),
                                  .read = ++board->last_read,
                                  .asked_ms = clock_wall(aws_clock(board->aws))};
    int64_t start_ms = call->asked_ms;
    for (size_t i = 0; i < call->count; i++) {
        struct value *query = value_copy(arena, chosen[i]->query);
        call->ids[i] = chosen[i]->id;
        call->from_ms[i] = chosen[i]->from_ms;
        value_setz(arena, query, "Id", value_stringf(arena, "q%llu", (unsigned long long)chosen[i]->id));
        value_append(arena, queries, query);
        if (start_of(chosen[i]) < start_ms)
            start_ms = start_of(chosen[i]);
    }
    call->end_ms = call->asked_ms - call->asked_ms % MINUTE_MS + MINUTE_MS;
    value_setz(arena, call->input, "MetricDataQueries", queries);
    value_setz(arena, call->input, "StartTime", time_of(arena, start_ms - start_ms % MINUTE_MS));
    value_setz(arena, call->input, "EndTime", time_of(arena, call->end_ms));
    value_setz(arena, call->input, "ScanBy", value_stringz(arena, "TimestampAscending"));
}

/* --- where the answers go --- */

/* NULL where it has left the board meanwhile. */
static struct series *series_of(const struct board *board, uint64_t id)
{
    for (size_t low = 0, high = board->series_count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (board->series[middle]->id == id)
            return board->series[middle];
        if (board->series[middle]->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static void take_points(struct board *board, struct series *series, const struct value *result)
{
    const struct value *times = value_get(result, "Timestamps"), *values = value_get(result, "Values");
    for (size_t i = 0; value_is(times, VALUE_LIST) && i < times->count; i++) {
        double at, value;
        if (number_read(times->items[i], &at) && number_read(value_at(values, i), &value) && fabs(at) < 1e12)
            series_add(series, &(struct point){.at_ms = (int64_t)(at * 1000),
                                               .low = value,
                                               .high = value,
                                               .read = board->call.read});
    }
}

static void take_result(struct board *board, const struct value *result, struct error *error)
{
    struct metrics_call *call = &board->call;
    uint64_t id = 0;
    if (!str_to_uint(str_from_index(value_get_text(result, "Id"), 1), UINT64_MAX, &id))
        return;
    struct series *series = series_of(board, id);
    for (size_t i = 0; series && i < call->count; i++) {
        if (call->ids[i] != id)
            continue;
        struct str status = value_get_text(result, "StatusCode");
        struct str message = value_get_text(value_at(value_get(result, "Messages"), 0), "Value");
        take_points(board, series, result);
        call->complete[i] = str_is(status, "Complete");
        error_set(error, ERROR_UNAVAILABLE, "CloudWatch answers %.*s%s%.*s", STR_ARG(status),
                  message.len ? ": " : "", STR_ARG(message));
        board_trouble(&series->trouble, call->complete[i] ? NULL : error);
    }
}

static void end(struct board *board)
{
    struct metrics_call *call = &board->call;
    struct error error = ERROR_INIT;
    error_set(&error, ERROR_UNAVAILABLE, "CloudWatch's answer leaves it out");
    for (size_t i = 0; i < call->count; i++) {
        struct series *series = series_of(board, call->ids[i]);
        if (series && call->complete[i] && series->from_ms >= call->from_ms[i]) {
            series->proven = true;
            series->company = QUERIES_MAX;
            series->read_ms = call->asked_ms;
            series->read_from_ms = call->from_ms[i];
            series->until_ms = call->end_ms;
            board_trouble(&series->trouble, NULL);
        } else if (series && !call->complete[i] && !series->trouble) {
            board_trouble(&series->trouble, &error);
        }
    }
    arena_free(call->arena);
    call->arena = NULL;
}

/* --- failures --- */

/* A refusal may be the fault of one query: of one that has never been answered.  Those are asked again among
 * themselves, half as many at once; the others at their next turn. */
static void part(struct board *board, const struct error *error)
{
    struct metrics_call *call = &board->call;
    size_t strange = 0;
    for (size_t i = 0; i < call->count; i++) {
        const struct series *series = series_of(board, call->ids[i]);
        strange += series && !series->proven;
    }
    for (size_t i = 0; i < call->count; i++) {
        struct series *series = series_of(board, call->ids[i]);
        bool guilty = series && !series->proven && call->count == 1;
        if (!series)
            continue;
        if (!strange || guilty)
            board_trouble(&series->trouble, error);
        if (strange && !series->proven)
            series->company = strange > 1 ? strange / 2 : 1;
        if (strange && !guilty)
            series->tried_ms = NEVER;
    }
}

static void fail(struct board *board, const struct error *error)
{
    struct metrics_call *call = &board->call;
    if (error->code == ERROR_INVALID) {
        part(board, error);
    } else {
        for (size_t i = 0; i < call->count; i++) {
            struct series *series = series_of(board, call->ids[i]);
            if (series)
                board_trouble(&series->trouble, error);
        }
    }
    arena_free(call->arena);
    call->arena = NULL;
}

void metrics_read(struct board *board, int64_t now_ms)
{
    struct metrics_call *call = &board->call;
    struct error error = ERROR_INIT, unused = ERROR_INIT;
    struct arena *arena = arena_new();
    struct value *output = NULL;
    if (!call->arena)
        begin(board, now_ms);
    if (!board_call(board, &cloudwatch_operations[CLOUDWATCH_GET_METRIC_DATA], arena, call->input, &output,
                    &error)) {
        fail(board, &error);
        arena_free(arena);
        return;
    }
    const struct value *results = value_get(output, "MetricDataResults");
    struct str token = value_get_text(output, "NextToken");
    bool repeats = str_equal(token, value_get_text(call->input, "NextToken"));
    for (size_t i = 0; value_is(results, VALUE_LIST) && i < results->count; i++)
        take_result(board, results->items[i], &unused);
    if (token.len && !repeats && ++call->pages < PAGES_MAX)
        value_setz(call->arena, call->input, "NextToken", value_string(call->arena, token));
    else
        end(board);
    arena_free(arena);
}
