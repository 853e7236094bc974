/* What an API of the second version is made of: routes, integrations, authorizers, models, and their
 * responses.  They differ in their members and in what is checked. */

#include "tests/simulator/services/apigatewayv2.h"

struct kind {
    const char *name, *collection, *id;
    const char *parent, *parents; /* member with the parent's id, and its collection; or NULL */
    const char *const *required;
    const char *const *members;
    const char *const *merged; /* maps that an update changes key by key */
    bool (*check)(struct call *, struct value *api, const struct value *old);
    void (*defaults)(struct call *, const struct value *api, struct value *shape);
};

static bool bad_request(struct call *call, const char *what)
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

/* The member as it will be: given, or as it was. */
static struct str coming(struct call *call, const struct value *old, const char *member)
{
    return call_has(call, member) ? call_text(call, member) : value_get_text(old, member);
}

/* Has another thing of the collection the same text there? */
static bool is_taken(struct call *call, const struct value *api, const char *collection, const char *member,
                     const struct value *old)
{
    const struct value *all = value_get(api, collection);
    for (size_t i = 0; call_has(call, member) && all && i < all->count; i++) {
        const struct value *shape = value_get(all->entries[i].value, "shape");
        if (shape != old && str_equal(value_get_text(shape, member), call_text(call, member)))
            return true;
    }
    return false;
}

/* --- integrations --- */

static bool check_integration(struct call *call, struct value *api, const struct value *old)
{
    static const char *const http[] = {"HTTP_PROXY", "AWS_PROXY", NULL}, *const any[] = {
                                                                             "AWS",       "HTTP",
                                                                             "MOCK",      "HTTP_PROXY",
                                                                             "AWS_PROXY", NULL};
    struct str type = coming(call, old, "integrationType");
    if (!is_one_of(type, apigatewayv2_is_http(api) ? http : any))
        return bad_request(call, "Invalid integration type specified");
    if (!str_is(type, "MOCK") && !coming(call, old, "integrationUri").len &&
        !coming(call, old, "integrationSubtype").len)
        return bad_request(call, "IntegrationUri is a required parameter");
    if (str_is(coming(call, old, "connectionType"), "VPC_LINK") && !coming(call, old, "connectionId").len)
        return bad_request(call, "ConnectionId must be set when ConnectionType is VPC_LINK");
    int64_t timeout = value_get_int(call->input, "timeoutInMillis", 1000),
            most = apigatewayv2_is_http(api) ? 30000 : 29000;
    if (timeout < 50 || timeout > most)
        return bad_request(call, "Timeout should be between 50 ms and 29000 ms or 30000 ms for HTTP");
    return true;
}

static void default_integration(struct call *call, const struct value *api, struct value *shape)
{
    bool http = apigatewayv2_is_http(api),
         lambda = str_is(value_get_text(shape, "integrationType"), "AWS_PROXY");
    apigatewayv2_default(call, shape, "connectionType", "INTERNET");
    if (http)
        apigatewayv2_default(call, shape, "payloadFormatVersion", "1.0");
    else
        apigatewayv2_default(call, shape, "passthroughBehavior", "WHEN_NO_MATCH");
    if (lambda && !value_get(shape, "integrationSubtype"))
        apigatewayv2_default(call, shape, "integrationMethod", "POST");
    if (!value_get(shape, "timeoutInMillis"))
        state_int(call, shape, "timeoutInMillis", http ? 30000 : 29000);
}

/* --- routes --- */

static bool check_route_key(struct call *call, const struct value *api)
{
    struct str key = call_text(call, "routeKey"), path = str_from_index(key, str_find(key, ' ') + 1);
    if (!apigatewayv2_is_http(api) || str_is(key, "$default") || str_starts(path, "/"))
        return true;
    return bad_request(call, "The provided route key is not formatted properly for HTTP protocol");
}

static bool check_route(struct call *call, struct value *api, const struct value *old)
{
    static const char *const types[] = {"", "NONE", "AWS_IAM", "CUSTOM", "JWT", NULL};
    struct str type = coming(call, old, "authorizationType"), authorizer = coming(call, old, "authorizerId"),
               target = call_text(call, "target"), key = call_text(call, "routeKey");
    if (is_taken(call, api, "routes", "routeKey", old))
        return call_fail(call, 409, "ConflictException", "Route with key %.*s already exists for this API",
                         STR_ARG(key));
    if (key.len && !check_route_key(call, api))
        return false;
    if (!is_one_of(type, types))
        return bad_request(call, "Invalid authorization type specified");
    bool needs = str_is(type, "CUSTOM") || str_is(type, "JWT");
    if (needs && !value_get_str(value_get(api, "authorizers"), authorizer))
        return bad_request(call, "Invalid authorizer ID specified");
    if (target.len &&
        !(str_starts(target, "integrations/") &&
          value_get_str(value_get(api, "integrations"), str_from_index(target, sizeof "integrations/" - 1))))
        return bad_request(call, "Invalid target specified");
    if (apigatewayv2_is_http(api) && call_has(call, "requestModels") &&
        value_get(call->input, "requestModels")->count)
        return bad_request(call, "Request models are not supported for HTTP APIs");
    return true;
}

static void default_route(struct call *call, const struct value *api, struct value *shape)
{
    (void)api;
    apigatewayv2_default(call, shape, "authorizationType", "NONE");
    if (!value_get(shape, "apiKeyRequired"))
        state_bool(call, shape, "apiKeyRequired", false);
}

/* --- authorizers --- */

static bool check_authorizer(struct call *call, struct value *api, const struct value *old)
{
    struct str type = coming(call, old, "authorizerType");
    const struct value *jwt = call_has(call, "jwtConfiguration") ? value_get(call->input, "jwtConfiguration")
                                                                 : value_get(old, "jwtConfiguration");
    if (is_taken(call, api, "authorizers", "name", old))
        return bad_request(call, "Authorizer name must be unique");
    if (!str_is(type, "JWT") && !str_is(type, "REQUEST"))
        return bad_request(call, "Invalid authorizer type specified");
    if (str_is(type, "JWT") && !(apigatewayv2_is_http(api) && value_get_text(jwt, "issuer").len))
        return bad_request(call, "JWT authorizers need an issuer, and an HTTP API");
    if (str_is(type, "REQUEST") && !coming(call, old, "authorizerUri").len)
        return bad_request(call, "AuthorizerUri is a required parameter for REQUEST authorizers");
    if (str_is(type, "REQUEST") && apigatewayv2_is_http(api) &&
        !coming(call, old, "authorizerPayloadFormatVersion").len)
        return bad_request(call, "AuthorizerPayloadFormatVersion is a required parameter for REQUEST "
                                 "authorizers of HTTP APIs");
    return true;
}

/* --- models and responses --- */

static bool check_model(struct call *call, struct value *api, const struct value *old)
{
    if (apigatewayv2_is_http(api))
        return bad_request(call, "Models are not supported for HTTP APIs");
    if (is_taken(call, api, "models", "name", old))
        return call_fail(call, 409, "ConflictException", "Model name already exists for this API");
    return true;
}

static bool check_response(struct call *call, struct value *api, const struct value *old)
{
    (void)old;
    return !apigatewayv2_is_http(api) || bad_request(call, "Responses are not supported for HTTP APIs");
}

#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})

static const struct kind kinds[] = {
    {.name = "Integration",
     .collection = "integrations",
     .id = "integrationId",
     .required = NAMES("integrationType"),
     .members = NAMES("connectionId", "connectionType", "contentHandlingStrategy", "credentialsArn",
                      "description", "integrationMethod", "integrationSubtype", "integrationType",
                      "integrationUri", "passthroughBehavior", "payloadFormatVersion",
                      "templateSelectionExpression", "timeoutInMillis", "tlsConfig"),
     .merged = NAMES("requestParameters", "requestTemplates", "responseParameters"),
     .check = check_integration,
     .defaults = default_integration},
    {.name = "Route",
     .collection = "routes",
     .id = "routeId",
     .required = NAMES("routeKey"),
     .members = NAMES("apiKeyRequired", "authorizationScopes", "authorizationType", "authorizerId",
                      "modelSelectionExpression", "operationName", "requestModels", "routeKey",
                      "routeResponseSelectionExpression", "target"),
     .merged = NAMES("requestParameters"),
     .check = check_route,
     .defaults = default_route},
    {.name = "Authorizer",
     .collection = "authorizers",
     .id = "authorizerId",
     .required = NAMES("authorizerType", "name"),
     .members =
         NAMES("authorizerCredentialsArn", "authorizerPayloadFormatVersion", "authorizerResultTtlInSeconds",
               "authorizerType", "authorizerUri", "enableSimpleResponses", "identitySource",
               "identityValidationExpression", "jwtConfiguration", "name"),
     .check = check_authorizer},
    {.name = "Model",
     .collection = "models",
     .id = "modelId",
     .required = NAMES("name", "schema"),
     .members = NAMES("contentType", "description", "name", "schema"),
     .check = check_model},
    {.name = "Deployment",
     .collection = "deployments",
     .id = "deploymentId",
     .required = NAMES("apiId"),
     .members = NAMES("description")},
    {.name = "IntegrationResponse",
     .collection = "integrationresponses",
     .id = "integrationResponseId",
     .parent = "integrationId",
     .parents = "integrations",
     .required = NAMES("integrationResponseKey"),
     .members = NAMES("contentHandlingStrategy", "integrationResponseKey", "templateSelectionExpression"),
     .merged = NAMES("responseParameters", "responseTemplates"),
     .check = check_response},
    {.name = "RouteResponse",
     .collection = "routeresponses",
     .id = "routeResponseId",
     .parent = "routeId",
     .parents = "routes",
     .required = NAMES("routeResponseKey"),
     .members = NAMES("modelSelectionExpression", "routeResponseKey"),
     .merged = NAMES("responseModels", "responseParameters"),
     .check = check_response},
};

/* "GetRoutes" is of "Route". */
static const struct kind *kind_of(const struct call *call)
{
    struct str name = str_from(call->operation->name);
    static const char *const verbs[] = {"Create", "Get", "Update", "Delete"};
    for (size_t i = 0; i < ARRAY_LENGTH(verbs); i++)
        if (str_starts(name, verbs[i]))
            name = str_from_index(name, str_from(verbs[i]).len);
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
        if (str_is(name, kinds[i].name) ||
            (str_ends(name, "s") && str_is(str_slice(name, 0, name.len - 1), kinds[i].name)))
            return &kinds[i];
    return NULL;
}

static struct value *thing_of(struct call *call, const struct kind *kind, struct value **api)
{
    *api = apigatewayv2_api(call);
    struct value *thing =
        *api ? value_get_str(value_get(*api, kind->collection), call_text(call, kind->id)) : NULL;
    if (thing && kind->parent && !str_equal(value_get_text(thing, "parent"), call_text(call, kind->parent)))
        thing = NULL;
    if (*api && !thing)
        call_fail(call, 404, "NotFoundException", "Invalid %s identifier specified %.*s", kind->name,
                  STR_ARG(call_text(call, kind->id)));
    return thing;
}

static bool has_parent(struct call *call, const struct kind *kind, const struct value *api)
{
    if (!kind->parent || value_get_str(value_get(api, kind->parents), call_text(call, kind->parent)))
        return true;
    return call_fail(call, 404, "NotFoundException", "Invalid %s specified %.*s", kind->parent,
                     STR_ARG(call_text(call, kind->parent)));
}

static void take(struct call *call, const struct kind *kind, struct value *shape)
{
    apigatewayv2_take(call, shape, kind->members);
    for (size_t i = 0; kind->merged && kind->merged[i]; i++)
        apigatewayv2_merge(call, shape, kind->merged[i]);
}

struct value *apigatewayv2_add(struct call *call, struct value *api, const char *collection, const char *id,
                               struct value *shape)
{
    struct value *thing = value_map(call->arena);
    struct str own = value_text(apigatewayv2_id(call, id, shape, 7));
    put(call, thing, "shape", shape);
    return value_get(state_put(call, apigatewayv2_things(call, api, collection), own, thing), "shape");
}

struct value *apigatewayv2_route(const struct value *api, struct str key)
{
    const struct value *all = value_get(api, "routes");
    for (size_t i = 0; all && i < all->count; i++) {
        struct value *shape = value_get(all->entries[i].value, "shape");
        if (str_equal(value_get_text(shape, "routeKey"), key))
            return shape;
    }
    return NULL;
}

bool apigatewayv2_create(struct call *call)
{
    const struct kind *kind = kind_of(call);
    struct value *api = apigatewayv2_api(call);
    if (!api || !has_parent(call, kind, api) || !apigatewayv2_need(call, kind->required) ||
        (kind->check && !kind->check(call, api, NULL)))
        return false;
    struct value *shape = apigatewayv2_add(call, api, kind->collection, kind->id, value_map(call->arena));
    take(call, kind, shape);
    if (kind->defaults)
        kind->defaults(call, api, shape);
    struct value *thing = value_get_str(value_get(api, kind->collection), value_get_text(shape, kind->id));
    if (kind->parent)
        state_text(call, thing, "parent", call_text(call, kind->parent));
    apigatewayv2_auto_deploy(call, api);
    call->output = shape;
    return true;
}

bool apigatewayv2_get(struct call *call)
{
    struct value *api, *thing = thing_of(call, kind_of(call), &api);
    if (thing)
        call->output = value_get(thing, "shape");
    return thing != NULL;
}

bool apigatewayv2_list(struct call *call)
{
    const struct kind *kind = kind_of(call);
    struct value *api = apigatewayv2_api(call);
    return api && has_parent(call, kind, api) &&
           apigatewayv2_page(call, value_get(api, kind->collection),
                             kind->parent ? call_text(call, kind->parent) : STR_EMPTY);
}

bool apigatewayv2_update(struct call *call)
{
    const struct kind *kind = kind_of(call);
    struct value *api, *thing = thing_of(call, kind, &api), *shape = value_get(thing, "shape");
    if (!thing || (kind->check && !kind->check(call, api, shape)))
        return false;
    take(call, kind, shape);
    if (kind->defaults)
        kind->defaults(call, api, shape);
    apigatewayv2_auto_deploy(call, api);
    call->output = shape;
    return true;
}

/* Another thing's member names this one: "integrations/abc", or an authorizer's id. */
static bool is_used(const struct value *api, const struct kind *kind, struct str id)
{
    const struct value *routes = value_get(api, "routes");
    for (size_t i = 0; routes && i < routes->count; i++) {
        const struct value *shape = value_get(routes->entries[i].value, "shape");
        struct str target = value_get_text(shape, "target");
        if (str_is(str_from(kind->name), "Integration") && str_starts(target, "integrations/") &&
            str_equal(str_from_index(target, sizeof "integrations/" - 1), id))
            return true;
        if (str_is(str_from(kind->name), "Authorizer") &&
            str_equal(value_get_text(shape, "authorizerId"), id))
            return true;
    }
    return false;
}

bool apigatewayv2_delete(struct call *call)
{
    const struct kind *kind = kind_of(call);
    struct value *api, *thing = thing_of(call, kind, &api);
    if (!thing)
        return false;
    if (is_used(api, kind, call_text(call, kind->id)))
        return call_fail(call, 409, "ConflictException", "Cannot delete %s '%.*s': a route still uses it",
                         kind->name, STR_ARG(call_text(call, kind->id)));
    (void)value_remove(value_get(api, kind->collection), call_text(call, kind->id));
    apigatewayv2_auto_deploy(call, api);
    return true;
}

bool apigatewayv2_delete_request_parameter(struct call *call)
{
    struct value *api = apigatewayv2_api(call);
    struct value *thing = api ? value_get_str(value_get(api, "routes"), call_text(call, "routeId")) : NULL;
    struct value *map = value_get(value_get(thing, "shape"), "requestParameters");
    if (!api)
        return false;
    if (!map || !value_remove(map, call_text(call, "requestParameterKey")))
        return call_fail(call, 404, "NotFoundException", "Invalid request parameter key specified");
    return true;
}
