#include "providers/iam/principals.h"

const struct iam_principals iam_principals[IAM_PRINCIPALS_COUNT] = {
    {"Groups", "GroupName", "PolicyGroups", IAM_GET_GROUP_POLICY, IAM_PUT_GROUP_POLICY,
     IAM_DELETE_GROUP_POLICY, IAM_ATTACH_GROUP_POLICY, IAM_DETACH_GROUP_POLICY},
    {"Roles", "RoleName", "PolicyRoles", IAM_GET_ROLE_POLICY, IAM_PUT_ROLE_POLICY, IAM_DELETE_ROLE_POLICY,
     IAM_ATTACH_ROLE_POLICY, IAM_DETACH_ROLE_POLICY},
    {"Users", "UserName", "PolicyUsers", IAM_GET_USER_POLICY, IAM_PUT_USER_POLICY, IAM_DELETE_USER_POLICY,
     IAM_ATTACH_USER_POLICY, IAM_DETACH_USER_POLICY},
};

const struct hurdle iam_new_principal[] = {
    {"NoSuchEntity", "role with name"},
    {"NoSuchEntity", "user with name"},
    {"NoSuchEntity", "group with name"},
    {NULL, NULL},
};

struct value *iam_on_principal(struct arena *arena, const struct iam_principals *kind, struct str name,
                               const char *policy_member, struct str policy)
{
    return and_with(arena, input_with(arena, kind->member, name), policy_member, policy);
}
