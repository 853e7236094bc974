#include "environments/serverless/compile.h"

/* Events `s3`: buckets that the service makes.  A bucket that is there already needs the framework's Lambda.
 */

static struct value *settings_of(const struct sls *sls, const char *key)
{
    return value_path(sls->provider, "s3", key, NULL);
}

static struct value *filter_of(struct sls *sls, const struct value *rules)
{
    if (!truthy(rules))
        return NULL;
    struct value *list = value_list(sls->arena);
    for (size_t i = 0; i < rules->count; i++)
        if (rules->items[i]->count)
            value_append(sls->arena, list,
                         form(sls, "{'Name': %v, 'Value': %v}",
                              value_string(sls->arena, rules->items[i]->entries[0].key),
                              rules->items[i]->entries[0].value));
    return form(sls, "{'S3Key': {'Rules': %v}}", list);
}

static void collect(struct sls *sls, const struct sls_event *event, void *self)
{
    struct value *buckets = self, *given = event->value;
    struct value *bucket = value_is(given, VALUE_MAP) ? value_get(given, "bucket") : given;
    if (truthy(value_get(given, "existing"))) {
        sls_unsupported(sls, given, "event 's3' of function '%s' has 'existing: true'", event->function->key);
        return;
    }
    if (!value_is(bucket, VALUE_STRING)) {
        sls_fail(sls, bucket, "event 's3' of function '%s': the bucket must be a name", event->function->key);
        return;
    }
    struct value *name = truthy_or(value_get(settings_of(sls, text_of(sls, bucket)), "name"), bucket);
    struct value *entry = value_get_str(buckets, value_text(name));
    if (!entry) {
        entry = form(sls, "{'key': %v, 'configurations': [], 'functions': []}", bucket);
        value_set(sls->arena, buckets, value_text(name), value_at_position_of(entry, given));
    }
    value_append(sls->arena, value_get(entry, "configurations"),
                 form(sls, "{'Event': %v, 'Function': %v, 'Filter': %v}",
                      truthy_or(value_get(given, "event"), form_text(sls, "s3:ObjectCreated:*")),
                      sls_target(sls, event->function), filter_of(sls, value_get(given, "rules"))));
    value_append(sls->arena, value_get(entry, "functions"), form_text(sls, event->function->key));
}

static const char *permission_id(struct sls *sls, const struct sls_function *f, const struct value *entry)
{
    return textf(sls, "%sLambdaPermission%sS3", f->id, name_alphanumeric(sls, value_get_text(entry, "key")));
}

static void compile_bucket(struct sls *sls, const struct value_entry *bucket)
{
    const struct value *entry = bucket->value, *functions = value_get(entry, "functions");
    struct value *properties =
        form(sls, "{'BucketName': %v, 'NotificationConfiguration': {'LambdaConfigurations': %v}}",
             value_string(sls->arena, bucket->key), value_get(entry, "configurations"));
    struct value *depends_on = value_list(sls->arena);
    const struct value *settings = settings_of(sls, text_of(sls, value_get(entry, "key")));
    for (size_t i = 0; value_is(settings, VALUE_MAP) && i < settings->count; i++) {
        struct str key = settings->entries[i].key;
        const char *property = name_upper_first(sls, key);
        if (str_is(key, "notificationConfiguration"))
            for (size_t k = 0; k < settings->entries[i].value->count; k++)
                value_set(sls->arena, value_get(properties, property),
                          settings->entries[i].value->entries[k].key,
                          settings->entries[i].value->entries[k].value);
        else if (!str_is(key, "name"))
            value_setz(sls->arena, properties, property, settings->entries[i].value);
    }
    for (size_t i = 0; i < functions->count; i++) {
        const struct sls_function *f = sls_function(sls, functions->items[i]->text);
        value_append(sls->arena, depends_on, form_text(sls, permission_id(sls, f, entry)));
        if (f->alias)
            value_append(sls->arena, depends_on, form_text(sls, f->alias));
    }
    sls_add(
        sls, textf(sls, "S3Bucket%s", name_alphanumeric(sls, value_get_text(entry, "key"))),
        form(sls, "{'Type': 'AWS::S3::Bucket', 'Properties': %v, 'DependsOn': %v}", properties, depends_on),
        entry);
}

static void permit_bucket(struct sls *sls, const struct value_entry *bucket)
{
    const struct value *functions = value_get(bucket->value, "functions");
    for (size_t i = 0; i < functions->count; i++) {
        const struct sls_function *f = sls_function(sls, functions->items[i]->text);
        struct value *permission =
            sls_permission(sls, f, "s3.amazonaws.com",
                           form(sls, "{'Fn::Join': ['', ['arn:', {'Ref': 'AWS::Partition'}, ':s3:::%s']]}",
                                arena_strz(sls->arena, bucket->key)));
        value_setz(sls->arena, value_get(permission, "Properties"), "SourceAccount",
                   form(sls, "{'Ref': 'AWS::AccountId'}"));
        sls_add(sls, permission_id(sls, f, bucket->value), permission, bucket->value);
    }
}

void compile_s3(struct sls *sls)
{
    struct value *buckets = value_map(sls->arena);
    each_event(sls, "s3", collect, buckets);
    for (size_t i = 0; i < buckets->count && !sls->failed; i++)
        compile_bucket(sls, &buckets->entries[i]);
    for (size_t i = 0; i < buckets->count && !sls->failed; i++)
        permit_bucket(sls, &buckets->entries[i]);
}
