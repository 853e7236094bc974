#ifndef PLUMB_PROVIDERS_SQS_OPERATIONS_H
#define PLUMB_PROVIDERS_SQS_OPERATIONS_H

/*
 * Amazon SQS (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/), by its JSON protocol.
 * It publishes no quota for calls that manage queues; the bucket is a guess on the safe side.
 */

#include "providers/aws/operation.h"

extern const struct aws_service sqs_service;

enum sqs_operation {
    SQS_CREATE_QUEUE,
    SQS_DELETE_MESSAGE_BATCH,
    SQS_DELETE_QUEUE,
    SQS_GET_QUEUE_ATTRIBUTES,
    SQS_GET_QUEUE_URL,
    SQS_LIST_QUEUE_TAGS,
    SQS_RECEIVE_MESSAGE,
    SQS_SET_QUEUE_ATTRIBUTES,
    SQS_TAG_QUEUE,
    SQS_UNTAG_QUEUE,
    SQS_OPERATION_COUNT,
};

extern const struct aws_operation sqs_operations[SQS_OPERATION_COUNT];

#endif
