#include "reconciler/plan_digest.h"

#include "base/digest.h"
#include "base/json.h"
#include "reconciler/release_set.h"

/* More than there are of enum removal_policy. */
enum { REMOVAL_POLICIES_MAX = 16 };

static struct value *copy_or_null(struct arena *arena, const struct value *value)
{
    return value ? value_copy(arena, value) : value_null(arena);
}

static struct value *differences_value(struct arena *arena, const struct change *change)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < change->differences.count; i++) {
        const struct difference *d = &change->differences.items[i];
        struct value *item = value_list(arena);
        value_append(arena, item, value_string(arena, d->path));
        value_append(arena, item, copy_or_null(arena, d->before));
        value_append(arena, item, copy_or_null(arena, d->after));
        value_append(arena, list, item);
    }
    return list;
}

static void add_change(const struct plan *plan, struct value *all, const struct change *change)
{
    value_append(plan->arena, all, value_string(plan->arena, change->logical_id));
    value_append(plan->arena, all, value_stringz(plan->arena, change_action_name(change->action)));
    value_append(plan->arena, all, value_string(plan->arena, change->physical_id));
    value_append(plan->arena, all, differences_value(plan->arena, change));
    value_append(plan->arena, all, copy_or_null(plan->arena, change->properties));
}

static struct value *changes_value(const struct plan *plan)
{
    struct value *all = value_list(plan->arena);
    for (size_t i = 0; i < plan->count; i++)
        if (plan->changes[i].action != CHANGE_NONE)
            add_change(plan, all, &plan->changes[i]);
    for (size_t i = 0; i < plan->output_change_count; i++) {
        const struct output_change *change = &plan->output_changes[i];
        value_append(plan->arena, all, value_string(plan->arena, change->name));
        value_append(plan->arena, all, copy_or_null(plan->arena, change->after));
    }
    return all;
}

static struct str digest_of(struct arena *arena, const struct value *all)
{
    return sha256_hex(arena, json_text(arena, all, JSON_CANONICAL));
}

struct str desired_digest(struct arena *arena, const struct desired *desired,
                          const struct application *application, const struct value *environment_tags)
{
    struct value *all = value_list(arena), *policies = value_list(arena);
    for (size_t i = 0; i < desired->count; i++)
        value_append(arena, policies,
                     value_int(arena, (int64_t)desired->resources[i].deletion_policy * REMOVAL_POLICIES_MAX +
                                          (int64_t)desired->resources[i].update_replace_policy));
    value_append(arena, all, value_string(arena, release_set_key(arena, desired, application)));
    value_append(arena, all, policies);
    value_append(arena, all, copy_or_null(arena, environment_tags));
    value_append(arena, all, copy_or_null(arena, desired->outputs));
    return digest_of(arena, all);
}

/* What is held or left in the account as things are is another plan when it is not. */
static struct str substance_of(const struct plan *plan, const struct value *changes)
{
    struct value *all = value_list(plan->arena), *limits = value_list(plan->arena);
    for (size_t i = 0; i < plan->count; i++) {
        value_append(plan->arena, limits, value_bool(plan->arena, plan->changes[i].held.len > 0));
        value_append(plan->arena, limits, value_bool(plan->arena, plan->changes[i].retained));
    }
    value_append(plan->arena, all, value_string(plan->arena, plan->asked));
    value_append(plan->arena, all, value_copy(plan->arena, changes));
    value_append(plan->arena, all, limits);
    return digest_of(plan->arena, all);
}

void plan_digest(struct plan *plan)
{
    struct value *all = value_list(plan->arena), *changes = changes_value(plan);
    value_append(plan->arena, all, value_stringz(plan->arena, plan->input.commit.hex));
    for (size_t i = 0; i < changes->count; i++)
        value_append(plan->arena, all, changes->items[i]);
    plan->hash = digest_of(plan->arena, all);
    plan->asked = desired_digest(plan->arena, plan->input.desired, plan->input.application,
                                 plan->input.owner->environment_tags);
    plan->substance = substance_of(plan, changes);
}
