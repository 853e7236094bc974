#include "providers/sqs/operations.h"

const struct aws_service sqs_service = {
    .name = "sqs",
    .signing_name = "sqs",
    .endpoint_prefix = "sqs",
    .protocol = AWS_JSON_1_0,
    .api_version = "",
    .target_prefix = "AmazonSQS",
    .rate = 20,
    .burst = 40,
};

#define QUEUE "arn:{partition}:sqs:{region}:{account}:"
#define ROW(NAME, SAFETY, QUEUE_IN)                                                                          \
    {                                                                                                        \
        .service = &sqs_service, .name = NAME, .safety = SAFETY, .iam_resource = QUEUE "{" QUEUE_IN "}"      \
    }

const struct aws_operation sqs_operations[SQS_OPERATION_COUNT] = {
    [SQS_CREATE_QUEUE] = ROW("CreateQueue", AWS_READ_BACK, "QueueName"),
    [SQS_DELETE_QUEUE] = ROW("DeleteQueue", AWS_NATURAL, "QueueUrl"),
    [SQS_GET_QUEUE_ATTRIBUTES] = ROW("GetQueueAttributes", AWS_READ, "QueueUrl"),
    [SQS_GET_QUEUE_URL] = ROW("GetQueueUrl", AWS_READ, "QueueName"),
    [SQS_LIST_QUEUE_TAGS] = ROW("ListQueueTags", AWS_READ, "QueueUrl"),
    [SQS_SET_QUEUE_ATTRIBUTES] = ROW("SetQueueAttributes", AWS_NATURAL, "QueueUrl"),
    [SQS_TAG_QUEUE] = ROW("TagQueue", AWS_NATURAL, "QueueUrl"),
    [SQS_UNTAG_QUEUE] = ROW("UntagQueue", AWS_NATURAL, "QueueUrl"),
};
