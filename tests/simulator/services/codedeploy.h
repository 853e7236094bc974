#ifndef PLUMB_SIMULATOR_CODEDEPLOY_H
#define PLUMB_SIMULATOR_CODEDEPLOY_H

/*
 * What the files of CodeDeploy share.
 *
 * State: "applications": name -> {"id", "computePlatform", "groups": name -> what CreateDeploymentGroup said
 * with {"id", "tags", "attempted", "succeeded": ids of deployments} beside it, "tags", "created"}; "configs":
 * name -> what CreateDeploymentConfig said; "deployments": id -> deployment; "active": id -> when it goes on,
 * of those that have not ended; "due": the least of these, so that nothing is walked to answer `due`.
 *
 * A deployment is {"id", "sequence", "application", "group", "config", "routing": the trafficRoutingConfig,
 * "type", "content", "sha256": of the revision, "function", "alias", "current", "target", "before", "after":
 * hook functions, "description", "creator", "automatic": an autoRollbackConfiguration, "alarms", "override":
 * alarm configurations, "previous": a revision, "rollback": rollbackInfo, "status", "error", "created",
 * "started", "completed", "updated", "phase", "until": when the phase goes on, "percent": of the target,
 * "events": name -> {"status", "started", "ended", "execution", "message"}, "reports": [{"at", "execution",
 * "status"}]}.  Times are ms.
 *
 * Sources, named in the comments:
 *   [guide]  AWS CodeDeploy User Guide, https://docs.aws.amazon.com/codedeploy/latest/userguide/PAGE.html
 *   [api]    CodeDeploy API Reference, as botocore's model carries it
 *   [seen]   answers of AWS that people published: the texts of errors, the three lifecycle events, how they
 *            end, the weight as a fraction, rollbackInfo
 *            (https://github.com/aws/serverless-application-model/issues/291: the alias is not at
 * CurrentVersion; https://github.com/terraform-aws-modules/terraform-aws-lambda/issues/82 and pull/85: the
 * same version twice; https://github.com/CircleCI-Public/aws-ecs-orb/issues/181: the group is busy; the rest
 * from notes on canary deployments that show get-deployment and get-deployment-target) "Assumed" is what none
 * of them says.
 */

#include "tests/simulator/service.h"

#define CODEDEPLOY_NO_APPLICATION "ApplicationDoesNotExistException"
#define CODEDEPLOY_NO_GROUP "DeploymentGroupDoesNotExistException"
#define CODEDEPLOY_NO_CONFIG "DeploymentConfigDoesNotExistException"

#define CODEDEPLOY_BEFORE "BeforeAllowTraffic"
#define CODEDEPLOY_TRAFFIC "AllowTraffic"
#define CODEDEPLOY_AFTER "AfterAllowTraffic"

#define CODEDEPLOY_OPERATIONS(X)                                                                             \
    X(BatchGetDeployments, SIM_READ)                                                                         \
    X(BatchGetDeploymentTargets, SIM_READ)                                                                   \
    X(CreateApplication, SIM_WRITE)                                                                          \
    X(CreateDeployment, SIM_WRITE)                                                                           \
    X(CreateDeploymentConfig, SIM_WRITE)                                                                     \
    X(CreateDeploymentGroup, SIM_WRITE)                                                                      \
    X(DeleteApplication, SIM_WRITE)                                                                          \
    X(DeleteDeploymentConfig, SIM_WRITE)                                                                     \
    X(DeleteDeploymentGroup, SIM_WRITE)                                                                      \
    X(GetApplication, SIM_READ)                                                                              \
    X(GetDeployment, SIM_READ)                                                                               \
    X(GetDeploymentConfig, SIM_READ)                                                                         \
    X(GetDeploymentGroup, SIM_READ)                                                                          \
    X(GetDeploymentTarget, SIM_READ)                                                                         \
    X(ListDeploymentConfigs, SIM_READ)                                                                       \
    X(ListDeployments, SIM_READ)                                                                             \
    X(ListDeploymentTargets, SIM_READ)                                                                       \
    X(ListTagsForResource, SIM_READ)                                                                         \
    X(PutLifecycleEventHookExecutionStatus, SIM_WRITE)                                                       \
    X(StopDeployment, SIM_WRITE)                                                                             \
    X(TagResource, SIM_WRITE)                                                                                \
    X(UntagResource, SIM_WRITE)                                                                              \
    X(UpdateDeploymentGroup, SIM_WRITE)

#define CODEDEPLOY_DECLARE(name, effect) bool codedeploy_##name(struct call *);
CODEDEPLOY_OPERATIONS(CODEDEPLOY_DECLARE)
#undef CODEDEPLOY_DECLARE

/* codedeploy.c */
bool codedeploy_is_one_of(struct str word, const char *const *words); /* NULL-ended */
bool codedeploy_name_is_valid(struct call *, const char *member, const char *missing, const char *invalid);
bool codedeploy_platform_is_valid(struct call *);
/* The application and the group that the call names, or NULL after call_fail. */
struct value *codedeploy_application(struct call *);
struct value *codedeploy_group(struct call *, const char *member);
/* The same by their names; NULL where there is none. */
struct value *codedeploy_group_named(struct call *, struct str application, struct str group);
/* An alarmConfiguration, and the autoRollbackConfiguration, of the input; or fails. */
bool codedeploy_alarms_are_valid(struct call *, const char *member);
bool codedeploy_rollback_is_valid(struct call *);

/* codedeploy_config.c: predefined or custom, as GetDeploymentConfig shows it; NULL where there is none. */
struct value *codedeploy_config(struct call *, struct str name);
/* Fails where deploymentConfigName is given and there is none. */
bool codedeploy_config_exists(struct call *);

/* codedeploy_appspec.c: what a revision says. */
struct codedeploy_revision {
    struct str type, content, sha256;
    struct str function, alias, current, target;
    struct str before, after; /* hook functions, or "" */
};
/* The revision of the input, or fails. */
bool codedeploy_revision_read(struct call *, struct codedeploy_revision *);
/* An AppSpec for a deployment that CodeDeploy makes itself. */
void codedeploy_revision_write(struct call *, struct codedeploy_revision *);

/* codedeploy_deployment.c */
/* Puts a new deployment into the state and gives its id; `plan` has all that is known, but for what the life
 * of a deployment sets. */
struct str codedeploy_begin(struct call *, struct value *plan);
void codedeploy_plan_revision(struct call *, struct value *plan, const struct codedeploy_revision *);
/* The deployment that deploymentId names, or NULL after call_fail. */
struct value *codedeploy_deployment(struct call *);
bool codedeploy_has_ended(const struct value *deployment);
/* A RevisionLocation as answers show it. */
struct value *codedeploy_revision_shape(struct call *, const struct value *deployment);
struct value *codedeploy_last_deployment(struct call *, const struct value *group, const char *which);

/* codedeploy_life.c */
int64_t codedeploy_due(struct call *);
void codedeploy_happen(struct call *);
/* Makes the deployment go on at `time`, or, with INT64_MAX, never. */
void codedeploy_schedule(struct call *, const struct value *deployment, int64_t time);
/* Ends it: "Failed", "Stopped" or "Succeeded".  `event` is the one that asks for an automatic rollback. */
void codedeploy_end(struct call *, struct value *deployment, const char *status, const char *code,
                    struct str message, const char *event);
/* A deployment that puts the alias back, and rollbackInfo on both. */
void codedeploy_roll_back(struct call *, struct value *deployment);
/* The verdict of a hook: NULL, or the error that its reporter gets. */
const char *codedeploy_report(struct call *, struct value *deployment, struct str execution,
                              struct str status);

/* codedeploy_outside.c: what a deployment does in Lambda and reads of CloudWatch. */
struct codedeploy_fault {
    const char *code;   /* of ErrorCode, or NULL: none */
    struct str message; /* of the arena of the call */
};
/* May the deployment begin? */
struct codedeploy_fault codedeploy_check_target(struct call *, const struct value *deployment);
/* Sends `percent` of the alias' traffic to the target; a fault where the alias was moved by somebody. */
struct codedeploy_fault codedeploy_shift(struct call *, struct value *deployment, int64_t percent);
/* The alarms that stop the deployment: "" where none does. */
struct str codedeploy_alarms(struct call *, const struct value *deployment);
/* Invokes the hook as an event; false where there is no such function. */
bool codedeploy_invoke_hook(struct call *, struct value *deployment, struct str function,
                            struct str execution);

#endif
