/*
 * AWS::StepFunctions::StateMachineAlias.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-stepfunctions-statemachinealias.html
 *
 * "DeploymentPreference" is CloudFormation's own: it moves the alias in steps.  What it comes to is a routing
 * configuration with one version, and compares as that.
 */

#include "providers/plain.h"
#include "providers/sfn/operations.h"
#include "providers/sfn/types.h"

/* https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-stepfunctions-statemachinealias-deploymentpreference.html
 */
enum { PERCENTAGE_MAX = 99, INTERVAL_MAX = 2100 };

static const struct shape rules[] = {
    {.path = "Description", .otherwise = "\"\""},
    {.path = "RoutingConfiguration", .kind = SHAPE_SET, .key = "StateMachineVersionArn"},
    {.path = NULL, .facts = "AWS::StepFunctions::StateMachineAlias"},
};

static const struct plain_key keys[] = {{"stateMachineAliasArn", NULL}, {NULL, NULL}};
static const struct plain_attribute attributes[] = {{"Arn", "stateMachineAliasArn"}, {NULL, NULL}};
static const char *const apart[] = {"DeploymentPreference", "StateMachineArn", NULL};

/* Brings a preference to the routing that it comes to in the end.  The steps on the way are a rollout's;
 * where there is none (the alias is made, or what others did is undone) all goes at once. */
static void spell_out(struct arena *arena, struct value *properties)
{
    const struct value *preference = value_get(properties, "DeploymentPreference");
    const struct value *version = value_get(preference, "StateMachineVersionArn");
    if (!version)
        return;
    struct value *routing = value_list(arena), *route = value_map(arena);
    value_setz(arena, route, "StateMachineVersionArn", value_copy(arena, version));
    value_setz(arena, route, "Weight", value_int(arena, 100));
    value_append(arena, routing, route);
    value_setz(arena, properties, "RoutingConfiguration", routing);
    value_remove(properties, STR("DeploymentPreference"));
}

static void normalize(struct arena *arena, struct value *properties)
{
    spell_out(arena, properties);
    shape_normalize(rules, arena, properties);
}

static bool is_between(const struct value *map, const char *key, int64_t least, int64_t most,
                       struct error *error)
{
    const struct value *given = value_get(map, key);
    int64_t number;
    if (value_find_unknown(given) || (value_to_int(given, &number) && number >= least && number <= most))
        return true;
    return value_error(given ? given : map, error, ERROR_INVALID,
                       "a DeploymentPreference in steps needs %s, from %lld to %lld", key, (long long)least,
                       (long long)most);
}

static bool check(const struct value *properties, struct error *error)
{
    const struct value *preference = value_get(properties, "DeploymentPreference"),
                       *type = value_get(preference, "Type");
    bool steps = value_is_text(type, "LINEAR") || value_is_text(type, "CANARY");
    if (steps && (!is_between(preference, "Percentage", 1, PERCENTAGE_MAX, error) ||
                  !is_between(preference, "Interval", 1, INTERVAL_MAX, error)))
        return false;
    if (preference && value_get(properties, "RoutingConfiguration"))
        return value_error(preference, error, ERROR_INVALID,
                           "an alias takes DeploymentPreference or RoutingConfiguration, not both");
    return preference || value_get(properties, "RoutingConfiguration") ||
           value_error(properties, error, ERROR_INVALID,
                       "an alias needs RoutingConfiguration or DeploymentPreference");
}

static struct str up_to_last_colon(struct str arn)
{
    return str_slice(arn, 0, str_find_last(arn, ':'));
}

static bool receive(const struct resource_call *call, const struct value *item, struct resource_state *state,
                    struct error *error)
{
    (void)item;
    (void)error;
    and_with(call->arena, state->properties, "StateMachineArn", up_to_last_colon(call->physical_id));
    return true;
}

/* A call about properties with the preference spelled out. */
static struct resource_call spelled(const struct resource_call *call)
{
    struct resource_call copy = *call;
    struct value *properties = value_copy(call->arena, call->properties);
    spell_out(call->arena, properties);
    copy.properties = properties;
    if (call->previous) {
        struct value *previous = value_copy(call->arena, call->previous);
        spell_out(call->arena, previous);
        copy.previous = previous;
    }
    return copy;
}

static struct str machine_of(const struct value *properties)
{
    struct str machine = value_get_text(properties, "StateMachineArn");
    const struct value *route = value_at(value_get(properties, "RoutingConfiguration"), 0);
    return machine.len ? machine : up_to_last_colon(value_get_text(route, "StateMachineVersionArn"));
}

static bool alias_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct resource_call there = spelled(call);
    there.physical_id = arena_printf(call->arena, "%.*s:%.*s", STR_ARG(machine_of(there.properties)),
                                     STR_ARG(wanted_name(call, "Name")));
    return plain_read(&there, state, error);
}

static bool alias_create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct resource_call copy = spelled(call);
    return plain_create(&copy, state, error);
}

static bool alias_update(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct resource_call copy = spelled(call);
    struct str machine = value_get_text(call->properties, "StateMachineArn");
    if (machine.len && !str_equal(machine, up_to_last_colon(call->physical_id)))
        return error_set(error, ERROR_INVALID,
                         "an alias cannot move to another state machine: give the new one another Name");
    return plain_update(&copy, state, error);
}

static const struct plain plain = {
    .rules = rules,
    .small_letters = true,
    .apart = apart,
    .create = &sfn_operations[SFN_CREATE_STATE_MACHINE_ALIAS],
    .read = &sfn_operations[SFN_DESCRIBE_STATE_MACHINE_ALIAS],
    .update = &sfn_operations[SFN_UPDATE_STATE_MACHINE_ALIAS],
    .remove = &sfn_operations[SFN_DELETE_STATE_MACHINE_ALIAS],
    .keys = keys,
    .id = "stateMachineAliasArn",
    .attributes = attributes,
    .receive = receive,
};

const struct resource_type sfn_state_machine_alias_type = {
    .name = "AWS::StepFunctions::StateMachineAlias",
    .name_property = "Name",
    .name_max = 80,
    .read = plain_read,
    .find = alias_find,
    .create = alias_create,
    .update = alias_update,
    .remove = plain_remove,
    .normalize = normalize,
    .check = check,
    .plain = &plain,
};
