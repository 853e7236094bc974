/*
 * AWS::Cognito::UserPoolGroup.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cognito-userpoolgroup.html
 */

#include "providers/cognito/operations.h"
#include "providers/cognito/types.h"
#include "providers/cognito/user_pool.h"

static const struct shape rules[] = {
    {.path = "Description", .otherwise = "\"\""},
    {.facts = "AWS::Cognito::UserPoolGroup"},
};

static const struct plain_key keys[] = {
    {.member = "UserPoolId", .from = "UserPoolId"}, {.member = "GroupName"}, {.member = NULL}};

static const struct plain user_pool_group = {
    .rules = rules,
    .create = &cognito_operations[COGNITO_CREATE_GROUP],
    .read = &cognito_operations[COGNITO_GET_GROUP],
    .update = &cognito_operations[COGNITO_UPDATE_GROUP],
    .remove = &cognito_operations[COGNITO_DELETE_GROUP],
    .keys = keys,
    .item = "Group",
    .id = "GroupName",
    .updates_whole = true,
    .hurdles = cognito_hurdles,
    .hurdles_ms = COGNITO_HURDLES_MS,
};

const struct resource_type cognito_user_pool_group_type = {
    .name = "AWS::Cognito::UserPoolGroup",
    .name_property = "GroupName",
    .name_max = 128,
    .plain = &user_pool_group,
    PLAIN_LIFE,
    .arn = "arn:{partition}:cognito-idp:{region}:{account}:userpool/{UserPoolId}",
};
