#include "reconciler/extras.h"

#include <string.h>

#include "providers/facts.h"
#include "providers/resource.h"
#include "reconciler/expected.h"
#include "reconciler/graph.h"

#define TAG_KIND "tag"
#define VARIABLE_KIND "environment variable"

/* --- what is declared --- */

static bool is_text(const struct value *value, const void *text)
{
    return value->kind == VALUE_STRING && str_equal(value->text, *(const struct str *)text);
}

static bool mentions(const struct value *value, struct str text)
{
    return text.len && value_find(value, is_text, &text);
}

/* Another resource stands for it, as a policy resource on a role does; or the handler of a custom resource
 * was asked for it, as the CDK does with a bucket's notifications: its properties name both. */
static bool entry_declares(const struct inventory_entry *entry, struct str physical_id,
                           const struct value *extra)
{
    struct str name = value_get_text(extra, "Name"), detail = value_get_text(extra, "Detail");
    struct str what = detail.len ? detail : name, id = value_get_text(extra, "Id");
    if (str_equal(entry->physical_id, name) || (id.len && str_equal(entry->physical_id, id)) ||
        str_equal(value_get_text(entry->properties, "PolicyName"), name))
        return true;
    const struct resource_type *type = resource_type_find(entry->type);
    return type && type->traits & RESOURCE_OPAQUE && mentions(entry->properties, physical_id) &&
           mentions(entry->properties, what);
}

bool extra_is_declared(const struct neighbours *all, struct str physical_id, const struct value *extra)
{
    for (size_t i = 0; i < all->count; i++)
        for (size_t k = 0; k < all->items[i].inventory.count; k++)
            if (entry_declares(&all->items[i].inventory.entries[k], physical_id, extra))
                return true;
    return false;
}

bool extra_is_of_rollout(const struct release *release, const struct value *extra)
{
    struct str name = value_get_text(extra, "Name"), id = release->rollout.id;
    struct str alias = str_from_index(name, str_find_last(name, ':') + 1);
    size_t prefix = strlen(ROLLOUT_HOOK_ALIAS);
    return release->state == RELEASE_ROLLING && id.len && str_is(value_get_text(extra, "Kind"), "alias") &&
           str_starts(alias, ROLLOUT_HOOK_ALIAS) && str_equal(str_from_index(alias, prefix), id);
}

/* --- what the properties show --- */

static struct str type_tag_property(const struct resource_type *type)
{
    const struct type_facts *facts = facts_find(str_from(type->name));
    return facts ? facts_tag_property(facts) : STR_EMPTY;
}

static void add_tags(struct arena *arena, const struct resource_type *type, const struct value *declared,
                     const struct value *environment_tags, const struct value *put_tags,
                     struct resource_state *state)
{
    struct str property = type_tag_property(type);
    if (!property.len || value_get_str(declared, property))
        return; /* where some are declared, the others are a difference */
    for (size_t i = 0; value_is(state->tags, VALUE_MAP) && i < state->tags->count; i++) {
        struct str key = state->tags->entries[i].key;
        if (!str_starts(key, "plumb:") && !str_starts(key, "aws:") && !value_get_str(environment_tags, key) &&
            !value_get_str(put_tags, key))
            add_extra(arena, &state->extras, TAG_KIND, key, value_text(state->tags->entries[i].value));
    }
}

/* Their values may be secrets: the names are enough. */
static void add_variables(struct arena *arena, const struct value *declared, struct resource_state *state)
{
    const struct value *live = value_path(state->properties, "Environment", "Variables", NULL);
    if (value_get(declared, "Environment"))
        return;
    for (size_t i = 0; value_is(live, VALUE_MAP) && i < live->count; i++)
        add_extra(arena, &state->extras, VARIABLE_KIND, live->entries[i].key, STR_EMPTY);
}

void extras_of_properties(struct arena *arena, const struct resource_type *type, const struct value *declared,
                          const struct value *environment_tags, const struct value *put_tags,
                          struct resource_state *state)
{
    add_tags(arena, type, declared, environment_tags, put_tags, state);
    if (str_is(str_from(type->name), "AWS::Lambda::Function"))
        add_variables(arena, declared, state);
}

struct str extra_path(struct arena *arena, const struct value *extra)
{
    return arena_printf(arena, "%.*s.%.*s", STR_ARG(value_get_text(extra, "Kind")),
                        STR_ARG(value_get_text(extra, "Name")));
}

/* --- differences --- */

static void add_difference(struct change *change, struct difference difference)
{
    struct differences *all = &change->differences;
    struct difference *more = arena_array(change->arena, all->count + 1, sizeof *more);
    for (size_t i = 0; i < all->count; i++)
        more[i] = all->items[i];
    more[all->count++] = difference;
    all->items = more;
    all->capacity = all->count;
    if (change->action == CHANGE_NONE)
        change->action = CHANGE_UPDATE;
}

/* --- the environment's tags --- */

static struct value *tag_extra(struct arena *arena, struct str name, struct str value)
{
    struct value *list = NULL;
    return add_extra(arena, &list, TAG_KIND, name, value);
}

/* One that the environment wants, or wanted, and that is live otherwise. */
static void compare_tag(struct change *change, struct str name, const struct value *has, struct value *wanted,
                        bool drift)
{
    if (wanted ? has && str_equal(value_text(has), value_text(wanted)) : !has)
        return;
    add_difference(change,
                   (struct difference){.path = arena_printf(change->arena, TAG_KIND ".%.*s", STR_ARG(name)),
                                       .before = has,
                                       .after = wanted,
                                       .extra = tag_extra(change->arena, name, value_text(has)),
                                       .drift = drift});
}

void extras_of_environment(const struct plan *plan, struct change *change)
{
    const struct value *now = plan->input.environment->tags, *was = change->last ? change->last->tags : NULL;
    const struct value *live = change->live.tags;
    if (!live || !(change->type->traits & RESOURCE_TAGGED) || !change->type->update)
        return;
    struct resource_call call = plan_call(plan, change, change->generation);
    struct value *wanted = resource_tags(&call);
    for (size_t i = 0; i < now->count; i++) {
        struct str name = now->entries[i].key;
        compare_tag(change, name, value_get_str(live, name), value_get_str(wanted, name),
                    value_equal(value_get_str(was, name), now->entries[i].value));
    }
    for (size_t i = 0; value_is(was, VALUE_MAP) && i < was->count; i++) {
        struct str name = was->entries[i].key;
        if (!value_get_str(wanted, name))
            compare_tag(change, name, value_get_str(live, name), NULL, false);
    }
}

/* --- planning --- */

/* Extras of what is ours, stays, and is not replaced. */
static bool is_looked_at(const struct change *change)
{
    bool stays = change->action == CHANGE_NONE || change->action == CHANGE_UPDATE;
    return change->desired && change->last && change->found && stays && !change->held.len;
}

/* Runs on a worker. */
static bool list_extras(void *self, size_t index, struct error *error)
{
    struct plan *plan = self;
    struct change *change = &plan->changes[index];
    if (!is_looked_at(change))
        return true;
    struct resource_call call = plan_call(plan, change, change->generation);
    struct resource_state now = {.physical_id = STR_EMPTY};
    /* What hangs on it is told by what is declared now.  The plan read it by what was applied last: where
     * that is another, it is read again. */
    if (change->action != CHANGE_NONE) {
        if (!change->type->read(&call, &now, error))
            return error_prefix(error, "cannot read %.*s '%.*s'", STR_ARG(change->type_name),
                                STR_ARG(change->logical_id));
        change->live.extras = now.extras;
    }
    extras_of_properties(change->arena, change->type, change->properties, plan->input.environment->tags,
                         change->last->tags, &change->live);
    return !change->type->extras || change->type->extras(&call, &change->live.extras, error) ||
           error_prefix(error, "cannot list what hangs on %.*s '%.*s'", STR_ARG(change->type_name),
                        STR_ARG(change->logical_id));
}

/* One that an update of the resource itself takes away. */
static bool of_property(const struct value *extra)
{
    struct str kind = value_get_text(extra, "Kind");
    return str_is(kind, TAG_KIND) || str_is(kind, VARIABLE_KIND);
}

static bool can_go(const struct change *change, const struct value *extra)
{
    return !value_get(extra, "Stays") && (change->type->remove_extra || of_property(extra));
}

static struct value *shown(struct arena *arena, const struct value *extra)
{
    struct str detail = value_get_text(extra, "Detail");
    return value_string(arena, detail.len ? detail : value_get_text(extra, "Name"));
}

static void judge_extras(const struct plan *plan, struct change *change, const struct neighbours *all)
{
    const struct plan_input *input = &plan->input;
    const struct value *extras = change->live.extras;
    for (size_t i = 0; value_is(extras, VALUE_LIST) && i < extras->count; i++) {
        const struct value *extra = extras->items[i];
        struct str path = extra_path(change->arena, extra);
        if (can_go(change, extra) && !extra_is_declared(all, change->physical_id, extra) &&
            !extra_is_of_rollout(input->release, extra) &&
            !drift_is_expected(input->environment, input->now_ms, change->logical_id, path))
            add_difference(change, (struct difference){.path = path,
                                                       .before = shown(change->arena, extra),
                                                       .extra = extra,
                                                       .drift = true});
    }
}

static bool any_has_extras(const struct plan *plan, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_looked_at(&plan->changes[i]) && plan->changes[i].live.extras)
            return true;
    return false;
}

bool extras_plan(struct plan *plan, struct error *error)
{
    size_t count = plan->input.desired->count;
    struct neighbours all;
    if (!plan->input.environment->removes_extras || !plan->input.ledger || plan->input.adoption)
        return true;
    struct graph graph = {.nodes = arena_array(plan->arena, count, sizeof *graph.nodes),
                          .count = count,
                          .visit = list_extras,
                          .self = plan};
    graph_run(&graph, plan->input.workers);
    for (size_t i = 0; i < count; i++)
        if (graph.nodes[i].outcome == NODE_FAILED) {
            *error = graph.nodes[i].error;
            return false;
        }
    if (!any_has_extras(plan, count))
        return true;
    if (!neighbours_load_region(plan->input.ledger, plan->arena, plan->input.owner->region, &all, error))
        return false;
    for (size_t i = 0; i < count; i++)
        if (is_looked_at(&plan->changes[i]))
            judge_extras(plan, &plan->changes[i], &all);
    return true;
}

/* --- applying --- */

bool change_has_extras(const struct change *change)
{
    for (size_t i = 0; i < change->differences.count; i++)
        if (change->differences.items[i].extra)
            return true;
    return false;
}

/* An update takes back what was there before and is not wanted. */
void extras_to_previous(const struct change *change, struct value *previous)
{
    struct arena *arena = change->arena;
    struct str property = type_tag_property(change->type);
    const struct value *old = value_get_str(previous, property);
    struct value *tags = value_is(old, VALUE_LIST)  ? tags_as_map(arena, old, "Key", "Value")
                         : value_is(old, VALUE_MAP) ? value_copy(arena, old)
                                                    : value_map(arena);
    for (size_t i = 0; i < change->differences.count; i++) {
        const struct value *extra = change->differences.items[i].extra;
        struct str kind = value_get_text(extra, "Kind");
        if (str_is(kind, TAG_KIND))
            and_with(arena, tags, arena_strz(arena, value_get_text(extra, "Name")),
                     value_get_text(extra, "Detail"));
        else if (str_is(kind, VARIABLE_KIND) && value_get(change->live.properties, "Environment"))
            value_setz(arena, previous, "Environment", value_get(change->live.properties, "Environment"));
    }
    if (tags->count)
        value_set(arena, previous, property, tags_as_list(arena, tags, "Key", "Value"));
}

bool extras_remove(struct plan *plan, struct change *change, struct error *error)
{
    struct resource_call call = plan_call(plan, change, change->generation);
    call.attributes = change->live.attributes;
    for (size_t i = 0; i < change->differences.count; i++) {
        const struct value *extra = change->differences.items[i].extra;
        if (extra && !of_property(extra) && !change->type->remove_extra(&call, extra, error))
            return error_prefix(error, "cannot remove '%.*s'", STR_ARG(change->differences.items[i].path));
    }
    return true;
}
