#include "reconciler/plan.h"

#include <stdlib.h>

#include "providers/cloudcontrol/types.h"
#include "providers/facts.h"
#include "providers/plain.h"
#include "reconciler/assets.h"
#include "reconciler/extras.h"
#include "reconciler/freeze.h"
#include "reconciler/graph.h"
#include "reconciler/guards.h"
#include "reconciler/judge.h"
#include "reconciler/opaque.h"
#include "reconciler/outputs.h"
#include "reconciler/plan_digest.h"
#include "reconciler/release_set.h"
#include "reconciler/rivals.h"
#include "reconciler/secret_mark.h"

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
    if (!text.len && plan->outputs_differ)
        buf_printf(&text, "outputs %s", words[CHANGE_NONE]);
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
    return plan->actions[CHANGE_NONE] != plan->count || plan->outputs_differ;
}

bool plan_only_heals(const struct plan *plan)
{
    if (plan->outputs_declared || plan->actions[CHANGE_NONE] == plan->count)
        return false;
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

bool change_is_settled(const struct change *change)
{
    if (opaque(change) && change->action == CHANGE_UPDATE)
        return change->done;
    return change->done || change->action == CHANGE_NONE || change->action == CHANGE_UPDATE ||
           change->action == CHANGE_ADOPT;
}

bool policy_keeps(enum removal_policy policy)
{
    return policy == REMOVAL_RETAIN || policy == REMOVAL_RETAIN_EXCEPT_ON_CREATE;
}

bool change_needs_replacement(const struct change *change, const struct differences *differences)
{
    return differences_recreate(differences) ||
           (differences->count && change->type->traits & RESOURCE_IMMUTABLE);
}

static bool no_attribute(const struct change *change, struct str attribute, struct error *error)
{
    error_set(error, ERROR_INVALID, "%.*s has no attribute '%.*s'", STR_ARG(change->type_name),
              STR_ARG(attribute));
    error_set_name(error, PLAN_NO_ATTRIBUTE);
    return false;
}

/* Can a resource of the type have it?  Where the facts do not know the type, that shows after apply. */
static bool may_have_attribute(const struct change *change, struct str attribute)
{
    const struct type_facts *facts = facts_find(change->type_name);
    bool output =
        str_starts(attribute, "Outputs.") && str_is(change->type_name, "AWS::CloudFormation::Stack");
    return !facts || opaque(change) || !attribute.len || output ||
           facts_kind(facts, attribute) != FACTS_NO_PROPERTY;
}

/* What a resource that is gone will have again when it is made under the same name: texts that hold that
 * name. Streams are dated, so theirs do not come back. */
static const struct value *comes_back(const struct plan *plan, struct arena *arena,
                                      const struct change *change, struct str attribute)
{
    const char *property = change->type->name_property;
    if (change->action != CHANGE_CREATE || !change->missing || !property)
        return NULL;
    struct str name = value_get_text(change->properties, property);
    if (!name.len)
        name = resource_name(arena, plan->input.owner, change->logical_id, change->generation, change->type);
    const struct value *was = attribute.len ? value_get_str(change->last->attributes, attribute)
                                            : value_string(arena, change->last->physical_id);
    bool named = was && str_contains(value_text(was), arena_strz(arena, name));
    return named && !str_contains(value_text(was), "/stream/") ? was : NULL;
}

/* Will the update that is still to come give it another value? */
static bool moves(const struct change *change, struct str attribute)
{
    const char *moving = change->type->moving_attribute;
    if (!moving || !str_is(attribute, moving) || change->action != CHANGE_UPDATE || change->done)
        return false;
    for (size_t i = 0; i < change->differences.count; i++)
        if (!str_starts(change->differences.items[i].path, "Tags"))
            return true;
    return false;
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
    if (!change_is_settled(change)) {
        if (!may_have_attribute(change, attribute))
            return no_attribute(change, attribute, error);
        const struct value *again = comes_back(self, arena, change, attribute);
        *out = again ? value_copy(arena, again) : value_unknown(arena, name);
        return true;
    }
    if (!attribute.len) {
        *out = value_string(arena, change->physical_id);
        return true;
    }
    const struct value *found =
        moves(change, attribute) ? NULL : value_get_str(change->live.attributes, attribute);
    if (value_is_text(found, "****"))
        *out = value_secret(arena, found->text);
    else if (found)
        *out = value_copy(arena, found);
    else if (change->action != CHANGE_NONE && !change->done)
        *out = value_unknown(arena, name);
    else
        return no_attribute(change, attribute, error);
    return true;
}

bool plan_evaluate(struct plan *plan, struct arena *arena, const struct value *value,
                   struct question *question, struct value **out, struct error *error)
{
    const struct outside outside = question_outside(question);
    const struct resolver resolver = {
        .self = plan, .lookup = lookup, .outside = question->answers ? &outside : NULL};
    return desired_resolve(arena, value, &resolver, out, error);
}

bool plan_resolve(struct plan *plan, struct change *change, struct value **properties, struct error *error)
{
    /* What a release that was cut off or failed has read is not recorded: the newest, most likely. */
    bool pinned = change->last && !judge_was_intended(plan, change->logical_id);
    struct question question = {.answers = plan->input.answers,
                                .pinned = pinned ? change->last->versions : NULL,
                                .versions = value_map(change->arena),
                                .makes = plan->input.desired,
                                .late = change->tried};
    change->versions = question.versions;
    if (plan_evaluate(plan, change->arena, change->desired->properties, &question, properties, error)) {
        if (question.waits_for.len)
            change->held =
                arena_printf(change->arena, "it imports from '%.*s', which has to be released first",
                             STR_ARG(question.waits_for));
        return true;
    }
    return value_error(change->desired->node, error, error->code, "%.*s: %s", STR_ARG(change->logical_id),
                       error->message);
}

/* What other logical ids have; only types without name and tags ask. */
static struct value *taken_ids(const struct plan *plan, const struct change *change)
{
    const struct inventory *inventory = plan->input.inventory;
    const struct plain *plain = change->type->plain;
    bool asks = plain ? plain->list != NULL : (change->type->traits & RESOURCE_BY_FACTS) != 0;
    if (!asks || (change->type->traits & RESOURCE_TAGGED))
        return NULL;
    struct value *taken = value_list(change->arena);
    for (size_t i = 0; i < inventory->count; i++) {
        const struct inventory_entry *entry = &inventory->entries[i];
        if (str_equal(entry->type, change->type_name) && !str_equal(entry->logical_id, change->logical_id))
            value_append(change->arena, taken, value_string(change->arena, entry->physical_id));
    }
    return taken;
}

struct resource_call plan_call(const struct plan *plan, struct change *change, int64_t generation)
{
    struct arena *arena = change->arena;
    const struct owner *owner = plan->input.owner;
    const struct value *attributes = change->live.attributes;
    struct str purpose = str_from(plan->input.commit.hex);
    if (opaque(change))
        purpose = arena_printf(arena, "intent %.*s", STR_ARG(opaque_intent(plan, change)));
    return (struct resource_call){
        .aws = plan->input.aws,
        .arena = arena,
        .logical_id = change->logical_id,
        .type = change->type_name,
        .stack_id = plan->input.desired->stack_id,
        .physical_id = change->physical_id,
        .name = resource_name(arena, owner, change->logical_id, generation, change->type),
        .token = idempotency_token(arena, owner, change->logical_id, generation, purpose),
        .properties = change->properties,
        .previous = change->last ? secrets_hidden(arena, change->last->properties) : NULL,
        .attributes = attributes     ? attributes
                      : change->last ? change->last->attributes
                                     : NULL,
        .tags = ownership_tags(arena, owner, change->logical_id, generation),
        .artifacts = plan->input.artifacts,
        .taken = taken_ids(plan, change),
        .sought = change->begun || judge_was_intended(plan, change->logical_id),
        .new_permissions = plan->new_permissions,
    };
}

/* CloudFormation has the type, and neither plumb nor Cloud Control can manage it. */
static bool refuse_unmanaged(const struct desired_resource *resource, struct error *error)
{
    struct arena *arena = arena_new();
    struct str missing = cloudcontrol_missing(arena, resource->type);
    value_error(
        resource->node, error, ERROR_INVALID,
        "%.*s: plumb has no calls of its own for '%.*s', and AWS Cloud Control cannot manage it (it has no "
        "handler for: %.*s): leave it to a CloudFormation stack, and take it out of the template",
        STR_ARG(resource->logical_id), STR_ARG(resource->type), STR_ARG(missing));
    arena_free(arena);
    return false;
}

static bool check_resource(const struct desired_resource *resource, const struct resource_type **type,
                           struct error *error)
{
    *type = resource_type_find(resource->type);
    const struct type_facts *facts = facts_find(resource->type);
    if (*type && (*type)->traits & RESOURCE_OPAQUE)
        facts = facts_find(str_from((*type)->name));
    if (!*type && str_starts(resource->type, "Custom::"))
        return value_error(resource->node, error, ERROR_INVALID,
                           "%.*s: a custom type is named by 1 to 60 letters, digits, '_', '@' and '-', not "
                           "'%.*s'",
                           STR_ARG(resource->logical_id), STR_ARG(resource->type));
    if (!facts && !*type) {
        facts_refuse_type(resource->type, resource->node, error);
        return error_prefix(error, "%.*s", STR_ARG(resource->logical_id));
    }
    if (!*type)
        return refuse_unmanaged(resource, error);
    if (facts && !facts_check(facts, resource->properties, error))
        return error_prefix(error, "%.*s", STR_ARG(resource->logical_id));
    return true;
}

static bool changes_permissions(const struct change *change)
{
    return str_starts(change->type_name, "AWS::IAM::") &&
           (change->action == CHANGE_CREATE || change->action == CHANGE_UPDATE ||
            change->action == CHANGE_REPLACE);
}

/* What was rolled back is not tried again until Git asks for something else, or a person says so. */
static void reject(struct plan *plan)
{
    const struct release *release = plan->input.release;
    if (!release->rejected.len || !plan_has_changes(plan) ||
        !str_equal(release->rejected,
                   release_set_key(plan->arena, plan->input.desired, plan->input.application)))
        return;
    plan->rejected = arena_printf(plan->arena,
                                  "%.7s was rolled back: %.*s; commit a change to try another, or `plumb "
                                  "rollout resume` tries it again",
                                  release->commit.hex, STR_ARG(release->rollout.reason));
    plan->held++;
}

static void finish(struct plan *plan)
{
    plan->held += plan->assets->held.len > 0;
    for (size_t i = 0; i < plan->count; i++) {
        const struct change *change = &plan->changes[i];
        plan->actions[change->action]++;
        plan->new_permissions = plan->new_permissions || changes_permissions(change);
        plan->held += change->held.len > 0;
        plan->retained += change->retained;
        plan->not_comparable += change->differences.not_comparable;
    }
    plan_digest(plan);
    reject(plan);
    const struct trust_verdict *trust = plan->input.trust;
    plan->untrusted = trust && trust->broken != TRUST_HOLDS ? trust->sentence : STR_EMPTY;
    plan->held += plan->untrusted.len > 0;
}

static bool hold_frozen(struct plan *plan, struct error *error)
{
    bool held;
    struct str why;
    if (!freeze_check(plan, &held, &why, error))
        return false;
    if (!held || plan->rejected.len)
        return true;
    plan->rejected = why;
    plan->held++;
    return true;
}

static size_t position_of(const struct desired *desired, struct str logical_id)
{
    size_t i = 0;
    while (i < desired->count && !str_equal(desired->resources[i].logical_id, logical_id))
        i++;
    return i;
}

struct graph_node *plan_graph(const struct plan *plan)
{
    struct arena *arena = plan->arena;
    const struct desired *desired = plan->input.desired;
    struct graph_node *nodes = arena_array(arena, plan->count, sizeof *nodes);
    for (size_t i = 0; i < desired->count; i++) {
        size_t count = desired->resources[i].depends_count;
        size_t *edges = arena_array(arena, count, sizeof *edges);
        for (size_t k = 0; k < count; k++)
            edges[k] = position_of(desired, desired->resources[i].depends_on[k]);
        nodes[i] = (struct graph_node){.depends_on = edges, .depends_count = count};
    }
    return nodes;
}

/* One resource against the account; runs on a worker. */
static bool judge(void *self, size_t index, struct error *error)
{
    struct plan *plan = self;
    struct change *change = &plan->changes[index];
    return change->desired ? judge_desired(plan, change, error) : judge_leaving(plan, change, error);
}

static bool judge_all(struct plan *plan, struct error *error)
{
    struct graph graph = {.nodes = plan_graph(plan), .count = plan->count, .visit = judge, .self = plan};
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
            plan->changes[plan->count++] = (struct change){.logical_id = entry->logical_id,
                                                           .type_name = entry->type,
                                                           .type = resource_type_find(entry->type),
                                                           .action = CHANGE_DELETE,
                                                           .physical_id = entry->physical_id,
                                                           .generation = entry->generation,
                                                           .last = entry,
                                                           .arena = arena_new()};
    }
}

static bool is_recorded(const struct plan *plan, const struct release_change *made)
{
    const struct inventory *inventory = plan->input.inventory;
    for (size_t i = 0; i < inventory->count; i++)
        if (str_equal(inventory->entries[i].logical_id, made->logical_id) &&
            str_equal(inventory->entries[i].type, made->type) &&
            inventory->entries[i].generation == made->generation)
            return true;
    return false;
}

/* What a release that did not finish may have made, and nobody recorded. */
static void collect_begun(struct plan *plan)
{
    const struct release *release = plan->input.release;
    bool unfinished = release_is_unfinished(release);
    for (size_t i = 0; unfinished && i < release->change_count; i++) {
        const struct release_change *made = &release->changes[i];
        const struct resource_type *type = resource_type_find(made->type);
        if (!type || !made->identity || is_recorded(plan, made))
            continue;
        struct change *change = &plan->changes[plan->count++];
        struct inventory_entry *entry = arena_array(plan->arena, 1, sizeof *entry);
        *entry = (struct inventory_entry){.logical_id = made->logical_id,
                                          .type = made->type,
                                          .properties = made->identity,
                                          .attributes = value_map(plan->arena),
                                          .generation = made->generation,
                                          .leaving = true};
        opaque_depends(plan->arena, made->identity, entry);
        *change = (struct change){.logical_id = made->logical_id,
                                  .type_name = made->type,
                                  .type = type,
                                  .action = CHANGE_DELETE,
                                  .begun = true,
                                  .generation = made->generation,
                                  .last = entry,
                                  .arena = arena_new()};
    }
}

bool plan_same_place(const struct value *a, const struct value *b)
{
    for (size_t i = 0; value_is(a, VALUE_MAP) && i < a->count; i++) {
        const struct value *other = value_get_str(b, a->entries[i].key);
        if (other && other->kind != VALUE_MAP && !value_equal(a->entries[i].value, other))
            return false;
    }
    return true;
}

bool plan_stands_for(const struct plan *plan, const struct change *leaving)
{
    for (size_t i = 0; i < plan->input.desired->count; i++) {
        const struct change *change = &plan->changes[i];
        if ((change->found || change->done) && str_equal(change->type_name, leaving->type_name) &&
            str_equal(change->physical_id, leaving->last->physical_id) &&
            (change->type->traits & RESOURCE_TAGGED ||
             plan_same_place(leaving->last->properties, change->properties)))
            return true;
    }
    return false;
}

/* What only got another logical id does not leave, nor what was never made or is wanted still. */
static bool stays(const struct plan *plan, const struct change *leaving)
{
    const struct change *wanted = plan_find(plan, leaving->logical_id);
    return plan_stands_for(plan, leaving) ||
           (leaving->begun &&
            (!leaving->found || (wanted && str_equal(wanted->type_name, leaving->type_name) &&
                                 wanted->generation == leaving->generation)));
}

static void drop_staying(struct plan *plan)
{
    size_t kept = plan->input.desired->count;
    for (size_t i = kept; i < plan->count; i++) {
        if (stays(plan, &plan->changes[i]))
            arena_free(plan->changes[i].arena);
        else
            plan->changes[kept++] = plan->changes[i];
    }
    plan->count = kept;
}

bool plan_make(const struct plan_input *input, struct plan **out, struct error *error)
{
    struct plan *plan = memory_alloc(sizeof *plan);
    plan->input = *input;
    plan->arena = arena_new();
    plan->refused = arena_alloc(plan->arena, sizeof *plan->refused);
    const struct desired *desired = input->desired;
    plan->changes =
        arena_array(plan->arena, desired->count + input->inventory->count + input->release->change_count,
                    sizeof *plan->changes);
    bool ok = true;
    for (size_t i = 0; ok && i < desired->count; i++) {
        const struct desired_resource *resource = &desired->resources[i];
        const struct inventory_entry *last = inventory_find(input->inventory, resource->logical_id);
        if (last && !str_equal(last->type, resource->type))
            last = NULL;
        plan->changes[plan->count++] = (struct change){
            .logical_id = resource->logical_id,
            .type_name = resource->type,
            .desired = resource,
            .last = last,
            .physical_id = last ? last->physical_id : STR_EMPTY,
            .generation = last ? last->generation : 0,
            .arena = arena_new(),
        };
        ok = check_resource(resource, &plan->changes[i].type, error);
    }
    ok = ok && assets_check(plan, error);
    if (ok) {
        collect_leaving(plan);
        collect_begun(plan);
    }
    ok = ok && judge_all(plan, error) && rivals_hold(plan, error);
    if (ok) {
        drop_staying(plan);
        judge_deletes(plan);
        ok = extras_plan(plan, error) && outputs_plan(plan, error) && assets_look(plan, error);
    }
    if (!ok) {
        plan_free(plan);
        return false;
    }
    guards_check(plan, plan->arena, plan->refused);
    finish(plan);
    if (!hold_frozen(plan, error)) {
        plan_free(plan);
        return false;
    }
    *out = plan;
    return true;
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
