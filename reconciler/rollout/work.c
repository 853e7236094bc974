/* What takes its time: hooks and synthetic requests, one piece of work at a time, on a worker. */

#include <stdatomic.h>
#include <stdlib.h>

#include "reconciler/rollout/engine_private.h"
#include "reconciler/rollout/hooks.h"
#include "reconciler/rollout/synthetic.h"

/* A request that says nothing about the version, because AWS did not let it through, is sent again. */
enum { TRIES = 20, PAUSE_MS = 1000, NAP_MS = 100 };

struct request {
    const struct value *item;
    size_t target; /* whose new version it goes to; target_count: where the URL leads */
    int64_t times;
};

struct work {
    const struct rollout_options *options;
    struct synthetic_pace paces[DEPLOYMENT_SYNTHETIC_MAX];
    struct arena *arena; /* of the present piece */
    struct hook *hooks;
    size_t hook_count;
    struct request *requests;
    size_t request_count;
    struct str *versions; /* of the targets */
    int64_t *sent;        /* by target */
    size_t target_count;
    int64_t failed;
    struct str why;
    atomic_int state; /* enum work_state */
};

struct work *work_new(const struct rollout_options *options)
{
    struct work *work = memory_alloc(sizeof *work);
    work->options = options;
    return work;
}

static void wait(struct work *work)
{
    while (atomic_load(&work->state) == WORK_RUNS)
        clock_sleep(work->options->clock, NAP_MS);
}

void work_free(struct work *work)
{
    wait(work);
    arena_free(work->arena);
    free(work);
}

/* --- on the worker --- */

static bool run_hooks(struct work *work, struct error *error)
{
    for (size_t i = 0; i < work->hook_count; i++) {
        struct hook_outcome outcome = {.passed = false};
        if (!hook_run(work->options->aws, work->arena, &work->hooks[i], &outcome, error))
            return error_prefix(error, "hook %.*s", STR_ARG(work->hooks[i].function));
        if (!outcome.passed)
            return error_set(error, ERROR_INVALID, "%.*s", STR_ARG(outcome.why));
    }
    return true;
}

static bool passes(const struct error *error)
{
    return error->code == ERROR_THROTTLED || error->code == ERROR_UNAVAILABLE;
}

static bool send_once(struct work *work, const struct request *request, struct error *error)
{
    const struct synthetic_options options = {.aws = work->options->aws, .http = work->options->http};
    struct synthetic_outcome outcome = {.passed = false};
    struct str version = request->target < work->target_count ? work->versions[request->target] : STR_EMPTY;
    for (int i = 1;; i++) {
        error_clear(error);
        if (synthetic_send(&options, work->arena, request->item, version, &outcome, error))
            break;
        if (!passes(error) || i == TRIES)
            return error_prefix(error, "synthetic request %.*s",
                                STR_ARG(value_get_text(request->item, "name")));
        clock_sleep(work->options->clock, PAUSE_MS);
    }
    if (request->target < work->target_count)
        work->sent[request->target]++;
    work->failed += !outcome.passed;
    return outcome.passed || error_set(error, ERROR_INVALID, "synthetic request %.*s", STR_ARG(outcome.why));
}

static bool send_all(struct work *work, struct error *error)
{
    for (size_t i = 0; i < work->request_count; i++)
        for (int64_t k = 0; k < work->requests[i].times; k++)
            if (!send_once(work, &work->requests[i], error))
                return false;
    return true;
}

static void run(void *argument)
{
    struct work *work = argument;
    struct error error = ERROR_INIT;
    bool done = run_hooks(work, &error) && send_all(work, &error);
    if (!done)
        work->why = arena_str(work->arena, str_from(error.message));
    atomic_store(&work->state, done ? WORK_DONE : error.code == ERROR_CANCELLED ? WORK_NONE : WORK_FAILED);
}

/* --- on the engine's thread --- */

static void prepare(struct work *work, const struct rollout *rollout)
{
    arena_free(work->arena);
    work->arena = arena_new();
    work->hook_count = work->request_count = 0;
    work->failed = 0;
    work->target_count = rollout->target_count;
    work->sent = arena_array(work->arena, rollout->target_count, sizeof *work->sent);
    work->versions = arena_array(work->arena, rollout->target_count, sizeof *work->versions);
    for (size_t i = 0; i < rollout->target_count; i++)
        work->versions[i] = arena_str(work->arena, rollout->targets[i].new_version);
}

static void submit(struct work *work)
{
    atomic_store(&work->state, WORK_RUNS);
    workers_submit(work->options->workers, run, work);
}

static struct hook_function *functions_of(struct arena *arena, const struct rollout *rollout)
{
    struct hook_function *functions = arena_array(arena, rollout->target_count, sizeof *functions);
    for (size_t i = 0; i < rollout->target_count; i++)
        functions[i] =
            (struct hook_function){.name = arena_str(arena, rollout->targets[i].function),
                                   .alias = arena_str(arena, rollout->targets[i].alias),
                                   .current_version = arena_str(arena, rollout->targets[i].old_version),
                                   .target_version = arena_str(arena, rollout->targets[i].new_version)};
    return functions;
}

/* The same function for several aliases runs once. */
static void add_hook(struct work *work, const struct rollout *rollout, struct str function, bool after,
                     const struct hook_function *functions)
{
    const struct rollout_options *options = work->options;
    for (size_t i = 0; i < work->hook_count; i++)
        if (str_equal(work->hooks[i].function, function))
            return;
    if (function.len)
        work->hooks[work->hook_count++] =
            (struct hook){.function = arena_str(work->arena, function),
                          .event = after ? STR("AfterAllowTraffic") : STR("BeforeAllowTraffic"),
                          .deployment_id = arena_str(work->arena, rollout->id),
                          .environment = options->environment,
                          .application = options->application,
                          .commit = options->commit,
                          .functions = functions,
                          .function_count = rollout->target_count,
                          .timeout_ms = rollout->settings.hook_timeout_ms};
}

/* The target that a request invokes; target_count: none. */
static size_t target_of(const struct rollout *rollout, const struct value *item)
{
    struct str function = value_get_text(item, "function");
    size_t i = 0;
    while (i < rollout->target_count && !(function.len && str_equal(rollout->targets[i].function, function)))
        i++;
    return i;
}

static void add_request(struct work *work, const struct rollout *rollout, const struct value *item,
                        int64_t times)
{
    work->requests[work->request_count++] = (struct request){
        .item = value_copy(work->arena, item), .target = target_of(rollout, item), .times = times};
}

static const struct value *synthetic_of(const struct rollout *rollout)
{
    const struct value *list = rollout->settings.synthetic;
    return value_is(list, VALUE_LIST) && list->count ? list : NULL;
}

void work_start_hooks(struct work *work, const struct rollout *rollout, bool after, bool synthetic)
{
    const struct value *list = synthetic_of(rollout);
    prepare(work, rollout);
    work->hooks = arena_array(work->arena, rollout->target_count, sizeof *work->hooks);
    const struct hook_function *functions = functions_of(work->arena, rollout);
    for (size_t i = 0; !rollout->settings.hooks_by_codedeploy && i < rollout->target_count; i++)
        add_hook(work, rollout, after ? rollout->targets[i].after_hook : rollout->targets[i].before_hook,
                 after, functions);
    work->requests = arena_array(work->arena, list ? list->count : 0, sizeof *work->requests);
    for (size_t i = 0; synthetic && list && i < list->count; i++)
        if (target_of(rollout, list->items[i]) < rollout->target_count)
            add_request(work, rollout, list->items[i], 1);
    submit(work);
}

void work_start_synthetic(struct work *work, const struct rollout *rollout)
{
    const struct value *list = synthetic_of(rollout);
    int64_t now = clock_monotonic(work->options->clock);
    if (!list)
        return;
    prepare(work, rollout);
    work->requests = arena_array(work->arena, list->count, sizeof *work->requests);
    for (size_t i = 0; i < list->count && i < DEPLOYMENT_SYNTHETIC_MAX; i++) {
        int64_t due = synthetic_due(&work->paces[i], value_get_int(list->items[i], "perMinute", 0), now);
        if (due)
            add_request(work, rollout, list->items[i], due);
    }
    if (work->request_count)
        submit(work);
}

struct work_result work_take(struct work *work, struct arena *arena)
{
    struct work_result result = {.state = (enum work_state)atomic_load(&work->state)};
    if (result.state != WORK_DONE && result.state != WORK_FAILED)
        return result;
    result.why = arena_str(arena, work->why);
    result.failed = work->failed;
    result.sent = work->sent;
    work->why = STR_EMPTY;
    atomic_store(&work->state, WORK_NONE);
    return result;
}
