#ifndef PLUMB_RECONCILER_ROLLOUT_NOTIFY_H
#define PLUMB_RECONCILER_ROLLOUT_NOTIFY_H

/*
 * Tells people and programs how a rollout goes: SNS, EventBridge, a Slack-compatible webhook, any webhook
 * (signed).  Telling never stops a rollout: what cannot be told is logged.
 *
 * Every notice has an id, made of all its members: 32 hex digits.  One that is told twice (a lost answer, a
 * plumb that died meanwhile) has the same id, provided that its caller gives the same time; a receiver drops
 * doubles by it.
 *
 * What people read has control characters, terminal escapes and bidirectional overrides made visible, one
 * line for each member.  What programs read is one JSON document, the members as they are.  Texts are cut at
 * 1,000 bytes in both.
 *
 *     {"id", "kind": "start" | "step" | "hold" | "success" | "rollback", "repository", "environment",
 *      "application", "account", "region", "commit", "author", "subject", "weight": 10, "reason",
 *      "time": "2026-11-22T20:18:37Z"}
 *
 * - SNS: the subject is the first line for people in ASCII, at most 99 characters
 *   (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html); e-mail gets the text, SMS the first line,
 *   every other protocol the document; message attributes `environment`, `application`, `kind`, so that
 *   subscriptions can filter.  To a FIFO topic: one group for each application, the id against doubles.
 * - EventBridge: source "plumb", detail-type "Rollout Started", "Rollout Step", "Rollout Held", "Rollout
 *   Succeeded", "Rollout Rolled Back", the document as detail.
 * - Slack (and what takes the same, as Mattermost): {"text": ...}, with & < > escaped and names after '@'
 *   parted from it, so that a commit's subject calls nobody.
 * - Webhook: POST of the document with the headers X-Plumb-Event (the kind), X-Plumb-Delivery (the id) and,
 *   where there is a secret, X-Plumb-Signature: t=<unix seconds>,v1=<hex HMAC-SHA-256, by the secret's bytes,
 *   of "<t>.<body>">.  A receiver compares in constant time and refuses a `t` that is minutes old.
 *
 * Webhooks are asked at public addresses only (base/http.h: public_only), by https; loopback counts where the
 * account is a simulator there, that is where AWS_ENDPOINT_URL names a loopback address.  Any status from 200
 * to 299 is a success; 429, 5xx and lost connections are tried once more.  Neither URLs behind their host nor
 * what a webhook answers stands in an error or a log.
 *
 * Safe from any thread.
 */

#include "base/http.h"
#include "providers/aws/aws.h"

enum notice_kind { NOTICE_START, NOTICE_STEP, NOTICE_HOLD, NOTICE_SUCCESS, NOTICE_ROLLBACK };

enum { NOTIFY_CHANNEL_MS = 5000 };

struct notice {
    enum notice_kind kind;
    struct str repository, environment, application, account, region;
    struct str commit;  /* 40 hex digits */
    struct str author;  /* "Ann Example <ann@example.com>"; may be empty */
    struct str subject; /* of the commit; may be empty */
    int64_t weight;     /* percent that the new version has now */
    struct str reason;  /* a sentence: why it holds or went back; what comes next */
    int64_t time_ms;    /* wall; of the event and not of its telling: it is part of the id */
};

struct notify_options {
    struct aws *aws; /* its clock is used for all channels */
    const struct http *http;
    const struct log *log;
    /* `notify` of struct deployment with what it refers to resolved: "sns" is a topic's ARN (of any region),
     * "eventBus" a name or ARN, URLs and secrets are texts or VALUE_SECRET.  A channel without "on" wants all
     * kinds. */
    const struct value *channels;
};

/* Tells every channel that wants this kind, one after the other; each has NOTIFY_CHANNEL_MS (waiting for the
 * account's rate bucket not counted).  False when one could not be told (the first failure is in the error,
 * all are logged, without URLs that may hold secrets). */
WARN_UNUSED bool notify(const struct notify_options *, const struct notice *, struct error *);

#endif
