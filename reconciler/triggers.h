#ifndef PLUMB_RECONCILER_TRIGGERS_H
#define PLUMB_RECONCILER_TRIGGERS_H

/*
 * Where triggers come from: webhooks, by a listener of our own or by a queue, and events of changed
 * resources, by the same queue.
 *
 *     GET  /healthz            200: the process lives
 *     GET  /readyz             200, or 503 and why
 *     POST /webhook[/NAME]     202 "accepted", "seen before" or "nothing to do"; 401 not signed as it should
 * be (logged, at most a line every 10 s); 400 signed, but not as documented
 *
 * NAME is for people: one address a repository, if they like.
 *
 * `trigger` is called by two threads, the listener's and the queue's, maybe at once: it remembers what there
 * is to look at and returns (a webhook is answered within 100 ms, and health checks wait behind it).  A
 * delivery or an event that comes again, by whichever way, is not told again.
 */

#include "base/http_listener.h"
#include "providers/aws/aws.h"
#include "reconciler/trigger.h"

struct triggers_options {
    const struct clock *clock;
    const struct log *log;

    struct str listen;                    /* "127.0.0.1:8080"; empty: no listener */
    const struct webhook_secret *secrets; /* also of webhooks that come by the queue; none: all are refused */
    size_t secret_count;
    const struct http_route *routes; /* others that the listener serves; may be none */
    size_t route_count;

    struct str queue_url; /* empty: no queue */
    struct str region;    /* of the queue, where its URL does not tell it */
    struct aws_session *aws;
    const atomic_bool *cancelled; /* the session's */

    void *self;
    /* What it is given lives until it returns. */
    void (*trigger)(void *self, const struct trigger *);
    /* For /readyz, by the listener's thread; `why` is one line, also where it is ready.  NULL: always ready.
     */
    bool (*ready)(void *self, struct arena *, struct str *why);
};

struct triggers;

/* What became of something that came in. */
enum trigger_outcome {
    TRIGGER_ACCEPTED,
    TRIGGER_SEEN,    /* it came before */
    TRIGGER_NOTHING, /* understood, and nothing to look at */
    TRIGGER_DENIED,  /* a webhook that is not signed as it should be */
    TRIGGER_INVALID,
};
/* What a webhook is answered: status, and words with a line feed; of TRIGGER_INVALID those of the error. */
int trigger_outcome_status(enum trigger_outcome);
struct str trigger_outcome_words(struct arena *, enum trigger_outcome, const struct error *);

/* All that the options point to lives longer than the triggers. */
WARN_UNUSED bool triggers_start(const struct triggers_options *, struct triggers **, struct error *);
uint16_t triggers_port(const struct triggers *);                        /* 0 without a listener */
const struct http_listener *triggers_listener(const struct triggers *); /* for its counters; or NULL */
/* Takes what came by another way than listener and queue, as a message of the queue; `trigger` is called
 * before it returns.  The error says what is wrong with what is denied or invalid; it has been logged. */
enum trigger_outcome triggers_take(struct triggers *, struct arena *, struct str message, int64_t sent_ms,
                                   struct error *);
/* No trigger comes after it returns; see queue_stop.  NULL is fine. */
void triggers_stop(struct triggers *);

#endif
