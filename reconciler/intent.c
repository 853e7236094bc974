#include "reconciler/intent.h"

#include "providers/resource.h"
#include "reconciler/judge.h"
#include "reconciler/opaque.h"

/* By what a later pass finds what this one began to make, should it be cut off and taken back: the plain
 * properties that are known. */
static struct value *identity_of(const struct plan *plan, const struct change *change)
{
    struct arena *arena = plan->arena;
    if (change->begun)
        return value_copy(arena, change->last->properties);
    if (opaque(change))
        return opaque_identity(plan, change);
    bool makes = change->action == CHANGE_CREATE || change->action == CHANGE_REPLACE;
    if (!makes || !judge_has_known_name(change))
        return NULL;
    struct value *identity = value_map(arena);
    for (size_t i = 0; i < change->properties->count; i++) {
        const struct value_entry *property = &change->properties->entries[i];
        if (value_is(property->value, VALUE_STRING) || value_is(property->value, VALUE_NUMBER) ||
            value_is(property->value, VALUE_BOOL))
            value_set(arena, identity, property->key, value_copy(arena, property->value));
    }
    return resource_kept(change->type, arena, identity);
}

/* How the last rollout ended is still to be seen, after what follows it; what it needed to go on is not. */
static void keep_rollout(const struct plan *plan, struct release *release)
{
    const struct release *last = plan->input.release;
    if (!last || !rollout_is_over(&last->rollout))
        return;
    release->rollout = last->rollout;
    release->rollout.memory = release->rollout.restore = NULL;
}

struct release release_intent(const struct plan *plan, const struct clock *clock)
{
    static const char *const due[] = {"to record",  "to create", "to update",
                                      "to replace", "to delete", "to adopt"};
    struct release release = {
        .commit = plan->input.commit, .plan_hash = plan->hash, .heals = plan_only_heals(plan)};
    release.started = time_iso8601(plan->arena, clock_wall(clock));
    release.changes = arena_array(plan->arena, plan->count, sizeof *release.changes);
    for (size_t i = 0; i < plan->count; i++) {
        const struct change *change = &plan->changes[i];
        if (change->action != CHANGE_NONE)
            release.changes[release.change_count++] =
                (struct release_change){.logical_id = change->logical_id,
                                        .type = change->type_name,
                                        .action = str_from(change_action_name(change->action)),
                                        .generation = change->generation,
                                        .identity = identity_of(plan, change)};
    }
    release.verdict = plan_counts(plan->arena, plan, due, "to leave unmanaged");
    keep_rollout(plan, &release);
    return release;
}
