#ifndef PLUMB_PROVIDERS_AWS_ENDPOINT_H
#define PLUMB_PROVIDERS_AWS_ENDPOINT_H

/*
 * Where a service answers.
 *
 * AWS_ENDPOINT_URL_<NAME> and AWS_ENDPOINT_URL override the host as in the AWS SDKs (not when
 * AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is "true"); AWS_USE_FIPS_ENDPOINT=true asks for FIPS hosts.  STS is
 * always asked in its region.  S3 buckets are addressed by host name, and by path where an endpoint is
 * overridden or the bucket's name cannot be a host name below one wildcard certificate.
 */

#include "base/arena.h"
#include "base/error.h"
#include "providers/aws/operation.h"

struct aws_partition {
    const char *name;          /* "aws-cn" */
    const char *region_prefix; /* "cn-" */
    const char *url_suffix;    /* "amazonaws.com.cn" */
    const char *global_region; /* signing region of services with one endpoint */
};

/* The partition of a region; unknown regions belong to "aws". */
const struct aws_partition *aws_partition_of(struct str region);

/* Reads the environment; NULL where the variable is not set. */
struct aws_environment {
    const char *(*get)(void *self, const char *name);
    void *self;
};
const char *environment_get(const struct aws_environment *, const char *name);

struct aws_endpoint {
    struct str scheme; /* "https" */
    struct str host;   /* with ":port" where one is given */
    struct str path;   /* put in front of every path, without a '/' at its end; mostly empty */
    struct str signing_region;
    bool overridden;
};

WARN_UNUSED bool endpoint_resolve(struct arena *, const struct aws_environment *, const struct aws_service *,
                                  struct str region, struct aws_endpoint *, struct error *);

#endif
