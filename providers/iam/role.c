/*
 * AWS::IAM::Role.  The role itself, its trust policy, the inline policies and the attachments that the
 * template declares in it.  Policies that hang on the role and are declared elsewhere or nowhere are extras:
 * they are shown, never touched, and stand in the way of the role's deletion as they do in AWS.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-role.html
 */

#include "base/xml.h"
#include "providers/iam/principals.h"
#include "providers/iam/types.h"
#include "providers/policy.h"
#include "providers/shape.h"

static const struct shape shape[] = {
    {.path = "AssumeRolePolicyDocument", .kind = SHAPE_POLICY},
    {.path = "Description", .kind = SHAPE_TEXT, .otherwise = "\"\""},
    {.path = "ManagedPolicyArns", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "MaxSessionDuration", .kind = SHAPE_NUMBER, .otherwise = "3600"},
    {.path = "Path", .kind = SHAPE_TEXT, .otherwise = "\"/\""},
    {.path = "PermissionsBoundary", .kind = SHAPE_TEXT},
    {.path = "Policies", .kind = SHAPE_SET, .otherwise = "[]", .key = "PolicyName"},
    {.path = "Policies.PolicyDocument", .kind = SHAPE_POLICY},
    {.path = "Policies.PolicyName", .kind = SHAPE_TEXT},
    {.path = "RoleName", .kind = SHAPE_TEXT},
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.path = NULL},
};

/* A new principal is not known everywhere at once. */
static const struct hurdle new_principal[] = {{"MalformedPolicyDocument", "Invalid principal"}, {NULL, NULL}};

static struct value *role_input(const struct resource_call *call, struct str role)
{
    return input_with(call->arena, "RoleName", role);
}

/* --- reading --- */

static bool read_inline(const struct resource_call *call, struct str role, struct value **policies,
                        struct error *error)
{
    struct value *names;
    *policies = value_list(call->arena);
    if (!aws_list(call->aws, &iam_operations[IAM_LIST_ROLE_POLICIES], call->arena, role_input(call, role),
                  &names, error))
        return false;
    for (size_t i = 0; i < names->count; i++) {
        struct str name = value_text(names->items[i]);
        struct value *input = and_with(call->arena, role_input(call, role), "PolicyName", name);
        struct value *answer, *document;
        if (!aws_call(call->aws, &iam_operations[IAM_GET_ROLE_POLICY], call->arena, input, &answer, error) ||
            !policy_decode(call->arena, value_get_text(answer, "PolicyDocument"), &document, error))
            return false;
        struct value *policy = input_with(call->arena, "PolicyName", name);
        value_setz(call->arena, policy, "PolicyDocument", document);
        value_append(call->arena, *policies, policy);
    }
    return true;
}

static bool read_attached(const struct resource_call *call, struct str role, struct value **arns,
                          struct error *error)
{
    struct value *attached;
    *arns = value_list(call->arena);
    if (!aws_list(call->aws, &iam_operations[IAM_LIST_ATTACHED_ROLE_POLICIES], call->arena,
                  role_input(call, role), &attached, error))
        return false;
    for (size_t i = 0; i < attached->count; i++)
        value_append(call->arena, *arns, value_get(attached->items[i], "PolicyArn"));
    return true;
}

static void give_attributes(const struct resource_call *call, const struct value *role,
                            struct resource_state *state)
{
    static const char *const attributes[] = {"Arn", "RoleId", NULL};
    state->physical_id = value_get_text(role, "RoleName");
    state->attributes = value_map(call->arena);
    members_copy(call->arena, state->attributes, role, attributes);
}

/* All that is on the role, whoever declared it. */
static bool read_all(const struct resource_call *call, struct str name, struct resource_state *state,
                     struct error *error)
{
    static const char *const plain[] = {"RoleName", "Path", "Description", "MaxSessionDuration", NULL};
    struct arena *arena = call->arena;
    struct value *answer, *trust, *inline_policies, *attached;
    if (!aws_call(call->aws, &iam_operations[IAM_GET_ROLE], arena, role_input(call, name), &answer, error))
        return false;
    const struct value *role = value_get(answer, "Role");
    if (!policy_decode(arena, value_get_text(role, "AssumeRolePolicyDocument"), &trust, error) ||
        !read_inline(call, name, &inline_policies, error) || !read_attached(call, name, &attached, error))
        return false;
    give_attributes(call, role, state);
    struct value *properties = state->properties = value_map(arena);
    members_copy(arena, properties, role, plain);
    value_setz(arena, properties, "AssumeRolePolicyDocument", trust);
    struct str boundary = value_text(value_path(role, "PermissionsBoundary", "PermissionsBoundaryArn", NULL));
    if (boundary.len)
        and_with(arena, properties, "PermissionsBoundary", boundary);
    value_setz(arena, properties, "Policies", inline_policies);
    value_setz(arena, properties, "ManagedPolicyArns", attached);
    state->tags = tags_as_map(arena, xml_items(arena, value_get(role, "Tags"), "member"), "Key", "Value");
    value_setz(arena, properties, "Tags",
               tags_as_list(arena, tags_of_user(call, state->tags), "Key", "Value"));
    shape_fill(shape, arena, properties);
    shape_normalize(shape, arena, properties);
    return true;
}

static struct str policy_name(const struct value *item)
{
    return value_is(item, VALUE_MAP) ? value_get_text(item, "PolicyName") : value_text(item);
}

/* Is a policy of this name (inline) or ARN (managed) an item of the list? */
static const struct value *find_policy(const struct value *list, struct str name)
{
    for (size_t i = 0; value_is(list, VALUE_LIST) && i < list->count; i++)
        if (str_equal(policy_name(list->items[i]), name))
            return list->items[i];
    return NULL;
}

/* What the hint does not declare becomes an extra instead of a part of the property. */
static void split_extras(const struct resource_call *call, struct resource_state *state, const char *property,
                         const char *kind)
{
    const struct value *all = value_get(state->properties, property);
    const struct value *declared = value_get(call->properties, property);
    struct value *kept = value_list(call->arena);
    for (size_t i = 0; i < all->count; i++) {
        struct str name = policy_name(all->items[i]);
        if (find_policy(declared, name))
            value_append(call->arena, kept, all->items[i]);
        else
            add_extra(call->arena, &state->extras, kind, name, STR_EMPTY);
    }
    value_setz(call->arena, state->properties, property, kept);
}

static bool read_named(const struct resource_call *call, struct str name, struct resource_state *state,
                       struct error *error)
{
    if (!read_all(call, name, state, error))
        return false;
    if (call->properties) {
        split_extras(call, state, "Policies", "inline policy");
        split_extras(call, state, "ManagedPolicyArns", "attached policy");
    }
    return true;
}

static bool role_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read_named(call, call->physical_id, state, error);
}

static bool role_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read_named(call, wanted_name(call, "RoleName"), state, error);
}

/* --- writing --- */

static bool write_basics(const struct resource_call *call, struct str role, const struct value *target,
                         const struct value *live, struct error *error)
{
    struct arena *arena = call->arena;
    struct value *input = role_input(call, role);
    if (shape_differs(target, live, "AssumeRolePolicyDocument")) {
        struct str text = policy_text(arena, value_get(target, "AssumeRolePolicyDocument"));
        and_with(arena, input, "PolicyDocument", text);
        if (!call_over_hurdles(call->aws, &iam_operations[IAM_UPDATE_ASSUME_ROLE_POLICY], arena, input,
                               new_principal, IAM_PROPAGATION_MS, NULL, error))
            return false;
    }
    if (!shape_differs(target, live, "Description") && !shape_differs(target, live, "MaxSessionDuration"))
        return true;
    /* What UpdateRole is not told goes back to its default. */
    static const char *const both[] = {"Description", "MaxSessionDuration", NULL};
    input = role_input(call, role);
    members_copy(arena, input, live, both);
    members_copy(arena, input, target, both);
    return call_simply(call, &iam_operations[IAM_UPDATE_ROLE], input, error);
}

static bool write_boundary(const struct resource_call *call, struct str role, const struct value *target,
                           const struct value *live, struct error *error)
{
    if (!shape_differs(target, live, "PermissionsBoundary"))
        return true;
    struct str boundary = value_get_text(target, "PermissionsBoundary");
    if (!boundary.len)
        return call_or_absent(call, &iam_operations[IAM_DELETE_ROLE_PERMISSIONS_BOUNDARY],
                              role_input(call, role), error);
    return call_simply(call, &iam_operations[IAM_PUT_ROLE_PERMISSIONS_BOUNDARY],
                       and_with(call->arena, role_input(call, role), "PermissionsBoundary", boundary), error);
}

static bool put_inline(const struct resource_call *call, struct str role, const struct value *target,
                       const struct value *live, struct error *error)
{
    const struct value *wanted = value_get(target, "Policies");
    for (size_t i = 0; value_is(wanted, VALUE_LIST) && i < wanted->count; i++) {
        struct value *policy = wanted->items[i];
        struct str name = policy_name(policy);
        const struct value *now = find_policy(value_get(live, "Policies"), name);
        if (now && shape_covers(policy, now))
            continue;
        struct value *input = and_with(call->arena, role_input(call, role), "PolicyName", name);
        and_with(call->arena, input, "PolicyDocument",
                 policy_text(call->arena, value_get(policy, "PolicyDocument")));
        if (!call_over_hurdles(call->aws, &iam_operations[IAM_PUT_ROLE_POLICY], call->arena, input,
                               iam_new_principal, IAM_PROPAGATION_MS, NULL, error))
            return false;
    }
    return true;
}

static bool attach(const struct resource_call *call, struct str role, const struct value *target,
                   const struct value *live, struct error *error)
{
    const struct value *wanted = value_get(target, "ManagedPolicyArns");
    for (size_t i = 0; value_is(wanted, VALUE_LIST) && i < wanted->count; i++) {
        struct str arn = value_text(wanted->items[i]);
        if (find_policy(value_get(live, "ManagedPolicyArns"), arn))
            continue;
        struct value *input = and_with(call->arena, role_input(call, role), "PolicyArn", arn);
        if (!call_over_hurdles(call->aws, &iam_operations[IAM_ATTACH_ROLE_POLICY], call->arena, input,
                               iam_new_principal, IAM_PROPAGATION_MS, NULL, error))
            return false;
    }
    return true;
}

/* Takes off what `previous` declared and `target` (NULL: nothing) does not. */
static bool take_off(const struct resource_call *call, struct str role, const struct value *target,
                     const char *property, const char *member, enum iam_operation operation,
                     struct error *error)
{
    const struct value *old = value_get(call->previous, property);
    for (size_t i = 0; value_is(old, VALUE_LIST) && i < old->count; i++) {
        struct str name = policy_name(old->items[i]);
        if (find_policy(value_get(target, property), name))
            continue;
        struct value *input = and_with(call->arena, role_input(call, role), member, name);
        if (!call_or_absent(call, &iam_operations[operation], input, error))
            return false;
    }
    return true;
}

static bool delete_inline(const struct resource_call *call, struct str role, const struct value *target,
                          struct error *error)
{
    return take_off(call, role, target, "Policies", "PolicyName", IAM_DELETE_ROLE_POLICY, error);
}

static bool detach(const struct resource_call *call, struct str role, const struct value *target,
                   struct error *error)
{
    return take_off(call, role, target, "ManagedPolicyArns", "PolicyArn", IAM_DETACH_ROLE_POLICY, error);
}

/* New permissions come before old ones go, so that the role never has fewer than it needs; where the role is
 * full, the old ones have to make room. */
static bool write_policies(const struct resource_call *call, struct str role, const struct value *target,
                           const struct value *live, struct error *error)
{
    bool put = put_inline(call, role, target, live, error) && attach(call, role, target, live, error);
    if (!put && !error_is(error, "LimitExceeded"))
        return false;
    if (put)
        return delete_inline(call, role, target, error) && detach(call, role, target, error);
    error_clear(error);
    return delete_inline(call, role, target, error) && detach(call, role, target, error) &&
           put_inline(call, role, target, live, error) && attach(call, role, target, live, error);
}

static const struct tag_calls tag_calls = {
    .tag = &iam_operations[IAM_TAG_ROLE],
    .untag = &iam_operations[IAM_UNTAG_ROLE],
    .resource = "RoleName",
    .tags = "Tags",
    .names = "TagKeys",
    .key = "Key",
    .value = "Value",
};

static bool update_once(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    if (!read_all(call, call->physical_id, state, error))
        return false;
    const struct value *live = state->properties;
    struct value *target = shape_target(shape, call->arena, call->properties, call->previous);
    return write_basics(call, call->physical_id, target, live, error) &&
           write_boundary(call, call->physical_id, target, live, error) &&
           write_policies(call, call->physical_id, target, live, error) &&
           tags_write(call, &tag_calls, call->physical_id, state->tags, error);
}

static bool role_update(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return shape_check(shape, iam_role_type.name, call->properties, error) &&
           update_until_answered(update_once, call, state, error);
}

static bool role_create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    static const char *const plain[] = {"Path", "Description", "MaxSessionDuration", "PermissionsBoundary",
                                        NULL};
    struct arena *arena = call->arena;
    if (!shape_check(shape, iam_role_type.name, call->properties, error))
        return false;
    struct value *target = shape_target(shape, arena, call->properties, NULL);
    struct str name = wanted_name(call, "RoleName");
    struct value *input = role_input(call, name), *answer;
    members_copy(arena, input, target, plain);
    and_with(arena, input, "AssumeRolePolicyDocument",
             policy_text(arena, value_get(target, "AssumeRolePolicyDocument")));
    value_setz(arena, input, "Tags", tags_as_list(arena, resource_tags(call), "Key", "Value"));
    if (!create_once(call, &iam_role_type, &iam_operations[IAM_CREATE_ROLE], input, new_principal,
                     IAM_PROPAGATION_MS, &answer, error))
        return false;
    if (!answer) {
        struct resource_call found = *call;
        found.physical_id = name;
        return update_until_answered(update_once, &found, state, error);
    }
    give_attributes(call, value_get(answer, "Role"), state);
    return put_inline(call, name, target, NULL, error) && attach(call, name, target, NULL, error);
}

static bool role_remove(const struct resource_call *call, struct error *error)
{
    struct str role = call->physical_id;
    if (!delete_inline(call, role, NULL, error) || !detach(call, role, NULL, error))
        return false;
    if (call_or_absent(call, &iam_operations[IAM_DELETE_ROLE], role_input(call, role), error))
        return true;
    if (error_is(error, "DeleteConflict"))
        error_suffix(error,
                     "; policies or instance profiles that plumb did not declare in role '%.*s' "
                     "still hang on it: take them off, or keep the role",
                     STR_ARG(role));
    return false;
}

static bool remove_extra(const struct resource_call *call, const struct value *extra, struct error *error)
{
    bool attached = str_is(value_get_text(extra, "Kind"), "attached policy");
    return call_or_absent(call, &iam_operations[attached ? IAM_DETACH_ROLE_POLICY : IAM_DELETE_ROLE_POLICY],
                          and_with(call->arena, role_input(call, call->physical_id),
                                   attached ? "PolicyArn" : "PolicyName", value_get_text(extra, "Name")),
                          error);
}

static void role_normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(shape, arena, properties);
}

const struct resource_type iam_role_type = {
    .name = "AWS::IAM::Role",
    .traits = RESOURCE_TAGGED,
    .name_property = "RoleName",
    .name_max = 64,
    .read = role_read,
    .find = role_find,
    .create = role_create,
    .update = role_update,
    .remove = role_remove,
    .remove_extra = remove_extra,
    .normalize = role_normalize,
    .arn = "arn:{partition}:iam::{account}:role/{RoleName}",
};
