#include "base/digest.h"
#include "base/json.h"
#include "environments/serverless/compile.h"

/* What comes with a function: its version and alias, URL and settings of asynchronous calls. */

static void feed(struct sls *sls, struct sha256_stream *stream, const struct value *value)
{
    sha256_feed(stream, json_text(sls->arena, value, JSON_CANONICAL));
}

/* A version never changes, so that its logical id holds a digest of what it is a snapshot of. */
static const char *version_id(struct sls *sls, const struct sls_function *f, const struct value *properties,
                              const struct sls_code *code)
{
    struct value *own = value_copy(sls->arena, properties);
    const struct value *layers = value_get(own, "Layers");
    unsigned char digest[SHA256_SIZE];
    value_remove(own, STR("Code"));
    value_remove(own, STR("ReservedConcurrentExecutions"));
    value_remove(own, STR("Tags"));
    struct sha256_stream *stream = sha256_begin();
    sha256_feed(stream, code->digest);
    feed(sls, stream, own);
    for (size_t i = 0; value_is(layers, VALUE_LIST) && i < layers->count; i++) {
        struct value *layer = value_get_str(sls->resources, value_get_text(layers->items[i], "Ref"));
        if (layer)
            feed(sls, stream, layer);
    }
    sha256_end(stream, digest);
    struct str text = base64_encode(sls->arena, (struct str){.ptr = (char *)digest, .len = sizeof digest});
    const char *plain = name_replace(sls, text, "+", "");
    plain = name_replace(sls, str_from(plain), "/", "");
    return textf(sls, "%sLambdaVersion%s", f->id, name_replace(sls, str_from(plain), "=", ""));
}

static void compile_alias(struct sls *sls, struct sls_function *f, const char *version, const char *kind,
                          const char *name, struct value *concurrency)
{
    f->alias = textf(sls, "%s%sLambdaAlias", f->id, kind);
    f->alias_name = name;
    sls_put(sls, f->alias,
            form(sls,
                 "{'Type': 'AWS::Lambda::Alias', 'Properties': {'FunctionName': {'Ref': '%s'}, "
                 "'FunctionVersion': {'Fn::GetAtt': ['%s', 'Version']}, 'Name': '%s', "
                 "'ProvisionedConcurrencyConfig': %v}, 'DependsOn': '%s'}",
                 f->lambda, version, name,
                 concurrency ? form(sls, "{'ProvisionedConcurrentExecutions': %v}", concurrency) : NULL,
                 f->lambda),
            f->config);
}

void compile_version(struct sls *sls, struct sls_function *f, struct value *resource,
                     const struct sls_code *code, bool keep)
{
    struct value *concurrency = if_truthy(value_get(f->config, "provisionedConcurrency"));
    bool snap = truthy(value_get(f->config, "snapStart"));
    struct value *properties = value_get(resource, "Properties");
    const char *id = version_id(sls, f, properties, code);
    if (concurrency && snap)
        sls_fail(sls, concurrency, "function '%s' has both 'provisionedConcurrency' and 'snapStart'", f->key);
    bool aliased = concurrency || snap;
    f->version = id;
    sls_put(sls, id,
            form(sls,
                 "{'Type': 'AWS::Lambda::Version', 'DeletionPolicy': %v, 'Properties': {'FunctionName': "
                 "{'Ref': '%s'}, 'CodeSha256': %v, 'Description': %v}}",
                 keep || !aliased ? form_text(sls, "Retain") : NULL, f->lambda, code->code_sha256,
                 if_truthy(value_get(f->config, "description"))),
            f->config);
    sls_output(sls, textf(sls, "%sQualifiedArn", f->lambda), "Current Lambda function version",
               form(sls, "{'Ref': '%s'}", id));
    if (concurrency)
        compile_alias(sls, f, id, "ProvConc", "provisioned", concurrency);
    if (snap) {
        value_setz(sls->arena, properties, "SnapStart", form(sls, "{'ApplyOn': 'PublishedVersions'}"));
        compile_alias(sls, f, id, "SnapStart", "snapstart", NULL);
    }
}

/* Given: without what is twice; null: none; else the default. */
static struct value *cors_list(struct sls *sls, const struct value *cors, const char *name,
                               struct value *otherwise)
{
    struct value *given = value_get(cors, name);
    if (truthy(given))
        return unique_list(sls, given);
    return value_is(given, VALUE_NULL) ? NULL : otherwise;
}

static struct value *url_cors(struct sls *sls, const struct value *cors)
{
    if (!truthy(cors))
        return NULL;
    return form(sls,
                "{'AllowCredentials': %v, 'AllowHeaders': %v, 'AllowMethods': %v, 'AllowOrigins': %v, "
                "'ExposeHeaders': "
                "%v, 'MaxAge': %v}",
                if_truthy(value_get(cors, "allowCredentials")),
                cors_list(sls, cors, "allowedHeaders",
                          form(sls, "['Content-Type', 'X-Amz-Date', 'Authorization', 'X-Api-Key', "
                                    "'X-Amz-Security-Token', 'X-Amzn-Trace-Id']")),
                cors_list(sls, cors, "allowedMethods", form(sls, "['*']")),
                cors_list(sls, cors, "allowedOrigins", form(sls, "['*']")),
                cors_list(sls, cors, "exposedResponseHeaders", NULL), if_given(value_get(cors, "maxAge")));
}

void compile_url(struct sls *sls, const struct sls_function *f)
{
    struct value *url = value_get(f->config, "url");
    bool iam = value_is_text(value_get(url, "authorizer"), "aws_iam");
    const char *id = textf(sls, "%sLambdaFunctionUrl", f->id);
    bool stream = value_is_text(value_get(url, "invokeMode"), "RESPONSE_STREAM");
    if (!truthy(url))
        return;
    sls_put(sls, id,
            form(sls,
                 "{'Type': 'AWS::Lambda::Url', 'Properties': {'AuthType': '%s', 'TargetFunctionArn': %v, "
                 "'Cors': %v, 'InvokeMode': %v}, 'DependsOn': %v}",
                 iam ? "AWS_IAM" : "NONE", sls_target(sls, f), url_cors(sls, value_get(url, "cors")),
                 stream ? form_text(sls, "RESPONSE_STREAM") : NULL, alias_of(sls, f)),
            f->config);
    sls_output(sls, id, "Lambda Function URL", form(sls, "{'Fn::GetAtt': ['%s', 'FunctionUrl']}", id));
    if (!iam)
        sls_put(sls, textf(sls, "%sLambdaPermissionFnUrl", f->id),
                form(sls,
                     "{'Type': 'AWS::Lambda::Permission', 'Properties': {'FunctionName': %v, 'Action': "
                     "'lambda:InvokeFunctionUrl', 'Principal': '*', 'FunctionUrlAuthType': 'NONE'}, "
                     "'DependsOn': %v}",
                     sls_target(sls, f), alias_of(sls, f)),
                f->config);
}

static struct value *destination_arn(struct sls *sls, const struct value *destination)
{
    if (value_is(destination, VALUE_MAP))
        return value_get(destination, "arn");
    if (str_starts(value_text(destination), "arn:"))
        return (struct value *)destination;
    const struct sls_function *f = sls_function(sls, value_text(destination));
    if (!f)
        sls_fail(sls, destination, "destination '%.*s' is neither an ARN nor a function of this service",
                 STR_ARG(value_text(destination)));
    return f ? sls_target(sls, f) : NULL;
}

static const char *destination_action(struct sls *sls, const struct value *destination)
{
    static const char *const kinds[][3] = {{"function", ":function:", "lambda:InvokeFunction"},
                                           {"sqs", ":sqs:", "sqs:SendMessage"},
                                           {"sns", ":sns:", "sns:Publish"},
                                           {"eventBus", ":event-bus/", "events:PutEvents"}};
    struct str text = value_text(destination);
    if (value_is(destination, VALUE_STRING) && !str_starts(text, "arn:"))
        return kinds[0][2];
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
        if (value_is(destination, VALUE_MAP) ? value_is_text(value_get(destination, "type"), kinds[i][0])
                                             : str_contains(text, kinds[i][1]))
            return kinds[i][2];
    sls_fail(sls, destination, "a destination must be a function, a queue, a topic or an event bus");
    return "";
}

static void allow_destination(struct sls *sls, const struct value *destination)
{
    struct value *resource = value_get(destination, "arn");
    const struct sls_function *f = sls_function(sls, value_text(destination));
    if (!resource && f)
        /* The target's role may be the same one: GetAtt would be a cycle. */
        resource = form(sls,
                        "{'Fn::Sub': "
                        "'arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:%s'}",
                        f->name);
    struct value *statement =
        form(sls, "{'Effect': 'Allow', 'Action': '%s', 'Resource': %v}", destination_action(sls, destination),
             resource ? resource : (struct value *)destination);
    if (value_is(destination, VALUE_MAP))
        sls_allow(sls, statement);
    else
        sls_allow_once(sls, statement);
}

static struct value *destination_of(struct sls *sls, const struct sls_function *f, const char *name)
{
    const struct value *destination = value_path(f->config, "destinations", name, NULL);
    if (!truthy(destination))
        return NULL;
    struct value *arn = destination_arn(sls, destination);
    if (!custom_role(sls, f))
        allow_destination(sls, destination);
    return form(sls, "{'Destination': %v}", arn);
}

void compile_invoke_config(struct sls *sls, const struct sls_function *f)
{
    struct value *age = if_truthy(value_get(f->config, "maximumEventAge"));
    struct value *retries = if_given(value_get(f->config, "maximumRetryAttempts"));
    if (!truthy(value_get(f->config, "destinations")) && !age && !retries)
        return;
    struct value *success = destination_of(sls, f, "onSuccess");
    struct value *failure = destination_of(sls, f, "onFailure");
    sls_put(sls, textf(sls, "%sLambdaEvConf", f->id),
            form(sls,
                 "{'Type': 'AWS::Lambda::EventInvokeConfig', 'Properties': {'FunctionName': {'Ref': '%s'}, "
                 "'DestinationConfig': {'OnSuccess': %v, 'OnFailure': %v}, 'Qualifier': '%s', "
                 "'MaximumEventAgeInSeconds': %v, 'MaximumRetryAttempts': %v}, 'DependsOn': %v}",
                 f->lambda, success, failure, f->alias ? f->alias_name : "$LATEST", age, retries,
                 alias_of(sls, f)),
            f->config);
}
