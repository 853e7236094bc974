/*
 * Amazon SQS: messages.  Those of a FIFO queue are given in order, but groups are not kept apart, and nothing
 * is taken for a duplicate; messages do not age, and none goes to a dead-letter queue.
 *
 * They are no part of what is deployed: they stand beside the state of the service and count in no summary.
 */

#include <string.h>

#include "base/digest.h"
#include "tests/simulator/services/sqs.h"

enum { BODY_MAX = 1024 * 1024, RECEIVE_MAX = 10, BATCH_MAX = 10, WAIT_MAX_S = 20, VISIBILITY_MAX_S = 43200 };

/* {QUEUE: {MESSAGE-ID: {"body", "sent", "visible", "received", "first"}}} */
static struct value *messages_of(struct call *call, struct str account, struct str region, struct str queue,
                                 struct arena **keep)
{
    struct value *all = call_state_of(call, "sqs-messages", account, region, keep);
    struct value *messages = value_get_str(all, queue);
    if (!messages) {
        messages = value_map(*keep);
        value_set(*keep, all, queue, messages);
    }
    return messages;
}

static struct str md5_hex(struct call *call, struct str body)
{
    struct str bytes = STR_EMPTY;
    return base64_decode(call->arena, md5_base64(call->arena, body), &bytes) ? hex_encode(call->arena, bytes)
                                                                             : bytes;
}

static struct str add_message(struct call *call, struct str account, struct str region, struct str queue,
                              struct str body, int64_t delay_ms)
{
    struct arena *keep;
    struct value *messages = messages_of(call, account, region, queue, &keep), *message = value_map(keep);
    struct str id = call_uuid(call);
    value_setz(keep, message, "body", value_string(keep, body));
    value_setz(keep, message, "sent", value_int(keep, call->now));
    value_setz(keep, message, "visible", value_int(keep, call->now + delay_ms));
    value_setz(keep, message, "received", value_int(keep, 0));
    value_set(keep, messages, id, message);
    return id;
}

/* "arn:aws:sqs:REGION:ACCOUNT:NAME" */
void sqs_put_message(struct call *call, struct str queue_arn, struct str body)
{
    struct str rest = queue_arn, parts[6];
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
        if (!str_split(&rest, ':', &parts[i]))
            return;
    struct value *queues = value_get(call_state_of(call, "sqs", parts[4], parts[3], NULL), "queues");
    if (value_get_str(queues, parts[5]))
        (void)add_message(call, parts[4], parts[3], parts[5], body, 0);
}

void sqs_forget_messages(struct call *call, struct str queue)
{
    (void)value_remove(call_state_of(call, "sqs-messages", call->account, call->region, NULL), queue);
}

int64_t sqs_count_messages(struct call *call, struct str queue, const char *attribute)
{
    struct arena *keep;
    const struct value *messages = messages_of(call, call->account, call->region, queue, &keep);
    int64_t count = 0;
    for (size_t i = 0; i < messages->count; i++) {
        const struct value *message = messages->entries[i].value;
        bool hidden = value_get_int(message, "visible", 0) > call->now;
        bool received = value_get_int(message, "received", 0) > 0;
        count += strcmp(attribute, "ApproximateNumberOfMessages") == 0             ? !hidden
                 : strcmp(attribute, "ApproximateNumberOfMessagesNotVisible") == 0 ? hidden && received
                                                                                   : hidden && !received;
    }
    return count;
}

bool sqs_send_message(struct call *call)
{
    struct str name, body = call_text(call, "MessageBody");
    const struct value *queue = sqs_queue_of(call, &name);
    if (!queue)
        return false;
    if (!body.len)
        return call_fail(call, 400, "MissingParameter",
                         "The request must contain the parameter MessageBody.");
    if (body.len > BODY_MAX)
        return call_fail(call, 400, "InvalidParameterValue",
                         "One or more parameters are invalid. Reason: Message must be shorter than %d bytes.",
                         BODY_MAX);
    if (str_ends(name, ".fifo") && !call_text(call, "MessageGroupId").len)
        return call_fail(call, 400, "MissingParameter",
                         "The request must contain the parameter MessageGroupId.");
    int64_t delay_s = value_get_int(call->input, "DelaySeconds", sqs_queue_number(queue, "DelaySeconds"));
    put_text(call, call->output, "MessageId",
             add_message(call, call->account, call->region, name, body, delay_s * 1000));
    put_text(call, call->output, "MD5OfMessageBody", md5_hex(call, body));
    return true;
}

/* --- receiving --- */

static bool wants(struct call *call, const char *attribute)
{
    static const char *const members[] = {"AttributeNames", "MessageSystemAttributeNames"};
    for (size_t m = 0; m < ARRAY_LENGTH(members); m++) {
        const struct value *names = call_list(call, members[m]);
        for (size_t i = 0; i < names->count; i++)
            if (value_is_text(names->items[i], attribute) || value_is_text(names->items[i], "All"))
                return true;
    }
    return false;
}

static void put_attributes(struct call *call, struct value *out, const struct value *message)
{
    static const struct {
        const char *name, *kept;
    } attributes[] = {{"SentTimestamp", "sent"},
                      {"ApproximateReceiveCount", "received"},
                      {"ApproximateFirstReceiveTimestamp", "first"}};
    struct value *map = value_map(call->arena);
    for (size_t i = 0; i < ARRAY_LENGTH(attributes); i++)
        if (wants(call, attributes[i].name))
            put_text(call, map, attributes[i].name, value_get_text(message, attributes[i].kept));
    if (map->count)
        put(call, out, "Attributes", map);
}

/* Its handle is its id and how often it was received: only the newest handle deletes. */
static struct value *receive_one(struct call *call, struct arena *keep, struct str id, struct value *message,
                                 int64_t hidden_ms)
{
    struct value *out = value_map(call->arena);
    int64_t times = value_get_int(message, "received", 0) + 1;
    struct str body = value_get_text(message, "body");
    value_setz(keep, message, "received", value_int(keep, times));
    value_setz(keep, message, "visible", value_int(keep, call->now + hidden_ms));
    if (times == 1)
        value_setz(keep, message, "first", value_int(keep, call->now));
    put_text(call, out, "MessageId", id);
    put_textf(call, out, "ReceiptHandle", "%.*s#%lld", STR_ARG(id), (long long)times);
    put_text(call, out, "MD5OfBody", md5_hex(call, body));
    put_text(call, out, "Body", body);
    put_attributes(call, out, message);
    return out;
}

static bool check_range(struct call *call, const char *member, int64_t least, int64_t most)
{
    int64_t number = value_get_int(call->input, member, least);
    return (number >= least && number <= most) ||
           call_fail(call, 400, "InvalidParameterValue",
                     "Value %lld for parameter %s is invalid. Reason: Must be between %lld and %lld.",
                     (long long)number, member, (long long)least, (long long)most);
}

/* An empty queue is waited for, but not as long as asked: calls are carried out one at a time, so that
 * whoever waits is answered after "sqs.poll" that there is nothing, and asks again. */
static void wait_for_messages(struct call *call, const struct value *queue)
{
    int64_t wait_ms = 1000 * value_get_int(call->input, "WaitTimeSeconds",
                                           sqs_queue_number(queue, "ReceiveMessageWaitTimeSeconds"));
    int64_t most = call_delay(call, "sqs.poll");
    call->delay_ms = wait_ms < most ? wait_ms : most;
}

bool sqs_receive_message(struct call *call)
{
    struct str name;
    struct arena *keep;
    const struct value *queue = sqs_queue_of(call, &name);
    if (!queue || !check_range(call, "MaxNumberOfMessages", 1, RECEIVE_MAX) ||
        !check_range(call, "WaitTimeSeconds", 0, WAIT_MAX_S) ||
        !check_range(call, "VisibilityTimeout", 0, VISIBILITY_MAX_S))
        return false;
    size_t most = (size_t)value_get_int(call->input, "MaxNumberOfMessages", 1);
    int64_t hidden_ms =
        1000 * value_get_int(call->input, "VisibilityTimeout", sqs_queue_number(queue, "VisibilityTimeout"));
    struct value *messages = messages_of(call, call->account, call->region, name, &keep);
    struct value *out = value_list(call->arena);
    for (size_t i = 0; i < messages->count && out->count < most; i++) {
        struct value *message = messages->entries[i].value;
        if (value_get_int(message, "visible", 0) <= call->now)
            value_append(call->arena, out,
                         receive_one(call, keep, messages->entries[i].key, message, hidden_ms));
    }
    if (out->count)
        put(call, call->output, "Messages", out);
    else
        wait_for_messages(call, queue);
    return true;
}

/* --- deleting --- */

/* What is gone already, or was received again since, is deleted without a word. */
static bool delete_by_handle(struct call *call, struct value *messages, struct str handle)
{
    size_t mark = str_find(handle, '#');
    struct str id = str_slice(handle, 0, mark);
    int64_t times;
    if (!str_to_int(str_from_index(handle, mark + 1), &times))
        return sqs_fail(call, "ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid",
                        "The input receipt handle is invalid.");
    if (value_get_int(value_get_str(messages, id), "received", 0) == times)
        (void)value_remove(messages, id);
    return true;
}

bool sqs_delete_message(struct call *call)
{
    struct str name;
    struct arena *keep;
    return sqs_queue_of(call, &name) &&
           delete_by_handle(call, messages_of(call, call->account, call->region, name, &keep),
                            call_text(call, "ReceiptHandle"));
}

static bool check_batch(struct call *call, const struct value *entries)
{
    if (entries->count == 0)
        return sqs_fail(call, "EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest",
                        "There should be at least one DeleteMessageBatchRequestEntry in the request.");
    if (entries->count > BATCH_MAX)
        return sqs_fail(call, "TooManyEntriesInBatchRequest",
                        "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
                        "Maximum number of entries per request are 10.");
    for (size_t i = 0; i < entries->count; i++)
        for (size_t j = 0; j < i; j++)
            if (str_equal(value_get_text(entries->items[i], "Id"), value_get_text(entries->items[j], "Id")))
                return sqs_fail(call, "BatchEntryIdsNotDistinct",
                                "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
                                "Two or more batch entries in the request have the same Id.");
    return true;
}

bool sqs_delete_message_batch(struct call *call)
{
    struct str name;
    struct arena *keep;
    struct value *entries = call_list(call, "Entries");
    struct value *good = value_list(call->arena), *bad = value_list(call->arena);
    if (!sqs_queue_of(call, &name) || !check_batch(call, entries))
        return false;
    struct value *messages = messages_of(call, call->account, call->region, name, &keep);
    for (size_t i = 0; i < entries->count; i++) {
        struct value *one = value_map(call->arena);
        put_text(call, one, "Id", value_get_text(entries->items[i], "Id"));
        bool done = delete_by_handle(call, messages, value_get_text(entries->items[i], "ReceiptHandle"));
        value_append(call->arena, done ? good : bad, one);
        if (done)
            continue;
        put_bool(call, one, "SenderFault", true);
        put_text(call, one, "Code", STR("ReceiptHandleIsInvalid"));
        put_text(call, one, "Message", call->error_message);
    }
    call->status = 200; /* what is wrong with one entry is no failure of the call */
    call->error_code = NULL;
    call->headers = value_map(call->arena);
    put(call, call->output, "Successful", good);
    put(call, call->output, "Failed", bad);
    return true;
}
