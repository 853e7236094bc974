/* Amazon SQS, as of its API reference: queues, their attributes and tags. */

#include "tests/simulator/services/sqs.h"

#include <stdio.h>
#include <string.h>

enum { NAME_MAX_LENGTH = 80, TAGS_MAX = 50, LIST_MAX = 1000 };

/* What may be set, and its default; numbers within their limits. */
static const struct attribute {
    const char *name, *otherwise;
    bool number;
    int64_t least, most;
} attributes[] = {
    {"VisibilityTimeout", "30", true, 0, 43200},
    {"MaximumMessageSize", "1048576", true, 1024, 1048576},
    {"MessageRetentionPeriod", "345600", true, 60, 1209600},
    {"DelaySeconds", "0", true, 0, 900},
    {"ReceiveMessageWaitTimeSeconds", "0", true, 0, 20},
    {"KmsDataKeyReusePeriodSeconds", NULL, true, 60, 86400},
    {"SqsManagedSseEnabled", "true", false, 0, 0},
    {"Policy", NULL, false, 0, 0},
    {"RedrivePolicy", NULL, false, 0, 0},
    {"RedriveAllowPolicy", NULL, false, 0, 0},
    {"KmsMasterKeyId", NULL, false, 0, 0},
    {"FifoQueue", NULL, false, 0, 0},
    {"ContentBasedDeduplication", NULL, false, 0, 0},
    {"DeduplicationScope", NULL, false, 0, 0},
    {"FifoThroughputLimit", NULL, false, 0, 0},
};

static const struct attribute *attribute_named(struct str name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(attributes); i++)
        if (str_is(name, attributes[i].name))
            return &attributes[i];
    return NULL;
}

static bool check_attributes(struct call *call, const struct value *given)
{
    for (size_t i = 0; given && i < given->count; i++) {
        struct str name = given->entries[i].key, text = value_text(given->entries[i].value);
        const struct attribute *attribute = attribute_named(name);
        int64_t number;
        if (!attribute)
            return call_fail(call, 400, "InvalidAttributeName", "Unknown Attribute %.*s.", STR_ARG(name));
        if (attribute->number &&
            (!str_to_int(text, &number) || number < attribute->least || number > attribute->most))
            return call_fail(call, 400, "InvalidAttributeValue", "Invalid value for the parameter %.*s.",
                             STR_ARG(name));
    }
    return true;
}

static bool name_is_valid(struct str name)
{
    struct str stem = str_ends(name, ".fifo") ? str_slice(name, 0, name.len - 5) : name;
    for (size_t i = 0; i < stem.len; i++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", stem.ptr[i]))
            return false;
    return stem.len > 0 && name.len <= NAME_MAX_LENGTH;
}

static struct str queue_url(struct call *call, struct str name)
{
    return arena_printf(call->arena, "https://sqs.%.*s.amazonaws.com/%.*s/%.*s", STR_ARG(call->region),
                        STR_ARG(call->account), STR_ARG(name));
}

/* SQS spoke the query protocol once: clients get the code of those days in a header. */
bool sqs_fail(struct call *call, const char *code, const char *query_code, const char *message)
{
    call_set_header(call, "x-amzn-query-error", arena_printf(call->arena, "%s;Sender", query_code));
    return call_fail(call, 400, code, "%s", message);
}

static bool no_such_queue(struct call *call)
{
    return sqs_fail(call, "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue",
                    "The specified queue does not exist.");
}

/* The queue that QueueUrl names: its last part. */
struct value *sqs_queue_of(struct call *call, struct str *name)
{
    struct str url = call_text(call, "QueueUrl");
    *name = str_from_index(url, str_find_last(url, '/') < url.len ? str_find_last(url, '/') + 1 : 0);
    struct value *queue = value_get_str(state_map(call, "queues"), *name);
    if (!queue)
        no_such_queue(call);
    return queue;
}

/* An attribute set to "" is as if it was never set. */
static void set_attributes(struct call *call, struct value *queue, const struct value *given)
{
    struct value *set = value_get(queue, "attributes");
    for (size_t i = 0; given && i < given->count; i++) {
        struct str text = value_text(given->entries[i].value);
        if (text.len)
            state_put(call, set, given->entries[i].key, value_string(call->arena, text));
        else
            (void)value_remove(set, given->entries[i].key);
    }
    state_int(call, queue, "modified", call->now / 1000);
}

static struct str attribute_value(const struct value *queue, const struct attribute *attribute)
{
    struct value *set = value_get(value_get(queue, "attributes"), attribute->name);
    return set ? set->text : str_from(attribute->otherwise);
}

int64_t sqs_queue_number(const struct value *queue, const char *name)
{
    const struct attribute *attribute = attribute_named(str_from(name));
    int64_t number;
    return str_to_int(attribute_value(queue, attribute), &number) ? number : 0;
}

/* Creating a queue again with the same attributes answers as the first time. */
static bool create_again(struct call *call, const struct value *queue, struct str name)
{
    const struct value *given = value_get(call->input, "Attributes");
    for (size_t i = 0; given && i < given->count; i++)
        if (!str_equal(attribute_value(queue, attribute_named(given->entries[i].key)),
                       value_text(given->entries[i].value)))
            return sqs_fail(call, "QueueNameExists", "QueueAlreadyExists",
                            arena_printf(call->arena,
                                         "A queue already exists with the same name and a different value "
                                         "for attribute %.*s",
                                         STR_ARG(given->entries[i].key))
                                .ptr);
    put_text(call, call->output, "QueueUrl", queue_url(call, name));
    return true;
}

static bool is_newly_deleted(struct call *call, struct str name)
{
    const struct value *deleted = value_get_str(state_map(call, "deleted"), name);
    int64_t at;
    return value_to_int(deleted, &at) && call->now < at + call_delay(call, "sqs.deleted");
}

static bool create_queue(struct call *call)
{
    struct str name = call_text(call, "QueueName");
    const struct value *given = value_get(call->input, "Attributes"), *tags = value_get(call->input, "tags");
    if (!name_is_valid(name))
        return call_fail(
            call, 400, "InvalidParameterValue",
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length");
    if (str_ends(name, ".fifo") != value_get_bool(given, "FifoQueue", false))
        return call_fail(call, 400, "InvalidParameterValue",
                         "The name of a FIFO queue can only include alphanumeric characters, hyphens, or "
                         "underscores, must end with .fifo suffix and be 1 to 80 in length.");
    if (!check_attributes(call, given))
        return false;
    struct value *queues = state_map(call, "queues"), *there = value_get_str(queues, name);
    if (there)
        return create_again(call, there, name);
    if (is_newly_deleted(call, name))
        return sqs_fail(call, "QueueDeletedRecently", "AWS.SimpleQueueService.QueueDeletedRecently",
                        "You must wait 60 seconds after deleting a queue before you can create another with "
                        "the same name.");
    struct value *queue = state_put(call, queues, name, value_map(call->arena));
    state_put(call, queue, STR("attributes"), value_map(call->arena));
    state_put(call, queue, STR("tags"), tags ? tags : value_map(call->arena));
    state_int(call, queue, "created", call->now / 1000);
    set_attributes(call, queue, given);
    put_text(call, call->output, "QueueUrl", queue_url(call, name));
    return true;
}

static bool get_queue_url(struct call *call)
{
    struct str name = call_text(call, "QueueName");
    if (!value_get_str(state_map(call, "queues"), name))
        return no_such_queue(call);
    put_text(call, call->output, "QueueUrl", queue_url(call, name));
    return true;
}

static bool wants(const struct value *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (value_is_text(names->items[i], name) || value_is_text(names->items[i], "All"))
            return true;
    return false;
}

static bool get_queue_attributes(struct call *call)
{
    struct str name;
    struct value *queue = sqs_queue_of(call, &name);
    if (!queue)
        return false;
    static const char *const counts[] = {"ApproximateNumberOfMessages",
                                         "ApproximateNumberOfMessagesNotVisible",
                                         "ApproximateNumberOfMessagesDelayed"};
    struct value *names = call_list(call, "AttributeNames"), *out = value_map(call->arena);
    for (size_t i = 0; i < ARRAY_LENGTH(attributes); i++)
        if (wants(names, attributes[i].name) && attribute_value(queue, &attributes[i]).len)
            put_text(call, out, attributes[i].name, attribute_value(queue, &attributes[i]));
    for (size_t i = 0; i < ARRAY_LENGTH(counts); i++)
        if (wants(names, counts[i]))
            put_textf(call, out, counts[i], "%lld", (long long)sqs_count_messages(call, name, counts[i]));
    if (wants(names, "QueueArn"))
        put_text(call, out, "QueueArn", arn(call, "sqs", "%.*s", STR_ARG(name)));
    if (wants(names, "CreatedTimestamp"))
        put_text(call, out, "CreatedTimestamp", value_get_text(queue, "created"));
    if (wants(names, "LastModifiedTimestamp"))
        put_text(call, out, "LastModifiedTimestamp", value_get_text(queue, "modified"));
    if (out->count)
        put(call, call->output, "Attributes", out);
    return true;
}

static bool set_queue_attributes(struct call *call)
{
    struct str name;
    struct value *queue = sqs_queue_of(call, &name);
    if (!queue || !check_attributes(call, value_get(call->input, "Attributes")))
        return false;
    set_attributes(call, queue, value_get(call->input, "Attributes"));
    return true;
}

static bool delete_queue(struct call *call)
{
    struct str name;
    if (!sqs_queue_of(call, &name))
        return false;
    state_put(call, state_map(call, "deleted"), name, value_int(call->arena, call->now));
    sqs_forget_messages(call, name);
    return value_remove(state_map(call, "queues"), name);
}

static bool list_queues(struct call *call)
{
    static const struct sim_paging paging = {.size_member = "MaxResults",
                                             .token_member = "NextToken",
                                             .size = LIST_MAX,
                                             .size_max = LIST_MAX,
                                             .error_code = "InvalidParameterValue"};
    struct value *queues = state_map(call, "queues"), *urls = value_map(call->arena);
    char prefix[NAME_MAX_LENGTH + 1];
    snprintf(prefix, sizeof prefix, "%.*s", STR_ARG(call_text(call, "QueueNamePrefix")));
    for (size_t i = 0; i < queues->count; i++)
        if (str_starts(queues->entries[i].key, prefix))
            value_set(call->arena, urls, queues->entries[i].key,
                      value_string(call->arena, queue_url(call, queues->entries[i].key)));
    struct str next;
    struct value *page = call_page(call, urls, &paging, &next);
    if (!page)
        return false;
    if (page->count)
        put(call, call->output, "QueueUrls", page);
    if (next.len && call_has(call, "MaxResults")) /* without MaxResults AWS gives no token */
        put_text(call, call->output, "NextToken", next);
    return true;
}

static bool tag_queue(struct call *call)
{
    struct str name;
    struct value *queue = sqs_queue_of(call, &name), *tags = value_get(call->input, "Tags");
    if (!queue)
        return false;
    if (!tags || tags->count > TAGS_MAX)
        return call_fail(call, 400, "InvalidParameterValue", "Too many tags added for queue %.*s.",
                         STR_ARG(name));
    state_merge(call, queue, "tags", tags);
    return true;
}

static bool untag_queue(struct call *call)
{
    struct str name;
    struct value *queue = sqs_queue_of(call, &name);
    if (!queue)
        return false;
    state_remove_keys(queue, "tags", call_list(call, "TagKeys"));
    return true;
}

static bool list_queue_tags(struct call *call)
{
    struct str name;
    struct value *queue = sqs_queue_of(call, &name);
    if (!queue)
        return false;
    if (value_get(queue, "tags")->count)
        put(call, call->output, "Tags", value_get(queue, "tags"));
    return true;
}

/* Messages are data, not a change of what is deployed. */
static const struct sim_operation operations[] = {
    {.name = "CreateQueue", .effect = SIM_WRITE, .handle = create_queue},
    {.name = "DeleteMessage", .effect = SIM_READ, .handle = sqs_delete_message},
    {.name = "DeleteMessageBatch", .effect = SIM_READ, .handle = sqs_delete_message_batch},
    {.name = "DeleteQueue", .effect = SIM_WRITE, .handle = delete_queue},
    {.name = "GetQueueAttributes", .effect = SIM_READ, .handle = get_queue_attributes},
    {.name = "GetQueueUrl", .effect = SIM_READ, .handle = get_queue_url},
    {.name = "ListQueueTags", .effect = SIM_READ, .handle = list_queue_tags},
    {.name = "ListQueues", .effect = SIM_READ, .handle = list_queues},
    {.name = "ReceiveMessage", .effect = SIM_READ, .handle = sqs_receive_message},
    {.name = "SendMessage", .effect = SIM_READ, .handle = sqs_send_message},
    {.name = "SetQueueAttributes", .effect = SIM_WRITE, .handle = set_queue_attributes},
    {.name = "TagQueue", .effect = SIM_WRITE, .handle = tag_queue},
    {.name = "UntagQueue", .effect = SIM_WRITE, .handle = untag_queue},
};

const struct sim_service sim_sqs = {
    .name = "sqs",
    .target = "AmazonSQS",
    .json_version = "1.0",
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
