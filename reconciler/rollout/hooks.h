#ifndef PLUMB_RECONCILER_ROLLOUT_HOOKS_H
#define PLUMB_RECONCILER_ROLLOUT_HOOKS_H

/*
 * Hook functions of the `plumb` driver: a function of the user's that says, before or after traffic moves,
 * whether it may.  It is invoked and waited for (Lambda's Invoke, RequestResponse) with
 *
 *     {"DeploymentId": "...", "LifecycleEventHookExecutionId": "...",
 *      "Plumb": {"event": "BeforeAllowTraffic", "environment": "prod", "application": "orders",
 *                "commit": "4f2c1e0...",
 *                "functions": [{"name", "alias", "currentVersion": "6", "targetVersion": "7"}]}}
 *
 * The first two members are CodeDeploy's, but no deployment of CodeDeploy's stands behind them: a hook that
 * serves both drivers answers instead of calling PutLifecycleEventHookExecutionStatus where the event has
 * "Plumb"; one that only knows CodeDeploy gets a deployment of CodeDeploy's by `hooks: {report: codedeploy}`
 * (hook_deployment.c)
 * (https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html).
 *
 * The verdict: failed where the function failed, where its answer is {"status": "Failed"} (or "Status"; with
 * a "reason", that is told), and where no answer comes in time; {"status": "Succeeded"} and every other
 * answer is a success.  What AWS refuses for now (throttling, an outage, a function that wakes up) and an
 * answer that was lost on the way are tried again until the time-out.  Lambda lets a function run for at most
 * 15 minutes; who is silent for longer has failed, whatever the time-out.
 *
 * What cannot be known: when plumb dies, or the connection does, while the hook runs, nobody hears its
 * answer, and the hook is run again.  The execution id is made of deployment, event and function, so that it
 * is the same then, and another in every other deployment: a hook that must not do its work twice remembers
 * it.  Two runs of one id may overlap.  A hook that is still running when its time-out passes is not stopped.
 *
 * Safe from any thread.
 */

#include "providers/aws/aws.h"

enum { HOOK_ANSWER_MS = 15 * 60 * 1000 + 30 * 1000 }; /* Lambda's maximum, and what surrounds it */

struct hook_function {
    struct str name, alias, current_version, target_version;
};

struct hook {
    struct str function; /* name or ARN */
    struct str event;    /* "BeforeAllowTraffic", "AfterAllowTraffic" */
    struct str
        deployment_id; /* of this rollout and no other; kept in the ledger, so that it outlives plumb */
    struct str environment, application, commit;
    const struct hook_function *functions;
    size_t function_count;
    int64_t timeout_ms; /* hook_timeout_ms, less what an earlier plumb has waited already */
};

struct hook_outcome {
    bool passed;
    struct str why; /* "hook OrderPreTraffic failed: table is gone"; in the arena, safe to show */
};

/* 32 hex digits. */
struct str hook_execution_id(struct arena *, const struct hook *);

/* Runs the hook to its verdict.  False where there is none: it does not exist (NOT_FOUND), plumb may not
 * invoke it (DENIED), the request is wrong (INVALID), CANCELLED. */
WARN_UNUSED bool hook_run(struct aws *, struct arena *, const struct hook *, struct hook_outcome *,
                          struct error *);

#endif
