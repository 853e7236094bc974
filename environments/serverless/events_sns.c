#include "environments/serverless/compile.h"

/* Events `sns`: subscriptions to topics of the service or of others. */

struct subscription {
    const struct sls_event *event;
    const struct value *settings; /* NULL: the short form */
    struct value *topic_arn;      /* given; NULL: the service makes the topic */
    const char *topic_name;
    struct value *region, *redrive; /* or NULL */
};

static const char *last_part(struct sls *sls, struct str arn)
{
    return arena_strz(sls->arena, str_from_index(arn, str_find_last(arn, ':') + 1));
}

/* The fourth part of an ARN, where two colons behind each other belong to a part. */
static struct value *other_region(struct sls *sls, struct str arn)
{
    struct str part;
    for (int i = 0; i < 3; i++)
        if (!str_split(&arn, ':', &part))
            return NULL;
    return str_split(&arn, ':', &part) && part.len && !str_is(part, sls->region)
               ? value_string(sls->arena, part)
               : NULL;
}

static void read_topic(struct sls *sls, struct subscription *sub)
{
    struct value *given = sub->event->value, *arn = value_get(given, "arn");
    struct value *name = value_get(given, "topicName");
    if (given->kind == VALUE_STRING) {
        bool is_arn = str_starts(given->text, "arn:");
        sub->topic_arn = is_arn ? given : NULL;
        sub->topic_name = is_arn ? last_part(sls, given->text) : text_of(sls, given);
        return;
    }
    sub->settings = given;
    if (truthy(name))
        sub->topic_name = text_of(sls, name);
    if (!truthy(arn)) {
        if (!sub->topic_name)
            sls_fail(sls, given, "event 'sns' of function '%s' needs 'arn' or 'topicName'",
                     sub->event->function->key);
        return;
    }
    sub->topic_arn = arn;
    if (arn->kind == VALUE_STRING)
        sub->region = other_region(sls, arn->text);
    if (!sub->topic_name && arn->kind == VALUE_STRING)
        sub->topic_name = last_part(sls, arn->text);
    if (!sub->topic_name)
        sls_fail(sls, given, "event 'sns' of function '%s' needs 'topicName' where 'arn' is a function",
                 sub->event->function->key);
}

static struct value *queue_url(struct sls *sls, struct str arn)
{
    struct str name = str_from_index(arn, str_find_last(arn, ':') + 1), account, region;
    arn.len -= name.len + (name.len < arn.len ? 1 : 0);
    account = str_from_index(arn, str_find_last(arn, ':') + 1);
    arn.len -= account.len + (account.len < arn.len ? 1 : 0);
    region = str_from_index(arn, str_find_last(arn, ':') + 1);
    return form(sls, "{'Fn::Join': ['', [%v, {'Ref': 'AWS::URLSuffix'}, %v]]}",
                form_text(sls, textf(sls, "https://sqs.%.*s.", STR_ARG(region))),
                form_text(sls, textf(sls, "/%.*s/%.*s", STR_ARG(account), STR_ARG(name))));
}

static void read_redrive(struct sls *sls, struct subscription *sub)
{
    const struct value *policy = value_get(sub->settings, "redrivePolicy");
    struct value *arn = value_get(policy, "deadLetterTargetArn"), *ref, *target = arn, *url;
    const struct value *import = value_get(policy, "deadLetterTargetImport");
    if (!truthy(policy))
        return;
    ref = value_get(policy, "deadLetterTargetRef");
    if (truthy(arn)) {
        url = queue_url(sls, value_text(arn));
    } else if (truthy(ref)) {
        target = form(sls, "{'Fn::GetAtt': [%v, 'Arn']}", ref);
        url = form(sls, "{'Ref': %v}", ref);
    } else {
        target = form(sls, "{'Fn::ImportValue': %v}", value_get(import, "arn"));
        url = form(sls, "{'Fn::ImportValue': %v}", value_get(import, "url"));
    }
    sub->redrive = form(sls, "{'deadLetterTargetArn': %v}", target);
    const char *id = textf(sls, "%sTo%sDLQPolicy", name_alphanumeric(sls, str_from(sub->topic_name)),
                           sub->event->function->id);
    sls_put(
        sls, id,
        form(sls,
             "{'Type': 'AWS::SQS::QueuePolicy', 'Properties': {'PolicyDocument': {'Version': '2012-10-17', "
             "'Id': '%s', 'Statement': [{'Effect': 'Allow', 'Principal': {'Service': 'sns.amazonaws.com'}, "
             "'Action': 'sqs:SendMessage', 'Resource': %v, 'Condition': {'ArnEquals': {'aws:SourceArn': "
             "%v}}}]}, 'Queues': [%v]}}",
             id, target, sub->topic_arn, url),
        policy);
}

static void subscribe(struct sls *sls, const struct subscription *sub, struct value *topic, bool own)
{
    const struct sls_function *f = sub->event->function;
    sls_add(
        sls, textf(sls, "%sSnsSubscription%s", f->id, name_alphanumeric(sls, str_from(sub->topic_name))),
        form(sls,
             "{'Type': 'AWS::SNS::Subscription', 'DependsOn': %v, 'Properties': {'TopicArn': %v, 'Protocol': "
             "'lambda', 'Endpoint': %v, 'FilterPolicy': %v, 'FilterPolicyScope': %v, 'RedrivePolicy': %v, "
             "'Region': %v}}",
             own ? NULL : alias_of(sls, f), topic, sls_target(sls, f),
             value_get(sub->settings, "filterPolicy"), value_get(sub->settings, "filterPolicyScope"),
             sub->redrive, sub->region),
        sub->event->value);
}

static void compile_own_topic(struct sls *sls, const struct subscription *sub)
{
    const struct sls_function *f = sub->event->function;
    const char *id = textf(sls, "SNSTopic%s", name_alphanumeric(sls, str_from(sub->topic_name)));
    if (!sls_has(sls, id))
        sls_put(sls, id,
                form(sls,
                     "{'Type': 'AWS::SNS::Topic', 'DependsOn': %v, 'Properties': {'TopicName': '%s', "
                     "'DisplayName': %v}}",
                     alias_of(sls, f), sub->topic_name, if_truthy(value_get(sub->settings, "displayName"))),
                sub->event->value);
    if (truthy(value_get(sub->settings, "filterPolicy")) || sub->redrive) {
        subscribe(sls, sub, form(sls, "{'Ref': '%s'}", id), true);
        return;
    }
    struct value *properties = value_path(sls->resources, id, "Properties", NULL);
    if (!value_get(properties, "Subscription"))
        value_setz(sls->arena, properties, "Subscription", value_list(sls->arena));
    value_append(sls->arena, value_get(properties, "Subscription"),
                 form(sls, "{'Endpoint': %v, 'Protocol': 'lambda'}", sls_target(sls, f)));
}

static void compile_one(struct sls *sls, const struct sls_event *event, void *self)
{
    struct subscription sub = {.event = event};
    const struct sls_function *f = event->function;
    (void)self;
    read_topic(sls, &sub);
    if (sls->failed)
        return;
    read_redrive(sls, &sub);
    struct value *arn = sub.topic_arn;
    if (arn) {
        subscribe(sls, &sub, arn, false);
    } else {
        compile_own_topic(sls, &sub);
        arn = form(
            sls,
            "{'Fn::Join': ['', ['arn:', {'Ref': 'AWS::Partition'}, ':sns:', {'Ref': 'AWS::Region'}, ':', "
            "{'Ref': 'AWS::AccountId'}, ':', '%s']]}",
            sub.topic_name);
    }
    sls_add(sls,
            textf(sls, "%sLambdaPermission%sSNS", f->id, name_alphanumeric(sls, str_from(sub.topic_name))),
            sls_permission(sls, f, "sns.amazonaws.com", arn), event->value);
}

void compile_sns(struct sls *sls)
{
    each_event(sls, "sns", compile_one, NULL);
}
