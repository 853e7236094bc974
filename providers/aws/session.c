#include "providers/aws/session.h"

#include "providers/aws/identity.h"
#include "providers/aws/request_log.h"

enum { CANCEL_CHECK_MS = 200 };

struct aws_session *aws_session_new(const struct aws_session_options *options)
{
    struct aws_session *session = memory_alloc(sizeof *session);
    session->options = *options;
    session->environment =
        (struct aws_environment){.get = options->environment, .self = options->environment_self};
    session->pacing = pacing_new(options->clock);
    pthread_mutex_init(&session->lock, NULL);
    const char *path = environment_get(&session->environment, "PLUMB_REQUEST_LOG");
    struct error error = ERROR_INIT;
    if (path && !request_log_open(path, &session->request_log, &error))
        log_error(options->log, "request_log", LOG_ERROR_FIELD(&error));
    if (session->request_log) {
        struct aws_observer observer = request_log_observer(session->request_log);
        aws_session_observe(session, &observer);
    }
    return session;
}

void aws_session_free(struct aws_session *session)
{
    if (!session)
        return;
    identities_free(session->identities);
    pacing_free(session->pacing);
    request_log_close(session->request_log);
    pthread_mutex_destroy(&session->lock);
    free(session);
}

void aws_session_observe(struct aws_session *session, const struct aws_observer *observer)
{
    if (session->observer_count < SESSION_OBSERVERS_MAX)
        session->observers[session->observer_count++] = *observer;
}

struct aws_counters aws_session_counters(const struct aws_session *session)
{
    return (struct aws_counters){.calls = atomic_load(&session->calls),
                                 .mutating = atomic_load(&session->mutating),
                                 .throttled = atomic_load(&session->throttled),
                                 .retried = atomic_load(&session->retried)};
}

int64_t session_now(struct aws_session *session)
{
    return clock_wall(session->options.clock) + atomic_load(&session->skew_ms);
}

bool session_sleep(struct aws_session *session, int64_t milliseconds, struct error *error)
{
    const atomic_bool *cancelled = session->options.cancelled;
    while (milliseconds > 0) {
        int64_t part = cancelled && milliseconds > CANCEL_CHECK_MS ? CANCEL_CHECK_MS : milliseconds;
        if (cancelled && atomic_load(cancelled))
            return error_set(error, ERROR_CANCELLED, "asked to stop");
        clock_sleep(session->options.clock, part);
        milliseconds -= part;
    }
    return true;
}
