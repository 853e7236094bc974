#include "reconciler/release_set.h"
#include "reconciler/report.h"
#include "reconciler/rollout/housekeeping.h"

/* At most so many lines about one plan's traffic. */
enum { LINES_MAX = 64 };

struct lines {
    struct arena *arena;
    struct str *items;
    size_t count;
};

static void add(struct lines *lines, struct str line)
{
    if (lines->count < LINES_MAX)
        lines->items[lines->count++] = line;
}

static struct str joined(struct arena *arena, const struct str *items, size_t count)
{
    struct buf text = BUF_INIT(BUF_SMALL);
    for (size_t i = 0; i < count; i++)
        buf_printf(&text, "%s%.*s", i ? ", " : "", STR_ARG(items[i]));
    struct str all = arena_str(arena, buf_str(&text));
    buf_release(&text);
    return all;
}

static void add_targets(struct lines *lines, const struct rollout *rollout)
{
    struct str names[LINES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < rollout->target_count && count < LINES_MAX; i++) {
        const struct rollout_target *target = &rollout->targets[i];
        names[count++] =
            arena_printf(lines->arena, "%.*s:%.*s", STR_ARG(target->function), STR_ARG(target->alias));
    }
    add(lines,
        arena_printf(lines->arena, "%.*s: %.*s (%s)", STR_ARG(joined(lines->arena, names, count)),
                     STR_ARG(rollout_steps_in_words(lines->arena, rollout->steps, rollout->step_count)),
                     rollout->codedeploy ? "by CodeDeploy" : "by plumb"));
}

/* Hooks of all targets, each once. */
static void add_hooks(struct lines *lines, const struct rollout *rollout, bool after)
{
    struct str names[LINES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < rollout->target_count && count < LINES_MAX; i++) {
        struct str hook = after ? rollout->targets[i].after_hook : rollout->targets[i].before_hook;
        bool known = hook.len == 0;
        for (size_t k = 0; k < count; k++)
            known = known || str_equal(names[k], hook);
        if (!known)
            names[count++] = hook;
    }
    if (count)
        add(lines, arena_printf(lines->arena, "%s traffic: %.*s", after ? "after" : "before",
                                STR_ARG(joined(lines->arena, names, count))));
}

/* Of what is no function no figures are compared, and it has no minimum. */
static void add_without_figures(struct lines *lines, const struct rollout *rollout, enum traffic_kind kind,
                                const char *noun)
{
    struct str names[LINES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < rollout->target_count && count < LINES_MAX; i++)
        if (rollout->targets[i].kind == kind)
            names[count++] = arena_printf(lines->arena, "%.*s:%.*s", STR_ARG(rollout->targets[i].function),
                                          STR_ARG(rollout->targets[i].alias));
    struct str all = joined(lines->arena, names, count);
    if (count && rollout->step_count)
        add(lines,
            arena_printf(lines->arena, "%.*s: %s is judged by alarms and checks alone%s", STR_ARG(all), noun,
                         rollout->settings.alarm_count ||
                                 (rollout->settings.checks && rollout->settings.checks->count)
                             ? ""
                             : ", and there are none: time alone decides"));
}

static bool compares(const struct rollout *rollout)
{
    bool functions = false;
    for (size_t i = 0; i < rollout->target_count; i++)
        functions = functions || rollout->targets[i].kind == TRAFFIC_FUNCTION;
    return functions && rollout->step_count;
}

static void add_judges(struct lines *lines, const struct rollout *rollout)
{
    const struct rollout_settings *settings = &rollout->settings;
    struct arena *arena = lines->arena;
    bool figures = compares(rollout);
    struct str judges[LINES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < settings->alarm_count && count < LINES_MAX / 2; i++)
        judges[count++] = arena_printf(arena, "alarm %.*s", STR_ARG(settings->alarms[i]));
    if (figures && value_get_bool(settings->compare, "errors", false))
        judges[count++] = STR("errors against the old version");
    if (figures && value_get_bool(settings->compare, "throttles", false))
        judges[count++] = STR("throttles against the old version");
    struct str duration = value_get_text(settings->compare, "duration");
    if (figures && duration.len)
        judges[count++] = arena_printf(arena, "duration (%.*s) against the old version", STR_ARG(duration));
    for (size_t i = 0; settings->checks && i < settings->checks->count && count < LINES_MAX - 4; i++)
        judges[count++] =
            arena_printf(arena, "check %.*s", STR_ARG(value_get_text(settings->checks->items[i], "name")));
    if (count)
        add(lines, arena_printf(arena, "judged by: %.*s", STR_ARG(joined(arena, judges, count))));
    add_without_figures(lines, rollout, TRAFFIC_STATE_MACHINE, "a state machine");
    add_without_figures(lines, rollout, TRAFFIC_API_STAGE, "a stage of an API");
    if (!figures)
        return;
    add(lines,
        arena_printf(
            arena, "a step needs %lld invocations of the new version%s; without evidence it %s",
            (long long)settings->minimum_invocations,
            settings->synthetic && settings->synthetic->count ? ", synthetic requests among them" : "",
            rollout->codedeploy ? "is stopped before the next step"
                                : arena_printf(arena, "holds for %.*s at most, then rolls back",
                                               STR_ARG(duration_in_words(arena, settings->hold_limit_ms)))
                                      .ptr));
}

static void add_keeping(struct lines *lines, const struct rollout *rollout)
{
    int64_t keep = rollout->settings.keep_versions;
    struct str names = housekeeping_names(lines->arena, rollout);
    if (keep > 0)
        add(lines, arena_printf(lines->arena, "keeps the newest %lld old version%s of %.*s", (long long)keep,
                                keep == 1 ? "" : "s", STR_ARG(names)));
}

/* Of what moves: what else Git wants of it, and what the steps say in the place of the template. */
static void add_rest(struct lines *lines, const struct change *change)
{
    const struct value *share = value_get(change->desired->canary, "PercentTraffic");
    const char *const *paths = release_set_paths(change);
    struct str names[LINES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < change->differences.count && count < LINES_MAX; i++) {
        struct str path = change->differences.items[i].path;
        const char *const *moved = paths;
        while (*moved && !str_starts(path, *moved))
            moved++;
        if (!*moved)
            names[count++] = path;
    }
    if (count)
        add(lines, arena_printf(lines->arena, "%.*s: %.*s waits until all traffic has moved",
                                STR_ARG(change->logical_id), STR_ARG(joined(lines->arena, names, count))));
    if (share)
        add(lines, arena_printf(lines->arena,
                                "%.*s: the steps say its canary's share, not its PercentTraffic of %.*s",
                                STR_ARG(change->logical_id), STR_ARG(value_text(share))));
}

/* What goes with the traffic, and what cannot be made safe so. */
static void add_order(struct lines *lines, const struct plan *plan)
{
    struct str what;
    for (size_t i = 0; i < plan->count; i++) {
        const struct change *change = &plan->changes[i];
        if (release_set_moves(plan, change))
            add_rest(lines, change);
        else if (release_set_waits(plan, change))
            add(lines, arena_printf(lines->arena, "%.*s waits until all traffic has moved",
                                    STR_ARG(change->logical_id)));
        else if (release_set_is_unsafe(plan, change, &what))
            add(lines,
                arena_printf(lines->arena,
                             "not safe for the old version: %.*s changes '%.*s' before the traffic has "
                             "moved, also taking away",
                             STR_ARG(change->logical_id), STR_ARG(what)));
        else if (change->action == CHANGE_REPLACE && change->delete_first && release_set_any(plan))
            add(lines, arena_printf(lines->arena,
                                    "not safe for the old version: %.*s is deleted and made anew before the "
                                    "traffic has moved",
                                    STR_ARG(change->logical_id)));
    }
}

/* Of API Gateway's stages: declared, not rolled out. */
static void add_canaries(struct lines *lines, const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct change *change = &plan->changes[i];
        const struct value *canary = value_get(change->properties, "CanarySetting");
        bool differs = change->action == CHANGE_CREATE || change->action == CHANGE_REPLACE;
        for (size_t k = 0; k < change->differences.count; k++)
            differs = differs || str_starts(change->differences.items[k].path, "CanarySetting");
        if (!str_is(change->type_name, "AWS::ApiGateway::Stage") || !change->desired || !differs)
            continue;
        struct str share =
            value_get(canary, "PercentTraffic") ? value_get_text(canary, "PercentTraffic") : STR("0");
        if (canary)
            add(lines, arena_printf(lines->arena,
                                    "%.*s: %.*s %% of its requests go to its canary, as declared, until the "
                                    "template says otherwise",
                                    STR_ARG(change->logical_id), STR_ARG(share)));
        else if (change->action == CHANGE_UPDATE)
            add(lines,
                arena_printf(lines->arena, "%.*s: its canary goes, all requests go to its DeploymentId",
                             STR_ARG(change->logical_id)));
    }
}

static void add_present(struct lines *lines, const struct rollout *rollout)
{
    add(lines, arena_printf(lines->arena, "a rollout is under way: %lld %% on the new version%s%.*s",
                            (long long)rollout_weight(rollout), rollout->hold.len ? ", it holds: " : "",
                            STR_ARG(rollout->hold)));
}

struct str *report_traffic(struct arena *arena, const struct subject *subject, struct plan *plan,
                           size_t *count)
{
    struct lines lines = {.arena = arena, .items = arena_array(arena, LINES_MAX, sizeof *lines.items)};
    struct rollout rollout;
    struct error error = ERROR_INIT;
    *count = 0;
    if (subject->release.state == RELEASE_ROLLING)
        add_present(&lines, &subject->release.rollout);
    if (release_set_any(plan)) {
        if (!release_set_rollout(plan, arena, false, &rollout, &error)) {
            add(&lines, arena_str(arena, str_from(error.message)));
        } else {
            add_targets(&lines, &rollout);
            add_hooks(&lines, &rollout, false);
            add_judges(&lines, &rollout);
            add_hooks(&lines, &rollout, true);
            add_keeping(&lines, &rollout);
            add_order(&lines, plan);
        }
    }
    add_canaries(&lines, plan);
    if (plan->rejected.len)
        add(&lines, arena_printf(arena, "held: %.*s", STR_ARG(plan->rejected)));
    *count = lines.count;
    return lines.items;
}
