#ifndef PLUMB_BASE_CLOCK_H
#define PLUMB_BASE_CLOCK_H

/*
 * Time and chance, injected so that a test or the simulator decides both.  Both structs are shared between
 * threads and must be made so that this is safe.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct clock {
    void *self;
    int64_t (*wall_ms)(void *self);                     /* since 1970-01-01T00:00:00Z */
    int64_t (*monotonic_ms)(void *self);                /* never goes back; for deadlines */
    void (*sleep_ms)(void *self, int64_t milliseconds); /* the whole time: a signal does not end it */
};

extern const struct clock system_clock;

int64_t clock_wall(const struct clock *);
int64_t clock_monotonic(const struct clock *);
void clock_sleep(const struct clock *, int64_t milliseconds);
/* How long to wait after a failure: 1 s, twice as long for each one in a row before it, at most `most_ms`. */
int64_t back_off_ms(int64_t before, int64_t most_ms);

/* "2026-11-22T20:18:37Z" of a wall time; years 1970 to 9999. */
struct str time_iso8601(struct arena *, int64_t wall_ms);
/* "20261122T201837Z", as SigV4 wants it. */
struct str time_basic(struct arena *, int64_t wall_ms);
/* Reads both forms above, with an optional fraction, and with "Z" or an offset ("+01:00", "+0100"). */
WARN_UNUSED bool time_parse(struct str, int64_t *wall_ms);
/* Reads "Sun, 22 Nov 2026 20:18:37 GMT" (RFC 9110). */
WARN_UNUSED bool time_parse_http(struct str, int64_t *wall_ms);
/* Reads "90s", "10m", "2h", "1d", "250ms": a whole number with its unit. */
WARN_UNUSED bool duration_parse(struct str, int64_t *milliseconds);

struct random {
    void *self;
    void (*fill)(void *self, void *bytes, size_t size);
};

extern const struct random system_random; /* getrandom(2) */

/* A number from 0 to bound - 1; bound > 0. */
uint64_t random_below(const struct random *, uint64_t bound);

#endif
