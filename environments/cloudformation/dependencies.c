#include "environments/cloudformation/template.h"

/*
 * What every resource comes after.  A nested stack is one node of its parent, as in CloudFormation: what
 * depends on it, or uses one of its outputs, comes after all of its resources, and all of these come after
 * what the stack depends on.  Edges are drawn only to the last and from the first of its resources; the
 * others follow.
 */

struct link {
    struct build *build;
    struct arena *arena;
    size_t edges; /* in all */
};

static bool link_nested(struct link *, struct nested_stack *, struct error *);
static bool find_outside(struct link *, struct nested_stack *, struct error *);

static void append(struct arena *arena, struct indexes *list, size_t index)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : 8;
        size_t *items = arena_array(arena, capacity, sizeof *items);
        if (list->count)
            memcpy(items, list->items, list->count * sizeof *items);
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = index;
}

static bool count_edges(struct link *link, size_t more, struct error *error)
{
    link->edges += more;
    return link->edges <= DEPENDENCIES_MAX ||
           error_set(error, ERROR_OUT_OF_MEMORY, "the application has more than %d dependencies",
                     DEPENDENCIES_MAX);
}

/* What makes the parameters and secrets that the text names. */
static void collect_makers(struct link *link, const struct value *text, struct indexes *found)
{
    const struct desired *desired = link->build->desired;
    struct outside_value wanted;
    for (size_t at = 0; reference_next(link->arena, text, &at, &wanted);) {
        const struct desired_resource *maker = reference_maker(desired, &wanted);
        if (maker)
            append(link->arena, found, (size_t)(maker - desired->resources));
    }
}

/* Every resource that the value refers to. */
static void collect(struct link *link, const struct value *value, struct indexes *found)
{
    const struct value_entry *call = function_call(value);
    int64_t index;
    if (value_is(value, VALUE_STRING)) {
        collect_makers(link, value, found);
        return;
    }
    if (call && (str_is(call->key, "Ref") || str_is(call->key, "Fn::GetAtt"))) {
        struct str id =
            value_is(call->value, VALUE_LIST) ? value_text(call->value->items[0]) : value_text(call->value);
        if (value_to_int(value_get_str(link->build->numbers, id), &index))
            append(link->arena, found, (size_t)index);
        return;
    }
    for (size_t i = 0; value_is(value, VALUE_LIST) && i < value->count; i++)
        collect(link, value->items[i], found);
    for (size_t i = 0; value_is(value, VALUE_MAP) && i < value->count; i++)
        collect(link, value->entries[i].value, found);
}

/* The last resources of a nested stack; where it has none, what it comes after. */
static bool append_stack(struct link *link, struct nested_stack *nested, struct indexes *found,
                         struct error *error)
{
    bool empty = nested->first == nested->end;
    if (!link_nested(link, nested, error) || (empty && !find_outside(link, nested, error)))
        return false;
    const struct indexes *last = empty ? nested->outside : nested->ends;
    for (size_t i = 0; i < last->count; i++)
        append(link->arena, found, last->items[i]);
    return true;
}

static bool append_named(struct link *link, struct evaluation *scope, const struct value_entry *resource,
                         const struct value *name, struct indexes *found, struct error *error)
{
    if (!value_is(name, VALUE_STRING))
        return value_error(name, error, ERROR_INVALID,
                           "'DependsOn' of '%.*s' must be a name or a list of names", STR_ARG(resource->key));
    const struct value *present = value_get_str(scope->present, name->text);
    if (!present)
        return value_error(name, error, ERROR_INVALID, "'DependsOn' of '%.*s': there is no resource '%.*s'%s",
                           STR_ARG(resource->key), STR_ARG(name->text),
                           nearest_key(scope->arena, name->text, scope->present));
    /* CloudFormation ignores a dependency on what its condition leaves out. */
    if (!present->boolean)
        return true;
    struct nested_stack *nested = nested_get(scope, name->text);
    int64_t index = 0;
    if (nested)
        return append_stack(link, nested, found, error);
    if (value_to_int(value_get_str(link->build->numbers, application_id(scope, name->text)), &index))
        append(link->arena, found, (size_t)index);
    return true;
}

static bool append_depends_on(struct link *link, struct evaluation *scope, const struct value_entry *resource,
                              struct indexes *found, struct error *error)
{
    const struct value *node = value_get(resource->value, "DependsOn");
    if (!value_is(node, VALUE_LIST))
        return !node || append_named(link, scope, resource, node, found, error);
    for (size_t i = 0; i < node->count; i++)
        if (!append_named(link, scope, resource, node->items[i], found, error))
            return false;
    return true;
}

static bool append_uses(struct link *link, const struct value *uses, struct indexes *found,
                        struct error *error)
{
    for (size_t i = 0; i < uses->count; i++)
        if (!append_stack(link, uses->entries[i].value->extra, found, error))
            return false;
    return true;
}

static bool refuse_circle(const struct nested_stack *nested, struct error *error)
{
    return value_error(nested->entry->value, error, ERROR_INVALID,
                       "nested stacks depend on each other in a circle, '%.*s' among them",
                       STR_ARG(nested->id));
}

static bool find_outside(struct link *link, struct nested_stack *nested, struct error *error)
{
    if (nested->outside)
        return nested->outside_known || refuse_circle(nested, error);
    nested->outside = arena_alloc(link->arena, sizeof *nested->outside);
    if (!append_depends_on(link, nested->parent, nested->entry, nested->outside, error) ||
        !append_uses(link, nested->uses, nested->outside, error))
        return false;
    collect(link, nested->given, nested->outside);
    nested->outside_known = true;
    return true;
}

/* Those that depend on none of the stack's resources, and those that none of them depends on. */
static void find_borders(struct link *link, struct nested_stack *nested)
{
    size_t count = nested->end - nested->first;
    bool *later = arena_array(link->arena, count + 1, sizeof *later);
    bool *needed = arena_array(link->arena, count + 1, sizeof *needed);
    for (size_t i = 0; i < count; i++) {
        const struct indexes *edges = &link->build->built[nested->first + i].edges;
        for (size_t k = 0; k < edges->count; k++)
            if (edges->items[k] >= nested->first && edges->items[k] < nested->end)
                later[i] = needed[edges->items[k] - nested->first] = true;
    }
    for (size_t i = 0; i < count; i++) {
        if (!later[i])
            append(link->arena, nested->starts, nested->first + i);
        if (!needed[i])
            append(link->arena, nested->ends, nested->first + i);
    }
}

/* Hooks are called when all else of a release is done, and may themselves refer to the alias whose traffic
 * they judge: an update policy does not wait for them. */
static void collect_policy(struct link *link, const struct value *policy, struct indexes *found)
{
    struct value *rest = policy ? value_copy(link->arena, policy) : NULL;
    struct value *shift = value_get(rest, "CodeDeployLambdaAliasUpdate");
    if (value_is(shift, VALUE_MAP)) {
        value_remove(shift, STR("BeforeAllowTrafficHook"));
        value_remove(shift, STR("AfterAllowTrafficHook"));
    }
    collect(link, rest, found);
}

static bool link_resource(struct link *link, size_t index, struct error *error)
{
    struct built *built = &link->build->built[index];
    const struct desired_resource *resource = &link->build->desired->resources[index];
    if (!append_depends_on(link, built->scope, built->entry, &built->edges, error) ||
        !append_uses(link, built->uses, &built->edges, error))
        return false;
    collect(link, resource->properties, &built->edges);
    collect_policy(link, resource->update_policy, &built->edges);
    collect(link, resource->metadata, &built->edges);
    return count_edges(link, built->edges.count, error);
}

static bool link_scope(struct link *link, struct evaluation *scope, size_t first, size_t end,
                       struct error *error)
{
    for (size_t i = 0; i < scope->nested->count; i++)
        if (!link_nested(link, scope->nested->entries[i].value->extra, error))
            return false;
    for (size_t i = first; i < end; i++)
        if (link->build->built[i].scope == scope && !link_resource(link, i, error))
            return false;
    for (size_t i = 0; i < scope->nested->count; i++) {
        struct nested_stack *nested = scope->nested->entries[i].value->extra;
        if (!find_outside(link, nested, error) ||
            !count_edges(link, nested->starts->count * nested->outside->count, error))
            return false;
        for (size_t k = 0; k < nested->starts->count; k++)
            for (size_t n = 0; n < nested->outside->count; n++)
                append(link->arena, &link->build->built[nested->starts->items[k]].edges,
                       nested->outside->items[n]);
    }
    return true;
}

static bool link_nested(struct link *link, struct nested_stack *nested, struct error *error)
{
    if (nested->ends)
        return nested->linked || refuse_circle(nested, error);
    nested->starts = arena_alloc(link->arena, sizeof *nested->starts);
    nested->ends = arena_alloc(link->arena, sizeof *nested->ends);
    if (!link_scope(link, &nested->scope, nested->first, nested->end, error))
        return false;
    find_borders(link, nested);
    nested->linked = true;
    return true;
}

static int compare_names(const void *left, const void *right)
{
    return str_compare(*(const struct str *)left, *(const struct str *)right);
}

/* Sorted, each once. */
static void name_edges(struct arena *arena, struct desired *desired, struct desired_resource *resource,
                       const struct indexes *edges)
{
    struct str *names = arena_array(arena, edges->count + 1, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < edges->count; i++)
        names[i] = desired->resources[edges->items[i]].logical_id;
    if (edges->count)
        qsort(names, edges->count, sizeof *names, compare_names);
    for (size_t i = 0; i < edges->count; i++)
        if (!count || !str_equal(names[count - 1], names[i]))
            names[count++] = names[i];
    resource->depends_on = names;
    resource->depends_count = count;
}

bool dependencies_link(struct build *build, struct error *error)
{
    struct link link = {.build = build, .arena = build->root->arena};
    struct desired *desired = build->desired;
    if (!link_scope(&link, build->root, 0, desired->count, error))
        return false;
    for (size_t i = 0; i < desired->count; i++)
        name_edges(link.arena, desired, &desired->resources[i], &build->built[i].edges);
    return true;
}
