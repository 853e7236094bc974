#include "providers/events/common.h"

#include "providers/events/operations.h"

const struct hurdle events_hurdles[] = {{"ConcurrentModificationException", NULL}, {NULL, NULL}};

const struct tag_calls events_tag_calls = {
    .tag = &events_operations[EVENTS_TAG_RESOURCE],
    .untag = &events_operations[EVENTS_UNTAG_RESOURCE],
    .resource = "ResourceARN",
    .tags = "Tags",
    .names = "TagKeys",
    .key = "Key",
    .value = "Value",
};

struct str events_bus_name(struct str given)
{
    static const char mark[] = ":event-bus/";
    size_t length = sizeof(mark) - 1;
    for (size_t at = 0; str_starts(given, "arn:") && at + length < given.len; at++)
        if (str_is(str_slice(given, at, length), mark))
            return str_from_index(given, at + length);
    return given.len ? given : STR("default");
}

void events_arn_for_policy(const struct resource_call *call, struct resource_state *state, struct str arn)
{
    and_with(call->arena, state->attributes, "Arn", arn);
    and_with(call->arena, state->attributes, "ArnForPolicy", str_slice(arn, 0, str_find_last(arn, '/')));
}
