#include "providers/cognitoidentity/operations.h"

const struct aws_service cognitoidentity_service = {
    .name = "cognito_identity",
    .signing_name = "cognito-identity",
    .endpoint_prefix = "cognito-identity",
    .protocol = AWS_JSON_1_1,
    .api_version = "",
    .target_prefix = "AWSCognitoIdentityService",
    .rate = 10,
    .burst = 20,
};

#define POOL "arn:{partition}:cognito-identity:{region}:{account}:identitypool/"
#define ROW(NAME, SAFETY, RESOURCE, ...)                                                                     \
    {                                                                                                        \
        .service = &cognitoidentity_service, .name = NAME, .safety = SAFETY,                                 \
        .iam_resource = RESOURCE __VA_OPT__(, ) __VA_ARGS__                                                  \
    }

const struct aws_operation cognitoidentity_operations[COGNITOIDENTITY_OPERATION_COUNT] = {
    [COGNITOIDENTITY_CREATE_IDENTITY_POOL] = ROW("CreateIdentityPool", AWS_READ_BACK, "*"),
    [COGNITOIDENTITY_DELETE_IDENTITY_POOL] = ROW("DeleteIdentityPool", AWS_NATURAL, POOL "{IdentityPoolId}"),
    [COGNITOIDENTITY_DESCRIBE_IDENTITY_POOL] = ROW("DescribeIdentityPool", AWS_READ, POOL "{IdentityPoolId}"),
    [COGNITOIDENTITY_GET_IDENTITY_POOL_ROLES] =
        ROW("GetIdentityPoolRoles", AWS_READ, POOL "{IdentityPoolId}"),
    [COGNITOIDENTITY_LIST_IDENTITY_POOLS] = ROW("ListIdentityPools", AWS_READ, "*", .page_in = "NextToken",
                                                .page_out = "NextToken", .page_items = "IdentityPools"),
    [COGNITOIDENTITY_SET_IDENTITY_POOL_ROLES] = ROW("SetIdentityPoolRoles", AWS_NATURAL, "*"),
    [COGNITOIDENTITY_TAG_RESOURCE] = ROW("TagResource", AWS_NATURAL, POOL "*"),
    [COGNITOIDENTITY_UNTAG_RESOURCE] = ROW("UntagResource", AWS_NATURAL, POOL "*"),
    [COGNITOIDENTITY_UPDATE_IDENTITY_POOL] = ROW("UpdateIdentityPool", AWS_NATURAL, POOL "{IdentityPoolId}"),
};
