#ifndef PLUMB_RECONCILER_TRIGGER_H
#define PLUMB_RECONCILER_TRIGGER_H

/*
 * That there is something to look at now, and where.  It only brings a look forward that would come anyway:
 * no decision rests on what it says, and one that is lost costs nothing but time.
 */

#include "gitsync/webhook.h"

enum trigger_kind {
    TRIGGER_PUSH,         /* a ref of a repository has moved */
    TRIGGER_PULL_REQUEST, /* opened, changed, closed or merged */
    TRIGGER_COMMENT,      /* somebody wrote on a pull request */
    TRIGGER_REVIEW,       /* somebody approved one, rejected it, or took that back */
    TRIGGER_SYNC,         /* somebody asks to look: at an application, an environment, or all of them */
    TRIGGER_RESOURCE,     /* something in an account was changed, by a call that was not plumb's */
};
const char *trigger_kind_name(enum trigger_kind);

/* What AWS told of a change. */
struct resource_event {
    struct str account, region;
    struct str service; /* "lambda", as in "lambda.amazonaws.com" */
    struct str event;   /* "UpdateFunctionConfiguration"; of an alarm "ALARM", of a deployment "FAILURE" */
    struct str *names;  /* names, ids, ARNs and URLs that the call was about, as it said them */
    size_t name_count;
    struct str principal, source_ip, user_agent; /* who did it; empty where AWS does not say */
    struct str id, time;                         /* of the event */
};

/* What is not told is empty, or 0. */
struct trigger {
    enum trigger_kind kind;
    struct str repository, http_url, ssh_url; /* "owner/name", and where it is cloned from */
    struct str ref;                           /* of a push: "refs/heads/main" */
    struct str commit;                        /* where it is now, or the head of the pull request */
    int64_t number;                           /* of the pull request */
    struct str environment, application;
    const struct webhook_event *webhook;   /* all the rest; NULL of a resource */
    const struct resource_event *resource; /* or NULL */
};

#endif
