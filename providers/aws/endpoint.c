#include "providers/aws/endpoint.h"

static const struct aws_partition partitions[] = {
    {"aws-cn", "cn-", "amazonaws.com.cn", "cn-north-1"},
    {"aws-us-gov", "us-gov-", "amazonaws.com", "us-gov-west-1"},
    {"aws-iso", "us-iso-", "c2s.ic.gov", "us-iso-east-1"},
    {"aws-iso-b", "us-isob-", "sc2s.sgov.gov", "us-isob-east-1"},
    {"aws-iso-e", "eu-isoe-", "cloud.adc-e.uk", "eu-isoe-west-1"},
    {"aws-iso-f", "us-isof-", "csp.hci.ic.gov", "us-isof-south-1"},
    {"aws-eusc", "eusc-", "amazonaws.eu", "eusc-de-east-1"},
    {"aws", "", "amazonaws.com", "us-east-1"}, /* last: matches all */
};

const struct aws_partition *aws_partition_of(struct str region)
{
    const struct aws_partition *partition = partitions;
    while (!str_starts(region, partition->region_prefix))
        partition++;
    return partition;
}

static const char *process_environment(const char *name)
{
    return getenv(name);
}

const char *environment_get(const struct aws_environment *environment, const char *name)
{
    const char *text =
        environment->get ? environment->get(environment->self, name) : process_environment(name);
    return text && *text ? text : NULL;
}

static bool is_true(const struct aws_environment *environment, const char *name)
{
    return str_equal_nocase(str_from(environment_get(environment, name)), STR("true"));
}

/* "api_gateway" gives AWS_ENDPOINT_URL_API_GATEWAY. */
static const char *variable_of(struct arena *arena, const char *service)
{
    char *name = arena_strz(arena, arena_printf(arena, "AWS_ENDPOINT_URL_%s", service));
    for (char *c = name; *c; c++) {
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
        else if (*c == '-' || *c == ' ')
            *c = '_';
    }
    return name;
}

static bool overriding_url(struct arena *arena, const struct aws_environment *environment,
                           const struct aws_service *service, struct str *url, const char **variable)
{
    if (is_true(environment, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"))
        return false;
    *variable = variable_of(arena, service->name);
    if (!environment_get(environment, *variable))
        *variable = "AWS_ENDPOINT_URL";
    *url = str_from(environment_get(environment, *variable));
    return url->len > 0;
}

static bool parse_url(struct str url, const char *variable, struct aws_endpoint *endpoint,
                      struct error *error)
{
    for (size_t i = 0; i < url.len; i++)
        if (url.ptr[i] <= ' ' || url.ptr[i] > '~' || strchr("@?#\\", url.ptr[i]))
            return error_set(error, ERROR_INVALID, "%s is not an endpoint: no spaces, '@', '?' or '#' in it",
                             variable);
    size_t after = str_starts(url, "https://") ? 8 : str_starts(url, "http://") ? 7 : 0;
    struct str rest = str_from_index(url, after);
    size_t slash = str_find(rest, '/');
    if (after == 0 || slash == 0)
        return error_set(error, ERROR_INVALID, "%s must be https://HOST or http://HOST, not '%.*s'", variable,
                         STR_ARG(url));
    endpoint->scheme = str_slice(url, 0, after - 3);
    endpoint->host = str_slice(rest, 0, slash);
    endpoint->path = str_from_index(rest, slash);
    while (str_ends(endpoint->path, "/"))
        endpoint->path.len--;
    return true;
}

static bool is_region(struct str region)
{
    if (region.len == 0 || region.len > 32)
        return false;
    for (size_t i = 0; i < region.len; i++) {
        char c = region.ptr[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    return true;
}

/* IAM has one host a partition: without a region in "aws", with the partition's own word elsewhere. */
/* Route 53's one endpoint in China bears no region, and signs for Ningxia's. */
static bool is_route53_in_china(const struct aws_service *service, const struct aws_partition *partition)
{
    return strcmp(service->endpoint_prefix, "route53") == 0 && strcmp(partition->name, "aws-cn") == 0;
}

static struct str global_host(struct arena *arena, const struct aws_service *service, const char *fips,
                              const struct aws_partition *partition)
{
    if (strcmp(partition->name, "aws") == 0 || is_route53_in_china(service, partition))
        return arena_printf(arena, "%s%s.%s", service->endpoint_prefix, fips, partition->url_suffix);
    const char *place = strcmp(partition->name, "aws-us-gov") == 0 ? "us-gov" : partition->global_region;
    return arena_printf(arena, "%s.%s.%s", service->endpoint_prefix, place, partition->url_suffix);
}

bool endpoint_resolve(struct arena *arena, const struct aws_environment *environment,
                      const struct aws_service *service, struct str region, struct aws_endpoint *endpoint,
                      struct error *error)
{
    if (!is_region(region))
        return error_set(error, ERROR_INVALID, "'%.*s' is not an AWS region", STR_ARG(region));
    const struct aws_partition *partition = aws_partition_of(region);
    struct str url;
    const char *variable;
    *endpoint = (struct aws_endpoint){.scheme = STR("https"), .path = STR_EMPTY};
    endpoint->signing_region = is_route53_in_china(service, partition) ? STR("cn-northwest-1")
                               : service->global                       ? str_from(partition->global_region)
                                                                       : region;
    endpoint->overridden = overriding_url(arena, environment, service, &url, &variable);
    if (endpoint->overridden)
        return parse_url(url, variable, endpoint, error);
    const char *fips = is_true(environment, "AWS_USE_FIPS_ENDPOINT") ? "-fips" : "";
    if (service->global)
        endpoint->host = global_host(arena, service, fips, partition);
    else
        endpoint->host = arena_printf(arena, "%s%s.%.*s.%s", service->endpoint_prefix, fips, STR_ARG(region),
                                      partition->url_suffix);
    return true;
}
