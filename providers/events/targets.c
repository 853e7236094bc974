#include "providers/events/targets.h"

#include "providers/aws/failure.h"
#include "providers/events/operations.h"
#include "providers/shape.h"

/* --- names: CloudFormation's and EventBridge's --- */

/* The deepest come first, so that the way to them still has CloudFormation's names. */
static const struct renamed {
    const char *path[3]; /* from the target to the map, or to a list of maps */
    const char *ours, *theirs;
} renamed[] = {
    {{"EcsParameters", "CapacityProviderStrategy"}, "Base", "base"},
    {{"EcsParameters", "CapacityProviderStrategy"}, "CapacityProvider", "capacityProvider"},
    {{"EcsParameters", "CapacityProviderStrategy"}, "Weight", "weight"},
    {{"EcsParameters", "NetworkConfiguration"}, "AwsVpcConfiguration", "awsvpcConfiguration"},
    {{"EcsParameters", "PlacementConstraints"}, "Expression", "expression"},
    {{"EcsParameters", "PlacementConstraints"}, "Type", "type"},
    {{"EcsParameters", "PlacementStrategies"}, "Field", "field"},
    {{"EcsParameters", "PlacementStrategies"}, "Type", "type"},
    {{"EcsParameters"}, "PlacementStrategies", "PlacementStrategy"},
    {{"EcsParameters"}, "TagList", "Tags"},
};

static void rename_member(struct arena *arena, struct value *map, const char *from, const char *to)
{
    for (size_t i = 0; value_is(map, VALUE_LIST) && i < map->count; i++)
        rename_member(arena, map->items[i], from, to);
    struct value *member = value_get(map, from);
    if (!member)
        return;
    value_remove(map, str_from(from));
    value_setz(arena, map, to, member);
}

static struct value *place_of(struct value *target, const struct renamed *row)
{
    for (size_t i = 0; i < ARRAY_LENGTH(row->path) && row->path[i]; i++)
        target = value_get(target, row->path[i]);
    return target;
}

static struct value *to_theirs(struct arena *arena, const struct value *target)
{
    struct value *copy = without_nulls(arena, target);
    for (size_t i = 0; i < ARRAY_LENGTH(renamed); i++)
        rename_member(arena, place_of(copy, &renamed[i]), renamed[i].ours, renamed[i].theirs);
    return copy;
}

static void to_ours(struct arena *arena, struct value *target)
{
    for (size_t i = ARRAY_LENGTH(renamed); i-- > 0;)
        rename_member(arena, place_of(target, &renamed[i]), renamed[i].theirs, renamed[i].ours);
}

/* --- reading --- */

bool targets_read(const struct resource_call *call, const struct value *rule, struct value **targets,
                  struct error *error)
{
    if (!aws_list(call->aws, &events_operations[EVENTS_LIST_TARGETS_BY_RULE], call->arena, rule, targets,
                  error))
        return false;
    for (size_t i = 0; i < (*targets)->count; i++)
        to_ours(call->arena, (*targets)->items[i]);
    return true;
}

const struct value *target_with(const struct value *list, struct str id)
{
    for (size_t i = 0; value_is(list, VALUE_LIST) && i < list->count; i++)
        if (str_equal(value_get_text(list->items[i], "Id"), id))
            return list->items[i];
    return NULL;
}

/* --- writing --- */

/* An answer of these calls is 200 even where a target failed. */
static bool check_entries(struct arena *arena, const struct value *answer,
                          const struct aws_operation *operation, struct error *error)
{
    const struct value *first = value_at(value_get(answer, "FailedEntries"), 0);
    if (value_get_int(answer, "FailedEntryCount", 0) == 0 || !first)
        return true;
    struct str code = value_get_text(first, "ErrorCode"), text = value_get_text(first, "ErrorMessage");
    struct str id = value_get_text(first, "TargetId");
    error_set(error, failure_code(&events_service, code, text, 400),
              "EventBridge %s: target '%.*s': %.*s: %.*s", operation->name, STR_ARG(id), STR_ARG(code),
              STR_ARG(text));
    error_set_name(error, arena_strz(arena, code));
    return false;
}

static bool is_as_wanted(const struct value *wanted, const struct value *live, const struct value *previous)
{
    if (!live || !shape_covers(wanted, live))
        return false;
    return !previous || value_equal(wanted, previous);
}

static struct value *targets_to_put(struct arena *arena, const struct value *wanted, const struct value *live,
                                    const struct value *previous)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; value_is(wanted, VALUE_LIST) && i < wanted->count; i++) {
        struct str id = value_get_text(wanted->items[i], "Id");
        if (!is_as_wanted(wanted->items[i], target_with(live, id), target_with(previous, id)))
            value_append(arena, list, to_theirs(arena, wanted->items[i]));
    }
    return list;
}

static struct value *ids_to_remove(struct arena *arena, const struct value *wanted, const struct value *live,
                                   const struct value *previous)
{
    struct value *ids = value_list(arena);
    for (size_t i = 0; value_is(previous, VALUE_LIST) && i < previous->count; i++) {
        struct str id = value_get_text(previous->items[i], "Id");
        if (!target_with(wanted, id) && target_with(live, id))
            value_append(arena, ids, value_string(arena, id));
    }
    return ids;
}

bool targets_remove(const struct resource_call *call, const struct value *rule, const struct value *ids,
                    struct error *error)
{
    const struct aws_operation *operation = &events_operations[EVENTS_REMOVE_TARGETS];
    struct value *input = value_copy(call->arena, rule), *answer;
    if (!ids->count)
        return true;
    value_setz(call->arena, input, "Ids", value_copy(call->arena, ids));
    return aws_call(call->aws, operation, call->arena, input, &answer, error) &&
           check_entries(call->arena, answer, operation, error);
}

static bool put(const struct resource_call *call, const struct value *rule, struct value *targets,
                const struct hurdle *hurdles, int64_t timeout_ms, struct error *error)
{
    const struct aws_operation *operation = &events_operations[EVENTS_PUT_TARGETS];
    struct value *input = value_copy(call->arena, rule), *answer;
    if (!targets->count)
        return true;
    value_setz(call->arena, input, "Targets", targets);
    return call_over_hurdles(call->aws, operation, call->arena, input, hurdles, timeout_ms, &answer, error) &&
           check_entries(call->arena, answer, operation, error);
}

/* New targets come before old ones go, so that no event is lost between; where the rule is full, the old ones
 * have to make room. */
bool targets_write(const struct resource_call *call, const struct value *rule, const struct value *wanted,
                   const struct value *live, const struct value *previous, const struct hurdle *hurdles,
                   int64_t timeout_ms, struct error *error)
{
    struct value *new = targets_to_put(call->arena, wanted, live, previous);
    const struct value *old = ids_to_remove(call->arena, wanted, live, previous);
    if (put(call, rule, new, hurdles, timeout_ms, error))
        return targets_remove(call, rule, old, error);
    if (!error_is(error, "LimitExceededException") || !old->count)
        return false;
    error_clear(error);
    return targets_remove(call, rule, old, error) && put(call, rule, new, hurdles, timeout_ms, error);
}
