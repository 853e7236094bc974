#ifndef PLUMB_PROVIDERS_CLOUDFORMATION_CUSTOM_REQUEST_H
#define PLUMB_PROVIDERS_CLOUDFORMATION_CUSTOM_REQUEST_H

/*
 * One request to the handler of a custom resource, and its answer, in CloudFormation's protocol
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html).
 *
 * The handler answers to a presigned URL of the bucket "plumb-<account>-<region>", which is made when it is
 * first needed: private, encrypted, forgetting what it holds after a day.  There lie, below
 * "custom-resources/<token>/", the requests of one intent and their answers, until the intent's outcome is in
 * the ledger: after a kill the same request finds an answer that has come meanwhile, and what a request that
 * nobody repeats has made is known.  Secrets in the properties are not written there.
 *
 * Limits: an answer has at most 4,096 bytes and comes within ServiceTimeout (1 s to 1 h); a URL signed with
 * temporary credentials is good no longer than these.
 */

#include "providers/resource.h"

struct custom_request {
    const struct resource_call *call;
    struct str type;        /* "Create", "Update", "Delete" */
    struct str physical_id; /* empty: Create */
    const struct value *properties, *old;
    struct str id; /* RequestId */
};

struct custom_answer {
    bool success;
    struct str reason;      /* of a failure */
    struct str physical_id; /* empty: the handler gave none */
    struct value *data;     /* a map of GetAtt's attributes; secrets where the handler said NoEcho */
};

/* The error's name of everything that ends a request for good: a refusal by the handler or of its answer. */
#define CUSTOM_RESOURCE_FAILED "CustomResourceFailed"

/* With the RequestId of its contents: the same for the same request of the same intent; `attempt` tells
 * requests apart that say the same. */
struct custom_request custom_request_again(const struct custom_request *, int attempt);
struct custom_request custom_request_of(const struct resource_call *, const char *type,
                                        struct str physical_id, const struct value *properties,
                                        const struct value *old);

/* Is the answer there already?  Else asks, and waits for it.  The handler's refusal is an answer too. */
WARN_UNUSED bool custom_request_perform(const struct custom_request *, struct custom_answer *,
                                        struct error *);
/* Only looks whether it is there. */
WARN_UNUSED bool custom_request_look(const struct custom_request *, bool *there, struct custom_answer *,
                                     struct error *);

/* Requests of this intent (but `except`, which may be NULL) that asked to make or change something. */
WARN_UNUSED bool custom_requests_left(const struct resource_call *, const struct custom_request *except,
                                      struct custom_request **requests, size_t *count, struct error *);
/* Forgets one, or all of the intent. */
WARN_UNUSED bool custom_request_forget(const struct custom_request *, struct error *);
WARN_UNUSED bool custom_requests_forget_all(const struct resource_call *, struct error *);

/* Refuses a ServiceToken or ServiceTimeout that cannot be; what is not known yet passes. */
WARN_UNUSED bool custom_properties_check(const struct value *properties, struct error *);

#endif
