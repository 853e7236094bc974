#include "environments/sam/rest_api.h"

/* CORS, gateway responses and the OpenAPI 3 form of a REST API's definition. */

static struct value *put(struct rest_api *api, struct value *map, const char *key, struct value *value)
{
    python_put(api->sam->arena, map, key, value);
    return value;
}

struct cors {
    struct value *methods, *headers, *origin, *max_age;
    bool credentials;
};

static bool read_cors(struct rest_api *api, struct value *given, struct cors *cors)
{
    static const char *const known[] = {"AllowMethods", "AllowHeaders", "AllowOrigin", "MaxAge",
                                        "AllowCredentials"};
    *cors = (struct cors){.origin = make_text(api->sam, "'*'")};
    if (value_is(given, VALUE_STRING) || is_intrinsic(given)) {
        cors->origin = given;
        return true;
    }
    for (size_t i = 0; i < given->count; i++) {
        bool found = false;
        for (size_t k = 0; k < ARRAY_LENGTH(known); k++)
            found = found || str_is(given->entries[i].key, known[k]);
        if (!found)
            sam_fail(api->sam, given->entries[i].value, api->source->id, "'Cors' has no '%.*s'",
                     STR_ARG(given->entries[i].key));
    }
    cors->methods = value_get(given, "AllowMethods");
    cors->headers = value_get(given, "AllowHeaders");
    cors->origin = value_get(given, "AllowOrigin") ? value_get(given, "AllowOrigin") : cors->origin;
    cors->max_age = value_get(given, "MaxAge");
    cors->credentials = value_is(value_get(given, "AllowCredentials"), VALUE_BOOL) &&
                        value_get(given, "AllowCredentials")->boolean;
    if (cors->credentials && value_is_text(cors->origin, "'*'"))
        sam_fail(api->sam, given, api->source->id,
                 "'AllowCredentials' cannot be true where 'AllowOrigin' is '*' or not set");
    if (!is_truthy(cors->origin))
        sam_fail(api->sam, given, api->source->id, "'Cors' needs an 'AllowOrigin'");
    return !api->sam->failed;
}

/* "'DELETE,GET,OPTIONS'": what the path has, or all where it takes any. */
static struct value *allowed_methods(struct rest_api *api, const struct value *item)
{
    static const char *const all[] = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"};
    struct sam *sam = api->sam;
    bool any = value_get(item, ANY_METHOD), first = true;
    struct value *names = value_list(sam->arena);
    struct buf out = BUF_INIT(BUF_SMALL);
    if (any)
        for (size_t i = 0; i < ARRAY_LENGTH(all); i++)
            value_append(sam->arena, names, make_text(sam, all[i]));
    for (size_t i = 0; !any && i <= item->count; i++) {
        char *name = arena_strz(sam->arena, i < item->count ? item->entries[i].key : STR("OPTIONS"));
        for (char *c = name; *c; c++)
            *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
        size_t at = 0;
        while (at < names->count && str_compare(names->items[at]->text, str_from(name)) < 0)
            at++;
        if (at < names->count && str_is(names->items[at]->text, name))
            continue;
        value_append(sam->arena, names, NULL);
        for (size_t k = names->count - 1; k > at; k--)
            names->items[k] = names->items[k - 1];
        names->items[at] = make_text(sam, name);
    }
    buf_addc(&out, '\'');
    for (size_t i = 0; i < names->count; i++, first = false)
        buf_printf(&out, "%s%.*s", first ? "" : ",", STR_ARG(names->items[i]->text));
    buf_addc(&out, '\'');
    struct value *text = value_string(sam->arena, buf_str(&out));
    buf_release(&out);
    return text;
}

static void add_header(struct rest_api *api, struct value *parameters, struct value *headers,
                       const char *name, struct value *value, const char *type)
{
    struct sam *sam = api->sam;
    put(api, parameters, text(sam, "method.response.header.%s", name), value);
    put(api, headers, name, make(sam, "{'type': '%s'}", type));
}

static struct value *options_method(struct rest_api *api, const struct cors *cors, struct value *methods)
{
    struct sam *sam = api->sam;
    struct value *parameters = python_dict(sam->arena), *headers = python_dict(sam->arena);
    struct value *method = python_dict(sam->arena);
    add_header(api, parameters, headers, "Access-Control-Allow-Origin", cors->origin, "string");
    if (is_truthy(cors->headers))
        add_header(api, parameters, headers, "Access-Control-Allow-Headers", cors->headers, "string");
    if (is_truthy(methods))
        add_header(api, parameters, headers, "Access-Control-Allow-Methods", methods, "string");
    if (!is_none(cors->max_age))
        add_header(api, parameters, headers, "Access-Control-Max-Age", cors->max_age, "integer");
    if (cors->credentials)
        add_header(api, parameters, headers, "Access-Control-Allow-Credentials", make_text(sam, "'true'"),
                   "string");
    put(api, method, "summary", make_text(sam, "CORS support"));
    put(api, method, "consumes", make(sam, "['application/json']"));
    put(api, method, "produces", make(sam, "['application/json']"));
    struct value *integration = put(api, method, INTEGRATION, python_dict(sam->arena));
    put(api, integration, "type", make_text(sam, "mock"));
    put(api, integration, "requestTemplates",
        make(sam, "{'application/json': %v}", make_text(sam, "{\n  \"statusCode\" : 200\n}\n")));
    struct value *responses = put(api, integration, "responses", python_dict(sam->arena));
    struct value *otherwise = put(api, responses, "default", python_dict(sam->arena));
    put(api, otherwise, "statusCode", make_text(sam, "200"));
    put(api, otherwise, "responseParameters", parameters);
    put(api, otherwise, "responseTemplates", make(sam, "{'application/json': %v}", make_text(sam, "{}\n")));
    responses = put(api, method, "responses", python_dict(sam->arena));
    struct value *good = put(api, responses, "200", python_dict(sam->arena));
    put(api, good, "description", make_text(sam, "Default response for CORS method"));
    put(api, good, "headers", headers);
    return method;
}

static struct str without_slashes(struct str path)
{
    while (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    return path;
}

void api_add_cors(struct rest_api *api)
{
    struct sam *sam = api->sam;
    struct value *given = api_own(api, "Cors"), *seen = value_map(sam->arena);
    struct cors cors;
    if (!is_truthy(given))
        return;
    if (!is_truthy(api->body) || !editor_takes(api->body, false)) {
        sam_fail(sam, given, api->source->id, "'Cors' needs an OpenAPI document in 'DefinitionBody'");
        return;
    }
    if (!read_cors(api, given, &cors))
        return;
    struct editor *editor = api_editor(api);
    struct python_items paths = python_items(sam->arena, editor ? editor->paths : NULL);
    for (size_t i = 0; i < paths.count; i++) {
        struct str path = without_slashes(paths.items[i].key);
        if (value_get_str(seen, path))
            continue;
        value_set(sam->arena, seen, path, value_bool(sam->arena, true));
        struct value *items = conditional_contents(sam, paths.items[i].value), *methods = cors.methods;
        for (size_t k = 0; k < items->count; k++) {
            if (value_get(items->items[k], "options"))
                continue;
            methods = is_truthy(methods) ? methods : allowed_methods(api, items->items[k]);
            put(api, items->items[k], "options", options_method(api, &cors, methods));
        }
    }
    if (editor)
        api->body = editor_result(editor);
}

static void check_response(struct rest_api *api, const struct value *response)
{
    static const char *const known[] = {"ResponseParameters", "ResponseTemplates", "StatusCode"};
    static const char *const kinds[] = {"Headers", "Paths", "QueryStrings"};
    const struct value *parameters = value_get(response, "ResponseParameters");
    if (is_intrinsic(response) || !value_is(response, VALUE_MAP)) {
        sam_fail(api->sam, response, api->source->id,
                 "'GatewayResponses' must be mappings without functions");
        return;
    }
    for (size_t i = 0; i < response->count; i++)
        if (!str_is(response->entries[i].key, known[0]) && !str_is(response->entries[i].key, known[1]) &&
            !str_is(response->entries[i].key, known[2]))
            sam_fail(api->sam, response->entries[i].value, api->source->id,
                     "'GatewayResponses' has no '%.*s'", STR_ARG(response->entries[i].key));
    if (is_truthy(parameters) && !value_is(parameters, VALUE_MAP))
        sam_fail(api->sam, parameters, api->source->id, "'ResponseParameters' must be a mapping");
    for (size_t i = 0; value_is(parameters, VALUE_MAP) && i < parameters->count; i++)
        if (!str_is(parameters->entries[i].key, kinds[0]) && !str_is(parameters->entries[i].key, kinds[1]) &&
            !str_is(parameters->entries[i].key, kinds[2]))
            sam_fail(api->sam, parameters->entries[i].value, api->source->id,
                     "'ResponseParameters' has no '%.*s'", STR_ARG(parameters->entries[i].key));
}

static bool is_status(const struct value *status)
{
    uint64_t number;
    return str_to_uint(value_text(status), 999, &number) && value_text(status).len <= 3;
}

struct value *gateway_response(struct rest_api *api, const struct value *response)
{
    static const char *const kinds[][2] = {
        {"Headers", "header."}, {"Paths", "path."}, {"QueryStrings", "querystring."}};
    struct sam *sam = api->sam;
    struct value *result = python_dict(sam->arena), *prefixed = python_dict(sam->arena);
    struct value *templates = value_get(response, "ResponseTemplates"),
                 *status = value_get(response, "StatusCode");
    check_response(api, response);
    if (is_truthy(status) && !is_status(status))
        sam_fail(sam, status, api->source->id, "'StatusCode' must be a number of three digits");
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
        struct value *given = value_path(response, "ResponseParameters", kinds[i][0], NULL);
        if (given && !expect(sam, given, response, api->source->id, kinds[i][0], VALUE_MAP))
            return result;
        struct python_items all = python_items(sam->arena, given);
        for (size_t k = 0; k < all.count; k++)
            python_set(sam->arena, prefixed,
                       str_from(text(sam, "gatewayresponse.%s%.*s", kinds[i][1], STR_ARG(all.items[k].key))),
                       all.items[k].unicode, all.items[k].value);
    }
    put(api, result, "responseParameters", prefixed);
    put(api, result, "responseTemplates", is_truthy(templates) ? templates : python_dict(sam->arena));
    if (value_text(status).len > 0)
        put(api, result, "statusCode", value_string(sam->arena, value_text(status)));
    return result;
}

static void move_component(struct rest_api *api, struct value *body, const char *from, const char *to)
{
    struct value *moved = value_get(body, from), *components = value_get(body, "components");
    if (!is_truthy(moved))
        return;
    if (!is_truthy(components))
        components = python_dict(api->sam->arena);
    if (!expect(api->sam, components, body, api->source->id, "components", VALUE_MAP))
        return;
    put(api, components, to, moved);
    put(api, body, "components", components);
    python_remove(api->sam->arena, body, str_from(from));
}

static void options_form(struct rest_api *api, struct value *item, struct str path)
{
    struct sam *sam = api->sam;
    struct value *options = value_get(item, "options");
    if (!is_truthy(options))
        return;
    if (!value_is(options, VALUE_MAP)) {
        sam_fail(sam, options, api->source->id, "method options of path '%.*s' must be a mapping",
                 STR_ARG(path));
        return;
    }
    python_remove(api->sam->arena, options, STR("produces"));
    python_remove(api->sam->arena, options, STR("consumes"));
    struct value *responses = value_get(options, "responses");
    struct value *good = value_get(responses, "200"), *headers = value_get(good, "headers");
    if (responses && !expect(sam, responses, options, api->source->id, "responses", VALUE_MAP))
        return;
    if (!is_none(good) && !expect(sam, good, responses, api->source->id, "responses.200", VALUE_MAP))
        return;
    if (!is_truthy(headers))
        return;
    if (!value_is(headers, VALUE_MAP)) {
        sam_fail(sam, headers, api->source->id, "headers of path '%.*s' must be a mapping", STR_ARG(path));
        return;
    }
    struct python_items all = python_items(sam->arena, headers);
    for (size_t i = 0; i < all.count; i++)
        python_set(sam->arena, headers, all.items[i].key, all.items[i].unicode,
                   single(sam, "schema", false, all.items[i].value));
}

struct value *openapi_form(struct rest_api *api, struct value *body)
{
    struct sam *sam = api->sam;
    struct value *version = value_get(body, "openapi"), *own = api_own(api, "OpenApiVersion");
    if (!is_none(value_get(body, "swagger")))
        return body;
    version = !is_none(version) && is_none(own) ? version : own;
    if (!is_truthy(version) || !is_openapi_3(version))
        return body;
    move_component(api, body, "securityDefinitions", "securitySchemes");
    move_component(api, body, "definitions", "schemas");
    struct value *paths = value_get(body, "paths");
    if (is_truthy(paths) && !expect(sam, paths, body, api->source->id, "paths", VALUE_MAP))
        return body;
    struct python_items all = python_items(sam->arena, paths);
    for (size_t i = 0; i < all.count; i++) {
        if (!value_is(all.items[i].value, VALUE_MAP)) {
            sam_fail(sam, all.items[i].value, api->source->id, "path '%.*s' must be a mapping",
                     STR_ARG(all.items[i].key));
            return body;
        }
        options_form(api, all.items[i].value, all.items[i].key);
    }
    return body;
}
