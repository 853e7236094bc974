#ifndef PLUMB_PROVIDERS_AWS_IDENTITY_H
#define PLUMB_PROVIDERS_AWS_IDENTITY_H

/*
 * One way to be somebody in AWS: the ambient credentials, or a role assumed with them.  Shared by all handles
 * of one session; lives as long as the session.  Safe from any thread.
 *
 * Whenever the credentials are new, STS is asked whose they are before they sign anything else: a file or
 * endpoint that starts to give another account's credentials stops plumb, not the other account.
 */

#include "providers/aws/session.h"

enum { ACCOUNT_SIZE = 13 };

struct identity;

/* `region` is where STS is asked. */
struct identity *identity_of(struct aws_session *, struct str role_arn, struct str external_id,
                             struct str region);
void identities_free(struct identity *);

/* Verified credentials, to be released.  `account` receives the 12 digits that STS named. */
WARN_UNUSED bool identity_credentials(struct identity *, struct credentials *, char account[ACCOUNT_SIZE],
                                      struct error *);
/* AWS says that they have expired. */
void identity_reject(struct identity *, const struct credentials *);

#endif
