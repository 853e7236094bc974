/*
 * AWS::SQS::QueuePolicy: one policy on one or more queues.  It has no name and no tags; its physical id is
 * the deterministic name that it was made under.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sqs-queuepolicy.html
 */

#include "providers/policy.h"
#include "providers/resource.h"
#include "providers/shape.h"
#include "providers/sqs/operations.h"
#include "providers/sqs/types.h"

enum { PROPAGATION_MS = 30 * 1000 };

/* A role that was just made is not known everywhere at once. */
static const struct hurdle new_principal[] = {{"InvalidAttributeValue", "Policy"}, {NULL, NULL}};

static const struct shape shape[] = {
    {.path = "PolicyDocument", .kind = SHAPE_POLICY},
    {.path = "Queues", .kind = SHAPE_SET},
    {.path = NULL},
};

/* AWS knows no such thing as a queue's policy apart from the queue: it has the id of the queue that sorts
 * first, so that the same one under another logical id is known again. */
static struct str id_of(const struct resource_call *call)
{
    if (call->physical_id.len)
        return call->physical_id;
    const struct value *queues = value_get(call->properties, "Queues");
    struct str first = STR_EMPTY;
    for (size_t i = 0; value_is(queues, VALUE_LIST) && i < queues->count; i++)
        if (!first.len || str_compare(value_text(queues->items[i]), first) < 0)
            first = value_text(queues->items[i]);
    return first.len ? first : call->name;
}

/* The policy of each queue; those that have none, or are gone, are left out of Queues.  The policy that is
 * shown is that of the first queue whose policy is not the wanted one. */
static bool read_queues(const struct resource_call *call, const struct value *properties,
                        struct resource_state *state, struct error *error)
{
    struct arena *arena = call->arena;
    const struct value *queues = value_get(properties, "Queues");
    struct value *with = value_list(arena), *shown = NULL;
    struct value *wanted = value_copy(arena, value_get(properties, "PolicyDocument"));
    wanted = wanted ? policy_normalize(arena, wanted) : NULL;
    for (size_t i = 0; value_is(queues, VALUE_LIST) && i < queues->count; i++) {
        struct value *attributes, *policy;
        struct str url = value_text(queues->items[i]);
        if (!sqs_attributes(call, url, &attributes, error)) {
            if (error->code != ERROR_NOT_FOUND)
                return false;
            error_clear(error);
            continue;
        }
        struct str text = value_get_text(attributes, "Policy");
        if (!text.len)
            continue;
        if (!json_of_answer(arena, text, &policy, error))
            return false;
        policy = policy_normalize(arena, policy);
        value_append(arena, with, value_string(arena, url));
        if (!shown || value_equal(shown, wanted))
            shown = policy;
    }
    if (!shown)
        return error_set(error, ERROR_NOT_FOUND, "no queue has the policy");
    state->properties = value_map(arena);
    value_setz(arena, state->properties, "Queues", with);
    value_setz(arena, state->properties, "PolicyDocument", shown);
    state->attributes = input_with(arena, "Id", id_of(call));
    state->physical_id = value_get_text(state->attributes, "Id");
    return true;
}

static bool policy_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read_queues(call, call->properties ? call->properties : call->previous, state, error);
}

static bool set_policy(const struct resource_call *call, const struct value *queues, struct str policy,
                       struct error *error)
{
    const struct hurdle *hurdles = str_contains(policy, ":iam::") ? new_principal : NULL;
    for (size_t i = 0; value_is(queues, VALUE_LIST) && i < queues->count; i++) {
        struct value *input = input_with(call->arena, "QueueUrl", value_text(queues->items[i]));
        value_setz(call->arena, input, "Attributes", input_with(call->arena, "Policy", policy));
        if (call_over_hurdles(call->aws, &sqs_operations[SQS_SET_QUEUE_ATTRIBUTES], call->arena, input,
                              hurdles, PROPAGATION_MS, NULL, error))
            continue;
        if (error->code != ERROR_NOT_FOUND || policy.len)
            return false;
        error_clear(error);
    }
    return true;
}

/* The queues of `before` that are not among `now`. */
static struct value *queues_left(struct arena *arena, const struct value *before, const struct value *now)
{
    struct value *left = value_list(arena);
    for (size_t i = 0; value_is(before, VALUE_LIST) && i < before->count; i++)
        if (!list_has(now, value_text(before->items[i])))
            value_append(arena, left, before->items[i]);
    return left;
}

static bool policy_write(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    const struct value *queues = value_get(call->properties, "Queues");
    struct str policy = policy_text(call->arena, value_get(call->properties, "PolicyDocument"));
    const struct value *left = queues_left(call->arena, value_get(call->previous, "Queues"), queues);
    if (!shape_check(shape, sqs_queue_policy_type.name, call->properties, error) ||
        !set_policy(call, queues, policy, error) || !set_policy(call, left, STR_EMPTY, error))
        return false;
    state->physical_id = id_of(call);
    state->attributes = input_with(call->arena, "Id", state->physical_id);
    return true;
}

static bool policy_remove(const struct resource_call *call, struct error *error)
{
    return set_policy(call, value_get(call->previous, "Queues"), STR_EMPTY, error);
}

static void policy_normalize_all(struct arena *arena, struct value *properties)
{
    shape_normalize(shape, arena, properties);
}

const struct resource_type sqs_queue_policy_type = {
    .name = "AWS::SQS::QueuePolicy",
    .name_max = 80,
    .read = policy_read,
    .find = policy_read,
    .create = policy_write,
    .update = policy_write,
    .remove = policy_remove,
    .normalize = policy_normalize_all,
    .arn = "arn:{partition}:sqs:{region}:{account}:*",
};
