#include "providers/apigateway/rest_api_extras.h"

#include "providers/apigateway/common.h"

bool rest_api_resources(const struct resource_call *call, struct str api, struct value **resources,
                        struct error *error)
{
    struct arena *arena = call->arena;
    struct value *input = api_input(arena, api), *embed = value_list(arena);
    value_append(arena, embed, value_stringz(arena, "methods"));
    value_setz(arena, input, "embed", embed);
    value_setz(arena, input, "limit", value_int(arena, 500));
    return aws_list(call->aws, &apigateway_operations[APIGATEWAY_GET_RESOURCES], arena, input, resources,
                    error);
}

void rest_api_method_extra(const struct resource_call *call, struct str api, const struct value *resource,
                           const struct value_entry *method, struct value **extras)
{
    struct arena *arena = call->arena;
    struct str path = value_get_text(resource, "path"), id = value_get_text(resource, "id");
    struct value *extra = add_extra(arena, extras, "method",
                                    arena_printf(arena, "%.*s %.*s", STR_ARG(method->key), STR_ARG(path)),
                                    value_text(value_path(method->value, "methodIntegration", "uri", NULL)));
    extra_is(arena, extra,
             arena_printf(arena, "%.*s|%.*s|%.*s", STR_ARG(api), STR_ARG(id), STR_ARG(method->key)));
}

static bool has_children(const struct value *resources, struct str id)
{
    for (size_t i = 0; i < resources->count; i++)
        if (str_equal(value_get_text(resources->items[i], "parentId"), id))
            return true;
    return false;
}

/* One with methods or resources below it goes only after these: some of them may be declared. */
static void add_resource(const struct resource_call *call, const struct value *resources,
                         const struct value *resource, struct value **extras)
{
    struct str id = value_get_text(resource, "id");
    const struct value *methods = value_get(resource, "resourceMethods");
    struct value *extra =
        add_extra(call->arena, extras, "resource", value_get_text(resource, "path"), STR_EMPTY);
    extra_is(call->arena, extra, id);
    if (has_children(resources, id) || (methods && methods->count))
        extra_stays(call->arena, extra);
}

bool rest_api_extras(const struct resource_call *call, struct value **extras, struct error *error)
{
    struct value *resources;
    if (value_get(call->properties, "Body"))
        return true; /* read has compared them */
    if (!rest_api_resources(call, call->physical_id, &resources, error))
        return false;
    for (size_t i = 0; i < resources->count; i++) {
        const struct value *resource = resources->items[i], *methods = value_get(resource, "resourceMethods");
        for (size_t k = 0; value_is(methods, VALUE_MAP) && k < methods->count; k++)
            rest_api_method_extra(call, call->physical_id, resource, &methods->entries[k], extras);
        if (value_get_text(resource, "parentId").len)
            add_resource(call, resources, resource, extras);
    }
    return true;
}

bool rest_api_remove_extra(const struct resource_call *call, const struct value *extra, struct error *error)
{
    struct str rest = value_get_text(extra, "Id"), api, resource, verb;
    if (str_is(value_get_text(extra, "Kind"), "resource"))
        return call_or_absent(
            call, &apigateway_operations[APIGATEWAY_DELETE_RESOURCE],
            and_with(call->arena, api_input(call->arena, call->physical_id), "resourceId", rest), error);
    if (!str_split(&rest, '|', &api) || !str_split(&rest, '|', &resource) || !str_split(&rest, '|', &verb))
        return error_set(error, ERROR_BUG, "'%.*s' is no method", STR_ARG(value_get_text(extra, "Name")));
    struct value *input = and_with(call->arena, api_input(call->arena, api), "resourceId", resource);
    return call_or_absent(call, &apigateway_operations[APIGATEWAY_DELETE_METHOD],
                          and_with(call->arena, input, "http_method", verb), error);
}
