/*
 * AWS::Cognito::IdentityPool.  UpdateIdentityPool replaces the whole.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cognito-identitypool.html
 */

#include "providers/cognitoidentity/operations.h"
#include "providers/cognitoidentity/types.h"
#include "providers/plain.h"

static const char no_sync[] = "Cognito Sync has an API of its own, which plumb does not speak";

static const struct shape rules[] = {
    {.path = "AllowClassicFlow", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "CognitoEvents", .refused = no_sync},
    {.path = "CognitoIdentityProviders", .kind = SHAPE_SET, .otherwise = "[]", .key = "ClientId"},
    {.path = "CognitoStreams", .refused = no_sync},
    {.path = "OpenIdConnectProviderARNs", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "PushSync", .refused = no_sync},
    {.path = "SamlProviderARNs", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "SupportedLoginProviders", .kind = SHAPE_TEXTS, .otherwise = "{}"},
    {.facts = "AWS::Cognito::IdentityPool"},
};

/* Tag calls want an ARN, which no answer has. */
static bool receive(const struct resource_call *call, const struct value *item, struct resource_state *state,
                    struct error *error)
{
    struct arena *arena = call->arena;
    (void)item;
    (void)error;
    and_with(arena, state->attributes, "Arn",
             arena_printf(arena, "arn:%.*s:cognito-identity:%.*s:%.*s:identitypool/%.*s",
                          STR_ARG(aws_partition(call->aws)), STR_ARG(aws_region(call->aws)),
                          STR_ARG(aws_account(call->aws)), STR_ARG(state->physical_id)));
    return true;
}

/* UpdateIdentityPool takes away tags that it is not told. */
static bool send(const struct resource_call *call, const struct value *target,
                 const struct resource_state *live, struct value *input, struct error *error)
{
    (void)target;
    (void)error;
    if (live)
        value_setz(call->arena, input, "IdentityPoolTags", value_copy(call->arena, live->tags));
    return true;
}

static const struct plain_key keys[] = {{.member = "IdentityPoolId"}, {.member = NULL}};
static const struct plain_attribute attributes[] = {
    {"Id", "IdentityPoolId"}, {"Name", "IdentityPoolName"}, {NULL, NULL}};
static const struct hurdle hurdles[] = {{"ConcurrentModificationException", NULL}, {NULL, NULL}};
static const struct tag_calls tag_calls = {
    .tag = &cognitoidentity_operations[COGNITOIDENTITY_TAG_RESOURCE],
    .untag = &cognitoidentity_operations[COGNITOIDENTITY_UNTAG_RESOURCE],
    .resource = "ResourceArn",
    .tags = "Tags",
    .names = "TagKeys",
};

static const struct plain identity_pool = {
    .rules = rules,
    .create = &cognitoidentity_operations[COGNITOIDENTITY_CREATE_IDENTITY_POOL],
    .read = &cognitoidentity_operations[COGNITOIDENTITY_DESCRIBE_IDENTITY_POOL],
    .update = &cognitoidentity_operations[COGNITOIDENTITY_UPDATE_IDENTITY_POOL],
    .remove = &cognitoidentity_operations[COGNITOIDENTITY_DELETE_IDENTITY_POOL],
    .keys = keys,
    .id = "IdentityPoolId",
    .updates_whole = true,
    .list = &cognitoidentity_operations[COGNITOIDENTITY_LIST_IDENTITY_POOLS],
    .names_repeat = true,
    .page_member = "MaxResults",
    .page_size = 60,
    .attributes = attributes,
    .hurdles = hurdles,
    .hurdles_ms = 60 * 1000,
    .tags = "IdentityPoolTags",
    .tags_read = "IdentityPoolTags",
    .tag_calls = &tag_calls,
    .tagged = "Arn",
    .send = send,
    .receive = receive,
};

const struct resource_type cognitoidentity_pool_type = {
    .name = "AWS::Cognito::IdentityPool",
    .traits = RESOURCE_TAGGED | RESOURCE_STATEFUL,
    .name_property = "IdentityPoolName",
    .name_max = 128,
    .plain = &identity_pool,
    PLAIN_LIFE,
    .arn = "arn:{partition}:cognito-identity:{region}:{account}:identitypool/*",
};
