#ifndef PLUMB_RECONCILER_ROLLOUT_TRAFFIC_H
#define PLUMB_RECONCILER_ROLLOUT_TRAFFIC_H

/*
 * The traffic of one alias: where it goes, and moving it.  A function's alias has a version of its own and at
 * most one other with a weight; while plumb shifts it keeps the old version as its own, and the new one has
 * the weight, as CodeDeploy does it
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html).  A stage of a REST API has a
 * deployment of its own and at most one canary with a share; while plumb shifts the new deployment is the
 * canary's, and when all traffic goes to either the canary is gone
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/canary-release.html).
 *
 * What somebody else has set is never overwritten: a write carries the revision of what plumb wrote or read
 * last, and where that is not the alias's any more it is read again before anything is done.  State machines'
 * aliases and stages have no revisions: they are read right before each write.
 */

#include "providers/aws/aws.h"
#include "reconciler/rollout/rollout.h"

/* Percent of the new version when it is none that a rollout could have set. */
enum { TRAFFIC_FOREIGN = -1 };

struct traffic {
    int64_t weight; /* percent that the new version has; TRAFFIC_FOREIGN: other versions, a broken percent */
    struct str words; /* "version 3", "version 3 with 10 % on version 4": for messages */
    struct str revision;
    struct str own; /* the version that has what the other one has not */
    bool canary;    /* of a stage: there is one */
};

/* The call that tells where it goes: GetAlias of a function and its alias; without an alias `name` is a
 * target's physical_id, and it is DescribeStateMachineAlias or GetStage. */
const struct aws_operation *traffic_asks(struct arena *, struct str name, struct str alias,
                                         struct value **input);

/* The physical_id of a stage as a target. */
struct str traffic_of_stage(struct arena *, struct str api, struct str stage);

/* From such a call's answer. */
struct traffic traffic_of(struct arena *, const struct rollout_target *, const struct value *answer);

/* "OrderService:live was moved by somebody else: its traffic goes to version 3" */
struct str traffic_moved_away(struct arena *, const struct rollout_target *, const struct traffic *);

WARN_UNUSED bool traffic_read(struct aws *, struct arena *, const struct rollout_target *, struct traffic *,
                              struct error *);

/* A write takes no longer than this, retries included: less than the claim's margin (claim.h), so that none
 * is sent when the lease that was looked at just before is over. */
enum { TRAFFIC_WRITE_MS = 8 * 1000 };

struct traffic_move {
    struct aws *aws;
    struct arena *arena;
    const struct rollout *rollout;
    int64_t least, most, to;
    void *self;
    bool (*may_write)(void *self, struct error *); /* asked right before each write */
};

/*
 * Gives the new version `to` percent.  One call where the alias is as plumb left it; else it is read first.
 * ERROR_CONFLICT with the name TRAFFIC_MOVED_BY_OTHERS: its traffic is neither `to` nor a weight of the
 * rollout from `least` to `most`; nothing was written, and the message says where it goes.  ERROR_NOT_FOUND:
 * alias or version are gone.  A lost answer is read back.  Errors of may_write are handed on.
 */
#define TRAFFIC_MOVED_BY_OTHERS "TrafficMovedByOthers"
WARN_UNUSED bool traffic_move(const struct traffic_move *, struct rollout_target *, struct error *);

#endif
