/* One change, carried out and read back. */

#include <string.h>

#include "providers/facts.h"
#include "providers/resource.h"
#include "reconciler/apply_private.h"
#include "reconciler/extras.h"
#include "reconciler/judge.h"
#include "reconciler/opaque.h"
#include "reconciler/secret_mark.h"

/* A fresh read may lag behind a write, at SQS up to a minute
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html); it is
 * asked again for this long, with growing pauses. */
enum { SETTLE_MS = 65 * 1000, APPEAR_MS = 15 * 1000, PAUSE_MS = 200, PAUSE_MAX_MS = 5000 };

/* Of an object that is live only those members that are or were declared, as deep as the type knows them. */
static struct value *known_part(struct arena *arena, const struct type_facts *facts, struct str path,
                                struct value *live, const struct value *desired, const struct value *last)
{
    enum facts_kind kind = facts ? facts_kind(facts, path) : FACTS_NO_PROPERTY;
    if (!value_is(live, VALUE_MAP) || kind != FACTS_OBJECT)
        return live;
    struct value *known = value_at_position_of(value_map(arena), live);
    for (size_t i = 0; i < live->count; i++) {
        struct str key = live->entries[i].key;
        const struct value *now = value_get_str(desired, key), *was = value_get_str(last, key);
        struct str below = arena_printf(arena, "%.*s.%.*s", STR_ARG(path), STR_ARG(key));
        if (now || was)
            value_set(arena, known, key, known_part(arena, facts, below, live->entries[i].value, now, was));
    }
    return known;
}

/* Of live tags only those that were applied: what somebody else put on is not plumb's to take away. */
static struct value *known_tags(struct arena *arena, const struct value *live, const struct value *last)
{
    const struct value *was = value_is(last, VALUE_LIST) ? tags_as_map(arena, last, "Key", "Value") : last;
    struct value *known = value_list(arena);
    for (size_t i = 0; i < live->count; i++)
        if (value_get_str(was, value_get_text(live->items[i], "Key")))
            value_append(arena, known, live->items[i]);
    return known;
}

/* What an update may start from: of live only what is or was declared; what cannot be read as last applied.
 */
static struct value *previous_of(const struct change *change)
{
    struct arena *arena = change->arena;
    struct value *previous = value_map(arena);
    const struct value *live = change->live.properties,
                       *last = change->last ? change->last->properties : NULL;
    const struct type_facts *known = facts_find(change->type_name),
                            *facts = change->type->traits & RESOURCE_BY_FACTS ? known : NULL;
    for (size_t i = 0; live && i < live->count; i++) {
        struct str key = live->entries[i].key;
        struct value *value = live->entries[i].value;
        const struct value *now = value_get_str(change->properties, key), *was = value_get_str(last, key);
        bool tags = known && str_equal(facts_tag_property(known), key) && value_is(value, VALUE_LIST);
        if (now || was)
            value_set(arena, previous, key,
                      tags ? known_tags(arena, value, was) : known_part(arena, facts, key, value, now, was));
    }
    for (const char *const *path = change->type->unreadable; path && *path; path++) {
        struct str top = str_slice(str_from(*path), 0, str_find(str_from(*path), '.'));
        struct value *was = value_get_str(last, top), *now = value_get_str(change->properties, top);
        /* A mark does not tell the type whether the secret stays the same: the same value does. */
        if (was && !value_get_str(previous, top) && !change->code_drift)
            value_set(arena, previous, top, diff_is_as_applied(arena, now, was) ? now : was);
    }
    extras_to_previous(change, previous);
    return previous;
}

/* `hint` tells where a resource without a name of its own is to be found: on which queues, roles... */
static bool read_at(struct plan *plan, struct change *change, const struct value *hint, struct error *error)
{
    struct resource_call call = plan_call(plan, change, change->generation);
    struct resource_state state = {.physical_id = STR_EMPTY};
    call.properties = hint;
    if (!change->type->read(&call, &state, error))
        return false;
    change->live = state;
    change->found = true;
    change->physical_id = state.physical_id;
    return true;
}

static bool read_again(struct plan *plan, struct change *change, struct error *error)
{
    return read_at(plan, change, change->properties, error);
}

/* Before it is written it is where it was applied last, unless an earlier try has moved it already. */
static bool read_before(struct plan *plan, struct change *change, struct error *error)
{
    if (change->last) {
        if (read_at(plan, change, change->last->properties, error))
            return true;
        if (error->code != ERROR_NOT_FOUND)
            return false;
        error_clear(error);
    }
    return read_again(plan, change, error);
}

static void compare_again(struct change *change, struct differences *left)
{
    diff_properties(change->arena, change->type, change->properties, change->live.properties,
                    change->properties, left);
}

/* Success is what a fresh read shows. */
static bool verify(struct application_run *run, struct change *change, struct error *error)
{
    int64_t pause = PAUSE_MS;
    if (opaque(change))
        return change->found = true; /* there is nothing to read */
    for (int64_t waited = 0;; waited += pause, pause = 2 * pause < PAUSE_MAX_MS ? 2 * pause : PAUSE_MAX_MS) {
        struct differences left = {.count = 0};
        error_clear(error);
        bool found = read_again(run->plan, change, error);
        if (!found && error->code != ERROR_NOT_FOUND)
            return error_prefix(error, "written, but reading it back failed");
        if (found)
            compare_again(change, &left);
        if (found && left.count == 0)
            return true;
        if (waited >= SETTLE_MS)
            return found ? error_set(error, ERROR_CONFLICT, "written, but '%.*s' reads back differently",
                                     STR_ARG(left.items[0].path))
                         : error_prefix(error, "written, but it cannot be found");
        clock_sleep(run->options->clock, pause);
    }
}

/* AWS may not know yet what it has just made, so that create does not find its own work.  It is looked for,
 * and never made a second time. */
static bool find_made(struct application_run *run, const struct change *change,
                      const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct error first = *error;
    for (int64_t waited = 0; waited < APPEAR_MS; waited += PAUSE_MS) {
        error_clear(error);
        clock_sleep(run->options->clock, PAUSE_MS);
        if (change->type->find(call, state, error))
            return true;
        if (error->code != ERROR_NOT_FOUND)
            break;
    }
    *error = first;
    return false;
}

/* What stands may be half of it: a role whose policy does not exist.  An update does the rest, or says why
 * not. */
static bool finish_made(struct application_run *run, const struct change *change, struct resource_call call,
                        struct resource_state *state, struct error *error)
{
    struct resource_state finished = {.physical_id = STR_EMPTY};
    call.physical_id = state->physical_id;
    call.attributes = state->attributes;
    return !change->type->update ||
           (claim_check(run->claim, error) && change->type->update(&call, &finished, error));
}

static bool create(struct application_run *run, struct change *change, struct error *error)
{
    struct resource_call call = plan_call(run->plan, change, change->generation);
    struct resource_state state = {.physical_id = STR_EMPTY};
    call.physical_id = STR_EMPTY;
    call.previous = NULL;
    call.attributes = NULL;
    if (!claim_check(run->claim, error))
        return false;
    if (opaque(change))
        return opaque_create(change, &call, error);
    if (!change->type->create(&call, &state, error) &&
        (error->code != ERROR_NOT_FOUND || !find_made(run, change, &call, &state, error) ||
         !finish_made(run, change, call, &state, error)))
        return false;
    change->live = state;
    change->physical_id = state.physical_id;
    return true;
}

static bool update(struct application_run *run, struct change *change, struct error *error)
{
    if (opaque(change))
        return opaque_update(run->plan, change, run->claim, error);
    /* Somebody may have changed it since the plan was made. */
    if (!read_before(run->plan, change, error))
        return false;
    struct differences left = {.count = 0};
    diff_properties(change->arena, change->type, change->properties, change->live.properties,
                    change->last ? change->last->properties : NULL, &left);
    bool extras = change_has_extras(change);
    if (left.count == 0 && !change->code_drift && !change->unmarked && !extras)
        return true;
    if (extras && !extras_remove(run->plan, change, error))
        return false;
    if (!change->type->update)
        return error_set(error, ERROR_CONFLICT, "it changed while it was being planned: plan again");
    struct resource_call call = plan_call(run->plan, change, change->generation);
    struct resource_state state = {.physical_id = STR_EMPTY};
    call.previous = secrets_hidden(change->arena, previous_of(change));
    call.attributes = change->live.attributes;
    return claim_check(run->claim, error) && change->type->update(&call, &state, error);
}

/* A new one that an earlier try made before it was cut off is finished, if it is ours. */
static bool find_successor(struct application_run *run, struct change *change, bool *found,
                           struct error *error)
{
    struct resource_call next = plan_call(run->plan, change, change->generation);
    struct resource_state state = {.physical_id = STR_EMPTY};
    struct ownership_label label;
    next.physical_id = STR_EMPTY;
    *found = change->type->find(&next, &state, error) && !str_equal(state.physical_id, change->physical_id);
    if (!*found) {
        bool absent = error->code == ERROR_NONE || error->code == ERROR_NOT_FOUND;
        if (absent)
            error_clear(error);
        return absent;
    }
    if (change->type->traits & RESOURCE_TAGGED &&
        judge_owner(run->plan, change, state.tags, &label) != OWNED_BY_US)
        return error_set(error, ERROR_CONFLICT, "'%.*s' already exists and is not ours",
                         STR_ARG(state.physical_id));
    change->live = state;
    change->physical_id = state.physical_id;
    return true;
}

static bool replace(struct application_run *run, struct change *change, struct error *error)
{
    struct resource_call old = plan_call(run->plan, change, change->generation);
    bool found = false;
    if (change->delete_first) {
        old.properties = NULL;
        if (!claim_check(run->claim, error) || !change->type->remove(&old, error))
            return error_prefix(error, "the old one cannot be deleted");
    } else if (!find_successor(run, change, &found, error)) {
        return false;
    }
    if (found)
        return !change->type->update || update(run, change, error);
    return create(run, change, error);
}

/* What was unknown when the plan was made may be as it was after all: then nothing has to be replaced. */
static void judge_again(struct change *change)
{
    struct differences left = {.count = 0};
    diff_properties(change->arena, change->type, change->properties, change->live.properties,
                    change->last ? change->last->properties : NULL, &left);
    if (change->action != CHANGE_REPLACE || change_needs_replacement(change, &left))
        return;
    change->action = CHANGE_UPDATE;
    change->generation = change->predecessor->generation;
}

static bool carry_out(struct application_run *run, struct change *change, struct error *error)
{
    switch (change->action) {
    case CHANGE_CREATE:
        return create(run, change, error);
    case CHANGE_UPDATE:
    case CHANGE_ADOPT:
        return update(run, change, error);
    case CHANGE_REPLACE:
        return replace(run, change, error);
    case CHANGE_NONE:
    case CHANGE_DELETE:
        break;
    }
    return true;
}

bool apply_change(struct application_run *run, struct change *change, struct error *error)
{
    judge_again(change);
    return carry_out(run, change, error) && verify(run, change, error);
}
