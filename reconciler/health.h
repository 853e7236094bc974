#ifndef PLUMB_RECONCILER_HEALTH_H
#define PLUMB_RECONCILER_HEALTH_H

/*
 * How an application is after its release, as its own instance sees it: health.json in the ledger, beside
 * release.json.  It is what the next stage's account knows of this one's alarms and drift.
 *
 * It is written when something changes: another release, well or not well; and once more when the longest
 * soak that anybody waits for is over, so that "it was well all the time" has a look at its end, and an
 * instance that died meanwhile proves nothing.
 */

#include "reconciler/drift.h"

struct health {
    struct commit_id commit; /* the release that was looked at; "": nobody has looked so far */
    bool drift, alarms;      /* something differs; an alarm is red or has no state */
    struct str reason;       /* a sentence where one of them is true */
    int64_t since_ms;        /* since when it is so; of a release that was well from its start: its end */
    int64_t looked_ms;       /* the last look that was recorded */
};

bool health_is_good(const struct health *);

/* Of the ledger as it was last refreshed. */
WARN_UNUSED bool health_load(struct ledger *, struct arena *, struct str region, struct str environment,
                             struct str application, struct health *, struct error *);

/* What a look shows: the drift that was found, and the alarms that the last rollout was judged by, which are
 * read here.  The subject must be recalled and connected.  The texts live in the subject's arena. */
WARN_UNUSED bool health_look(struct subject *, const struct drift_report *, struct health *, struct error *);

/* What would be written after a look: false where there is nothing to write.  `soak_ms` is the longest that
 * anybody waits for. */
bool health_next(const struct health *before, const struct health *seen, const struct release *,
                 int64_t now_ms, int64_t soak_ms, struct health *next);

/* Records what was seen, where it is worth it.  Losing to another writer of the ledger is no error: the next
 * look tries again. */
WARN_UNUSED bool health_record(struct subject *, const struct health *seen, int64_t soak_ms, struct error *);

#endif
