#include "providers/iam/operations.h"

const struct aws_service iam_service = {
    .name = "iam",
    .signing_name = "iam",
    .endpoint_prefix = "iam",
    .global = true,
    .protocol = AWS_QUERY,
    .api_version = "2010-05-08",
    .rate = 20,
    .burst = 50,
};

#define ROW(NAME, SAFETY, RESOURCE, ...)                                                                     \
    {                                                                                                        \
        .service = &iam_service, .name = NAME, .safety = SAFETY,                                             \
        .iam_resource = "arn:{partition}:iam::{account}:" RESOURCE __VA_OPT__(, ) __VA_ARGS__                \
    }
#define PAGES(ITEMS) .page_in = "Marker", .page_out = "Marker", .page_items = ITEMS
#define ROLE "role/{RoleName}"
#define USER "user/{UserName}"
#define GROUP "group/{GroupName}"
#define POLICY "policy/*"
#define PROFILE "instance-profile/*{InstanceProfileName}"

/* Versions of a policy have no name of their own, so a repeated create would make a second one. */
const struct aws_operation iam_operations[IAM_OPERATION_COUNT] = {
    [IAM_ADD_ROLE_TO_INSTANCE_PROFILE] = ROW("AddRoleToInstanceProfile", AWS_READ_BACK, PROFILE),
    [IAM_ATTACH_GROUP_POLICY] = ROW("AttachGroupPolicy", AWS_NATURAL, GROUP),
    [IAM_ATTACH_ROLE_POLICY] = ROW("AttachRolePolicy", AWS_NATURAL, ROLE),
    [IAM_ATTACH_USER_POLICY] = ROW("AttachUserPolicy", AWS_NATURAL, USER),
    [IAM_CREATE_INSTANCE_PROFILE] = ROW("CreateInstanceProfile", AWS_READ_BACK, PROFILE),
    [IAM_CREATE_POLICY] = ROW("CreatePolicy", AWS_READ_BACK, "policy/*{PolicyName}"),
    [IAM_CREATE_POLICY_VERSION] = ROW("CreatePolicyVersion", AWS_READ_BACK, POLICY),
    [IAM_CREATE_ROLE] = ROW("CreateRole", AWS_READ_BACK, ROLE),
    [IAM_DELETE_GROUP_POLICY] = ROW("DeleteGroupPolicy", AWS_NATURAL, GROUP),
    [IAM_DELETE_INSTANCE_PROFILE] = ROW("DeleteInstanceProfile", AWS_NATURAL, PROFILE),
    [IAM_DELETE_POLICY] = ROW("DeletePolicy", AWS_NATURAL, POLICY),
    [IAM_DELETE_POLICY_VERSION] = ROW("DeletePolicyVersion", AWS_NATURAL, POLICY),
    [IAM_DELETE_ROLE] = ROW("DeleteRole", AWS_NATURAL, ROLE),
    [IAM_DELETE_ROLE_PERMISSIONS_BOUNDARY] = ROW("DeleteRolePermissionsBoundary", AWS_NATURAL, ROLE),
    [IAM_DELETE_ROLE_POLICY] = ROW("DeleteRolePolicy", AWS_NATURAL, ROLE),
    [IAM_DELETE_USER_POLICY] = ROW("DeleteUserPolicy", AWS_NATURAL, USER),
    [IAM_DETACH_GROUP_POLICY] = ROW("DetachGroupPolicy", AWS_NATURAL, GROUP),
    [IAM_DETACH_ROLE_POLICY] = ROW("DetachRolePolicy", AWS_NATURAL, ROLE),
    [IAM_DETACH_USER_POLICY] = ROW("DetachUserPolicy", AWS_NATURAL, USER),
    [IAM_GET_GROUP_POLICY] = ROW("GetGroupPolicy", AWS_READ, GROUP),
    [IAM_GET_INSTANCE_PROFILE] = ROW("GetInstanceProfile", AWS_READ, PROFILE),
    [IAM_GET_POLICY] = ROW("GetPolicy", AWS_READ, POLICY),
    [IAM_GET_POLICY_VERSION] = ROW("GetPolicyVersion", AWS_READ, POLICY),
    [IAM_GET_ROLE] = ROW("GetRole", AWS_READ, ROLE),
    [IAM_GET_ROLE_POLICY] = ROW("GetRolePolicy", AWS_READ, ROLE),
    [IAM_GET_USER_POLICY] = ROW("GetUserPolicy", AWS_READ, USER),
    [IAM_LIST_ATTACHED_ROLE_POLICIES] =
        ROW("ListAttachedRolePolicies", AWS_READ, ROLE, PAGES("AttachedPolicies")),
    [IAM_LIST_ENTITIES_FOR_POLICY] =
        ROW("ListEntitiesForPolicy", AWS_READ, POLICY, PAGES("PolicyGroups,PolicyUsers,PolicyRoles")),
    [IAM_LIST_POLICY_VERSIONS] = ROW("ListPolicyVersions", AWS_READ, POLICY, PAGES("Versions")),
    [IAM_LIST_ROLE_POLICIES] = ROW("ListRolePolicies", AWS_READ, ROLE, PAGES("PolicyNames")),
    [IAM_PUT_GROUP_POLICY] = ROW("PutGroupPolicy", AWS_NATURAL, GROUP),
    [IAM_PUT_ROLE_PERMISSIONS_BOUNDARY] = ROW("PutRolePermissionsBoundary", AWS_NATURAL, ROLE),
    [IAM_PUT_ROLE_POLICY] = ROW("PutRolePolicy", AWS_NATURAL, ROLE),
    [IAM_PUT_USER_POLICY] = ROW("PutUserPolicy", AWS_NATURAL, USER),
    [IAM_REMOVE_ROLE_FROM_INSTANCE_PROFILE] = ROW("RemoveRoleFromInstanceProfile", AWS_NATURAL, PROFILE),
    [IAM_SIMULATE_PRINCIPAL_POLICY] = {.service = &iam_service,
                                       .name = "SimulatePrincipalPolicy",
                                       .safety = AWS_READ,
                                       .iam_resource = "{PolicySourceArn}",
                                       PAGES("EvaluationResults")},
    [IAM_TAG_INSTANCE_PROFILE] = ROW("TagInstanceProfile", AWS_NATURAL, PROFILE),
    [IAM_TAG_POLICY] = ROW("TagPolicy", AWS_NATURAL, POLICY),
    [IAM_TAG_ROLE] = ROW("TagRole", AWS_NATURAL, ROLE),
    [IAM_UNTAG_INSTANCE_PROFILE] = ROW("UntagInstanceProfile", AWS_NATURAL, PROFILE),
    [IAM_UNTAG_ROLE] = ROW("UntagRole", AWS_NATURAL, ROLE),
    [IAM_UPDATE_ASSUME_ROLE_POLICY] = ROW("UpdateAssumeRolePolicy", AWS_NATURAL, ROLE),
    [IAM_UPDATE_ROLE] = ROW("UpdateRole", AWS_NATURAL, ROLE),
};
