/* Handles: one account and region. */

#include "providers/aws/identity.h"
#include "providers/sts/operations.h"

struct aws {
    struct aws_session *session;
    struct identity *identity;
    char *region;
    double share; /* of every rate bucket */
    struct aws_fence fence;
    char account[ACCOUNT_SIZE]; /* the account that must answer; "" only while it is opened for any */
};

static bool credentials_of(void *self, struct credentials *credentials, struct error *error)
{
    struct aws *aws = self;
    char account[ACCOUNT_SIZE];
    if (!identity_credentials(aws->identity, credentials, account, error))
        return false;
    if (!*aws->account)
        memcpy(aws->account, account, ACCOUNT_SIZE);
    if (strcmp(aws->account, account) == 0)
        return true;
    credentials_release(credentials);
    return error_set(error, ERROR_INVALID,
                     "wrong account: the credentials are of %s, the environment is in %s; nothing is written",
                     account, aws->account);
}

static bool rejected(void *self, const struct credentials *credentials)
{
    struct aws *aws = self;
    identity_reject(aws->identity, credentials);
    return true;
}

static struct aws *handle_new(struct aws_session *session, struct identity *identity, struct str region)
{
    struct aws *aws = memory_alloc(sizeof *aws);
    *aws = (struct aws){
        .session = session, .identity = identity, .region = memory_alloc(region.len + 1), .share = 1};
    memcpy(aws->region, region.ptr, region.len);
    return aws;
}

bool aws_open(struct aws_session *session, const struct aws_target *target, struct aws **out,
              struct error *error)
{
    struct credentials credentials = {0};
    if (target->region.len == 0)
        return error_set(error, ERROR_INVALID, "no AWS region is given");
    if (target->account.len && target->account.len != ACCOUNT_SIZE - 1)
        return error_set(error, ERROR_INVALID, "'%.*s' is no AWS account", STR_ARG(target->account));
    struct str role = target->role_arn.len ? target->role_arn : STR_EMPTY;
    struct str external_id = target->external_id.len ? target->external_id : STR_EMPTY;
    struct aws *aws =
        handle_new(session, identity_of(session, role, external_id, target->region), target->region);
    snprintf(aws->account, sizeof aws->account, "%.*s", STR_ARG(target->account));
    if (!credentials_of(aws, &credentials, error)) {
        aws_close(aws);
        return false;
    }
    credentials_release(&credentials);
    *out = aws;
    return true;
}

void aws_close(struct aws *aws)
{
    if (!aws)
        return;
    free(aws->region);
    free(aws);
}

bool aws_in_region(struct aws *aws, struct str region, struct aws **out, struct error *error)
{
    if (region.len == 0)
        return error_set(error, ERROR_INVALID, "no AWS region is given");
    *out = handle_new(aws->session, aws->identity, region);
    memcpy((*out)->account, aws->account, ACCOUNT_SIZE);
    (*out)->share = aws->share;
    (*out)->fence = aws->fence;
    return true;
}

void aws_set_share(struct aws *aws, double share)
{
    aws->share = share;
}

void aws_set_fence(struct aws *aws, struct aws_fence fence)
{
    aws->fence = fence;
}

struct str aws_account(const struct aws *aws)
{
    return str_from(aws->account);
}

struct str aws_region(const struct aws *aws)
{
    return str_from(aws->region);
}

struct str aws_partition(const struct aws *aws)
{
    return str_from(aws_partition_of(aws_region(aws))->name);
}

struct str aws_url_suffix(const struct aws *aws)
{
    return str_from(aws_partition_of(aws_region(aws))->url_suffix);
}

const struct clock *aws_clock(const struct aws *aws)
{
    return aws->session->options.clock;
}

static struct exchange exchange_of(struct aws *aws)
{
    return (struct exchange){.session = aws->session,
                             .region = aws_region(aws),
                             .account = aws_account(aws),
                             .share = aws->share,
                             .fence = aws->fence,
                             .credentials = credentials_of,
                             .rejected = rejected,
                             .self = aws};
}

bool aws_call(struct aws *aws, const struct aws_operation *operation, struct arena *arena,
              const struct value *input, struct value **output, struct error *error)
{
    struct exchange exchange = exchange_of(aws);
    return exchange_perform(&exchange, operation, arena, input, output, error);
}

bool aws_call_within(struct aws *aws, const struct aws_operation *operation, struct arena *arena,
                     const struct value *input, const struct aws_limits *limits, struct value **output,
                     struct error *error)
{
    struct exchange exchange = exchange_of(aws);
    exchange.limits = limits;
    return exchange_perform(&exchange, operation, arena, input, output, error);
}

bool aws_presign(struct aws *aws, const struct aws_operation *operation, struct arena *arena,
                 const struct value *input, int64_t seconds, struct str *url, struct error *error)
{
    struct exchange exchange = exchange_of(aws);
    return exchange_presign(&exchange, operation, arena, input, seconds, url, error);
}

bool aws_wait(struct aws *aws, const char *what, int64_t timeout_ms,
              bool (*probe)(void *self, bool *done, struct error *), void *self, struct error *error)
{
    enum { PAUSE_MS = 100, PAUSE_MAX_MS = 5000 };
    const struct clock *clock = aws_clock(aws);
    int64_t deadline = clock_monotonic(clock) + timeout_ms, pause = PAUSE_MS;
    for (;;) {
        bool done = false;
        if (!probe(self, &done, error))
            return false;
        if (done)
            return true;
        int64_t left = deadline - clock_monotonic(clock);
        if (left <= 0)
            return error_set(error, ERROR_TIMEOUT, "waited %lld s for %s", (long long)(timeout_ms / 1000),
                             what);
        if (!session_sleep(aws->session, pause < left ? pause : left, error))
            return false;
        pause = pause * 2 < PAUSE_MAX_MS ? pause * 2 : PAUSE_MAX_MS;
    }
}

bool aws_caller(struct aws *aws, struct arena *arena, struct str *arn, struct error *error)
{
    struct value *output;
    if (!aws_call(aws, &sts_operations[STS_GET_CALLER_IDENTITY], arena, NULL, &output, error))
        return false;
    *arn = value_get_text(output, "Arn");
    return true;
}

bool aws_clock_skew(struct aws_session *session, struct str region, int64_t *milliseconds,
                    struct error *error)
{
    enum { ANSWER_MS = 20 * 1000 };
    struct arena *arena = arena_new();
    struct aws_endpoint endpoint;
    struct http_response response = {0};
    bool done = endpoint_resolve(arena, &session->environment, &sts_service, region, &endpoint, error);
    if (done) {
        const struct http_request request = {
            .method = STR("GET"),
            .url = arena_printf(arena, "%.*s://%.*s%.*s/", STR_ARG(endpoint.scheme), STR_ARG(endpoint.host),
                                STR_ARG(endpoint.path)),
            .timeout_ms = ANSWER_MS,
            .cancelled = session->options.cancelled,
        };
        done = http_perform(session->options.http, arena, &request, &response, error);
    }
    int64_t theirs = 0;
    if (done && !time_parse_http(http_header(&response, "Date"), &theirs))
        done = error_set(error, ERROR_CORRUPT, "'%.*s' answered without a date", STR_ARG(endpoint.host));
    *milliseconds = theirs - clock_wall(session->options.clock);
    arena_free(arena);
    return done;
}
