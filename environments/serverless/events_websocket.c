#include "base/digest.h"
#include "base/json.h"
#include "environments/serverless/compile.h"

/*
 * Events `websocket`: one WebSocket API of API Gateway.  The deployment's logical id holds a digest of the
 * JSON text of the API's resources, so that the order of their keys is the framework's.
 */

struct socket_authorizer {
    const char *name;
    struct value *arn;                 /* given, or NULL: the function of that name */
    const struct sls_function *lambda; /* or NULL */
    struct value *identity_source;
};

struct socket_event {
    const struct sls_function *function;
    const struct value *at;
    const char *route;
    struct value *response; /* route response selection expression, or NULL */
    struct socket_authorizer *authorizer;
};

struct sockets {
    struct sls *sls;
    struct socket_event *events;
    size_t count;
    const char *description;
};

static struct value *api_id(struct sls *sls)
{
    struct value *given = value_path(sls->provider, "apiGateway", "websocketApiId", NULL);
    return truthy(given) ? given : form(sls, "{'Ref': 'WebsocketsApi'}");
}

static bool is_external(const struct sls *sls)
{
    return truthy(value_path(sls->provider, "apiGateway", "websocketApiId", NULL));
}

static const char *route_id(struct sls *sls, const char *route)
{
    static const char *const parts[][2] = {
        {"$", "S"}, {"/", "Slash"}, {"-", "Dash"}, {"_", "Underscore"}, {".", "Period"}};
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
        route = name_replace(sls, str_from(route), parts[i][0], parts[i][1]);
    return textf(sls, "%sWebsocketsRoute", route);
}

static const char *authorizer_id(struct sls *sls, const struct socket_authorizer *authorizer)
{
    return textf(sls, "%sWebsocketsAuthorizer", name_resource(sls, str_from(authorizer->name)));
}

static struct socket_authorizer *authorizer_of(struct sls *sls, const struct sls_event *event)
{
    struct value *given = value_get(event->value, "authorizer");
    bool map = value_is(given, VALUE_MAP);
    struct value *name = map ? value_get(given, "name") : given, *arn = map ? value_get(given, "arn") : NULL;
    if (!truthy(given))
        return NULL;
    struct socket_authorizer *authorizer = arena_alloc(sls->arena, sizeof *authorizer);
    if (!map && str_contains(given->text, ":"))
        arn = given;
    authorizer->arn = if_truthy(arn);
    if (value_is(arn, VALUE_STRING))
        authorizer->name =
            arena_strz(sls->arena, str_from_index(arn->text, str_find_last(arn->text, ':') + 1));
    else if (truthy(name))
        authorizer->name = text_of(sls, name);
    else
        sls_fail(sls, given, "an authorizer of a websocket needs 'name', or 'arn' as a text");
    authorizer->lambda = authorizer->name ? sls_function(sls, str_from(authorizer->name)) : NULL;
    if (!authorizer->arn && !authorizer->lambda)
        sls_fail(sls, given, "authorizer of a websocket: there is no such function in this service");
    authorizer->identity_source =
        truthy_or(value_get(given, "identitySource"), form(sls, "['route.request.header.Auth']"));
    return authorizer;
}

static void collect(struct sls *sls, const struct sls_event *event, void *self)
{
    struct sockets *sockets = self;
    bool map = event->value->kind == VALUE_MAP;
    struct socket_event *out = &sockets->events[sockets->count++];
    *out = (struct socket_event){.function = event->function, .at = event->value};
    out->route = text_of(sls, map ? value_get(event->value, "route") : event->value);
    out->response = map ? if_truthy(value_get(event->value, "routeResponseSelectionExpression")) : NULL;
    out->authorizer = map ? authorizer_of(sls, event) : NULL;
}

static void compile_api(struct sockets *sockets)
{
    struct sls *sls = sockets->sls;
    struct value *name = value_get(sls->provider, "websocketsApiName");
    struct value *tags = value_get(sls->provider, "tags");
    bool tagged = truthy(value_path(sls->provider, "websocket", "useProviderTags", NULL));
    if (is_external(sls))
        return;
    sls_add(
        sls, "WebsocketsApi",
        form(sls,
             "{'Type': 'AWS::ApiGatewayV2::Api', 'Properties': {'Name': %v, 'RouteSelectionExpression': %v, "
             "'Description': '%s', 'ProtocolType': 'WEBSOCKET', 'Tags': %v}}",
             truthy_or(name, form_text(sls, textf(sls, "%s-%s-websockets", sls->stage, sls->name))),
             truthy_or(value_get(sls->provider, "websocketsApiRouteSelectionExpression"),
                       form_text(sls, "$request.body.action")),
             sockets->description, tagged ? if_truthy(tags) : NULL),
        sls->provider);
    sls_allow(sls, form(sls, "{'Effect': 'Allow', 'Action': ['execute-api:ManageConnections'], 'Resource': "
                             "[{'Fn::Sub': 'arn:${AWS::Partition}:execute-api:*:*:*/@connections/*'}]}"));
}

static struct value *invocation_uri(struct sls *sls, struct value *arn)
{
    return form(
        sls,
        "{'Fn::Join': ['', ['arn:', {'Ref': 'AWS::Partition'}, ':apigateway:', {'Ref': 'AWS::Region'}, "
        "':lambda:path/2015-03-31/functions/', %v, '/invocations']]}",
        arn);
}

static void compile_integration(struct sls *sls, const struct socket_event *event)
{
    const struct sls_function *f = event->function;
    sls_add(sls, textf(sls, "%sWebsocketsIntegration", f->id),
            form(sls,
                 "{'Type': 'AWS::ApiGatewayV2::Integration', 'DependsOn': %v, 'Properties': {'ApiId': %v, "
                 "'IntegrationType': 'AWS_PROXY', 'IntegrationUri': %v}}",
                 alias_of(sls, f), api_id(sls), invocation_uri(sls, sls_target(sls, f))),
            event->at);
}

static void compile_response(struct sls *sls, const struct socket_event *event)
{
    const char *id = route_id(sls, event->route);
    if (event->response)
        sls_put(sls, textf(sls, "%sResponse", id),
                form(sls,
                     "{'Type': 'AWS::ApiGatewayV2::RouteResponse', 'Properties': {'ApiId': %v, 'RouteId': "
                     "{'Ref': '%s'}, 'RouteResponseKey': '$default'}}",
                     api_id(sls), id),
                event->at);
}

static void compile_authorizer(struct sls *sls, const struct socket_event *event)
{
    const struct socket_authorizer *authorizer = event->authorizer;
    if (!authorizer)
        return;
    struct value *arn = authorizer->arn ? authorizer->arn : sls_target(sls, authorizer->lambda);
    sls_add(
        sls, authorizer_id(sls, authorizer),
        form(sls,
             "{'Type': 'AWS::ApiGatewayV2::Authorizer', 'DependsOn': %v, 'Properties': {'ApiId': %v, 'Name': "
             "'%s', 'AuthorizerType': 'REQUEST', 'AuthorizerUri': %v, 'IdentitySource': %v}}",
             authorizer->lambda ? alias_of(sls, authorizer->lambda) : NULL, api_id(sls), authorizer->name,
             invocation_uri(sls, arn), authorizer->identity_source),
        event->at);
}

static struct value *own_api(struct sls *sls)
{
    return is_external(sls) ? if_given(value_get(api_id(sls), "Ref")) : form_text(sls, "WebsocketsApi");
}

static void compile_permissions(struct sls *sls, const struct socket_event *event)
{
    const struct sls_function *f = event->function;
    const struct socket_authorizer *authorizer = event->authorizer;
    sls_add(
        sls, textf(sls, "%sLambdaPermissionWebsockets", f->id),
        form(sls,
             "{'Type': 'AWS::Lambda::Permission', 'DependsOn': [%v, '%s'], 'Properties': {'FunctionName': "
             "%v, 'Action': 'lambda:InvokeFunction', 'Principal': 'apigateway.amazonaws.com'}}",
             own_api(sls), f->alias ? f->alias : f->lambda, sls_target(sls, f)),
        event->at);
    if (!authorizer)
        return;
    bool by_name = !authorizer->arn;
    sls_add(sls, textf(sls, "%sLambdaPermissionWebsockets", name_resource(sls, str_from(authorizer->name))),
            form(sls,
                 "{'Type': 'AWS::Lambda::Permission', 'DependsOn': [%v, %v, %v], 'Properties': {'Action': "
                 "'lambda:InvokeFunction', 'Principal': 'apigateway.amazonaws.com', 'FunctionName': %v}}",
                 own_api(sls), by_name ? form_text(sls, authorizer->lambda->lambda) : NULL,
                 by_name ? alias_of(sls, authorizer->lambda) : NULL,
                 by_name ? sls_target(sls, authorizer->lambda) : authorizer->arn),
            event->at);
}

static void compile_route(struct sls *sls, const struct socket_event *event)
{
    const struct socket_authorizer *authorizer = event->authorizer;
    sls_add(
        sls, route_id(sls, event->route),
        form(sls,
             "{'Type': 'AWS::ApiGatewayV2::Route', 'Properties': {'ApiId': %v, 'RouteKey': '%s', "
             "'AuthorizationType': '%s', 'Target': {'Fn::Join': ['/', ['integrations', {'Ref': "
             "'%sWebsocketsIntegration'}]]}, 'RouteResponseSelectionExpression': %v, 'AuthorizerId': %v}}",
             api_id(sls), event->route, authorizer ? "CUSTOM" : "NONE", event->function->id, event->response,
             authorizer ? form(sls, "{'Ref': '%s'}", authorizer_id(sls, authorizer)) : NULL),
        event->at);
}

static bool setting(const struct value *logs, const char *name)
{
    const struct value *given = if_given(value_get(logs, name));
    return !given || truthy(given);
}

static struct value *log_settings(struct sls *sls, const struct value *logs)
{
    struct value *level = !setting(logs, "executionLogging")
                              ? form_text(sls, "OFF")
                              : truthy_or(value_get(logs, "level"), form_text(sls, "INFO"));
    struct value *format = truthy_or(
        value_get(logs, "format"),
        form_text(sls,
                  "$context.identity.sourceIp $context.identity.caller $context.identity.user "
                  "[$context.requestTime] \"$context.eventType $context.routeKey $context.connectionId\" "
                  "$context.requestId"));
    struct value *access =
        form(sls,
             "{'DestinationArn': {'Fn::Sub': 'arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:"
             "log-group:${WebsocketsLogGroup}'}, 'Format': %v}",
             format);
    return form(
        sls,
        "{'DefaultRouteSettings': {'DataTraceEnabled': %v, 'LoggingLevel': %v}, 'AccessLogSettings': %v}",
        value_bool(sls->arena, setting(logs, "fullExecutionData")), level,
        setting(logs, "accessLogging") ? access : NULL);
}

static void compile_stage(struct sockets *sockets)
{
    struct sls *sls = sockets->sls;
    const struct value *logs = value_path(sls->provider, "logs", "websocket", NULL);
    if (is_external(sls))
        return;
    struct value *properties = form(sls, "{'ApiId': %v, 'StageName': '%s', 'Description': '%s'}", api_id(sls),
                                    sls->stage, sockets->description);
    if (truthy(logs))
        sls_merge(sls, properties, log_settings(sls, logs));
    sls_put(sls, "WebsocketsDeploymentStage",
            form(sls, "{'Type': 'AWS::ApiGatewayV2::Stage', 'Properties': %v}", properties), sls->provider);
    if (!truthy(logs))
        return;
    sls_put(sls, "WebsocketsLogGroup",
            sls_log_group(sls, textf(sls, "/aws/websocket/%s-%s", sls->name, sls->stage), NULL), logs);
    /* Both kinds of API ask for the account's role by the same setting. */
    if (!truthy(value_path(sls->provider, "logs", "restApi", "roleManagedExternally", NULL)))
        sls_unsupported(
            sls, logs,
            "'logs.websocket' without 'logs.restApi.roleManagedExternally: true' is not supported");
}

static bool belongs_to_api(const struct value_entry *entry)
{
    const struct value *depends_on = value_get(entry->value, "DependsOn");
    if (str_is(entry->key, "WebsocketsApi") ||
        value_is_text(value_path(entry->value, "Properties", "ApiId", "Ref", NULL), "WebsocketsApi"))
        return true;
    for (size_t i = 0; value_is(depends_on, VALUE_LIST) && i < depends_on->count; i++)
        if (value_is_text(depends_on->items[i], "WebsocketsApi"))
            return true;
    return false;
}

static const char *deployment_id(struct sls *sls)
{
    unsigned char digest[SHA256_SIZE];
    struct value *own = value_map(sls->arena);
    for (size_t i = 0; i < sls->resources->count; i++)
        if (belongs_to_api(&sls->resources->entries[i]))
            value_set(sls->arena, own, sls->resources->entries[i].key, sls->resources->entries[i].value);
    sha256(json_text(sls->arena, own, JSON_COMPACT), digest);
    struct str text = base64_encode(sls->arena, (struct str){.ptr = (char *)digest, .len = sizeof digest});
    const char *plain = name_replace(sls, text, "+", "");
    plain = name_replace(sls, str_from(plain), "/", "");
    return textf(sls, "WebsocketsDeployment%s", name_replace(sls, str_from(plain), "=", ""));
}

static void compile_deployment(struct sockets *sockets)
{
    struct sls *sls = sockets->sls;
    struct value *depends_on = value_list(sls->arena);
    for (size_t i = 0; i < sockets->count; i++) {
        const char *id = route_id(sls, sockets->events[i].route);
        if (sockets->events[i].response)
            value_append(sls->arena, depends_on, form_text(sls, textf(sls, "%sResponse", id)));
        value_append(sls->arena, depends_on, form_text(sls, id));
    }
    const char *id = deployment_id(sls);
    sls_add(sls, id,
            form(sls,
                 "{'Type': 'AWS::ApiGatewayV2::Deployment', 'DependsOn': %v, 'Properties': {'ApiId': %v, "
                 "'Description': '%s', 'StageName': %v}}",
                 depends_on, api_id(sls), sockets->description,
                 is_external(sls) ? form_text(sls, sls->stage) : NULL),
            sls->provider);
    sls_output(sls, "ServiceEndpointWebsocket", "URL of the service endpoint",
               form(sls,
                    "{'Fn::Join': ['', ['wss://', %v, '.execute-api.', {'Ref': 'AWS::Region'}, '.', {'Ref': "
                    "'AWS::URLSuffix'}, '/%s']]}",
                    api_id(sls), sls->stage));
    struct value *stage = value_path(sls->resources, "WebsocketsDeploymentStage", "Properties", NULL);
    if (stage)
        value_setz(sls->arena, stage, "DeploymentId", form(sls, "{'Ref': '%s'}", id));
}

static void count(struct sls *sls, const struct sls_event *event, void *self)
{
    (void)sls;
    (void)event;
    ++*(size_t *)self;
}

void compile_websocket(struct sls *sls)
{
    static void (*const steps[])(struct sls *, const struct socket_event *) = {
        compile_integration, compile_response, compile_authorizer, compile_permissions, compile_route};
    struct value *description = value_get(sls->provider, "websocketsDescription");
    struct sockets sockets = {.sls = sls, .description = "Serverless Websockets"};
    size_t total = 0;
    if (truthy(description))
        sockets.description = text_of(sls, description);
    each_event(sls, "websocket", count, &total);
    sockets.events = arena_array(sls->arena, total + 1, sizeof *sockets.events);
    each_event(sls, "websocket", collect, &sockets);
    if (!sockets.count || sls->failed)
        return;
    compile_api(&sockets);
    for (size_t s = 0; s < ARRAY_LENGTH(steps); s++)
        for (size_t i = 0; i < sockets.count; i++)
            steps[s](sls, &sockets.events[i]);
    compile_stage(&sockets);
    if (!sls->failed)
        compile_deployment(&sockets);
}
