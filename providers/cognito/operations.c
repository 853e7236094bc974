#include "providers/cognito/operations.h"

const struct aws_service cognito_service = {
    .name = "cognito_identity_provider",
    .signing_name = "cognito-idp",
    .endpoint_prefix = "cognito-idp",
    .protocol = AWS_JSON_1_1,
    .api_version = "",
    .target_prefix = "AWSCognitoIdentityProviderService",
    .rate = 15,
    .burst = 15,
};

#define POOL "arn:{partition}:cognito-idp:{region}:{account}:userpool/"
#define ROW(NAME, SAFETY, RESOURCE, ...)                                                                     \
    {                                                                                                        \
        .service = &cognito_service, .name = NAME, .safety = SAFETY,                                         \
        .iam_resource = RESOURCE __VA_OPT__(, ) __VA_ARGS__                                                  \
    }
#define PAGES(ITEMS) .page_in = "NextToken", .page_out = "NextToken", .page_items = ITEMS
/* Clients and resource servers have quotas of their own. */
#define CLIENTS .bucket = "clients", .rate = 20, .burst = 20

const struct aws_operation cognito_operations[COGNITO_OPERATION_COUNT] = {
    [COGNITO_ADD_CUSTOM_ATTRIBUTES] = ROW("AddCustomAttributes", AWS_READ_BACK, POOL "{UserPoolId}"),
    [COGNITO_CREATE_GROUP] = ROW("CreateGroup", AWS_READ_BACK, POOL "{UserPoolId}"),
    [COGNITO_CREATE_RESOURCE_SERVER] =
        ROW("CreateResourceServer", AWS_READ_BACK, POOL "{UserPoolId}", CLIENTS),
    [COGNITO_CREATE_USER_POOL] = ROW("CreateUserPool", AWS_READ_BACK, "*"),
    [COGNITO_CREATE_USER_POOL_CLIENT] =
        ROW("CreateUserPoolClient", AWS_READ_BACK, POOL "{UserPoolId}", CLIENTS),
    [COGNITO_CREATE_USER_POOL_DOMAIN] = ROW("CreateUserPoolDomain", AWS_READ_BACK, POOL "{UserPoolId}"),
    [COGNITO_DELETE_GROUP] = ROW("DeleteGroup", AWS_NATURAL, POOL "{UserPoolId}"),
    [COGNITO_DELETE_RESOURCE_SERVER] = ROW("DeleteResourceServer", AWS_NATURAL, POOL "{UserPoolId}", CLIENTS),
    [COGNITO_DELETE_USER_POOL] = ROW("DeleteUserPool", AWS_NATURAL, POOL "{UserPoolId}"),
    [COGNITO_DELETE_USER_POOL_CLIENT] =
        ROW("DeleteUserPoolClient", AWS_NATURAL, POOL "{UserPoolId}", CLIENTS),
    [COGNITO_DELETE_USER_POOL_DOMAIN] = ROW("DeleteUserPoolDomain", AWS_NATURAL, POOL "{UserPoolId}"),
    [COGNITO_DESCRIBE_RESOURCE_SERVER] =
        ROW("DescribeResourceServer", AWS_READ, POOL "{UserPoolId}", CLIENTS),
    [COGNITO_DESCRIBE_USER_POOL] = ROW("DescribeUserPool", AWS_READ, POOL "{UserPoolId}"),
    [COGNITO_DESCRIBE_USER_POOL_CLIENT] =
        ROW("DescribeUserPoolClient", AWS_READ, POOL "{UserPoolId}", CLIENTS),
    [COGNITO_DESCRIBE_USER_POOL_DOMAIN] = ROW("DescribeUserPoolDomain", AWS_READ, "*"),
    [COGNITO_GET_GROUP] = ROW("GetGroup", AWS_READ, POOL "{UserPoolId}"),
    [COGNITO_GET_USER_POOL_MFA_CONFIG] = ROW("GetUserPoolMfaConfig", AWS_READ, POOL "{UserPoolId}"),
    [COGNITO_LIST_USER_POOL_CLIENTS] =
        ROW("ListUserPoolClients", AWS_READ, POOL "{UserPoolId}", PAGES("UserPoolClients"), CLIENTS),
    [COGNITO_LIST_USER_POOLS] = ROW("ListUserPools", AWS_READ, "*", PAGES("UserPools")),
    [COGNITO_SET_USER_POOL_MFA_CONFIG] = ROW("SetUserPoolMfaConfig", AWS_NATURAL, POOL "{UserPoolId}"),
    [COGNITO_TAG_RESOURCE] = ROW("TagResource", AWS_NATURAL, POOL "*"),
    [COGNITO_UNTAG_RESOURCE] = ROW("UntagResource", AWS_NATURAL, POOL "*"),
    [COGNITO_UPDATE_GROUP] = ROW("UpdateGroup", AWS_NATURAL, POOL "{UserPoolId}"),
    [COGNITO_UPDATE_RESOURCE_SERVER] = ROW("UpdateResourceServer", AWS_NATURAL, POOL "{UserPoolId}", CLIENTS),
    [COGNITO_UPDATE_USER_POOL] = ROW("UpdateUserPool", AWS_NATURAL, POOL "{UserPoolId}"),
    [COGNITO_UPDATE_USER_POOL_CLIENT] =
        ROW("UpdateUserPoolClient", AWS_NATURAL, POOL "{UserPoolId}", CLIENTS),
    [COGNITO_UPDATE_USER_POOL_DOMAIN] = ROW("UpdateUserPoolDomain", AWS_NATURAL, POOL "{UserPoolId}"),
};
