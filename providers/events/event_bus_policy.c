/*
 * AWS::Events::EventBusPolicy: one statement of the policy of a bus, as a whole ("Statement") or by the older
 * properties that PutPermission has members for.  A whole statement goes in by reading and writing the
 * policy: it is looked at afterwards, since another statement may be written at the same time.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-events-eventbuspolicy.html
 */

#include "providers/events/common.h"
#include "providers/events/operations.h"
#include "providers/events/types.h"
#include "providers/policy.h"

enum { WRITE_ATTEMPTS = 5, WRITE_PAUSE_MS = 500 };

static const struct shape rules[] = {
    {.path = "EventBusName", .otherwise = "\"default\""},
    {.path = "Statement", .kind = SHAPE_JSON},
    {.facts = "AWS::Events::EventBusPolicy"},
};

/* "BUS|STATEMENT", or what the properties say. */
struct place {
    struct str bus, id;
};

static struct place place_of(const struct resource_call *call)
{
    size_t bar = str_find(call->physical_id, '|');
    if (call->physical_id.len)
        return (struct place){str_slice(call->physical_id, 0, bar),
                              str_from_index(call->physical_id, bar + 1)};
    return (struct place){events_bus_name(value_get_text(call->properties, "EventBusName")),
                          value_get_text(call->properties, "StatementId")};
}

/* The policy of the bus, NULL where it has none, and the statement in it, NULL where there is none. */
static bool read_policy(const struct resource_call *call, struct place place, struct value **policy,
                        struct value **statement, struct error *error)
{
    struct value *bus;
    *policy = *statement = NULL;
    if (!aws_call(call->aws, &events_operations[EVENTS_DESCRIBE_EVENT_BUS], call->arena,
                  input_with(call->arena, "Name", place.bus), &bus, error))
        return false;
    if (!value_get_text(bus, "Policy").len)
        return true;
    if (!json_of_answer(call->arena, value_get_text(bus, "Policy"), policy, error))
        return false;
    const struct value *all = value_get(*policy, "Statement");
    for (size_t i = 0; value_is(all, VALUE_LIST) && i < all->count; i++)
        if (str_equal(value_get_text(all->items[i], "Sid"), place.id))
            *statement = all->items[i];
    return true;
}

/* The one form of a statement, without its id. */
static struct value *statement_form(struct arena *arena, const struct value *statement)
{
    struct value *policy = input_with(arena, "Version", STR("2012-10-17")), *list = value_list(arena);
    value_append(arena, list, value_copy(arena, statement));
    value_setz(arena, policy, "Statement", list);
    policy = policy_normalize(arena, policy);
    struct value *form = value_at(value_get(policy, "Statement"), 0);
    if (value_is(form, VALUE_MAP))
        (void)value_remove(form, STR("Sid"));
    return form ? form : value_copy(arena, statement);
}

/* What the older properties say. */
static void read_members(struct arena *arena, const struct value *statement, struct value *live)
{
    const struct value *principal = value_get(statement, "Principal"),
                       *operators = value_get(statement, "Condition");
    if (value_is(principal, VALUE_MAP))
        principal = value_get(principal, "AWS");
    and_with(arena, live, "Action", value_get_text(statement, "Action"));
    and_with(arena, live, "Principal", policy_principal(value_text(principal)));
    if (!value_is(operators, VALUE_MAP) || operators->count != 1 ||
        !value_is(operators->entries[0].value, VALUE_MAP) || operators->entries[0].value->count != 1)
        return;
    const struct value_entry *test = &operators->entries[0].value->entries[0];
    struct value *condition = input_with(arena, "Type", operators->entries[0].key);
    and_with(arena, condition, "Key", test->key);
    value_setz(arena, live, "Condition", and_with(arena, condition, "Value", value_text(test->value)));
}

static void state_of(const struct resource_call *call, struct place place, const struct value *statement,
                     struct resource_state *state)
{
    struct arena *arena = call->arena;
    state->physical_id = arena_printf(arena, "%.*s|%.*s", STR_ARG(place.bus), STR_ARG(place.id));
    state->attributes = input_with(arena, "Id", state->physical_id);
    state->properties = input_with(arena, "EventBusName", place.bus);
    and_with(arena, state->properties, "StatementId", place.id);
    if (value_get(plain_known(call), "Action"))
        read_members(arena, statement, state->properties);
    else
        value_setz(arena, state->properties, "Statement", statement_form(arena, statement));
}

static bool statement_read(const struct resource_call *call, struct resource_state *state,
                           struct error *error)
{
    struct place place = place_of(call);
    struct value *policy, *statement;
    if (!read_policy(call, place, &policy, &statement, error))
        return false;
    if (!statement)
        return error_set(error, ERROR_NOT_FOUND, "bus '%.*s' has no statement '%.*s'", STR_ARG(place.bus),
                         STR_ARG(place.id));
    state_of(call, place, statement, state);
    return true;
}

static bool put(const struct resource_call *call, const struct value *input, struct error *error)
{
    return call_over_hurdles(call->aws, &events_operations[EVENTS_PUT_PERMISSION], call->arena, input,
                             events_hurdles, EVENTS_BUSY_MS, NULL, error);
}

/* The policy with the statement in it, in the place of the one that has its id. */
static struct str policy_with(struct arena *arena, const struct value *policy, struct place place,
                              const struct value *statement)
{
    struct value *all = value_list(arena), *own = value_copy(arena, statement);
    const struct value *old = value_get(policy, "Statement");
    for (size_t i = 0; value_is(old, VALUE_LIST) && i < old->count; i++)
        if (!str_equal(value_get_text(old->items[i], "Sid"), place.id))
            value_append(arena, all, old->items[i]);
    value_append(arena, all, and_with(arena, own, "Sid", place.id));
    struct value *whole = input_with(arena, "Version", STR("2012-10-17"));
    value_setz(arena, whole, "Statement", all);
    return json_for_request(arena, whole);
}

static bool write_statement(const struct resource_call *call, struct place place, const struct value *wanted,
                            struct error *error)
{
    struct arena *arena = call->arena;
    for (int attempt = 1;; attempt++) {
        struct value *policy, *statement;
        if (!read_policy(call, place, &policy, &statement, error))
            return false;
        if (statement && value_equal(statement_form(arena, statement), statement_form(arena, wanted)))
            return true;
        if (attempt > WRITE_ATTEMPTS)
            return error_set(
                error, ERROR_UNAVAILABLE,
                "the statement '%.*s' is not in the policy of bus '%.*s' although it was put there",
                STR_ARG(place.id), STR_ARG(place.bus));
        if (attempt > 1)
            clock_sleep(aws_clock(call->aws), WRITE_PAUSE_MS * attempt);
        struct value *input = input_with(arena, "EventBusName", place.bus);
        if (!put(call, and_with(arena, input, "Policy", policy_with(arena, policy, place, wanted)), error))
            return false;
    }
}

static bool write(const struct resource_call *call, struct place place, struct error *error)
{
    static const char *const members[] = {"Action", "Principal", "Condition", NULL};
    const struct value *target = shape_target(rules, call->arena, call->properties, NULL);
    if (value_get(target, "Statement"))
        return write_statement(call, place, value_get(target, "Statement"), error);
    struct value *input = input_with(call->arena, "EventBusName", place.bus);
    and_with(call->arena, input, "StatementId", place.id);
    members_copy(call->arena, input, target, members);
    return put(call, input, error);
}

/* A statement of that id is taken for the work of an earlier try only where it is what is wanted. */
static bool statement_create(const struct resource_call *call, struct resource_state *state,
                             struct error *error)
{
    struct place place = place_of(call);
    if (!shape_check(rules, events_event_bus_policy_type.name, call->properties, error))
        return false;
    bool there = statement_read(call, state, error);
    if (!there && error->code != ERROR_NOT_FOUND)
        return false;
    error_clear(error);
    struct value *wanted = value_copy(call->arena, call->properties);
    resource_normalize(&events_event_bus_policy_type, call->arena, wanted);
    if (there && !shape_covers(wanted, state->properties))
        return error_set(error, ERROR_CONFLICT, "bus '%.*s' has another statement '%.*s' already",
                         STR_ARG(place.bus), STR_ARG(place.id));
    if (!there && !write(call, place, error))
        return false;
    state->physical_id = arena_printf(call->arena, "%.*s|%.*s", STR_ARG(place.bus), STR_ARG(place.id));
    state->attributes = input_with(call->arena, "Id", state->physical_id);
    return true;
}

static bool statement_update(const struct resource_call *call, struct resource_state *state,
                             struct error *error)
{
    return shape_check(rules, events_event_bus_policy_type.name, call->properties, error) &&
           write(call, place_of(call), error) && statement_read(call, state, error);
}

static bool statement_remove(const struct resource_call *call, struct error *error)
{
    struct place place = place_of(call);
    struct value *input = input_with(call->arena, "EventBusName", place.bus);
    return call_or_absent(call, &events_operations[EVENTS_REMOVE_PERMISSION],
                          and_with(call->arena, input, "StatementId", place.id), error);
}

static void statement_normalize(struct arena *arena, struct value *properties)
{
    const struct value *statement = value_get(properties, "Statement");
    const struct value *principal = value_get(properties, "Principal");
    struct str bus = value_get_text(properties, "EventBusName");
    shape_normalize(rules, arena, properties);
    and_with(arena, properties, "EventBusName", events_bus_name(bus));
    if (value_is(statement, VALUE_MAP))
        value_setz(arena, properties, "Statement", statement_form(arena, statement));
    if (value_is(principal, VALUE_STRING))
        and_with(arena, properties, "Principal", policy_principal(principal->text));
}

static const char *const readable[] = {"Action", "Condition", "Principal", NULL};

const struct resource_type events_event_bus_policy_type = {
    .name = "AWS::Events::EventBusPolicy",
    .readable = readable,
    .read = statement_read,
    .find = statement_read,
    .create = statement_create,
    .update = statement_update,
    .remove = statement_remove,
    .normalize = statement_normalize,
    .arn = "arn:{partition}:events:{region}:{account}:event-bus/*",
};
