#include "providers/lambda/common.h"

const struct hurdle lambda_role_hurdles[] = {
    {"InvalidParameterValueException", "cannot be assumed by Lambda"},
    {"InvalidParameterValueException", "does not have permissions to call"},
    {NULL, NULL},
};

const struct hurdle lambda_update_hurdles[] = {
    {"ResourceConflictException", NULL},
    {"InvalidParameterValueException", "cannot be assumed by Lambda"},
    {"InvalidParameterValueException", "does not have permissions to call"},
    {NULL, NULL},
};

struct function_name function_name_split(struct str text)
{
    struct str marker = STR(":function:");
    struct function_name parsed = {.name = text, .qualifier = STR_EMPTY};
    for (size_t i = 0; i + marker.len < text.len; i++)
        if (str_equal(str_slice(text, i, marker.len), marker))
            parsed.name = str_from_index(text, i + marker.len);
    size_t colon = str_find(parsed.name, ':');
    parsed.qualifier = str_from_index(parsed.name, colon + 1);
    parsed.name = str_slice(parsed.name, 0, colon);
    return parsed;
}

void function_name_normalize(struct arena *arena, struct value *properties)
{
    const struct value *value = value_get(properties, "FunctionName");
    if (!value_is(value, VALUE_STRING))
        return;
    struct function_name parsed = function_name_split(value->text);
    struct str text = arena_printf(arena, "%.*s%s%.*s", STR_ARG(parsed.name), parsed.qualifier.len ? ":" : "",
                                   STR_ARG(parsed.qualifier));
    value_setz(arena, properties, "FunctionName", value_at_position_of(value_string(arena, text), value));
}

struct value *function_input(struct arena *arena, struct function_name function)
{
    struct value *input = input_with(arena, "FunctionName", function.name);
    if (function.qualifier.len)
        and_with(arena, input, "Qualifier", function.qualifier);
    return input;
}

struct readiness {
    const struct resource_call *call;
    const struct value *input;
    struct value *answer;
};

static bool is_ready(void *self, bool *done, struct error *error)
{
    struct readiness *wait = self;
    if (!aws_call(wait->call->aws, &lambda_operations[LAMBDA_GET_FUNCTION], wait->call->arena, wait->input,
                  &wait->answer, error))
        return false;
    const struct value *configuration = value_get(wait->answer, "Configuration");
    *done = !value_is_text(value_get(configuration, "State"), "Pending") &&
            !value_is_text(value_get(configuration, "LastUpdateStatus"), "InProgress");
    return true;
}

static bool failed(const struct value *configuration, const char *what, const char *reason, const char *code,
                   struct error *error)
{
    struct str why = value_get_text(configuration, reason), name = value_get_text(configuration, code);
    return error_set(error, ERROR_INVALID, "%s of '%.*s' failed: %.*s (%.*s)", what,
                     STR_ARG(value_get_text(configuration, "FunctionArn")), STR_ARG(why), STR_ARG(name));
}

bool function_when_ready(const struct resource_call *call, struct function_name function, bool updated,
                         struct value **answer, struct error *error)
{
    struct readiness wait = {.call = call, .input = function_input(call->arena, function), .answer = NULL};
    char what[200];
    snprintf(what, sizeof(what), "function '%.*s' to be active", STR_ARG(function.name));
    if (!wait_until(call, what, LAMBDA_READY_MS, is_ready, &wait, error))
        return false;
    *answer = wait.answer;
    const struct value *configuration = value_get(wait.answer, "Configuration");
    if (value_is_text(value_get(configuration, "State"), "Failed"))
        return failed(configuration, "creation", "StateReason", "StateReasonCode", error);
    if (updated && value_is_text(value_get(configuration, "LastUpdateStatus"), "Failed"))
        return failed(configuration, "update", "LastUpdateStatusReason", "LastUpdateStatusReasonCode", error);
    return true;
}

bool provisioned_read(const struct resource_call *call, struct function_name function, struct value **config,
                      struct error *error)
{
    struct value *answer;
    *config = NULL;
    if (!aws_call(call->aws, &lambda_operations[LAMBDA_GET_PROVISIONED_CONCURRENCY_CONFIG], call->arena,
                  function_input(call->arena, function), &answer, error)) {
        if (error->code != ERROR_NOT_FOUND)
            return false;
        error_clear(error);
        return true;
    }
    struct value *wanted = value_get(answer, "RequestedProvisionedConcurrentExecutions");
    if (wanted) {
        *config = value_map(call->arena);
        value_setz(call->arena, *config, "ProvisionedConcurrentExecutions", wanted);
    }
    return true;
}

static bool is_provisioned(void *self, bool *done, struct error *error)
{
    struct readiness *wait = self;
    if (!aws_call(wait->call->aws, &lambda_operations[LAMBDA_GET_PROVISIONED_CONCURRENCY_CONFIG],
                  wait->call->arena, wait->input, &wait->answer, error))
        return false;
    *done = value_is_text(value_get(wait->answer, "Status"), "READY");
    if (value_is_text(value_get(wait->answer, "Status"), "FAILED"))
        return error_set(error, ERROR_INVALID, "provisioned concurrency failed: %.*s",
                         STR_ARG(value_get_text(wait->answer, "StatusReason")));
    return true;
}

bool provisioned_write(const struct resource_call *call, struct function_name function,
                       const struct value *wanted, const struct value *live, struct error *error)
{
    struct arena *arena = call->arena;
    struct value *input = function_input(arena, function);
    const struct value *number = value_get(wanted, "ProvisionedConcurrentExecutions");
    const struct value *now = value_get(live, "ProvisionedConcurrentExecutions");
    if (!number)
        return !now || call_or_absent(call, &lambda_operations[LAMBDA_DELETE_PROVISIONED_CONCURRENCY_CONFIG],
                                      input, error);
    if (now && value_equal(number, now))
        return true;
    struct value *put = value_copy(arena, input);
    value_setz(arena, put, "ProvisionedConcurrentExecutions", value_copy(arena, number));
    if (!call_over_hurdles(call->aws, &lambda_operations[LAMBDA_PUT_PROVISIONED_CONCURRENCY_CONFIG], arena,
                           put, lambda_update_hurdles, LAMBDA_ROLE_MS, NULL, error))
        return false;
    struct readiness wait = {.call = call, .input = input, .answer = NULL};
    return wait_until(call, "provisioned concurrency to be ready", LAMBDA_READY_MS, is_provisioned, &wait,
                      error);
}

const struct tag_calls lambda_tag_calls = {
    .tag = &lambda_operations[LAMBDA_TAG_RESOURCE],
    .untag = &lambda_operations[LAMBDA_UNTAG_RESOURCE],
    .resource = "Resource",
    .tags = "Tags",
    .names = "TagKeys",
};

bool lambda_write_tags(const struct resource_call *call, struct str arn, const struct value *live_tags,
                       struct error *error)
{
    return tags_write(call, &lambda_tag_calls, arn, live_tags, error);
}
