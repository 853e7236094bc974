#include "providers/lambda/function_settings.h"

#include "base/json.h"
#include "providers/policy.h"
#include "providers/shape.h"

/* A setting that has a Get, a Put and perhaps a Delete. */
struct setting {
    const char *property;
    const char *member; /* of input and answer; NULL: the property is the map of all members */
    enum lambda_operation get, put;
    enum lambda_operation delete; /* LAMBDA_OPERATION_COUNT: a default is put instead */
};

static const struct setting settings[] = {
    {"CodeSigningConfigArn", "CodeSigningConfigArn", LAMBDA_GET_FUNCTION_CODE_SIGNING_CONFIG,
     LAMBDA_PUT_FUNCTION_CODE_SIGNING_CONFIG, LAMBDA_DELETE_FUNCTION_CODE_SIGNING_CONFIG},
    {"RecursiveLoop", "RecursiveLoop", LAMBDA_GET_FUNCTION_RECURSION_CONFIG,
     LAMBDA_PUT_FUNCTION_RECURSION_CONFIG, LAMBDA_OPERATION_COUNT},
    {"RuntimeManagementConfig", NULL, LAMBDA_GET_RUNTIME_MANAGEMENT_CONFIG,
     LAMBDA_PUT_RUNTIME_MANAGEMENT_CONFIG, LAMBDA_OPERATION_COUNT},
};

static struct value *named(const struct resource_call *call, struct str function)
{
    return input_with(call->arena, "FunctionName", function);
}

static bool read_setting(const struct resource_call *call, const struct setting *setting, struct str function,
                         struct value *live, struct error *error)
{
    static const char *const runtime[] = {"UpdateRuntimeOn", "RuntimeVersionArn", NULL};
    struct value *answer;
    if (!aws_call(call->aws, &lambda_operations[setting->get], call->arena, named(call, function), &answer,
                  error))
        return false;
    struct value *value = setting->member ? value_get(answer, setting->member) : value_map(call->arena);
    if (!setting->member)
        members_copy(call->arena, value, answer, runtime);
    if (value)
        value_setz(call->arena, live, setting->property, value);
    return true;
}

bool function_settings_read(const struct resource_call *call, struct str function, const struct value *asked,
                            struct value *live, struct error *error)
{
    for (size_t i = 0; i < ARRAY_LENGTH(settings); i++)
        if (value_get(asked, settings[i].property) &&
            !read_setting(call, &settings[i], function, live, error))
            return false;
    return true;
}

static bool write_setting(const struct resource_call *call, const struct setting *setting,
                          struct str function, const struct value *target, struct error *error)
{
    struct arena *arena = call->arena;
    const struct value *wanted = value_get(target, setting->property);
    if (setting->delete != LAMBDA_OPERATION_COUNT && value_is(wanted, VALUE_NULL))
        return call_or_absent(call, &lambda_operations[setting->delete], named(call, function), error);
    struct value *input = setting->member ? value_map(arena) : without_nulls(arena, wanted);
    if (setting->member)
        value_setz(arena, input, setting->member, value_copy(arena, wanted));
    and_with(arena, input, "FunctionName", function);
    return call_over_hurdles(call->aws, &lambda_operations[setting->put], arena, input, lambda_update_hurdles,
                             LAMBDA_ROLE_MS, NULL, error);
}

static bool write_concurrency(const struct resource_call *call, struct str function,
                              const struct value *target, const struct value *live, struct error *error)
{
    const struct value *wanted = value_get(target, "ReservedConcurrentExecutions");
    if (!shape_differs(target, live, "ReservedConcurrentExecutions"))
        return true;
    if (wanted->kind == VALUE_NULL)
        return call_or_absent(call, &lambda_operations[LAMBDA_DELETE_FUNCTION_CONCURRENCY],
                              named(call, function), error);
    struct value *input = named(call, function);
    value_setz(call->arena, input, "ReservedConcurrentExecutions", value_copy(call->arena, wanted));
    return call_simply(call, &lambda_operations[LAMBDA_PUT_FUNCTION_CONCURRENCY], input, error);
}

bool function_settings_write(const struct resource_call *call, struct str function,
                             const struct value *target, const struct value *live, struct error *error)
{
    if (!write_concurrency(call, function, target, live, error))
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(settings); i++)
        if (shape_differs(target, live, settings[i].property) &&
            !write_setting(call, &settings[i], function, target, error))
            return false;
    return true;
}

static bool list_extras(const struct resource_call *call, struct str function,
                        enum lambda_operation operation, const char *kind, const char *name,
                        const char *detail, struct value **extras, struct error *error)
{
    struct value *items;
    if (!aws_list(call->aws, &lambda_operations[operation], call->arena, named(call, function), &items,
                  error))
        return false;
    for (size_t i = 0; i < items->count; i++)
        add_extra(call->arena, extras, kind, value_get_text(items->items[i], name),
                  value_get_text(items->items[i], detail));
    return true;
}

/* A Get of what need not be there: then *answer is NULL. */
static bool get_if_there(const struct resource_call *call, struct function_name function,
                         enum lambda_operation operation, struct value **answer, struct error *error)
{
    *answer = NULL;
    if (aws_call(call->aws, &lambda_operations[operation], call->arena, function_input(call->arena, function),
                 answer, error))
        return true;
    if (error->code != ERROR_NOT_FOUND)
        return false;
    error_clear(error);
    return true;
}

static bool url_extra(const struct resource_call *call, struct function_name function, struct value **extras,
                      struct error *error)
{
    struct value *url;
    if (!get_if_there(call, function, LAMBDA_GET_FUNCTION_URL_CONFIG, &url, error))
        return false;
    if (url)
        add_extra(call->arena, extras, "URL", value_get_text(url, "FunctionArn"),
                  value_get_text(url, "FunctionUrl"));
    return true;
}

static bool permission_extras(const struct resource_call *call, struct function_name function,
                              struct value **extras, struct error *error)
{
    struct value *answer, *policy;
    if (!get_if_there(call, function, LAMBDA_GET_POLICY, &answer, error))
        return false;
    if (!answer)
        return true;
    if (!json_of_answer(call->arena, value_get_text(answer, "Policy"), &policy, error))
        return false;
    const struct value *statements = value_get(policy, "Statement");
    for (size_t i = 0; value_is(statements, VALUE_LIST) && i < statements->count; i++) {
        const struct value *statement = statements->items[i];
        const struct value *principal = value_get(statement, "Principal");
        add_extra(call->arena, extras, "permission", value_get_text(statement, "Sid"),
                  principal ? json_text(call->arena, principal, JSON_COMPACT) : STR_EMPTY);
    }
    return true;
}

bool function_extras(const struct resource_call *call, struct function_name function, struct value **extras,
                     struct error *error)
{
    if (!url_extra(call, function, extras, error) || !permission_extras(call, function, extras, error))
        return false;
    return function.qualifier.len > 0 || (list_extras(call, function.name, LAMBDA_LIST_ALIASES, "alias",
                                                      "AliasArn", "FunctionVersion", extras, error) &&
                                          list_extras(call, function.name, LAMBDA_LIST_EVENT_SOURCE_MAPPINGS,
                                                      "trigger", "UUID", "EventSourceArn", extras, error));
}

bool function_remove_extra(const struct resource_call *call, struct function_name function,
                           const struct value *extra, struct error *error)
{
    struct str kind = value_get_text(extra, "Kind"), name = value_get_text(extra, "Name");
    struct value *input = function_input(call->arena, function);
    if (str_is(kind, "permission"))
        return call_or_absent(call, &lambda_operations[LAMBDA_REMOVE_PERMISSION],
                              and_with(call->arena, input, "StatementId", name), error);
    if (str_is(kind, "URL"))
        return call_or_absent(call, &lambda_operations[LAMBDA_DELETE_FUNCTION_URL_CONFIG], input, error);
    if (str_is(kind, "trigger"))
        return call_or_absent(call, &lambda_operations[LAMBDA_DELETE_EVENT_SOURCE_MAPPING],
                              input_with(call->arena, "UUID", name), error);
    struct str alias = str_from_index(name, str_find_last(name, ':') + 1);
    return call_or_absent(call, &lambda_operations[LAMBDA_DELETE_ALIAS],
                          and_with(call->arena, input, "Name", alias), error);
}
