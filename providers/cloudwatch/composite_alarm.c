/*
 * AWS::CloudWatch::CompositeAlarm.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudwatch-compositealarm.html
 */

#include "providers/cloudwatch/operations.h"
#include "providers/cloudwatch/types.h"
#include "providers/resource.h"
#include "providers/shape.h"

static const struct shape shape[] = {
    {.path = "ActionsEnabled", .kind = SHAPE_BOOL, .otherwise = "true"},
    {.path = "ActionsSuppressor"},
    {.path = "ActionsSuppressorExtensionPeriod", .kind = SHAPE_NUMBER},
    {.path = "ActionsSuppressorWaitPeriod", .kind = SHAPE_NUMBER},
    {.path = "AlarmActions", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "AlarmDescription", .otherwise = "\"\""},
    {.path = "AlarmName"},
    {.path = "AlarmRule"},
    {.path = "InsufficientDataActions", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "OKActions", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.path = NULL},
};

/* What PutCompositeAlarm replaces as a whole. */
static const char *const settings[] = {
    "ActionsEnabled",
    "ActionsSuppressor",
    "ActionsSuppressorExtensionPeriod",
    "ActionsSuppressorWaitPeriod",
    "AlarmActions",
    "AlarmDescription",
    "AlarmRule",
    "InsufficientDataActions",
    "OKActions",
    NULL,
};

/* White space between the words of a rule means nothing; inside of a name in quotes it does. */
static struct str one_spaced(struct arena *arena, struct str rule)
{
    char *out = arena_alloc(arena, rule.len + 1);
    size_t count = 0;
    char quote = '\0';
    for (size_t i = 0; i < rule.len; i++) {
        char c = rule.ptr[i];
        bool space = !quote && (c == ' ' || c == '\t' || c == '\n' || c == '\r');
        if (c == '"' || c == '\'')
            quote = !quote ? c : quote == c ? '\0' : quote;
        if (space && (count == 0 || out[count - 1] == ' ' || out[count - 1] == '('))
            continue;
        if (c == ')' && !quote && count && out[count - 1] == ' ')
            count--;
        out[count++] = space ? ' ' : c;
    }
    while (count && out[count - 1] == ' ')
        count--;
    return (struct str){.ptr = out, .len = count};
}

static void normalize(struct arena *arena, struct value *properties)
{
    struct value *rule = value_get(properties, "AlarmRule");
    shape_normalize(shape, arena, properties);
    if (value_is(rule, VALUE_STRING))
        value_setz(arena, properties, "AlarmRule",
                   value_at_position_of(value_string(arena, one_spaced(arena, rule->text)), rule));
}

/* --- reading --- */

static struct value *names_input(struct arena *arena, struct str name)
{
    struct value *input = value_map(arena), *names = value_list(arena);
    value_append(arena, names, value_string(arena, name));
    value_setz(arena, input, "AlarmNames", names);
    return input;
}

static bool read_named(const struct resource_call *call, struct str name, struct resource_state *state,
                       struct error *error)
{
    struct arena *arena = call->arena;
    struct value *answer, *tags, *types = value_list(arena), *input = names_input(arena, name);
    value_append(arena, types, value_stringz(arena, "CompositeAlarm"));
    value_setz(arena, input, "AlarmTypes", types);
    if (!aws_call(call->aws, &cloudwatch_operations[CLOUDWATCH_DESCRIBE_ALARMS], arena, input, &answer,
                  error))
        return false;
    const struct value *alarm = value_at(value_get(answer, "CompositeAlarms"), 0);
    if (!alarm)
        return error_set(error, ERROR_NOT_FOUND, "there is no composite alarm '%.*s'", STR_ARG(name));
    struct str arn = value_get_text(alarm, "AlarmArn");
    if (!aws_call(call->aws, &cloudwatch_operations[CLOUDWATCH_LIST_TAGS_FOR_RESOURCE], arena,
                  input_with(arena, "ResourceARN", arn), &tags, error))
        return false;
    struct value *live = state->properties = input_with(arena, "AlarmName", name);
    members_copy(arena, live, alarm, settings);
    state->tags = tags_as_map(arena, value_get(tags, "Tags"), "Key", "Value");
    value_setz(arena, live, "Tags", tags_as_list(arena, tags_of_user(call, state->tags), "Key", "Value"));
    state->physical_id = arena_str(arena, name);
    state->attributes = input_with(arena, "Arn", arn);
    shape_fill(shape, arena, live);
    normalize(arena, live);
    return true;
}

static bool alarm_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read_named(call, call->physical_id, state, error);
}

static bool alarm_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read_named(call, wanted_name(call, "AlarmName"), state, error);
}

/* --- writing --- */

/* What the call is not told is taken away: so what is live and not declared is told again.  The periods go
 * with the suppressor. */
static struct value *put_input(const struct resource_call *call, struct str name, const struct value *target,
                               const struct value *live)
{
    struct value *all = live ? value_copy(call->arena, live) : value_map(call->arena);
    struct value *input = input_with(call->arena, "AlarmName", name);
    for (size_t i = 0; i < target->count; i++)
        value_set(call->arena, all, target->entries[i].key, target->entries[i].value);
    bool suppressed = value_get_text(all, "ActionsSuppressor").len;
    for (const char *const *member = settings; *member; member++) {
        const struct value *value = value_get(all, *member);
        bool empty = !value || value->kind == VALUE_NULL || (value->kind == VALUE_LIST && !value->count);
        if (!empty && (suppressed || !str_starts(str_from(*member), "ActionsSuppressor")))
            value_setz(call->arena, input, *member, value_copy(call->arena, value));
    }
    return input;
}

static bool differs(const struct value *target, const struct value *live)
{
    for (const char *const *name = settings; *name; name++)
        if (shape_differs(target, live, *name))
            return true;
    return false;
}

static const struct tag_calls tag_calls = {
    .tag = &cloudwatch_operations[CLOUDWATCH_TAG_RESOURCE],
    .untag = &cloudwatch_operations[CLOUDWATCH_UNTAG_RESOURCE],
    .resource = "ResourceARN",
    .tags = "Tags",
    .names = "TagKeys",
    .key = "Key",
    .value = "Value",
};

static bool update_once(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct value *target = shape_target(shape, call->arena, call->properties, call->previous);
    if (!read_named(call, call->physical_id, state, error))
        return false;
    if (differs(target, state->properties) &&
        !call_simply(call, &cloudwatch_operations[CLOUDWATCH_PUT_COMPOSITE_ALARM],
                     put_input(call, call->physical_id, target, state->properties), error))
        return false;
    return tags_write(call, &tag_calls, value_get_text(state->attributes, "Arn"), state->tags, error);
}

static bool alarm_update(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return shape_check(shape, cloudwatch_composite_alarm_type.name, call->properties, error) &&
           update_until_answered(update_once, call, state, error);
}

/* PutCompositeAlarm would overwrite an alarm of that name, so find looks first. */
static bool alarm_create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct arena *arena = call->arena;
    struct str name = wanted_name(call, "AlarmName");
    bool found;
    if (!shape_check(shape, cloudwatch_composite_alarm_type.name, call->properties, error) ||
        !find_ours(call, &cloudwatch_composite_alarm_type, state, &found, error))
        return false;
    if (found) {
        struct resource_call made = *call;
        made.physical_id = state->physical_id;
        return update_until_answered(update_once, &made, state, error);
    }
    struct value *input = put_input(call, name, shape_target(shape, arena, call->properties, NULL), NULL);
    value_setz(arena, input, "Tags", tags_as_list(arena, resource_tags(call), "Key", "Value"));
    state->physical_id = arena_str(arena, name);
    state->attributes = input_with(
        arena, "Arn",
        arena_printf(arena, "arn:%.*s:cloudwatch:%.*s:%.*s:alarm:%.*s", STR_ARG(aws_partition(call->aws)),
                     STR_ARG(aws_region(call->aws)), STR_ARG(aws_account(call->aws)), STR_ARG(name)));
    return call_simply(call, &cloudwatch_operations[CLOUDWATCH_PUT_COMPOSITE_ALARM], input, error);
}

static bool alarm_remove(const struct resource_call *call, struct error *error)
{
    return call_or_absent(call, &cloudwatch_operations[CLOUDWATCH_DELETE_ALARMS],
                          names_input(call->arena, call->physical_id), error);
}

const struct resource_type cloudwatch_composite_alarm_type = {
    .name = "AWS::CloudWatch::CompositeAlarm",
    .traits = RESOURCE_TAGGED,
    .name_property = "AlarmName",
    .name_max = 255,
    .read = alarm_read,
    .find = alarm_find,
    .create = alarm_create,
    .update = alarm_update,
    .remove = alarm_remove,
    .normalize = normalize,
    .arn = "arn:{partition}:cloudwatch:{region}:{account}:alarm:{AlarmName}",
};
