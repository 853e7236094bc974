#ifndef PLUMB_PROVIDERS_AWS_CREDENTIALS_H
#define PLUMB_PROVIDERS_AWS_CREDENTIALS_H

/*
 * Credentials: where they come from, and a cache that keeps them fresh.
 *
 * Sources are asked in the order of the AWS SDKs: environment, shared files, web identity, container, IMDSv2.
 * One that is not set up says why and the next is asked; one that is set up and fails stops the search, so
 * that plumb never works with another identity than the one that was meant.  Commands (credential_process)
 * and single sign-on are refused by name.
 *
 * Secrets live on the heap, are overwritten when they are released, and are never logged.
 */

#include <stdatomic.h>

#include "base/clock.h"
#include "base/value.h"

struct aws_session;

struct credentials {
    char *access_key, *secret_key, *token; /* token: "" where there is none */
    int64_t expires_ms;                    /* wall time; 0: never */
    uint64_t generation;                   /* of the cache: another number, other credentials */
};

void credentials_set(struct credentials *, struct str access_key, struct str secret_key, struct str token,
                     int64_t expires_ms);
void credentials_release(struct credentials *); /* overwrites and frees; zeroed is fine */

/*
 * The cache.  Credentials are renewed five minutes before they expire; one thread does it, the others go on
 * with the old ones while these are valid, and wait otherwise.  Where renewing fails, valid ones are used on
 * and it is tried again after half a minute.
 */
struct credential_cache;
typedef bool credential_fetch(void *self, struct credentials *, struct error *);

enum { CREDENTIALS_RENEW_MS = 5 * 60 * 1000, CREDENTIALS_RETRY_MS = 30 * 1000 };

/* `skew_ms` is added to the clock's wall time. */
struct credential_cache *credential_cache_new(const struct clock *, const atomic_llong *skew_ms,
                                              credential_fetch *, void *self);
void credential_cache_free(struct credential_cache *);
/* A copy, to be released. */
WARN_UNUSED bool credential_cache_get(struct credential_cache *, struct credentials *, struct error *);
/* AWS refused the credentials of that generation: the next get fetches. */
void credential_cache_reject(struct credential_cache *, uint64_t generation);

/* One source.  ABSENT sets the error to why it has nothing ("AWS_ACCESS_KEY_ID is not set"). */
enum credential_outcome { CREDENTIALS_FOUND, CREDENTIALS_ABSENT, CREDENTIALS_FAILED };
struct credential_source {
    const char *name; /* as in messages */
    enum credential_outcome (*find)(struct aws_session *, struct str region, struct credentials *,
                                    struct error *);
};
extern const struct credential_source credentials_environment, credentials_shared, credentials_web_identity,
    credentials_container, credentials_imds;

/* Asks the sources in their order. */
WARN_UNUSED bool credentials_find(struct aws_session *, struct str region, struct credentials *,
                                  struct error *);

/* AssumeRole with other credentials. */
struct assume_role {
    struct str role_arn, external_id, session_name; /* the latter two may be empty */
    struct str region;
    const struct credentials *base;
};
WARN_UNUSED bool credentials_assume_role(struct aws_session *, const struct assume_role *,
                                         struct credentials *, struct error *);
/* AssumeRoleWithWebIdentity with the token in a file. */
WARN_UNUSED bool credentials_assume_by_token(struct aws_session *, struct str region, struct str role_arn,
                                             struct str session_name, const char *token_file,
                                             struct credentials *, struct error *);

/* What STS, the container endpoint and IMDS say: AccessKeyId, SecretAccessKey, Token or SessionToken,
 * Expiration. */
WARN_UNUSED bool credentials_read(const struct value *, struct credentials *, struct error *);

/* A small file outside any repository; symbolic links are followed (Kubernetes mounts tokens so). */
WARN_UNUSED bool credentials_read_file(struct arena *, const char *path, struct str *text, struct error *);

#endif
