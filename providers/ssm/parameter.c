/*
 * AWS::SSM::Parameter.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ssm-parameter.html
 *
 * GetParameter tells the value, DescribeParameters the rest; only the former proves absence.
 */

#include "base/json.h"
#include "providers/plain.h"
#include "providers/policy.h"
#include "providers/ssm/operations.h"
#include "providers/ssm/types.h"

static const struct shape rules[] = {
    {.path = "AllowedPattern", .otherwise = "\"\""},
    {.path = "DataType", .otherwise = "\"text\""},
    {.path = "Description", .otherwise = "\"\""},
    {.path = "Policies", .kind = SHAPE_JSON, .in_text = true},
    {.path = NULL, .facts = "AWS::SSM::Parameter"},
};

static const struct plain_key keys[] = {{"Name", NULL}, {NULL, NULL}};

static const struct plain_attribute attributes[] = {
    {"Arn", "ARN"}, {"Type", "Type"}, {"Value", "Value"}, {NULL, NULL}};

static const struct hurdle hurdles[] = {{"TooManyUpdates", NULL}, {NULL, NULL}};

/* The order of policies means nothing. */
static void normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(rules, arena, properties);
    if (value_is(value_get(properties, "Policies"), VALUE_LIST))
        value_sort(arena, value_get(properties, "Policies"), NULL);
}

static bool take_policies(const struct resource_call *call, const struct value *described, struct value *live,
                          struct error *error)
{
    const struct value *items = value_get(described, "Policies");
    struct value *policies = value_list(call->arena), *policy;
    for (size_t i = 0; value_is(items, VALUE_LIST) && i < items->count; i++) {
        if (!json_of_answer(call->arena, value_get_text(items->items[i], "PolicyText"), &policy, error))
            return false;
        value_append(call->arena, policies, policy);
    }
    if (policies->count)
        value_setz(call->arena, live, "Policies", policies);
    return true;
}

static struct value *only_name(struct arena *arena, struct str name)
{
    struct value *input = value_map(arena), *filters = value_list(arena), *values = value_list(arena);
    struct value *filter = input_with(arena, "Key", STR("Name"));
    and_with(arena, filter, "Option", STR("Equals"));
    value_append(arena, values, value_string(arena, name));
    value_setz(arena, filter, "Values", values);
    value_append(arena, filters, filter);
    value_setz(arena, input, "ParameterFilters", filters);
    return input;
}

static bool receive(const struct resource_call *call, const struct value *item, struct resource_state *state,
                    struct error *error)
{
    static const char *const described[] = {"AllowedPattern", "DataType", "Description", "Tier", NULL};
    struct value *found;
    (void)item;
    if (!aws_list(call->aws, &ssm_operations[SSM_DESCRIBE_PARAMETERS], call->arena,
                  only_name(call->arena, call->physical_id), &found, error))
        return false;
    members_copy(call->arena, state->properties, value_at(found, 0), described);
    /* AWS chooses its tier, and shows what it chose. */
    if (value_is_text(value_get(plain_known(call), "Tier"), "Intelligent-Tiering"))
        and_with(call->arena, state->properties, "Tier", STR("Intelligent-Tiering"));
    if (!take_policies(call, value_at(found, 0), state->properties, error))
        return false;
    normalize(call->arena, state->properties);
    return true;
}

static bool is_removed(const struct value *target, const char *name)
{
    const struct value *value = value_get(target, name);
    return value && value->kind == VALUE_NULL;
}

/* An update keeps what it is not told; a list with an empty policy takes all policies away. */
static bool send(const struct resource_call *call, const struct value *target,
                 const struct resource_state *live, struct value *input, struct error *error)
{
    if (!live)
        return true;
    if (value_is_text(value_get(target, "Tier"), "Standard") &&
        value_is_text(value_get(live->properties, "Tier"), "Advanced"))
        return error_set(error, ERROR_INVALID,
                         "an advanced parameter can never be a standard one again: give the standard one "
                         "another Name");
    if (is_removed(target, "Policies"))
        and_with(call->arena, input, "Policies", STR("[{}]"));
    value_setz(call->arena, input, "Overwrite", value_bool(call->arena, true));
    return true;
}

/* As CloudFormation does. */
static bool check(const struct value *properties, struct error *error)
{
    const struct value *type = value_get(properties, "Type");
    return !value_is_text(type, "SecureString") ||
           value_error(type, error, ERROR_INVALID,
                       "a SecureString cannot be made from a template: make it outside, and name it as "
                       "{{resolve:ssm-secure:NAME}}, or keep the value in Secrets Manager");
}

static const struct tag_calls tag_calls = {
    .tag = &ssm_operations[SSM_ADD_TAGS_TO_RESOURCE],
    .untag = &ssm_operations[SSM_REMOVE_TAGS_FROM_RESOURCE],
    .resource = "ResourceId",
    .tags = "Tags",
    .names = "TagKeys",
    .key = "Key",
    .value = "Value",
    .kind = "ResourceType",
    .kind_is = "Parameter",
};

static const struct plain plain = {
    .rules = rules,
    .create = &ssm_operations[SSM_PUT_PARAMETER],
    .read = &ssm_operations[SSM_GET_PARAMETER],
    .update = &ssm_operations[SSM_PUT_PARAMETER],
    .remove = &ssm_operations[SSM_DELETE_PARAMETER],
    .keys = keys,
    .item = "Parameter",
    .updates_whole = true,
    .attributes = attributes,
    .hurdles = hurdles,
    .hurdles_ms = 60 * 1000,
    .tags = "Tags",
    .tag_key = "Key",
    .tag_value = "Value",
    .list_tags = &ssm_operations[SSM_LIST_TAGS_FOR_RESOURCE],
    .list_tags_item = "TagList",
    .tag_calls = &tag_calls,
    .send = send,
    .receive = receive,
};

static const char *const readable[] = {"AllowedPattern", "Description", "Policies", "Tier", NULL};

const struct resource_type ssm_parameter_type = {
    .name = "AWS::SSM::Parameter",
    .traits = RESOURCE_TAGGED,
    .name_property = "Name",
    .name_max = 1011,
    .readable = readable,
    .normalize = normalize,
    .check = check,
    .plain = &plain,
    PLAIN_LIFE,
    .arn = "arn:{partition}:ssm:{region}:{account}:parameter/*",
};
