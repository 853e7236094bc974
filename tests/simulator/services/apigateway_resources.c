/* Resources of API Gateway's REST APIs: a tree of path parts. */

#include <string.h>

#include "tests/simulator/services/apigateway.h"

static const char *const id_letters = "abcdefghijklmnopqrstuvwxyz0123456789";

static struct value *resource_with(struct value *api, struct str id)
{
    struct value *resources = value_get(api, "resources");
    for (size_t i = 0; i < resources->count; i++)
        if (str_equal(value_get_text(resources->entries[i].value, "id"), id))
            return resources->entries[i].value;
    return NULL;
}

static struct value *resource_or_fail(struct call *call, struct value *api, const char *label)
{
    struct value *resource = api ? resource_with(api, call_text(call, label)) : NULL;
    if (api && !resource)
        call_fail(call, 404, "NotFoundException", "Invalid Resource identifier specified");
    return resource;
}

struct value *apigateway_resource(struct call *call, struct value *api)
{
    return resource_or_fail(call, api, "resource_id");
}

static bool is_variable(struct str part)
{
    return str_starts(part, "{");
}

static bool is_part(struct str part)
{
    struct str inside = part;
    if (is_variable(part)) {
        if (part.len < 3 || !str_ends(part, "}"))
            return false;
        inside = str_slice(part, 1, part.len - 2);
        if (inside.len > 1 && str_ends(inside, "+"))
            inside.len--;
    }
    for (size_t i = 0; i < inside.len; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:", inside.ptr[i]))
            return false;
    return inside.len > 0;
}

static bool has_room(struct call *call, const struct value *api, struct str parent, struct str part)
{
    const struct value *resources = value_get(api, "resources");
    for (size_t i = 0; i < resources->count; i++) {
        const struct value *other = resources->entries[i].value;
        struct str name = value_get_text(other, "pathPart");
        if (!str_equal(value_get_text(other, "parentId"), parent))
            continue;
        if (str_equal(name, part))
            return call_fail(call, 409, "ConflictException",
                             "Another resource with the same parent already has this name: %.*s",
                             STR_ARG(part));
        if (is_variable(name) && is_variable(part))
            return call_fail(call, 400, "BadRequestException",
                             "A sibling (%.*s) of this resource already has a variable path part",
                             STR_ARG(name));
    }
    return true;
}

static struct value *resource_shape(struct call *call, const struct value *resource, bool methods)
{
    struct value *shape = value_copy(call->arena, resource), *all = value_get(shape, "resourceMethods");
    if (all && all->count == 0)
        (void)value_remove(shape, STR("resourceMethods"));
    for (size_t i = 0; all && !methods && i < all->count; i++)
        all->entries[i].value = value_map(call->arena); /* only which there are */
    return shape;
}

bool apigateway_create_resource(struct call *call)
{
    struct value *api = apigateway_api(call), *parent = resource_or_fail(call, api, "parent_id");
    struct str part = call_text(call, "pathPart");
    if (!parent)
        return false;
    if (!is_part(part))
        return call_fail(call, 400, "BadRequestException",
                         "Resource's path part only allows letters, digits, ._-: or a variable in braces");
    struct str parent_id = value_get_text(parent, "id"), above = value_get_text(parent, "path");
    if (!has_room(call, api, parent_id, part))
        return false;
    if (str_is(above, "/"))
        above = STR_EMPTY;
    struct str path = arena_printf(call->arena, "%.*s/%.*s", STR_ARG(above), STR_ARG(part));
    struct value *one = state_put(call, value_get(api, "resources"), path, value_map(call->arena));
    state_text(call, one, "id", call_id(call, id_letters, 6));
    state_text(call, one, "path", path);
    state_text(call, one, "parentId", parent_id);
    state_text(call, one, "pathPart", part);
    call->output = resource_shape(call, one, true);
    call->status = 201;
    return true;
}

bool apigateway_get_resource(struct call *call)
{
    const struct value *resource = apigateway_resource(call, apigateway_api(call));
    if (resource)
        call->output = resource_shape(call, resource, call_list(call, "embed")->count > 0);
    return resource != NULL;
}

bool apigateway_get_resources(struct call *call)
{
    struct value *api = apigateway_api(call), *shapes = value_map(call->arena);
    if (!api)
        return false;
    const struct value *resources = value_get(api, "resources");
    for (size_t i = 0; i < resources->count; i++)
        value_set(call->arena, shapes, resources->entries[i].key,
                  resource_shape(call, resources->entries[i].value, call_list(call, "embed")->count > 0));
    return apigateway_page(call, shapes);
}

/* With everything below it. */
bool apigateway_delete_resource(struct call *call)
{
    struct value *api = apigateway_api(call), *resource = apigateway_resource(call, api);
    if (!resource)
        return false;
    struct str path = arena_str(call->arena, value_get_text(resource, "path"));
    if (str_is(path, "/"))
        return call_fail(call, 400, "BadRequestException", "Root resource cannot be deleted");
    struct value *resources = value_get(api, "resources");
    char *below = arena_strz(call->arena, arena_printf(call->arena, "%.*s/", STR_ARG(path)));
    for (size_t i = resources->count; i-- > 0;)
        if (str_equal(resources->entries[i].key, path) || str_starts(resources->entries[i].key, below))
            (void)value_remove(resources, resources->entries[i].key);
    call->status = 202;
    return true;
}
