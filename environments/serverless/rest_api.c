#include "environments/serverless/rest.h"

/* The API itself, its tree of paths and its deployment. */

struct value *rest_api_id(struct rest *rest)
{
    struct value *given = value_get(rest->settings, "restApiId");
    return truthy(given) ? value_copy(rest->sls->arena, given)
                         : form(rest->sls, "{'Ref': 'ApiGatewayRestApi'}");
}

struct value *rest_source_arn(struct rest *rest)
{
    return form(
        rest->sls,
        "{'Fn::Join': ['', ['arn:', {'Ref': 'AWS::Partition'}, ':execute-api:', {'Ref': 'AWS::Region'}, "
        "':', {'Ref': 'AWS::AccountId'}, ':', %v, '/*/*']]}",
        rest_api_id(rest));
}

struct value *rest_resource_id(struct rest *rest, const char *path)
{
    struct value *root = value_get(rest->settings, "restApiRootResourceId");
    struct value *id = *path ? value_path(rest->resources, path, "id", NULL)
                       : truthy(root)
                           ? root
                           : form(rest->sls, "{'Fn::GetAtt': ['ApiGatewayRestApi', 'RootResourceId']}");
    return value_copy(rest->sls->arena, id);
}

const char *rest_resource_name(struct rest *rest, const char *path)
{
    return *path ? name_path(rest->sls, str_from(path)) : "";
}

const char *rest_method_id(struct rest *rest, const char *path, const char *method)
{
    return textf(rest->sls, "ApiGatewayMethod%s%s", rest_resource_name(rest, path),
                 name_method(rest->sls, str_from(method)));
}

static const char *trimmed_path(struct sls *sls, struct str path)
{
    if (str_starts(path, "/"))
        path = str_from_index(path, 1);
    if (str_ends(path, "/"))
        path.len--;
    return arena_strz(sls->arena, path);
}

/* `restApiResources`: paths of an API that is there already, and their ids. */
static void read_predefined(struct rest *rest)
{
    struct sls *sls = rest->sls;
    const struct value *given = value_get(rest->settings, "restApiResources");
    for (size_t i = 0; truthy(given) && i < given->count; i++) {
        bool list = given->kind == VALUE_LIST;
        struct str path = list ? value_get_text(given->items[i], "path") : given->entries[i].key;
        struct value *id = list ? value_get(given->items[i], "resourceId") : given->entries[i].value;
        value_setz(sls->arena, rest->resources, trimmed_path(sls, path), form(sls, "{'id': %v}", id));
    }
    rest->predefined = rest->resources->count;
}

static bool leads_to_predefined(const struct rest *rest, const char *path)
{
    for (size_t i = 0; i < rest->predefined; i++) {
        struct str given = rest->resources->entries[i].key;
        if (str_starts(given, path) && str_starts(str_from_index(given, str_from(path).len), "/"))
            return true;
    }
    return false;
}

static void compile_path(struct rest *rest, struct str path, const struct value *at)
{
    struct sls *sls = rest->sls;
    size_t slash = str_find_last(path, '/');
    struct str parent = slash < path.len ? str_slice(path, 0, slash) : STR_EMPTY;
    struct str part = slash < path.len ? str_from_index(path, slash + 1) : path;
    const char *name = arena_strz(sls->arena, path);
    if (!path.len || value_get_str(rest->resources, path))
        return;
    if (leads_to_predefined(rest, name))
        sls_fail(sls, at, "'restApiResources' must name path '%s' too", name);
    compile_path(rest, parent, at);
    const char *id = textf(sls, "ApiGatewayResource%s", name_path(sls, path));
    sls_add(sls, id,
            form(sls,
                 "{'Type': 'AWS::ApiGateway::Resource', 'Properties': {'ParentId': %v, 'PathPart': %v, "
                 "'RestApiId': %v}}",
                 rest_resource_id(rest, arena_strz(sls->arena, parent)), value_string(sls->arena, part),
                 rest_api_id(rest)),
            at);
    value_setz(sls->arena, rest->resources, name, form(sls, "{'id': {'Ref': '%s'}}", id));
}

static struct value *resource_policy(struct sls *sls, const struct value *settings)
{
    struct value *statements = value_get(settings, "resourcePolicy");
    if (!truthy(statements) || !statements->count)
        return form_text(sls, "");
    return form(sls, "{'Version': '2012-10-17', 'Statement': %v}", statements);
}

static const char *capitals(struct sls *sls, const struct value *value, const char *otherwise)
{
    char *copy = arena_strz(sls->arena, truthy(value) ? value_text(value) : str_from(otherwise));
    for (size_t i = 0; copy[i]; i++)
        if (copy[i] >= 'a' && copy[i] <= 'z')
            copy[i] = (char)(copy[i] - 'a' + 'A');
    return copy;
}

static const char *api_name(struct sls *sls, const struct value *settings)
{
    struct value *given = value_get(sls->provider, "apiName");
    if (truthy(given))
        return text_of(sls, given);
    bool service_first = truthy(value_get(settings, "shouldStartNameWithService"));
    return textf(sls, "%s-%s", service_first ? sls->name : sls->stage,
                 service_first ? sls->stage : sls->name);
}

static void compile_api(struct rest *rest)
{
    struct sls *sls = rest->sls;
    const struct value *settings = rest->settings;
    struct value *endpoint = value_get(sls->provider, "endpointType");
    struct value *vpc_endpoints = if_truthy(value_get(sls->provider, "vpcEndpointIds"));
    const char *type = capitals(sls, endpoint, "EDGE");
    struct value *source = value_get(settings, "apiKeySourceType");
    if (truthy(value_get(settings, "restApiId")))
        return;
    if (!truthy(endpoint))
        vpc_endpoints = NULL;
    if (vpc_endpoints && !str_is(str_from(type), "PRIVATE"))
        sls_fail(sls, vpc_endpoints, "'vpcEndpointIds' needs endpointType PRIVATE");
    sls_add(sls, "ApiGatewayRestApi",
            form(sls,
                 "{'Type': 'AWS::ApiGateway::RestApi', 'Properties': {'Name': '%s', 'BinaryMediaTypes': %v, "
                 "'DisableExecuteApiEndpoint': %v, 'EndpointConfiguration': {'Types': ['%s'], "
                 "'VpcEndpointIds': %v}, 'Policy': %v, 'ApiKeySourceType': %v, 'MinimumCompressionSize': %v, "
                 "'Description': %v}}",
                 api_name(sls, settings), if_truthy(value_get(settings, "binaryMediaTypes")),
                 if_given(value_get(settings, "disableDefaultEndpoint")), type, vpc_endpoints,
                 resource_policy(sls, settings),
                 truthy(source) ? form_text(sls, capitals(sls, source, "")) : NULL,
                 if_given(value_get(settings, "minimumCompressionSize")),
                 if_truthy(value_get(settings, "description"))),
            sls->provider);
}

void rest_compile_deployment(struct rest *rest)
{
    struct sls *sls = rest->sls;
    struct value *stage = truthy_or(value_get(rest->settings, "stage"), form_text(sls, sls->stage));
    /* The place of the framework's clock, for serverless_settle. */
    rest->deployment_id = "ApiGatewayDeployment0000000000000";
    sls_add(sls, rest->deployment_id,
            form(sls,
                 "{'Type': 'AWS::ApiGateway::Deployment', 'Properties': {'RestApiId': %v, 'StageName': %v, "
                 "'Description': %v}, 'DependsOn': %v}",
                 rest_api_id(rest), stage, if_truthy(value_get(rest->settings, "description")),
                 rest->method_ids),
            sls->provider);
    sls_output(sls, "ServiceEndpoint", "URL of the service endpoint",
               form(sls,
                    "{'Fn::Join': ['', ['https://', %v, '.execute-api.', {'Ref': 'AWS::Region'}, '.', "
                    "{'Ref': 'AWS::URLSuffix'}, '/%s']]}",
                    rest_api_id(rest), sls->stage));
}

static void compile_logs(struct rest *rest)
{
    struct sls *sls = rest->sls;
    const struct value *logs = value_path(sls->provider, "logs", "restApi", NULL);
    const struct value *access = if_given(value_get(logs, "accessLogging"));
    if (!truthy(logs) || (access && !truthy(access)))
        return;
    sls_add(sls, "ApiGatewayLogGroup",
            sls_log_group(sls, textf(sls, "/aws/api-gateway/%s-%s", sls->name, sls->stage), NULL), logs);
    if (!truthy(value_get(logs, "roleManagedExternally")))
        sls_unsupported(sls, logs, "'logs.restApi' without 'roleManagedExternally: true' is not supported");
}

static void collect(struct sls *sls, const struct sls_event *event, void *self)
{
    struct rest *rest = self;
    (void)sls;
    rest_read_event(rest, event, &rest->events[rest->count++]);
}

static void count(struct sls *sls, const struct sls_event *event, void *self)
{
    (void)sls;
    (void)event;
    ++*(size_t *)self;
}

static void check_external(struct rest *rest)
{
    struct sls *sls = rest->sls;
    if (!truthy(value_get(rest->settings, "restApiId")))
        return;
    if (!truthy(value_get(rest->settings, "restApiRootResourceId")))
        sls_fail(sls, rest->settings, "'restApiId' needs 'restApiRootResourceId'");
    if (value_path(sls->provider, "tracing", "apiGateway", NULL))
        sls_fail(sls, rest->settings, "'restApiId' does not go with 'tracing.apiGateway'");
    if (value_path(sls->provider, "logs", "restApi", NULL))
        sls_fail(sls, rest->settings, "'restApiId' does not go with 'logs.restApi'");
}

void compile_rest_api(struct sls *sls)
{
    struct rest rest = {.sls = sls, .settings = value_get(sls->provider, "apiGateway")};
    size_t total = 0;
    each_event(sls, "http", count, &total);
    rest.events = arena_array(sls->arena, total + 1, sizeof *rest.events);
    rest.resources = value_map(sls->arena);
    rest.method_ids = value_list(sls->arena);
    check_external(&rest);
    each_event(sls, "http", collect, &rest);
    if (!rest.count || sls->failed)
        return;
    compile_api(&rest);
    read_predefined(&rest);
    for (size_t i = 0; i < rest.count; i++)
        compile_path(&rest, str_from(rest.events[i].path), rest.events[i].http);
    if (sls->failed)
        return;
    rest_compile_cors(&rest);
    rest_compile_methods(&rest);
    rest_compile_validators(&rest);
    rest_compile_authorizers(&rest);
    rest_compile_deployment(&rest);
    rest_compile_keys(&rest);
    rest_compile_permissions(&rest);
    compile_logs(&rest);
}
