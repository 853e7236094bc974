/*
 * AWS::Kinesis::Stream.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-kinesis-stream.html
 *
 * A stream takes one change at a time and is UPDATING meanwhile, so every call waits until it is ACTIVE.
 */

#include "providers/kinesis/operations.h"
#include "providers/kinesis/types.h"
#include "providers/kms/key_id.h"
#include "providers/resource.h"
#include "providers/shape.h"

enum { ACTIVE_MS = 5 * 60 * 1000, RESHARD_MS = 30 * 60 * 1000, BUSY_MS = 2 * 60 * 1000, TAGS_MAX = 50 };

static const struct shape shape[] = {
    {.path = "DesiredShardLevelMetrics", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "MaxRecordSizeInKiB", .kind = SHAPE_NUMBER, .otherwise = "1024"},
    {.path = "Name"},
    {.path = "RetentionPeriodHours", .kind = SHAPE_NUMBER, .otherwise = "24"},
    {.path = "ShardCount", .kind = SHAPE_NUMBER},
    {.path = "StreamEncryption", .kind = SHAPE_MAP},
    {.path = "StreamEncryption.EncryptionType"},
    {.path = "StreamEncryption.KeyId"},
    {.path = "StreamModeDetails", .kind = SHAPE_MAP, .otherwise = "{\"StreamMode\":\"PROVISIONED\"}"},
    {.path = "StreamModeDetails.StreamMode"},
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.path = "WarmThroughputMiBps", .kind = SHAPE_NUMBER},
    {.path = NULL},
};

/* Five streams may be CREATING at once; a sixth waits. */
static const struct hurdle hurdles[] = {
    {"ResourceInUseException", NULL}, {"LimitExceededException", NULL}, {NULL, NULL}};

static const struct aws_operation *row(enum kinesis_operation operation)
{
    return &kinesis_operations[operation];
}

/* All of them go by a name of their own, too. */
static void spell_out_metrics(struct arena *arena, struct value *properties)
{
    static const char *const all[] = {
        "IncomingBytes",
        "IncomingRecords",
        "IteratorAgeMilliseconds",
        "OutgoingBytes",
        "OutgoingRecords",
        "ReadProvisionedThroughputExceeded",
        "WriteProvisionedThroughputExceeded",
    };
    if (!list_has(value_get(properties, "DesiredShardLevelMetrics"), STR("ALL")))
        return;
    struct value *metrics = value_list(arena);
    for (size_t i = 0; i < ARRAY_LENGTH(all); i++)
        value_append(arena, metrics, value_stringz(arena, all[i]));
    value_setz(arena, properties, "DesiredShardLevelMetrics", metrics);
}

static void normalize(struct arena *arena, struct value *properties)
{
    spell_out_metrics(arena, properties);
    shape_normalize(shape, arena, properties);
    kms_key_normalize(arena, value_get(properties, "StreamEncryption"), "KeyId");
}

/* --- reading --- */

static struct value *stream_input(const struct resource_call *call, struct str name)
{
    return input_with(call->arena, "StreamName", name);
}

static bool describe(const struct resource_call *call, struct str name, struct value **stream,
                     struct error *error)
{
    struct value *answer;
    if (!aws_call(call->aws, row(KINESIS_DESCRIBE_STREAM_SUMMARY), call->arena, stream_input(call, name),
                  &answer, error))
        return false;
    *stream = value_get(answer, "StreamDescriptionSummary");
    return !value_is_text(value_get(*stream, "StreamStatus"), "DELETING") ||
           error_set(error, ERROR_NOT_FOUND, "stream '%.*s' is being deleted", STR_ARG(name));
}

static bool is_on_demand(const struct value *properties)
{
    return str_is(value_text(value_path(properties, "StreamModeDetails", "StreamMode", NULL)), "ON_DEMAND");
}

static void take_encryption(const struct resource_call *call, const struct value *stream, struct value *live)
{
    if (!str_is(value_get_text(stream, "EncryptionType"), "KMS"))
        return;
    struct str declared = value_text(value_path(call->properties, "StreamEncryption", "KeyId", NULL));
    struct value *encryption = input_with(call->arena, "EncryptionType", STR("KMS"));
    and_with(call->arena, encryption, "KeyId",
             kms_key_as_declared(declared, value_get_text(stream, "KeyId")));
    value_setz(call->arena, live, "StreamEncryption", encryption);
}

/* The shards are the stream's own affair where nobody declares how many: on demand, or where the template
 * leaves them as they are. */
static void take_shards(const struct resource_call *call, const struct value *stream, struct value *live)
{
    bool declared = !call->properties || value_get(call->properties, "ShardCount");
    if (declared && !is_on_demand(live) && value_get(stream, "OpenShardCount"))
        value_setz(call->arena, live, "ShardCount",
                   value_copy(call->arena, value_get(stream, "OpenShardCount")));
}

static void take_properties(const struct resource_call *call, const struct value *stream, struct value *live)
{
    static const char *const same[] = {"MaxRecordSizeInKiB", "RetentionPeriodHours", "StreamModeDetails",
                                       NULL};
    struct arena *arena = call->arena;
    members_copy(arena, live, stream, same);
    struct value *metrics =
        value_get(value_at(value_get(stream, "EnhancedMonitoring"), 0), "ShardLevelMetrics");
    const struct value *warm = value_path(stream, "WarmThroughput", "TargetMiBps", NULL);
    if (metrics)
        value_setz(arena, live, "DesiredShardLevelMetrics", value_copy(arena, metrics));
    if (warm)
        value_setz(arena, live, "WarmThroughputMiBps", value_copy(arena, warm));
    shape_fill(shape, arena, live);
    take_shards(call, stream, live);
    take_encryption(call, stream, live);
}

static void give_identity(const struct resource_call *call, const struct value *stream,
                          struct resource_state *state)
{
    state->physical_id = value_get_text(stream, "StreamName");
    state->attributes = input_with(call->arena, "Arn", value_get_text(stream, "StreamARN"));
    const struct value *warm = value_get(stream, "WarmThroughput");
    if (warm)
        value_setz(call->arena, state->attributes, "WarmThroughputObject", value_copy(call->arena, warm));
}

static bool read_named(const struct resource_call *call, struct str name, struct resource_state *state,
                       struct error *error)
{
    struct arena *arena = call->arena;
    struct value *stream, *tags, *input = stream_input(call, name);
    value_setz(arena, input, "Limit", value_int(arena, TAGS_MAX)); /* no stream has more */
    if (!describe(call, name, &stream, error) ||
        !aws_call(call->aws, row(KINESIS_LIST_TAGS_FOR_STREAM), arena, input, &tags, error))
        return false;
    struct value *live = state->properties = input_with(arena, "Name", name);
    state->tags = tags_as_map(arena, value_get(tags, "Tags"), "Key", "Value");
    value_setz(arena, live, "Tags", tags_as_list(arena, tags_of_user(call, state->tags), "Key", "Value"));
    give_identity(call, stream, state);
    take_properties(call, stream, live);
    normalize(arena, live);
    return true;
}

static bool stream_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read_named(call, call->physical_id, state, error);
}

static bool stream_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read_named(call, wanted_name(call, "Name"), state, error);
}

/* --- one change after the other --- */

struct settling {
    const struct resource_call *call;
    struct str name;
    int64_t shards; /* as many open ones; 0: any number */
    bool is_new;    /* it may take a while until it is seen at all */
};

static bool is_settled(void *self, bool *done, struct error *error)
{
    const struct settling *settling = self;
    struct value *stream;
    if (!describe(settling->call, settling->name, &stream, error)) {
        bool unseen = settling->is_new && error->code == ERROR_NOT_FOUND;
        if (unseen)
            error_clear(error);
        *done = false;
        return unseen;
    }
    *done = value_is_text(value_get(stream, "StreamStatus"), "ACTIVE") &&
            (!settling->shards || value_get_int(stream, "OpenShardCount", 0) == settling->shards);
    return true;
}

static bool wait_for(struct settling *settling, struct error *error)
{
    return wait_until(settling->call, "the stream to be ACTIVE", settling->shards ? RESHARD_MS : ACTIVE_MS,
                      is_settled, settling, error);
}

static bool settle(const struct resource_call *call, int64_t shards, struct error *error)
{
    struct settling settling = {.call = call, .name = call->physical_id, .shards = shards};
    return wait_for(&settling, error);
}

static bool change(const struct resource_call *call, enum kinesis_operation operation,
                   const struct value *input, int64_t shards, struct error *error)
{
    return call_over_hurdles(call->aws, row(operation), call->arena, input, hurdles, BUSY_MS, NULL, error) &&
           settle(call, shards, error);
}

struct step {
    const struct resource_call *call;
    const struct value *target;
    const struct value *live;
    struct str arn;
};

static bool wants(const struct step *step, const char *name)
{
    return shape_differs(step->target, step->live, name);
}

static bool change_mode(const struct step *step, struct error *error)
{
    struct arena *arena = step->call->arena;
    struct value *input = input_with(arena, "StreamARN", step->arn);
    if (!wants(step, "StreamModeDetails"))
        return true;
    value_setz(arena, input, "StreamModeDetails",
               value_copy(arena, value_get(step->target, "StreamModeDetails")));
    return change(step->call, KINESIS_UPDATE_STREAM_MODE, input, 0, error);
}

/* One call at most doubles the shards, or halves them. */
static int64_t next_shards(int64_t now, int64_t wanted)
{
    int64_t least = (now + 1) / 2, most = 2 * now;
    return wanted > most ? most : wanted < least ? least : wanted;
}

static bool change_shards(const struct step *step, struct error *error)
{
    const struct resource_call *call = step->call;
    int64_t wanted = value_get_int(step->target, "ShardCount", 0), now;
    struct value *stream;
    if (wanted <= 0 || is_on_demand(step->target) || !wants(step, "ShardCount"))
        return true;
    if (!describe(call, call->physical_id, &stream, error))
        return false;
    now = value_get_int(stream, "OpenShardCount", wanted);
    while (now > 0 && now != wanted) {
        struct value *input = stream_input(call, call->physical_id);
        now = next_shards(now, wanted);
        and_with(call->arena, input, "ScalingType", STR("UNIFORM_SCALING"));
        value_setz(call->arena, input, "TargetShardCount", value_int(call->arena, now));
        if (!change(call, KINESIS_UPDATE_SHARD_COUNT, input, now, error))
            return false;
    }
    return true;
}

static bool change_retention(const struct step *step, struct error *error)
{
    struct value *input = stream_input(step->call, step->call->physical_id);
    int64_t wanted = value_get_int(step->target, "RetentionPeriodHours", 0);
    if (!wants(step, "RetentionPeriodHours"))
        return true;
    value_setz(step->call->arena, input, "RetentionPeriodHours", value_int(step->call->arena, wanted));
    bool more = wanted > value_get_int(step->live, "RetentionPeriodHours", 0);
    return change(step->call,
                  more ? KINESIS_INCREASE_STREAM_RETENTION_PERIOD : KINESIS_DECREASE_STREAM_RETENTION_PERIOD,
                  input, 0, error);
}

static bool change_encryption(const struct step *step, struct error *error)
{
    const struct value *wanted = value_get(step->target, "StreamEncryption");
    bool on = value_get_text(wanted, "KeyId").len;
    struct value *input = stream_input(step->call, step->call->physical_id);
    if (!wants(step, "StreamEncryption"))
        return true;
    const struct value *key = on ? wanted : value_get(step->live, "StreamEncryption");
    and_with(step->call->arena, input, "EncryptionType", STR("KMS"));
    and_with(step->call->arena, input, "KeyId", value_get_text(key, "KeyId"));
    return change(step->call, on ? KINESIS_START_STREAM_ENCRYPTION : KINESIS_STOP_STREAM_ENCRYPTION, input, 0,
                  error);
}

/* Those of `a` that `b` has not. */
static struct value *missing_in(struct arena *arena, const struct value *a, const struct value *b)
{
    struct value *missing = value_list(arena);
    for (size_t i = 0; value_is(a, VALUE_LIST) && i < a->count; i++)
        if (!list_has(b, value_text(a->items[i])))
            value_append(arena, missing, value_copy(arena, a->items[i]));
    return missing;
}

static bool send_metrics(const struct step *step, enum kinesis_operation operation, struct value *metrics,
                         struct error *error)
{
    struct value *input = stream_input(step->call, step->call->physical_id);
    value_setz(step->call->arena, input, "ShardLevelMetrics", metrics);
    return !metrics->count || change(step->call, operation, input, 0, error);
}

static bool change_metrics(const struct step *step, struct error *error)
{
    struct arena *arena = step->call->arena;
    const struct value *wanted = value_get(step->target, "DesiredShardLevelMetrics"),
                       *has = value_get(step->live, "DesiredShardLevelMetrics");
    return !wants(step, "DesiredShardLevelMetrics") ||
           (send_metrics(step, KINESIS_DISABLE_ENHANCED_MONITORING, missing_in(arena, has, wanted), error) &&
            send_metrics(step, KINESIS_ENABLE_ENHANCED_MONITORING, missing_in(arena, wanted, has), error));
}

/* A number that a call of its own sets. */
static bool change_number(const struct step *step, const char *name, enum kinesis_operation operation,
                          struct error *error)
{
    struct arena *arena = step->call->arena;
    struct value *input = input_with(arena, "StreamARN", step->arn);
    const struct value *wanted = value_get(step->target, name);
    if (!value_is(wanted, VALUE_NUMBER) || !wants(step, name))
        return true;
    value_setz(arena, input, name, value_copy(arena, wanted));
    return change(step->call, operation, input, 0, error);
}

/* --- writing --- */

static struct value *target_of(const struct resource_call *call)
{
    struct value *wanted = value_copy(call->arena, call->properties);
    spell_out_metrics(call->arena, wanted);
    return shape_target(shape, call->arena, wanted, call->previous);
}

static const struct tag_calls tag_calls = {
    .tag = &kinesis_operations[KINESIS_ADD_TAGS_TO_STREAM],
    .untag = &kinesis_operations[KINESIS_REMOVE_TAGS_FROM_STREAM],
    .resource = "StreamName",
    .tags = "Tags",
    .names = "TagKeys",
};

static bool update_once(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    if (!settle(call, 0, error) || !read_named(call, call->physical_id, state, error))
        return false;
    const struct step step = {.call = call,
                              .target = target_of(call),
                              .live = state->properties,
                              .arn = value_get_text(state->attributes, "Arn")};
    return change_mode(&step, error) && change_shards(&step, error) && change_retention(&step, error) &&
           change_encryption(&step, error) && change_metrics(&step, error) &&
           change_number(&step, "MaxRecordSizeInKiB", KINESIS_UPDATE_MAX_RECORD_SIZE, error) &&
           change_number(&step, "WarmThroughputMiBps", KINESIS_UPDATE_STREAM_WARM_THROUGHPUT, error) &&
           tags_write(call, &tag_calls, call->physical_id, state->tags, error);
}

static bool stream_update(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return shape_check(shape, kinesis_stream_type.name, call->properties, error) &&
           update_until_answered(update_once, call, state, error);
}

static bool stream_create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    static const char *const at_once[] = {"MaxRecordSizeInKiB", "ShardCount", "StreamModeDetails",
                                          "WarmThroughputMiBps", NULL};
    struct arena *arena = call->arena;
    struct resource_call made = *call;
    struct value *input, *answer, *target = target_of(call);
    made.physical_id = wanted_name(call, "Name");
    made.previous = NULL;
    input = stream_input(call, made.physical_id);
    members_copy(arena, input, target, at_once);
    value_setz(arena, input, "Tags", resource_tags(call));
    static const struct hurdle too_many[] = {{"LimitExceededException", NULL}, {NULL, NULL}};
    return shape_check(shape, kinesis_stream_type.name, call->properties, error) &&
           create_once(call, &kinesis_stream_type, row(KINESIS_CREATE_STREAM), input, too_many, BUSY_MS,
                       &answer, error) &&
           wait_for(&(struct settling){.call = call, .name = made.physical_id, .is_new = true}, error) &&
           update_until_answered(update_once, &made, state, error);
}

static bool is_gone(void *self, bool *done, struct error *error)
{
    const struct resource_call *call = self;
    *done = !call_simply(call, row(KINESIS_DESCRIBE_STREAM_SUMMARY), stream_input(call, call->physical_id),
                         error);
    if (*done && error->code != ERROR_NOT_FOUND)
        return false;
    error_clear(error);
    return true;
}

/* Its consumers go with it, as CloudFormation has it.  The name is taken until it is gone. */
static bool stream_remove(const struct resource_call *call, struct error *error)
{
    struct resource_call copy = *call;
    struct value *input = stream_input(call, call->physical_id);
    value_setz(call->arena, input, "EnforceConsumerDeletion", value_bool(call->arena, true));
    if (!call_over_hurdles(call->aws, row(KINESIS_DELETE_STREAM), call->arena, input, hurdles, BUSY_MS, NULL,
                           error)) {
        if (error->code != ERROR_NOT_FOUND)
            return false;
        error_clear(error);
    }
    return wait_until(call, "the stream to be deleted", ACTIVE_MS, is_gone, &copy, error);
}

static const char *const readable[] = {"WarmThroughputMiBps", NULL};

const struct resource_type kinesis_stream_type = {
    .name = "AWS::Kinesis::Stream",
    .traits = RESOURCE_TAGGED | RESOURCE_STATEFUL,
    .name_property = "Name",
    .name_max = 128,
    .readable = readable,
    .read = stream_read,
    .find = stream_find,
    .create = stream_create,
    .update = stream_update,
    .remove = stream_remove,
    .normalize = normalize,
    .arn = "arn:{partition}:kinesis:{region}:{account}:stream/{Name}",
};
