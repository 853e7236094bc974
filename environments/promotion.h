#ifndef PLUMB_ENVIRONMENTS_PROMOTION_H
#define PLUMB_ENVIRONMENTS_PROMOTION_H

/*
 * When a release may go on to the next environment: `promotion:` of an application, and what stops a whole
 * environment for a time (`freeze:`) or until it is taken out again (`stopTheLine:`).
 *
 *     promotion:                                        freeze:
 *       from: gamma                                       - {from: 2026-12-20, until: 2027-01-04, reason:
 * ...} soak: 30m                                       stopTheLine: {reason: ..., since: 2026-11-27}
 *       approvals: 1
 *       auto: true
 *       checks: [build, security/scan]
 *       windows: [{days: [mon-thu, fri], from: "09:00", to: "16:00", zone: "+01:00"}]
 *
 * Zones are offsets from UTC, not names: what a name means changes twice a year and with the machine's files,
 * and a commit must mean the same everywhere.
 */

#include "base/value.h"

enum {
    PROMOTION_APPROVALS_MAX = 100,
    PROMOTION_WINDOWS_MAX = 50,
    PROMOTION_CHECKS_MAX = 50,
    FREEZES_MAX = 100
};

/* Some hours of some days of the week. */
struct promotion_window {
    unsigned days;      /* bit 0: Monday, ... bit 6: Sunday */
    int64_t from, to;   /* minutes of the day, from < to <= 1440 */
    int64_t offset_min; /* minutes east of UTC */
    struct str words;   /* "mon-thu, fri 09:00-16:00 +01:00" */
};

/* `promotion:` of an application. */
struct promotion {
    bool present;
    struct str from; /* the environment that must be healthy first */
    int64_t soak_ms;
    int64_t approvals;
    bool automatic;     /* plumb merges it itself */
    struct str *checks; /* contexts of commit statuses that the revision must have */
    size_t check_count;
    struct promotion_window *windows; /* none: at any time */
    size_t window_count;
};

/* Nothing is released in this time but what goes back and what heals. */
struct freeze {
    int64_t from_ms,
        until_ms;           /* wall times; from_ms 0: since ever; until_ms INT64_MAX: until it is taken out */
    struct str from, until; /* as written, or empty */
    struct str reason;      /* never empty */
};

/* The readers of the sections; NULL gives none. */
WARN_UNUSED bool promotion_read(struct arena *, const struct value *, struct promotion *, struct error *);
WARN_UNUSED bool freezes_read(struct arena *, const struct value *freeze, const struct value *stop_the_line,
                              struct freeze **, size_t *count, struct error *);

/* Is `now_ms` in one of the windows, or are there none?  `why` is a sentence where not. */
bool promotion_window_open(const struct promotion *, struct arena *, int64_t now_ms, struct str *why);

/* Is one of them in force?  `why` is a sentence with its reason and its end. */
bool freeze_in_force(const struct freeze *, size_t count, struct arena *, int64_t now_ms, struct str *why);

#endif
