#include "reconciler/apply.h"

#include <pthread.h>
#include <string.h>

#include "providers/facts.h"
#include "providers/resource.h"
#include "reconciler/assets.h"
#include "reconciler/extras.h"
#include "reconciler/graph.h"
#include "reconciler/intent.h"
#include "reconciler/judge.h"
#include "reconciler/opaque.h"
#include "reconciler/outputs.h"
#include "reconciler/removal.h"
#include "reconciler/secret_mark.h"

/* A fresh read may lag behind a write, at SQS up to a minute
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html); it is
 * asked again for this long, with growing pauses. */
enum { SETTLE_MS = 65 * 1000, APPEAR_MS = 15 * 1000, PAUSE_MS = 200, PAUSE_MAX_MS = 5000 };

struct application_run {
    struct plan *plan;
    const struct apply_options *options;
    struct claim *claim;
    struct arena *arena;
    pthread_mutex_t lock; /* of progress and arena */
    struct removal *removals;
    size_t removal_count;
    struct error renewal;            /* the first failure to prolong the lease */
    struct value *outputs, *imports; /* as they are recorded */
};

static void report(struct application_run *run, const struct change *change, enum apply_phase phase)
{
    if (!run->options->progress)
        return;
    pthread_mutex_lock(&run->lock);
    run->options->progress(run->options->progress_self, change, phase);
    pthread_mutex_unlock(&run->lock);
}

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

/* AWS may quote what it refuses.  A shorter text is too likely to stand in any message. */
enum { SECRET_MIN = 3 };

static void hide_secrets(struct error *error, const struct value *value)
{
    for (size_t i = 0; value_is(value, VALUE_LIST) && i < value->count; i++)
        hide_secrets(error, value->items[i]);
    for (size_t i = 0; value_is(value, VALUE_MAP) && i < value->count; i++)
        hide_secrets(error, value->entries[i].value);
    if (!value_is(value, VALUE_SECRET) || value->text.len < SECRET_MIN)
        return;
    for (char *at = error->message; (at = memmem(at, strlen(at), value->text.ptr, value->text.len));
         at += value->text.len)
        memset(at, '*', value->text.len);
}

/* One desired resource; runs on a worker. */
static bool apply_resource(void *self, size_t index, struct error *error)
{
    struct application_run *run = self;
    struct change *change = &run->plan->changes[index];
    if (change->action == CHANGE_NONE)
        return change->done = true;
    change->tried = true;
    report(run, change, APPLY_BEGINS);
    bool ok = plan_resolve(run->plan, change, &change->properties, error);
    const struct value *unknown = ok ? value_find_unknown(change->properties) : NULL;
    if (unknown)
        ok = error_set(error, ERROR_BUG, "'%.*s' is still unknown", STR_ARG(unknown->text));
    if (ok)
        judge_again(change);
    ok = ok && carry_out(run, change, error) && verify(run, change, error);
    change->done = ok;
    if (!ok) {
        hide_secrets(error, change->properties);
        error_prefix(error, "cannot %s %.*s '%.*s'", change_action_name(change->action),
                     STR_ARG(change->type_name), STR_ARG(change->logical_id));
        change->error = *error;
    }
    report(run, change, ok ? APPLY_DONE : APPLY_FAILED);
    return ok;
}

static bool remove_resource(void *self, size_t index, struct error *error)
{
    struct application_run *run = self;
    struct removal *removal = &run->removals[index];
    struct change *change = removal->change;
    if (change->action != CHANGE_REPLACE)
        report(run, change, APPLY_BEGINS);
    struct resource_call call = plan_call(run->plan, change, removal->entry->generation);
    call.physical_id = removal->physical_id;
    call.properties = NULL;
    call.previous = secrets_hidden(change->arena, removal->entry->properties);
    call.attributes = removal->entry->attributes;
    call.superseded = change->action != CHANGE_DELETE || (removal->entry->leaving && !change->begun);
    removal->done = claim_check(run->claim, error) && change->type->remove(&call, error);
    if (change->action == CHANGE_DELETE)
        change->done = removal->done;
    if (!removal->done) {
        error_prefix(error, "cannot delete %.*s '%.*s'", STR_ARG(change->type_name),
                     STR_ARG(change->logical_id));
        change->error = *error;
    }
    if (change->action == CHANGE_REPLACE)
        report(run, change, removal->done ? APPLY_OLD_DELETED : APPLY_OLD_STAYS);
    else
        report(run, change, removal->done ? APPLY_DONE : APPLY_FAILED);
    return removal->done;
}

static void prolong(void *self)
{
    struct application_run *run = self;
    struct error error = ERROR_INIT;
    if (!claim_renew(run->claim, run->arena, &error) && run->renewal.code == ERROR_NONE)
        run->renewal = error;
}

static void count(struct apply_result *result, enum node_outcome outcome)
{
    result->done += outcome == NODE_DONE;
    result->failed += outcome == NODE_FAILED;
    result->skipped += outcome == NODE_SKIPPED;
}

/* A replacement was counted when its new one stood: it is done no more where the old one stays. */
static void count_removal(struct application_run *run, const struct change *change, enum node_outcome outcome,
                          struct apply_result *result)
{
    if (change->action != CHANGE_REPLACE) {
        count(result, outcome);
        if (outcome == NODE_SKIPPED)
            report(run, change, APPLY_SKIPPED);
    } else if (outcome != NODE_DONE && change->done) {
        result->done--;
        count(result, outcome);
        if (outcome == NODE_SKIPPED)
            report(run, change, APPLY_OLD_STAYS);
    }
}

static void count_outcomes(struct application_run *run, const struct graph *graph, bool removing,
                           struct apply_result *result)
{
    for (size_t i = 0; i < graph->count; i++) {
        struct change *change = removing ? run->removals[i].change : &run->plan->changes[i];
        enum node_outcome outcome = graph->nodes[i].outcome;
        if (!removing && change->action == CHANGE_NONE)
            continue;
        if (removing) {
            count_removal(run, change, outcome, result);
        } else {
            count(result, outcome);
            if (outcome == NODE_SKIPPED)
                report(run, change, APPLY_SKIPPED);
        }
        if (outcome == NODE_FAILED && result->first.code == ERROR_NONE) {
            result->first = graph->nodes[i].error;
            result->first_id = change->logical_id;
        }
    }
}

static void carry_out_all(struct application_run *run, struct apply_result *result)
{
    struct workers *workers = run->plan->input.workers;
    struct graph graph = {.nodes = plan_graph(run->plan),
                          .count = run->plan->input.desired->count,
                          .visit = apply_resource,
                          .self = run,
                          .tick = prolong};
    if (!assets_publish(run->plan, run->claim, prolong, run, &result->first)) {
        result->failed = 1;
        result->skipped = run->plan->count - run->plan->actions[CHANGE_NONE];
        return;
    }
    graph_run(&graph, workers);
    count_outcomes(run, &graph, false, result);
    run->removals = removals_collect(run->plan, run->arena, &run->removal_count);
    if (result->failed || result->skipped) {
        for (size_t i = 0; i < run->removal_count; i++)
            count_removal(run, run->removals[i].change, NODE_SKIPPED, result);
        return;
    }
    struct graph removals = {.nodes = removals_graph(run->arena, run->removals, run->removal_count),
                             .count = run->removal_count,
                             .visit = remove_resource,
                             .self = run,
                             .tick = prolong};
    graph_run(&removals, workers);
    count_outcomes(run, &removals, true, result);
}

static struct str artifact_of(const struct value *properties)
{
    const struct value *artifact = value_path(properties, "Code", "Plumb::Artifact", NULL);
    return value_get_text(artifact, "Digest");
}

struct inventory_entry apply_entry_of(const struct plan *plan, const struct change *change)
{
    const char *code = change->type->attribute_of_code;
    return (struct inventory_entry){
        .logical_id = change->logical_id,
        .type = change->type_name,
        .physical_id = change->physical_id,
        .properties = resource_kept(change->type, change->arena, change->properties),
        .versions = change->versions,
        .attributes = change->live.attributes ? change->live.attributes : value_map(change->arena),
        .tags = change->type->traits & RESOURCE_TAGGED ? plan->input.environment->tags : NULL,
        .depends_on = change->desired->depends_on,
        .depends_count = change->desired->depends_count,
        .deletion_policy = change->desired->deletion_policy,
        .generation = change->generation,
        .artifact = artifact_of(change->properties),
        .code = code ? value_get_text(change->live.attributes, code) : STR_EMPTY,
    };
}

static const struct removal *removal_of(const struct application_run *run, const struct change *change)
{
    for (size_t i = 0; i < run->removal_count; i++)
        if (run->removals[i].change == change)
            return &run->removals[i];
    return NULL;
}

/* What stands now: the new where it was done, else what stood before; what should have gone and did not. */
static struct inventory new_inventory(struct application_run *run)
{
    struct plan *plan = run->plan;
    struct inventory inventory = {.entries =
                                      arena_array(run->arena, 3 * plan->count, sizeof *inventory.entries)};
    inventory.outputs = run->outputs;
    inventory.imports = run->imports;
    for (size_t i = 0; i < plan->count; i++) {
        const struct change *change = &plan->changes[i];
        const struct removal *removal = removal_of(run, change);
        bool stands = change->desired && change->done;
        if (stands)
            inventory.entries[inventory.count++] = apply_entry_of(plan, change);
        else if (change->desired && change->last && str_equal(change->last->type, change->type_name))
            inventory.entries[inventory.count++] = *change->last;
        if (change->left.len)
            inventory.entries[inventory.count++] = opaque_left(change);
        if (removal && !removal->done && (stands || !change->desired)) {
            struct inventory_entry *entry = &inventory.entries[inventory.count++];
            const struct change *successor = plan_find(plan, change->logical_id);
            *entry = *removal->entry;
            entry->leaving = entry->leaving || (successor && successor->done);
        }
    }
    return inventory;
}

static struct str verdict_of(struct arena *arena, const struct plan *plan, const struct apply_result *result)
{
    static const char *const done[] = {"recorded", "created", "updated", "replaced", "deleted", "adopted"};
    if (result->failed)
        return arena_printf(arena, "%zu of %zu changes failed, %zu were skipped; first: %s", result->failed,
                            result->done + result->failed + result->skipped, result->skipped,
                            result->first.message);
    return plan_counts(arena, plan, done, "no longer managed");
}

static bool refuse_held(const struct plan *plan, struct error *error)
{
    if (plan->assets->held.len)
        return error_set(error, ERROR_INVALID, "held, nothing was changed: %.*s",
                         STR_ARG(plan->assets->held));
    for (size_t i = 0; i < plan->count; i++)
        if (plan->changes[i].held.len)
            return error_set(error, ERROR_INVALID, "held, nothing was changed: %.*s '%.*s': %.*s",
                             STR_ARG(plan->changes[i].type_name), STR_ARG(plan->changes[i].logical_id),
                             STR_ARG(plan->changes[i].held));
    for (size_t i = 0; i < plan->output_change_count; i++)
        if (plan->output_changes[i].held.len)
            return error_set(error, ERROR_INVALID, "held, nothing was changed: output '%.*s': %.*s",
                             STR_ARG(plan->output_changes[i].name), STR_ARG(plan->output_changes[i].held));
    return true;
}

/* Outputs that cannot be had make the release fail: others count on them. */
static void record_outputs(struct application_run *run, struct apply_result *result)
{
    struct error error = ERROR_INIT;
    bool released = !result->failed && !result->skipped;
    if (outputs_record(run->plan, released, &run->outputs, &run->imports, &error))
        return;
    result->failed++;
    result->first = error;
    result->first_id = STR_EMPTY;
}

bool apply_plan(struct plan *plan, const struct apply_options *options, struct apply_result *result,
                struct error *error)
{
    *result = (struct apply_result){.first = ERROR_INIT};
    if (!refuse_held(plan, error))
        return false;
    if (!plan_has_changes(plan))
        return true;
    struct application_run run = {.plan = plan, .options = options, .arena = plan->arena};
    const struct owner *owner = plan->input.owner;
    struct claim_options claim = {.ledger = options->ledger,
                                  .clock = options->clock,
                                  .region = owner->region,
                                  .environment = owner->environment,
                                  .application = owner->application};
    struct release release = release_intent(plan, options->clock);
    if (!claim_take(&claim, plan->arena, &release, &run.claim, error))
        return false;
    pthread_mutex_init(&run.lock, NULL);
    carry_out_all(&run, result);
    pthread_mutex_destroy(&run.lock);
    record_outputs(&run, result);
    release.state = result->failed || result->skipped ? RELEASE_FAILED : RELEASE_RELEASED;
    release.finished = time_iso8601(plan->arena, clock_wall(options->clock));
    opaque_end(plan, &release);
    release.verdict = verdict_of(plan->arena, plan, result);
    result->release = release;
    struct inventory inventory = new_inventory(&run);
    if (claim_release(run.claim, plan->arena, &release, &inventory, error)) {
        opaque_settle(plan);
        return true;
    }
    return error_prefix(error,
                        "the changes were made, but recording them failed (the next pass will find them)");
}
