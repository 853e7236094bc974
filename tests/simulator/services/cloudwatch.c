/*
 * Amazon CloudWatch, as of its API reference: metric and composite alarms with their state, dashboards, tags.
 * Metrics are in cloudwatch_metrics.c and cloudwatch_query.c.
 */

#include "tests/simulator/services/cloudwatch.h"

#include "base/json.h"

enum { PAGE = 50, PAGE_MAX = 100, RULE_LONGEST = 10240 };

static const struct sim_paging paging = {.size_member = "MaxRecords",
                                         .token_member = "NextToken",
                                         .size = PAGE,
                                         .size_max = PAGE_MAX,
                                         .error_code = "InvalidNextToken"};

static const char *const comparisons[] = {
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "GreaterThanUpperThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "LessThanOrEqualToThreshold",
    "LessThanThreshold",
};

static struct value *alarms(struct call *call)
{
    return state_map(call, "alarms");
}

static struct value *composites(struct call *call)
{
    return state_map(call, "composites");
}

/* name -> {"body", "tags": {}} */
static struct value *dashboards(struct call *call)
{
    return state_map(call, "dashboards");
}

static bool check_alarm(struct call *call)
{
    int64_t evaluations, datapoints, period;
    bool known = false, metrics = call_list(call, "Metrics")->count > 0;
    for (size_t i = 0; i < ARRAY_LENGTH(comparisons); i++)
        known = known || str_is(call_text(call, "ComparisonOperator"), comparisons[i]);
    if (!call_text(call, "AlarmName").len)
        return cloudwatch_invalid(call, "1 validation error detected: AlarmName is required");
    if (!known)
        return cloudwatch_invalid(call, "1 validation error detected: ComparisonOperator is not valid");
    if (!str_to_int(call_text(call, "EvaluationPeriods"), &evaluations) || evaluations < 1)
        return cloudwatch_invalid(call, "1 validation error detected: EvaluationPeriods must be at least 1");
    if (call_has(call, "DatapointsToAlarm") &&
        (!str_to_int(call_text(call, "DatapointsToAlarm"), &datapoints) || datapoints > evaluations))
        return cloudwatch_invalid(call, "DatapointsToAlarm must not exceed EvaluationPeriods");
    if (metrics == (call_text(call, "MetricName").len > 0))
        return cloudwatch_invalid(call, "An alarm needs either Metrics or MetricName");
    if (!metrics && (!str_to_int(call_text(call, "Period"), &period) ||
                     !(period == 10 || period == 20 || period == 30 || (period > 0 && period % 60 == 0))))
        return cloudwatch_invalid(call, "Period must be 10, 20, 30 or a multiple of 60");
    if (!metrics && !call_text(call, "Statistic").len && !call_text(call, "ExtendedStatistic").len)
        return cloudwatch_invalid(call, "An alarm needs Statistic or ExtendedStatistic");
    return true;
}

/* PutMetricAlarm sets the whole alarm. */
static void set_member(struct call *call, struct value *alarm, const char *name)
{
    if (call_has(call, name) && call_text(call, name).len)
        state_text(call, alarm, name, call_text(call, name));
    else
        (void)value_remove(alarm, str_from(name));
}

static void set_list(struct call *call, struct value *alarm, const char *name)
{
    state_put(call, alarm, str_from(name), call_list(call, name));
}

static struct value *alarm_named(struct call *call, struct value *all, struct str name)
{
    struct value *alarm = value_get_str(all, name);
    if (alarm)
        return alarm;
    alarm = state_put(call, all, name, value_map(call->arena));
    state_text(call, alarm, "StateValue", STR("INSUFFICIENT_DATA"));
    state_text(call, alarm, "StateReason", STR("Unchecked: Initial alarm creation"));
    state_int(call, alarm, "changed", call->now);
    state_put(call, alarm, STR("tags"), tags_to_map(call, call_list(call, "Tags"), "Key", "Value"));
    return alarm;
}

static bool put_metric_alarm(struct call *call)
{
    static const char *const texts[] = {
        "AlarmName",
        "AlarmDescription",
        "MetricName",
        "Namespace",
        "Statistic",
        "ExtendedStatistic",
        "Period",
        "Unit",
        "EvaluationPeriods",
        "DatapointsToAlarm",
        "Threshold",
        "ComparisonOperator",
        "TreatMissingData",
        "EvaluateLowSampleCountPercentile",
        "ThresholdMetricId",
    };
    static const char *const lists[] = {"OKActions", "AlarmActions", "InsufficientDataActions", "Dimensions",
                                        "Metrics"};
    struct str name = call_text(call, "AlarmName");
    if (!check_alarm(call))
        return false;
    struct value *alarm = alarm_named(call, alarms(call), name);
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        set_member(call, alarm, texts[i]);
    for (size_t i = 0; i < ARRAY_LENGTH(lists); i++)
        set_list(call, alarm, lists[i]);
    state_text(call, alarm, "ActionsEnabled",
               call_has(call, "ActionsEnabled") ? call_text(call, "ActionsEnabled") : STR("true"));
    state_int(call, alarm, "updated", call->now);
    cloudwatch_arm(call);
    return true;
}

/* Of a rule's grammar only the brackets are looked at, and whether its alarms exist is not. */
static bool check_rule(struct call *call)
{
    struct str rule = call_text(call, "AlarmRule");
    if (!rule.len || rule.len > RULE_LONGEST)
        return cloudwatch_invalid(call, "AlarmRule must have 1 to 10240 characters");
    size_t depth = 0;
    for (size_t i = 0; i < rule.len; i++) {
        depth += rule.ptr[i] == '(';
        if (rule.ptr[i] == ')' && depth-- == 0)
            return cloudwatch_invalid(call, "AlarmRule has a bracket too many");
    }
    return depth == 0 || cloudwatch_invalid(call, "AlarmRule lacks a bracket");
}

static bool put_composite_alarm(struct call *call)
{
    static const char *const texts[] = {"AlarmName",
                                        "AlarmRule",
                                        "AlarmDescription",
                                        "ActionsSuppressor",
                                        "ActionsSuppressorWaitPeriod",
                                        "ActionsSuppressorExtensionPeriod"};
    static const char *const lists[] = {"OKActions", "AlarmActions", "InsufficientDataActions"};
    struct str name = call_text(call, "AlarmName");
    bool suppressed = call_text(call, "ActionsSuppressor").len;
    if (!name.len)
        return cloudwatch_invalid(call, "1 validation error detected: AlarmName is required");
    if (!check_rule(call))
        return false;
    if (value_get_str(alarms(call), name))
        return cloudwatch_invalid(call, "A metric alarm with this name exists");
    if (suppressed != call_has(call, "ActionsSuppressorWaitPeriod") ||
        suppressed != call_has(call, "ActionsSuppressorExtensionPeriod"))
        return cloudwatch_invalid(call, "ActionsSuppressor and its periods go together");
    struct value *alarm = alarm_named(call, composites(call), name);
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        set_member(call, alarm, texts[i]);
    for (size_t i = 0; i < ARRAY_LENGTH(lists); i++)
        set_list(call, alarm, lists[i]);
    state_text(call, alarm, "ActionsEnabled",
               call_has(call, "ActionsEnabled") ? call_text(call, "ActionsEnabled") : STR("true"));
    state_int(call, alarm, "updated", call->now);
    cloudwatch_composite(call, alarm);
    return true;
}

/* Members come as texts by the query protocol and as numbers and booleans by JSON; JSON answers need the
 * latter. */
static struct value *typed(struct call *call, struct str key, const struct value *value)
{
    static const char *const numbers[] = {
        "Period",    "EvaluationPeriods",           "DatapointsToAlarm",
        "Threshold", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod"};
    struct value *copy = value_copy(call->arena, value);
    for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++)
        if (str_is(key, numbers[i]))
            return value_number(call->arena, value_text(value));
    if (str_is(key, "ActionsEnabled") || str_is(key, "ReturnData"))
        return value_bool(call->arena, str_is(value_text(value), "true"));
    for (size_t i = 0; i < copy->count; i++)
        if (copy->kind == VALUE_LIST)
            copy->items[i] = typed(call, STR_EMPTY, copy->items[i]);
        else
            copy->entries[i].value = typed(call, copy->entries[i].key, copy->entries[i].value);
    return copy;
}

static struct value *alarm_shape(struct call *call, const struct value *alarm)
{
    struct value *shape = value_map(call->arena);
    for (size_t i = 0; i < alarm->count; i++) {
        struct str key = alarm->entries[i].key;
        bool empty = alarm->entries[i].value->kind == VALUE_LIST && !alarm->entries[i].value->count;
        if (!empty && key.ptr[0] >= 'A' && key.ptr[0] <= 'Z') /* lower case: the simulator's own */
            value_set(call->arena, shape, key, typed(call, key, alarm->entries[i].value));
    }
    put_text(call, shape, "AlarmArn",
             arn(call, "cloudwatch", "alarm:%.*s", STR_ARG(value_get_text(alarm, "AlarmName"))));
    put_time(call, shape, "AlarmConfigurationUpdatedTimestamp", value_get_int(alarm, "updated", 0));
    put_time(call, shape, "StateUpdatedTimestamp", value_get_int(alarm, "changed", 0));
    return shape;
}

static bool is_wanted(struct call *call, const struct value *alarm)
{
    struct value *names = call_list(call, "AlarmNames");
    struct str name = value_get_text(alarm, "AlarmName"), prefix = call_text(call, "AlarmNamePrefix");
    struct str state = call_text(call, "StateValue");
    bool named = names->count == 0;
    for (size_t i = 0; i < names->count; i++)
        named = named || str_equal(value_text(names->items[i]), name);
    return named && str_equal(str_slice(name, 0, prefix.len), prefix) &&
           (!state.len || str_equal(value_get_text(alarm, "StateValue"), state));
}

static bool is_type_wanted(struct call *call, const char *type)
{
    struct value *types = call_list(call, "AlarmTypes");
    for (size_t i = 0; i < types->count; i++)
        if (str_is(value_text(types->items[i]), type))
            return true;
    return !types->count && str_is(str_from(type), "MetricAlarm");
}

static bool put_alarms(struct call *call, const struct value *all, const char *type, const char *member)
{
    struct value *shapes = value_map(call->arena);
    for (size_t i = 0; i < all->count && is_type_wanted(call, type); i++)
        if (is_wanted(call, all->entries[i].value))
            value_set(call->arena, shapes, all->entries[i].key, alarm_shape(call, all->entries[i].value));
    struct str next;
    struct value *page = call_page(call, shapes, &paging, &next);
    if (!page)
        return false;
    put(call, call->output, member, page);
    if (next.len)
        put_text(call, call->output, "NextToken", next);
    return true;
}

/* One page is for both kinds; the simulator pages each, so who wants many asks for one kind. */
static bool describe_alarms(struct call *call)
{
    return put_alarms(call, alarms(call), "MetricAlarm", "MetricAlarms") &&
           put_alarms(call, composites(call), "CompositeAlarm", "CompositeAlarms");
}

static struct value *holder_of(struct call *call, struct str name)
{
    return value_get_str(alarms(call), name) ? alarms(call) : composites(call);
}

static bool delete_alarms(struct call *call)
{
    struct value *names = call_list(call, "AlarmNames");
    for (size_t i = 0; i < names->count; i++) {
        struct str name = value_text(names->items[i]);
        if (!value_get_str(holder_of(call, name), name))
            return call_fail(call, 404, "ResourceNotFound", "Unknown alarm");
        if (names->count > 1 && value_get_str(composites(call), name))
            return cloudwatch_invalid(call, "Only one composite alarm can be deleted at a time");
    }
    for (size_t i = 0; i < names->count; i++)
        (void)value_remove(holder_of(call, value_text(names->items[i])), value_text(names->items[i]));
    return true;
}

/* --- dashboards --- */

static struct str dashboard_arn(struct call *call, struct str name)
{
    return arena_printf(call->arena, "arn:aws:cloudwatch::%.*s:dashboard/%.*s", STR_ARG(call->account),
                        STR_ARG(name));
}

static bool put_dashboard(struct call *call)
{
    struct str name = call_text(call, "DashboardName");
    struct error ignored = ERROR_INIT;
    struct value *body;
    if (!name.len)
        return call_fail(call, 400, "InvalidParameterValue", "DashboardName is required");
    if (!json_read(call->arena, STR_EMPTY, call_text(call, "DashboardBody"), &body, &ignored) ||
        !value_is(value_get(body, "widgets"), VALUE_LIST))
        return call_fail(call, 400, "InvalidParameterInput",
                         "The dashboard body is invalid, there is 1 validation error: widgets are required");
    struct value *dashboard = value_get_str(dashboards(call), name);
    if (!dashboard) {
        dashboard = state_put(call, dashboards(call), name, value_map(call->arena));
        state_put(call, dashboard, STR("tags"), tags_to_map(call, call_list(call, "Tags"), "Key", "Value"));
    }
    state_text(call, dashboard, "body", call_text(call, "DashboardBody"));
    put(call, call->output, "DashboardValidationMessages", value_list(call->arena));
    return true;
}

static bool no_dashboard(struct call *call, struct str name)
{
    return call_fail(call, 404, "ResourceNotFound", "Dashboard %.*s does not exist", STR_ARG(name));
}

static bool get_dashboard(struct call *call)
{
    struct str name = call_text(call, "DashboardName");
    const struct value *dashboard = value_get_str(dashboards(call), name);
    if (!dashboard)
        return no_dashboard(call, name);
    put_text(call, call->output, "DashboardName", name);
    put_text(call, call->output, "DashboardArn", dashboard_arn(call, name));
    put(call, call->output, "DashboardBody", value_get(dashboard, "body"));
    return true;
}

static bool delete_dashboards(struct call *call)
{
    struct value *names = call_list(call, "DashboardNames");
    for (size_t i = 0; i < names->count; i++)
        if (!value_get_str(dashboards(call), value_text(names->items[i])))
            return no_dashboard(call, value_text(names->items[i]));
    for (size_t i = 0; i < names->count; i++)
        (void)value_remove(dashboards(call), value_text(names->items[i]));
    return true;
}

static bool set_alarm_state(struct call *call)
{
    struct str name = call_text(call, "AlarmName");
    struct value *alarm = value_get_str(holder_of(call, name), name);
    struct str state = call_text(call, "StateValue");
    if (!alarm)
        return call_fail(call, 404, "ResourceNotFound", "Unknown alarm");
    if (!str_is(state, "OK") && !str_is(state, "ALARM") && !str_is(state, "INSUFFICIENT_DATA"))
        return cloudwatch_invalid(call, "1 validation error detected: StateValue is not valid");
    (void)cloudwatch_set_state(call, alarm, state, call_text(call, "StateReason"));
    cloudwatch_arm(call);
    return true;
}

static struct value *tagged(struct call *call)
{
    struct str wanted = call_text(call, "ResourceARN");
    size_t colon = str_find_last(wanted, ':');
    struct str name = str_from_index(wanted, colon + 1);
    bool board = str_starts(name, "dashboard/");
    if (board)
        name = str_from_index(name, sizeof "dashboard/" - 1);
    struct value *alarm = value_get_str(board ? dashboards(call) : holder_of(call, name), name);
    if (!alarm)
        call_fail(call, 404, "ResourceNotFoundException", "Resource not found");
    return alarm;
}

static bool tag_resource(struct call *call)
{
    struct value *alarm = tagged(call);
    if (!alarm)
        return false;
    state_merge(call, alarm, "tags", tags_to_map(call, call_list(call, "Tags"), "Key", "Value"));
    return true;
}

static bool untag_resource(struct call *call)
{
    struct value *alarm = tagged(call);
    if (!alarm)
        return false;
    state_remove_keys(alarm, "tags", call_list(call, "TagKeys"));
    return true;
}

static bool list_tags_for_resource(struct call *call)
{
    struct value *alarm = tagged(call);
    if (!alarm)
        return false;
    put(call, call->output, "Tags", tags_to_list(call, value_get(alarm, "tags"), "Key", "Value"));
    return true;
}

/* PutMetricData is data, not a change of what is deployed. */
static const struct sim_operation operations[] = {
    {.name = "DeleteAlarms", .effect = SIM_WRITE, .handle = delete_alarms},
    {.name = "DeleteDashboards", .effect = SIM_WRITE, .handle = delete_dashboards},
    {.name = "DescribeAlarms", .effect = SIM_READ, .handle = describe_alarms},
    {.name = "GetDashboard", .effect = SIM_READ, .handle = get_dashboard},
    {.name = "GetMetricData", .effect = SIM_READ, .handle = cloudwatch_GetMetricData},
    {.name = "GetMetricStatistics", .effect = SIM_READ, .handle = cloudwatch_GetMetricStatistics},
    {.name = "ListTagsForResource", .effect = SIM_READ, .handle = list_tags_for_resource},
    {.name = "PutCompositeAlarm", .effect = SIM_WRITE, .handle = put_composite_alarm},
    {.name = "PutDashboard", .effect = SIM_WRITE, .handle = put_dashboard},
    {.name = "PutMetricAlarm", .effect = SIM_WRITE, .handle = put_metric_alarm},
    {.name = "PutMetricData", .effect = SIM_READ, .handle = cloudwatch_PutMetricData},
    {.name = "SetAlarmState", .effect = SIM_WRITE, .handle = set_alarm_state},
    {.name = "TagResource", .effect = SIM_WRITE, .handle = tag_resource},
    {.name = "UntagResource", .effect = SIM_WRITE, .handle = untag_resource},
};

/* What AWS answers with metadata alone. */
static const char *const silent[] = {
    "DeleteAlarmMuteRule", "DeleteAlarms",   "DisableAlarmActions", "EnableAlarmActions", "PutAlarmMuteRule",
    "PutCompositeAlarm",   "PutMetricAlarm", "PutMetricData",       "SetAlarmState",      NULL};

/* AWS's third protocol, CBOR, is not offered. */
const struct sim_service sim_cloudwatch = {
    .name = "cloudwatch",
    .signing_name = "monitoring",
    .target = "GraniteServiceVersion20100801",
    .json_version = "1.0",
    .xml_namespace = "http://monitoring.amazonaws.com/doc/2010-08-01/",
    .query = true,
    .silent = silent,
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
    .due = cloudwatch_due,
    .happen = cloudwatch_happen,
};
