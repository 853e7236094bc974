#include "environments/serverless/rest.h"

/* Validators and models of requests; authorizers. */

static bool has_required(const struct rest_event *event)
{
    for (size_t i = 0; event->parameters && i < event->parameters->count; i++) {
        const struct value *setting = event->parameters->entries[i].value;
        const struct value *required = if_given(value_get(setting, "required"));
        if (setting->kind == VALUE_MAP ? !required || truthy(required) : truthy(setting))
            return true;
    }
    return false;
}

static const char *compile_validator(struct rest *rest)
{
    struct sls *sls = rest->sls;
    const char *id = textf(sls, "ApiGateway%sRequestValidator", name_alphanumeric(sls, str_from(sls->name)));
    if (!sls_has(sls, id))
        sls_put(sls, id,
                form(sls,
                     "{'Type': 'AWS::ApiGateway::RequestValidator', 'Properties': {'RestApiId': %v, "
                     "'ValidateRequestBody': true, 'ValidateRequestParameters': true, 'Name': "
                     "'%s-%s | Validate request body and querystring parameters'}}",
                     rest_api_id(rest), sls->name, sls->stage),
                rest->settings);
    return id;
}

/* `schemas` names one of the provider's, or is a schema, or a map with one in it. */
static const char *compile_model(struct rest *rest, const struct rest_event *event,
                                 const struct value_entry *entry)
{
    struct sls *sls = rest->sls;
    struct value *given = entry->value, *shared = NULL, *settings = NULL, *schema = given;
    if (given->kind != VALUE_MAP)
        shared = value_get_str(value_path(rest->settings, "request", "schemas", NULL), value_text(given));
    const char *id = shared ? textf(sls, "ApiGateway%sModel", name_camel_case(sls, value_text(given)))
                            : textf(sls, "%s%sModel", rest_method_id(rest, event->path, event->method),
                                    name_start_case(sls, entry->key));
    if (shared || truthy(value_get(given, "schema"))) {
        settings = shared ? shared : given;
        schema = truthy_or(value_get(settings, "schema"), settings);
    }
    sls_put(sls, id,
            form(sls,
                 "{'Type': 'AWS::ApiGateway::Model', 'Properties': {'RestApiId': %v, 'Schema': %v, "
                 "'ContentType': %v, 'Name': %v, 'Description': %v}}",
                 rest_api_id(rest), schema,
                 shared ? form_text(sls, "application/json") : value_string(sls->arena, entry->key),
                 if_truthy(value_get(settings, "name")), if_truthy(value_get(settings, "description"))),
            given);
    return id;
}

void rest_compile_validators(struct rest *rest)
{
    struct sls *sls = rest->sls;
    for (size_t i = 0; i < rest->count; i++) {
        const struct rest_event *event = &rest->events[i];
        const struct value *schemas = value_path(event->http, "request", "schemas", NULL);
        struct value *properties =
            value_path(sls->resources, rest_method_id(rest, event->path, event->method), "Properties", NULL);
        bool validates = has_required(event) || (value_is(schemas, VALUE_MAP) && schemas->count);
        if (!validates)
            continue;
        value_setz(sls->arena, properties, "RequestValidatorId",
                   form(sls, "{'Ref': '%s'}", compile_validator(rest)));
        for (size_t k = 0; value_is(schemas, VALUE_MAP) && k < schemas->count; k++) {
            if (!value_get(properties, "RequestModels"))
                value_setz(sls->arena, properties, "RequestModels", value_map(sls->arena));
            value_set(sls->arena, value_get(properties, "RequestModels"), schemas->entries[k].key,
                      form(sls, "{'Ref': '%s'}", compile_model(rest, event, &schemas->entries[k])));
        }
    }
}

static struct value *authorizer_uri(struct sls *sls, const struct rest_authorizer *authorizer)
{
    return form(
        sls,
        "{'Fn::Join': ['', ['arn:', {'Ref': 'AWS::Partition'}, ':apigateway:', {'Ref': 'AWS::Region'}, "
        "':lambda:path/2015-03-31/functions/', %v, '/invocations']]}",
        authorizer->arn);
}

void rest_compile_authorizers(struct rest *rest)
{
    struct sls *sls = rest->sls;
    for (size_t i = 0; i < rest->count; i++) {
        const struct rest_authorizer *authorizer = rest->events[i].authorizer;
        if (!authorizer || !authorizer->arn)
            continue;
        bool cognito = authorizer->cognito;
        const char *type = authorizer->type ? authorizer->type : "TOKEN";
        struct value *kind = form_text(sls, cognito ? "COGNITO_USER_POOLS"
                                            : str_equal_nocase(str_from(type), STR("request")) ? "REQUEST"
                                            : str_equal_nocase(str_from(type), STR("token"))   ? "TOKEN"
                                                                                               : type);
        sls_add(
            sls, textf(sls, "%sApiGatewayAuthorizer", name_resource(sls, str_from(authorizer->name))),
            form(sls,
                 "{'Type': 'AWS::ApiGateway::Authorizer', 'DependsOn': %v, 'Properties': "
                 "{'AuthorizerResultTtlInSeconds': %v, 'IdentitySource': %v, 'Name': '%s', 'RestApiId': %v, "
                 "'IdentityValidationExpression': %v, 'Type': %v, 'ProviderARNs': %v, 'AuthorizerUri': %v}}",
                 authorizer->alias ? form_text(sls, authorizer->alias) : NULL, authorizer->ttl,
                 authorizer->identity_source ? form_text(sls, authorizer->identity_source) : NULL,
                 authorizer->name, rest_api_id(rest), authorizer->expression, kind,
                 cognito ? form(sls, "[%v]", authorizer->arn) : NULL,
                 cognito ? NULL : authorizer_uri(sls, authorizer)),
            rest->events[i].http);
    }
}

static void permit_authorizer(struct rest *rest, const struct rest_event *event)
{
    struct sls *sls = rest->sls;
    const struct rest_authorizer *authorizer = event->authorizer;
    if (!authorizer || !authorizer->arn || authorizer->cognito || authorizer->external)
        return;
    const char *id =
        textf(sls, "%sLambdaPermissionApiGateway", name_resource(sls, str_from(authorizer->name)));
    struct value *function =
        authorizer->alias ? form(sls, "{'Ref': '%s'}", authorizer->alias) : authorizer->arn;
    if (!sls_has(sls, id))
        sls_put(sls, id,
                form(sls,
                     "{'Type': 'AWS::Lambda::Permission', 'Properties': {'FunctionName': %v, 'Action': "
                     "'lambda:InvokeFunction', 'Principal': 'apigateway.amazonaws.com', 'SourceArn': %v}}",
                     function, rest_source_arn(rest)),
                event->http);
}

void rest_compile_permissions(struct rest *rest)
{
    struct sls *sls = rest->sls;
    for (size_t i = 0; i < rest->count; i++) {
        const struct sls_function *f = rest->events[i].function;
        sls_put(sls, textf(sls, "%sLambdaPermissionApiGateway", f->id),
                sls_permission(sls, f, "apigateway.amazonaws.com", rest_source_arn(rest)), f->config);
        permit_authorizer(rest, &rest->events[i]);
    }
}
