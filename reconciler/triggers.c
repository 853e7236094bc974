#include "reconciler/triggers.h"

#include "gitsync/deliveries.h"
#include "reconciler/queue.h"
#include "reconciler/queue_message.h"

enum { OWN_ROUTES = 4, REFUSAL_EVERY_MS = 10 * 1000 };

struct triggers {
    struct triggers_options options;
    struct deliveries *deliveries;
    struct http_listener *listener;
    struct queue *queue;
    struct http_route *routes;
    atomic_llong quiet_until_ms; /* of lines about refused webhooks */
    atomic_ullong quiet_count;
};

const char *trigger_kind_name(enum trigger_kind kind)
{
    static const char *const names[] = {
        [TRIGGER_PUSH] = "push",       [TRIGGER_PULL_REQUEST] = "pull request",
        [TRIGGER_COMMENT] = "comment", [TRIGGER_REVIEW] = "review",
        [TRIGGER_SYNC] = "sync",       [TRIGGER_RESOURCE] = "resource",
    };
    return names[kind];
}

static void tell(const struct triggers *triggers, const struct trigger *trigger)
{
    triggers->options.trigger(triggers->options.self, trigger);
}

/* --- webhooks --- */

static void tell_refs(const struct triggers *triggers, struct trigger trigger)
{
    for (size_t i = 0; i < trigger.webhook->ref_count; i++) {
        trigger.ref = trigger.webhook->refs[i].name;
        trigger.commit = trigger.webhook->refs[i].after;
        tell(triggers, &trigger);
    }
}

/* False where there is nothing to look at. */
static bool tell_webhook(const struct triggers *triggers, const struct webhook_event *event)
{
    static const int kinds[] = {
        [WEBHOOK_OTHER] = -1,
        [WEBHOOK_PING] = -1,
        [WEBHOOK_PUSH] = TRIGGER_PUSH,
        [WEBHOOK_PULL_REQUEST] = TRIGGER_PULL_REQUEST,
        [WEBHOOK_COMMENT] = TRIGGER_COMMENT,
        [WEBHOOK_REVIEW] = TRIGGER_REVIEW,
        [WEBHOOK_SYNC] = TRIGGER_SYNC,
    };
    if (kinds[event->kind] < 0)
        return false;
    const struct trigger trigger = {.kind = (enum trigger_kind)kinds[event->kind],
                                    .repository = event->repository,
                                    .http_url = event->http_url,
                                    .ssh_url = event->ssh_url,
                                    .commit = event->head_commit,
                                    .number = event->number,
                                    .environment = event->environment,
                                    .application = event->application,
                                    .webhook = event};
    if (trigger.kind == TRIGGER_PUSH)
        tell_refs(triggers, trigger);
    else
        tell(triggers, &trigger);
    return true;
}

/* Anybody can send what is refused: a line now and then says how much there was. */
static void log_refusal(struct triggers *triggers, struct str from, const struct error *error)
{
    long long now = clock_monotonic(triggers->options.clock), until = triggers->quiet_until_ms;
    if (now < until ||
        !atomic_compare_exchange_strong(&triggers->quiet_until_ms, &until, now + REFUSAL_EVERY_MS)) {
        triggers->quiet_count++;
        return;
    }
    log_warn(triggers->options.log, "webhook refused", LOG_STR("from", from), LOG_ERROR_FIELD(error),
             LOG_INT("unlogged", (int64_t)atomic_exchange(&triggers->quiet_count, 0)));
}

static const struct {
    int status;
    const char *words;
} answers[] = {[TRIGGER_ACCEPTED] = {202, "accepted\n"},
               [TRIGGER_SEEN] = {202, "seen before\n"},
               [TRIGGER_NOTHING] = {202, "nothing to do\n"},
               [TRIGGER_DENIED] = {401, "not signed as it should be\n"},
               [TRIGGER_INVALID] = {400, ""}};

int trigger_outcome_status(enum trigger_outcome outcome)
{
    return answers[outcome].status;
}

struct str trigger_outcome_words(struct arena *arena, enum trigger_outcome outcome, const struct error *error)
{
    return outcome == TRIGGER_INVALID ? arena_printf(arena, "%s\n", error->message)
                                      : str_from(answers[outcome].words);
}

static enum trigger_outcome take_webhook(struct triggers *triggers, const struct http_header *headers,
                                         size_t count, struct str body, int64_t now_ms, struct str from,
                                         struct arena *arena, struct error *error)
{
    const struct webhook_options options = {.secrets = triggers->options.secrets,
                                            .secret_count = triggers->options.secret_count,
                                            .now_ms = now_ms};
    struct webhook_event event;
    if (!webhook_read(&options, headers, count, body, arena, &event, error)) {
        log_refusal(triggers, from, error);
        return error->code == ERROR_DENIED ? TRIGGER_DENIED : TRIGGER_INVALID;
    }
    if (!deliveries_add(triggers->deliveries, &event))
        return TRIGGER_SEEN;
    log_info(triggers->options.log, "webhook", LOG_STRZ("forge", webhook_forge_name(event.forge)),
             LOG_STR("name", event.name), LOG_STR("repository", event.repository),
             LOG_STR("delivery", event.delivery), LOG_STR("from", from));
    return tell_webhook(triggers, &event) ? TRIGGER_ACCEPTED : TRIGGER_NOTHING;
}

/* --- routes --- */

static void on_health(void *self, const struct http_listener_request *request,
                      struct http_listener_answer *answer)
{
    (void)self;
    (void)request;
    answer->status = 200;
    answer->body = STR("ok\n");
}

static void on_ready(void *self, const struct http_listener_request *request,
                     struct http_listener_answer *answer)
{
    struct triggers *triggers = self;
    struct str why = STR("ready");
    bool ready =
        !triggers->options.ready || triggers->options.ready(triggers->options.self, request->arena, &why);
    answer->status = ready ? 200 : 503;
    answer->body = arena_printf(request->arena, "%.*s\n", STR_ARG(why));
}

/* To whom has not signed, nothing is told. */
static void on_webhook(void *self, const struct http_listener_request *request,
                       struct http_listener_answer *answer)
{
    struct triggers *triggers = self;
    struct error error = ERROR_INIT;
    enum trigger_outcome outcome =
        take_webhook(triggers, request->headers, request->header_count, request->body,
                     clock_wall(triggers->options.clock), request->peer, request->arena, &error);
    answer->status = trigger_outcome_status(outcome);
    answer->body = trigger_outcome_words(request->arena, outcome, &error);
}

/* --- the queue --- */

static enum trigger_outcome take_message(struct triggers *triggers, struct arena *arena,
                                         const struct queue_message *message, int64_t sent_ms,
                                         struct error *error)
{
    struct webhook_event event;
    const struct trigger trigger = {.kind = TRIGGER_RESOURCE, .resource = &message->resource};
    switch (message->kind) {
    case QUEUE_NOTHING:
        log_debug(triggers->options.log, "message ignored", LOG_STRZ("why", message->why));
        return TRIGGER_NOTHING;
    case QUEUE_WEBHOOK:
        return take_webhook(triggers, message->headers, message->header_count, message->body, sent_ms,
                            STR("queue"), arena, error);
    case QUEUE_EVENT:
        if (!webhook_read_trusted(message->body, arena, &event, error))
            return TRIGGER_INVALID;
        return tell_webhook(triggers, &event) ? TRIGGER_ACCEPTED : TRIGGER_NOTHING;
    case QUEUE_RESOURCE:
        break;
    }
    if (message->resource.id.len && !deliveries_add_id(triggers->deliveries, "event", message->resource.id))
        return TRIGGER_SEEN;
    tell(triggers, &trigger);
    return TRIGGER_ACCEPTED;
}

enum trigger_outcome triggers_take(struct triggers *triggers, struct arena *arena, struct str text,
                                   int64_t sent_ms, struct error *error)
{
    struct queue_message message = {.kind = QUEUE_NOTHING};
    enum trigger_outcome outcome = TRIGGER_INVALID;
    if (queue_message_read(arena, text, &message, error))
        outcome = take_message(triggers, arena, &message, sent_ms, error);
    if (outcome == TRIGGER_INVALID && message.kind != QUEUE_WEBHOOK) /* of those there is a line already */
        log_warn(triggers->options.log, "a message cannot be read and is deleted", LOG_ERROR_FIELD(error),
                 LOG_STR("begins", str_clip(text, 200)));
    return outcome;
}

static void on_message(void *self, struct arena *arena, struct str body, int64_t sent_ms)
{
    struct error error = ERROR_INIT; /* it has been logged */
    (void)triggers_take(self, arena, body, sent_ms, &error);
}

/* --- start and stop --- */

static bool start_listener(struct triggers *triggers, struct error *error)
{
    const struct triggers_options *options = &triggers->options;
    const struct http_route own[OWN_ROUTES] = {{"GET", "/healthz", on_health, triggers},
                                               {"GET", "/readyz", on_ready, triggers},
                                               {"POST", "/webhook", on_webhook, triggers},
                                               {"POST", "/webhook/", on_webhook, triggers}};
    if (!options->listen.len)
        return true;
    triggers->routes = memory_alloc((OWN_ROUTES + options->route_count) * sizeof *triggers->routes);
    memcpy(triggers->routes, own, sizeof own);
    if (options->route_count)
        memcpy(triggers->routes + OWN_ROUTES, options->routes, options->route_count * sizeof *own);
    const struct http_listener_options listener = {.listen = options->listen,
                                                   .routes = triggers->routes,
                                                   .route_count = OWN_ROUTES + options->route_count};
    if (!http_listener_start(&listener, &triggers->listener, error))
        return false;
    log_info(options->log, "listening", LOG_STR("at", options->listen),
             LOG_INT("port", triggers_port(triggers)));
    if (!options->secret_count)
        log_warn(options->log, "webhooks are refused: no secret is known that they could be signed with");
    return true;
}

static bool start_queue(struct triggers *triggers, struct error *error)
{
    const struct triggers_options *options = &triggers->options;
    const struct queue_options queue = {.aws = options->aws,
                                        .url = options->queue_url,
                                        .region = options->region,
                                        .clock = options->clock,
                                        .log = options->log,
                                        .cancelled = options->cancelled,
                                        .self = triggers,
                                        .handle = on_message};
    if (!options->queue_url.len)
        return true;
    if (!queue_start(&queue, &triggers->queue, error))
        return false;
    log_info(options->log, "reading a queue", LOG_STR("queue", options->queue_url));
    return true;
}

bool triggers_start(const struct triggers_options *options, struct triggers **out, struct error *error)
{
    struct triggers *triggers = memory_alloc(sizeof *triggers);
    triggers->options = *options;
    triggers->deliveries = deliveries_new(DELIVERIES_MAX);
    if (!start_listener(triggers, error) || !start_queue(triggers, error)) {
        triggers_stop(triggers);
        return false;
    }
    *out = triggers;
    return true;
}

uint16_t triggers_port(const struct triggers *triggers)
{
    return triggers->listener ? http_listener_port(triggers->listener) : 0;
}

const struct http_listener *triggers_listener(const struct triggers *triggers)
{
    return triggers->listener;
}

void triggers_stop(struct triggers *triggers)
{
    if (!triggers)
        return;
    http_listener_stop(triggers->listener);
    queue_stop(triggers->queue);
    deliveries_free(triggers->deliveries);
    free(triggers->routes);
    free(triggers);
}
