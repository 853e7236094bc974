/*
 * AWS::Lambda::Permission: one statement of the policy of a function, version or alias.  It never changes; a
 * changed declaration is a new statement.  Its id is deterministic, so that it is found again.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-permission.html
 */

#include "providers/lambda/common.h"
#include "providers/lambda/types.h"
#include "providers/policy.h"
#include "providers/shape.h"

static const struct shape shape[] = {
    {.path = "Action"},
    {.path = "EventSourceToken"},
    {.path = "FunctionName"},
    {.path = "FunctionUrlAuthType"},
    {.path = "InvokedViaFunctionUrl", .kind = SHAPE_BOOL},
    {.path = "Principal"},
    {.path = "PrincipalOrgID"},
    {.path = "SourceAccount"},
    {.path = "SourceArn"},
    {.path = NULL},
};

/* A new principal is not known at once, and a function's policy takes one change at a time. */
static const struct hurdle hurdles[] = {
    {"InvalidParameterValueException", "principal was invalid"},
    {"ResourceConflictException", "concurrent"},
    {NULL, NULL},
};

/* How Lambda writes the properties down as conditions. */
static const struct {
    const char *property, *key;
} conditions[] = {
    {"EventSourceToken", "lambda:EventSourceToken"},
    {"FunctionUrlAuthType", "lambda:FunctionUrlAuthType"},
    {"InvokedViaFunctionUrl", "lambda:InvokedViaFunctionUrl"},
    {"PrincipalOrgID", "aws:PrincipalOrgID"},
    {"SourceAccount", "AWS:SourceAccount"},
    {"SourceArn", "AWS:SourceArn"},
};

/* The statement's id says nothing about its function: the properties do. */
static bool function_of(const struct resource_call *call, const struct value **declared,
                        struct function_name *function, struct error *error)
{
    const struct value *properties =
        value_get(call->properties, "FunctionName") ? call->properties : call->previous;
    *declared = properties;
    *function = function_name_split(value_get_text(properties, "FunctionName"));
    return function->name.len || error_set(error, ERROR_BUG, "the permission's function is not known");
}

static void read_conditions(struct arena *arena, const struct value *statement, struct value *live)
{
    const struct value *operators = value_get(statement, "Condition");
    for (size_t i = 0; value_is(operators, VALUE_MAP) && i < operators->count; i++) {
        const struct value *keys = operators->entries[i].value;
        for (size_t k = 0; value_is(keys, VALUE_MAP) && k < keys->count; k++)
            for (size_t c = 0; c < ARRAY_LENGTH(conditions); c++)
                if (str_equal_nocase(keys->entries[k].key, str_from(conditions[c].key)))
                    and_with(arena, live, conditions[c].property, value_text(keys->entries[k].value));
    }
}

static struct str principal_of(const struct value *statement)
{
    const struct value *principal = value_get(statement, "Principal");
    if (value_is(principal, VALUE_MAP) && principal->count)
        principal = principal->entries[0].value;
    return value_text(principal);
}

static bool read_statement(const struct resource_call *call, struct str id, struct resource_state *state,
                           struct error *error)
{
    struct arena *arena = call->arena;
    const struct value *declared;
    struct function_name function;
    struct value *answer, *policy;
    if (!function_of(call, &declared, &function, error) ||
        !aws_call(call->aws, &lambda_operations[LAMBDA_GET_POLICY], arena, function_input(arena, function),
                  &answer, error) ||
        !json_of_answer(arena, value_get_text(answer, "Policy"), &policy, error))
        return false;
    const struct value *statements = value_get(policy, "Statement"), *found = NULL;
    for (size_t i = 0; value_is(statements, VALUE_LIST) && i < statements->count; i++)
        if (str_equal(value_get_text(statements->items[i], "Sid"), id))
            found = statements->items[i];
    if (!found)
        return error_set(error, ERROR_NOT_FOUND, "function '%.*s' has no permission '%.*s'",
                         STR_ARG(function.name), STR_ARG(id));
    struct value *live = state->properties = value_map(arena);
    value_setz(arena, live, "FunctionName", value_copy(arena, value_get(declared, "FunctionName")));
    and_with(arena, live, "Action", value_get_text(found, "Action"));
    and_with(arena, live, "Principal", principal_of(found));
    read_conditions(arena, found, live);
    state->physical_id = id;
    state->attributes = input_with(arena, "Id", id);
    lambda_permission_type.normalize(arena, live);
    return true;
}

static bool permission_read(const struct resource_call *call, struct resource_state *state,
                            struct error *error)
{
    return read_statement(call, call->physical_id, state, error);
}

static bool permission_find(const struct resource_call *call, struct resource_state *state,
                            struct error *error)
{
    return read_statement(call, call->name, state, error);
}

static bool permission_create(const struct resource_call *call, struct resource_state *state,
                              struct error *error)
{
    static const char *const same[] = {"Action",    "EventSourceToken", "FunctionUrlAuthType",
                                       "Principal", "PrincipalOrgID",   "InvokedViaFunctionUrl",
                                       "SourceArn", "SourceAccount",    NULL};
    struct arena *arena = call->arena;
    const struct value *declared;
    struct function_name function;
    struct value *answer;
    if (!shape_check(shape, lambda_permission_type.name, call->properties, error) ||
        !function_of(call, &declared, &function, error))
        return false;
    struct value *target = shape_target(shape, arena, declared, NULL);
    struct value *input = and_with(arena, function_input(arena, function), "StatementId", call->name);
    members_copy(arena, input, target, same);
    if (!create_once(call, &lambda_permission_type, &lambda_operations[LAMBDA_ADD_PERMISSION], input, hurdles,
                     LAMBDA_ROLE_MS, &answer, error))
        return false;
    state->physical_id = call->name;
    state->properties = target;
    state->attributes = input_with(arena, "Id", call->name);
    return true;
}

static bool permission_remove(const struct resource_call *call, struct error *error)
{
    const struct value *declared;
    struct function_name function;
    if (!function_of(call, &declared, &function, error))
        return false;
    return call_or_absent(
        call, &lambda_operations[LAMBDA_REMOVE_PERMISSION],
        and_with(call->arena, function_input(call->arena, function), "StatementId", call->physical_id),
        error);
}

static void permission_normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(shape, arena, properties);
    function_name_normalize(arena, properties);
    const struct value *principal = value_get(properties, "Principal");
    if (value_is(principal, VALUE_STRING))
        value_setz(arena, properties, "Principal",
                   value_at_position_of(value_string(arena, policy_principal(principal->text)), principal));
}

const struct resource_type lambda_permission_type = {
    .name = "AWS::Lambda::Permission",
    .traits = RESOURCE_IMMUTABLE,
    .name_max = 100,
    .read = permission_read,
    .find = permission_find,
    .create = permission_create,
    .remove = permission_remove,
    .normalize = permission_normalize,
    .arn = "arn:{partition}:lambda:{region}:{account}:function:{FunctionName}",
};
