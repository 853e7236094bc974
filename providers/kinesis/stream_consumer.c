/*
 * AWS::Kinesis::StreamConsumer.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-kinesis-streamconsumer.html
 */

#include "providers/kinesis/operations.h"
#include "providers/kinesis/types.h"
#include "providers/resource.h"
#include "providers/shape.h"

enum { SETTLING_MS = 5 * 60 * 1000, BUSY_MS = 2 * 60 * 1000 };

static const struct shape shape[] = {
    {.path = "ConsumerName"},
    {.path = "StreamARN"},
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.path = NULL},
};

/* Five consumers of a stream may be CREATING at once; a stream that is changing takes none. */
static const struct hurdle busy[] = {{"LimitExceededException", NULL}, {NULL, NULL}};

static void normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(shape, arena, properties);
}

static bool describe(const struct resource_call *call, const struct value *input, struct value **consumer,
                     struct error *error)
{
    struct value *answer;
    if (!aws_call(call->aws, &kinesis_operations[KINESIS_DESCRIBE_STREAM_CONSUMER], call->arena, input,
                  &answer, error))
        return false;
    *consumer = value_get(answer, "ConsumerDescription");
    return !value_is_text(value_get(*consumer, "ConsumerStatus"), "DELETING") ||
           error_set(error, ERROR_NOT_FOUND, "the consumer is being deleted");
}

static bool take(const struct resource_call *call, const struct value *consumer, struct resource_state *state,
                 struct error *error)
{
    static const char *const given[] = {
        "ConsumerARN", "ConsumerCreationTimestamp", "ConsumerName", "ConsumerStatus", "StreamARN", NULL};
    static const char *const same[] = {"ConsumerName", "StreamARN", NULL};
    struct arena *arena = call->arena;
    struct str arn = value_get_text(consumer, "ConsumerARN");
    struct value *tags;
    if (!aws_call(call->aws, &kinesis_operations[KINESIS_LIST_TAGS_FOR_RESOURCE], arena,
                  input_with(arena, "ResourceARN", arn), &tags, error))
        return false;
    state->physical_id = arena_str(arena, arn);
    state->attributes = value_map(arena);
    members_copy(arena, state->attributes, consumer, given);
    state->properties = value_map(arena);
    members_copy(arena, state->properties, consumer, same);
    state->tags = tags_as_map(arena, value_get(tags, "Tags"), "Key", "Value");
    value_setz(arena, state->properties, "Tags",
               tags_as_list(arena, tags_of_user(call, state->tags), "Key", "Value"));
    normalize(arena, state->properties);
    return true;
}

static struct value *by_name(const struct resource_call *call)
{
    struct value *input = input_with(call->arena, "StreamARN", value_get_text(call->properties, "StreamARN"));
    return and_with(call->arena, input, "ConsumerName", wanted_name(call, "ConsumerName"));
}

static bool consumer_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct value *consumer;
    return describe(call, input_with(call->arena, "ConsumerARN", call->physical_id), &consumer, error) &&
           take(call, consumer, state, error);
}

static bool consumer_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct value *consumer;
    return describe(call, by_name(call), &consumer, error) && take(call, consumer, state, error);
}

static bool is_active(void *self, bool *done, struct error *error)
{
    const struct resource_call *call = self;
    struct value *consumer;
    *done = false;
    if (describe(call, by_name(call), &consumer, error))
        *done = value_is_text(value_get(consumer, "ConsumerStatus"), "ACTIVE");
    else if (error->code != ERROR_NOT_FOUND)
        return false;
    error_clear(error);
    return true;
}

static bool consumer_create(const struct resource_call *call, struct resource_state *state,
                            struct error *error)
{
    struct resource_call copy = *call;
    struct value *input = by_name(call), *answer;
    value_setz(call->arena, input, "Tags", resource_tags(call));
    return shape_check(shape, kinesis_stream_consumer_type.name, call->properties, error) &&
           create_once(call, &kinesis_stream_consumer_type,
                       &kinesis_operations[KINESIS_REGISTER_STREAM_CONSUMER], input, busy, BUSY_MS, &answer,
                       error) &&
           wait_until(call, "the consumer to be ACTIVE", SETTLING_MS, is_active, &copy, error) &&
           consumer_find(call, state, error);
}

static bool is_gone(void *self, bool *done, struct error *error)
{
    const struct resource_call *call = self;
    struct value *input = input_with(call->arena, "ConsumerARN", call->physical_id);
    *done = !call_simply(call, &kinesis_operations[KINESIS_DESCRIBE_STREAM_CONSUMER], input, error);
    if (*done && error->code != ERROR_NOT_FOUND)
        return false;
    error_clear(error);
    return true;
}

static bool consumer_remove(const struct resource_call *call, struct error *error)
{
    struct resource_call copy = *call;
    return call_or_absent(call, &kinesis_operations[KINESIS_DEREGISTER_STREAM_CONSUMER],
                          input_with(call->arena, "ConsumerARN", call->physical_id), error) &&
           wait_until(call, "the consumer to be deleted", SETTLING_MS, is_gone, &copy, error);
}

const struct resource_type kinesis_stream_consumer_type = {
    .name = "AWS::Kinesis::StreamConsumer",
    .traits = RESOURCE_TAGGED | RESOURCE_IMMUTABLE,
    .name_property = "ConsumerName",
    .name_max = 128,
    .read = consumer_read,
    .find = consumer_find,
    .create = consumer_create,
    .remove = consumer_remove,
    .normalize = normalize,
    .arn = "arn:{partition}:kinesis:{region}:{account}:stream/*/consumer/{ConsumerName}:*",
};
