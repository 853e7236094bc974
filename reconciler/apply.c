#include "reconciler/apply_private.h"

#include <string.h>

#include "providers/resource.h"
#include "reconciler/assets.h"
#include "reconciler/graph.h"
#include "reconciler/guards.h"
#include "reconciler/intent.h"
#include "reconciler/opaque.h"
#include "reconciler/orders.h"
#include "reconciler/outputs.h"
#include "reconciler/release_set.h"
#include "reconciler/secret_mark.h"

static void report(struct application_run *run, const struct change *change, enum apply_phase phase)
{
    if (!run->options->progress)
        return;
    pthread_mutex_lock(&run->lock);
    run->options->progress(run->options->progress_self, change, phase);
    pthread_mutex_unlock(&run->lock);
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

/* Publishing may give the version again that is there. */
static bool has_version_already(const struct change *change)
{
    struct str live, wanted;
    release_set_versions(change, &live, &wanted);
    bool shared = value_at(value_get(change->live.properties, "RoutingConfiguration"), 1) ||
                  value_get(change->live.properties, "CanarySetting");
    return live.len && !shared && str_equal(live, wanted);
}

/* Moved by the rollout, or done by the plan that follows it. */
static bool waits_for_traffic(struct application_run *run, struct change *change)
{
    bool moves = release_set_moves(run->plan, change) && !has_version_already(change);
    change->waits = run->rollout.phase != ROLLOUT_NONE && (moves || release_set_waits(run->plan, change));
    return change->waits;
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
    ok = ok && guards_permit_change(run->plan, change, error);
    ok = ok && (waits_for_traffic(run, change) || apply_change(run, change, error));
    change->done = ok && !change->waits;
    if (!ok) {
        hide_secrets(error, change->properties);
        error_prefix(error, "cannot %s %.*s '%.*s'", change_action_name(change->action),
                     STR_ARG(change->type_name), STR_ARG(change->logical_id));
        change->error = *error;
    }
    report(run, change, !ok ? APPLY_FAILED : change->waits ? APPLY_WAITS : APPLY_DONE);
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
        if (!removing && (change->action == CHANGE_NONE || (change->waits && outcome == NODE_DONE)))
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
    for (size_t i = 0; i < run->plan->count && !result->failed && !result->skipped; i++)
        result->rolling = result->rolling || (run->plan->changes[i].waits &&
                                              release_set_moves(run->plan, &run->plan->changes[i]));
    if (result->rolling)
        return; /* what takes away comes last, by the plan that follows */
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
    inventory_retire(run->arena, plan->input.inventory, &inventory);
    return inventory;
}

static struct str verdict_of(struct arena *arena, const struct plan *plan, const struct apply_result *result)
{
    static const char *const done[] = {"recorded", "created", "updated", "replaced", "deleted", "adopted"};
    if (result->rolling)
        return arena_printf(arena, "%zu changes done; the traffic moves: %.*s", result->done,
                            STR_ARG(rollout_steps_in_words(arena, result->release.rollout.steps,
                                                           result->release.rollout.step_count)));
    if (result->failed)
        return arena_printf(arena, "%zu of %zu changes failed, %zu were skipped; first: %s", result->failed,
                            result->done + result->failed + result->skipped, result->skipped,
                            result->first.message);
    return plan_counts(arena, plan, done, "no longer managed");
}

static bool refuse_held(const struct plan *plan, struct error *error)
{
    if (plan->untrusted.len)
        return error_set(error, ERROR_DENIED, "held, nothing was changed: %.*s", STR_ARG(plan->untrusted));
    if (plan->rejected.len)
        return error_set(error, ERROR_INVALID, "held, nothing was changed: %.*s", STR_ARG(plan->rejected));
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
    bool released = !result->failed && !result->skipped && !result->rolling;
    if (outputs_record(run->plan, released, &run->outputs, &run->imports, &error))
        return;
    result->failed++;
    result->first = error;
    result->first_id = STR_EMPTY;
}

/* What the application asks for is refused before anything is written. */
static bool prepare_rollout(struct application_run *run, struct error *error)
{
    return !release_set_any(run->plan) ||
           release_set_rollout(run->plan, run->arena, false, &run->rollout, error);
}

/* What people said to an earlier rollout is not meant for this one. */
static bool skip_orders(struct application_run *run, struct error *error)
{
    const struct owner *owner = run->plan->input.owner;
    struct order last;
    if (!order_load(run->options->ledger, run->arena, owner->region, owner->environment, owner->application,
                    &last, error))
        return false;
    run->rollout.order = last.number;
    return true;
}

/* The versions are known now. */
static void begin_rollout(struct application_run *run, struct apply_result *result, struct release *release)
{
    struct error error = ERROR_INIT;
    if (!result->rolling)
        return;
    if (release_set_rollout(run->plan, run->arena, true, &run->rollout, &error) && skip_orders(run, &error)) {
        run->rollout.started_ms = clock_wall(run->options->clock);
        release->rollout = run->rollout;
        result->release.rollout = run->rollout;
        return;
    }
    result->rolling = false;
    result->failed++;
    result->first = error;
    result->first_id = STR_EMPTY;
}

bool apply_plan(struct plan *plan, const struct apply_options *options, struct apply_result *result,
                struct error *error)
{
    *result = (struct apply_result){.first = ERROR_INIT};
    if (!refuse_held(plan, error) || !guards_permit(plan, error))
        return false;
    if (!plan_has_changes(plan))
        return true;
    struct application_run run = {.plan = plan, .options = options, .arena = plan->arena};
    const struct owner *owner = plan->input.owner;
    struct claim_options claim = {.ledger = options->ledger,
                                  .clock = options->clock,
                                  .region = owner->region,
                                  .environment = owner->environment,
                                  .application = owner->application,
                                  .also = claim_trust(plan->input.trust)};
    struct release release = release_intent(plan, options->clock);
    if (!prepare_rollout(&run, error))
        return false;
    if (!claim_take(&claim, plan->arena, &release, &run.claim, error))
        return false;
    pthread_mutex_init(&run.lock, NULL);
    aws_set_fence(plan->input.aws, claim_fence(run.claim));
    carry_out_all(&run, result);
    aws_set_fence(plan->input.aws, (struct aws_fence){.check = NULL});
    pthread_mutex_destroy(&run.lock);
    begin_rollout(&run, result, &release);
    record_outputs(&run, result);
    release.state = result->failed || result->skipped ? RELEASE_FAILED
                    : result->rolling                 ? RELEASE_ROLLING
                                                      : RELEASE_RELEASED;
    if (!result->rolling)
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
