#ifndef PLUMB_ENVIRONMENTS_DEPLOYMENT_H
#define PLUMB_ENVIRONMENTS_DEPLOYMENT_H

/*
 * `deployment:` of an application file: how traffic moves from the old version to the new, by what it is
 * judged, and who is told.  It overrides the template's DeploymentPreference.  docs/deployment.md is the
 * manual for users.
 *
 * Everything lives in the caller's arena.
 */

#include "base/value.h"

/* Who moves the alias.  TEMPLATE: left out; the template's UpdatePolicy chooses CodeDeploy, else plumb. */
enum deployment_driver { DEPLOYMENT_BY_TEMPLATE, DEPLOYMENT_BY_PLUMB, DEPLOYMENT_BY_CODEDEPLOY };

/* One step of `steps:`; after the last the new version gets everything. */
struct deployment_step {
    int64_t weight;     /* percent of the traffic for the new version: 1 to 100, growing from step to step */
    int64_t for_ms;     /* at least so long; 0: until there is evidence */
    bool approval;      /* `hold: approval`: then until somebody says `plumb rollout promote` */
    struct str *checks; /* `check:` names of `checks:` that decide here; none: all */
    size_t check_count;
};

enum { DEPLOYMENT_STEPS_MAX = 100, DEPLOYMENT_CHECKS_MAX = 50, DEPLOYMENT_SYNTHETIC_MAX = 20 };
enum { DEPLOYMENT_NOTIFY_MAX = 20, DEPLOYMENT_ALARMS_MAX = 100 };
enum {
    CODEDEPLOY_ALARMS_MAX = 10,
    CODEDEPLOY_MINUTES_MAX = 48 * 60, /* from the first shift of traffic to the last */
    /* https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html */
};

/* The members of lists of maps are checked; what is left out is filled in, so that readers need no defaults.
 */
struct deployment {
    bool present;
    const struct value *node; /* for messages */
    enum deployment_driver driver;
    struct str type; /* "Canary10Percent5Minutes", "AllAtOnce", a custom configuration's name; empty: `steps`,
                        or the template's */
    struct deployment_step *steps; /* NULL: `type` says */
    size_t step_count;
    struct str *alarms; /* logical ids or names, each once */
    size_t alarm_count;
    struct str before_allow_traffic, after_allow_traffic; /* hook functions: logical ids or names, or empty */
    bool hooks_by_codedeploy; /* `report: codedeploy`: they say their verdict to CodeDeploy, whoever moves the
                                 traffic */
    int64_t hook_timeout_ms;  /* 1 s to an hour; an hour, as CodeDeploy's, where left out */
    int64_t minimum_invocations; /* of the new version in each step, 10 where left out; 0: time alone is
                                    evidence */
    int64_t hold_limit_ms; /* how long to hold without evidence or approval, then roll back; an hour where
                              left out, at least a minute */
    bool fix_forward;      /* go on although an alarm is red already */
    int64_t keep_versions; /* how many old versions of a function stay, from 1; -1, and left out: all */
    /* New version against old: {"errors": bool, "throttles": bool, "duration": "p90" or "", "risk": "1"} with
     * the risk in percent (a text, more than 0 and at most 50, with up to 6 digits behind the point) of
     * rolling an equal version back; never NULL. */
    const struct value *compare;
    /* List of {"name", "namespace", "metric", "statistic", "dimensions": map of texts, "period": seconds,
     * "max", "min"} or {"name", "expression", "period", "max", "min"}; of max and min at least one, numbers,
     * the other is absent; placeholders are as written; never NULL. */
    const struct value *checks;
    /* List of {"name", "function": logical id or name, "payload": {} where left out} or {"name", "url",
     * "method", "headers": map of texts, "body": absent where left out}, each with "perMinute" and "expect":
     * {"status", "body", "latency": ms} (what was left out is absent there); placeholders are as written;
     * never NULL. */
    const struct value *synthetic;
    /* List of maps with one of "sns", "eventBus", "slack", "webhook", and "secret" (a dynamic reference; may
     * be absent) beside webhook, "on": list of "start", "step", "hold", "success", "rollback", all of them
     * where left out.  slack is a dynamic reference, webhook that or an https URL; never NULL. */
    const struct value *notify;
};

/* Reads the node (NULL: nothing is said, the defaults stand).  Refusals name key, position and nearest key.
 */
WARN_UNUSED bool deployment_read(struct arena *, const struct value *node, struct deployment *,
                                 struct error *);

/*
 * The nine types that SAM knows, AllAtOnce among them, as steps
 * (https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html); also in
 * CodeDeploy's own spelling, "CodeDeployDefault.LambdaCanary10Percent5Minutes".  False where the name is none
 * of them.  AllAtOnce has no steps: *steps is NULL then.
 */
bool deployment_type_steps(struct arena *, struct str type, struct deployment_step **steps, size_t *count);

/* The same from a configuration's numbers: canary: `percent` for `minutes`; linear: `percent` more every
 * `minutes`.  A percentage outside 1 to 99 has no steps. */
void deployment_steps_of(struct arena *, bool linear, int64_t percent, int64_t minutes,
                         struct deployment_step **steps, size_t *count);

/* What CodeDeploy knows in the place of steps. */
struct deployment_shape {
    bool linear;
    int64_t percent, minutes;
};

/* Can CodeDeploy do what is asked for?  Refused with what to do: more alarms, a hook's timeout, holds, checks
 * of a step and steps of another form than canary and linear.  The shape is that of `steps:`, where there
 * are some (step_count). */
WARN_UNUSED bool deployment_fits_codedeploy(const struct deployment *, struct deployment_shape *,
                                            struct error *);

/* Is the group that an alias's UpdatePolicy names one that plumb adds (codedeploy.h)?  Without `driver:
 * codedeploy` it is there for hooks alone, and is no word of the template's about who moves the traffic. */
bool deployment_group_is_added(const struct value *update_policy, struct str alias_id);

/* The name of the type that is this shape, or NULL. */
const char *deployment_type_of(struct deployment_shape);
/* Is the type one of the nine, in SAM's spelling? */
bool deployment_type_known(struct str type);

#endif
