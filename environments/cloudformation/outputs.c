#include "environments/cloudformation/template.h"

static bool evaluate_output(struct evaluation *evaluation, const struct value_entry *entry,
                            struct value **out, struct error *error)
{
    const struct value *condition = value_get(entry->value, "Condition");
    bool holds = true;
    if (!value_get(entry->value, "Value"))
        return value_key_error(value_get(evaluation->template, "Outputs"), entry, error, ERROR_INVALID,
                               "output '%.*s' has no 'Value'", STR_ARG(entry->key));
    if (condition && !condition_holds(evaluation, condition, value_text(condition), &holds, error))
        return false;
    if (!holds)
        return true;
    if (!evaluate(evaluation, entry->value, out, error) || !outside_check(evaluation, STR_EMPTY, *out, error))
        return error_prefix(error, "output '%.*s'", STR_ARG(entry->key));
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
