#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "reconciler/cli/forge.h"
#include "reconciler/cli/lambda_runtime.h"
#include "reconciler/loop.h"

/* So long before the deadline nothing is begun any more, and what is under way is broken off; of an event
 * with little time half and a quarter of it. */
enum { WIND_DOWN_MS = 30 * 1000, BREAK_OFF_MS = 5 * 1000, NAP_MS = 20 };

struct lambda {
    struct context *context;
    struct lambda_runtime *runtime;
    struct loop_options options;
    struct loop *loop; /* NULL until the repository could be opened, and after a pass that was broken off */
    atomic_bool cancelled; /* the pass under way */

    pthread_t watch;
    atomic_bool over;
    int64_t break_ms; /* monotonic */
};

static int64_t now_ms(const struct lambda *lambda)
{
    return clock_monotonic(lambda->context->clock);
}

/* --- the deadline --- */

static void *watch(void *argument)
{
    struct lambda *lambda = argument;
    while (!atomic_load(&lambda->over)) {
        if (atomic_load(lambda->context->cancelled) || now_ms(lambda) >= lambda->break_ms)
            atomic_store(&lambda->cancelled, true);
        clock_sleep(lambda->context->clock, NAP_MS);
    }
    return NULL;
}

static void begin_watch(struct lambda *lambda, int64_t break_ms)
{
    lambda->break_ms = break_ms;
    atomic_store(&lambda->over, false);
    atomic_store(&lambda->cancelled, false);
    if (pthread_create(&lambda->watch, NULL, watch, lambda) != 0)
        memory_exhausted();
}

static void end_watch(struct lambda *lambda)
{
    atomic_store(&lambda->over, true);
    pthread_join(lambda->watch, NULL);
}

static int64_t least(int64_t one, int64_t other)
{
    return one < other ? one : other;
}

/* --- what an event is about --- */

/* A queue's message, or a topic's; with when it was sent. */
static struct str message_of(const struct value *record, int64_t *sent_ms)
{
    const struct value *topic = value_get(record, "Sns");
    int64_t sent;
    uint64_t milliseconds;
    if (topic) {
        if (time_parse(value_get_text(topic, "Timestamp"), &sent))
            *sent_ms = sent;
        return value_get_text(topic, "Message");
    }
    if (str_to_uint(value_get_text(value_get(record, "attributes"), "SentTimestamp"), INT64_MAX,
                    &milliseconds))
        *sent_ms = (int64_t)milliseconds;
    return value_get_text(record, "body");
}

static void tell_records(struct lambda *lambda, struct arena *arena, const struct value *records)
{
    for (size_t i = 0; i < records->count; i++) {
        struct error error = ERROR_INIT; /* it has been logged */
        int64_t sent_ms = clock_wall(lambda->context->clock);
        struct str message = message_of(records->items[i], &sent_ms);
        (void)loop_tell(lambda->loop, arena, message, sent_ms, &error);
    }
}

/* Nothing but "look now": a schedule, or a person. */
static bool is_bare(const struct value *event)
{
    return !value_is(event, VALUE_MAP) || !event->count ||
           str_is(value_get_text(event, "detail-type"), "Scheduled Event");
}

static enum trigger_outcome tell(struct lambda *lambda, struct arena *arena, const struct value *event,
                                 struct str text, struct error *error)
{
    const struct value *records = value_get(event, "Records");
    if (is_bare(event))
        return TRIGGER_ACCEPTED;
    if (!value_is(records, VALUE_LIST))
        return loop_tell(lambda->loop, arena, text, clock_wall(lambda->context->clock), error);
    tell_records(lambda, arena, records);
    return TRIGGER_ACCEPTED;
}

/* --- answers --- */

static struct str of_request(struct arena *arena, enum trigger_outcome outcome, const struct error *refused)
{
    struct value *map = value_map(arena);
    value_setz(arena, map, "statusCode", value_int(arena, trigger_outcome_status(outcome)));
    value_setz(arena, map, "body", value_string(arena, trigger_outcome_words(arena, outcome, refused)));
    return json_text(arena, map, JSON_COMPACT);
}

static struct str of_pass(struct arena *arena, const struct loop_result *result)
{
    struct value *map = value_map(arena);
    value_setz(arena, map, "looks", value_int(arena, (int64_t)result->looks));
    value_setz(arena, map, "complete", value_bool(arena, result->complete));
    return json_text(arena, map, JSON_COMPACT);
}

/* --- a pass --- */

static bool pass(struct lambda *lambda, int64_t until_ms, struct loop_result *result, struct error *error)
{
    if (!loop_pass(lambda->loop, until_ms, result, error))
        return false;
    log_info(lambda->context->log, "pass", LOG_INT("looks", (int64_t)result->looks),
             LOG_INT("failures", (int64_t)result->failures),
             LOG_STRZ("complete", result->complete ? "yes" : "no"));
    if (!result->failures)
        return true;
    return error_set(error, ERROR_UNAVAILABLE, "%zu of the applications could not be kept: the log says why",
                     result->failures);
}

/* A person or a forge waits: it is answered first, and what is refused costs no pass. */
static bool answer_request(struct lambda *lambda, struct arena *arena, const struct lambda_event *event,
                           enum trigger_outcome outcome, const struct error *refused, int64_t until_ms,
                           struct error *error)
{
    struct loop_result result;
    struct error failed = ERROR_INIT;
    if (!lambda_respond(lambda->runtime, arena, event, of_request(arena, outcome, refused), error))
        return false;
    if (outcome == TRIGGER_ACCEPTED && !pass(lambda, until_ms, &result, &failed))
        log_error(lambda->context->log, "the pass failed", LOG_ERROR_FIELD(&failed));
    return true;
}

static bool answer_event(struct lambda *lambda, struct arena *arena, const struct lambda_event *event,
                         int64_t until_ms, struct error *error)
{
    struct loop_result result;
    struct error failed = ERROR_INIT;
    if (!pass(lambda, until_ms, &result, &failed))
        return lambda_fail(lambda->runtime, arena, event, &failed, error);
    return lambda_respond(lambda->runtime, arena, event, of_pass(arena, &result), error);
}

static bool open_loop(struct lambda *lambda, struct error *error)
{
    return lambda->loop ||
           ((lambda->options.forge || context_open_forge(lambda->context, &lambda->options.forge, error)) &&
            loop_open(&lambda->options, &lambda->loop, error));
}

static bool take_event(struct lambda *lambda, struct arena *arena, const struct lambda_event *event,
                       int64_t until_ms, struct error *error)
{
    struct value *body;
    struct error refused = ERROR_INIT;
    if (!json_read(arena, STR_EMPTY, event->body, &body, &refused) || !open_loop(lambda, &refused))
        return lambda_fail(lambda->runtime, arena, event, &refused, error);
    enum trigger_outcome outcome = tell(lambda, arena, body, event->body, &refused);
    if (value_get(body, "headers"))
        return answer_request(lambda, arena, event, outcome, &refused, until_ms, error);
    return answer_event(lambda, arena, event, until_ms, error);
}

/* False where Lambda itself cannot be talked to. */
static bool serve(struct lambda *lambda, struct arena *arena, struct error *error)
{
    struct lambda_event event;
    if (!lambda_next(lambda->runtime, arena, lambda->context->cancelled, &event, error))
        return false;
    int64_t left = event.deadline_ms - clock_wall(lambda->context->clock), now = now_ms(lambda);
    begin_watch(lambda, now + left - least(BREAK_OFF_MS, left / 4));
    bool ok = take_event(lambda, arena, &event, now + left - least(WIND_DOWN_MS, left / 2), error);
    end_watch(lambda);
    if (atomic_load(&lambda->cancelled)) { /* what was broken off is begun anew */
        loop_close(lambda->loop);
        lambda->loop = NULL;
    }
    return ok;
}

static void serve_all(struct lambda *lambda, struct error *error)
{
    bool ok = true;
    while (ok && !atomic_load(lambda->context->cancelled)) {
        struct arena *arena = arena_new();
        ok = serve(lambda, arena, error);
        arena_free(arena);
    }
    if (error->code == ERROR_CANCELLED) /* Lambda is done with us */
        error_clear(error);
}

/* --- the command --- */

static struct loop_options options_of(struct lambda *lambda, struct aws_session *aws)
{
    struct loop_options options = {.session = context_session_options(lambda->context),
                                   .target = lambda->context->options.target,
                                   .workers = (size_t)lambda->context->options.workers,
                                   .inbound = lambda->context->options.inbound};
    options.inbound.by_hand = true;
    options.session.aws = aws;
    options.session.cancelled = &lambda->cancelled;
    return options;
}

static enum exit_status run(struct context *context, struct error *error)
{
    struct lambda lambda = {.context = context};
    const char *address = getenv("AWS_LAMBDA_RUNTIME_API");
    if (!address || !*address) {
        error_set(error, ERROR_INVALID,
                  "AWS_LAMBDA_RUNTIME_API is not set: `plumb lambda` is started by Lambda");
        return EXIT_ERROR;
    }
    if (!context->options.git.cache.len)
        context->options.git.cache = STR("/tmp/plumb"); /* nothing else can be written to there */
    if (!lambda_runtime_open(address, &lambda.runtime, error))
        return EXIT_ERROR;
    const struct aws_session_options session = {.http = &context->http,
                                                .clock = context->clock,
                                                .random = context->random,
                                                .log = context->log,
                                                .cancelled = &lambda.cancelled,
                                                .pacing = true};
    struct aws_session *aws = aws_session_new(&session);
    lambda.options = options_of(&lambda, aws);
    serve_all(&lambda, error);
    loop_close(lambda.loop);
    forge_free(lambda.options.forge);
    aws_session_free(aws);
    lambda_runtime_close(lambda.runtime);
    return error->code == ERROR_NONE ? EXIT_DONE : EXIT_ERROR;
}

const struct command command_lambda = {
    .name = "lambda",
    .arguments = "[OPTIONS] [ENV[/APP]]",
    .summary = "the same as a Lambda function: one pass for each event",
    .help =
        "Is the `bootstrap` of a function with the runtime provided.al2023: for each event, of a schedule, a "
        "queue,\n"
        "a topic, EventBridge or a function URL, it looks at what is due and what the event is about, and\n"
        "begins nothing more shortly before the function's timeout.  The next event continues what is left.\n"
        "deploy/README.md says how to install it.",
    .options = OPTION_WORKERS | OPTION_SECRETS,
    .targets = 1,
    .run = run,
};
