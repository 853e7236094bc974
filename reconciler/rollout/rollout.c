#include "reconciler/rollout/rollout.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

static const char *const phases[] = {
    [ROLLOUT_NONE] = "none",           [ROLLOUT_WAITING] = "waiting",
    [ROLLOUT_BEFORE] = "before",       [ROLLOUT_SHIFTING] = "shifting",
    [ROLLOUT_AFTER] = "after",         [ROLLOUT_ROLLING_BACK] = "rolling-back",
    [ROLLOUT_SUCCEEDED] = "succeeded", [ROLLOUT_ROLLED_BACK] = "rolled-back",
    [ROLLOUT_LEFT] = "left",
};

static const char *const kinds[] = {[TRAFFIC_FUNCTION] = "function",
                                    [TRAFFIC_STATE_MACHINE] = "state-machine",
                                    [TRAFFIC_API_STAGE] = "api-stage"};

static const char *const drivers[] = {"plumb", "codedeploy"};

const char *rollout_phase_name(enum rollout_phase phase)
{
    return phases[phase];
}

bool rollout_is_over(const struct rollout *rollout)
{
    return rollout->phase == ROLLOUT_SUCCEEDED || rollout->phase == ROLLOUT_ROLLED_BACK ||
           rollout->phase == ROLLOUT_LEFT;
}

int64_t rollout_weight_at(const struct rollout *rollout, size_t step)
{
    return step < rollout->step_count ? rollout->steps[step].weight : 100;
}

int64_t rollout_weight(const struct rollout *rollout)
{
    switch (rollout->phase) {
    case ROLLOUT_SHIFTING:
        return rollout_weight_at(rollout, rollout->step);
    case ROLLOUT_AFTER:
    case ROLLOUT_SUCCEEDED:
        return 100;
    default:
        return 0;
    }
}

static void set_text(struct arena *arena, struct value *map, const char *key, struct str text)
{
    if (text.len)
        value_setz(arena, map, key, value_string(arena, text));
}

static void set_int(struct arena *arena, struct value *map, const char *key, int64_t number)
{
    if (number)
        value_setz(arena, map, key, value_int(arena, number));
}

static void set_bool(struct arena *arena, struct value *map, const char *key, bool is)
{
    if (is)
        value_setz(arena, map, key, value_bool(arena, true));
}

static void set_value(struct arena *arena, struct value *map, const char *key, const struct value *value)
{
    if (value)
        value_setz(arena, map, key, value_copy(arena, value));
}

static void set_strings(struct arena *arena, struct value *map, const char *key, const struct str *strings,
                        size_t count)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < count; i++)
        value_append(arena, list, value_string(arena, strings[i]));
    if (count)
        value_setz(arena, map, key, list);
}

static struct str *get_strings(struct arena *arena, const struct value *map, const char *key, size_t *count)
{
    const struct value *list = value_get(map, key);
    *count = value_is(list, VALUE_LIST) ? list->count : 0;
    struct str *strings = arena_array(arena, *count, sizeof *strings);
    for (size_t i = 0; i < *count; i++)
        strings[i] = value_text(list->items[i]);
    return strings;
}

/* --- targets: the same members in both directions --- */

#define TARGET_TEXTS(X)                                                                                      \
    X(logical_id, "logicalId")                                                                               \
    X(function, "function")                                                                                  \
    X(alias, "alias")                                                                                        \
    X(physical_id, "physicalId")                                                                             \
    X(old_version, "oldVersion")                                                                             \
    X(new_version, "newVersion")                                                                             \
    X(revision, "revision")                                                                                  \
    X(before_hook, "beforeHook")                                                                             \
    X(after_hook, "afterHook")                                                                               \
    X(application, "application")                                                                            \
    X(group, "group")                                                                                        \
    X(deployment, "deployment")

static struct value *write_target(struct arena *arena, const struct rollout_target *target)
{
    struct value *node = value_map(arena);
    set_text(arena, node, "kind", str_from(kinds[target->kind]));
#define X(MEMBER, KEY) set_text(arena, node, KEY, target->MEMBER);
    TARGET_TEXTS(X)
#undef X
    set_value(arena, node, "after", target->after);
    set_value(arena, node, "canary", target->canary);
    set_int(arena, node, "synthetic", target->synthetic);
    set_bool(arena, node, "back", target->back);
    return node;
}

static struct rollout_target read_target(const struct value *node)
{
    struct rollout_target target = {
        .after = value_get(node, "after"),
        .canary = value_get(node, "canary"),
        .synthetic = value_get_int(node, "synthetic", 0),
        .back = value_get_bool(node, "back", false),
    };
#define X(MEMBER, KEY) target.MEMBER = value_get_text(node, KEY);
    TARGET_TEXTS(X)
#undef X
    for (int kind = 0; kind < TRAFFIC_KINDS; kind++)
        if (str_is(value_get_text(node, "kind"), kinds[kind]))
            target.kind = (enum traffic_kind)kind;
    return target;
}

static struct value *write_step(struct arena *arena, const struct deployment_step *step)
{
    struct value *node = value_map(arena);
    set_int(arena, node, "weight", step->weight);
    set_int(arena, node, "forMs", step->for_ms);
    set_bool(arena, node, "approval", step->approval);
    set_strings(arena, node, "checks", step->checks, step->check_count);
    return node;
}

static struct deployment_step read_step(struct arena *arena, const struct value *node)
{
    struct deployment_step step = {.weight = value_get_int(node, "weight", 0),
                                   .for_ms = value_get_int(node, "forMs", 0),
                                   .approval = value_get_bool(node, "approval", false)};
    step.checks = get_strings(arena, node, "checks", &step.check_count);
    return step;
}

static struct value *write_settings(struct arena *arena, const struct rollout_settings *settings)
{
    struct value *node = value_map(arena);
    set_strings(arena, node, "alarms", settings->alarms, settings->alarm_count);
    set_int(arena, node, "hookTimeoutMs", settings->hook_timeout_ms);
    set_int(arena, node, "minimumInvocations", settings->minimum_invocations);
    set_int(arena, node, "holdLimitMs", settings->hold_limit_ms);
    set_int(arena, node, "keepVersions", settings->keep_versions);
    set_bool(arena, node, "fixForward", settings->fix_forward);
    set_bool(arena, node, "hooksByCodeDeploy", settings->hooks_by_codedeploy);
    set_value(arena, node, "compare", settings->compare);
    set_value(arena, node, "checks", settings->checks);
    set_value(arena, node, "synthetic", settings->synthetic);
    set_value(arena, node, "notify", settings->notify);
    return node;
}

static struct rollout_settings read_settings(struct arena *arena, const struct value *node)
{
    struct rollout_settings settings = {
        .hook_timeout_ms = value_get_int(node, "hookTimeoutMs", 0),
        .minimum_invocations = value_get_int(node, "minimumInvocations", 0),
        .hold_limit_ms = value_get_int(node, "holdLimitMs", 0),
        .keep_versions = value_get_int(node, "keepVersions", 0),
        .fix_forward = value_get_bool(node, "fixForward", false),
        .hooks_by_codedeploy = value_get_bool(node, "hooksByCodeDeploy", false),
        .compare = value_get(node, "compare"),
        .checks = value_get(node, "checks"),
        .synthetic = value_get(node, "synthetic"),
        .notify = value_get(node, "notify"),
    };
    settings.alarms = get_strings(arena, node, "alarms", &settings.alarm_count);
    return settings;
}

#define ROLLOUT_TEXTS(X)                                                                                     \
    X(id, "id")                                                                                              \
    X(key, "key")                                                                                            \
    X(hold, "hold")                                                                                          \
    X(reason, "reason")

#define ROLLOUT_NUMBERS(X)                                                                                   \
    X(started_ms, "startedMs")                                                                               \
    X(traffic_ms, "trafficMs")                                                                               \
    X(since_ms, "sinceMs")                                                                                   \
    X(hold_since_ms, "holdSinceMs")                                                                          \
    X(order, "order")                                                                                        \
    X(synthetic_sent, "syntheticSent")                                                                       \
    X(synthetic_failed, "syntheticFailed")                                                                   \
    X(told, "told")

#define ROLLOUT_FLAGS(X)                                                                                     \
    X(paused, "paused")                                                                                      \
    X(approved, "approved")                                                                                  \
    X(superseded, "superseded")                                                                              \
    X(before_done, "beforeDone")                                                                             \
    X(after_done, "afterDone")

struct value *rollout_write(struct arena *arena, const struct rollout *rollout)
{
    struct value *node = value_map(arena), *targets = value_list(arena), *steps = value_list(arena);
    set_text(arena, node, "phase", str_from(phases[rollout->phase]));
    set_text(arena, node, "driver", str_from(drivers[rollout->codedeploy]));
#define X(MEMBER, KEY) set_text(arena, node, KEY, rollout->MEMBER);
    ROLLOUT_TEXTS(X)
#undef X
#define X(MEMBER, KEY) set_int(arena, node, KEY, rollout->MEMBER);
    ROLLOUT_NUMBERS(X)
#undef X
#define X(MEMBER, KEY) set_bool(arena, node, KEY, rollout->MEMBER);
    ROLLOUT_FLAGS(X)
#undef X
    value_setz(arena, node, "step", value_int(arena, (int64_t)rollout->step));
    for (size_t i = 0; i < rollout->step_count; i++)
        value_append(arena, steps, write_step(arena, &rollout->steps[i]));
    value_setz(arena, node, "steps", steps);
    for (size_t i = 0; i < rollout->target_count; i++)
        value_append(arena, targets, write_target(arena, &rollout->targets[i]));
    value_setz(arena, node, "targets", targets);
    value_setz(arena, node, "settings", write_settings(arena, &rollout->settings));
    set_strings(arena, node, "ignoredAlarms", rollout->ignored_alarms, rollout->ignored_alarm_count);
    set_value(arena, node, "memory", rollout->memory);
    set_value(arena, node, "restore", rollout->restore);
    set_value(arena, node, "history", rollout->history);
    return node;
}

static enum rollout_phase phase_of(struct str name)
{
    size_t place = str_place(name, phases, ARRAY_LENGTH(phases));
    return place < ARRAY_LENGTH(phases) ? (enum rollout_phase)place : ROLLOUT_NONE;
}

static void read_lists(struct arena *arena, const struct value *node, struct rollout *rollout)
{
    const struct value *steps = value_get(node, "steps"), *targets = value_get(node, "targets");
    rollout->step_count = value_is(steps, VALUE_LIST) ? steps->count : 0;
    rollout->steps = arena_array(arena, rollout->step_count, sizeof *rollout->steps);
    for (size_t i = 0; i < rollout->step_count; i++)
        rollout->steps[i] = read_step(arena, steps->items[i]);
    rollout->target_count = value_is(targets, VALUE_LIST) ? targets->count : 0;
    rollout->targets = arena_array(arena, rollout->target_count, sizeof *rollout->targets);
    for (size_t i = 0; i < rollout->target_count; i++)
        rollout->targets[i] = read_target(targets->items[i]);
    rollout->ignored_alarms = get_strings(arena, node, "ignoredAlarms", &rollout->ignored_alarm_count);
}

struct rollout rollout_read(struct arena *arena, const struct value *node)
{
    struct rollout rollout = {
        .phase = phase_of(value_get_text(node, "phase")),
        .codedeploy = str_is(value_get_text(node, "driver"), drivers[true]),
        .step = (size_t)value_get_int(node, "step", 0),
        .settings = read_settings(arena, value_get(node, "settings")),
        .memory = value_get(node, "memory"),
        .restore = value_get(node, "restore"),
        .history =
            value_is(value_get(node, "history"), VALUE_LIST) ? value_get(node, "history") : value_list(arena),
    };
#define X(MEMBER, KEY) rollout.MEMBER = value_get_text(node, KEY);
    ROLLOUT_TEXTS(X)
#undef X
#define X(MEMBER, KEY) rollout.MEMBER = value_get_int(node, KEY, 0);
    ROLLOUT_NUMBERS(X)
#undef X
#define X(MEMBER, KEY) rollout.MEMBER = value_get_bool(node, KEY, false);
    ROLLOUT_FLAGS(X)
#undef X
    read_lists(arena, node, &rollout);
    if (rollout.step > rollout.step_count)
        rollout.step = rollout.step_count;
    return rollout;
}

/* No word at all is what the first of them means. */
static bool is_one_of(struct str word, const char *const *words, size_t count)
{
    return word.len == 0 || str_place(word, words, count) < count;
}

bool rollout_is_known(const struct value *node, const char **what, struct str *word)
{
    *what = "phase";
    *word = value_get_text(node, "phase");
    if (!is_one_of(*word, phases, ARRAY_LENGTH(phases)))
        return false;
    *what = "driver";
    *word = value_get_text(node, "driver");
    if (!is_one_of(*word, drivers, ARRAY_LENGTH(drivers)))
        return false;
    const struct value *targets = value_get(node, "targets");
    *what = "kind of target";
    for (size_t i = 0; value_is(targets, VALUE_LIST) && i < targets->count; i++) {
        *word = value_get_text(targets->items[i], "kind");
        if (!is_one_of(*word, kinds, ARRAY_LENGTH(kinds)))
            return false;
    }
    return true;
}

void rollout_note(struct rollout *rollout, struct arena *arena, int64_t now_ms, int64_t weight,
                  const char *format, ...)
{
    char text[ERROR_MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    struct value *line = value_map(arena);
    const struct value *last = value_at(rollout->history, rollout->history->count - 1);
    value_setz(arena, line, "number", value_int(arena, value_get_int(last, "number", 0) + 1));
    value_setz(arena, line, "time", value_int(arena, now_ms));
    value_setz(arena, line, "weight", value_int(arena, weight));
    value_setz(arena, line, "event", value_stringz(arena, text));
    if (rollout->history->count >= ROLLOUT_HISTORY_MAX) {
        for (size_t i = 2; i < rollout->history->count; i++)
            rollout->history->items[i - 1] = rollout->history->items[i];
        rollout->history->count--;
    }
    value_append(arena, rollout->history, line);
}

void rollout_announce(struct rollout *rollout, struct arena *arena, const char *kind, struct str reason)
{
    struct value *last = value_at(rollout->history, rollout->history->count - 1);
    value_setz(arena, last, "notice", value_stringz(arena, kind));
    value_setz(arena, last, "reason", value_string(arena, arena_str(arena, reason)));
}

struct str duration_in_words(struct arena *arena, int64_t ms)
{
    int64_t seconds = (ms + 500) / 1000, minutes = seconds / 60, hours = minutes / 60;
    if (ms > 0 && ms < 1000)
        return arena_printf(arena, "%" PRId64 " ms", ms);
    if (hours)
        return minutes % 60 ? arena_printf(arena, "%" PRId64 " h %" PRId64 " min", hours, minutes % 60)
                            : arena_printf(arena, "%" PRId64 " h", hours);
    if (minutes)
        return seconds % 60 ? arena_printf(arena, "%" PRId64 " min %" PRId64 " s", minutes, seconds % 60)
                            : arena_printf(arena, "%" PRId64 " min", minutes);
    return arena_printf(arena, "%" PRId64 " s", seconds);
}

/* The same growth at the same pace from the first step to all. */
static bool is_linear(const struct deployment_step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (steps[i].approval || steps[i].for_ms != steps[0].for_ms ||
            steps[i].weight != steps[0].weight * (int64_t)(i + 1))
            return false;
    return count > 2;
}

struct str rollout_steps_in_words(struct arena *arena, const struct deployment_step *steps, size_t count)
{
    if (count == 0)
        return STR("all at once");
    if (is_linear(steps, count))
        return arena_printf(arena, "%" PRId64 " %% more every %.*s", steps[0].weight,
                            STR_ARG(duration_in_words(arena, steps[0].for_ms)));
    struct buf text = BUF_INIT(BUF_SMALL);
    for (size_t i = 0; i < count; i++) {
        buf_printf(&text, "%s%" PRId64 " %%", i ? ", " : "", steps[i].weight);
        if (steps[i].for_ms)
            buf_printf(&text, " for %.*s", STR_ARG(duration_in_words(arena, steps[i].for_ms)));
        if (steps[i].approval)
            buf_addz(&text, " until approved");
    }
    buf_addz(&text, steps[count - 1].weight < 100 ? ", then all" : "");
    struct str words = arena_str(arena, buf_str(&text));
    buf_release(&text);
    return words;
}
