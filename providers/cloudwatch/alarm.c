/*
 * AWS::CloudWatch::Alarm: of one metric, of metric math, of a PromQL query.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudwatch-alarm.html
 */

#include "providers/cloudwatch/operations.h"
#include "providers/cloudwatch/types.h"
#include "providers/resource.h"
#include "providers/shape.h"

#define QUERY(NAME) "Metrics." NAME
#define PROMQL(NAME) "EvaluationCriteria.PromQLCriteria." NAME

static const struct shape shape[] = {
    {.path = "ActionsEnabled", .kind = SHAPE_BOOL, .otherwise = "true"},
    {.path = "AlarmActions", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "AlarmDescription", .otherwise = "\"\""},
    {.path = "AlarmName"},
    {.path = "ComparisonOperator"},
    {.path = "DatapointsToAlarm", .kind = SHAPE_NUMBER},
    {.path = "Dimensions", .kind = SHAPE_SET, .otherwise = "[]", .key = "Name"},
    {.path = "Dimensions.Name"},
    {.path = "Dimensions.Value"},
    {.path = "EvaluateLowSampleCountPercentile"},
    {.path = "EvaluationCriteria", .kind = SHAPE_MAP},
    {.path = "EvaluationCriteria.PromQLCriteria", .kind = SHAPE_MAP},
    {.path = PROMQL("PendingPeriod"), .kind = SHAPE_NUMBER},
    {.path = PROMQL("Query")},
    {.path = PROMQL("RecoveryPeriod"), .kind = SHAPE_NUMBER},
    {.path = "EvaluationInterval", .kind = SHAPE_NUMBER},
    {.path = "EvaluationPeriods", .kind = SHAPE_NUMBER},
    {.path = "EvaluationWindow", .refused = "CloudWatch's PutMetricAlarm has no such setting yet"},
    {.path = "ExtendedStatistic"},
    {.path = "InsufficientDataActions", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "MetricName"},
    {.path = "Metrics", .kind = SHAPE_SET, .otherwise = "[]", .key = "Id"},
    {.path = QUERY("AccountId")},
    {.path = QUERY("Expression")},
    {.path = QUERY("Id")},
    {.path = QUERY("Label")},
    {.path = QUERY("MetricStat"), .kind = SHAPE_MAP},
    {.path = QUERY("MetricStat.Metric"), .kind = SHAPE_MAP},
    {.path = QUERY("MetricStat.Metric.Dimensions"), .kind = SHAPE_SET, .key = "Name"},
    {.path = QUERY("MetricStat.Metric.Dimensions.Name")},
    {.path = QUERY("MetricStat.Metric.Dimensions.Value")},
    {.path = QUERY("MetricStat.Metric.MetricName")},
    {.path = QUERY("MetricStat.Metric.Namespace")},
    {.path = QUERY("MetricStat.Period"), .kind = SHAPE_NUMBER},
    {.path = QUERY("MetricStat.Stat")},
    {.path = QUERY("MetricStat.Unit")},
    {.path = QUERY("Period"), .kind = SHAPE_NUMBER},
    {.path = QUERY("ReturnData"), .kind = SHAPE_BOOL},
    {.path = "Namespace"},
    {.path = "OKActions", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "Period", .kind = SHAPE_NUMBER},
    {.path = "Statistic"},
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.path = "Threshold", .kind = SHAPE_NUMBER},
    {.path = "ThresholdMetricId"},
    {.path = "TreatMissingData", .otherwise = "\"missing\""},
    {.path = "Unit"},
    {.path = NULL},
};

/* What PutMetricAlarm replaces as a whole. */
static const char *const settings[] = {
    "ActionsEnabled",
    "AlarmActions",
    "AlarmDescription",
    "ComparisonOperator",
    "DatapointsToAlarm",
    "Dimensions",
    "EvaluateLowSampleCountPercentile",
    "EvaluationCriteria",
    "EvaluationInterval",
    "EvaluationPeriods",
    "ExtendedStatistic",
    "InsufficientDataActions",
    "MetricName",
    "Metrics",
    "Namespace",
    "OKActions",
    "Period",
    "Statistic",
    "Threshold",
    "ThresholdMetricId",
    "TreatMissingData",
    "Unit",
    NULL,
};

/* --- reading --- */

static struct str arn_of(const struct resource_call *call, struct str name)
{
    return arena_printf(call->arena, "arn:%.*s:cloudwatch:%.*s:%.*s:alarm:%.*s",
                        STR_ARG(aws_partition(call->aws)), STR_ARG(aws_region(call->aws)),
                        STR_ARG(aws_account(call->aws)), STR_ARG(name));
}

static void give_identity(const struct resource_call *call, struct str name, struct resource_state *state)
{
    state->physical_id = arena_str(call->arena, name);
    state->attributes = input_with(call->arena, "Arn", arn_of(call, name));
}

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
    struct value *answer, *tags;
    if (!aws_call(call->aws, &cloudwatch_operations[CLOUDWATCH_DESCRIBE_ALARMS], arena,
                  names_input(arena, name), &answer, error))
        return false;
    const struct value *alarm = value_at(value_get(answer, "MetricAlarms"), 0);
    if (!alarm)
        return error_set(error, ERROR_NOT_FOUND, "there is no alarm '%.*s'", STR_ARG(name));
    if (!aws_call(call->aws, &cloudwatch_operations[CLOUDWATCH_LIST_TAGS_FOR_RESOURCE], arena,
                  input_with(arena, "ResourceARN", arn_of(call, name)), &tags, error))
        return false;
    struct value *live = state->properties = input_with(arena, "AlarmName", name);
    members_copy(arena, live, alarm, settings);
    state->tags = tags_as_map(arena, value_get(tags, "Tags"), "Key", "Value");
    value_setz(arena, live, "Tags", tags_as_list(arena, tags_of_user(call, state->tags), "Key", "Value"));
    give_identity(call, name, state);
    shape_fill(shape, arena, live);
    shape_normalize(shape, arena, live);
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

/* What is declared shuts out what an alarm cannot have beside it. */
static const struct {
    const char *declared;
    const char *out[8];
} exclusive[] = {
    {"EvaluationCriteria",
     {"Dimensions", "ExtendedStatistic", "MetricName", "Metrics", "Namespace", "Period", "Statistic",
      "Unit"}},
    {"ExtendedStatistic", {"Statistic"}},
    {"MetricName", {"EvaluationCriteria", "EvaluationInterval", "Metrics"}},
    {"Metrics",
     {"Dimensions", "EvaluationCriteria", "ExtendedStatistic", "MetricName", "Namespace", "Period",
      "Statistic", "Unit"}},
    {"Statistic", {"ExtendedStatistic"}},
    {"Threshold", {"ThresholdMetricId"}},
    {"ThresholdMetricId", {"Threshold"}},
};

static bool says_something(const struct value *value)
{
    bool list = value_is(value, VALUE_LIST);
    return value && value->kind != VALUE_NULL && !(list && !value->count);
}

static bool is_shut_out(const struct value *target, const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(exclusive); i++)
        for (size_t k = 0; k < ARRAY_LENGTH(exclusive[i].out) && exclusive[i].out[k]; k++)
            if (str_is(str_from(name), exclusive[i].out[k]) &&
                says_something(value_get(target, exclusive[i].declared)))
                return true;
    return false;
}

/* What PutMetricAlarm is not told is taken away: so what is live and not declared is told again. */
static struct value *put_input(const struct resource_call *call, struct str name, const struct value *target,
                               const struct value *live)
{
    struct value *input = input_with(call->arena, "AlarmName", name);
    for (const char *const *member = settings; *member; member++) {
        const struct value *wanted = value_get(target, *member);
        if (!wanted && !is_shut_out(target, *member))
            wanted = value_get(live, *member);
        if (says_something(wanted))
            value_setz(call->arena, input, *member, without_nulls(call->arena, wanted));
    }
    return input;
}

/* CloudWatch fills in members of what was declared, so that one taken out of the template is only seen beside
 * what was applied last. */
static bool differs(const struct value *target, const struct value *live, const struct value *previous)
{
    for (const char *const *name = settings; *name; name++) {
        const struct value *wanted = value_get(target, *name), *was = value_get(previous, *name);
        if (shape_differs(target, live, *name) || (wanted && was && !value_equal(wanted, was)))
            return true;
    }
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
    struct value *previous = shape_target(shape, call->arena, call->previous, NULL);
    if (!read_named(call, call->physical_id, state, error))
        return false;
    if (differs(target, state->properties, previous) &&
        !call_simply(call, &cloudwatch_operations[CLOUDWATCH_PUT_METRIC_ALARM],
                     put_input(call, call->physical_id, target, state->properties), error))
        return false;
    return tags_write(call, &tag_calls, value_get_text(state->attributes, "Arn"), state->tags, error);
}

static bool alarm_update(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return shape_check(shape, cloudwatch_alarm_type.name, call->properties, error) &&
           update_until_answered(update_once, call, state, error);
}

/* PutMetricAlarm would overwrite an alarm of that name, so find looks first. */
static bool alarm_create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct str name = wanted_name(call, "AlarmName");
    bool found;
    if (!shape_check(shape, cloudwatch_alarm_type.name, call->properties, error) ||
        !find_ours(call, &cloudwatch_alarm_type, state, &found, error))
        return false;
    if (found) {
        struct resource_call made = *call;
        made.physical_id = state->physical_id;
        return update_until_answered(update_once, &made, state, error);
    }
    const struct value *target = shape_target(shape, call->arena, call->properties, NULL);
    struct value *input = put_input(call, name, target, NULL);
    value_setz(call->arena, input, "Tags", tags_as_list(call->arena, resource_tags(call), "Key", "Value"));
    give_identity(call, name, state);
    return call_simply(call, &cloudwatch_operations[CLOUDWATCH_PUT_METRIC_ALARM], input, error);
}

static bool alarm_remove(const struct resource_call *call, struct error *error)
{
    return call_or_absent(call, &cloudwatch_operations[CLOUDWATCH_DELETE_ALARMS],
                          names_input(call->arena, call->physical_id), error);
}

static void alarm_normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(shape, arena, properties);
}

const struct resource_type cloudwatch_alarm_type = {
    .name = "AWS::CloudWatch::Alarm",
    .traits = RESOURCE_TAGGED,
    .name_property = "AlarmName",
    .name_max = 255,
    .read = alarm_read,
    .find = alarm_find,
    .create = alarm_create,
    .update = alarm_update,
    .remove = alarm_remove,
    .normalize = alarm_normalize,
    .arn = "arn:{partition}:cloudwatch:{region}:{account}:alarm:{AlarmName}",
};
