/* What is called while traffic moves from an old version to a new one: for the aliases and stages that the
 * application file's `deployment:`, or the template's own preference, moves in steps. */

#include "providers/cloudwatch/operations.h"
#include "providers/codedeploy/operations.h"
#include "providers/lambda/operations.h"
#include "providers/sfn/operations.h"
#include "reconciler/permissions_private.h"

static const struct aws_operation *const looking[] = {
    &cloudwatch_operations[CLOUDWATCH_DESCRIBE_ALARMS],
    &cloudwatch_operations[CLOUDWATCH_GET_METRIC_DATA],
};

/* Where old versions go. */
static const struct aws_operation *const tidying_functions[] = {
    &lambda_operations[LAMBDA_LIST_ALIASES],
    &lambda_operations[LAMBDA_LIST_EVENT_SOURCE_MAPPINGS],
    &lambda_operations[LAMBDA_LIST_VERSIONS_BY_FUNCTION],
};
static const struct aws_operation *const tidying_machines[] = {
    &sfn_operations[SFN_DELETE_STATE_MACHINE_VERSION],
    &sfn_operations[SFN_LIST_STATE_MACHINE_VERSIONS],
};

/* By the driver `codedeploy`. */
static const struct aws_operation *const deploying[] = {
    &codedeploy_operations[CODEDEPLOY_BATCH_GET_DEPLOYMENTS],
    &codedeploy_operations[CODEDEPLOY_BATCH_GET_DEPLOYMENT_TARGETS],
    &codedeploy_operations[CODEDEPLOY_CREATE_DEPLOYMENT],
    &codedeploy_operations[CODEDEPLOY_LIST_DEPLOYMENTS],
    &codedeploy_operations[CODEDEPLOY_STOP_DEPLOYMENT],
};

/* For hooks that report to CodeDeploy while plumb moves the traffic. */
static const struct aws_operation *const reporting[] = {
    &lambda_operations[LAMBDA_CREATE_ALIAS],
    &lambda_operations[LAMBDA_DELETE_ALIAS],
    &codedeploy_operations[CODEDEPLOY_BATCH_GET_DEPLOYMENT_TARGETS],
};

static void grant(struct permission_search *search, const char *action, struct str form)
{
    permission_add(
        search, false,
        &(struct permission){.action = str_from(action), .resource = permission_place(search, form)});
}

/* A function of the template, which `Ref` has made a name of, or somebody's by name or ARN. */
static void grant_hook(struct permission_search *search, struct str name)
{
    if (str_starts(name, "arn:"))
        grant(search, "lambda:InvokeFunction", name);
    else if (name.len)
        grant(search, "lambda:InvokeFunction",
              arena_printf(search->arena, "arn:{partition}:lambda:{region}:{account}:function:%.*s",
                           STR_ARG(name)));
}

static void grant_deploying(struct permission_search *search, const struct value *update)
{
    struct arena *arena = search->arena;
    struct str type = STR("AWS::CodeDeploy::DeploymentGroup");
    struct permission_target group = {.logical_id = STR_EMPTY,
                                      .type_name = type,
                                      .type = resource_type_find(type),
                                      .grants = grants_find(type),
                                      .properties = update};
    struct str name = value_get_text(update, "ApplicationName");
    struct str application =
        arena_printf(arena, "arn:{partition}:codedeploy:{region}:{account}:application:%.*s",
                     STR_ARG(name.len ? name : STR("*")));
    for (size_t i = 0; i < ARRAY_LENGTH(deploying); i++)
        permission_operation(search, &group, deploying[i], false);
    /* CreateDeployment looks these up, and registers the AppSpec, in its caller's name. */
    grant(search, "codedeploy:GetApplicationRevision", application);
    grant(search, "codedeploy:RegisterApplicationRevision", application);
    grant(search, "codedeploy:GetDeploymentConfig",
          STR("arn:{partition}:codedeploy:{region}:{account}:deploymentconfig:*"));
}

/* One that has no steps of its own here, nor in the template, is asked for in the account. */
static void grant_type(struct permission_search *search, struct str type)
{
    struct deployment_step *steps;
    size_t count;
    if (type.len && !deployment_type_steps(search->arena, type, &steps, &count) &&
        !desired_find(&search->subject->desired, type))
        grant(search, "codedeploy:GetDeploymentConfig",
              arena_printf(search->arena,
                           "arn:{partition}:codedeploy:{region}:{account}:deploymentconfig:%.*s",
                           STR_ARG(type)));
}

/* May CodeDeploy move all that moves, and run its hooks itself? */
static bool by_codedeploy(const struct permission_search *search)
{
    const struct deployment *deployment = &search->subject->application->deployment;
    bool all = deployment->driver == DEPLOYMENT_BY_TEMPLATE && !deployment->steps;
    for (size_t i = 0; all && i < search->subject->desired.count; i++) {
        const struct desired_resource *one = &search->subject->desired.resources[i];
        if (str_is(one->type, "AWS::StepFunctions::StateMachineAlias") || one->canary)
            all = false;
        else if (str_is(one->type, "AWS::Lambda::Alias"))
            all = one->update_policy && !deployment_group_is_added(one->update_policy, one->logical_id);
    }
    return all || deployment->driver == DEPLOYMENT_BY_CODEDEPLOY;
}

static bool has_hooks(const struct deployment *deployment, const struct value *update)
{
    return deployment->before_allow_traffic.len || deployment->after_allow_traffic.len ||
           value_get(update, "BeforeAllowTrafficHook") || value_get(update, "AfterAllowTrafficHook");
}

static void delete_versions(void *self, struct str function)
{
    struct permission_search *search = self;
    grant(search, "lambda:DeleteFunction", arena_printf(search->arena, "%.*s:*", STR_ARG(function)));
}

/* The versions of a function go, never the function. */
static void grant_tidying(struct permission_search *search, const struct permission_target *alias,
                          bool function)
{
    for (size_t i = 0; function && i < ARRAY_LENGTH(tidying_functions); i++)
        permission_operation(search, alias, tidying_functions[i], false);
    for (size_t i = 0; !function && i < ARRAY_LENGTH(tidying_machines); i++)
        permission_operation(search, alias, tidying_machines[i], false);
    if (function)
        permission_resources(search, alias, lambda_operations[LAMBDA_GET_ALIAS].iam_resource, delete_versions,
                             search);
}

static void grant_alias(struct permission_search *search, const struct desired_resource *alias, bool function)
{
    const struct deployment *deployment = &search->subject->application->deployment;
    struct value *update = value_get(alias->update_policy, "CodeDeployLambdaAliasUpdate");
    const struct value *preference = value_get(alias->properties, "DeploymentPreference");
    struct permission_target target = {.logical_id = alias->logical_id,
                                       .type_name = alias->type,
                                       .type = resource_type_find(alias->type),
                                       .grants = grants_find(alias->type),
                                       .properties = permission_properties(search, alias->properties),
                                       .desired = alias};
    if (!deployment->present && !update && !preference)
        return;
    for (size_t i = 0; i < ARRAY_LENGTH(looking); i++)
        permission_operation(search, &target, looking[i], false);
    if (function)
        permission_operation(search, &target, &lambda_operations[LAMBDA_GET_ALIAS], false);
    grant_type(search, deployment->type);
    if (deployment->keep_versions > 0 && !alias->canary)
        grant_tidying(search, &target, function);
    if (!update)
        return;
    update = permission_properties(search, update);
    bool added = deployment_group_is_added(alias->update_policy, alias->logical_id);
    bool reports = deployment->hooks_by_codedeploy && has_hooks(deployment, update) && !by_codedeploy(search);
    if (!reports) {
        grant_hook(search, value_get_text(update, "BeforeAllowTrafficHook"));
        grant_hook(search, value_get_text(update, "AfterAllowTrafficHook"));
    }
    if (reports || deployment->driver == DEPLOYMENT_BY_CODEDEPLOY ||
        (deployment->driver == DEPLOYMENT_BY_TEMPLATE && !deployment->steps && !added))
        grant_deploying(search, update);
    for (size_t i = 0; reports && i < ARRAY_LENGTH(reporting); i++)
        permission_operation(search, &target, reporting[i], false);
}

void permission_traffic(struct permission_search *search)
{
    for (size_t i = 0; i < search->subject->desired.count; i++) {
        const struct desired_resource *resource = &search->subject->desired.resources[i];
        bool function = str_is(resource->type, "AWS::Lambda::Alias");
        if (function || str_is(resource->type, "AWS::StepFunctions::StateMachineAlias") || resource->canary)
            grant_alias(search, resource, function);
    }
}
