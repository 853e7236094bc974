/*
 * AWS::Lambda::Function.  Code is compared by its digest and configuration member by member with what is
 * live, so that an update writes only what differs.  A write waits until nothing else is under way on the
 * function, carries the revision that it was compared with, and is followed by a wait for its end.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-function.html
 */

#include "providers/lambda/common.h"
#include "providers/lambda/function_code.h"
#include "providers/lambda/function_settings.h"
#include "providers/lambda/types.h"
#include "providers/shape.h"

#define NOT_IN_API "Lambda's API does not offer it yet"

static const struct shape shape[] = {
    {.path = "Architectures", .kind = SHAPE_LIST, .otherwise = "[\"x86_64\"]"},
    {.path = "CapacityProviderConfig", .kind = SHAPE_MAP},
    {.path = "CapacityProviderConfig.LambdaManagedInstancesCapacityProviderConfig", .kind = SHAPE_MAP},
    {.path = "CapacityProviderConfig.LambdaManagedInstancesCapacityProviderConfig.CapacityProviderArn"},
    {.path = "CapacityProviderConfig.LambdaManagedInstancesCapacityProviderConfig."
             "ExecutionEnvironmentMemoryGiBPerVCpu",
     .kind = SHAPE_NUMBER},
    {.path = "CapacityProviderConfig.LambdaManagedInstancesCapacityProviderConfig."
             "PerExecutionEnvironmentMaxConcurrency",
     .kind = SHAPE_NUMBER},
    {.path = "Code", .kind = SHAPE_MAP},
    {.path = "Code.ImageUri"},
    {.path = "Code.Plumb::Artifact", .kind = SHAPE_MAP},
    {.path = "Code.Plumb::Artifact.Digest"},
    {.path = "Code.Plumb::Artifact.Path"},
    {.path = "Code.Plumb::Artifact.Patterns", .kind = SHAPE_LIST},
    {.path = "Code.S3Bucket"},
    {.path = "Code.S3Key"},
    {.path = "Code.S3ObjectStorageMode", .refused = NOT_IN_API},
    {.path = "Code.S3ObjectVersion"},
    {.path = "Code.SourceKMSKeyArn"},
    {.path = "Code.ZipFile"},
    {.path = "CodeSigningConfigArn"},
    {.path = "DeadLetterConfig", .kind = SHAPE_MAP, .otherwise = "{\"TargetArn\":\"\"}"},
    {.path = "DeadLetterConfig.TargetArn", .otherwise = "\"\""},
    {.path = "Description", .otherwise = "\"\""},
    {.path = "DurableConfig", .kind = SHAPE_MAP},
    {.path = "DurableConfig.ExecutionTimeout", .kind = SHAPE_NUMBER},
    {.path = "DurableConfig.KMSKeyArn", .refused = NOT_IN_API},
    {.path = "DurableConfig.RetentionPeriodInDays", .kind = SHAPE_NUMBER},
    {.path = "Environment", .kind = SHAPE_MAP, .otherwise = "{\"Variables\":{}}"},
    {.path = "Environment.Variables", .kind = SHAPE_TEXTS, .otherwise = "{}"},
    {.path = "EphemeralStorage", .kind = SHAPE_MAP, .otherwise = "{\"Size\":512}"},
    {.path = "EphemeralStorage.Size", .kind = SHAPE_NUMBER},
    {.path = "FileSystemConfigs", .kind = SHAPE_SET, .otherwise = "[]", .key = "LocalMountPath"},
    {.path = "FileSystemConfigs.Arn"},
    {.path = "FileSystemConfigs.LocalMountPath"},
    {.path = "FunctionName"},
    {.path = "FunctionScalingConfig",
     .kind = SHAPE_MAP,
     .refused = "declare it in an AWS::Lambda::Version, which is what it scales"},
    {.path = "Handler", .otherwise = "\"\""},
    {.path = "ImageConfig", .kind = SHAPE_MAP, .otherwise = "{}"},
    {.path = "ImageConfig.Command", .kind = SHAPE_LIST},
    {.path = "ImageConfig.EntryPoint", .kind = SHAPE_LIST},
    {.path = "ImageConfig.WorkingDirectory"},
    {.path = "KmsKeyArn", .otherwise = "\"\""},
    {.path = "Layers", .kind = SHAPE_LIST, .otherwise = "[]"},
    {.path = "LoggingConfig", .kind = SHAPE_MAP, .otherwise = "{\"LogFormat\":\"Text\"}"},
    {.path = "LoggingConfig.ApplicationLogLevel"},
    {.path = "LoggingConfig.LogFormat", .otherwise = "\"Text\""},
    {.path = "LoggingConfig.LogGroup"},
    {.path = "LoggingConfig.SystemLogLevel"},
    {.path = "MemorySize", .kind = SHAPE_NUMBER, .otherwise = "128"},
    {.path = "PackageType", .otherwise = "\"Zip\""},
    {.path = "PublishToLatestPublished",
     .kind = SHAPE_BOOL,
     .refused = "declare an AWS::Lambda::Version instead"},
    {.path = "RecursiveLoop", .otherwise = "\"Terminate\""},
    {.path = "ReservedConcurrentExecutions", .kind = SHAPE_NUMBER},
    {.path = "Role"},
    {.path = "Runtime"},
    {.path = "RuntimeManagementConfig", .kind = SHAPE_MAP, .otherwise = "{\"UpdateRuntimeOn\":\"Auto\"}"},
    {.path = "RuntimeManagementConfig.RuntimeVersionArn"},
    {.path = "RuntimeManagementConfig.UpdateRuntimeOn"},
    {.path = "SnapStart", .kind = SHAPE_MAP, .otherwise = "{\"ApplyOn\":\"None\"}"},
    {.path = "SnapStart.ApplyOn", .otherwise = "\"None\""},
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.path = "TenancyConfig", .kind = SHAPE_MAP},
    {.path = "TenancyConfig.TenantIsolationMode"},
    {.path = "Timeout", .kind = SHAPE_NUMBER, .otherwise = "3"},
    {.path = "TracingConfig", .kind = SHAPE_MAP, .otherwise = "{\"Mode\":\"PassThrough\"}"},
    {.path = "TracingConfig.Mode", .otherwise = "\"PassThrough\""},
    {.path = "VpcConfig", .kind = SHAPE_MAP, .otherwise = "{\"SecurityGroupIds\":[],\"SubnetIds\":[]}"},
    {.path = "VpcConfig.Ipv6AllowedForDualStack", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "VpcConfig.SecurityGroupIds", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "VpcConfig.SubnetIds", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = NULL},
};

/* Where the code came from cannot be read back; CodeSha256 stands for it. */
static const char *const unreadable[] = {
    "Code.Plumb::Artifact", "Code.S3Bucket", "Code.S3Key", "Code.S3ObjectVersion",
    "Code.SourceKMSKeyArn", "Code.ZipFile",  NULL};

/* GetFunctionConfiguration answers it. */
static const char *const readable[] = {"SnapStart", NULL};

/* "Allows updating execution timeout and retention period for functions with durability enabled":
 * UpdateFunctionConfiguration. */
static const char *const changed_in_place[] = {"DurableConfig", NULL};

/* Members of UpdateFunctionConfiguration under the same name. */
static const char *const configurable[] = {"CapacityProviderConfig",
                                           "DeadLetterConfig",
                                           "Description",
                                           "DurableConfig",
                                           "Environment",
                                           "EphemeralStorage",
                                           "FileSystemConfigs",
                                           "Handler",
                                           "ImageConfig",
                                           "Layers",
                                           "LoggingConfig",
                                           "MemorySize",
                                           "Role",
                                           "Runtime",
                                           "SnapStart",
                                           "Timeout",
                                           "TracingConfig",
                                           "VpcConfig",
                                           NULL};

/* --- reading --- */

static void read_renamed(struct arena *arena, const struct value *configuration, const struct value *answer,
                         struct value *live)
{
    static const char *const environment[] = {"Variables", NULL};
    static const char *const network[] = {"Ipv6AllowedForDualStack", "SecurityGroupIds", "SubnetIds", NULL};
    static const char *const snapshot[] = {"ApplyOn", NULL};
    static const struct {
        const char *name;
        const char *const *members;
    } parts[] = {{"Environment", environment}, {"VpcConfig", network}, {"SnapStart", snapshot}};
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
        const struct value *part = value_get(configuration, parts[i].name);
        if (!value_is(part, VALUE_MAP))
            continue;
        struct value *copy = value_map(arena);
        members_copy(arena, copy, part, parts[i].members);
        value_setz(arena, live, parts[i].name, copy);
    }
    const struct value *layers = value_get(configuration, "Layers");
    struct value *arns = value_list(arena);
    for (size_t i = 0; value_is(layers, VALUE_LIST) && i < layers->count; i++)
        value_append(arena, arns, value_get(layers->items[i], "Arn"));
    value_setz(arena, live, "Layers", arns);
    and_with(arena, live, "KmsKeyArn", value_get_text(configuration, "KMSKeyArn"));
    struct value *image = value_path(configuration, "ImageConfigResponse", "ImageConfig", NULL);
    if (image)
        value_setz(arena, live, "ImageConfig", image);
    struct value *reserved = value_path(answer, "Concurrency", "ReservedConcurrentExecutions", NULL);
    if (reserved)
        value_setz(arena, live, "ReservedConcurrentExecutions", reserved);
    struct str uri = value_text(value_path(answer, "Code", "ImageUri", NULL));
    if (uri.len)
        value_setz(arena, live, "Code", input_with(arena, "ImageUri", uri));
}

static struct value *attributes_of(struct arena *arena, const struct value *configuration)
{
    struct value *attributes = value_map(arena);
    const struct value *snapshot = value_get(configuration, "SnapStart");
    and_with(arena, attributes, "Arn", value_get_text(configuration, "FunctionArn"));
    and_with(arena, attributes, "CodeSha256", value_get_text(configuration, "CodeSha256"));
    if (value_is(snapshot, VALUE_MAP)) {
        and_with(arena, attributes, "SnapStartResponse.ApplyOn", value_get_text(snapshot, "ApplyOn"));
        and_with(arena, attributes, "SnapStartResponse.OptimizationStatus",
                 value_get_text(snapshot, "OptimizationStatus"));
    }
    return attributes;
}

static void state_of(const struct resource_call *call, const struct value *answer,
                     struct resource_state *state)
{
    static const char *const same[] = {"Architectures",
                                       "CapacityProviderConfig",
                                       "DeadLetterConfig",
                                       "Description",
                                       "DurableConfig",
                                       "EphemeralStorage",
                                       "FileSystemConfigs",
                                       "FunctionName",
                                       "Handler",
                                       "LoggingConfig",
                                       "MemorySize",
                                       "PackageType",
                                       "Role",
                                       "Runtime",
                                       "TenancyConfig",
                                       "Timeout",
                                       "TracingConfig",
                                       NULL};
    struct arena *arena = call->arena;
    const struct value *configuration = value_get(answer, "Configuration");
    struct value *live = state->properties = value_map(arena);
    members_copy(arena, live, configuration, same);
    read_renamed(arena, configuration, answer, live);
    const struct value *tags = value_get(answer, "Tags");
    state->tags = value_is(tags, VALUE_MAP) ? value_copy(arena, tags) : value_map(arena);
    value_setz(arena, live, "Tags", tags_as_list(arena, tags_of_user(call, state->tags), "Key", "Value"));
    state->physical_id = value_get_text(configuration, "FunctionName");
    state->attributes = attributes_of(arena, configuration);
}

static void finish(const struct resource_call *call, struct resource_state *state)
{
    shape_fill(shape, call->arena, state->properties);
    shape_normalize(shape, call->arena, state->properties);
}

static bool read_named(const struct resource_call *call, struct str name, struct resource_state *state,
                       struct error *error)
{
    struct value *answer;
    if (!aws_call(call->aws, &lambda_operations[LAMBDA_GET_FUNCTION], call->arena,
                  input_with(call->arena, "FunctionName", name), &answer, error))
        return false;
    state_of(call, answer, state);
    if (!function_settings_read(call, name, call->properties, state->properties, error))
        return false;
    finish(call, state);
    return true;
}

static bool function_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read_named(call, call->physical_id, state, error);
}

static bool function_extra(const struct resource_call *call, struct value **extras, struct error *error)
{
    struct function_name function = {.name = call->physical_id, .qualifier = STR_EMPTY};
    return function_extras(call, function, extras, error);
}

static bool remove_extra(const struct resource_call *call, const struct value *extra, struct error *error)
{
    struct function_name function = {.name = call->physical_id, .qualifier = STR_EMPTY};
    return function_remove_extra(call, function, extra, error);
}

static bool function_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read_named(call, wanted_name(call, "FunctionName"), state, error);
}

/* --- writing --- */

/* A reset of LoggingConfig must name the log group that Lambda uses by itself, and, of a log in JSON, the
 * levels: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html */
static void default_logging(struct arena *arena, struct value *target, struct str name)
{
    static const char *const levels[] = {"ApplicationLogLevel", "SystemLogLevel"};
    struct value *logging = value_get(target, "LoggingConfig");
    const struct value *group = value_get(logging, "LogGroup");
    if (!value_is(logging, VALUE_MAP))
        return;
    if (!group || group->kind == VALUE_NULL)
        and_with(arena, logging, "LogGroup", arena_printf(arena, "/aws/lambda/%.*s", STR_ARG(name)));
    for (size_t i = 0; i < ARRAY_LENGTH(levels); i++)
        if (value_is(value_get(logging, levels[i]), VALUE_NULL) &&
            value_is_text(value_get(logging, "LogFormat"), "JSON"))
            and_with(arena, logging, levels[i], STR("INFO"));
}

static struct value *target_of(const struct resource_call *call, struct str name, const struct value *live)
{
    struct arena *arena = call->arena;
    struct value *target = shape_target(shape, arena, call->properties, call->previous);
    if (value_get(call->previous, "LoggingConfig"))
        default_logging(arena, target, name);
    map_exact(arena, value_path(target, "Environment", "Variables", NULL),
              value_path(live, "Environment", "Variables", NULL));
    return target;
}

static bool write_configuration(const struct resource_call *call, const struct value *target,
                                const struct value *live, const struct value *configuration, bool *written,
                                struct error *error)
{
    struct arena *arena = call->arena;
    struct value *input = value_map(arena);
    for (const char *const *name = configurable; *name; name++) {
        if (!shape_differs(target, live, *name))
            continue;
        if (value_is(value_get(target, *name), VALUE_NULL))
            return error_set(
                error, ERROR_INVALID,
                "property '%s' cannot be taken away from a function: declare it again, or replace "
                "the function under another name",
                *name);
        value_setz(arena, input, *name, value_get(target, *name));
    }
    if (shape_differs(target, live, "KmsKeyArn"))
        and_with(arena, input, "KMSKeyArn", value_get_text(target, "KmsKeyArn"));
    *written = input->count > 0;
    if (!*written)
        return true;
    input = without_nulls(arena, input);
    and_with(arena, input, "FunctionName", value_get_text(configuration, "FunctionName"));
    if (value_get(configuration, "RevisionId"))
        and_with(arena, input, "RevisionId", value_get_text(configuration, "RevisionId"));
    return call_over_hurdles(call->aws, &lambda_operations[LAMBDA_UPDATE_FUNCTION_CONFIGURATION], arena,
                             input, lambda_update_hurdles, LAMBDA_ROLE_MS, NULL, error);
}

static bool update_once(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct function_name function = {.name = call->physical_id, .qualifier = STR_EMPTY};
    struct value *answer;
    bool written;
    if (!function_when_ready(call, function, false, &answer, error))
        return false;
    state_of(call, answer, state);
    struct value *live = state->properties, *tags = state->tags;
    struct value *target = target_of(call, function.name, live);
    if (!function_settings_read(call, function.name, target, live, error))
        return false;
    finish(call, state);
    if (!function_code_update(call, target, live, value_get(answer, "Configuration"), &written, error) ||
        (written && !function_when_ready(call, function, true, &answer, error)) ||
        !write_configuration(call, target, live, value_get(answer, "Configuration"), &written, error) ||
        (written && !function_when_ready(call, function, true, &answer, error)) ||
        !function_settings_write(call, function.name, target, live, error) ||
        !lambda_write_tags(call, value_get_text(state->attributes, "Arn"), tags, error))
        return false;
    state->attributes = attributes_of(call->arena, value_get(answer, "Configuration"));
    return true;
}

static bool function_update(const struct resource_call *call, struct resource_state *state,
                            struct error *error)
{
    return shape_check(shape, lambda_function_type.name, call->properties, error) &&
           update_until_answered(update_once, call, state, error);
}

static struct value *create_input(const struct resource_call *call, struct str name,
                                  const struct value *target, struct value *code)
{
    static const char *const also[] = {"Architectures", "CodeSigningConfigArn", "PackageType",
                                       "TenancyConfig", NULL};
    struct arena *arena = call->arena;
    struct value *input = input_with(arena, "FunctionName", name);
    members_copy(arena, input, target, configurable);
    members_copy(arena, input, target, also);
    value_setz(arena, input, "Code", code);
    if (value_get(target, "KmsKeyArn"))
        and_with(arena, input, "KMSKeyArn", value_get_text(target, "KmsKeyArn"));
    value_setz(arena, input, "Tags", resource_tags(call));
    return input;
}

static bool function_create(const struct resource_call *call, struct resource_state *state,
                            struct error *error)
{
    struct value *code, *answer;
    struct str digest;
    if (!shape_check(shape, lambda_function_type.name, call->properties, error))
        return false;
    struct value *target = shape_target(shape, call->arena, call->properties, NULL);
    struct function_name function = {.name = wanted_name(call, "FunctionName"), .qualifier = STR_EMPTY};
    if (!function_code(call, value_get(target, "Code"), value_get_text(target, "Runtime"), &code, &digest,
                       error) ||
        !create_once(call, &lambda_function_type, &lambda_operations[LAMBDA_CREATE_FUNCTION],
                     create_input(call, function.name, target, code), lambda_role_hurdles, LAMBDA_ROLE_MS,
                     &answer, error))
        return false;
    if (!answer) {
        struct resource_call found = *call;
        found.physical_id = function.name;
        return function_update(&found, state, error);
    }
    if (!function_when_ready(call, function, true, &answer, error))
        return false;
    state_of(call, answer, state);
    struct value *made = value_map(call->arena); /* what CreateFunction has set already */
    static const char *const set[] = {"CodeSigningConfigArn", NULL};
    members_copy(call->arena, made, target, set);
    return function_settings_write(call, function.name, target, made, error);
}

static bool function_remove(const struct resource_call *call, struct error *error)
{
    struct value *input = input_with(call->arena, "FunctionName", call->physical_id);
    if (call_over_hurdles(call->aws, &lambda_operations[LAMBDA_DELETE_FUNCTION], call->arena, input,
                          lambda_update_hurdles, LAMBDA_ROLE_MS, NULL, error))
        return true;
    if (error->code != ERROR_NOT_FOUND)
        return false;
    error_clear(error);
    return true;
}

static void function_normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(shape, arena, properties);
}

const struct resource_type lambda_function_type = {
    .name = "AWS::Lambda::Function",
    .traits = RESOURCE_TAGGED,
    .name_property = "FunctionName",
    .name_max = 64,
    .unreadable = unreadable,
    .readable = readable,
    .attribute_of_code = "CodeSha256",
    .read = function_read,
    .extras = function_extra,
    .remove_extra = remove_extra,
    .find = function_find,
    .create = function_create,
    .changed_in_place = changed_in_place,
    .update = function_update,
    .remove = function_remove,
    .normalize = function_normalize,
    .arn = "arn:{partition}:lambda:{region}:{account}:function:{FunctionName}",
};
