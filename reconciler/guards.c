#include "reconciler/guards_private.h"

#include <string.h>

#include "base/wildcard.h"
#include "providers/facts.h"
#include "providers/resource_type.h"
#include "reconciler/judge.h"

const struct value *guard_place(const struct statement *statement, const struct value *which)
{
    if (which && which->source && which->line)
        return which;
    return statement->tree->source ? statement->tree : statement->place;
}

bool guard_matches(struct str pattern, struct str text)
{
    return wildcard_covers(pattern, text, WILDCARD_EXACT);
}

struct str guard_shown(const struct value *value, bool hidden)
{
    struct str reference = value_reference(value);
    if (reference.len)
        return reference;
    return hidden || value_is(value, VALUE_SECRET) ? STR("****") : value_text(value);
}

/* "file:line:column" */
static struct str place_of(struct arena *arena, const struct value *node)
{
    if (!node || !node->source)
        return STR_EMPTY;
    if (!node->line)
        return node->source->file;
    return arena_printf(arena, "%.*s:%u:%u", STR_ARG(node->source->file), node->line, node->column);
}

/* What was made on the way has no place of its own: then the resource's. */
static struct str place_in_template(const struct guard_look *look, const struct value *place)
{
    const struct desired_resource *desired = look->change->desired;
    bool known = place && place->source && place->line;
    return place_of(look->arena, known || !desired ? place : desired->node);
}

/* --- exceptions --- */

static bool covers(const struct guard_look *look, const struct guard_exception *exception,
                   const struct guard_offence *offence)
{
    const struct owner *owner = look->plan->input.owner;
    return exception->rule == offence->rule && guard_matches(exception->resource, look->change->logical_id) &&
           guard_matches(exception->environment, owner->environment) &&
           guard_matches(exception->application, owner->application) &&
           guard_matches(exception->value, offence->value);
}

/* `expired`: the one that would have covered it. */
static bool is_excepted(const struct guard_look *look, const struct guard_offence *offence,
                        const struct guard_exception **expired)
{
    for (size_t i = 0; i < look->guards->exception_count; i++) {
        const struct guard_exception *exception = &look->guards->exceptions[i];
        if (!covers(look, exception, offence))
            continue;
        if (!exception->expires_ms || exception->expires_ms > look->plan->input.now_ms)
            return true;
        *expired = exception;
    }
    return false;
}

/* --- findings --- */

/* What several patterns of one list refuse is told once. */
static bool is_there(const struct guard_findings *all, const struct guard_finding *finding)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct guard_finding *other = &all->items[i];
        if (other->guards == finding->guards && other->rule == finding->rule &&
            other->change == finding->change && str_equal(other->at, finding->at) &&
            str_equal(other->value, finding->value))
            return true;
    }
    return false;
}

static void add(struct arena *arena, struct guard_findings *all, const struct guard_finding *finding)
{
    if (all->count == all->capacity) {
        size_t capacity = all->capacity ? 2 * all->capacity : 8;
        struct guard_finding *items = arena_array(arena, capacity, sizeof *items);
        if (all->count)
            memcpy(items, all->items, all->count * sizeof *items);
        all->items = items;
        all->capacity = capacity;
    }
    all->items[all->count++] = *finding;
}

static struct str sentence(const struct guard_look *look, const struct guard_offence *offence,
                           const struct guard_finding *finding, const struct guard_exception *expired)
{
    enum { SHOWN_MAX = 300 };
    struct str place =
        finding->at.len ? arena_printf(look->arena, " (%.*s)", STR_ARG(finding->at)) : STR_EMPTY;
    struct str past = STR_EMPTY;
    if (expired)
        past = arena_printf(look->arena, "; the exception at %.*s expired on %.*s",
                            STR_ARG(place_of(look->arena, expired->node)), STR_ARG(expired->expires));
    return arena_printf(
        look->arena, "guard %s (%.*s) refuses %s '%.*s'%.*s: %s, or except it in 'allow' of these guards%.*s",
        guard_rule_name(offence->rule), STR_ARG(finding->rule_at), offence->what,
        STR_ARG(str_clip(offence->value, SHOWN_MAX)), STR_ARG(place), offence->remedy, STR_ARG(past));
}

void guard_refuse(struct guard_look *look, const struct guard_offence *offence)
{
    const struct guard_exception *expired = NULL;
    if (is_excepted(look, offence, &expired))
        return;
    struct guard_finding finding = {
        .guards = look->guards,
        .rule = offence->rule,
        .change = look->change,
        .rule_at = place_of(look->arena, offence->rule_node),
        .at = place_in_template(look, offence->place),
        .value = offence->value,
    };
    if (is_there(look->out, &finding))
        return;
    finding.message = sentence(look, offence, &finding, expired);
    add(look->arena, look->out, &finding);
}

/* --- protected resources, and how many go --- */

static bool goes(const struct change *change)
{
    return change->action == CHANGE_DELETE && !change->retained && !change->missing;
}

static bool is_protected(const struct guard_look *look, const struct guard_protection *protection)
{
    const struct change *change = look->change;
    return guard_matches(protection->type, change->type_name) &&
           guard_matches(protection->application, look->plan->input.owner->application) &&
           (guard_matches(protection->name, change->logical_id) ||
            guard_matches(protection->name, change->physical_id));
}

static void check_protection(struct guard_look *look, const struct guard_protection *protection)
{
    const struct change *change = look->change;
    struct guard_offence offence = {
        .rule = GUARD_PROTECT, .rule_node = protection->node, .value = change->logical_id};
    if (!is_protected(look, protection))
        return;
    if (protection->from_delete && goes(change)) {
        offence.what = "the deletion of";
        offence.remedy = "put it back into the template, or keep it in the account by DeletionPolicy: Retain";
    } else if (protection->from_replace && change->action == CHANGE_REPLACE) {
        offence.what = "a new one in place of";
        offence.remedy = "leave what needs a new one as it was";
    } else if (protection->from_update && change->action == CHANGE_UPDATE) {
        offence.what = "an update of";
        offence.remedy = "leave it as it was";
    } else {
        return;
    }
    guard_refuse(look, &offence);
}

/* Those that are excepted do not count. */
static void check_deletes(struct guard_look *look)
{
    const struct plan *plan = look->plan;
    struct guard_offence offence = {.rule = GUARD_MAX_DELETES, .rule_node = look->guards->max_deletes};
    const struct guard_exception *expired;
    size_t lost = 0;
    if (!look->guards->max_deletes)
        return;
    for (size_t i = 0; i < plan->count; i++) {
        look->change = &plan->changes[i];
        offence.value = look->change->logical_id;
        lost += judge_is_lost(look->change) && !is_excepted(look, &offence, &expired);
    }
    if (lost <= (size_t)look->guards->most_deletes)
        return;
    struct str what = arena_printf(look->arena, "that %zu resources go at once where %lld may, among them",
                                   lost, (long long)look->guards->most_deletes);
    offence.what = what.ptr;
    offence.remedy = "take them out by several commits";
    for (size_t i = 0; i < plan->count; i++) {
        look->change = &plan->changes[i];
        offence.value = look->change->logical_id;
        if (judge_is_lost(look->change))
            guard_refuse(look, &offence);
    }
}

/* --- tags --- */

static bool is_allowed_value(const struct guard_tag *tag, struct str text)
{
    for (size_t i = 0; tag->allowed && i < tag->allowed->count; i++)
        if (str_equal(value_text(tag->allowed->items[i]), text))
            return true;
    return !tag->allowed;
}

static void check_tag(struct guard_look *look, const struct guard_tag *tag, const struct value *tags)
{
    const struct value *value = value_get_str(tags, tag->key);
    struct guard_offence offence = {
        .rule = GUARD_REQUIRE_TAGS, .rule_node = tag->node, .place = value, .value = tag->key};
    if (value_is(value, VALUE_UNKNOWN)) {
        look->undecided = look->undecided || tag->allowed;
    } else if (!value) {
        offence.what = "a resource without the tag";
        offence.remedy = "set it on the resource, or in 'tags' of environment.yaml for all of them";
        guard_refuse(look, &offence);
    } else if (!is_allowed_value(tag, value_is(value, VALUE_SECRET) ? value->text : value_text(value))) {
        offence.value =
            arena_printf(look->arena, "%.*s=%.*s", STR_ARG(tag->key), STR_ARG(guard_shown(value, false)));
        offence.what = "the tag";
        offence.remedy = "give it one of the values that the guard names";
        guard_refuse(look, &offence);
    }
}

/* Tags of the environment go on everything that has tags. */
static void check_tags(struct guard_look *look)
{
    const struct change *change = look->change;
    const struct type_facts *facts = facts_find(change->type_name);
    struct str property = facts ? facts_tag_property(facts) : STR_EMPTY;
    if (!look->guards->tag_count || (!property.len && !(change->type->traits & RESOURCE_TAGGED)))
        return;
    const struct value *own = value_get_str(change->properties, property.len ? property : STR("Tags"));
    if (value_is(own, VALUE_UNKNOWN)) {
        look->undecided = true;
        return;
    }
    bool tagged = change->type->traits & RESOURCE_TAGGED;
    const struct resource_call call = {.arena = look->arena,
                                       .type = change->type_name,
                                       .properties = change->properties,
                                       .tags = tagged ? look->plan->input.environment->tags : NULL};
    const struct value *tags = resource_tags(&call);
    for (size_t i = 0; i < look->guards->tag_count; i++)
        check_tag(look, &look->guards->tags[i], tags);
}

/* --- changes --- */

static bool writes(const struct change *change)
{
    return change->desired && change->properties && change->action != CHANGE_NONE &&
           change->action != CHANGE_DELETE;
}

/* What its properties say. */
static void check_properties(struct guard_look *look)
{
    check_tags(look);
    guard_policies(look);
    guard_public(look);
    guard_accounts(look);
}

void guards_check(const struct plan *plan, struct arena *arena, struct guard_findings *out)
{
    *out = (struct guard_findings){.count = 0};
    if (plan->input.adoption)
        return;
    for (size_t i = 0; i < plan->count; i++) {
        const struct change *change = &plan->changes[i];
        bool undecided = false;
        for (const struct guards *guards = &plan->input.environment->guards; guards; guards = guards->above) {
            struct guard_look look = {
                .plan = plan, .guards = guards, .change = change, .arena = arena, .out = out};
            for (size_t k = 0; k < guards->protection_count; k++)
                check_protection(&look, &guards->protections[k]);
            if (writes(change))
                check_properties(&look);
            undecided = undecided || look.undecided;
        }
        out->undecided += undecided;
    }
    for (const struct guards *guards = &plan->input.environment->guards; guards; guards = guards->above) {
        struct guard_look look = {.plan = plan, .guards = guards, .arena = arena, .out = out};
        check_deletes(&look);
    }
}

bool guards_permit(const struct plan *plan, struct error *error)
{
    if (!plan->refused->count)
        return true;
    const struct guard_finding *first = &plan->refused->items[0];
    error_set(error, ERROR_DENIED, "refused, nothing was changed: '%.*s': %.*s",
              STR_ARG(first->change->logical_id), STR_ARG(first->message));
    if (plan->refused->count > 1)
        error_suffix(error, " (and %zu more)", plan->refused->count - 1);
    return false;
}

bool guards_permit_change(const struct plan *plan, const struct change *change, struct error *error)
{
    struct guard_findings found = {.count = 0};
    for (const struct guards *guards = &plan->input.environment->guards; guards; guards = guards->above) {
        struct guard_look look = {
            .plan = plan, .guards = guards, .change = change, .arena = change->arena, .out = &found};
        check_properties(&look);
    }
    return !found.count ||
           error_set(error, ERROR_DENIED, "refused before its write: %.*s", STR_ARG(found.items[0].message));
}
