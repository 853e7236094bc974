/*
 * Composite alarms, as AlarmRule of PutCompositeAlarm has them: ALARM, OK and INSUFFICIENT_DATA of an alarm
 * by its name or ARN, TRUE, FALSE, AND, OR, NOT and brackets.  They are looked at when one of their alarms
 * gets another state, and when they are put (SetAlarmState).  Assumed: NOT binds more than AND, AND more than
 * OR; an alarm that is not there is INSUFFICIENT_DATA.
 */

#include <ctype.h>

#include "tests/simulator/services/cloudwatch.h"

enum { BRACKETS_MAX = 100, LEVELS_MAX = 8 /* of composite alarms on composite alarms */ };

struct rule {
    struct call *call;
    struct str rest, looked_for; /* looked_for: an alarm's name, or "" */
    bool names_it, broken;
    int depth;
};

static bool parse_or(struct rule *);

static bool broken(struct rule *rule)
{
    rule->broken = true;
    return false;
}

/* Takes a word of letters and '_' where it is this one. */
static bool take_word(struct rule *rule, const char *word)
{
    rule->rest = str_trim(rule->rest);
    size_t length = 0;
    while (length < rule->rest.len &&
           (isalpha((unsigned char)rule->rest.ptr[length]) || rule->rest.ptr[length] == '_'))
        length++;
    if (!str_is(str_slice(rule->rest, 0, length), word))
        return false;
    rule->rest = str_from_index(rule->rest, length);
    return true;
}

static bool take(struct rule *rule, const char *sign)
{
    rule->rest = str_trim(rule->rest);
    bool there = str_starts(rule->rest, sign);
    rule->rest = str_from_index(rule->rest, there);
    return there;
}

static struct str alarm_named(struct rule *rule)
{
    bool quoted = take(rule, "\"");
    size_t end = str_find(rule->rest, quoted ? '"' : ')');
    struct str name = str_trim(str_slice(rule->rest, 0, end));
    rule->rest = str_from_index(rule->rest, end + quoted);
    if (str_starts(name, "arn:"))
        name = str_from_index(name, str_find_last(name, ':') + 1);
    return name;
}

static struct str state_of(struct call *call, struct str name)
{
    const struct value *alarm = value_get_str(state_map(call, "alarms"), name);
    if (!alarm)
        alarm = value_get_str(state_map(call, "composites"), name);
    return alarm ? value_get_text(alarm, "StateValue") : STR("INSUFFICIENT_DATA");
}

static bool parse_atom(struct rule *rule)
{
    static const char *const states[] = {"ALARM", "OK", "INSUFFICIENT_DATA"};
    if (take(rule, "(")) {
        bool truth = ++rule->depth <= BRACKETS_MAX && parse_or(rule);
        rule->depth--;
        return take(rule, ")") ? truth : broken(rule);
    }
    if (take_word(rule, "TRUE"))
        return true;
    if (take_word(rule, "FALSE"))
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(states); i++) {
        if (!take_word(rule, states[i]))
            continue;
        if (!take(rule, "("))
            return broken(rule);
        struct str name = alarm_named(rule);
        rule->names_it = rule->names_it || str_equal(name, rule->looked_for);
        return take(rule, ")") ? str_is(state_of(rule->call, name), states[i]) : broken(rule);
    }
    return broken(rule);
}

static bool parse_not(struct rule *rule)
{
    bool negated = false;
    while (take_word(rule, "NOT"))
        negated = !negated;
    return parse_atom(rule) != negated;
}

static bool parse_and(struct rule *rule)
{
    bool truth = parse_not(rule);
    while (take_word(rule, "AND"))
        truth = parse_not(rule) && truth;
    return truth;
}

static bool parse_or(struct rule *rule)
{
    bool truth = parse_and(rule);
    while (take_word(rule, "OR"))
        truth = parse_and(rule) || truth;
    return truth;
}

/* "" where the rule cannot be read, or does not name the alarm that is looked for. */
static struct str state_by_rule(struct call *call, const struct value *alarm, struct str looked_for)
{
    struct rule rule = {.call = call,
                        .rest = value_get_text(alarm, "AlarmRule"),
                        .looked_for = looked_for,
                        .names_it = !looked_for.len};
    bool truth = parse_or(&rule);
    if (rule.broken || str_trim(rule.rest).len || !rule.names_it)
        return STR_EMPTY;
    return truth ? STR("ALARM") : STR("OK");
}

static void follow(struct call *call, struct str changed, int level);

static void set(struct call *call, struct value *alarm, struct str state, int level)
{
    if (!state.len || str_equal(value_get_text(alarm, "StateValue"), state))
        return;
    state_text(call, alarm, "StateValue", state);
    state_text(call, alarm, "StateReason",
               arena_printf(call->arena, "The rule of %.*s is %s by the states of its alarms",
                            STR_ARG(value_get_text(alarm, "AlarmName")),
                            str_is(state, "ALARM") ? "TRUE" : "FALSE"));
    state_int(call, alarm, "changed", call->now);
    follow(call, value_get_text(alarm, "AlarmName"), level + 1);
}

static void follow(struct call *call, struct str changed, int level)
{
    const struct value *composites = state_map(call, "composites");
    for (size_t i = 0; i < composites->count && level < LEVELS_MAX; i++) {
        struct value *alarm = composites->entries[i].value;
        set(call, alarm, state_by_rule(call, alarm, changed), level);
    }
}

void cloudwatch_composite(struct call *call, struct value *alarm)
{
    set(call, alarm, state_by_rule(call, alarm, STR_EMPTY), 0);
}

void cloudwatch_changed(struct call *call, struct str name)
{
    follow(call, name, 0);
}
