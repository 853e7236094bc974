#include "reconciler/rollout/deployments.h"

#include <stdlib.h>

#include "base/digest.h"
#include "base/json.h"
#include "providers/codedeploy/operations.h"
#include "providers/resource.h"

enum { BATCH_MAX = 25 }; /* of BatchGetDeployments */

static bool call(struct rollout_run *run, enum codedeploy_operation operation, const struct value *input,
                 struct value **answer, struct error *error)
{
    return aws_call(run->options.aws, &codedeploy_operations[operation], run->tick, input, answer, error);
}

/* --- what a deployment is to do --- */

static void add_hook(struct arena *arena, struct value *hooks, const char *event, struct str function)
{
    if (function.len)
        value_append(arena, hooks, input_with(arena, event, function));
}

/* https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html */
static struct value *revision_of(struct arena *arena, const struct deployment_order *order)
{
    struct value *spec = value_map(arena), *properties = value_map(arena), *resource = value_map(arena);
    struct value *named = value_map(arena), *resources = value_list(arena), *hooks = value_list(arena);
    and_with(arena, properties, "Name", order->function);
    and_with(arena, properties, "Alias", order->alias);
    and_with(arena, properties, "CurrentVersion", order->current_version);
    and_with(arena, properties, "TargetVersion", order->target_version);
    and_with(arena, resource, "Type", STR("AWS::Lambda::Function"));
    value_setz(arena, resource, "Properties", properties);
    value_set(arena, named, order->function, resource);
    value_append(arena, resources, named);
    value_setz(arena, spec, "version", value_number(arena, STR("0.0")));
    value_setz(arena, spec, "Resources", resources);
    add_hook(arena, hooks, "BeforeAllowTraffic", order->before_hook);
    add_hook(arena, hooks, "AfterAllowTraffic", order->after_hook);
    if (hooks->count)
        value_setz(arena, spec, "Hooks", hooks);
    struct str content = json_text(arena, spec, JSON_COMPACT);
    struct value *inner = input_with(arena, "content", content);
    and_with(arena, inner, "sha256", sha256_hex(arena, content));
    struct value *revision = input_with(arena, "revisionType", STR("AppSpecContent"));
    value_setz(arena, revision, "appSpecContent", inner);
    return revision;
}

static void leave_alone(struct arena *arena, struct value *input)
{
    static const char *const keys[] = {"autoRollbackConfiguration", "overrideAlarmConfiguration"};
    for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
        struct value *off = value_map(arena);
        value_setz(arena, off, "enabled", value_bool(arena, false));
        value_setz(arena, input, keys[i], off);
    }
}

static struct value *group_of(struct arena *arena, const struct deployment_order *order)
{
    struct value *input = input_with(arena, "applicationName", order->application);
    return and_with(arena, input, "deploymentGroupName", order->group);
}

bool deployment_begin(struct rollout_run *run, const struct deployment_order *order, struct str *id,
                      struct error *error)
{
    struct arena *arena = run->tick;
    struct value *input = group_of(arena, order), *answer;
    if (order->configuration.len)
        and_with(arena, input, "deploymentConfigName", order->configuration);
    and_with(arena, input, "description", order->description);
    value_setz(arena, input, "revision", revision_of(arena, order));
    if (order->alarms)
        value_setz(arena, input, "overrideAlarmConfiguration", value_copy(arena, order->alarms));
    if (order->alone)
        leave_alone(arena, input);
    if (!run_write(run, &codedeploy_operations[CODEDEPLOY_CREATE_DEPLOYMENT], input, &answer, error))
        return false;
    *id = value_get_text(answer, "deploymentId");
    return true;
}

/* --- finding --- */

bool deployment_is_running(const struct value *info)
{
    static const char *const statuses[] = {"Created", "Queued", "InProgress", "Baking", "Ready"};
    for (size_t i = 0; i < ARRAY_LENGTH(statuses); i++)
        if (str_is(value_get_text(info, "status"), statuses[i]))
            return true;
    return false;
}

static bool batch_get(struct rollout_run *run, struct value *ids, const struct value **infos,
                      struct error *error)
{
    struct arena *arena = run->tick;
    struct value *input = value_map(arena), *answer;
    value_setz(arena, input, "deploymentIds", ids);
    if (!call(run, CODEDEPLOY_BATCH_GET_DEPLOYMENTS, input, &answer, error))
        return false;
    *infos = value_get(answer, "deploymentsInfo");
    return true;
}

bool deployment_look(struct rollout_run *run, struct str id, const struct value **info, struct error *error)
{
    struct arena *arena = run->tick;
    struct value *ids = value_list(arena);
    const struct value *infos;
    value_append(arena, ids, value_string(arena, id));
    if (!batch_get(run, ids, &infos, error))
        return false;
    *info = value_at(infos, 0);
    return true;
}

/* The newest come first; further ones are none of ours. */
static bool list(struct rollout_run *run, const struct deployment_order *order, int64_t since_ms,
                 struct value **ids, struct error *error)
{
    struct arena *arena = run->tick;
    struct value *input = group_of(arena, order), *range = value_map(arena), *answer;
    value_setz(arena, range, "start", value_int(arena, since_ms / 1000));
    value_setz(arena, input, "createTimeRange", range);
    if (!call(run, CODEDEPLOY_LIST_DEPLOYMENTS, input, &answer, error))
        return false;
    *ids = value_list(arena);
    const struct value *all = value_get(answer, "deployments");
    for (size_t i = 0; value_is(all, VALUE_LIST) && i < all->count && i < BATCH_MAX; i++)
        value_append(arena, *ids, all->items[i]);
    return true;
}

bool deployment_find(struct rollout_run *run, const struct deployment_order *order, int64_t since_ms,
                     const struct value **info, struct error *error)
{
    struct value *ids;
    const struct value *infos = NULL, *other = NULL;
    *info = NULL;
    if (!list(run, order, since_ms, &ids, error) || (ids->count && !batch_get(run, ids, &infos, error)))
        return false;
    for (size_t i = 0; infos && i < infos->count; i++) {
        if (str_equal(value_get_text(infos->items[i], "description"), order->description))
            *info = infos->items[i];
        else if (deployment_is_running(infos->items[i]))
            other = infos->items[i];
    }
    if (*info || !other)
        return true;
    error_set(error, ERROR_CONFLICT,
              "CodeDeploy's deployment '%.*s', which somebody else started, is running in group '%.*s': it "
              "waits for that",
              STR_ARG(value_get_text(other, "deploymentId")), STR_ARG(order->group));
    error_set_name(error, "DeploymentLimitExceededException");
    return false;
}

/* --- ending --- */

bool deployment_stop(struct rollout_run *run, struct str id, bool back, struct error *error)
{
    struct arena *arena = run->tick;
    struct value *input = input_with(arena, "deploymentId", id);
    value_setz(arena, input, "autoRollbackEnabled", value_bool(arena, back));
    if (!run_write(run, &codedeploy_operations[CODEDEPLOY_STOP_DEPLOYMENT], input, NULL, error) &&
        !error_is(error, "DeploymentAlreadyCompletedException"))
        return false;
    error_clear(error);
    return true;
}

bool deployment_events(struct rollout_run *run, struct str id, struct str function,
                       const struct value **events, struct error *error)
{
    struct arena *arena = run->tick;
    struct value *input = input_with(arena, "deploymentId", id), *ids = value_list(arena);
    struct value *answer;
    value_append(arena, ids, value_string(arena, function));
    value_setz(arena, input, "targetIds", ids);
    if (!call(run, CODEDEPLOY_BATCH_GET_DEPLOYMENT_TARGETS, input, &answer, error))
        return false;
    *events = value_path(value_at(value_get(answer, "deploymentTargets"), 0), "lambdaTarget",
                         "lifecycleEvents", NULL);
    return true;
}

int64_t deployment_time(struct rollout_run *run, const struct value *time, int64_t otherwise)
{
    struct str text = value_text(time);
    return text.len ? (int64_t)(strtod(arena_strz(run->tick, text), NULL) * 1000) : otherwise;
}

struct str deployment_trouble(struct rollout_run *run, const struct value *info, struct str function)
{
    const struct value *events = NULL;
    struct error error = ERROR_INIT;
    if (!deployment_events(run, value_get_text(info, "deploymentId"), function, &events, &error))
        error_clear(&error);
    for (size_t i = 0; value_is(events, VALUE_LIST) && i < events->count; i++) {
        struct str message = value_text(value_path(events->items[i], "diagnostics", "message", NULL));
        if (message.len && str_is(value_get_text(events->items[i], "status"), "Failed"))
            return message;
    }
    return value_text(value_path(info, "errorInformation", "message", NULL));
}
