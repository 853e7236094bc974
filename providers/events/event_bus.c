/*
 * AWS::Events::EventBus.  Its policy has calls of its own; the default bus is always there and cannot be
 * made. Statements that somebody else put into the policy are taken away where the bus declares one: it is
 * the whole.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-events-eventbus.html
 */

#include "providers/events/common.h"
#include "providers/events/operations.h"
#include "providers/events/types.h"
#include "providers/policy.h"

#define NO_LOG "{\"IncludeDetail\":\"NONE\",\"Level\":\"OFF\"}"

/* UpdateEventBus leaves alone what it is not told: what is taken away is told as nothing. */
static const struct shape rules[] = {
    {.path = "DeadLetterConfig", .kind = SHAPE_MAP, .otherwise = "{}"},
    {.path = "Description", .otherwise = "\"\""},
    {.path = "KmsKeyIdentifier", .otherwise = "\"\""},
    {.path = "LogConfig", .kind = SHAPE_MAP, .otherwise = NO_LOG},
    {.path = "LogConfig.IncludeDetail", .otherwise = "\"NONE\""},
    {.path = "LogConfig.Level", .otherwise = "\"OFF\""},
    {.path = "Policy", .kind = SHAPE_POLICY, .in_text = true},
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.facts = "AWS::Events::EventBus"},
};

static const char *const apart[] = {"Policy", NULL};

static const struct value *statements_of(const struct value *policy)
{
    const struct value *list = value_get(policy, "Statement");
    return value_is(list, VALUE_LIST) ? list : NULL;
}

static bool has_statement(const struct value *policy, struct str id)
{
    const struct value *list = statements_of(policy);
    for (size_t i = 0; list && i < list->count; i++)
        if (str_equal(value_get_text(list->items[i], "Sid"), id))
            return true;
    return false;
}

static bool remove_statement(const struct resource_call *call, struct str id, struct error *error)
{
    struct value *input = input_with(call->arena, "EventBusName", call->physical_id);
    return call_or_absent(call, &events_operations[EVENTS_REMOVE_PERMISSION],
                          and_with(call->arena, input, "StatementId", id), error);
}

static bool remove_all(const struct resource_call *call, struct error *error)
{
    struct value *input = input_with(call->arena, "EventBusName", call->physical_id);
    value_setz(call->arena, input, "RemoveAllPermissions", value_bool(call->arena, true));
    return call_or_absent(call, &events_operations[EVENTS_REMOVE_PERMISSION], input, error);
}

/* No page says whether PutPermission takes away what its policy does not name: those statements go by
 * themselves, which is no error where they are gone. */
static bool write_policy(const struct resource_call *call, const struct value *target,
                         const struct resource_state *live, struct error *error)
{
    const struct value *policy = value_get(target, "Policy");
    const struct value *old = statements_of(value_get(live->properties, "Policy"));
    if (!policy || !shape_differs_at_all(target, live->properties, "Policy"))
        return true;
    if (policy->kind == VALUE_NULL)
        return remove_all(call, error);
    struct value *input = input_with(call->arena, "EventBusName", call->physical_id);
    and_with(call->arena, input, "Policy", policy_text(call->arena, policy));
    if (!call_over_hurdles(call->aws, &events_operations[EVENTS_PUT_PERMISSION], call->arena, input,
                           events_hurdles, EVENTS_BUSY_MS, NULL, error))
        return false;
    for (size_t i = 0; old && i < old->count; i++) {
        struct str id = value_get_text(old->items[i], "Sid");
        if (id.len && !has_statement(policy, id) && !remove_statement(call, id, error))
            return false;
    }
    return true;
}

static bool receive(const struct resource_call *call, const struct value *item, struct resource_state *state,
                    struct error *error)
{
    (void)error;
    and_with(call->arena, state->attributes, "Name", value_get_text(item, "Name"));
    if (value_get(item, "Policy"))
        and_with(call->arena, state->attributes, "Policy", value_get_text(item, "Policy"));
    return true;
}

static bool check(const struct value *properties, struct error *error)
{
    const struct value *name = value_get(properties, "Name");
    return !value_is_text(name, "default") ||
           value_error(
               name, error, ERROR_INVALID,
               "the bus 'default' is always there: leave the resource out, and name the bus 'default'");
}

static const struct plain_key keys[] = {{"Name", NULL}, {NULL, NULL}};

static const struct plain bus = {
    .rules = rules,
    .apart = apart,
    .create = &events_operations[EVENTS_CREATE_EVENT_BUS],
    .read = &events_operations[EVENTS_DESCRIBE_EVENT_BUS],
    .update = &events_operations[EVENTS_UPDATE_EVENT_BUS],
    .remove = &events_operations[EVENTS_DELETE_EVENT_BUS],
    .keys = keys,
    .hurdles = events_hurdles,
    .hurdles_ms = EVENTS_BUSY_MS,
    .tags = "Tags",
    .tag_key = "Key",
    .tag_value = "Value",
    .list_tags = &events_operations[EVENTS_LIST_TAGS_FOR_RESOURCE],
    .list_tags_item = "Tags",
    .tag_calls = &events_tag_calls,
    .tagged = "Arn",
    .receive = receive,
    .write_apart = write_policy,
};

const struct resource_type events_event_bus_type = {
    .name = "AWS::Events::EventBus",
    .traits = RESOURCE_TAGGED,
    .name_property = "Name",
    .name_max = 256,
    .plain = &bus,
    PLAIN_LIFE,
    .check = check,
    .arn = "arn:{partition}:events:{region}:{account}:event-bus/{Name}",
};
