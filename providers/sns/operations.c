#include "providers/sns/operations.h"

const struct aws_service sns_service = {
    .name = "sns",
    .signing_name = "sns",
    .endpoint_prefix = "sns",
    .protocol = AWS_QUERY,
    .api_version = "2010-03-31",
    .rate = 20,
    .burst = 40,
    .rate_unpublished = true,
};

#define ANY(NAME, SAFETY, ...)                                                                               \
    {                                                                                                        \
        .service = &sns_service, .name = NAME, .safety = SAFETY __VA_OPT__(, ) __VA_ARGS__                   \
    }
#define ROW(NAME, SAFETY, MEMBER, ...)                                                                       \
    ANY(NAME, SAFETY, .iam_resource = "{" MEMBER "}" __VA_OPT__(, ) __VA_ARGS__)
/* IAM's reference has the topic as the resource of these, too; the call names the subscription. */
#define SUBSCRIPTION(NAME, SAFETY) ANY(NAME, SAFETY, .iam_resource = "{SubscriptionArn},{SubscriptionArn}:*")

#define PAGES .page_in = "NextToken", .page_out = "NextToken", .page_items = "Subscriptions"

/* What is made is known by its name (a topic) or by its topic, protocol and endpoint (a subscription): the
 * same call again answers what is there.  A message of plumb's says which request or notice it is, so that
 * one that comes twice is known. */
const struct aws_operation sns_operations[SNS_OPERATION_COUNT] = {
    [SNS_CREATE_TOPIC] =
        ANY("CreateTopic", AWS_NATURAL, .iam_resource = "arn:{partition}:sns:{region}:{account}:{Name}",
            .maps = "Attributes"),
    [SNS_DELETE_TOPIC] = ROW("DeleteTopic", AWS_NATURAL, "TopicArn"),
    [SNS_GET_DATA_PROTECTION_POLICY] = ROW("GetDataProtectionPolicy", AWS_READ, "ResourceArn"),
    [SNS_GET_SUBSCRIPTION_ATTRIBUTES] = SUBSCRIPTION("GetSubscriptionAttributes", AWS_READ),
    [SNS_GET_TOPIC_ATTRIBUTES] = ROW("GetTopicAttributes", AWS_READ, "TopicArn"),
    [SNS_LIST_SUBSCRIPTIONS] = ANY("ListSubscriptions", AWS_READ, .iam_resource = "*", PAGES),
    [SNS_LIST_SUBSCRIPTIONS_BY_TOPIC] =
        ROW("ListSubscriptionsByTopic", AWS_READ, "TopicArn", .page_in = "NextToken", .page_out = "NextToken",
            .page_items = "Subscriptions"),
    [SNS_LIST_TAGS_FOR_RESOURCE] = ROW("ListTagsForResource", AWS_READ, "ResourceArn"),
    [SNS_PUBLISH] = ROW("Publish", AWS_NATURAL, "TopicArn", .maps = "MessageAttributes=Name/Value"),
    [SNS_PUT_DATA_PROTECTION_POLICY] = ROW("PutDataProtectionPolicy", AWS_NATURAL, "ResourceArn"),
    [SNS_SET_SUBSCRIPTION_ATTRIBUTES] = SUBSCRIPTION("SetSubscriptionAttributes", AWS_NATURAL),
    [SNS_SET_TOPIC_ATTRIBUTES] = ROW("SetTopicAttributes", AWS_NATURAL, "TopicArn"),
    [SNS_SUBSCRIBE] = ROW("Subscribe", AWS_NATURAL, "TopicArn", .maps = "Attributes"),
    [SNS_TAG_RESOURCE] = ROW("TagResource", AWS_NATURAL, "ResourceArn"),
    [SNS_UNSUBSCRIBE] = SUBSCRIPTION("Unsubscribe", AWS_NATURAL),
    [SNS_UNTAG_RESOURCE] = ROW("UntagResource", AWS_NATURAL, "ResourceArn"),
};
