/*
 * AWS::StepFunctions::StateMachine.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-stepfunctions-statemachine.html
 */

#include "providers/resource.h"
#include "providers/sfn/definition.h"
#include "providers/sfn/operations.h"
#include "providers/sfn/types.h"
#include "providers/shape.h"
#include "providers/wire.h"

enum { PROPAGATION_MS = 60 * 1000, DELETING_MS = 5 * 60 * 1000 };

static const struct shape shape[] = {
    {.path = "Definition", .kind = SHAPE_JSON},
    {.path = "DefinitionS3Location", .refused = "put the definition into 'DefinitionString'"},
    {.path = "DefinitionString", .kind = SHAPE_JSON},
    {.path = "DefinitionSubstitutions", .kind = SHAPE_TEXTS},
    {.path = "EncryptionConfiguration", .kind = SHAPE_MAP, .otherwise = "{\"Type\":\"AWS_OWNED_KEY\"}"},
    {.path = "EncryptionConfiguration.KmsDataKeyReusePeriodSeconds", .kind = SHAPE_NUMBER},
    {.path = "EncryptionConfiguration.KmsKeyId"},
    {.path = "EncryptionConfiguration.Type"},
    {.path = "LoggingConfiguration", .kind = SHAPE_MAP, .otherwise = "{\"Level\":\"OFF\"}"},
    {.path = "LoggingConfiguration.Destinations", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "LoggingConfiguration.Destinations.CloudWatchLogsLogGroup", .kind = SHAPE_MAP},
    {.path = "LoggingConfiguration.Destinations.CloudWatchLogsLogGroup.LogGroupArn"},
    {.path = "LoggingConfiguration.IncludeExecutionData", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "LoggingConfiguration.Level", .otherwise = "\"OFF\""},
    {.path = "RoleArn"},
    {.path = "StateMachineName"},
    {.path = "StateMachineType", .otherwise = "\"STANDARD\""},
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.path = "TracingConfiguration", .kind = SHAPE_MAP, .otherwise = "{\"Enabled\":false}"},
    {.path = "TracingConfiguration.Enabled", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = NULL},
};

static const struct wire_name names[] = {{"DefinitionString", "definition"},
                                         {"StateMachineName", "name"},
                                         {"StateMachineType", "type"},
                                         {NULL, NULL}};
static const struct wire wire = {.shape = shape, .names = names, .small_letters = true};

/* A new role, and a new policy of it, are not known everywhere at once; a name is free when the machine that
 * had it is gone. */
static const struct hurdle hurdles[] = {
    {"AccessDeniedException", "authorized to assume the provided role"},
    {"AccessDeniedException", "IAM Role is not authorized to access the Log Destination"},
    {"AccessDeniedException", "is not authorized to create managed-rule"},
    {"StateMachineDeleting", NULL},
    {"ConflictException", NULL},
    {NULL, NULL},
};

static void normalize(struct arena *arena, struct value *properties)
{
    definition_merge(arena, properties);
    shape_normalize(shape, arena, properties);
}

static struct value *machine_input(const struct resource_call *call, struct str arn)
{
    return input_with(call->arena, "stateMachineArn", arn);
}

/* --- reading --- */

/* One that is being deleted is as good as gone: it takes no executions and never comes back. */
static bool describe(const struct resource_call *call, struct str arn, struct value **answer,
                     struct error *error)
{
    if (!aws_call(call->aws, &sfn_operations[SFN_DESCRIBE_STATE_MACHINE], call->arena,
                  machine_input(call, arn), answer, error))
        return false;
    return !value_is_text(value_get(*answer, "status"), "DELETING") ||
           error_set(error, ERROR_NOT_FOUND, "state machine '%.*s' is being deleted", STR_ARG(arn));
}

static bool read_arn(const struct resource_call *call, struct str arn, struct resource_state *state,
                     struct error *error)
{
    struct arena *arena = call->arena;
    struct value *answer, *tags;
    if (!describe(call, arn, &answer, error) ||
        !aws_call(call->aws, &sfn_operations[SFN_LIST_TAGS_FOR_RESOURCE], arena,
                  input_with(arena, "resourceArn", arn), &tags, error))
        return false;
    struct value *live = state->properties = wire_in(&wire, arena, "", answer);
    struct str revision = value_get_text(answer, "revisionId");
    state->physical_id = arn;
    state->attributes = input_with(arena, "Arn", arn);
    and_with(arena, state->attributes, "Name", value_get_text(answer, "name"));
    and_with(arena, state->attributes, "StateMachineRevisionId", revision.len ? revision : STR("INITIAL"));
    state->tags = tags_as_map(arena, value_get(tags, "tags"), "key", "value");
    value_setz(arena, live, "Tags", tags_as_list(arena, tags_of_user(call, state->tags), "Key", "Value"));
    shape_fill(shape, arena, live);
    normalize(arena, live);
    return true;
}

static bool state_machine_read(const struct resource_call *call, struct resource_state *state,
                               struct error *error)
{
    return read_arn(call, call->physical_id, state, error);
}

static struct str wanted_arn(const struct resource_call *call)
{
    return arena_printf(call->arena, "arn:%.*s:states:%.*s:%.*s:stateMachine:%.*s",
                        STR_ARG(aws_partition(call->aws)), STR_ARG(aws_region(call->aws)),
                        STR_ARG(aws_account(call->aws)), STR_ARG(wanted_name(call, "StateMachineName")));
}

static bool state_machine_find(const struct resource_call *call, struct resource_state *state,
                               struct error *error)
{
    return read_arn(call, wanted_arn(call), state, error);
}

/* --- writing --- */

static const struct tag_calls tag_calls = {
    .tag = &sfn_operations[SFN_TAG_RESOURCE],
    .untag = &sfn_operations[SFN_UNTAG_RESOURCE],
    .resource = "resourceArn",
    .tags = "tags",
    .names = "tagKeys",
    .key = "key",
    .value = "value",
};

/* The members of a request, with the definition's own text: AWS keeps it as it is. */
static bool machine_members(const struct resource_call *call, const struct value *target,
                            const char *const *which, struct value *input, struct error *error)
{
    struct value *chosen = value_map(call->arena);
    struct str definition;
    if (!definition_text(call->arena, call->properties, &definition, error))
        return false;
    members_copy(call->arena, chosen, target, which);
    struct value *members = wire_out(&wire, call->arena, "", chosen);
    for (size_t i = 0; i < members->count; i++)
        value_set(call->arena, input, members->entries[i].key, members->entries[i].value);
    and_with(call->arena, input, "definition", definition);
    return true;
}

static struct value *target_of(const struct resource_call *call, const struct value *previous)
{
    struct value *properties =
        call->properties ? value_copy(call->arena, call->properties) : value_map(call->arena);
    struct value *old = previous ? value_copy(call->arena, previous) : NULL;
    definition_merge(call->arena, properties);
    if (old)
        definition_merge(call->arena, old);
    return shape_target(shape, call->arena, properties, old);
}

static bool update_once(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    static const char *const changeable[] = {"EncryptionConfiguration", "LoggingConfiguration", "RoleArn",
                                             "TracingConfiguration", NULL};
    struct value *target = target_of(call, call->previous), *answer;
    if (!read_arn(call, call->physical_id, state, error))
        return false;
    if (shape_differs(target, state->properties, "StateMachineType"))
        return error_set(
            error, ERROR_INVALID,
            "the type of state machine '%.*s' cannot be changed: give the new type to a machine of "
            "another name",
            STR_ARG(call->physical_id));
    bool differs = shape_differs(target, state->properties, "DefinitionString");
    for (size_t i = 0; changeable[i]; i++)
        differs = differs || shape_differs(target, state->properties, changeable[i]);
    if (differs) {
        struct value *input = machine_input(call, call->physical_id);
        if (!machine_members(call, target, changeable, input, error) ||
            !call_over_hurdles(call->aws, &sfn_operations[SFN_UPDATE_STATE_MACHINE], call->arena, input,
                               hurdles, PROPAGATION_MS, &answer, error))
            return false;
        struct str revision = value_get_text(answer, "revisionId");
        if (revision.len)
            and_with(call->arena, state->attributes, "StateMachineRevisionId", revision);
    }
    return tags_write(call, &tag_calls, call->physical_id, state->tags, error);
}

static bool state_machine_update(const struct resource_call *call, struct resource_state *state,
                                 struct error *error)
{
    return shape_check(shape, sfn_state_machine_type.name, call->properties, error) &&
           update_until_answered(update_once, call, state, error);
}

static bool state_machine_create(const struct resource_call *call, struct resource_state *state,
                                 struct error *error)
{
    static const char *const given[] = {"EncryptionConfiguration", "LoggingConfiguration", "RoleArn",
                                        "StateMachineType",        "TracingConfiguration", NULL};
    struct arena *arena = call->arena;
    struct value *input = input_with(arena, "name", wanted_name(call, "StateMachineName")), *answer;
    struct resource_call made = *call;
    bool found;
    if (!shape_check(shape, sfn_state_machine_type.name, call->properties, error) ||
        !find_ours(call, &sfn_state_machine_type, state, &found, error))
        return false;
    made.physical_id = state->physical_id;
    if (found) /* CreateStateMachine would answer as if it had made one that is the same but for its tags */
        return update_until_answered(update_once, &made, state, error);
    if (!machine_members(call, target_of(call, NULL), given, input, error))
        return false;
    value_setz(arena, input, "tags", tags_as_list(arena, resource_tags(call), "key", "value"));
    if (!call_over_hurdles(call->aws, &sfn_operations[SFN_CREATE_STATE_MACHINE], arena, input, hurdles,
                           DELETING_MS, &answer, error))
        return false;
    struct str arn = value_get_text(answer, "stateMachineArn");
    state->physical_id = arn;
    state->attributes = input_with(arena, "Arn", arn);
    and_with(arena, state->attributes, "Name", value_get_text(input, "name"));
    and_with(arena, state->attributes, "StateMachineRevisionId", STR("INITIAL"));
    return true;
}

static bool is_gone(void *self, bool *done, struct error *error)
{
    const struct resource_call *call = self;
    *done = !call_simply(call, &sfn_operations[SFN_DESCRIBE_STATE_MACHINE],
                         machine_input(call, call->physical_id), error);
    if (*done && error->code != ERROR_NOT_FOUND)
        return false;
    error_clear(error);
    return true;
}

/* AWS stops the running executions first, which may take a minute; until then the name is taken. */
static bool state_machine_remove(const struct resource_call *call, struct error *error)
{
    struct resource_call copy = *call;
    return call_or_absent(call, &sfn_operations[SFN_DELETE_STATE_MACHINE],
                          machine_input(call, call->physical_id), error) &&
           wait_until(call, "the state machine to be deleted", DELETING_MS, is_gone, &copy, error);
}

const struct resource_type sfn_state_machine_type = {
    .name = "AWS::StepFunctions::StateMachine",
    .traits = RESOURCE_TAGGED,
    .name_property = "StateMachineName",
    .name_max = 80,
    .read = state_machine_read,
    .find = state_machine_find,
    .create = state_machine_create,
    .update = state_machine_update,
    .remove = state_machine_remove,
    .normalize = normalize,
    .moving_attribute = "StateMachineRevisionId",
    .arn = "arn:{partition}:states:{region}:{account}:stateMachine:{StateMachineName}",
};
