#include "environments/sam/http_api.h"

/* Custom domains of HTTP and WebSocket APIs. */

static void fail(struct http_api *api, const struct value *at, const char *what)
{
    sam_fail(api->sam, at, api->source->id, "%s", what);
}

static struct value *truthy(const struct value *domain, const char *name)
{
    struct value *value = value_get(domain, name);
    return is_truthy(value) ? value : NULL;
}

static void add_mapping(struct http_api *api, const char *domain, const char *id, struct value *key,
                        struct made_list *list)
{
    struct sam *sam = api->sam;
    struct made *mapping = made_new(sam, id, "AWS::ApiGatewayV2::ApiMapping", api->passthrough);
    made_set(sam, mapping, "DomainName", make(sam, "{'Ref': '%s'}", domain));
    made_set(sam, mapping, "ApiId", make(sam, "{'Ref': '%s'}", api->source->id));
    made_set(sam, mapping, "Stage", make(sam, "{'Ref': '%s.Stage'}", api->source->id));
    made_set(sam, mapping, "ApiMappingKey", key);
    made_add(sam, list, mapping);
}

/* Letters, digits, '/', '-' and '_'; in the logical id only letters and digits. */
static const char *base_id(struct http_api *api, const struct value *base)
{
    struct buf out = BUF_INIT(BUF_SMALL);
    struct str path = value_text(base);
    bool sound = value_is(base, VALUE_STRING);
    for (size_t i = 0; i < path.len; i++) {
        char c = path.ptr[i];
        bool letter = is_alphanumeric(str_slice(path, i, 1));
        sound = sound && (letter || c == '/' || c == '-' || c == '_');
        if (letter)
            buf_addc(&out, c);
    }
    if (!sound)
        fail(api, base, "'BasePath' must be letters, digits, '/', '-' and '_'");
    const char *copy = arena_strz(api->sam->arena, buf_str(&out));
    buf_release(&out);
    return copy;
}

static void add_mappings(struct http_api *api, const struct value *domain, const char *name,
                         struct made_list *list)
{
    struct sam *sam = api->sam;
    struct value *bases = truthy(domain, "BasePath");
    if (value_is(bases, VALUE_STRING))
        bases = make(sam, "[%v]", bases);
    if (!value_is(bases, VALUE_LIST)) {
        add_mapping(api, name, text(sam, "%sApiMapping", api->source->id), NULL, list);
        return;
    }
    for (size_t i = 0; i < bases->count && !sam->failed; i++) {
        const char *id = text(sam, "%s%sApiMapping", api->source->id, base_id(api, bases->items[i]));
        struct str key = value_text(bases->items[i]);
        while (key.len > 0 && key.ptr[0] == '/')
            key = str_from_index(key, 1);
        while (key.len > 0 && key.ptr[key.len - 1] == '/')
            key.len--;
        add_mapping(api, name, id, value_string(sam->arena, key), list);
    }
}

void http_build_domain(struct http_api *api, struct made_list *list)
{
    struct sam *sam = api->sam;
    struct value *domain = http_own(api, "Domain"), *name = value_get(domain, "DomainName");
    struct value *endpoint = value_get(domain, "EndpointConfiguration");
    if (is_none(domain))
        return;
    if (is_none(name) || is_none(value_get(domain, "CertificateArn"))) {
        fail(api, domain, "'Domain' needs 'DomainName' and 'CertificateArn'");
        return;
    }
    if (is_none(endpoint))
        endpoint = make_text(sam, "REGIONAL");
    if (!value_is_text(endpoint, "REGIONAL"))
        fail(api, endpoint, "'EndpointConfiguration' of 'Domain' must be REGIONAL");
    const char *id = hashed_id(sam, "ApiGatewayDomainNameV2", name);
    struct made *made = made_new(sam, id, "AWS::ApiGatewayV2::DomainName", api->passthrough);
    made_set(sam, made, "DomainName", name);
    made_set(sam, made, "Tags", make(sam, "{'%s': 'SAM'}", api->created));
    made_set(sam, made, "DomainNameConfigurations",
             make(sam,
                  "[{'CertificateArn': %v, 'EndpointType': %v, 'OwnershipVerificationCertificateArn': %v, "
                  "'SecurityPolicy': %v}]",
                  value_get(domain, "CertificateArn"), endpoint,
                  truthy(domain, "OwnershipVerificationCertificateArn"), truthy(domain, "SecurityPolicy")));
    made_set(sam, made, "MutualTlsAuthentication", mutual_tls(sam, domain, api->source->id));
    made_add(sam, list, made);
    add_mappings(api, domain, id, list);
    if (!sam->failed)
        add_record_sets(sam, domain, id, api->source->id, api->passthrough, true, list);
}
