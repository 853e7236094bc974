/* What deployments do in Lambda, and what they read of CloudWatch, of the same account and region. */

#include "base/json.h"
#include "tests/simulator/internal.h"
#include "tests/simulator/services/codedeploy.h"
#include "tests/simulator/services/lambda.h"

enum { REPORTS_MAX = 10 };

/* [seen] the first sentence, alone or with what is wrong behind it, and the code. */
#define BAD_CONFIGURATION                                                                                    \
    "The deployment failed because the AppSpec file that specifies the AWS Lambda deployment configuration " \
    "is missing or has an invalid configuration."

static struct codedeploy_fault bad_configuration(struct call *call, const char *what)
{
    return (struct codedeploy_fault){
        "INVALID_LAMBDA_CONFIGURATION",
        arena_printf(call->arena, "%s%s%s", BAD_CONFIGURATION, *what ? " " : "", what)};
}

#define MISMATCH "The Lambda function alias version does not match the current version in AppSpec file."

/* A call of Lambda within this one. */
static struct call lambda_call(struct call *call)
{
    struct call lambda = *call;
    lambda.state = call_state_of(call, "lambda", call->account, call->region, &lambda.keep);
    lambda.input = value_map(call->arena);
    lambda.output = value_map(call->arena);
    return lambda;
}

static struct value *function_named(struct call *lambda, struct str text)
{
    struct str name, qualifier;
    return lambda_name(lambda, text, &name, &qualifier) ? value_get_str(lambda_functions(lambda), name)
                                                        : NULL;
}

static struct str weight_text(struct call *call, int64_t percent)
{
    return arena_printf(call->arena, "%g", (double)percent / 100);
}

/* Does the alias stand where the deployment left it? */
static bool alias_stands(struct call *call, const struct value *deployment, const struct value *alias)
{
    const struct value *weights = value_get(alias, "weights");
    int64_t percent = value_get_int(deployment, "percent", 0);
    if (!str_equal(value_get_text(alias, "FunctionVersion"), value_get_text(deployment, "current")))
        return false;
    if (percent == 0)
        return weights->count == 0;
    return weights->count == 1 && str_equal(weights->entries[0].key, value_get_text(deployment, "target")) &&
           str_equal(value_text(weights->entries[0].value), weight_text(call, percent));
}

static bool is_rollback(const struct value *deployment)
{
    return value_is_text(value_get(deployment, "creator"), "codeDeployRollback");
}

/* [guide] troubleshooting-deployments-lambda: while an alias has two versions, deployments of it fail.
 * [seen] the alias must be at CurrentVersion, and TargetVersion another unless all is shifted at once.  The
 * code of an unknown function and what an unknown alias or version gives is assumed. */
struct codedeploy_fault codedeploy_check_target(struct call *call, const struct value *deployment)
{
    struct call lambda = lambda_call(call);
    const struct value *function = function_named(&lambda, value_get_text(deployment, "function"));
    const struct value *alias =
        value_get_str(value_get(function, "aliases"), value_get_text(deployment, "alias"));
    struct str current = value_get_text(deployment, "current"), target = value_get_text(deployment, "target");
    bool at_once = str_is(value_get_text(value_get(deployment, "routing"), "type"), "AllAtOnce");
    if (!function)
        return (struct codedeploy_fault){
            "INVALID_LAMBDA_FUNCTION",
            STR("The deployment failed because the Lambda function does not exist.")};
    if (!alias)
        return bad_configuration(call, "The Lambda function alias does not exist.");
    if (!lambda_has_qualifier(function, target))
        return bad_configuration(call, "The target version of the Lambda function does not exist.");
    if (is_rollback(deployment))
        return (struct codedeploy_fault){NULL, STR_EMPTY};
    if (!alias_stands(call, deployment, alias))
        return bad_configuration(call, value_get(alias, "weights")->count
                                           ? "The Lambda function alias has more than one version."
                                           : MISMATCH);
    if (!at_once && str_equal(current, target))
        return bad_configuration(call, "");
    return (struct codedeploy_fault){NULL, STR_EMPTY};
}

/* [seen] while traffic shifts FunctionVersion stays, and the target is in AdditionalVersionWeights.  Assumed:
 * an alias that somebody moved meanwhile fails the deployment, seen when it would be shifted. */
struct codedeploy_fault codedeploy_shift(struct call *call, struct value *deployment, int64_t percent)
{
    struct call lambda = lambda_call(call);
    const struct value *function = function_named(&lambda, value_get_text(deployment, "function"));
    struct str target = value_get_text(deployment, "target");
    const struct value *alias =
        value_get_str(value_get(function, "aliases"), value_get_text(deployment, "alias"));
    if (!alias)
        return bad_configuration(call, "The Lambda function alias does not exist.");
    if (!is_rollback(deployment) && !alias_stands(call, deployment, alias))
        return bad_configuration(call, MISMATCH);
    struct value *routing = value_map(call->arena), *weights = value_map(call->arena);
    if (percent < 100)
        value_set(call->arena, weights, target, value_number(call->arena, weight_text(call, percent)));
    put(call, routing, "AdditionalVersionWeights", weights);
    put(call, lambda.input, "RoutingConfig", routing);
    put(call, lambda.input, "FunctionName", value_get(deployment, "function"));
    put(call, lambda.input, "Name", value_get(deployment, "alias"));
    put(call, lambda.input, "FunctionVersion", value_get(deployment, percent < 100 ? "current" : "target"));
    if (!lambda_UpdateAlias(&lambda))
        return bad_configuration(call, arena_strz(call->arena, lambda.error_message));
    return (struct codedeploy_fault){NULL, STR_EMPTY};
}

/* [api] AlarmConfiguration: where the state of an alarm cannot be had, the deployment stops, unless
 * ignorePollAlarmFailure.  Assumed: an alarm that does not exist is such a one, and stops it as one in ALARM
 * does. */
struct str codedeploy_alarms(struct call *call, const struct value *deployment)
{
    const struct value *configuration = value_get(deployment, "alarms");
    const struct value *alarms = value_get(configuration, "alarms");
    bool lenient = value_get_bool(configuration, "ignorePollAlarmFailure", false);
    struct str active = STR_EMPTY;
    if (!value_get_bool(configuration, "enabled", false) || !value_is(alarms, VALUE_LIST))
        return STR_EMPTY;
    const struct value *state = call_state_of(call, "cloudwatch", call->account, call->region, NULL);
    for (size_t i = 0; i < alarms->count; i++) {
        struct str name = value_get_text(alarms->items[i], "name");
        const struct value *alarm = value_get_str(value_get(state, "alarms"), name);
        if (!alarm)
            alarm = value_get_str(value_get(state, "composites"), name);
        if (alarm ? value_is_text(value_get(alarm, "StateValue"), "ALARM") : !lenient)
            active = arena_printf(call->arena, "%.*s%s<%.*s>", STR_ARG(active), active.len ? " " : "",
                                  STR_ARG(name));
    }
    return active;
}

/* SIMULATOR_HOOK of the function: {"status": "Succeeded", "after": 2000, "times": 2} reports after 2 s and
 * after 4 s. */
static void plan_reports(struct call *call, struct value *deployment, struct str text, struct str execution)
{
    struct error ignored = ERROR_INIT;
    struct value *told, *reports = value_list(call->arena);
    if (!text.len || !json_read(call->arena, STR_EMPTY, text, &told, &ignored))
        return;
    int64_t after = value_get_int(told, "after", 0), times = value_get_int(told, "times", 1);
    struct str status = value_get_text(told, "status");
    for (int64_t i = 1; after >= 0 && i <= times && i <= REPORTS_MAX; i++) {
        struct value *report = value_map(call->arena);
        put_int(call, report, "at", call->now + i * after);
        put_text(call, report, "execution", execution);
        put_text(call, report, "status", str_is(status, "Failed") ? status : STR("Succeeded"));
        value_append(call->arena, reports, report);
    }
    state_put(call, deployment, STR("reports"), reports);
}

/* [guide] -hooks and [seen]: the payload.  By name or by ARN, an event of $LATEST unless qualified. */
bool codedeploy_invoke_hook(struct call *call, struct value *deployment, struct str function,
                            struct str execution)
{
    struct call lambda = lambda_call(call);
    struct str name, qualifier, version;
    struct value *payload = value_map(call->arena);
    if (!lambda_name(&lambda, function, &name, &qualifier))
        return false;
    const struct value *found = value_get_str(lambda_functions(&lambda), name);
    const struct value *record = found ? lambda_record(found, qualifier, &version) : NULL;
    if (!record)
        return false;
    put(call, payload, "DeploymentId", value_get(deployment, "id"));
    put_text(call, payload, "LifecycleEventHookExecutionId", execution);
    invocations_add(&call->simulator->invocations, call->account, name,
                    json_text(call->arena, payload, JSON_COMPACT));
    plan_reports(call, deployment,
                 value_text(value_path(record, "config", "Environment", "Variables", "SIMULATOR_HOOK", NULL)),
                 execution);
    return true;
}
