/*
 * PutEvents, as of its API reference.  No rule is asked: the events wait for a test, POST
 * /_simulator/messages. Assumed: an event to a bus that is not there is taken and kept as well, with the name
 * that it was sent to.
 */

#include "base/json.h"
#include "tests/simulator/internal.h"
#include "tests/simulator/services/events.h"

enum { ENTRIES_MAX = 10, ENTRIES_BYTES_MAX = 256 * 1024 };

static const char *const needed[] = {"Source", "DetailType", "Detail"};

static bool is_whole(const struct value *entry)
{
    bool whole = true;
    for (size_t i = 0; i < ARRAY_LENGTH(needed); i++)
        whole = whole && value_get_text(entry, needed[i]).len;
    return whole;
}

static struct value *refused(struct call *call, const char *code, const char *message)
{
    struct value *result = value_map(call->arena);
    put_text(call, result, "ErrorCode", str_from(code));
    put_text(call, result, "ErrorMessage", str_from(message));
    return result;
}

static struct value *take(struct call *call, const struct value *entry)
{
    struct value *one = value_map(call->arena), *result = value_map(call->arena), *detail = NULL;
    struct error ignored = ERROR_INIT;
    struct str bus = value_get_text(entry, "EventBusName");
    if (!is_whole(entry))
        return refused(call, "InvalidArgument", "Parameters Source, DetailType and Detail are required.");
    if (!json_read(call->arena, STR_EMPTY, value_get_text(entry, "Detail"), &detail, &ignored) ||
        !value_is(detail, VALUE_MAP))
        return refused(call, "MalformedDetail", "Detail is malformed.");
    if (str_starts(bus, "arn:"))
        bus = str_from_index(bus, str_find(bus, '/') + 1);
    put_text(call, one, "service", STR("events"));
    put_text(call, one, "bus", bus.len ? bus : STR("default"));
    put_text(call, one, "detailType", value_get_text(entry, "DetailType"));
    put_text(call, one, "source", value_get_text(entry, "Source"));
    put(call, one, "detail", detail);
    invocations_keep(&call->simulator->messages, one);
    put_text(call, result, "EventId", call_uuid(call));
    return result;
}

bool events_PutEvents(struct call *call)
{
    const struct value *entries = call_list(call, "Entries");
    struct value *results = value_list(call->arena);
    int64_t failed = 0;
    size_t whole = 0, bytes = 0;
    for (size_t i = 0; i < entries->count; i++) {
        whole += is_whole(entries->items[i]);
        for (size_t j = 0; j < ARRAY_LENGTH(needed); j++)
            bytes += value_get_text(entries->items[i], needed[j]).len;
    }
    if (!entries->count || entries->count > ENTRIES_MAX)
        return call_fail(call, 400, "ValidationException",
                         "1 validation error detected: Value at 'entries' failed to satisfy constraint: "
                         "Member must have length from 1 to %d",
                         ENTRIES_MAX);
    if (!whole || bytes > ENTRIES_BYTES_MAX)
        return call_fail(call, 400, "ValidationException",
                         whole ? "Total size of the entries in the request is over the limit."
                               : "Every entry lacks Source, DetailType or Detail.");
    for (size_t i = 0; i < entries->count; i++) {
        struct value *result = take(call, entries->items[i]);
        failed += value_get(result, "ErrorCode") != NULL;
        value_append(call->arena, results, result);
    }
    put_int(call, call->output, "FailedEntryCount", failed);
    put(call, call->output, "Entries", results);
    return true;
}
