/* The questions of one rollout on the board. */

#include <math.h>

#include "reconciler/rollout/board_private.h"

static const char *const failure_metrics[FIGURE_DURATION] = {"Errors", "Throttles"};
static const char *const figure_names[FIGURES] = {"errors", "throttles", "duration"};

/* --- hanging them on --- */

static struct series *ask(struct watcher *watcher, const struct suspect *suspect, enum version version,
                          const char *metric, struct str statistic, bool counts)
{
    struct arena *scratch = arena_new();
    struct str number = version == VERSION_OLD ? suspect->names.old_version : suspect->names.new_version;
    struct series *series = series_new(
        watcher->board, query_of_version(scratch, &suspect->names, number, metric, statistic), counts);
    series->proven = true; /* CloudWatch answers a query of this form, whatever the names are */
    arena_free(scratch);
    return series;
}

static bool named_before(const struct questions *questions, size_t index)
{
    for (size_t i = 0; i < questions->alias_count; i++)
        if (i != index && str_equal(questions->aliases[i].function, questions->aliases[index].function))
            return true;
    return false;
}

static void watch_alias(struct watcher *watcher, const struct questions *questions, size_t index)
{
    const struct watched_alias *alias = &questions->aliases[index];
    struct suspect *suspect = &watcher->suspects[index];
    struct arena *arena = watcher->arena;
    suspect->names = (struct watched_alias){.function = arena_str(arena, alias->function),
                                            .alias = arena_str(arena, alias->alias),
                                            .old_version = arena_str(arena, alias->old_version),
                                            .new_version = arena_str(arena, alias->new_version),
                                            .other = arena_str(arena, alias->other)};
    for (int figure = 0; figure < FIGURES; figure++)
        suspect->looked_ms[figure] = NEVER;
    suspect->label = named_before(questions, index)
                         ? arena_printf(arena, "%.*s:%.*s", STR_ARG(alias->function), STR_ARG(alias->alias))
                         : suspect->names.function;
    suspect->alias = alias->other.len ? item_watch(watcher->board, ITEM_ALIAS, alias->other, STR_EMPTY)
                                      : item_watch(watcher->board, ITEM_ALIAS, alias->function, alias->alias);
    if (alias->other.len)
        return;
    for (int version = 0; version < VERSIONS; version++) {
        suspect->invocations[version] =
            ask(watcher, suspect, (enum version)version, "Invocations", STR("Sum"), true);
        for (int figure = 0; figure < FIGURE_DURATION; figure++)
            if (watcher->compares[figure])
                suspect->failures[version][figure] =
                    ask(watcher, suspect, (enum version)version, failure_metrics[figure], STR("Sum"), true);
    }
    if (watcher->compares[FIGURE_DURATION])
        suspect->percentile = ask(watcher, suspect, VERSION_OLD, "Duration", watcher->percentile, false);
}

static struct item **watch_all(struct watcher *watcher, enum item_kind kind, const struct str *names,
                               size_t count)
{
    struct item **items = arena_array(watcher->arena, count, sizeof(struct item *));
    for (size_t i = 0; i < count; i++)
        items[i] = item_watch(watcher->board, kind, names[i], STR_EMPTY);
    return items;
}

static bool is_among(const struct str *names, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(names[i], name))
            return true;
    return false;
}

/* One that is ignored is no alarm any more. */
static void watch_alarms(struct watcher *watcher, const struct questions *questions)
{
    struct str *names = arena_array(watcher->arena, questions->alarm_count, sizeof *names);
    for (size_t i = 0; i < questions->alarm_count; i++)
        if (!is_among(questions->ignored_alarms, questions->ignored_alarm_count, questions->alarms[i]))
            names[watcher->alarm_count++] = questions->alarms[i];
    watcher->alarms = watch_all(watcher, ITEM_ALARM, names, watcher->alarm_count);
    watcher->ignored_count = questions->ignored_alarm_count;
    watcher->ignored =
        watch_all(watcher, ITEM_ALARM, questions->ignored_alarms, questions->ignored_alarm_count);
    watcher->deployment_count = questions->deployment_count;
    watcher->deployments =
        watch_all(watcher, ITEM_DEPLOYMENT, questions->deployments, questions->deployment_count);
}

static void watch_checks(struct watcher *watcher, const struct value *checks)
{
    watcher->check_count = value_is(checks, VALUE_LIST) ? checks->count : 0;
    watcher->checks = arena_array(watcher->arena, watcher->check_count, sizeof *watcher->checks);
    for (size_t i = 0; i < watcher->check_count; i++) {
        struct check *check = &watcher->checks[i];
        check->node = value_copy(watcher->arena, checks->items[i]);
        check->name = value_get_text(check->node, "name");
        check->series = series_new(watcher->board, query_of_check(watcher->arena, check->node), false);
        check->selected = true;
    }
}

/* The risk is given in percent, and shared by all questions. */
static void read_comparisons(struct watcher *watcher, const struct questions *asked)
{
    const struct value *compare = asked->compare;
    size_t functions = 0;
    for (size_t i = 0; i < asked->alias_count; i++)
        functions += !asked->aliases[i].other.len;
    double percent = 1;
    size_t questions = 0;
    watcher->percentile = arena_str(watcher->arena, value_get_text(compare, "duration"));
    watcher->compares[FIGURE_ERRORS] = value_get_bool(compare, "errors", false);
    watcher->compares[FIGURE_THROTTLES] = value_get_bool(compare, "throttles", false);
    watcher->compares[FIGURE_DURATION] = watcher->percentile.len > 0;
    for (int figure = 0; figure < FIGURES; figure++)
        questions += watcher->compares[figure] ? functions : 0;
    if (!number_read(value_get(compare, "risk"), &percent))
        percent = 1;
    watcher->risk = questions ? percent / 100 / (double)questions : 0;
}

struct watcher *board_watch(struct board *board, const struct questions *questions)
{
    struct arena *arena = arena_new();
    struct watcher *watcher = arena_alloc(arena, sizeof *watcher);
    *watcher =
        (struct watcher){.board = board,
                         .arena = arena,
                         .suspects = arena_array(arena, questions->alias_count, sizeof *watcher->suspects),
                         .suspect_count = questions->alias_count,
                         .minimum = questions->minimum_invocations,
                         .since_ms = NEVER,
                         .step_since_ms = NEVER};
    read_comparisons(watcher, questions);
    pthread_mutex_lock(&board->lock);
    for (size_t i = 0; i < questions->alias_count; i++)
        watch_alias(watcher, questions, i);
    watch_alarms(watcher, questions);
    watch_checks(watcher, questions->checks);
    pthread_mutex_unlock(&board->lock);
    return watcher;
}

/* --- taking them off --- */

static void unwatch_all(struct board *board, struct item **items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        item_unwatch(board, items[i]);
}

static void unwatch_alias(struct board *board, struct suspect *suspect)
{
    item_unwatch(board, suspect->alias);
    series_free(board, suspect->percentile);
    for (int version = 0; version < VERSIONS; version++) {
        series_free(board, suspect->invocations[version]);
        series_free(board, suspect->ranks[version]);
        for (int figure = 0; figure < FIGURE_DURATION; figure++)
            series_free(board, suspect->failures[version][figure]);
    }
}

void board_unwatch(struct board *board, struct watcher *watcher)
{
    if (!watcher)
        return;
    pthread_mutex_lock(&board->lock);
    for (size_t i = 0; i < watcher->suspect_count; i++)
        unwatch_alias(board, &watcher->suspects[i]);
    unwatch_all(board, watcher->alarms, watcher->alarm_count);
    unwatch_all(board, watcher->ignored, watcher->ignored_count);
    unwatch_all(board, watcher->deployments, watcher->deployment_count);
    for (size_t i = 0; i < watcher->check_count; i++)
        series_free(board, watcher->checks[i].series);
    pthread_mutex_unlock(&board->lock);
    arena_free(watcher->arena);
}

/* --- what counts --- */

/* The old version's figures are asked for from an hour before, for where it gets no traffic any more. */
static void count_from(struct suspect *suspect, int64_t since_ms)
{
    for (int version = 0; version < VERSIONS; version++) {
        int64_t from = version == VERSION_OLD ? since_ms - HOUR_MS : since_ms;
        struct series *all[] = {suspect->invocations[version], suspect->failures[version][FIGURE_ERRORS],
                                suspect->failures[version][FIGURE_THROTTLES], suspect->ranks[version],
                                version == VERSION_OLD ? suspect->percentile : NULL};
        for (size_t i = 0; i < ARRAY_LENGTH(all); i++)
            if (all[i])
                series_from(all[i], from);
    }
}

void watcher_since(struct watcher *watcher, int64_t since_ms, int64_t step_since_ms)
{
    pthread_mutex_lock(&watcher->board->lock);
    for (size_t i = 0; i < watcher->suspect_count; i++) {
        count_from(&watcher->suspects[i], since_ms);
        if (step_since_ms != watcher->step_since_ms)
            watcher->suspects[i].synthetic = 0;
    }
    for (size_t i = 0; i < watcher->check_count; i++)
        series_from(watcher->checks[i].series, step_since_ms);
    watcher->since_ms = since_ms;
    watcher->step_since_ms = step_since_ms;
    pthread_mutex_unlock(&watcher->board->lock);
}

void watcher_leaving(struct watcher *watcher, bool leaving)
{
    pthread_mutex_lock(&watcher->board->lock);
    watcher->leaving = leaving;
    pthread_mutex_unlock(&watcher->board->lock);
}

void watcher_synthetic(struct watcher *watcher, size_t index, int64_t sent)
{
    pthread_mutex_lock(&watcher->board->lock);
    if (index < watcher->suspect_count)
        watcher->suspects[index].synthetic = sent;
    pthread_mutex_unlock(&watcher->board->lock);
}

void watcher_select(struct watcher *watcher, const struct str *checks, size_t count)
{
    pthread_mutex_lock(&watcher->board->lock);
    for (size_t i = 0; i < watcher->check_count; i++) {
        watcher->checks[i].selected = count == 0 || is_among(checks, count, watcher->checks[i].name);
        watcher->checks[i].series->wanted = watcher->checks[i].selected;
    }
    pthread_mutex_unlock(&watcher->board->lock);
}

/* The median over the minutes of the old version's percentile, taken once: whatever it is, both versions are
 * measured by the same. */
static int by_size(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static void ask_ranks(struct watcher *watcher, struct suspect *suspect, struct arena *scratch)
{
    struct str statistic = arena_printf(scratch, "PR(:%.3f)", suspect->slower_than);
    for (int version = 0; version < VERSIONS; version++)
        suspect->ranks[version] = ask(watcher, suspect, (enum version)version, "Duration", statistic, false);
    suspect->percentile->wanted = false;
    if (watcher->since_ms != NEVER)
        count_from(suspect, watcher->since_ms);
}

void suspect_measure(struct watcher *watcher, struct suspect *suspect, struct arena *scratch, int64_t now_ms)
{
    const struct series *series = suspect->percentile;
    if (!series || suspect->ranks[VERSION_OLD] || !series->count || !series_fresh(series, now_ms))
        return;
    double *minutes = arena_array(scratch, series->count, sizeof *minutes);
    for (size_t i = 0; i < series->count; i++)
        minutes[i] = series->points[i].high;
    qsort(minutes, series->count, sizeof *minutes, by_size);
    suspect->slower_than = minutes[series->count / 2];
    ask_ranks(watcher, suspect, scratch);
}

/* --- for another instance --- */

static struct str memory_key(struct arena *arena, int figure, const struct suspect *suspect)
{
    return arena_printf(arena, "%s of %.*s:%.*s", figure_names[figure], STR_ARG(suspect->names.function),
                        STR_ARG(suspect->names.alias));
}

static struct value *number(struct arena *arena, double value)
{
    return value_number(arena, arena_printf(arena, "%.17g", value));
}

struct value *watcher_memory(struct watcher *watcher, struct arena *arena)
{
    struct value *memory = value_map(arena);
    pthread_mutex_lock(&watcher->board->lock);
    for (size_t i = 0; i < watcher->suspect_count; i++)
        for (int figure = 0; figure < FIGURES; figure++) {
            const struct comparison *comparison = &watcher->suspects[i].comparisons[figure];
            struct value *entry = value_map(arena);
            value_setz(arena, entry, "looks", value_int(arena, comparison->looks));
            value_setz(arena, entry, "bad", value_int(arena, comparison->fresh.bad));
            value_setz(arena, entry, "all", value_int(arena, comparison->fresh.all));
            value_setz(arena, entry, "chance", number(arena, comparison->chance));
            value_setz(arena, entry, "limit", number(arena, comparison->limit));
            value_setz(arena, entry, "worse", value_bool(arena, comparison->worse));
            if (figure == FIGURE_DURATION && watcher->suspects[i].ranks[VERSION_OLD])
                value_setz(arena, entry, "slowerThan", number(arena, watcher->suspects[i].slower_than));
            if (watcher->compares[figure] && !watcher->suspects[i].names.other.len)
                value_set(arena, memory, memory_key(arena, figure, &watcher->suspects[i]), entry);
        }
    pthread_mutex_unlock(&watcher->board->lock);
    return memory;
}

static void recall(struct watcher *watcher, struct suspect *suspect, int figure, const struct value *entry,
                   struct arena *scratch)
{
    struct comparison *comparison = &suspect->comparisons[figure];
    *comparison = (struct comparison){
        .looks = value_get_int(entry, "looks", 0),
        .fresh = {.bad = value_get_int(entry, "bad", 0), .all = value_get_int(entry, "all", 0)},
        .worse = value_get_bool(entry, "worse", false)};
    if (!number_read(value_get(entry, "chance"), &comparison->chance) ||
        !number_read(value_get(entry, "limit"), &comparison->limit))
        comparison->chance = comparison->limit = 0;
    if (figure == FIGURE_DURATION && watcher->compares[figure] && !suspect->ranks[VERSION_OLD] &&
        number_read(value_get(entry, "slowerThan"), &suspect->slower_than))
        ask_ranks(watcher, suspect, scratch);
}

void watcher_recall(struct watcher *watcher, const struct value *memory)
{
    struct arena *scratch = arena_new();
    pthread_mutex_lock(&watcher->board->lock);
    for (size_t i = 0; i < watcher->suspect_count; i++)
        for (int figure = 0; figure < FIGURES; figure++) {
            const struct value *entry =
                value_get_str(memory, memory_key(scratch, figure, &watcher->suspects[i]));
            if (entry && !watcher->suspects[i].names.other.len)
                recall(watcher, &watcher->suspects[i], figure, entry, scratch);
        }
    pthread_mutex_unlock(&watcher->board->lock);
    arena_free(scratch);
}

/* --- single answers --- */

bool watcher_red_alarms(struct watcher *watcher, struct arena *arena, int64_t now_ms, struct str **names,
                        size_t *count)
{
    bool known = true;
    *count = 0;
    pthread_mutex_lock(&watcher->board->lock);
    *names = arena_array(arena, watcher->alarm_count, sizeof **names);
    for (size_t i = 0; i < watcher->alarm_count; i++) {
        const struct item *alarm = watcher->alarms[i];
        known = known && item_fresh(alarm, now_ms);
        if (str_is(value_get_text(alarm->value, "StateValue"), "ALARM"))
            (*names)[(*count)++] = arena_str(arena, str_from(alarm->name));
    }
    pthread_mutex_unlock(&watcher->board->lock);
    return known;
}

static const struct value *answer_of(struct watcher *watcher, struct arena *arena, const struct item *item,
                                     int64_t *read_ms)
{
    pthread_mutex_lock(&watcher->board->lock);
    const struct value *answer = item->value ? value_copy(arena, item->value) : NULL;
    *read_ms = item->read_ms == NEVER ? 0 : item->read_ms;
    pthread_mutex_unlock(&watcher->board->lock);
    return answer;
}

const struct value *watcher_alias(struct watcher *watcher, struct arena *arena, size_t index,
                                  int64_t *read_ms)
{
    return answer_of(watcher, arena, watcher->suspects[index].alias, read_ms);
}

const struct value *watcher_deployment(struct watcher *watcher, struct arena *arena, size_t index,
                                       int64_t *read_ms)
{
    return answer_of(watcher, arena, watcher->deployments[index], read_ms);
}
