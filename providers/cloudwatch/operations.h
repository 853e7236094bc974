#ifndef PLUMB_PROVIDERS_CLOUDWATCH_OPERATIONS_H
#define PLUMB_PROVIDERS_CLOUDWATCH_OPERATIONS_H

/*
 * Amazon CloudWatch (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/), by its JSON
 * protocol. DescribeAlarms has 9 calls a second, GetMetricData 50, PutMetricAlarm and DeleteAlarms 3 each
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html); for tags no rate
 * is published, and theirs is a guess on the safe side.
 */

#include "providers/aws/operation.h"

extern const struct aws_service cloudwatch_service;

enum cloudwatch_operation {
    CLOUDWATCH_DELETE_ALARMS,
    CLOUDWATCH_DELETE_DASHBOARDS,
    CLOUDWATCH_DESCRIBE_ALARMS,
    CLOUDWATCH_GET_DASHBOARD,
    CLOUDWATCH_GET_METRIC_DATA,
    CLOUDWATCH_LIST_TAGS_FOR_DASHBOARD,
    CLOUDWATCH_LIST_TAGS_FOR_RESOURCE,
    CLOUDWATCH_PUT_COMPOSITE_ALARM,
    CLOUDWATCH_PUT_DASHBOARD,
    CLOUDWATCH_PUT_METRIC_ALARM,
    CLOUDWATCH_TAG_DASHBOARD,
    CLOUDWATCH_TAG_RESOURCE,
    CLOUDWATCH_UNTAG_DASHBOARD,
    CLOUDWATCH_UNTAG_RESOURCE,
    CLOUDWATCH_OPERATION_COUNT,
};

extern const struct aws_operation cloudwatch_operations[CLOUDWATCH_OPERATION_COUNT];

#endif
