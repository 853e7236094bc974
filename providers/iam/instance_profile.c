/*
 * AWS::IAM::InstanceProfile.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-instanceprofile.html
 */

#include "base/xml.h"
#include "providers/iam/operations.h"
#include "providers/iam/principals.h"
#include "providers/iam/types.h"
#include "providers/plain.h"

static const struct shape rules[] = {
    {.path = "Path", .otherwise = "\"/\""},
    {.path = NULL, .facts = "AWS::IAM::InstanceProfile"},
};

static const struct plain_key keys[] = {{"InstanceProfileName", NULL}, {NULL, NULL}};
static const struct plain_attribute attributes[] = {{"Arn", "Arn"}, {NULL, NULL}};
static const char *const apart[] = {"Roles", NULL};

static void normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(rules, arena, properties);
}

static bool receive(const struct resource_call *call, const struct value *item, struct resource_state *state,
                    struct error *error)
{
    const struct value *roles = xml_items(call->arena, value_get(item, "Roles"), "member");
    struct value *names = value_list(call->arena);
    (void)error;
    for (size_t i = 0; i < roles->count; i++)
        value_append(call->arena, names,
                     value_string(call->arena, value_get_text(roles->items[i], "RoleName")));
    value_setz(call->arena, state->properties, "Roles", names);
    return true;
}

static struct value *role_input(const struct resource_call *call, const struct value *role)
{
    struct value *input = input_with(call->arena, "InstanceProfileName", call->physical_id);
    return and_with(call->arena, input, "RoleName", value_text(role));
}

/* Those that `wanted` (NULL: nothing) has not. */
static bool take_off(const struct resource_call *call, const struct value *roles, const struct value *wanted,
                     struct error *error)
{
    for (size_t i = 0; value_is(roles, VALUE_LIST) && i < roles->count; i++)
        if (!list_has(wanted, value_text(roles->items[i])) &&
            !call_or_absent(call, &iam_operations[IAM_REMOVE_ROLE_FROM_INSTANCE_PROFILE],
                            role_input(call, roles->items[i]), error))
            return false;
    return true;
}

/* A profile holds one role, so the old one makes room first. */
static bool write_roles(const struct resource_call *call, const struct value *target,
                        const struct resource_state *live, struct error *error)
{
    const struct value *wanted = value_get(target, "Roles"), *has = value_get(live->properties, "Roles");
    static const struct hurdle unknown[] = {{"NoSuchEntity", "role"}, {NULL, NULL}};
    if (!take_off(call, has, wanted, error))
        return false;
    for (size_t i = 0; value_is(wanted, VALUE_LIST) && i < wanted->count; i++)
        if (!list_has(has, value_text(wanted->items[i])) &&
            !call_over_hurdles(call->aws, &iam_operations[IAM_ADD_ROLE_TO_INSTANCE_PROFILE], call->arena,
                               role_input(call, wanted->items[i]), call->new_permissions ? unknown : NULL,
                               IAM_PROPAGATION_MS, NULL, error))
            return false;
    return true;
}

/* One that holds a role cannot be deleted. */
static bool clear(const struct resource_call *call, struct error *error)
{
    struct resource_state state = {.physical_id = STR_EMPTY};
    return plain_read(call, &state, error) &&
           take_off(call, value_get(state.properties, "Roles"), NULL, error);
}

static const struct tag_calls tag_calls = {
    .tag = &iam_operations[IAM_TAG_INSTANCE_PROFILE],
    .untag = &iam_operations[IAM_UNTAG_INSTANCE_PROFILE],
    .resource = "InstanceProfileName",
    .tags = "Tags",
    .names = "TagKeys",
    .key = "Key",
    .value = "Value",
};

static const struct plain plain = {
    .rules = rules,
    .xml = true,
    .apart = apart,
    .create = &iam_operations[IAM_CREATE_INSTANCE_PROFILE],
    .read = &iam_operations[IAM_GET_INSTANCE_PROFILE],
    .remove = &iam_operations[IAM_DELETE_INSTANCE_PROFILE],
    .keys = keys,
    .item = "InstanceProfile",
    .attributes = attributes,
    .tags = "Tags",
    .tag_key = "Key",
    .tag_value = "Value",
    .tags_read = "Tags",
    .tag_calls = &tag_calls,
    .receive = receive,
    .write_apart = write_roles,
    .clear = clear,
};

const struct resource_type iam_instance_profile_type = {
    .name = "AWS::IAM::InstanceProfile",
    .traits = RESOURCE_TAGGED,
    .name_property = "InstanceProfileName",
    .name_max = 128,
    .normalize = normalize,
    .plain = &plain,
    PLAIN_LIFE,
    .arn = "arn:{partition}:iam::{account}:instance-profile/*",
};
