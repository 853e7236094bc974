#ifndef PLUMB_RECONCILER_ADOPTION_H
#define PLUMB_RECONCILER_ADOPTION_H

/*
 * Taking over what exists: resources that were made by hand, by a script, or by a CloudFormation stack that
 * was deleted and had to keep them.  A plan that is made with an adoption looks for every resource that the
 * ledger does not know, by the id that it is given or by its name, and says what the next apply would change
 * in it.  adoption_carry_out then writes ownership tags and the ledger, nothing else.
 *
 * What a stack that still stands, or another environment, calls its own is never taken.
 */

#include "reconciler/apply.h"

struct adoption {
    const struct value *ids; /* logical id -> physical id, of those that no name tells */
    struct str stack;        /* the name of the stack that they come from; empty: none */
    bool stack_stands;       /* it exists still */
};

/* The stack's resources as ids, and what became of it.  A deleted stack is known by its id alone, for 90 days
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html). */
WARN_UNUSED bool adoption_of_stack(struct aws *, struct arena *, struct str name_or_id, struct adoption *,
                                   struct error *);

/* Of plan_make: finds what a resource without a record shall be, and whether it may be taken. */
WARN_UNUSED bool adoption_look(struct plan *, struct change *, struct error *);

struct adoption_result {
    size_t adopted;
};

/* Takes what the plan says is to be adopted.  False where one may not be taken (nothing is written then) or a
 * tag cannot be written; what was tagged until then is found again by the next try. */
WARN_UNUSED bool adoption_carry_out(struct plan *, const struct apply_options *, struct adoption_result *,
                                    struct error *);

#endif
