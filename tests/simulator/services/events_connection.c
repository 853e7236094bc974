/* Connections and API destinations: how EventBridge calls HTTP endpoints.  Secrets are kept and never told.
 */

#include "tests/simulator/services/events.h"

enum { NAME_MAX_LENGTH = 64, RATE_DEFAULT = 300 };

/* What has been deleted for long enough is forgotten. */
static struct value *connections(struct call *call)
{
    struct value *all = state_map(call, "connections");
    for (size_t i = all->count; i > 0; i--)
        if (value_get_int(all->entries[i - 1].value, "gone", INT64_MAX) <= call->now)
            (void)value_remove(all, all->entries[i - 1].key);
    return all;
}

static struct value *connection_of(struct call *call)
{
    struct str name = call_text(call, "Name");
    struct value *connection = value_get_str(connections(call), name);
    if (!connection)
        call_fail(call, 400, EVENTS_MISSING,
                  "Failed to describe the connection(s). Connection '%.*s' does "
                  "not exist.",
                  STR_ARG(name));
    return connection;
}

/* Each change goes on for a while: CREATING, UPDATING, DELETING; OAuth is AUTHORIZING. */
static struct str state_of(struct call *call, const struct value *connection)
{
    if (value_get(connection, "gone"))
        return STR("DELETING");
    if (value_get_int(connection, "until", 0) > call->now)
        return value_get_text(connection, "meanwhile");
    return value_get_text(connection, "then");
}

static void set_state(struct call *call, struct value *connection, const char *meanwhile, const char *then)
{
    state_text(call, connection, "meanwhile", str_from(meanwhile));
    state_text(call, connection, "then", str_from(then));
    state_int(call, connection, "until", call->now + call_delay(call, "events.connection"));
    state_int(call, connection, "modified", call->now);
}

static void put_state(struct call *call, struct value *out, const struct value *connection)
{
    put(call, out, "ConnectionArn", value_get(connection, "arn"));
    put_text(call, out, "ConnectionState", state_of(call, connection));
    put_time(call, out, "CreationTime", value_get_int(connection, "created", 0));
    put_time(call, out, "LastModifiedTime", value_get_int(connection, "modified", 0));
}

static bool invalid(struct call *call, const char *why)
{
    return call_fail(call, 400, "ValidationException", "Parameter AuthParameters is not valid. Reason: %s.",
                     why);
}

static bool has_all(const struct value *map, const char *const *names)
{
    for (; *names; names++)
        if (!value_get_text(map, *names).len)
            return false;
    return true;
}

/* Just the parameters of the authorization that is asked for; an update may leave out what it keeps. */
static bool parameters_fit(struct call *call, struct str type, bool fresh)
{
    static const struct {
        const char *type, *parameters;
        const char *const needed[3];
    } kinds[] = {
        {"API_KEY", "ApiKeyAuthParameters", {"ApiKeyName", "ApiKeyValue"}},
        {"BASIC", "BasicAuthParameters", {"Username", "Password"}},
        {"OAUTH_CLIENT_CREDENTIALS", "OAuthParameters", {"AuthorizationEndpoint", "HttpMethod"}},
    };
    const struct value *given = value_get(call->input, "AuthParameters");
    bool known = false;
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
        const struct value *parameters = value_get(given, kinds[i].parameters);
        bool own = str_is(type, kinds[i].type);
        known = known || own;
        if (own ? fresh && !has_all(parameters, kinds[i].needed) : parameters != NULL)
            return invalid(call, "it must hold the parameters of the authorization type and no others");
    }
    return known || invalid(call, "the authorization type is not known");
}

static bool oauth_fits(struct call *call)
{
    static const char *const client[] = {"ClientID", "ClientSecret", NULL};
    const struct value *oauth = value_path(call->input, "AuthParameters", "OAuthParameters", NULL);
    return !oauth || has_all(value_get(oauth, "ClientParameters"), client) ||
           invalid(call, "ClientParameters needs ClientID and ClientSecret");
}

/* A member that is given takes the place of what was there; inside of AuthParameters too. */
static void take(struct call *call, struct value *connection)
{
    static const char *const members[] = {"Description", "AuthorizationType",
                                          "InvocationConnectivityParameters", "KmsKeyIdentifier"};
    const struct value *given = value_get(call->input, "AuthParameters");
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        state_member(call, connection, members[i]);
    if (!value_get(connection, "auth"))
        state_put(call, connection, STR("auth"), value_map(call->arena));
    struct value *auth = value_get(connection, "auth");
    for (size_t i = 0; value_is(given, VALUE_MAP) && i < given->count; i++)
        state_put(call, auth, given->entries[i].key, given->entries[i].value);
}

static void forget_other_kinds(struct value *connection, struct str type)
{
    static const char *const kinds[][2] = {{"API_KEY", "ApiKeyAuthParameters"},
                                           {"BASIC", "BasicAuthParameters"},
                                           {"OAUTH_CLIENT_CREDENTIALS", "OAuthParameters"}};
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
        if (!str_is(type, kinds[i][0]))
            (void)value_remove(value_get(connection, "auth"), str_from(kinds[i][1]));
}

bool events_CreateConnection(struct call *call)
{
    struct str name = call_text(call, "Name"), type = call_text(call, "AuthorizationType");
    if (!events_name_is_valid(call, "Name", NAME_MAX_LENGTH, false) || !parameters_fit(call, type, true) ||
        !oauth_fits(call))
        return false;
    if (value_get_str(connections(call), name))
        return call_fail(call, 400, EVENTS_EXISTS, "Connection '%.*s' already exists.", STR_ARG(name));
    struct value *connection = state_put(call, connections(call), name, value_map(call->arena));
    struct str id = call_uuid(call), secret = call_uuid(call);
    state_text(call, connection, "arn",
               arn(call, "events", "connection/%.*s/%.*s", STR_ARG(name), STR_ARG(id)));
    state_text(
        call, connection, "secret",
        arn(call, "secretsmanager", "secret:events!connection/%.*s/%.*s", STR_ARG(name), STR_ARG(secret)));
    state_int(call, connection, "created", call->now);
    take(call, connection);
    set_state(call, connection, str_is(type, "OAUTH_CLIENT_CREDENTIALS") ? "AUTHORIZING" : "CREATING",
              "AUTHORIZED");
    put_state(call, call->output, connection);
    return true;
}

bool events_UpdateConnection(struct call *call)
{
    struct value *connection = connection_of(call);
    struct str type = call_text(call, "AuthorizationType");
    if (!connection)
        return false;
    type = type.len ? type : value_get_text(connection, "AuthorizationType");
    bool other = !str_equal(type, value_get_text(connection, "AuthorizationType"));
    if (!parameters_fit(call, type, other) || !oauth_fits(call))
        return false;
    if (str_is(state_of(call, connection), "DELETING"))
        return call_fail(call, 400, "ConcurrentModificationException", "The connection is being deleted.");
    take(call, connection);
    forget_other_kinds(connection, type);
    set_state(call, connection, str_is(type, "OAUTH_CLIENT_CREDENTIALS") ? "AUTHORIZING" : "UPDATING",
              "AUTHORIZED");
    put_state(call, call->output, connection);
    return true;
}

bool events_DeauthorizeConnection(struct call *call)
{
    struct value *connection = connection_of(call);
    if (!connection)
        return false;
    state_put(call, connection, STR("auth"), value_map(call->arena));
    set_state(call, connection, "DEAUTHORIZING", "DEAUTHORIZED");
    put_state(call, call->output, connection);
    return true;
}

bool events_DeleteConnection(struct call *call)
{
    struct value *connection = connection_of(call);
    if (!connection)
        return false;
    state_int(call, connection, "gone", call->now + call_delay(call, "events.connection"));
    put_state(call, call->output, connection);
    return true;
}

/* What a secret has is left out, and what is marked as one. */
static struct value *without_secrets(struct call *call, const struct value *auth)
{
    static const char *const secrets[] = {"ApiKeyValue", "Password", "ClientSecret"};
    struct value *copy = value_is(auth, VALUE_LIST) ? value_list(call->arena) : value_map(call->arena);
    if (!value_is(auth, VALUE_LIST) && !value_is(auth, VALUE_MAP))
        return value_copy(call->arena, auth);
    for (size_t i = 0; auth->kind == VALUE_LIST && i < auth->count; i++)
        value_append(call->arena, copy, without_secrets(call, auth->items[i]));
    for (size_t i = 0; auth->kind == VALUE_MAP && i < auth->count; i++)
        value_set(call->arena, copy, auth->entries[i].key, without_secrets(call, auth->entries[i].value));
    for (size_t i = 0; auth->kind == VALUE_MAP && i < ARRAY_LENGTH(secrets); i++)
        (void)value_remove(copy, str_from(secrets[i]));
    if (auth->kind == VALUE_MAP && value_get_bool(auth, "IsValueSecret", false))
        (void)value_remove(copy, STR("Value"));
    return copy;
}

static struct value *connection_shape(struct call *call, struct str name, const struct value *connection)
{
    struct value *shape = value_map(call->arena);
    put_text(call, shape, "Name", name);
    put(call, shape, "AuthorizationType", value_get(connection, "AuthorizationType"));
    put_time(call, shape, "LastAuthorizedTime", value_get_int(connection, "modified", 0));
    put_state(call, shape, connection);
    return shape;
}

/* AWS names the association that it makes for a private endpoint. */
static struct value *associated(struct call *call, const struct value *connectivity)
{
    struct value *shape = connectivity ? value_copy(call->arena, connectivity) : NULL;
    struct value *parameters = value_get(shape, "ResourceParameters");
    if (parameters)
        put_text(call, parameters, "ResourceAssociationArn",
                 arn(call, "vpc-lattice", "servicenetworkresourceassociation/snra-0123456789abcdef0"));
    return shape;
}

bool events_DescribeConnection(struct call *call)
{
    static const char *const members[] = {"Description", "KmsKeyIdentifier"};
    struct value *connection = connection_of(call);
    if (!connection)
        return false;
    call->output = connection_shape(call, call_text(call, "Name"), connection);
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        put(call, call->output, members[i], value_get(connection, members[i]));
    put(call, call->output, "SecretArn", value_get(connection, "secret"));
    struct value *auth = without_secrets(call, value_get(connection, "auth"));
    put(call, auth, "ConnectivityParameters", associated(call, value_get(auth, "ConnectivityParameters")));
    put(call, call->output, "AuthParameters", auth);
    put(call, call->output, "InvocationConnectivityParameters",
        associated(call, value_get(connection, "InvocationConnectivityParameters")));
    return true;
}

bool events_ListConnections(struct call *call)
{
    return events_list(call, connections(call), "Connections", connection_shape);
}

/* --- API destinations --- */

static struct value *destinations(struct call *call)
{
    return state_map(call, "destinations");
}

static struct value *destination_of(struct call *call)
{
    struct str name = call_text(call, "Name");
    struct value *destination = value_get_str(destinations(call), name);
    if (!destination)
        call_fail(call, 400, EVENTS_MISSING, "An api-destination '%.*s' does not exist.", STR_ARG(name));
    return destination;
}

static const struct value *connection_with(struct call *call, struct str wanted)
{
    const struct value *all = connections(call);
    for (size_t i = 0; i < all->count; i++)
        if (str_equal(value_get_text(all->entries[i].value, "arn"), wanted) &&
            !value_get(all->entries[i].value, "gone"))
            return all->entries[i].value;
    return NULL;
}

static bool destination_is_valid(struct call *call, bool fresh)
{
    static const char *const needed[] = {"ConnectionArn", "InvocationEndpoint", "HttpMethod"};
    for (size_t i = 0; fresh && i < ARRAY_LENGTH(needed); i++)
        if (!call_need(call, needed[i], 400, "ValidationException"))
            return false;
    if (call_has(call, "ConnectionArn") && !connection_with(call, call_text(call, "ConnectionArn")))
        return call_fail(call, 400, EVENTS_MISSING, "Connection '%.*s' does not exist.",
                         STR_ARG(call_text(call, "ConnectionArn")));
    if (call_has(call, "InvocationEndpoint") &&
        !str_starts(call_text(call, "InvocationEndpoint"), "https://"))
        return call_fail(call, 400, "ValidationException", "InvocationEndpoint must be an HTTPS URL.");
    return value_get_int(call->input, "InvocationRateLimitPerSecond", 1) >= 1 ||
           call_fail(call, 400, "ValidationException", "InvocationRateLimitPerSecond must be at least 1.");
}

static void take_destination(struct call *call, struct value *destination)
{
    static const char *const members[] = {"Description", "ConnectionArn", "InvocationEndpoint", "HttpMethod",
                                          "InvocationRateLimitPerSecond"};
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        state_member(call, destination, members[i]);
    state_int(call, destination, "modified", call->now);
}

static void put_destination(struct call *call, struct value *out, const struct value *destination)
{
    const struct value *connection = connection_with(call, value_get_text(destination, "ConnectionArn"));
    bool active = connection && str_is(state_of(call, connection), "AUTHORIZED");
    put(call, out, "ApiDestinationArn", value_get(destination, "arn"));
    put_text(call, out, "ApiDestinationState", active ? STR("ACTIVE") : STR("INACTIVE"));
    put_time(call, out, "CreationTime", value_get_int(destination, "created", 0));
    put_time(call, out, "LastModifiedTime", value_get_int(destination, "modified", 0));
}

bool events_CreateApiDestination(struct call *call)
{
    struct str name = call_text(call, "Name");
    if (!events_name_is_valid(call, "Name", NAME_MAX_LENGTH, false) || !destination_is_valid(call, true))
        return false;
    if (value_get_str(destinations(call), name))
        return call_fail(call, 400, EVENTS_EXISTS, "An api-destination '%.*s' already exists.",
                         STR_ARG(name));
    struct value *destination = state_put(call, destinations(call), name, value_map(call->arena));
    struct str id = call_uuid(call);
    state_text(call, destination, "arn",
               arn(call, "events", "api-destination/%.*s/%.*s", STR_ARG(name), STR_ARG(id)));
    state_int(call, destination, "created", call->now);
    state_int(call, destination, "InvocationRateLimitPerSecond", RATE_DEFAULT);
    take_destination(call, destination);
    put_destination(call, call->output, destination);
    return true;
}

bool events_UpdateApiDestination(struct call *call)
{
    struct value *destination = destination_of(call);
    if (!destination || !destination_is_valid(call, false))
        return false;
    take_destination(call, destination);
    put_destination(call, call->output, destination);
    return true;
}

static struct value *destination_shape(struct call *call, struct str name, const struct value *destination)
{
    static const char *const members[] = {"ConnectionArn", "InvocationEndpoint", "HttpMethod",
                                          "InvocationRateLimitPerSecond"};
    struct value *shape = value_map(call->arena);
    put_text(call, shape, "Name", name);
    put_destination(call, shape, destination);
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        put(call, shape, members[i], value_get(destination, members[i]));
    return shape;
}

bool events_DescribeApiDestination(struct call *call)
{
    struct value *destination = destination_of(call);
    if (!destination)
        return false;
    call->output = destination_shape(call, call_text(call, "Name"), destination);
    put(call, call->output, "Description", value_get(destination, "Description"));
    return true;
}

bool events_DeleteApiDestination(struct call *call)
{
    return destination_of(call) && value_remove(destinations(call), call_text(call, "Name"));
}

bool events_ListApiDestinations(struct call *call)
{
    return events_list(call, destinations(call), "ApiDestinations", destination_shape);
}
