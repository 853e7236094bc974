/*
 * AWS::Lambda::Url: the address at which a function or an alias of it is called.  A function has one, an
 * alias too; Ref gives the ARN of what it calls.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-url.html
 */

#include "providers/lambda/common.h"
#include "providers/lambda/types.h"
#include "providers/plain.h"

#define CORS(NAME) "Cors." NAME

/* UpdateFunctionUrlConfig replaces Cors as a whole. */
static const struct shape rules[] = {
    {.path = "Cors", .kind = SHAPE_MAP, .otherwise = "{}"},
    {.path = CORS("AllowCredentials"), .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = CORS("AllowHeaders"), .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = CORS("AllowMethods"), .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = CORS("AllowOrigins"), .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = CORS("ExposeHeaders"), .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = CORS("MaxAge"), .kind = SHAPE_NUMBER, .otherwise = "0"},
    {.path = "InvokeMode", .otherwise = "\"BUFFERED\""},
    {.facts = "AWS::Lambda::Url"},
};

static const char *const written[] = {"AuthType", "Cors", "InvokeMode", NULL};

/* The function may be given with its alias. */
static struct function_name declared_function(const struct value *properties)
{
    struct function_name function = function_name_split(value_get_text(properties, "TargetFunctionArn"));
    struct str qualifier = value_get_text(properties, "Qualifier");
    if (qualifier.len)
        function.qualifier = qualifier;
    return function;
}

static void state_of(const struct resource_call *call, const struct value *url, struct resource_state *state)
{
    struct arena *arena = call->arena;
    struct str arn = value_get_text(url, "FunctionArn");
    struct function_name function = function_name_split(arn);
    state->physical_id = arn;
    state->attributes = input_with(arena, "FunctionArn", arn);
    and_with(arena, state->attributes, "FunctionUrl", value_get_text(url, "FunctionUrl"));
    state->properties = input_with(arena, "TargetFunctionArn", function.name);
    if (function.qualifier.len)
        and_with(arena, state->properties, "Qualifier", function.qualifier);
    members_copy(arena, state->properties, url, written);
    shape_fill(rules, arena, state->properties);
    resource_normalize(&lambda_url_type, arena, state->properties);
}

static bool read_url(const struct resource_call *call, struct function_name function,
                     struct resource_state *state, struct error *error)
{
    struct value *answer;
    if (!aws_call(call->aws, &lambda_operations[LAMBDA_GET_FUNCTION_URL_CONFIG], call->arena,
                  function_input(call->arena, function), &answer, error))
        return false;
    state_of(call, answer, state);
    return true;
}

static bool url_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read_url(call, function_name_split(call->physical_id), state, error);
}

static bool url_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read_url(call, declared_function(call->properties), state, error);
}

static bool url_create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct arena *arena = call->arena;
    if (!shape_check(rules, lambda_url_type.name, call->properties, error))
        return false;
    struct value *target = shape_target(rules, arena, call->properties, NULL), *answer;
    struct value *input = function_input(arena, declared_function(call->properties));
    members_copy(arena, input, target, written);
    if (!create_once(call, &lambda_url_type, &lambda_operations[LAMBDA_CREATE_FUNCTION_URL_CONFIG], input,
                     NULL, 0, &answer, error))
        return false;
    if (!answer)
        return url_find(call, state, error);
    state_of(call, answer, state);
    return true;
}

/* What somebody else set in Cors beside the declared members stays. */
static struct value *whole_cors(struct arena *arena, const struct value *target, const struct value *live)
{
    struct value *cors = value_copy(arena, value_get(live, "Cors"));
    const struct value *wanted = value_get(target, "Cors");
    for (size_t i = 0; value_is(wanted, VALUE_MAP) && i < wanted->count; i++)
        value_set(arena, cors, wanted->entries[i].key, wanted->entries[i].value);
    return value_is(wanted, VALUE_MAP) && wanted->count ? without_nulls(arena, cors) : value_map(arena);
}

static bool update_once(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct arena *arena = call->arena;
    struct value *target = shape_target(rules, arena, call->properties, call->previous), *answer;
    struct value *input = function_input(arena, function_name_split(call->physical_id));
    size_t names = input->count;
    if (!url_read(call, state, error))
        return false;
    for (const char *const *name = written; *name; name++)
        if (shape_differs(target, state->properties, *name))
            value_setz(arena, input, *name, value_get(target, *name));
    if (value_get(input, "Cors"))
        value_setz(arena, input, "Cors", whole_cors(arena, target, state->properties));
    if (input->count == names)
        return true;
    if (!aws_call(call->aws, &lambda_operations[LAMBDA_UPDATE_FUNCTION_URL_CONFIG], arena, input, &answer,
                  error))
        return false;
    state_of(call, answer, state);
    return true;
}

static bool url_update(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return shape_check(rules, lambda_url_type.name, call->properties, error) &&
           update_until_answered(update_once, call, state, error);
}

static bool url_remove(const struct resource_call *call, struct error *error)
{
    return call_or_absent(call, &lambda_operations[LAMBDA_DELETE_FUNCTION_URL_CONFIG],
                          function_input(call->arena, function_name_split(call->physical_id)), error);
}

static void url_normalize(struct arena *arena, struct value *properties)
{
    struct function_name function = declared_function(properties);
    shape_normalize(rules, arena, properties);
    if (function.name.len)
        and_with(arena, properties, "TargetFunctionArn", function.name);
    if (function.qualifier.len)
        and_with(arena, properties, "Qualifier", function.qualifier);
}

const struct resource_type lambda_url_type = {
    .name = "AWS::Lambda::Url",
    .read = url_read,
    .find = url_find,
    .create = url_create,
    .update = url_update,
    .remove = url_remove,
    .normalize = url_normalize,
    .arn = "arn:{partition}:lambda:{region}:{account}:function:{FunctionName}",
};
