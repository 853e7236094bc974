/* The one target of a Lambda deployment, and the verdicts of its hooks. */

#include "tests/simulator/services/codedeploy.h"
#include "tests/simulator/services/lambda.h"

static const char *const event_names[] = {CODEDEPLOY_BEFORE, CODEDEPLOY_TRAFFIC, CODEDEPLOY_AFTER};

/* [seen] BeforeAllowTraffic, AllowTraffic, AfterAllowTraffic are all that a target shows; they succeed where
 * there is no hook.  Why one failed goes into its diagnostics: assumed. */
static struct value *event_shape(struct call *call, const struct value *event, const char *name)
{
    struct value *shape = value_map(call->arena), *diagnostics = value_map(call->arena);
    put_text(call, shape, "lifecycleEventName", str_from(name));
    put(call, shape, "status", value_get(event, "status"));
    if (value_get(event, "started"))
        put_time(call, shape, "startTime", value_get_int(event, "started", 0));
    if (value_get(event, "ended"))
        put_time(call, shape, "endTime", value_get_int(event, "ended", 0));
    put_text(call, diagnostics, "errorCode", STR("UnknownError"));
    put(call, diagnostics, "message", value_get(event, "message"));
    if (value_get(event, "message"))
        put(call, shape, "diagnostics", diagnostics);
    return shape;
}

/* [seen] targetVersionWeight: 1.0 is all of the traffic. */
static struct value *function_shape(struct call *call, const struct value *deployment)
{
    struct value *shape = value_map(call->arena);
    double weight = (double)value_get_int(deployment, "percent", 0) / 100;
    put(call, shape, "functionName", value_get(deployment, "function"));
    put(call, shape, "functionAlias", value_get(deployment, "alias"));
    put(call, shape, "currentVersion", value_get(deployment, "current"));
    put(call, shape, "targetVersion", value_get(deployment, "target"));
    put(call, shape, "targetVersionWeight",
        value_number(call->arena, arena_printf(call->arena, "%g", weight)));
    return shape;
}

/* Assumed: of a stopped deployment it has failed. */
static struct str target_status(const struct value *deployment)
{
    struct str status = value_get_text(deployment, "status");
    return str_is(status, "InProgress") || str_is(status, "Succeeded") ? status : STR("Failed");
}

static struct value *target_shape(struct call *call, const struct value *deployment)
{
    struct value *shape = value_map(call->arena), *target = value_map(call->arena);
    struct value *events = value_list(call->arena);
    for (size_t i = 0; i < ARRAY_LENGTH(event_names); i++)
        value_append(
            call->arena, events,
            event_shape(call, value_path(deployment, "events", event_names[i], NULL), event_names[i]));
    put(call, target, "deploymentId", value_get(deployment, "id"));
    put(call, target, "targetId", value_get(deployment, "function"));
    put_text(call, target, "targetArn",
             lambda_arn(call, value_get_text(deployment, "function"), value_get_text(deployment, "alias")));
    put_text(call, target, "status", target_status(deployment));
    put_time(call, target, "lastUpdatedAt", value_get_int(deployment, "updated", 0));
    put(call, target, "lifecycleEvents", events);
    put(call, target, "lambdaFunctionInfo", function_shape(call, deployment));
    put_text(call, shape, "deploymentTargetType", STR("LambdaTarget"));
    put(call, shape, "lambdaTarget", target);
    return shape;
}

/* [api] DeploymentNotStartedException. */
static struct value *started(struct call *call)
{
    struct value *deployment = codedeploy_deployment(call);
    if (!deployment || value_get(deployment, "started"))
        return deployment;
    call_fail(call, 400, "DeploymentNotStartedException", "The deployment has not started.");
    return NULL;
}

/* [api] BatchGetDeploymentTargets: "the target IDs are the names of Lambda functions". */
static bool is_target(struct call *call, const struct value *deployment, struct str id)
{
    if (!id.len)
        return call_fail(call, 400, "DeploymentTargetIdRequiredException",
                         "The deployment target ID must be specified.");
    return str_equal(id, value_get_text(deployment, "function")) ||
           call_fail(call, 400, "DeploymentTargetDoesNotExistException", "The deployment has no target %.*s.",
                     STR_ARG(id));
}

bool codedeploy_GetDeploymentTarget(struct call *call)
{
    const struct value *deployment = started(call);
    if (!deployment || !is_target(call, deployment, call_text(call, "targetId")))
        return false;
    put(call, call->output, "deploymentTarget", target_shape(call, deployment));
    return true;
}

/* [api] DeploymentTargetListSizeExceededException: exactly one item. */
bool codedeploy_BatchGetDeploymentTargets(struct call *call)
{
    const struct value *deployment = started(call), *ids = call_list(call, "targetIds");
    struct value *shapes = value_list(call->arena);
    if (!deployment)
        return false;
    if (ids->count > 1)
        return call_fail(call, 400, "DeploymentTargetListSizeExceededException",
                         "A Lambda deployment has one target.");
    if (!is_target(call, deployment, ids->count ? value_text(ids->items[0]) : STR_EMPTY))
        return false;
    value_append(call->arena, shapes, target_shape(call, deployment));
    put(call, call->output, "deploymentTargets", shapes);
    return true;
}

/* One target is one page: no token is ever given. */
bool codedeploy_ListDeploymentTargets(struct call *call)
{
    const struct value *deployment = started(call), *filters = value_get(call->input, "targetFilters");
    struct value *ids = value_list(call->arena);
    bool wanted = true;
    if (!deployment)
        return false;
    if (call_text(call, "nextToken").len)
        return call_fail(call, 400, "InvalidNextTokenException", "The next token is not valid.");
    for (size_t i = 0; value_is(filters, VALUE_MAP) && i < filters->count; i++) {
        const struct value *values = list_of(call, filters->entries[i].value);
        bool found = false;
        if (!str_is(filters->entries[i].key, "TargetStatus"))
            return call_fail(call, 400, "InvalidTargetFilterNameException",
                             "The target filter name is not valid.");
        for (size_t k = 0; k < values->count; k++)
            found = found || str_equal(value_text(values->items[k]), target_status(deployment));
        wanted = wanted && found;
    }
    if (wanted)
        value_append(call->arena, ids, value_get(deployment, "function"));
    put(call, call->output, "targetIds", ids);
    return true;
}

/* UnsupportedActionForDeploymentTypeException is for servers, to which the simulator does not deploy. */
bool codedeploy_PutLifecycleEventHookExecutionStatus(struct call *call)
{
    struct value *deployment = codedeploy_deployment(call);
    struct str status = call_text(call, "status");
    struct str execution = call_text(call, "lifecycleEventHookExecutionId");
    if (!deployment)
        return false;
    if (!str_is(status, "Succeeded") && !str_is(status, "Failed")) /* [api]: only these */
        return call_fail(call, 400, "InvalidLifecycleEventHookExecutionStatusException",
                         "The status must be Succeeded or Failed.");
    const char *refused = codedeploy_report(call, deployment, execution, status);
    if (refused)
        return call_fail(call, 400, refused, "The lifecycle event hook execution %.*s takes no status.",
                         STR_ARG(execution));
    put_text(call, call->output, "lifecycleEventHookExecutionId", execution);
    return true;
}
