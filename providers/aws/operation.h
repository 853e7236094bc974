#ifndef PLUMB_PROVIDERS_AWS_OPERATION_H
#define PLUMB_PROVIDERS_AWS_OPERATION_H

/*
 * The call table: one constant row for every AWS operation that plumb uses.  Encoding, retry, pacing, the IAM
 * policy that plumb needs and the crash sweep come from it.  A service's rows stand in
 * providers/SERVICE/operations.c, are declared in providers/SERVICE/operations.h, and the service's list is
 * one row of providers/aws/operations.c.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

enum aws_protocol {
    AWS_JSON_1_0, /* X-Amz-Target, body JSON */
    AWS_JSON_1_1,
    AWS_QUERY,     /* form parameters, XML answer */
    AWS_REST_JSON, /* path template, body JSON */
    AWS_REST_XML,  /* path template, body XML: S3 */
};

/* How a lost answer is made safe. */
enum aws_safety {
    AWS_READ,      /* changes nothing: send again */
    AWS_NATURAL,   /* the same request twice leaves the same state and succeeds: send again */
    AWS_TOKEN,     /* carries an idempotency token: send again with the same token */
    AWS_READ_BACK, /* may have happened: the caller looks before it sends again */
};

struct aws_service {
    const char *name;            /* "lambda": as in AWS_ENDPOINT_URL_<NAME> and call logs */
    const char *signing_name;    /* credential scope: "lambda" */
    const char *endpoint_prefix; /* host is <prefix>.<region>.<suffix>, unless global */
    bool global;                 /* IAM: one endpoint and one signing region a partition */
    enum aws_protocol protocol;
    const char *api_version;   /* query: Version=; "" elsewhere */
    const char *target_prefix; /* json: "DynamoDB_20120810"; "" elsewhere */
    const char *xml_namespace; /* rest-xml bodies */
    double rate, burst;        /* the default bucket: calls a second, and how many at once */
};

struct aws_operation {
    const struct aws_service *service;
    const char *name; /* "CreateFunction" */
    enum aws_safety safety;
    const char *method; /* rest protocols; POST elsewhere */
    const char *path;   /* rest: "/2015-03-31/functions/{FunctionName}/code", "{Key+}" keeps slashes */
    const char
        *query; /* rest: "Qualifier=Qualifier,Marker=Marker" member=parameter, comma between; or NULL */
    const char *headers;  /* rest: "RevisionId=If-Match" likewise; or NULL */
    const char *payload;  /* rest: the member that is the whole body; or NULL */
    const char *xml_root; /* rest-xml: root element of the body */
    const char *bucket;   /* name of the rate bucket it shares inside its service; NULL: the default one */
    double rate, burst;   /* of that bucket; 0: the service's default */
    const char *page_in, *page_out, *page_items; /* paging: input token, output token, list (dotted path) */
    const char *iam_action;                      /* NULL: "<signing_name>:<name>" */
    const char *iam_resource; /* "arn:{partition}:lambda:{region}:{account}:function:{FunctionName}" or "*" */
};

/* All rows of all services, for the policy generator and the tests. */
const struct aws_operation *const *aws_operations(size_t *count);

#endif
