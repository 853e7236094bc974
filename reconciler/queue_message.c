#include "reconciler/queue_message.h"

#include "base/digest.h"
#include "base/json.h"

enum { NODES_MAX = 100 * 1000, NAMES_DEPTH = 4, ACCOUNT_DIGITS = 12 };

static struct str text_of(const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    return value_is(value, VALUE_STRING) ? value->text : STR_EMPTY;
}

static bool nothing(struct queue_message *message, const char *why)
{
    message->kind = QUEUE_NOTHING;
    message->why = why;
    return true;
}

/* --- webhooks --- */

static bool read_webhook(struct arena *arena, const struct value *map, struct queue_message *message,
                         struct error *error)
{
    const struct value *headers = value_get(map, "headers"), *body = value_get(map, "body");
    if (!value_is(headers, VALUE_MAP) || !value_is(body, VALUE_STRING))
        return error_set(error, ERROR_INVALID,
                         "a webhook that is passed on has \"headers\", a mapping, and "
                         "\"body\", a string");
    if (headers->count > QUEUE_HEADERS_MAX)
        return error_set(error, ERROR_INVALID, "it has %zu headers, at most %d are allowed", headers->count,
                         QUEUE_HEADERS_MAX);
    message->headers = arena_array(arena, headers->count + 1, sizeof *message->headers);
    for (size_t i = 0; i < headers->count; i++)
        if (value_is(headers->entries[i].value, VALUE_STRING))
            message->headers[message->header_count++] = (struct http_header){
                .name = headers->entries[i].key, .value = headers->entries[i].value->text};
    message->kind = QUEUE_WEBHOOK;
    message->body = body->text;
    if (value_get_bool(map, "isBase64Encoded", false) && !base64_decode(arena, body->text, &message->body))
        return error_set(error, ERROR_INVALID, "its body is said to be base64 and is not");
    return true;
}

/* --- events of resources --- */

static void add_name(struct arena *arena, struct resource_event *event, struct str name)
{
    if (!name.len || name.len > RESOURCE_NAME_MAX)
        return;
    if (!event->names)
        event->names = arena_array(arena, RESOURCE_NAMES_MAX, sizeof *event->names);
    for (size_t i = 0; i < event->name_count; i++)
        if (str_equal(event->names[i], name))
            return;
    if (event->name_count < RESOURCE_NAMES_MAX)
        event->names[event->name_count++] = name;
}

static bool is_naming(struct str key)
{
    static const char *const ends[] = {"name", "names", "arn",    "arns",     "id",   "ids",       "url",
                                       "uri",  "key",   "bucket", "resource", "rule", "identifier"};
    for (size_t i = 0; i < ARRAY_LENGTH(ends); i++) {
        struct str end = str_from(ends[i]);
        if (key.len >= end.len && str_equal_nocase(str_from_index(key, key.len - end.len), end))
            return true;
    }
    return false;
}

/* Of parameters in which each service has words of its own: what a key that ends so says. */
static void add_names(struct arena *arena, struct resource_event *event, const struct value *from,
                      bool naming, int depth)
{
    if (!from || depth > NAMES_DEPTH)
        return;
    if (from->kind == VALUE_STRING && naming)
        add_name(arena, event, from->text);
    for (size_t i = 0; from->kind == VALUE_LIST && i < from->count; i++)
        add_names(arena, event, from->items[i], naming, depth + 1);
    for (size_t i = 0; from->kind == VALUE_MAP && i < from->count; i++)
        add_names(arena, event, from->entries[i].value, is_naming(from->entries[i].key), depth + 1);
}

/* "UpdateFunctionCode20150331v2": Lambda puts the version of its API behind the name. */
static struct str without_version(struct str name)
{
    size_t end = name.len;
    if (end > 2 && name.ptr[end - 2] == 'v' && name.ptr[end - 1] >= '0' && name.ptr[end - 1] <= '9')
        end -= 2;
    size_t digits = 0;
    while (digits < end && name.ptr[end - 1 - digits] >= '0' && name.ptr[end - 1 - digits] <= '9')
        digits++;
    return digits == 8 ? str_slice(name, 0, end - digits) : name;
}

static bool is_account(struct str text)
{
    uint64_t number;
    return text.len == ACCOUNT_DIGITS && str_to_uint(text, UINT64_MAX, &number);
}

static bool read_call(struct arena *arena, const struct value *detail, struct queue_message *message,
                      struct error *error)
{
    struct resource_event *event = &message->resource;
    const struct value *who = value_get(detail, "userIdentity");
    struct str source = text_of(detail, "eventSource");
    event->service = str_slice(source, 0, str_find(source, '.'));
    event->event = without_version(text_of(detail, "eventName"));
    if (!event->service.len || !event->event.len)
        return error_set(error, ERROR_INVALID, "the event of a call has no eventSource or no eventName");
    event->principal = text_of(who, "arn").len ? text_of(who, "arn") : text_of(who, "invokedBy");
    event->source_ip = text_of(detail, "sourceIPAddress");
    event->user_agent = text_of(detail, "userAgent");
    event->time = text_of(detail, "eventTime").len ? text_of(detail, "eventTime") : event->time;
    if (is_account(text_of(detail, "recipientAccountId")))
        event->account = text_of(detail, "recipientAccountId");
    if (text_of(detail, "awsRegion").len)
        event->region = text_of(detail, "awsRegion");
    if (value_get_bool(detail, "readOnly", false))
        return nothing(message, "a read");
    if (text_of(detail, "errorCode").len)
        return nothing(message, "a call that failed");
    if (str_contains(event->user_agent, "plumb/"))
        return nothing(message, "a call of plumb");
    add_names(arena, event, value_get(detail, "requestParameters"), false, 0);
    add_names(arena, event, value_get(detail, "responseElements"), false, 0);
    add_names(arena, event, value_get(detail, "resources"), false, 0);
    return true;
}

static bool read_deployment(struct arena *arena, const struct value *detail, struct queue_message *message)
{
    static const char *const names[] = {"application", "deploymentGroup", "deploymentId"};
    message->resource.service = STR("codedeploy");
    message->resource.event = text_of(detail, "state");
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        add_name(arena, &message->resource, text_of(detail, names[i]));
    return true;
}

static bool read_alarm(struct arena *arena, const struct value *detail, struct queue_message *message)
{
    message->resource.service = STR("cloudwatch");
    message->resource.event = text_of(value_get(detail, "state"), "value");
    add_name(arena, &message->resource, text_of(detail, "alarmName"));
    return true;
}

static bool read_event(struct arena *arena, const struct value *map, struct queue_message *message,
                       struct error *error)
{
    struct resource_event *event = &message->resource;
    const struct value *detail = value_get(map, "detail"), *arns = value_get(map, "resources");
    struct str type = text_of(map, "detail-type");
    bool ok = true;
    message->kind = QUEUE_RESOURCE;
    event->account = text_of(map, "account");
    event->region = text_of(map, "region");
    event->id = text_of(map, "id");
    event->time = text_of(map, "time");
    if (!value_is(detail, VALUE_MAP) || !is_account(event->account))
        return error_set(error, ERROR_INVALID, "an event has \"detail\", a mapping, and \"account\"");
    if (str_is(type, "AWS API Call via CloudTrail"))
        ok = read_call(arena, detail, message, error);
    else if (str_is(type, "CodeDeploy Deployment State-change Notification"))
        ok = read_deployment(arena, detail, message);
    else if (str_is(type, "CloudWatch Alarm State Change"))
        ok = read_alarm(arena, detail, message);
    else
        return nothing(message, "an event of a kind that plumb does not look at");
    for (size_t i = 0; value_is(arns, VALUE_LIST) && i < arns->count; i++)
        if (value_is(arns->items[i], VALUE_STRING))
            add_name(arena, event, arns->items[i]->text);
    return ok;
}

/* --- all of them --- */

static bool read_map(struct arena *arena, struct str text, const struct value *map,
                     struct queue_message *message, struct error *error)
{
    if (value_get(map, "headers"))
        return read_webhook(arena, map, message, error);
    if (value_get(map, "detail-type"))
        return read_event(arena, map, message, error);
    if (!value_get(map, "ref") && !value_get(map, "repository") && !value_get(map, "environment"))
        return error_set(error, ERROR_INVALID,
                         "it is no webhook that was passed on, no event of EventBridge, and names no ref, "
                         "repository or environment");
    message->kind = QUEUE_EVENT;
    message->body = text;
    return true;
}

static bool is_envelope(const struct value *map)
{
    return value_is_text(value_get(map, "Type"), "Notification") &&
           value_is(value_get(map, "Message"), VALUE_STRING);
}

bool queue_message_read(struct arena *arena, struct str text, struct queue_message *message,
                        struct error *error)
{
    struct value *map;
    *message = (struct queue_message){.body = STR_EMPTY};
    if (!json_read_max(arena, STR_EMPTY, text, NODES_MAX, &map, error))
        return false;
    if (is_envelope(map)) {
        text = value_get(map, "Message")->text;
        if (!json_read_max(arena, STR_EMPTY, text, NODES_MAX, &map, error))
            return error_prefix(error, "the message in SNS's envelope");
    }
    if (!value_is(map, VALUE_MAP))
        return error_set(error, ERROR_INVALID, "it is %s, not a mapping", value_kind_name(map->kind));
    return read_map(arena, text, map, message, error);
}
