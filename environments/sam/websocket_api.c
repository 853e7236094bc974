#include "environments/sam/http_api.h"

/* AWS::Serverless::WebSocketApi: the API, and for each route an integration and a permission. */

static void fail(struct http_api *api, const struct value *at, const char *what)
{
    sam_fail(api->sam, at ? at : api->source->node, api->source->id, "%s", what);
}

static struct value *given(const struct value *map, const char *name)
{
    struct value *value = value_get(map, name);
    return is_none(value) ? NULL : value;
}

static void check(struct http_api *api)
{
    const struct value *routes = http_own(api, "Routes"), *addresses = http_own(api, "IpAddressType");
    if (!is_truthy(routes))
        fail(api, routes, "a WebSocket API needs at least one route");
    if (!is_none(addresses) && !is_intrinsic(addresses) && !value_is_text(addresses, "ipv4") &&
        !value_is_text(addresses, "dualstack"))
        fail(api, addresses, "'IpAddressType' must be ipv4 or dualstack");
    if (is_truthy(value_get(http_own(api, "Domain"), "MutualTlsAuthentication")))
        fail(api, http_own(api, "Domain"), "'MutualTlsAuthentication' is not supported for WebSocket APIs");
    if (is_truthy(http_own(api, "Auth")) && !value_get(routes, "$connect"))
        fail(api, http_own(api, "Auth"), "'Auth' needs a route $connect");
}

static void check_auth(struct http_api *api)
{
    const struct value *auth = http_own(api, "Auth"), *type = value_get(auth, "AuthType");
    struct str name = value_text(type);
    bool custom = str_equal_nocase(name, STR("CUSTOM"));
    bool plain = str_equal_nocase(name, STR("AWS_IAM")) || str_equal_nocase(name, STR("NONE"));
    if (!is_truthy(auth))
        return;
    if (!custom && !plain)
        fail(api, auth, "'AuthType' must be AWS_IAM, CUSTOM or NONE");
    else if (custom && !is_truthy(value_get(auth, "AuthArn")))
        fail(api, auth, "'AuthType' CUSTOM needs 'AuthArn'");
    else if (plain && auth->count > 1)
        fail(api, auth, "'AuthType' AWS_IAM and NONE take no further configuration");
}

/* "$connect" gives "Connect", "sendMessage" gives "Sendmessage". */
static const char *route_name(struct http_api *api, struct str key)
{
    bool special = str_is(key, "$connect") || str_is(key, "$disconnect") || str_is(key, "$default");
    char *name = arena_strz(api->sam->arena, special ? str_from_index(key, 1) : key);
    if (!is_alphanumeric(str_from(name)))
        sam_fail(api->sam, http_own(api, "Routes"), api->source->id,
                 "route '%.*s' must be letters and digits, or $connect, $disconnect or $default",
                 STR_ARG(key));
    for (size_t i = 0; name[i]; i++) {
        if (i == 0 && name[i] >= 'a' && name[i] <= 'z')
            name[i] = (char)(name[i] - 'a' + 'A');
        else if (i > 0 && name[i] >= 'A' && name[i] <= 'Z')
            name[i] = (char)(name[i] - 'A' + 'a');
    }
    return name;
}

static struct value *invocation(struct sam *sam, const char *variable, struct value *arn)
{
    return make(sam,
                "{'Fn::Sub': "
                "['arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${%s}/"
                "invocations', {'%s': %v}]}",
                variable, variable, arn);
}

static void authorize(struct http_api *api, struct made *route)
{
    struct sam *sam = api->sam;
    const struct value *type = value_get(http_own(api, "Auth"), "AuthType");
    if (!is_truthy(http_own(api, "Auth")))
        return;
    bool custom = value_is_text(type, "CUSTOM"), iam = value_is_text(type, "AWS_IAM");
    made_set(sam, route, "AuthorizationType", make_text(sam, custom ? "CUSTOM" : iam ? "AWS_IAM" : "NONE"));
    if (custom)
        made_set(sam, route, "AuthorizerId", make(sam, "{'Ref': '%sConnectAuthorizer'}", api->source->id));
}

static void add_integration(struct http_api *api, const char *base, const struct value *route)
{
    struct sam *sam = api->sam;
    struct made *made =
        made_new(sam, text(sam, "%sIntegration", base), "AWS::ApiGatewayV2::Integration", api->passthrough);
    made_set(sam, made, "ApiId", make(sam, "{'Ref': '%s'}", api->source->id));
    made_set(sam, made, "IntegrationType", make_text(sam, "AWS_PROXY"));
    made_set(sam, made, "IntegrationUri", invocation(sam, "FunctionArn", value_get(route, "FunctionArn")));
    made_set(sam, made, "TimeoutInMillis", value_get(route, "IntegrationTimeout"));
    made_add(sam, api->list, made);
}

static void add_permission(struct http_api *api, const char *base, struct str key, const struct value *route)
{
    struct sam *sam = api->sam;
    struct value *stage = http_own(api, "StageName");
    const char *id = api->source->id, *route_key = arena_strz(sam->arena, key);
    struct made *made =
        made_new(sam, text(sam, "%sPermission", base), "AWS::Lambda::Permission", api->passthrough);
    if (is_none(stage))
        stage = make_text(sam, "default");
    bool plain = value_is(stage, VALUE_STRING);
    struct value *arn = make_text(
        sam, text(sam, "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${%s.ApiId}/%s/%s",
                  id, plain ? stage->text.ptr : "${__StageName__}", route_key));
    made_set(sam, made, "Action", make_text(sam, "lambda:InvokeFunction"));
    made_set(sam, made, "FunctionName", value_get(route, "FunctionArn"));
    made_set(sam, made, "Principal", make_text(sam, "apigateway.amazonaws.com"));
    made_set(sam, made, "SourceArn",
             plain ? make(sam, "{'Fn::Sub': %v}", arn)
                   : make(sam, "{'Fn::Sub': [%v, {'__StageName__': %v}]}", arn, stage));
    made_add(sam, api->list, made);
}

static const char *add_route(struct http_api *api, struct str key, const struct value *given_route)
{
    static const char *const same[] = {"ApiKeyRequired", "ModelSelectionExpression", "OperationName",
                                       "RequestModels", "RouteResponseSelectionExpression"};
    struct sam *sam = api->sam;
    const char *base = text(sam, "%s%s", api->source->id, route_name(api, key));
    struct made *route =
        made_new(sam, text(sam, "%sRoute", base), "AWS::ApiGatewayV2::Route", api->passthrough);
    const struct value *parameters = value_get(given_route, "RequestParameters");
    if (is_truthy(parameters) && !str_is(key, "$connect"))
        fail(api, parameters, "'RequestParameters' are supported for the route $connect alone");
    check_auth(api);
    if (!value_get(given_route, "FunctionArn"))
        sam_fail(sam, given_route, api->source->id, "route '%.*s' needs a 'FunctionArn'", STR_ARG(key));
    made_set(sam, route, "RouteKey", value_string(sam->arena, key));
    made_set(sam, route, "ApiId", make(sam, "{'Ref': '%s'}", api->source->id));
    for (size_t i = 0; i < ARRAY_LENGTH(same); i++)
        made_set(sam, route, same[i], value_get(given_route, same[i]));
    if (is_truthy(parameters))
        made_set(sam, route, "RequestParameters", (struct value *)parameters);
    made_set(sam, route, "Target",
             make(sam, "{'Fn::Join': ['/', ['integrations', {'Ref': '%sIntegration'}]]}", base));
    if (str_is(key, "$connect"))
        authorize(api, route);
    made_add(sam, api->list, route);
    add_integration(api, base, given_route);
    add_permission(api, base, key, given_route);
    return route->id;
}

static void add_authorizer(struct http_api *api)
{
    struct sam *sam = api->sam;
    const struct value *auth = http_own(api, "Auth");
    struct value *arn = value_get(auth, "AuthArn"), *name = value_get(auth, "Name");
    const char *id = text(sam, "%sConnectAuthorizer", api->source->id);
    if (!value_is_text(value_get(auth, "AuthType"), "CUSTOM"))
        return;
    struct made *made = made_new(sam, id, "AWS::ApiGatewayV2::Authorizer", api->passthrough);
    made_set(sam, made, "ApiId", make(sam, "{'Ref': '%s'}", api->source->id));
    made_set(sam, made, "AuthorizerCredentialsArn", value_get(auth, "InvokeRole"));
    made_set(sam, made, "AuthorizerType", make_text(sam, "REQUEST"));
    made_set(sam, made, "AuthorizerUri", invocation(sam, "AuthArn", arn));
    made_set(sam, made, "IdentitySource", given(auth, "IdentitySource"));
    made_set(sam, made, "Name", is_truthy(name) ? name : make_text(sam, id));
    made_add(sam, api->list, made);
    if (!is_truthy(value_get(auth, "InvokeRole")))
        made_add(sam, api->list,
                 authorizer_permission(api, text(sam, "%sAuthorizerPermission", api->source->id), arn));
}

static struct made *construct_api(struct http_api *api)
{
    static const char *const same[] = {
        "ApiKeySelectionExpression", "Description",   "DisableExecuteApiEndpoint",
        "DisableSchemaValidation",   "IpAddressType", "RouteSelectionExpression"};
    struct sam *sam = api->sam;
    struct made *made = made_new(sam, api->source->id, "AWS::ApiGatewayV2::Api", NULL);
    struct value *tags = http_own(api, "Tags");
    made->depends_on = value_get(api->source->node, "DependsOn");
    for (size_t i = 0; i < ARRAY_LENGTH(same); i++)
        made_set(sam, made, same[i], http_own(api, same[i]));
    made_set(sam, made, "Name",
             given(api->source->properties, "Name") ? http_own(api, "Name")
                                                    : make_text(sam, api->source->id));
    if (!is_truthy(tags))
        tags = value_map(sam->arena);
    value_setz(sam->arena, tags, api->created, make_text(sam, "SAM"));
    made_set(sam, made, "Tags", tags);
    made_set(sam, made, "ProtocolType", make_text(sam, "WEBSOCKET"));
    return made;
}

static struct made *construct_stage(struct http_api *api)
{
    static const char *const same[] = {"StageVariables", "AccessLogSettings", "DefaultRouteSettings",
                                       "RouteSettings"};
    struct sam *sam = api->sam;
    struct value *name = http_own(api, "StageName");
    if (is_none(name))
        name = make_text(sam, "default");
    if (value_is_text(name, "$default"))
        fail(api, name, "'StageName' of a WebSocket API cannot be $default");
    const char *id =
        value_is_text(name, "default")
            ? text(sam, "%sDefaultStage", api->source->id)
            : text(sam, "%s%sStage", api->source->id, value_is(name, VALUE_STRING) ? name->text.ptr : "");
    struct made *stage = made_new(sam, id, "AWS::ApiGatewayV2::Stage", api->passthrough);
    made_set(sam, stage, "ApiId", make(sam, "{'Ref': '%s'}", api->source->id));
    made_set(sam, stage, "StageName", name);
    for (size_t i = 0; i < ARRAY_LENGTH(same); i++)
        made_set(sam, stage, same[i], http_own(api, same[i]));
    made_set(sam, stage, "Tags", make(sam, "{'%s': 'SAM'}", api->created));
    made_set(sam, stage, "AutoDeploy", value_bool(sam->arena, true));
    return stage;
}

void build_websocket_api(struct sam *sam, struct source_resource *source, struct made_list *list)
{
    struct http_api api = {.sam = sam, .source = source, .list = list, .created = "websocketapi:createdBy"};
    static const char *const resolved[] = {"Auth", "Domain", "Routes"};
    for (size_t i = 0; i < ARRAY_LENGTH(resolved); i++) {
        struct value_entry *entry = value_entry(source->properties, str_from(resolved[i]));
        if (entry)
            entry->value = resolve_parameters(sam, entry->value);
    }
    check(&api);
    if (sam->failed)
        return;
    made_add(sam, list, construct_api(&api));
    struct value *record_sets = sam->record_sets; /* AWS's transform does not share those of WebSocket APIs */
    sam->record_sets = value_map(sam->arena);
    http_build_domain(&api, list);
    sam->record_sets = record_sets;
    struct made *stage = construct_stage(&api);
    struct python_items routes = python_items(sam->arena, http_own(&api, "Routes"));
    struct value *ids = value_list(sam->arena);
    for (size_t i = 0; i < routes.count && !sam->failed; i++)
        value_append(sam->arena, ids,
                     make_text(sam, add_route(&api, routes.items[i].key, routes.items[i].value)));
    if (is_truthy(http_own(&api, "RouteSettings")))
        stage->depends_on = ids;
    made_add(sam, list, stage);
    add_authorizer(&api);
    propagate_tags(sam, list, http_own(&api, "Tags"), is_truthy(http_own(&api, "PropagateTags")));
}
