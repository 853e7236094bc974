/* Amazon SNS, as of its API reference: topics, subscriptions, their attributes and tags. */

#include "tests/simulator/internal.h"

#include <string.h>

#include "base/json.h"
#include "tests/simulator/services/sqs.h"

enum { PAGE = 100, NAME_MAX_LENGTH = 256, MESSAGE_LONGEST = 256 * 1024, SUBJECT_LONGEST = 100 };

static const struct sim_paging paging = {
    .token_member = "NextToken", .size = PAGE, .size_max = PAGE, .error_code = "InvalidParameter"};

static struct value *topics(struct call *call)
{
    return state_map(call, "topics");
}

static struct value *subscriptions(struct call *call)
{
    return state_map(call, "subscriptions");
}

static bool no_such(struct call *call, const char *what)
{
    return call_fail(call, 404, "NotFound", "%s does not exist", what);
}

/* The topic of TopicArn. */
static struct value *topic_of(struct call *call)
{
    struct value *topic = value_get_str(topics(call), call_text(call, "TopicArn"));
    if (!topic)
        no_such(call, "Topic");
    return topic;
}

static struct value *subscription_of(struct call *call)
{
    struct value *subscription = value_get_str(subscriptions(call), call_text(call, "SubscriptionArn"));
    if (!subscription)
        no_such(call, "Subscription");
    return subscription;
}

static bool name_is_valid(struct str name)
{
    struct str stem = str_ends(name, ".fifo") ? str_slice(name, 0, name.len - 5) : name;
    for (size_t i = 0; i < stem.len; i++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", stem.ptr[i]))
            return false;
    return stem.len > 0 && name.len <= NAME_MAX_LENGTH;
}

static bool is_topic_attribute(struct str name)
{
    static const char *const names[] = {
        "DisplayName",
        "Policy",
        "DeliveryPolicy",
        "KmsMasterKeyId",
        "FifoTopic",
        "SignatureVersion",
        "ContentBasedDeduplication",
        "TracingConfig",
        "FifoThroughputScope",
        "ArchivePolicy",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (str_is(name, names[i]))
            return true;
    return str_ends(name, "FeedbackRoleArn") || str_ends(name, "FeedbackSampleRate");
}

static bool check_topic_attributes(struct call *call, const struct value *given)
{
    for (size_t i = 0; given && i < given->count; i++)
        if (!is_topic_attribute(given->entries[i].key))
            return call_fail(call, 400, "InvalidParameter", "Invalid parameter: AttributeName");
    return true;
}

/* An attribute set to "" is as if it was never set. */
static void set_attribute(struct call *call, struct value *attributes, struct str name, struct str text)
{
    if (text.len)
        state_put(call, attributes, name, value_string(call->arena, text));
    else
        (void)value_remove(attributes, name);
}

static bool create_again(struct call *call, const struct value *topic, struct str topic_arn)
{
    const struct value *given = value_get(call->input, "Attributes");
    for (size_t i = 0; given && i < given->count; i++)
        if (!str_equal(value_text(value_get_str(value_get(topic, "attributes"), given->entries[i].key)),
                       value_text(given->entries[i].value)))
            return call_fail(
                call, 400, "InvalidParameter",
                "Invalid parameter: Attributes Reason: Topic already exists with different attributes");
    const struct value *tags = tags_to_map(call, call_list(call, "Tags"), "Key", "Value");
    if (tags->count && !value_equal(tags, value_get(topic, "tags")))
        return call_fail(call, 400, "InvalidParameter",
                         "Invalid parameter: Tags Reason: Topic already exists with different tags");
    put_text(call, call->output, "TopicArn", topic_arn);
    return true;
}

static bool create_topic(struct call *call)
{
    struct str name = call_text(call, "Name");
    const struct value *given = value_get(call->input, "Attributes");
    if (!name_is_valid(name) || str_ends(name, ".fifo") != value_get_bool(given, "FifoTopic", false))
        return call_fail(call, 400, "InvalidParameter", "Invalid parameter: Topic Name");
    if (!check_topic_attributes(call, given))
        return false;
    struct str topic_arn = arn(call, "sns", "%.*s", STR_ARG(name));
    struct value *there = value_get_str(topics(call), topic_arn);
    if (there)
        return create_again(call, there, topic_arn);
    struct value *topic = state_put(call, topics(call), topic_arn, value_map(call->arena));
    struct value *attributes = state_put(call, topic, STR("attributes"), value_map(call->arena));
    for (size_t i = 0; given && i < given->count; i++)
        set_attribute(call, attributes, given->entries[i].key, value_text(given->entries[i].value));
    state_put(call, topic, STR("tags"), tags_to_map(call, call_list(call, "Tags"), "Key", "Value"));
    put_text(call, call->output, "TopicArn", topic_arn);
    return true;
}

static struct str default_policy(struct call *call, struct str topic_arn)
{
    return arena_printf(
        call->arena,
        "{\"Version\":\"2008-10-17\",\"Id\":\"__default_policy_ID\",\"Statement\":[{\"Sid\":\"__default_"
        "statement_ID\","
        "\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"*\"},\"Action\":[\"SNS:GetTopicAttributes\","
        "\"SNS:SetTopicAttributes\",\"SNS:AddPermission\",\"SNS:RemovePermission\",\"SNS:DeleteTopic\","
        "\"SNS:Subscribe\",\"SNS:ListSubscriptionsByTopic\",\"SNS:Publish\"],\"Resource\":\"%.*s\","
        "\"Condition\":{\"StringEquals\":{\"AWS:SourceOwner\":\"%.*s\"}}}]}",
        STR_ARG(topic_arn), STR_ARG(call->account));
}

static size_t count_subscriptions(struct call *call, struct str topic_arn)
{
    struct value *all = subscriptions(call);
    size_t count = 0;
    for (size_t i = 0; i < all->count; i++)
        count += str_equal(value_get_text(all->entries[i].value, "topic"), topic_arn);
    return count;
}

static bool get_topic_attributes(struct call *call)
{
    struct str topic_arn = call_text(call, "TopicArn");
    struct value *topic = topic_of(call);
    if (!topic)
        return false;
    struct value *out = value_copy(call->arena, value_get(topic, "attributes"));
    put_text(call, out, "TopicArn", topic_arn);
    put_text(call, out, "Owner", call->account);
    if (!value_get(out, "Policy"))
        put_text(call, out, "Policy", default_policy(call, topic_arn));
    if (!value_get(out, "DisplayName"))
        put_text(call, out, "DisplayName", STR_EMPTY);
    put_textf(call, out, "SubscriptionsConfirmed", "%zu", count_subscriptions(call, topic_arn));
    put_text(call, out, "SubscriptionsPending", STR("0"));
    put_text(call, out, "SubscriptionsDeleted", STR("0"));
    put(call, call->output, "Attributes", xml_map(call, out));
    return true;
}

/* The topic of ResourceArn. */
static struct value *protected_topic(struct call *call)
{
    struct value *topic = value_get_str(topics(call), call_text(call, "ResourceArn"));
    if (!topic)
        no_such(call, "Topic");
    return topic;
}

static bool get_data_protection_policy(struct call *call)
{
    struct value *topic = protected_topic(call);
    if (topic)
        put_text(call, call->output, "DataProtectionPolicy", value_get_text(topic, "protection"));
    return topic;
}

static bool put_data_protection_policy(struct call *call)
{
    struct value *topic = protected_topic(call);
    if (topic)
        set_attribute(call, topic, STR("protection"), call_text(call, "DataProtectionPolicy"));
    return topic;
}

static bool set_topic_attributes(struct call *call)
{
    struct value *topic = topic_of(call);
    if (!topic)
        return false;
    if (!is_topic_attribute(call_text(call, "AttributeName")))
        return call_fail(call, 400, "InvalidParameter", "Invalid parameter: AttributeName");
    if (str_is(call_text(call, "AttributeName"), "Policy") &&
        !str_contains(call_text(call, "AttributeValue"), "\"Statement\"")) /* it cannot be taken away */
        return call_fail(call, 400, "InvalidParameter", "Invalid parameter: Policy Error: null");
    set_attribute(call, value_get(topic, "attributes"), call_text(call, "AttributeName"),
                  call_text(call, "AttributeValue"));
    return true;
}

static bool delete_topic(struct call *call)
{
    struct str topic_arn = call_text(call, "TopicArn");
    struct value *all = subscriptions(call);
    (void)value_remove(topics(call), topic_arn); /* deleting what is gone is no error */
    for (size_t i = all->count; i > 0; i--)
        if (str_equal(value_get_text(all->entries[i - 1].value, "topic"), topic_arn))
            (void)value_remove(all, all->entries[i - 1].key);
    return true;
}

static bool list_topics(struct call *call)
{
    struct value *all = topics(call), *shapes = value_map(call->arena);
    for (size_t i = 0; i < all->count; i++) {
        struct value *shape = value_map(call->arena);
        put_text(call, shape, "TopicArn", all->entries[i].key);
        value_set(call->arena, shapes, all->entries[i].key, shape);
    }
    struct str next;
    struct value *page = call_page(call, shapes, &paging, &next);
    if (!page)
        return false;
    put(call, call->output, "Topics", page);
    if (next.len)
        put_text(call, call->output, "NextToken", next);
    return true;
}

/* --- tags --- */

static struct value *tagged_topic(struct call *call)
{
    struct value *topic = value_get_str(topics(call), call_text(call, "ResourceArn"));
    if (!topic)
        call_fail(call, 404, "ResourceNotFound", "Resource does not exist");
    return topic;
}

static bool tag_resource(struct call *call)
{
    struct value *topic = tagged_topic(call);
    if (!topic)
        return false;
    state_merge(call, topic, "tags", tags_to_map(call, call_list(call, "Tags"), "Key", "Value"));
    return true;
}

static bool untag_resource(struct call *call)
{
    struct value *topic = tagged_topic(call);
    if (!topic)
        return false;
    state_remove_keys(topic, "tags", call_list(call, "TagKeys"));
    return true;
}

static bool list_tags_for_resource(struct call *call)
{
    struct value *topic = tagged_topic(call);
    if (!topic)
        return false;
    put(call, call->output, "Tags", tags_to_list(call, value_get(topic, "tags"), "Key", "Value"));
    return true;
}

/* --- subscriptions --- */

static bool is_subscription_attribute(struct str name)
{
    static const char *const names[] = {"DeliveryPolicy",     "FilterPolicy",  "FilterPolicyScope",
                                        "RawMessageDelivery", "RedrivePolicy", "SubscriptionRoleArn",
                                        "ReplayPolicy"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (str_is(name, names[i]))
            return true;
    return false;
}

static bool check_subscription(struct call *call)
{
    static const char *const protocols[] = {"http", "https",       "email",  "email-json", "sms",
                                            "sqs",  "application", "lambda", "firehose"};
    const struct value *given = value_get(call->input, "Attributes");
    bool known = false;
    for (size_t i = 0; i < ARRAY_LENGTH(protocols); i++)
        known = known || str_is(call_text(call, "Protocol"), protocols[i]);
    if (!known || !call_text(call, "Endpoint").len)
        return call_fail(call, 400, "InvalidParameter", "Invalid parameter: Protocol or Endpoint");
    for (size_t i = 0; given && i < given->count; i++)
        if (!is_subscription_attribute(given->entries[i].key))
            return call_fail(call, 400, "InvalidParameter", "Invalid parameter: AttributeName");
    return true;
}

static struct str find_subscription(struct call *call)
{
    struct value *all = subscriptions(call);
    for (size_t i = 0; i < all->count; i++) {
        const struct value *one = all->entries[i].value;
        if (str_equal(value_get_text(one, "topic"), call_text(call, "TopicArn")) &&
            str_equal(value_get_text(one, "protocol"), call_text(call, "Protocol")) &&
            str_equal(value_get_text(one, "endpoint"), call_text(call, "Endpoint")))
            return all->entries[i].key;
    }
    return STR_EMPTY;
}

static bool subscribe(struct call *call)
{
    struct str topic_arn = call_text(call, "TopicArn"), there;
    const struct value *given = value_get(call->input, "Attributes");
    if (!topic_of(call) || !check_subscription(call))
        return false;
    there = find_subscription(call);
    if (!there.len) {
        there = arena_printf(call->arena, "%.*s:%.*s", STR_ARG(topic_arn), STR_ARG(call_uuid(call)));
        struct value *one = state_put(call, subscriptions(call), there, value_map(call->arena));
        state_text(call, one, "topic", topic_arn);
        state_text(call, one, "protocol", call_text(call, "Protocol"));
        state_text(call, one, "endpoint", call_text(call, "Endpoint"));
        struct value *attributes = state_put(call, one, STR("attributes"), value_map(call->arena));
        for (size_t i = 0; given && i < given->count; i++)
            set_attribute(call, attributes, given->entries[i].key, value_text(given->entries[i].value));
    }
    put_text(call, call->output, "SubscriptionArn", there);
    return true;
}

static bool get_subscription_attributes(struct call *call)
{
    struct value *one = subscription_of(call);
    if (!one)
        return false;
    struct value *out = value_copy(call->arena, value_get(one, "attributes"));
    put_text(call, out, "SubscriptionArn", call_text(call, "SubscriptionArn"));
    put_text(call, out, "TopicArn", value_get_text(one, "topic"));
    put_text(call, out, "Protocol", value_get_text(one, "protocol"));
    put_text(call, out, "Endpoint", value_get_text(one, "endpoint"));
    put_text(call, out, "Owner", call->account);
    put_text(call, out, "PendingConfirmation", STR("false"));
    put_text(call, out, "ConfirmationWasAuthenticated", STR("true"));
    if (!value_get(out, "RawMessageDelivery"))
        put_text(call, out, "RawMessageDelivery", STR("false"));
    if (value_get(out, "FilterPolicy") && !value_get(out, "FilterPolicyScope"))
        put_text(call, out, "FilterPolicyScope", STR("MessageAttributes"));
    put(call, call->output, "Attributes", xml_map(call, out));
    return true;
}

static bool set_subscription_attributes(struct call *call)
{
    struct value *one = subscription_of(call);
    if (!one)
        return false;
    if (!is_subscription_attribute(call_text(call, "AttributeName")))
        return call_fail(call, 400, "InvalidParameter", "Invalid parameter: AttributeName");
    set_attribute(call, value_get(one, "attributes"), call_text(call, "AttributeName"),
                  call_text(call, "AttributeValue"));
    return true;
}

static bool unsubscribe(struct call *call)
{
    (void)value_remove(subscriptions(call), call_text(call, "SubscriptionArn"));
    return true;
}

static bool put_subscriptions(struct call *call, struct str topic_arn)
{
    struct value *all = subscriptions(call), *shapes = value_map(call->arena);
    for (size_t i = 0; i < all->count; i++) {
        const struct value *one = all->entries[i].value;
        if (topic_arn.len && !str_equal(value_get_text(one, "topic"), topic_arn))
            continue;
        struct value *shape = value_map(call->arena);
        put_text(call, shape, "SubscriptionArn", all->entries[i].key);
        put_text(call, shape, "Owner", call->account);
        put_text(call, shape, "Protocol", value_get_text(one, "protocol"));
        put_text(call, shape, "Endpoint", value_get_text(one, "endpoint"));
        put_text(call, shape, "TopicArn", value_get_text(one, "topic"));
        value_set(call->arena, shapes, all->entries[i].key, shape);
    }
    struct str next;
    struct value *page = call_page(call, shapes, &paging, &next);
    if (!page)
        return false;
    put(call, call->output, "Subscriptions", page);
    if (next.len)
        put_text(call, call->output, "NextToken", next);
    return true;
}

static bool list_subscriptions(struct call *call)
{
    return put_subscriptions(call, STR_EMPTY);
}

static bool list_subscriptions_by_topic(struct call *call)
{
    return topic_of(call) && put_subscriptions(call, call_text(call, "TopicArn"));
}

/* --- messages --- */

static bool check_message(struct call *call, struct str topic_arn)
{
    struct str message = call_text(call, "Message"), subject = call_text(call, "Subject");
    bool printable = true;
    for (size_t i = 0; i < subject.len; i++)
        printable = printable && (unsigned char)subject.ptr[i] >= ' ';
    if (!message.len)
        return call_fail(call, 400, "InvalidParameter", "Invalid parameter: Empty message");
    if (message.len > MESSAGE_LONGEST)
        return call_fail(call, 400, "InvalidParameter", "Invalid parameter: Message too long");
    if (subject.len > SUBJECT_LONGEST || !printable)
        return call_fail(call, 400, "InvalidParameter", "Invalid parameter: Subject");
    return !str_ends(topic_arn, ".fifo") || call_text(call, "MessageGroupId").len ||
           call_fail(call, 400, "InvalidParameter",
                     "Invalid parameter: The MessageGroupId parameter is required for FIFO topics");
}

/* As SNS wraps it for who has not asked for it raw. */
static struct str envelope(struct call *call, struct str topic_arn, struct str id)
{
    struct value *map = value_map(call->arena);
    put_text(call, map, "Type", STR("Notification"));
    put_text(call, map, "MessageId", id);
    put_text(call, map, "TopicArn", topic_arn);
    if (call_has(call, "Subject"))
        put_text(call, map, "Subject", call_text(call, "Subject"));
    put_text(call, map, "Message", call_text(call, "Message"));
    put_text(call, map, "Timestamp", time_text(call, call->now));
    return json_text(call->arena, map, JSON_COMPACT);
}

/* To queues alone; filter policies are not asked. */
static void deliver(struct call *call, struct str topic_arn, struct str id)
{
    struct value *all = subscriptions(call);
    for (size_t i = 0; i < all->count; i++) {
        const struct value *one = all->entries[i].value;
        if (!value_is_text(value_get(one, "protocol"), "sqs") ||
            !str_equal(value_get_text(one, "topic"), topic_arn))
            continue;
        bool raw = str_is(value_get_text(value_get(one, "attributes"), "RawMessageDelivery"), "true");
        sqs_put_message(call, value_get_text(one, "endpoint"),
                        raw ? call_text(call, "Message") : envelope(call, topic_arn, id));
    }
}

/* It also waits for a test: POST /_simulator/messages. */
static bool publish(struct call *call)
{
    struct str topic_arn = call_text(call, call_has(call, "TopicArn") ? "TopicArn" : "TargetArn");
    struct value *one = value_map(call->arena);
    if (!value_get_str(topics(call), topic_arn))
        return no_such(call, "Topic");
    if (!check_message(call, topic_arn))
        return false;
    put_text(call, one, "service", STR("sns"));
    put_text(call, one, "topic", topic_arn);
    put_text(call, one, "subject", call_text(call, "Subject"));
    put_text(call, one, "message", call_text(call, "Message"));
    invocations_keep(&call->simulator->messages, one);
    struct str id = call_uuid(call);
    deliver(call, topic_arn, id);
    put_text(call, call->output, "MessageId", id);
    return true;
}

/* Publish is data, not a change of what is deployed. */
static const struct sim_operation operations[] = {
    {.name = "CreateTopic", .effect = SIM_WRITE, .handle = create_topic},
    {.name = "DeleteTopic", .effect = SIM_WRITE, .handle = delete_topic},
    {.name = "GetDataProtectionPolicy", .effect = SIM_READ, .handle = get_data_protection_policy},
    {.name = "GetSubscriptionAttributes", .effect = SIM_READ, .handle = get_subscription_attributes},
    {.name = "GetTopicAttributes", .effect = SIM_READ, .handle = get_topic_attributes},
    {.name = "ListSubscriptions", .effect = SIM_READ, .handle = list_subscriptions},
    {.name = "ListSubscriptionsByTopic", .effect = SIM_READ, .handle = list_subscriptions_by_topic},
    {.name = "ListTagsForResource", .effect = SIM_READ, .handle = list_tags_for_resource},
    {.name = "ListTopics", .effect = SIM_READ, .handle = list_topics},
    {.name = "Publish", .effect = SIM_READ, .handle = publish},
    {.name = "PutDataProtectionPolicy", .effect = SIM_WRITE, .handle = put_data_protection_policy},
    {.name = "SetSubscriptionAttributes", .effect = SIM_WRITE, .handle = set_subscription_attributes},
    {.name = "SetTopicAttributes", .effect = SIM_WRITE, .handle = set_topic_attributes},
    {.name = "Subscribe", .effect = SIM_WRITE, .handle = subscribe},
    {.name = "TagResource", .effect = SIM_WRITE, .handle = tag_resource},
    {.name = "Unsubscribe", .effect = SIM_WRITE, .handle = unsubscribe},
    {.name = "UntagResource", .effect = SIM_WRITE, .handle = untag_resource},
};

/* What AWS answers with metadata alone. */
static const char *const silent[] = {"AddPermission",
                                     "DeleteEndpoint",
                                     "DeletePlatformApplication",
                                     "DeleteTopic",
                                     "PutDataProtectionPolicy",
                                     "RemovePermission",
                                     "SetEndpointAttributes",
                                     "SetPlatformApplicationAttributes",
                                     "SetSubscriptionAttributes",
                                     "SetTopicAttributes",
                                     "Unsubscribe",
                                     NULL};

const struct sim_service sim_sns = {
    .name = "sns",
    .xml_namespace = "http://sns.amazonaws.com/doc/2010-03-31/",
    .query = true,
    .silent = silent,
    .throttle_code = "Throttled",
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
