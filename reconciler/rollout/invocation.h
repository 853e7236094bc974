#ifndef PLUMB_RECONCILER_ROLLOUT_INVOCATION_H
#define PLUMB_RECONCILER_ROLLOUT_INVOCATION_H

/* A function invoked, and waited for: synthetic requests and hooks. */

#include "providers/aws/aws.h"

struct invocation {
    struct str function;         /* name or ARN */
    struct str qualifier;        /* version or alias; empty: what the name says */
    const struct value *payload; /* a map or list as JSON, a text as it is */
    int64_t timeout_ms;          /* of the one attempt */
    /* What came. */
    bool failed;        /* by the function's own word */
    struct str message; /* of its failure, safe to show, at most 500 bytes */
    struct str answer;  /* as it is */
    int64_t took_ms;    /* also where there was no answer */
};

/* One attempt, errors as aws_call's: TIMEOUT where the function may have run. */
WARN_UNUSED bool invocation_make(struct aws *, struct arena *, struct invocation *, struct error *);

#endif
