/* Amazon Cognito user pools, as of their API reference: pools, their tags, and the table of operations. */

#include "tests/simulator/services/cognito.h"

#include "base/json.h"

#include <stdarg.h>
#include <stdio.h>

enum { PAGE = 60, TAGS_MAX = 50, MESSAGE_MAX = 512, PASSWORD_DAYS = 7, PASSWORD_LENGTH = 8 };

static bool fail_text(struct call *call, const char *code, const char *format, va_list arguments)
{
    char text[MESSAGE_MAX];
    vsnprintf(text, sizeof text, format, arguments);
    return call_fail(call, 400, code, "%s", text);
}

bool cognito_invalid(struct call *call, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail_text(call, "InvalidParameterException", format, arguments);
    va_end(arguments);
    return false;
}

bool cognito_absent(struct call *call, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail_text(call, "ResourceNotFoundException", format, arguments);
    va_end(arguments);
    return false;
}

bool cognito_page(struct call *call, const struct value *items, const char *list, const char *size_member)
{
    struct sim_paging paging = {.size_member = size_member,
                                .token_member = "NextToken",
                                .size = PAGE,
                                .size_max = PAGE,
                                .error_code = "InvalidParameterException"};
    struct str next;
    struct value *page = call_page(call, items, &paging, &next);
    if (!page)
        return false;
    put(call, call->output, list, page);
    if (next.len)
        put_text(call, call->output, "NextToken", next);
    return true;
}

static struct value *pools(struct call *call)
{
    return state_map(call, "pools");
}

struct value *cognito_pool(struct call *call)
{
    struct str id = call_text(call, "UserPoolId");
    struct value *pool = value_get_str(pools(call), id);
    if (!pool)
        cognito_absent(call, "User pool %.*s does not exist.", STR_ARG(id));
    return pool;
}

/* --- what UpdateUserPool sets, and what it sets where it is not told --------------------------------- */

static const char *const changeable[] = {"Policies",
                                         "DeletionProtection",
                                         "LambdaConfig",
                                         "AutoVerifiedAttributes",
                                         "SmsVerificationMessage",
                                         "EmailVerificationMessage",
                                         "EmailVerificationSubject",
                                         "VerificationMessageTemplate",
                                         "SmsAuthenticationMessage",
                                         "MfaConfiguration",
                                         "UserAttributeUpdateSettings",
                                         "DeviceConfiguration",
                                         "EmailConfiguration",
                                         "SmsConfiguration",
                                         "UserPoolTags",
                                         "AdminCreateUserConfig",
                                         "UserPoolAddOns",
                                         "AccountRecoverySetting",
                                         "UserPoolTier"};

static const char *const defaults =
    "{\"DeletionProtection\": \"INACTIVE\", \"LambdaConfig\": {}, \"MfaConfiguration\": \"OFF\","
    " \"VerificationMessageTemplate\": {\"DefaultEmailOption\": \"CONFIRM_WITH_CODE\"},"
    " \"UserAttributeUpdateSettings\": {\"AttributesRequireVerificationBeforeUpdate\": []},"
    " \"EmailConfiguration\": {\"EmailSendingAccount\": \"COGNITO_DEFAULT\"}, \"UserPoolTags\": {},"
    " \"AdminCreateUserConfig\": {\"AllowAdminCreateUserOnly\": false}, \"UserPoolTier\": \"ESSENTIALS\","
    " \"Policies\": {}}";

static const char *const no_policy =
    "{\"MinimumLength\": 8, \"RequireUppercase\": true, \"RequireLowercase\": true, \"RequireNumbers\": true,"
    " \"RequireSymbols\": true, \"TemporaryPasswordValidityDays\": 7}";
static const char *const bare_policy =
    "{\"MinimumLength\": 8, \"RequireUppercase\": false, \"RequireLowercase\": false,"
    " \"RequireNumbers\": false, \"RequireSymbols\": false, \"TemporaryPasswordValidityDays\": 7}";

/* Adds the members that the JSON text has and the map has not, map by map. */
static void fill(struct call *call, struct value *map, const char *text)
{
    struct value *with;
    struct error ignored = ERROR_INIT;
    if (!json_read(call->arena, STR_EMPTY, str_from(text), &with, &ignored))
        return;
    for (size_t i = 0; i < with->count; i++)
        if (!value_get_str(map, with->entries[i].key))
            state_put(call, map, with->entries[i].key, with->entries[i].value);
}

static void fill_policies(struct call *call, struct value *pool)
{
    struct value *policies = value_get(pool, "Policies"), *admin = value_get(pool, "AdminCreateUserConfig");
    bool given = value_get(policies, "PasswordPolicy") != NULL;
    int64_t days = value_get_int(admin, "UnusedAccountValidityDays", PASSWORD_DAYS);
    if (!given)
        state_put(call, policies, STR("PasswordPolicy"), value_map(call->arena));
    struct value *password = value_get(policies, "PasswordPolicy");
    if (!value_get(password, "TemporaryPasswordValidityDays"))
        state_int(call, password, "TemporaryPasswordValidityDays", days);
    fill(call, password, given ? bare_policy : no_policy);
    fill(call, policies, "{\"SignInPolicy\": {\"AllowedFirstAuthFactors\": [\"PASSWORD\"]}}");
    fill(call, admin, "{\"AllowAdminCreateUserOnly\": false}");
    state_int(call, admin, "UnusedAccountValidityDays",
              value_get_int(password, "TemporaryPasswordValidityDays", PASSWORD_DAYS));
}

/* The old members and those of the template say the same. */
static void mirror_messages(struct call *call, struct value *pool)
{
    static const char *const pairs[][2] = {{"SmsVerificationMessage", "SmsMessage"},
                                           {"EmailVerificationMessage", "EmailMessage"},
                                           {"EmailVerificationSubject", "EmailSubject"}};
    struct value *template = value_get(pool, "VerificationMessageTemplate");
    fill(call, template, "{\"DefaultEmailOption\": \"CONFIRM_WITH_CODE\"}");
    for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++) {
        struct str inner = value_get_text(template, pairs[i][1]), outer = value_get_text(pool, pairs[i][0]);
        if (inner.len)
            state_text(call, pool, pairs[i][0], inner);
        else if (outer.len)
            state_text(call, template, pairs[i][1], outer);
    }
}

static void mirror_triggers(struct call *call, struct value *pool)
{
    struct value *config = value_get(pool, "LambdaConfig");
    struct value *versioned = value_get(config, "PreTokenGenerationConfig");
    struct str plain = value_get_text(config, "PreTokenGeneration");
    if (versioned)
        state_text(call, config, "PreTokenGeneration", value_get_text(versioned, "LambdaArn"));
    if (!versioned && plain.len) {
        versioned = value_map(call->arena);
        put_text(call, versioned, "LambdaVersion", STR("V1_0"));
        put_text(call, versioned, "LambdaArn", plain);
        state_put(call, config, STR("PreTokenGenerationConfig"), versioned);
    }
}

static void set_pool(struct call *call, struct value *pool)
{
    for (size_t i = 0; i < ARRAY_LENGTH(changeable); i++)
        if (!state_member(call, pool, changeable[i]))
            (void)value_remove(pool, str_from(changeable[i]));
    fill(call, pool, defaults);
    fill_policies(call, pool);
    mirror_messages(call, pool);
    mirror_triggers(call, pool);
    if (call_has(call, "PoolName"))
        state_text(call, pool, "Name", call_text(call, "PoolName"));
    state_int(call, pool, "modified", call->now);
    cognito_settle_mfa(pool);
}

/* --- checks ------------------------------------------------------------------------------------------- */

static bool is_one_of(struct str text, const char *const *words)
{
    for (; *words; words++)
        if (str_is(text, *words))
            return true;
    return false;
}

static bool check_enum(struct call *call, const struct value *map, const char *member,
                       const char *const *words)
{
    struct str text = value_get_text(map, member);
    return !text.len || is_one_of(text, words) ||
           cognito_invalid(call,
                           "1 validation error detected: Value '%.*s' at '%s' failed to satisfy constraint: "
                           "Member must satisfy enum value set",
                           STR_ARG(text), member);
}

static bool check_lists(struct call *call)
{
    static const char *const attributes[] = {"email", "phone_number", NULL};
    static const char *const lists[] = {"AutoVerifiedAttributes", "UsernameAttributes"};
    for (size_t i = 0; i < ARRAY_LENGTH(lists); i++) {
        struct value *list = call_list(call, lists[i]);
        for (size_t k = 0; k < list->count; k++)
            if (!is_one_of(value_text(list->items[k]), attributes))
                return cognito_invalid(call, "%s: %.*s is not allowed", lists[i],
                                       STR_ARG(value_text(list->items[k])));
    }
    return call_list(call, "AliasAttributes")->count == 0 ||
           call_list(call, "UsernameAttributes")->count == 0 ||
           cognito_invalid(call,
                           "Only one of the aliasAttributes or usernameAttributes can be set in one user "
                           "pool.");
}

static bool check_policies(struct call *call)
{
    struct value *password = value_path(call->input, "Policies", "PasswordPolicy", NULL);
    int64_t length = value_get_int(password, "MinimumLength", PASSWORD_LENGTH);
    if (length < 6 || length > 99)
        return cognito_invalid(call,
                               "1 validation error detected: Value '%lld' at "
                               "'policies.passwordPolicy.minimumLength' failed to satisfy constraint",
                               (long long)length);
    return !value_get(password, "TemporaryPasswordValidityDays") ||
           !value_path(call->input, "AdminCreateUserConfig", "UnusedAccountValidityDays", NULL) ||
           cognito_invalid(call, "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of "
                                 "UnusedAccountValidityDays");
}

static bool check_triggers(struct call *call)
{
    struct value *config = value_get(call->input, "LambdaConfig");
    struct str plain = value_get_text(config, "PreTokenGeneration");
    struct value *versioned = value_get(config, "PreTokenGenerationConfig");
    for (size_t i = 0; config && i < config->count; i++) {
        struct str arn = value_text(config->entries[i].value);
        if (value_is(config->entries[i].value, VALUE_STRING) && !str_starts(arn, "arn:"))
            return cognito_invalid(call,
                                   "1 validation error detected: Value '%.*s' at 'lambdaConfig' failed to "
                                   "satisfy constraint",
                                   STR_ARG(arn));
    }
    if ((value_get(config, "CustomEmailSender") || value_get(config, "CustomSMSSender")) &&
        !value_get(config, "KMSKeyID"))
        return cognito_invalid(call, "KMSKeyID is required when a custom sender is set.");
    return !versioned || !plain.len || str_equal(plain, value_get_text(versioned, "LambdaArn")) ||
           cognito_invalid(call,
                           "PreTokenGeneration and PreTokenGenerationConfig must name the same function.");
}

static bool check_pool(struct call *call, const struct value *pool)
{
    static const char *const on_off[] = {"ACTIVE", "INACTIVE", NULL},
                             *const tiers[] = {"LITE", "ESSENTIALS", "PLUS", NULL},
                             *const security[] = {"OFF", "AUDIT", "ENFORCED", NULL},
                             *const accounts[] = {"COGNITO_DEFAULT", "DEVELOPER", NULL};
    struct value *tags = value_get(call->input, "UserPoolTags");
    struct value *email = value_get(call->input, "EmailConfiguration");
    if (tags && tags->count > TAGS_MAX)
        return cognito_invalid(call, "Too many tags");
    if (value_is_text(value_get(email, "EmailSendingAccount"), "DEVELOPER") && !value_get(email, "SourceArn"))
        return cognito_invalid(call, "SourceArn is required when EmailSendingAccount is DEVELOPER.");
    if (value_path(call->input, "UserPoolAddOns", "AdvancedSecurityMode", NULL) &&
        str_is(call_text(call, "UserPoolTier"), "LITE"))
        return call_fail(call, 400, "FeatureUnavailableInTierException", "The feature needs a higher tier.");
    return check_enum(call, call->input, "DeletionProtection", on_off) &&
           check_enum(call, call->input, "UserPoolTier", tiers) &&
           check_enum(call, value_get(call->input, "UserPoolAddOns"), "AdvancedSecurityMode", security) &&
           check_enum(call, email, "EmailSendingAccount", accounts) && check_lists(call) &&
           check_policies(call) && check_triggers(call) &&
           cognito_check_sms(call, value_get(call->input, "SmsConfiguration")) &&
           cognito_check_mfa(call, pool);
}

/* --- operations --------------------------------------------------------------------------------------- */

static struct value *pool_shape(struct call *call, const struct value *pool)
{
    struct value *shape = value_map(call->arena);
    for (size_t i = 0; i < pool->count; i++) {
        struct str key = pool->entries[i].key;
        bool own = key.ptr[0] >= 'a' && key.ptr[0] <= 'z'; /* "created", "mfa", "clients": not the API's */
        if (!own)
            value_set(call->arena, shape, key, pool->entries[i].value);
    }
    put_time(call, shape, "CreationDate", value_get_int(pool, "created", 0));
    put_time(call, shape, "LastModifiedDate", value_get_int(pool, "modified", 0));
    put_int(call, shape, "EstimatedNumberOfUsers", 0);
    return shape;
}

static bool create_user_pool(struct call *call)
{
    static const char *const fixed[] = {"AliasAttributes", "UsernameAttributes", "UsernameConfiguration"};
    static const char *const inner[] = {"clients", "groups", "servers", "mfa"};
    if (!call_need(call, "PoolName", 400, "InvalidParameterException") || !check_pool(call, NULL) ||
        !cognito_check_attributes(call, NULL, call_list(call, "Schema"), true))
        return false;
    struct str id = arena_printf(
        call->arena, "%.*s_%.*s", STR_ARG(call->region),
        STR_ARG(call_id(call, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 9)));
    struct value *pool = state_put(call, pools(call), id, value_map(call->arena));
    for (size_t i = 0; i < ARRAY_LENGTH(fixed); i++)
        (void)state_member(call, pool, fixed[i]);
    for (size_t i = 0; i < ARRAY_LENGTH(inner); i++)
        state_put(call, pool, str_from(inner[i]), value_map(call->arena));
    state_text(call, pool, "Id", id);
    state_text(call, pool, "Arn", arn(call, "cognito-idp", "userpool/%.*s", STR_ARG(id)));
    state_int(call, pool, "created", call->now);
    state_put(call, pool, STR("SchemaAttributes"), cognito_standard_attributes(call));
    cognito_add_attributes(call, pool, call_list(call, "Schema"));
    set_pool(call, pool);
    put(call, call->output, "UserPool", pool_shape(call, pool));
    return true;
}

static bool describe_user_pool(struct call *call)
{
    struct value *pool = cognito_pool(call);
    if (pool)
        put(call, call->output, "UserPool", pool_shape(call, pool));
    return pool;
}

static bool update_user_pool(struct call *call)
{
    struct value *pool = cognito_pool(call);
    if (!pool || !check_pool(call, pool))
        return false;
    set_pool(call, pool);
    return true;
}

static bool delete_user_pool(struct call *call)
{
    struct value *pool = cognito_pool(call);
    if (!pool)
        return false;
    if (value_is_text(value_get(pool, "DeletionProtection"), "ACTIVE"))
        return cognito_invalid(call,
                               "The user pool cannot be deleted because deletion protection is activated. "
                               "Deletion protection must be inactivated first.");
    if (cognito_has_domain(call, call_text(call, "UserPoolId")))
        return cognito_invalid(call, "User pool cannot be deleted. It has a domain configured that should be "
                                     "deleted first.");
    return value_remove(pools(call), call_text(call, "UserPoolId"));
}

static bool list_user_pools(struct call *call)
{
    struct value *all = pools(call), *shapes = value_map(call->arena);
    if (!call_need(call, "MaxResults", 400, "InvalidParameterException"))
        return false;
    for (size_t i = 0; i < all->count; i++) {
        const struct value *pool = all->entries[i].value;
        struct value *shape = value_map(call->arena);
        put(call, shape, "Id", value_get(pool, "Id"));
        put(call, shape, "Name", value_get(pool, "Name"));
        put(call, shape, "LambdaConfig", value_get(pool, "LambdaConfig"));
        put_time(call, shape, "CreationDate", value_get_int(pool, "created", 0));
        put_time(call, shape, "LastModifiedDate", value_get_int(pool, "modified", 0));
        value_set(call->arena, shapes, all->entries[i].key, shape);
    }
    return cognito_page(call, shapes, "UserPools", "MaxResults");
}

static bool add_custom_attributes(struct call *call)
{
    struct value *pool = cognito_pool(call), *given = call_list(call, "CustomAttributes");
    if (!pool || !cognito_check_attributes(call, value_get(pool, "SchemaAttributes"), given, false))
        return false;
    cognito_add_attributes(call, pool, given);
    return true;
}

/* --- tags --------------------------------------------------------------------------------------------- */

static struct value *tagged(struct call *call)
{
    struct str arn_text = call_text(call, "ResourceArn");
    struct value *pool =
        value_get_str(pools(call), str_from_index(arn_text, str_find_last(arn_text, '/') + 1));
    if (!pool)
        cognito_absent(call, "Resource %.*s does not exist.", STR_ARG(arn_text));
    return pool;
}

static bool tag_resource(struct call *call)
{
    struct value *pool = tagged(call);
    if (pool)
        state_merge(call, pool, "UserPoolTags", value_get(call->input, "Tags"));
    return pool;
}

static bool untag_resource(struct call *call)
{
    struct value *pool = tagged(call);
    if (pool)
        state_remove_keys(pool, "UserPoolTags", call_list(call, "TagKeys"));
    return pool;
}

static bool list_tags_for_resource(struct call *call)
{
    struct value *pool = tagged(call);
    if (pool)
        put(call, call->output, "Tags", value_get(pool, "UserPoolTags"));
    return pool;
}

#define READ(NAME, HANDLE)                                                                                   \
    {                                                                                                        \
        .name = NAME, .effect = SIM_READ, .handle = HANDLE                                                   \
    }
#define WRITE(NAME, HANDLE)                                                                                  \
    {                                                                                                        \
        .name = NAME, .effect = SIM_WRITE, .handle = HANDLE                                                  \
    }

static const struct sim_operation operations[] = {
    WRITE("AddCustomAttributes", add_custom_attributes),
    WRITE("CreateGroup", cognito_create_group),
    WRITE("CreateResourceServer", cognito_create_server),
    WRITE("CreateUserPool", create_user_pool),
    WRITE("CreateUserPoolClient", cognito_create_client),
    WRITE("CreateUserPoolDomain", cognito_create_domain),
    WRITE("DeleteGroup", cognito_delete_group),
    WRITE("DeleteResourceServer", cognito_delete_server),
    WRITE("DeleteUserPool", delete_user_pool),
    WRITE("DeleteUserPoolClient", cognito_delete_client),
    WRITE("DeleteUserPoolDomain", cognito_delete_domain),
    READ("DescribeResourceServer", cognito_describe_server),
    READ("DescribeUserPool", describe_user_pool),
    READ("DescribeUserPoolClient", cognito_describe_client),
    READ("DescribeUserPoolDomain", cognito_describe_domain),
    READ("GetGroup", cognito_get_group),
    READ("GetUserPoolMfaConfig", cognito_get_mfa),
    READ("ListGroups", cognito_list_groups),
    READ("ListResourceServers", cognito_list_servers),
    READ("ListTagsForResource", list_tags_for_resource),
    READ("ListUserPoolClients", cognito_list_clients),
    READ("ListUserPools", list_user_pools),
    WRITE("SetUserPoolMfaConfig", cognito_set_mfa),
    WRITE("TagResource", tag_resource),
    WRITE("UntagResource", untag_resource),
    WRITE("UpdateGroup", cognito_update_group),
    WRITE("UpdateResourceServer", cognito_update_server),
    WRITE("UpdateUserPool", update_user_pool),
    WRITE("UpdateUserPoolClient", cognito_update_client),
    WRITE("UpdateUserPoolDomain", cognito_update_domain),
};

const struct sim_service sim_cognito = {
    .name = "cognito-idp",
    .target = "AWSCognitoIdentityProviderService",
    .json_version = "1.1",
    .throttle_code = "TooManyRequestsException",
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
