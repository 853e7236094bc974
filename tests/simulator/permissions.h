#ifndef PLUMB_SIMULATOR_PERMISSIONS_H
#define PLUMB_SIMULATOR_PERMISSIONS_H

/*
 * What the callers of an account may do: IAM policy documents that a test sets by the control endpoint
 * "policies".  As long as there are some for an account, every call to it that they do not allow is refused;
 * GetCallerIdentity and the AssumeRole calls need no permission.
 *
 * Understood are statements with Effect (Allow, Deny), Action and Resource with "*" and "?", and StringEquals
 * on iam:PassedToService.  What a call asks for is known here independently of plumb: permissions_asked.c.
 */

#include "base/value.h"

struct call;

struct sim_policies {
    struct arena *arena;
    struct value *by_account; /* account -> list of documents */
    struct value *asked; /* "account action resource" of every call that policies were asked for, as keys */
};

void sim_policies_release(struct sim_policies *);
/* {"account": "111111111111", "documents": [...]}; without documents everything is allowed again. */
WARN_UNUSED bool sim_policies_set(struct sim_policies *, const struct value *, struct error *);
/* [[account, action, resource], ...]: everything that was asked for since the policies were set last. */
struct value *sim_policies_asked(struct arena *, const struct sim_policies *);
/* After the input is decoded; false after call_fail. */
bool sim_policies_allow(struct sim_policies *, struct call *);

/* Would the policies of the account allow it?  True where there are none. */
struct asked;
bool sim_policies_decide(const struct sim_policies *, struct str account, const struct asked *);

/* One thing that a call asks for. */
struct asked {
    struct str action;
    struct str resource;  /* empty: of a service whose resources nobody has described: any */
    struct str passed_to; /* of iam:PassRole */
};

enum { ASKED_MAX = 64, POLICIES_ASKED_MAX = 20000 };

size_t permissions_asked(struct call *, struct asked[ASKED_MAX]);

#endif
