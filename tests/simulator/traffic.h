#ifndef PLUMB_SIMULATOR_TRAFFIC_H
#define PLUMB_SIMULATOR_TRAFFIC_H

/*
 * Traffic on functions: so many requests a minute to an alias, evenly spread.  Nothing runs; what the
 * requests come to is drawn when somebody could see it, by the alias and its versions as they are then.  That
 * is why it is brought up to date before every request to the simulator and before everything that happens by
 * itself.
 *
 * Each source has its own chance, from the seed and its name: the same requests at the same times give the
 * same outcomes.
 */

#include <stdint.h>

#include "base/str.h"

struct simulator;

enum { TRAFFIC_PER_MINUTE_MAX = 100000 };

struct traffic_source {
    struct traffic_source *next;
    char *account, *region, *function, *alias; /* alias: or "" */
    int64_t per_minute;                        /* 0: none for now */
    int64_t since, given;                      /* when that began, and how many were given since */
    int64_t at;                                /* up to date until here, ms since 1970 */
    uint64_t chance;
};

struct traffic {
    struct traffic_source *first;
};

void traffic_release(struct traffic *);
/* From now on; 0 stops it. */
void traffic_set(struct simulator *, const struct traffic_source *wanted);
void traffic_advance(struct simulator *, int64_t now);
/* Does any flow there? */
bool traffic_flows(const struct traffic *, struct str account, struct str region);

#endif
