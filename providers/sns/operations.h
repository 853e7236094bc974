#ifndef PLUMB_PROVIDERS_SNS_OPERATIONS_H
#define PLUMB_PROVIDERS_SNS_OPERATIONS_H

/*
 * Amazon SNS (https://docs.aws.amazon.com/sns/latest/api/).  Rates from its quotas
 * (https://docs.aws.amazon.com/general/latest/gr/sns.html): Subscribe and Unsubscribe 100 a second; the other
 * calls that manage topics have none published, and the bucket is a guess on the safe side.
 */

#include "providers/aws/operation.h"

extern const struct aws_service sns_service;

enum sns_operation {
    SNS_CREATE_TOPIC,
    SNS_DELETE_TOPIC,
    SNS_GET_DATA_PROTECTION_POLICY,
    SNS_GET_SUBSCRIPTION_ATTRIBUTES,
    SNS_GET_TOPIC_ATTRIBUTES,
    SNS_LIST_SUBSCRIPTIONS,
    SNS_LIST_SUBSCRIPTIONS_BY_TOPIC,
    SNS_LIST_TAGS_FOR_RESOURCE,
    SNS_PUBLISH,
    SNS_PUT_DATA_PROTECTION_POLICY,
    SNS_SET_SUBSCRIPTION_ATTRIBUTES,
    SNS_SET_TOPIC_ATTRIBUTES,
    SNS_SUBSCRIBE,
    SNS_TAG_RESOURCE,
    SNS_UNSUBSCRIBE,
    SNS_UNTAG_RESOURCE,
    SNS_OPERATION_COUNT,
};

extern const struct aws_operation sns_operations[SNS_OPERATION_COUNT];

#endif
