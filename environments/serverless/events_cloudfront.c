#include "base/json.h"
#include "environments/serverless/compile.h"

/* Events `cloudFront`: Lambda@Edge functions of one distribution, and the cache policies of the provider. */

/* https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-restrictions.html */
enum { VIEWER_TIMEOUT = 5, VIEWER_MEMORY = 128, ORIGIN_TIMEOUT = 30, ORIGIN_MEMORY = 10240 };

/* The managed policy CachingOptimized. */
static const char usual_policy[] = "658327ea-f89d-4fab-a63d-7e88639e58f6";

struct edge {
    struct value *origins, *behaviors; /* lists */
    struct value *default_origin;      /* its Id, or NULL */
    size_t count;
};

static void prepare_function(struct sls *sls, const struct sls_event *event, void *self)
{
    const struct sls_function *f = event->function;
    bool viewer = str_starts(value_get_text(event->value, "eventType"), "viewer-");
    (void)self;
    if (value_get_int(f->config, "memorySize", 0) > (viewer ? VIEWER_MEMORY : ORIGIN_MEMORY))
        sls_fail(sls, f->config, "function '%s' has more memory than Lambda@Edge gives", f->key);
    if (value_get_int(f->config, "timeout", 0) > (viewer ? VIEWER_TIMEOUT : ORIGIN_TIMEOUT))
        sls_fail(sls, f->config, "function '%s' has a longer timeout than Lambda@Edge allows", f->key);
}

static void set_usual(struct sls *sls, const struct sls_event *event, void *self)
{
    struct value *config = event->function->config;
    (void)self;
    value_setz(sls->arena, config, "versionFunction", value_bool(sls->arena, true));
    if (!truthy(value_get(config, "memorySize")))
        value_setz(sls->arena, config, "memorySize", value_int(sls->arena, VIEWER_MEMORY));
    if (!truthy(value_get(config, "timeout")))
        value_setz(sls->arena, config, "timeout", value_int(sls->arena, VIEWER_TIMEOUT));
}

void prepare_cloud_front(struct sls *sls)
{
    each_event(sls, "cloudFront", prepare_function, NULL);
    each_event(sls, "cloudFront", set_usual, NULL);
}

static const char *policy_id(struct sls *sls, struct str name)
{
    return textf(sls, "CloudFrontCachePolicy%s", name_resource(sls, name));
}

static void compile_policies(struct sls *sls)
{
    const struct value *policies = value_path(sls->provider, "cloudFront", "cachePolicies", NULL);
    for (size_t i = 0; value_is(policies, VALUE_MAP) && i < policies->count; i++) {
        const struct value_entry *entry = &policies->entries[i];
        struct value *config = value_copy(sls->arena, entry->value);
        value_setz(sls->arena, config, "Name",
                   form_text(sls, textf(sls, "%s-%s-%.*s", sls->name, sls->stage, STR_ARG(entry->key))));
        sls_put(sls, policy_id(sls, entry->key),
                form(sls, "{'Type': 'AWS::CloudFront::CachePolicy', 'Properties': {'CachePolicyConfig': %v}}",
                     config),
                entry->value);
    }
}

/* "s3://bucket.s3.amazonaws.com/files" or "https://example.com/files" */
static struct value *origin_of_url(struct sls *sls, const struct value *url)
{
    struct str text = url->text, host;
    size_t at = 0;
    while (at < text.len && !str_starts(str_from_index(text, at), "://"))
        at++;
    host = str_from_index(text, at + 3);
    struct str path = str_from_index(host, str_find(host, '/'));
    path = str_slice(path, 0, str_find(path, '?'));
    path = str_slice(path, 0, str_find(path, '#'));
    host = str_slice(host, 0, str_find(host, '/'));
    host = str_slice(host, 0, str_find(host, '?'));
    if (str_contains(host, "@"))
        host = str_from_index(host, str_find_last(host, '@') + 1);
    host = str_slice(host, 0, str_find(host, ':'));
    if (!host.len)
        sls_fail(sls, url, "origin '%.*s' must be a URL", STR_ARG(text));
    bool s3 = str_starts(text, "s3://");
    return form(sls, "{'DomainName': %v, 'OriginPath': %v, 'S3OriginConfig': %v, 'CustomOriginConfig': %v}",
                value_string(sls->arena, host), path.len > 1 ? value_string(sls->arena, path) : NULL,
                s3 ? value_map(sls->arena) : NULL,
                s3 ? NULL : form(sls, "{'OriginProtocolPolicy': 'match-viewer'}"));
}

static struct value *origin_of(struct sls *sls, const struct value *given)
{
    struct value *origin =
        value_is(given, VALUE_STRING) ? origin_of_url(sls, given) : value_copy(sls->arena, given);
    const struct value *domain = value_get(origin, "DomainName");
    const char *name = value_is(domain, VALUE_STRING)
                           ? text_of(sls, domain)
                           : name_alphanumeric(sls, str_from(json_of(sls, domain)));
    value_setz(sls->arena, origin, "Id",
               form_text(sls, textf(sls, "%s/%s%s", value_get(origin, "S3OriginConfig") ? "s3" : "custom",
                                    name, text_of(sls, value_get(origin, "OriginPath")))));
    return origin;
}

/* What is there stays; lists are joined. */
static void extend(struct sls *sls, struct value *into, const struct value *from)
{
    for (size_t i = 0; i < from->count; i++) {
        struct value *there = value_get_str(into, from->entries[i].key), *more = from->entries[i].value;
        if (!there) {
            value_set(sls->arena, into, from->entries[i].key, more);
        } else if (there->kind == VALUE_LIST && more->kind == VALUE_LIST) {
            struct value *both = value_list(sls->arena);
            for (size_t k = 0; k < there->count + more->count; k++)
                value_append(sls->arena, both,
                             k < there->count ? there->items[k] : more->items[k - there->count]);
            value_set(sls->arena, into, from->entries[i].key, unique_list(sls, both));
        } else if (there->kind == VALUE_MAP && more->kind == VALUE_MAP) {
            extend(sls, there, more);
        }
    }
}

static bool same_member(const struct value *a, const struct value *b, const char *name)
{
    return str_equal(value_get_text(a, name), value_get_text(b, name));
}

static struct value *add_origin(struct sls *sls, struct edge *edge, struct value *origin)
{
    for (size_t i = 0; i < edge->origins->count; i++)
        if (same_member(edge->origins->items[i], origin, "Id")) {
            extend(sls, edge->origins->items[i], origin);
            return edge->origins->items[i];
        }
    value_append(sls->arena, edge->origins, origin);
    return origin;
}

static struct value *policy_of(struct sls *sls, const struct value *given)
{
    static const char *const own[] = {"CachePolicyId", "ForwardedValues", "MaxTTL", "MinTTL", "DefaultTTL"};
    const struct value *policy = value_get(given, "cachePolicy"), *behavior = value_get(given, "behavior");
    struct value *id = value_get(policy, "id"), *name = value_get(policy, "name");
    if (truthy(id))
        return id;
    if (truthy(name)) {
        if (!value_get_str(value_path(sls->provider, "cloudFront", "cachePolicies", NULL), name->text))
            sls_fail(sls, name, "there is no cache policy '%.*s' in 'provider.cloudFront.cachePolicies'",
                     STR_ARG(name->text));
        return form(sls, "{'Ref': '%s'}", policy_id(sls, name->text));
    }
    for (size_t i = 0; i < ARRAY_LENGTH(own); i++)
        if (if_given(value_get(behavior, own[i])))
            return NULL;
    return form_text(sls, usual_policy);
}

static struct value *behavior_of(struct sls *sls, const struct sls_event *event, const struct value *origin)
{
    const struct value *given = event->value, *own = value_get(given, "behavior");
    struct value *behavior = form(sls, "{'ViewerProtocolPolicy': 'allow-all'}"), *policy;
    for (size_t i = 0; value_is(own, VALUE_MAP) && i < own->count; i++)
        value_set(sls->arena, behavior, own->entries[i].key, value_copy(sls->arena, own->entries[i].value));
    policy = policy_of(sls, given);
    if (policy)
        value_setz(sls->arena, behavior, "CachePolicyId", policy);
    struct value *association = form(
        sls, "{'EventType': %v, 'LambdaFunctionARN': {'Ref': '%s'}, 'IncludeBody': %v}",
        value_get(given, "eventType"), event->function->version, if_given(value_get(given, "includeBody")));
    value_setz(sls->arena, behavior, "TargetOriginId", value_get(origin, "Id"));
    value_setz(sls->arena, behavior, "LambdaFunctionAssociations", form(sls, "[%v]", association));
    if (truthy(value_get(given, "pathPattern")))
        value_setz(sls->arena, behavior, "PathPattern", value_get(given, "pathPattern"));
    return behavior;
}

static void add_behavior(struct sls *sls, struct edge *edge, struct value *behavior,
                         const struct sls_event *event)
{
    for (size_t i = 0; i < edge->behaviors->count; i++) {
        struct value *there = edge->behaviors->items[i];
        bool pattern = same_member(there, behavior, "PathPattern");
        if (pattern && same_member(there, behavior, "TargetOriginId")) {
            extend(sls, there, behavior);
            return;
        }
        if (pattern)
            sls_fail(sls, event->value, "two origins have events 'cloudFront' of one path pattern");
    }
    value_append(sls->arena, edge->behaviors, behavior);
}

static void compile_one(struct sls *sls, const struct sls_event *event, void *self)
{
    struct edge *edge = self;
    const struct sls_function *f = event->function;
    struct value *resource = value_get(sls->resources, f->lambda), *id;
    edge->count++;
    if (!f->version) {
        sls_fail(sls, event->value, "function '%s' of an event 'cloudFront' has no version", f->key);
        return;
    }
    value_remove(value_get(resource, "Properties"), STR("VpcConfig"));
    value_remove(value_get(resource, "Properties"), STR("Environment"));
    value_setz(sls->arena, resource, "DeletionPolicy", form_text(sls, "Retain"));
    struct value *origin = add_origin(sls, edge, origin_of(sls, value_get(event->value, "origin")));
    id = value_get(origin, "Id");
    if (truthy(value_get(event->value, "isDefaultOrigin"))) {
        if (edge->default_origin && !value_equal(edge->default_origin, id))
            sls_fail(sls, event->value, "more than one event 'cloudFront' has 'isDefaultOrigin'");
        edge->default_origin = id;
    }
    add_behavior(sls, edge, behavior_of(sls, event, origin), event);
}

static void permit(struct sls *sls, const struct sls_event *event, void *self)
{
    const struct sls_function *f = event->function;
    (void)self;
    sls_put(
        sls, textf(sls, "%sInvokePermission", f->lambda),
        form(sls,
             "{'Type': 'AWS::Lambda::Permission', 'Properties': {'FunctionName': {'Ref': '%s'}, 'Action': "
             "'lambda:InvokeFunction', 'Principal': 'edgelambda.amazonaws.com', 'SourceArn': {'Fn::Join': "
             "['', ['', 'arn:', {'Ref': 'AWS::Partition'}, ':cloudfront::', {'Ref': 'AWS::AccountId'}, "
             "':distribution/', {'Ref': 'CloudFrontDistribution'}]]}}}",
             f->version),
        event->value);
}

static void allow_edge(struct sls *sls)
{
    struct value *services = sls_role_services(sls);
    if (services)
        value_append(sls->arena, services, form_text(sls, "edgelambda.amazonaws.com"));
    sls_allow(sls, form(sls, "{'Effect': 'Allow', 'Action': ['logs:CreateLogGroup', 'logs:CreateLogStream', "
                             "'logs:PutLogEvents', 'logs:TagResource'], 'Resource': [{'Fn::Sub': "
                             "'arn:${AWS::Partition}:logs:*:*:*'}]}"));
}

/* The default behaviour has no pattern: where every event has one, it is the first one's without functions.
 */
static struct value *default_behavior(struct sls *sls, struct edge *edge, struct value *others)
{
    struct value *first = NULL;
    for (size_t i = 0; i < edge->behaviors->count; i++) {
        struct value *behavior = edge->behaviors->items[i];
        if (!value_get(behavior, "PathPattern"))
            first = behavior;
        else
            value_append(sls->arena, others, behavior);
    }
    if (first)
        return first;
    if (!edge->default_origin && edge->origins->count > 1)
        sls_fail(sls, sls->provider,
                 "no event 'cloudFront' has 'isDefaultOrigin', and there are several origins");
    first = value_copy(sls->arena, edge->behaviors->items[0]);
    value_remove(first, STR("PathPattern"));
    value_remove(first, STR("LambdaFunctionAssociations"));
    value_setz(sls->arena, first, "TargetOriginId",
               edge->default_origin ? edge->default_origin : value_get(edge->origins->items[0], "Id"));
    return first;
}

static void check_event_types(struct sls *sls, const struct value *behaviors)
{
    for (size_t i = 0; i < behaviors->count; i++) {
        const struct value *list = value_get(behaviors->items[i], "LambdaFunctionAssociations");
        for (size_t k = 0; k < list->count; k++)
            for (size_t m = 0; m < k; m++)
                if (same_member(list->items[k], list->items[m], "EventType"))
                    sls_fail(sls, list->items[k], "events 'cloudFront' of one path pattern and event type");
    }
}

void compile_cloud_front(struct sls *sls)
{
    struct edge edge = {.origins = value_list(sls->arena), .behaviors = value_list(sls->arena)};
    struct value *others = value_list(sls->arena);
    compile_policies(sls);
    each_event(sls, "cloudFront", compile_one, &edge);
    if (!edge.count || sls->failed)
        return;
    if (!str_is(str_from(sls->region), "us-east-1"))
        sls_fail(sls, sls->provider, "functions of events 'cloudFront' must be in region us-east-1, not %s",
                 sls->region);
    check_event_types(sls, edge.behaviors);
    struct value *first = default_behavior(sls, &edge, others);
    each_event(sls, "cloudFront", permit, NULL);
    allow_edge(sls);
    sls_put(
        sls, "CloudFrontDistribution",
        form(sls,
             "{'Type': 'AWS::CloudFront::Distribution', 'Properties': {'DistributionConfig': {'Comment': "
             "'%s %s', 'Enabled': true, 'DefaultCacheBehavior': %v, 'Origins': %v, 'CacheBehaviors': %v}}}",
             sls->name, sls->stage, first, edge.origins, others->count ? others : NULL),
        sls->provider);
    sls_output(sls, "CloudFrontDistribution", "CloudFront Distribution Id",
               form(sls, "{'Ref': 'CloudFrontDistribution'}"));
    sls_output(sls, "CloudFrontDistributionDomainName", "CloudFront Distribution Domain Name",
               form(sls, "{'Fn::GetAtt': ['CloudFrontDistribution', 'DomainName']}"));
}
