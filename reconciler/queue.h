#ifndef PLUMB_RECONCILER_QUEUE_H
#define PLUMB_RECONCILER_QUEUE_H

/*
 * A queue of SQS, read without a pause: a thread waits up to 20 s for up to 10 messages, hands each on, and
 * deletes them, whatever came of them: a message that cannot be read must not come back for ever.
 *
 * Where the queue cannot be read it is tried again with growing pauses, up to a minute.
 */

#include "providers/aws/aws.h"

struct queue_options {
    struct aws_session *aws;
    struct str url;    /* "https://sqs.eu-west-1.amazonaws.com/111111111111/plumb" */
    struct str region; /* where the URL does not tell it */
    const struct clock *clock;
    const struct log *log;
    const atomic_bool *cancelled; /* the session's: ends a wait at once; may be NULL */
    /* Called by the queue's thread; what it is given lives until it returns. */
    void *self;
    void (*handle)(void *self, struct arena *, struct str body, int64_t sent_ms);
};

struct queue;

/* Starts; it does not wait for the queue to answer.  ERROR_INVALID: not the URL of a queue. */
WARN_UNUSED bool queue_start(const struct queue_options *, struct queue **, struct error *);
/* Waits for the call that is under way: without `cancelled` up to 20 s.  NULL is fine. */
void queue_stop(struct queue *);

/* "eu-west-1" of such a URL; empty where it tells none. */
struct str queue_region(struct str url);

#endif
