#include "providers/sns/operations.h"

const struct aws_service sns_service = {
    .name = "sns",
    .signing_name = "sns",
    .endpoint_prefix = "sns",
    .protocol = AWS_QUERY,
    .api_version = "2010-03-31",
    .rate = 20,
    .burst = 40,
};

#define TOPICS "arn:{partition}:sns:{region}:{account}:"
#define ANY(NAME, SAFETY, ...)                                                                               \
    {                                                                                                        \
        .service = &sns_service, .name = NAME, .safety = SAFETY __VA_OPT__(, ) __VA_ARGS__                   \
    }
#define ROW(NAME, SAFETY, ...) ANY(NAME, SAFETY, .iam_resource = TOPICS "*" __VA_OPT__(, ) __VA_ARGS__)

#define PAGES .page_in = "NextToken", .page_out = "NextToken", .page_items = "Subscriptions"

/* What is made is known by its name (a topic) or by its topic, protocol and endpoint (a subscription): the
 * same call again answers what is there.  A message says which request it is. */
const struct aws_operation sns_operations[SNS_OPERATION_COUNT] = {
    [SNS_CREATE_TOPIC] = ROW("CreateTopic", AWS_NATURAL, .maps = "Attributes"),
    [SNS_DELETE_TOPIC] = ROW("DeleteTopic", AWS_NATURAL),
    [SNS_GET_DATA_PROTECTION_POLICY] = ROW("GetDataProtectionPolicy", AWS_READ),
    [SNS_GET_SUBSCRIPTION_ATTRIBUTES] = ROW("GetSubscriptionAttributes", AWS_READ),
    [SNS_GET_TOPIC_ATTRIBUTES] = ROW("GetTopicAttributes", AWS_READ),
    [SNS_LIST_SUBSCRIPTIONS] = ANY("ListSubscriptions", AWS_READ, .iam_resource = "*", PAGES),
    [SNS_LIST_SUBSCRIPTIONS_BY_TOPIC] = ROW("ListSubscriptionsByTopic", AWS_READ, .page_in = "NextToken",
                                            .page_out = "NextToken", .page_items = "Subscriptions"),
    [SNS_LIST_TAGS_FOR_RESOURCE] = ROW("ListTagsForResource", AWS_READ),
    [SNS_PUBLISH] = ROW("Publish", AWS_NATURAL),
    [SNS_PUT_DATA_PROTECTION_POLICY] = ROW("PutDataProtectionPolicy", AWS_NATURAL),
    [SNS_SET_SUBSCRIPTION_ATTRIBUTES] = ROW("SetSubscriptionAttributes", AWS_NATURAL),
    [SNS_SET_TOPIC_ATTRIBUTES] = ROW("SetTopicAttributes", AWS_NATURAL),
    [SNS_SUBSCRIBE] = ROW("Subscribe", AWS_NATURAL, .maps = "Attributes"),
    [SNS_TAG_RESOURCE] = ROW("TagResource", AWS_NATURAL),
    [SNS_UNSUBSCRIBE] = ROW("Unsubscribe", AWS_NATURAL),
    [SNS_UNTAG_RESOURCE] = ROW("UntagResource", AWS_NATURAL),
};
