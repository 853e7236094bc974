#ifndef PLUMB_SIMULATOR_FAULTS_H
#define PLUMB_SIMULATOR_FAULTS_H

/* Faults on order: rules that hit the nth call that they match.  README.md lists the kinds. */

#include "base/value.h"

struct call;

enum { FAULTS_MAX = 256 };

enum fault_kind {
    FAULT_NONE,
    FAULT_THROTTLE,
    FAULT_500,
    FAULT_503,
    FAULT_ERROR,
    FAULT_DROP_BEFORE,
    FAULT_DROP_AFTER,
    FAULT_DELAY,
    FAULT_STALE,
    FAULT_HTML,
    FAULT_TRUNCATE,
};

struct fault {
    enum fault_kind kind;
    char service[32], operation[64], account[13]; /* "" is any */
    bool of_effect;                               /* only calls that are (not) mutating */
    bool mutating;
    uint64_t nth, times; /* times 0: for ever */
    int64_t ms;
    int status;
    char code[64];
    uint64_t matched, fired;
};

struct faults {
    struct fault rules[FAULTS_MAX];
    size_t count;
};

/* Adds the rule, or the list of rules. */
WARN_UNUSED bool faults_add(struct faults *, const struct value *, struct error *);
/* The rule that hits this call, or NULL; counts the call in every rule that it matches. */
const struct fault *faults_next(struct faults *, const struct call *);
/* Is there a rule of this kind? */
bool faults_hold(const struct faults *, enum fault_kind);
struct value *faults_value(struct arena *, const struct faults *);
const char *fault_kind_name(enum fault_kind);

#endif
