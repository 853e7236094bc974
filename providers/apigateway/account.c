/*
 * AWS::ApiGateway::Account: the role with which all APIs of an account and region write their logs.  There is
 * one, so that two applications cannot both have theirs: one that somebody else has set is not overwritten,
 * and on removal only our own is taken away.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-account.html
 */

#include "providers/apigateway/patch.h"
#include "providers/apigateway/types.h"
#include "providers/shape.h"

#define ROLE "CloudWatchRoleArn"

static const struct shape shape[] = {{.path = ROLE}, {.path = NULL}};

/* A new role is not known at once, nor are its policies. */
enum { NEW_ROLE_MS = 2 * 60 * 1000 };
static const struct hurdle new_role[] = {
    {"BadRequestException", "does not have required permissions"},
    {"BadRequestException", "role ARN"},
    {"ConflictException", "concurrent modification"},
    {NULL, NULL},
};

static void normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(shape, arena, properties);
}

/* What is declared, or was. */
static struct str own_role(const struct resource_call *call)
{
    return value_get_text(call->properties ? call->properties : call->previous, ROLE);
}

static void give(const struct resource_call *call, struct str role, struct resource_state *state)
{
    *state = (struct resource_state){.physical_id = STR("apigateway-account")};
    state->attributes = input_with(call->arena, "Id", state->physical_id);
    state->properties = value_map(call->arena);
    if (role.len)
        and_with(call->arena, state->properties, ROLE, role);
}

/* One without a role does not exist, unless it is declared so. */
static bool read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct value *answer;
    if (!aws_call(call->aws, &apigateway_operations[APIGATEWAY_GET_ACCOUNT], call->arena,
                  value_map(call->arena), &answer, error))
        return false;
    struct str role = value_get_text(answer, "cloudwatchRoleArn");
    if (!role.len && (!call->properties || own_role(call).len))
        return error_set(error, ERROR_NOT_FOUND, "API Gateway has no role for logs in this region");
    give(call, role, state);
    return true;
}

static bool write(const struct resource_call *call, struct str role, struct error *error)
{
    struct value *input = value_map(call->arena), *steps = value_list(call->arena);
    patch_add(call->arena, steps, "replace", STR("/cloudwatchRoleArn"), value_string(call->arena, role));
    value_setz(call->arena, input, "patchOperations", steps);
    return call_over_hurdles(call->aws, &apigateway_operations[APIGATEWAY_UPDATE_ACCOUNT], call->arena, input,
                             new_role, NEW_ROLE_MS, NULL, error);
}

static bool create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct str role = own_role(call);
    if (!shape_check(shape, apigateway_account_type.name, call->properties, error))
        return false;
    if (read(call, state, error)) {
        struct str theirs = value_get_text(state->properties, ROLE);
        if (theirs.len && !str_equal(theirs, role))
            return error_set(error, ERROR_CONFLICT,
                             "API Gateway writes its logs in this region with role '%.*s' already: declare "
                             "that one, or take '%.*s' out of the template",
                             STR_ARG(theirs), STR_ARG(call->logical_id));
        return true;
    }
    if (error->code != ERROR_NOT_FOUND)
        return false;
    error_clear(error);
    give(call, role, state);
    return write(call, role, error);
}

static bool update(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct value *answer;
    if (!shape_check(shape, apigateway_account_type.name, call->properties, error) ||
        !aws_call(call->aws, &apigateway_operations[APIGATEWAY_GET_ACCOUNT], call->arena,
                  value_map(call->arena), &answer, error))
        return false;
    struct str role = own_role(call), live = value_get_text(answer, "cloudwatchRoleArn");
    bool gone = !role.len && value_get_text(call->previous, ROLE).len && live.len;
    give(call, role, state);
    return (str_equal(role, live) || (!role.len && !gone)) || write(call, role, error);
}

static bool remove_it(const struct resource_call *call, struct error *error)
{
    struct resource_state state;
    struct str own = value_get_text(call->previous ? call->previous : call->properties, ROLE);
    if (!own.len)
        return true;
    if (read(call, &state, error))
        return !str_equal(value_get_text(state.properties, ROLE), own) || write(call, STR_EMPTY, error);
    if (error->code != ERROR_NOT_FOUND)
        return false;
    error_clear(error);
    return true;
}

const struct resource_type apigateway_account_type = {
    .name = "AWS::ApiGateway::Account",
    .read = read,
    .find = read,
    .create = create,
    .update = update,
    .remove = remove_it,
    .normalize = normalize,
    .arn = "arn:{partition}:apigateway:{region}::/account",
};
