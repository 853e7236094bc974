#include "providers/aws/credentials.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "providers/aws/session.h"

enum { FILE_MAX = 256 * 1024, WAIT_MS = 20 };

void credentials_set(struct credentials *credentials, struct str access_key, struct str secret_key,
                     struct str token, int64_t expires_ms)
{
    *credentials = (struct credentials){.access_key = memory_text(access_key),
                                        .secret_key = memory_text(secret_key),
                                        .token = memory_text(token),
                                        .expires_ms = expires_ms};
}

static void wipe(char *text)
{
    if (text)
        explicit_bzero(text, strlen(text));
    free(text);
}

void credentials_release(struct credentials *credentials)
{
    wipe(credentials->access_key);
    wipe(credentials->secret_key);
    wipe(credentials->token);
    *credentials = (struct credentials){0};
}

static void copy_credentials(struct credentials *to, const struct credentials *from)
{
    credentials_set(to, str_from(from->access_key), str_from(from->secret_key), str_from(from->token),
                    from->expires_ms);
    to->generation = from->generation;
}

struct credential_cache {
    const struct clock *clock;
    const atomic_llong *skew_ms;
    credential_fetch *fetch;
    void *self;
    pthread_mutex_t lock;
    struct credentials held;
    uint64_t generation;
    bool fetching, rejected;
    int64_t retry_ms; /* wall time: no earlier renewal after a failure */
};

struct credential_cache *credential_cache_new(const struct clock *clock, const atomic_llong *skew_ms,
                                              credential_fetch *fetch, void *self)
{
    struct credential_cache *cache = memory_alloc(sizeof *cache);
    *cache = (struct credential_cache){.clock = clock, .skew_ms = skew_ms, .fetch = fetch, .self = self};
    pthread_mutex_init(&cache->lock, NULL);
    return cache;
}

void credential_cache_free(struct credential_cache *cache)
{
    if (!cache)
        return;
    credentials_release(&cache->held);
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

static bool valid_for(const struct credential_cache *cache, int64_t now, int64_t margin)
{
    const struct credentials *held = &cache->held;
    return held->access_key && !cache->rejected && (held->expires_ms == 0 || now + margin < held->expires_ms);
}

/* Called and left with the lock held, but not while it fetches. */
static bool fetch(struct credential_cache *cache, int64_t now, struct error *error)
{
    struct credentials fresh = {0};
    cache->fetching = true;
    pthread_mutex_unlock(&cache->lock);
    bool done = cache->fetch(cache->self, &fresh, error);
    pthread_mutex_lock(&cache->lock);
    cache->fetching = false;
    if (!done) {
        cache->retry_ms = now + CREDENTIALS_RETRY_MS;
        return false;
    }
    credentials_release(&cache->held);
    cache->held = fresh;
    cache->held.generation = ++cache->generation;
    cache->rejected = false;
    cache->retry_ms = 0;
    return true;
}

/* Whoever waits asks the clock in between: with a simulated one, that is where other threads get on. */
static bool ensure(struct credential_cache *cache, struct error *error)
{
    for (;;) {
        int64_t now = clock_wall(cache->clock) + atomic_load(cache->skew_ms);
        bool valid = valid_for(cache, now, 0);
        if (valid_for(cache, now, CREDENTIALS_RENEW_MS) ||
            (valid && (cache->fetching || now < cache->retry_ms)))
            return true;
        if (!cache->fetching) {
            struct error failure = ERROR_INIT;
            if (fetch(cache, now, &failure) || valid)
                return true;
            *error = failure;
            return false;
        }
        pthread_mutex_unlock(&cache->lock);
        clock_sleep(cache->clock, WAIT_MS);
        pthread_mutex_lock(&cache->lock);
    }
}

bool credential_cache_get(struct credential_cache *cache, struct credentials *copy, struct error *error)
{
    pthread_mutex_lock(&cache->lock);
    bool done = ensure(cache, error);
    if (done)
        copy_credentials(copy, &cache->held);
    pthread_mutex_unlock(&cache->lock);
    return done;
}

void credential_cache_reject(struct credential_cache *cache, uint64_t generation)
{
    pthread_mutex_lock(&cache->lock);
    if (cache->held.generation == generation)
        cache->rejected = true;
    pthread_mutex_unlock(&cache->lock);
}

bool credentials_read(const struct value *said, struct credentials *credentials, struct error *error)
{
    struct str access_key = value_get_text(said, "AccessKeyId");
    struct str secret_key = value_get_text(said, "SecretAccessKey");
    struct str token = value_get_text(said, value_get(said, "Token") ? "Token" : "SessionToken");
    struct str expiration = value_get_text(said, "Expiration");
    int64_t expires_ms = 0;
    if (access_key.len == 0 || secret_key.len == 0)
        return error_set(error, ERROR_CORRUPT, "the answer holds no AccessKeyId and SecretAccessKey");
    if (expiration.len && !time_parse(expiration, &expires_ms))
        return error_set(error, ERROR_CORRUPT, "the answer's Expiration is no time: '%.*s'",
                         STR_ARG(expiration));
    credentials_set(credentials, access_key, secret_key, token, expires_ms);
    return true;
}

static bool read_all(int fd, struct arena *arena, const char *path, struct str *text, struct error *error)
{
    char *bytes = arena_alloc(arena, FILE_MAX + 1);
    size_t length = 0;
    for (;;) {
        ssize_t got = read(fd, bytes + length, FILE_MAX + 1 - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set(error, ERROR_UNAVAILABLE, "%s: %s", path, strerror(errno));
        if (got == 0)
            break;
        length += (size_t)got;
        if (length > FILE_MAX)
            return error_set(error, ERROR_INVALID, "%s is larger than %d bytes", path, FILE_MAX);
    }
    *text = (struct str){.ptr = bytes, .len = length};
    return true;
}

bool credentials_read_file(struct arena *arena, const char *path, struct str *text, struct error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return error_set(error, errno == ENOENT ? ERROR_NOT_FOUND : ERROR_INVALID, "%s: %s", path,
                         strerror(errno));
    bool done = read_all(fd, arena, path, text, error);
    close(fd);
    return done;
}

bool credentials_find(struct aws_session *session, struct str region, struct credentials *credentials,
                      struct error *error)
{
    static const struct credential_source *const sources[] = {
        &credentials_environment, &credentials_shared, &credentials_web_identity,
        &credentials_container,   &credentials_imds,
    };
    struct buf looked = BUF_INIT(ERROR_MESSAGE_MAX);
    enum credential_outcome outcome = CREDENTIALS_ABSENT;
    for (size_t i = 0; outcome == CREDENTIALS_ABSENT && i < ARRAY_LENGTH(sources); i++) {
        struct error reason = ERROR_INIT;
        outcome = sources[i]->find(session, region, credentials, &reason);
        buf_printf(&looked, "%s%s (%s)", i ? ", " : "", sources[i]->name, reason.message);
        if (outcome == CREDENTIALS_FAILED) {
            *error = reason;
            error_prefix(error, "%s", sources[i]->name);
        }
    }
    if (outcome == CREDENTIALS_ABSENT)
        error_set(error, ERROR_DENIED, "no AWS credentials found; looked at %s", looked.ptr);
    buf_release(&looked);
    return outcome == CREDENTIALS_FOUND;
}
