/*
 * plumb-triggers: what comes in by webhooks and a queue, a JSON line each on standard output.
 *
 *     plumb-triggers [--listen ADDRESS:PORT] [--secret FORGE=TEXT]... [--queue URL] [--not-ready WHY]
 *
 * Its first line is {"port": N}; it ends on SIGTERM, and says then what the listener counted.
 */

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "base/json.h"
#include "reconciler/triggers.h"

enum { SECRETS_MAX = 8 };

struct program {
    struct triggers_options options;
    struct webhook_secret secrets[SECRETS_MAX];
    const char *not_ready;
    pthread_mutex_t lock; /* of standard output */
};

static void put(struct arena *arena, struct value *map, const char *key, struct str text)
{
    if (text.len)
        value_setz(arena, map, key, value_string(arena, text));
}

static void print_line(struct program *program, const struct value *map)
{
    struct buf line = BUF_INIT(BUF_LARGE);
    json_write(&line, map, JSON_COMPACT);
    buf_addc(&line, '\n');
    pthread_mutex_lock(&program->lock);
    if (write(STDOUT_FILENO, line.ptr, line.len) != (ssize_t)line.len)
        _exit(1);
    pthread_mutex_unlock(&program->lock);
    buf_release(&line);
}

static void put_resource(struct arena *arena, struct value *map, const struct resource_event *event)
{
    struct value *names = value_list(arena);
    for (size_t i = 0; i < event->name_count; i++)
        value_append(arena, names, value_string(arena, event->names[i]));
    put(arena, map, "account", event->account);
    put(arena, map, "region", event->region);
    put(arena, map, "service", event->service);
    put(arena, map, "event", event->event);
    put(arena, map, "principal", event->principal);
    put(arena, map, "userAgent", event->user_agent);
    value_setz(arena, map, "names", names);
}

static void on_trigger(void *self, const struct trigger *trigger)
{
    struct arena *arena = arena_new();
    struct value *map = value_map(arena);
    put(arena, map, "kind", str_from(trigger_kind_name(trigger->kind)));
    put(arena, map, "repository", trigger->repository);
    put(arena, map, "url", trigger->http_url);
    put(arena, map, "ref", trigger->ref);
    put(arena, map, "commit", trigger->commit);
    if (trigger->number)
        value_setz(arena, map, "number", value_int(arena, trigger->number));
    put(arena, map, "environment", trigger->environment);
    put(arena, map, "application", trigger->application);
    if (trigger->webhook)
        put(arena, map, "text", trigger->webhook->text);
    if (trigger->resource)
        put_resource(arena, map, trigger->resource);
    print_line(self, map);
    arena_free(arena);
}

static bool is_ready(void *self, struct arena *arena, struct str *why)
{
    const struct program *program = self;
    (void)arena;
    *why = str_from(program->not_ready ? program->not_ready : "all is well");
    return !program->not_ready;
}

static void add_secret(struct program *program, struct str text)
{
    struct str forge_name = str_slice(text, 0, str_find(text, '='));
    struct webhook_secret *secret = &program->secrets[program->options.secret_count];
    if (program->options.secret_count == SECRETS_MAX ||
        !(str_is(forge_name, "any") || webhook_forge_named(forge_name, &secret->forge)))
        exit(1);
    secret->text = str_from_index(text, forge_name.len + 1);
    program->options.secret_count++;
}

static void read_arguments(struct program *program, char **arguments)
{
    for (; arguments[0] && arguments[1]; arguments += 2) {
        struct str value = str_from(arguments[1]);
        if (strcmp(arguments[0], "--listen") == 0)
            program->options.listen = value;
        else if (strcmp(arguments[0], "--queue") == 0)
            program->options.queue_url = value;
        else if (strcmp(arguments[0], "--not-ready") == 0)
            program->not_ready = arguments[1];
        else if (strcmp(arguments[0], "--secret") == 0)
            add_secret(program, value);
        else
            exit(1);
    }
}

static void print_counters(struct program *program, const struct triggers *triggers)
{
    struct arena *arena = arena_new();
    struct value *map = value_map(arena);
    const struct http_listener *listener = triggers_listener(triggers);
    struct http_listener_counters counters = {.requests = 0};
    if (listener)
        counters = http_listener_counters(listener);
    value_setz(arena, map, "connections", value_int(arena, (int64_t)counters.connections));
    value_setz(arena, map, "requests", value_int(arena, (int64_t)counters.requests));
    value_setz(arena, map, "refused", value_int(arena, (int64_t)counters.refused));
    value_setz(arena, map, "displaced", value_int(arena, (int64_t)counters.displaced));
    value_setz(arena, map, "expired", value_int(arena, (int64_t)counters.expired));
    print_line(program, map);
    arena_free(arena);
}

static bool run(struct program *program, const sigset_t *end, struct error *error)
{
    struct triggers *triggers;
    int signal_number;
    struct arena *arena = arena_new();
    struct value *map = value_map(arena);
    if (!triggers_start(&program->options, &triggers, error))
        return false;
    value_setz(arena, map, "port", value_int(arena, triggers_port(triggers)));
    print_line(program, map);
    arena_free(arena);
    sigwait(end, &signal_number);
    print_counters(program, triggers);
    atomic_store((atomic_bool *)program->options.cancelled, true);
    triggers_stop(triggers);
    return true;
}

int main(int count, char **arguments)
{
    (void)count;
    static atomic_bool cancelled;
    const struct log log = {.fd = STDERR_FILENO, .form = LOG_JSON, .least = LOG_INFO, .clock = &system_clock};
    struct program program = {.options = {.clock = &system_clock,
                                          .log = &log,
                                          .region = STR("us-east-1"),
                                          .cancelled = &cancelled,
                                          .trigger = on_trigger,
                                          .ready = is_ready},
                              .lock = PTHREAD_MUTEX_INITIALIZER};
    const struct http_client_options options = {.connections_per_host = 2};
    struct http_client *client;
    struct error error = ERROR_INIT;
    sigset_t end;
    sigemptyset(&end);
    sigaddset(&end, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &end, NULL);
    signal(SIGPIPE, SIG_IGN);
    read_arguments(&program, arguments + 1);
    if (!http_client_new(&options, &client, &error))
        return 1;
    const struct http http = http_client_http(client);
    const struct aws_session_options session = {.http = &http,
                                                .clock = &system_clock,
                                                .random = &system_random,
                                                .log = &log,
                                                .cancelled = &cancelled,
                                                .pacing = true};
    program.options.aws = aws_session_new(&session);
    program.options.self = &program;
    program.options.secrets = program.secrets;
    bool ok = run(&program, &end, &error);
    if (!ok)
        log_error(&log, "failed", LOG_ERROR_FIELD(&error));
    aws_session_free(program.options.aws);
    http_client_free(client);
    return !ok;
}
