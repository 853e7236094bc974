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
    .rate_unpublished = true,
};

#define QUEUE "arn:{partition}:sqs:{region}:{account}:"
#define ROW(NAME, SAFETY, QUEUE_IN)                                                                          \
    {                                                                                                        \
        .service = &sqs_service, .name = NAME, .safety = SAFETY, .iam_resource = QUEUE "{" QUEUE_IN "}"      \
    }

/* Of a queue that is read without a pause: no part of the bucket that changes have. */
#define MESSAGES .bucket = "messages", .rate = 20, .burst = 40

const struct aws_operation sqs_operations[SQS_OPERATION_COUNT] = {
    [SQS_CREATE_QUEUE] = ROW("CreateQueue", AWS_READ_BACK, "QueueName"),
    [SQS_DELETE_MESSAGE_BATCH] = {.service = &sqs_service,
                                  .name = "DeleteMessageBatch",
                                  .safety = AWS_NATURAL,
                                  MESSAGES,
                                  .iam_action = "sqs:DeleteMessage",
                                  .iam_resource = QUEUE "{QueueUrl}"},
    [SQS_DELETE_QUEUE] = ROW("DeleteQueue", AWS_NATURAL, "QueueUrl"),
    [SQS_GET_QUEUE_ATTRIBUTES] = ROW("GetQueueAttributes", AWS_READ, "QueueUrl"),
    [SQS_GET_QUEUE_URL] = ROW("GetQueueUrl", AWS_READ, "QueueName"),
    [SQS_LIST_QUEUE_TAGS] = ROW("ListQueueTags", AWS_READ, "QueueUrl"),
    /* Sent again, it finds less: what the lost answer held comes back when its time is over. */
    [SQS_RECEIVE_MESSAGE] = {.service = &sqs_service,
                             .name = "ReceiveMessage",
                             .safety = AWS_NATURAL,
                             MESSAGES,
                             .iam_resource = QUEUE "{QueueUrl}"},
    [SQS_SET_QUEUE_ATTRIBUTES] = ROW("SetQueueAttributes", AWS_NATURAL, "QueueUrl"),
    [SQS_TAG_QUEUE] = ROW("TagQueue", AWS_NATURAL, "QueueUrl"),
    [SQS_UNTAG_QUEUE] = ROW("UntagQueue", AWS_NATURAL, "QueueUrl"),
};
