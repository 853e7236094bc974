#ifndef PLUMB_TESTS_RACE_H
#define PLUMB_TESTS_RACE_H

#include "repositories.h"

/* Eight writers append to one ledger, each `appends` events, and look again when they lose.  Two share a
 * cache at a time.  Then the ledger at `bare` must be one line that has every event. */
void race(struct place *, const char *bare, const char *url, const struct http *, int appends);

#endif
