#ifndef PLUMB_RECONCILER_DIFF_H
#define PLUMB_RECONCILER_DIFF_H

/*
 * The comparison of one resource's properties: desired (Git), last applied (ledger), live (account).
 *
 * Only what is declared is compared: a property that neither desired nor last applied sets is AWS's or
 * somebody else's business.  A property that last applied set and desired leaves out is a removal, if live
 * still has it.  Maps whose keys are the user's own (environment variables) are compared whole.  What cannot
 * be read back is compared with last applied, and counted as not comparable where that is not known either.
 *
 * All three sides are first brought to the type's normal form, on copies in the arena.
 */

#include "base/value.h"
#include "providers/resource_type.h"

struct difference {
    struct str path;            /* "Environment.Variables.LOG_LEVEL", "KeySchema[0].AttributeName" */
    const struct value *before; /* live (or last applied where live cannot be read); NULL: absent */
    const struct value *after;  /* desired; NULL: absent */
    const struct value *extra;  /* what hangs on it, is declared by nobody, and goes; else NULL */
    bool recreates;             /* the property cannot be changed in place */
    bool drift;                 /* desired is as applied last: live moved away */
};

struct differences {
    struct difference *items;
    size_t count, capacity;
    size_t not_comparable; /* declared values that cannot be read back and were not compared */
};

/* `last` may be NULL. */
void diff_properties(struct arena *, const struct resource_type *, const struct value *desired,
                     const struct value *live, const struct value *last, struct differences *);

/* Is it declared as it was applied last?  What came by a reference is compared as that, a secret by its mark.
 */
bool diff_is_as_applied(struct arena *, const struct value *desired, const struct value *last);

/* value_equal, but "1" is 1 and "true" is true, as CloudFormation takes them. */
bool values_equal(const struct value *, const struct value *);

/* A secret that the ledger does not hold, or a text with one in it: it must never be written. */
bool diff_is_lost_secret(const struct value *);

bool differences_recreate(const struct differences *);

#endif
