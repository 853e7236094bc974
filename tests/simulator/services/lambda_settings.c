/* What hangs on a function or a qualifier: concurrency, asynchronous invocation, URLs, runtime updates. */

#include "tests/simulator/services/lambda.h"

enum { CONCURRENCY_LIMIT = 1000, UNRESERVED_MIN = 100 };

/* --- Reserved concurrency ---------------------------------------------------------------------------- */

static int64_t reserved_by_others(struct call *call, const struct value *function)
{
    struct value *functions = lambda_functions(call);
    int64_t sum = 0;
    for (size_t i = 0; i < functions->count; i++)
        if (functions->entries[i].value != function)
            sum += value_get_int(functions->entries[i].value, "reserved", 0);
    return sum;
}

bool lambda_PutFunctionConcurrency(struct call *call)
{
    struct lambda_target target;
    int64_t wanted = value_get_int(call->input, "ReservedConcurrentExecutions", -1);
    if (!lambda_find(call, &target))
        return false;
    if (wanted < 0)
        return call_fail(call, 400, LAMBDA_INVALID, "ReservedConcurrentExecutions must be 0 or more");
    if (reserved_by_others(call, target.function) + wanted > CONCURRENCY_LIMIT - UNRESERVED_MIN)
        return call_fail(call, 400, LAMBDA_INVALID,
                         "Specified ReservedConcurrentExecutions for function decreases account's "
                         "UnreservedConcurrentExecution below its minimum value of [%d].",
                         UNRESERVED_MIN);
    state_int(call, target.function, "reserved", wanted);
    put_int(call, call->output, "ReservedConcurrentExecutions", wanted);
    return true;
}

bool lambda_GetFunctionConcurrency(struct call *call)
{
    struct lambda_target target;
    if (!lambda_find(call, &target))
        return false;
    put(call, call->output, "ReservedConcurrentExecutions", value_get(target.function, "reserved"));
    return true;
}

bool lambda_DeleteFunctionConcurrency(struct call *call)
{
    struct lambda_target target;
    if (!lambda_find(call, &target))
        return false;
    (void)value_remove(target.function, STR("reserved"));
    return true;
}

/* --- Provisioned concurrency ------------------------------------------------------------------------- */

static struct value *provisioned_shape(struct call *call, const struct value *config)
{
    struct value *shape = value_map(call->arena);
    bool ready = value_get_int(config, "until", 0) <= call->now;
    struct value *wanted = value_get(config, "wanted"), *none = value_int(call->arena, 0);
    put(call, shape, "RequestedProvisionedConcurrentExecutions", wanted);
    put(call, shape, "AvailableProvisionedConcurrentExecutions", ready ? wanted : none);
    put(call, shape, "AllocatedProvisionedConcurrentExecutions", ready ? wanted : none);
    put_text(call, shape, "Status", ready ? STR("READY") : STR("IN_PROGRESS"));
    put_text(call, shape, "LastModified", lambda_time(call, value_get_int(config, "modified", 0)));
    return shape;
}

bool lambda_PutProvisionedConcurrencyConfig(struct call *call)
{
    struct lambda_target target;
    struct value *record;
    struct str version;
    int64_t wanted = value_get_int(call->input, "ProvisionedConcurrentExecutions", 0);
    if (!lambda_find_qualified(call, &target, &record, &version))
        return false;
    if (str_is(version, "$LATEST"))
        return call_fail(
            call, 400, LAMBDA_INVALID,
            "Provisioned Concurrency Configs cannot be applied to unpublished function versions.");
    if (wanted < 1 || wanted > CONCURRENCY_LIMIT - UNRESERVED_MIN)
        return call_fail(call, 400, LAMBDA_INVALID,
                         "Specified ConcurrentExecutions for function is greater than account's unreserved "
                         "concurrency [%d].",
                         CONCURRENCY_LIMIT - UNRESERVED_MIN);
    struct value *config = state_put(call, lambda_map(call, target.function, "provisioned"), target.qualifier,
                                     value_map(call->arena));
    state_int(call, config, "wanted", wanted);
    state_int(call, config, "modified", call->now);
    state_int(call, config, "until", call->now + call_delay(call, "lambda.concurrency"));
    call->output = provisioned_shape(call, config);
    return true;
}

bool lambda_GetProvisionedConcurrencyConfig(struct call *call)
{
    struct lambda_target target;
    if (!lambda_find(call, &target))
        return false;
    struct value *config = value_get_str(value_get(target.function, "provisioned"), target.qualifier);
    if (!config)
        return call_fail(call, 404, "ProvisionedConcurrencyConfigNotFoundException",
                         "No Provisioned Concurrency Config found for this function");
    call->output = provisioned_shape(call, config);
    return true;
}

bool lambda_DeleteProvisionedConcurrencyConfig(struct call *call)
{
    struct lambda_target target;
    if (!lambda_find(call, &target))
        return false;
    struct value *configs = value_get(target.function, "provisioned");
    if (configs)
        (void)value_remove(configs, target.qualifier);
    return true;
}

/* A page of a function's map of qualifiers, each as `shape` gives it. */
static bool list_map(struct call *call, const char *map_name, const char *list_name,
                     struct value *(*shape)(struct call *, const struct lambda_target *, struct str,
                                            const struct value *))
{
    struct lambda_target target;
    struct value *items = value_map(call->arena);
    struct str next;
    if (!lambda_find(call, &target))
        return false;
    const struct value *map = value_get(target.function, map_name);
    for (size_t i = 0; map && i < map->count; i++)
        value_set(call->arena, items, arena_printf(call->arena, "k%.*s", STR_ARG(map->entries[i].key)),
                  shape(call, &target, map->entries[i].key, map->entries[i].value));
    struct value *page = call_page(call, items, &lambda_paging, &next);
    if (!page)
        return false;
    put(call, call->output, list_name, page);
    if (next.len)
        put_text(call, call->output, "NextMarker", next);
    return true;
}

static struct value *provisioned_item(struct call *call, const struct lambda_target *target,
                                      struct str qualifier, const struct value *config)
{
    struct value *shape = provisioned_shape(call, config);
    put_text(call, shape, "FunctionArn", lambda_arn(call, target->name, qualifier));
    return shape;
}

bool lambda_ListProvisionedConcurrencyConfigs(struct call *call)
{
    return list_map(call, "provisioned", "ProvisionedConcurrencyConfigs", provisioned_item);
}

/* --- Asynchronous invocation ------------------------------------------------------------------------- */

static struct value *invoke_shape(struct call *call, const struct lambda_target *target, struct str qualifier,
                                  const struct value *config)
{
    struct value *shape = value_map(call->arena);
    put_time(call, shape, "LastModified", value_get_int(config, "modified", 0));
    put_text(call, shape, "FunctionArn",
             lambda_arn(call, target->name, qualifier.len ? qualifier : STR("$LATEST")));
    put(call, shape, "MaximumRetryAttempts", value_get(config, "MaximumRetryAttempts"));
    put(call, shape, "MaximumEventAgeInSeconds", value_get(config, "MaximumEventAgeInSeconds"));
    put(call, shape, "DestinationConfig", value_get(config, "DestinationConfig"));
    return shape;
}

static struct value *both_destinations(struct call *call, const struct value *given)
{
    static const char *const names[] = {"OnSuccess", "OnFailure"};
    struct value *both = value_map(call->arena);
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        put(call, both, names[i],
            value_get(given, names[i]) ? value_get(given, names[i]) : value_map(call->arena));
    return both;
}

static bool invoke_is_valid(struct call *call)
{
    int64_t attempts = value_get_int(call->input, "MaximumRetryAttempts", 0);
    int64_t age = value_get_int(call->input, "MaximumEventAgeInSeconds", 60);
    if (attempts < 0 || attempts > 2 || age < 60 || age > 21600)
        return call_fail(call, 400, LAMBDA_INVALID,
                         "MaximumRetryAttempts must be 0 to 2, MaximumEventAgeInSeconds 60 to 21600");
    if (!call_has(call, "MaximumRetryAttempts") && !call_has(call, "MaximumEventAgeInSeconds") &&
        !call_has(call, "DestinationConfig"))
        return call_fail(call, 400, LAMBDA_INVALID,
                         "You must specify at least one of error handling or destination "
                         "setting.");
    return true;
}

static struct str invoke_key(const struct lambda_target *target)
{
    return target->qualifier.len ? target->qualifier : STR("$LATEST");
}

static bool no_invoke_config(struct call *call, const struct lambda_target *target)
{
    struct str text = lambda_arn(call, target->name, invoke_key(target));
    return call_fail(call, 404, LAMBDA_MISSING, "The function %.*s doesn't have an EventInvokeConfig",
                     STR_ARG(text));
}

static bool set_invoke(struct call *call, bool fresh)
{
    struct lambda_target target;
    struct value *record;
    struct str version;
    if (!lambda_find_qualified(call, &target, &record, &version) || !invoke_is_valid(call))
        return false;
    struct str key = invoke_key(&target);
    struct value *configs = lambda_map(call, target.function, "invoke");
    struct value *config = value_get_str(configs, key);
    if (!config && !fresh)
        return no_invoke_config(call, &target);
    if (fresh)
        config = state_put(call, configs, key, value_map(call->arena));
    state_member(call, config, "MaximumRetryAttempts");
    state_member(call, config, "MaximumEventAgeInSeconds");
    if (fresh || call_has(call, "DestinationConfig"))
        state_put(call, config, STR("DestinationConfig"),
                  both_destinations(call, value_get(call->input, "DestinationConfig")));
    state_int(call, config, "modified", call->now);
    call->output = invoke_shape(call, &target, key, config);
    return true;
}

bool lambda_PutFunctionEventInvokeConfig(struct call *call)
{
    return set_invoke(call, true);
}

bool lambda_UpdateFunctionEventInvokeConfig(struct call *call)
{
    return set_invoke(call, false);
}

bool lambda_GetFunctionEventInvokeConfig(struct call *call)
{
    struct lambda_target target;
    if (!lambda_find(call, &target))
        return false;
    struct value *config = value_get_str(value_get(target.function, "invoke"), invoke_key(&target));
    if (!config)
        return no_invoke_config(call, &target);
    call->output = invoke_shape(call, &target, invoke_key(&target), config);
    return true;
}

bool lambda_DeleteFunctionEventInvokeConfig(struct call *call)
{
    struct lambda_target target;
    if (!lambda_find(call, &target))
        return false;
    struct value *configs = value_get(target.function, "invoke");
    return (configs && value_remove(configs, invoke_key(&target))) || no_invoke_config(call, &target);
}

bool lambda_ListFunctionEventInvokeConfigs(struct call *call)
{
    return list_map(call, "invoke", "FunctionEventInvokeConfigs", invoke_shape);
}

/* --- URLs -------------------------------------------------------------------------------------------- */

static struct value *url_shape(struct call *call, const struct lambda_target *target, struct str qualifier,
                               const struct value *url)
{
    struct value *shape = value_map(call->arena);
    put_textf(call, shape, "FunctionUrl", "https://%.*s.lambda-url.%.*s.on.aws/",
              STR_ARG(value_get_text(url, "id")), STR_ARG(call->region));
    put_text(call, shape, "FunctionArn", lambda_arn(call, target->name, qualifier));
    put(call, shape, "AuthType", value_get(url, "AuthType"));
    put(call, shape, "Cors", value_get(url, "Cors"));
    put(call, shape, "InvokeMode", value_get(url, "InvokeMode"));
    put_text(call, shape, "CreationTime", time_text(call, value_get_int(url, "created", 0)));
    put_text(call, shape, "LastModifiedTime", time_text(call, value_get_int(url, "modified", 0)));
    return shape;
}

static bool url_is_valid(struct call *call, const struct lambda_target *target, bool creating)
{
    struct str type = call_text(call, "AuthType"), mode = call_text(call, "InvokeMode");
    if (target->qualifier.len &&
        (lambda_is_number(target->qualifier) || str_is(target->qualifier, "$LATEST")))
        return call_fail(
            call, 400, "ValidationException",
            "1 validation error detected: Value '%.*s' at 'qualifier' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: ((?!^\\d+$)^[0-9a-zA-Z-_]+$)",
            STR_ARG(target->qualifier));
    bool typed = str_is(type, "NONE") || str_is(type, "AWS_IAM") || (!creating && !type.len);
    bool moded = !mode.len || str_is(mode, "BUFFERED") || str_is(mode, "RESPONSE_STREAM");
    return (typed && moded) ||
           call_fail(
               call, 400, "ValidationException",
               "1 validation error detected: Value at '%s' failed to satisfy constraint: Member must satisfy "
               "enum value set: %s",
               typed ? "invokeMode" : "authType", typed ? "[RESPONSE_STREAM, BUFFERED]" : "[NONE, AWS_IAM]");
}

bool lambda_CreateFunctionUrlConfig(struct call *call)
{
    struct lambda_target target;
    struct value *record;
    struct str version;
    if (!lambda_find_qualified(call, &target, &record, &version) || !url_is_valid(call, &target, true))
        return false;
    struct value *urls = lambda_map(call, target.function, "urls");
    struct str text = lambda_arn(call, target.name, target.qualifier);
    if (value_get_str(urls, target.qualifier))
        return call_fail(call, 409, LAMBDA_CONFLICT,
                         "Failed to create function url config for [functionArn = %.*s]. Error message:  "
                         "FunctionUrlConfig exists for this Lambda function",
                         STR_ARG(text));
    struct value *url = state_put(call, urls, target.qualifier, value_map(call->arena));
    state_text(call, url, "id", call_id(call, "abcdefghijklmnopqrstuvwxyz234567", 32));
    state_text(call, url, "InvokeMode", STR("BUFFERED"));
    state_member(call, url, "AuthType");
    state_member(call, url, "Cors");
    state_member(call, url, "InvokeMode");
    state_int(call, url, "created", call->now);
    state_int(call, url, "modified", call->now);
    call->output = url_shape(call, &target, target.qualifier, url);
    (void)value_remove(call->output, STR("LastModifiedTime"));
    return true;
}

/* The URL that the call names, or NULL after call_fail. */
static struct value *find_url(struct call *call, struct lambda_target *target)
{
    if (!lambda_find(call, target) || !url_is_valid(call, target, false))
        return NULL;
    struct value *url = value_get_str(value_get(target->function, "urls"), target->qualifier);
    if (!url)
        call_fail(call, 404, LAMBDA_MISSING, "The resource you requested does not exist.");
    return url;
}

bool lambda_GetFunctionUrlConfig(struct call *call)
{
    struct lambda_target target;
    struct value *url = find_url(call, &target);
    if (!url)
        return false;
    call->output = url_shape(call, &target, target.qualifier, url);
    return true;
}

bool lambda_UpdateFunctionUrlConfig(struct call *call)
{
    struct lambda_target target;
    struct value *url = find_url(call, &target);
    if (!url)
        return false;
    state_member(call, url, "AuthType");
    state_member(call, url, "Cors");
    state_member(call, url, "InvokeMode");
    state_int(call, url, "modified", call->now);
    call->output = url_shape(call, &target, target.qualifier, url);
    return true;
}

bool lambda_DeleteFunctionUrlConfig(struct call *call)
{
    struct lambda_target target;
    return find_url(call, &target) && value_remove(value_get(target.function, "urls"), target.qualifier);
}

bool lambda_ListFunctionUrlConfigs(struct call *call)
{
    return list_map(call, "urls", "FunctionUrlConfigs", url_shape);
}

/* --- Runtime updates --------------------------------------------------------------------------------- */

static bool answer_runtime(struct call *call, const struct lambda_target *target)
{
    const struct value *config = value_get_str(value_get(target->function, "runtime"), invoke_key(target));
    put_text(call, call->output, "UpdateRuntimeOn",
             config ? value_get_text(config, "UpdateRuntimeOn") : STR("Auto"));
    put(call, call->output, "RuntimeVersionArn", value_get(config, "RuntimeVersionArn"));
    put_text(call, call->output, "FunctionArn", lambda_arn(call, target->name, target->qualifier));
    return true;
}

bool lambda_GetRuntimeManagementConfig(struct call *call)
{
    struct lambda_target target;
    struct value *record;
    struct str version;
    return lambda_find_qualified(call, &target, &record, &version) && answer_runtime(call, &target);
}

bool lambda_PutRuntimeManagementConfig(struct call *call)
{
    struct lambda_target target;
    struct value *record;
    struct str version, mode = call_text(call, "UpdateRuntimeOn");
    if (!lambda_find_qualified(call, &target, &record, &version))
        return false;
    bool manual = str_is(mode, "Manual");
    if ((!manual && !str_is(mode, "Auto") && !str_is(mode, "FunctionUpdate")) ||
        manual != (call_text(call, "RuntimeVersionArn").len > 0))
        return call_fail(call, 400, LAMBDA_INVALID,
                         "UpdateRuntimeOn must be Auto, FunctionUpdate, or Manual with a RuntimeVersionArn");
    struct value *config = state_put(call, lambda_map(call, target.function, "runtime"), invoke_key(&target),
                                     value_map(call->arena));
    state_member(call, config, "UpdateRuntimeOn");
    state_member(call, config, "RuntimeVersionArn");
    return answer_runtime(call, &target);
}

/* --- Recursion and signed code ------------------------------------------------------------------------ */

bool lambda_GetFunctionRecursionConfig(struct call *call)
{
    struct lambda_target target;
    if (!lambda_find(call, &target))
        return false;
    struct str set = value_get_text(target.function, "recursion");
    put_text(call, call->output, "RecursiveLoop", set.len ? set : STR("Terminate"));
    return true;
}

bool lambda_PutFunctionRecursionConfig(struct call *call)
{
    struct lambda_target target;
    struct str wanted = call_text(call, "RecursiveLoop");
    if (!lambda_find(call, &target))
        return false;
    if (!str_is(wanted, "Allow") && !str_is(wanted, "Terminate"))
        return call_fail(call, 400, LAMBDA_INVALID, "RecursiveLoop must be Allow or Terminate");
    state_text(call, target.function, "recursion", wanted);
    put_text(call, call->output, "RecursiveLoop", wanted);
    return true;
}

static bool answer_signing(struct call *call, const struct lambda_target *target)
{
    put(call, call->output, "CodeSigningConfigArn", value_get(target->function, "signing"));
    put_text(call, call->output, "FunctionName", target->name);
    return true;
}

bool lambda_GetFunctionCodeSigningConfig(struct call *call)
{
    struct lambda_target target;
    return lambda_find(call, &target) && answer_signing(call, &target);
}

bool lambda_PutFunctionCodeSigningConfig(struct call *call)
{
    struct lambda_target target;
    struct str wanted = call_text(call, "CodeSigningConfigArn");
    if (!lambda_find(call, &target))
        return false;
    if (!value_get_str(state_map(call, "signing"), wanted))
        return call_fail(call, 404, "CodeSigningConfigNotFoundException",
                         "The code signing configuration cannot be found: %.*s", STR_ARG(wanted));
    state_text(call, target.function, "signing", wanted);
    return answer_signing(call, &target);
}

bool lambda_DeleteFunctionCodeSigningConfig(struct call *call)
{
    struct lambda_target target;
    if (!lambda_find(call, &target))
        return false;
    (void)value_remove(target.function, STR("signing"));
    return true;
}
