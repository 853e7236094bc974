/* Amazon Cognito identity pools, as of their API reference: pools, their roles and tags. */

#include "tests/simulator/service.h"

enum { PAGE = 60, TAGS_MAX = 50 };

static struct value *pools(struct call *call)
{
    return state_map(call, "pools");
}

static struct value *pool_of(struct call *call)
{
    struct str id = call_text(call, "IdentityPoolId");
    struct value *pool = value_get_str(pools(call), id);
    if (!pool)
        call_fail(call, 400, "ResourceNotFoundException", "IdentityPool '%.*s' not found.", STR_ARG(id));
    return pool;
}

static bool invalid(struct call *call, const char *message)
{
    return call_fail(call, 400, "InvalidParameterException", "%s", message);
}

static void put_pool(struct call *call, const struct value *pool)
{
    call->output = value_copy(call->arena, pool);
    (void)value_remove(call->output, STR("roles"));
}

static bool check_pool(struct call *call)
{
    struct value *tags = value_get(call->input, "IdentityPoolTags");
    struct value *providers = call_list(call, "CognitoIdentityProviders");
    if (!call_need(call, "IdentityPoolName", 400, "InvalidParameterException") ||
        !call_need(call, "AllowUnauthenticatedIdentities", 400, "InvalidParameterException"))
        return false;
    if (tags && tags->count > TAGS_MAX)
        return invalid(call, "Too many tags");
    for (size_t i = 0; i < providers->count; i++)
        if (!str_contains(value_get_text(providers->items[i], "ProviderName"), "cognito-idp."))
            return invalid(call, "Invalid Cognito Identity Provider");
    return true;
}

static void set_pool(struct call *call, struct value *pool)
{
    static const char *const members[] = {"IdentityPoolName",         "AllowUnauthenticatedIdentities",
                                          "AllowClassicFlow",         "SupportedLoginProviders",
                                          "DeveloperProviderName",    "OpenIdConnectProviderARNs",
                                          "CognitoIdentityProviders", "SamlProviderARNs",
                                          "IdentityPoolTags"};
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        if (!state_member(call, pool, members[i]))
            (void)value_remove(pool, str_from(members[i]));
    if (!value_get(pool, "IdentityPoolTags"))
        state_put(call, pool, STR("IdentityPoolTags"), value_map(call->arena));
    put_pool(call, pool);
}

static bool create_identity_pool(struct call *call)
{
    if (!check_pool(call))
        return false;
    struct str id = arena_printf(call->arena, "%.*s:%.*s", STR_ARG(call->region), STR_ARG(call_uuid(call)));
    struct value *pool = state_put(call, pools(call), id, value_map(call->arena));
    state_text(call, pool, "IdentityPoolId", id);
    state_put(call, pool, STR("roles"), value_map(call->arena));
    set_pool(call, pool);
    return true;
}

static bool describe_identity_pool(struct call *call)
{
    struct value *pool = pool_of(call);
    if (pool)
        put_pool(call, pool);
    return pool;
}

static bool update_identity_pool(struct call *call)
{
    struct value *pool = pool_of(call);
    if (!pool || !check_pool(call))
        return false;
    struct str old = value_get_text(pool, "DeveloperProviderName");
    if (old.len && !str_equal(old, call_text(call, "DeveloperProviderName")))
        return invalid(call, "The developer provider name of an identity pool cannot be changed.");
    set_pool(call, pool);
    return true;
}

static bool delete_identity_pool(struct call *call)
{
    return pool_of(call) && value_remove(pools(call), call_text(call, "IdentityPoolId"));
}

static bool list_identity_pools(struct call *call)
{
    static const struct sim_paging paging = {.size_member = "MaxResults",
                                             .token_member = "NextToken",
                                             .size = PAGE,
                                             .size_max = PAGE,
                                             .error_code = "InvalidParameterException"};
    struct value *all = pools(call), *shapes = value_map(call->arena);
    struct str next;
    if (!call_need(call, "MaxResults", 400, "InvalidParameterException"))
        return false;
    for (size_t i = 0; i < all->count; i++) {
        struct value *shape = value_map(call->arena);
        put(call, shape, "IdentityPoolId", value_get(all->entries[i].value, "IdentityPoolId"));
        put(call, shape, "IdentityPoolName", value_get(all->entries[i].value, "IdentityPoolName"));
        value_set(call->arena, shapes, all->entries[i].key, shape);
    }
    struct value *page = call_page(call, shapes, &paging, &next);
    if (!page)
        return false;
    put(call, call->output, "IdentityPools", page);
    if (next.len)
        put_text(call, call->output, "NextToken", next);
    return true;
}

static bool check_mappings(struct call *call)
{
    const struct value *mappings = value_get(call->input, "RoleMappings");
    for (size_t i = 0; mappings && i < mappings->count; i++) {
        const struct value *one = mappings->entries[i].value;
        struct str kind = value_get_text(one, "Type");
        if (value_get(one, "IdentityProvider"))
            return invalid(call, "Unknown member IdentityProvider");
        if (!str_is(kind, "Token") && !str_is(kind, "Rules"))
            return invalid(call, "Type of a role mapping must be Token or Rules");
        if (str_is(kind, "Rules") != (value_get(one, "RulesConfiguration") != NULL))
            return invalid(call, "RulesConfiguration goes with Type Rules");
    }
    return true;
}

static bool set_identity_pool_roles(struct call *call)
{
    static const char *const members[] = {"Roles", "RoleMappings"};
    struct value *pool = pool_of(call);
    if (!pool)
        return false;
    if (!value_is(value_get(call->input, "Roles"), VALUE_MAP))
        return invalid(call, "Roles must be given");
    if (!check_mappings(call))
        return false;
    struct value *roles = state_put(call, pool, STR("roles"), value_map(call->arena));
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        (void)state_member(call, roles, members[i]);
    return true;
}

static bool get_identity_pool_roles(struct call *call)
{
    struct value *pool = pool_of(call);
    if (!pool)
        return false;
    call->output = value_copy(call->arena, value_get(pool, "roles"));
    put(call, call->output, "IdentityPoolId", value_get(pool, "IdentityPoolId"));
    return true;
}

static struct value *tagged(struct call *call)
{
    struct str text = call_text(call, "ResourceArn");
    struct value *pool = value_get_str(pools(call), str_from_index(text, str_find_last(text, '/') + 1));
    if (!pool)
        call_fail(call, 400, "ResourceNotFoundException", "Resource '%.*s' not found.", STR_ARG(text));
    return pool;
}

static bool tag_resource(struct call *call)
{
    struct value *pool = tagged(call);
    if (pool)
        state_merge(call, pool, "IdentityPoolTags", value_get(call->input, "Tags"));
    return pool;
}

static bool untag_resource(struct call *call)
{
    struct value *pool = tagged(call);
    if (pool)
        state_remove_keys(pool, "IdentityPoolTags", call_list(call, "TagKeys"));
    return pool;
}

static bool list_tags_for_resource(struct call *call)
{
    struct value *pool = tagged(call);
    if (pool)
        put(call, call->output, "Tags", value_get(pool, "IdentityPoolTags"));
    return pool;
}

static const struct sim_operation operations[] = {
    {.name = "CreateIdentityPool", .effect = SIM_WRITE, .handle = create_identity_pool},
    {.name = "DeleteIdentityPool", .effect = SIM_WRITE, .handle = delete_identity_pool},
    {.name = "DescribeIdentityPool", .effect = SIM_READ, .handle = describe_identity_pool},
    {.name = "GetIdentityPoolRoles", .effect = SIM_READ, .handle = get_identity_pool_roles},
    {.name = "ListIdentityPools", .effect = SIM_READ, .handle = list_identity_pools},
    {.name = "ListTagsForResource", .effect = SIM_READ, .handle = list_tags_for_resource},
    {.name = "SetIdentityPoolRoles", .effect = SIM_WRITE, .handle = set_identity_pool_roles},
    {.name = "TagResource", .effect = SIM_WRITE, .handle = tag_resource},
    {.name = "UntagResource", .effect = SIM_WRITE, .handle = untag_resource},
    {.name = "UpdateIdentityPool", .effect = SIM_WRITE, .handle = update_identity_pool},
};

const struct sim_service sim_cognitoidentity = {
    .name = "cognito-identity",
    .target = "AWSCognitoIdentityService",
    .json_version = "1.1",
    .throttle_code = "TooManyRequestsException",
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
