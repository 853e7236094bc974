#include "reconciler/adoption.h"

#include "base/digest.h"
#include "providers/cloudformation/stacks.h"
#include "providers/resource.h"
#include "reconciler/judge.h"
#include "reconciler/opaque.h"

/* --- looking --- */

bool adoption_of_stack(struct aws *aws, struct arena *arena, struct str name_or_id, struct adoption *out,
                       struct error *error)
{
    struct value *ids;
    *out = (struct adoption){.ids = NULL};
    if (!stack_look(aws, arena, name_or_id, &out->stack, &out->stack_stands, error) ||
        !stack_resources_read(aws, arena, name_or_id, &ids, error))
        return false;
    out->ids = ids;
    return true;
}

static bool look_for_id(struct plan *plan, struct change *change, struct str id, struct error *error)
{
    struct resource_call call = plan_call(plan, change, change->generation);
    call.physical_id = id;
    change->found = change->type->read(&call, &change->live, error);
    if (change->found)
        return true;
    if (error->code != ERROR_NOT_FOUND)
        return error_prefix(error, "cannot read %.*s '%.*s'", STR_ARG(change->type_name), STR_ARG(id));
    return error_set(error, ERROR_INVALID, "there is no %.*s '%.*s' that '%.*s' could be",
                     STR_ARG(change->type_name), STR_ARG(id), STR_ARG(change->logical_id));
}

static bool look_for_name(struct plan *plan, struct change *change, struct error *error)
{
    if (value_find_unknown(change->properties) && !judge_has_known_name(change))
        return true;
    struct resource_call call = plan_call(plan, change, change->generation);
    call.physical_id = STR_EMPTY;
    change->found = change->type->find(&call, &change->live, error);
    if (change->found || error->code == ERROR_NOT_FOUND) {
        error_clear(error);
        return true;
    }
    return error_prefix(error, "cannot read %.*s '%.*s'", STR_ARG(change->type_name),
                        STR_ARG(change->logical_id));
}

static void hold_owned(const struct plan *plan, struct change *change, const struct ownership_label *label)
{
    const struct adoption *adoption = plan->input.adoption;
    struct str stack = value_get_text(change->live.tags, "aws:cloudformation:stack-name");
    if (stack.len && adoption->stack_stands && str_equal(stack, adoption->stack))
        change->held = arena_printf(change->arena,
                                    "CloudFormation stack '%.*s' owns it: give all of its resources "
                                    "DeletionPolicy Retain, delete the stack, and adopt again by its id",
                                    STR_ARG(stack));
    else if (stack.len)
        change->held = arena_printf(change->arena,
                                    "it is of CloudFormation stack '%.*s': adopt with --from-stack and that "
                                    "stack's id, when the stack is deleted and has kept it",
                                    STR_ARG(stack));
    else
        change->held = arena_printf(change->arena, "it belongs to %.*s", STR_ARG(label->who));
}

/* May it be taken? */
static void judge_taking(const struct plan *plan, struct change *change)
{
    const struct adoption *adoption = plan->input.adoption;
    struct ownership_label label = {.generation = change->generation};
    enum ownership ownership = OWNED_BY_NOBODY;
    bool tagged = change->type->traits & RESOURCE_TAGGED;
    if (tagged)
        ownership =
            ownership_of(change->arena, plan->input.owner, change->logical_id, change->live.tags, &label);
    struct str stack = value_get_text(change->live.tags, "aws:cloudformation:stack-name");
    bool orphan = ownership == OWNED_BY_OTHER && stack.len && str_equal(stack, adoption->stack) &&
                  !adoption->stack_stands;
    change->action = CHANGE_ADOPT;
    change->physical_id = change->live.physical_id;
    change->unmarked = tagged && (ownership == OWNED_BY_NOBODY || orphan);
    if (ownership == OWNED_BY_US)
        change->generation = label.generation;
    else if (ownership == OWNED_BY_SIBLING)
        change->held = arena_printf(change->arena, "it is '%.*s' of this application", STR_ARG(label.who));
    else if (ownership == OWNED_BY_OTHER && !orphan)
        hold_owned(plan, change, &label);
    else if (adoption->stack_stands && value_get_str(adoption->ids, change->logical_id))
        change->held = arena_printf(change->arena, "CloudFormation stack '%.*s' owns it until it is deleted",
                                    STR_ARG(adoption->stack));
}

bool adoption_look(struct plan *plan, struct change *change, struct error *error)
{
    struct str id = value_text(value_get_str(plan->input.adoption->ids, change->logical_id));
    if (opaque(change))
        return true; /* only its handler knows it: the next apply asks it to create */
    if (!(id.len ? look_for_id(plan, change, id, error) : look_for_name(plan, change, error)))
        return false;
    if (change->found)
        judge_taking(plan, change);
    return true;
}

/* --- taking --- */

static bool differs(const struct change *change, struct str property)
{
    for (size_t i = 0; i < change->differences.count; i++) {
        struct str path = change->differences.items[i].path;
        struct str top = str_slice(path, 0, property.len);
        if (str_equal(top, property) &&
            (path.len == top.len || path.ptr[top.len] == '.' || path.ptr[top.len] == '['))
            return true;
    }
    return false;
}

/* Is the live code what Git has?  Only the bytes tell. */
static bool code_is_live(const struct plan *plan, const struct change *change, const struct value *declared)
{
    const char *attribute = change->type->attribute_of_code;
    struct str digest = value_get_text(value_get(declared, "Plumb::Artifact"), "Digest"), zip;
    const struct artifact_source *artifacts = plan->input.artifacts;
    struct error ignored = ERROR_INIT;
    unsigned char sum[SHA256_SIZE];
    if (!attribute || !digest.len || !artifacts->zip(artifacts->self, change->arena, digest, &zip, &ignored))
        return false;
    sha256(zip, sum);
    return str_equal(value_get_text(change->live.attributes, attribute),
                     base64_encode(change->arena, (struct str){(const char *)sum, sizeof sum}));
}

/* What counts as applied last: what is live, so that the next plan shows as changes what differs.  A secret
 * stands as Git says it, or not at all. */
static struct value *taken_properties(const struct plan *plan, const struct change *change)
{
    struct value *taken = value_map(change->arena);
    for (size_t i = 0; i < change->properties->count; i++) {
        const struct value_entry *declared = &change->properties->entries[i];
        struct value *live = value_get_str(change->live.properties, declared->key);
        bool same = live ? !differs(change, declared->key) : code_is_live(plan, change, declared->value);
        if (same)
            value_set(change->arena, taken, declared->key, declared->value);
        else if (live && !value_find_secret(declared->value))
            value_set(change->arena, taken, declared->key, live);
    }
    return taken;
}

/* Only tags are written: every property is told as it is. */
static bool put_tags(struct plan *plan, struct change *change, struct error *error)
{
    struct resource_call call = plan_call(plan, change, change->generation);
    struct resource_state state = {.physical_id = STR_EMPTY};
    struct ownership_label label;
    struct value *properties = value_map(change->arena);
    for (size_t i = 0; i < change->properties->count; i++) {
        struct value *live = value_get_str(change->live.properties, change->properties->entries[i].key);
        if (live)
            value_set(change->arena, properties, change->properties->entries[i].key, live);
    }
    call.properties = call.previous = properties;
    call.attributes = change->live.attributes;
    if (!change->type->update(&call, &state, error) || !change->type->read(&call, &state, error))
        return false;
    return ownership_of(change->arena, plan->input.owner, change->logical_id, state.tags, &label) ==
               OWNED_BY_US ||
           error_set(error, ERROR_CONFLICT, "its tags were written, but read back differently");
}

static bool take(struct plan *plan, struct change *change, struct claim *claim, struct error *error)
{
    bool marks = change->unmarked && change->type->update;
    change->done = claim_check(claim, error) && (!marks || put_tags(plan, change, error));
    return change->done || error_prefix(error, "cannot adopt %.*s '%.*s'", STR_ARG(change->type_name),
                                        STR_ARG(change->logical_id));
}

static bool is_taken(const struct change *change)
{
    return change->action == CHANGE_ADOPT && !change->last;
}

static struct release intent_of(const struct plan *plan, const struct clock *clock, size_t count)
{
    struct release release = {.commit = plan->input.commit, .plan_hash = plan->hash, .adopts = true};
    release.started = time_iso8601(plan->arena, clock_wall(clock));
    release.changes = arena_array(plan->arena, plan->count, sizeof *release.changes);
    for (size_t i = 0; i < plan->count; i++)
        if (is_taken(&plan->changes[i]))
            release.changes[release.change_count++] =
                (struct release_change){.logical_id = plan->changes[i].logical_id,
                                        .type = plan->changes[i].type_name,
                                        .action = STR("adopt"),
                                        .generation = plan->changes[i].generation};
    release.verdict = arena_printf(plan->arena, "%zu to adopt", count);
    return release;
}

static struct inventory with_taken(const struct plan *plan)
{
    const struct inventory *before = plan->input.inventory;
    struct inventory inventory = *before;
    inventory.entries = arena_array(plan->arena, before->count + plan->count, sizeof *inventory.entries);
    for (size_t i = 0; i < before->count; i++)
        inventory.entries[i] = before->entries[i];
    for (size_t i = 0; i < plan->count; i++) {
        struct change *change = &plan->changes[i];
        if (!is_taken(change) || !change->done)
            continue;
        change->properties = taken_properties(plan, change);
        inventory.entries[inventory.count++] = apply_entry_of(plan, change);
    }
    return inventory;
}

static bool refuse_held(const struct plan *plan, size_t *count, struct error *error)
{
    *count = 0;
    if (plan->untrusted.len)
        return error_set(error, ERROR_DENIED, "nothing was adopted: %.*s", STR_ARG(plan->untrusted));
    for (size_t i = 0; i < plan->count; i++) {
        const struct change *change = &plan->changes[i];
        if (!is_taken(change))
            continue;
        if (change->held.len)
            return error_set(error, ERROR_INVALID, "nothing was adopted: %.*s '%.*s' (%.*s): %.*s",
                             STR_ARG(change->type_name), STR_ARG(change->logical_id),
                             STR_ARG(change->physical_id), STR_ARG(change->held));
        ++*count;
    }
    return true;
}

static bool take_all(struct plan *plan, struct claim *claim, struct adoption_result *result,
                     struct error *error)
{
    for (size_t i = 0; i < plan->count; i++) {
        if (!is_taken(&plan->changes[i]))
            continue;
        if (!take(plan, &plan->changes[i], claim, error) || !claim_renew(claim, plan->arena, error))
            return false;
        result->adopted++;
    }
    return true;
}

bool adoption_carry_out(struct plan *plan, const struct apply_options *options,
                        struct adoption_result *result, struct error *error)
{
    size_t count;
    *result = (struct adoption_result){.adopted = 0};
    if (!refuse_held(plan, &count, error))
        return false;
    if (!count)
        return true;
    const struct owner *owner = plan->input.owner;
    const struct claim_options where = {.ledger = options->ledger,
                                        .clock = options->clock,
                                        .region = owner->region,
                                        .environment = owner->environment,
                                        .application = owner->application,
                                        .also = claim_trust(plan->input.trust)};
    struct release release = intent_of(plan, options->clock, count);
    struct claim *claim;
    if (!claim_take(&where, plan->arena, &release, &claim, error))
        return false;
    aws_set_fence(plan->input.aws, claim_fence(claim));
    bool ok = take_all(plan, claim, result, error);
    aws_set_fence(plan->input.aws, (struct aws_fence){.check = NULL});
    release.state = ok ? RELEASE_ADOPTED : RELEASE_FAILED;
    release.finished = time_iso8601(plan->arena, clock_wall(options->clock));
    release.verdict = ok ? arena_printf(plan->arena, "%zu adopted", result->adopted)
                         : arena_str(plan->arena, str_from(error->message));
    struct inventory inventory = with_taken(plan);
    struct error recording = ERROR_INIT;
    if (claim_release(claim, plan->arena, &release, &inventory, &recording) || !ok)
        return ok;
    *error = recording;
    return error_prefix(error, "the tags were written, but recording that failed: adopt again");
}
