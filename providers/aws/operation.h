#ifndef PLUMB_PROVIDERS_AWS_OPERATION_H
#define PLUMB_PROVIDERS_AWS_OPERATION_H

/*
 * The call table: one constant row for every AWS operation that plumb uses.  Encoding, retry, pacing, the IAM
 * policy that plumb needs and the crash sweep come from it.
 *
 * A service's rows stand in providers/SERVICE/operations.c as one array, indexed by the enum of
 * providers/SERVICE/operations.h, and one row of providers/aws/operations.c lists the service:
 *
 *     enum sts_operation { STS_ASSUME_ROLE, STS_GET_CALLER_IDENTITY, ..., STS_OPERATION_COUNT };
 *     extern const struct aws_operation sts_operations[STS_OPERATION_COUNT];
 *     aws_call(aws, &sts_operations[STS_GET_CALLER_IDENTITY], arena, NULL, &output, error)
 *
 * Names of members, in rows as in inputs and outputs, are those on the wire: where AWS's own model gives a
 * member another name there ("items" of API Gateway travels as "item", "ApiId" as "apiId"), that one.
 * tests/providers/operations_oracle.py compares every row with AWS's published models.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

enum aws_protocol {
    AWS_JSON_1_0, /* X-Amz-Target, body JSON */
    AWS_JSON_1_1,
    AWS_QUERY,     /* form parameters, XML answer */
    AWS_EC2,       /* the same without <XResult> around the answer, lists without "member" */
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
    const char *name;            /* "lambda", "api_gateway": AWS's service id, in AWS_ENDPOINT_URL_<NAME> */
    const char *signing_name;    /* credential scope: "lambda" */
    const char *endpoint_prefix; /* host is <prefix>.<region>.<suffix>, unless global */
    bool global;                 /* IAM: one endpoint and one signing region a partition */
    enum aws_protocol protocol;
    const char *api_version;   /* query: Version=; "" elsewhere */
    const char *target_prefix; /* json: "DynamoDB_20120810"; "" elsewhere */
    const char *xml_namespace; /* rest-xml bodies */
    double rate, burst;        /* the default bucket: calls a second, and how many at once */
    bool rate_unpublished;     /* `rate` is where to begin with: pacing.h finds out */
    /* Where every call counts, also one with a bucket of its own: the name under which services share their
     * buckets ("apigateway" of both APIs).  NULL: a call takes from one bucket, of its service alone. */
    const char *total;
};

struct aws_operation {
    const struct aws_service *service;
    const char *name; /* "CreateFunction" */
    enum aws_safety safety;
    const char *method; /* rest protocols; POST elsewhere */
    /* rest: "/2015-03-31/functions/{FunctionName}/code", "{Key+}" keeps slashes; a fixed query may follow:
     * "/{Bucket}?tagging". */
    const char *path;
    /* rest: "Qualifier=Qualifier,Marker=Marker" member=parameter, comma between; or NULL.  A list repeats
     * its parameter; a map gives parameters of its own names. */
    const char *query;
    const char *headers;  /* rest: "RevisionId=If-Match" likewise; or NULL */
    const char *payload;  /* rest: the member that is the whole body (a string goes as it is); or NULL */
    const char *xml_root; /* rest-xml: root element of the body; without a payload that is all else */
    const char *bucket;   /* name of the rate bucket it shares inside its service; NULL: the default one */
    double rate, burst;   /* of that bucket; 0: the service's default */
    int64_t timeout_ms;   /* of one attempt; 0: a minute */
    /* Paging: input token, output token, list; the latter two may be dotted paths.  In the query protocol
     * without the "member" at its end.  Several lists, comma between, are given as one. */
    const char *page_in, *page_out, *page_items;
    /* query: members that are maps, not structures: "Attributes", "MessageAttributes=Name/Value" where key
     * and value have these names on the wire; comma between; or NULL. */
    const char *maps;
    const char *answer_headers; /* rest: "FunctionError=X-Amz-Function-Error": headers of the answer */
    const char *answer_payload; /* rest: the member that receives the answer's whole body as a string */
    const char *iam_action;     /* or several, comma between; NULL: "<signing_name>:<name>" */
    const char *iam_resource; /* "arn:{partition}:lambda:{region}:{account}:function:{FunctionName}" or "*" */
};

/* All rows of all services, for the policy generator and the tests. */
struct aws_operation_list {
    const struct aws_operation *rows;
    size_t count;
};
const struct aws_operation_list *aws_operation_lists(size_t *count);

#endif
