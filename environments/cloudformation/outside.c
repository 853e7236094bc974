#include <string.h>

#include "environments/cloudformation/template.h"

/*
 * Functions that only the account or another application can answer, and parameters whose values lie in SSM.
 * While a template is built the calls stay in place; with a resolver they are asked for.
 */

bool outside_ask(struct evaluation *evaluation, const struct value *at, const struct outside_value *wanted,
                 struct value **out, struct error *error)
{
    const struct outside *outside = evaluation->resolver->outside;
    if (!outside)
        return value_error(at, error, ERROR_INVALID, "nobody can be asked for %.*s",
                           STR_ARG(wanted->reference));
    if (outside->value(outside->self, evaluation->arena, wanted, out, error)) {
        value_at_position_of(*out, at);
        return true;
    }
    enum error_code code = error->code;
    return value_error(at, error, code, "%.*s: %s", STR_ARG(wanted->reference),
                       arena_strz(evaluation->arena, str_from(error->message)));
}

static bool text_member(const struct value *at, const struct value *arguments, const char *function,
                        const char *name, struct str *out, struct error *error)
{
    const struct value *member = value_get(arguments, name);
    *out = STR_EMPTY;
    return !member || scalar_text(member, out) ||
           value_error(at, error, ERROR_INVALID, "'%s' of '%s' must be a text, not %s", name, function,
                       value_kind_name(member->kind));
}

static bool zones(struct evaluation *evaluation, const struct value *at, const struct value *argument,
                  struct outside_value *wanted, struct error *error)
{
    if (!scalar_text(argument, &wanted->name))
        return value_error(at, error, ERROR_INVALID, "'Fn::GetAZs' needs a region's name, or '' for its own");
    wanted->kind = OUTSIDE_ZONES;
    wanted->reference = STR("'Fn::GetAZs'");
    (void)evaluation;
    return true;
}

static bool import(struct evaluation *evaluation, const struct value *at, const struct value *argument,
                   struct outside_value *wanted, struct error *error)
{
    if (!scalar_text(argument, &wanted->name) || !wanted->name.len)
        return value_error(at, error, ERROR_INVALID, "'Fn::ImportValue' needs the name of an export");
    wanted->kind = OUTSIDE_IMPORT;
    wanted->reference = arena_printf(evaluation->arena, "'Fn::ImportValue' of '%.*s'", STR_ARG(wanted->name));
    return true;
}

static bool stack_output(struct evaluation *evaluation, const struct value *at, const struct value *argument,
                         struct outside_value *wanted, struct error *error)
{
    static const char *const members[] = {"OutputName", "Region", "RoleArn", "StackName"};
    static const char name[] = "Fn::GetStackOutput";
    wanted->kind = OUTSIDE_OUTPUT;
    if (!value_is(argument, VALUE_MAP))
        return value_error(at, error, ERROR_INVALID,
                           "'%s' needs a mapping of StackName, OutputName and perhaps Region and RoleArn",
                           name);
    for (size_t i = 0; i < argument->count; i++) {
        struct str key = argument->entries[i].key;
        bool known = false;
        for (size_t k = 0; k < ARRAY_LENGTH(members); k++)
            known = known || str_is(key, members[k]);
        if (!known)
            return value_key_error(argument, &argument->entries[i], error, ERROR_INVALID,
                                   "'%s' has no member '%.*s'%s", name, STR_ARG(key),
                                   nearest_name(evaluation->arena, key, members, ARRAY_LENGTH(members)));
    }
    if (!text_member(at, argument, name, "StackName", &wanted->name, error) ||
        !text_member(at, argument, name, "OutputName", &wanted->key, error) ||
        !text_member(at, argument, name, "Region", &wanted->region, error) ||
        !text_member(at, argument, name, "RoleArn", &wanted->role, error))
        return false;
    wanted->reference = arena_printf(evaluation->arena, "'%s' of '%.*s.%.*s'", name, STR_ARG(wanted->name),
                                     STR_ARG(wanted->key));
    return (wanted->name.len && wanted->key.len) ||
           value_error(at, error, ERROR_INVALID, "'%s' needs both StackName and OutputName", name);
}

static const struct {
    const char *name;
    bool (*read)(struct evaluation *, const struct value *at, const struct value *argument,
                 struct outside_value *, struct error *);
} functions[] = {{"Fn::GetAZs", zones}, {"Fn::GetStackOutput", stack_output}, {"Fn::ImportValue", import}};

bool outside_function(struct evaluation *evaluation, const struct value *at, struct str name,
                      const struct value *argument, bool *known, struct value **out, struct error *error)
{
    struct outside_value wanted = {.kind = OUTSIDE_ZONES};
    struct value *given;
    size_t i = 0;
    while (i < ARRAY_LENGTH(functions) && !str_is(name, functions[i].name))
        i++;
    *known = i < ARRAY_LENGTH(functions);
    if (!*known)
        return true;
    if (evaluation->before_resources)
        return value_error(at, error, ERROR_INVALID, "%s cannot use '%s'", evaluation->before_resources,
                           functions[i].name);
    if (!evaluate(evaluation, argument, &given, error))
        return false;
    if (!given)
        return value_error(argument, error, ERROR_INVALID, "'%s' cannot take AWS::NoValue",
                           functions[i].name);
    bool open = function_find(given);
    const struct value *unknown = value_find_unknown(given);
    if (unknown && functions[i].read != zones)
        return value_error(at, error, ERROR_INVALID, "'%s' cannot depend on the resource '%.*s'",
                           functions[i].name, STR_ARG(unknown->text));
    if (unknown) {
        *out = value_at_position_of(value_unknown(evaluation->arena, unknown->text), at);
        return true;
    }
    if (!open && !functions[i].read(evaluation, at, given, &wanted, error))
        return false;
    if (evaluation->resolver && !open)
        return outside_ask(evaluation, at, &wanted, out, error);
    *out = value_at_position_of(value_map(evaluation->arena), at);
    value_setz(evaluation->arena, *out, functions[i].name, given);
    return true;
}

static void add_found(struct arena *arena, struct outside_list *list, const struct outside_value *found)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? list->capacity * 2 : 8;
        struct outside_value *bigger = arena_array(arena, list->capacity, sizeof *bigger);
        if (list->count)
            memcpy(bigger, list->items, list->count * sizeof *bigger);
        list->items = bigger;
    }
    list->items[list->count++] = *found;
}

void outside_find(struct arena *arena, const struct value *value, struct outside_list *list)
{
    struct evaluation evaluation = {.arena = arena};
    const struct value_entry *call = function_call(value);
    for (size_t i = 0; call && i < ARRAY_LENGTH(functions); i++) {
        struct outside_value found = {.kind = OUTSIDE_ZONES};
        struct error ignored = ERROR_INIT; /* its form was checked when it was built */
        if (str_is(call->key, functions[i].name) && !function_find(call->value) &&
            functions[i].read(&evaluation, value, call->value, &found, &ignored) &&
            found.kind != OUTSIDE_ZONES)
            add_found(arena, list, &found);
    }
    for (size_t i = 0; value_is(value, VALUE_LIST) && i < value->count; i++)
        outside_find(arena, value->items[i], list);
    for (size_t i = 0; value_is(value, VALUE_MAP) && i < value->count; i++)
        outside_find(arena, value->entries[i].value, list);
}

/* A list type, in one of both its forms: "...Value<List<String>>", "...Value<CommaDelimitedList>". */
static bool is_list_type(struct str type)
{
    return str_contains(type, "<List<") || str_contains(type, "<CommaDelimitedList>");
}

static struct value *parameter_value(struct arena *arena, struct str text, bool list, bool secret)
{
    struct value *items = value_list(arena);
    struct str part, rest = text;
    if (!list)
        return secret ? value_secret(arena, text) : value_string(arena, text);
    while (str_split(&rest, ',', &part))
        value_append(arena, items, parameter_value(arena, str_trim(part), false, secret));
    return items;
}

static bool is_in_ssm(const struct value_entry *declared)
{
    return str_starts(value_get_text(declared->value, "Type"), SSM_PARAMETER_TYPE);
}

/* The logical id of the template's own parameter of that name, or "". */
static struct str own_parameter(const struct value *template, struct str name)
{
    const struct value *resources = value_get(template, "Resources");
    for (size_t i = 0; value_is(resources, VALUE_MAP) && i < resources->count; i++) {
        const struct value *resource = resources->entries[i].value;
        if (str_is(value_get_text(resource, "Type"), "AWS::SSM::Parameter") &&
            str_equal(value_text(value_path(resource, "Properties", "Name", NULL)), name))
            return resources->entries[i].key;
    }
    return STR_EMPTY;
}

static bool refuse_absent(const struct value *template, struct str parameter, const struct value *name,
                          struct error *error)
{
    struct str own = own_parameter(template, name->text);
    if (own.len)
        return value_error(
            name, error, ERROR_NOT_FOUND,
            "parameter '%.*s' takes its value from the SSM parameter '%.*s', which this template "
            "makes as '%.*s', and parameters are read before anything is made: use "
            "'{{resolve:ssm:%.*s}}' where the value is needed, or Fn::GetAtt",
            STR_ARG(parameter), STR_ARG(name->text), STR_ARG(own), STR_ARG(name->text));
    return value_error(name, error, ERROR_NOT_FOUND,
                       "parameter '%.*s' takes its value from the SSM parameter '%.*s', which does not exist",
                       STR_ARG(parameter), STR_ARG(name->text));
}

bool ssm_parameters(struct arena *arena, const struct value *template, const struct template_options *options,
                    struct value *values, struct error *error)
{
    const struct outside *outside = options->outside;
    const struct value *declared = value_get(template, "Parameters");
    declared = value_is(declared, VALUE_MAP) ? declared : NULL;
    struct value *names = value_list(arena), *found = NULL;
    for (size_t i = 0; declared && i < declared->count; i++) {
        struct value *name = value_get_str(values, declared->entries[i].key);
        if (!is_in_ssm(&declared->entries[i]))
            continue;
        if (outside && !value_is(name, VALUE_STRING) && !value_is(name, VALUE_SECRET))
            return value_error(name, error, ERROR_INVALID,
                               "parameter '%.*s' takes its value from SSM by a name that is known only after "
                               "apply: give it one that is known before",
                               STR_ARG(declared->entries[i].key));
        value_append(arena, names, name);
    }
    if (outside && names->count && !outside->parameters(outside->self, arena, names, &found, error))
        return false;
    for (size_t i = 0; names->count && i < declared->count; i++) {
        const struct value_entry *entry = &declared->entries[i];
        const struct value *name = value_get_str(values, entry->key);
        if (!is_in_ssm(entry))
            continue;
        const struct value *text = value_get_str(found, name->text);
        if (outside && !text)
            return refuse_absent(template, entry->key, name, error);
        struct value *value =
            outside ? parameter_value(arena, text->text, is_list_type(value_get_text(entry->value, "Type")),
                                      value_get_bool(entry->value, "NoEcho", false))
                    : value_unknown(arena, name->text);
        value_set(arena, values, entry->key, value_at_position_of(value, name));
    }
    return true;
}
