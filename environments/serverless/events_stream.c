#include "environments/serverless/compile.h"

/* Events `sqs` and `stream`: AWS::Lambda::EventSourceMapping of queues and streams. */

/* The name of what a function of CloudFormation stands for, as a part of logical ids; or NULL. */
static const char *name_in_function(struct sls *sls, const struct value *arn, bool after_slash)
{
    const struct value *attribute = value_get(arn, "Fn::GetAtt"), *import = value_get(arn, "Fn::ImportValue");
    const struct value *parts = value_at(value_get(arn, "Fn::Join"), 1);
    if (attribute)
        return text_of(sls, value_at(attribute, 0));
    if (value_is(import, VALUE_STRING))
        return text_of(sls, import);
    if (value_get(arn, "Ref") && after_slash)
        return text_of(sls, value_get(arn, "Ref"));
    if (!value_is(parts, VALUE_LIST) || !parts->count)
        return NULL;
    const struct value *last = parts->items[parts->count - 1];
    if (!value_is(last, VALUE_STRING))
        return NULL;
    size_t slash = str_find_last(last->text, '/');
    bool cut = after_slash && slash < last->text.len;
    return arena_strz(sls->arena, cut ? str_from_index(last->text, slash + 1) : last->text);
}

static const char *source_name(struct sls *sls, const struct sls_event *event, const struct value *arn,
                               bool stream)
{
    struct str part = value_text(arn);
    const char *name = NULL;
    if (!value_is(arn, VALUE_STRING))
        name = name_in_function(sls, arn, stream);
    else if (!stream)
        name = arena_strz(sls->arena, str_from_index(part, str_find_last(part, ':') + 1));
    else if (str_contains(part, "/")) {
        struct str rest = str_from_index(part, str_find(part, '/') + 1);
        name = arena_strz(sls->arena, str_slice(rest, 0, str_find(rest, '/')));
    }
    if (!name)
        sls_fail(sls, arn, "event '%s' of function '%s': the source has no name in its 'arn'",
                 stream ? "stream" : "sqs", event->function->key);
    return name ? name : "";
}

static struct value *one_or_none(struct sls *sls, struct value *value)
{
    return if_given(value) ? form(sls, "[%v]", value) : NULL;
}

static struct value *enabled_of(struct sls *sls, const struct value *given)
{
    struct value *enabled = value_get(given, "enabled");
    return enabled ? enabled : value_bool(sls->arena, true);
}

static void compile_queue(struct sls *sls, const struct sls_event *event, void *self)
{
    const struct sls_function *f = event->function;
    struct value *given = event->value, *arns = self, *concurrency;
    struct value *arn = given->kind == VALUE_MAP ? value_get(given, "arn") : given;
    const char *name = source_name(sls, event, arn, false);
    concurrency = if_truthy(value_get(given, "maximumConcurrency"));
    value_append(sls->arena, arns, arn);
    sls_add(
        sls, textf(sls, "%sEventSourceMappingSQS%s", f->id, name_alphanumeric(sls, str_from(name))),
        form(sls,
             "{'Type': 'AWS::Lambda::EventSourceMapping', 'DependsOn': %v, 'Properties': {'BatchSize': %v, "
             "'MaximumBatchingWindowInSeconds': %v, 'EventSourceArn': %v, 'FunctionName': %v, 'Enabled': %v, "
             "'FunctionResponseTypes': %v, 'FilterCriteria': %v, 'ScalingConfig': %v}}",
             mapping_depends_on(sls, f), truthy_or(value_get(given, "batchSize"), value_int(sls->arena, 10)),
             if_given(value_get(given, "maximumBatchingWindow")), arn, sls_target(sls, f),
             enabled_of(sls, given), one_or_none(sls, value_get(given, "functionResponseType")),
             filter_criteria(sls, value_get(given, "filterPatterns")),
             concurrency ? form(sls, "{'MaximumConcurrency': %v}", concurrency) : NULL),
        given);
}

void compile_sqs(struct sls *sls)
{
    struct value *arns = value_list(sls->arena);
    each_event(sls, "sqs", compile_queue, arns);
    if (arns->count)
        sls_allow(sls, form(sls,
                            "{'Effect': 'Allow', 'Action': ['sqs:ReceiveMessage', 'sqs:DeleteMessage', "
                            "'sqs:GetQueueAttributes'], 'Resource': %v}",
                            arns));
}

/* What the streams of one function are allowed, by kind and in the order of the statements. */
enum { DYNAMODB, KINESIS, KINESIS_CONSUMED, CONSUMER, FAILURE_SNS, FAILURE_SQS, STREAM_STATEMENTS };

static const char *const stream_actions[STREAM_STATEMENTS] = {
    [DYNAMODB] = "['dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:DescribeStream', "
                 "'dynamodb:ListStreams']",
    [KINESIS] = "['kinesis:GetRecords', 'kinesis:GetShardIterator', 'kinesis:DescribeStream', "
                "'kinesis:ListStreams']",
    [KINESIS_CONSUMED] =
        "['kinesis:GetRecords', 'kinesis:GetShardIterator', 'kinesis:DescribeStreamSummary', "
        "'kinesis:ListShards']",
    [CONSUMER] = "['kinesis:SubscribeToShard']",
    [FAILURE_SNS] = "['sns:Publish']",
    [FAILURE_SQS] = "['sqs:ListQueues', 'sqs:SendMessage']",
};

struct streams {
    const struct sls_function *function; /* whose arns are collected */
    struct value *arns[STREAM_STATEMENTS];
};

static void allow_streams(struct sls *sls, struct streams *streams)
{
    for (size_t i = 0; i < STREAM_STATEMENTS; i++) {
        if (streams->arns[i] && streams->arns[i]->count)
            sls_allow(sls, form(sls, "{'Effect': 'Allow', 'Action': %v, 'Resource': %v}",
                                form(sls, stream_actions[i]), streams->arns[i]));
        streams->arns[i] = value_list(sls->arena);
    }
}

/* "kinesis" of `type`, or of the ARN. */
static const char *service_of(struct sls *sls, const struct value *type, const struct value *arn)
{
    struct str rest = value_text(arn), part = STR_EMPTY;
    if (truthy(type))
        return text_of(sls, type);
    for (int i = 0; i < 3; i++)
        if (!str_split(&rest, ':', &part)) {
            sls_fail(sls, arn, "an ARN of a stream's event that is no plain text needs 'type' beside it");
            return "";
        }
    return arena_strz(sls->arena, part);
}

static struct value *failure_of(struct sls *sls, const struct value *given, struct streams *streams)
{
    struct value *failure = value_path(given, "destinations", "onFailure", NULL);
    if (!truthy(failure))
        return NULL;
    struct value *arn = failure->kind == VALUE_MAP ? value_get(failure, "arn") : failure;
    const char *service = service_of(sls, value_get(failure, "type"), arn);
    value_append(sls->arena, streams->arns[str_is(str_from(service), "sns") ? FAILURE_SNS : FAILURE_SQS],
                 arn);
    return form(sls, "{'OnFailure': {'Destination': %v}}", arn);
}

/* The ARN that is read: of a consumer of its own, of one given, or the stream's. */
static struct value *consumed_arn(struct sls *sls, const struct sls_event *event, struct value *arn,
                                  const char *name, struct value *depends_on)
{
    const struct sls_function *f = event->function;
    struct value *consumer = value_get(event->value, "consumer");
    bool named = truthy(value_path(sls->provider, "kinesis", "consumerNamingMode", NULL));
    if (consumer->kind != VALUE_BOOL)
        return consumer;
    const char *consumer_name = named ? textf(sls, "%s%s%s%sConsumer", f->key, name, sls->name, sls->stage)
                                      : textf(sls, "%s%sConsumer", f->key, name);
    const char *id = textf(sls, "%sStreamConsumer", name_resource(sls, str_from(consumer_name)));
    sls_add(sls, id,
            form(sls,
                 "{'Type': 'AWS::Kinesis::StreamConsumer', 'Properties': {'StreamARN': %v, 'ConsumerName': "
                 "'%s'}}",
                 arn, consumer_name),
            event->value);
    value_append(sls->arena, depends_on, form_text(sls, id));
    return form(sls, "{'Ref': '%s'}", id);
}

static void check_timestamp(struct sls *sls, const struct sls_event *event)
{
    if (value_is_text(value_get(event->value, "startingPosition"), "AT_TIMESTAMP") &&
        !truthy(value_get(event->value, "startingPositionTimestamp")))
        sls_fail(sls, event->value,
                 "event 'stream' of function '%s': AT_TIMESTAMP needs "
                 "'startingPositionTimestamp'",
                 event->function->key);
}

static void compile_stream_event(struct sls *sls, const struct sls_event *event, void *self)
{
    struct streams *streams = self;
    const struct sls_function *f = event->function;
    struct value *given = event->value, *arn = given->kind == VALUE_MAP ? value_get(given, "arn") : given;
    if (streams->function != f)
        allow_streams(sls, streams);
    streams->function = f;
    struct value *depends_on = mapping_depends_on(sls, f), *read = arn;
    const char *service = service_of(sls, value_get(given, "type"), arn);
    const char *name = source_name(sls, event, arn, true);
    bool dynamodb = str_is(str_from(service), "dynamodb"), consumer = truthy(value_get(given, "consumer"));
    bool consumed = consumer && str_is(str_from(service), "kinesis");
    value_append(sls->arena, streams->arns[dynamodb ? DYNAMODB : consumer ? KINESIS_CONSUMED : KINESIS], arn);
    struct value *failure = failure_of(sls, given, streams);
    if (consumed) {
        check_timestamp(sls, event);
        read = consumed_arn(sls, event, arn, name, depends_on);
        value_append(sls->arena, streams->arns[CONSUMER], read);
    }
    sls_add(
        sls,
        textf(sls, "%sEventSourceMapping%s%s", f->id, name_upper_first(sls, str_from(service)),
              name_alphanumeric(sls, str_from(name))),
        form(
            sls,
            "{'Type': 'AWS::Lambda::EventSourceMapping', 'DependsOn': %v, 'Properties': {'BatchSize': %v, "
            "'Enabled': %v, 'EventSourceArn': %v, 'FunctionName': %v, 'ParallelizationFactor': %v, "
            "'StartingPosition': %v, 'MaximumBatchingWindowInSeconds': %v, 'MaximumRetryAttempts': %v, "
            "'BisectBatchOnFunctionError': %v, 'FunctionResponseTypes': %v, 'MaximumRecordAgeInSeconds': %v, "
            "'TumblingWindowInSeconds': %v, 'DestinationConfig': %v, 'FilterCriteria': %v, "
            "'StartingPositionTimestamp': %v}}",
            depends_on, truthy_or(value_get(given, "batchSize"), value_int(sls->arena, 10)),
            enabled_of(sls, given), read, sls_target(sls, f),
            if_truthy(value_get(given, "parallelizationFactor")),
            truthy_or(value_get(given, "startingPosition"), form_text(sls, "TRIM_HORIZON")),
            if_given(value_get(given, "batchWindow")), if_given(value_get(given, "maximumRetryAttempts")),
            if_given(value_get(given, "bisectBatchOnFunctionError")),
            one_or_none(sls, value_get(given, "functionResponseType")),
            if_truthy(value_get(given, "maximumRecordAgeInSeconds")),
            if_given(value_get(given, "tumblingWindowInSeconds")), failure,
            filter_criteria(sls, value_get(given, "filterPatterns")),
            consumed ? if_truthy(value_get(given, "startingPositionTimestamp")) : NULL),
        given);
}

void compile_stream(struct sls *sls)
{
    struct streams streams = {.function = NULL};
    allow_streams(sls, &streams);
    each_event(sls, "stream", compile_stream_event, &streams);
    allow_streams(sls, &streams);
}
