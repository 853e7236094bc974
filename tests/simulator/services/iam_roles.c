/* IAM roles: their trust, inline and attached policies, boundaries and tags. */

#include "tests/simulator/services/iam.h"

enum { ROLE_NAME_MAX = 64, POLICY_NAME_MAX = 128, SESSION_MIN = 3600, SESSION_MAX = 43200 };

static struct value *roles(struct call *call)
{
    return state_map(call, "roles");
}

struct value *iam_role(struct call *call)
{
    struct str name = call_text(call, "RoleName");
    struct value *role = value_get_str(roles(call), name);
    if (!role)
        call_fail(call, 404, "NoSuchEntity", "The role with name %.*s cannot be found.", STR_ARG(name));
    return role;
}

static void put_boundary(struct call *call, struct value *shape, const struct value *role)
{
    struct str policy_arn = value_get_text(role, "PermissionsBoundary");
    if (!policy_arn.len)
        return;
    struct value *boundary = value_map(call->arena);
    put_text(call, boundary, "PermissionsBoundaryType", STR("PermissionsBoundaryPolicy"));
    put_text(call, boundary, "PermissionsBoundaryArn", policy_arn);
    put(call, shape, "PermissionsBoundary", boundary);
}

struct value *iam_role_shape(struct call *call, const struct value *role)
{
    static const char *const texts[] = {"Path", "RoleName", "RoleId", "Arn"};
    struct value *shape = value_map(call->arena);
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        put(call, shape, texts[i], value_get(role, texts[i]));
    put_time(call, shape, "CreateDate", value_get_int(role, "created", 0));
    iam_put_document(call, shape, "AssumeRolePolicyDocument",
                     value_get_text(role, "AssumeRolePolicyDocument"));
    return shape;
}

/* What CreateRole, GetRole and ListRoles answer; the latter without boundary and tags. */
static struct value *role_answer(struct call *call, const struct value *role, bool full)
{
    struct value *shape = iam_role_shape(call, role), *tags = value_get(role, "tags");
    put(call, shape, "Description", value_get(role, "Description"));
    put(call, shape, "MaxSessionDuration", value_get(role, "MaxSessionDuration"));
    if (!full)
        return shape;
    put_boundary(call, shape, role);
    if (tags->count)
        put(call, shape, "Tags", tags_to_list(call, tags, "Key", "Value"));
    return shape;
}

static bool boundary_is_valid(struct call *call)
{
    struct str boundary = call_text(call, "PermissionsBoundary");
    if (!call_has(call, "PermissionsBoundary") || iam_policy(call, boundary))
        return true;
    return call_fail(call, 404, "NoSuchEntity", "Scope ARN: %.*s does not exist or is not attachable.",
                     STR_ARG(boundary));
}

static bool session_is_valid(struct call *call)
{
    int64_t session = value_get_int(call->input, "MaxSessionDuration", SESSION_MIN);
    return (session >= SESSION_MIN && session <= SESSION_MAX) ||
           call_fail(call, 400, "ValidationError",
                     "1 validation error detected: Value '%lld' at 'maxSessionDuration' failed to satisfy "
                     "constraint: Member must have value between 3600 and 43200",
                     (long long)session);
}

static bool trust_is_valid(struct call *call, const char *member)
{
    if (!iam_document_is_valid(call, member, IAM_TRUST))
        return false;
    return iam_document_size(call_text(call, member)) <= IAM_TRUST_MAX ||
           call_fail(call, 409, "LimitExceeded", "Cannot exceed quota for ACLSizePerRole: %d", IAM_TRUST_MAX);
}

static bool path_is_valid(struct call *call)
{
    struct str path = call_text(call, "Path");
    return !path.len || (str_starts(path, "/") && str_ends(path, "/") && path.len <= 512) ||
           call_fail(call, 400, "ValidationError",
                     "The specified value for path is invalid. It must begin and end with / and contain only "
                     "alphanumeric characters and/or / characters.");
}

static bool name_is_free(struct call *call, struct str name)
{
    struct value *all = roles(call);
    for (size_t i = 0; i < all->count; i++) /* names differ by more than case */
        if (str_equal_nocase(all->entries[i].key, name))
            return call_fail(call, 409, "EntityAlreadyExists", "Role with name %.*s already exists.",
                             STR_ARG(name));
    return true;
}

static struct value *new_role(struct call *call, struct str name, const struct value *tags)
{
    struct value *role = state_put(call, roles(call), name, value_map(call->arena));
    struct str path = call_has(call, "Path") ? call_text(call, "Path") : STR("/");
    state_text(call, role, "Path", path);
    state_text(call, role, "RoleName", name);
    state_text(call, role, "RoleId", iam_id(call, "AROA"));
    state_text(call, role, "Arn", arn(call, "iam", "role%.*s%.*s", STR_ARG(path), STR_ARG(name)));
    state_text(call, role, "AssumeRolePolicyDocument", call_text(call, "AssumeRolePolicyDocument"));
    state_int(call, role, "MaxSessionDuration",
              value_get_int(call->input, "MaxSessionDuration", SESSION_MIN));
    state_member(call, role, "Description");
    state_member(call, role, "PermissionsBoundary");
    state_put(call, role, STR("tags"), tags);
    state_put(call, role, STR("inline"), value_map(call->arena));
    state_put(call, role, STR("attached"), value_map(call->arena));
    state_int(call, role, "created", call->now);
    state_int(call, role, "changed", call->now);
    return role;
}

bool iam_CreateRole(struct call *call)
{
    struct value *tags = tags_to_map(call, call_list(call, "Tags"), "Key", "Value");
    if (!iam_name_is_valid(call, "RoleName", ROLE_NAME_MAX) ||
        !trust_is_valid(call, "AssumeRolePolicyDocument") || !session_is_valid(call) ||
        !path_is_valid(call) || !iam_tags_fit(call, NULL, tags) ||
        !name_is_free(call, call_text(call, "RoleName")) || !boundary_is_valid(call))
        return false;
    struct value *role = new_role(call, call_text(call, "RoleName"), tags);
    put(call, call->output, "Role", role_answer(call, role, true));
    return true;
}

bool iam_GetRole(struct call *call)
{
    struct value *role = iam_role(call);
    if (!role)
        return false;
    struct value *shape = role_answer(call, role, true);
    put(call, shape, "RoleLastUsed", value_map(call->arena));
    put(call, call->output, "Role", shape);
    return true;
}

bool iam_DeleteRole(struct call *call)
{
    struct value *role = iam_role(call);
    if (!role)
        return false;
    if (value_get(role, "attached")->count)
        return call_fail(call, 409, "DeleteConflict",
                         "Cannot delete entity, must detach all policies first.");
    if (value_get(role, "inline")->count)
        return call_fail(call, 409, "DeleteConflict", "Cannot delete entity, must delete policies first.");
    if (iam_profiles_of(call, call_text(call, "RoleName"))->count)
        return call_fail(call, 409, "DeleteConflict",
                         "Cannot delete entity, must remove roles from instance profile first.");
    return value_remove(roles(call), call_text(call, "RoleName"));
}

bool iam_UpdateRole(struct call *call)
{
    struct value *role = iam_role(call);
    if (!role || !session_is_valid(call))
        return false;
    state_int(call, role, "MaxSessionDuration",
              value_get_int(call->input, "MaxSessionDuration", SESSION_MIN));
    state_member(call, role, "Description");
    return true;
}

bool iam_UpdateRoleDescription(struct call *call)
{
    struct value *role = iam_role(call);
    if (!role || !call_need(call, "Description", 400, "ValidationError"))
        return false;
    state_member(call, role, "Description");
    put(call, call->output, "Role", role_answer(call, role, true));
    return true;
}

bool iam_UpdateAssumeRolePolicy(struct call *call)
{
    struct value *role = iam_role(call);
    if (!role || !trust_is_valid(call, "PolicyDocument"))
        return false;
    state_text(call, role, "AssumeRolePolicyDocument", call_text(call, "PolicyDocument"));
    state_int(call, role, "changed", call->now);
    return true;
}

bool iam_PutRolePermissionsBoundary(struct call *call)
{
    struct value *role = iam_role(call);
    if (!role || !call_need(call, "PermissionsBoundary", 400, "ValidationError") || !boundary_is_valid(call))
        return false;
    return state_member(call, role, "PermissionsBoundary");
}

bool iam_DeleteRolePermissionsBoundary(struct call *call)
{
    struct value *role = iam_role(call);
    if (!role)
        return false;
    return value_remove(role, STR("PermissionsBoundary")) ||
           call_fail(call, 404, "NoSuchEntity", "Role %.*s does not have a permission boundary",
                     STR_ARG(call_text(call, "RoleName")));
}

/* Items of `all` whose Path starts with PathPrefix. */
static struct value *below_path(struct call *call, const struct value *all)
{
    const char *prefix = arena_strz(call->arena, call_text(call, "PathPrefix"));
    struct value *found = value_map(call->arena);
    for (size_t i = 0; i < all->count; i++)
        if (str_starts(value_get_text(all->entries[i].value, "Path"), prefix))
            value_set(call->arena, found, all->entries[i].key, all->entries[i].value);
    return found;
}

bool iam_ListRoles(struct call *call)
{
    struct str next;
    struct value *page = call_page(call, below_path(call, roles(call)), &iam_paging, &next);
    if (!page)
        return false;
    for (size_t i = 0; i < page->count; i++)
        page->items[i] = role_answer(call, page->items[i], false);
    iam_put_page(call, "Roles", page, next);
    return true;
}

bool iam_TagRole(struct call *call)
{
    struct value *role = iam_role(call), *tags = tags_to_map(call, call_list(call, "Tags"), "Key", "Value");
    if (!role || !iam_tags_fit(call, value_get(role, "tags"), tags))
        return false;
    state_merge(call, role, "tags", tags);
    return true;
}

bool iam_UntagRole(struct call *call)
{
    struct value *role = iam_role(call);
    if (!role)
        return false;
    state_remove_keys(role, "tags", call_list(call, "TagKeys"));
    return true;
}

/* A page of {key: text} as a list of shapes {key_name: key, value_name: text}. */
static bool put_pairs_page(struct call *call, const char *list_name, const struct value *map,
                           const char *key_name, const char *value_name)
{
    struct value *shapes = value_map(call->arena), *list = tags_to_list(call, map, key_name, value_name);
    struct str next;
    for (size_t i = 0; i < list->count; i++)
        value_set(call->arena, shapes, map->entries[i].key, list->items[i]);
    struct value *page = call_page(call, shapes, &iam_paging, &next);
    if (page)
        iam_put_page(call, list_name, page, next);
    return page;
}

bool iam_ListRoleTags(struct call *call)
{
    struct value *role = iam_role(call);
    return role && put_pairs_page(call, "Tags", value_get(role, "tags"), "Key", "Value");
}

bool iam_PutRolePolicy(struct call *call)
{
    struct value *role = iam_role(call);
    struct str name = call_text(call, "PolicyName");
    if (!role || !iam_name_is_valid(call, "PolicyName", POLICY_NAME_MAX) ||
        !iam_document_is_valid(call, "PolicyDocument", IAM_IDENTITY))
        return false;
    struct value *policies = value_get(role, "inline");
    size_t size = iam_document_size(call_text(call, "PolicyDocument"));
    for (size_t i = 0; i < policies->count; i++)
        if (!str_equal(policies->entries[i].key, name))
            size += iam_document_size(value_text(policies->entries[i].value));
    if (size > IAM_INLINE_MAX)
        return call_fail(call, 409, "LimitExceeded", "Maximum policy size of %d bytes exceeded for role %.*s",
                         IAM_INLINE_MAX, STR_ARG(call_text(call, "RoleName")));
    state_put(call, policies, name, value_get(call->input, "PolicyDocument"));
    return true;
}

/* The inline policy that PolicyName names, or NULL after call_fail. */
static struct value *inline_policy(struct call *call, struct value *role)
{
    struct str name = call_text(call, "PolicyName");
    struct value *document = role ? value_get_str(value_get(role, "inline"), name) : NULL;
    if (role && !document)
        call_fail(call, 404, "NoSuchEntity", "The role policy with name %.*s cannot be found.",
                  STR_ARG(name));
    return document;
}

bool iam_GetRolePolicy(struct call *call)
{
    struct value *document = inline_policy(call, iam_role(call));
    if (!document)
        return false;
    put_text(call, call->output, "RoleName", call_text(call, "RoleName"));
    put_text(call, call->output, "PolicyName", call_text(call, "PolicyName"));
    iam_put_document(call, call->output, "PolicyDocument", document->text);
    return true;
}

bool iam_DeleteRolePolicy(struct call *call)
{
    struct value *role = iam_role(call);
    return inline_policy(call, role) &&
           value_remove(value_get(role, "inline"), call_text(call, "PolicyName"));
}

bool iam_ListRolePolicies(struct call *call)
{
    struct value *role = iam_role(call), *names = value_map(call->arena);
    struct str next;
    if (!role)
        return false;
    struct value *policies = value_get(role, "inline");
    for (size_t i = 0; i < policies->count; i++)
        value_set(call->arena, names, policies->entries[i].key,
                  value_string(call->arena, policies->entries[i].key));
    struct value *page = call_page(call, names, &iam_paging, &next);
    if (page)
        iam_put_page(call, "PolicyNames", page, next);
    return page;
}

bool iam_AttachRolePolicy(struct call *call)
{
    struct value *role = iam_role(call);
    struct str policy_arn = call_text(call, "PolicyArn");
    if (!role)
        return false;
    struct value *policy = iam_policy(call, policy_arn), *attached = value_get(role, "attached");
    if (!policy)
        return call_fail(call, 404, "NoSuchEntity", "Policy %.*s does not exist or is not attachable.",
                         STR_ARG(policy_arn));
    if (!value_get_str(attached, policy_arn) && attached->count >= IAM_ATTACHED_MAX)
        return call_fail(call, 409, "LimitExceeded", "Cannot exceed quota for PoliciesPerRole: %d",
                         IAM_ATTACHED_MAX);
    state_put(call, attached, policy_arn, value_get(policy, "PolicyName"));
    return true;
}

bool iam_DetachRolePolicy(struct call *call)
{
    struct value *role = iam_role(call);
    struct str policy_arn = call_text(call, "PolicyArn");
    if (!role)
        return false;
    return value_remove(value_get(role, "attached"), policy_arn) ||
           call_fail(call, 404, "NoSuchEntity", "Policy %.*s was not found.", STR_ARG(policy_arn));
}

bool iam_ListAttachedRolePolicies(struct call *call)
{
    struct value *role = iam_role(call);
    return role &&
           put_pairs_page(call, "AttachedPolicies", value_get(role, "attached"), "PolicyArn", "PolicyName");
}

bool iam_ListInstanceProfilesForRole(struct call *call)
{
    if (!iam_role(call))
        return false;
    iam_put_page(call, "InstanceProfiles", iam_profiles_of(call, call_text(call, "RoleName")), STR_EMPTY);
    return true;
}

static struct value *role_detail(struct call *call, const struct value *role)
{
    struct value *shape = iam_role_shape(call, role), *policies = value_list(call->arena);
    const struct value *inlines = value_get(role, "inline");
    for (size_t i = 0; i < inlines->count; i++) {
        struct value *policy = value_map(call->arena);
        put_text(call, policy, "PolicyName", inlines->entries[i].key);
        iam_put_document(call, policy, "PolicyDocument", value_text(inlines->entries[i].value));
        value_append(call->arena, policies, policy);
    }
    put(call, shape, "InstanceProfileList", iam_profiles_of(call, value_get_text(role, "RoleName")));
    put(call, shape, "RolePolicyList", policies);
    put(call, shape, "AttachedManagedPolicies",
        tags_to_list(call, value_get(role, "attached"), "PolicyArn", "PolicyName"));
    put_boundary(call, shape, role);
    put(call, shape, "Tags", tags_to_list(call, value_get(role, "tags"), "Key", "Value"));
    put(call, shape, "RoleLastUsed", value_map(call->arena));
    return shape;
}

static bool filter_has(const struct value *filter, const char *kind)
{
    for (size_t i = 0; i < filter->count; i++)
        if (value_is_text(filter->items[i], kind))
            return true;
    return filter->count == 0;
}

static void add_all(struct call *call, struct value *items, const char *prefix, const struct value *from)
{
    for (size_t i = 0; i < from->count; i++)
        value_set(call->arena, items,
                  arena_printf(call->arena, "%s%.*s", prefix, STR_ARG(from->entries[i].key)),
                  from->entries[i].value);
}

/* Roles come before policies; a page holds MaxItems of both together. */
bool iam_GetAccountAuthorizationDetails(struct call *call)
{
    static const char *const empty[] = {"UserDetailList", "GroupDetailList"};
    struct value *filter = call_list(call, "Filter"), *items = value_map(call->arena);
    struct value *found_roles = value_list(call->arena), *found_policies = value_list(call->arena);
    struct str next;
    if (filter_has(filter, "Role"))
        add_all(call, items, "1 ", roles(call));
    if (filter_has(filter, "LocalManagedPolicy"))
        add_all(call, items, "2 ", state_map(call, "policies"));
    struct value *page = call_page(call, items, &iam_paging, &next);
    if (!page)
        return false;
    for (size_t i = 0; i < page->count; i++)
        if (value_get(page->items[i], "RoleName"))
            value_append(call->arena, found_roles, role_detail(call, page->items[i]));
        else
            value_append(call->arena, found_policies, iam_policy_shape(call, page->items[i], true));
    for (size_t i = 0; i < ARRAY_LENGTH(empty); i++)
        put(call, call->output, empty[i], value_list(call->arena));
    put(call, call->output, "RoleDetailList", found_roles);
    iam_put_page(call, "Policies", found_policies, next);
    return true;
}
