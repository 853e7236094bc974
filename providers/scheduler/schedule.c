/*
 * AWS::Scheduler::Schedule.  UpdateSchedule replaces the whole.  Names are unique in a group, and Ref gives
 * the name alone: the group is known from the properties, else the schedule is looked for in all of them.  A
 * schedule that moves to another group is made there before it is removed here.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-scheduler-schedule.html
 */

#include "base/clock.h"
#include "providers/plain.h"
#include "providers/scheduler/expression.h"
#include "providers/scheduler/operations.h"
#include "providers/scheduler/types.h"

enum { PROPAGATION_MS = 60 * 1000 };

#define TARGET(NAME) "Target." NAME
#define ECS(NAME) TARGET("EcsParameters." NAME)
#define RETRIES "{\"MaximumEventAgeInSeconds\":86400,\"MaximumRetryAttempts\":185}"

static const struct shape rules[] = {
    {.path = "GroupName", .otherwise = "\"default\""},
    {.path = "ScheduleExpressionTimezone", .otherwise = "\"UTC\""},
    {.path = "State", .otherwise = "\"ENABLED\""},
    {.path = TARGET("RetryPolicy"), .kind = SHAPE_MAP, .otherwise = RETRIES},
    {.path = TARGET("RetryPolicy.MaximumEventAgeInSeconds"), .kind = SHAPE_NUMBER, .otherwise = "86400"},
    {.path = TARGET("RetryPolicy.MaximumRetryAttempts"), .kind = SHAPE_NUMBER, .otherwise = "185"},
    {.path = ECS("Tags"), .kind = SHAPE_JSON},
    {.facts = "AWS::Scheduler::Schedule"},
};

static const struct wire_name names[] = {
    {ECS("CapacityProviderStrategy.Base"), "base"},
    {ECS("CapacityProviderStrategy.CapacityProvider"), "capacityProvider"},
    {ECS("CapacityProviderStrategy.Weight"), "weight"},
    {ECS("NetworkConfiguration.AwsvpcConfiguration"), "awsvpcConfiguration"},
    {ECS("PlacementConstraints.Expression"), "expression"},
    {ECS("PlacementConstraints.Type"), "type"},
    {ECS("PlacementStrategy.Field"), "field"},
    {ECS("PlacementStrategy.Type"), "type"},
    {NULL, NULL},
};

/* A new role is not known everywhere at once. */
static const struct hurdle new_role[] = {{"ValidationException", "to assume the role"}, {NULL, NULL}};

static const char *const dates[] = {"StartDate", "EndDate"};

/* What the facts have no name for, and UpdateSchedule would take away. */
static bool keep_the_rest(const struct resource_call *call, struct value *input, struct error *error)
{
    static const char *const rest[] = {"ActionAfterCompletion", NULL};
    struct value *asked = input_with(call->arena, "Name", call->physical_id), *answer;
    static const char *const group[] = {"GroupName", NULL};
    members_copy(call->arena, asked, input, group);
    if (!aws_call(call->aws, &scheduler_operations[SCHEDULER_GET_SCHEDULE], call->arena, asked, &answer,
                  error))
        return false;
    members_copy(call->arena, input, answer, rest);
    return true;
}

/* Dates are seconds in the API. */
static bool send(const struct resource_call *call, const struct value *target,
                 const struct resource_state *live, struct value *input, struct error *error)
{
    int64_t wall;
    (void)target;
    for (size_t i = 0; i < ARRAY_LENGTH(dates); i++) {
        const struct value *date = value_get(input, dates[i]);
        if (!value_is(date, VALUE_STRING))
            continue;
        if (!time_parse(date->text, &wall))
            return value_error(date, error, ERROR_INVALID,
                               "%s '%.*s' is no date and time such as 2026-12-01T08:00:00Z", dates[i],
                               STR_ARG(date->text));
        value_setz(call->arena, input, dates[i], value_int(call->arena, wall / 1000));
    }
    return !live || keep_the_rest(call, input, error);
}

static bool receive(const struct resource_call *call, const struct value *item, struct resource_state *state,
                    struct error *error)
{
    (void)error;
    for (size_t i = 0; i < ARRAY_LENGTH(dates); i++) {
        int64_t seconds;
        struct str text = value_get_text(item, dates[i]); /* "1764576000.0" */
        if (str_to_int(str_slice(text, 0, str_find(text, '.')), &seconds))
            and_with(call->arena, state->properties, dates[i], time_iso8601(call->arena, seconds * 1000));
    }
    return true;
}

static const struct plain_key keys[] = {{"Name", NULL}, {"GroupName", "GroupName"}, {NULL, NULL}};

static const struct plain schedule = {
    .rules = rules,
    .names = names,
    .create = &scheduler_operations[SCHEDULER_CREATE_SCHEDULE],
    .read = &scheduler_operations[SCHEDULER_GET_SCHEDULE],
    .update = &scheduler_operations[SCHEDULER_UPDATE_SCHEDULE],
    .remove = &scheduler_operations[SCHEDULER_DELETE_SCHEDULE],
    .keys = keys,
    .updates_whole = true,
    .token = "ClientToken",
    .hurdles = new_role,
    .hurdles_ms = PROPAGATION_MS,
    .send = send,
    .receive = receive,
};

/* --- groups --- */

static struct str group_of(const struct value *properties)
{
    struct str group = value_get_text(properties, "GroupName");
    return group.len ? group : STR("default");
}

/* The same call about the schedule in this group. */
static struct resource_call in_group(const struct resource_call *call, struct str group)
{
    struct resource_call there = *call;
    struct value *properties =
        call->properties ? value_copy(call->arena, call->properties) : value_map(call->arena);
    there.properties = and_with(call->arena, properties, "GroupName", group);
    return there;
}

/* Nobody says which group: the one that has a schedule of this name. */
static bool look_for_group(const struct resource_call *call, struct str *group, struct error *error)
{
    struct value *found, *input = input_with(call->arena, "NamePrefix", call->physical_id);
    if (!aws_list(call->aws, &scheduler_operations[SCHEDULER_LIST_SCHEDULES], call->arena, input, &found,
                  error))
        return false;
    for (size_t i = 0; i < found->count; i++)
        if (str_equal(value_get_text(found->items[i], "Name"), call->physical_id)) {
            *group = value_get_text(found->items[i], "GroupName");
            return true;
        }
    *group = STR("default");
    return true;
}

static bool schedule_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct str group = group_of(plain_known(call));
    if (!plain_known(call) && !look_for_group(call, &group, error))
        return false;
    struct resource_call there = in_group(call, group);
    return plain_read(&there, state, error);
}

static bool schedule_remove(const struct resource_call *call, struct error *error)
{
    struct str group = group_of(plain_known(call));
    if (!plain_known(call) && !look_for_group(call, &group, error))
        return false;
    struct resource_call there = in_group(call, group);
    return plain_remove(&there, error);
}

/* Each step may have been taken by an earlier try: what stands there as it is wanted is its work. */
static bool move(const struct resource_call *call, struct str from, struct resource_state *state,
                 struct error *error)
{
    struct resource_call new = in_group(call, group_of(call->properties)), old = in_group(call, from);
    const struct value *target = shape_target(rules, call->arena, new.properties, NULL);
    new.name = call->physical_id;
    bool there = plain_read(&new, state, error);
    if (!there && error->code != ERROR_NOT_FOUND)
        return false;
    error_clear(error);
    if (there && !shape_covers(target, state->properties))
        return error_set(error, ERROR_CONFLICT, "group '%.*s' has another schedule '%.*s' already",
                         STR_ARG(group_of(call->properties)), STR_ARG(call->physical_id));
    return (there || plain_create(&new, state, error)) && plain_remove(&old, error);
}

static bool schedule_update(const struct resource_call *call, struct resource_state *state,
                            struct error *error)
{
    struct str from = group_of(call->previous);
    if (call->previous && !str_equal(from, group_of(call->properties)))
        return move(call, from, state, error);
    return plain_update(call, state, error);
}

static void schedule_normalize(struct arena *arena, struct value *properties)
{
    struct str expression = value_get_text(properties, "ScheduleExpression");
    int64_t wall;
    if (expression.len)
        and_with(arena, properties, "ScheduleExpression", schedule_expression(arena, expression));
    for (size_t i = 0; i < ARRAY_LENGTH(dates); i++)
        if (time_parse(value_get_text(properties, dates[i]), &wall))
            and_with(arena, properties, dates[i], time_iso8601(arena, wall));
}

const struct resource_type scheduler_schedule_type = {
    .name = "AWS::Scheduler::Schedule",
    .name_property = "Name",
    .name_max = 64,
    .plain = &schedule,
    .read = schedule_read,
    .find = plain_find,
    .create = plain_create,
    .update = schedule_update,
    .remove = schedule_remove,
    .normalize = schedule_normalize,
    .arn = "arn:{partition}:scheduler:{region}:{account}:schedule/*/{Name}",
};
