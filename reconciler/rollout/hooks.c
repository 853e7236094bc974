#include "reconciler/rollout/hooks.h"

#include "base/digest.h"
#include "base/json.h"
#include "reconciler/rollout/invocation.h"

enum { ID_DIGITS = 32, REASON_MAX = 500 };

/* --- what it is told --- */

struct str hook_execution_id(struct arena *arena, const struct hook *hook)
{
    struct str parts = arena_printf(arena, "%.*s\n%.*s\n%.*s", STR_ARG(hook->deployment_id),
                                    STR_ARG(hook->event), STR_ARG(hook->function));
    return str_slice(sha256_hex(arena, parts), 0, ID_DIGITS);
}

static void put(struct arena *arena, struct value *map, const char *key, struct str text)
{
    value_setz(arena, map, key, value_string(arena, text.len ? text : STR_EMPTY));
}

static struct value *functions_of(struct arena *arena, const struct hook *hook)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < hook->function_count; i++) {
        const struct hook_function *function = &hook->functions[i];
        struct value *map = value_map(arena);
        put(arena, map, "name", function->name);
        put(arena, map, "alias", function->alias);
        put(arena, map, "currentVersion", function->current_version);
        put(arena, map, "targetVersion", function->target_version);
        value_append(arena, list, map);
    }
    return list;
}

static struct value *payload_of(struct arena *arena, const struct hook *hook)
{
    struct value *payload = value_map(arena), *ours = value_map(arena);
    put(arena, payload, "DeploymentId", hook->deployment_id);
    put(arena, payload, "LifecycleEventHookExecutionId", hook_execution_id(arena, hook));
    put(arena, ours, "event", hook->event);
    put(arena, ours, "environment", hook->environment);
    put(arena, ours, "application", hook->application);
    put(arena, ours, "commit", hook->commit);
    value_setz(arena, ours, "functions", functions_of(arena, hook));
    value_setz(arena, payload, "Plumb", ours);
    return payload;
}

/* --- what it says --- */

static struct str shown(struct arena *arena, struct str text)
{
    struct buf out = BUF_INIT(BUF_SMALL);
    text_escape(&out, str_clip(text, REASON_MAX));
    struct str copy = arena_str(arena, buf_str(&out));
    buf_release(&out);
    return copy;
}

static void conclude(struct arena *arena, const struct hook *hook, bool passed, struct str words,
                     struct hook_outcome *out)
{
    *out = (struct hook_outcome){
        .passed = passed,
        .why = arena_printf(arena, "hook %.*s %.*s", STR_ARG(hook->function), STR_ARG(words))};
}

/* {"status": "Failed", "reason": "..."} or in CodeDeploy's spelling. */
static bool says_failed(struct arena *arena, struct str answer, struct str *reason)
{
    struct value *document = NULL;
    struct error error = ERROR_INIT;
    if (!json_read(arena, STR_EMPTY, answer, &document, &error))
        return false;
    struct str lower = value_get_text(document, "status"), upper = value_get_text(document, "Status");
    *reason = shown(arena, value_get_text(document, "reason"));
    return str_equal_nocase(lower, STR("Failed")) || str_equal_nocase(upper, STR("Failed"));
}

#define WHAT_TO_DO                                                                                           \
    ".  CodeDeploy does not know the deployments of 'driver: plumb': say `hooks: {report: codedeploy}`, or " \
    "let the hook answer {\"status\": \"Succeeded\"} or {\"status\": \"Failed\"} where its event has "       \
    "\"Plumb\""

static void judge(struct arena *arena, const struct hook *hook, const struct invocation *invocation,
                  struct hook_outcome *out)
{
    struct str reason = STR_EMPTY;
    /* The verdict of a hook that knows CodeDeploy alone. */
    bool reports = str_contains(invocation->message, "PutLifecycleEventHookExecutionStatus");
    if (invocation->failed)
        conclude(
            arena, hook, false,
            arena_printf(arena, "failed: %.*s%s", STR_ARG(invocation->message), reports ? WHAT_TO_DO : ""),
            out);
    else if (says_failed(arena, invocation->answer, &reason))
        conclude(arena, hook, false,
                 arena_printf(arena, "says that it failed%s%.*s", reason.len ? ": " : "", STR_ARG(reason)),
                 out);
    else
        conclude(arena, hook, true, STR("succeeded"), out);
}

/* --- running it --- */

/* One hook on its way. */
struct running {
    struct aws *aws;
    struct arena *arena;
    const struct hook *hook;
    struct hook_outcome *out;
    int64_t deadline_ms;
    struct error last; /* why the last attempt brought no answer */
};

static bool passes(enum error_code code)
{
    return code == ERROR_THROTTLED || code == ERROR_UNAVAILABLE || code == ERROR_CONFLICT ||
           code == ERROR_TIMEOUT;
}

static void conclude_silent(const struct running *running, int64_t waited_ms)
{
    conclude(running->arena, running->hook, false,
             arena_printf(running->arena, "gave no answer within %lld s", (long long)(waited_ms / 1000)),
             running->out);
}

/* What signing took is part of the limit and not of the time that it was on its way. */
static bool waited_out(const struct invocation *invocation, enum error_code code)
{
    int64_t limit = invocation->timeout_ms;
    return code == ERROR_TIMEOUT && invocation->took_ms >= limit - limit / 20;
}

static bool attempt(void *self, bool *done, struct error *error)
{
    struct running *running = self;
    int64_t left = running->deadline_ms - clock_monotonic(aws_clock(running->aws));
    struct invocation invocation = {.function = running->hook->function,
                                    .payload = payload_of(running->arena, running->hook),
                                    .timeout_ms = left < HOOK_ANSWER_MS ? left : HOOK_ANSWER_MS};
    if (left <= 0)
        return true; /* aws_wait says that the time is over */
    error_clear(&running->last);
    *done = invocation_make(running->aws, running->arena, &invocation, &running->last);
    if (*done) {
        judge(running->arena, running->hook, &invocation, running->out);
        return true;
    }
    if (!passes(running->last.code)) {
        *error = running->last;
        return false;
    }
    *done = waited_out(&invocation, running->last.code);
    if (*done)
        conclude_silent(running, left < HOOK_ANSWER_MS ? running->hook->timeout_ms : HOOK_ANSWER_MS);
    return true;
}

bool hook_run(struct aws *aws, struct arena *arena, const struct hook *hook, struct hook_outcome *out,
              struct error *error)
{
    struct running running = {.aws = aws,
                              .arena = arena,
                              .hook = hook,
                              .out = out,
                              .deadline_ms = clock_monotonic(aws_clock(aws)) + hook->timeout_ms};
    struct error failure = ERROR_INIT;
    if (aws_wait(aws, "a hook", hook->timeout_ms, attempt, &running, &failure))
        return true;
    if (failure.code != ERROR_TIMEOUT) {
        *error = failure;
        return error_prefix(error, "hook %.*s", STR_ARG(hook->function));
    }
    conclude(arena, hook, false,
             arena_printf(arena, "could not be run within %lld s: %s", (long long)(hook->timeout_ms / 1000),
                          running.last.code ? running.last.message : "no time was left"),
             out);
    return true;
}
