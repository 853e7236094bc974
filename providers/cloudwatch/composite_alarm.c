/*
 * AWS::CloudWatch::CompositeAlarm.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudwatch-compositealarm.html
 */

#include "providers/cloudwatch/alarms.h"
#include "providers/cloudwatch/types.h"

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
        if (alarms_says_something(value) &&
            (suppressed || !str_starts(str_from(*member), "ActionsSuppressor")))
            value_setz(call->arena, input, *member, value_copy(call->arena, value));
    }
    return input;
}

static bool differs(const struct value *target, const struct value *live, const struct value *previous)
{
    (void)previous;
    for (const char *const *name = settings; *name; name++)
        if (shape_differs(target, live, *name))
            return true;
    return false;
}

static bool alarm_write(const struct resource_call *, struct resource_state *, struct error *);

static const struct alarms alarms = {
    .type = &cloudwatch_composite_alarm_type,
    .shape = shape,
    .settings = settings,
    .kind = "CompositeAlarm",
    .list = "CompositeAlarms",
    .put = &cloudwatch_operations[CLOUDWATCH_PUT_COMPOSITE_ALARM],
    .normalize = normalize,
    .input = put_input,
    .differs = differs,
    .write = alarm_write,
};

static bool alarm_write(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return alarms_write(&alarms, call, state, error);
}

static bool alarm_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return alarms_read(&alarms, call, call->physical_id, state, error);
}

static bool alarm_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return alarms_read(&alarms, call, wanted_name(call, "AlarmName"), state, error);
}

static bool alarm_create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return alarms_create(&alarms, call, state, error);
}

static bool alarm_update(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return alarms_update(&alarms, call, state, error);
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
    .remove = alarms_remove,
    .normalize = normalize,
    .arn = "arn:{partition}:cloudwatch:{region}:{account}:alarm:{AlarmName}",
};
