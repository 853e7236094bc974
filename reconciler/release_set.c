#include "reconciler/release_set.h"

#include "base/digest.h"
#include "base/json.h"

static bool is_function_alias(const struct change *change)
{
    return str_is(change->type_name, "AWS::Lambda::Alias");
}

static bool is_machine_alias(const struct change *change)
{
    return str_is(change->type_name, "AWS::StepFunctions::StateMachineAlias");
}

static bool is_stage(const struct change *change)
{
    return str_is(change->type_name, "AWS::ApiGateway::Stage");
}

const char *const *release_set_paths(const struct change *change)
{
    static const char *const of_function[] = {"FunctionVersion", NULL};
    static const char *const of_machine[] = {"RoutingConfiguration", "DeploymentPreference", NULL};
    static const char *const of_stage[] = {"DeploymentId", NULL};
    return is_stage(change) ? of_stage : is_function_alias(change) ? of_function : of_machine;
}

/* Healing what somebody moved is no rollout: that version was judged before. */
static bool version_changes(const struct change *change, const char *const *paths)
{
    for (size_t i = 0; i < change->differences.count; i++)
        for (const char *const *path = paths; *path; path++)
            if (str_starts(change->differences.items[i].path, *path) && !change->differences.items[i].drift)
                return true;
    return false;
}

bool release_set_moves(const struct plan *plan, const struct change *change)
{
    if (change->action != CHANGE_UPDATE || !change->last || !change->desired ||
        !version_changes(change, release_set_paths(change)))
        return false;
    const struct deployment *deployment = &plan->input.application->deployment;
    if (is_stage(change))
        return change->desired->canary != NULL;
    if (is_function_alias(change))
        return !value_get(change->properties, "RoutingConfig") &&
               (deployment->present ||
                value_get(change->desired->update_policy, "CodeDeployLambdaAliasUpdate"));
    const struct value *preference = value_get(change->desired->properties, "DeploymentPreference");
    const struct value *routes = value_get(change->properties, "RoutingConfiguration");
    return is_machine_alias(change) && (!value_is(routes, VALUE_LIST) || routes->count == 1) &&
           (deployment->present ||
            (preference && !value_is_text(value_get(preference, "Type"), "ALL_AT_ONCE")));
}

void release_set_versions(const struct change *change, struct str *live, struct str *wanted)
{
    const struct value *is = change->live.properties, *is_to = change->properties;
    const char *member = is_function_alias(change) ? "FunctionVersion"
                         : is_stage(change)        ? "DeploymentId"
                                                   : "StateMachineVersionArn";
    if (is_machine_alias(change)) {
        const struct value *route = value_at(value_get(is_to, "RoutingConfiguration"), 0);
        is = value_at(value_get(is, "RoutingConfiguration"), 0);
        is_to = route ? route : value_get(is_to, "DeploymentPreference");
    }
    *live = value_get_text(is, member);
    *wanted = value_get_text(is_to, member);
}

bool release_set_any(const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        if (release_set_moves(plan, &plan->changes[i]))
            return true;
    return false;
}

/* Is all of `part` in `whole`?  Lists in any order. */
static bool contains(const struct value *whole, const struct value *part)
{
    if (!part || value_equal(whole, part))
        return true;
    if (value_is(whole, VALUE_MAP) && value_is(part, VALUE_MAP)) {
        for (size_t i = 0; i < part->count; i++) {
            const struct value *other = value_get_str(whole, part->entries[i].key);
            if (!other || !contains(other, part->entries[i].value))
                return false;
        }
        return true;
    }
    if (!value_is(whole, VALUE_LIST) || !value_is(part, VALUE_LIST))
        return false;
    for (size_t i = 0; i < part->count; i++) {
        bool found = false;
        for (size_t k = 0; k < whole->count && !found; k++)
            found = contains(whole->items[k], part->items[i]);
        if (!found)
            return false;
    }
    return true;
}

/* What the versions themselves are made of. */
static bool is_of_the_versions(const struct change *change)
{
    return str_is(change->type_name, "AWS::Lambda::Function") ||
           str_is(change->type_name, "AWS::Lambda::Version") || is_function_alias(change) ||
           is_machine_alias(change) || is_stage(change) ||
           str_is(change->type_name, "AWS::StepFunctions::StateMachine") ||
           str_is(change->type_name, "AWS::StepFunctions::StateMachineVersion");
}

static bool sends_elsewhere(const struct change *change)
{
    static const char *const paths[] = {"FunctionName", NULL};
    return str_is(change->type_name, "AWS::Lambda::EventSourceMapping") && version_changes(change, paths);
}

static bool takes_away(const struct difference *difference)
{
    return difference->before && !value_find_unknown(difference->after) &&
           !contains(difference->after, difference->before);
}

/* Scalars are changed, neither added nor taken away. */
static bool is_scalar(const struct value *value)
{
    return value && value->kind != VALUE_LIST && value->kind != VALUE_MAP;
}

static bool only_takes_away(const struct change *change)
{
    for (size_t i = 0; i < change->differences.count; i++) {
        const struct difference *difference = &change->differences.items[i];
        if (!takes_away(difference) || (is_scalar(difference->before) && difference->after) ||
            !contains(difference->before, difference->after))
            return false;
    }
    return change->differences.count > 0;
}

bool release_set_waits(const struct plan *plan, const struct change *change)
{
    if (change->action != CHANGE_UPDATE || !change->last || is_of_the_versions(change) ||
        change->code_drift || change->unmarked || !release_set_any(plan))
        return false;
    return sends_elsewhere(change) || only_takes_away(change);
}

bool release_set_is_unsafe(const struct plan *plan, const struct change *change, struct str *what)
{
    if (change->action != CHANGE_UPDATE || !change->last || is_of_the_versions(change) ||
        !release_set_any(plan) || release_set_waits(plan, change))
        return false;
    for (size_t i = 0; i < change->differences.count; i++) {
        const struct difference *difference = &change->differences.items[i];
        if (is_scalar(difference->before) || !takes_away(difference))
            continue;
        *what = difference->path;
        return true;
    }
    return false;
}

struct str release_set_key(struct arena *arena, const struct desired *desired,
                           const struct application *application)
{
    struct value *all = value_list(arena);
    for (size_t i = 0; i < desired->count; i++) {
        const struct desired_resource *resource = &desired->resources[i];
        value_append(arena, all, value_string(arena, resource->logical_id));
        value_append(arena, all, value_string(arena, resource->type));
        value_append(arena, all, value_copy(arena, resource->properties));
        if (resource->update_policy)
            value_append(arena, all, value_copy(arena, resource->update_policy));
        if (resource->canary)
            value_append(arena, all, value_copy(arena, resource->canary));
    }
    if (application->deployment.node)
        value_append(arena, all, value_copy(arena, application->deployment.node));
    return sha256_hex(arena, json_text(arena, all, JSON_CANONICAL));
}
