/*
 * AWS::Cognito::UserPool.  UpdateUserPool sets to its default what it is not told, so live values are told
 * again; second factors (user_pool_mfa.c) and attributes (user_pool_schema.c) have calls of their own.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cognito-userpool.html
 */

#include "providers/cognito/user_pool.h"
#include "providers/cognito/operations.h"
#include "providers/cognito/types.h"

static const struct shape rules[] = {
    {.path = "AccountRecoverySetting.RecoveryMechanisms", .kind = SHAPE_SET, .key = "Name"},
    {.path = "AliasAttributes", .kind = SHAPE_SET},
    {.path = "AutoVerifiedAttributes", .kind = SHAPE_SET},
    {.path = "DeletionProtection", .otherwise = "\"INACTIVE\""},
    {.path = "EnabledMfas", .kind = SHAPE_SET},
    {.path = "IssuerConfiguration", .refused = "the API that plumb knows has no such setting"},
    {.path = "KeyConfiguration", .refused = "the API that plumb knows has no such setting"},
    {.path = "MfaConfiguration", .otherwise = "\"OFF\""},
    {.path = "Policies.SignInPolicy.AllowedFirstAuthFactors", .kind = SHAPE_SET},
    {.path = "Schema", .kind = SHAPE_SET, .key = "Name"},
    {.path = "SmsConfiguration.EumsSms", .refused = "the API that plumb knows has no such setting"},
    {.path = "UserAttributeUpdateSettings.AttributesRequireVerificationBeforeUpdate", .kind = SHAPE_SET},
    {.path = "UserPoolAddOns", .kind = SHAPE_MAP, .otherwise = "{\"AdvancedSecurityMode\":\"OFF\"}"},
    {.path = "UsernameAttributes", .kind = SHAPE_SET},
    {.path = "UsernameConfiguration", .kind = SHAPE_MAP, .otherwise = "{\"CaseSensitive\":true}"},
    {.facts = "AWS::Cognito::UserPool"},
};

static const struct wire_name names[] = {
    {"UserPoolName", "Name"},
    {"Schema", ""},
    {NULL, NULL},
};

/* Of create alone, and those with calls of their own. */
static const char *const at_birth[] = {"AliasAttributes", "UsernameAttributes", "UsernameConfiguration",
                                       "Schema", NULL};
static const char *const apart[] = {"AliasAttributes",
                                    "UsernameAttributes",
                                    "UsernameConfiguration",
                                    "Schema",
                                    "MfaConfiguration",
                                    "EnabledMfas",
                                    "EmailAuthenticationMessage",
                                    "EmailAuthenticationSubject",
                                    "WebAuthnFactorConfiguration",
                                    "WebAuthnRelyingPartyID",
                                    "WebAuthnUserVerification",
                                    NULL};

const struct hurdle cognito_hurdles[] = {
    {"ConcurrentModificationException", NULL},
    {"InvalidSmsRoleTrustRelationshipException", NULL},
    {"InvalidSmsRoleAccessPolicyException", NULL},
    {"InvalidEmailRoleAccessPolicyException", NULL},
    {NULL, NULL},
};

/* --- members that say the same as others --- */

/* The validity of a first password stands in two places, and AWS refuses both at once. */
static void settle_validity(struct arena *arena, const struct value *target, struct value *input)
{
    struct value *admin = value_get(input, "AdminCreateUserConfig");
    const struct value *old = value_path(target, "AdminCreateUserConfig", "UnusedAccountValidityDays", NULL);
    const struct value *new =
        value_path(target, "Policies", "PasswordPolicy", "TemporaryPasswordValidityDays", NULL);
    struct value *password = value_path(input, "Policies", "PasswordPolicy", NULL);
    if (!password || !value_get(password, "TemporaryPasswordValidityDays"))
        return;
    if (value_is(old, VALUE_NUMBER) && !value_is(new, VALUE_NUMBER))
        value_setz(arena, password, "TemporaryPasswordValidityDays", value_copy(arena, old));
    value_remove(admin, STR("UnusedAccountValidityDays"));
}

/* The old members for messages, and those of VerificationMessageTemplate.  What is declared counts. */
static void settle_messages(struct arena *arena, const struct value *target, struct value *input)
{
    static const char *const pairs[][2] = {{"SmsVerificationMessage", "SmsMessage"},
                                           {"EmailVerificationMessage", "EmailMessage"},
                                           {"EmailVerificationSubject", "EmailSubject"}};
    struct value *template = value_get(input, "VerificationMessageTemplate");
    for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++) {
        const struct value *outer = value_get(target, pairs[i][0]);
        const struct value *inner = value_path(target, "VerificationMessageTemplate", pairs[i][1], NULL);
        if (value_is(inner, VALUE_STRING) && !value_is(outer, VALUE_STRING))
            value_remove(input, str_from(pairs[i][0]));
        else if (outer && !value_is(inner, VALUE_STRING))
            value_remove(template, str_from(pairs[i][1]));
        else if (inner && !outer)
            value_remove(input, str_from(pairs[i][0]));
    }
    (void)arena;
}

static void settle_triggers(const struct value *target, struct value *input)
{
    static const char *const names_of[] = {"PreTokenGeneration", "PreTokenGenerationConfig"};
    struct value *config = value_get(input, "LambdaConfig");
    const struct value *declared = value_get(target, "LambdaConfig");
    for (size_t i = 0; i < ARRAY_LENGTH(names_of); i++) {
        const struct value *this = value_get(declared, names_of[i]),
                           *other = value_get(declared, names_of[1 - i]);
        if (this && this->kind != VALUE_NULL && (!other || other->kind == VALUE_NULL))
            value_remove(config, str_from(names_of[1 - i]));
    }
}

/* --- hooks --- */

static bool send(const struct resource_call *call, const struct value *target,
                 const struct resource_state *live, struct value *input, struct error *error)
{
    struct arena *arena = call->arena;
    const struct value *name = value_get(input, "Name");
    if (name)
        value_setz(arena, input, "PoolName", value_copy(arena, name));
    value_remove(input, STR("Name"));
    settle_validity(arena, target, input);
    settle_messages(arena, target, input);
    settle_triggers(target, input);
    if (!live) {
        struct value *plain_target = without_nulls(arena, target);
        members_copy(arena, input, plain_target, at_birth);
        return true;
    }
    and_with(arena, input, "MfaConfiguration", value_get_text(live->properties, "MfaConfiguration"));
    value_setz(arena, input, "UserPoolTags", value_copy(arena, live->tags));
    return pool_schema_check(call, target, live, error);
}

static bool receive(const struct resource_call *call, const struct value *item, struct resource_state *state,
                    struct error *error)
{
    struct arena *arena = call->arena;
    struct str id = state->physical_id, suffix = aws_url_suffix(call->aws);
    struct str provider = arena_printf(arena, "cognito-idp.%.*s.%.*s/%.*s", STR_ARG(aws_region(call->aws)),
                                       STR_ARG(suffix), STR_ARG(id));
    and_with(arena, state->attributes, "ProviderName", provider);
    and_with(arena, state->attributes, "ProviderURL", arena_printf(arena, "https://%.*s", STR_ARG(provider)));
    pool_schema_receive(call, item, state);
    return pool_mfa_receive(call, state, error);
}

static bool write_apart(const struct resource_call *call, const struct value *target,
                        const struct resource_state *live, struct error *error)
{
    return pool_schema_check(call, target, live, error) && pool_schema_add(call, target, live, error) &&
           pool_mfa_write(call, target, live, error);
}

/* --- the table --- */

static const struct plain_key keys[] = {{.member = "UserPoolId"}, {.member = NULL}};
static const struct plain_attribute attributes[] = {{"Arn", "Arn"}, {"UserPoolId", "Id"}, {NULL, NULL}};
static const struct tag_calls tag_calls = {
    .tag = &cognito_operations[COGNITO_TAG_RESOURCE],
    .untag = &cognito_operations[COGNITO_UNTAG_RESOURCE],
    .resource = "ResourceArn",
    .tags = "Tags",
    .names = "TagKeys",
};

static const struct plain user_pool = {
    .rules = rules,
    .names = names,
    .apart = apart,
    .create = &cognito_operations[COGNITO_CREATE_USER_POOL],
    .read = &cognito_operations[COGNITO_DESCRIBE_USER_POOL],
    .update = &cognito_operations[COGNITO_UPDATE_USER_POOL],
    .remove = &cognito_operations[COGNITO_DELETE_USER_POOL],
    .keys = keys,
    .item = "UserPool",
    .id = "Id",
    .name = "PoolName",
    .updates_whole = true,
    .list = &cognito_operations[COGNITO_LIST_USER_POOLS],
    .names_repeat = true,
    .page_member = "MaxResults",
    .page_size = 60,
    .attributes = attributes,
    .hurdles = cognito_hurdles,
    .hurdles_ms = COGNITO_HURDLES_MS,
    .tags = "UserPoolTags",
    .tags_read = "UserPoolTags",
    .tag_calls = &tag_calls,
    .tagged = "Arn",
    .send = send,
    .receive = receive,
    .write_apart = write_apart,
};

static const char *const readable[] = {"EnabledMfas", NULL};

const struct resource_type cognito_user_pool_type = {
    .name = "AWS::Cognito::UserPool",
    .traits = RESOURCE_TAGGED | RESOURCE_STATEFUL,
    .name_property = "UserPoolName",
    .name_max = 128,
    .readable = readable,
    .unchangeable = "AliasAttributes,UsernameAttributes,UsernameConfiguration",
    .plain = &user_pool,
    PLAIN_LIFE,
    .arn = "arn:{partition}:cognito-idp:{region}:{account}:userpool/*",
};
