#include "reconciler/queue.h"

#include <pthread.h>
#include <signal.h>

#include "providers/sqs/operations.h"

enum { WAIT_S = 20, MESSAGES_MAX = 10, PAUSE_MOST_MS = 60 * 1000, TICK_MS = 100 };

struct queue {
    struct queue_options options;
    pthread_t thread;
    atomic_bool stopping;
    struct aws *aws; /* of the thread */
};

static bool is_over(const struct queue *queue)
{
    return queue->stopping || (queue->options.cancelled && *queue->options.cancelled);
}

static bool connect_queue(struct queue *queue, struct error *error)
{
    struct str told = queue_region(queue->options.url);
    const struct aws_target target = {.region = told.len ? told : queue->options.region};
    return queue->aws || aws_open(queue->options.aws, &target, &queue->aws, error);
}

static bool receive(struct queue *queue, struct arena *arena, const struct value **messages,
                    struct error *error)
{
    struct value *input = value_map(arena), *names = value_list(arena), *output;
    value_append(arena, names, value_stringz(arena, "SentTimestamp"));
    value_setz(arena, input, "QueueUrl", value_string(arena, queue->options.url));
    value_setz(arena, input, "MaxNumberOfMessages", value_int(arena, MESSAGES_MAX));
    value_setz(arena, input, "WaitTimeSeconds", value_int(arena, WAIT_S));
    value_setz(arena, input, "MessageSystemAttributeNames", names);
    if (!aws_call(queue->aws, &sqs_operations[SQS_RECEIVE_MESSAGE], arena, input, &output, error))
        return false;
    *messages = value_get(output, "Messages");
    return true;
}

static bool delete_all(struct queue *queue, struct arena *arena, const struct value *messages,
                       struct error *error)
{
    struct value *input = value_map(arena), *entries = value_list(arena), *output;
    for (size_t i = 0; i < messages->count; i++) {
        struct value *entry = value_map(arena);
        value_setz(arena, entry, "Id", value_stringf(arena, "%zu", i));
        value_setz(arena, entry, "ReceiptHandle",
                   value_string(arena, value_get_text(messages->items[i], "ReceiptHandle")));
        value_append(arena, entries, entry);
    }
    value_setz(arena, input, "QueueUrl", value_string(arena, queue->options.url));
    value_setz(arena, input, "Entries", entries);
    if (!aws_call(queue->aws, &sqs_operations[SQS_DELETE_MESSAGE_BATCH], arena, input, &output, error))
        return false;
    const struct value *failed = value_get(output, "Failed");
    return !value_is(failed, VALUE_LIST) || !failed->count ||
           error_set(error, ERROR_UNAVAILABLE, "%zu messages were not deleted: %.*s", failed->count,
                     STR_ARG(value_get_text(failed->items[0], "Message")));
}

/* When it was sent, by AWS's clock; now, where AWS does not say. */
static int64_t sent_ms(const struct queue *queue, const struct value *message)
{
    int64_t sent = value_get_int(value_get(message, "Attributes"), "SentTimestamp", 0);
    return sent > 0 ? sent : clock_wall(queue->options.clock);
}

static bool work(struct queue *queue, struct arena *arena, struct error *error)
{
    const struct value *messages;
    if (!connect_queue(queue, error) || !receive(queue, arena, &messages, error))
        return false;
    if (!value_is(messages, VALUE_LIST) || !messages->count)
        return true;
    for (size_t i = 0; i < messages->count; i++)
        queue->options.handle(queue->options.self, arena, value_get_text(messages->items[i], "Body"),
                              sent_ms(queue, messages->items[i]));
    return delete_all(queue, arena, messages, error);
}

static void pause_queue(struct queue *queue, int64_t pause_ms)
{
    int64_t end = clock_monotonic(queue->options.clock) + pause_ms;
    while (!is_over(queue) && clock_monotonic(queue->options.clock) < end)
        clock_sleep(queue->options.clock, TICK_MS);
}

static void *read_queue(void *self)
{
    struct queue *queue = self;
    int64_t failures = 0;
    while (!is_over(queue)) {
        struct error error = ERROR_INIT;
        struct arena *arena = arena_new();
        if (work(queue, arena, &error)) {
            failures = 0;
        } else if (!is_over(queue)) {
            int64_t pause_ms = back_off_ms(failures++, PAUSE_MOST_MS);
            log_error(queue->options.log, "cannot read the queue", LOG_STR("queue", queue->options.url),
                      LOG_ERROR_FIELD(&error), LOG_INT("again_in_ms", pause_ms));
            pause_queue(queue, pause_ms);
        }
        arena_free(arena);
    }
    aws_close(queue->aws);
    return NULL;
}

struct str queue_region(struct str url)
{
    size_t at = 0;
    while (at < url.len && !str_starts(str_from_index(url, at), "sqs."))
        at++;
    struct str rest = str_from_index(url, at < url.len ? at + 4 : at);
    rest = str_slice(rest, 0, str_find(rest, '/'));
    return str_contains(rest, ".amazonaws.") ? str_slice(rest, 0, str_find(rest, '.')) : STR_EMPTY;
}

/* "https://HOST/ACCOUNT/NAME" */
static bool is_queue_url(struct str url)
{
    bool loopback = str_starts(url, "http://127.0.0.1:") || str_starts(url, "http://localhost:");
    if (!str_starts(url, "https://") && !loopback)
        return false;
    struct str rest = str_from_index(url, str_find(url, ':') + 3), host, account;
    uint64_t number;
    return str_split(&rest, '/', &host) && host.len && str_split(&rest, '/', &account) && account.len == 12 &&
           str_to_uint(account, UINT64_MAX, &number) && rest.ptr && rest.len && !str_contains(rest, "/");
}

bool queue_start(const struct queue_options *options, struct queue **out, struct error *error)
{
    sigset_t all, before;
    if (!is_queue_url(options->url))
        return error_set(error, ERROR_INVALID,
                         "'%.*s' is not the URL of a queue: give it as SQS shows it, "
                         "https://sqs.REGION.amazonaws.com/ACCOUNT/NAME",
                         STR_ARG(options->url));
    struct queue *queue = memory_alloc(sizeof *queue);
    queue->options = *options;
    sigfillset(&all); /* signals are the main thread's */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&queue->thread, NULL, read_queue, queue);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed)
        memory_exhausted();
    *out = queue;
    return true;
}

void queue_stop(struct queue *queue)
{
    if (!queue)
        return;
    queue->stopping = true;
    pthread_join(queue->thread, NULL);
    free(queue);
}
