/*
 * AWS::SQS::Queue.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sqs-queue.html
 */

#include "providers/policy.h"
#include "providers/resource.h"
#include "providers/shape.h"
#include "providers/sqs/operations.h"
#include "providers/sqs/types.h"

/* A deleted queue's name is free again after 60 s
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html). */
enum { NAME_FREE_MS = 90 * 1000 };
static const struct shape shape[] = {
    {.path = "ContentBasedDeduplication", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "DeduplicationScope", .otherwise = "\"queue\""},
    {.path = "DelaySeconds", .kind = SHAPE_NUMBER, .otherwise = "0"},
    {.path = "FifoQueue", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "FifoThroughputLimit", .otherwise = "\"perQueue\""},
    {.path = "KmsDataKeyReusePeriodSeconds", .kind = SHAPE_NUMBER, .otherwise = "300"},
    {.path = "KmsMasterKeyId", .otherwise = "\"\""},
    {.path = "MaximumMessageSize", .kind = SHAPE_NUMBER, .otherwise = "1048576"},
    {.path = "MessageRetentionPeriod", .kind = SHAPE_NUMBER, .otherwise = "345600"},
    {.path = "QueueName"},
    {.path = "ReceiveMessageWaitTimeSeconds", .kind = SHAPE_NUMBER, .otherwise = "0"},
    {.path = "RedriveAllowPolicy", .kind = SHAPE_JSON},
    {.path = "RedriveAllowPolicy.sourceQueueArns", .kind = SHAPE_SET},
    {.path = "RedrivePolicy", .kind = SHAPE_JSON},
    {.path = "RedrivePolicy.maxReceiveCount", .kind = SHAPE_NUMBER},
    {.path = "SqsManagedSseEnabled", .kind = SHAPE_BOOL},
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.path = "VisibilityTimeout", .kind = SHAPE_NUMBER, .otherwise = "30"},
    {.path = NULL},
};

/* Properties that are attributes of the same name. */
static const char *const attribute_names[] = {
    "ContentBasedDeduplication",
    "DeduplicationScope",
    "DelaySeconds",
    "FifoQueue",
    "FifoThroughputLimit",
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds",
    "RedriveAllowPolicy",
    "RedrivePolicy",
    "SqsManagedSseEnabled",
    "VisibilityTimeout",
};

static const struct hurdle name_taken[] = {
    {"QueueDeletedRecently", NULL}, {"AWS.SimpleQueueService.QueueDeletedRecently", NULL}, {NULL, NULL}};

/* --- reading --- */

bool sqs_attributes(const struct resource_call *call, struct str url, struct value **attributes,
                    struct error *error)
{
    struct value *input = input_with(call->arena, "QueueUrl", url), *names = value_list(call->arena), *answer;
    value_append(call->arena, names, value_stringz(call->arena, "All"));
    value_setz(call->arena, input, "AttributeNames", names);
    if (!aws_call(call->aws, &sqs_operations[SQS_GET_QUEUE_ATTRIBUTES], call->arena, input, &answer, error))
        return false;
    *attributes = value_get(answer, "Attributes") ? value_get(answer, "Attributes") : value_map(call->arena);
    return true;
}

/* "https://sqs.eu-west-1.amazonaws.com/111111111111/name" ends in the name. */
static void give_identity(const struct resource_call *call, struct str url, struct resource_state *state)
{
    struct arena *arena = call->arena;
    struct str name = str_from_index(url, str_find_last(url, '/') + 1);
    struct str arn =
        arena_printf(arena, "arn:%.*s:sqs:%.*s:%.*s:%.*s", STR_ARG(aws_partition(call->aws)),
                     STR_ARG(aws_region(call->aws)), STR_ARG(aws_account(call->aws)), STR_ARG(name));
    state->physical_id = arena_str(arena, url);
    state->attributes = and_with(arena, input_with(arena, "Arn", arn), "QueueName", name);
    and_with(arena, state->attributes, "QueueUrl", url);
}

static bool read_url(const struct resource_call *call, struct str url, struct resource_state *state,
                     struct error *error)
{
    struct arena *arena = call->arena;
    struct value *attributes, *tags;
    if (!sqs_attributes(call, url, &attributes, error) ||
        !aws_call(call->aws, &sqs_operations[SQS_LIST_QUEUE_TAGS], arena, input_with(arena, "QueueUrl", url),
                  &tags, error))
        return false;
    struct value *live = state->properties = value_map(arena);
    for (size_t i = 0; i < ARRAY_LENGTH(attribute_names); i++)
        if (value_get(attributes, attribute_names[i]))
            value_setz(arena, live, attribute_names[i], value_get(attributes, attribute_names[i]));
    give_identity(call, url, state);
    state->tags = value_get(tags, "Tags") ? value_get(tags, "Tags") : value_map(arena);
    value_setz(arena, live, "QueueName", value_get(state->attributes, "QueueName"));
    value_setz(arena, live, "Tags", tags_as_list(arena, tags_of_user(call, state->tags), "Key", "Value"));
    shape_fill(shape, arena, live);
    shape_normalize(shape, arena, live);
    return true;
}

static bool queue_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read_url(call, call->physical_id, state, error);
}

/* A FIFO queue's name must end so; name_max leaves room for it. */
static struct str queue_name(const struct resource_call *call)
{
    struct str name = wanted_name(call, "QueueName");
    bool fifo = value_get_bool(call->properties, "FifoQueue", false);
    if (!fifo || str_ends(name, ".fifo"))
        return name;
    return arena_printf(call->arena, "%.*s.fifo", STR_ARG(name));
}

static bool queue_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct value *answer;
    if (!aws_call(call->aws, &sqs_operations[SQS_GET_QUEUE_URL], call->arena,
                  input_with(call->arena, "QueueName", queue_name(call)), &answer, error))
        return false;
    return read_url(call, value_get_text(answer, "QueueUrl"), state, error);
}

/* --- writing --- */

/* An attribute is always a text; taking one away is the empty text. */
static struct value *attribute_value(struct arena *arena, const struct value *wanted)
{
    if (value_is(wanted, VALUE_MAP))
        return value_string(arena, wanted->count ? json_for_request(arena, wanted) : STR_EMPTY);
    return value_is(wanted, VALUE_SECRET) ? value_copy(arena, wanted)
                                          : value_string(arena, value_text(wanted));
}

/* A queue has one kind of encryption: a key of KMS shuts out SQS's own, which AWS turns on where there is
 * none. */
static struct value *target_of(const struct resource_call *call, const struct value *previous)
{
    struct value *target = shape_target(shape, call->arena, call->properties, previous);
    struct str key = value_get_text(target, "KmsMasterKeyId");
    const struct value *own = value_get(target, "SqsManagedSseEnabled");
    if (key.len || (own && own->kind == VALUE_NULL))
        value_setz(call->arena, target, "SqsManagedSseEnabled", value_bool(call->arena, !key.len));
    return target;
}

static struct value *attributes_that_differ(const struct resource_call *call, const struct value *target,
                                            const struct value *live)
{
    struct value *changed = value_map(call->arena);
    for (size_t i = 0; i < ARRAY_LENGTH(attribute_names); i++)
        if (shape_differs(target, live, attribute_names[i]))
            value_setz(call->arena, changed, attribute_names[i],
                       attribute_value(call->arena, value_get(target, attribute_names[i])));
    return changed;
}

static const struct tag_calls tag_calls = {
    .tag = &sqs_operations[SQS_TAG_QUEUE],
    .untag = &sqs_operations[SQS_UNTAG_QUEUE],
    .resource = "QueueUrl",
    .tags = "Tags",
    .names = "TagKeys",
};

/* The policy, which is AWS::SQS::QueuePolicy's, is sent along as it is: moto takes it away otherwise. */
static bool write_attributes(const struct resource_call *call, const struct value *target,
                             const struct value *live, struct error *error)
{
    struct value *changed = attributes_that_differ(call, target, live), *all;
    struct value *input = input_with(call->arena, "QueueUrl", call->physical_id);
    if (!changed->count)
        return true;
    if (!sqs_attributes(call, call->physical_id, &all, error))
        return false;
    if (value_get(all, "Policy"))
        value_setz(call->arena, changed, "Policy", value_get(all, "Policy"));
    value_setz(call->arena, input, "Attributes", changed);
    return call_simply(call, &sqs_operations[SQS_SET_QUEUE_ATTRIBUTES], input, error);
}

static bool update_once(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read_url(call, call->physical_id, state, error) &&
           write_attributes(call, target_of(call, call->previous), state->properties, error) &&
           tags_write(call, &tag_calls, call->physical_id, state->tags, error);
}

static bool queue_update(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return shape_check(shape, sqs_queue_type.name, call->properties, error) &&
           update_until_answered(update_once, call, state, error);
}

static struct value *create_input(const struct resource_call *call)
{
    struct arena *arena = call->arena;
    struct value *input = input_with(arena, "QueueName", queue_name(call));
    struct value *target = target_of(call, NULL);
    struct value *attributes = attributes_that_differ(call, target, value_map(arena));
    if (!value_get_bool(target, "FifoQueue", false))
        value_remove(attributes, STR("FifoQueue")); /* "false" is refused */
    value_setz(arena, input, "Attributes", attributes);
    value_setz(arena, input, "tags", resource_tags(call));
    return input;
}

/* A queue of that name with the same attributes would be given as if it were new, so find looks first.  A
 * new one may not be read at once: what names it is known. */
static bool queue_create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct value *answer = NULL;
    bool found;
    if (!shape_check(shape, sqs_queue_type.name, call->properties, error) ||
        !find_ours(call, &sqs_queue_type, state, &found, error))
        return false;
    if (!found && !create_once(call, &sqs_queue_type, &sqs_operations[SQS_CREATE_QUEUE], create_input(call),
                               name_taken, NAME_FREE_MS, &answer, error))
        return false;
    if (answer) {
        give_identity(call, value_get_text(answer, "QueueUrl"), state);
        return true;
    }
    if (!found && !queue_find(call, state, error))
        return false;
    struct resource_call made = *call;
    made.physical_id = state->physical_id;
    return update_until_answered(update_once, &made, state, error);
}

static bool queue_remove(const struct resource_call *call, struct error *error)
{
    return call_or_absent(call, &sqs_operations[SQS_DELETE_QUEUE],
                          input_with(call->arena, "QueueUrl", call->physical_id), error);
}

static void queue_normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(shape, arena, properties);
}

const struct resource_type sqs_queue_type = {
    .name = "AWS::SQS::Queue",
    .traits = RESOURCE_TAGGED | RESOURCE_STATEFUL,
    .name_property = "QueueName",
    .name_max = 75, /* and ".fifo" */
    .read = queue_read,
    .find = queue_find,
    .create = queue_create,
    .update = queue_update,
    .remove = queue_remove,
    .normalize = queue_normalize,
    .arn = "arn:{partition}:sqs:{region}:{account}:{QueueName}",
};
