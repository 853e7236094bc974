#include "environments/cloudformation/template.h"

enum { CONDITION_DEPTH_MAX = 64 };

/* The conditions on the way down: for the path of a cycle. */
struct chain {
    const struct chain *up;
    struct str name;
    size_t depth;
};

static bool expression(struct evaluation *, const struct value *, const struct chain *, bool *,
                       struct error *);

static bool refuse_cycle(const struct value *at, const struct chain *chain, struct str name,
                         struct error *error)
{
    char path[512] = "";
    size_t used = 0;
    const struct chain *order[CONDITION_DEPTH_MAX + 1];
    size_t count = 0;
    for (; chain && count < ARRAY_LENGTH(order); chain = chain->up) {
        order[count++] = chain;
        if (str_equal(chain->name, name))
            break;
    }
    while (count > 0 && used < sizeof path) {
        struct str one = order[--count]->name;
        used += (size_t)snprintf(path + used, sizeof path - used, "%.*s -> ", STR_ARG(one));
    }
    return value_error(at, error, ERROR_INVALID, "conditions refer to each other in a circle: %s%.*s", path,
                       STR_ARG(name));
}

static bool named(struct evaluation *evaluation, const struct value *at, struct str name,
                  const struct chain *chain, bool *out, struct error *error)
{
    const struct value *all = value_get(evaluation->template, "Conditions");
    const struct value *known = value_get_str(evaluation->conditions, name);
    if (value_is(known, VALUE_BOOL)) {
        *out = known->boolean;
        return true;
    }
    if (known)
        return refuse_cycle(at, chain, name, error);
    if (chain && chain->depth >= CONDITION_DEPTH_MAX)
        return value_error(at, error, ERROR_INVALID, "conditions need each other more than %d deep: '%.*s'",
                           CONDITION_DEPTH_MAX, STR_ARG(name));
    const struct value *node = value_get_str(all, name);
    if (!node)
        return value_error(at, error, ERROR_INVALID, "there is no condition '%.*s'%s", STR_ARG(name),
                           nearest_key(evaluation->arena, name, all));
    value_set(evaluation->arena, evaluation->conditions, name, value_null(evaluation->arena));
    struct chain here = {.up = chain, .name = name, .depth = chain ? chain->depth + 1 : 0};
    if (!expression(evaluation, node, &here, out, error))
        return false;
    value_set(evaluation->arena, evaluation->conditions, name, value_bool(evaluation->arena, *out));
    return true;
}

bool values_match(const struct value *left, const struct value *right)
{
    struct str left_text, right_text;
    if (scalar_text(left, &left_text) && scalar_text(right, &right_text))
        return str_equal(left_text, right_text);
    return value_equal(left, right);
}

static bool equals(struct evaluation *evaluation, const struct value *argument, struct str condition,
                   bool *out, struct error *error)
{
    struct value *sides;
    if (!value_is(argument, VALUE_LIST) || argument->count != 2)
        return value_error(argument, error, ERROR_INVALID, "'Fn::Equals' needs a list of two values");
    const char *outer = evaluation->before_resources;
    evaluation->before_resources = "a condition";
    bool done = evaluate(evaluation, argument, &sides, error);
    evaluation->before_resources = outer;
    if (!done)
        return false;
    const struct value *open = function_find(sides);
    if (open) {
        struct str name = value_text(open->entries[0].value);
        struct str type =
            value_get_text(value_get_str(value_get(evaluation->template, "Parameters"), name), "Type");
        bool given = type.len && !str_starts(type, SSM_PARAMETER_TYPE);
        return value_error(argument, error, ERROR_INVALID, "condition '%.*s' needs '%.*s', which %s",
                           STR_ARG(condition), STR_ARG(name),
                           given ? "has no value: give it with --parameter"
                                 : "is not known without an account");
    }
    *out = sides->count == 2 && values_match(sides->items[0], sides->items[1]);
    return true;
}

static bool combine(struct evaluation *evaluation, const struct value *list, bool until,
                    const struct chain *chain, bool *out, struct error *error)
{
    if (!value_is(list, VALUE_LIST) || list->count < 2 || list->count > 10)
        return value_error(list, error, ERROR_INVALID, "'Fn::%s' needs a list of 2 to 10 conditions",
                           until ? "Or" : "And");
    bool result = !until;
    for (size_t i = 0; i < list->count; i++) {
        bool one;
        if (!expression(evaluation, list->items[i], chain, &one, error))
            return false;
        result = one == until ? until : result;
    }
    *out = result;
    return true;
}

static bool expression(struct evaluation *evaluation, const struct value *node, const struct chain *chain,
                       bool *out, struct error *error)
{
    if (value_is(node, VALUE_MAP) && node->count == 1) {
        struct str name = node->entries[0].key;
        const struct value *argument = node->entries[0].value;
        if (str_is(name, "Fn::Equals"))
            return equals(evaluation, argument, chain->name, out, error);
        if (str_is(name, "Fn::And") || str_is(name, "Fn::Or"))
            return combine(evaluation, argument, str_is(name, "Fn::Or"), chain, out, error);
        if (str_is(name, "Condition") && value_is(argument, VALUE_STRING))
            return named(evaluation, argument, argument->text, chain, out, error);
        if (str_is(name, "Fn::Not") && value_is(argument, VALUE_LIST) && argument->count == 1) {
            if (!expression(evaluation, argument->items[0], chain, out, error))
                return false;
            *out = !*out;
            return true;
        }
    }
    return value_error(node, error, ERROR_INVALID,
                       "condition '%.*s' must be one of Fn::Equals, Fn::And, Fn::Or, Fn::Not and Condition",
                       STR_ARG(chain->name));
}

bool condition_holds(struct evaluation *evaluation, const struct value *at, struct str name, bool *out,
                     struct error *error)
{
    return named(evaluation, at, name, NULL, out, error);
}

bool condition_choose(struct evaluation *evaluation, const struct value *argument, const struct value **out,
                      struct error *error)
{
    bool holds;
    if (!value_is(argument, VALUE_LIST) || argument->count != 3 ||
        !value_is(argument->items[0], VALUE_STRING))
        return value_error(argument, error, ERROR_INVALID,
                           "'Fn::If' needs a list of a condition's name and two values");
    if (!condition_holds(evaluation, argument->items[0], argument->items[0]->text, &holds, error))
        return false;
    *out = argument->items[holds ? 1 : 2];
    return true;
}

bool conditions_evaluate(struct evaluation *evaluation, struct error *error)
{
    const struct value *all = value_get(evaluation->template, "Conditions");
    evaluation->conditions = value_map(evaluation->arena);
    for (size_t i = 0; all && i < all->count; i++) {
        bool ignored;
        if (!named(evaluation, all->entries[i].value, all->entries[i].key, NULL, &ignored, error))
            return false;
    }
    return true;
}
