/*
 * AWS::StepFunctions::StateMachineVersion.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-stepfunctions-statemachineversion.html
 *
 * AWS publishes a revision of a machine once: asked again, it gives the version that there is.
 */

#include "providers/resource.h"
#include "providers/sfn/operations.h"
#include "providers/sfn/types.h"
#include "providers/shape.h"

enum { RELEASED_MS = 60 * 1000 };

static const struct shape shape[] = {
    {.path = "Description"},
    {.path = "StateMachineArn"},
    {.path = "StateMachineRevisionId"},
    {.path = NULL},
};

/* An alias that stood for it until now may be seen a while longer. */
static const struct hurdle hurdles[] = {{"ConflictException", NULL}, {NULL, NULL}};

static void normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(shape, arena, properties);
}

static struct str revision_of(const struct value *machine)
{
    struct str revision = value_get_text(machine, "revisionId");
    return revision.len ? revision : STR("INITIAL");
}

static bool describe(const struct resource_call *call, struct str arn, struct value **machine,
                     struct error *error)
{
    return aws_call(call->aws, &sfn_operations[SFN_DESCRIBE_STATE_MACHINE], call->arena,
                    input_with(call->arena, "stateMachineArn", arn), machine, error);
}

static bool read_arn(const struct resource_call *call, struct str arn, struct resource_state *state,
                     struct error *error)
{
    struct arena *arena = call->arena;
    struct value *version;
    if (!describe(call, arn, &version, error))
        return false;
    struct str description = value_get_text(version, "description");
    state->physical_id = arena_str(arena, arn);
    state->attributes = input_with(arena, "Arn", arn);
    state->properties = input_with(arena, "StateMachineArn", str_slice(arn, 0, str_find_last(arn, ':')));
    and_with(arena, state->properties, "StateMachineRevisionId", revision_of(version));
    if (description.len)
        and_with(arena, state->properties, "Description", description);
    return true;
}

static bool version_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read_arn(call, call->physical_id, state, error);
}

/* The newest one that says what is wanted: of the named revision, or of the one that the machine has now. */
static bool version_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct str machine_arn = value_get_text(call->properties, "StateMachineArn"),
               wanted = value_get_text(call->properties, "StateMachineRevisionId"),
               description = value_get_text(call->properties, "Description");
    struct value *machine, *versions;
    if (!describe(call, machine_arn, &machine, error) ||
        !aws_list(call->aws, &sfn_operations[SFN_LIST_STATE_MACHINE_VERSIONS], call->arena,
                  input_with(call->arena, "stateMachineArn", machine_arn), &versions, error))
        return false;
    wanted = wanted.len ? wanted : revision_of(machine);
    for (size_t i = 0; i < versions->count; i++) {
        struct str arn = value_get_text(versions->items[i], "stateMachineVersionArn");
        if (list_has(call->taken, arn))
            continue;
        if (!read_arn(call, arn, state, error))
            return false;
        if (str_equal(value_get_text(state->properties, "StateMachineRevisionId"), wanted) &&
            str_equal(value_get_text(state->properties, "Description"), description))
            return true;
    }
    return error_set(error, ERROR_NOT_FOUND, "'%.*s' has no such version", STR_ARG(machine_arn));
}

static bool version_create(const struct resource_call *call, struct resource_state *state,
                           struct error *error)
{
    struct arena *arena = call->arena;
    struct str revision = value_get_text(call->properties, "StateMachineRevisionId"),
               description = value_get_text(call->properties, "Description");
    struct value *answer,
        *input = input_with(arena, "stateMachineArn", value_get_text(call->properties, "StateMachineArn"));
    if (!shape_check(shape, sfn_state_machine_version_type.name, call->properties, error))
        return false;
    if (revision.len)
        and_with(arena, input, "revisionId", revision);
    if (description.len)
        and_with(arena, input, "description", description);
    if (!aws_call(call->aws, &sfn_operations[SFN_PUBLISH_STATE_MACHINE_VERSION], arena, input, &answer,
                  error) ||
        !read_arn(call, value_get_text(answer, "stateMachineVersionArn"), state, error))
        return false;
    return str_equal(value_get_text(state->properties, "Description"), description) ||
           error_set(
               error, ERROR_CONFLICT,
               "this revision is published already as '%.*s', with another Description, and AWS publishes "
               "a revision once: change the state machine, too, or give it that Description",
               STR_ARG(state->physical_id));
}

/* What is gone is no error. */
static bool version_remove(const struct resource_call *call, struct error *error)
{
    return call_over_hurdles(call->aws, &sfn_operations[SFN_DELETE_STATE_MACHINE_VERSION], call->arena,
                             input_with(call->arena, "stateMachineVersionArn", call->physical_id), hurdles,
                             RELEASED_MS, NULL, error);
}

const struct resource_type sfn_state_machine_version_type = {
    .name = "AWS::StepFunctions::StateMachineVersion",
    .traits = RESOURCE_IMMUTABLE,
    .read = version_read,
    .find = version_find,
    .create = version_create,
    .remove = version_remove,
    .normalize = normalize,
};
