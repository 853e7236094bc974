/* AWS Step Functions, as of its API reference: state machines, and the tags of machines and activities. */

#include "tests/simulator/services/states.h"

#include "base/json.h"

#include <string.h>

enum { PAGE = 100, PAGE_MAX = 1000, NAME_MAX_LENGTH = 80 };

static const struct sim_paging paging = {.size_member = "maxResults",
                                         .token_member = "nextToken",
                                         .size = PAGE,
                                         .size_max = PAGE_MAX,
                                         .error_code = "InvalidToken"};

static struct value *machines(struct call *call)
{
    return state_map(call, "machines");
}

static struct value *machine_of(struct call *call)
{
    struct str wanted = call_text(call, "stateMachineArn");
    struct value *machine = value_get_str(machines(call), wanted);
    if (!machine)
        call_fail(call, 400, "StateMachineDoesNotExist", "State Machine Does Not Exist: '%.*s'",
                  STR_ARG(wanted));
    return machine;
}

/* A definition is JSON with StartAt and States, and StartAt is one of them. */
static bool check_definition(struct call *call)
{
    struct value *parsed;
    struct error error = ERROR_INIT;
    struct str text = call_text(call, "definition");
    if (!json_read(call->arena, STR_EMPTY, text, &parsed, &error))
        return call_fail(call, 400, "InvalidDefinition",
                         "Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION'");
    const struct value *states = value_get(parsed, "States");
    struct str start = value_get_text(parsed, "StartAt");
    if (!value_is(states, VALUE_MAP) || !start.len || !value_get_str(states, start))
        return call_fail(call, 400, "InvalidDefinition",
                         "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED'");
    return true;
}

static bool check_role(struct call *call)
{
    if (str_starts(call_text(call, "roleArn"), "arn:"))
        return true;
    return call_fail(call, 400, "InvalidArn", "Invalid Role Arn: '%.*s'",
                     STR_ARG(call_text(call, "roleArn")));
}

struct value *states_machine(struct call *call, struct str machine_arn)
{
    return value_get_str(machines(call), machine_arn);
}

bool states_name_is_valid(struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if ((unsigned char)name.ptr[i] <= ' ' || strchr("<>{}[]?*\"#%\\^|~`$&,;:/", name.ptr[i]))
            return false;
    return name.len > 0 && name.len <= NAME_MAX_LENGTH;
}

static void set_members(struct call *call, struct value *machine)
{
    static const char *const members[] = {"definition", "roleArn", "loggingConfiguration",
                                          "tracingConfiguration", "encryptionConfiguration"};
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        (void)state_member(call, machine, members[i]);
}

/* Creating it again with the same definition, role and so on answers as the first time. */
static bool create_again(struct call *call, const struct value *machine, struct str machine_arn)
{
    static const char *const members[] = {"definition", "roleArn", "type", "loggingConfiguration",
                                          "tracingConfiguration"};
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++) {
        const struct value *given = value_get(call->input, members[i]);
        if (given && !value_equal(given, value_get(machine, members[i])))
            return call_fail(call, 400, "StateMachineAlreadyExists", "State Machine Already Exists: '%.*s'",
                             STR_ARG(machine_arn));
    }
    put_text(call, call->output, "stateMachineArn", machine_arn);
    put_time(call, call->output, "creationDate", value_get_int(machine, "created", 0));
    return true;
}

static bool create_state_machine(struct call *call)
{
    struct str name = call_text(call, "name");
    struct str type = call_has(call, "type") ? call_text(call, "type") : STR("STANDARD");
    if (!states_name_is_valid(name))
        return call_fail(call, 400, "InvalidName", "Invalid Name: '%.*s'", STR_ARG(name));
    if (!str_is(type, "STANDARD") && !str_is(type, "EXPRESS"))
        return call_fail(call, 400, "StateMachineTypeNotSupported", "type is neither STANDARD nor EXPRESS");
    if (!check_definition(call) || !check_role(call))
        return false;
    struct str machine_arn = arn(call, "states", "stateMachine:%.*s", STR_ARG(name));
    struct value *there = value_get_str(machines(call), machine_arn);
    if (there)
        return create_again(call, there, machine_arn);
    struct value *machine = state_put(call, machines(call), machine_arn, value_map(call->arena));
    state_text(call, machine, "name", name);
    state_text(call, machine, "type", type);
    state_int(call, machine, "created", call->now);
    state_put(call, machine, STR("tags"), tags_to_map(call, call_list(call, "tags"), "key", "value"));
    set_members(call, machine);
    put_text(call, call->output, "stateMachineArn", machine_arn);
    put_time(call, call->output, "creationDate", call->now);
    return true;
}

static struct value *default_logging(struct call *call)
{
    struct value *logging = value_map(call->arena);
    put_text(call, logging, "level", STR("OFF"));
    put_bool(call, logging, "includeExecutionData", false);
    return logging;
}

void states_describe(struct call *call, const struct value *machine, struct str as_arn)
{
    static const char *const members[] = {
        "name", "definition", "roleArn", "type", "encryptionConfiguration", "description"};
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        put(call, call->output, members[i], value_get(machine, members[i]));
    put_text(call, call->output, "stateMachineArn", as_arn);
    put_text(call, call->output, "status", STR("ACTIVE"));
    put_time(call, call->output, "creationDate", value_get_int(machine, "created", 0));
    if (value_get_text(machine, "revision").len)
        put(call, call->output, "revisionId", value_get(machine, "revision"));
    struct value *logging = value_get(machine, "loggingConfiguration");
    put(call, call->output, "loggingConfiguration", logging ? logging : default_logging(call));
    struct value *tracing = value_get(machine, "tracingConfiguration"), *off = value_map(call->arena);
    put_bool(call, off, "enabled", false);
    put(call, call->output, "tracingConfiguration", tracing ? tracing : off);
}

static bool describe_state_machine(struct call *call)
{
    struct str wanted = call_text(call, "stateMachineArn");
    const struct value *version = states_version(call, wanted),
                       *machine = version ? version : machine_of(call);
    if (machine)
        states_describe(call, machine, wanted);
    return machine;
}

static bool update_state_machine(struct call *call)
{
    struct value *machine = machine_of(call);
    if (!machine)
        return false;
    if ((call_has(call, "definition") && !check_definition(call)) ||
        (call_has(call, "roleArn") && !check_role(call)))
        return false;
    set_members(call, machine);
    state_text(call, machine, "revision", call_uuid(call)); /* a new machine has none yet */
    put_time(call, call->output, "updateDate", call->now);
    put(call, call->output, "revisionId", value_get(machine, "revision"));
    return true;
}

static bool delete_state_machine(struct call *call)
{
    (void)value_remove(machines(call), call_text(call, "stateMachineArn")); /* what is gone is no error */
    return true;
}

static bool list_state_machines(struct call *call)
{
    struct value *all = machines(call), *shapes = value_map(call->arena);
    for (size_t i = 0; i < all->count; i++) {
        struct value *shape = value_map(call->arena);
        put_text(call, shape, "stateMachineArn", all->entries[i].key);
        put(call, shape, "name", value_get(all->entries[i].value, "name"));
        put(call, shape, "type", value_get(all->entries[i].value, "type"));
        put_time(call, shape, "creationDate", value_get_int(all->entries[i].value, "created", 0));
        value_set(call->arena, shapes, all->entries[i].key, shape);
    }
    struct str next;
    struct value *page = call_page(call, shapes, &paging, &next);
    if (!page)
        return false;
    put(call, call->output, "stateMachines", page);
    if (next.len)
        put_text(call, call->output, "nextToken", next);
    return true;
}

static struct value *tagged(struct call *call)
{
    struct str wanted = call_text(call, "resourceArn");
    struct value *machine = value_get_str(machines(call), wanted);
    machine = machine ? machine : states_activity(call, wanted);
    if (!machine)
        call_fail(call, 400, "ResourceNotFound", "Resource not found: '%.*s'", STR_ARG(wanted));
    return machine;
}

static bool tag_resource(struct call *call)
{
    struct value *machine = tagged(call);
    if (!machine)
        return false;
    state_merge(call, machine, "tags", tags_to_map(call, call_list(call, "tags"), "key", "value"));
    return true;
}

static bool untag_resource(struct call *call)
{
    struct value *machine = tagged(call);
    if (!machine)
        return false;
    state_remove_keys(machine, "tags", call_list(call, "tagKeys"));
    return true;
}

static bool list_tags_for_resource(struct call *call)
{
    struct value *machine = tagged(call);
    if (!machine)
        return false;
    put(call, call->output, "tags", tags_to_list(call, value_get(machine, "tags"), "key", "value"));
    return true;
}

#define STATES_ROW(operation, changes)                                                                       \
    {.name = #operation, .effect = (changes), .handle = states_##operation},

static const struct sim_operation operations[] = {
    STATES_VERSION_OPERATIONS(STATES_ROW){
        .name = "CreateStateMachine", .effect = SIM_WRITE, .handle = create_state_machine},
    {.name = "DeleteStateMachine", .effect = SIM_WRITE, .handle = delete_state_machine},
    {.name = "DescribeStateMachine", .effect = SIM_READ, .handle = describe_state_machine},
    {.name = "ListStateMachines", .effect = SIM_READ, .handle = list_state_machines},
    {.name = "ListTagsForResource", .effect = SIM_READ, .handle = list_tags_for_resource},
    {.name = "TagResource", .effect = SIM_WRITE, .handle = tag_resource},
    {.name = "UntagResource", .effect = SIM_WRITE, .handle = untag_resource},
    {.name = "UpdateStateMachine", .effect = SIM_WRITE, .handle = update_state_machine},
};

const struct sim_service sim_states = {
    .name = "states",
    .target = "AWSStepFunctions",
    .json_version = "1.0",
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
