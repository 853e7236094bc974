#include "environments/cloudformation/template.h"

/*
 * Fn::Sub: "${Name}" is a variable of the second argument, a parameter, a resource or "Resource.Attribute";
 * "${!Literal}" is "${Literal}".  https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/
 * intrinsic-function-reference-sub.html
 */

struct substitution {
    struct evaluation *evaluation;
    const struct value *at;        /* the text */
    const struct value *variables; /* evaluated, or NULL */
    struct value *pieces;          /* texts and what is open, in order */
};

static void add_text(struct substitution *substitution, struct str text)
{
    struct arena *arena = substitution->evaluation->arena;
    if (text.len)
        value_append(arena, substitution->pieces,
                     value_at_position_of(value_string(arena, text), substitution->at));
}

static bool name_is_sound(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
              c == ':' || c == '_'))
            return false;
    }
    return name.len > 0;
}

static bool variable_value(struct substitution *substitution, struct str name, struct value **out,
                           struct error *error)
{
    struct arena *arena = substitution->evaluation->arena;
    struct value *call = value_at_position_of(value_map(arena), substitution->at);
    *out = value_get_str(substitution->variables, name);
    if (*out)
        return true;
    bool attribute = str_find(name, '.') < name.len;
    struct value *argument = value_at_position_of(value_string(arena, name), substitution->at);
    value_setz(arena, call, attribute ? "Fn::GetAtt" : "Ref", argument);
    return evaluate(substitution->evaluation, call, out, error);
}

static bool add_variable(struct substitution *substitution, struct str written, struct error *error)
{
    struct str name = str_trim(written);
    struct value *value;
    if (!name_is_sound(name))
        return value_error(substitution->at, error, ERROR_INVALID,
                           "'${%.*s}' in 'Fn::Sub' is no name: write '${!%.*s}' for the literal text",
                           STR_ARG(written), STR_ARG(written));
    if (!variable_value(substitution, name, &value, error))
        return false;
    if (!value || (!function_call(value) &&
                   (value->kind == VALUE_LIST || value->kind == VALUE_MAP || value->kind == VALUE_NULL)))
        return value_error(substitution->at, error, ERROR_INVALID,
                           "'${%.*s}' in 'Fn::Sub' must stand for a text, not %s", STR_ARG(name),
                           value ? value_kind_name(value->kind) : "AWS::NoValue");
    value_append(substitution->evaluation->arena, substitution->pieces, value);
    return true;
}

static bool cut(struct substitution *substitution, struct str text, struct error *error)
{
    size_t begin = 0;
    for (size_t i = 0; i + 1 < text.len; i++) {
        if (text.ptr[i] != '$' || text.ptr[i + 1] != '{')
            continue;
        size_t end = i + str_find(str_from_index(text, i), '}');
        if (end >= text.len)
            return value_error(substitution->at, error, ERROR_INVALID, "'${' without '}' in 'Fn::Sub'");
        struct str name = str_slice(text, i + 2, end - i - 2);
        add_text(substitution, str_slice(text, begin, i - begin));
        if (str_starts(name, "!")) {
            add_text(substitution, STR("${"));
            begin = i + 3;
        } else {
            if (!add_variable(substitution, name, error))
                return false;
            begin = end + 1;
        }
        i = begin - 1;
    }
    add_text(substitution, str_from_index(text, begin));
    return true;
}

bool substitute(struct evaluation *evaluation, const struct value *argument, struct value **out,
                struct error *error)
{
    struct arena *arena = evaluation->arena;
    struct substitution substitution = {
        .evaluation = evaluation, .at = argument, .pieces = value_list(arena)};
    if (value_is(argument, VALUE_LIST)) {
        struct value *variables = NULL;
        if (argument->count != 2 || !value_is(argument->items[1], VALUE_MAP))
            return value_error(argument, error, ERROR_INVALID,
                               "'Fn::Sub' needs a text, or a list of a text and a mapping of variables");
        if (!evaluate(evaluation, argument->items[1], &variables, error))
            return false;
        substitution.at = argument->items[0];
        substitution.variables = variables;
    }
    if (!value_is(substitution.at, VALUE_STRING))
        return value_error(argument, error, ERROR_INVALID, "'Fn::Sub' needs a text");
    if (!cut(&substitution, substitution.at->text, error))
        return false;
    struct value *parts = value_at_position_of(value_list(arena), argument);
    value_append(arena, parts, value_string(arena, STR_EMPTY));
    value_append(arena, parts, substitution.pieces);
    return pure_function_apply(evaluation, argument, pure_function_find(STR("Fn::Join")), parts, out, error);
}
