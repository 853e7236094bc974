#include "reconciler/rollout/notify.h"

#include "base/digest.h"
#include "base/json.h"
#include "providers/events/operations.h"
#include "providers/sns/operations.h"
#include "reconciler/rollout/notify_text.h"
#include "reconciler/rollout/webhook.h"

/* --- AWS --- */

/* The fourth part of "arn:aws:sns:eu-west-1:..."; empty of a name. */
static struct str region_of(struct str arn)
{
    struct str part = STR_EMPTY;
    if (!str_starts(arn, "arn:"))
        return STR_EMPTY;
    for (int i = 0; i < 4; i++)
        if (!str_split(&arn, ':', &part))
            return STR_EMPTY;
    return part;
}

/* Topics and buses answer in their own region. */
static bool call_at(const struct notify_options *options, struct arena *arena, struct str place,
                    const struct aws_operation *operation, const struct value *input, struct value **output,
                    struct error *error)
{
    const struct aws_limits limits = {.total_ms = NOTIFY_CHANNEL_MS};
    struct str region = region_of(place);
    struct aws *there = NULL;
    if (region.len && !str_equal(region, aws_region(options->aws)) &&
        !aws_in_region(options->aws, region, &there, error))
        return false;
    bool done =
        aws_call_within(there ? there : options->aws, operation, arena, input, &limits, output, error);
    aws_close(there);
    return done;
}

static void put(struct arena *arena, struct value *map, const char *key, struct str text)
{
    value_setz(arena, map, key, value_string(arena, text));
}

/* SNS takes no empty attribute. */
static void add_attribute(struct arena *arena, struct value *attributes, const char *name, struct str text)
{
    struct value *attribute = value_map(arena);
    put(arena, attribute, "DataType", STR("String"));
    put(arena, attribute, "StringValue", text);
    if (text.len)
        value_setz(arena, attributes, name, attribute);
}

static struct str sns_message(struct arena *arena, const struct notice *notice)
{
    struct value *message = value_map(arena);
    put(arena, message, "default", json_text(arena, notice_document(arena, notice), JSON_COMPACT));
    put(arena, message, "email", notice_text(arena, notice));
    put(arena, message, "sms", notice_title(arena, notice));
    return json_text(arena, message, JSON_COMPACT);
}

/* The group's name may hold few characters: a digest holds only such. */
static void add_fifo(struct arena *arena, struct value *input, const struct notice *notice)
{
    struct str name =
        arena_printf(arena, "%.*s/%.*s", STR_ARG(notice->environment), STR_ARG(notice->application));
    put(arena, input, "MessageGroupId", sha256_hex(arena, name));
    put(arena, input, "MessageDeduplicationId", notice_id(arena, notice));
}

static bool tell_sns(const struct notify_options *options, struct arena *arena, struct str topic,
                     const struct notice *notice, struct error *error)
{
    struct value *input = value_map(arena), *attributes = value_map(arena), *output;
    put(arena, input, "TopicArn", topic);
    put(arena, input, "Subject", notice_subject(arena, notice));
    put(arena, input, "Message", sns_message(arena, notice));
    put(arena, input, "MessageStructure", STR("json"));
    add_attribute(arena, attributes, "environment", notice->environment);
    add_attribute(arena, attributes, "application", notice->application);
    add_attribute(arena, attributes, "kind", str_from(notice_kind_name(notice->kind)));
    value_setz(arena, input, "MessageAttributes", attributes);
    if (str_ends(topic, ".fifo"))
        add_fifo(arena, input, notice);
    return call_at(options, arena, topic, &sns_operations[SNS_PUBLISH], input, &output, error);
}

/* The call succeeds although an event was not taken. */
static bool events_were_taken(const struct value *output, struct error *error)
{
    const struct value *entry = value_at(value_get(output, "Entries"), 0);
    struct str code = value_get_text(entry, "ErrorCode"), words = value_get_text(entry, "ErrorMessage");
    if (value_get_int(output, "FailedEntryCount", -1) == 0)
        return true;
    return error_set(error, ERROR_UNAVAILABLE, "the event was not taken: %.*s: %.*s",
                     STR_ARG(code.len ? code : STR("no reason")), STR_ARG(words));
}

static bool tell_event_bus(const struct notify_options *options, struct arena *arena, struct str bus,
                           const struct notice *notice, struct error *error)
{
    struct value *input = value_map(arena), *entries = value_list(arena), *entry = value_map(arena), *output;
    put(arena, entry, "EventBusName", bus);
    put(arena, entry, "Source", STR("plumb"));
    put(arena, entry, "DetailType", str_from(notice_event(notice->kind)));
    put(arena, entry, "Detail", json_text(arena, notice_document(arena, notice), JSON_COMPACT));
    value_setz(arena, entry, "Time", value_int(arena, notice->time_ms / 1000));
    value_append(arena, entries, entry);
    value_setz(arena, input, "Entries", entries);
    return call_at(options, arena, bus, &events_operations[EVENTS_PUT_EVENTS], input, &output, error) &&
           events_were_taken(output, error);
}

/* --- one channel --- */

static bool wants(const struct value *channel, enum notice_kind kind)
{
    const struct value *on = value_get(channel, "on");
    for (size_t i = 0; on && i < on->count; i++)
        if (value_is_text(on->items[i], notice_kind_name(kind)))
            return true;
    return !on;
}

/* For messages; URLs are not told. */
static const char *name_of(struct arena *arena, const struct value *channel)
{
    static const char *const named[] = {"sns", "eventBus"};
    for (size_t i = 0; i < ARRAY_LENGTH(named); i++)
        if (value_get(channel, named[i]))
            return arena_printf(arena, "%s '%.*s'", named[i], STR_ARG(value_get_text(channel, named[i]))).ptr;
    return value_get(channel, "slack") ? "slack" : "webhook";
}

static bool tell(const struct notify_options *options, struct arena *arena, const struct value *channel,
                 const struct notice *notice, struct error *error)
{
    const struct value *slack = value_get(channel, "slack"), *webhook = value_get(channel, "webhook");
    if (value_get(channel, "sns"))
        return tell_sns(options, arena, value_get_text(channel, "sns"), notice, error);
    if (value_get(channel, "eventBus"))
        return tell_event_bus(options, arena, value_get_text(channel, "eventBus"), notice, error);
    if (slack)
        return webhook_slack(options, arena, slack, notice, error);
    if (webhook)
        return webhook_post(options, arena, webhook, value_get(channel, "secret"), notice, error);
    return error_set(error, ERROR_BUG, "a channel of no kind");
}

bool notify(const struct notify_options *options, const struct notice *notice, struct error *error)
{
    bool all = true;
    for (size_t i = 0; options->channels && i < options->channels->count; i++) {
        const struct value *channel = options->channels->items[i];
        struct error failure = ERROR_INIT;
        struct arena *arena = arena_new();
        if (wants(channel, notice->kind) && !tell(options, arena, channel, notice, &failure)) {
            error_prefix(&failure, "cannot tell %s", name_of(arena, channel));
            log_warn(options->log, "notice_not_told", LOG_STR("environment", notice->environment),
                     LOG_STR("application", notice->application),
                     LOG_STRZ("kind", notice_kind_name(notice->kind)), LOG_ERROR_FIELD(&failure));
            if (all)
                *error = failure;
            all = false;
        }
        arena_wipe(arena); /* URLs and signatures */
    }
    return all;
}
