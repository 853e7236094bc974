#include "tests/simulator/metrics.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum { SWEEP = 256 }; /* after so many new series the old ones are looked through */

static void series_free(struct series *series)
{
    for (size_t i = 0; i < series->count; i++)
        distribution_release(&series->minutes[i].measured);
    free(series->minutes);
    free(series->key);
    free(series);
}

void metrics_release(struct metrics *metrics)
{
    while (metrics->first) {
        struct metrics_region *region = metrics->first;
        metrics->first = region->next;
        for (size_t i = 0; i < METRICS_BUCKETS; i++)
            while (region->buckets[i]) {
                struct series *series = region->buckets[i];
                region->buckets[i] = series->next;
                series_free(series);
            }
        free(region->account);
        free(region->region);
        free(region);
    }
}

static char *owned(struct str text)
{
    char *copy = memory_alloc(text.len + 1);
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return copy;
}

struct metrics_region *metrics_find(const struct metrics *metrics, struct str account, struct str region)
{
    for (struct metrics_region *one = metrics->first; one; one = one->next)
        if (str_is(account, one->account) && str_is(region, one->region))
            return one;
    return NULL;
}

struct metrics_region *metrics_region(struct metrics *metrics, struct str account, struct str region)
{
    struct metrics_region *one = metrics_find(metrics, account, region);
    if (one)
        return one;
    one = memory_alloc(sizeof *one);
    *one = (struct metrics_region){.next = metrics->first,
                                   .account = owned(account),
                                   .region = owned(region),
                                   .latest = INT64_MIN,
                                   .evaluate_at = INT64_MAX};
    metrics->first = one;
    return one;
}

static int64_t minute_of(int64_t time)
{
    return time - time % METRICS_MINUTE;
}

void metrics_arm(struct metrics_region *region, int64_t now)
{
    if (region->evaluate_at == INT64_MAX || region->evaluate_at <= now)
        region->evaluate_at = minute_of(now) + METRICS_MINUTE;
}

static int compare_dimensions(const void *a, const void *b)
{
    const struct dimension *one = a, *other = b;
    int order = str_compare(one->name, other->name);
    return order ? order : str_compare(one->value, other->value);
}

void metrics_key(struct buf *out, struct str space, struct str metric, struct dimension *dimensions,
                 size_t count)
{
    if (count > 1)
        qsort(dimensions, count, sizeof *dimensions, compare_dimensions);
    buf_add(out, space);
    buf_addc(out, '\x1f');
    buf_add(out, metric);
    for (size_t i = 0; i < count; i++) {
        buf_addc(out, '\x1f');
        buf_add(out, dimensions[i].name);
        buf_addc(out, '\x1e');
        buf_add(out, dimensions[i].value);
    }
}

static struct series *series_hashed(const struct metrics_region *region, struct str key, uint64_t hash)
{
    for (struct series *series = region->buckets[hash % METRICS_BUCKETS]; series; series = series->next)
        if (series->hash == hash && str_is(key, series->key))
            return series;
    return NULL;
}

struct series *metrics_series(const struct metrics_region *region, struct str key)
{
    return series_hashed(region, key, str_hash(key));
}

static void sweep(struct metrics_region *region, int64_t now)
{
    for (size_t i = 0; i < METRICS_BUCKETS; i++)
        for (struct series **link = &region->buckets[i]; *link;) {
            struct series *series = *link;
            if (series->count && series->minutes[series->count - 1].start >= now - METRICS_KEPT_MS) {
                link = &series->next;
                continue;
            }
            *link = series->next;
            region->count--;
            series_free(series);
        }
}

static struct series *series_made(struct metrics_region *region, struct str key, int64_t now)
{
    uint64_t hash = str_hash(key);
    struct series *series = series_hashed(region, key, hash);
    if (series)
        return series;
    if (++region->count % SWEEP == 0)
        sweep(region, now);
    series = memory_alloc(sizeof *series);
    *series = (struct series){
        .next = region->buckets[hash % METRICS_BUCKETS], .key = owned(key), .hash = hash, .unit = "None"};
    region->buckets[hash % METRICS_BUCKETS] = series;
    return series;
}

/* The first minute that begins at `time` or later. */
static size_t place_of(const struct series *series, int64_t time)
{
    size_t low = 0, high = series->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (series->minutes[middle].start < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void forget(struct series *series, int64_t before)
{
    size_t old = place_of(series, before);
    for (size_t i = 0; i < old; i++)
        distribution_release(&series->minutes[i].measured);
    series->count -= old;
    memmove(series->minutes, series->minutes + old, series->count * sizeof *series->minutes);
}

static struct metric_minute *minute_made(struct series *series, int64_t start)
{
    size_t place = place_of(series, start);
    if (place < series->count && series->minutes[place].start == start)
        return &series->minutes[place];
    if (series->count == series->capacity) {
        series->capacity = series->capacity ? 2 * series->capacity : 8;
        series->minutes = memory_resize(series->minutes, series->capacity * sizeof *series->minutes);
    }
    struct metric_minute *minute = &series->minutes[place];
    memmove(minute + 1, minute, (series->count - place) * sizeof *minute);
    *minute = (struct metric_minute){.start = start};
    series->count++;
    return minute;
}

void metrics_add(struct metrics_region *region, struct str key, const char *unit, int64_t now, int64_t time,
                 const struct distribution *measured)
{
    int64_t start = minute_of(time), oldest = now - METRICS_KEPT_MS;
    if (measured->count <= 0 || start < oldest)
        return;
    struct series *series = series_made(region, key, now);
    series->unit = unit;
    if (series->count && series->minutes[0].start < oldest - METRICS_KEPT_MS / 8)
        forget(series, oldest); /* now and then, not at every minute */
    distribution_merge(&minute_made(series, start)->measured, measured);
    if (start + METRICS_MINUTE > region->latest)
        region->latest = start + METRICS_MINUTE;
    metrics_arm(region, now);
}

int64_t series_next(const struct series *series, int64_t time)
{
    size_t place = place_of(series, time);
    return place < series->count ? series->minutes[place].start : INT64_MAX;
}

bool series_statistic(const struct series *series, int64_t from, int64_t to,
                      const struct statistic *statistic, double *value)
{
    struct distribution merged = {0};
    size_t first = place_of(series, from), end = first;
    while (end < series->count && series->minutes[end].start < to)
        end++;
    if (end - first == 1)
        return statistic_of(&series->minutes[first].measured, statistic, value);
    for (size_t i = first; i < end; i++)
        distribution_merge(&merged, &series->minutes[i].measured);
    bool known = statistic_of(&merged, statistic, value);
    distribution_release(&merged);
    return known;
}
