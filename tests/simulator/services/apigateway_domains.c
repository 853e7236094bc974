/* Domains of one's own, and where below them APIs stand. */

#include "tests/simulator/services/apigateway.h"

static const char *const id_letters = "abcdefghijklmnopqrstuvwxyz0123456789";

static bool bad(struct call *call, const char *what)
{
    return call_fail(call, 400, "BadRequestException", "%s", what);
}

static struct value *domains(struct call *call)
{
    return state_map(call, "domainnames");
}

static struct value *domain_of(struct call *call)
{
    struct value *domain = value_get_str(domains(call), call_text(call, "domain_name"));
    if (!domain)
        call_fail(call, 404, "NotFoundException", "Invalid domain name identifier specified");
    return domain;
}

/* A change takes its time: delay "apigateway.domain". */
static struct value *domain_shape(struct call *call, const struct value *domain)
{
    struct value *shape = value_copy(call->arena, domain);
    bool busy = call->now < value_get_int(domain, "busyUntil", 0);
    (void)value_remove(shape, STR("busyUntil"));
    (void)value_remove(shape, STR("mappings"));
    put_text(call, shape, "domainNameStatus", busy ? STR("UPDATING") : STR("AVAILABLE"));
    return shape;
}

static bool is_regional(const struct value *domain)
{
    return value_is_text(value_at(value_path(domain, "endpointConfiguration", "types", NULL), 0), "REGIONAL");
}

/* A regional domain has a name of its own, an edge-optimized one that of a distribution. */
static void name_ends(struct call *call, struct value *domain)
{
    static const char *const names[] = {"regionalDomainName", "regionalHostedZoneId",
                                        "distributionDomainName", "distributionHostedZoneId"};
    size_t first = is_regional(domain) ? 0 : 2;
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        (void)value_remove(domain, str_from(names[i]));
    struct str id = call_id(call, id_letters, 10);
    state_text(call, domain, names[first],
               is_regional(domain) ? arena_printf(call->arena, "d-%.*s.execute-api.%.*s.amazonaws.com",
                                                  STR_ARG(id), STR_ARG(call->region))
                                   : arena_printf(call->arena, "%.*s.cloudfront.net", STR_ARG(id)));
    state_text(call, domain, names[first + 1], STR("Z2FDTNDATAQYW2"));
}

static bool check_domain(struct call *call, const struct value *domain)
{
    const char *needed = is_regional(domain) ? "regionalCertificateArn" : "certificateArn";
    if (!value_get_text(domain, needed).len)
        return call_fail(call, 400, "BadRequestException", "A %s is needed", needed);
    if (value_get(domain, "mutualTlsAuthentication") && !is_regional(domain))
        return bad(call, "Mutual TLS is for regional domain names only");
    return true;
}

bool apigateway_create_domain_name(struct call *call)
{
    static const char *const members[] = {"domainName",
                                          "certificateArn",
                                          "regionalCertificateArn",
                                          "endpointConfiguration",
                                          "securityPolicy",
                                          "endpointAccessMode",
                                          "mutualTlsAuthentication",
                                          "ownershipVerificationCertificateArn",
                                          "routingMode"};
    struct str name = call_text(call, "domainName");
    if (!name.len)
        return bad(call, "Invalid domain name specified");
    if (value_get_str(domains(call), name))
        return bad(call, "The domain name you provided already exists.");
    struct value *fresh = value_map(call->arena);
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        put(call, fresh, members[i], value_get(call->input, members[i]));
    if (!value_get(fresh, "endpointConfiguration")) {
        struct value *endpoint = value_map(call->arena), *types = value_list(call->arena);
        value_append(call->arena, types, value_stringz(call->arena, "EDGE"));
        put(call, endpoint, "types", types);
        put(call, fresh, "endpointConfiguration", endpoint);
    }
    if (!check_domain(call, fresh))
        return false;
    if (!value_get(fresh, "securityPolicy"))
        put_text(call, fresh, "securityPolicy", STR("TLS_1_2"));
    if (!value_get(fresh, "routingMode"))
        put_text(call, fresh, "routingMode", STR("BASE_PATH_MAPPING_ONLY"));
    put(call, fresh, "tags",
        call_has(call, "tags") ? value_get(call->input, "tags") : value_map(call->arena));
    put(call, fresh, "mappings", value_map(call->arena));
    struct value *domain = state_put(call, domains(call), name, fresh);
    name_ends(call, domain);
    state_int(call, domain, "busyUntil", call->now + call_delay(call, "apigateway.domain"));
    call->output = domain_shape(call, domain);
    call->status = 201;
    return true;
}

bool apigateway_get_domain_name(struct call *call)
{
    const struct value *domain = domain_of(call);
    if (domain)
        call->output = domain_shape(call, domain);
    return domain != NULL;
}

static bool patch_domain(struct call *call, struct value *domain, const struct patch *patch)
{
    static const char *const plain[] = {"certificateArn",
                                        "regionalCertificateArn",
                                        "securityPolicy",
                                        "endpointAccessMode",
                                        "ownershipVerificationCertificateArn",
                                        "routingMode"};
    struct str parts[4] = {STR_EMPTY, STR_EMPTY, STR_EMPTY, STR_EMPTY};
    size_t count = apigateway_path(call, patch->path, parts, ARRAY_LENGTH(parts));
    struct value *inner = value_get_str(domain, parts[0]);
    if (count == 3 && str_is(parts[1], "types")) {
        struct value *types = value_list(call->arena);
        value_append(call->arena, types, value_string(call->arena, patch->value));
        put(call, inner, "types", types);
        return true;
    }
    if (count == 2 && (str_is(parts[1], "ipAddressType") || str_is(parts[0], "mutualTlsAuthentication"))) {
        if (str_is(parts[1], "truststoreUri") && !patch->value.len)
            return value_remove(domain, parts[0]) || true;
        if (!inner)
            value_set(call->arena, domain, parts[0], inner = value_map(call->arena));
        if (!patch->value.len)
            return value_remove(inner, parts[1]) || true;
        value_set(call->arena, inner, parts[1], value_string(call->arena, patch->value));
        return true;
    }
    for (size_t i = 0; count == 1 && i < ARRAY_LENGTH(plain); i++)
        if (str_is(parts[0], plain[i])) {
            if (patch->remove || !patch->value.len)
                (void)value_remove(domain, parts[0]);
            else
                value_set(call->arena, domain, parts[0], value_string(call->arena, patch->value));
            return true;
        }
    return bad(call, "Invalid patch path specified");
}

bool apigateway_update_domain_name(struct call *call)
{
    struct value *domain = domain_of(call), *copy = domain ? value_copy(call->arena, domain) : NULL;
    struct patch *patches;
    size_t count;
    if (!domain || !apigateway_patches(call, &patches, &count))
        return false;
    if (call->now < value_get_int(domain, "busyUntil", 0))
        return bad(call, "Domain name is being updated");
    for (size_t i = 0; i < count; i++)
        if (!patch_domain(call, copy, &patches[i]))
            return false;
    if (!check_domain(call, copy))
        return false;
    bool moved = is_regional(domain) != is_regional(copy);
    apigateway_replace(call, domain, copy);
    if (moved)
        name_ends(call, domain);
    state_int(call, domain, "busyUntil", call->now + call_delay(call, "apigateway.domain"));
    call->output = domain_shape(call, domain);
    return true;
}

bool apigateway_delete_domain_name(struct call *call)
{
    call->status = 202;
    return domain_of(call) && value_remove(domains(call), call_text(call, "domain_name"));
}

/* --- base path mappings --- */

static bool check_mapping(struct call *call, const struct value *mapping)
{
    const struct value *api = value_get_str(state_map(call, "apis"), value_get_text(mapping, "restApiId"));
    struct str stage = value_get_text(mapping, "stage");
    if (!api)
        return bad(call, "Invalid REST API identifier specified");
    return !stage.len || value_get_str(value_get(api, "stages"), stage) ||
           bad(call, "Invalid stage identifier specified");
}

static struct value *mapping_of(struct call *call, struct value *domain)
{
    struct value *one =
        domain ? value_get_str(value_get(domain, "mappings"), call_text(call, "base_path")) : NULL;
    if (domain && !one)
        call_fail(call, 404, "NotFoundException", "Invalid base path mapping identifier specified");
    return one;
}

bool apigateway_create_mapping(struct call *call)
{
    struct value *domain = domain_of(call);
    struct str path = call_text(call, "basePath");
    if (!domain)
        return false;
    if (!path.len)
        path = STR("(none)");
    if (value_get_str(value_get(domain, "mappings"), path))
        return call_fail(call, 409, "ConflictException", "Base path already exists for this domain name");
    if (!check_mapping(call, call->input))
        return false;
    struct value *one = state_put(call, value_get(domain, "mappings"), path, value_map(call->arena));
    state_text(call, one, "basePath", path);
    (void)state_member(call, one, "restApiId");
    (void)state_member(call, one, "stage");
    call->output = value_copy(call->arena, one);
    call->status = 201;
    return true;
}

bool apigateway_get_mapping(struct call *call)
{
    const struct value *one = mapping_of(call, domain_of(call));
    if (one)
        call->output = value_copy(call->arena, one);
    return one != NULL;
}

bool apigateway_update_mapping(struct call *call)
{
    static const struct patch_member members[] = {{"restApiId", PATCHES_TEXT, true, "restapiId"},
                                                  {"stage", PATCHES_TEXT, false, NULL},
                                                  {NULL, PATCHES_TEXT, false, NULL}};
    struct value *one = mapping_of(call, domain_of(call));
    struct value *patched = one ? apigateway_patched(call, one, members) : NULL;
    if (!patched || !check_mapping(call, patched))
        return false;
    apigateway_replace(call, one, patched);
    call->output = value_copy(call->arena, one);
    return true;
}

bool apigateway_delete_mapping(struct call *call)
{
    struct value *domain = domain_of(call);
    call->status = 202;
    return mapping_of(call, domain) &&
           value_remove(value_get(domain, "mappings"), call_text(call, "base_path"));
}
