#ifndef PLUMB_RECONCILER_QUEUE_MESSAGE_H
#define PLUMB_RECONCILER_QUEUE_MESSAGE_H

/*
 * What the messages of the queue say.  Who may send to it is for the queue's policy to decide; a webhook that
 * is passed on is verified all the same.  Four forms, each also inside of SNS's envelope:
 *
 *     {"headers": {...}, "body": "..."}     a webhook as it came, "isBase64Encoded" where the body is: what
 * API Gateway and function URLs hand to a function
 *     {"detail-type": ..., "source": ...}   an event of EventBridge: of CloudTrail, CodeDeploy or CloudWatch
 *     {"ref": ..., "repository": ...}       a generic event (gitsync/webhook/generic.c), unsigned
 *     {"environment": ...}                  likewise
 *
 * Of CloudTrail's events those count that changed something: no reads, none that failed, and none of plumb's
 * own calls, which are known by "plumb/" in the user agent.  Whoever lies there is found by the next drift
 * check.
 *
 * Sources: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html,
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html,
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-cloudwatch-events.html,
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html.
 */

#include "reconciler/trigger.h"

enum { QUEUE_HEADERS_MAX = 64, RESOURCE_NAMES_MAX = 32, RESOURCE_NAME_MAX = 2048 };

enum queue_message_kind {
    QUEUE_NOTHING, /* understood, and nothing to look at: `why` */
    QUEUE_WEBHOOK, /* headers, body */
    QUEUE_EVENT,   /* body: a generic event */
    QUEUE_RESOURCE,
};

struct queue_message {
    enum queue_message_kind kind;
    const char *why;
    struct http_header *headers;
    size_t header_count;
    struct str body;
    struct resource_event resource;
};

/* ERROR_INVALID: it is none of these.  Everything lives in the arena. */
WARN_UNUSED bool queue_message_read(struct arena *, struct str text, struct queue_message *, struct error *);

#endif
