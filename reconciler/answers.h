#ifndef PLUMB_RECONCILER_ANSWERS_H
#define PLUMB_RECONCILER_ANSWERS_H

/*
 * Answers to what a template asks of the account and of other applications (environments/desired.h, struct
 * outside).
 *
 * Dynamic references.  The ledger remembers of each that was applied which version of the parameter or secret
 * it gave then, and nothing of its value.  A plan reads just that version, in memory, to compare it with what
 * is live: so a secret that was rotated is no change, as in CloudFormation, and a live value that somebody
 * changed by hand is drift.  A version that is gone leaves the value not comparable.  Of a resource that an
 * unfinished release was at, the newest is read, as that release did.  A plain SSM parameter
 * without a version always gives its newest value, so that a new one is a change.  An apply reads the newest
 * of everything.
 *
 * Any thread may ask; what a plan was told is kept until the answers are freed, and then wiped.
 */

#include "environments/desired.h"
#include "providers/aws/aws.h"

struct answers;

/* `connect` gives the account's handle; it is called when something is asked for first. */
struct answers_options {
    void *self;
    bool (*connect)(void *self, struct aws **, struct error *);
    /* Need the account not be bootstrapped for the CDK?  Then one that is not has bootstrap version 0:
     * templates ask for a version because of the CDK's own roles, which plumb does not use. */
    const bool *bootstrap_optional;
};

struct answers *answers_new(const struct answers_options *);
void answers_free(struct answers *); /* NULL is fine */

/*
 * Exports and outputs of other applications are in ledgers, which only their thread may read: it gives what
 * it found beforehand.  Exactly one member is set.
 */
struct given {
    const struct value *value;
    struct str waits_for; /* "beta/network": it declares that, and has not released it yet */
    struct str refused;   /* why there is no such thing */
};
void answers_give(struct answers *, const struct outside_value *, const struct given *);

/* One resource, or the outputs, asking. */
struct question {
    struct answers *answers;
    const struct value *pinned; /* reference -> version as applied last, or NULL */
    struct value *versions;     /* reference -> version that it gave now; a map in the asker's arena */
    const struct desired
        *makes;           /* the template, whose own parameters and secrets may not be there yet; or NULL */
    bool late;            /* at apply: the newest of everything, read afresh */
    bool applied;         /* for drift: plain parameters too as they were applied last */
    bool keep;            /* dynamic references stay as they are */
    struct str waits_for; /* result: the application that has to be released first, or empty */
};

struct outside question_outside(struct question *);

#endif
