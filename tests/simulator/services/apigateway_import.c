/* What API Gateway makes of an OpenAPI document: resources, methods and integrations. */

#include "tests/simulator/services/apigateway.h"

static const char *const id_letters = "abcdefghijklmnopqrstuvwxyz0123456789";

static struct value *make_resource(struct call *call, struct value *resources, struct str path, struct str id,
                                   struct str parent)
{
    struct value *one = state_put(call, resources, path, value_map(call->arena));
    state_text(call, one, "id", id);
    state_text(call, one, "path", path);
    if (parent.len) {
        state_text(call, one, "parentId", parent);
        state_text(call, one, "pathPart", str_from_index(path, str_find_last(path, '/') + 1));
    }
    return one;
}

/* The resource of a path, with all those above it. */
static struct value *resource_at(struct call *call, struct value *resources, struct str path)
{
    struct value *there = value_get_str(resources, path);
    if (there)
        return there;
    size_t slash = str_find_last(path, '/');
    struct value *parent = resource_at(call, resources, slash == 0 ? STR("/") : str_slice(path, 0, slash));
    return make_resource(call, resources, path, call_id(call, id_letters, 6), value_get_text(parent, "id"));
}

static struct value *integration_of(struct call *call, const struct value *method)
{
    static const char *const members[] = {"uri",
                                          "httpMethod",
                                          "type",
                                          "passthroughBehavior",
                                          "credentials",
                                          "contentHandling",
                                          "timeoutInMillis",
                                          "requestTemplates",
                                          "requestParameters"};
    const struct value *given = value_get(method, "x-amazon-apigateway-integration");
    struct value *shape = value_map(call->arena);
    if (!given)
        return NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        put(call, shape, members[i], value_get(given, members[i]));
    struct str type = value_get_text(given, "type");
    char upper[16] = "";
    for (size_t i = 0; i < type.len && i + 1 < sizeof upper; i++)
        upper[i] = type.ptr[i] >= 'a' && type.ptr[i] <= 'z' ? (char)(type.ptr[i] - 'a' + 'A') : type.ptr[i];
    put_text(call, shape, "type", str_from(upper));
    if (!value_get(shape, "passthroughBehavior"))
        put_text(call, shape, "passthroughBehavior", STR("WHEN_NO_MATCH"));
    if (!value_get(shape, "timeoutInMillis"))
        put_int(call, shape, "timeoutInMillis", 29000);
    return shape;
}

static void add_methods(struct call *call, struct value *resource, const struct value *item)
{
    static const char *const verbs[][2] = {
        {"get", "GET"},         {"put", "PUT"},
        {"post", "POST"},       {"delete", "DELETE"},
        {"options", "OPTIONS"}, {"head", "HEAD"},
        {"patch", "PATCH"},     {"x-amazon-apigateway-any-method", "ANY"},
    };
    struct value *methods = value_map(call->arena);
    for (size_t i = 0; i < ARRAY_LENGTH(verbs); i++) {
        const struct value *given = value_get(item, verbs[i][0]);
        if (!given)
            continue;
        struct value *method = value_map(call->arena);
        const struct value *security = value_at(value_get(given, "security"), 0);
        put_text(call, method, "httpMethod", str_from(verbs[i][1]));
        put_text(call, method, "authorizationType", security ? STR("CUSTOM") : STR("NONE"));
        put_bool(call, method, "apiKeyRequired", false);
        put(call, method, "methodIntegration", integration_of(call, given));
        put(call, methods, verbs[i][1], method);
    }
    if (methods->count)
        state_put(call, resource, STR("resourceMethods"), methods);
}

void apigateway_import(struct call *call, struct value *api, const struct value *document)
{
    struct value *resources = state_put(call, api, STR("resources"), value_map(call->arena));
    const struct value *paths = value_get(document, "paths"), *info = value_get(document, "info");
    make_resource(call, resources, STR("/"), value_get_text(api, "rootResourceId"), STR_EMPTY);
    for (size_t i = 0; value_is(paths, VALUE_MAP) && i < paths->count; i++)
        if (str_starts(paths->entries[i].key, "/"))
            add_methods(call, resource_at(call, resources, paths->entries[i].key), paths->entries[i].value);
    if (value_get_text(info, "version").len)
        state_text(call, api, "version", value_get_text(info, "version"));
}
