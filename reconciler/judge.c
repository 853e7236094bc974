#include "reconciler/judge.h"

#include "base/json.h"
#include "providers/facts.h"
#include "providers/plain.h"
#include "providers/resource.h"
#include "reconciler/adoption.h"
#include "reconciler/expected.h"
#include "reconciler/extras.h"
#include "reconciler/opaque.h"

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

bool judge_was_intended(const struct plan *plan, struct str logical_id)
{
    const struct release *release = plan->input.release;
    if (!release_is_unfinished(release))
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

/* Is what a resource lies in unknown?  Then nobody can look there. */
static bool has_unknown_key(const struct change *change, const struct plain_key *keys)
{
    for (; keys && keys->member; keys++)
        if (keys->from && value_is(value_get(change->properties, keys->from), VALUE_UNKNOWN))
            return true;
    return false;
}

bool judge_has_known_name(const struct change *change)
{
    const char *name = change->type->name_property;
    const struct plain *plain = change->type->plain;
    if (plain && (has_unknown_key(change, plain->keys) || has_unknown_key(change, plain->inside)))
        return false;
    const struct type_facts *facts = facts_find(change->type_name);
    struct str path;
    if (!name || !(change->type->traits & RESOURCE_TAGGED))
        return false;
    for (size_t i = 0; facts && facts_path(facts, FACTS_PRIMARY_IDENTIFIER, i, &path); i++)
        if (value_is(value_get_str(change->properties, path), VALUE_UNKNOWN))
            return false;
    return !value_is(value_get(change->properties, name), VALUE_UNKNOWN);
}

/* Another one stands where ours should: what to do about it. */
static void hold_taken(const struct plan *plan, struct change *change, struct str id,
                       enum ownership ownership, struct str who)
{
    struct arena *arena = change->arena;
    if (ownership == OWNED_BY_SIBLING && plan_find(plan, who))
        change->held =
            arena_printf(arena, "'%.*s' is '%.*s' of this application: give one of them another name",
                         STR_ARG(id), STR_ARG(who));
    else if (ownership == OWNED_BY_SIBLING)
        change->held =
            arena_printf(arena,
                         "'%.*s' is '%.*s' of this application: keep that logical id, or give it to "
                         "the new one by setting its tag " TAG_LOGICAL_ID " to '%.*s'",
                         STR_ARG(id), STR_ARG(who), STR_ARG(change->logical_id));
    else
        change->held = arena_printf(
            arena, "'%.*s' already exists and %s%.*s: rename ours in the template or remove theirs",
            STR_ARG(id), ownership == OWNED_BY_OTHER ? "belongs to " : "was not made by plumb", STR_ARG(who));
}

enum ownership judge_owner(const struct plan *plan, struct change *change, const struct value *live_tags,
                           struct ownership_label *label)
{
    enum ownership ownership = OWNED_BY_NOBODY;
    bool intended = judge_was_intended(plan, change->logical_id),
         tagged = change->type->traits & RESOURCE_TAGGED;
    *label = (struct ownership_label){.generation = change->generation};
    if (tagged)
        ownership = ownership_of(change->arena, plan->input.owner, change->logical_id, live_tags, label);
    if (ownership != OWNED_BY_NOBODY || (!intended && (tagged || !parent_is_ours(plan, change))))
        return ownership;
    /* When the intent was recorded nothing stood there: it is what we began to make. */
    change->unmarked = tagged;
    label->generation = change->generation;
    return OWNED_BY_US;
}

/* A resource that we have no record of stands where ours should: whose is it? */
static void judge_found(const struct plan *plan, struct change *change)
{
    struct ownership_label label;
    enum ownership ownership = judge_owner(plan, change, change->live.tags, &label);
    change->action = CHANGE_ADOPT;
    change->physical_id = change->live.physical_id;
    change->generation = label.generation;
    if (ownership != OWNED_BY_US)
        hold_taken(plan, change, change->physical_id, ownership, label.who);
}

/* One that the ledger calls ours has somebody else's tags now. */
static bool is_foreign(const struct plan *plan, const struct change *change, struct str *who)
{
    struct ownership_label label;
    if (!(change->type->traits & RESOURCE_TAGGED) || !change->live.tags)
        return false;
    enum ownership ownership =
        ownership_of(change->arena, plan->input.owner, change->logical_id, change->live.tags, &label);
    *who = ownership == OWNED_BY_SIBLING
               ? arena_printf(change->arena, "this application as '%.*s'", STR_ARG(label.who))
               : label.who;
    return ownership == OWNED_BY_OTHER || ownership == OWNED_BY_SIBLING;
}

/* Does another one have the name of the new one? */
static bool judge_successor(const struct plan *plan, struct change *change, struct error *error)
{
    struct resource_call call = plan_call(plan, change, change->generation);
    struct resource_state next = {.physical_id = STR_EMPTY};
    struct ownership_label label;
    call.physical_id = STR_EMPTY;
    if (!(change->type->traits & RESOURCE_TAGGED) ||
        (value_find_unknown(change->properties) && !judge_has_known_name(change)))
        return true;
    if (!change->type->find(&call, &next, error)) {
        bool absent = error->code == ERROR_NOT_FOUND;
        if (absent)
            error_clear(error);
        return absent;
    }
    enum ownership ownership = judge_owner(plan, change, next.tags, &label);
    if (ownership == OWNED_BY_US || str_equal(next.physical_id, change->physical_id))
        return true;
    hold_taken(plan, change, next.physical_id, ownership, label.who);
    return true;
}

/* What is to be deleted when its successor stands. */
static struct inventory_entry *predecessor_of(const struct change *change)
{
    struct inventory_entry *entry = arena_array(change->arena, 1, sizeof *entry);
    if (change->last)
        *entry = *change->last;
    else
        *entry = (struct inventory_entry){.logical_id = change->logical_id,
                                          .type = change->type_name,
                                          .properties = change->live.properties,
                                          .attributes = change->live.attributes,
                                          .depends_on = change->desired->depends_on,
                                          .depends_count = change->desired->depends_count,
                                          .generation = change->generation};
    entry->physical_id = change->physical_id;
    return entry;
}

static void hold_replacement(const struct plan *plan, struct change *change)
{
    const struct application *application = plan->input.application;
    bool kept = policy_keeps(change->desired->update_replace_policy);
    if (kept && change->delete_first && !change->type->name_property)
        change->held = arena_printf(
            change->arena, "UpdateReplacePolicy keeps '%.*s', which has to go before a new one can be made",
            STR_ARG(change->physical_id));
    else if (kept && change->delete_first)
        change->held = arena_printf(
            change->arena,
            "UpdateReplacePolicy keeps '%.*s', whose name the new one needs: give the new one another %s",
            STR_ARG(change->physical_id), change->type->name_property);
    else if (is_stateful(change) &&
             !contains(application->allow_replace, application->allow_replace_count, change->logical_id))
        change->held = arena_printf(change->arena, "%s: add it to allow.replace in %.*s to do so",
                                    kept ? "the new one would be empty" : "replacing it would lose its data",
                                    STR_ARG(application->file));
}

/* Can the new one stand only where the old one stands? */
static bool takes_the_place(const struct change *change, const char *name)
{
    const struct type_facts *facts = facts_find(change->type_name);
    const struct value *wanted = change->properties, *live = change->live.properties;
    struct str part;
    if (facts && facts_deletes_first(facts))
        return true;
    if (!name || !live || !value_get(wanted, name) ||
        !value_equal(value_get(wanted, name), value_get(live, name)))
        return false;
    for (size_t i = 0; facts && facts_path(facts, FACTS_PRIMARY_IDENTIFIER, i, &part); i++)
        if (value_get_str(wanted, part) && value_get_str(live, part) &&
            !value_equal(value_get_str(wanted, part), value_get_str(live, part)))
            return false; /* the same name, below another parent */
    return true;
}

static bool judge_replacement(const struct plan *plan, struct change *change, struct error *error)
{
    const char *name = change->type->name_property;
    change->action = CHANGE_REPLACE;
    change->predecessor = predecessor_of(change);
    change->delete_first = takes_the_place(change, name);
    hold_replacement(plan, change);
    if (change->delete_first)
        return true; /* it has its predecessor's name, so its generation too */
    change->generation++;
    return judge_successor(plan, change, error);
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

/* A reference that gives another version now is a change, not drift. */
static void mark_new_versions(struct change *change)
{
    const struct value *was = change->last ? change->last->versions : NULL;
    for (size_t i = 0; i < change->versions->count; i++) {
        const struct value_entry *now = &change->versions->entries[i];
        if (!was || value_equal(now->value, value_get_str(was, now->key)))
            continue;
        for (size_t k = 0; k < change->differences.count; k++) {
            struct difference *difference = &change->differences.items[k];
            struct str shown = json_text(change->arena, difference->after, JSON_COMPACT);
            if (str_contains(shown, arena_strz(change->arena, now->key)))
                difference->drift = false;
        }
    }
}

/* Drift that the environment's rules expect is no reason to write. */
static void drop_expected(const struct plan *plan, struct change *change)
{
    const struct plan_input *input = &plan->input;
    struct differences *differences = &change->differences;
    size_t kept = 0;
    for (size_t i = 0; i < differences->count; i++)
        if (!differences->items[i].drift ||
            !drift_is_expected(input->environment, input->now_ms, change->logical_id,
                               differences->items[i].path))
            differences->items[kept++] = differences->items[i];
    differences->count = kept;
    if (change->code_drift &&
        drift_is_expected(input->environment, input->now_ms, change->logical_id, STR("Code")))
        change->code_drift = false;
}

/* Is it declared as the ledger says that it was applied?  Secrets count as equal. */
static bool is_recorded(const struct change *change)
{
    const struct value *kept = resource_kept(change->type, change->arena, change->properties);
    return change->last->deletion_policy == change->desired->deletion_policy &&
           diff_is_as_applied(change->arena, kept, change->last->properties);
}

static struct str top_of(struct str path)
{
    path = str_slice(path, 0, str_find(path, '.'));
    return str_slice(path, 0, str_find(path, '['));
}

static bool is_listed(const char *names, struct str name)
{
    struct str rest = str_from(names ? names : ""), one;
    while (str_split(&rest, ',', &one))
        if (str_equal(one, name))
            return true;
    return false;
}

/* What can be changed by no means, not even by a new one in its place. */
static bool hold_unchangeable(struct change *change)
{
    for (size_t i = 0; i < change->differences.count; i++) {
        struct str name = top_of(change->differences.items[i].path);
        if (!is_listed(change->type->unchangeable, name) ||
            value_is(change->differences.items[i].after, VALUE_UNKNOWN))
            continue;
        change->held = arena_printf(
            change->arena, "%.*s cannot be changed: give the resource another logical id", STR_ARG(name));
        return true;
    }
    return false;
}

/* A text of the ledger's that hides a secret, somewhere in what is to be written. */
static bool is_lost_secret(const struct value *value, const void *self)
{
    (void)self;
    return diff_is_lost_secret(value);
}

/* What a custom resource gives as NoEcho is known only while its handler gives it: the ledger holds none. */
static void hold_lost_secret(struct change *change)
{
    if (change->action == CHANGE_NONE || change->held.len ||
        !value_find(change->properties, is_lost_secret, NULL))
        return;
    if (change->action == CHANGE_ADOPT && !change->differences.count)
        return;
    change->held = arena_printf(
        change->arena, "it needs a secret that only the handler of a custom resource knows: change a "
                       "property of that one too, so that its handler gives it again");
}

static bool judge_live(const struct plan *plan, struct change *change, struct error *error)
{
    struct str who;
    diff_properties(change->arena, change->type, change->properties, change->live.properties,
                    change->last ? change->last->properties : NULL, &change->differences);
    if (plan->input.adoption && change->action == CHANGE_ADOPT)
        return true; /* it is only taken; the next plan does the rest */
    mark_new_versions(change);
    compare_code(change);
    drop_expected(plan, change);
    if (hold_unchangeable(change)) {
        change->action = CHANGE_UPDATE;
    } else if (change_needs_replacement(change, &change->differences)) {
        if (!judge_replacement(plan, change, error))
            return false;
    } else if (change->action != CHANGE_ADOPT && (change->differences.count || change->code_drift ||
                                                  (opaque(change) && opaque_is_unsure(plan, change)))) {
        change->action = CHANGE_UPDATE;
    } else if (change->last && !is_recorded(change)) {
        change->action = CHANGE_ADOPT;
    }
    if ((change->action == CHANGE_NONE || change->action == CHANGE_UPDATE) && !change->held.len)
        extras_of_environment(plan, change);
    if (change->action != CHANGE_NONE && !change->held.len && is_foreign(plan, change, &who))
        change->held =
            arena_printf(change->arena,
                         "'%.*s' belongs to %.*s by its tags: take it out of the template, or set its "
                         "tags back if it is ours",
                         STR_ARG(change->physical_id), STR_ARG(who));
    return true;
}

/* A version or deployment is made of what it depends on as that is now: where that changes first, what exists
 * is an older one. */
static bool is_made_of_changes(const struct plan *plan, const struct change *change)
{
    if (!(change->type->traits & RESOURCE_IMMUTABLE))
        return false;
    for (size_t i = 0; i < change->desired->depends_count; i++) {
        const struct change *other = plan_find(plan, change->desired->depends_on[i]);
        if (other && (other->differences.count || other->code_drift || !change_is_settled(other)))
            return true;
    }
    return false;
}

/* Absence is no error. */
static bool look(struct change *change,
                 bool (*reader)(const struct resource_call *, struct resource_state *, struct error *),
                 const struct resource_call *call, struct error *error)
{
    change->found = reader(call, &change->live, error);
    if (change->found || error->code == ERROR_NOT_FOUND) {
        error_clear(error);
        return true;
    }
    return error_prefix(error, "cannot read %.*s '%.*s'", STR_ARG(change->type_name),
                        STR_ARG(change->logical_id));
}

/* What a pass that was cut off may have made, or somebody else: the resource itself, or its successor. */
static bool find_live(struct plan *plan, struct change *change, struct error *error)
{
    if (plan->input.adoption && !change->last)
        return adoption_look(plan, change, error);
    if (opaque(change))
        return true; /* its create looks for what an earlier try has left */
    bool intended = judge_was_intended(plan, change->logical_id);
    bool found_surely = change->type->traits & RESOURCE_TAGGED || intended;
    if (is_made_of_changes(plan, change) || (change->last && !found_surely) ||
        (change->type->traits & RESOURCE_REPEATS && !intended) ||
        (value_find_unknown(change->properties) && !judge_has_known_name(change)))
        return true; /* it refers to what does not exist yet: so it does not exist either */
    int64_t last = change->last ? change->generation + 1 : change->generation;
    for (int64_t generation = change->generation; generation <= last; generation++) {
        struct resource_call call = plan_call(plan, change, generation);
        call.physical_id = STR_EMPTY;
        if (!look(change, change->type->find, &call, error))
            return false;
        if (change->found) {
            change->generation = generation;
            judge_found(plan, change);
            return true;
        }
    }
    return true;
}

static bool read_live(struct plan *plan, struct change *change, struct error *error)
{
    if (!change->last)
        return find_live(plan, change, error);
    struct resource_call call = plan_call(plan, change, change->generation);
    call.properties = change->last->properties;
    if (!look(change, change->type->read, &call, error))
        return false;
    if (!change->found)
        return find_live(plan, change, error);
    change->physical_id = change->live.physical_id;
    return true;
}

static bool check(const struct change *change, struct error *error)
{
    return resource_check(change->type, change->properties, error) ||
           error_prefix(error, "%.*s", STR_ARG(change->logical_id));
}

bool judge_desired(struct plan *plan, struct change *change, struct error *error)
{
    if (!plan_resolve(plan, change, &change->properties, error) || !check(change, error) ||
        !read_live(plan, change, error))
        return false;
    if (!change->found) {
        change->action = CHANGE_CREATE;
        change->missing = change->last != NULL;
    } else if (!judge_live(plan, change, error)) {
        return false;
    }
    hold_lost_secret(change);
    return true;
}

static void hold_deletion(const struct plan *plan, struct change *change)
{
    const struct application *application = plan->input.application;
    bool replaced = change->last->leaving && contains(application->allow_replace,
                                                      application->allow_replace_count, change->logical_id);
    bool allowed =
        replaced || contains(application->allow_delete, application->allow_delete_count, change->logical_id);
    if (!change->type)
        change->held =
            arena_printf(change->arena, "this plumb cannot delete '%.*s'", STR_ARG(change->type_name));
    else if (is_stateful(change) && !allowed)
        change->held = arena_printf(
            change->arena, "deleting it would lose its data: add it to allow.delete in %.*s to do so",
            STR_ARG(application->file));
}

/* What an unfinished release made and the ledger never had goes, unless it may hold data. */
static bool judge_begun(struct plan *plan, struct change *change, struct error *error)
{
    struct resource_call call = plan_call(plan, change, change->generation);
    struct ownership_label label;
    call.properties = change->last->properties;
    if (!look(change, change->type->find, &call, error)) {
        if (error->code != ERROR_INVALID)
            return false;
        error_clear(error); /* what it hangs on was not known at its intent; that one takes it away too */
        return true;
    }
    /* What is opaque is found by the ledger's intent alone. */
    change->found =
        change->found && (opaque(change) || ownership_of(change->arena, plan->input.owner, change->logical_id,
                                                         change->live.tags, &label) == OWNED_BY_US);
    if (!change->found)
        return true;
    struct inventory_entry *entry = arena_array(change->arena, 1, sizeof *entry);
    *entry = *change->last;
    change->physical_id = entry->physical_id = change->live.physical_id;
    change->last = entry;
    change->retained = is_stateful(change);
    if (change->retained)
        change->reason = STR("a release that did not finish made it, and it may hold data");
    return true;
}

bool judge_leaving(struct plan *plan, struct change *change, struct error *error)
{
    struct str who;
    if (change->begun)
        return judge_begun(plan, change, error);
    if (change->type) {
        struct resource_call call = plan_call(plan, change, change->generation);
        call.properties = change->last->properties;
        if (!look(change, change->type->read, &call, error))
            return false;
        change->missing = !change->found;
    }
    change->retained = !change->missing && policy_keeps(change->last->deletion_policy);
    if (change->found && is_foreign(plan, change, &who)) {
        change->retained = true;
        change->reason = arena_printf(change->arena, "it belongs to %.*s", STR_ARG(who));
    }
    if (!change->retained && !change->missing)
        hold_deletion(plan, change);
    return true;
}

bool judge_is_lost(const struct change *change)
{
    if (change->type && change->type->traits & RESOURCE_IMMUTABLE)
        return false;
    return change->action == CHANGE_REPLACE || (change->action == CHANGE_DELETE && !change->retained &&
                                                !change->missing && !change->last->leaving);
}

/* More than a fifth of an application goes only when Git says so. */
void judge_deletes(struct plan *plan)
{
    const struct inventory *inventory = plan->input.inventory;
    size_t lost = 0;
    for (size_t i = 0; i < plan->count; i++)
        lost += judge_is_lost(&plan->changes[i]);
    if (plan->input.application->allow_many_deletes || lost * 5 <= inventory->count)
        return;
    for (size_t i = 0; i < plan->count; i++) {
        struct change *change = &plan->changes[i];
        if (judge_is_lost(change) && change->action == CHANGE_DELETE && !change->held.len)
            change->held = arena_printf(
                change->arena, "%zu of %zu resources would go: set allow.manyDeletes in %.*s to do so", lost,
                inventory->count, STR_ARG(plan->input.application->file));
    }
}
