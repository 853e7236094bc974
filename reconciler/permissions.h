#ifndef PLUMB_RECONCILER_PERMISSIONS_H
#define PLUMB_RECONCILER_PERMISSIONS_H

/*
 * What IAM has to allow so that an application can be planned, and so that it can be applied: the operations
 * that its types call (providers/grants.h), what these ask for besides, and what plumb itself reads for its
 * template.
 *
 * Made from Git and the ledger alone; nobody is asked.  Names that are known stand in the resources,
 * deterministic names by what they all begin with ("prod-orders-*"), and "*" for what AWS chooses.  What was
 * applied and is no longer declared still counts: it has to be read and taken away.
 */

#include "reconciler/session.h"

struct permission {
    struct str action;   /* "sqs:CreateQueue" */
    struct str resource; /* "arn:aws:sqs:eu-west-1:333333333333:prod-orders-*", "*" */
    struct str key;      /* of a condition: "iam:PassedToService"; empty: none */
    struct str value;    /* of it: "lambda.amazonaws.com" */
};

struct permission_list {
    struct permission *items; /* sorted; each once */
    size_t count, capacity;
};

struct permissions {
    struct permission_list planning, applying; /* applying needs those of planning too, and has them */
    struct value *notes;                       /* list of sentences: what nobody can know from here */
};

/* Of a subject that is opened only: renders it and reads its ledger. */
WARN_UNUSED bool permissions_find(struct subject *, struct permissions *, struct error *);

/* IAM takes so much in one managed policy, white space not counted
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html). */
enum { POLICY_SIZE_MAX = 6144 };

/* The policy documents for a list, as few as hold it: a list of {"Version", "Statement"}. */
struct value *permissions_documents(struct arena *, const struct permission_list *);
/* Its size as IAM counts it. */
size_t policy_document_size(struct arena *, const struct value *document);

#endif
