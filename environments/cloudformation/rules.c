#include "base/json.h"
#include "environments/cloudformation/template.h"

/*
 * The section Rules: {name: {RuleCondition, Assertions: [{Assert, AssertDescription}]}} over parameters. What
 * only the account can tell (Fn::ValueOf, parameters in SSM while nobody can be asked) is open, and so is
 * what follows from it; an open assertion holds.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-rules.html
 */

enum verdict { VERDICT_NO, VERDICT_YES, VERDICT_OPEN };

static const char *const rule_keys[] = {"Assertions", "RuleCondition"};
static const char *const assertion_keys[] = {"Assert", "AssertDescription"};

static enum verdict verdict_of(bool holds)
{
    return holds ? VERDICT_YES : VERDICT_NO;
}

static bool check_keys(struct evaluation *evaluation, const struct value *map, const char *const *known,
                       size_t count, const char *what, struct error *error)
{
    if (!value_is(map, VALUE_MAP))
        return value_error(map, error, ERROR_INVALID, "%s must be a mapping, not %s", what,
                           value_kind_name(map->kind));
    for (size_t i = 0; i < map->count; i++) {
        bool found = false;
        for (size_t k = 0; k < count; k++)
            found = found || str_is(map->entries[i].key, known[k]);
        if (!found)
            return value_key_error(map, &map->entries[i], error, ERROR_INVALID,
                                   "%s has the unknown key '%.*s'%s", what, STR_ARG(map->entries[i].key),
                                   nearest_name(evaluation->arena, map->entries[i].key, known, count));
    }
    return true;
}

/* The values of all parameters of a type, lists taken apart. */
static bool ref_all(struct evaluation *evaluation, const struct value *argument, struct value **out,
                    struct error *error)
{
    const struct value *declared = value_get(evaluation->template, "Parameters");
    if (!value_is(argument, VALUE_STRING))
        return value_error(argument, error, ERROR_INVALID, "'Fn::RefAll' needs a parameter type");
    *out = value_at_position_of(value_list(evaluation->arena), argument);
    for (size_t i = 0; value_is(declared, VALUE_MAP) && i < declared->count; i++) {
        struct str type = value_get_text(declared->entries[i].value, "Type");
        const struct value *value = value_get_str(evaluation->parameters, declared->entries[i].key);
        bool list = value_is(value, VALUE_LIST);
        struct str element = list && str_starts(type, "List<") ? str_slice(type, 5, type.len - 6) : type;
        if (!str_equal(element, argument->text))
            continue;
        for (size_t k = 0; list && k < value->count; k++)
            value_append(evaluation->arena, *out, value->items[k]);
        if (!list)
            value_append(evaluation->arena, *out, value_copy(evaluation->arena, value));
    }
    return true;
}

static bool is_attribute_call(const struct value *value)
{
    const struct value_entry *call = function_call(value);
    return call && (str_is(call->key, "Fn::ValueOf") || str_is(call->key, "Fn::ValueOfAll"));
}

/* One side of a comparison; *out is NULL where it is open. */
static bool side(struct evaluation *evaluation, const struct value *node, struct value **out,
                 struct error *error)
{
    const struct value_entry *call = function_call(node);
    if (is_attribute_call(node)) {
        *out = NULL;
        return (value_is(call->value, VALUE_LIST) && call->value->count == 2) ||
               value_error(node, error, ERROR_INVALID, "'%.*s' needs a list of two texts",
                           STR_ARG(call->key));
    }
    if (call && str_is(call->key, "Fn::RefAll"))
        return ref_all(evaluation, call->value, out, error);
    if (!evaluate(evaluation, node, out, error))
        return false;
    if (!*out)
        return value_error(node, error, ERROR_INVALID, "a rule cannot use AWS::NoValue");
    if (function_find(*out) || value_find_unknown(*out))
        *out = NULL;
    return true;
}

static bool is_member(const struct value *list, const struct value *item)
{
    bool found = false;
    for (size_t i = 0; i < list->count && !found; i++)
        found = values_match(list->items[i], item);
    return found;
}

static bool members_are(const struct value *list, const struct value *wanted, bool one_of)
{
    bool all = true;
    for (size_t i = 0; i < list->count && all; i++)
        all = one_of ? is_member(wanted, list->items[i]) : values_match(list->items[i], wanted);
    return all;
}

static bool contains(const struct value *left, const struct value *right)
{
    return is_member(left, right);
}

static bool each_equals(const struct value *left, const struct value *right)
{
    return members_are(left, right, false);
}

static bool each_in(const struct value *left, const struct value *right)
{
    return members_are(left, right, true);
}

/* Functions of two sides; `lists` says how many of them, from the left, are lists, -1: any. */
static const struct {
    const char *name, *usage;
    int lists;
    bool (*holds)(const struct value *left, const struct value *right);
} comparisons[] = {
    {"Fn::Contains", "'Fn::Contains' needs a list of texts and a text", 1, contains},
    {"Fn::EachMemberEquals", "'Fn::EachMemberEquals' needs a list of texts and a text", 1, each_equals},
    {"Fn::EachMemberIn", "'Fn::EachMemberIn' needs two lists of texts", 2, each_in},
    {"Fn::Equals", "'Fn::Equals' needs a list of two values", -1, values_match},
};

static bool compare(struct evaluation *evaluation, size_t which, const struct value *argument,
                    enum verdict *out, struct error *error)
{
    struct value *left, *right;
    if (!value_is(argument, VALUE_LIST) || argument->count != 2)
        return value_error(argument, error, ERROR_INVALID, "%s", comparisons[which].usage);
    if (!side(evaluation, argument->items[0], &left, error) ||
        !side(evaluation, argument->items[1], &right, error))
        return false;
    int lists = comparisons[which].lists;
    if (lists > 0 &&
        ((left && !value_is(left, VALUE_LIST)) || (right && value_is(right, VALUE_LIST) != (lists == 2))))
        return value_error(argument, error, ERROR_INVALID, "%s", comparisons[which].usage);
    *out = left && right ? verdict_of(comparisons[which].holds(left, right)) : VERDICT_OPEN;
    return true;
}

static bool expression(struct evaluation *, const struct value *, enum verdict *, struct error *);

/* And and Or: one `until` decides, an open one leaves the rest open. */
static bool combine(struct evaluation *evaluation, const struct value *list, bool until, enum verdict *out,
                    struct error *error)
{
    if (!value_is(list, VALUE_LIST) || list->count < 2 || list->count > 10)
        return value_error(list, error, ERROR_INVALID, "'Fn::%s' needs a list of 2 to 10 conditions",
                           until ? "Or" : "And");
    *out = verdict_of(!until);
    for (size_t i = 0; i < list->count; i++) {
        enum verdict one;
        if (!expression(evaluation, list->items[i], &one, error))
            return false;
        if (one == verdict_of(until) || (one == VERDICT_OPEN && *out != verdict_of(until)))
            *out = one;
    }
    return true;
}

static bool choose(struct evaluation *evaluation, const struct value *argument, enum verdict *out,
                   struct error *error)
{
    const struct value *chosen;
    return condition_choose(evaluation, argument, &chosen, error) &&
           expression(evaluation, chosen, out, error);
}

static bool named(struct evaluation *evaluation, const struct value *argument, enum verdict *out,
                  struct error *error)
{
    bool holds;
    if (!condition_holds(evaluation, argument, value_text(argument), &holds, error))
        return false;
    *out = verdict_of(holds);
    return true;
}

static bool expression(struct evaluation *evaluation, const struct value *node, enum verdict *out,
                       struct error *error)
{
    bool single = value_is(node, VALUE_MAP) && node->count == 1, boolean;
    struct str name = single ? node->entries[0].key : STR_EMPTY;
    const struct value *argument = single ? node->entries[0].value : NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(comparisons); i++)
        if (str_is(name, comparisons[i].name))
            return compare(evaluation, i, argument, out, error);
    if (str_is(name, "Fn::And") || str_is(name, "Fn::Or"))
        return combine(evaluation, argument, str_is(name, "Fn::Or"), out, error);
    if (str_is(name, "Fn::If"))
        return choose(evaluation, argument, out, error);
    if (str_is(name, "Condition"))
        return named(evaluation, argument, out, error);
    if (str_is(name, "Fn::Not") && value_is(argument, VALUE_LIST) && argument->count == 1) {
        if (!expression(evaluation, argument->items[0], out, error))
            return false;
        *out = *out == VERDICT_OPEN ? VERDICT_OPEN : verdict_of(*out == VERDICT_NO);
        return true;
    }
    if (!value_to_bool(node, &boolean))
        return value_error(node, error, ERROR_INVALID,
                           "a rule must be one of Fn::And, Fn::Contains, Fn::EachMemberEquals, "
                           "Fn::EachMemberIn, Fn::Equals, Fn::If, Fn::Not, Fn::Or and Condition");
    *out = verdict_of(boolean);
    return true;
}

/* "parameter 'Size' is '12'" for every parameter that the assertion refers to. */
static void name_parameters(const struct evaluation *evaluation, const struct value *node,
                            struct value *named_ones, struct buf *out)
{
    const struct value_entry *call = function_call(node);
    struct str name = call && str_is(call->key, "Ref") ? value_text(call->value) : STR_EMPTY;
    const struct value *value = value_get_str(evaluation->parameters, name);
    if (value && !value_get_str(named_ones, name)) {
        value_set(evaluation->arena, named_ones, name, value_null(evaluation->arena));
        struct str shown = value_is(value, VALUE_LIST)     ? json_text(evaluation->arena, value, JSON_COMPACT)
                           : value_is(value, VALUE_SECRET) ? STR("****")
                                                           : value->text;
        buf_printf(out, "%sparameter '%.*s' is '%.*s'", out->len ? ", " : "", STR_ARG(name), STR_ARG(shown));
    }
    if (value_is(node, VALUE_LIST))
        for (size_t i = 0; i < node->count; i++)
            name_parameters(evaluation, node->items[i], named_ones, out);
    if (value_is(node, VALUE_MAP))
        for (size_t i = 0; i < node->count; i++)
            name_parameters(evaluation, node->entries[i].value, named_ones, out);
}

static bool refuse(const struct evaluation *evaluation, const struct value *assertion, struct error *error)
{
    struct str description = value_get_text(assertion, "AssertDescription");
    struct buf names = BUF_INIT(ERROR_MESSAGE_MAX / 2);
    name_parameters(evaluation, value_get(assertion, "Assert"), value_map(evaluation->arena), &names);
    value_error(
        assertion, error, ERROR_INVALID, "%.*s%s%.*s%s",
        STR_ARG(description.len ? str_clip(description, ERROR_MESSAGE_MAX / 3) : STR("its assertion fails")),
        names.len ? " (" : "", STR_ARG(buf_str(&names)), names.len ? ")" : "");
    buf_release(&names);
    return false;
}

static bool check_assertion(struct evaluation *evaluation, const struct value *assertion, struct error *error)
{
    enum verdict verdict;
    const struct value *description = value_get(assertion, "AssertDescription");
    if (!check_keys(evaluation, assertion, assertion_keys, ARRAY_LENGTH(assertion_keys), "an assertion",
                    error))
        return false;
    if (!value_get(assertion, "Assert") || (description && !value_is(description, VALUE_STRING)))
        return value_error(assertion, error, ERROR_INVALID,
                           "an assertion needs 'Assert', and 'AssertDescription' must be a text");
    if (!expression(evaluation, value_get(assertion, "Assert"), &verdict, error))
        return false;
    return verdict != VERDICT_NO || refuse(evaluation, assertion, error);
}

static bool check_rule(struct evaluation *evaluation, const struct value_entry *rule, struct error *error)
{
    enum verdict applies = VERDICT_YES;
    if (!check_keys(evaluation, rule->value, rule_keys, ARRAY_LENGTH(rule_keys), "a rule", error))
        return false;
    const struct value *condition = value_get(rule->value, "RuleCondition");
    const struct value *assertions = value_get(rule->value, "Assertions");
    if (!value_is(assertions, VALUE_LIST) || assertions->count == 0)
        return value_error(rule->value, error, ERROR_INVALID, "a rule needs a list of 'Assertions'");
    if (condition && !expression(evaluation, condition, &applies, error))
        return false;
    for (size_t i = 0; applies == VERDICT_YES && i < assertions->count; i++)
        if (!check_assertion(evaluation, assertions->items[i], error))
            return false;
    return true;
}

bool rules_check(struct evaluation *evaluation, struct error *error)
{
    const struct value *rules = value_get(evaluation->template, "Rules");
    const char *outer = evaluation->before_resources;
    evaluation->before_resources = "a rule";
    for (size_t i = 0; value_is(rules, VALUE_MAP) && i < rules->count; i++)
        if (!check_rule(evaluation, &rules->entries[i], error))
            return error_prefix(error, "rule '%.*s'", STR_ARG(rules->entries[i].key));
    evaluation->before_resources = outer;
    return true;
}
