/*
 * AWS::ApiGateway::DomainName: a domain of one's own for public APIs.  A change of an edge-optimized one
 * takes up to 40 minutes.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-domainname.html
 */

#include "providers/apigateway/table.h"
#include "providers/apigateway/types.h"

enum { SETTLE_MS = 60 * 60 * 1000 };

static const struct shape shape[] = {
    {.path = "CertificateArn"},
    {.path = "DomainName"},
    {.path = "EndpointAccessMode"},
    {.path = "EndpointConfiguration", .kind = SHAPE_MAP, .otherwise = "{\"Types\":[\"EDGE\"]}"},
    {.path = "EndpointConfiguration.IpAddressType"},
    {.path = "EndpointConfiguration.Types", .kind = SHAPE_LIST, .otherwise = "[\"EDGE\"]"},
    {.path = "MutualTlsAuthentication", .kind = SHAPE_MAP},
    {.path = "MutualTlsAuthentication.TruststoreUri"},
    {.path = "MutualTlsAuthentication.TruststoreVersion"},
    {.path = "OwnershipVerificationCertificateArn"},
    {.path = "RegionalCertificateArn"},
    {.path = "RoutingMode", .otherwise = "\"BASE_PATH_MAPPING_ONLY\""},
    {.path = "SecurityPolicy"},
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.path = NULL},
};
static const struct patch_row patch[] = {
    {"CertificateArn", "/certificateArn", PATCH_FIXED},
    {"EndpointAccessMode", "/endpointAccessMode", PATCH_FIXED},
    {"OwnershipVerificationCertificateArn", "/ownershipVerificationCertificateArn", PATCH_TEXT},
    {"RegionalCertificateArn", "/regionalCertificateArn", PATCH_FIXED},
    {"RoutingMode", "/routingMode", PATCH_FIXED},
    {"SecurityPolicy", "/securityPolicy", PATCH_FIXED},
    {NULL, NULL, PATCH_TEXT},
};
static const struct patch_row of_trust[] = {
    {"TruststoreUri", "/mutualTlsAuthentication/truststoreUri", PATCH_TEXT},
    {"TruststoreVersion", "/mutualTlsAuthentication/truststoreVersion", PATCH_TEXT},
    {NULL, NULL, PATCH_TEXT},
};
static const struct table_key keys[] = {{"domainName", NULL}, {NULL, NULL}};

static void receive(const struct resource_call *call, const struct value *answer,
                    struct resource_state *state)
{
    static const char *const attributes[][2] = {
        {"DistributionDomainName", "distributionDomainName"},
        {"DistributionHostedZoneId", "distributionHostedZoneId"},
        {"RegionalDomainName", "regionalDomainName"},
        {"RegionalHostedZoneId", "regionalHostedZoneId"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(attributes); i++)
        if (value_get(answer, attributes[i][1]))
            value_setz(call->arena, state->attributes, attributes[i][0], value_get(answer, attributes[i][1]));
    struct str path = arena_printf(call->arena, "domainnames/%.*s", STR_ARG(state->physical_id));
    and_with(call->arena, state->attributes, "DomainNameArn", apigateway_arn(call, path));
}

static void patch_endpoint(struct arena *arena, const struct value *wanted, const struct value *live,
                           struct value *steps)
{
    if (shape_differs(wanted, live, "Types")) {
        struct str type = value_text(value_at(value_get(live, "Types"), 0));
        patch_add(arena, steps, "replace",
                  arena_printf(arena, "/endpointConfiguration/types/%.*s", STR_ARG(type)),
                  value_at(value_get(wanted, "Types"), 0));
    }
    if (shape_differs(wanted, live, "IpAddressType") && value_get_text(wanted, "IpAddressType").len)
        patch_add(arena, steps, "replace", STR("/endpointConfiguration/ipAddressType"),
                  value_get(wanted, "IpAddressType"));
}

/* Mutual TLS ends when its truststore is "". */
static void more(const struct resource_call *call, const struct value *target, const struct value *live,
                 struct value *steps)
{
    struct arena *arena = call->arena;
    const struct value *trust = value_get(target, "MutualTlsAuthentication"),
                       *now = value_get(live, "MutualTlsAuthentication");
    patch_endpoint(arena, value_get(target, "EndpointConfiguration"),
                   value_get(live, "EndpointConfiguration"), steps);
    if (trust && shape_covers(NULL, trust) && !shape_covers(NULL, now))
        patch_add(arena, steps, "replace", STR("/mutualTlsAuthentication/truststoreUri"),
                  value_string(arena, STR_EMPTY));
    const struct value *parts = patch_between(arena, of_trust, trust, now);
    for (size_t i = 0; i < parts->count; i++)
        value_append(arena, steps, parts->items[i]);
}

struct settling {
    const struct resource_call *call;
    struct str name;
};

static bool probe(void *self, bool *done, struct error *error)
{
    const struct settling *settling = self;
    const struct resource_call *call = settling->call;
    struct value *answer;
    if (!aws_call(call->aws, &apigateway_operations[APIGATEWAY_GET_DOMAIN_NAME], call->arena,
                  input_with(call->arena, "domainName", settling->name), &answer, error))
        return false;
    struct str status = value_get_text(answer, "domainNameStatus");
    *done = !status.len || str_is(status, "AVAILABLE");
    if (*done || str_is(status, "UPDATING") || str_is(status, "PENDING"))
        return true;
    return error_set(error, ERROR_INVALID, "domain '%.*s' is %.*s: %.*s", STR_ARG(settling->name),
                     STR_ARG(status), STR_ARG(value_get_text(answer, "domainNameStatusMessage")));
}

static bool settle(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct settling settling = {call, state->physical_id};
    return wait_until(call, "API Gateway's domain", SETTLE_MS, probe, &settling, error);
}

static const struct table table = {
    .shape = shape,
    .patch = patch,
    .keys = keys,
    .create = APIGATEWAY_CREATE_DOMAIN_NAME,
    .read = APIGATEWAY_GET_DOMAIN_NAME,
    .update = APIGATEWAY_UPDATE_DOMAIN_NAME,
    .remove = APIGATEWAY_DELETE_DOMAIN_NAME,
    .id = "domainName",
    .name = "DomainName",
    .tagged = "domainnames/",
    .write_tags = apigateway_write_tags,
    .receive = receive,
    .more = more,
    .settle = settle,
};
TABLE_LIFE(table, apigateway_domain_name_type)

/* API Gateway calls it a bad request that the domain exists already. */
static bool create_domain(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    if (create(call, state, error))
        return true;
    if (error->code == ERROR_INVALID && str_contains(str_from(error->message), "already exists"))
        error->code = ERROR_CONFLICT;
    return false;
}

static bool check(const struct value *properties, struct error *error)
{
    return value_get(properties, "DomainName") ||
           value_error(properties, error, ERROR_INVALID, "a domain needs its 'DomainName'");
}

const struct resource_type apigateway_domain_name_type = {
    .name = "AWS::ApiGateway::DomainName",
    .traits = RESOURCE_TAGGED,
    .name_property = "DomainName",
    .read = read,
    .find = find,
    .create = create_domain,
    .update = update,
    .remove = remove_it,
    .normalize = normalize,
    .check = check,
    .arn = "arn:{partition}:apigateway:{region}::/domainnames/{DomainName}",
};
