#include "environments/serverless/compile.h"

/* Events `httpApi`: one HTTP API of API Gateway. */

static const char *const methods[] = {"ANY", "GET", "POST", "PUT", "PATCH", "OPTIONS", "HEAD", "DELETE"};

struct http_api {
    struct sls *sls;
    struct value *settings;     /* provider.httpApi */
    struct value *cors;         /* of the API, or NULL */
    struct value *cors_methods; /* the list in it that the routes fill; or NULL: it was given */
    struct value *routes;       /* route key -> {function, authorizer} */
    struct value *log_format;   /* or NULL */
};

static struct value *api_id(struct http_api *api)
{
    struct value *given = value_get(api->settings, "id");
    return truthy(given) ? given : form(api->sls, "{'Ref': 'HttpApi'}");
}

static bool is_external(const struct http_api *api)
{
    return truthy(value_get(api->settings, "id"));
}

static void read_cors(struct http_api *api)
{
    struct sls *sls = api->sls;
    struct value *given = value_get(api->settings, "cors"), *value;
    if (!truthy(given))
        return;
    if (is_external(api))
        sls_fail(sls, given, "CORS cannot be set up for an HTTP API given by 'id'");
    if (!truthy(value_get(given, "allowedMethods")))
        api->cors_methods = form(sls, "['OPTIONS']");
    value = value_get(given, "allowedHeaders");
    struct value *headers = truthy(value)
                                ? unique_list(sls, value)
                                : form(sls, "['Content-Type', 'X-Amz-Date', 'Authorization', 'X-Api-Key', "
                                            "'X-Amz-Security-Token', 'X-Amz-User-Agent', 'X-Amzn-Trace-Id']");
    value = value_get(given, "allowedOrigins");
    struct value *origins = truthy(value) ? unique_list(sls, value) : form(sls, "['*']");
    value = value_get(given, "exposedResponseHeaders");
    api->cors =
        form(sls,
             "{'AllowCredentials': %v, 'AllowHeaders': %v, 'AllowMethods': %v, 'AllowOrigins': %v, "
             "'ExposeHeaders': %v, 'MaxAge': %v}",
             if_truthy(value_get(given, "allowCredentials")), headers,
             api->cors_methods ? api->cors_methods : unique_list(sls, value_get(given, "allowedMethods")),
             origins, truthy(value) ? unique_list(sls, value) : NULL, if_given(value_get(given, "maxAge")));
}

static void add_cors_method(struct http_api *api, const char *method)
{
    struct value *list = api->cors_methods;
    for (size_t i = 0; i < list->count; i++)
        if (value_is_text(list->items[i], method))
            return;
    value_append(api->sls->arena, list, form_text(api->sls, method));
}

static void fill_cors_methods(struct http_api *api, const char *method)
{
    if (!api->cors_methods)
        return;
    if (!str_is(str_from(method), "ANY"))
        add_cors_method(api, method);
    for (size_t i = 1; str_is(str_from(method), "ANY") && i < ARRAY_LENGTH(methods); i++)
        add_cors_method(api, methods[i]);
}

static const char *known_method(struct sls *sls, struct str given)
{
    if (str_is(given, "*"))
        return "ANY";
    for (size_t i = 0; i < ARRAY_LENGTH(methods); i++)
        if (str_equal_nocase(given, str_from(methods[i])))
            return methods[i];
    (void)sls;
    return NULL;
}

/* "*" for the default route, else "GET /path". */
static const char *route_key(struct http_api *api, const struct sls_event *event, const char **method)
{
    struct sls *sls = api->sls;
    const char *key = event->function->key;
    bool map = event->value->kind == VALUE_MAP;
    struct str given = value_text(event->value), verb = value_get_text(event->value, "method");
    struct str path = value_get_text(event->value, "path");
    if (!map) {
        size_t space = str_find(given, ' ');
        verb = space < given.len ? str_slice(given, 0, space) : STR_EMPTY;
        path = space < given.len ? str_from_index(given, space + 1) : given;
    }
    *method = "ANY";
    if (str_is(path, "*")) {
        if (verb.len && !str_is(verb, "*"))
            sls_fail(sls, event->value, "event 'httpApi' of function '%s': path '*' takes every method", key);
        return "*";
    }
    *method = known_method(sls, verb);
    if (!*method || !path.len) {
        sls_fail(sls, event->value,
                 "event 'httpApi' of function '%s' needs a method and a path, like 'GET /x'", key);
        return "*";
    }
    return textf(sls, "%s %.*s", *method, STR_ARG(path));
}

static void check_authorizer(struct http_api *api, const struct value *authorizer)
{
    struct sls *sls = api->sls;
    bool map = value_is(authorizer, VALUE_MAP);
    const struct value *name = map ? value_get(authorizer, "name") : authorizer;
    const struct value *id = map ? value_get(authorizer, "id") : NULL;
    if (value_is_text(value_get(authorizer, "type"), "aws_iam")) {
        if (truthy(name) || truthy(id) || truthy(value_get(authorizer, "scopes")))
            sls_fail(sls, authorizer, "an authorizer of type aws_iam takes nothing else");
        return;
    }
    if (truthy(id) && !is_external(api))
        sls_fail(sls, authorizer, "an authorizer given by 'id' needs an HTTP API given by 'id'");
    if (!truthy(id) && !truthy(name))
        sls_fail(sls, authorizer, "an authorizer needs 'id' or 'name'");
    else if (!truthy(id) && !value_get_str(value_get(api->settings, "authorizers"), name->text))
        sls_fail(sls, authorizer, "there is no authorizer '%.*s' in 'provider.httpApi.authorizers'",
                 STR_ARG(name->text));
}

static void read_route(struct sls *sls, const struct sls_event *event, void *self)
{
    struct http_api *api = self;
    const char *method, *key = route_key(api, event, &method);
    struct value *authorizer = value_get(event->value, "authorizer");
    if (sls->failed)
        return;
    if (*key != '*' && value_get(api->routes, key))
        sls_fail(sls, event->value, "route '%s' is there twice", key);
    if (truthy(authorizer))
        check_authorizer(api, authorizer);
    value_setz(sls->arena, api->routes, key,
               value_at_position_of(form(sls, "{'function': '%s', 'authorizer': %v}", event->function->key,
                                         if_truthy(authorizer)),
                                    event->value));
    fill_cors_methods(api, method);
}

static const char *api_name(struct http_api *api)
{
    struct sls *sls = api->sls;
    struct value *given = value_get(api->settings, "name");
    if (truthy(given))
        return text_of(sls, given);
    bool service_first = truthy(value_get(api->settings, "shouldStartNameWithService"));
    return textf(sls, "%s-%s", service_first ? sls->name : sls->stage,
                 service_first ? sls->stage : sls->name);
}

static const char *stack_name(struct sls *sls)
{
    struct value *given = value_get(sls->provider, "stackName");
    return truthy(given) ? text_of(sls, given) : textf(sls, "%s-%s", sls->name, sls->stage);
}

static void read_logs(struct http_api *api)
{
    struct sls *sls = api->sls;
    struct value *logs = value_path(sls->provider, "logs", "httpApi", NULL);
    if (!truthy(logs))
        return;
    if (is_external(api))
        sls_fail(sls, logs, "logs cannot be set up for an HTTP API given by 'id'");
    api->log_format = truthy_or(
        value_get(logs, "format"),
        form_text(sls, "{\"requestId\":\"$context.requestId\",\"ip\":\"$context.identity.sourceIp\","
                       "\"requestTime\":\"$context.requestTime\",\"httpMethod\":\"$context.httpMethod\","
                       "\"routeKey\":\"$context.routeKey\",\"status\":\"$context.status\","
                       "\"protocol\":\"$context.protocol\",\"responseLength\":\"$context.responseLength\"}"));
    sls_put(sls, "HttpApiLogGroup", sls_log_group(sls, textf(sls, "/aws/http-api/%s", stack_name(sls)), NULL),
            logs);
}

static void compile_api(struct http_api *api)
{
    struct sls *sls = api->sls;
    struct value *tags = if_truthy(value_get(sls->provider, "tags"));
    struct value *metrics = value_get(api->settings, "metrics");
    struct value *logs =
        api->log_format
            ? form(sls, "{'DestinationArn': {'Fn::GetAtt': ['HttpApiLogGroup', 'Arn']}, 'Format': %v}",
                   api->log_format)
            : NULL;
    sls_put(sls, "HttpApi",
            form(sls,
                 "{'Type': 'AWS::ApiGatewayV2::Api', 'Properties': {'Name': '%s', 'ProtocolType': 'HTTP', "
                 "'DisableExecuteApiEndpoint': %v, 'Tags': %v, 'CorsConfiguration': %v}}",
                 api_name(api), if_given(value_get(api->settings, "disableDefaultEndpoint")), tags,
                 api->cors),
            sls->provider);
    sls_put(
        sls, "HttpApiStage",
        form(sls,
             "{'Type': 'AWS::ApiGatewayV2::Stage', 'Properties': {'ApiId': {'Ref': 'HttpApi'}, 'StageName': "
             "'$default', 'AutoDeploy': true, 'DefaultRouteSettings': {'DetailedMetricsEnabled': %v}, "
             "'Tags': %v, 'AccessLogSettings': %v}, 'DependsOn': %v}",
             value_bool(sls->arena, truthy(metrics)), tags, logs,
             logs ? form_text(sls, "HttpApiLogGroup") : NULL),
        sls->provider);
    sls_output(sls, "HttpApiId", "Id of the HTTP API", form(sls, "{'Ref': 'HttpApi'}"));
    sls_output(sls, "HttpApiUrl", "URL of the HTTP API",
               form(sls, "{'Fn::Join': ['', ['https://', {'Ref': 'HttpApi'}, '.execute-api.', {'Ref': "
                         "'AWS::Region'}, '.', {'Ref': 'AWS::URLSuffix'}]]}"));
}

static struct value *source_arn(struct http_api *api)
{
    return form(
        api->sls,
        "{'Fn::Join': ['', ['arn:', {'Ref': 'AWS::Partition'}, ':execute-api:', {'Ref': 'AWS::Region'}, "
        "':', {'Ref': 'AWS::AccountId'}, ':', %v, '/*']]}",
        api_id(api));
}

static void compile_lambda_authorizer(struct http_api *api, const char *name, const struct value *given,
                                      struct value *resource)
{
    struct sls *sls = api->sls;
    struct value *properties = value_get(resource, "Properties"), *arn = value_get(given, "functionArn");
    struct value *function = value_get(given, "functionName");
    const struct sls_function *f = truthy(function) ? sls_function(sls, function->text) : NULL;
    if (truthy(arn) == truthy(function))
        sls_fail(sls, given, "authorizer '%s' needs one of 'functionArn' and 'functionName'", name);
    else if (truthy(function) && !f)
        sls_fail(sls, function, "authorizer '%s': there is no function '%.*s'", name,
                 STR_ARG(function->text));
    if (truthy(value_get(given, "resultTtlInSeconds")) && !truthy(value_get(given, "identitySource")))
        sls_fail(sls, given, "authorizer '%s': 'resultTtlInSeconds' needs 'identitySource'", name);
    if (sls->failed)
        return;
    struct value *target = f ? sls_target(sls, f) : arn;
    sls_merge(
        sls, properties,
        form(sls,
             "{'AuthorizerType': 'REQUEST', 'EnableSimpleResponses': %v, 'AuthorizerResultTtlInSeconds': "
             "%v, 'AuthorizerPayloadFormatVersion': %v, 'AuthorizerUri': {'Fn::Join': ['', ['arn:', "
             "{'Ref': 'AWS::Partition'}, ':apigateway:', {'Ref': 'AWS::Region'}, "
             "':lambda:path/2015-03-31/functions/', %v, '/invocations']]}}",
             value_get(given, "enableSimpleResponses"), value_get(given, "resultTtlInSeconds"),
             truthy_or(value_get(given, "payloadVersion"), form_text(sls, "2.0")), target));
    if (f && f->alias)
        value_setz(sls->arena, resource, "DependsOn", alias_of(sls, f));
    if (truthy(value_get(given, "managedExternally")))
        return;
    sls_put(sls, textf(sls, "%sLambdaAuthorizerPermissionHttpApi", name_resource(sls, str_from(name))),
            form(sls,
                 "{'Type': 'AWS::Lambda::Permission', 'Properties': {'FunctionName': %v, 'Action': "
                 "'lambda:InvokeFunction', 'Principal': 'apigateway.amazonaws.com', 'SourceArn': %v}, "
                 "'DependsOn': %v}",
                 target, source_arn(api), f ? alias_of(sls, f) : NULL),
            given);
}

static const char *authorizer_name(struct http_api *api, struct str key)
{
    const struct value *given = value_get_str(value_get(api->settings, "authorizers"), key);
    struct value *name = value_get(given, "name");
    return truthy(name) ? text_of(api->sls, name) : arena_strz(api->sls->arena, key);
}

static const char *authorizer_id(struct http_api *api, struct str key)
{
    return textf(api->sls, "HttpApiAuthorizer%s",
                 name_resource(api->sls, str_from(authorizer_name(api, key))));
}

static void compile_authorizer(struct http_api *api, const struct value_entry *entry)
{
    struct sls *sls = api->sls;
    struct value *given = entry->value, *source = value_get(given, "identitySource");
    const char *name = authorizer_name(api, entry->key);
    struct value *sources = !truthy(source)              ? value_list(sls->arena)
                            : source->kind == VALUE_LIST ? source
                                                         : form(sls, "[%v]", source);
    struct value *resource =
        form(sls,
             "{'Type': 'AWS::ApiGatewayV2::Authorizer', 'Properties': {'ApiId': %v, 'Name': '%s', "
             "'IdentitySource': %v}}",
             api_id(api), name, sources);
    bool lambda = value_is_text(value_get(given, "type"), "request");
    if (!lambda && !truthy(value_get(given, "audience")))
        sls_fail(sls, given, "authorizer '%s' needs 'audience', or type 'request'", name);
    if (lambda)
        compile_lambda_authorizer(api, name, given, resource);
    else
        sls_merge(sls, value_get(resource, "Properties"),
                  form(sls, "{'AuthorizerType': 'JWT', 'JwtConfiguration': {'Audience': %v, 'Issuer': %v}}",
                       unique_list(sls, value_get(given, "audience")), value_get(given, "issuerUrl")));
    sls_put(sls, authorizer_id(api, entry->key), resource, given);
}

static void compile_integration(struct http_api *api, const struct sls_function *f)
{
    struct sls *sls = api->sls;
    struct value *payload = truthy_or(value_path(f->config, "httpApi", "payload", NULL),
                                      truthy_or(value_get(api->settings, "payload"), form_text(sls, "2.0")));
    sls_put(sls, textf(sls, "%sLambdaPermissionHttpApi", f->id),
            sls_permission(sls, f, "apigateway.amazonaws.com", source_arn(api)), f->config);
    sls_put(sls, textf(sls, "HttpApiIntegration%s", f->id),
            form(sls,
                 "{'Type': 'AWS::ApiGatewayV2::Integration', 'DependsOn': %v, 'Properties': {'ApiId': %v, "
                 "'IntegrationType': 'AWS_PROXY', 'IntegrationUri': %v, 'PayloadFormatVersion': %v, "
                 "'TimeoutInMillis': 30000}}",
                 alias_of(sls, f), api_id(api), sls_target(sls, f), payload),
            f->config);
}

static void authorize(struct http_api *api, const struct value *authorizer, struct value *properties)
{
    struct sls *sls = api->sls;
    bool map = value_is(authorizer, VALUE_MAP);
    struct value *id = map ? value_get(authorizer, "id") : NULL, *scopes = value_get(authorizer, "scopes");
    struct str name = map ? value_get_text(authorizer, "name") : value_text(authorizer);
    const struct value *type = value_get(authorizer, "type");
    if (!truthy(id) && !value_is_text(type, "aws_iam"))
        type = value_path(api->settings, "authorizers", arena_strz(sls->arena, name), "type", NULL);
    bool iam = value_is_text(type, "aws_iam");
    const char *kind = iam ? "AWS_IAM" : value_is_text(type, "request") ? "CUSTOM" : "JWT";
    value_setz(sls->arena, properties, "AuthorizationType", form_text(sls, kind));
    if (iam)
        return;
    value_setz(sls->arena, properties, "AuthorizerId",
               truthy(id) ? id : form(sls, "{'Ref': '%s'}", authorizer_id(api, name)));
    if (truthy(scopes))
        value_setz(sls->arena, properties, "AuthorizationScopes", unique_list(sls, scopes));
}

static void compile_route(struct http_api *api, const struct value_entry *route)
{
    struct sls *sls = api->sls;
    const struct sls_function *f = sls_function(sls, value_get_text(route->value, "function"));
    bool all = str_is(route->key, "*");
    const char *integration = textf(sls, "HttpApiIntegration%s", f->id);
    const char *id = all ? "HttpApiRouteDefault" : textf(sls, "HttpApiRoute%s", name_path(sls, route->key));
    struct value *properties = form(
        sls, "{'ApiId': %v, 'RouteKey': %v, 'Target': {'Fn::Join': ['/', ['integrations', {'Ref': '%s'}]]}}",
        api_id(api), all ? form_text(sls, "$default") : value_string(sls->arena, route->key), integration);
    compile_integration(api, f);
    if (value_get(route->value, "authorizer"))
        authorize(api, value_get(route->value, "authorizer"), properties);
    sls_put(sls, id,
            form(sls, "{'Type': 'AWS::ApiGatewayV2::Route', 'Properties': %v, 'DependsOn': '%s'}", properties,
                 integration),
            route->value);
}

void compile_http_api(struct sls *sls)
{
    struct http_api api = {
        .sls = sls, .settings = value_get(sls->provider, "httpApi"), .routes = value_map(sls->arena)};
    const struct value *authorizers = value_get(api.settings, "authorizers");
    read_cors(&api);
    each_event(sls, "httpApi", read_route, &api);
    if (!api.routes->count || sls->failed)
        return;
    if (truthy(authorizers) && is_external(&api))
        sls_fail(sls, authorizers, "authorizers cannot be set up for an HTTP API given by 'id'");
    read_logs(&api);
    if (!is_external(&api))
        compile_api(&api);
    for (size_t i = 0; value_is(authorizers, VALUE_MAP) && i < authorizers->count; i++)
        compile_authorizer(&api, &authorizers->entries[i]);
    for (size_t i = 0; i < api.routes->count && !sls->failed; i++)
        compile_route(&api, &api.routes->entries[i]);
}
