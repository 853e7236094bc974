#include "tests/simulator/distribution.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

void distribution_release(struct distribution *distribution)
{
    free(distribution->values);
    *distribution = (struct distribution){0};
}

/* The place of `value`, or where it would stand. */
static size_t place_of(const struct distribution *distribution, double value)
{
    size_t low = 0, high = distribution->length;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (distribution->values[middle].value < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t nearest(const struct distribution *distribution, size_t place, double value)
{
    const struct distribution_value *values = distribution->values;
    if (place == distribution->length ||
        (place > 0 && value - values[place - 1].value < values[place].value - value))
        return place - 1;
    return place;
}

static void insert(struct distribution *distribution, size_t place, double value)
{
    if (distribution->length == distribution->capacity) {
        distribution->capacity = distribution->capacity ? 2 * distribution->capacity : 4;
        distribution->values =
            memory_resize(distribution->values, distribution->capacity * sizeof *distribution->values);
    }
    struct distribution_value *at = &distribution->values[place];
    if (place < distribution->length)
        memmove(at + 1, at, (distribution->length - place) * sizeof *at);
    *at = (struct distribution_value){.value = value};
    distribution->length++;
}

static void count_value(struct distribution *distribution, double value, double count)
{
    size_t place = place_of(distribution, value);
    bool known = place < distribution->length && distribution->values[place].value <= value;
    if (!known && distribution->length == DISTRIBUTION_VALUES_MAX)
        place = nearest(distribution, place, value);
    else if (!known)
        insert(distribution, place, value);
    distribution->values[place].count += count;
}

static void add_sums(struct distribution *to, double count, double sum, double minimum, double maximum)
{
    to->minimum = to->count > 0 ? fmin(to->minimum, minimum) : minimum;
    to->maximum = to->count > 0 ? fmax(to->maximum, maximum) : maximum;
    to->count += count;
    to->sum += sum;
    to->no_percentiles = to->no_percentiles || minimum < 0;
}

void distribution_add(struct distribution *distribution, double value, double count)
{
    if (count <= 0)
        return;
    add_sums(distribution, count, value * count, value, value);
    count_value(distribution, value, count);
}

void distribution_add_set(struct distribution *distribution, double count, double sum, double minimum,
                          double maximum)
{
    if (count <= 0)
        return;
    add_sums(distribution, count, sum, minimum, maximum);
    if (minimum < maximum)
        distribution->no_percentiles = true;
    else
        count_value(distribution, minimum, count);
}

void distribution_merge(struct distribution *to, const struct distribution *from)
{
    if (from->count <= 0)
        return;
    add_sums(to, from->count, from->sum, from->minimum, from->maximum);
    to->no_percentiles = to->no_percentiles || from->no_percentiles;
    for (size_t i = 0; i < from->length; i++)
        count_value(to, from->values[i].value, from->values[i].count);
}

bool number_parse(struct str text, double *number)
{
    char copy[64], *end;
    bool begins = text.len && text.len < sizeof copy && strchr("+-.0123456789", text.ptr[0]);
    if (!begins)
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    *number = strtod(copy, &end);
    return end != copy && *end == '\0' && isfinite(*number);
}

/* "PR(:300)", "PR(100:2000)", "PR(10:)" */
static bool rank_parse(struct str text, struct statistic *statistic)
{
    struct str inner = str_slice(text, 3, text.len - 4);
    size_t colon = str_find(inner, ':');
    struct str low = str_slice(inner, 0, colon), high = str_from_index(inner, colon + 1);
    *statistic = (struct statistic){.kind = STATISTIC_RANK, .low = -INFINITY, .high = INFINITY};
    return colon < inner.len && (low.len || high.len) && (!low.len || number_parse(low, &statistic->low)) &&
           (!high.len || number_parse(high, &statistic->high));
}

bool statistic_parse(struct str text, struct statistic *statistic)
{
    static const char *const names[] = {[STATISTIC_SAMPLE_COUNT] = "SampleCount",
                                        [STATISTIC_SUM] = "Sum",
                                        [STATISTIC_AVERAGE] = "Average",
                                        [STATISTIC_MINIMUM] = "Minimum",
                                        [STATISTIC_MAXIMUM] = "Maximum"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (str_is(text, names[i])) {
            *statistic = (struct statistic){.kind = (enum statistic_kind)i};
            return true;
        }
    if (str_starts(text, "PR(") && str_ends(text, ")"))
        return rank_parse(text, statistic);
    *statistic = (struct statistic){.kind = STATISTIC_PERCENTILE};
    return str_starts(text, "p") && number_parse(str_from_index(text, 1), &statistic->high) &&
           statistic->high >= 0 && statistic->high <= 100;
}

/* "p99 is the maximum value of the remaining 99%": the least value that so many do not exceed. */
static double percentile(const struct distribution *distribution, double percent)
{
    double wanted = distribution->count * percent / 100, seen = 0;
    for (size_t i = 0; i < distribution->length; i++) {
        seen += distribution->values[i].count;
        if (seen >= wanted - 1e-9)
            return distribution->values[i].value;
    }
    return distribution->maximum;
}

/* Bounds as the trimmed statistics have them (assumed of the lower one: no page says it of PR). */
static double rank(const struct distribution *distribution, const struct statistic *statistic)
{
    double within = 0;
    for (size_t i = 0; i < distribution->length; i++)
        if (distribution->values[i].value > statistic->low &&
            distribution->values[i].value <= statistic->high)
            within += distribution->values[i].count;
    return 100 * within / distribution->count;
}

bool statistic_of(const struct distribution *distribution, const struct statistic *statistic, double *value)
{
    if (distribution->count <= 0)
        return false;
    switch (statistic->kind) {
    case STATISTIC_SAMPLE_COUNT:
        *value = distribution->count;
        return true;
    case STATISTIC_SUM:
        *value = distribution->sum;
        return true;
    case STATISTIC_AVERAGE:
        *value = distribution->sum / distribution->count;
        return true;
    case STATISTIC_MINIMUM:
        *value = distribution->minimum;
        return true;
    case STATISTIC_MAXIMUM:
        *value = distribution->maximum;
        return true;
    case STATISTIC_PERCENTILE:
        *value = percentile(distribution, statistic->high);
        return !distribution->no_percentiles;
    case STATISTIC_RANK:
        *value = rank(distribution, statistic);
        return !distribution->no_percentiles;
    }
    return false;
}
