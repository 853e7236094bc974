/* The domains, groups and resource servers of a user pool. */

#include "tests/simulator/services/cognito.h"

/* --- domains: their names are one space a region ------------------------------------------------------ */

static struct value *domains(struct call *call)
{
    return state_map(call, "domains");
}

static bool is_custom(struct str domain)
{
    return str_find(domain, '.') < domain.len;
}

bool cognito_has_domain(struct call *call, struct str pool_id)
{
    struct value *all = domains(call);
    for (size_t i = 0; i < all->count; i++)
        if (str_equal(value_get_text(all->entries[i].value, "UserPoolId"), pool_id))
            return true;
    return false;
}

static void set_domain(struct call *call, struct value *domain)
{
    state_int(call, domain, "since", call->now);
    (void)state_member(call, domain, "CustomDomainConfig");
    if (!state_member(call, domain, "ManagedLoginVersion"))
        state_int(call, domain, "ManagedLoginVersion", 1);
}

bool cognito_create_domain(struct call *call)
{
    struct str name = call_text(call, "Domain");
    if (!cognito_pool(call) || !call_need(call, "Domain", 400, "InvalidParameterException"))
        return false;
    if (is_custom(name) != call_has(call, "CustomDomainConfig"))
        return cognito_invalid(call, "Invalid domain: %.*s", STR_ARG(name));
    if (value_get_str(domains(call), name))
        return cognito_invalid(call, "Domain already associated with another user pool.");
    struct value *domain = state_put(call, domains(call), name, value_map(call->arena));
    state_text(call, domain, "Domain", name);
    state_text(call, domain, "UserPoolId", call_text(call, "UserPoolId"));
    state_text(call, domain, "AWSAccountId", call->account);
    state_text(call, domain, "CloudFrontDistribution",
               arena_printf(call->arena, "d%.*s.cloudfront.net",
                            STR_ARG(call_id(call, "abcdefghijklmnopqrstuvwxyz0123456789", 13))));
    set_domain(call, domain);
    put(call, call->output, "ManagedLoginVersion", value_get(domain, "ManagedLoginVersion"));
    if (is_custom(name))
        put(call, call->output, "CloudFrontDomain", value_get(domain, "CloudFrontDistribution"));
    return true;
}

/* A domain that is not there is an empty description, not an error. */
bool cognito_describe_domain(struct call *call)
{
    struct value *domain = value_get_str(domains(call), call_text(call, "Domain"));
    struct value *shape = domain ? value_copy(call->arena, domain) : value_map(call->arena);
    if (domain) {
        bool new = is_custom(call_text(call, "Domain")) &&
                   call->now < value_get_int(domain, "since", 0) + call_delay(call, "cognito.domain");
        put_text(call, shape, "Status", new ? STR("CREATING") : STR("ACTIVE"));
        (void)value_remove(shape, STR("since"));
    }
    put(call, call->output, "DomainDescription", shape);
    return true;
}

static struct value *domain_of(struct call *call)
{
    struct value *domain = value_get_str(domains(call), call_text(call, "Domain"));
    if (domain && str_equal(value_get_text(domain, "UserPoolId"), call_text(call, "UserPoolId")))
        return domain;
    cognito_invalid(call, "No such domain or user pool exists.");
    return NULL;
}

bool cognito_update_domain(struct call *call)
{
    struct value *domain = domain_of(call);
    if (!domain)
        return false;
    set_domain(call, domain);
    put(call, call->output, "ManagedLoginVersion", value_get(domain, "ManagedLoginVersion"));
    return true;
}

bool cognito_delete_domain(struct call *call)
{
    return domain_of(call) && value_remove(domains(call), call_text(call, "Domain"));
}

/* --- groups ------------------------------------------------------------------------------------------- */

static bool check_group(struct call *call)
{
    struct str role = call_text(call, "RoleArn");
    int64_t precedence = value_get_int(call->input, "Precedence", 0);
    if (role.len && !str_starts(role, "arn:"))
        return cognito_invalid(call,
                               "1 validation error detected: Value '%.*s' at 'roleArn' failed to satisfy "
                               "constraint",
                               STR_ARG(role));
    return precedence >= 0 ||
           cognito_invalid(call, "1 validation error detected: Value at 'precedence' failed "
                                 "to satisfy constraint");
}

static void set_group(struct call *call, struct value *group)
{
    (void)state_member(call, group, "Description");
    (void)state_member(call, group, "RoleArn");
    (void)state_member(call, group, "Precedence");
    state_int(call, group, "modified", call->now);
}

static struct value *group_shape(struct call *call, const struct value *group)
{
    struct value *shape = value_copy(call->arena, group);
    (void)value_remove(shape, STR("created"));
    (void)value_remove(shape, STR("modified"));
    put_time(call, shape, "CreationDate", value_get_int(group, "created", 0));
    put_time(call, shape, "LastModifiedDate", value_get_int(group, "modified", 0));
    return shape;
}

bool cognito_create_group(struct call *call)
{
    struct value *pool = cognito_pool(call);
    struct str name = call_text(call, "GroupName");
    if (!pool || !call_need(call, "GroupName", 400, "InvalidParameterException") || !check_group(call))
        return false;
    if (value_get_str(value_get(pool, "groups"), name))
        return call_fail(call, 400, "GroupExistsException", "A group with the name already exists.");
    struct value *group = state_put(call, value_get(pool, "groups"), name, value_map(call->arena));
    state_text(call, group, "GroupName", name);
    state_text(call, group, "UserPoolId", call_text(call, "UserPoolId"));
    state_int(call, group, "created", call->now);
    set_group(call, group);
    put(call, call->output, "Group", group_shape(call, group));
    return true;
}

static struct value *group_of(struct call *call)
{
    struct value *pool = cognito_pool(call);
    struct value *group = value_get_str(value_get(pool, "groups"), call_text(call, "GroupName"));
    if (pool && !group)
        cognito_absent(call, "Group not found.");
    return group;
}

bool cognito_get_group(struct call *call)
{
    struct value *group = group_of(call);
    if (group)
        put(call, call->output, "Group", group_shape(call, group));
    return group;
}

bool cognito_update_group(struct call *call)
{
    struct value *group = group_of(call);
    if (!group || !check_group(call))
        return false;
    set_group(call, group);
    put(call, call->output, "Group", group_shape(call, group));
    return true;
}

bool cognito_delete_group(struct call *call)
{
    return group_of(call) &&
           value_remove(value_get(cognito_pool(call), "groups"), call_text(call, "GroupName"));
}

bool cognito_list_groups(struct call *call)
{
    struct value *pool = cognito_pool(call), *shapes = value_map(call->arena);
    const struct value *all = value_get(pool, "groups");
    for (size_t i = 0; all && i < all->count; i++)
        value_set(call->arena, shapes, all->entries[i].key, group_shape(call, all->entries[i].value));
    return pool && cognito_page(call, shapes, "Groups", "Limit");
}

/* --- resource servers --------------------------------------------------------------------------------- */

bool cognito_scope_exists(const struct value *pool, struct str scope)
{
    size_t slash = str_find_last(scope, '/');
    const struct value *server = value_get_str(value_get(pool, "servers"), str_slice(scope, 0, slash));
    const struct value *list = value_get(server, "Scopes");
    for (size_t i = 0; list && slash < scope.len && i < list->count; i++)
        if (str_equal(value_get_text(list->items[i], "ScopeName"), str_from_index(scope, slash + 1)))
            return true;
    return false;
}

static bool check_scopes(struct call *call)
{
    const struct value *list = call_list(call, "Scopes");
    for (size_t i = 0; i < list->count; i++)
        if (!value_get_text(list->items[i], "ScopeName").len ||
            !value_get_text(list->items[i], "ScopeDescription").len)
            return cognito_invalid(call, "1 validation error detected: Value at 'scopes' failed to satisfy "
                                         "constraint: Member must not be null");
    return call_need(call, "Identifier", 400, "InvalidParameterException") &&
           call_need(call, "Name", 400, "InvalidParameterException");
}

static void set_server(struct call *call, struct value *server)
{
    state_text(call, server, "Name", call_text(call, "Name"));
    if (!state_member(call, server, "Scopes"))
        (void)value_remove(server, STR("Scopes"));
    put(call, call->output, "ResourceServer", server);
}

bool cognito_create_server(struct call *call)
{
    struct value *pool = cognito_pool(call);
    struct str id = call_text(call, "Identifier");
    if (!pool || !check_scopes(call))
        return false;
    if (value_get_str(value_get(pool, "servers"), id))
        return cognito_invalid(call, "%.*s already exists in user pool %.*s.", STR_ARG(id),
                               STR_ARG(call_text(call, "UserPoolId")));
    struct value *server = state_put(call, value_get(pool, "servers"), id, value_map(call->arena));
    state_text(call, server, "UserPoolId", call_text(call, "UserPoolId"));
    state_text(call, server, "Identifier", id);
    set_server(call, server);
    return true;
}

static struct value *server_of(struct call *call)
{
    struct value *pool = cognito_pool(call);
    struct value *server = value_get_str(value_get(pool, "servers"), call_text(call, "Identifier"));
    if (pool && !server)
        cognito_absent(call, "Resource server %.*s does not exist.", STR_ARG(call_text(call, "Identifier")));
    return server;
}

bool cognito_describe_server(struct call *call)
{
    struct value *server = server_of(call);
    if (server)
        put(call, call->output, "ResourceServer", server);
    return server;
}

bool cognito_update_server(struct call *call)
{
    struct value *server = server_of(call);
    if (!server || !check_scopes(call))
        return false;
    set_server(call, server);
    return true;
}

bool cognito_delete_server(struct call *call)
{
    return server_of(call) &&
           value_remove(value_get(cognito_pool(call), "servers"), call_text(call, "Identifier"));
}

bool cognito_list_servers(struct call *call)
{
    struct value *pool = cognito_pool(call);
    return pool && cognito_page(call, value_get(pool, "servers"), "ResourceServers", "MaxResults");
}
