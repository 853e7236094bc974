/*
 * AWS::Lambda::Version: a snapshot of a function's code and configuration.  It never changes; a changed
 * declaration is a new version.  Lambda gives the last version again where nothing has changed since it was
 * published, so that a repeated create makes no second one.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-version.html
 */

#include "providers/lambda/common.h"
#include "providers/lambda/types.h"
#include "providers/shape.h"

static const struct shape shape[] = {
    {.path = "CodeSha256"},
    {.path = "Description", .otherwise = "\"\""},
    {.path = "FunctionName"},
    {.path = "FunctionScalingConfig", .kind = SHAPE_MAP},
    {.path = "FunctionScalingConfig.MaxExecutionEnvironments", .kind = SHAPE_NUMBER},
    {.path = "FunctionScalingConfig.MinExecutionEnvironments", .kind = SHAPE_NUMBER},
    {.path = "ProvisionedConcurrencyConfig", .kind = SHAPE_MAP},
    {.path = "ProvisionedConcurrencyConfig.ProvisionedConcurrentExecutions", .kind = SHAPE_NUMBER},
    {.path = "RuntimePolicy", .kind = SHAPE_MAP},
    {.path = "RuntimePolicy.RuntimeVersionArn"},
    {.path = "RuntimePolicy.UpdateRuntimeOn"},
    {.path = NULL},
};

static const char *const runtime_members[] = {"RuntimeVersionArn", "UpdateRuntimeOn", NULL};
static const char *const scaling_members[] = {"MaxExecutionEnvironments", "MinExecutionEnvironments", NULL};

static struct function_name declared_function(const struct resource_call *call)
{
    struct function_name function = function_name_split(value_get_text(call->properties, "FunctionName"));
    function.qualifier = STR_EMPTY;
    return function;
}

/* Parts with calls of their own: read where they are declared. */
static bool read_parts(const struct resource_call *call, struct function_name version, struct value *live,
                       struct error *error)
{
    struct arena *arena = call->arena;
    struct value *input = function_input(arena, version), *answer, *part;
    if (value_get(call->properties, "ProvisionedConcurrencyConfig")) {
        if (!provisioned_read(call, version, &part, error))
            return false;
        if (part)
            value_setz(arena, live, "ProvisionedConcurrencyConfig", part);
    }
    if (value_get(call->properties, "RuntimePolicy")) {
        if (!aws_call(call->aws, &lambda_operations[LAMBDA_GET_RUNTIME_MANAGEMENT_CONFIG], arena, input,
                      &answer, error))
            return false;
        part = value_map(arena);
        members_copy(arena, part, answer, runtime_members);
        value_setz(arena, live, "RuntimePolicy", part);
    }
    if (value_get(call->properties, "FunctionScalingConfig")) {
        if (!aws_call(call->aws, &lambda_operations[LAMBDA_GET_FUNCTION_SCALING_CONFIG], arena, input,
                      &answer, error))
            return false;
        part = value_map(arena);
        members_copy(arena, part, value_get(answer, "RequestedFunctionScalingConfig"), scaling_members);
        value_setz(arena, live, "FunctionScalingConfig", part);
    }
    return true;
}

static void state_of(const struct resource_call *call, const struct value *configuration,
                     struct resource_state *state)
{
    static const char *const same[] = {"CodeSha256", "Description", "FunctionName", NULL};
    struct str arn = value_get_text(configuration, "FunctionArn");
    state->physical_id = arn;
    state->properties = value_map(call->arena);
    members_copy(call->arena, state->properties, configuration, same);
    state->attributes = input_with(call->arena, "FunctionArn", arn);
    and_with(call->arena, state->attributes, "Version", value_get_text(configuration, "Version"));
    and_with(call->arena, state->attributes, "CodeSha256", value_get_text(configuration, "CodeSha256"));
}

static bool version_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct function_name version = function_name_split(call->physical_id);
    struct value *answer;
    if (!aws_call(call->aws, &lambda_operations[LAMBDA_GET_FUNCTION], call->arena,
                  function_input(call->arena, version), &answer, error))
        return false;
    state_of(call, value_get(answer, "Configuration"), state);
    if (!read_parts(call, version, state->properties, error))
        return false;
    shape_fill(shape, call->arena, state->properties);
    lambda_version_type.normalize(call->arena, state->properties);
    return true;
}

static int64_t number_of(const struct value *version)
{
    int64_t number;
    return value_to_int(value_get(version, "Version"), &number) ? number : 0;
}

/* Would Lambda give this version again?  It compares all of the configuration; what it does not change with
 * the code is settled by the digest of the code. */
static bool is_same(const struct value *last, const struct value *latest, const struct value *description)
{
    static const char *const members[] = {"CodeSha256",    "Role",      "Handler", "Runtime",
                                          "MemorySize",    "Timeout",   "Layers",  "Environment",
                                          "TracingConfig", "VpcConfig", NULL};
    for (const char *const *name = members; *name; name++) {
        const struct value *a = value_get(last, *name), *b = value_get(latest, *name);
        if ((a || b) && !value_equal(a, b))
            return false;
    }
    return !description || str_equal(value_text(description), value_get_text(last, "Description"));
}

/* The last published version, if it is of the code and configuration that are there now. */
static bool version_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    const struct value *last = NULL, *latest = NULL;
    struct function_name function = declared_function(call);
    struct value *versions;
    if (!aws_list(call->aws, &lambda_operations[LAMBDA_LIST_VERSIONS_BY_FUNCTION], call->arena,
                  function_input(call->arena, function), &versions, error))
        return false;
    for (size_t i = 0; i < versions->count; i++) {
        const struct value *version = versions->items[i];
        if (value_is_text(value_get(version, "Version"), "$LATEST"))
            latest = version;
        else if (number_of(version) > number_of(last))
            last = version;
    }
    if (!last || !latest || !is_same(last, latest, value_get(call->properties, "Description")))
        return error_set(error, ERROR_NOT_FOUND, "function '%.*s' has no version of its present state",
                         STR_ARG(function.name));
    struct resource_call found = *call;
    found.physical_id = value_get_text(last, "FunctionArn");
    return version_read(&found, state, error);
}

static bool write_parts(const struct resource_call *call, struct function_name version,
                        const struct value *target, struct error *error)
{
    struct arena *arena = call->arena;
    const struct value *runtime = value_get(target, "RuntimePolicy");
    struct value *scaling = value_get(target, "FunctionScalingConfig");
    struct value *input = function_input(arena, version);
    members_copy(arena, input, runtime, runtime_members);
    if (runtime && !call_simply(call, &lambda_operations[LAMBDA_PUT_RUNTIME_MANAGEMENT_CONFIG], input, error))
        return false;
    input = function_input(arena, version);
    if (scaling)
        value_setz(arena, input, "FunctionScalingConfig", scaling);
    if (scaling && !call_simply(call, &lambda_operations[LAMBDA_PUT_FUNCTION_SCALING_CONFIG], input, error))
        return false;
    return provisioned_write(call, version, value_get(target, "ProvisionedConcurrencyConfig"), NULL, error);
}

/* The declared digest must be that of the code that is there: Lambda checks it too, at publishing. */
static bool check_code(const struct value *target, const struct value *answer, struct error *error)
{
    struct str wanted = value_get_text(target, "CodeSha256");
    struct str live = value_text(value_path(answer, "Configuration", "CodeSha256", NULL));
    return !wanted.len || str_equal(wanted, live) ||
           error_set(error, ERROR_INVALID, "the code of function '%.*s' is '%.*s', not the declared '%.*s'",
                     STR_ARG(value_get_text(target, "FunctionName")), STR_ARG(live), STR_ARG(wanted));
}

static bool version_create(const struct resource_call *call, struct resource_state *state,
                           struct error *error)
{
    static const char *const given[] = {"CodeSha256", "Description", NULL};
    struct value *target = shape_target(shape, call->arena, call->properties, NULL), *answer;
    if (!shape_check(shape, lambda_version_type.name, call->properties, error))
        return false;
    struct function_name function = declared_function(call);
    if (!function_when_ready(call, function, true, &answer, error) || !check_code(target, answer, error))
        return false;
    struct value *input = function_input(call->arena, function);
    members_copy(call->arena, input, target, given);
    if (!call_over_hurdles(call->aws, &lambda_operations[LAMBDA_PUBLISH_VERSION], call->arena, input,
                           lambda_update_hurdles, LAMBDA_ROLE_MS, &answer, error))
        return false;
    struct function_name version = {.name = function.name, .qualifier = value_get_text(answer, "Version")};
    if (!function_when_ready(call, version, false, &answer, error))
        return false;
    state_of(call, value_get(answer, "Configuration"), state);
    return write_parts(call, version, target, error);
}

static bool version_remove(const struct resource_call *call, struct error *error)
{
    struct value *input = function_input(call->arena, function_name_split(call->physical_id));
    if (!value_get(input, "Qualifier"))
        return error_set(error, ERROR_BUG, "'%.*s' is not the ARN of a version", STR_ARG(call->physical_id));
    return call_or_absent(call, &lambda_operations[LAMBDA_DELETE_FUNCTION], input, error);
}

static void version_normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(shape, arena, properties);
    function_name_normalize(arena, properties);
}

const struct resource_type lambda_version_type = {
    .name = "AWS::Lambda::Version",
    .traits = RESOURCE_IMMUTABLE,
    .attribute_of_code = "CodeSha256",
    .read = version_read,
    .find = version_find,
    .create = version_create,
    .remove = version_remove,
    .normalize = version_normalize,
    .arn = "arn:{partition}:lambda:{region}:{account}:function:{FunctionName}",
};
