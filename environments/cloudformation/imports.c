#include "environments/cloudformation/template.h"

/*
 * What one stack of an application takes from another by name: Fn::ImportValue of an export,
 * Fn::GetStackOutput of an output.  What no stack of the application has is left to the account (outside.c).
 */

/* An output that other stacks may import, by its name. */
struct export
{
    struct evaluation *scope;
    const struct value_entry *output;
};

static bool add_export(struct evaluation *scope, const struct value_entry *output, struct error *error)
{
    const struct value *written = value_path(output->value, "Export", "Name", NULL);
    const struct value *condition = value_get(output->value, "Condition");
    struct value *name, *uses = scope->uses;
    bool holds = true;
    if (!written || (condition && !condition_holds(scope, condition, value_text(condition), &holds, error)))
        return !written;
    scope->uses = NULL;
    bool done = !holds || evaluate(scope, written, &name, error);
    scope->uses = uses;
    if (!done || !holds || !value_is(name, VALUE_STRING))
        return done;
    if (value_get_str(scope->root->exports, name->text))
        return value_error(written, error, ERROR_INVALID, "two outputs of the application export '%.*s'",
                           STR_ARG(name->text));
    struct export *export = arena_alloc(scope->arena, sizeof *export);
    *export = (struct export){.scope = scope, .output = output};
    struct value *place = value_null(scope->arena);
    place->extra = export;
    value_set(scope->arena, scope->root->exports, name->text, place);
    return true;
}

/* Those of stacks that are being opened are added later: what they export, nobody who is waited for can have.
 */
static bool add_exports(struct evaluation *scope, struct error *error)
{
    const struct value *outputs = value_get(scope->template, "Outputs");
    bool first = !scope->exports_known, done = true;
    scope->exports_known = true;
    for (size_t i = 0; value_is(outputs, VALUE_MAP) && i < outputs->count && first && done; i++)
        done = add_export(scope, &outputs->entries[i], error);
    for (size_t i = 0; i < scope->nested->count && done; i++) {
        struct nested_stack *nested = scope->nested->entries[i].value->extra;
        done = nested->state == NESTED_OPENING ||
               (nested_open(nested, error) && add_exports(&nested->scope, error));
    }
    return done;
}

static bool is_inside(const struct evaluation *scope, const struct evaluation *outer)
{
    while (scope && scope != outer)
        scope = scope->own ? scope->own->parent : NULL;
    return scope != NULL;
}

static bool import(struct evaluation *scope, struct str name, struct value **out, struct error *error)
{
    struct value *output;
    *out = NULL;
    if (!scope->root->exports)
        scope->root->exports = value_map(scope->arena);
    if (!add_exports(scope->root, error))
        return false;
    const struct value *found = value_get_str(scope->root->exports, name);
    const struct export *export = found ? found->extra : NULL;
    if (!export || export->scope == scope)
        return true;
    if (!output_evaluate(export->scope, export->output, &output, error))
        return error_prefix(error, "import of '%.*s'", STR_ARG(name));
    *out = value_get(output, "Value");
    if (!is_inside(scope, export->scope))
        nested_note_use(scope, export->scope->own);
    return true;
}

/* Of this account and region, and among the stacks of a source, whose names their author knows. */
static bool stack_output(struct evaluation *scope, const struct value *argument, struct value **out,
                         struct error *error)
{
    struct str stack = value_get_text(argument, "StackName"), region = value_get_text(argument, "Region");
    const struct value *nested = scope->root->nested;
    if (value_get(argument, "RoleArn") || (region.len && !str_equal(region, scope->options->region)))
        return true;
    for (size_t i = 0; i < nested->count; i++) {
        struct nested_stack *found = nested->entries[i].value->extra;
        if (found->stack && str_equal(found->options.stack_name, stack) && found != scope->own)
            return nested_output(scope, found, argument, value_get_text(argument, "OutputName"), out, error);
    }
    return true;
}

bool import_function(struct evaluation *scope, struct str name, const struct value *argument,
                     struct value **out, struct error *error)
{
    bool exported = str_is(name, "Fn::ImportValue");
    struct value *given;
    *out = NULL;
    if ((!exported && !str_is(name, "Fn::GetStackOutput")) || scope->before_resources || !scope->template)
        return true;
    if (!evaluate(scope, argument, &given, error))
        return false;
    if (!given || function_find(given))
        return true;
    return exported ? import(scope, value_text(given), out, error) : stack_output(scope, given, out, error);
}
