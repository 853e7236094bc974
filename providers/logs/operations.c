#include "providers/logs/operations.h"

const struct aws_service logs_service = {
    .name = "cloudwatch_logs",
    .signing_name = "logs",
    .endpoint_prefix = "logs",
    .protocol = AWS_JSON_1_1,
    .api_version = "",
    .target_prefix = "Logs_20140328",
    .rate = 5,
    .burst = 10,
};

#define ROW(NAME, SAFETY, RESOURCE, ...)                                                                     \
    {                                                                                                        \
        .service = &logs_service, .name = NAME, .safety = SAFETY,                                            \
        .iam_resource = RESOURCE __VA_OPT__(, ) __VA_ARGS__                                                  \
    }
#define GROUP "arn:{partition}:logs:{region}:{account}:log-group:"
#define ANY "*"
/* The calls name the group without the ":*" behind it; a group that is made with tags has it. */
#define TAGGED GROUP "{resourceArn}," GROUP "{resourceArn}:*"

const struct aws_operation logs_operations[LOGS_OPERATION_COUNT] = {
    [LOGS_ASSOCIATE_KMS_KEY] = ROW("AssociateKmsKey", AWS_NATURAL, GROUP "{logGroupName}:*"),
    [LOGS_CREATE_LOG_GROUP] = ROW("CreateLogGroup", AWS_READ_BACK, GROUP "{logGroupName}:*"),
    [LOGS_DELETE_DATA_PROTECTION_POLICY] =
        ROW("DeleteDataProtectionPolicy", AWS_NATURAL, GROUP "{logGroupIdentifier}:*"),
    [LOGS_DELETE_INDEX_POLICY] = ROW("DeleteIndexPolicy", AWS_NATURAL, ANY),
    [LOGS_DELETE_LOG_GROUP] = ROW("DeleteLogGroup", AWS_NATURAL, GROUP "{logGroupName}:*"),
    [LOGS_DELETE_METRIC_FILTER] = ROW("DeleteMetricFilter", AWS_NATURAL, GROUP "{logGroupName}:*"),
    [LOGS_DELETE_RESOURCE_POLICY] = ROW("DeleteResourcePolicy", AWS_NATURAL, ANY),
    [LOGS_DELETE_RETENTION_POLICY] = ROW("DeleteRetentionPolicy", AWS_NATURAL, GROUP "{logGroupName}:*"),
    [LOGS_DELETE_SUBSCRIPTION_FILTER] =
        ROW("DeleteSubscriptionFilter", AWS_NATURAL, GROUP "{logGroupName}:*"),
    [LOGS_DESCRIBE_INDEX_POLICIES] = ROW("DescribeIndexPolicies", AWS_READ, ANY, .page_in = "nextToken",
                                         .page_out = "nextToken", .page_items = "indexPolicies"),
    [LOGS_DESCRIBE_LOG_GROUPS] = ROW("DescribeLogGroups", AWS_READ, ANY, .page_in = "nextToken",
                                     .page_out = "nextToken", .page_items = "logGroups"),
    [LOGS_DESCRIBE_METRIC_FILTERS] =
        ROW("DescribeMetricFilters", AWS_READ, GROUP "{logGroupName}:*", .page_in = "nextToken",
            .page_out = "nextToken", .page_items = "metricFilters"),
    [LOGS_DESCRIBE_RESOURCE_POLICIES] = ROW("DescribeResourcePolicies", AWS_READ, ANY, .page_in = "nextToken",
                                            .page_out = "nextToken", .page_items = "resourcePolicies"),
    [LOGS_DESCRIBE_SUBSCRIPTION_FILTERS] =
        ROW("DescribeSubscriptionFilters", AWS_READ, GROUP "{logGroupName}:*", .page_in = "nextToken",
            .page_out = "nextToken", .page_items = "subscriptionFilters"),
    [LOGS_DISASSOCIATE_KMS_KEY] = ROW("DisassociateKmsKey", AWS_NATURAL, GROUP "{logGroupName}:*"),
    [LOGS_GET_DATA_PROTECTION_POLICY] =
        ROW("GetDataProtectionPolicy", AWS_READ, GROUP "{logGroupIdentifier}:*"),
    [LOGS_LIST_TAGS_FOR_RESOURCE] = ROW("ListTagsForResource", AWS_READ, TAGGED),
    [LOGS_PUT_BEARER_TOKEN_AUTHENTICATION] =
        ROW("PutBearerTokenAuthentication", AWS_NATURAL, GROUP "{logGroupIdentifier}:*"),
    [LOGS_PUT_DATA_PROTECTION_POLICY] =
        ROW("PutDataProtectionPolicy", AWS_NATURAL, GROUP "{logGroupIdentifier}:*"),
    [LOGS_PUT_INDEX_POLICY] = ROW("PutIndexPolicy", AWS_NATURAL, ANY),
    [LOGS_PUT_LOG_GROUP_DELETION_PROTECTION] =
        ROW("PutLogGroupDeletionProtection", AWS_NATURAL, GROUP "{logGroupIdentifier}:*"),
    [LOGS_PUT_METRIC_FILTER] = ROW("PutMetricFilter", AWS_NATURAL, GROUP "{logGroupName}:*"),
    [LOGS_PUT_RESOURCE_POLICY] = ROW("PutResourcePolicy", AWS_NATURAL, ANY),
    [LOGS_PUT_RETENTION_POLICY] = ROW("PutRetentionPolicy", AWS_NATURAL, GROUP "{logGroupName}:*"),
    [LOGS_PUT_SUBSCRIPTION_FILTER] = ROW("PutSubscriptionFilter", AWS_NATURAL, GROUP "{logGroupName}:*"),
    [LOGS_TAG_RESOURCE] = ROW("TagResource", AWS_NATURAL, TAGGED),
    [LOGS_UNTAG_RESOURCE] = ROW("UntagResource", AWS_NATURAL, TAGGED),
};
