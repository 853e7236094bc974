#include "reconciler/outputs.h"

#include "providers/resource.h"
static bool refuse(const struct value_entry *entry, const char *what, struct error *error)
{
    return value_error(entry->value, error, ERROR_INVALID, "output '%.*s' %s", STR_ARG(entry->key), what);
}

/* The value as it is recorded, or NULL where it cannot be. */
static struct value *recorded(struct arena *arena, const struct value *value, bool late)
{
    struct str reference = value_reference(value);
    if (reference.len)
        return value_string(arena, reference);
    if (value_is(value, VALUE_UNKNOWN))
        return late ? NULL : value_unknown(arena, value->text);
    if (value_is(value, VALUE_STRING) || value_is(value, VALUE_NUMBER) || value_is(value, VALUE_BOOL))
        return value_string(arena, value_text(value));
    return NULL;
}

/* An output that cannot be recorded is left out, unless others count on it. */
static bool settle_one(struct plan *plan, const struct value_entry *entry, struct question *question,
                       struct value *outputs, struct error *error)
{
    struct arena *arena = plan->arena;
    struct value *value, *name = NULL, *output = value_map(arena);
    const struct value *written = value_path(entry->value, "Export", "Name", NULL);
    if (written && !plan_evaluate(plan, arena, written, question, &name, error))
        return error_prefix(error, "output '%.*s'", STR_ARG(entry->key));
    if (written && !value_is(name, VALUE_STRING))
        return refuse(entry, "needs a name for its export that is known without its resources", error);
    if (!plan_evaluate(plan, arena, value_get(entry->value, "Value"), question, &value, error)) {
        if (!error_is(error, PLAN_NO_ATTRIBUTE) || written)
            return error_prefix(error, "output '%.*s'", STR_ARG(entry->key));
        error_clear(error);
        return true;
    }
    struct value *kept = recorded(arena, value, question->late);
    if (!kept && written)
        return refuse(entry,
                      value_is(value, VALUE_SECRET)
                          ? "exports a secret, which the ledger cannot hold: export a dynamic reference to it"
                          : "must be a text to be exported",
                      error);
    if (!kept)
        return true;
    value_setz(arena, output, "value", kept);
    if (name)
        value_setz(arena, output, "export", value_string(arena, name->text));
    value_set(arena, outputs, entry->key, output);
    return true;
}

static bool settle(struct plan *plan, bool late, struct value **outputs, struct error *error)
{
    const struct value *declared = plan->input.desired->outputs;
    struct question question = {.answers = plan->input.answers, .late = late, .keep = true};
    *outputs = value_map(plan->arena);
    for (size_t i = 0; value_is(declared, VALUE_MAP) && i < declared->count; i++)
        if (!settle_one(plan, &declared->entries[i], &question, *outputs, error))
            return false;
    return true;
}

static struct value *both_imports(struct plan *plan)
{
    struct value *names = value_map(plan->arena);
    const struct value *lists[] = {plan->input.inventory->imports, plan->imports};
    for (size_t i = 0; i < ARRAY_LENGTH(lists); i++)
        for (size_t k = 0; lists[i] && k < lists[i]->count; k++)
            value_set(plan->arena, names, value_text(lists[i]->items[k]), value_null(plan->arena));
    return keys_of(plan->arena, names);
}

bool outputs_record(struct plan *plan, bool released, struct value **outputs, struct value **imports,
                    struct error *error)
{
    struct value *now;
    bool settled = released && settle(plan, true, &now, error);
    *outputs = settled ? now : plan->input.inventory->outputs;
    *imports = settled ? plan->imports : both_imports(plan);
    return settled || !released;
}

static const struct value *exported(const struct value *outputs, struct str name)
{
    for (size_t i = 0; value_is(outputs, VALUE_MAP) && i < outputs->count; i++)
        if (str_equal(value_get_text(outputs->entries[i].value, "export"), name))
            return outputs->entries[i].value;
    return NULL;
}

static bool is_replaced(const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->changes[i].action == CHANGE_REPLACE)
            return true;
    return false;
}

/* Why what is exported now has to stay, or "". */
static struct str hold_export(const struct plan *plan, const struct value *before)
{
    struct str name = value_get_text(before, "export");
    const struct neighbours *neighbours = plan->input.neighbours;
    const struct neighbour *importer = name.len && neighbours ? neighbours_importer(neighbours, name) : NULL;
    const struct value *now = exported(plan->outputs, name), *value = value_get(now, "value");
    if (!importer)
        return STR_EMPTY;
    if (!now)
        return arena_printf(
            plan->arena,
            "'%.*s' was released with the export '%.*s', which would go: take the import out of it "
            "first",
            STR_ARG(importer->name), STR_ARG(name));
    bool changes =
        value_is(value, VALUE_UNKNOWN) ? is_replaced(plan) : !value_equal(value, value_get(before, "value"));
    return changes ? arena_printf(
                         plan->arena,
                         "'%.*s' was released with the export '%.*s', which would change: take the import "
                         "out of it first",
                         STR_ARG(importer->name), STR_ARG(name))
                   : STR_EMPTY;
}

/* Why that name cannot be exported, or "". */
static struct str hold_name(const struct plan *plan, const struct value *after)
{
    struct str name = value_get_text(after, "export");
    const struct neighbours *neighbours = plan->input.neighbours;
    const struct value *value;
    const struct neighbour *owner =
        name.len && neighbours ? neighbours_exporter(neighbours, name, &value) : NULL;
    return owner ? arena_printf(plan->arena, "'%.*s' exports '%.*s' already: give this export another name",
                                STR_ARG(owner->name), STR_ARG(name))
                 : STR_EMPTY;
}

static void compare(struct plan *plan, struct str name, const struct value *before, const struct value *after)
{
    const struct value *value = value_get(after, "value");
    struct str held = hold_name(plan, after);
    if (!held.len && before)
        held = hold_export(plan, before);
    bool later = before && value_is(value, VALUE_UNKNOWN) &&
                 value_equal(value_get(before, "export"), value_get(after, "export"));
    if ((later || value_equal(before, after)) && !held.len)
        return;
    plan->output_changes[plan->output_change_count++] =
        (struct output_change){.name = name, .before = before, .after = after, .held = held};
    plan->held += held.len > 0;
    bool declared =
        !before || !after || !value_equal(value_get(before, "export"), value_get(after, "export"));
    plan->outputs_declared = plan->outputs_declared || declared;
    plan->outputs_differ = plan->outputs_differ || (declared && !value_is(value, VALUE_UNKNOWN)) ||
                           (value && !value_is(value, VALUE_UNKNOWN));
}

static bool same_list(const struct value *a, const struct value *b)
{
    if ((a ? a->count : 0) != (b ? b->count : 0))
        return false;
    return !a || !a->count || value_equal(a, b);
}

/* Every name once, in the order of the template. */
static void collect_imports(struct plan *plan)
{
    const struct desired *desired = plan->input.desired;
    struct outside_list list = {.count = 0};
    struct value *names = value_map(plan->arena);
    for (size_t i = 0; i < desired->count; i++)
        outside_find(plan->arena, desired->resources[i].properties, &list);
    outside_find(plan->arena, desired->outputs, &list);
    for (size_t i = 0; i < list.count; i++)
        if (list.items[i].kind == OUTSIDE_IMPORT)
            value_set(plan->arena, names, list.items[i].name, value_null(plan->arena));
    plan->imports = keys_of(plan->arena, names);
    if (!same_list(plan->imports, plan->input.inventory->imports))
        plan->outputs_differ = plan->outputs_declared = true;
}

bool outputs_plan(struct plan *plan, struct error *error)
{
    const struct value *before = plan->input.inventory->outputs;
    size_t room = plan->input.desired->outputs ? plan->input.desired->outputs->count : 0;
    if (!settle(plan, false, &plan->outputs, error))
        return false;
    collect_imports(plan);
    room += before ? before->count : 0;
    plan->output_changes = arena_array(plan->arena, room + 1, sizeof *plan->output_changes);
    for (size_t i = 0; i < plan->outputs->count; i++)
        compare(plan, plan->outputs->entries[i].key, value_get_str(before, plan->outputs->entries[i].key),
                plan->outputs->entries[i].value);
    for (size_t i = 0; value_is(before, VALUE_MAP) && i < before->count; i++)
        if (!value_get_str(plan->outputs, before->entries[i].key))
            compare(plan, before->entries[i].key, before->entries[i].value, NULL);
    return true;
}
