/*
 * AWS::Cognito::IdentityPoolRoleAttachment: the roles of an identity pool, which SetIdentityPoolRoles
 * replaces as a whole.  A pool has one set of roles, so its id is the attachment's.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cognito-identitypoolroleattachment.html
 */

#include "providers/cognitoidentity/operations.h"
#include "providers/cognitoidentity/types.h"
#include "providers/plain.h"

static const struct shape rules[] = {
    {.path = "RoleMappings", .kind = SHAPE_JSON, .otherwise = "{}"},
    {.path = "Roles", .kind = SHAPE_TEXTS, .otherwise = "{}"},
    {.facts = "AWS::Cognito::IdentityPoolRoleAttachment"},
};

static bool is_empty(const struct value *map)
{
    return !value_is(map, VALUE_MAP) || map->count == 0;
}

/* A pool is always there to ask: without roles there is no attachment. */
static bool receive(const struct resource_call *call, const struct value *item, struct resource_state *state,
                    struct error *error)
{
    and_with(call->arena, state->attributes, "Id", state->physical_id);
    return !is_empty(value_get(item, "Roles")) || !is_empty(value_get(item, "RoleMappings")) ||
           error_set(error, ERROR_NOT_FOUND, "identity pool '%.*s' has no roles",
                     STR_ARG(state->physical_id));
}

/* SetIdentityPoolRoles demands roles, be it none. */
static bool send(const struct resource_call *call, const struct value *target,
                 const struct resource_state *live, struct value *input, struct error *error)
{
    (void)target;
    (void)live;
    (void)error;
    if (!value_get(input, "Roles"))
        value_setz(call->arena, input, "Roles", value_map(call->arena));
    return true;
}

static bool remove_roles(const struct resource_call *call, struct error *error)
{
    struct value *input = input_with(call->arena, "IdentityPoolId", call->physical_id);
    value_setz(call->arena, input, "Roles", value_map(call->arena));
    return call_or_absent(call, &cognitoidentity_operations[COGNITOIDENTITY_SET_IDENTITY_POOL_ROLES], input,
                          error);
}

/* A template cannot make a key of what a function gives: "IdentityProvider" stands for the key. */
static void name_by_provider(struct arena *arena, struct value *properties)
{
    const struct value *declared = value_get(properties, "RoleMappings");
    struct value *named = value_map(arena);
    for (size_t i = 0; value_is(declared, VALUE_MAP) && i < declared->count; i++) {
        const struct value_entry *entry = &declared->entries[i];
        struct str provider = value_get_text(entry->value, "IdentityProvider");
        struct value *mapping = value_copy(arena, entry->value);
        if (provider.len)
            value_remove(mapping, STR("IdentityProvider"));
        value_set(arena, named, provider.len ? provider : entry->key, mapping);
    }
    if (value_is(declared, VALUE_MAP))
        value_setz(arena, properties, "RoleMappings", named);
}

static struct resource_call by_provider(const struct resource_call *call)
{
    struct resource_call named = *call;
    struct value *properties = value_copy(call->arena, call->properties);
    name_by_provider(call->arena, properties);
    named.properties = properties;
    return named;
}

static bool attachment_find(const struct resource_call *call, struct resource_state *state,
                            struct error *error)
{
    struct resource_call there = *call;
    there.physical_id = value_get_text(call->properties, "IdentityPoolId");
    return plain_read(&there, state, error);
}

static bool attachment_create(const struct resource_call *call, struct resource_state *state,
                              struct error *error)
{
    struct resource_call named = by_provider(call);
    return plain_create(&named, state, error);
}

static bool attachment_update(const struct resource_call *call, struct resource_state *state,
                              struct error *error)
{
    struct resource_call named = by_provider(call);
    return plain_update(&named, state, error);
}

static bool identify(const struct resource_call *call, const struct value *item, struct str *id,
                     struct error *error)
{
    (void)item;
    (void)error;
    *id = value_get_text(plain_known(call), "IdentityPoolId");
    return true;
}

static const struct plain_key keys[] = {{.member = "IdentityPoolId"}, {.member = NULL}};
static const struct hurdle hurdles[] = {{"ConcurrentModificationException", NULL}, {NULL, NULL}};

static const struct plain role_attachment = {
    .rules = rules,
    .create = &cognitoidentity_operations[COGNITOIDENTITY_SET_IDENTITY_POOL_ROLES],
    .read = &cognitoidentity_operations[COGNITOIDENTITY_GET_IDENTITY_POOL_ROLES],
    .update = &cognitoidentity_operations[COGNITOIDENTITY_SET_IDENTITY_POOL_ROLES],
    .keys = keys,
    .updates_whole = true,
    .hurdles = hurdles,
    .hurdles_ms = 60 * 1000,
    .identify = identify,
    .send = send,
    .receive = receive,
};

const struct resource_type cognitoidentity_role_attachment_type = {
    .name = "AWS::Cognito::IdentityPoolRoleAttachment",
    .plain = &role_attachment,
    .read = plain_read,
    .find = attachment_find,
    .create = attachment_create,
    .update = attachment_update,
    .remove = remove_roles,
    .normalize = name_by_provider,
    .arn = "arn:{partition}:cognito-identity:{region}:{account}:identitypool/{IdentityPoolId}",
};
