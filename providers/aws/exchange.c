/* One operation: encode, pace, sign, send, read the answer, and decide whether to do it again. */

#include "base/digest.h"
#include "providers/aws/codec.h"
#include "providers/aws/failure.h"
#include "providers/aws/session.h"
#include "providers/aws/sigv4.h"

enum {
    ATTEMPTS_MAX = 3,
    ATTEMPT_MS = 60 * 1000,  /* unless the row says otherwise */
    CALL_MS = 3 * 60 * 1000, /* no attempt starts later; waiting for a token of the rate bucket not counted */
    BACKOFF_MS = 1000,
    BACKOFF_MAX_MS = 20 * 1000,
    WINDOW_MS = 10,                /* until it is seen again whether a call may begin */
    SKEW_LEAST_MS = 4 * 60 * 1000, /* AWS allows five minutes */
};

struct attempt {
    const struct exchange *exchange;
    const struct aws_operation *operation;
    struct arena *arena;
    struct aws_endpoint endpoint;
    struct aws_message message;
    struct pace *pace;
    uint32_t round;      /* of the pace, while the call is under way */
    int64_t deadline_ms; /* monotonic */
    int number, most;
    int paid;       /* to the retry quota */
    bool corrected; /* clock or credentials have been renewed once */
};

/* How one attempt ended. */
struct ending {
    bool may_have_happened;
    bool again_at_once; /* with the clock or the credentials put right */
};

static struct str url_of(struct attempt *attempt)
{
    const struct aws_message *message = &attempt->message;
    return arena_printf(attempt->arena, "%.*s://%.*s%.*s%s%.*s", STR_ARG(attempt->endpoint.scheme),
                        STR_ARG(message->host), STR_ARG(message->path), message->query.len ? "?" : "",
                        STR_ARG(message->query));
}

/* Adds what signing needs to `message`, a copy of the attempt's. */
static void sign(struct attempt *attempt, struct arena *scratch, const struct credentials *credentials,
                 struct aws_message *message)
{
    const struct aws_service *service = attempt->operation->service;
    bool s3 = service->protocol == AWS_REST_XML;
    struct sigv4_scope scope = {.access_key = str_from(credentials->access_key),
                                .secret_key = str_from(credentials->secret_key),
                                .region = attempt->endpoint.signing_region,
                                .service = str_from(service->signing_name),
                                .time_ms = session_now(attempt->exchange->session)};
    struct str hash = sha256_hex(scratch, message->body);
    message_add_header(message, "X-Amz-Date", time_basic(scratch, scope.time_ms));
    if (s3)
        message_add_header(message, "X-Amz-Content-Sha256", hash);
    if (*credentials->token)
        message_add_header(message, "X-Amz-Security-Token", str_from(credentials->token));
    struct sigv4_request request = {.method = message->method,
                                    .path = message->path,
                                    .query = message->query,
                                    .headers = message->headers,
                                    .header_count = message->header_count,
                                    .payload_hash = hash,
                                    .path_rule = s3 ? SIGV4_PATH_AS_IS : SIGV4_PATH_NORMALIZED};
    message_add_header(message, "Authorization", sigv4_sign(scratch, &scope, &request).authorization);
}

static bool may_send(const struct attempt *attempt, struct error *error)
{
    const struct aws_fence *fence = &attempt->exchange->fence;
    return attempt->operation->safety == AWS_READ || !fence->check || fence->check(fence->self, error);
}

static bool send(struct attempt *attempt, struct arena *scratch, const struct credentials *credentials,
                 struct http_response *response, struct error *error)
{
    struct aws_session *session = attempt->exchange->session;
    struct aws_message message = attempt->message;
    const struct aws_limits *limits = attempt->exchange->limits;
    int64_t most = limits && limits->total_ms       ? limits->total_ms
                   : attempt->operation->timeout_ms ? attempt->operation->timeout_ms
                                                    : ATTEMPT_MS;
    message_add_header(&message, "Host", message.host);
    if (credentials)
        sign(attempt, scratch, credentials, &message);
    message_add_header(&message, "User-Agent", STR("plumb/" PLUMB_VERSION));
    int64_t began = clock_monotonic(session->options.clock), left = attempt->deadline_ms - began;
    if (left <= 0)
        return error_set(error, ERROR_UNAVAILABLE, "no time is left to send it");
    if (!may_send(attempt, error))
        return false;
    struct http_request request = {.method = message.method,
                                   .url = url_of(attempt),
                                   .headers = message.headers,
                                   .header_count = message.header_count,
                                   .body = message.body,
                                   .timeout_ms = left < most ? left : most,
                                   .cancelled = session->options.cancelled};
    bool done = http_perform(session->options.http, attempt->arena, &request, response, error);
    if (limits && limits->took_ms)
        *limits->took_ms = clock_monotonic(session->options.clock) - began;
    return done;
}

/* Takes the time from the answer's Date where ours is off.  True where that changed anything. */
static bool correct_clock(struct aws_session *session, const struct http_response *response)
{
    int64_t theirs;
    if (!time_parse_http(http_header(response, "Date"), &theirs))
        return false;
    int64_t off = theirs - session_now(session);
    if (off < SKEW_LEAST_MS && off > -SKEW_LEAST_MS)
        return false;
    long long skew = theirs - clock_wall(session->options.clock);
    atomic_store(&session->skew_ms, skew);
    log_warn(session->options.log, "clock_corrected", LOG_INT("milliseconds", skew));
    return true;
}

static void judge_failure(struct attempt *attempt, const struct credentials *credentials,
                          const struct http_response *response, const struct error *error,
                          struct ending *ending)
{
    const struct exchange *exchange = attempt->exchange;
    ending->may_have_happened = error->code == ERROR_UNAVAILABLE;
    if (error->code == ERROR_THROTTLED) {
        atomic_fetch_add(&exchange->session->throttled, 1);
    }
    if (!attempt->corrected && credentials) {
        if (failure_is_skew(error) && correct_clock(exchange->session, response))
            ending->again_at_once = true;
        else if (failure_is_expired(error) && exchange->rejected)
            ending->again_at_once = exchange->rejected(exchange->self, credentials);
    }
}

static bool read_answer(struct attempt *attempt, const struct credentials *credentials,
                        const struct http_response *response, struct value **output, struct ending *ending,
                        struct error *error)
{
    if (response->status < 200 || response->status > 299) {
        failure_read(attempt->arena, attempt->operation, response, error);
        judge_failure(attempt, credentials, response, error, ending);
        return false;
    }
    if (codec_decode(attempt->arena, attempt->operation, response, output, error))
        return true;
    if (error->code == ERROR_CORRUPT)
        error->code = ERROR_UNAVAILABLE;
    ending->may_have_happened = true;
    return false;
}

static bool try_once(struct attempt *attempt, struct value **output, struct ending *ending,
                     struct error *error)
{
    const struct exchange *exchange = attempt->exchange;
    struct credentials credentials = {0};
    if (exchange->credentials && !exchange->credentials(exchange->self, &credentials, error))
        return error_prefix(error, "credentials");
    struct arena *scratch = arena_new();
    struct http_response response = {0};
    const struct credentials *used = exchange->credentials ? &credentials : NULL;
    bool done = send(attempt, scratch, used, &response, error);
    if (done)
        done = read_answer(attempt, used, &response, output, ending, error);
    else
        ending->may_have_happened = error->code == ERROR_TIMEOUT;
    arena_wipe(scratch);
    credentials_release(&credentials);
    return done;
}

/* Waits for the next attempt, or says that there is none. */
static bool prepare_retry(struct attempt *attempt, const struct ending *ending, struct error *error)
{
    struct aws_session *session = attempt->exchange->session;
    bool lost = ending->may_have_happened && attempt->operation->safety == AWS_READ_BACK;
    if (lost)
        error->code = ERROR_TIMEOUT;
    if (ending->again_at_once) {
        attempt->corrected = true;
        return true;
    }
    bool passing =
        error->code == ERROR_THROTTLED || error->code == ERROR_UNAVAILABLE || error->code == ERROR_TIMEOUT;
    if (lost || !passing || attempt->number >= attempt->most)
        return false;
    int cost = error->code == ERROR_TIMEOUT ? RETRY_COST_TIMEOUT : RETRY_COST;
    int64_t most = (int64_t)BACKOFF_MS << (attempt->number - 1);
    uint64_t bound = (uint64_t)(most < BACKOFF_MAX_MS ? most : BACKOFF_MAX_MS) + 1;
    int64_t pause = (int64_t)random_below(session->options.random, bound);
    if (clock_monotonic(session->options.clock) + pause >= attempt->deadline_ms ||
        !pace_pay(attempt->pace, cost))
        return false;
    attempt->paid += cost;
    attempt->number++;
    atomic_fetch_add(&session->retried, 1);
    return session_sleep(session, pause, error);
}

static bool wait_turn(struct attempt *attempt, struct error *error)
{
    struct aws_session *session = attempt->exchange->session;
    if (!session->options.pacing)
        return true;
    int64_t wait = pace_take(attempt->pace, attempt->exchange->share);
    attempt->deadline_ms += wait;
    if (!session_sleep(session, wait, error))
        return false;
    while (!pace_enter(attempt->pace, &attempt->round)) {
        attempt->deadline_ms += WINDOW_MS;
        if (!session_sleep(session, WINDOW_MS, error))
            return false;
    }
    return true;
}

static bool run(struct attempt *attempt, struct value **output, struct error *error)
{
    struct aws_session *session = attempt->exchange->session;
    for (;;) {
        struct ending ending = {0};
        struct error failure = ERROR_INIT;
        if (!wait_turn(attempt, error))
            return false;
        int64_t began = clock_monotonic(session->options.clock);
        bool done = try_once(attempt, output, &ending, &failure);
        if (session->options.pacing)
            pace_leave(attempt->pace, attempt->round, !done && failure.code == ERROR_THROTTLED);
        log_debug(session->options.log, "aws_call", LOG_STRZ("service", attempt->operation->service->name),
                  LOG_STRZ("operation", attempt->operation->name),
                  LOG_STR("region", attempt->exchange->region),
                  LOG_STRZ("outcome", done ? "ok" : error_code_name(failure.code)),
                  LOG_INT("milliseconds", clock_monotonic(session->options.clock) - began));
        if (done) {
            pace_refund(attempt->pace, attempt->paid);
            return true;
        }
        if (!prepare_retry(attempt, &ending, &failure)) {
            *error = failure;
            return false;
        }
    }
}

static void tell(struct aws_session *session, const struct aws_operation *operation,
                 const struct value *input, bool after, const struct error *error)
{
    for (size_t i = 0; i < session->observer_count; i++) {
        const struct aws_observer *observer = &session->observers[i];
        if (after && observer->after)
            observer->after(observer->self, operation, input, error);
        else if (!after && observer->before)
            observer->before(observer->self, operation, input);
    }
}

bool exchange_perform(const struct exchange *exchange, const struct aws_operation *operation,
                      struct arena *arena, const struct value *input, struct value **output,
                      struct error *error)
{
    struct aws_session *session = exchange->session;
    const struct aws_limits *limits = exchange->limits;
    struct attempt attempt = {.exchange = exchange, .operation = operation, .arena = arena, .number = 1};
    struct value *ignored;
    attempt.most = limits && limits->attempts ? limits->attempts : ATTEMPTS_MAX;
    attempt.pace = pacing_of(session->pacing, exchange->account, exchange->region, operation);
    attempt.deadline_ms = clock_monotonic(session->options.clock) +
                          (limits && limits->total_ms ? limits->total_ms : CALL_MS + operation->timeout_ms);
    atomic_fetch_add(&session->calls, 1);
    atomic_fetch_add(&session->mutating, operation->safety != AWS_READ);
    tell(session, operation, input, false, NULL);
    bool done = endpoint_resolve(arena, &session->environment, operation->service, exchange->region,
                                 &attempt.endpoint, error) &&
                codec_encode(arena, operation, &attempt.endpoint, input, &attempt.message, error) &&
                run(&attempt, output ? output : &ignored, error);
    if (!done)
        error_prefix(error, "%s %s", operation->service->name, operation->name);
    tell(session, operation, input, true, done ? NULL : error);
    return done;
}

static bool fixed_credentials(void *self, struct credentials *copy, struct error *error)
{
    const struct credentials *credentials = self;
    (void)error;
    credentials_set(copy, str_from(credentials->access_key), str_from(credentials->secret_key),
                    str_from(credentials->token), credentials->expires_ms);
    return true;
}

bool exchange_with(struct aws_session *session, struct str region, const struct credentials *credentials,
                   const struct aws_operation *operation, struct arena *arena, const struct value *input,
                   struct value **output, struct error *error)
{
    struct exchange exchange = {.session = session,
                                .region = region,
                                .account = STR_EMPTY,
                                .share = 1,
                                .credentials = credentials ? fixed_credentials : NULL,
                                .self = (void *)credentials};
    return exchange_perform(&exchange, operation, arena, input, output, error);
}

static struct str presigned_query(struct attempt *attempt, const struct credentials *credentials,
                                  int64_t seconds)
{
    const struct aws_message *message = &attempt->message;
    const struct http_header host = {STR("Host"), message->host};
    struct sigv4_scope scope = {.access_key = str_from(credentials->access_key),
                                .secret_key = str_from(credentials->secret_key),
                                .region = attempt->endpoint.signing_region,
                                .service = str_from(attempt->operation->service->signing_name),
                                .time_ms = session_now(attempt->exchange->session)};
    struct sigv4_request request = {.method = message->method,
                                    .path = message->path,
                                    .query = message->query,
                                    .headers = &host,
                                    .header_count = 1,
                                    .payload_hash = STR("UNSIGNED-PAYLOAD"),
                                    .path_rule = SIGV4_PATH_AS_IS};
    return sigv4_presign(attempt->arena, &scope, &request, str_from(credentials->token), seconds);
}

bool exchange_presign(const struct exchange *exchange, const struct aws_operation *operation,
                      struct arena *arena, const struct value *input, int64_t seconds, struct str *url,
                      struct error *error)
{
    struct attempt attempt = {.exchange = exchange, .operation = operation, .arena = arena};
    struct credentials credentials = {0};
    if (!endpoint_resolve(arena, &exchange->session->environment, operation->service, exchange->region,
                          &attempt.endpoint, error) ||
        !codec_encode(arena, operation, &attempt.endpoint, input, &attempt.message, error) ||
        !exchange->credentials(exchange->self, &credentials, error))
        return error_prefix(error, "cannot sign a URL for %s", operation->name);
    attempt.message.query = presigned_query(&attempt, &credentials, seconds);
    *url = url_of(&attempt);
    credentials_release(&credentials);
    return true;
}
