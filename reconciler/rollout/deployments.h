#ifndef PLUMB_RECONCILER_ROLLOUT_DEPLOYMENTS_H
#define PLUMB_RECONCILER_ROLLOUT_DEPLOYMENTS_H

/*
 * Deployments of CodeDeploy's to one alias: begun, found again, stopped.  Inside of the engine; what is given
 * lives in its tick.  A group carries out one at a time.
 * A deployment is known again by its description, for CreateDeployment has no token: whoever may have begun
 * one before looks for it first.
 */

#include "reconciler/rollout/engine_private.h"

struct deployment_order {
    struct str application, group;
    struct str configuration; /* empty: the group's */
    struct str description;
    struct str function, alias, current_version, target_version;
    struct str before_hook, after_hook; /* functions, or empty */
    const struct value *alarms;         /* an AlarmConfiguration in the place of the group's; or NULL */
    bool alone; /* whatever alarms and automatic rollbacks the group has: they have no say in this one */
};

/* Of a deploymentInfo: it has not ended. */
bool deployment_is_running(const struct value *info);

/* The order's deployment among the newest 25 of its group since `since_ms` (wall); *info is NULL where there
 * is none.  ERROR_CONFLICT, named DeploymentLimitExceededException: there is none, and one of somebody else's
 * is running. */
WARN_UNUSED bool deployment_find(struct rollout_run *, const struct deployment_order *, int64_t since_ms,
                                 const struct value **info, struct error *);

/* deploymentInfo by the id; NULL where there is none. */
WARN_UNUSED bool deployment_look(struct rollout_run *, struct str id, const struct value **info,
                                 struct error *);

WARN_UNUSED bool deployment_begin(struct rollout_run *, const struct deployment_order *, struct str *id,
                                  struct error *);

/* Fine, too, where it has ended already.  `back`: then it puts the alias back itself. */
WARN_UNUSED bool deployment_stop(struct rollout_run *, struct str id, bool back, struct error *);

/* The lifecycle events of its target, a list; may be NULL. */
WARN_UNUSED bool deployment_events(struct rollout_run *, struct str id, struct str function,
                                   const struct value **events, struct error *);
/* Wall ms of a timestamp of CodeDeploy's: seconds with a fraction. */
int64_t deployment_time(struct rollout_run *, const struct value *, int64_t otherwise);

/* Why it failed: in the words of the lifecycle event where one has any, else the deployment's own; may be
 * empty. */
struct str deployment_trouble(struct rollout_run *, const struct value *info, struct str function);

#endif
