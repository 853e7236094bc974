#ifndef PLUMB_SIMULATOR_LIMITS_H
#define PLUMB_SIMULATOR_LIMITS_H

/* AWS's rate limits as token buckets for each account and region, and the times that things take. */

#include "base/value.h"

struct call;

struct bucket {
    struct bucket *next;
    const void *row;
    char account[13], region[24];
    int64_t millitokens, filled; /* as of time `filled`, in ms */
};

struct limits {
    bool enabled;
    struct bucket *buckets;
};

void limits_release(struct limits *);
/* Takes what the call costs; false: throttled. */
WARN_UNUSED bool limits_take(struct limits *, const struct call *);

/* Asynchronous states: overrides of the defaults, in ms; -1 is the default. */
enum { DELAYS_MAX = 64 };
struct delays {
    int64_t ms[DELAYS_MAX];
};

void delays_reset(struct delays *);
int64_t delays_get(const struct delays *, const char *name);
WARN_UNUSED bool delays_set(struct delays *, const struct value *map, struct error *);
struct value *delays_value(struct arena *, const struct delays *);

#endif
