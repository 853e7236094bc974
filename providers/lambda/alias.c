/*
 * AWS::Lambda::Alias: a name for a version, or for two that share the traffic.  The weights are written only
 * where they are declared: during a rollout they belong to it.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-alias.html
 */

#include "providers/lambda/common.h"
#include "providers/lambda/function_settings.h"
#include "providers/lambda/types.h"
#include "providers/shape.h"

static const struct shape shape[] = {
    {.path = "Description", .otherwise = "\"\""},
    {.path = "FunctionName"},
    {.path = "FunctionVersion"},
    {.path = "Name"},
    {.path = "ProvisionedConcurrencyConfig", .kind = SHAPE_MAP},
    {.path = "ProvisionedConcurrencyConfig.ProvisionedConcurrentExecutions", .kind = SHAPE_NUMBER},
    {.path = "RoutingConfig", .kind = SHAPE_MAP, .otherwise = "{\"AdditionalVersionWeights\":[]}"},
    {.path = "RoutingConfig.AdditionalVersionWeights",
     .kind = SHAPE_SET,
     .otherwise = "[]",
     .key = "FunctionVersion"},
    {.path = "RoutingConfig.AdditionalVersionWeights.FunctionVersion"},
    {.path = "RoutingConfig.AdditionalVersionWeights.FunctionWeight", .kind = SHAPE_NUMBER},
    {.path = NULL},
};

/* Name of the function, and of the alias as qualifier. */
static struct function_name declared_alias(const struct resource_call *call)
{
    return (struct function_name){
        .name = function_name_split(value_get_text(call->properties, "FunctionName")).name,
        .qualifier = value_get_text(call->properties, "Name")};
}

static struct value *alias_input(const struct resource_call *call, struct function_name alias)
{
    struct value *input = input_with(call->arena, "FunctionName", alias.name);
    return and_with(call->arena, input, "Name", alias.qualifier);
}

/* {"2": 0.1} -> [{FunctionVersion, FunctionWeight}] */
static struct value *routing_from_api(struct arena *arena, const struct value *alias)
{
    const struct value *weights = value_path(alias, "RoutingConfig", "AdditionalVersionWeights", NULL);
    struct value *list = value_list(arena), *routing = value_map(arena);
    for (size_t i = 0; value_is(weights, VALUE_MAP) && i < weights->count; i++) {
        struct value *weight = input_with(arena, "FunctionVersion", weights->entries[i].key);
        value_setz(arena, weight, "FunctionWeight", weights->entries[i].value);
        value_append(arena, list, weight);
    }
    value_setz(arena, routing, "AdditionalVersionWeights", list);
    return routing;
}

static struct value *routing_to_api(struct arena *arena, const struct value *routing)
{
    const struct value *list = value_get(routing, "AdditionalVersionWeights");
    struct value *weights = value_map(arena), *result = value_map(arena);
    for (size_t i = 0; value_is(list, VALUE_LIST) && i < list->count; i++)
        value_set(arena, weights, value_get_text(list->items[i], "FunctionVersion"),
                  value_get(list->items[i], "FunctionWeight"));
    value_setz(arena, result, "AdditionalVersionWeights", weights);
    return result;
}

static void state_of(const struct resource_call *call, const struct value *alias,
                     struct resource_state *state)
{
    static const char *const same[] = {"Description", "FunctionVersion", "Name", NULL};
    struct arena *arena = call->arena;
    struct str arn = value_get_text(alias, "AliasArn");
    state->physical_id = arn;
    state->attributes = input_with(arena, "AliasArn", arn);
    state->properties = input_with(arena, "FunctionName", function_name_split(arn).name);
    members_copy(arena, state->properties, alias, same);
    value_setz(arena, state->properties, "RoutingConfig", routing_from_api(arena, alias));
}

static bool read_alias(const struct resource_call *call, struct function_name alias,
                       const struct value *asked, struct resource_state *state, struct value **answer,
                       struct error *error)
{
    struct value *provisioned;
    if (!aws_call(call->aws, &lambda_operations[LAMBDA_GET_ALIAS], call->arena, alias_input(call, alias),
                  answer, error))
        return false;
    state_of(call, *answer, state);
    if (value_get(asked, "ProvisionedConcurrencyConfig")) {
        if (!provisioned_read(call, alias, &provisioned, error))
            return false;
        if (provisioned)
            value_setz(call->arena, state->properties, "ProvisionedConcurrencyConfig", provisioned);
    }
    shape_fill(shape, call->arena, state->properties);
    lambda_alias_type.normalize(call->arena, state->properties);
    return true;
}

static bool alias_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct value *answer;
    return read_alias(call, function_name_split(call->physical_id), call->properties, state, &answer, error);
}

static bool alias_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct value *answer;
    return read_alias(call, declared_alias(call), call->properties, state, &answer, error);
}

/* A version that gets a share of the traffic and is not the alias's own.  Whoever moves traffic by hand does
 * so for a reason: it is only told. */
static bool weight_extras(const struct resource_call *call, struct value **extras, struct error *error)
{
    struct value *answer;
    if (value_get(call->properties, "RoutingConfig"))
        return true;
    if (!aws_call(call->aws, &lambda_operations[LAMBDA_GET_ALIAS], call->arena,
                  alias_input(call, function_name_split(call->physical_id)), &answer, error))
        return false;
    const struct value *weights = value_path(answer, "RoutingConfig", "AdditionalVersionWeights", NULL);
    for (size_t i = 0; value_is(weights, VALUE_MAP) && i < weights->count; i++)
        extra_stays(call->arena, add_extra(call->arena, extras, "version with traffic",
                                           weights->entries[i].key, value_text(weights->entries[i].value)));
    return true;
}

static bool alias_extra(const struct resource_call *call, struct value **extras, struct error *error)
{
    if (!weight_extras(call, extras, error))
        return false;
    return function_extras(call, function_name_split(call->physical_id), extras, error);
}

static bool remove_extra(const struct resource_call *call, const struct value *extra, struct error *error)
{
    return function_remove_extra(call, function_name_split(call->physical_id), extra, error);
}

static bool write_alias(const struct resource_call *call, struct function_name alias,
                        const struct value *target, const struct value *live, const struct value *answer,
                        struct error *error)
{
    static const char *const plain[] = {"Description", "FunctionVersion"};
    static const char *const revision[] = {"RevisionId", NULL};
    struct arena *arena = call->arena;
    struct value *input = value_map(arena);
    for (size_t i = 0; i < ARRAY_LENGTH(plain); i++)
        if (shape_differs(target, live, plain[i]))
            and_with(arena, input, plain[i], value_get_text(target, plain[i]));
    if (shape_differs(target, live, "RoutingConfig"))
        value_setz(arena, input, "RoutingConfig", routing_to_api(arena, value_get(target, "RoutingConfig")));
    if (input->count == 0)
        return true;
    members_copy(arena, input, answer, revision);
    and_with(arena, and_with(arena, input, "FunctionName", alias.name), "Name", alias.qualifier);
    return call_simply(call, &lambda_operations[LAMBDA_UPDATE_ALIAS], input, error);
}

static bool update_once(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct function_name alias = function_name_split(call->physical_id);
    struct value *answer, *target = shape_target(shape, call->arena, call->properties, call->previous);
    return read_alias(call, alias, target, state, &answer, error) &&
           write_alias(call, alias, target, state->properties, answer, error) &&
           (!value_get(target, "ProvisionedConcurrencyConfig") ||
            provisioned_write(call, alias, value_get(target, "ProvisionedConcurrencyConfig"),
                              value_get(state->properties, "ProvisionedConcurrencyConfig"), error));
}

static bool alias_update(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return shape_check(shape, lambda_alias_type.name, call->properties, error) &&
           update_until_answered(update_once, call, state, error);
}

static bool alias_create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    static const char *const plain[] = {"Description", "FunctionVersion", NULL};
    struct arena *arena = call->arena;
    if (!shape_check(shape, lambda_alias_type.name, call->properties, error))
        return false;
    struct function_name alias = declared_alias(call);
    struct value *target = shape_target(shape, arena, call->properties, NULL);
    struct value *input = alias_input(call, alias), *answer;
    members_copy(arena, input, target, plain);
    if (value_get(target, "RoutingConfig"))
        value_setz(arena, input, "RoutingConfig", routing_to_api(arena, value_get(target, "RoutingConfig")));
    if (!create_once(call, &lambda_alias_type, &lambda_operations[LAMBDA_CREATE_ALIAS], input, NULL, 0,
                     &answer, error))
        return false;
    if (!answer && !read_alias(call, alias, target, state, &answer, error))
        return false;
    state_of(call, answer, state);
    return provisioned_write(call, alias, value_get(target, "ProvisionedConcurrencyConfig"), NULL, error);
}

static bool alias_remove(const struct resource_call *call, struct error *error)
{
    return call_or_absent(call, &lambda_operations[LAMBDA_DELETE_ALIAS],
                          alias_input(call, function_name_split(call->physical_id)), error);
}

static void alias_normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(shape, arena, properties);
    function_name_normalize(arena, properties);
}

const struct resource_type lambda_alias_type = {
    .name = "AWS::Lambda::Alias",
    .read = alias_read,
    .find = alias_find,
    .create = alias_create,
    .update = alias_update,
    .remove = alias_remove,
    .extras = alias_extra,
    .remove_extra = remove_extra,
    .normalize = alias_normalize,
    .arn = "arn:{partition}:lambda:{region}:{account}:function:{FunctionName}:{Name}",
};
