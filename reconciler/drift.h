#ifndef PLUMB_RECONCILER_DRIFT_H
#define PLUMB_RECONCILER_DRIFT_H

/*
 * Drift: live differs from what was applied last.  Found by reading every resource of the inventory; Git's
 * newest commit plays no part, only the environment's ignore rules do.
 */

#include "reconciler/session.h"

enum drift_kind {
    DRIFT_MISSING,        /* it is gone */
    DRIFT_CHANGED,        /* declared properties differ */
    DRIFT_CODE,           /* its code is not the code that was released */
    DRIFT_EXTRA,          /* something hangs on it that nobody declared */
    DRIFT_FOREIGN,        /* its ownership tags name somebody else */
    DRIFT_NOT_COMPARABLE, /* it could not be read; the reason is given */
};

const char *drift_kind_name(enum drift_kind);

struct drift_difference {
    struct str path;
    const struct value *declared, *live; /* NULL: absent */
};

struct drift_finding {
    struct str logical_id, type, physical_id;
    enum drift_kind kind;
    struct drift_difference *differences;
    size_t difference_count;
    struct str reason; /* of DRIFT_NOT_COMPARABLE and DRIFT_FOREIGN */
};

struct drift_report {
    struct drift_finding *findings; /* in the inventory's order */
    size_t count;
    size_t checked;        /* resources */
    size_t not_comparable; /* declared values that cannot be read back */
    size_t ignored;        /* differences that a rule of the environment expects */
};

/* The subject must be recalled; it is connected here.  Results live in the subject's arena. */
WARN_UNUSED bool drift_find(struct subject *, struct drift_report *, struct error *);

#endif
