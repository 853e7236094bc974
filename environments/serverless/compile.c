#include "environments/serverless/compile.h"

/* The template's frame: deployment bucket, functions read, parts called, the service's own resources. */

static struct value *bucket_arn(struct sls *sls, const char *behind)
{
    return form(sls,
                "{'Fn::Join': ['', ['arn:', {'Ref': 'AWS::Partition'}, ':s3:::', {'Ref': "
                "'ServerlessDeploymentBucket'}, %v]]}",
                *behind ? form_text(sls, behind) : NULL);
}

static void deployment_bucket(struct sls *sls, const struct value *settings)
{
    struct value *tags = value_get(settings, "tags");
    struct value *block = form(sls, "{'BlockPublicAcls': true, 'BlockPublicPolicy': true, "
                                    "'IgnorePublicAcls': true, 'RestrictPublicBuckets': true}");
    sls_put(
        sls, "ServerlessDeploymentBucket",
        form(
            sls,
            "{'Type': 'AWS::S3::Bucket', 'Properties': {'BucketEncryption': "
            "{'ServerSideEncryptionConfiguration': [{'ServerSideEncryptionByDefault': {'SSEAlgorithm': "
            "'AES256'}}]}, 'Tags': %v, 'PublicAccessBlockConfiguration': %v, 'VersioningConfiguration': %v}}",
            value_is(tags, VALUE_MAP) && tags->count ? sls_tags(sls, tags) : NULL,
            truthy(value_get(settings, "blockPublicAccess")) ? block : NULL,
            truthy(value_get(settings, "versioning")) ? form(sls, "{'Status': 'Enabled'}") : NULL),
        sls->provider);
    if (truthy(value_get(settings, "skipPolicySetup")))
        return;
    sls_put(
        sls, "ServerlessDeploymentBucketPolicy",
        form(sls,
             "{'Type': 'AWS::S3::BucketPolicy', 'Properties': {'Bucket': {'Ref': "
             "'ServerlessDeploymentBucket'}, 'PolicyDocument': {'Statement': [{'Action': 's3:*', 'Effect': "
             "'Deny', 'Principal': '*', 'Resource': [%v, %v], 'Condition': {'Bool': "
             "{'aws:SecureTransport': false}}}]}}}",
             bucket_arn(sls, "/*"), bucket_arn(sls, "")),
        sls->provider);
}

void compile_core(struct sls *sls)
{
    struct value *bucket = value_get(sls->provider, "deploymentBucket");
    struct value *name = value_is(bucket, VALUE_MAP) ? value_get(bucket, "name") : bucket;
    if (!truthy(name))
        deployment_bucket(sls, bucket);
    value_setz(
        sls->arena, sls->outputs, "ServerlessDeploymentBucketName",
        form(sls, "{'Value': %v}", truthy_or(name, form(sls, "{'Ref': 'ServerlessDeploymentBucket'}"))));
}

/* An event is a map of its kind and settings; `alexaSkill` alone has no trigger, as in the framework. */
static void check_event(struct sls *sls, const struct sls_function *f, struct value **event)
{
    const char *where = textf(sls, "events of function '%s'", f->key);
    if (value_is_text(*event, "alexaSkill"))
        return;
    if (!value_is(*event, VALUE_MAP)) {
        sls_fail(sls, *event, "%s: an event must be a map like {http: ...}, not %s", where,
                 value_kind_name((*event)->kind));
        return;
    }
    for (size_t i = 0; i < (*event)->count; i++)
        if ((*event)->entries[i].value->kind == VALUE_NULL)
            sls_fail(sls, *event,
                     "event '%.*s' of function '%s' is empty: its settings are to be indented below it",
                     STR_ARG((*event)->entries[i].key), f->key);
    schema_check(sls, "event", where, event);
    for (size_t i = 0; i < (*event)->count && !sls->failed; i++) {
        struct value_entry *entry = &(*event)->entries[i];
        schema_check(sls, textf(sls, "event.%.*s", STR_ARG(entry->key)),
                     textf(sls, "event '%.*s' of function '%s'", STR_ARG(entry->key), f->key), &entry->value);
    }
}

static void read_function(struct sls *sls, struct value_entry *entry, struct sls_function *f)
{
    *f = (struct sls_function){.key = arena_strz(sls->arena, entry->key)};
    schema_check(sls, "function", textf(sls, "function '%s'", f->key), &entry->value);
    f->config = entry->value;
    f->id = name_resource(sls, entry->key);
    f->lambda = textf(sls, "%sLambdaFunction", f->id);
    struct value *name = value_get(f->config, "name"), *events = value_get(f->config, "events");
    f->name = truthy(name) ? text_of(sls, name) : textf(sls, "%s-%s-%s", sls->name, sls->stage, f->key);
    f->events = value_is(events, VALUE_LIST) ? events : value_list(sls->arena);
    if (truthy(events) && events != f->events)
        sls_fail(sls, events, "'events' of function '%s' must be a list, not %s", f->key,
                 value_kind_name(events->kind));
    for (size_t i = 0; i < f->events->count; i++)
        check_event(sls, f, &f->events->items[i]);
}

static void read_functions(struct sls *sls)
{
    struct value *functions = value_get(sls->service, "functions");
    size_t count = functions ? functions->count : 0;
    sls->functions = arena_array(sls->arena, count + 1, sizeof *sls->functions);
    if (truthy(functions) && functions->kind != VALUE_MAP) {
        sls_fail(sls, functions, "'functions' must be a map, not %s", value_kind_name(functions->kind));
        return;
    }
    for (size_t i = 0; value_is(functions, VALUE_MAP) && i < count && !sls->failed; i++)
        if (functions->entries[i].value->kind != VALUE_NULL)
            read_function(sls, &functions->entries[i], &sls->functions[sls->function_count++]);
}

/* In the order of the framework's plugins. */
static void (*const parts[])(struct sls *) = {
    compile_core,
    compile_role,
    compile_layers,
    prepare_cloud_front,
    compile_functions,
    compile_schedule,
    compile_s3,
    compile_rest_api,
    compile_websocket,
    compile_sns,
    compile_stream,
    compile_kafka,
    compile_activemq,
    compile_rabbitmq,
    compile_msk,
    compile_alb,
    compile_alexa_skill,
    compile_alexa_smart_home,
    compile_iot,
    compile_iot_fleet_provisioning,
    compile_cloudwatch_event,
    compile_cloudwatch_log,
    compile_cognito_user_pool,
    compile_event_bridge,
    compile_sqs,
    compile_cloud_front,
    compile_http_api,
    compile_resources,
};

bool serverless_compile(struct arena *arena, const struct template_options *options, struct value *service,
                        struct value **template, struct error *error)
{
    struct sls sls = {.arena = arena, .options = options, .service = service, .error = error};
    struct value_entry *provider = value_entry(service, STR("provider"));
    sls.name = arena_strz(arena, serverless_service_name(service));
    sls.stage = arena_strz(arena, serverless_stage(service));
    sls.region = arena_strz(arena, serverless_region(service));
    if (!provider)
        return value_error(service, error, ERROR_INVALID, "serverless.yml has no 'provider'");
    schema_check(&sls, "provider", "'provider'", &provider->value);
    sls.provider = provider->value;
    sls.packages = value_map(arena);
    sls.resources = value_map(arena);
    sls.outputs = value_map(arena);
    sls.template = form(&sls,
                        "{'AWSTemplateFormatVersion': '2010-09-09', 'Description': 'The AWS CloudFormation "
                        "template for this Serverless application', 'Resources': %v, 'Outputs': %v}",
                        sls.resources, sls.outputs);
    read_functions(&sls);
    for (size_t i = 0; i < ARRAY_LENGTH(parts) && !sls.failed; i++)
        parts[i](&sls);
    *template = sls.template;
    return !sls.failed;
}
