/* Methods of API Gateway's REST APIs, their integrations and the responses of both. */

#include "tests/simulator/services/apigateway.h"

static bool bad(struct call *call, const char *what)
{
    return call_fail(call, 400, "BadRequestException", "%s", what);
}

static bool is_one_of(struct str text, const char *const *words)
{
    for (; *words; words++)
        if (str_is(text, *words))
            return true;
    return false;
}

static void copy_members(struct call *call, struct value *to, const char *const *names)
{
    for (; *names; names++)
        (void)state_member(call, to, *names);
}

/* The method of the path; NULL after call_fail. */
static struct value *method_of(struct call *call, struct value *resource)
{
    struct value *method =
        resource ? value_get_str(value_get(resource, "resourceMethods"), call_text(call, "http_method"))
                 : NULL;
    if (resource && !method)
        call_fail(call, 404, "NotFoundException", "Invalid Method identifier specified");
    return method;
}

static struct value *method_here(struct call *call)
{
    return method_of(call, apigateway_resource(call, apigateway_api(call)));
}

static struct value *integration_here(struct call *call)
{
    struct value *method = method_here(call), *integration = value_get(method, "methodIntegration");
    if (method && !integration)
        call_fail(call, 404, "NotFoundException", "Invalid Integration identifier specified");
    return integration;
}

/* --- what must fit together --- */

static bool has_models(struct call *call, const struct value *api, const struct value *models)
{
    for (size_t i = 0; models && i < models->count; i++)
        if (!value_get_str(value_get(api, "models"), value_text(models->entries[i].value)))
            return call_fail(call, 400, "BadRequestException", "Invalid model identifier specified: %.*s",
                             STR_ARG(value_text(models->entries[i].value)));
    return true;
}

static bool check_method(struct call *call, const struct value *api, const struct value *method)
{
    static const char *const types[] = {"NONE", "AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS", NULL};
    struct str type = value_get_text(method, "authorizationType");
    struct str validator = value_get_text(method, "requestValidatorId");
    if (!is_one_of(type, types))
        return bad(call, "Invalid authorization type specified");
    bool needs = str_is(type, "CUSTOM") || str_is(type, "COGNITO_USER_POOLS");
    if (needs && !value_get_str(value_get(api, "authorizers"), value_get_text(method, "authorizerId")))
        return bad(call, "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or "
                         "COGNITO_USER_POOLS requires a valid authorizer.");
    if (validator.len && !value_get_str(value_get(api, "requestvalidators"), validator))
        return bad(call, "Invalid Request Validator identifier specified");
    const struct value *parameters = value_get(method, "requestParameters");
    for (size_t i = 0; parameters && i < parameters->count; i++)
        if (!str_starts(parameters->entries[i].key, "method.request."))
            return bad(call, "Invalid mapping expression parameter specified");
    return has_models(call, api, value_get(method, "requestModels"));
}

/* "method.request.path.id" must be one of the method's; others are texts or context. */
static bool check_mappings(struct call *call, const struct value *method, const struct value *map)
{
    for (size_t i = 0; map && i < map->count; i++) {
        struct str from = value_text(map->entries[i].value);
        if (str_starts(from, "method.request.") && !str_starts(from, "method.request.body") &&
            !str_starts(from, "method.request.multivalue") &&
            !value_get_str(value_get(method, "requestParameters"), from))
            return call_fail(call, 400, "BadRequestException", "Invalid mapping expression specified: %.*s",
                             STR_ARG(from));
    }
    return true;
}

static bool check_integration(struct call *call, const struct value *method, const struct value *integration)
{
    static const char *const types[] = {"HTTP", "AWS", "MOCK", "HTTP_PROXY", "AWS_PROXY", NULL};
    static const char *const behaviours[] = {"WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER", NULL};
    struct str type = value_get_text(integration, "type"), uri = value_get_text(integration, "uri");
    const struct value *keys = value_get(integration, "cacheKeyParameters");
    int64_t timeout = value_get_int(integration, "timeoutInMillis", 29000);
    if (!is_one_of(type, types))
        return bad(call, "Invalid integration type specified");
    if (!is_one_of(value_get_text(integration, "passthroughBehavior"), behaviours))
        return bad(call, "Invalid passthrough behavior specified");
    if (!str_is(type, "MOCK") && !value_get_text(integration, "httpMethod").len)
        return bad(call, "Enumeration value for HttpMethod must be non-empty");
    if (str_starts(type, "AWS") && !str_starts(uri, "arn:"))
        return bad(call, "Invalid ARN specified in the request");
    if (str_starts(type, "HTTP") && !str_starts(uri, "http"))
        return bad(call, "Invalid HTTP endpoint specified for URI");
    if (timeout < 50)
        return bad(call, "Timeout should be between 50 ms and 29000 ms");
    for (size_t i = 0; keys && i < keys->count; i++)
        if (!value_get_str(value_get(method, "requestParameters"), value_text(keys->items[i])))
            return call_fail(call, 400, "BadRequestException", "Invalid cache key parameter specified: %.*s",
                             STR_ARG(value_text(keys->items[i])));
    return check_mappings(call, method, value_get(integration, "requestParameters"));
}

/* --- methods --- */

/* Members that are empty are not shown. */
static struct value *shown(struct call *call, const struct value *state)
{
    struct value *shape = value_copy(call->arena, state);
    for (size_t i = shape->count; i-- > 0;) {
        const struct value *member = shape->entries[i].value;
        bool holds = member->kind == VALUE_MAP || member->kind == VALUE_LIST;
        if (holds && member->count == 0 && !str_is(shape->entries[i].key, "cacheKeyParameters"))
            (void)value_remove(shape, shape->entries[i].key);
    }
    return shape;
}

static struct value *method_shape(struct call *call, const struct value *method)
{
    struct value *shape = shown(call, method);
    if (value_get(shape, "methodIntegration"))
        put(call, shape, "methodIntegration", shown(call, value_get(shape, "methodIntegration")));
    return shape;
}

bool apigateway_put_method(struct call *call)
{
    static const char *const verbs[] = {"GET",  "PUT",   "POST", "DELETE", "OPTIONS",
                                        "HEAD", "PATCH", "ANY",  NULL};
    static const char *const members[] = {
        "authorizationType", "authorizerId",       "operationName",       "requestParameters",
        "requestModels",     "requestValidatorId", "authorizationScopes", NULL};
    struct value *api = apigateway_api(call), *resource = api ? apigateway_resource(call, api) : NULL;
    struct str verb = call_text(call, "http_method");
    if (!resource)
        return false;
    if (!is_one_of(verb, verbs))
        return bad(call, "Invalid HTTP method specified");
    struct value *all = value_get(resource, "resourceMethods");
    if (value_get_str(all, verb))
        return call_fail(call, 409, "ConflictException", "Method already exists for this resource");
    if (!check_method(call, api, call->input))
        return false;
    if (!all)
        all = state_put(call, resource, STR("resourceMethods"), value_map(call->arena));
    struct value *method = state_put(call, all, verb, value_map(call->arena));
    state_text(call, method, "httpMethod", verb);
    copy_members(call, method, members);
    state_bool(call, method, "apiKeyRequired", value_get_bool(call->input, "apiKeyRequired", false));
    call->output = method_shape(call, method);
    call->status = 201;
    return true;
}

bool apigateway_get_method(struct call *call)
{
    const struct value *method = method_here(call);
    if (method)
        call->output = method_shape(call, method);
    return method != NULL;
}

bool apigateway_delete_method(struct call *call)
{
    struct value *resource = apigateway_resource(call, apigateway_api(call));
    call->status = 204;
    return method_of(call, resource) &&
           value_remove(value_get(resource, "resourceMethods"), call_text(call, "http_method"));
}

bool apigateway_update_method(struct call *call)
{
    static const struct patch_member members[] = {
        {"apiKeyRequired", PATCHES_BOOL, true, NULL},
        {"authorizationType", PATCHES_TEXT, true, NULL},
        {"authorizerId", PATCHES_TEXT, false, NULL},
        {"authorizationScopes", PATCHES_ITEMS, false, NULL},
        {"operationName", PATCHES_TEXT, false, NULL},
        {"requestModels", PATCHES_TEXTS, false, NULL},
        {"requestParameters", PATCHES_BOOLS, false, NULL},
        {"requestValidatorId", PATCHES_TEXT, false, NULL},
        {NULL, PATCHES_TEXT, false, NULL},
    };
    struct value *api = apigateway_api(call);
    struct value *method = api ? method_of(call, apigateway_resource(call, api)) : NULL;
    struct value *patched = method ? apigateway_patched(call, method, members) : NULL;
    if (!patched || !check_method(call, api, patched))
        return false;
    const struct value *integration = value_get(patched, "methodIntegration");
    if (integration && !check_integration(call, patched, integration))
        return false;
    apigateway_replace(call, method, patched);
    call->output = method_shape(call, method);
    return true;
}

/* --- responses --- */

static struct value *response_of(struct call *call, struct value *holder, const char *list)
{
    struct value *one =
        holder ? value_get_str(value_get(holder, list), call_text(call, "status_code")) : NULL;
    if (holder && !one)
        call_fail(call, 404, "NotFoundException", "Invalid Response status code specified");
    return one;
}

static struct value *make_response(struct call *call, struct value *holder, const char *list)
{
    struct value *all = value_get(holder, list);
    if (!all)
        all = state_put(call, holder, str_from(list), value_map(call->arena));
    struct value *one = state_put(call, all, call_text(call, "status_code"), value_map(call->arena));
    state_text(call, one, "statusCode", call_text(call, "status_code"));
    call->status = 201;
    return one;
}

static bool is_status(struct str text)
{
    int64_t status;
    return text.len == 3 && str_to_int(text, &status) && status >= 100 && status < 600;
}

bool apigateway_put_method_response(struct call *call)
{
    static const char *const members[] = {"responseParameters", "responseModels", NULL};
    struct value *api = apigateway_api(call);
    struct value *method = api ? method_of(call, apigateway_resource(call, api)) : NULL;
    if (!method)
        return false;
    if (!is_status(call_text(call, "status_code")))
        return bad(call, "Invalid status code specified");
    if (value_get_str(value_get(method, "methodResponses"), call_text(call, "status_code")))
        return call_fail(call, 409, "ConflictException", "Response already exists for this resource");
    if (!has_models(call, api, value_get(call->input, "responseModels")))
        return false;
    struct value *one = make_response(call, method, "methodResponses");
    copy_members(call, one, members);
    call->output = shown(call, one);
    return true;
}

bool apigateway_update_method_response(struct call *call)
{
    static const struct patch_member members[] = {
        {"responseModels", PATCHES_TEXTS, false, NULL},
        {"responseParameters", PATCHES_BOOLS, false, NULL},
        {NULL, PATCHES_TEXT, false, NULL},
    };
    struct value *api = apigateway_api(call);
    struct value *method = api ? method_of(call, apigateway_resource(call, api)) : NULL;
    struct value *one = response_of(call, method, "methodResponses");
    struct value *patched = one ? apigateway_patched(call, one, members) : NULL;
    if (!patched || !has_models(call, api, value_get(patched, "responseModels")))
        return false;
    apigateway_replace(call, one, patched);
    call->output = shown(call, one);
    call->status = 201;
    return true;
}

static bool delete_response(struct call *call, struct value *holder, const char *list)
{
    call->status = 204;
    return response_of(call, holder, list) &&
           value_remove(value_get(holder, list), call_text(call, "status_code"));
}

bool apigateway_delete_method_response(struct call *call)
{
    return delete_response(call, method_here(call), "methodResponses");
}

/* --- integrations --- */

bool apigateway_put_integration(struct call *call)
{
    static const char *const members[] = {"type",
                                          "httpMethod",
                                          "uri",
                                          "connectionType",
                                          "connectionId",
                                          "credentials",
                                          "requestParameters",
                                          "requestTemplates",
                                          "cacheNamespace",
                                          "contentHandling",
                                          "cacheKeyParameters",
                                          "tlsConfig",
                                          "timeoutInMillis",
                                          "passthroughBehavior",
                                          "integrationTarget",
                                          NULL};
    struct value *method = method_here(call), *fresh = value_map(call->arena);
    if (!method)
        return false;
    for (size_t i = 0; members[i]; i++)
        put(call, fresh, members[i], value_get(call->input, members[i]));
    if (!value_get(fresh, "passthroughBehavior"))
        put_text(call, fresh, "passthroughBehavior", STR("WHEN_NO_MATCH"));
    if (!value_get(fresh, "timeoutInMillis"))
        put_int(call, fresh, "timeoutInMillis", 29000);
    if (!value_get(fresh, "cacheNamespace"))
        put_text(call, fresh, "cacheNamespace", call_text(call, "resource_id"));
    if (!value_get(fresh, "cacheKeyParameters"))
        put(call, fresh, "cacheKeyParameters", value_list(call->arena));
    put_text(call, fresh, "responseTransferMode",
             call_has(call, "responseTransferMode") ? call_text(call, "responseTransferMode")
                                                    : STR("BUFFERED"));
    if (!check_integration(call, method, fresh))
        return false;
    call->output = shown(call, state_put(call, method, STR("methodIntegration"), fresh));
    call->status = 201;
    return true;
}

bool apigateway_update_integration(struct call *call)
{
    static const struct patch_member members[] = {
        {"cacheKeyParameters", PATCHES_NAMES, false, NULL},
        {"cacheNamespace", PATCHES_TEXT, true, NULL},
        {"connectionId", PATCHES_TEXT, false, NULL},
        {"connectionType", PATCHES_TEXT, true, NULL},
        {"contentHandling", PATCHES_TEXT, false, NULL},
        {"credentials", PATCHES_TEXT, false, NULL},
        {"httpMethod", PATCHES_TEXT, true, NULL},
        {"passthroughBehavior", PATCHES_TEXT, true, NULL},
        {"requestParameters", PATCHES_TEXTS, false, NULL},
        {"requestTemplates", PATCHES_TEXTS, false, NULL},
        {"responseTransferMode", PATCHES_TEXT, true, NULL},
        {"timeoutInMillis", PATCHES_NUMBER, true, NULL},
        {"uri", PATCHES_TEXT, false, NULL},
        {"integrationTarget", PATCHES_TEXT, false, NULL},
        {NULL, PATCHES_TEXT, false, NULL},
    };
    struct value *integration = integration_here(call);
    struct value *patched = integration ? apigateway_patched(call, integration, members) : NULL;
    if (!patched || !check_integration(call, method_here(call), patched))
        return false;
    apigateway_replace(call, integration, patched);
    call->output = shown(call, integration);
    return true;
}

bool apigateway_delete_integration(struct call *call)
{
    call->status = 204;
    return integration_here(call) && value_remove(method_here(call), STR("methodIntegration"));
}

bool apigateway_put_integration_response(struct call *call)
{
    static const char *const members[] = {"selectionPattern", "responseParameters", "responseTemplates",
                                          "contentHandling", NULL};
    struct value *integration = integration_here(call);
    struct value *declared = integration ? response_of(call, method_here(call), "methodResponses") : NULL;
    const struct value *parameters = value_get(call->input, "responseParameters");
    if (!declared)
        return false;
    for (size_t i = 0; parameters && i < parameters->count; i++)
        if (!value_get_str(value_get(declared, "responseParameters"), parameters->entries[i].key))
            return call_fail(call, 400, "BadRequestException", "Invalid mapping expression specified: %.*s",
                             STR_ARG(parameters->entries[i].key));
    struct value *one = make_response(call, integration, "integrationResponses");
    copy_members(call, one, members);
    call->output = shown(call, one);
    return true;
}

bool apigateway_delete_integration_response(struct call *call)
{
    return delete_response(call, integration_here(call), "integrationResponses");
}
