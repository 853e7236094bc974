/*
 * AWS::Logs::MetricFilter.  PutMetricFilter replaces the whole.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-logs-metricfilter.html
 */

#include "providers/logs/filters.h"
#include "providers/logs/operations.h"
#include "providers/logs/types.h"

static const struct shape rules[] = {
    {.path = "ApplyOnTransformedLogs", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "MetricTransformations.Dimensions", .kind = SHAPE_SET, .key = "Key"},
    {.facts = "AWS::Logs::MetricFilter"},
};

/* Logs has dimensions as a map. */
static bool send(const struct resource_call *call, const struct value *target,
                 const struct resource_state *live, struct value *input, struct error *error)
{
    struct value *all = value_get(input, "metricTransformations");
    (void)target;
    (void)live;
    (void)error;
    for (size_t i = 0; value_is(all, VALUE_LIST) && i < all->count; i++) {
        struct value *dimensions = value_get(all->items[i], "dimensions");
        if (dimensions)
            value_setz(call->arena, all->items[i], "dimensions",
                       tags_as_map(call->arena, dimensions, "key", "value"));
    }
    return true;
}

static bool receive(const struct resource_call *call, const struct value *item, struct resource_state *state,
                    struct error *error)
{
    struct value *all = value_get(state->properties, "MetricTransformations");
    const struct value *told = value_get(item, "metricTransformations");
    for (size_t i = 0; value_is(all, VALUE_LIST) && i < all->count; i++) {
        struct value *dimensions = value_get(value_at(told, i), "dimensions");
        if (value_is(dimensions, VALUE_MAP))
            value_setz(call->arena, all->items[i], "Dimensions",
                       tags_as_list(call->arena, dimensions, "Key", "Value"));
    }
    return logs_filter_is_meant(call, item, error);
}

static const struct plain metric_filter = {
    .rules = rules,
    .small_letters = true,
    .create = &logs_operations[LOGS_PUT_METRIC_FILTER],
    .read = &logs_operations[LOGS_DESCRIBE_METRIC_FILTERS],
    .update = &logs_operations[LOGS_PUT_METRIC_FILTER],
    .remove = &logs_operations[LOGS_DELETE_METRIC_FILTER],
    .keys = logs_filter_keys,
    .read_keys = logs_filter_read_keys,
    .item = "metricFilters.0",
    .updates_whole = true,
    .send = send,
    .receive = receive,
};

const struct resource_type logs_metric_filter_type = {
    .name = "AWS::Logs::MetricFilter",
    .name_property = "FilterName",
    .name_max = 512,
    .plain = &metric_filter,
    PLAIN_LIFE,
    .arn = "arn:{partition}:logs:{region}:{account}:log-group:{LogGroupName}",
};
