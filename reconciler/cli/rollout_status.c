/* `plumb rollout status`: from the ledger alone. */

#include <inttypes.h>

#include "reconciler/cli/rollout.h"

/* --- text --- */

static void write_text(struct buf *text, struct arena *arena, const struct sight *sight)
{
    struct sight_line lines[SIGHT_LINES_MAX];
    size_t count = sight_lines(arena, sight, lines);
    const struct value *history = sight->release.rollout.history;
    text_escape(text, sight_title(arena, sight));
    buf_addc(text, '\n');
    for (size_t i = 0; i < count; i++) {
        buf_printf(text, "  %-10s ", lines[i].label);
        text_escape(text, lines[i].text);
        buf_addc(text, '\n');
    }
    for (size_t i = 0; history && i < history->count; i++) {
        const struct value *line = history->items[i];
        buf_printf(text, "  %.*s  %3" PRId64 " %%  ",
                   STR_ARG(time_iso8601(arena, value_get_int(line, "time", 0))),
                   value_get_int(line, "weight", 0));
        text_escape(text, value_get_text(line, "event"));
        buf_addc(text, '\n');
    }
}

/* --- JSON --- */

static void set_text(struct arena *arena, struct value *map, const char *key, struct str text)
{
    value_setz(arena, map, key, value_string(arena, text));
}

static void set_int(struct arena *arena, struct value *map, const char *key, int64_t number)
{
    value_setz(arena, map, key, value_int(arena, number));
}

/* null where there is no such time. */
static void set_time(struct arena *arena, struct value *map, const char *key, int64_t at_ms)
{
    value_setz(arena, map, key, at_ms ? value_string(arena, time_iso8601(arena, at_ms)) : value_null(arena));
}

static struct value *since_json(struct arena *arena, const struct sight *sight, int64_t since_ms)
{
    struct value *node = value_map(arena);
    set_time(arena, node, "since", since_ms);
    set_int(arena, node, "ageMs", sight->now_ms > since_ms ? sight->now_ms - since_ms : 0);
    return node;
}

static void add_waiting(struct arena *arena, struct value *node, const struct sight *sight)
{
    const struct rollout *rollout = &sight->release.rollout;
    int64_t since_ms;
    set_text(arena, node, "waitsFor", sight_waits(arena, sight));
    set_int(arena, node, "stepLeftMs", sight_step_left(sight));
    if (rollout->hold_since_ms) {
        struct value *hold = since_json(arena, sight, rollout->hold_since_ms);
        set_text(arena, hold, "reason", rollout->hold);
        if (!rollout->paused)
            set_int(arena, hold, "limitMs", rollout->settings.hold_limit_ms);
        value_setz(arena, node, "hold", hold);
    }
    if (rollout->paused) {
        struct str by = sight_paused(sight, &since_ms);
        struct value *pause = since_json(arena, sight, since_ms);
        set_text(arena, pause, "by", by);
        value_setz(arena, node, "paused", pause);
    }
    if (sight->unheard) {
        struct value *order = value_map(arena);
        set_text(arena, order, "order", sight->order.word);
        set_text(arena, order, "by", sight->order.by);
        set_text(arena, order, "time", sight->order.time);
        value_setz(arena, node, "notHeardYet", order);
    }
    set_text(arena, node, "holder", sight->release.holder);
    set_time(arena, node, "leaseUntil", sight->release.lease_until_ms);
    value_setz(arena, node, "carriedOn", value_bool(arena, !sight->gone));
}

static struct value *steps_json(struct arena *arena, const struct rollout *rollout)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < rollout->step_count; i++) {
        struct value *step = value_map(arena);
        set_int(arena, step, "weight", rollout->steps[i].weight);
        set_int(arena, step, "forMs", rollout->steps[i].for_ms);
        value_setz(arena, step, "approval", value_bool(arena, rollout->steps[i].approval));
        value_append(arena, list, step);
    }
    return list;
}

static struct value *targets_json(struct arena *arena, const struct rollout *rollout)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < rollout->target_count; i++) {
        const struct rollout_target *target = &rollout->targets[i];
        struct value *node = value_map(arena);
        set_text(arena, node, "logicalId", target->logical_id);
        set_text(arena, node, "function", target->function);
        set_text(arena, node, "alias", target->alias);
        set_text(arena, node, "oldVersion", target->old_version);
        set_text(arena, node, "newVersion", target->new_version);
        if (target->deployment.len)
            set_text(arena, node, "deployment", target->deployment);
        value_append(arena, list, node);
    }
    return list;
}

static struct value *history_json(struct arena *arena, const struct rollout *rollout)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < rollout->history->count; i++) {
        const struct value *line = rollout->history->items[i];
        struct value *node = value_map(arena);
        set_time(arena, node, "time", value_get_int(line, "time", 0));
        set_int(arena, node, "weight", value_get_int(line, "weight", 0));
        set_text(arena, node, "event", value_get_text(line, "event"));
        value_append(arena, list, node);
    }
    return list;
}

static void add_rollout(struct arena *arena, struct value *node, const struct sight *sight)
{
    const struct rollout *rollout = &sight->release.rollout;
    struct value *ignored = value_list(arena), *synthetic = value_map(arena);
    set_text(arena, node, "driver", rollout->codedeploy ? STR("codedeploy") : STR("plumb"));
    set_int(arena, node, "weight", rollout_weight(rollout));
    set_int(arena, node, "step", (int64_t)rollout->step);
    value_setz(arena, node, "steps", steps_json(arena, rollout));
    value_setz(arena, node, "targets", targets_json(arena, rollout));
    set_time(arena, node, "startedAt", rollout->started_ms);
    set_time(arena, node, "since", rollout->since_ms);
    set_text(arena, node, "reason", rollout->reason);
    for (size_t i = 0; i < rollout->ignored_alarm_count; i++)
        value_append(arena, ignored, value_string(arena, rollout->ignored_alarms[i]));
    value_setz(arena, node, "ignoredAlarms", ignored);
    set_int(arena, synthetic, "sent", rollout->synthetic_sent);
    set_int(arena, synthetic, "failed", rollout->synthetic_failed);
    value_setz(arena, node, "synthetic", synthetic);
    if (sight->under_way)
        add_waiting(arena, node, sight);
    value_setz(arena, node, "history", history_json(arena, rollout));
}

static struct value *json_node(struct arena *arena, const struct sight *sight)
{
    const struct environment *environment = &sight->subject->environment;
    const struct rollout *rollout = &sight->release.rollout;
    struct value *node = value_map(arena);
    set_text(arena, node, "environment", environment->name);
    set_text(arena, node, "application", sight->subject->application->name);
    set_text(arena, node, "account", environment->account);
    set_text(arena, node, "region", environment->region);
    set_text(arena, node, "commit", str_from(sight->release.commit.hex));
    set_text(arena, node, "phase", str_from(rollout_phase_name(rollout->phase)));
    value_setz(arena, node, "underWay", value_bool(arena, sight->under_way));
    if (rollout->phase != ROLLOUT_NONE)
        add_rollout(arena, node, sight);
    return node;
}

static bool visit(struct each *each, struct subject *subject, bool *differences, struct error *error)
{
    struct sight sight;
    (void)differences;
    if (!sight_take(subject, subject->arena, &sight, error))
        return false;
    if (each->context->options.output == OUTPUT_JSON)
        value_append(each->context->arena, each->list,
                     value_copy(each->context->arena, json_node(subject->arena, &sight)));
    else
        write_text(each->text, subject->arena, &sight);
    return true;
}

enum exit_status rollout_status(struct context *context, struct error *error)
{
    return for_each_application(context, visit, error);
}
