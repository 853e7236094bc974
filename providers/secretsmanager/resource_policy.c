/*
 * AWS::SecretsManager::ResourcePolicy.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-secretsmanager-resourcepolicy.html
 */

#include "providers/plain.h"
#include "providers/secretsmanager/operations.h"
#include "providers/secretsmanager/types.h"

enum { PROPAGATION_MS = 60 * 1000 };

static const struct shape rules[] = {
    {.path = "ResourcePolicy", .kind = SHAPE_POLICY, .in_text = true},
    {.path = NULL, .facts = "AWS::SecretsManager::ResourcePolicy"},
};

static const struct plain_key keys[] = {{"SecretId", NULL}, {NULL, NULL}};
static const struct plain_attribute attributes[] = {{"Id", "ARN"}, {NULL, NULL}};

/* A role that was made a moment ago is not known everywhere at once. */
static const struct hurdle hurdles[] = {{"MalformedPolicyDocumentException", "principal"}, {NULL, NULL}};

static void normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(rules, arena, properties);
}

static bool receive(const struct resource_call *call, const struct value *item, struct resource_state *state,
                    struct error *error)
{
    struct str secret = value_get_text(plain_known(call), "SecretId");
    if (!value_get_text(item, "ResourcePolicy").len)
        return error_set(error, ERROR_NOT_FOUND, "secret '%.*s' has no policy", STR_ARG(call->physical_id));
    state->physical_id = value_get_text(item, "ARN");
    and_with(call->arena, state->properties, "SecretId", secret.len ? secret : state->physical_id);
    return true;
}

/* A secret has one policy or none. */
static bool find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct resource_call there = *call;
    there.physical_id = value_get_text(call->properties, "SecretId");
    return plain_read(&there, state, error);
}

static const struct plain plain = {
    .rules = rules,
    .create = &secretsmanager_operations[SECRETSMANAGER_PUT_RESOURCE_POLICY],
    .read = &secretsmanager_operations[SECRETSMANAGER_GET_RESOURCE_POLICY],
    .update = &secretsmanager_operations[SECRETSMANAGER_PUT_RESOURCE_POLICY],
    .remove = &secretsmanager_operations[SECRETSMANAGER_DELETE_RESOURCE_POLICY],
    .keys = keys,
    .id = "ARN",
    .attributes = attributes,
    .updates_whole = true,
    .hurdles = hurdles,
    .hurdles_ms = PROPAGATION_MS,
    .receive = receive,
};

static const char *const unreadable[] = {"BlockPublicPolicy", NULL};

const struct resource_type secretsmanager_resource_policy_type = {
    .name = "AWS::SecretsManager::ResourcePolicy",
    .unreadable = unreadable,
    .read = plain_read,
    .find = find,
    .create = plain_create,
    .update = plain_update,
    .remove = plain_remove,
    .normalize = normalize,
    .plain = &plain,
};
