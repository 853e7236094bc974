#include "reconciler/health.h"

#include <string.h>

#include "providers/aws/aws.h"
#include "providers/cloudwatch/operations.h"
#include "reconciler/note.h"

enum { ALARMS_A_CALL = 100 }; /* DescribeAlarms takes as many names */

bool health_is_good(const struct health *health)
{
    return !health->drift && !health->alarms;
}

/* --- the record --- */

bool health_load(struct ledger *ledger, struct arena *arena, struct str region, struct str environment,
                 struct str application, struct health *out, struct error *error)
{
    const struct note note = note_at(ledger, NULL, region, environment, application, "health.json");
    struct value *root;
    *out = (struct health){.reason = STR_EMPTY};
    if (!note_load(&note, arena, &root, error))
        return false;
    struct str commit = value_get_text(root, "commit");
    if (commit.len == COMMIT_ID_SIZE)
        memcpy(out->commit.hex, commit.ptr, commit.len);
    out->drift = value_get_bool(root, "drift", false);
    out->alarms = value_get_bool(root, "alarms", false);
    out->reason = value_get_text(root, "reason");
    out->since_ms = value_get_int(root, "sinceMs", 0);
    out->looked_ms = value_get_int(root, "lookedMs", 0);
    return true;
}

static struct value *node_of(struct arena *arena, const struct health *health)
{
    struct value *root = value_map(arena);
    value_setz(arena, root, "commit", value_stringz(arena, health->commit.hex));
    value_setz(arena, root, "drift", value_bool(arena, health->drift));
    value_setz(arena, root, "alarms", value_bool(arena, health->alarms));
    value_setz(arena, root, "reason", value_string(arena, health->reason));
    value_setz(arena, root, "sinceMs", value_int(arena, health->since_ms));
    value_setz(arena, root, "lookedMs", value_int(arena, health->looked_ms));
    return root;
}

bool health_next(const struct health *before, const struct health *seen, const struct release *release,
                 int64_t now_ms, int64_t soak_ms, struct health *next)
{
    int64_t finished_ms;
    bool same = strcmp(before->commit.hex, release->commit.hex) == 0;
    if (!time_parse(release->finished, &finished_ms))
        finished_ms = now_ms;
    /* A release of the same commit, as one that heals, begins anew. */
    same = same && before->looked_ms >= finished_ms;
    *next = *seen;
    next->commit = release->commit;
    next->looked_ms = now_ms;
    if (!same) {
        next->since_ms = health_is_good(seen) ? finished_ms : now_ms;
        return true;
    }
    bool changed = before->drift != seen->drift || before->alarms != seen->alarms;
    next->since_ms = health_is_good(before) == health_is_good(seen) ? before->since_ms : now_ms;
    int64_t over_ms = before->since_ms + soak_ms;
    bool soaked = health_is_good(seen) && before->looked_ms < over_ms && now_ms >= over_ms;
    return changed || soaked;
}

bool health_record(struct subject *subject, const struct health *seen, int64_t soak_ms, struct error *error)
{
    struct arena *arena = subject->arena;
    const struct environment *environment = &subject->environment;
    struct str application = subject->application->name;
    struct health before, next;
    if (!health_load(subject->ledger, arena, environment->region, environment->name, application, &before,
                     error))
        return false;
    if (!health_next(&before, seen, &subject->release, clock_wall(session_options(subject->session)->clock),
                     soak_ms, &next))
        return true;
    const struct note note =
        note_at(subject->ledger, NULL, environment->region, environment->name, application, "health.json");
    const struct note_change change = {.what = health_is_good(&next) ? STR("healthy") : STR("not healthy"),
                                       .body = next.reason,
                                       .trailer = {"Commit", str_from(next.commit.hex)},
                                       .content = node_of(arena, &next)};
    if (note_append(&note, arena, &change, error))
        return true;
    if (error->code != ERROR_CONFLICT)
        return false;
    error_clear(error);
    return true;
}

/* --- the look --- */

static void add_reason(struct arena *arena, struct health *health, struct str reason)
{
    health->reason = health->reason.len
                         ? arena_printf(arena, "%.*s; %.*s", STR_ARG(health->reason), STR_ARG(reason))
                         : reason;
}

static const struct value *alarm_named(const struct value *answer, struct str name)
{
    static const char *const lists[] = {"MetricAlarms", "CompositeAlarms"};
    for (size_t k = 0; k < ARRAY_LENGTH(lists); k++) {
        const struct value *list = value_get(answer, lists[k]);
        for (size_t i = 0; value_is(list, VALUE_LIST) && i < list->count; i++)
            if (str_equal(value_get_text(list->items[i], "AlarmName"), name))
                return list->items[i];
    }
    return NULL;
}

static bool look_at_alarms(struct subject *subject, const struct str *names, size_t count,
                           struct health *health, struct error *error)
{
    struct arena *arena = subject->arena;
    struct value *input = value_map(arena), *list = value_list(arena), *types = value_list(arena), *answer;
    for (size_t i = 0; i < count; i++)
        value_append(arena, list, value_string(arena, names[i]));
    value_append(arena, types, value_stringz(arena, "MetricAlarm"));
    value_append(arena, types, value_stringz(arena, "CompositeAlarm"));
    value_setz(arena, input, "AlarmNames", list);
    value_setz(arena, input, "AlarmTypes", types);
    value_setz(arena, input, "MaxRecords", value_int(arena, ALARMS_A_CALL));
    if (!aws_call(subject->aws, &cloudwatch_operations[CLOUDWATCH_DESCRIBE_ALARMS], arena, input, &answer,
                  error))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct str state = value_get_text(alarm_named(answer, names[i]), "StateValue");
        if (str_is(state, "OK"))
            continue;
        health->alarms = true;
        add_reason(arena, health,
                   arena_printf(arena, "the alarm '%.*s' %s", STR_ARG(names[i]),
                                str_is(state, "ALARM") ? "is red"
                                : state.len            ? "has no data"
                                                       : "is not there"));
    }
    return true;
}

/* What a rule of the environment expects is no finding; what cannot be read proves nothing. */
static void judge_drift(struct arena *arena, const struct drift_report *report, struct health *health)
{
    if (!report->count)
        return;
    health->drift = true;
    add_reason(arena, health,
               arena_printf(arena, "drift: '%.*s' is %s%s", STR_ARG(report->findings[0].logical_id),
                            drift_kind_name(report->findings[0].kind),
                            report->count > 1 ? ", and others" : ""));
}

/* Those that the last rollout was judged by; before the first one those that the application file names, by
 * their logical ids or as they are. */
static struct str *alarms_of(struct subject *subject, size_t *count)
{
    const struct rollout_settings *settings = &subject->release.rollout.settings;
    const struct deployment *deployment = &subject->application->deployment;
    *count = settings->alarm_count;
    if (*count)
        return settings->alarms;
    struct str *names = arena_array(subject->arena, deployment->alarm_count + 1, sizeof *names);
    for (; *count < deployment->alarm_count; ++*count) {
        const struct inventory_entry *entry = inventory_find(&subject->inventory, deployment->alarms[*count]);
        names[*count] = entry ? entry->physical_id : deployment->alarms[*count];
    }
    return names;
}

bool health_look(struct subject *subject, const struct drift_report *report, struct health *health,
                 struct error *error)
{
    size_t count;
    const struct str *alarms = alarms_of(subject, &count);
    *health = (struct health){.reason = STR_EMPTY};
    judge_drift(subject->arena, report, health);
    for (size_t i = 0; i < count; i += ALARMS_A_CALL) {
        size_t left = count - i;
        if (look_at_alarms(subject, alarms + i, left < ALARMS_A_CALL ? left : ALARMS_A_CALL, health, error))
            continue;
        if (error->code == ERROR_CANCELLED)
            return false;
        /* What cannot be read proves nothing; the rest of the turn has not failed by it. */
        health->alarms = true;
        add_reason(subject->arena, health,
                   arena_printf(subject->arena, "its alarms cannot be read: %s", error->message));
        error_clear(error);
    }
    return true;
}
