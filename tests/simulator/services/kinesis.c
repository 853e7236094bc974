/* Amazon Kinesis Data Streams, as of its API reference: streams, their settings and consumers; no records. */

#include "tests/simulator/service.h"

enum { SHARDS_MAX = 10000, RETENTION_LEAST = 24, RETENTION_MOST = 8760, TAGS_MAX = 50, NAME_LONGEST = 128 };

static const char *const metrics[] = {
    "IncomingBytes",
    "IncomingRecords",
    "IteratorAgeMilliseconds",
    "OutgoingBytes",
    "OutgoingRecords",
    "ReadProvisionedThroughputExceeded",
    "WriteProvisionedThroughputExceeded",
};

/* name -> {"created", "changed": when it was UPDATING last, "mode", "shards", "retention", "key", "size",
 * "warm", "metrics": [], "tags": {}, "consumers": {}} */
static struct value *streams(struct call *call)
{
    return state_map(call, "streams");
}

/* The same, and "deleted": when. */
static struct value *deleted_streams(struct call *call)
{
    return state_map(call, "deleted");
}

static bool invalid(struct call *call, const char *what)
{
    return call_fail(call, 400, "InvalidArgumentException", "%s", what);
}

static struct str stream_arn(struct call *call, struct str name)
{
    return arn(call, "kinesis", "stream/%.*s", STR_ARG(name));
}

/* "stream/NAME" and what may follow it in an ARN. */
static struct str name_in_arn(struct str arn)
{
    struct str after = str_from_index(arn, str_find(arn, '/') + 1);
    return str_slice(after, 0, str_find(after, '/'));
}

static struct str wanted(struct call *call)
{
    static const char *const members[] = {"StreamARN", "ResourceARN"};
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        if (call_has(call, members[i]))
            return name_in_arn(call_text(call, members[i]));
    return call_text(call, "StreamName");
}

static const char *status_of(struct call *call, const struct value *stream)
{
    if (value_get_int(stream, "deleted", 0))
        return "DELETING";
    if (call->now < value_get_int(stream, "created", 0) + call_delay(call, "kinesis.creating"))
        return "CREATING";
    bool busy = call->now < value_get_int(stream, "changed", 0) + call_delay(call, "kinesis.updating");
    return busy ? "UPDATING" : "ACTIVE";
}

/* One that is there, or still DELETING. */
static struct value *stream_named(struct call *call, struct str name)
{
    struct value *stream = value_get_str(streams(call), name),
                 *deleted = value_get_str(deleted_streams(call), name);
    int64_t end = value_get_int(deleted, "deleted", 0) + call_delay(call, "kinesis.deleting");
    return stream ? stream : deleted && call->now < end ? deleted : NULL;
}

static struct value *stream_of(struct call *call)
{
    struct str name = wanted(call);
    struct value *stream = stream_named(call, name);
    if (stream)
        return stream;
    call_fail(call, 400, "ResourceNotFoundException", "Stream %.*s under account %.*s not found.",
              STR_ARG(name), STR_ARG(call->account));
    return NULL;
}

/* One that can be changed now. */
static struct value *active_stream(struct call *call)
{
    struct value *stream = stream_of(call);
    if (!stream || str_is(str_from(status_of(call, stream)), "ACTIVE"))
        return stream;
    call_fail(call, 400, "ResourceInUseException",
              "Stream %.*s under account %.*s not ACTIVE, instead in state %s", STR_ARG(wanted(call)),
              STR_ARG(call->account), status_of(call, stream));
    return NULL;
}

static bool done(struct call *call, struct value *stream)
{
    state_int(call, stream, "changed", call->now);
    return true;
}

static struct str mode_asked(struct call *call)
{
    struct str mode = value_get_text(value_get(call->input, "StreamModeDetails"), "StreamMode");
    return mode.len ? mode : STR("PROVISIONED");
}

static bool check_mode(struct call *call)
{
    struct str mode = mode_asked(call);
    return str_is(mode, "PROVISIONED") || str_is(mode, "ON_DEMAND") ||
           call_fail(call, 400, "ValidationException", "StreamMode is neither PROVISIONED nor ON_DEMAND");
}

static bool create_stream(struct call *call)
{
    struct str name = call_text(call, "StreamName");
    int64_t shards = value_get_int(call->input, "ShardCount", 0);
    bool on_demand = str_is(mode_asked(call), "ON_DEMAND");
    if (!name.len || name.len > NAME_LONGEST)
        return call_fail(call, 400, "ValidationException", "StreamName must have 1 to 128 characters");
    if (!check_mode(call))
        return false;
    if (on_demand && shards)
        return invalid(call, "Shard count cannot be specified in on-demand mode");
    if (!on_demand && (shards < 1 || shards > SHARDS_MAX))
        return invalid(call, "Shard count must be specified in provisioned mode");
    if (stream_named(call, name))
        return call_fail(call, 400, "ResourceInUseException",
                         "Stream %.*s under account %.*s already exists.", STR_ARG(name),
                         STR_ARG(call->account));
    struct value *stream = state_put(call, streams(call), name, value_map(call->arena));
    state_text(call, stream, "id", call_uuid(call));
    state_int(call, stream, "created", call->now);
    state_text(call, stream, "mode", mode_asked(call));
    state_int(call, stream, "shards", on_demand ? 4 : shards);
    state_int(call, stream, "retention", RETENTION_LEAST);
    state_int(call, stream, "size", value_get_int(call->input, "MaxRecordSizeInKiB", 1024));
    state_int(call, stream, "warm", value_get_int(call->input, "WarmThroughputMiBps", 0));
    state_put(call, stream, STR("metrics"), value_list(call->arena));
    state_put(call, stream, STR("consumers"), value_map(call->arena));
    state_merge(call, stream, "tags", value_get(call->input, "Tags"));
    return true;
}

static void put_encryption(struct call *call, const struct value *stream, struct value *out)
{
    struct str key = value_get_text(stream, "key");
    put_text(call, out, "EncryptionType", key.len ? STR("KMS") : STR("NONE"));
    if (key.len)
        put_text(call, out, "KeyId", key);
}

static bool describe_stream_summary(struct call *call)
{
    struct value *stream = stream_of(call), *out = value_map(call->arena), *mode = value_map(call->arena),
                 *levels = value_list(call->arena), *level = value_map(call->arena);
    if (!stream)
        return false;
    put_text(call, out, "StreamName", wanted(call));
    put_text(call, out, "StreamARN", stream_arn(call, wanted(call)));
    put_text(call, out, "StreamStatus", str_from(status_of(call, stream)));
    put_text(call, mode, "StreamMode", value_get_text(stream, "mode"));
    put(call, out, "StreamModeDetails", mode);
    put_int(call, out, "RetentionPeriodHours", value_get_int(stream, "retention", 0));
    put_time(call, out, "StreamCreationTimestamp", value_get_int(stream, "created", 0));
    put(call, level, "ShardLevelMetrics", value_get(stream, "metrics"));
    value_append(call->arena, levels, level);
    put(call, out, "EnhancedMonitoring", levels);
    put_encryption(call, stream, out);
    put_int(call, out, "OpenShardCount", value_get_int(stream, "shards", 0));
    put_int(call, out, "ConsumerCount", (int64_t)value_get(stream, "consumers")->count);
    put_int(call, out, "MaxRecordSizeInKiB", value_get_int(stream, "size", 0));
    int64_t warm = value_get_int(stream, "warm", 0);
    struct value *throughput = value_map(call->arena);
    put_int(call, throughput, "TargetMiBps", warm);
    put_int(call, throughput, "CurrentMiBps", warm);
    put(call, out, "WarmThroughput", warm ? throughput : NULL);
    put(call, call->output, "StreamDescriptionSummary", out);
    return true;
}

static bool delete_stream(struct call *call)
{
    struct value *stream = stream_of(call);
    if (!stream)
        return false;
    if (value_get_int(stream, "deleted", 0))
        return call_fail(call, 400, "ResourceInUseException", "Stream %.*s is being deleted.",
                         STR_ARG(wanted(call)));
    if (value_get(stream, "consumers")->count &&
        !value_get_bool(call->input, "EnforceConsumerDeletion", false))
        return call_fail(call, 400, "ResourceInUseException", "Stream %.*s has consumers.",
                         STR_ARG(wanted(call)));
    state_int(call, stream, "deleted", call->now);
    state_put(call, deleted_streams(call), wanted(call), stream);
    return value_remove(streams(call), wanted(call));
}

static bool update_shard_count(struct call *call)
{
    struct value *stream = active_stream(call);
    int64_t target = value_get_int(call->input, "TargetShardCount", 0);
    if (!stream)
        return false;
    int64_t now = value_get_int(stream, "shards", 0);
    if (!str_is(call_text(call, "ScalingType"), "UNIFORM_SCALING"))
        return call_fail(call, 400, "ValidationException", "ScalingType must be UNIFORM_SCALING");
    if (str_is(value_get_text(stream, "mode"), "ON_DEMAND"))
        return call_fail(call, 400, "ValidationException", "The stream is in on-demand mode");
    if (target < 1 || target > 2 * now || 2 * target < now)
        return call_fail(call, 400, "LimitExceededException",
                         "UpdateShardCount cannot scale beyond double or below half the shard count.");
    state_int(call, stream, "shards", target);
    put_text(call, call->output, "StreamName", wanted(call));
    put_int(call, call->output, "CurrentShardCount", now);
    put_int(call, call->output, "TargetShardCount", target);
    return done(call, stream);
}

static bool update_stream_mode(struct call *call)
{
    struct value *stream = active_stream(call);
    if (!stream || !call_need(call, "StreamModeDetails", 400, "ValidationException") || !check_mode(call))
        return false;
    state_text(call, stream, "mode", mode_asked(call));
    return done(call, stream);
}

static bool set_retention(struct call *call, bool more)
{
    struct value *stream = active_stream(call);
    int64_t hours = value_get_int(call->input, "RetentionPeriodHours", 0);
    if (!stream)
        return false;
    int64_t now = value_get_int(stream, "retention", 0);
    if (hours < RETENTION_LEAST || hours > RETENTION_MOST)
        return invalid(call, "RetentionPeriodHours must be 24 to 8760");
    if (more ? hours < now : hours > now)
        return invalid(call, "The retention period does not change in that direction");
    state_int(call, stream, "retention", hours);
    return done(call, stream);
}

static bool increase_retention(struct call *call)
{
    return set_retention(call, true);
}

static bool decrease_retention(struct call *call)
{
    return set_retention(call, false);
}

static bool set_encryption(struct call *call, bool on)
{
    struct value *stream = active_stream(call);
    if (!stream || !call_need(call, "KeyId", 400, "ValidationException"))
        return false;
    if (!str_is(call_text(call, "EncryptionType"), "KMS"))
        return call_fail(call, 400, "ValidationException", "EncryptionType must be KMS");
    state_text(call, stream, "key", on ? call_text(call, "KeyId") : STR_EMPTY);
    return done(call, stream);
}

static bool start_encryption(struct call *call)
{
    return set_encryption(call, true);
}

static bool stop_encryption(struct call *call)
{
    return set_encryption(call, false);
}

static bool names(const struct value *list, struct str name)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_equal(value_text(list->items[i]), name) || str_is(value_text(list->items[i]), "ALL"))
            return true;
    return false;
}

static bool is_metric(struct str name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(metrics); i++)
        if (str_is(name, metrics[i]))
            return true;
    return str_is(name, "ALL");
}

static bool set_metrics(struct call *call, bool on)
{
    struct value *stream = active_stream(call), *asked = call_list(call, "ShardLevelMetrics"),
                 *left = value_list(call->arena);
    if (!stream)
        return false;
    for (size_t i = 0; i < asked->count; i++)
        if (!is_metric(value_text(asked->items[i])))
            return call_fail(call, 400, "ValidationException", "ShardLevelMetrics has an unknown metric");
    if (!asked->count)
        return call_fail(call, 400, "ValidationException", "ShardLevelMetrics is required");
    const struct value *has = value_get(stream, "metrics");
    put(call, call->output, "CurrentShardLevelMetrics", value_copy(call->arena, has));
    for (size_t i = 0; i < ARRAY_LENGTH(metrics); i++) {
        struct str metric = str_from(metrics[i]);
        if (on ? names(has, metric) || names(asked, metric) : names(has, metric) && !names(asked, metric))
            value_append(call->arena, left, value_string(call->arena, metric));
    }
    put_text(call, call->output, "StreamName", wanted(call));
    put(call, call->output, "DesiredShardLevelMetrics", state_put(call, stream, STR("metrics"), left));
    return done(call, stream);
}

static bool enable_monitoring(struct call *call)
{
    return set_metrics(call, true);
}

static bool disable_monitoring(struct call *call)
{
    return set_metrics(call, false);
}

static bool update_max_record_size(struct call *call)
{
    struct value *stream = active_stream(call);
    int64_t size = value_get_int(call->input, "MaxRecordSizeInKiB", 0);
    if (!stream)
        return false;
    if (size < 1024 || size > 10240)
        return call_fail(call, 400, "ValidationException", "MaxRecordSizeInKiB must be 1024 to 10240");
    state_int(call, stream, "size", size);
    return done(call, stream);
}

static bool update_warm_throughput(struct call *call)
{
    struct value *stream = active_stream(call);
    if (!stream)
        return false;
    if (!str_is(value_get_text(stream, "mode"), "ON_DEMAND"))
        return call_fail(call, 400, "ValidationException", "The stream is not in on-demand mode");
    state_int(call, stream, "warm", value_get_int(call->input, "WarmThroughputMiBps", 0));
    return done(call, stream);
}

/* --- tags --- */

static struct value *consumer_in(struct call *call, const struct value *stream, struct str *name);

/* A stream, or the consumer that the ARN names. */
static struct value *tagged(struct call *call)
{
    struct value *stream = stream_of(call);
    struct str name;
    if (!stream || !str_contains(call_text(call, "ResourceARN"), "/consumer/"))
        return stream;
    struct value *consumer = consumer_in(call, stream, &name);
    if (!consumer)
        call_fail(call, 400, "ResourceNotFoundException", "Consumer not found.");
    return consumer;
}

static bool add_tags(struct call *call)
{
    struct value *stream = tagged(call);
    if (!stream || !call_need(call, "Tags", 400, "ValidationException"))
        return false;
    state_merge(call, stream, "tags", value_get(call->input, "Tags"));
    return true;
}

static bool remove_tags(struct call *call)
{
    struct value *stream = tagged(call);
    if (!stream || !call_need(call, "TagKeys", 400, "ValidationException"))
        return false;
    state_remove_keys(stream, "tags", call_list(call, "TagKeys"));
    return true;
}

static bool list_tags(struct call *call)
{
    struct value *stream = tagged(call);
    if (!stream)
        return false;
    put(call, call->output, "Tags", tags_to_list(call, value_get(stream, "tags"), "Key", "Value"));
    return true;
}

static bool list_tags_for_stream(struct call *call)
{
    if (value_get_int(call->input, "Limit", TAGS_MAX) > TAGS_MAX)
        return call_fail(call, 400, "ValidationException", "Limit must be 1 to 50");
    put_bool(call, call->output, "HasMoreTags", false);
    return list_tags(call);
}

/* --- consumers --- */

static struct str consumer_arn(struct call *call, struct str name)
{
    return arn(call, "kinesis", "stream/%.*s/consumer/%.*s", STR_ARG(wanted(call)), STR_ARG(name));
}

static struct value *consumer_in(struct call *call, const struct value *stream, struct str *name)
{
    struct value *all = value_get(stream, "consumers");
    struct str by_arn =
        call_has(call, "ConsumerARN") ? call_text(call, "ConsumerARN") : call_text(call, "ResourceARN");
    for (size_t i = 0; i < all->count; i++) {
        *name = all->entries[i].key;
        if (str_equal(*name, call_text(call, "ConsumerName")) ||
            str_equal(value_get_text(all->entries[i].value, "arn"), by_arn))
            return all->entries[i].value;
    }
    return NULL;
}

/* The stream of a consumer: named, or in the consumer's ARN. */
static struct value *consumer_of(struct call *call, struct value **stream, struct str *name)
{
    struct str stream_name = call_has(call, "StreamARN") ? name_in_arn(call_text(call, "StreamARN"))
                                                         : name_in_arn(call_text(call, "ConsumerARN"));
    *stream = stream_named(call, stream_name);
    struct value *consumer = *stream ? consumer_in(call, *stream, name) : NULL;
    if (!consumer)
        call_fail(call, 400, "ResourceNotFoundException", "Consumer %.*s not found.",
                  STR_ARG(call_text(call, "ConsumerName")));
    return consumer;
}

static void put_consumer(struct call *call, const struct value *consumer, struct str name, struct value *out)
{
    int64_t created = value_get_int(consumer, "created", 0);
    bool pending = call->now < created + call_delay(call, "kinesis.creating");
    put_text(call, out, "ConsumerName", name);
    put_text(call, out, "ConsumerARN", value_get_text(consumer, "arn"));
    put_text(call, out, "ConsumerStatus", pending ? STR("CREATING") : STR("ACTIVE"));
    put_time(call, out, "ConsumerCreationTimestamp", created);
}

static bool register_consumer(struct call *call)
{
    struct value *stream = stream_of(call), *out = value_map(call->arena);
    struct str name = call_text(call, "ConsumerName"), other;
    if (!stream || !call_need(call, "ConsumerName", 400, "ValidationException"))
        return false;
    if (consumer_in(call, stream, &other))
        return call_fail(call, 400, "ResourceInUseException", "Consumer %.*s already exists.", STR_ARG(name));
    struct value *consumer = state_put(call, value_get(stream, "consumers"), name, value_map(call->arena));
    state_int(call, consumer, "created", call->now);
    state_text(call, consumer, "arn",
               arena_printf(call->arena, "%.*s:%lld", STR_ARG(consumer_arn(call, name)),
                            (long long)(call->now / 1000)));
    state_merge(call, consumer, "tags", value_get(call->input, "Tags"));
    put_consumer(call, consumer, name, out);
    put(call, call->output, "Consumer", out);
    return true;
}

static bool describe_consumer(struct call *call)
{
    struct value *stream, *out = value_map(call->arena);
    struct str name;
    struct value *consumer = consumer_of(call, &stream, &name);
    if (!consumer)
        return false;
    put_consumer(call, consumer, name, out);
    struct str own = value_get_text(consumer, "arn");
    put_text(call, out, "StreamARN", stream_arn(call, name_in_arn(own)));
    put(call, call->output, "ConsumerDescription", out);
    return true;
}

static bool deregister_consumer(struct call *call)
{
    struct value *stream;
    struct str name;
    return consumer_of(call, &stream, &name) && value_remove(value_get(stream, "consumers"), name);
}

static const struct sim_operation operations[] = {
    {.name = "AddTagsToStream", .effect = SIM_WRITE, .handle = add_tags},
    {.name = "CreateStream", .effect = SIM_WRITE, .handle = create_stream},
    {.name = "DecreaseStreamRetentionPeriod", .effect = SIM_WRITE, .handle = decrease_retention},
    {.name = "DeleteStream", .effect = SIM_WRITE, .handle = delete_stream},
    {.name = "DeregisterStreamConsumer", .effect = SIM_WRITE, .handle = deregister_consumer},
    {.name = "DescribeStreamConsumer", .effect = SIM_READ, .handle = describe_consumer},
    {.name = "DescribeStreamSummary", .effect = SIM_READ, .handle = describe_stream_summary},
    {.name = "DisableEnhancedMonitoring", .effect = SIM_WRITE, .handle = disable_monitoring},
    {.name = "EnableEnhancedMonitoring", .effect = SIM_WRITE, .handle = enable_monitoring},
    {.name = "IncreaseStreamRetentionPeriod", .effect = SIM_WRITE, .handle = increase_retention},
    {.name = "ListTagsForResource", .effect = SIM_READ, .handle = list_tags},
    {.name = "ListTagsForStream", .effect = SIM_READ, .handle = list_tags_for_stream},
    {.name = "RegisterStreamConsumer", .effect = SIM_WRITE, .handle = register_consumer},
    {.name = "RemoveTagsFromStream", .effect = SIM_WRITE, .handle = remove_tags},
    {.name = "StartStreamEncryption", .effect = SIM_WRITE, .handle = start_encryption},
    {.name = "StopStreamEncryption", .effect = SIM_WRITE, .handle = stop_encryption},
    {.name = "UpdateMaxRecordSize", .effect = SIM_WRITE, .handle = update_max_record_size},
    {.name = "UpdateShardCount", .effect = SIM_WRITE, .handle = update_shard_count},
    {.name = "UpdateStreamMode", .effect = SIM_WRITE, .handle = update_stream_mode},
    {.name = "UpdateStreamWarmThroughput", .effect = SIM_WRITE, .handle = update_warm_throughput},
};

const struct sim_service sim_kinesis = {
    .name = "kinesis",
    .target = "Kinesis_20131202",
    .json_version = "1.1",
    .throttle_code = "LimitExceededException",
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
