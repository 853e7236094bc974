#ifndef PLUMB_RECONCILER_DOCTOR_H
#define PLUMB_RECONCILER_DOCTOR_H

/*
 * What has to be right before plumb can work: Git, the ledger, the clock, credentials, permissions.  Every
 * check says what it found and, where that is not good, what to do.  Nothing is written anywhere but to the
 * cache.
 */

#include "reconciler/session.h"

enum finding_state { FINDING_OK, FINDING_UNKNOWN, FINDING_FAILED };

struct finding {
    struct str subject; /* "repository", "prod", "prod/orders" */
    struct str check;   /* "ledger" */
    enum finding_state state;
    struct str message; /* what was found */
    struct str fix;     /* what to do; empty where it is fine */
};

struct doctor {
    struct arena *arena;
    struct session *session;
    void (*found)(void *self, const struct finding *); /* is told of each, in order */
    void *self;
};

/* Of the repository: `opened` is why the session could not be opened, or ERROR_NONE. */
void doctor_repository(const struct doctor *, const struct error *opened);
/* Of one environment and all its applications. */
void doctor_environment(const struct doctor *, struct str name);

const char *finding_state_name(enum finding_state);

/* doctor_permissions.c: what the caller may do, by iam:SimulatePrincipalPolicy. */
void doctor_permissions(const struct doctor *, struct aws *, struct subject *);

/* Tells. */
void doctor_tell(const struct doctor *, struct str subject, const char *check, enum finding_state,
                 struct str message, struct str fix);

#endif
