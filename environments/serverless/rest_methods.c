#include "environments/serverless/rest.h"

/* AWS::ApiGateway::Method of each event, with its integration and responses. */

static bool type_is(const struct rest_event *event, const char *type)
{
    return str_is(str_from(event->integration), type);
}

static bool is_mapped(const struct rest_event *event)
{
    return !str_ends(str_from(event->integration), "_PROXY");
}

static struct value *request(const struct rest_event *event, const char *name)
{
    return value_path(event->http, "request", name, NULL);
}

static struct value *method_parameters(struct sls *sls, const struct rest_event *event)
{
    struct value *all = value_map(sls->arena);
    for (size_t i = 0; event->parameters && i < event->parameters->count; i++) {
        struct value *setting = event->parameters->entries[i].value;
        struct value *required =
            setting->kind == VALUE_MAP ? if_given(value_get(setting, "required")) : setting;
        value_set(sls->arena, all, event->parameters->entries[i].key,
                  required ? required : value_bool(sls->arena, true));
    }
    return all;
}

static struct value *integration_parameters(struct sls *sls, const struct rest_event *event)
{
    bool async = truthy(value_get(event->http, "async"));
    bool takes = !type_is(event, "AWS_PROXY") && !type_is(event, "MOCK") && event->parameters &&
                 event->parameters->count;
    if (!takes && !async)
        return NULL;
    struct value *all = value_map(sls->arena);
    for (size_t i = 0; event->parameters && i < event->parameters->count; i++) {
        struct value_entry *entry = &event->parameters->entries[i];
        struct str key = str_from_index(entry->key, sizeof "method." - 1);
        value_setz(sls->arena, all, textf(sls, "integration.%.*s", STR_ARG(key)),
                   truthy_or(value_get(entry->value, "mappedValue"), value_string(sls->arena, entry->key)));
    }
    if (async)
        value_setz(sls->arena, all, "integration.request.header.X-Amz-Invocation-Type",
                   form_text(sls, "'Event'"));
    return all;
}

static const char *claims_text(struct sls *sls, const struct rest_event *event)
{
    const struct value *claims = event->authorizer ? event->authorizer->claims : NULL;
    const char *text = "";
    for (size_t i = 0; value_is(claims, VALUE_LIST) && i < claims->count; i++) {
        struct str claim = value_text(claims->items[i]);
        size_t colon = str_find(claim, ':');
        if (colon < claim.len)
            text = textf(sls, "%s\"%.*s\": \"$context.authorizer.claims['%.*s']\",", text,
                         STR_ARG(str_from_index(claim, colon + 1)), STR_ARG(claim));
        else
            text = textf(sls, "%s\"%.*s\": \"$context.authorizer.claims.%.*s\",", text, STR_ARG(claim),
                         STR_ARG(claim));
    }
    return text;
}

static struct value *with_claims(struct sls *sls, struct str template, const char *claims)
{
    static const char place[] = "extraCognitoPoolClaims";
    for (size_t i = 0; i + sizeof place <= template.len; i++)
        if (str_starts(str_from_index(template, i), place))
            return form_text(sls, textf(sls, "%.*s%s%.*s", (int)i, template.ptr, claims,
                                        STR_ARG(str_from_index(template, i + sizeof place - 1))));
    return value_string(sls->arena, template);
}

/* The framework has mapping templates of its own for these, which are its code and so not here. */
static const char *const defaulted[] = {"application/json", "application/x-www-form-urlencoded"};

static struct value *request_templates(struct sls *sls, const struct rest_event *event)
{
    struct value *templates = value_map(sls->arena), *given = request(event, "template");
    const char *claims = claims_text(sls, event);
    for (size_t i = 0; type_is(event, "AWS") && i < ARRAY_LENGTH(defaulted); i++)
        if (!value_get(given, defaulted[i]))
            sls_unsupported(sls, event->http,
                            "event 'http' of function '%s': integration 'lambda' without a "
                            "'request.template' for '%s' takes the framework's own",
                            event->function->key, defaulted[i]);
    for (size_t i = 0; value_is(given, VALUE_MAP) && i < given->count; i++)
        if (given->entries[i].value->kind != VALUE_NULL)
            value_set(sls->arena, templates, given->entries[i].key,
                      with_claims(sls, value_text(given->entries[i].value), claims));
    return templates->count ? templates : NULL;
}

/* The headers that every response of the event has. */
static struct value *common_headers(struct sls *sls, const struct rest_event *event)
{
    struct value *headers = value_map(sls->arena);
    const struct value *given = value_path(event->http, "response", "headers", NULL);
    const struct value *origins = value_get(event->cors, "origins");
    if (event->cors) {
        const char *origin = text_of(sls, value_get(event->cors, "origin"));
        for (size_t i = 0; value_is(origins, VALUE_LIST) && i < origins->count; i++)
            origin =
                textf(sls, "%s%s%.*s", i ? origin : "", i ? "," : "", STR_ARG(value_text(origins->items[i])));
        value_setz(sls->arena, headers, "Access-Control-Allow-Origin",
                   form_text(sls, textf(sls, "'%s'", origin)));
        if (truthy(value_get(event->cors, "allowCredentials")))
            value_setz(sls->arena, headers, "Access-Control-Allow-Credentials", form_text(sls, "true"));
    }
    for (size_t i = 0; value_is(given, VALUE_MAP) && i < given->count; i++)
        value_set(sls->arena, headers, given->entries[i].key, given->entries[i].value);
    return headers;
}

/* "method.response.header.X" -> the header's text, or true. */
static struct value *response_parameters(struct sls *sls, const struct value *common, const struct value *own,
                                         bool texts)
{
    const struct value *parts[] = {common, own};
    struct value *all = value_map(sls->arena);
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
        for (size_t k = 0; value_is(parts[i], VALUE_MAP) && k < parts[i]->count; k++)
            value_setz(sls->arena, all,
                       textf(sls, "method.response.header.%.*s", STR_ARG(parts[i]->entries[k].key)),
                       texts ? parts[i]->entries[k].value : value_bool(sls->arena, true));
    return all;
}

static struct value *response_templates(struct sls *sls, const struct rest_event *event,
                                        const struct value *response)
{
    struct value *templates = value_map(sls->arena), *own = value_get(response, "template");
    struct value *common = value_path(event->http, "response", "template", NULL);
    if (truthy(common))
        value_setz(sls->arena, templates, "application/json", common);
    if (value_is(own, VALUE_MAP))
        sls_merge(sls, templates, own);
    else if (truthy(own))
        value_setz(sls->arena, templates, "application/json", own);
    return templates;
}

static struct value *integration_responses(struct sls *sls, const struct rest_event *event)
{
    struct value *list = value_list(sls->arena), *common = common_headers(sls, event);
    struct value *handling = value_path(event->http, "response", "contentHandling", NULL);
    for (size_t i = 0; event->responses && i < event->responses->count; i++) {
        const struct value_entry *entry = &event->responses->entries[i];
        value_append(sls->arena, list,
                     form(sls,
                          "{'StatusCode': %v, 'SelectionPattern': %v, 'ResponseParameters': %v, "
                          "'ResponseTemplates': %v, "
                          "'ContentHandling': %v}",
                          value_string(sls->arena, entry->key),
                          truthy_or(value_get(entry->value, "pattern"), form_text(sls, "")),
                          response_parameters(sls, common, value_get(entry->value, "headers"), true),
                          response_templates(sls, event, entry->value),
                          str_starts(entry->key, "2") ? handling : NULL));
    }
    return list;
}

static struct value *method_responses(struct sls *sls, const struct rest_event *event)
{
    struct value *list = value_list(sls->arena), *common = common_headers(sls, event);
    for (size_t i = 0; is_mapped(event) && event->responses && i < event->responses->count; i++)
        value_append(sls->arena, list,
                     form(sls, "{'ResponseParameters': %v, 'ResponseModels': {}, 'StatusCode': %v}",
                          response_parameters(
                              sls, common, value_get(event->responses->entries[i].value, "headers"), false),
                          value_string(sls->arena, event->responses->entries[i].key)));
    return list;
}

static struct value *integration_uri(struct sls *sls, const struct rest_event *event)
{
    const struct sls_function *f = event->function;
    if (type_is(event, "MOCK"))
        return NULL;
    if (str_starts(str_from(event->integration), "HTTP"))
        return request(event, "uri");
    return form(
        sls,
        "{'Fn::Join': ['', ['arn:', {'Ref': 'AWS::Partition'}, ':apigateway:', {'Ref': 'AWS::Region'}, "
        "':lambda:path/2015-03-31/functions/', {'Fn::GetAtt': ['%s', 'Arn']}, %v, %v, "
        "'/invocations']]}",
        f->lambda, f->alias ? form_text(sls, ":") : NULL, f->alias ? form_text(sls, f->alias_name) : NULL);
}

static const char *capitals(struct sls *sls, const char *text)
{
    char *copy = arena_strz(sls->arena, str_from(text));
    for (size_t i = 0; copy[i]; i++)
        if (copy[i] >= 'a' && copy[i] <= 'z')
            copy[i] = (char)(copy[i] - 'a' + 'A');
    return copy;
}

static struct value *integration_of(struct sls *sls, const struct rest_event *event)
{
    bool http = str_starts(str_from(event->integration), "HTTP"), mapped = is_mapped(event);
    struct value *method = request(event, "method"), *connection = value_get(event->http, "connectionType");
    const char *verb = http ? (truthy(method) ? text_of(sls, method) : event->method) : "POST";
    bool linked = http && truthy(connection);
    struct value *through = if_truthy(request(event, "passThrough"));
    if (!through && type_is(event, "AWS"))
        through = form_text(sls, "NEVER");
    return form(
        sls,
        "{'IntegrationHttpMethod': '%s', 'Type': '%s', 'Uri': %v, 'ConnectionType': %v, 'ConnectionId': %v, "
        "'PassthroughBehavior': %v, 'ContentHandling': %v, 'RequestTemplates': %v, 'IntegrationResponses': "
        "%v, "
        "'RequestParameters': %v}",
        capitals(sls, verb), event->integration, integration_uri(sls, event),
        linked ? form_text(sls, capitals(sls, name_replace(sls, value_text(connection), "-", "_"))) : NULL,
        linked ? value_get(event->http, "connectionId") : NULL, mapped ? through : NULL,
        mapped ? request(event, "contentHandling") : NULL, mapped ? request_templates(sls, event) : NULL,
        mapped ? integration_responses(sls, event) : NULL, integration_parameters(sls, event));
}

static void authorize(struct sls *sls, const struct rest_authorizer *authorizer, struct value *properties,
                      struct value *depends_on)
{
    struct str type = authorizer && authorizer->type ? str_from(authorizer->type) : STR_EMPTY;
    const char *kind = "NONE";
    struct value *id = NULL;
    if (authorizer && str_is(type, "AWS_IAM")) {
        kind = "AWS_IAM";
    } else if (authorizer && authorizer->id) {
        bool lambda = str_equal_nocase(type, STR("TOKEN")) || str_equal_nocase(type, STR("REQUEST"));
        kind = lambda ? "CUSTOM" : authorizer->type;
        id = authorizer->id;
    } else if (authorizer) {
        const char *made =
            textf(sls, "%sApiGatewayAuthorizer", name_resource(sls, str_from(authorizer->name)));
        kind = authorizer->cognito ? "COGNITO_USER_POOLS" : "CUSTOM";
        id = form(sls, "{'Ref': '%s'}", made);
        /* lodash's merge puts it in the place of the first dependency. */
        depends_on->items[0] = form_text(sls, made);
    }
    value_setz(sls->arena, properties, "AuthorizationType", form_text(sls, kind));
    if (id)
        value_setz(sls->arena, properties, "AuthorizerId", id);
    if (id && authorizer->cognito && authorizer->scopes && authorizer->scopes->count)
        value_setz(sls->arena, properties, "AuthorizationScopes", authorizer->scopes);
}

static void compile_method(struct rest *rest, const struct rest_event *event)
{
    struct sls *sls = rest->sls;
    const struct sls_function *f = event->function;
    const char *id = rest_method_id(rest, event->path, event->method);
    struct value *depends_on = form(sls, "['%sLambdaPermissionApiGateway', %v]", f->id, alias_of(sls, f));
    struct value *properties =
        form(sls,
             "{'HttpMethod': '%s', 'RequestParameters': %v, 'ResourceId': %v, 'RestApiId': %v, "
             "'OperationName': %v, 'ApiKeyRequired': %v}",
             capitals(sls, event->method), method_parameters(sls, event), rest_resource_id(rest, event->path),
             rest_api_id(rest), value_get(event->http, "operationId"),
             value_bool(sls->arena, truthy(value_get(event->http, "private"))));
    authorize(sls, event->authorizer, properties, depends_on);
    value_setz(sls->arena, properties, "Integration", integration_of(sls, event));
    value_setz(sls->arena, properties, "MethodResponses", method_responses(sls, event));
    value_append(sls->arena, rest->method_ids, form_text(sls, id));
    sls_add(sls, id,
            form(sls, "{'Type': 'AWS::ApiGateway::Method', 'Properties': %v, 'DependsOn': %v}", properties,
                 depends_on),
            event->http);
}

void rest_compile_methods(struct rest *rest)
{
    for (size_t i = 0; i < rest->count && !rest->sls->failed; i++)
        compile_method(rest, &rest->events[i]);
}
