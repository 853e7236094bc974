#ifndef PLUMB_ENVIRONMENTS_SERVERLESS_COMPILE_H
#define PLUMB_ENVIRONMENTS_SERVERLESS_COMPILE_H

/*
 * The second half of the Serverless Framework (service.h): from a service without variables to the template
 * that `serverless package` of version 3.40.0 makes; inside this directory only.
 *
 * The service is checked and its values are brought to the kinds that the framework wants (schema.c); then
 * the parts add their resources, in the order in which the framework's do, because the order shows in lists.
 *
 * Three things differ from the framework's template on purpose: code is an artifact of the repository instead
 * of a key of S3; a function version's logical id ends in a digest of that artifact and the function's
 * properties; an API's deployment has the digest of the API behind its name instead of the clock.
 *
 * Not in the framework's template, and so not here: what its `deploy` command changes by calls of its own
 * after the stack (tags, tracing, logs and metrics of a REST API's stage).
 *
 * Mistakes are sticky: the first one stays, and what is made after it is thrown away.  So the parts need no
 * error paths, only care with NULL, which every value_ reading takes.
 */

#include "environments/serverless/service.h"

struct sls_function {
    const char *key;        /* in `functions` */
    struct value *config;   /* of it */
    struct value *events;   /* a list */
    const char *id;         /* the key as a part of logical ids */
    const char *lambda;     /* logical id */
    const char *name;       /* in the account */
    const char *alias_name; /* of provisioned concurrency or SnapStart, or NULL */
    const char *alias;      /* its logical id, or NULL */
    const char *version;    /* logical id of its version, or NULL */
};

struct sls {
    struct arena *arena;
    const struct template_options *options;
    struct value *service, *provider;
    const char *name, *stage, *region;
    struct sls_function *functions;
    size_t function_count;
    struct value *template, *resources, *outputs;
    struct value
        *statements;        /* of the default role's policy, or NULL: every function has a role of its own */
    struct value *packages; /* what was packaged already (code.c) */
    bool failed;
    struct error *error;
};

/* A mistake in the service, found at `at`. */
void sls_fail(struct sls *, const struct value *at, const char *format, ...) PRINTF_LIKE(3, 4);
/* What only the framework can do (service.h: serverless_unsupported). */
void sls_unsupported(struct sls *, const struct value *at, const char *format, ...) PRINTF_LIKE(3, 4);

/* A value from a shape (environments/make.h). */
struct value *form(struct sls *, const char *shape, ...);
const char *textf(struct sls *, const char *format, ...) PRINTF_LIKE(2, 3);
struct value *form_text(struct sls *, const char *);
const char *text_of(struct sls *, const struct value *); /* of a scalar, with a NUL behind; "" for others */

/* What JavaScript takes for true: not null, false, 0 or "". */
bool truthy(const struct value *);
struct value *truthy_or(struct value *, struct value *otherwise);
/* Truthy only; else NULL, which a shape leaves out. */
struct value *if_truthy(struct value *);
/* Not null; else NULL. */
struct value *if_given(struct value *);
bool is_function_call(const struct value *); /* {"Ref": ..} or {"Fn::..": ..} */

/* Adds into a map as lodash's merge does: maps by key, lists by index (merge.c). */
void sls_merge(struct sls *, struct value *into, const struct value *from);
/* A resource merged with what is there by that id, or in its place.  `at` is where it comes from. */
void sls_add(struct sls *, const char *id, struct value *resource, const struct value *at);
void sls_put(struct sls *, const char *id, struct value *resource, const struct value *at);
bool sls_has(const struct sls *, const char *id);
void sls_output(struct sls *, const char *id, const char *description, struct value *value);

/* A statement for the default role, where there is one. */
void sls_allow(struct sls *, struct value *statement);
/* The same, unless it is there already. */
void sls_allow_once(struct sls *, struct value *statement);

/* The services that may take on the default role: a list, or NULL. */
struct value *sls_role_services(const struct sls *);

struct sls_function *sls_function(struct sls *, struct str key); /* or NULL */
/* The function's ARN, of its alias where it has one. */
struct value *sls_target(struct sls *, const struct sls_function *);
struct value *alias_of(struct sls *, const struct sls_function *); /* its logical id, or NULL */
/* AWS::Lambda::Permission of lambda:InvokeFunction; source_arn may be NULL. */
struct value *sls_permission(struct sls *, const struct sls_function *, const char *principal,
                             struct value *source_arn);
/* [role?, alias?]: what an event source mapping of the function comes after. */
struct value *mapping_depends_on(struct sls *, const struct sls_function *);
/* {Filters: [{Pattern: JSON}]} of a list of patterns, or NULL. */
struct value *filter_criteria(struct sls *, const struct value *patterns);
/* [{Key, Value}] of a map. */
struct value *sls_tags(struct sls *, const struct value *tags);
struct value *sls_log_group(struct sls *, const char *name, const struct value *function);
const char *json_of(struct sls *, const struct value *); /* as JSON.stringify writes it */
const char *md5_of(struct sls *, const char *text);      /* hex */
struct value *unique_list(struct sls *, const struct value *scalar_or_list);

/* An event of a function. */
struct sls_event {
    const struct sls_function *function;
    struct value *value;  /* a text in its short form, or a map */
    size_t number, index; /* among the function's events of its kind, and among all; from 1 */
};
/* Calls for every event of the kind, in the order of the file. */
void each_event(struct sls *, const char *kind,
                void (*compile)(struct sls *, const struct sls_event *, void *self), void *self);

/* Names (naming.c). */
const char *name_upper_first(struct sls *, struct str);
const char *name_resource(struct sls *, struct str);     /* "my-fn_1" gives "MyDashfnUnderscore1" */
const char *name_alphanumeric(struct sls *, struct str); /* "my-topic" gives "Mytopic" */
const char *name_path(struct sls *, struct str);         /* "users/{id}" gives "UsersIdVar" */
const char *name_method(struct sls *, struct str);       /* "GET" gives "Get" */
const char *name_start_case(struct sls *, struct str);   /* "application/json" gives "ApplicationJson" */
const char *name_camel_case(struct sls *, struct str);   /* "post-user" gives "PostUser" */
const char *name_replace(struct sls *, struct str, const char *part, const char *with);

/* Checks `value` by the rule of that name (schemas.c) and brings scalars and lists to the kinds that it
 * wants, in place (schema.c).  `where` is for messages: "function 'hello'". */
void schema_check(struct sls *, const char *rule, const char *where, struct value **value);
const char *schema_text(struct str name); /* of the rule, or NULL */

/* The parts. */
void compile_core(struct sls *);
void compile_role(struct sls *);
void compile_layers(struct sls *);
void compile_functions(struct sls *);
void compile_resources(struct sls *);
void compile_schedule(struct sls *);
void compile_s3(struct sls *);
void compile_rest_api(struct sls *);
void compile_websocket(struct sls *);
void compile_sns(struct sls *);
void compile_stream(struct sls *);
void compile_kafka(struct sls *);
void compile_activemq(struct sls *);
void compile_rabbitmq(struct sls *);
void compile_msk(struct sls *);
void compile_alb(struct sls *);
void compile_alexa_skill(struct sls *);
void compile_alexa_smart_home(struct sls *);
void compile_iot(struct sls *);
void compile_iot_fleet_provisioning(struct sls *);
void compile_cloudwatch_event(struct sls *);
void compile_cloudwatch_log(struct sls *);
void compile_cognito_user_pool(struct sls *);
void compile_event_bridge(struct sls *);
void compile_sqs(struct sls *);
void compile_http_api(struct sls *);
void prepare_cloud_front(struct sls *);
void compile_cloud_front(struct sls *);

/* The function's own role, or NULL for the default one (role.c). */
struct value *custom_role(const struct sls *, const struct sls_function *);

/* The code of a function or layer (code.c). */
struct sls_code {
    struct value *artifact;    /* {"Plumb::Artifact": ...} */
    struct value *code_sha256; /* of the zip that Lambda gets */
    struct str digest;
};
/* What comes with a function (function_version.c). */
void compile_version(struct sls *, struct sls_function *, struct value *resource, const struct sls_code *,
                     bool keep);
void compile_url(struct sls *, const struct sls_function *);
void compile_invoke_config(struct sls *, const struct sls_function *);

WARN_UNUSED bool code_of_function(struct sls *, const struct sls_function *, struct sls_code *);
WARN_UNUSED bool code_of_layer(struct sls *, struct str key, struct value *layer, struct sls_code *);

#endif
