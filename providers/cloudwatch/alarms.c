#include "providers/cloudwatch/alarms.h"

bool alarms_says_something(const struct value *value)
{
    bool list = value_is(value, VALUE_LIST);
    return value && value->kind != VALUE_NULL && !(list && !value->count);
}

static struct value *list_of_one(struct arena *arena, struct str text)
{
    struct value *list = value_list(arena);
    value_append(arena, list, value_string(arena, text));
    return list;
}

static struct value *names_input(struct arena *arena, struct str name)
{
    struct value *input = value_map(arena);
    value_setz(arena, input, "AlarmNames", list_of_one(arena, name));
    return input;
}

static void give_identity(const struct resource_call *call, struct str name, struct resource_state *state)
{
    state->physical_id = arena_str(call->arena, name);
    state->attributes =
        input_with(call->arena, "Arn",
                   arena_printf(call->arena, "arn:%.*s:cloudwatch:%.*s:%.*s:alarm:%.*s",
                                STR_ARG(aws_partition(call->aws)), STR_ARG(aws_region(call->aws)),
                                STR_ARG(aws_account(call->aws)), STR_ARG(name)));
}

/* --- reading --- */

bool alarms_read(const struct alarms *alarms, const struct resource_call *call, struct str name,
                 struct resource_state *state, struct error *error)
{
    struct arena *arena = call->arena;
    struct value *answer, *tags, *input = names_input(arena, name);
    if (alarms->kind)
        value_setz(arena, input, "AlarmTypes", list_of_one(arena, str_from(alarms->kind)));
    if (!aws_call(call->aws, &cloudwatch_operations[CLOUDWATCH_DESCRIBE_ALARMS], arena, input, &answer,
                  error))
        return false;
    const struct value *alarm = value_at(value_get(answer, alarms->list), 0);
    if (!alarm)
        return error_set(error, ERROR_NOT_FOUND, "there is no %salarm '%.*s'",
                         alarms->kind ? "composite " : "", STR_ARG(name));
    give_identity(call, name, state);
    if (!aws_call(call->aws, &cloudwatch_operations[CLOUDWATCH_LIST_TAGS_FOR_RESOURCE], arena,
                  input_with(arena, "ResourceARN", value_get_text(state->attributes, "Arn")), &tags, error))
        return false;
    struct value *live = state->properties = input_with(arena, "AlarmName", name);
    members_copy(arena, live, alarm, alarms->settings);
    state->tags = tags_as_map(arena, value_get(tags, "Tags"), "Key", "Value");
    value_setz(arena, live, "Tags", tags_as_list(arena, tags_of_user(call, state->tags), "Key", "Value"));
    shape_fill(alarms->shape, arena, live);
    alarms->normalize(arena, live);
    return true;
}

/* --- writing --- */

static const struct tag_calls tag_calls = {
    .tag = &cloudwatch_operations[CLOUDWATCH_TAG_RESOURCE],
    .untag = &cloudwatch_operations[CLOUDWATCH_UNTAG_RESOURCE],
    .resource = "ResourceARN",
    .tags = "Tags",
    .names = "TagKeys",
    .key = "Key",
    .value = "Value",
};

bool alarms_write(const struct alarms *alarms, const struct resource_call *call, struct resource_state *state,
                  struct error *error)
{
    struct value *target = shape_target(alarms->shape, call->arena, call->properties, call->previous);
    struct value *previous = shape_target(alarms->shape, call->arena, call->previous, NULL);
    if (!alarms_read(alarms, call, call->physical_id, state, error))
        return false;
    if (alarms->differs(target, state->properties, previous) &&
        !call_simply(call, alarms->put, alarms->input(call, call->physical_id, target, state->properties),
                     error))
        return false;
    return tags_write(call, &tag_calls, value_get_text(state->attributes, "Arn"), state->tags, error);
}

bool alarms_update(const struct alarms *alarms, const struct resource_call *call,
                   struct resource_state *state, struct error *error)
{
    return shape_check(alarms->shape, alarms->type->name, call->properties, error) &&
           update_until_answered(alarms->write, call, state, error);
}

/* Put would overwrite an alarm of that name, so find looks first. */
bool alarms_create(const struct alarms *alarms, const struct resource_call *call,
                   struct resource_state *state, struct error *error)
{
    struct str name = wanted_name(call, "AlarmName");
    bool found;
    if (!shape_check(alarms->shape, alarms->type->name, call->properties, error) ||
        !find_ours(call, alarms->type, state, &found, error))
        return false;
    if (found) {
        struct resource_call made = *call;
        made.physical_id = state->physical_id;
        return update_until_answered(alarms->write, &made, state, error);
    }
    const struct value *target = shape_target(alarms->shape, call->arena, call->properties, NULL);
    struct value *input = alarms->input(call, name, target, NULL);
    value_setz(call->arena, input, "Tags", tags_as_list(call->arena, resource_tags(call), "Key", "Value"));
    give_identity(call, name, state);
    return call_simply(call, alarms->put, input, error);
}

bool alarms_remove(const struct resource_call *call, struct error *error)
{
    return call_or_absent(call, &cloudwatch_operations[CLOUDWATCH_DELETE_ALARMS],
                          names_input(call->arena, call->physical_id), error);
}
