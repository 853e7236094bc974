/*
 * AWS::Lambda::LayerVersionPermission: one statement of the policy of a layer's version.  It never changes; a
 * changed declaration is a new statement.  Its id is deterministic, so that it is found again; Ref gives the
 * version's ARN and that id.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-layerversionpermission.html
 */

#include "providers/lambda/layer.h"
#include "providers/lambda/types.h"
#include "providers/policy.h"
#include "providers/shape.h"

static const struct shape rules[] = {{.facts = "AWS::Lambda::LayerVersionPermission"}};

/* A new principal is not known at once. */
static const struct hurdle hurdles[] = {{"InvalidParameterValueException", "principal was invalid"},
                                        {NULL, NULL}};

static struct str principal_of(const struct value *statement)
{
    const struct value *principal = value_get(statement, "Principal");
    if (value_is(principal, VALUE_MAP) && principal->count)
        principal = principal->entries[0].value;
    return policy_principal(value_text(principal));
}

static const struct value *statement_with(const struct value *policy, struct str id)
{
    const struct value *statements = value_get(policy, "Statement");
    for (size_t i = 0; value_is(statements, VALUE_LIST) && i < statements->count; i++)
        if (str_equal(value_get_text(statements->items[i], "Sid"), id))
            return statements->items[i];
    return NULL;
}

/* "ARN#STATEMENT" */
static struct str id_of(const struct resource_call *call, struct str arn, struct str statement)
{
    return arena_printf(call->arena, "%.*s#%.*s", STR_ARG(arn), STR_ARG(statement));
}

static bool read_statement(const struct resource_call *call, struct str arn, struct str id,
                           struct resource_state *state, struct error *error)
{
    struct arena *arena = call->arena;
    struct value *input, *answer, *policy;
    if (!layer_version_input(call, arn, &input, error) ||
        !aws_call(call->aws, &lambda_operations[LAMBDA_GET_LAYER_VERSION_POLICY], arena, input, &answer,
                  error) ||
        !json_of_answer(arena, value_get_text(answer, "Policy"), &policy, error))
        return false;
    const struct value *found = statement_with(policy, id);
    if (!found)
        return error_set(error, ERROR_NOT_FOUND, "'%.*s' has no permission '%.*s'", STR_ARG(arn),
                         STR_ARG(id));
    struct str organization =
        value_text(value_path(found, "Condition", "StringEquals", "aws:PrincipalOrgID", NULL));
    state->physical_id = id_of(call, arn, id);
    state->attributes = input_with(arena, "Id", state->physical_id);
    state->properties = input_with(arena, "LayerVersionArn", arn);
    and_with(arena, state->properties, "Action", value_get_text(found, "Action"));
    and_with(arena, state->properties, "Principal", principal_of(found));
    if (organization.len)
        and_with(arena, state->properties, "OrganizationId", organization);
    return true;
}

static bool permission_read(const struct resource_call *call, struct resource_state *state,
                            struct error *error)
{
    size_t mark = str_find(call->physical_id, '#');
    return read_statement(call, str_slice(call->physical_id, 0, mark),
                          str_from_index(call->physical_id, mark + 1), state, error);
}

static bool permission_find(const struct resource_call *call, struct resource_state *state,
                            struct error *error)
{
    return read_statement(call, value_get_text(call->properties, "LayerVersionArn"), call->name, state,
                          error);
}

static bool permission_create(const struct resource_call *call, struct resource_state *state,
                              struct error *error)
{
    static const char *const same[] = {"Action", "OrganizationId", "Principal", NULL};
    struct str arn = value_get_text(call->properties, "LayerVersionArn");
    struct value *input, *answer;
    if (!shape_check(rules, lambda_layer_version_permission_type.name, call->properties, error) ||
        !layer_version_input(call, arn, &input, error))
        return false;
    members_copy(call->arena, input, shape_target(rules, call->arena, call->properties, NULL), same);
    and_with(call->arena, input, "StatementId", call->name);
    if (!create_once(call, &lambda_layer_version_permission_type,
                     &lambda_operations[LAMBDA_ADD_LAYER_VERSION_PERMISSION], input, hurdles, LAMBDA_ROLE_MS,
                     &answer, error))
        return false;
    state->physical_id = id_of(call, arn, call->name);
    state->attributes = input_with(call->arena, "Id", state->physical_id);
    return true;
}

static bool permission_remove(const struct resource_call *call, struct error *error)
{
    size_t mark = str_find(call->physical_id, '#');
    struct value *input;
    if (!layer_version_input(call, str_slice(call->physical_id, 0, mark), &input, error))
        return false;
    and_with(call->arena, input, "StatementId", str_from_index(call->physical_id, mark + 1));
    return call_or_absent(call, &lambda_operations[LAMBDA_REMOVE_LAYER_VERSION_PERMISSION], input, error);
}

static void permission_normalize(struct arena *arena, struct value *properties)
{
    const struct value *principal = value_get(properties, "Principal");
    shape_normalize(rules, arena, properties);
    if (value_is(principal, VALUE_STRING))
        and_with(arena, properties, "Principal", policy_principal(principal->text));
}

const struct resource_type lambda_layer_version_permission_type = {
    .name = "AWS::Lambda::LayerVersionPermission",
    .traits = RESOURCE_IMMUTABLE,
    .name_max = 100,
    .read = permission_read,
    .find = permission_find,
    .create = permission_create,
    .remove = permission_remove,
    .normalize = permission_normalize,
    .arn = "arn:{partition}:lambda:{region}:{account}:layer:*",
};
