#include "reconciler/plan.h"

#include <stdlib.h>

#include "base/digest.h"
#include "base/json.h"
#include "providers/facts.h"
#include "reconciler/graph.h"

const char *change_action_name(enum change_action action)
{
    static const char *const names[] = {
        [CHANGE_NONE] = "none",       [CHANGE_CREATE] = "create", [CHANGE_UPDATE] = "update",
        [CHANGE_REPLACE] = "replace", [CHANGE_DELETE] = "delete", [CHANGE_ADOPT] = "adopt",
    };
    return names[action];
}

struct str plan_counts(struct arena *arena, const struct plan *plan,
                       const char *const words[CHANGE_ADOPT + 1], const char *retained)
{
    struct buf text = BUF_INIT(BUF_SMALL);
    for (int action = CHANGE_CREATE; action <= CHANGE_ADOPT; action++) {
        size_t count = plan->actions[action] - (action == CHANGE_DELETE ? plan->retained : 0);
        if (count)
            buf_printf(&text, "%s%zu %s", text.len ? ", " : "", count, words[action]);
    }
    if (plan->retained)
        buf_printf(&text, "%s%zu %s", text.len ? ", " : "", plan->retained, retained);
    struct str result = arena_str(arena, buf_str(&text));
    buf_release(&text);
    return result;
}

struct change *plan_find(const struct plan *plan, struct str logical_id)
{
    for (size_t i = 0; i < plan->input.desired->count; i++)
        if (str_equal(plan->changes[i].logical_id, logical_id))
            return &plan->changes[i];
    return NULL;
}

bool plan_has_changes(const struct plan *plan)
{
    return plan->actions[CHANGE_NONE] != plan->count;
}

bool plan_only_heals(const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct change *change = &plan->changes[i];
        if (change->action == CHANGE_NONE || (change->action == CHANGE_CREATE && change->missing))
            continue;
        if (change->action != CHANGE_UPDATE && change->action != CHANGE_REPLACE)
            return false;
        for (size_t k = 0; k < change->differences.count; k++)
            if (!change->differences.items[k].drift)
                return false;
    }
    return true;
}

static bool is_settled(const struct change *change)
{
    return change->done || change->action == CHANGE_NONE || change->action == CHANGE_UPDATE ||
           change->action == CHANGE_ADOPT;
}

static bool no_attribute(const struct change *change, struct str attribute, struct error *error)
{
    return error_set(error, ERROR_INVALID, "%.*s has no attribute '%.*s'", STR_ARG(change->type_name),
                     STR_ARG(attribute));
}

/* Can a resource of the type have it?  Where the facts do not know the type, that shows after apply. */
static bool may_have_attribute(const struct change *change, struct str attribute)
{
    const struct type_facts *facts = facts_find(change->type_name);
    return !facts || !attribute.len || facts_kind(facts, attribute) != FACTS_NO_PROPERTY;
}

static bool lookup(void *self, struct arena *arena, struct str logical_id, struct str attribute,
                   struct value **out, struct error *error)
{
    const struct change *change = plan_find(self, logical_id);
    if (!change)
        return error_set(error, ERROR_BUG, "no resource '%.*s'", STR_ARG(logical_id));
    struct str name = attribute.len
                          ? arena_printf(arena, "%.*s.%.*s", STR_ARG(logical_id), STR_ARG(attribute))
                          : logical_id;
    if (!is_settled(change)) {
        if (!may_have_attribute(change, attribute))
            return no_attribute(change, attribute, error);
        *out = value_unknown(arena, name);
        return true;
    }
    if (!attribute.len) {
        *out = value_string(arena, change->physical_id);
        return true;
    }
    const struct value *found = value_get_str(change->live.attributes, attribute);
    if (found)
        *out = value_copy(arena, found);
    else if (change->action != CHANGE_NONE && !change->done)
        *out = value_unknown(arena, name);
    else
        return no_attribute(change, attribute, error);
    return true;
}

bool plan_resolve(struct plan *plan, struct change *change, struct value **properties, struct error *error)
{
    const struct resolver resolver = {.self = plan, .lookup = lookup};
    if (desired_resolve(change->arena, change->desired->properties, &resolver, properties, error))
        return true;
    return value_error(change->desired->node, error, error->code, "%.*s: %s", STR_ARG(change->logical_id),
                       error->message);
}

struct resource_call plan_call(const struct plan *plan, struct change *change, int64_t generation)
{
    struct arena *arena = change->arena;
    const struct owner *owner = plan->input.owner;
    return (struct resource_call){
        .aws = plan->input.aws,
        .arena = arena,
        .logical_id = change->logical_id,
        .physical_id = change->physical_id,
        .name = resource_name(arena, owner, change->logical_id, generation, change->type),
        .token =
            idempotency_token(arena, owner, change->logical_id, generation, str_from(plan->input.commit.hex)),
        .properties = change->properties,
        .previous = change->last ? change->last->properties : NULL,
        .attributes = change->last ? change->last->attributes : NULL,
        .tags = ownership_tags(arena, owner, change->logical_id, generation),
        .artifacts = plan->input.artifacts,
    };
}

static bool contains(const struct str *names, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(names[i], name))
            return true;
    return false;
}

static bool is_stateful(const struct change *change)
{
    const struct type_facts *facts = facts_find(change->type_name);
    return (change->type && change->type->traits & RESOURCE_STATEFUL) || (facts && facts_is_stateful(facts));
}

/* Did the ledger announce that this resource would be made? */
static bool was_intended(const struct plan *plan, struct str logical_id)
{
    const struct release *release = plan->input.release;
    if (release->state != RELEASE_APPLYING && release->state != RELEASE_FAILED)
        return false;
    for (size_t i = 0; i < release->change_count; i++)
        if (str_equal(release->changes[i].logical_id, logical_id) &&
            !str_is(release->changes[i].action, "delete"))
            return true;
    return false;
}

/* Does it belong to a resource that is ours, as a bucket policy does to its bucket? */
static bool parent_is_ours(const struct plan *plan, const struct change *change)
{
    for (size_t i = 0; i < change->desired->depends_count; i++)
        if (inventory_find(plan->input.inventory, change->desired->depends_on[i]))
            return true;
    return false;
}

/* A resource that we have no record of stands where ours should: whose is it? */
static void judge_found(const struct plan *plan, struct change *change)
{
    struct str who;
    enum ownership ownership = OWNED_BY_NOBODY;
    change->action = CHANGE_ADOPT;
    change->physical_id = change->live.physical_id;
    if (change->type->traits & RESOURCE_TAGGED)
        ownership = ownership_of(change->arena, plan->input.owner, change->logical_id, change->generation,
                                 change->live.tags, &who);
    else if (was_intended(plan, change->logical_id) || parent_is_ours(plan, change))
        ownership = OWNED_BY_US;
    if (ownership == OWNED_BY_NOBODY && was_intended(plan, change->logical_id)) {
        /* When the intent was recorded nothing stood there: it is what we began to make. */
        change->unmarked = true;
        ownership = OWNED_BY_US;
    }
    if (ownership == OWNED_BY_US)
        return;
    change->held = arena_printf(
        change->arena, "'%.*s' already exists and %s%.*s: rename ours in the template or remove theirs",
        STR_ARG(change->physical_id), ownership == OWNED_BY_OTHER ? "belongs to " : "was not made by plumb",
        STR_ARG(ownership == OWNED_BY_OTHER ? who : STR_EMPTY));
}

static void judge_replacement(const struct plan *plan, struct change *change)
{
    const struct application *application = plan->input.application;
    const char *name = change->type->name_property;
    change->action = CHANGE_REPLACE;
    change->generation++;
    change->delete_first =
        name && value_get(change->properties, name) && change->live.properties &&
        value_equal(value_get(change->properties, name), value_get(change->live.properties, name));
    if (is_stateful(change) &&
        !contains(application->allow_replace, application->allow_replace_count, change->logical_id))
        change->held = arena_printf(
            change->arena, "replacing it would lose its data: add it to allow.replace in %.*s to do so",
            STR_ARG(application->file));
}

/* Code that went live without plumb: the digest is not the one that was released. */
static void compare_code(struct change *change)
{
    const char *attribute = change->type->attribute_of_code;
    if (!attribute || !change->last || !change->last->code.len)
        return;
    const struct value *live = value_get(change->live.attributes, attribute);
    if (!live || str_equal(value_text(live), change->last->code))
        return;
    change->code_drift = true;
}

static void judge_live(const struct plan *plan, struct change *change)
{
    diff_properties(change->arena, change->type, change->properties, change->live.properties,
                    change->last ? change->last->properties : NULL, &change->differences);
    compare_code(change);
    if (differences_recreate(&change->differences) ||
        (change->differences.count && change->type->traits & RESOURCE_IMMUTABLE))
        judge_replacement(plan, change);
    else if (change->action != CHANGE_ADOPT && (change->differences.count || change->code_drift))
        change->action = CHANGE_UPDATE;
}

/* Everything that tells which resource it is, is known: so that a foreign one with the wanted name is noticed
 * before anything is made. */
static bool has_known_name(const struct change *change)
{
    const char *name = change->type->name_property;
    const struct type_facts *facts = facts_find(change->type_name);
    struct str path;
    if (!name || !(change->type->traits & RESOURCE_TAGGED))
        return false;
    for (size_t i = 0; facts && facts_path(facts, FACTS_PRIMARY_IDENTIFIER, i, &path); i++)
        if (value_is(value_get_str(change->properties, path), VALUE_UNKNOWN))
            return false;
    return !value_is(value_get(change->properties, name), VALUE_UNKNOWN);
}

/* A version or deployment is made of what it depends on as that is now: where that changes first, what exists
 * is an older one. */
static bool is_made_of_changes(const struct plan *plan, const struct change *change)
{
    if (!(change->type->traits & RESOURCE_IMMUTABLE))
        return false;
    for (size_t i = 0; i < change->desired->depends_count; i++) {
        const struct change *other = plan_find(plan, change->desired->depends_on[i]);
        if (other && (other->differences.count || other->code_drift || !is_settled(other)))
            return true;
    }
    return false;
}

static bool read_live(struct plan *plan, struct change *change, struct error *error)
{
    bool known = change->last && str_equal(change->last->type, change->type_name);
    struct resource_call call = plan_call(plan, change, change->generation);
    if (known)
        call.properties = change->last->properties;
    bool (*reader)(const struct resource_call *, struct resource_state *, struct error *) =
        known ? change->type->read : change->type->find;
    if (!known && (is_made_of_changes(plan, change) ||
                   (value_find_unknown(change->properties) && !has_known_name(change))))
        return true; /* it refers to what does not exist yet: so it does not exist either */
    change->found = reader(&call, &change->live, error);
    if (change->found || error->code == ERROR_NOT_FOUND) {
        error_clear(error);
        return true;
    }
    return error_prefix(error, "cannot read %.*s '%.*s'", STR_ARG(change->type_name),
                        STR_ARG(change->logical_id));
}

/* One desired resource against the account; runs on a worker. */
static bool plan_resource(void *self, size_t index, struct error *error)
{
    struct plan *plan = self;
    struct change *change = &plan->changes[index];
    if (!plan_resolve(plan, change, &change->properties, error) || !read_live(plan, change, error))
        return false;
    if (!change->found) {
        change->action = CHANGE_CREATE;
        change->missing = change->last != NULL;
        return true;
    }
    if (!change->last || !str_equal(change->last->type, change->type_name))
        judge_found(plan, change);
    else
        change->physical_id = change->live.physical_id;
    judge_live(plan, change);
    return true;
}

static bool check_resource(const struct desired_resource *resource, const struct resource_type **type,
                           struct error *error)
{
    *type = resource_type_find(resource->type);
    const struct type_facts *facts = facts_find(resource->type);
    if (!facts && !*type) {
        const char *nearest = facts_nearest_type(resource->type);
        return value_error(resource->node, error, ERROR_INVALID, "%.*s: unknown resource type '%.*s'%s%s%s",
                           STR_ARG(resource->logical_id), STR_ARG(resource->type),
                           nearest ? ", did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
    }
    if (!*type)
        return value_error(resource->node, error, ERROR_INVALID,
                           "%.*s: this plumb cannot manage '%.*s' yet: take it out of the template",
                           STR_ARG(resource->logical_id), STR_ARG(resource->type));
    if (facts && !facts_check(facts, resource->properties, error))
        return error_prefix(error, "%.*s", STR_ARG(resource->logical_id));
    return true;
}

static void leave(struct plan *plan, struct change *change, const struct inventory_entry *entry)
{
    const struct application *application = plan->input.application;
    *change = (struct change){
        .logical_id = entry->logical_id,
        .type_name = entry->type,
        .type = resource_type_find(entry->type),
        .action = CHANGE_DELETE,
        .physical_id = entry->physical_id,
        .generation = entry->generation,
        .last = entry,
        .retained = entry->deletion_policy == REMOVAL_RETAIN ||
                    entry->deletion_policy == REMOVAL_RETAIN_EXCEPT_ON_CREATE,
        .arena = arena_new(),
    };
    bool allowed = contains(application->allow_delete, application->allow_delete_count, entry->logical_id) ||
                   (entry->leaving && contains(application->allow_replace, application->allow_replace_count,
                                               entry->logical_id));
    if (!change->type && !change->retained)
        change->held = arena_printf(change->arena, "this plumb cannot delete '%.*s'", STR_ARG(entry->type));
    else if (!change->retained && is_stateful(change) && !allowed)
        change->held = arena_printf(
            change->arena, "deleting it would lose its data: add it to allow.delete in %.*s to do so",
            STR_ARG(application->file));
}

/* More than a fifth of an application goes only when Git says so. */
static void hold_many_deletes(struct plan *plan)
{
    const struct inventory *inventory = plan->input.inventory;
    size_t lost = 0;
    for (size_t i = 0; i < plan->count; i++) {
        const struct change *change = &plan->changes[i];
        bool immutable = change->type && change->type->traits & RESOURCE_IMMUTABLE;
        lost += !immutable &&
                ((change->action == CHANGE_DELETE && !change->retained) || change->action == CHANGE_REPLACE);
    }
    if (plan->input.application->allow_many_deletes || lost * 5 <= inventory->count)
        return;
    for (size_t i = 0; i < plan->count; i++) {
        struct change *change = &plan->changes[i];
        if (change->action == CHANGE_DELETE && !change->retained && !change->held.len)
            change->held = arena_printf(
                change->arena, "%zu of %zu resources would go: set allow.manyDeletes in %.*s to do so", lost,
                inventory->count, STR_ARG(plan->input.application->file));
    }
}

static struct value *differences_value(struct arena *arena, const struct change *change)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < change->differences.count; i++) {
        const struct difference *d = &change->differences.items[i];
        struct value *item = value_list(arena);
        value_append(arena, item, value_string(arena, d->path));
        value_append(arena, item, d->before ? value_copy(arena, d->before) : value_null(arena));
        value_append(arena, item, d->after ? value_copy(arena, d->after) : value_null(arena));
        value_append(arena, list, item);
    }
    return list;
}

static void finish(struct plan *plan)
{
    struct value *all = value_list(plan->arena);
    value_append(plan->arena, all, value_stringz(plan->arena, plan->input.commit.hex));
    for (size_t i = 0; i < plan->count; i++) {
        const struct change *change = &plan->changes[i];
        plan->actions[change->action]++;
        plan->held += change->held.len > 0;
        plan->retained += change->retained;
        plan->not_comparable += change->differences.not_comparable;
        if (change->action == CHANGE_NONE)
            continue;
        value_append(plan->arena, all, value_string(plan->arena, change->logical_id));
        value_append(plan->arena, all, value_stringz(plan->arena, change_action_name(change->action)));
        value_append(plan->arena, all, value_string(plan->arena, change->physical_id));
        value_append(plan->arena, all, differences_value(plan->arena, change));
        value_append(plan->arena, all,
                     change->properties ? value_copy(plan->arena, change->properties)
                                        : value_null(plan->arena));
    }
    plan->hash = sha256_hex(plan->arena, json_text(plan->arena, all, JSON_CANONICAL));
}

static size_t position_of(const struct desired *desired, struct str logical_id)
{
    size_t i = 0;
    while (i < desired->count && !str_equal(desired->resources[i].logical_id, logical_id))
        i++;
    return i;
}

static struct graph_node *desired_graph(struct arena *arena, const struct desired *desired)
{
    struct graph_node *nodes = arena_array(arena, desired->count, sizeof *nodes);
    for (size_t i = 0; i < desired->count; i++) {
        size_t count = desired->resources[i].depends_count;
        size_t *edges = arena_array(arena, count, sizeof *edges);
        for (size_t k = 0; k < count; k++)
            edges[k] = position_of(desired, desired->resources[i].depends_on[k]);
        nodes[i] = (struct graph_node){.depends_on = edges, .depends_count = count};
    }
    return nodes;
}

static bool read_all(struct plan *plan, struct error *error)
{
    const struct desired *desired = plan->input.desired;
    struct graph graph = {
        .nodes = desired_graph(plan->arena, desired),
        .count = desired->count,
        .visit = plan_resource,
        .self = plan,
    };
    graph_run(&graph, plan->input.workers);
    for (size_t i = 0; i < graph.count; i++)
        if (graph.nodes[i].outcome == NODE_FAILED) {
            *error = graph.nodes[i].error;
            return false;
        }
    return true;
}

static void collect_leaving(struct plan *plan)
{
    const struct inventory *inventory = plan->input.inventory;
    for (size_t i = 0; i < inventory->count; i++) {
        const struct inventory_entry *entry = &inventory->entries[i];
        const struct change *stays = plan_find(plan, entry->logical_id);
        if (entry->leaving || !stays || !str_equal(stays->type_name, entry->type))
            leave(plan, &plan->changes[plan->count++], entry);
    }
}

bool plan_make(const struct plan_input *input, struct plan **out, struct error *error)
{
    struct plan *plan = memory_alloc(sizeof *plan);
    plan->input = *input;
    plan->arena = arena_new();
    const struct desired *desired = input->desired;
    plan->changes = arena_array(plan->arena, desired->count + input->inventory->count, sizeof *plan->changes);
    bool ok = true;
    for (size_t i = 0; ok && i < desired->count; i++) {
        const struct desired_resource *resource = &desired->resources[i];
        const struct inventory_entry *last = inventory_find(input->inventory, resource->logical_id);
        plan->changes[plan->count++] = (struct change){
            .logical_id = resource->logical_id,
            .type_name = resource->type,
            .desired = resource,
            .last = last,
            .physical_id = last && str_equal(last->type, resource->type) ? last->physical_id : STR_EMPTY,
            .generation = last ? last->generation : 0,
            .arena = arena_new(),
        };
        ok = check_resource(resource, &plan->changes[i].type, error);
    }
    if (ok && read_all(plan, error)) {
        collect_leaving(plan);
        hold_many_deletes(plan);
        finish(plan);
        *out = plan;
        return true;
    }
    plan_free(plan);
    return false;
}

void plan_free(struct plan *plan)
{
    if (!plan)
        return;
    for (size_t i = 0; i < plan->count; i++)
        arena_free(plan->changes[i].arena);
    arena_free(plan->arena);
    free(plan);
}
