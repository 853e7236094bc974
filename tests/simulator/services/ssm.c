/* AWS Systems Manager, as of its API reference: the Parameter Store with its versions, as much as templates
 * ask of it. */

#include "tests/simulator/service.h"

#include <string.h>

enum { NAMES_MAX = 10, VERSIONS_MAX = 100, STANDARD_BYTES_MAX = 4096 };

/* {"type", "arn", "versions": {"1": {"value", "modified"}}} */
static struct value *parameters(struct call *call)
{
    return state_map(call, "parameters");
}

static bool is_valid_name(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
              strchr("_.-/", c)))
            return false;
    }
    return name.len > 0;
}

static bool put_parameter(struct call *call)
{
    struct str name = call_text(call, "Name"), type = call_text(call, "Type");
    struct value *parameter = value_get_str(parameters(call), name);
    if (!is_valid_name(name))
        return call_fail(call, 400, "ValidationException", "Parameter name must be letters, digits and _.-/");
    if (!call_need(call, "Value", 400, "ValidationException"))
        return false;
    if (call_text(call, "Value").len > STANDARD_BYTES_MAX)
        return call_fail(call, 400, "ValidationException",
                         "Standard tier parameters support up to 4096 bytes");
    if (!parameter && !str_is(type, "String") && !str_is(type, "StringList") && !str_is(type, "SecureString"))
        return call_fail(call, 400, "ValidationException", "A parameter type is required");
    if (parameter && !value_get_bool(call->input, "Overwrite", false))
        return call_fail(call, 400, "ParameterAlreadyExists",
                         "The parameter already exists. To overwrite it, set the overwrite option.");
    if (!parameter) {
        parameter = state_put(call, parameters(call), name, value_map(call->arena));
        state_text(call, parameter, "type", type);
        state_text(call, parameter, "arn",
                   arn(call, "ssm", "parameter%s%.*s", str_starts(name, "/") ? "" : "/", STR_ARG(name)));
        state_put(call, parameter, STR("versions"), value_map(call->arena));
    }
    struct value *versions = value_get(parameter, "versions"), *version = value_map(call->arena);
    put_text(call, version, "value", call_text(call, "Value"));
    put_int(call, version, "modified", call->now);
    int64_t number = value_get_int(parameter, "newest", 0) + 1;
    state_int(call, parameter, "newest", number);
    if (versions->count == VERSIONS_MAX)
        value_remove(versions, versions->entries[0].key);
    state_put(call, versions, arena_printf(call->arena, "%lld", (long long)number), version);
    put_int(call, call->output, "Version", number);
    put_text(call, call->output, "Tier", STR("Standard"));
    return true;
}

static bool delete_parameter(struct call *call)
{
    return value_remove(parameters(call), call_text(call, "Name")) ||
           call_fail(call, 400, "ParameterNotFound", "Parameter %.*s not found.",
                     STR_ARG(call_text(call, "Name")));
}

/* The name in "arn:aws:ssm:...:parameter/NAME", and what is behind it as ":VERSION". */
static struct value *find(struct call *call, struct str asked, struct str *name, struct str *selector)
{
    struct str prefix = arn(call, "ssm", "parameter");
    if (str_starts(asked, prefix.ptr))
        asked = str_from_index(asked, prefix.len);
    size_t colon = str_find(asked, ':');
    *name = str_slice(asked, 0, colon);
    *selector = str_from_index(asked, colon);
    struct value *parameter = value_get_str(parameters(call), *name);
    if (!parameter && str_starts(*name, "/") && str_find(str_from_index(*name, 1), '/') == name->len - 1) {
        *name = str_from_index(*name, 1); /* the ARN of a name without slashes has one */
        parameter = value_get_str(parameters(call), *name);
    }
    return parameter;
}

/* NULL where there is no such version. */
static struct value *shown(struct call *call, const struct value *parameter, struct str name,
                           struct str selector)
{
    struct str newest = value_get_text(parameter, "newest");
    struct str number = selector.len ? str_from_index(selector, 1) : newest;
    const struct value *version = value_get_str(value_get(parameter, "versions"), number);
    if (!version)
        return NULL;
    struct value *out = value_map(call->arena);
    struct str text = value_get_text(version, "value"), type = value_get_text(parameter, "type");
    bool hidden = str_is(type, "SecureString") && !value_get_bool(call->input, "WithDecryption", false);
    put_text(call, out, "Name", name);
    put_text(call, out, "Type", type);
    put_text(call, out, "Value", hidden ? STR("AQICAHencrypted") : text);
    put(call, out, "Version", value_number(call->arena, number));
    if (selector.len)
        put_text(call, out, "Selector", selector);
    put_time(call, out, "LastModifiedDate", value_get_int(version, "modified", 0));
    put_text(call, out, "ARN", value_get_text(parameter, "arn"));
    put_text(call, out, "DataType", STR("text"));
    return out;
}

static bool get_parameter(struct call *call)
{
    struct str name, selector;
    struct value *parameter = find(call, call_text(call, "Name"), &name, &selector);
    if (!parameter)
        return call_fail(call, 400, "ParameterNotFound", "Parameter %.*s not found.", STR_ARG(name));
    struct value *out = shown(call, parameter, name, selector);
    if (!out)
        return call_fail(call, 400, "ParameterVersionNotFound",
                         "Systems Manager could not find version %.*s of %.*s.", STR_ARG(selector),
                         STR_ARG(name));
    put(call, call->output, "Parameter", out);
    return true;
}

static bool get_parameters(struct call *call)
{
    struct value *names = call_list(call, "Names"), *found = value_list(call->arena),
                 *invalid = value_list(call->arena);
    if (names->count == 0 || names->count > NAMES_MAX)
        return call_fail(call, 400, "ValidationException", "Member must have length between 1 and 10");
    for (size_t i = 0; i < names->count; i++) {
        struct str name, selector;
        struct value *parameter = find(call, value_text(names->items[i]), &name, &selector);
        struct value *out = parameter ? shown(call, parameter, name, selector) : NULL;
        value_append(call->arena, out ? found : invalid, out ? out : names->items[i]);
    }
    put(call, call->output, "Parameters", found);
    put(call, call->output, "InvalidParameters", invalid);
    return true;
}

static const struct sim_operation operations[] = {
    {.name = "DeleteParameter", .effect = SIM_WRITE, .handle = delete_parameter},
    {.name = "GetParameter", .effect = SIM_READ, .handle = get_parameter},
    {.name = "GetParameters", .effect = SIM_READ, .handle = get_parameters},
    {.name = "PutParameter", .effect = SIM_WRITE, .handle = put_parameter},
};

const struct sim_service sim_ssm = {
    .name = "ssm",
    .target = "AmazonSSM",
    .json_version = "1.1",
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
