#include "environments/cloudformation/language_extensions.h"

/* Where loops may stand; Globals are SAM's, and only get their Refs resolved. */
static const char *const extended_sections[] = {"Conditions", "Globals", "Resources", "Outputs"};

bool extension_evaluate(struct extension *extension, const struct value *value, const char *what,
                        struct value **out, struct error *error)
{
    if (!function_find(value)) {
        *out = (struct value *)value;
        return true;
    }
    if (!extension->evaluation && !evaluation_begin(extension->arena, extension->options, extension->template,
                                                    what, &extension->evaluation, error))
        return false;
    extension->evaluation->before_resources = what;
    if (!evaluate(extension->evaluation, value, out, error))
        return false;
    const struct value *open = *out ? function_find(*out) : NULL;
    return !open || value_error(value, error, ERROR_INVALID, "%s needs '%.*s', which is not known yet", what,
                                STR_ARG(value_text(open->entries[0].value)));
}

/* The name that a function gives in the place of a literal. */
static bool resolve_name(struct extension *extension, struct value **name, const char *what,
                         struct error *error)
{
    struct value *resolved;
    if (!function_call(*name))
        return true;
    if (!extension_evaluate(extension, *name, what, &resolved, error))
        return false;
    if (!value_is(resolved, VALUE_STRING))
        return value_error(*name, error, ERROR_INVALID, "%s must be a text, not %s", what,
                           resolved ? value_kind_name(resolved->kind) : "AWS::NoValue");
    *name = resolved;
    return true;
}

bool extension_resolve(struct extension *extension, struct value **value, struct error *error)
{
    struct value_entry *call = function_call(*value);
    if (call && str_is(call->key, "Ref"))
        return resolve_name(extension, &call->value, "the name in 'Ref'", error);
    if (!call || !str_is(call->key, "Fn::GetAtt") || !value_is(call->value, VALUE_LIST))
        return true;
    for (size_t i = 0; i < call->value->count; i++)
        if (!resolve_name(extension, &call->value->items[i], "a name in 'Fn::GetAtt'", error))
            return false;
    return true;
}

/* A resource's Condition may be found in a map, or be left out there. */
static bool resolve_conditions(struct extension *extension, struct value *resources, struct error *error)
{
    static const char what[] = "the 'Condition' of a resource";
    for (size_t i = 0; value_is(resources, VALUE_MAP) && i < resources->count; i++) {
        struct value *resource = resources->entries[i].value, *resolved;
        struct value_entry *condition = value_entry(resource, STR("Condition"));
        if (!condition || !function_call(condition->value))
            continue;
        if (!extension_evaluate(extension, condition->value, what, &resolved, error))
            return false;
        if (resolved)
            condition->value = resolved;
        else
            value_remove(resource, STR("Condition"));
    }
    return true;
}

/* The first entry of a name like this somewhere in the value, and the map that it is in. */
static const struct value_entry *find_loop(const struct value *value, const struct value **map)
{
    const struct value_entry *found = NULL;
    if (value_is(value, VALUE_LIST))
        for (size_t i = 0; i < value->count && !found; i++)
            found = find_loop(value->items[i], map);
    if (!value_is(value, VALUE_MAP))
        return found;
    for (size_t i = 0; i < value->count && !found; i++) {
        *map = value;
        found = str_starts(value->entries[i].key, FOR_EACH) ? &value->entries[i]
                                                            : find_loop(value->entries[i].value, map);
    }
    return found;
}

bool language_extensions(struct arena *arena, const struct template_options *options, struct value *template,
                         struct error *error)
{
    struct extension extension = {.arena = arena, .options = options, .template = template};
    const struct value *map = NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(extended_sections); i++) {
        struct value_entry *section = value_entry(template, str_from(extended_sections[i]));
        if (section && !for_each_expand(&extension, section->value, &section->value, error))
            return error_prefix(error, "section '%s'", extended_sections[i]);
    }
    const struct value_entry *loop = find_loop(template, &map);
    if (loop)
        return value_key_error(
            map, loop, error, ERROR_INVALID,
            "'%.*s' stands where no loop may be: only Conditions, Resources and Outputs have them",
            STR_ARG(loop->key));
    return resolve_conditions(&extension, value_get(template, "Resources"), error);
}

/* What only the transform allows. */
static bool refuse(const struct value *at, const char *what, struct error *error)
{
    return value_error(at, error, ERROR_INVALID, "%s needs 'Transform: AWS::LanguageExtensions'", what);
}

static bool is_call_of(const struct value *value, const char *first, const char *second)
{
    const struct value_entry *call = function_call(value);
    return call && (str_is(call->key, first) || str_is(call->key, second));
}

static bool check_call(const struct value *at, const struct value_entry *call, struct error *error)
{
    const struct value *argument = call->value;
    if (str_is(call->key, "Fn::Length") || str_is(call->key, "Fn::ToJsonString"))
        return refuse(at, call->key.ptr, error);
    if (str_is(call->key, "Ref") && function_call(argument))
        return refuse(argument, "a function in 'Ref'", error);
    if (str_is(call->key, "Fn::GetAtt") && function_call(value_at(argument, 0)))
        return refuse(argument->items[0], "a function for the resource of 'Fn::GetAtt'", error);
    if (str_is(call->key, "Fn::GetAtt") && function_call(value_at(argument, 1)) &&
        !is_call_of(argument->items[1], "Ref", "Ref"))
        return refuse(argument->items[1], "a function other than Ref for the attribute of 'Fn::GetAtt'",
                      error);
    if (!str_is(call->key, "Fn::FindInMap"))
        return true;
    if (value_at(argument, 3))
        return refuse(argument->items[3], "the default of 'Fn::FindInMap'", error);
    for (size_t i = 0; value_at(argument, i); i++)
        if (function_call(argument->items[i]) && !is_call_of(argument->items[i], "Ref", "Fn::FindInMap"))
            return refuse(argument->items[i],
                          "a function other than Ref and Fn::FindInMap in 'Fn::FindInMap'", error);
    return true;
}

static bool check_value(const struct value *value, struct error *error)
{
    const struct value_entry *call = function_call(value);
    if (call && !check_call(value, call, error))
        return false;
    if (value_is(value, VALUE_LIST))
        for (size_t i = 0; i < value->count; i++)
            if (!check_value(value->items[i], error))
                return false;
    if (value_is(value, VALUE_MAP))
        for (size_t i = 0; i < value->count; i++) {
            if (str_starts(value->entries[i].key, FOR_EACH))
                return refuse(value->entries[i].value, "Fn::ForEach", error);
            if (!check_value(value->entries[i].value, error))
                return false;
        }
    return true;
}

bool language_extensions_check(const struct value *template, struct error *error)
{
    static const char *const attributes[] = {"Condition", "DeletionPolicy", "UpdateReplacePolicy"};
    const struct value *resources = value_get(template, "Resources");
    for (size_t i = 0; value_is(template, VALUE_MAP) && i < template->count; i++)
        if (!str_is(template->entries[i].key, "Metadata") && !check_value(template->entries[i].value, error))
            return false;
    for (size_t i = 0; value_is(resources, VALUE_MAP) && i < resources->count; i++)
        for (size_t k = 0; k < ARRAY_LENGTH(attributes); k++) {
            const struct value *attribute = value_get(resources->entries[i].value, attributes[k]);
            if (function_call(attribute))
                return value_error(attribute, error, ERROR_INVALID,
                                   "a function in '%s' needs 'Transform: AWS::LanguageExtensions'",
                                   attributes[k]);
        }
    return true;
}

bool language_extensions_first(const struct value *template, struct error *error)
{
    const struct value *map = NULL;
    const struct value_entry *loop = find_loop(value_get(template, "Resources"), &map);
    return !loop || value_key_error(map, loop, error, ERROR_INVALID,
                                    "Fn::ForEach needs 'AWS::LanguageExtensions' before "
                                    "'AWS::Serverless-2016-10-31' in 'Transform'");
}
