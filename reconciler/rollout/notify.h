#ifndef PLUMB_RECONCILER_ROLLOUT_NOTIFY_H
#define PLUMB_RECONCILER_ROLLOUT_NOTIFY_H

/*
 * Tells people and programs how a rollout goes: SNS, EventBridge, a Slack-compatible webhook, any webhook
 * (signed).  Telling never stops a rollout: what cannot be told is logged.
 */

#include "base/http.h"
#include "providers/aws/aws.h"

enum notice_kind { NOTICE_START, NOTICE_STEP, NOTICE_HOLD, NOTICE_SUCCESS, NOTICE_ROLLBACK };

struct notice {
    enum notice_kind kind;
    struct str repository, environment, application, account, region;
    struct str commit;  /* 40 hex digits */
    struct str author;  /* "Ann Example <ann@example.com>"; may be empty */
    struct str subject; /* of the commit; may be empty */
    int64_t weight;     /* percent that the new version has now */
    struct str reason;  /* a sentence: why it holds or went back; what comes next */
    int64_t time_ms;    /* wall */
};

struct notify_options {
    struct aws *aws;
    const struct http *http;
    const struct log *log;
    /* `notify` of struct deployment with what it refers to resolved: "sns" is a topic's ARN, "eventBus" a
     * name or ARN, URLs and secrets are texts or VALUE_SECRET. */
    const struct value *channels;
};

/* Tells every channel that wants this kind, one after the other; each has 5 s.  False when one could not be
 * told (the first failure is in the error, all are logged, without URLs that may hold secrets). */
WARN_UNUSED bool notify(const struct notify_options *, const struct notice *, struct error *);

#endif
