/* What an HTTP API makes of an OpenAPI document: routes, integrations, authorizers, CORS and tags.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-open-api.html */

#include "base/json.h"
#include "tests/simulator/services/apigatewayv2.h"

#define EXTENSION "x-amazon-apigateway-"

bool apigatewayv2_document(struct call *call, struct value **document)
{
    struct error error = ERROR_INIT;
    if (!json_read(call->arena, STR_EMPTY, call_text(call, "body"), document, &error) ||
        !value_is(*document, VALUE_MAP))
        return call_fail(call, 400, "BadRequestException", "Unable to parse the OpenAPI document");
    if (!str_starts(value_get_text(*document, "openapi"), "3.0"))
        return call_fail(call, 400, "BadRequestException",
                         "Unable to create the API: only OpenAPI 3.0 is supported");
    if (!value_text(value_path(*document, "info", "title", NULL)).len)
        return call_fail(call, 400, "BadRequestException", "Missing property: info.title");
    return true;
}

/* "#/components/x/y" of the document; anything else is itself. */
static const struct value *resolved(const struct value *document, const struct value *value)
{
    struct str reference = value_get_text(value, "$ref"), part;
    if (!str_starts(reference, "#/"))
        return value;
    struct str rest = str_from_index(reference, 2);
    while (str_split(&rest, '/', &part))
        document = value_get_str(document, part);
    return document;
}

static struct str upper(struct call *call, struct str text)
{
    char *copy = arena_alloc(call->arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        copy[i] = text.ptr[i] >= 'a' && text.ptr[i] <= 'z' ? (char)(text.ptr[i] - 'a' + 'A') : text.ptr[i];
    return (struct str){.ptr = copy, .len = text.len};
}

static struct str import_integration(struct call *call, struct value *api, const struct value *given)
{
    static const char *const members[][2] = {
        {"uri", "integrationUri"},
        {"payloadFormatVersion", "payloadFormatVersion"},
        {"credentials", "credentialsArn"},
        {"connectionId", "connectionId"},
        {"timeoutInMillis", "timeoutInMillis"},
        {"requestParameters", "requestParameters"},
        {"responseParameters", "responseParameters"},
        {"subtype", "integrationSubtype"},
        {"tlsConfig", "tlsConfig"},
    };
    struct value *shape = value_map(call->arena);
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        put(call, shape, members[i][1], value_get(given, members[i][0]));
    struct str method = value_get_text(given, "httpMethod"),
               connection = value_get_text(given, "connectionType");
    bool lambda = str_equal_nocase(value_get_text(given, "type"), STR("aws_proxy"));
    put_text(call, shape, "integrationType", upper(call, value_get_text(given, "type")));
    put_text(call, shape, "integrationMethod", method.len ? method : lambda ? STR("POST") : STR("ANY"));
    put_text(call, shape, "connectionType", connection.len ? connection : STR("INTERNET"));
    if (!value_get(shape, "payloadFormatVersion"))
        put_text(call, shape, "payloadFormatVersion", STR("1.0"));
    if (!value_get(shape, "timeoutInMillis"))
        put_int(call, shape, "timeoutInMillis", 30000);
    return value_get_text(apigatewayv2_add(call, api, "integrations", "integrationId", shape),
                          "integrationId");
}

/* The first requirement of the operation, or of the document. */
static void import_security(struct call *call, struct value *api, const struct value *document,
                            const struct value *given, struct value *route)
{
    const struct value *asked = value_at(
        value_get(given, "security") ? value_get(given, "security") : value_get(document, "security"), 0);
    put_text(call, route, "authorizationType", STR("NONE"));
    if (!asked || !asked->count)
        return;
    struct str name = asked->entries[0].key;
    const struct value *scheme =
        value_get_str(value_path(document, "components", "securitySchemes", NULL), name);
    const struct value *all = value_get(api, "authorizers");
    if (str_is(value_get_text(scheme, EXTENSION "authtype"), "awsSigv4"))
        put_text(call, route, "authorizationType", STR("AWS_IAM"));
    for (size_t i = 0; all && i < all->count; i++) {
        const struct value *shape = value_get(all->entries[i].value, "shape");
        if (!str_equal(value_get_text(shape, "name"), name))
            continue;
        bool jwt = str_is(value_get_text(shape, "authorizerType"), "JWT");
        put_text(call, route, "authorizationType", jwt ? STR("JWT") : STR("CUSTOM"));
        put_text(call, route, "authorizerId", value_get_text(shape, "authorizerId"));
        if (asked->entries[0].value->count)
            put(call, route, "authorizationScopes", asked->entries[0].value);
    }
}

static void import_route(struct call *call, struct value *api, const struct value *document, struct str key,
                         const struct value *given)
{
    struct value *route = value_map(call->arena);
    const struct value *integration = resolved(document, value_get(given, EXTENSION "integration"));
    put_text(call, route, "routeKey", key);
    put_bool(call, route, "apiKeyRequired", false);
    put(call, route, "operationName", value_get(given, "operationId"));
    import_security(call, api, document, given, route);
    if (integration)
        put_textf(call, route, "target", "integrations/%.*s",
                  STR_ARG(import_integration(call, api, integration)));
    apigatewayv2_add(call, api, "routes", "routeId", route);
}

static void import_path(struct call *call, struct value *api, const struct value *document, struct str path,
                        const struct value *item)
{
    static const char *const verbs[] = {"get",     "put",  "post",  "delete",
                                        "options", "head", "patch", EXTENSION "any-method"};
    bool fallback = str_is(path, "$default") || str_is(path, "/$default");
    for (size_t i = 0; i < ARRAY_LENGTH(verbs); i++) {
        const struct value *given = value_get(item, verbs[i]);
        struct str verb = i + 1 == ARRAY_LENGTH(verbs) ? STR("ANY") : upper(call, str_from(verbs[i]));
        if (given)
            import_route(call, api, document,
                         fallback ? STR("$default")
                                  : arena_printf(call->arena, "%.*s %.*s", STR_ARG(verb), STR_ARG(path)),
                         given);
    }
}

static void import_authorizers(struct call *call, struct value *api, const struct value *document)
{
    static const char *const members[] = {"authorizerPayloadFormatVersion", "authorizerResultTtlInSeconds",
                                          "authorizerUri", "enableSimpleResponses", "jwtConfiguration"};
    const struct value *schemes = value_path(document, "components", "securitySchemes", NULL);
    for (size_t i = 0; value_is(schemes, VALUE_MAP) && i < schemes->count; i++) {
        const struct value *given = value_get(schemes->entries[i].value, EXTENSION "authorizer");
        struct value *shape = value_map(call->arena), *sources = value_list(call->arena);
        if (!given)
            continue;
        for (size_t k = 0; k < ARRAY_LENGTH(members); k++)
            put(call, shape, members[k], value_get(given, members[k]));
        struct str source = value_get_text(given, "identitySource"), part;
        while (source.len && str_split(&source, ',', &part))
            value_append(call->arena, sources, value_string(call->arena, str_trim(part)));
        put_text(call, shape, "name", schemes->entries[i].key);
        put_text(call, shape, "authorizerType", upper(call, value_get_text(given, "type")));
        put(call, shape, "identitySource", sources);
        put(call, shape, "authorizerCredentialsArn", value_get(given, "authorizerCredentials"));
        apigatewayv2_add(call, api, "authorizers", "authorizerId", shape);
    }
}

static void import_head(struct call *call, struct value *shape, const struct value *document)
{
    const struct value *tags = value_get(document, "tags"), *cors = value_get(document, EXTENSION "cors");
    const struct value *info = value_get(document, "info");
    const struct value *endpoint =
        value_get(value_at(value_get(document, "servers"), 0), EXTENSION "endpoint-configuration");
    state_text(call, shape, "name", value_get_text(info, "title"));
    if (value_get_text(info, "version").len)
        state_text(call, shape, "version", value_get_text(info, "version"));
    if (value_get_text(info, "description").len)
        state_text(call, shape, "description", value_get_text(info, "description"));
    apigatewayv2_put_cors(call, shape, cors);
    state_bool(call, shape, "disableExecuteApiEndpoint",
               value_get_bool(endpoint, "disableExecuteApiEndpoint", false));
    for (size_t i = 0; value_is(tags, VALUE_LIST) && i < tags->count; i++)
        if (value_get(tags->items[i], EXTENSION "tag-value"))
            state_put(call, apigatewayv2_things(call, shape, "tags"), value_get_text(tags->items[i], "name"),
                      value_get(tags->items[i], EXTENSION "tag-value"));
}

bool apigatewayv2_import(struct call *call, struct value *api)
{
    static const char *const collections[] = {"routes", "integrations", "authorizers"};
    struct value *document;
    if (!apigatewayv2_is_http(api))
        return call_fail(call, 400, "BadRequestException", "Only HTTP APIs can be imported");
    if (!apigatewayv2_document(call, &document))
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(collections); i++)
        state_put(call, api, str_from(collections[i]), value_map(call->arena));
    import_head(call, value_get(api, "shape"), document);
    import_authorizers(call, api, document);
    const struct value *paths = value_get(document, "paths");
    for (size_t i = 0; value_is(paths, VALUE_MAP) && i < paths->count; i++)
        import_path(call, api, document, paths->entries[i].key, paths->entries[i].value);
    return true;
}
