#ifndef PLUMB_PROVIDERS_POLICY_H
#define PLUMB_PROVIDERS_POLICY_H

/*
 * IAM policy documents: people write them as JSON text or as a tree, with scalars where lists may stand; AWS
 * gives back some other of the equal forms.  See
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */

#include "base/value.h"

/*
 * One form for all equal policies: a tree; statements, actions, resources, principals and condition values as
 * sorted lists without repeats; condition values as texts; principal "*" as {"AWS": ["*"]}; an account's root
 * ARN as its number; the version named; empty statement ids gone.  What is no policy comes back as it is.
 */
struct value *policy_normalize(struct arena *, struct value *);

/* "arn:aws:iam::123456789012:root" is the account "123456789012"; any other principal is itself. */
struct str policy_principal(struct str principal);

/* JSON text for a request; a policy that is a text already stays as it was written. */
struct str policy_text(struct arena *, const struct value *);

/* A policy as IAM answers it: JSON, percent-encoded (https://datatracker.ietf.org/doc/html/rfc3986). */
WARN_UNUSED bool policy_decode(struct arena *, struct str encoded, struct value **out, struct error *);

/* A JSON document inside an answer. */
WARN_UNUSED bool json_of_answer(struct arena *, struct str text, struct value **out, struct error *);

/* Any tree as JSON text with secrets in clear: for requests that want JSON inside a member. */
struct str json_for_request(struct arena *, const struct value *);

#endif
