#include "base/clock.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

static const int64_t WALL_MAX = 253402300799999; /* 9999-12-31T23:59:59.999Z */

static int64_t read_clock(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * SECOND + now.tv_nsec / 1000000;
}

static int64_t system_wall(void *self)
{
    (void)self;
    return read_clock(CLOCK_REALTIME);
}

static int64_t system_monotonic(void *self)
{
    (void)self;
    return read_clock(CLOCK_MONOTONIC);
}

static void system_sleep(void *self, int64_t milliseconds)
{
    (void)self;
    if (milliseconds <= 0)
        return;
    int64_t now = read_clock(CLOCK_MONOTONIC);
    int64_t until = milliseconds < INT64_MAX - now ? now + milliseconds : INT64_MAX;
    struct timespec end = {.tv_sec = until / SECOND, .tv_nsec = until % SECOND * 1000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL) == EINTR)
        continue;
}

const struct clock system_clock = {
    .wall_ms = system_wall, .monotonic_ms = system_monotonic, .sleep_ms = system_sleep};

int64_t clock_wall(const struct clock *clock)
{
    return clock->wall_ms(clock->self);
}

int64_t clock_monotonic(const struct clock *clock)
{
    return clock->monotonic_ms(clock->self);
}

void clock_sleep(const struct clock *clock, int64_t milliseconds)
{
    clock->sleep_ms(clock->self, milliseconds);
}

int64_t back_off_ms(int64_t before, int64_t most_ms)
{
    int64_t pause = 1000;
    for (int64_t i = 0; i < before && pause < most_ms; i++)
        pause *= 2;
    return pause < most_ms ? pause : most_ms;
}

static struct str time_text(struct arena *arena, const char *format, int64_t wall_ms)
{
    if (wall_ms < 0 || wall_ms > WALL_MAX)
        wall_ms = wall_ms < 0 ? 0 : WALL_MAX;
    time_t seconds = wall_ms / SECOND;
    struct tm parts;
    char text[32];
    gmtime_r(&seconds, &parts);
    size_t length = strftime(text, sizeof text, format, &parts);
    return arena_str(arena, (struct str){.ptr = text, .len = length});
}

struct str time_iso8601(struct arena *arena, int64_t wall_ms)
{
    return time_text(arena, "%Y-%m-%dT%H:%M:%SZ", wall_ms);
}

struct str time_basic(struct arena *arena, int64_t wall_ms)
{
    return time_text(arena, "%Y%m%dT%H%M%SZ", wall_ms);
}

/* Takes a literal off the front of the text. */
static bool take(struct str *rest, const char *literal)
{
    if (!str_starts(*rest, literal))
        return false;
    *rest = str_from_index(*rest, strlen(literal));
    return true;
}

/* Takes a number of exactly `width` digits. */
static bool take_digits(struct str *rest, size_t width, int *out)
{
    uint64_t number;
    if (rest->len < width || !str_to_uint(str_slice(*rest, 0, width), 9999, &number))
        return false;
    *rest = str_from_index(*rest, width);
    *out = (int)number;
    return true;
}

/* Milliseconds of a time in UTC; false where there is no such day or hour. */
static bool wall_of(struct tm parts, int64_t *wall_ms)
{
    if (parts.tm_hour > 23 || parts.tm_min > 59 || parts.tm_sec > 59)
        return false;
    struct tm same = parts;
    int64_t seconds = timegm(&same);
    if (same.tm_mday != parts.tm_mday || same.tm_mon != parts.tm_mon || same.tm_year != parts.tm_year)
        return false;
    *wall_ms = seconds * SECOND;
    return true;
}

/* Digits past the millisecond are cut. */
static bool take_fraction(struct str *rest, int64_t *milliseconds)
{
    size_t digits = 0;
    int64_t weight = 100;
    *milliseconds = 0;
    if (!take(rest, "."))
        return true;
    for (; digits < rest->len && rest->ptr[digits] >= '0' && rest->ptr[digits] <= '9'; digits++, weight /= 10)
        *milliseconds += (rest->ptr[digits] - '0') * weight;
    *rest = str_from_index(*rest, digits);
    return digits > 0;
}

/* "Z", "+01:00" or "+0100": the last is Lambda's LastModified. */
static bool take_offset(struct str *rest, int64_t *milliseconds)
{
    int hours, minutes;
    *milliseconds = 0;
    if (take(rest, "Z"))
        return true;
    int64_t sign = str_starts(*rest, "-") ? -1 : 1;
    if (!take(rest, "+") && !take(rest, "-"))
        return false;
    if (!take_digits(rest, 2, &hours) || (take(rest, ":"), !take_digits(rest, 2, &minutes)))
        return false;
    *milliseconds = sign * ((int64_t)hours * HOUR + (int64_t)minutes * MINUTE);
    return hours <= 23 && minutes <= 59;
}

bool time_parse(struct str text, int64_t *wall_ms)
{
    struct tm parts = {0};
    int64_t wall, fraction, offset;
    if (!take_digits(&text, 4, &parts.tm_year))
        return false;
    bool extended = str_starts(text, "-");
    const char *dash = extended ? "-" : "", *colon = extended ? ":" : "";
    if (!take(&text, dash) || !take_digits(&text, 2, &parts.tm_mon) || !take(&text, dash) ||
        !take_digits(&text, 2, &parts.tm_mday) || !take(&text, "T"))
        return false;
    if (!take_digits(&text, 2, &parts.tm_hour) || !take(&text, colon) ||
        !take_digits(&text, 2, &parts.tm_min) || !take(&text, colon) || !take_digits(&text, 2, &parts.tm_sec))
        return false;
    parts.tm_year -= 1900;
    parts.tm_mon -= 1;
    if (!take_fraction(&text, &fraction) || !take_offset(&text, &offset) || text.len ||
        !wall_of(parts, &wall))
        return false;
    *wall_ms = wall + fraction - offset;
    return true;
}

static bool take_month(struct str *rest, int *month)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    for (*month = 0; *month < 12; ++*month)
        if (take(rest, months[*month]))
            return true;
    return false;
}

static bool take_weekday(struct str *rest)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    for (size_t i = 0; i < ARRAY_LENGTH(days); i++)
        if (take(rest, days[i]))
            return true;
    return false;
}

bool time_parse_http(struct str text, int64_t *wall_ms)
{
    struct tm parts = {0};
    if (!take_weekday(&text) || !take(&text, ", ") || !take_digits(&text, 2, &parts.tm_mday) ||
        !take(&text, " ") || !take_month(&text, &parts.tm_mon) || !take(&text, " ") ||
        !take_digits(&text, 4, &parts.tm_year) || !take(&text, " "))
        return false;
    if (!take_digits(&text, 2, &parts.tm_hour) || !take(&text, ":") ||
        !take_digits(&text, 2, &parts.tm_min) || !take(&text, ":") || !take_digits(&text, 2, &parts.tm_sec) ||
        !take(&text, " GMT") || text.len)
        return false;
    parts.tm_year -= 1900;
    return wall_of(parts, wall_ms);
}

bool duration_parse(struct str text, int64_t *milliseconds)
{
    static const struct {
        const char *unit;
        int64_t milliseconds;
    } units[] = {{"ms", 1}, {"s", SECOND}, {"m", MINUTE}, {"h", HOUR}, {"d", DAY}};
    for (size_t i = 0; i < ARRAY_LENGTH(units); i++) {
        uint64_t count;
        if (!str_ends(text, units[i].unit))
            continue;
        uint64_t most = (uint64_t)(INT64_MAX / units[i].milliseconds);
        if (!str_to_uint(str_slice(text, 0, text.len - strlen(units[i].unit)), most, &count))
            continue;
        *milliseconds = (int64_t)count * units[i].milliseconds;
        return true;
    }
    return false;
}

static void system_fill(void *self, void *bytes, size_t size)
{
    (void)self;
    for (size_t done = 0; done < size;) {
        ssize_t got = getrandom((char *)bytes + done, size - done, 0);
        if (got > 0)
            done += (size_t)got;
        else if (errno != EINTR)
            abort(); /* no kernel that we run on lacks getrandom(2) */
    }
}

const struct random system_random = {.fill = system_fill};

uint64_t random_below(const struct random *random, uint64_t bound)
{
    uint64_t number, uneven = (UINT64_MAX % bound + 1) % bound; /* 2^64 modulo bound */
    do {
        random->fill(random->self, &number, sizeof number);
    } while (number > UINT64_MAX - uneven);
    return number % bound;
}
