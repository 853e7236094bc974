#ifndef PLUMB_SIMULATOR_LAMBDA_BEHAVIOUR_H
#define PLUMB_SIMULATOR_LAMBDA_BEHAVIOUR_H

/*
 * How the versions of functions fare, by their environment variables: SIMULATOR_ERROR_RATE ("0.03"),
 * SIMULATOR_THROTTLE_RATE, SIMULATOR_LATENCY (ms: "120", or "100-300": any whole number of them), and
 * SIMULATOR_ERROR, with which everything fails; and the metrics that Lambda sends about it.  A reserved
 * concurrency of 0 throttles everything.
 *
 * Metrics of AWS/Lambda: Invocations, Errors, Throttles (Count) and Duration (Milliseconds), by no dimension,
 * FunctionName, FunctionName and Resource ("name:qualifier"), and for aliases these two and ExecutedVersion.
 * Source: "Working with Lambda function metrics".  A throttled request counts as Throttles alone.  Assumed:
 * Errors and Throttles are 0 for each request that is not one, "binary indicators of the outcome";
 * ExecutedVersion comes with every alias, weighted or not; Resource is the bare name where a request has no
 * qualifier; what is not told takes 1 ms.
 */

#include "base/value.h"
#include "tests/simulator/distribution.h"
#include "tests/simulator/simulator.h"

struct simulator;

struct lambda_origin {
    struct str account, region, function, qualifier;
    int64_t now, time; /* of the requests: within one minute */
};

struct lambda_outcome {
    uint64_t throttled, failed, succeeded;
    struct distribution durations; /* ms; of those that were not throttled */
};

/* What `count` requests to this version come to, and reports it. */
void lambda_behave(struct simulator *, const struct lambda_origin *, const struct value *function,
                   const struct value *record, struct str version, uint64_t *chance, uint64_t count,
                   struct lambda_outcome *);
void lambda_outcome_release(struct lambda_outcome *);
/* Traffic on an alias, which its weights split; nothing where there is no such function or qualifier. */
void lambda_traffic(struct simulator *, const struct lambda_origin *, uint64_t *chance, uint64_t count);
/* The share of an alias' additional version and that version; false where it has none. */
WARN_UNUSED bool lambda_weight(const struct value *function, struct str qualifier, struct str *version,
                               double *share);

/*
 * A request by HTTP to a function, as a proxy integration passes it on: false where the path is not below
 * /_simulator/http/.  "/_simulator/http/ACCOUNT/REGION/function/NAME[:QUALIFIER]/PATH".
 */
bool lambda_http(struct simulator *, struct arena *, const struct sim_request *, struct sim_answer *);

#endif
