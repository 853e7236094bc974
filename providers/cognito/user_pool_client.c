/*
 * AWS::Cognito::UserPoolClient.  UpdateUserPoolClient sets to its default what it is not told.  ClientSecret
 * is a secret: no plan, ledger or message shows it.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cognito-userpoolclient.html
 */

#include "providers/cognito/operations.h"
#include "providers/cognito/types.h"
#include "providers/cognito/user_pool.h"

static const struct shape rules[] = {
    {.path = "AllowedOAuthFlows", .kind = SHAPE_SET},
    {.path = "AllowedOAuthFlowsUserPoolClient", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "AllowedOAuthScopes", .kind = SHAPE_SET},
    {.path = "CallbackURLs", .kind = SHAPE_SET},
    {.path = "EnablePropagateAdditionalUserContextData", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "EnableTokenRevocation", .kind = SHAPE_BOOL, .otherwise = "true"},
    {.path = "ExplicitAuthFlows", .kind = SHAPE_SET},
    {.path = "LogoutURLs", .kind = SHAPE_SET},
    {.path = "PreventUserExistenceErrors", .otherwise = "\"LEGACY\""},
    {.path = "ReadAttributes", .kind = SHAPE_SET},
    {.path = "SupportedIdentityProviders", .kind = SHAPE_SET},
    {.path = "WriteAttributes", .kind = SHAPE_SET},
    {.facts = "AWS::Cognito::UserPoolClient"},
};

static bool receive(const struct resource_call *call, const struct value *item, struct resource_state *state,
                    struct error *error)
{
    struct str secret = value_get_text(item, "ClientSecret");
    (void)error;
    value_setz(call->arena, state->properties, "GenerateSecret", value_bool(call->arena, secret.len > 0));
    if (secret.len)
        value_setz(call->arena, state->attributes, "ClientSecret", value_secret(call->arena, secret));
    return true;
}

static const struct plain_key keys[] = {
    {.member = "UserPoolId", .from = "UserPoolId"}, {.member = "ClientId"}, {.member = NULL}};
static const struct plain_key inside[] = {{.member = "UserPoolId", .from = "UserPoolId"}, {.member = NULL}};
static const struct plain_attribute attributes[] = {
    {"ClientId", "ClientId"}, {"Name", "ClientName"}, {NULL, NULL}};

static const struct plain user_pool_client = {
    .rules = rules,
    .create = &cognito_operations[COGNITO_CREATE_USER_POOL_CLIENT],
    .read = &cognito_operations[COGNITO_DESCRIBE_USER_POOL_CLIENT],
    .update = &cognito_operations[COGNITO_UPDATE_USER_POOL_CLIENT],
    .remove = &cognito_operations[COGNITO_DELETE_USER_POOL_CLIENT],
    .keys = keys,
    .inside = inside,
    .item = "UserPoolClient",
    .id = "ClientId",
    .updates_whole = true,
    .list = &cognito_operations[COGNITO_LIST_USER_POOL_CLIENTS],
    .names_repeat = true,
    .page_member = "MaxResults",
    .page_size = 60,
    .attributes = attributes,
    .hurdles = cognito_hurdles,
    .hurdles_ms = COGNITO_HURDLES_MS,
    .receive = receive,
};

const struct resource_type cognito_user_pool_client_type = {
    .name = "AWS::Cognito::UserPoolClient",
    .name_property = "ClientName",
    .name_max = 128,
    .plain = &user_pool_client,
    PLAIN_LIFE,
    .arn = "arn:{partition}:cognito-idp:{region}:{account}:userpool/{UserPoolId}",
};
