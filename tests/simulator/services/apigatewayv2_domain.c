/* Domain names, what they lead to, and links into a VPC. */

#include "tests/simulator/services/apigatewayv2.h"

static struct value *domains(struct call *call)
{
    return state_map(call, "domains");
}

static struct value *links(struct call *call)
{
    return state_map(call, "links");
}

static struct value *with_shape(struct call *call, struct value *shape)
{
    struct value *thing = value_map(call->arena);
    put(call, thing, "shape", shape);
    return thing;
}

/* --- domain names --- */

static struct value *domain_of(struct call *call)
{
    struct value *domain = value_get_str(domains(call), call_text(call, "domainName"));
    if (!domain)
        call_fail(call, 404, "NotFoundException", "Invalid domain name identifier specified");
    return domain;
}

/* The configuration as asked for, with what AWS adds. */
static void put_configurations(struct call *call, struct value *shape, struct str name)
{
    struct value *list = value_copy(call->arena, value_get(call->input, "domainNameConfigurations"));
    for (size_t i = 0; value_is(list, VALUE_LIST) && i < list->count; i++) {
        struct value *one = list->items[i];
        put_textf(call, one, "apiGatewayDomainName", "d-%s.execute-api.%.*s.amazonaws.com",
                  arena_printf(call->arena, "%016llx", (unsigned long long)str_hash(name)).ptr,
                  STR_ARG(call->region));
        put_text(call, one, "hostedZoneId", STR("Z1UJRXOUMOOFQ8"));
        put_text(call, one, "domainNameStatus", STR("AVAILABLE"));
        if (!value_get(one, "endpointType"))
            put_text(call, one, "endpointType", STR("REGIONAL"));
        if (!value_get(one, "securityPolicy"))
            put_text(call, one, "securityPolicy", STR("TLS_1_2"));
        if (!value_get(one, "ipAddressType"))
            put_text(call, one, "ipAddressType", STR("ipv4"));
    }
    if (list)
        state_put(call, shape, STR("domainNameConfigurations"), list);
}

static bool check_domain(struct call *call)
{
    const struct value *list = value_get(call->input, "domainNameConfigurations");
    if (call_has(call, "domainNameConfigurations") && (!list->count || list->count > 1))
        return call_fail(call, 400, "BadRequestException",
                         "There must be exactly one domain name configuration");
    for (size_t i = 0; value_is(list, VALUE_LIST) && i < list->count; i++)
        if (!value_get_text(list->items[i], "certificateArn").len)
            return call_fail(call, 400, "BadRequestException", "CertificateArn is a required parameter");
    return true;
}

bool apigatewayv2_create_domain(struct call *call)
{
    static const char *const required[] = {"domainName", NULL};
    struct str name = call_text(call, "domainName");
    if (!apigatewayv2_need(call, required) || !check_domain(call))
        return false;
    if (value_get_str(domains(call), name))
        return call_fail(call, 409, "ConflictException", "The domain name you provided already exists.");
    struct value *shape = value_map(call->arena);
    put_text(call, shape, "domainName", name);
    put_textf(call, shape, "domainNameArn", "arn:aws:apigateway:%.*s::/domainnames/%.*s",
              STR_ARG(call->region), STR_ARG(name));
    put_text(call, shape, "apiMappingSelectionExpression", STR("$request.basepath"));
    put(call, shape, "tags", value_map(call->arena));
    shape = value_get(state_put(call, domains(call), name, with_shape(call, shape)), "shape");
    put_configurations(call, shape, name);
    apigatewayv2_take(call, shape, (const char *const[]){"mutualTlsAuthentication", "routingMode", NULL});
    apigatewayv2_default(call, shape, "routingMode", "API_MAPPING_ONLY");
    state_merge(call, shape, "tags", value_get(call->input, "tags"));
    call->output = shape;
    return true;
}

bool apigatewayv2_get_domain(struct call *call)
{
    struct value *domain = domain_of(call);
    if (domain)
        call->output = value_get(domain, "shape");
    return domain != NULL;
}

bool apigatewayv2_get_domains(struct call *call)
{
    return apigatewayv2_page(call, domains(call), STR_EMPTY);
}

bool apigatewayv2_update_domain(struct call *call)
{
    struct value *domain = domain_of(call), *shape = value_get(domain, "shape");
    if (!domain || !check_domain(call))
        return false;
    put_configurations(call, shape, call_text(call, "domainName"));
    const struct value *tls = value_get(call->input, "mutualTlsAuthentication");
    if (tls && !value_get_text(tls, "truststoreUri").len)
        (void)value_remove(shape, STR("mutualTlsAuthentication"));
    else
        apigatewayv2_take(call, shape, (const char *const[]){"mutualTlsAuthentication", NULL});
    apigatewayv2_take(call, shape, (const char *const[]){"routingMode", NULL});
    apigatewayv2_default(call, shape, "routingMode", "API_MAPPING_ONLY");
    call->output = shape;
    return true;
}

bool apigatewayv2_delete_domain(struct call *call)
{
    return domain_of(call) && value_remove(domains(call), call_text(call, "domainName"));
}

/* --- mappings --- */

static struct value *mapping_of(struct call *call, struct value **domain)
{
    *domain = domain_of(call);
    struct value *one =
        *domain ? value_get_str(value_get(*domain, "mappings"), call_text(call, "apiMappingId")) : NULL;
    if (*domain && !one)
        call_fail(call, 404, "NotFoundException",
                  "The api mapping resource specified in the request was not found.");
    return value_get(one, "shape");
}

static bool check_mapping(struct call *call, const struct value *domain, const struct value *old)
{
    struct str stage = call_has(call, "stage") ? call_text(call, "stage") : value_get_text(old, "stage");
    struct str key = call_has(call, "apiMappingKey") ? call_text(call, "apiMappingKey")
                                                     : value_get_text(old, "apiMappingKey");
    const struct value *api = apigatewayv2_api(call), *all = value_get(domain, "mappings");
    if (!api)
        return false;
    if (!value_get_str(value_get(api, "stages"), stage))
        return call_fail(call, 400, "BadRequestException", "Invalid stage identifier specified");
    for (size_t i = 0; all && i < all->count; i++) {
        const struct value *shape = value_get(all->entries[i].value, "shape");
        if (shape != old && str_equal(value_get_text(shape, "apiMappingKey"), key))
            return call_fail(call, 409, "ConflictException",
                             "ApiMapping key already exists for this domain name");
    }
    return true;
}

static const char *const mapping_members[] = {"apiId", "apiMappingKey", "stage", NULL};

bool apigatewayv2_create_mapping(struct call *call)
{
    static const char *const required[] = {"apiId", "stage", NULL};
    struct value *domain = domain_of(call);
    if (!domain || !apigatewayv2_need(call, required) || !check_mapping(call, domain, NULL))
        return false;
    struct value *shape = apigatewayv2_add(call, domain, "mappings", "apiMappingId", value_map(call->arena));
    apigatewayv2_take(call, shape, mapping_members);
    call->output = shape;
    return true;
}

bool apigatewayv2_get_mapping(struct call *call)
{
    struct value *domain, *mapping = mapping_of(call, &domain);
    if (mapping)
        call->output = mapping;
    return mapping != NULL;
}

bool apigatewayv2_get_mappings(struct call *call)
{
    struct value *domain = domain_of(call);
    return domain && apigatewayv2_page(call, value_get(domain, "mappings"), STR_EMPTY);
}

bool apigatewayv2_update_mapping(struct call *call)
{
    static const char *const required[] = {"apiId", NULL};
    struct value *domain, *mapping = mapping_of(call, &domain);
    if (!mapping || !apigatewayv2_need(call, required) || !check_mapping(call, domain, mapping))
        return false;
    apigatewayv2_take(call, mapping, mapping_members);
    call->output = mapping;
    return true;
}

bool apigatewayv2_delete_mapping(struct call *call)
{
    struct value *domain;
    return mapping_of(call, &domain) &&
           value_remove(value_get(domain, "mappings"), call_text(call, "apiMappingId"));
}

/* --- links --- */

static struct value *link_of(struct call *call)
{
    struct value *link = value_get_str(links(call), call_text(call, "vpcLinkId"));
    if (!link)
        call_fail(call, 404, "NotFoundException", "Invalid VpcLink identifier specified %.*s",
                  STR_ARG(call_text(call, "vpcLinkId")));
    return value_get(link, "shape");
}

/* As it is now: a new one takes a while until it can be used. */
static struct value *link_shape(struct call *call, const struct value *shape)
{
    struct value *copy = value_copy(call->arena, shape);
    bool pending = call->now < value_get_int(copy, "ready", 0);
    (void)value_remove(copy, STR("ready"));
    put_text(call, copy, "vpcLinkStatus", pending ? STR("PENDING") : STR("AVAILABLE"));
    return copy;
}

bool apigatewayv2_create_link(struct call *call)
{
    static const char *const required[] = {"name", "subnetIds", NULL};
    if (!apigatewayv2_need(call, required))
        return false;
    struct value *shape = value_map(call->arena);
    struct str id = value_text(apigatewayv2_id(call, "vpcLinkId", shape, 6));
    put_text(call, shape, "createdDate", time_text(call, call->now));
    put_text(call, shape, "vpcLinkVersion", STR("V2"));
    put(call, shape, "securityGroupIds", value_list(call->arena));
    put(call, shape, "tags", value_map(call->arena));
    put_int(call, shape, "ready", call->now + call_delay(call, "apigatewayv2.link"));
    shape = value_get(state_put(call, links(call), id, with_shape(call, shape)), "shape");
    apigatewayv2_take(call, shape, (const char *const[]){"name", "securityGroupIds", "subnetIds", NULL});
    state_merge(call, shape, "tags", value_get(call->input, "tags"));
    call->output = link_shape(call, shape);
    return true;
}

bool apigatewayv2_get_link(struct call *call)
{
    struct value *link = link_of(call);
    if (link)
        call->output = link_shape(call, link);
    return link != NULL;
}

bool apigatewayv2_get_links(struct call *call)
{
    const struct value *all = links(call);
    struct value *shapes = value_map(call->arena);
    for (size_t i = 0; i < all->count; i++)
        value_set(call->arena, shapes, all->entries[i].key,
                  with_shape(call, link_shape(call, value_get(all->entries[i].value, "shape"))));
    return apigatewayv2_page(call, shapes, STR_EMPTY);
}

bool apigatewayv2_update_link(struct call *call)
{
    struct value *link = link_of(call);
    if (!link)
        return false;
    apigatewayv2_take(call, link, (const char *const[]){"name", NULL});
    call->output = link_shape(call, link);
    return true;
}

bool apigatewayv2_delete_link(struct call *call)
{
    call->status = 202;
    return link_of(call) && value_remove(links(call), call_text(call, "vpcLinkId"));
}
