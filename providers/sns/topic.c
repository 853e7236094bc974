/*
 * AWS::SNS::Topic.  Its access policy is AWS::SNS::TopicPolicy's.  Subscriptions that hang on it and are not
 * declared in it are extras.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sns-topic.html
 */

#include "base/xml.h"
#include "providers/policy.h"
#include "providers/shape.h"
#include "providers/sns/attributes.h"
#include "providers/sns/operations.h"
#include "providers/sns/types.h"

static const struct shape shape[] = {
    {.path = "ArchivePolicy", .kind = SHAPE_TEXTS, .otherwise = "{}"},
    {.path = "ContentBasedDeduplication", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "DataProtectionPolicy", .kind = SHAPE_JSON},
    {.path = "DeliveryStatusLogging", .kind = SHAPE_SET, .otherwise = "[]", .key = "Protocol"},
    {.path = "DeliveryStatusLogging.FailureFeedbackRoleArn"},
    {.path = "DeliveryStatusLogging.Protocol"},
    {.path = "DeliveryStatusLogging.SuccessFeedbackRoleArn"},
    {.path = "DeliveryStatusLogging.SuccessFeedbackSampleRate"},
    {.path = "DisplayName", .otherwise = "\"\""},
    {.path = "FifoThroughputScope", .otherwise = "\"Topic\""},
    {.path = "FifoTopic", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "KmsMasterKeyId", .otherwise = "\"\""},
    {.path = "SignatureVersion", .otherwise = "\"1\""},
    {.path = "Subscription", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "Subscription.Endpoint"},
    {.path = "Subscription.Protocol"},
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.path = "TopicName"},
    {.path = "TracingConfig", .otherwise = "\"PassThrough\""},
    {.path = NULL},
};

/* Properties that are attributes of the same name and can be changed. */
static const char *const plain[] = {
    "ArchivePolicy",  "ContentBasedDeduplication", "DisplayName",   "FifoThroughputScope",
    "KmsMasterKeyId", "SignatureVersion",          "TracingConfig", NULL,
};

/* --- delivery status logging: three attributes a protocol --- */

static const struct {
    const char *protocol, *prefix;
} logged[] = {
    {"application", "Application"}, {"firehose", "Firehose"}, {"http/s", "HTTP"},
    {"lambda", "Lambda"},           {"sqs", "SQS"},
};

static const char *const logging[] = {"FailureFeedbackRoleArn", "SuccessFeedbackRoleArn",
                                      "SuccessFeedbackSampleRate"};

static const char *logging_attribute(struct arena *arena, size_t protocol, size_t setting)
{
    return arena_printf(arena, "%s%s", logged[protocol].prefix, logging[setting]).ptr;
}

static struct value *read_logging(struct arena *arena, const struct value *attributes)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < ARRAY_LENGTH(logged); i++) {
        struct value *config = input_with(arena, "Protocol", str_from(logged[i].protocol));
        bool on = false;
        for (size_t k = 0; k < ARRAY_LENGTH(logging); k++) {
            struct str text = value_get_text(attributes, logging_attribute(arena, i, k));
            if (text.len)
                and_with(arena, config, logging[k], text);
            on = on || str_starts(text, "arn:");
        }
        if (on)
            value_append(arena, list, config);
    }
    return list;
}

static const struct value *logging_of(const struct value *list, const char *protocol)
{
    for (size_t i = 0; value_is(list, VALUE_LIST) && i < list->count; i++)
        if (str_is(value_get_text(list->items[i], "Protocol"), protocol))
            return list->items[i];
    return NULL;
}

/* --- reading --- */

static bool read_tags(const struct resource_call *call, struct str arn, struct value **tags,
                      struct error *error)
{
    struct value *answer;
    if (!aws_call(call->aws, &sns_operations[SNS_LIST_TAGS_FOR_RESOURCE], call->arena,
                  input_with(call->arena, "ResourceArn", arn), &answer, error))
        return false;
    *tags =
        tags_as_map(call->arena, xml_items(call->arena, value_get(answer, "Tags"), "member"), "Key", "Value");
    return true;
}

/* Those of the topic's subscriptions that `declared` names. */
static struct value *declared_among(struct arena *arena, const struct value *items,
                                    const struct value *declared)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; value_is(declared, VALUE_LIST) && i < declared->count; i++) {
        const struct value *wanted = declared->items[i];
        if (sns_subscription_of(arena, items, value_get_text(wanted, "Protocol"),
                                value_get_text(wanted, "Endpoint")))
            value_append(arena, list, value_copy(arena, wanted));
    }
    return list;
}

/* What costs calls of its own is read where `asked` (properties) has it. */
static bool read_more(const struct resource_call *call, struct str arn, const struct value *asked,
                      struct value *live, struct error *error)
{
    struct arena *arena = call->arena;
    const struct value *declared = value_get(asked, "Subscription");
    struct value *answer, *items, *policy;
    if (value_is(declared, VALUE_LIST) && declared->count) {
        if (!sns_subscriptions(call->aws, arena, arn, &items, error))
            return false;
        value_setz(arena, live, "Subscription", declared_among(arena, items, declared));
    }
    if (!value_get(asked, "DataProtectionPolicy"))
        return true;
    if (!aws_call(call->aws, &sns_operations[SNS_GET_DATA_PROTECTION_POLICY], arena,
                  input_with(arena, "ResourceArn", arn), &answer, error))
        return false;
    struct str text = value_get_text(answer, "DataProtectionPolicy");
    if (!text.len)
        return true;
    if (!json_of_answer(arena, text, &policy, error))
        return false;
    value_setz(arena, live, "DataProtectionPolicy", policy);
    return true;
}

static bool read_plain(const struct resource_call *call, const struct value *attributes, struct value *live,
                       struct error *error)
{
    struct str archive = value_get_text(attributes, "ArchivePolicy");
    struct value *policy;
    members_copy(call->arena, live, attributes, plain);
    if (value_get(attributes, "FifoTopic"))
        value_setz(call->arena, live, "FifoTopic", value_get(attributes, "FifoTopic"));
    if (!archive.len)
        return true;
    if (!json_of_answer(call->arena, archive, &policy, error))
        return false;
    value_setz(call->arena, live, "ArchivePolicy", policy);
    return true;
}

static struct str name_of(struct str arn)
{
    return str_from_index(arn, str_find_last(arn, ':') + 1);
}

static void give_identity(const struct resource_call *call, struct str arn, struct resource_state *state)
{
    state->physical_id = arena_str(call->arena, arn);
    state->attributes = input_with(call->arena, "TopicArn", arn);
    and_with(call->arena, state->attributes, "TopicName", name_of(arn));
}

static bool read_arn(const struct resource_call *call, struct str arn, struct resource_state *state,
                     struct error *error)
{
    struct arena *arena = call->arena;
    struct value *attributes;
    if (!sns_read_attributes(call, &sns_operations[SNS_GET_TOPIC_ATTRIBUTES], "TopicArn", arn, &attributes,
                             error) ||
        !read_tags(call, arn, &state->tags, error))
        return false;
    struct value *live = state->properties = input_with(arena, "TopicName", name_of(arn));
    value_setz(arena, live, "DeliveryStatusLogging", read_logging(arena, attributes));
    value_setz(arena, live, "Tags", tags_as_list(arena, tags_of_user(call, state->tags), "Key", "Value"));
    give_identity(call, arn, state);
    if (!read_plain(call, attributes, live, error) || !read_more(call, arn, call->properties, live, error))
        return false;
    shape_fill(shape, arena, live);
    shape_normalize(shape, arena, live);
    return true;
}

static bool topic_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read_arn(call, call->physical_id, state, error);
}

/* A FIFO topic's name must end so; name_max leaves room for it. */
static struct str topic_name(const struct resource_call *call)
{
    struct str name = wanted_name(call, "TopicName");
    if (!value_get_bool(call->properties, "FifoTopic", false) || str_ends(name, ".fifo"))
        return name;
    return arena_printf(call->arena, "%.*s.fifo", STR_ARG(name));
}

static bool topic_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct str partition = aws_partition(call->aws), region = aws_region(call->aws);
    struct str account = aws_account(call->aws), name = topic_name(call);
    struct str arn = arena_printf(call->arena, "arn:%.*s:sns:%.*s:%.*s:%.*s", STR_ARG(partition),
                                  STR_ARG(region), STR_ARG(account), STR_ARG(name));
    return read_arn(call, arn, state, error);
}

static bool topic_extras(const struct resource_call *call, struct value **extras, struct error *error)
{
    struct arena *arena = call->arena;
    const struct value *declared = value_get(call->properties, "Subscription");
    struct value *items;
    if (!sns_subscriptions(call->aws, arena, call->physical_id, &items, error))
        return false;
    for (size_t i = 0; i < items->count; i++) {
        struct str protocol = value_get_text(items->items[i], "Protocol");
        struct str endpoint = value_get_text(items->items[i], "Endpoint");
        if (!value_is(declared, VALUE_LIST) || !sns_subscription_of(arena, declared, protocol, endpoint))
            add_extra(arena, extras, "subscription", value_get_text(items->items[i], "SubscriptionArn"),
                      arena_printf(arena, "%.*s %.*s", STR_ARG(protocol), STR_ARG(endpoint)));
    }
    return true;
}

/* --- writing --- */

static bool write_attribute(const struct resource_call *call, struct str arn, const char *name,
                            const struct value *wanted, struct error *error)
{
    return sns_write_attribute(call, &sns_operations[SNS_SET_TOPIC_ATTRIBUTES], "TopicArn", arn, name, wanted,
                               error);
}

static bool write_plain(const struct resource_call *call, struct str arn, const struct value *target,
                        const struct value *live, struct error *error)
{
    for (const char *const *name = plain; *name; name++)
        if (shape_differs_at_all(target, live, *name) &&
            !write_attribute(call, arn, *name, value_get(target, *name), error))
            return false;
    return true;
}

/* A protocol that is not declared any more is not logged any more; a rate has no empty value. */
static struct value *logging_wanted(struct arena *arena, const struct value *wanted, const char *setting)
{
    struct value *text = value_get(wanted, setting);
    bool rate = str_ends(str_from(setting), "Rate");
    return text ? text : value_string(arena, rate ? STR("0") : STR_EMPTY);
}

static bool write_logging(const struct resource_call *call, struct str arn, const struct value *target,
                          const struct value *live, struct error *error)
{
    struct arena *arena = call->arena;
    const struct value *configs = value_get(target, "DeliveryStatusLogging");
    for (size_t i = 0; configs && i < ARRAY_LENGTH(logged); i++) {
        const struct value *wanted = logging_of(configs, logged[i].protocol);
        const struct value *now = logging_of(value_get(live, "DeliveryStatusLogging"), logged[i].protocol);
        for (size_t k = 0; k < ARRAY_LENGTH(logging); k++) {
            if (!value_get(wanted, logging[k]) && !value_get(now, logging[k]))
                continue;
            struct value *text = logging_wanted(arena, wanted, logging[k]);
            if (!str_equal(value_text(text), value_get_text(now, logging[k])) &&
                !write_attribute(call, arn, logging_attribute(arena, i, k), text, error))
                return false;
        }
    }
    return true;
}

static bool subscribe(const struct resource_call *call, struct str arn, const struct value *target,
                      const struct value *items, struct error *error)
{
    static const char *const both[] = {"Protocol", "Endpoint", NULL};
    const struct value *wanted = value_get(target, "Subscription");
    for (size_t i = 0; value_is(wanted, VALUE_LIST) && i < wanted->count; i++) {
        const struct value *subscription = wanted->items[i];
        if (sns_subscription_of(call->arena, items, value_get_text(subscription, "Protocol"),
                                value_get_text(subscription, "Endpoint")))
            continue;
        struct value *input = input_with(call->arena, "TopicArn", arn);
        members_copy(call->arena, input, subscription, both);
        if (!call_simply(call, &sns_operations[SNS_SUBSCRIBE], input, error))
            return false;
    }
    return true;
}

/* Ends what `previous` declared and `target` does not.  What nobody has confirmed has no ARN: SNS drops it by
 * itself. */
static bool unsubscribe(const struct resource_call *call, const struct value *target,
                        const struct value *items, struct error *error)
{
    const struct value *old = value_get(call->previous, "Subscription");
    const struct value *wanted = value_get(target, "Subscription");
    for (size_t i = 0; value_is(old, VALUE_LIST) && i < old->count; i++) {
        struct str protocol = value_get_text(old->items[i], "Protocol");
        struct str endpoint = value_get_text(old->items[i], "Endpoint");
        if (value_is(wanted, VALUE_LIST) && sns_subscription_of(call->arena, wanted, protocol, endpoint))
            continue;
        const struct value *live = sns_subscription_of(call->arena, items, protocol, endpoint);
        struct str arn = value_get_text(live, "SubscriptionArn");
        if (str_starts(arn, "arn:") &&
            !call_or_absent(call, &sns_operations[SNS_UNSUBSCRIBE],
                            input_with(call->arena, "SubscriptionArn", arn), error))
            return false;
    }
    return true;
}

static bool write_subscriptions(const struct resource_call *call, struct str arn, const struct value *target,
                                struct error *error)
{
    struct value *items;
    if (!value_get(target, "Subscription"))
        return true;
    return sns_subscriptions(call->aws, call->arena, arn, &items, error) &&
           subscribe(call, arn, target, items, error) && unsubscribe(call, target, items, error);
}

static bool write_protection(const struct resource_call *call, struct str arn, const struct value *target,
                             const struct value *live, struct error *error)
{
    if (!shape_differs_at_all(target, live, "DataProtectionPolicy"))
        return true;
    struct value *input = input_with(call->arena, "ResourceArn", arn);
    value_setz(call->arena, input, "DataProtectionPolicy",
               sns_attribute(call->arena, value_get(target, "DataProtectionPolicy")));
    return call_simply(call, &sns_operations[SNS_PUT_DATA_PROTECTION_POLICY], input, error);
}

static const struct tag_calls tag_calls = {
    .tag = &sns_operations[SNS_TAG_RESOURCE],
    .untag = &sns_operations[SNS_UNTAG_RESOURCE],
    .resource = "ResourceArn",
    .tags = "Tags",
    .names = "TagKeys",
    .key = "Key",
    .value = "Value",
};

static bool update_once(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct value *target = shape_target(shape, call->arena, call->properties, call->previous);
    struct resource_call whole = *call;
    struct str arn = call->physical_id;
    whole.properties = target; /* so that what is to be taken away is read too */
    if (!read_arn(&whole, arn, state, error))
        return false;
    const struct value *live = state->properties;
    return write_plain(call, arn, target, live, error) && write_logging(call, arn, target, live, error) &&
           write_protection(call, arn, target, live, error) &&
           write_subscriptions(call, arn, target, error) &&
           tags_write(call, &tag_calls, arn, state->tags, error);
}

static bool topic_update(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return shape_check(shape, sns_topic_type.name, call->properties, error) &&
           update_until_answered(update_once, call, state, error);
}

/* What must be said at the birth; the rest follows as an update. */
static struct value *create_input(const struct resource_call *call)
{
    static const char *const birth[] = {"ContentBasedDeduplication", "DisplayName", "FifoTopic",
                                        "KmsMasterKeyId", NULL};
    struct arena *arena = call->arena;
    const struct value *target = shape_target(shape, arena, call->properties, NULL);
    struct value *input = input_with(arena, "Name", topic_name(call)), *attributes = value_map(arena);
    for (const char *const *name = birth; *name; name++) {
        const struct value *wanted = value_get(target, *name);
        if (wanted && !(value_is(wanted, VALUE_BOOL) && !wanted->boolean))
            value_setz(arena, attributes, *name, sns_attribute(arena, wanted));
    }
    if (attributes->count)
        value_setz(arena, input, "Attributes", attributes);
    value_setz(arena, input, "Tags", tags_as_list(arena, resource_tags(call), "Key", "Value"));
    return input;
}

static bool topic_create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct resource_call made = *call;
    struct value *answer;
    bool found;
    if (!shape_check(shape, sns_topic_type.name, call->properties, error) ||
        !find_ours(call, &sns_topic_type, state, &found, error))
        return false;
    made.physical_id = state->physical_id;
    if (!found) {
        if (!aws_call(call->aws, &sns_operations[SNS_CREATE_TOPIC], call->arena, create_input(call), &answer,
                      error))
            return false;
        made.physical_id = value_get_text(answer, "TopicArn");
    }
    return update_until_answered(update_once, &made, state, error);
}

/* A topic whose archive is on cannot be deleted. */
static bool topic_remove(const struct resource_call *call, struct error *error)
{
    struct str arn = call->physical_id;
    const struct value *archive = value_get(call->previous, "ArchivePolicy");
    if (value_is(archive, VALUE_MAP) && archive->count &&
        !write_attribute(call, arn, "ArchivePolicy", value_map(call->arena), error)) {
        if (error->code != ERROR_NOT_FOUND)
            return false;
        error_clear(error);
    }
    return call_or_absent(call, &sns_operations[SNS_DELETE_TOPIC], input_with(call->arena, "TopicArn", arn),
                          error);
}

static bool remove_extra(const struct resource_call *call, const struct value *extra, struct error *error)
{
    return call_or_absent(call, &sns_operations[SNS_UNSUBSCRIBE],
                          input_with(call->arena, "SubscriptionArn", value_get_text(extra, "Name")), error);
}

static void topic_normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(shape, arena, properties);
}

const struct resource_type sns_topic_type = {
    .name = "AWS::SNS::Topic",
    .traits = RESOURCE_TAGGED,
    .name_property = "TopicName",
    .name_max = 251, /* and ".fifo" */
    .read = topic_read,
    .find = topic_find,
    .create = topic_create,
    .update = topic_update,
    .remove = topic_remove,
    .extras = topic_extras,
    .remove_extra = remove_extra,
    .normalize = topic_normalize,
    .arn = "arn:{partition}:sns:{region}:{account}:{TopicName}",
};
