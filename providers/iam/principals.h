#ifndef PLUMB_PROVIDERS_IAM_PRINCIPALS_H
#define PLUMB_PROVIDERS_IAM_PRINCIPALS_H

/* The three kinds of things that a policy may be put on, as rows: the same loop serves all of them. */

#include "providers/iam/operations.h"
#include "providers/resource.h"

struct iam_principals {
    const char *property;                /* "Roles": list of names in the template */
    const char *member;                  /* "RoleName" in requests and answers */
    const char *attached;                /* "PolicyRoles" of ListEntitiesForPolicy */
    enum iam_operation get, put, delete; /* of an inline policy */
    enum iam_operation attach, detach;   /* of a managed one */
};

enum { IAM_PRINCIPALS_COUNT = 3 };
extern const struct iam_principals iam_principals[IAM_PRINCIPALS_COUNT];

/* A role that was just made is not known everywhere at once. */
enum { IAM_PROPAGATION_MS = 30 * 1000 };
extern const struct hurdle iam_new_principal[];

/* {RoleName: name, <policy_member>: policy} */
struct value *iam_on_principal(struct arena *, const struct iam_principals *, struct str name,
                               const char *policy_member, struct str policy);

#endif
