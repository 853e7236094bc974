/*
 * AWS::Lambda::EventInvokeConfig: what becomes of asynchronous invocations of a function, a version or an
 * alias.  PutFunctionEventInvokeConfig sets the whole, and would overwrite what somebody else has set.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-eventinvokeconfig.html
 */

#include "providers/lambda/common.h"
#include "providers/lambda/types.h"
#include "providers/plain.h"

static const struct shape rules[] = {{.facts = "AWS::Lambda::EventInvokeConfig"}};

/* A new role may not be allowed at once to send where events shall go. */
static const struct hurdle hurdles[] = {
    {"InvalidParameterValueException", "does not have permissions"},
    {"ResourceConflictException", NULL},
    {NULL, NULL},
};

/* An update must say one thing at least. */
static bool send(const struct resource_call *call, const struct value *target,
                 const struct resource_state *live, struct value *input, struct error *error)
{
    (void)target;
    (void)live;
    (void)error;
    if (!value_get(input, "DestinationConfig")) {
        struct value *nowhere = value_map(call->arena);
        value_setz(call->arena, nowhere, "OnFailure", value_map(call->arena));
        value_setz(call->arena, nowhere, "OnSuccess", value_map(call->arena));
        value_setz(call->arena, input, "DestinationConfig", nowhere);
    }
    return true;
}

static const struct plain_key keys[] = {
    {"FunctionName", "FunctionName"}, {"Qualifier", "Qualifier"}, {NULL, NULL}};

static const struct plain invoke_config = {
    .rules = rules,
    .create = &lambda_operations[LAMBDA_PUT_FUNCTION_EVENT_INVOKE_CONFIG],
    .read = &lambda_operations[LAMBDA_GET_FUNCTION_EVENT_INVOKE_CONFIG],
    .update = &lambda_operations[LAMBDA_PUT_FUNCTION_EVENT_INVOKE_CONFIG],
    .remove = &lambda_operations[LAMBDA_DELETE_FUNCTION_EVENT_INVOKE_CONFIG],
    .keys = keys,
    .updates_whole = true,
    .hurdles = hurdles,
    .hurdles_ms = LAMBDA_ROLE_MS,
    .send = send,
};

/* Ref gives "FUNCTION|QUALIFIER"; where nobody says what is declared, that tells it. */
static struct resource_call known_call(const struct resource_call *call)
{
    struct resource_call known = *call;
    size_t bar = str_find(call->physical_id, '|');
    if (!plain_known(call)) {
        struct value *names = input_with(call->arena, "FunctionName", str_slice(call->physical_id, 0, bar));
        known.properties =
            and_with(call->arena, names, "Qualifier", str_from_index(call->physical_id, bar + 1));
    }
    return known;
}

static void name_it(const struct resource_call *call, struct resource_state *state)
{
    const struct value *known = plain_known(call);
    state->physical_id =
        arena_printf(call->arena, "%.*s|%.*s", STR_ARG(value_get_text(known, "FunctionName")),
                     STR_ARG(value_get_text(known, "Qualifier")));
}

static bool config_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct resource_call known = known_call(call);
    if (!plain_read(&known, state, error))
        return false;
    name_it(&known, state);
    return true;
}

/* One that stands there already is taken for the work of an earlier try only where it is what is wanted. */
static bool config_create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    const struct value *target = shape_target(rules, call->arena, call->properties, NULL);
    bool there = shape_check(rules, lambda_event_invoke_config_type.name, call->properties, error) &&
                 config_read(call, state, error);
    if (!there && error->code != ERROR_NOT_FOUND)
        return false;
    error_clear(error);
    if (there && !shape_covers(target, state->properties))
        return error_set(error, ERROR_CONFLICT, "'%.*s' has another configuration of its invocations already",
                         STR_ARG(state->physical_id));
    if (!there && !plain_create(call, state, error))
        return false;
    name_it(call, state);
    return true;
}

static bool config_update(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    if (!plain_update(call, state, error))
        return false;
    name_it(call, state);
    return true;
}

static bool config_remove(const struct resource_call *call, struct error *error)
{
    struct resource_call known = known_call(call);
    return plain_remove(&known, error);
}

const struct resource_type lambda_event_invoke_config_type = {
    .name = "AWS::Lambda::EventInvokeConfig",
    .plain = &invoke_config,
    .read = config_read,
    .find = config_read,
    .create = config_create,
    .update = config_update,
    .remove = config_remove,
    .normalize = function_name_normalize,
    .arn = "arn:{partition}:lambda:{region}:{account}:function:{FunctionName}",
};
