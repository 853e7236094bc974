/*
 * AWS::Logs::SubscriptionFilter.  PutSubscriptionFilter replaces the whole.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-logs-subscriptionfilter.html
 */

#include "providers/logs/filters.h"
#include "providers/logs/operations.h"
#include "providers/logs/types.h"

static const struct shape rules[] = {
    {.path = "ApplyOnTransformedLogs", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "Distribution", .otherwise = "\"ByLogStream\""},
    {.facts = "AWS::Logs::SubscriptionFilter"},
};

static bool receive(const struct resource_call *call, const struct value *item, struct resource_state *state,
                    struct error *error)
{
    (void)state;
    return logs_filter_is_meant(call, item, error);
}

/* The role's right to write to the destination spreads slowly; Logs sends a test message. */
static const struct hurdle hurdles[] = {
    {"InvalidParameterException", "Could not deliver test message"},
    {"InvalidParameterException", "Could not execute the lambda function"},
    {"OperationAbortedException", NULL},
    {NULL, NULL},
};

static const struct plain subscription_filter = {
    .rules = rules,
    .small_letters = true,
    .create = &logs_operations[LOGS_PUT_SUBSCRIPTION_FILTER],
    .read = &logs_operations[LOGS_DESCRIBE_SUBSCRIPTION_FILTERS],
    .update = &logs_operations[LOGS_PUT_SUBSCRIPTION_FILTER],
    .remove = &logs_operations[LOGS_DELETE_SUBSCRIPTION_FILTER],
    .keys = logs_filter_keys,
    .read_keys = logs_filter_read_keys,
    .item = "subscriptionFilters.0",
    .updates_whole = true,
    .hurdles = hurdles,
    .hurdles_ms = 60 * 1000,
    .receive = receive,
};

const struct resource_type logs_subscription_filter_type = {
    .name = "AWS::Logs::SubscriptionFilter",
    .name_property = "FilterName",
    .name_max = 512,
    .plain = &subscription_filter,
    PLAIN_LIFE,
    .arn = "arn:{partition}:logs:{region}:{account}:log-group:{LogGroupName}",
};
