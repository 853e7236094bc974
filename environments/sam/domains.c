#include <string.h>

#include "environments/sam/rest_api.h"

/* Custom domains of REST APIs, and the Route 53 records of all APIs. */

static void fail(struct rest_api *api, const struct value *at, const char *what)
{
    sam_fail(api->sam, at ? at : api->domain, api->source->id, "%s", what);
}

static struct value *alias_target(struct sam *sam, struct value *domain, struct value *route,
                                  const char *name, bool http)
{
    struct value *target = value_map(sam->arena), *health = value_get(route, "EvaluateTargetHealth");
    const struct value *endpoint = value_get(domain, "EndpointConfiguration");
    if (!is_none(health))
        value_setz(sam->arena, target, "EvaluateTargetHealth", health);
    if (http || value_is_text(endpoint, "REGIONAL")) {
        value_setz(sam->arena, target, "HostedZoneId",
                   make(sam, "{'Fn::GetAtt': ['%s', 'RegionalHostedZoneId']}", name));
        value_setz(sam->arena, target, "DNSName",
                   make(sam, "{'Fn::GetAtt': ['%s', 'RegionalDomainName']}", name));
        return target;
    }
    bool edge = value_is_text(endpoint, "EDGE");
    struct value *zone =
        edge ? make_text(sam, "Z2FDTNDATAQYW2") : value_get(route, "VpcEndpointHostedZoneId");
    struct value *dns = value_get(route, edge ? "DistributionDomainName" : "VpcEndpointDomainName");
    if (edge && is_none(dns)) {
        dns = make(sam, "{'Fn::GetAtt': ['%s', 'DistributionDomainName']}", name);
        python_put(sam->arena, route, "DistributionDomainName", dns);
    }
    value_setz(sam->arena, target, "HostedZoneId", zone ? zone : value_null(sam->arena));
    value_setz(sam->arena, target, "DNSName", dns ? dns : value_null(sam->arena));
    return target;
}

static struct value *given(const struct value *map, const char *name)
{
    struct value *value = value_get(map, name);
    return is_none(value) ? NULL : value;
}

static struct value *records(struct sam *sam, struct value *domain, struct value *route, const char *name,
                             bool http)
{
    struct value *list = value_list(sam->arena), *v6 = value_get(route, "IpV6");
    for (int i = 0; i < (value_is(v6, VALUE_BOOL) && v6->boolean ? 2 : 1); i++)
        value_append(sam->arena, list,
                     make(sam,
                          "{'Name': %v, 'Type': '%s', 'AliasTarget': %v, 'Region': %v, 'SetIdentifier': %v}",
                          value_get(domain, "DomainName"), i ? "AAAA" : "A",
                          alias_target(sam, domain, route, name, http), given(route, "Region"),
                          given(route, "SetIdentifier")));
    return list;
}

void add_record_sets(struct sam *sam, struct value *domain, const char *name, const char *id,
                     struct value *attributes, bool http, struct made_list *list)
{
    struct value *route = value_get(domain, "Route53");
    struct value *zone = value_get(route, "HostedZoneId"), *zone_name = value_get(route, "HostedZoneName");
    struct value *separate = value_get(route, "SeparateRecordSetGroup");
    if (is_none(route) || !expect(sam, route, domain, id, "Domain.Route53", VALUE_MAP))
        return;
    if (is_none(zone) && is_none(zone_name)) {
        sam_fail(sam, route, id, "'Route53' needs 'HostedZoneId' or 'HostedZoneName'");
        return;
    }
    struct value *key = is_truthy(zone) ? zone : zone_name;
    bool alone = !http && is_truthy(separate);
    if (alone && !expect(sam, separate, route, id, "Domain.Route53.SeparateRecordSetGroup", VALUE_BOOL))
        return;
    const char *group_id = hashed_id(
        sam, "RecordSetGroup", alone ? make(sam, "[%v, %v]", key, value_get(domain, "DomainName")) : key);
    struct made *group = made_new(sam, group_id, "AWS::Route53::RecordSetGroup", attributes);
    struct value *shared = alone ? NULL : value_get(sam->record_sets, group_id);
    if (!shared) {
        shared = make(
            sam, "{'Zone': %v, 'Name': %v, 'Records': [], 'Attributes': %v}", given(route, "HostedZoneId"),
            http && given(route, "HostedZoneId") ? NULL : given(route, "HostedZoneName"), group->attributes);
        if (!alone)
            value_setz(sam->arena, sam->record_sets, group_id, shared);
    }
    append_all(sam, value_get(shared, "Records"), records(sam, domain, route, name, http));
    group->attributes = value_get(shared, "Attributes");
    made_set(sam, group, "HostedZoneId", value_get(shared, "Zone"));
    made_set(sam, group, "HostedZoneName", value_get(shared, "Name"));
    made_set(sam, group, "RecordSets", value_get(shared, "Records"));
    made_add(sam, list, group);
}

/* "A,B" of the keys that MutualTlsAuthentication does not take, sorted; NULL for none. */
static const char *unknown_tls_keys(struct sam *sam, const struct value *tls)
{
    const char *joined = NULL, *last = "";
    for (;;) {
        const char *next = NULL;
        for (size_t i = 0; i < tls->count; i++) {
            const char *key = tls->entries[i].key.ptr;
            bool known = str_is(tls->entries[i].key, "TruststoreUri") ||
                         str_is(tls->entries[i].key, "TruststoreVersion");
            if (!known && strcmp(key, last) > 0 && (!next || strcmp(key, next) < 0))
                next = key;
        }
        if (!next)
            return joined;
        joined = joined ? text(sam, "%s,%s", joined, next) : next;
        last = next;
    }
}

/* MutualTlsAuthentication: TruststoreUri and TruststoreVersion. */
struct value *mutual_tls(struct sam *sam, const struct value *domain, const char *id)
{
    const struct value *tls = value_get(domain, "MutualTlsAuthentication");
    struct value *uri = value_get(tls, "TruststoreUri"), *version = value_get(tls, "TruststoreVersion");
    if (!is_truthy(tls) || !expect(sam, tls, domain, id, "Domain.MutualTlsAuthentication", VALUE_MAP))
        return NULL;
    const char *unknown = unknown_tls_keys(sam, tls);
    if (unknown)
        sam_fail(sam, tls, id,
                 "'MutualTlsAuthentication' has no '%s', only 'TruststoreUri' and 'TruststoreVersion'",
                 unknown);
    return make(sam, "{'TruststoreUri': %v, 'TruststoreVersion': %v}", is_truthy(uri) ? uri : NULL,
                is_truthy(version) ? version : NULL);
}

static const char *letters_and_digits(struct sam *sam, struct str path)
{
    struct buf out = BUF_INIT(BUF_SMALL);
    for (size_t i = 0; i < path.len; i++)
        if (is_alphanumeric(str_slice(path, i, 1)))
            buf_addc(&out, path.ptr[i]);
    const char *copy = arena_strz(sam->arena, buf_str(&out));
    buf_release(&out);
    return copy;
}

static void add_mapping(struct rest_api *api, const char *name, bool private, const char *id,
                        struct value *base, struct made_list *list)
{
    struct sam *sam = api->sam;
    struct made *mapping =
        made_new(sam, id, private ? "AWS::ApiGateway::BasePathMappingV2" : "AWS::ApiGateway::BasePathMapping",
                 api->passthrough);
    made_set(sam, mapping, private ? "DomainNameArn" : "DomainName", make(sam, "{'Ref': '%s'}", name));
    made_set(sam, mapping, "RestApiId", make(sam, "{'Ref': '%s'}", api->source->id));
    made_set(sam, mapping, "Stage", make(sam, "{'Ref': '%s.Stage'}", api->source->id));
    made_set(sam, mapping, "BasePath", base);
    made_add(sam, list, mapping);
}

static void add_mappings(struct rest_api *api, const char *name, bool private, struct made_list *list)
{
    struct sam *sam = api->sam;
    struct value *bases = value_get(api->domain, "BasePath"),
                 *normalize = value_get(api->domain, "NormalizeBasePath");
    if (value_is(bases, VALUE_STRING) && is_truthy(bases))
        bases = make(sam, "[%v]", bases);
    if (!is_truthy(bases) || !value_is(bases, VALUE_LIST)) {
        add_mapping(api, name, private, text(sam, "%sBasePathMapping", api->source->id), NULL, list);
        return;
    }
    for (size_t i = 0; i < bases->count; i++) {
        if (!expect(sam, bases->items[i], api->domain, api->source->id, "Domain.BasePath", VALUE_STRING))
            return;
        const char *plain = letters_and_digits(sam, bases->items[i]->text);
        add_mapping(api, name, private, text(sam, "%s%sBasePathMapping", api->source->id, plain),
                    !normalize || is_truthy(normalize) ? make_text(sam, plain) : bases->items[i], list);
    }
}

static void set_certificate(struct rest_api *api, struct made *made, bool private)
{
    struct sam *sam = api->sam;
    struct value *endpoint = value_get(api->domain, "EndpointConfiguration");
    struct value *addresses = value_get(api->domain, "IpAddressType");
    if (is_none(endpoint)) {
        endpoint = make_text(sam, "REGIONAL");
        python_put(sam->arena, api->domain, "EndpointConfiguration", endpoint);
    }
    bool regional = value_is_text(endpoint, "REGIONAL");
    if (!regional && !value_is_text(endpoint, "EDGE") && !value_is_text(endpoint, "PRIVATE"))
        fail(api, endpoint, "'EndpointConfiguration' of 'Domain' must be EDGE, REGIONAL or PRIVATE");
    made_set(sam, made, regional && !private ? "RegionalCertificateArn" : "CertificateArn",
             value_get(api->domain, "CertificateArn"));
    made_set(
        sam, made, "EndpointConfiguration",
        make(sam, "{'Types': [%v], 'IpAddressType': %v}", endpoint, is_truthy(addresses) ? addresses : NULL));
}

static void add_association(struct rest_api *api, const char *name, struct made_list *list)
{
    struct sam *sam = api->sam;
    struct value *association = value_get(api->domain, "AccessAssociation");
    struct value *endpoint = value_get(association, "VpcEndpointId");
    if (is_none(association) ||
        !expect(sam, association, api->domain, api->source->id, "Domain.AccessAssociation", VALUE_MAP))
        return;
    struct value *data = make(sam, "[%v, '%s']", endpoint ? endpoint : value_null(sam->arena), name);
    struct made *made = made_new(sam, hashed_id(sam, "DomainNameAccessAssociation", data),
                                 "AWS::ApiGateway::DomainNameAccessAssociation", api->passthrough);
    made_set(sam, made, "DomainNameArn", make(sam, "{'Ref': '%s'}", name));
    made_set(sam, made, "AccessAssociationSourceType", make_text(sam, "VPCE"));
    made_set(sam, made, "AccessAssociationSource", endpoint);
    made_add(sam, list, made);
}

void api_build_domain(struct rest_api *api, struct made_list *list)
{
    static const char *const optional[] = {"SecurityPolicy", "EndpointAccessMode", "Policy",
                                           "OwnershipVerificationCertificateArn"};
    struct sam *sam = api->sam;
    struct value *domain = api->domain, *name = value_get(domain, "DomainName");
    bool private = value_is_text(value_get(domain, "EndpointConfiguration"), "PRIVATE");
    if (is_none(domain) || !expect(sam, domain, NULL, api->source->id, "Domain", VALUE_MAP))
        return;
    if (is_none(name) || is_none(value_get(domain, "CertificateArn"))) {
        fail(api, domain, "'Domain' needs 'DomainName' and 'CertificateArn'");
        return;
    }
    const char *id = hashed_id(sam, private ? "ApiGatewayDomainNameV2" : "ApiGatewayDomainName", name);
    if (!private)
        python_put(sam->arena, domain, "ApiDomainName", make_text(sam, id));
    struct made *made = made_new(
        sam, id, private ? "AWS::ApiGateway::DomainNameV2" : "AWS::ApiGateway::DomainName", api->passthrough);
    made_set(sam, made, "DomainName", name);
    set_certificate(api, made, private);
    if (!private)
        made_set(sam, made, "MutualTlsAuthentication", mutual_tls(sam, domain, api->source->id));
    const char *other = private ? "OwnershipVerificationCertificateArn" : "Policy";
    if (is_truthy(value_get(domain, other)))
        sam_fail(sam, value_get(domain, other), id, "a domain that is %sPRIVATE takes no '%s'",
                 private ? "" : "not ", other);
    for (size_t i = 0; i < ARRAY_LENGTH(optional); i++)
        if (is_truthy(value_get(domain, optional[i])))
            made_set(sam, made, optional[i], value_get(domain, optional[i]));
    made_add(sam, list, made);
    add_mappings(api, id, private, list);
    add_record_sets(sam, domain, private ? value_text(name).ptr : id, api->source->id, api->passthrough,
                    false, list);
    if (private)
        add_association(api, id, list);
}
