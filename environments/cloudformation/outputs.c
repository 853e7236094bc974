#include "environments/cloudformation/template.h"

enum { DESCRIPTION_MAX = 1024, EXPORT_NAME_MAX = 255 };

static const char *const output_keys[] = {"Condition", "Description", "Export", "Value"};

static bool check_output(struct evaluation *evaluation, const struct value_entry *entry, struct error *error)
{
    const struct value *outputs = value_get(evaluation->template, "Outputs"), *output = entry->value;
    const struct value *description = value_get(output, "Description"),
                       *condition = value_get(output, "Condition");
    const struct value *export = value_get(output, "Export");
    if (!value_get(output, "Value"))
        return value_key_error(outputs, entry, error, ERROR_INVALID, "output '%.*s' has no 'Value'",
                               STR_ARG(entry->key));
    for (size_t i = 0; i < output->count; i++) {
        bool known = false;
        for (size_t k = 0; k < ARRAY_LENGTH(output_keys); k++)
            known = known || str_is(output->entries[i].key, output_keys[k]);
        if (!known)
            return value_key_error(output, &output->entries[i], error, ERROR_INVALID,
                                   "output '%.*s' has the unknown key '%.*s'%s", STR_ARG(entry->key),
                                   STR_ARG(output->entries[i].key),
                                   nearest_name(evaluation->arena, output->entries[i].key, output_keys,
                                                ARRAY_LENGTH(output_keys)));
    }
    if (description && (!value_is(description, VALUE_STRING) || description->text.len > DESCRIPTION_MAX))
        return value_error(description, error, ERROR_INVALID,
                           "'Description' of output '%.*s' must be a text of at most %d bytes",
                           STR_ARG(entry->key), DESCRIPTION_MAX);
    if (condition && !value_is(condition, VALUE_STRING))
        return value_error(condition, error, ERROR_INVALID,
                           "'Condition' of output '%.*s' must be a condition's name", STR_ARG(entry->key));
    return !export || (value_is(export, VALUE_MAP) && export->count == 1 && value_get(export, "Name")) ||
           value_error(export, error, ERROR_INVALID, "'Export' of output '%.*s' must be a mapping of 'Name'",
                       STR_ARG(entry->key));
}

/* An export's name is known before any resource is; what only the account knows may be in it. */
static bool check_export(struct evaluation *evaluation, const struct value *node, struct error *error)
{
    struct value *name;
    evaluation->before_resources = "the name of an export";
    bool evaluated = evaluate(evaluation, node, &name, error);
    evaluation->before_resources = NULL;
    if (!evaluated)
        return false;
    if (name && function_call(name))
        return true;
    bool sound = value_is(name, VALUE_STRING) && name->text.len > 0 && name->text.len <= EXPORT_NAME_MAX;
    for (size_t i = 0; sound && i < name->text.len; i++) {
        char c = name->text.ptr[i];
        sound = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == ':' ||
                c == '-';
    }
    return sound || value_error(node, error, ERROR_INVALID,
                                "the name of an export must be 1 to %d letters, digits, colons and hyphens",
                                EXPORT_NAME_MAX);
}

static bool evaluate_output(struct evaluation *evaluation, const struct value_entry *entry,
                            struct value **out, struct error *error)
{
    const struct value *condition = value_get(entry->value, "Condition");
    const struct value *name = value_path(entry->value, "Export", "Name", NULL);
    bool holds = true;
    struct str text;
    if (!check_output(evaluation, entry, error))
        return false;
    if (condition && !condition_holds(evaluation, condition, value_text(condition), &holds, error))
        return false;
    if (!holds)
        return true;
    if (!evaluate(evaluation, entry->value, out, error) || (name && !check_export(evaluation, name, error)) ||
        !outside_check(evaluation, STR_EMPTY, *out, error))
        return error_prefix(error, "output '%.*s'", STR_ARG(entry->key));
    const struct value *value = value_get(*out, "Value");
    if (!function_call(value) && !scalar_text(value, &text))
        return value_error(value_get(entry->value, "Value"), error, ERROR_INVALID,
                           "'Value' of output '%.*s' must be a text, not %s", STR_ARG(entry->key),
                           value ? value_kind_name(value->kind) : "AWS::NoValue");
    value_remove(*out, STR("Condition"));
    return true;
}

bool output_evaluate(struct evaluation *evaluation, const struct value_entry *entry, struct value **out,
                     struct error *error)
{
    struct arena *arena = evaluation->arena;
    struct value *known = value_get_str(evaluation->outputs, entry->key);
    *out = value_is(known, VALUE_MAP) ? known : NULL;
    if (value_is(known, VALUE_NULL))
        return value_key_error(value_get(evaluation->template, "Outputs"), entry, error, ERROR_INVALID,
                               "output '%.*s' needs its own value", STR_ARG(entry->key));
    if (known)
        return true;
    /* What the output uses is no business of the node that is being evaluated in the same scope. */
    struct value *uses = evaluation->uses;
    evaluation->uses = NULL;
    if (!evaluation->outputs)
        evaluation->outputs = value_map(arena);
    value_set(arena, evaluation->outputs, entry->key, value_null(arena));
    bool done = evaluate_output(evaluation, entry, out, error);
    evaluation->uses = uses;
    if (done)
        value_set(arena, evaluation->outputs, entry->key, *out ? *out : value_bool(arena, false));
    return done;
}

static bool add_output(struct evaluation *scope, const struct value_entry *entry, struct desired *desired,
                       struct error *error)
{
    struct value *output;
    bool all = !scope->own || scope->own->stack;
    if (!output_evaluate(scope, entry, &output, error))
        return false;
    if (!output || (!all && !value_get(output, "Export")))
        return true;
    struct str id = application_id(scope, entry->key);
    if (value_get_str(desired->outputs, id))
        return value_key_error(value_get(scope->template, "Outputs"), entry, error, ERROR_INVALID,
                               "there are two outputs '%.*s' with the names of their nested stacks in front: "
                               "rename one",
                               STR_ARG(id));
    const struct value *name = value_path(output, "Export", "Name", NULL);
    for (size_t i = 0; name && i < desired->outputs->count; i++)
        if (value_equal(name, value_path(desired->outputs->entries[i].value, "Export", "Name", NULL)))
            return value_error(value_path(entry->value, "Export", "Name", NULL), error, ERROR_INVALID,
                               "outputs '%.*s' and '%.*s' have the same name as exports",
                               STR_ARG(desired->outputs->entries[i].key), STR_ARG(id));
    value_set(scope->arena, desired->outputs, id, output);
    return true;
}

static bool add_outputs(struct evaluation *scope, struct desired *desired, struct error *error)
{
    const struct value *outputs = value_get(scope->template, "Outputs");
    for (size_t i = 0; value_is(outputs, VALUE_MAP) && i < outputs->count; i++)
        if (!add_output(scope, &outputs->entries[i], desired, error))
            return false;
    for (size_t i = 0; i < scope->nested->count; i++) {
        struct nested_stack *nested = scope->nested->entries[i].value->extra;
        if (!add_outputs(&nested->scope, desired, error))
            return false;
    }
    return true;
}

bool outputs_build(struct evaluation *root, struct desired *desired, struct error *error)
{
    desired->outputs = value_map(root->arena);
    return add_outputs(root, desired, error);
}
