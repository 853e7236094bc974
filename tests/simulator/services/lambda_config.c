/* A function's configuration: what is accepted, its defaults, and how it is answered. */

#include "base/clock.h"
#include "tests/simulator/roles.h"
#include "tests/simulator/services/lambda.h"

enum { TIMEOUT_MAX = 900, MEMORY_MIN = 128, MEMORY_MAX = 10240, ENVIRONMENT_MAX = 4096, LAYERS_MAX = 5 };
enum { STORAGE_MIN = 512, DESCRIPTION_MAX = 256, HANDLER_MAX = 128 };

/* Runtimes that functions may still be created with. */
static const char *const runtimes[] = {
    "nodejs18.x", "nodejs20.x", "nodejs22.x", "nodejs24.x",   "python3.9",       "python3.10",
    "python3.11", "python3.12", "python3.13", "python3.14",   "java8.al2",       "java11",
    "java17",     "java21",     "java25",     "dotnet8",      "dotnet10",        "ruby3.2",
    "ruby3.3",    "ruby3.4",    "ruby4.0",    "provided.al2", "provided.al2023",
};

static const char *const retired_runtimes[] = {
    "nodejs",     "nodejs4.3",     "nodejs6.10",    "nodejs8.10",    "nodejs10.x",     "nodejs12.x",
    "nodejs14.x", "nodejs16.x",    "java8",         "python2.7",     "python3.6",      "python3.7",
    "python3.8",  "dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1", "dotnetcore3.1",  "dotnet6",
    "go1.x",      "ruby2.5",       "ruby2.7",       "provided",      "nodejs4.3-edge",
};

static const char *const reserved_variables[] = {
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
};

static bool is_one_of(struct str text, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(text, names[i]))
            return true;
    return false;
}

static bool runtime_is_valid(struct call *call)
{
    struct str runtime = call_text(call, "Runtime");
    if (!call_has(call, "Runtime") || is_one_of(runtime, runtimes, ARRAY_LENGTH(runtimes)))
        return true;
    if (is_one_of(runtime, retired_runtimes, ARRAY_LENGTH(retired_runtimes)))
        return call_fail(
            call, 400, LAMBDA_INVALID,
            "The runtime parameter of %.*s is no longer supported for creating or updating AWS Lambda "
            "functions. We recommend you use a supported runtime while creating or updating "
            "functions.",
            STR_ARG(runtime));
    return call_fail(
        call, 400, LAMBDA_INVALID,
        "Value %.*s at 'runtime' failed to satisfy constraint: Member must satisfy enum value set or "
        "be a valid ARN",
        STR_ARG(runtime));
}

static bool number_is_valid(struct call *call, const struct value *number, const char *name, int64_t least,
                            int64_t most)
{
    int64_t value;
    if (!number || (value_to_int(number, &value) && value >= least && value <= most))
        return true;
    return call_fail(
        call, 400, "ValidationException",
        "1 validation error detected: Value '%.*s' at '%s' failed to satisfy constraint: Member must "
        "have value between %lld and %lld",
        STR_ARG(value_text(number)), name, (long long)least, (long long)most);
}

static bool length_is_valid(struct call *call, const char *member, size_t most)
{
    return call_text(call, member).len <= most ||
           call_fail(
               call, 400, "ValidationException",
               "1 validation error detected: Value at '%s' failed to satisfy constraint: Member must have "
               "length less than or equal to %zu",
               member, most);
}

static bool role_is_valid(struct call *call)
{
    struct str role = call_text(call, "Role");
    if (!call_has(call, "Role"))
        return true;
    switch (role_check(call, role, "lambda.amazonaws.com")) {
    case ROLE_GOOD:
        return true;
    case ROLE_MALFORMED:
        return call_fail(
            call, 400, "ValidationException",
            "1 validation error detected: Value '%.*s' at 'role' failed to satisfy constraint: Member "
            "must satisfy regular expression pattern: "
            "arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+",
            STR_ARG(role));
    case ROLE_FOREIGN:
        return call_fail(call, 403, "AccessDeniedException", "Cross-account pass role is not allowed.");
    default:
        return call_fail(call, 400, LAMBDA_INVALID,
                         "The role defined for the function cannot be assumed by Lambda.");
    }
}

static bool environment_is_valid(struct call *call)
{
    const struct value *variables = value_path(call->input, "Environment", "Variables", NULL);
    size_t size = 0;
    for (size_t i = 0; variables && i < variables->count; i++) {
        struct str key = variables->entries[i].key;
        if (is_one_of(key, reserved_variables, ARRAY_LENGTH(reserved_variables)))
            return call_fail(
                call, 400, LAMBDA_INVALID,
                "Lambda was unable to configure your environment variables because the environment "
                "variables you have provided contains reserved keys that are currently not supported "
                "for modification. Reserved keys used in this request: %.*s",
                STR_ARG(key));
        size += key.len + value_text(variables->entries[i].value).len;
    }
    return size <= ENVIRONMENT_MAX ||
           call_fail(
               call, 400, LAMBDA_INVALID,
               "Lambda was unable to configure your environment variables because the environment variables "
               "you have provided exceeded the 4KB limit.");
}

/* "arn:aws:lambda:us-east-1:111111111111:layer:NAME:3": those of other accounts are taken as they are. */
static bool layer_exists(struct call *call, struct str layer, int64_t *size)
{
    struct str prefix = arn(call, "lambda", "layer:"), rest = str_from_index(layer, prefix.len), name;
    *size = 0;
    if (!str_starts(layer, prefix.ptr))
        return str_starts(layer, "arn:aws:lambda:");
    name = str_slice(rest, 0, str_find(rest, ':'));
    struct value *versions = value_get(value_get_str(state_map(call, "layers"), name), "versions");
    struct value *version = value_get_str(versions, str_from_index(rest, name.len + 1));
    *size = value_get_int(version, "size", 0);
    return version;
}

static bool layers_are_valid(struct call *call)
{
    struct value *layers = call_list(call, "Layers");
    int64_t size;
    if (layers->count > LAYERS_MAX)
        return call_fail(call, 400, LAMBDA_INVALID, "Cannot reference more than %d layers.", LAYERS_MAX);
    for (size_t i = 0; i < layers->count; i++)
        if (!layer_exists(call, value_text(layers->items[i]), &size))
            return call_fail(call, 400, LAMBDA_INVALID, "Layer version %.*s does not exist.",
                             STR_ARG(value_text(layers->items[i])));
    return true;
}

static bool creation_is_complete(struct call *call)
{
    bool image = str_is(call_text(call, "PackageType"), "Image");
    if (!call_need(call, "Role", 400, "ValidationException"))
        return false;
    if (!image && (!call_has(call, "Runtime") || !call_has(call, "Handler")))
        return call_fail(call, 400, LAMBDA_INVALID,
                         "Runtime and Handler are mandatory parameters for functions created with deployment "
                         "packages.");
    if (image && (call_has(call, "Runtime") || call_has(call, "Handler")))
        return call_fail(
            call, 400, LAMBDA_INVALID,
            "Please don't provide Runtime or Handler or Layer when the intent is to create a function "
            "with a container image");
    return true;
}

bool lambda_config_is_valid(struct call *call, bool creating)
{
    const struct value *in = call->input;
    return (!creating || creation_is_complete(call)) && runtime_is_valid(call) &&
           length_is_valid(call, "Description", DESCRIPTION_MAX) &&
           length_is_valid(call, "Handler", HANDLER_MAX) &&
           number_is_valid(call, value_get(in, "Timeout"), "timeout", 1, TIMEOUT_MAX) &&
           number_is_valid(call, value_get(in, "MemorySize"), "memorySize", MEMORY_MIN, MEMORY_MAX) &&
           number_is_valid(call, value_path(in, "EphemeralStorage", "Size", NULL), "ephemeralStorage.size",
                           STORAGE_MIN, MEMORY_MAX) &&
           environment_is_valid(call) && layers_are_valid(call) && role_is_valid(call);
}

/* A member that is as good as removed where `inner` of it is empty. */
static void apply_removable(struct call *call, struct value *config, const char *member, const char *inner)
{
    struct value *given = value_get(call->input, member), *part = inner ? value_get(given, inner) : given;
    if (!given)
        return;
    bool empty = !part || part->kind == VALUE_NULL || (part->kind == VALUE_STRING && !part->text.len) ||
                 ((part->kind == VALUE_MAP || part->kind == VALUE_LIST) && !part->count);
    if (empty)
        (void)value_remove(config, str_from(member));
    else
        state_member(call, config, member);
}

static void apply_layers(struct call *call, struct value *config)
{
    struct value *layers = call_list(call, "Layers"), *out = value_list(call->arena);
    if (!call_has(call, "Layers"))
        return;
    for (size_t i = 0; i < layers->count; i++) {
        struct value *layer = value_map(call->arena);
        int64_t size;
        layer_exists(call, value_text(layers->items[i]), &size);
        put(call, layer, "Arn", layers->items[i]);
        put_int(call, layer, "CodeSize", size);
        value_append(call->arena, out, layer);
    }
    if (out->count)
        state_put(call, config, STR("Layers"), out);
    else
        (void)value_remove(config, STR("Layers"));
}

static void apply_vpc(struct call *call, struct value *config)
{
    if (!call_has(call, "VpcConfig"))
        return;
    struct value *given = value_get(call->input, "VpcConfig"), *vpc = value_map(call->arena);
    struct value *subnets = list_of(call, value_get(given, "SubnetIds"));
    put(call, vpc, "SubnetIds", subnets);
    put(call, vpc, "SecurityGroupIds", list_of(call, value_get(given, "SecurityGroupIds")));
    put_text(call, vpc, "VpcId", subnets->count ? STR("vpc-0a1b2c3d4e5f60718") : STR_EMPTY);
    put_bool(call, vpc, "Ipv6AllowedForDualStack", value_get_bool(given, "Ipv6AllowedForDualStack", false));
    state_put(call, config, STR("VpcConfig"), vpc);
}

static void apply_logging(struct call *call, struct value *config, bool creating)
{
    struct value *given = value_get(call->input, "LoggingConfig");
    struct value *there = value_get(config, "LoggingConfig");
    struct value *logging = creating ? value_map(call->arena) : value_copy(call->arena, there);
    if (!given && !creating)
        return;
    if (creating) {
        put_text(call, logging, "LogFormat", STR("Text"));
        put_textf(call, logging, "LogGroup", "/aws/lambda/%.*s",
                  STR_ARG(value_get_text(config, "FunctionName")));
    }
    for (size_t i = 0; given && i < given->count; i++)
        value_set(call->arena, logging, given->entries[i].key, given->entries[i].value);
    bool json = str_is(value_get_text(logging, "LogFormat"), "JSON");
    static const char *const levels[] = {"ApplicationLogLevel", "SystemLogLevel"};
    for (size_t i = 0; i < ARRAY_LENGTH(levels); i++)
        if (!json)
            (void)value_remove(logging, str_from(levels[i]));
        else if (!value_get(logging, levels[i]))
            put_text(call, logging, levels[i], STR("INFO"));
    state_put(call, config, STR("LoggingConfig"), logging);
}

static void apply_snap_start(struct call *call, struct value *config, bool creating)
{
    struct value *given = value_get(call->input, "SnapStart"), *snap = value_map(call->arena);
    if (!given && !creating)
        return;
    put_text(call, snap, "ApplyOn", given ? value_get_text(given, "ApplyOn") : STR("None"));
    put_text(call, snap, "OptimizationStatus", STR("Off"));
    state_put(call, config, STR("SnapStart"), snap);
}

static void apply_image(struct call *call, struct value *config)
{
    struct value *given = value_get(call->input, "ImageConfig"), *answer = value_map(call->arena);
    if (!given)
        return;
    put(call, answer, "ImageConfig", given);
    if (given->count)
        state_put(call, config, STR("ImageConfigResponse"), answer);
    else
        (void)value_remove(config, STR("ImageConfigResponse"));
}

static void apply_defaults(struct call *call, struct value *config)
{
    struct value *tracing = value_map(call->arena), *storage = value_map(call->arena);
    struct value *architectures = value_list(call->arena);
    value_append(call->arena, architectures, value_stringz(call->arena, "x86_64"));
    put_text(call, tracing, "Mode", STR("PassThrough"));
    put_int(call, storage, "Size", STORAGE_MIN);
    state_text(call, config, "Description", STR_EMPTY);
    state_int(call, config, "Timeout", 3);
    state_int(call, config, "MemorySize", MEMORY_MIN);
    state_put(call, config, STR("TracingConfig"), tracing);
    state_put(call, config, STR("EphemeralStorage"), storage);
    state_text(call, config, "PackageType", STR("Zip"));
    state_put(call, config, STR("Architectures"), architectures);
}

void lambda_config_apply(struct call *call, struct value *config, bool creating)
{
    static const char *const plain[] = {"Runtime",
                                        "Role",
                                        "Handler",
                                        "Description",
                                        "Timeout",
                                        "MemorySize",
                                        "TracingConfig",
                                        "EphemeralStorage",
                                        "PackageType",
                                        "Architectures",
                                        "DurableConfig",
                                        "TenancyConfig",
                                        "CapacityProviderConfig"};
    if (creating)
        apply_defaults(call, config);
    for (size_t i = 0; i < ARRAY_LENGTH(plain); i++)
        state_member(call, config, plain[i]);
    apply_removable(call, config, "Environment", "Variables");
    apply_removable(call, config, "DeadLetterConfig", "TargetArn");
    apply_removable(call, config, "KMSKeyArn", NULL);
    apply_removable(call, config, "FileSystemConfigs", NULL);
    apply_layers(call, config);
    apply_vpc(call, config);
    apply_logging(call, config, creating);
    apply_snap_start(call, config, creating);
    apply_image(call, config);
}

struct str lambda_time(const struct call *call, int64_t ms)
{
    struct str seconds = time_iso8601(call->arena, ms);
    return arena_printf(call->arena, "%.*s.%03d+0000", (int)seconds.len - 1, seconds.ptr, (int)(ms % 1000));
}

struct str lambda_current_revision(const struct call *call, const struct value *record)
{
    bool settled = value_get_int(record, "until", 0) <= call->now;
    return value_get_text(record, settled ? "settled" : "revision");
}

/* A variable of the function's environment decides how updates end, for tests of failures. */
static struct str ordered_failure(const struct value *record)
{
    return value_text(
        value_path(record, "config", "Environment", "Variables", "SIMULATOR_UPDATE_FAILS", NULL));
}

static void put_state(struct call *call, struct value *out, const struct value *record)
{
    bool settled = value_get_int(record, "until", 0) <= call->now;
    bool fresh = value_get_bool(record, "fresh", false);
    struct str failure = ordered_failure(record);
    put_text(call, out, "State", settled || !fresh ? STR("Active") : STR("Pending"));
    if (!settled && fresh) {
        put_text(call, out, "StateReason", STR("The function is being created."));
        put_text(call, out, "StateReasonCode", STR("Creating"));
        return;
    }
    put_text(call, out, "LastUpdateStatus",
             !settled      ? STR("InProgress")
             : failure.len ? STR("Failed")
                           : STR("Successful"));
    if (!settled)
        put_text(call, out, "LastUpdateStatusReason", STR("The function is being updated."));
    if (!settled || !failure.len)
        return;
    put_text(call, out, "LastUpdateStatusReason", STR("the update failed as its environment asked for"));
    put_text(call, out, "LastUpdateStatusReasonCode", failure);
}

struct value *lambda_configuration(struct call *call, const struct value *function,
                                   const struct value *record, struct str qualifier, struct str version,
                                   enum lambda_form form)
{
    struct value *out = value_map(call->arena);
    const struct value *config = value_get(record, "config");
    struct str name = value_get_text(function, "name");
    put_text(call, out, "FunctionName", name);
    put_text(call, out, "FunctionArn", lambda_arn(call, name, qualifier));
    for (size_t i = 0; i < config->count; i++)
        value_set(call->arena, out, config->entries[i].key, config->entries[i].value);
    put(call, out, "CodeSize", value_get(record, "size"));
    put(call, out, "CodeSha256", value_get(record, "sha256"));
    put_text(call, out, "LastModified", lambda_time(call, value_get_int(record, "modified", 0)));
    put_text(call, out, "Version", version);
    put_text(call, out, "RevisionId", lambda_current_revision(call, record));
    if (form == LAMBDA_FULL) {
        struct value *runtime = value_map(call->arena);
        put_textf(call, runtime, "RuntimeVersionArn", "arn:aws:lambda:%.*s::runtime:%064d",
                  STR_ARG(call->region), 1);
        if (value_get(config, "Runtime"))
            put(call, out, "RuntimeVersionConfig", runtime);
        put_state(call, out, record);
    }
    return out;
}
