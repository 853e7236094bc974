#ifndef PLUMB_PROVIDERS_CLOUDCONTROL_REQUEST_H
#define PLUMB_PROVIDERS_CLOUDCONTROL_REQUEST_H

/*
 * Requests that change something: Cloud Control takes them, works on them, and says how they went when it is
 * asked. A token makes a request unique for 36 hours: the same token again gives the same request, also one
 * that has failed long ago.
 */

#include "providers/resource.h"

struct request {
    const struct resource_call *call;
    const struct aws_operation *operation;
    struct value *input; /* without its token */
    int attempt;         /* how often it was sent, under one token each */
    bool old;            /* it was over when we asked: an earlier one, or one whose first answer was lost */
    struct str identifier;
};

/* Sends the request and waits until it is done, at most two hours.  Errors that go away by themselves are
 * tried again.  Fails with the handler's error code as the error's name ("AlreadyExists").  Where `old` says
 * that the request was done before and its effect is gone, call again: it takes a next token. */
WARN_UNUSED bool request_run(struct request *, struct error *);

#endif
