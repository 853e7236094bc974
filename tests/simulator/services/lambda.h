#ifndef PLUMB_SIMULATOR_LAMBDA_H
#define PLUMB_SIMULATOR_LAMBDA_H

/*
 * What the files of Lambda share.
 *
 * A function is {"name", "tags", "latest": record, "versions": {"1": record}, "last": highest number ever,
 * "aliases", "policies", "urls", "invoke", "provisioned": maps by alias or qualifier, "reserved": number}.
 * A record is one version: {"config": members as they are answered, "sha256": base64, "size", "digest": of
 * the blob, "image", "revision", "settled": the revision once it has settled, "until": when that is, "fresh":
 * it was created, "modified"}.
 */

#include "tests/simulator/service.h"

#define LAMBDA_INVALID "InvalidParameterValueException"
#define LAMBDA_MISSING "ResourceNotFoundException"
#define LAMBDA_CONFLICT "ResourceConflictException"

extern const struct sim_service sim_lambda;
extern const struct sim_paging lambda_paging; /* 50 a page */

struct lambda_target {
    struct str name, qualifier; /* "" where none was given */
    struct value *function;
};

/* Reads FunctionName (name, partial or full ARN, each with ":qualifier") and Qualifier. */
bool lambda_name(struct call *, struct str text, struct str *name, struct str *qualifier);
/* The function that the call names, which exists; or fails. */
bool lambda_find(struct call *, struct lambda_target *);
/* The same, and its qualifier exists too. */
bool lambda_find_qualified(struct call *, struct lambda_target *, struct value **record, struct str *version);
/* The record behind a qualifier ("" is $LATEST), or NULL. */
struct value *lambda_record(const struct value *function, struct str qualifier, struct str *version);
bool lambda_has_qualifier(const struct value *function, struct str qualifier);
struct value *lambda_functions(struct call *);
struct str lambda_arn(const struct call *, struct str name, struct str qualifier);
bool lambda_not_found(struct call *, struct str name, struct str qualifier);
bool lambda_is_number(struct str);
/* A child map of a function, made where it is not there. */
struct value *lambda_map(struct call *, struct value *function, const char *name);

/* Fails where the call has a RevisionId that is not `current`. */
bool lambda_revision(struct call *, struct str current, const char *read_with);
struct str lambda_current_revision(const struct call *, const struct value *record);
/* Fails while the function is pending or being updated. */
bool lambda_is_settled(struct call *, const struct value *function, struct str name);
/* After a change: a new revision, unsettled for the delay. */
void lambda_touch(struct call *, struct value *record, const char *delay, bool fresh);

enum lambda_form { LAMBDA_FULL, LAMBDA_LISTED };
struct value *lambda_configuration(struct call *, const struct value *function, const struct value *record,
                                   struct str qualifier, struct str version, enum lambda_form);
bool lambda_config_is_valid(struct call *, bool creating);
void lambda_config_apply(struct call *, struct value *config, bool creating);
struct str lambda_time(const struct call *, int64_t ms); /* "2026-11-22T20:18:37.000+0000" */

/* The code that the call brings; `from` is the map with ZipFile, S3Bucket, ImageUri. */
struct lambda_code {
    struct str digest, sha256, image;
    int64_t size;
};
bool lambda_code_read(struct call *, const struct value *from, bool image, struct lambda_code *);
void lambda_code_apply(struct call *, struct value *record, const struct lambda_code *);

/* The version that PublishVersion would make, or the last one where nothing changed. */
struct value *lambda_publish(struct call *, struct value *function, struct str *version);

/* The record and version that a request goes to, by the alias' weights where it has some. */
struct value *lambda_chosen(struct call *, const struct lambda_target *, struct str *version);
/* What one request to them comes to, and reports it to the metrics. */
struct lambda_once {
    bool throttled, failed;
    int64_t ms; /* that it took */
};
struct lambda_once lambda_invoke_once(struct call *, const struct lambda_target *, const struct value *record,
                                      struct str version);

bool lambda_tags_fit(struct call *, const struct value *there, const struct value *added);

#define LAMBDA_OPERATIONS(X)                                                                                 \
    X(AddLayerVersionPermission, SIM_WRITE, "POST",                                                          \
      "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy", 201)                                 \
    X(AddPermission, SIM_WRITE, "POST", "/2015-03-31/functions/{FunctionName}/policy", 201)                  \
    X(CreateAlias, SIM_WRITE, "POST", "/2015-03-31/functions/{FunctionName}/aliases", 201)                   \
    X(CreateCodeSigningConfig, SIM_WRITE, "POST", "/2020-04-22/code-signing-configs", 201)                   \
    X(CreateEventSourceMapping, SIM_WRITE, "POST", "/2015-03-31/event-source-mappings", 202)                 \
    X(CreateFunction, SIM_WRITE, "POST", "/2015-03-31/functions", 201)                                       \
    X(CreateFunctionUrlConfig, SIM_WRITE, "POST", "/2021-10-31/functions/{FunctionName}/url", 201)           \
    X(DeleteAlias, SIM_WRITE, "DELETE", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", 204)          \
    X(DeleteCodeSigningConfig, SIM_WRITE, "DELETE",                                                          \
      "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}", 204)                                        \
    X(DeleteEventSourceMapping, SIM_WRITE, "DELETE", "/2015-03-31/event-source-mappings/{UUID}", 202)        \
    X(DeleteFunction, SIM_WRITE, "DELETE", "/2015-03-31/functions/{FunctionName}", 204)                      \
    X(DeleteFunctionCodeSigningConfig, SIM_WRITE, "DELETE",                                                  \
      "/2020-06-30/functions/{FunctionName}/code-signing-config", 204)                                       \
    X(DeleteFunctionConcurrency, SIM_WRITE, "DELETE", "/2017-10-31/functions/{FunctionName}/concurrency",    \
      204)                                                                                                   \
    X(DeleteFunctionEventInvokeConfig, SIM_WRITE, "DELETE",                                                  \
      "/2019-09-25/functions/{FunctionName}/event-invoke-config", 204)                                       \
    X(DeleteFunctionUrlConfig, SIM_WRITE, "DELETE", "/2021-10-31/functions/{FunctionName}/url", 204)         \
    X(DeleteLayerVersion, SIM_WRITE, "DELETE", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}",    \
      204)                                                                                                   \
    X(DeleteProvisionedConcurrencyConfig, SIM_WRITE, "DELETE",                                               \
      "/2019-09-30/functions/{FunctionName}/provisioned-concurrency", 204)                                   \
    X(GetAccountSettings, SIM_READ, "GET", "/2016-08-19/account-settings", 200)                              \
    X(GetAlias, SIM_READ, "GET", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", 200)                 \
    X(GetCodeSigningConfig, SIM_READ, "GET", "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}", 200) \
    X(GetEventSourceMapping, SIM_READ, "GET", "/2015-03-31/event-source-mappings/{UUID}", 200)               \
    X(GetFunction, SIM_READ, "GET", "/2015-03-31/functions/{FunctionName}", 200)                             \
    X(GetFunctionCodeSigningConfig, SIM_READ, "GET",                                                         \
      "/2020-06-30/functions/{FunctionName}/code-signing-config", 200)                                       \
    X(GetFunctionConcurrency, SIM_READ, "GET", "/2019-09-30/functions/{FunctionName}/concurrency", 200)      \
    X(GetFunctionConfiguration, SIM_READ, "GET", "/2015-03-31/functions/{FunctionName}/configuration", 200)  \
    X(GetFunctionEventInvokeConfig, SIM_READ, "GET",                                                         \
      "/2019-09-25/functions/{FunctionName}/event-invoke-config", 200)                                       \
    X(GetFunctionRecursionConfig, SIM_READ, "GET", "/2024-08-31/functions/{FunctionName}/recursion-config",  \
      200)                                                                                                   \
    X(GetFunctionUrlConfig, SIM_READ, "GET", "/2021-10-31/functions/{FunctionName}/url", 200)                \
    X(GetLayerVersion, SIM_READ, "GET", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}", 200)      \
    X(GetLayerVersionByArn, SIM_READ, "GET", "/2018-10-31/layers?find=LayerVersion", 200)                    \
    X(GetLayerVersionPolicy, SIM_READ, "GET",                                                                \
      "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy", 200)                                 \
    X(GetPolicy, SIM_READ, "GET", "/2015-03-31/functions/{FunctionName}/policy", 200)                        \
    X(GetProvisionedConcurrencyConfig, SIM_READ, "GET",                                                      \
      "/2019-09-30/functions/{FunctionName}/provisioned-concurrency", 200)                                   \
    X(GetRuntimeManagementConfig, SIM_READ, "GET",                                                           \
      "/2021-07-20/functions/{FunctionName}/runtime-management-config", 200)                                 \
    X(ListAliases, SIM_READ, "GET", "/2015-03-31/functions/{FunctionName}/aliases", 200)                     \
    X(ListCodeSigningConfigs, SIM_READ, "GET", "/2020-04-22/code-signing-configs", 200)                      \
    X(ListEventSourceMappings, SIM_READ, "GET", "/2015-03-31/event-source-mappings", 200)                    \
    X(ListFunctionEventInvokeConfigs, SIM_READ, "GET",                                                       \
      "/2019-09-25/functions/{FunctionName}/event-invoke-config/list", 200)                                  \
    X(ListFunctions, SIM_READ, "GET", "/2015-03-31/functions", 200)                                          \
    X(ListFunctionUrlConfigs, SIM_READ, "GET", "/2021-10-31/functions/{FunctionName}/urls", 200)             \
    X(ListLayers, SIM_READ, "GET", "/2018-10-31/layers", 200)                                                \
    X(ListLayerVersions, SIM_READ, "GET", "/2018-10-31/layers/{LayerName}/versions", 200)                    \
    X(ListProvisionedConcurrencyConfigs, SIM_READ, "GET",                                                    \
      "/2019-09-30/functions/{FunctionName}/provisioned-concurrency?List=ALL", 200)                          \
    X(ListTags, SIM_READ, "GET", "/2017-03-31/tags/{Resource}", 200)                                         \
    X(ListVersionsByFunction, SIM_READ, "GET", "/2015-03-31/functions/{FunctionName}/versions", 200)         \
    X(PublishLayerVersion, SIM_WRITE, "POST", "/2018-10-31/layers/{LayerName}/versions", 201)                \
    X(PublishVersion, SIM_WRITE, "POST", "/2015-03-31/functions/{FunctionName}/versions", 201)               \
    X(PutFunctionCodeSigningConfig, SIM_WRITE, "PUT",                                                        \
      "/2020-06-30/functions/{FunctionName}/code-signing-config", 200)                                       \
    X(PutFunctionConcurrency, SIM_WRITE, "PUT", "/2017-10-31/functions/{FunctionName}/concurrency", 200)     \
    X(PutFunctionEventInvokeConfig, SIM_WRITE, "PUT",                                                        \
      "/2019-09-25/functions/{FunctionName}/event-invoke-config", 200)                                       \
    X(PutFunctionRecursionConfig, SIM_WRITE, "PUT", "/2024-08-31/functions/{FunctionName}/recursion-config", \
      200)                                                                                                   \
    X(PutProvisionedConcurrencyConfig, SIM_WRITE, "PUT",                                                     \
      "/2019-09-30/functions/{FunctionName}/provisioned-concurrency", 202)                                   \
    X(PutRuntimeManagementConfig, SIM_WRITE, "PUT",                                                          \
      "/2021-07-20/functions/{FunctionName}/runtime-management-config", 200)                                 \
    X(RemoveLayerVersionPermission, SIM_WRITE, "DELETE",                                                     \
      "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy/{StatementId}", 204)                   \
    X(RemovePermission, SIM_WRITE, "DELETE", "/2015-03-31/functions/{FunctionName}/policy/{StatementId}",    \
      204)                                                                                                   \
    X(TagResource, SIM_WRITE, "POST", "/2017-03-31/tags/{Resource}", 204)                                    \
    X(UntagResource, SIM_WRITE, "DELETE", "/2017-03-31/tags/{Resource}", 204)                                \
    X(UpdateAlias, SIM_WRITE, "PUT", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", 200)             \
    X(UpdateCodeSigningConfig, SIM_WRITE, "PUT", "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}",  \
      200)                                                                                                   \
    X(UpdateEventSourceMapping, SIM_WRITE, "PUT", "/2015-03-31/event-source-mappings/{UUID}", 202)           \
    X(UpdateFunctionCode, SIM_WRITE, "PUT", "/2015-03-31/functions/{FunctionName}/code", 200)                \
    X(UpdateFunctionConfiguration, SIM_WRITE, "PUT", "/2015-03-31/functions/{FunctionName}/configuration",   \
      200)                                                                                                   \
    X(UpdateFunctionEventInvokeConfig, SIM_WRITE, "POST",                                                    \
      "/2019-09-25/functions/{FunctionName}/event-invoke-config", 200)                                       \
    X(UpdateFunctionUrlConfig, SIM_WRITE, "PUT", "/2021-10-31/functions/{FunctionName}/url", 200)

#define LAMBDA_DECLARE(name, effect, method, path, status) bool lambda_##name(struct call *);
LAMBDA_OPERATIONS(LAMBDA_DECLARE)
#undef LAMBDA_DECLARE
bool lambda_Invoke(struct call *);
/* Does the function, invoked as an event, play the handler of custom resources, and has it answered? */
bool lambda_answers_custom_resource(struct call *, const struct value *record);

#endif
