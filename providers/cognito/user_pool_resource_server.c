/*
 * AWS::Cognito::UserPoolResourceServer.  UpdateResourceServer replaces the whole.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cognito-userpoolresourceserver.html
 */

#include "providers/cognito/operations.h"
#include "providers/cognito/types.h"
#include "providers/cognito/user_pool.h"

static const struct shape rules[] = {
    {.path = "Scopes", .kind = SHAPE_SET, .key = "ScopeName"},
    {.facts = "AWS::Cognito::UserPoolResourceServer"},
};

static const struct plain_key keys[] = {
    {.member = "UserPoolId", .from = "UserPoolId"}, {.member = "Identifier"}, {.member = NULL}};

static const struct plain resource_server = {
    .rules = rules,
    .create = &cognito_operations[COGNITO_CREATE_RESOURCE_SERVER],
    .read = &cognito_operations[COGNITO_DESCRIBE_RESOURCE_SERVER],
    .update = &cognito_operations[COGNITO_UPDATE_RESOURCE_SERVER],
    .remove = &cognito_operations[COGNITO_DELETE_RESOURCE_SERVER],
    .keys = keys,
    .item = "ResourceServer",
    .id = "Identifier",
    .updates_whole = true,
    .hurdles = cognito_hurdles,
    .hurdles_ms = COGNITO_HURDLES_MS,
};

const struct resource_type cognito_user_pool_resource_server_type = {
    .name = "AWS::Cognito::UserPoolResourceServer",
    .name_property = "Identifier",
    .name_max = 256,
    .plain = &resource_server,
    PLAIN_LIFE,
    .arn = "arn:{partition}:cognito-idp:{region}:{account}:userpool/{UserPoolId}",
};
