#include "providers/cloudwatch/operations.h"

const struct aws_service cloudwatch_service = {
    .name = "cloudwatch",
    .signing_name = "monitoring",
    .endpoint_prefix = "monitoring",
    .protocol = AWS_JSON_1_0,
    .api_version = "",
    .target_prefix = "GraniteServiceVersion20100801",
    .rate = 10,
    .burst = 20,
};

#define ROW(NAME, SAFETY, ...)                                                                               \
    {                                                                                                        \
        .service = &cloudwatch_service, .name = NAME, .safety = SAFETY, .iam_action = "cloudwatch:" NAME,    \
        .iam_resource = "arn:{partition}:cloudwatch:{region}:{account}:alarm:*" __VA_OPT__(, ) __VA_ARGS__   \
    }
/* Dashboards are global, although each region answers for them. */
#define DASHBOARD_ROW(NAME, SAFETY, RESOURCE)                                                                \
    {                                                                                                        \
        .service = &cloudwatch_service, .name = NAME, .safety = SAFETY, .iam_action = "cloudwatch:" NAME,    \
        .iam_resource = "arn:{partition}:cloudwatch::{account}:dashboard/" RESOURCE                          \
    }
#define BUCKET(NAME, RATE) .bucket = NAME, .rate = RATE, .burst = RATE
/* A rollout has no use for an answer that takes longer: what it says would be old. */
#define EVIDENCE_MS 15000

const struct aws_operation cloudwatch_operations[CLOUDWATCH_OPERATION_COUNT] = {
    [CLOUDWATCH_DELETE_ALARMS] = ROW("DeleteAlarms", AWS_NATURAL, BUCKET("DeleteAlarms", 3)),
    [CLOUDWATCH_DELETE_DASHBOARDS] = DASHBOARD_ROW("DeleteDashboards", AWS_NATURAL, "*"),
    [CLOUDWATCH_DESCRIBE_ALARMS] =
        ROW("DescribeAlarms", AWS_READ, BUCKET("DescribeAlarms", 9), .timeout_ms = EVIDENCE_MS),
    [CLOUDWATCH_GET_DASHBOARD] = DASHBOARD_ROW("GetDashboard", AWS_READ, "{DashboardName}"),
    [CLOUDWATCH_GET_METRIC_DATA] = {.service = &cloudwatch_service,
                                    .name = "GetMetricData",
                                    .safety = AWS_READ,
                                    .iam_action = "cloudwatch:GetMetricData",
                                    .iam_resource = "*",
                                    BUCKET("GetMetricData", 50),
                                    .timeout_ms = EVIDENCE_MS},
    [CLOUDWATCH_LIST_TAGS_FOR_DASHBOARD] = DASHBOARD_ROW("ListTagsForResource", AWS_READ, "*"),
    [CLOUDWATCH_LIST_TAGS_FOR_RESOURCE] = ROW("ListTagsForResource", AWS_READ),
    [CLOUDWATCH_PUT_COMPOSITE_ALARM] = ROW("PutCompositeAlarm", AWS_NATURAL, BUCKET("PutCompositeAlarm", 3)),
    [CLOUDWATCH_PUT_DASHBOARD] = DASHBOARD_ROW("PutDashboard", AWS_NATURAL, "{DashboardName}"),
    [CLOUDWATCH_PUT_METRIC_ALARM] = ROW("PutMetricAlarm", AWS_NATURAL, BUCKET("PutMetricAlarm", 3)),
    [CLOUDWATCH_TAG_DASHBOARD] = DASHBOARD_ROW("TagResource", AWS_NATURAL, "*"),
    [CLOUDWATCH_TAG_RESOURCE] = ROW("TagResource", AWS_NATURAL),
    [CLOUDWATCH_UNTAG_DASHBOARD] = DASHBOARD_ROW("UntagResource", AWS_NATURAL, "*"),
    [CLOUDWATCH_UNTAG_RESOURCE] = ROW("UntagResource", AWS_NATURAL),
};
