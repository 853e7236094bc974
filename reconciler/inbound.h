#ifndef PLUMB_RECONCILER_INBOUND_H
#define PLUMB_RECONCILER_INBOUND_H

/*
 * What triggers (triggers.h) mean to the loop: a push asks for a poll now, a request to look gives a turn at
 * once, and so does a changed resource to the application that has it.
 */

#include "reconciler/agenda.h"
#include "reconciler/triggers.h"
#include "reconciler/whereabouts.h"

struct inbound_options {
    struct str listen, queue_url;
    const struct value *secret; /* a VALUE_SECRET, or NULL */
    struct str secrets_file;    /* one a line, "github: SECRET" or for any forge "SECRET" */
    struct str region;          /* of the queue, where its URL does not tell it */
    struct str webhook_url;     /* under which a forge reaches `listen`: it has `secret` then */
    bool by_hand;               /* inbound_take is called */
};

struct inbound_receiver {
    const struct clock *clock;
    const struct log *log;
    struct aws_session *aws;
    const atomic_bool *cancelled;
    struct agenda *agenda;
    struct whereabouts *whereabouts;
    struct str repository; /* its URL */
    void *self;
    void (*pushed)(void *self);    /* a ref of it has moved */
    void (*discussed)(void *self); /* something happened to a pull request of it */
    bool (*ready)(void *self, struct arena *, struct str *why);
};

struct inbound;
struct forge;

/* Nothing where neither an address nor a queue is given, nor `by_hand`: *out is NULL then. */
WARN_UNUSED bool inbound_start(const struct inbound_options *, const struct inbound_receiver *,
                               struct inbound **out, struct error *);
/* As triggers_take. */
enum trigger_outcome inbound_take(struct inbound *, struct arena *, struct str message, int64_t sent_ms,
                                  struct error *);
/* Has the forge send its webhooks to the URL of the options.  False: it did not, which is logged; try again
 * later. True also where there is nothing to do. */
bool inbound_invite(struct inbound *, struct forge *);
void inbound_stop(struct inbound *); /* NULL is fine */

#endif
