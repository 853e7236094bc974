#include "providers/aws/identity.h"

#include "providers/aws/failure.h"
#include "providers/sts/operations.h"

struct identity {
    struct identity *next;
    struct aws_session *session;
    char *role_arn, *external_id, *region;
    struct credential_cache *cache;
    pthread_mutex_t lock;
    uint64_t verified; /* generation of the cache that `account` belongs to */
    char account[ACCOUNT_SIZE];
};

static bool fetch(void *self, struct credentials *credentials, struct error *error)
{
    struct identity *identity = self;
    struct str region = str_from(identity->region);
    if (!*identity->role_arn)
        return credentials_find(identity->session, region, credentials, error);
    struct credentials base = {0};
    struct identity *ambient = identity_of(identity->session, STR_EMPTY, STR_EMPTY, region);
    if (!credential_cache_get(ambient->cache, &base, error))
        return false;
    struct assume_role assume = {.role_arn = str_from(identity->role_arn),
                                 .external_id = str_from(identity->external_id),
                                 .region = region,
                                 .base = &base};
    bool done = credentials_assume_role(identity->session, &assume, credentials, error);
    if (!done && failure_is_expired(error))
        credential_cache_reject(ambient->cache, base.generation);
    credentials_release(&base);
    return done;
}

static struct identity *identity_new(struct aws_session *session, struct str role_arn, struct str external_id,
                                     struct str region)
{
    struct identity *identity = memory_alloc(sizeof *identity);
    *identity = (struct identity){.next = session->identities,
                                  .session = session,
                                  .role_arn = memory_text(role_arn),
                                  .external_id = memory_text(external_id),
                                  .region = memory_text(region)};
    identity->cache = credential_cache_new(session->options.clock, &session->skew_ms, fetch, identity);
    pthread_mutex_init(&identity->lock, NULL);
    session->identities = identity;
    return identity;
}

struct identity *identity_of(struct aws_session *session, struct str role_arn, struct str external_id,
                             struct str region)
{
    pthread_mutex_lock(&session->lock);
    struct identity *identity = session->identities;
    while (identity && !(str_is(role_arn, identity->role_arn) && str_is(external_id, identity->external_id)))
        identity = identity->next;
    if (!identity)
        identity = identity_new(session, role_arn, external_id, region);
    pthread_mutex_unlock(&session->lock);
    return identity;
}

void identities_free(struct identity *identity)
{
    while (identity) {
        struct identity *next = identity->next;
        credential_cache_free(identity->cache);
        pthread_mutex_destroy(&identity->lock);
        free(identity->role_arn);
        free(identity->external_id);
        free(identity->region);
        free(identity);
        identity = next;
    }
}

static bool ask_account(struct identity *identity, const struct credentials *credentials,
                        char account[ACCOUNT_SIZE], struct error *error)
{
    struct arena *arena = arena_new();
    struct value *output;
    uint64_t number;
    bool done = exchange_with(identity->session, str_from(identity->region), credentials,
                              &sts_operations[STS_GET_CALLER_IDENTITY], arena, NULL, &output, error);
    if (done) {
        struct str said = value_get_text(output, "Account");
        done = said.len == ACCOUNT_SIZE - 1 && str_to_uint(said, UINT64_MAX, &number);
        if (done)
            snprintf(account, ACCOUNT_SIZE, "%.*s", STR_ARG(said));
        else
            error_set(error, ERROR_CORRUPT, "sts GetCallerIdentity: '%.*s' is no account", STR_ARG(said));
    }
    arena_free(arena);
    return done;
}

static bool is_verified(struct identity *identity, uint64_t generation, char account[ACCOUNT_SIZE])
{
    pthread_mutex_lock(&identity->lock);
    bool verified = identity->verified == generation;
    memcpy(account, identity->account, ACCOUNT_SIZE);
    pthread_mutex_unlock(&identity->lock);
    return verified;
}

bool identity_credentials(struct identity *identity, struct credentials *credentials,
                          char account[ACCOUNT_SIZE], struct error *error)
{
    if (!credential_cache_get(identity->cache, credentials, error))
        return false;
    if (is_verified(identity, credentials->generation, account))
        return true;
    if (!ask_account(identity, credentials, account, error)) {
        if (error->code == ERROR_DENIED)
            credential_cache_reject(identity->cache, credentials->generation);
        credentials_release(credentials);
        return false;
    }
    pthread_mutex_lock(&identity->lock);
    identity->verified = credentials->generation;
    memcpy(identity->account, account, ACCOUNT_SIZE);
    pthread_mutex_unlock(&identity->lock);
    return true;
}

void identity_reject(struct identity *identity, const struct credentials *credentials)
{
    credential_cache_reject(identity->cache, credentials->generation);
}
