/* Client certificates, links into VPCs, and the documentation of APIs. */

#include "base/json.h"
#include "tests/simulator/services/apigateway.h"

static const char *const id_letters = "abcdefghijklmnopqrstuvwxyz0123456789";

static bool bad(struct call *call, const char *what)
{
    return call_fail(call, 400, "BadRequestException", "%s", what);
}

static struct value *one_of(struct call *call, struct value *map, const char *label, const char *what)
{
    struct value *one = value_get_str(map, call_text(call, label));
    if (!one)
        call_fail(call, 404, "NotFoundException", "Invalid %s identifier specified", what);
    return one;
}

static void tags_of_input(struct call *call, struct value *one)
{
    state_put(call, one, STR("tags"),
              call_has(call, "tags") ? value_get(call->input, "tags") : value_map(call->arena));
}

static bool give(struct call *call, const struct value *one,
                 struct value *(*shape)(struct call *, const struct value *))
{
    if (one)
        call->output = shape(call, one);
    return one != NULL;
}

static bool give_page(struct call *call, const struct value *map,
                      struct value *(*shape)(struct call *, const struct value *))
{
    struct value *shapes = value_map(call->arena);
    for (size_t i = 0; i < map->count; i++)
        value_set(call->arena, shapes, map->entries[i].key, shape(call, map->entries[i].value));
    return apigateway_page(call, shapes);
}

static bool patch(struct call *call, struct value *one, const struct patch_member *members)
{
    struct value *patched = one ? apigateway_patched(call, one, members) : NULL;
    if (patched)
        apigateway_replace(call, one, patched);
    return patched != NULL;
}

/* --- client certificates --- */

static struct value *certificate_shape(struct call *call, const struct value *one)
{
    struct value *shape = value_copy(call->arena, one);
    int64_t made = value_get_int(one, "created", 0);
    (void)value_remove(shape, STR("created"));
    put_text(call, shape, "pemEncodedCertificate", STR("-----BEGIN CERTIFICATE-----"));
    put_time(call, shape, "createdDate", made);
    put_time(call, shape, "expirationDate", made + (int64_t)365 * 24 * 3600 * 1000);
    return shape;
}

static struct value *certificates(struct call *call)
{
    return state_map(call, "clientcertificates");
}

static struct value *certificate(struct call *call)
{
    return one_of(call, certificates(call), "clientcertificate_id", "Client Certificate");
}

bool apigateway_generate_certificate(struct call *call)
{
    struct str id = call_id(call, id_letters, 6);
    struct value *one = state_put(call, certificates(call), id, value_map(call->arena));
    state_text(call, one, "clientCertificateId", id);
    (void)state_member(call, one, "description");
    tags_of_input(call, one);
    state_int(call, one, "created", call->now);
    call->status = 201;
    return give(call, one, certificate_shape);
}

bool apigateway_get_certificate(struct call *call)
{
    return give(call, certificate(call), certificate_shape);
}

bool apigateway_get_certificates(struct call *call)
{
    return give_page(call, certificates(call), certificate_shape);
}

static const struct patch_member described[] = {{"description", PATCHES_TEXT, false, NULL},
                                                {NULL, PATCHES_TEXT, false, NULL}};

bool apigateway_update_certificate(struct call *call)
{
    struct value *one = certificate(call);
    return patch(call, one, described) && give(call, one, certificate_shape);
}

bool apigateway_delete_certificate(struct call *call)
{
    call->status = 202;
    return certificate(call) && value_remove(certificates(call), call_text(call, "clientcertificate_id"));
}

/* --- links into VPCs --- */

static struct value *link_shape(struct call *call, const struct value *one)
{
    struct value *shape = value_copy(call->arena, one);
    bool pending = call->now < value_get_int(one, "readyAt", 0);
    (void)value_remove(shape, STR("readyAt"));
    put_text(call, shape, "status", pending ? STR("PENDING") : STR("AVAILABLE"));
    return shape;
}

static struct value *links(struct call *call)
{
    return state_map(call, "vpclinks");
}

static struct value *link_here(struct call *call)
{
    return one_of(call, links(call), "vpclink_id", "VpcLink");
}

bool apigateway_create_link(struct call *call)
{
    static const char *const members[] = {"name", "description", "targetArns"};
    if (!call_text(call, "name").len || call_list(call, "targetArns")->count != 1)
        return bad(call, "A VPC link needs a name and one target");
    struct str id = call_id(call, id_letters, 6);
    struct value *one = state_put(call, links(call), id, value_map(call->arena));
    state_text(call, one, "id", id);
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        (void)state_member(call, one, members[i]);
    tags_of_input(call, one);
    state_int(call, one, "readyAt", call->now + call_delay(call, "apigateway.link"));
    call->status = 202;
    return give(call, one, link_shape);
}

bool apigateway_get_link(struct call *call)
{
    return give(call, link_here(call), link_shape);
}

bool apigateway_get_links(struct call *call)
{
    return give_page(call, links(call), link_shape);
}

bool apigateway_update_link(struct call *call)
{
    static const struct patch_member members[] = {{"name", PATCHES_TEXT, true, NULL},
                                                  {"description", PATCHES_TEXT, false, NULL},
                                                  {NULL, PATCHES_TEXT, false, NULL}};
    struct value *one = link_here(call);
    if (one && call->now < value_get_int(one, "readyAt", 0))
        return bad(call, "The VPC link is not ready");
    return patch(call, one, members) && give(call, one, link_shape);
}

bool apigateway_delete_link(struct call *call)
{
    call->status = 202;
    return link_here(call) && value_remove(links(call), call_text(call, "vpclink_id"));
}

/* --- documentation --- */

static struct value *as_it_is(struct call *call, const struct value *one)
{
    return value_copy(call->arena, one);
}

static struct value *map_of(struct call *call, const char *name)
{
    struct value *api = apigateway_api(call);
    if (api && !value_get(api, name))
        state_put(call, api, str_from(name), value_map(call->arena));
    return value_get(api, name);
}

static struct value *part(struct call *call)
{
    struct value *parts = map_of(call, "parts");
    return parts ? one_of(call, parts, "part_id", "Documentation part") : NULL;
}

static bool check_properties(struct call *call, struct str text)
{
    struct value *parsed;
    struct error error = ERROR_INIT;
    return (text.len && json_read(call->arena, STR_EMPTY, text, &parsed, &error)) ||
           bad(call, "Invalid documentation part: its properties are no JSON object");
}

/* What may be left out of a place, and is anything then. */
static struct value *whole_location(struct call *call)
{
    static const char *const placeless[] = {"API", "AUTHORIZER", "MODEL"};
    struct value *location = value_copy(call->arena, value_get(call->input, "location"));
    struct str type = value_get_text(location, "type");
    bool placed = !str_is(type, "RESOURCE");
    for (size_t i = 0; i < ARRAY_LENGTH(placeless); i++)
        if (str_is(type, placeless[i]))
            return location;
    if (!value_get(location, "path"))
        put_text(call, location, "path", STR("/"));
    if (placed && !value_get(location, "method"))
        put_text(call, location, "method", STR("*"));
    if (str_starts(type, "RESPONSE") && !value_get(location, "statusCode"))
        put_text(call, location, "statusCode", STR("*"));
    return location;
}

bool apigateway_create_part(struct call *call)
{
    struct value *parts = map_of(call, "parts");
    if (!parts)
        return false;
    if (!value_get_text(value_get(call->input, "location"), "type").len)
        return bad(call, "Invalid documentation part: it has no location");
    if (!check_properties(call, call_text(call, "properties")))
        return false;
    struct value *location = whole_location(call);
    for (size_t i = 0; i < parts->count; i++)
        if (value_equal(value_get(parts->entries[i].value, "location"), location))
            return call_fail(call, 409, "ConflictException",
                             "Documentation part already exists for the specified location");
    struct str id = call_id(call, id_letters, 6);
    struct value *one = state_put(call, parts, id, value_map(call->arena));
    state_text(call, one, "id", id);
    state_put(call, one, STR("location"), location);
    (void)state_member(call, one, "properties");
    call->status = 201;
    return give(call, one, as_it_is);
}

bool apigateway_get_part(struct call *call)
{
    return give(call, part(call), as_it_is);
}

bool apigateway_get_parts(struct call *call)
{
    const struct value *parts = map_of(call, "parts");
    return parts && give_page(call, parts, as_it_is);
}

bool apigateway_update_part(struct call *call)
{
    static const struct patch_member members[] = {{"properties", PATCHES_TEXT, true, NULL},
                                                  {NULL, PATCHES_TEXT, false, NULL}};
    struct value *one = part(call), *patched = one ? apigateway_patched(call, one, members) : NULL;
    if (!patched || !check_properties(call, value_get_text(patched, "properties")))
        return false;
    apigateway_replace(call, one, patched);
    return give(call, one, as_it_is);
}

bool apigateway_delete_part(struct call *call)
{
    call->status = 202;
    return part(call) && value_remove(map_of(call, "parts"), call_text(call, "part_id"));
}

static struct value *version_shape(struct call *call, const struct value *one)
{
    struct value *shape = value_copy(call->arena, one);
    (void)value_remove(shape, STR("created"));
    put_time(call, shape, "createdDate", value_get_int(one, "created", 0));
    return shape;
}

static struct value *version(struct call *call)
{
    struct value *versions = map_of(call, "versions");
    return versions ? one_of(call, versions, "doc_version", "Documentation version") : NULL;
}

bool apigateway_create_version(struct call *call)
{
    struct value *versions = map_of(call, "versions");
    struct str name = call_text(call, "documentationVersion");
    if (!versions)
        return false;
    if (!name.len)
        return bad(call, "Documentation version must be non-empty");
    if (value_get_str(versions, name))
        return call_fail(call, 409, "ConflictException", "Documentation version already exists");
    struct value *one = state_put(call, versions, name, value_map(call->arena));
    state_text(call, one, "version", name);
    (void)state_member(call, one, "description");
    state_int(call, one, "created", call->now);
    call->status = 201;
    return give(call, one, version_shape);
}

bool apigateway_get_version(struct call *call)
{
    return give(call, version(call), version_shape);
}

bool apigateway_update_version(struct call *call)
{
    struct value *one = version(call);
    return patch(call, one, described) && give(call, one, version_shape);
}

bool apigateway_delete_version(struct call *call)
{
    call->status = 202;
    return version(call) && value_remove(map_of(call, "versions"), call_text(call, "doc_version"));
}
