#include "reconciler/changeset_private.h"

/* Whose references are looked up: at the time before the change, or after it. */
struct view {
    const struct changeset_making *making;
    bool after;
};

static bool is_call(const struct value *value, const void *self)
{
    (void)self;
    return changeset_call(value);
}

static bool holds_call(const struct value *value)
{
    return value_find(value, is_call, NULL);
}

/* The property that Ref or GetAtt gives back, where the template sets it. */
static const struct value *given(const struct desired_resource *resource, struct str attribute)
{
    const struct type_facts *facts = facts_find(resource->type);
    struct str name = attribute, second;
    if (!attribute.len && (!facts || !facts_path(facts, FACTS_REF, 0, &name) ||
                           facts_path(facts, FACTS_REF, 1, &second) || facts_ref_is_unsupported(facts)))
        return NULL;
    const struct value *value = value_get_str(resource->properties, name);
    return value && !holds_call(value) ? value : NULL;
}

/* What is there stays as it is until the change is made: so the template before tells, on both sides. */
static bool lookup(void *self, struct arena *arena, struct str logical_id, struct str attribute,
                   struct value **out, struct error *error)
{
    const struct view *view = self;
    (void)error;
    const struct desired_resource *was = desired_find(view->making->before, logical_id);
    bool stays = !view->after || changeset_fate(view->making, logical_id) == FATE_STAYS;
    const struct value *value = was && stays ? given(was, attribute) : NULL;
    *out = value ? value_copy(arena, value) : value_unknown(arena, logical_id);
    return true;
}

/* What lies in SSM, in another application or in the region's zones is not asked for. */
static bool nobody(void *self, struct arena *arena, const struct outside_value *wanted, struct value **out,
                   struct error *error)
{
    (void)self;
    (void)error;
    *out = value_unknown(arena, wanted->reference);
    return true;
}

static const struct outside outside = {.value = nobody};

/* A function that is left, with the name of what lies in SSM in the place of the parameter that leads there:
 * so the same text is the same value. */
static struct value *left(const struct view *view, const struct value *open)
{
    struct arena *arena = view->making->arena;
    const struct desired *side = view->after ? view->making->after : view->making->before;
    struct str name = value_get_text(open, "Ref");
    const struct value *parameter = value_get_str(side->parameters, name);
    const struct value *declared = value_get_str(value_get(side->template, "Parameters"), name);
    if (open->kind != VALUE_LIST && open->kind != VALUE_MAP)
        return value_copy(arena, open);
    if (value_is(parameter, VALUE_UNKNOWN) && str_starts(value_get_text(declared, "Type"), "AWS::SSM::"))
        return value_stringf(arena, "{{resolve:ssm:%.*s}}", STR_ARG(parameter->text));
    struct value *copy = open->kind == VALUE_LIST ? value_list(arena) : value_map(arena);
    for (size_t i = 0; i < open->count; i++)
        if (open->kind == VALUE_LIST)
            value_append(arena, copy, left(view, open->items[i]));
        else
            value_set(arena, copy, open->entries[i].key, left(view, open->entries[i].value));
    return copy;
}

/* What a macro of the account makes may be another thing when a parameter is. */
static bool is_remade(const struct view *view, const struct value *open)
{
    return view->after && view->making->parameters_change && changeset_holds_macro(open);
}

/* `known` is `open` with its functions evaluated.  Where that is not possible from the templates alone, the
 * function is the value, or it is known after apply. */
static struct value *merge(const struct view *view, const struct value *open, const struct value *known)
{
    struct arena *arena = view->making->arena;
    if (changeset_call(open)) {
        if (!value_find_unknown(known))
            return value_copy(arena, known);
        struct changeset_causes causes = {.count = 0};
        if (is_remade(view, open))
            return value_unknown(arena, STR("Fn::Transform"));
        if (view->after)
            changeset_resource_causes(view->making, open, &causes);
        return causes.count ? value_unknown(arena, causes.items[0].entity) : left(view, open);
    }
    if (!value_is(open, VALUE_LIST) && !value_is(open, VALUE_MAP))
        return value_copy(arena, open);
    struct value *merged = open->kind == VALUE_LIST ? value_list(arena) : value_map(arena);
    for (size_t i = 0; i < open->count; i++) {
        struct str key = open->kind == VALUE_MAP ? open->entries[i].key : STR_EMPTY;
        const struct value *item = open->kind == VALUE_MAP ? open->entries[i].value : open->items[i];
        const struct value *filled = open->kind == VALUE_MAP ? value_get_str(known, key) : value_at(known, i);
        if (filled && open->kind == VALUE_LIST)
            value_append(arena, merged, merge(view, item, filled));
        else if (filled && str_is(key, "Fn::Transform") && is_remade(view, open))
            value_set(arena, merged, key, value_unknown(arena, key));
        else if (filled)
            value_set(arena, merged, key, merge(view, item, filled));
    }
    return merged;
}

bool changeset_values(const struct changeset_making *making, const struct value *open, bool after,
                      struct value **out, struct error *error)
{
    struct view view = {.making = making, .after = after};
    struct resolver resolver = {.self = &view, .lookup = lookup, .outside = &outside};
    struct value *known;
    if (!desired_resolve(making->arena, open, &resolver, &known, error))
        return false;
    *out = merge(&view, open, known);
    return true;
}
