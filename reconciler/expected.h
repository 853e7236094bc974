#ifndef PLUMB_RECONCILER_EXPECTED_H
#define PLUMB_RECONCILER_EXPECTED_H

/*
 * Drift that an environment's ignore rules expect, each with a reason and perhaps an expiry: it is counted,
 * not reported, and by itself never a reason to write.
 */

#include "environments/environment.h"

bool drift_is_expected(const struct environment *, int64_t now_ms, struct str logical_id, struct str path);

#endif
