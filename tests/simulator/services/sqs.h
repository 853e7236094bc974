#ifndef PLUMB_SIMULATOR_SQS_H
#define PLUMB_SIMULATOR_SQS_H

#include "tests/simulator/service.h"

/* The queue that QueueUrl names, or NULL after call_fail. */
struct value *sqs_queue_of(struct call *, struct str *name);
/* An attribute's number; its default where it is not set. */
int64_t sqs_queue_number(const struct value *queue, const char *attribute);
/* Fails with the code that the query protocol had for it. */
bool sqs_fail(struct call *, const char *code, const char *query_code, const char *message);

/* services/sqs_messages.c.  Into the queue of that ARN, if it is one in this account. */
void sqs_put_message(struct call *, struct str queue_arn, struct str body);
void sqs_forget_messages(struct call *, struct str queue);
int64_t sqs_count_messages(struct call *, struct str queue, const char *attribute);
bool sqs_send_message(struct call *);
bool sqs_receive_message(struct call *);
bool sqs_delete_message(struct call *);
bool sqs_delete_message_batch(struct call *);

#endif
