/* A rollout as the ledger shows it, in words. */

#include "reconciler/cli/rollout.h"

#include <inttypes.h>

#include "reconciler/claim.h"

enum { NAMES_MAX = 20 };

bool sight_take(struct subject *subject, struct arena *arena, struct sight *sight, struct error *error)
{
    const struct environment *environment = &subject->environment;
    struct str application = subject->application->name;
    struct ledger *ledger;
    *sight = (struct sight){
        .subject = subject,
        .name = arena_printf(arena, "%.*s/%.*s", STR_ARG(environment->name), STR_ARG(application)),
        .now_ms = clock_wall(session_options(subject->session)->clock)};
    if (!session_ledger(subject->session, environment->account, &ledger, error) ||
        !release_load(ledger, arena,
                      record_path(arena, environment->region, environment->name, application, "release.json"),
                      &sight->release, error) ||
        !order_load(ledger, arena, environment->region, environment->name, application, &sight->order, error))
        return false;
    subject->ledger = ledger;
    sight->under_way = sight->release.state == RELEASE_ROLLING;
    sight->gone = sight->under_way && claim_is_over(arena, &sight->release, sight->now_ms);
    sight->unheard = sight->under_way && sight->order.number > sight->release.rollout.order;
    return true;
}

struct str sight_age(struct arena *arena, const struct sight *sight, int64_t since_ms)
{
    return duration_in_words(arena, sight->now_ms > since_ms ? sight->now_ms - since_ms : 0);
}

const struct value *sight_history(const struct sight *sight, size_t back)
{
    const struct value *history = sight->release.rollout.history;
    return history && back < history->count ? history->items[history->count - 1 - back] : NULL;
}

struct str sight_paused(const struct sight *sight, int64_t *since_ms)
{
    static const char said[] = "paused: by ";
    const struct value *line;
    for (size_t i = 0; (line = sight_history(sight, i)); i++) {
        struct str event = value_get_text(line, "event");
        if (!str_starts(event, said))
            continue;
        *since_ms = value_get_int(line, "time", 0);
        return str_from_index(event, sizeof said - 1);
    }
    *since_ms = sight->release.rollout.hold_since_ms;
    return STR("somebody");
}

int64_t sight_step_left(const struct sight *sight)
{
    const struct rollout *rollout = &sight->release.rollout;
    if (rollout->phase != ROLLOUT_SHIFTING || rollout->step >= rollout->step_count || rollout->approved)
        return 0;
    int64_t for_ms = rollout->steps[rollout->step].for_ms, past = sight->now_ms - rollout->since_ms;
    return past < for_ms ? for_ms - past : 0;
}

/* --- what it waits for --- */

static struct str hooks_in_words(struct arena *arena, const struct rollout *rollout, bool after)
{
    struct buf text = BUF_INIT(BUF_SMALL);
    for (size_t i = 0, count = 0; i < rollout->target_count && count < NAMES_MAX; i++) {
        const struct rollout_target *target = &rollout->targets[i];
        struct str hook = after ? target->after_hook : target->before_hook;
        bool known = hook.len == 0;
        for (size_t k = 0; k < i; k++)
            known = known ||
                    str_equal(hook, after ? rollout->targets[k].after_hook : rollout->targets[k].before_hook);
        if (!known)
            buf_printf(&text, "%s%.*s", count++ ? ", " : "", STR_ARG(hook));
    }
    struct str words =
        text.len ? arena_printf(arena, "hook %s, %.*s at most", text.ptr,
                                STR_ARG(duration_in_words(arena, rollout->settings.hook_timeout_ms)))
                 : STR("there is no hook");
    buf_release(&text);
    return words;
}

static struct str step_waits(struct arena *arena, const struct sight *sight)
{
    const struct rollout *rollout = &sight->release.rollout;
    const struct deployment_step *step =
        rollout->step < rollout->step_count ? &rollout->steps[rollout->step] : NULL;
    bool approval = step && step->approval && !rollout->approved;
    int64_t left = sight_step_left(sight);
    if (!rollout->traffic_ms)
        return STR("for the first traffic to be moved");
    if (left)
        return arena_printf(arena, "for the step's time, %.*s yet, then for evidence%s",
                            STR_ARG(duration_in_words(arena, left)), approval ? " and approval" : "");
    if (rollout->codedeploy)
        return STR("for CodeDeploy's next step");
    return approval ? arena_printf(arena, "for evidence and approval: `plumb rollout promote %.*s` gives it",
                                   STR_ARG(sight->name))
                    : STR("for evidence");
}

struct str sight_waits(struct arena *arena, const struct sight *sight)
{
    const struct rollout *rollout = &sight->release.rollout;
    if (rollout->paused && rollout->phase < ROLLOUT_ROLLING_BACK)
        return arena_printf(arena, "for `plumb rollout resume %.*s`", STR_ARG(sight->name));
    switch (rollout->phase) {
    case ROLLOUT_WAITING:
        return STR("for a first look at the alarms");
    case ROLLOUT_BEFORE:
        return arena_printf(arena, "for what runs before traffic: %.*s",
                            STR_ARG(hooks_in_words(arena, rollout, false)));
    case ROLLOUT_SHIFTING:
        return step_waits(arena, sight);
    case ROLLOUT_AFTER:
        return arena_printf(arena, "for what runs after traffic: %.*s",
                            STR_ARG(hooks_in_words(arena, rollout, true)));
    case ROLLOUT_ROLLING_BACK:
        return STR("for the old version to have all traffic again");
    default:
        return STR_EMPTY;
    }
}

/* --- lines --- */

struct str sight_title(struct arena *arena, const struct sight *sight)
{
    const struct rollout *rollout = &sight->release.rollout;
    if (rollout->phase == ROLLOUT_NONE)
        return arena_printf(arena, "%.*s: no rollout: %s", STR_ARG(sight->name),
                            sight->release.state == RELEASE_NONE ? "it was never applied"
                                                                 : "no release has moved traffic so far");
    if (sight->under_way)
        return arena_printf(arena, "%.*s: %s, %" PRId64 " %% on the new version, by %s, %.7s",
                            STR_ARG(sight->name), rollout_phase_name(rollout->phase), rollout_weight(rollout),
                            rollout->codedeploy ? "CodeDeploy" : "plumb", sight->release.commit.hex);
    const struct value *last = sight_history(sight, 0);
    return arena_printf(arena, "%.*s: the last rollout %s%s%.*s", STR_ARG(sight->name),
                        rollout->phase == ROLLOUT_SUCCEEDED     ? "succeeded"
                        : rollout->phase == ROLLOUT_ROLLED_BACK ? "was rolled back"
                                                                : "was left to who moved the traffic",
                        last ? " at " : "",
                        STR_ARG(last ? time_iso8601(arena, value_get_int(last, "time", 0)) : STR_EMPTY));
}

static void add(struct sight_line *lines, size_t *count, const char *label, struct str text)
{
    if (text.len && *count < SIGHT_LINES_MAX)
        lines[(*count)++] = (struct sight_line){label, text};
}

/* A state machine's versions are ARNs. */
static struct str short_version(struct str version)
{
    size_t colon = str_find_last(version, ':');
    return colon < version.len ? str_from_index(version, colon + 1) : version;
}

static struct str targets_in_words(struct arena *arena, const struct rollout *rollout)
{
    struct buf text = BUF_INIT(BUF_SMALL);
    for (size_t i = 0; i < rollout->target_count && i < NAMES_MAX; i++) {
        const struct rollout_target *target = &rollout->targets[i];
        buf_printf(&text, "%s%.*s:%.*s from version %.*s to %.*s", i ? ", " : "", STR_ARG(target->function),
                   STR_ARG(target->alias), STR_ARG(short_version(target->old_version)),
                   STR_ARG(short_version(target->new_version)));
    }
    if (rollout->target_count > NAMES_MAX)
        buf_printf(&text, " and %zu more", rollout->target_count - NAMES_MAX);
    struct str words = arena_str(arena, buf_str(&text));
    buf_release(&text);
    return words;
}

static struct str alarms_in_words(struct arena *arena, const struct rollout *rollout)
{
    struct buf text = BUF_INIT(BUF_SMALL);
    for (size_t i = 0; i < rollout->ignored_alarm_count && i < NAMES_MAX; i++)
        buf_printf(&text, "%s%.*s", i ? ", " : "", STR_ARG(rollout->ignored_alarms[i]));
    if (text.len)
        buf_addz(&text, ": red before the start, no verdict");
    struct str words = arena_str(arena, buf_str(&text));
    buf_release(&text);
    return words;
}

static struct str step_in_words(struct arena *arena, const struct sight *sight)
{
    const struct rollout *rollout = &sight->release.rollout;
    if (!rollout->since_ms || rollout->phase == ROLLOUT_ROLLING_BACK)
        return STR_EMPTY;
    struct str which = rollout->phase == ROLLOUT_SHIFTING
                           ? arena_printf(arena, "%zu of %zu", rollout->step + 1, rollout->step_count)
                           : STR("all traffic");
    return arena_printf(arena, "%.*s, since %.*s (%.*s)", STR_ARG(which),
                        STR_ARG(time_iso8601(arena, rollout->since_ms)),
                        STR_ARG(sight_age(arena, sight, rollout->since_ms)));
}

static struct str hold_in_words(struct arena *arena, const struct sight *sight)
{
    const struct rollout *rollout = &sight->release.rollout;
    if (!rollout->hold_since_ms)
        return STR_EMPTY;
    int64_t left = rollout->hold_since_ms + rollout->settings.hold_limit_ms - sight->now_ms;
    struct str limit = rollout->paused ? STR("without a limit")
                                       : arena_printf(arena, "the limit is reached in %.*s",
                                                      STR_ARG(duration_in_words(arena, left > 0 ? left : 0)));
    return arena_printf(arena, "for %.*s, %.*s: %.*s",
                        STR_ARG(sight_age(arena, sight, rollout->hold_since_ms)), STR_ARG(limit),
                        STR_ARG(rollout->hold));
}

static struct str pause_in_words(struct arena *arena, const struct sight *sight)
{
    int64_t since_ms;
    if (!sight->release.rollout.paused)
        return STR_EMPTY;
    struct str by = sight_paused(sight, &since_ms);
    return arena_printf(arena, "for %.*s, by %.*s, since %.*s", STR_ARG(sight_age(arena, sight, since_ms)),
                        STR_ARG(by), STR_ARG(time_iso8601(arena, since_ms)));
}

static struct str order_in_words(struct arena *arena, const struct sight *sight)
{
    int64_t given_ms;
    if (!sight->unheard || !time_parse(sight->order.time, &given_ms))
        return STR_EMPTY;
    return arena_printf(arena, "%.*s, by %.*s, %.*s ago: not heard yet", STR_ARG(sight->order.word),
                        STR_ARG(sight->order.by), STR_ARG(sight_age(arena, sight, given_ms)));
}

struct str sight_gone(struct arena *arena, const struct sight *sight)
{
    return arena_printf(arena, "nobody carries it on, '%.*s' is gone: `plumb apply %.*s` or `plumb run` does",
                        STR_ARG(sight->release.holder), STR_ARG(sight->name));
}

static struct str holder_in_words(struct arena *arena, const struct sight *sight)
{
    if (sight->gone)
        return sight_gone(arena, sight);
    return arena_printf(arena, "%.*s, whose lease runs for %.*s", STR_ARG(sight->release.holder),
                        STR_ARG(duration_in_words(arena, sight->release.lease_until_ms - sight->now_ms)));
}

size_t sight_lines(struct arena *arena, const struct sight *sight, struct sight_line lines[SIGHT_LINES_MAX])
{
    const struct rollout *rollout = &sight->release.rollout;
    size_t count = 0;
    if (rollout->phase == ROLLOUT_NONE)
        return 0;
    add(lines, &count, "traffic", targets_in_words(arena, rollout));
    if (rollout->step_count)
        add(lines, &count, "steps", rollout_steps_in_words(arena, rollout->steps, rollout->step_count));
    if (sight->under_way) {
        add(lines, &count, "started",
            arena_printf(arena, "%.*s (%.*s)", STR_ARG(time_iso8601(arena, rollout->started_ms)),
                         STR_ARG(sight_age(arena, sight, rollout->started_ms))));
        add(lines, &count, "step", step_in_words(arena, sight));
        add(lines, &count, "waits", sight_waits(arena, sight));
        add(lines, &count, "PAUSED", pause_in_words(arena, sight));
        add(lines, &count, "holds", hold_in_words(arena, sight));
        add(lines, &count, "asked", order_in_words(arena, sight));
        add(lines, &count, "held by", holder_in_words(arena, sight));
    }
    add(lines, &count,
        rollout->phase == ROLLOUT_ROLLING_BACK ? "goes back"
        : sight->under_way                     ? "seen"
                                               : "reason",
        rollout->reason);
    if (sight->release.rejected.len)
        add(lines, &count, "again",
            arena_printf(arena, "not before Git asks for something else, or `plumb rollout resume %.*s`",
                         STR_ARG(sight->name)));
    add(lines, &count, "ignored", alarms_in_words(arena, rollout));
    if (rollout->settings.synthetic && rollout->settings.synthetic->count)
        add(lines, &count, "synthetic",
            arena_printf(arena, "%" PRId64 " requests sent, %" PRId64 " failed", rollout->synthetic_sent,
                         rollout->synthetic_failed));
    return count;
}
