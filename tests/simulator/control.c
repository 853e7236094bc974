/* The control endpoints: README.md is their manual. */

#include "base/clock.h"
#include "base/json.h"
#include "tests/simulator/internal.h"
#include "tests/simulator/services/lambda_behaviour.h"

struct control_call {
    struct simulator *simulator;
    struct arena *arena;
    struct value *parameters, *body; /* body: NULL where there is none */
    struct value *output;
};

typedef bool control_handler(struct control_call *, struct error *);

static bool health(struct control_call *call, struct error *error)
{
    (void)error;
    value_setz(call->arena, call->output, "status", value_stringz(call->arena, "ok"));
    value_setz(call->arena, call->output, "time",
               value_string(call->arena, time_iso8601(call->arena, sim_now(call->simulator))));
    return true;
}

static bool reset(struct control_call *call, struct error *error)
{
    (void)error;
    simulator_reset(call->simulator);
    return true;
}

static bool requests(struct control_call *call, struct error *error)
{
    int64_t since = value_get_int(call->parameters, "since", 0);
    if (since < 0)
        return error_set(error, ERROR_INVALID, "'since' must not be negative");
    call->output = journal_since(call->arena, &call->simulator->journal, (uint64_t)since);
    return true;
}

static bool invocations(struct control_call *call, struct error *error)
{
    (void)error;
    value_setz(call->arena, call->output, "invocations",
               invocations_take(&call->simulator->invocations, call->arena));
    return true;
}

static bool messages(struct control_call *call, struct error *error)
{
    (void)error;
    value_setz(call->arena, call->output, "messages",
               invocations_take(&call->simulator->messages, call->arena));
    return true;
}

static bool traffic_post(struct control_call *call, struct error *error)
{
    struct str account = value_get_text(call->body, "account"), region = value_get_text(call->body, "region");
    struct str function = value_get_text(call->body, "function");
    const struct traffic_source wanted = {.account = arena_strz(call->arena, account),
                                          .region = arena_strz(call->arena, region),
                                          .function = arena_strz(call->arena, function),
                                          .alias =
                                              arena_strz(call->arena, value_get_text(call->body, "alias")),
                                          .per_minute = value_get_int(call->body, "perMinute", -1)};
    if (!account.len || !region.len || !function.len || wanted.per_minute < 0 ||
        wanted.per_minute > TRAFFIC_PER_MINUTE_MAX)
        return error_set(error, ERROR_INVALID,
                         "traffic needs 'account', 'region', 'function' and 'perMinute' from 0 to %d",
                         TRAFFIC_PER_MINUTE_MAX);
    traffic_set(call->simulator, &wanted);
    return true;
}

static bool counters(struct control_call *call, struct error *error)
{
    (void)error;
    call->output = journal_counters(call->arena, &call->simulator->journal);
    return true;
}

static bool counters_reset(struct control_call *call, struct error *error)
{
    (void)error;
    journal_release(&call->simulator->journal);
    return true;
}

static bool faults_post(struct control_call *call, struct error *error)
{
    return faults_add(&call->simulator->faults, call->body, error);
}

static bool faults_get(struct control_call *call, struct error *error)
{
    (void)error;
    value_setz(call->arena, call->output, "faults", faults_value(call->arena, &call->simulator->faults));
    return true;
}

static bool faults_delete(struct control_call *call, struct error *error)
{
    (void)error;
    call->simulator->faults.count = 0;
    return true;
}

static bool limits_post(struct control_call *call, struct error *error)
{
    bool enabled;
    if (!value_to_bool(value_get(call->body, "enabled"), &enabled))
        return error_set(error, ERROR_INVALID, "limits need {\"enabled\": true} or false");
    limits_release(&call->simulator->limits);
    call->simulator->limits.enabled = enabled;
    return true;
}

static bool policies_post(struct control_call *call, struct error *error)
{
    struct sim_policies *policies = &call->simulator->policies;
    value_setz(call->arena, call->output, "asked", sim_policies_asked(call->arena, policies));
    return sim_policies_set(policies, call->body, error);
}

static bool delays_post(struct control_call *call, struct error *error)
{
    return delays_set(&call->simulator->delays, call->body, error);
}

static bool delays_show(struct control_call *call, struct error *error)
{
    (void)error;
    call->output = delays_value(call->arena, &call->simulator->delays);
    return true;
}

static bool stale_post(struct control_call *call, struct error *error)
{
    struct stores *stores = &call->simulator->stores;
    struct value *services = value_get(call->body, "services");
    int64_t ms = value_get_int(call->body, "ms", -1);
    struct buf names = BUF_INIT(sizeof stores->stale_services - 1);
    for (size_t i = 0; services && i < services->count && value_is(services, VALUE_LIST); i++)
        buf_printf(&names, " %.*s ", STR_ARG(value_text(services->items[i])));
    bool fits = !names.overflow;
    if (ms >= 0 && fits) {
        stores->stale_ms = ms;
        snprintf(stores->stale_services, sizeof stores->stale_services, "%.*s", STR_ARG(buf_str(&names)));
    }
    buf_release(&names);
    return (ms >= 0 && fits) || error_set(error, ERROR_INVALID, "stale reads need {\"ms\": N}");
}

static bool clock_show(struct control_call *call, struct error *error)
{
    if (!health(call, error))
        return false;
    value_setz(call->arena, call->output, "ms", value_int(call->arena, sim_now(call->simulator)));
    return true;
}

static bool clock_advance(struct control_call *call, struct error *error)
{
    int64_t ms = value_get_int(call->parameters, "advance", -1);
    if (!call->simulator->options.virtual_clock)
        return error_set(error, ERROR_INVALID,
                         "only a virtual clock can be advanced: start with --clock virtual:N");
    if (ms < 0 || ms > INT64_C(1000) * 365 * 86400000)
        return error_set(error, ERROR_INVALID, "'advance' must be milliseconds, at most 1000 years");
    call->simulator->virtual_now += ms;
    return clock_show(call, error);
}

static bool summary(struct control_call *call, struct error *error)
{
    struct str rest = simulator_summary(call->simulator, call->arena), line;
    struct value *lines = value_list(call->arena);
    (void)error;
    while (str_split(&rest, '\n', &line))
        if (line.len)
            value_append(call->arena, lines, value_string(call->arena, line));
    value_setz(call->arena, call->output, "lines", lines);
    return true;
}

static const struct {
    const char *method, *path;
    control_handler *handle;
} rows[] = {
    {"GET", "health", health},           {"POST", "reset", reset},
    {"GET", "requests", requests},       {"POST", "invocations", invocations},
    {"GET", "counters", counters},       {"POST", "counters", counters_reset},
    {"POST", "faults", faults_post},     {"GET", "faults", faults_get},
    {"DELETE", "faults", faults_delete}, {"POST", "limits", limits_post},
    {"POST", "delays", delays_post},     {"GET", "delays", delays_show},
    {"POST", "stale", stale_post},       {"GET", "clock", clock_show},
    {"POST", "clock", clock_advance},    {"POST", "policies", policies_post},
    {"GET", "summary", summary},         {"POST", "messages", messages},
    {"POST", "traffic", traffic_post},
};

static control_handler *handler_of(const struct sim_request *request)
{
    struct str path = str_from_index(request->path, sizeof "/_simulator/" - 1);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
        if (str_is(request->method, rows[i].method) && str_is(path, rows[i].path))
            return rows[i].handle;
    return NULL;
}

/* The code of functions and layers, where GetFunction says that it is. */
static bool answer_blob(struct simulator *simulator, struct arena *arena, const struct sim_request *request,
                        struct sim_answer *answer)
{
    static const char prefix[] = "/_simulator/blobs/";
    struct str bytes;
    if (!str_starts(request->path, prefix) ||
        !blobs_get(&simulator->blobs, str_from_index(request->path, sizeof prefix - 1), &bytes))
        return false;
    answer->status = 200;
    answer->body = arena_str(arena, bytes);
    answer->headers = arena_alloc(arena, sizeof *answer->headers);
    answer->headers[answer->header_count++] =
        (struct sim_header){.name = STR("Content-Type"), .value = STR("application/zip")};
    return true;
}

void control(struct simulator *simulator, struct arena *arena, const struct sim_request *request,
             struct sim_answer *answer)
{
    struct error error = ERROR_INIT;
    struct control_call call = {.simulator = simulator, .arena = arena, .output = value_map(arena)};
    control_handler *handle = handler_of(request);
    if (answer_blob(simulator, arena, request, answer) || lambda_http(simulator, arena, request, answer))
        return;
    call.parameters = query_parameters(arena, request->query);
    bool done = handle ? !request->body.len || json_read(arena, STR_EMPTY, request->body, &call.body, &error)
                       : error_set(&error, ERROR_NOT_FOUND, "no such control endpoint");
    done = done && handle(&call, &error);
    answer->status = done ? 200 : error.code == ERROR_NOT_FOUND ? 404 : 400;
    if (!done) {
        call.output = value_map(arena);
        value_setz(arena, call.output, "error", value_stringz(arena, error.message));
    }
    answer->body = json_text(arena, call.output, JSON_COMPACT);
    answer->headers = arena_alloc(arena, sizeof *answer->headers);
    answer->headers[answer->header_count++] =
        (struct sim_header){.name = STR("Content-Type"), .value = STR("application/json")};
}
