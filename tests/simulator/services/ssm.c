/* AWS Systems Manager, as of its API reference: the Parameter Store with its versions, tiers and policies.
 * Patterns are kept and not matched, policies do not act. */

#include "tests/simulator/service.h"

#include "base/json.h"

#include <string.h>

enum {
    NAMES_MAX = 10,
    VERSIONS_MAX = 100,
    STANDARD_BYTES_MAX = 4096,
    ADVANCED_BYTES_MAX = 8192,
    PAGE = 10,
    PAGE_MAX = 50
};

static const struct sim_paging paging = {.size_member = "MaxResults",
                                         .token_member = "NextToken",
                                         .size = PAGE,
                                         .size_max = PAGE_MAX,
                                         .error_code = "InvalidNextToken"};

/* {"type", "arn", "Description", "AllowedPattern", "DataType", "tier", "policies": [...], "tags": {},
 * "versions": {"1": {"value", "modified"}}} */
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

/* The tier that it gets: a standard one becomes advanced, and never the other way. */
static bool choose_tier(struct call *call, const struct value *parameter, bool has_policies, struct str *tier)
{
    struct str was = value_get_text(parameter, "tier"), asked = call_text(call, "Tier");
    size_t size = call_text(call, "Value").len;
    bool needs = size > STANDARD_BYTES_MAX || has_policies || str_is(was, "Advanced");
    if (str_is(asked, "Intelligent-Tiering"))
        asked = needs ? STR("Advanced") : STR("Standard");
    *tier = asked.len ? asked : was.len ? was : STR("Standard");
    if (!str_is(*tier, "Standard") && !str_is(*tier, "Advanced"))
        return call_fail(call, 400, "ValidationException", "Tier is not known");
    if (str_is(*tier, "Standard") && str_is(was, "Advanced"))
        return call_fail(call, 400, "ValidationException",
                         "This parameter uses the advanced-parameter tier and cannot be downgraded.");
    if (str_is(*tier, "Standard") && needs)
        return call_fail(call, 400, "ValidationException",
                         "Standard tier parameters support up to 4096 bytes and no policies");
    return size <= ADVANCED_BYTES_MAX ||
           call_fail(call, 400, "ValidationException", "Advanced tier parameters support up to 8192 bytes");
}

/* Those of before, unless others are given; a policy that says nothing takes them away. */
static bool read_policies(struct call *call, const struct value *parameter, struct value **policies)
{
    struct error ignored = ERROR_INIT;
    struct value *asked;
    *policies = value_list(call->arena);
    if (!call_has(call, "Policies")) {
        if (value_get(parameter, "policies"))
            *policies = value_get(parameter, "policies");
        return true;
    }
    if (!json_read(call->arena, STR_EMPTY, call_text(call, "Policies"), &asked, &ignored) ||
        !value_is(asked, VALUE_LIST))
        return call_fail(call, 400, "InvalidPolicyAttributeException", "Policies must be a JSON array");
    for (size_t i = 0; i < asked->count; i++)
        if (value_get(asked->items[i], "Type"))
            value_append(call->arena, *policies, asked->items[i]);
    return true;
}

static bool check_put(struct call *call, const struct value *parameter)
{
    struct str type = call_text(call, "Type"), data = call_text(call, "DataType");
    bool overwrite = value_get_bool(call->input, "Overwrite", false);
    if (!is_valid_name(call_text(call, "Name")))
        return call_fail(call, 400, "ValidationException", "Parameter name must be letters, digits and _.-/");
    if (!call_need(call, "Value", 400, "ValidationException"))
        return false;
    if (!parameter && !str_is(type, "String") && !str_is(type, "StringList") && !str_is(type, "SecureString"))
        return call_fail(call, 400, "ValidationException", "A parameter type is required");
    if (data.len && !str_is(data, "text") && !str_is(data, "aws:ec2:image"))
        return call_fail(call, 400, "ValidationException", "The data type is not supported");
    if (overwrite && call_has(call, "Tags"))
        return call_fail(call, 400, "ValidationException", "tags and overwrite can't be used together");
    if (parameter && !overwrite)
        return call_fail(call, 400, "ParameterAlreadyExists",
                         "The parameter already exists. To overwrite it, set the overwrite option.");
    return true;
}

static struct value *new_parameter(struct call *call)
{
    struct str name = call_text(call, "Name");
    struct value *parameter = state_put(call, parameters(call), name, value_map(call->arena));
    state_text(call, parameter, "arn",
               arn(call, "ssm", "parameter%s%.*s", str_starts(name, "/") ? "" : "/", STR_ARG(name)));
    state_text(call, parameter, "DataType", STR("text"));
    state_put(call, parameter, STR("versions"), value_map(call->arena));
    state_merge(call, parameter, "tags", tags_to_map(call, call_list(call, "Tags"), "Key", "Value"));
    return parameter;
}

static int64_t add_version(struct call *call, struct value *parameter)
{
    struct value *versions = value_get(parameter, "versions"), *version = value_map(call->arena);
    put_text(call, version, "value", call_text(call, "Value"));
    put_int(call, version, "modified", call->now);
    int64_t number = value_get_int(parameter, "newest", 0) + 1;
    state_int(call, parameter, "newest", number);
    if (versions->count == VERSIONS_MAX)
        value_remove(versions, versions->entries[0].key);
    state_put(call, versions, arena_printf(call->arena, "%lld", (long long)number), version);
    return number;
}

/* What an overwriting call does not say stays. */
static bool put_parameter(struct call *call)
{
    static const char *const kept[] = {"AllowedPattern", "DataType", "Description"};
    struct value *parameter = value_get_str(parameters(call), call_text(call, "Name")), *policies;
    struct str tier;
    if (!check_put(call, parameter) || !read_policies(call, parameter, &policies) ||
        !choose_tier(call, parameter, policies->count, &tier))
        return false;
    policies = value_copy(call->arena, policies);
    parameter = parameter ? parameter : new_parameter(call);
    for (size_t i = 0; i < ARRAY_LENGTH(kept); i++)
        (void)state_member(call, parameter, kept[i]);
    if (call_has(call, "Type"))
        state_text(call, parameter, "type", call_text(call, "Type"));
    state_text(call, parameter, "tier", tier);
    state_put(call, parameter, STR("policies"), policies);
    put_int(call, call->output, "Version", add_version(call, parameter));
    put_text(call, call->output, "Tier", tier);
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
    put_text(call, out, "DataType", value_get_text(parameter, "DataType"));
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

/* --- what describes them --- */

static struct value *policies_shape(struct call *call, const struct value *parameter)
{
    const struct value *policies = value_get(parameter, "policies");
    struct value *list = value_list(call->arena);
    for (size_t i = 0; i < policies->count; i++) {
        struct value *shape = value_map(call->arena);
        put_text(call, shape, "PolicyText", json_text(call->arena, policies->items[i], JSON_COMPACT));
        put_text(call, shape, "PolicyType", value_get_text(policies->items[i], "Type"));
        put_text(call, shape, "PolicyStatus", STR("Pending"));
        value_append(call->arena, list, shape);
    }
    return list;
}

static struct value *described(struct call *call, const struct value *parameter, struct str name)
{
    static const char *const same[] = {"AllowedPattern", "DataType", "Description"};
    struct value *shape = value_map(call->arena);
    put_text(call, shape, "Name", name);
    put_text(call, shape, "ARN", value_get_text(parameter, "arn"));
    put_text(call, shape, "Type", value_get_text(parameter, "type"));
    put_text(call, shape, "Tier", value_get_text(parameter, "tier"));
    put(call, shape, "Version", value_number(call->arena, value_get_text(parameter, "newest")));
    put(call, shape, "Policies", policies_shape(call, parameter));
    for (size_t i = 0; i < ARRAY_LENGTH(same); i++)
        if (value_get_text(parameter, same[i]).len)
            put(call, shape, same[i], value_get(parameter, same[i]));
    return shape;
}

/* Filters by name only: equal, or beginning with it. */
static bool is_asked_for(struct call *call, struct str name)
{
    struct value *filters = call_list(call, "ParameterFilters");
    for (size_t i = 0; i < filters->count; i++) {
        const struct value *values = value_get(filters->items[i], "Values");
        bool begins = str_is(value_get_text(filters->items[i], "Option"), "BeginsWith"), fits = false;
        for (size_t k = 0; values && k < values->count; k++) {
            struct str value = value_text(values->items[k]);
            fits =
                fits || str_equal(name, value) || (begins && str_equal(str_slice(name, 0, value.len), value));
        }
        if (!fits)
            return false;
    }
    return true;
}

static bool check_filters(struct call *call)
{
    struct value *filters = call_list(call, "ParameterFilters");
    for (size_t i = 0; i < filters->count; i++) {
        struct str option = value_get_text(filters->items[i], "Option");
        if (!str_is(value_get_text(filters->items[i], "Key"), "Name"))
            return call_fail(call, 400, "InvalidFilterKey", "the simulator filters by Name only");
        if (option.len && !str_is(option, "Equals") && !str_is(option, "BeginsWith"))
            return call_fail(call, 400, "InvalidFilterOption", "The filter option is not valid");
    }
    return true;
}

static bool describe_parameters(struct call *call)
{
    struct value *all = parameters(call), *shapes = value_map(call->arena);
    struct str next;
    if (!check_filters(call))
        return false;
    for (size_t i = 0; i < all->count; i++)
        if (is_asked_for(call, all->entries[i].key))
            value_set(call->arena, shapes, all->entries[i].key,
                      described(call, all->entries[i].value, all->entries[i].key));
    struct value *page = call_page(call, shapes, &paging, &next);
    if (!page)
        return false;
    put(call, call->output, "Parameters", page);
    if (next.len)
        put_text(call, call->output, "NextToken", next);
    return true;
}

/* --- tags --- */

static struct value *tagged(struct call *call)
{
    struct str id = call_text(call, "ResourceId");
    struct value *parameter = value_get_str(parameters(call), id);
    if (!str_is(call_text(call, "ResourceType"), "Parameter"))
        call_fail(call, 400, "InvalidResourceType", "The resource type is not valid.");
    else if (!parameter)
        call_fail(call, 400, "InvalidResourceId", "The resource ID '%.*s' is not valid.", STR_ARG(id));
    else
        return parameter;
    return NULL;
}

static bool add_tags(struct call *call)
{
    struct value *parameter = tagged(call);
    if (parameter)
        state_merge(call, parameter, "tags", tags_to_map(call, call_list(call, "Tags"), "Key", "Value"));
    return parameter;
}

static bool remove_tags(struct call *call)
{
    struct value *parameter = tagged(call);
    if (parameter)
        state_remove_keys(parameter, "tags", call_list(call, "TagKeys"));
    return parameter;
}

static bool list_tags(struct call *call)
{
    struct value *parameter = tagged(call);
    if (parameter)
        put(call, call->output, "TagList", tags_to_list(call, value_get(parameter, "tags"), "Key", "Value"));
    return parameter;
}

static const struct sim_operation operations[] = {
    {.name = "AddTagsToResource", .effect = SIM_WRITE, .handle = add_tags},
    {.name = "DeleteParameter", .effect = SIM_WRITE, .handle = delete_parameter},
    {.name = "DescribeParameters", .effect = SIM_READ, .handle = describe_parameters},
    {.name = "GetParameter", .effect = SIM_READ, .handle = get_parameter},
    {.name = "GetParameters", .effect = SIM_READ, .handle = get_parameters},
    {.name = "ListTagsForResource", .effect = SIM_READ, .handle = list_tags},
    {.name = "PutParameter", .effect = SIM_WRITE, .handle = put_parameter},
    {.name = "RemoveTagsFromResource", .effect = SIM_WRITE, .handle = remove_tags},
};

const struct sim_service sim_ssm = {
    .name = "ssm",
    .target = "AmazonSSM",
    .json_version = "1.1",
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
