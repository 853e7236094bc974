#include "reconciler/opaque.h"

#include "reconciler/secret_mark.h"

bool opaque(const struct change *change)
{
    return change->type && change->type->traits & RESOURCE_OPAQUE;
}

/* --- intents --- */

/* What the release before this one, if it did not end well, has said of the change. */
static const struct release_change *said_before(const struct plan *plan, const struct change *change)
{
    const struct release *release = plan->input.release;
    bool unfinished = release_is_unfinished(release);
    for (size_t i = 0; unfinished && i < release->change_count; i++)
        if (str_equal(release->changes[i].logical_id, change->logical_id) &&
            str_equal(release->changes[i].type, change->type_name) &&
            value_get(release->changes[i].identity, "Intent"))
            return &release->changes[i];
    return NULL;
}

struct str opaque_intent(const struct plan *plan, const struct change *change)
{
    const struct release_change *before = said_before(plan, change);
    if (before && !value_get(before->identity, "Asked"))
        return value_get_text(before->identity, "Intent");
    return arena_printf(change->arena, "%lld", (long long)plan->input.release->epoch + 1);
}

bool opaque_is_unsure(const struct plan *plan, const struct change *change)
{
    const struct release_change *before = said_before(plan, change);
    return before && change->last && str_is(before->action, "update");
}

struct value *opaque_identity(const struct plan *plan, const struct change *change)
{
    struct arena *arena = plan->arena;
    struct value *identity = value_map(arena), *depends = value_list(arena);
    size_t count = change->desired ? change->desired->depends_count : change->last->depends_count;
    const struct str *ids = change->desired ? change->desired->depends_on : change->last->depends_on;
    for (size_t i = 0; i < count; i++)
        value_append(arena, depends, value_string(arena, ids[i]));
    value_setz(arena, identity, "Intent", value_string(arena, opaque_intent(plan, change)));
    value_setz(arena, identity, "DependsOn", depends);
    return identity;
}

void opaque_depends(struct arena *arena, const struct value *identity, struct inventory_entry *entry)
{
    const struct value *list = value_get(identity, "DependsOn");
    if (!value_get(identity, "Intent") || !value_is(list, VALUE_LIST))
        return;
    entry->depends_on = arena_array(arena, list->count, sizeof *entry->depends_on);
    for (entry->depends_count = 0; entry->depends_count < list->count; entry->depends_count++)
        entry->depends_on[entry->depends_count] = value_text(list->items[entry->depends_count]);
}

/* --- carrying out --- */

bool opaque_create(struct change *change, const struct resource_call *call, struct error *error)
{
    struct resource_state state = {.physical_id = STR_EMPTY};
    if (!change->type->create(call, &state, error)) {
        change->left = state.physical_id;
        return false;
    }
    change->live = state;
    change->physical_id = state.physical_id;
    return true;
}

/* What the update made in its place: then the old one goes at the end, as with any replacement. */
static void take_successor(struct change *change, struct str physical_id)
{
    struct inventory_entry *entry = arena_array(change->arena, 1, sizeof *entry);
    *entry = *change->last;
    change->predecessor = entry;
    change->physical_id = physical_id;
    change->action = CHANGE_REPLACE;
}

/* From what is it updated?  From what was asked last where it goes back to what was applied. */
static const struct value *previous_of(const struct plan *plan, const struct change *change, bool back)
{
    const struct release_change *before = back ? said_before(plan, change) : NULL;
    const struct value *asked = before ? value_get(before->identity, "Asked") : NULL;
    return asked ? asked : change->last->properties;
}

bool opaque_update(const struct plan *plan, struct change *change, struct claim *claim, struct error *error)
{
    struct resource_call call = plan_call(plan, change, change->generation);
    struct resource_state state = {.physical_id = STR_EMPTY};
    struct differences left = {.count = 0};
    diff_properties(change->arena, change->type, change->properties, change->last->properties,
                    change->last->properties, &left);
    if (left.count == 0 && !opaque_is_unsure(plan, change))
        return true;
    call.previous = secrets_hidden(change->arena, previous_of(plan, change, left.count == 0));
    if (!claim_check(claim, error))
        return false;
    if (!change->type->update(&call, &state, error)) {
        change->left = state.physical_id;
        return false;
    }
    change->live.attributes = state.attributes;
    if (!str_equal(state.physical_id, change->physical_id))
        take_successor(change, state.physical_id);
    return true;
}

struct inventory_entry opaque_left(const struct change *change)
{
    return (struct inventory_entry){.logical_id = change->logical_id,
                                    .type = change->type_name,
                                    .physical_id = change->left,
                                    .properties = change->properties,
                                    .attributes = value_map(change->arena),
                                    .depends_on = change->desired->depends_on,
                                    .depends_count = change->desired->depends_count,
                                    .generation = change->generation,
                                    .leaving = true};
}

/* --- the end --- */

static bool failed_for_good(const struct change *change)
{
    return error_is(&change->error, "CustomResourceFailed");
}

/* Is it known what became of it?  Where a handler has not answered it may still do so. */
static bool is_over(const struct change *change)
{
    bool asked = change->tried || change->action == CHANGE_DELETE;
    return opaque(change) && asked && change->action != CHANGE_NONE &&
           (change->error.code == ERROR_NONE ? change->done : failed_for_good(change));
}

static struct value *identity_after(const struct change *change, struct value *identity, struct arena *arena)
{
    if (!failed_for_good(change) || change->action != CHANGE_UPDATE)
        return NULL;
    value_setz(arena, identity, "Asked", change->properties);
    return identity;
}

void opaque_end(struct plan *plan, struct release *release)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct change *change = &plan->changes[i];
        if (opaque(change) && change->action == CHANGE_REPLACE) {
            plan->actions[CHANGE_UPDATE]--;
            plan->actions[CHANGE_REPLACE]++;
        }
        bool unasked = opaque(change) && change->desired && !change->tried && !said_before(plan, change);
        for (size_t k = 0; k < release->change_count; k++)
            if ((is_over(change) || unasked) &&
                str_equal(release->changes[k].logical_id, change->logical_id) && release->changes[k].identity)
                release->changes[k].identity =
                    identity_after(change, release->changes[k].identity, plan->arena);
    }
}

/* That it cannot be taken away now does no harm: after a day it goes by itself. */
void opaque_settle(struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        struct change *change = &plan->changes[i];
        struct error ignored = ERROR_INIT;
        if (!is_over(change) || !change->type->settled)
            continue;
        struct resource_call call = plan_call(plan, change, change->generation);
        if (!change->type->settled(&call, &ignored))
            error_clear(&ignored);
    }
}
