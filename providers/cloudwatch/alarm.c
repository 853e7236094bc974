/*
 * AWS::CloudWatch::Alarm: of one metric, of metric math, of a PromQL query.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudwatch-alarm.html
 */

#include "providers/cloudwatch/alarms.h"
#include "providers/cloudwatch/types.h"

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

static bool is_shut_out(const struct value *target, const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(exclusive); i++)
        for (size_t k = 0; k < ARRAY_LENGTH(exclusive[i].out) && exclusive[i].out[k]; k++)
            if (str_is(str_from(name), exclusive[i].out[k]) &&
                alarms_says_something(value_get(target, exclusive[i].declared)))
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
        if (alarms_says_something(wanted))
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

static void alarm_normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(shape, arena, properties);
}

static bool alarm_write(const struct resource_call *, struct resource_state *, struct error *);

static const struct alarms alarms = {
    .type = &cloudwatch_alarm_type,
    .shape = shape,
    .settings = settings,
    .list = "MetricAlarms",
    .put = &cloudwatch_operations[CLOUDWATCH_PUT_METRIC_ALARM],
    .normalize = alarm_normalize,
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

const struct resource_type cloudwatch_alarm_type = {
    .name = "AWS::CloudWatch::Alarm",
    .traits = RESOURCE_TAGGED,
    .name_property = "AlarmName",
    .name_max = 255,
    .read = alarm_read,
    .find = alarm_find,
    .create = alarm_create,
    .update = alarm_update,
    .remove = alarms_remove,
    .normalize = alarm_normalize,
    .arn = "arn:{partition}:cloudwatch:{region}:{account}:alarm:{AlarmName}",
};
