#ifndef PLUMB_ENVIRONMENTS_SERVERLESS_REST_H
#define PLUMB_ENVIRONMENTS_SERVERLESS_REST_H

/* Events `http`: one REST API of API Gateway; inside of the files rest_*.c only. */

#include "environments/serverless/compile.h"

struct rest_authorizer {
    const char *type;                   /* as written, AWS_IAM in capitals; or NULL */
    const char *name, *identity_source; /* or NULL */
    struct value *arn;                  /* or NULL */
    struct value *id;                   /* of one that is there already, or NULL */
    struct value *ttl, *expression, *claims, *scopes;
    const char *alias; /* logical id, or NULL */
    bool external;     /* others give the permission */
    bool cognito;
};

struct rest_event {
    const struct sls_function *function;
    struct value *http; /* a map */
    const char *path;   /* without '/' at its ends */
    const char *method; /* small letters */
    const char *integration;
    struct value *cors;       /* a map, or NULL */
    struct value *parameters; /* "method.request.path.id" -> setting; or NULL */
    struct value *responses;  /* status code -> settings, or NULL: there are none */
    struct rest_authorizer *authorizer;
};

struct rest {
    struct sls *sls;
    const struct value *settings; /* provider.apiGateway */
    struct rest_event *events;
    size_t count;
    struct value *preflight; /* path -> merged CORS settings */
    struct value *resources; /* path -> {id}, those of `restApiResources` first */
    size_t predefined;
    struct value *method_ids;  /* in order */
    const char *deployment_id; /* logical id */
};

struct value *rest_api_id(struct rest *);
struct value *rest_source_arn(struct rest *);
struct value *rest_resource_id(struct rest *, const char *path);
const char *rest_resource_name(struct rest *, const char *path);
const char *rest_method_id(struct rest *, const char *path, const char *method);
/* Reads an event into *out (rest_event.c). */
void rest_read_event(struct rest *, const struct sls_event *, struct rest_event *out);
void rest_compile_cors(struct rest *);
void rest_compile_methods(struct rest *);
void rest_compile_validators(struct rest *);
void rest_compile_authorizers(struct rest *);
void rest_compile_deployment(struct rest *);
void rest_compile_keys(struct rest *);
void rest_compile_permissions(struct rest *);

#endif
