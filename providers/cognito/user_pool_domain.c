/*
 * AWS::Cognito::UserPoolDomain.  A domain of one's own takes CloudFront up to an hour.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cognito-userpooldomain.html
 */

#include <string.h>

#include "providers/cognito/operations.h"
#include "providers/cognito/types.h"
#include "providers/cognito/user_pool.h"

static const struct shape rules[] = {
    {.path = "CustomDomainConfig.SecurityPolicy", .refused = "the API that plumb knows has no such setting"},
    {.path = "ManagedLoginVersion", .kind = SHAPE_NUMBER, .otherwise = "1"},
    {.path = "Routing", .refused = "the API that plumb knows has no such setting"},
    {.facts = "AWS::Cognito::UserPoolDomain"},
};

static const struct plain_key keys[] = {
    {.member = "UserPoolId", .from = "UserPoolId"}, {.member = "Domain"}, {.member = NULL}};
static const struct plain_key read_keys[] = {{.member = "Domain"}, {.member = NULL}};
static const struct plain_attribute attributes[] = {{"CloudFrontDistribution", "CloudFrontDistribution"},
                                                    {NULL, NULL}};

static const struct plain user_pool_domain = {
    .rules = rules,
    .create = &cognito_operations[COGNITO_CREATE_USER_POOL_DOMAIN],
    .read = &cognito_operations[COGNITO_DESCRIBE_USER_POOL_DOMAIN],
    .update = &cognito_operations[COGNITO_UPDATE_USER_POOL_DOMAIN],
    .remove = &cognito_operations[COGNITO_DELETE_USER_POOL_DOMAIN],
    .keys = keys,
    .read_keys = read_keys,
    .item = "DomainDescription",
    .updates_whole = true,
    .attributes = attributes,
    .settling = {.member = "Status", .ready = "ACTIVE", .failed = "FAILED", .timeout_ms = 60 * 60 * 1000},
    .waits_for_removal = true,
    .hurdles = cognito_hurdles,
    .hurdles_ms = COGNITO_HURDLES_MS,
};

/* The names are one space for all pools. */
static bool domain_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    if (!plain_find(call, state, error))
        return false;
    struct str pool = value_get_text(state->properties, "UserPoolId");
    return str_equal(pool, value_get_text(call->properties, "UserPoolId")) ||
           error_set(error, ERROR_CONFLICT, "domain '%.*s' belongs to user pool '%.*s'",
                     STR_ARG(state->physical_id), STR_ARG(pool));
}

/* DeleteUserPoolDomain does not call it not found. */
static bool domain_remove(const struct resource_call *call, struct error *error)
{
    if (plain_remove(call, error))
        return true;
    if (!error_is(error, "InvalidParameterException") || !strstr(error->message, "No such domain"))
        return false;
    error_clear(error);
    return true;
}

static const char *const readable[] = {"ManagedLoginVersion", NULL};

const struct resource_type cognito_user_pool_domain_type = {
    .name = "AWS::Cognito::UserPoolDomain",
    .name_property = "Domain",
    .name_max = 63,
    .readable = readable,
    .plain = &user_pool_domain,
    .read = plain_read,
    .find = domain_find,
    .create = plain_create,
    .update = plain_update,
    .remove = domain_remove,
    .arn = "arn:{partition}:cognito-idp:{region}:{account}:userpool/{UserPoolId}",
};
