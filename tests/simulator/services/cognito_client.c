/* The app clients of a user pool. */

#include "tests/simulator/services/cognito.h"

#include "base/json.h"

static const char *const changeable[] = {"RefreshTokenValidity",   "AccessTokenValidity",
                                         "IdTokenValidity",        "TokenValidityUnits",
                                         "ReadAttributes",         "WriteAttributes",
                                         "ExplicitAuthFlows",      "SupportedIdentityProviders",
                                         "CallbackURLs",           "LogoutURLs",
                                         "DefaultRedirectURI",     "AllowedOAuthFlows",
                                         "AllowedOAuthScopes",     "AllowedOAuthFlowsUserPoolClient",
                                         "AnalyticsConfiguration", "PreventUserExistenceErrors",
                                         "EnableTokenRevocation",  "EnablePropagateAdditionalUserContextData",
                                         "AuthSessionValidity",    "RefreshTokenRotation"};

static const char *const defaults =
    "{\"RefreshTokenValidity\": 30, \"AllowedOAuthFlowsUserPoolClient\": false, \"TokenValidityUnits\": {},"
    " \"EnableTokenRevocation\": true, \"EnablePropagateAdditionalUserContextData\": false,"
    " \"AuthSessionValidity\": 3}";

static const char *const flows[] = {
    "ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY",    "USER_PASSWORD_AUTH",  "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ALLOW_CUSTOM_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH",
    "ALLOW_USER_AUTH",
};
static const char *const scopes[] = {"phone", "email", "openid", "profile", "aws.cognito.signin.user.admin"};

static bool among(struct str text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(text, words[i]))
            return true;
    return false;
}

static bool list_names(const struct value *list, struct str text)
{
    for (size_t i = 0; list && i < list->count; i++)
        if (str_equal(value_text(list->items[i]), text))
            return true;
    return false;
}

static bool check_oauth(struct call *call, const struct value *pool)
{
    const struct value *wanted = call_list(call, "AllowedOAuthScopes");
    bool enabled = value_get_bool(call->input, "AllowedOAuthFlowsUserPoolClient", false);
    if (enabled && (!wanted->count || !call_list(call, "AllowedOAuthFlows")->count))
        return call_fail(
            call, 400, "InvalidOAuthFlowException",
            "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed "
            "to use OAuth flows.");
    for (size_t i = 0; i < wanted->count; i++) {
        struct str scope = value_text(wanted->items[i]);
        if (!among(scope, scopes, ARRAY_LENGTH(scopes)) && !cognito_scope_exists(pool, scope))
            return call_fail(call, 400, "ScopeDoesNotExistException", "Invalid scope requested: %.*s",
                             STR_ARG(scope));
    }
    struct str redirect = call_text(call, "DefaultRedirectURI");
    return !redirect.len || list_names(call_list(call, "CallbackURLs"), redirect) ||
           cognito_invalid(call, "DefaultRedirectURI must be in the list of CallbackURLs");
}

static bool check_attributes(struct call *call, const struct value *pool, const char *member)
{
    const struct value *wanted = call_list(call, member), *all = value_get(pool, "SchemaAttributes");
    for (size_t i = 0; i < wanted->count; i++) {
        bool known = false;
        for (size_t k = 0; k < all->count; k++)
            known = known || str_equal(value_get_text(all->items[k], "Name"), value_text(wanted->items[i]));
        if (!known)
            return cognito_invalid(call, "Invalid %s specified while %s a client",
                                   str_is(str_from(member), "ReadAttributes") ? "read attributes"
                                                                              : "write attributes",
                                   call_has(call, "ClientId") ? "updating" : "creating");
    }
    return true;
}

static bool check_client(struct call *call, const struct value *pool)
{
    const struct value *wanted = call_list(call, "ExplicitAuthFlows");
    const struct value *providers = call_list(call, "SupportedIdentityProviders");
    for (size_t i = 0; i < wanted->count; i++)
        if (!among(value_text(wanted->items[i]), flows, ARRAY_LENGTH(flows)))
            return cognito_invalid(call,
                                   "1 validation error detected: Value '%.*s' at 'explicitAuthFlows' "
                                   "failed to satisfy constraint",
                                   STR_ARG(value_text(wanted->items[i])));
    for (size_t i = 0; i < providers->count; i++)
        if (!value_is_text(providers->items[i], "COGNITO"))
            return cognito_invalid(call, "The provider %.*s does not exist for User Pool %.*s.",
                                   STR_ARG(value_text(providers->items[i])),
                                   STR_ARG(call_text(call, "UserPoolId")));
    return check_oauth(call, pool) && check_attributes(call, pool, "ReadAttributes") &&
           check_attributes(call, pool, "WriteAttributes");
}

/* What a call does not tell is as for a new client. */
static void set_client(struct call *call, struct value *client)
{
    struct value *with;
    struct error ignored = ERROR_INIT;
    for (size_t i = 0; i < ARRAY_LENGTH(changeable); i++)
        if (!state_member(call, client, changeable[i]))
            (void)value_remove(client, str_from(changeable[i]));
    if (call_has(call, "ClientName"))
        state_text(call, client, "ClientName", call_text(call, "ClientName"));
    state_int(call, client, "modified", call->now);
    if (!json_read(call->arena, STR_EMPTY, str_from(defaults), &with, &ignored))
        return;
    for (size_t i = 0; i < with->count; i++)
        if (!value_get_str(client, with->entries[i].key))
            state_put(call, client, with->entries[i].key, with->entries[i].value);
}

static struct value *client_shape(struct call *call, const struct value *client)
{
    struct value *shape = value_copy(call->arena, client);
    (void)value_remove(shape, STR("created"));
    (void)value_remove(shape, STR("modified"));
    put_time(call, shape, "CreationDate", value_get_int(client, "created", 0));
    put_time(call, shape, "LastModifiedDate", value_get_int(client, "modified", 0));
    return shape;
}

bool cognito_create_client(struct call *call)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    struct value *pool = cognito_pool(call);
    if (!pool || !call_need(call, "ClientName", 400, "InvalidParameterException") ||
        !check_client(call, pool))
        return false;
    struct str id = call_id(call, letters, 26);
    struct value *client = state_put(call, value_get(pool, "clients"), id, value_map(call->arena));
    state_text(call, client, "ClientId", id);
    state_text(call, client, "UserPoolId", call_text(call, "UserPoolId"));
    if (value_get_bool(call->input, "GenerateSecret", false))
        state_text(call, client, "ClientSecret", call_id(call, letters, 52));
    state_int(call, client, "created", call->now);
    set_client(call, client);
    put(call, call->output, "UserPoolClient", client_shape(call, client));
    return true;
}

static struct value *client_of(struct call *call)
{
    struct value *pool = cognito_pool(call);
    struct str id = call_text(call, "ClientId");
    struct value *client = pool ? value_get_str(value_get(pool, "clients"), id) : NULL;
    if (pool && !client)
        cognito_absent(call, "User pool client %.*s does not exist.", STR_ARG(id));
    return client;
}

bool cognito_describe_client(struct call *call)
{
    struct value *client = client_of(call);
    if (client)
        put(call, call->output, "UserPoolClient", client_shape(call, client));
    return client;
}

bool cognito_update_client(struct call *call)
{
    struct value *client = client_of(call);
    if (!client || !check_client(call, cognito_pool(call)))
        return false;
    set_client(call, client);
    put(call, call->output, "UserPoolClient", client_shape(call, client));
    return true;
}

bool cognito_delete_client(struct call *call)
{
    return client_of(call) &&
           value_remove(value_get(cognito_pool(call), "clients"), call_text(call, "ClientId"));
}

bool cognito_list_clients(struct call *call)
{
    static const char *const members[] = {"ClientId", "UserPoolId", "ClientName"};
    struct value *pool = cognito_pool(call), *shapes = value_map(call->arena);
    const struct value *all = value_get(pool, "clients");
    for (size_t i = 0; all && i < all->count; i++) {
        struct value *shape = value_map(call->arena);
        for (size_t k = 0; k < ARRAY_LENGTH(members); k++)
            put(call, shape, members[k], value_get(all->entries[i].value, members[k]));
        value_set(call->arena, shapes, all->entries[i].key, shape);
    }
    return pool && cognito_page(call, shapes, "UserPoolClients", "MaxResults");
}
