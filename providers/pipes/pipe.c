/*
 * AWS::Pipes::Pipe.  Every change goes on for a while, and whether the role may do what the pipe needs is
 * seen only then: a pipe that could not be made is taken away, and made again as long as its role is new.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-pipes-pipe.html
 */

#include <string.h>

#include "base/clock.h"
#include "providers/pipes/operations.h"
#include "providers/pipes/types.h"
#include "providers/plain.h"

enum { SETTLE_MS = 10 * 60 * 1000, ROLE_MS = 90 * 1000, ROLE_PAUSE_MS = 2000 };

#define FILTERS "SourceParameters.FilterCriteria"
#define NO_FILTERS "{\"Filters\":[]}"
#define NO_TEMPLATE "{\"InputTemplate\":\"\"}"
#define ECS(NAME) "TargetParameters.EcsTaskParameters." NAME
#define OVERRIDES(NAME) ECS("Overrides.ContainerOverrides." NAME)

/* UpdatePipe leaves alone what it is not told: what is taken away is told as nothing. */
static const struct shape rules[] = {
    {.path = "Description", .otherwise = "\"\""},
    {.path = "DesiredState", .otherwise = "\"RUNNING\""},
    {.path = "Enrichment", .otherwise = "\"\""},
    {.path = "EnrichmentParameters", .kind = SHAPE_MAP, .otherwise = NO_TEMPLATE},
    {.path = "EnrichmentParameters.InputTemplate", .otherwise = "\"\""},
    {.path = "KmsKeyIdentifier", .otherwise = "\"\""},
    {.path = "LogConfiguration", .kind = SHAPE_MAP, .otherwise = "{\"Level\":\"OFF\"}"},
    {.path = FILTERS, .kind = SHAPE_MAP, .otherwise = NO_FILTERS},
    {.path = FILTERS ".Filters", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = FILTERS ".Filters.Pattern", .kind = SHAPE_JSON, .in_text = true},
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.path = "TargetParameters", .kind = SHAPE_MAP, .otherwise = NO_TEMPLATE},
    {.path = "TargetParameters.InputTemplate", .otherwise = "\"\""},
    {.facts = "AWS::Pipes::Pipe"},
};

static const struct wire_name names[] = {
    {ECS("CapacityProviderStrategy.Base"), "base"},
    {ECS("CapacityProviderStrategy.CapacityProvider"), "capacityProvider"},
    {ECS("CapacityProviderStrategy.Weight"), "weight"},
    {ECS("NetworkConfiguration.AwsvpcConfiguration"), "awsvpcConfiguration"},
    {OVERRIDES("Environment.Name"), "name"},
    {OVERRIDES("Environment.Value"), "value"},
    {OVERRIDES("EnvironmentFiles.Type"), "type"},
    {OVERRIDES("EnvironmentFiles.Value"), "value"},
    {OVERRIDES("ResourceRequirements.Type"), "type"},
    {OVERRIDES("ResourceRequirements.Value"), "value"},
    {ECS("Overrides.EphemeralStorage.SizeInGiB"), "sizeInGiB"},
    {ECS("Overrides.InferenceAcceleratorOverrides.DeviceName"), "deviceName"},
    {ECS("Overrides.InferenceAcceleratorOverrides.DeviceType"), "deviceType"},
    {ECS("PlacementConstraints.Expression"), "expression"},
    {ECS("PlacementConstraints.Type"), "type"},
    {ECS("PlacementStrategy.Field"), "field"},
    {ECS("PlacementStrategy.Type"), "type"},
    {NULL, NULL},
};

/* Parts of SourceParameters know more at birth than later. */
static void leave_out_fixed(struct value *parameters)
{
    static const char *const fixed[] = {
        "StartingPosition", "StartingPositionTimestamp",  "QueueName",      "VirtualHost",
        "TopicName",        "AdditionalBootstrapServers", "ConsumerGroupID"};
    for (size_t i = 0; value_is(parameters, VALUE_MAP) && i < parameters->count; i++)
        for (size_t k = 0; k < ARRAY_LENGTH(fixed) && value_is(parameters->entries[i].value, VALUE_MAP); k++)
            (void)value_remove(parameters->entries[i].value, str_from(fixed[k]));
}

/* A part that is not wanted any more is set back to AWS's defaults: by an empty one. */
static void empty_the_unwanted(struct arena *arena, const struct value *target, struct value *input)
{
    const struct value *wanted = value_get(target, "SourceParameters");
    struct value *given = value_get(input, "SourceParameters");
    for (size_t i = 0; value_is(wanted, VALUE_MAP) && given && i < wanted->count; i++)
        if (value_is(wanted->entries[i].value, VALUE_NULL))
            value_set(arena, given, wanted->entries[i].key, value_map(arena));
}

/* SourceParameters that are not declared any more: every part that is live goes back. */
static void empty_all(struct arena *arena, const struct resource_state *live, struct value *input)
{
    const struct value *parts = value_get(live->properties, "SourceParameters");
    struct value *empty = value_map(arena);
    for (size_t i = 0; value_is(parts, VALUE_MAP) && i < parts->count; i++)
        value_set(arena, empty, parts->entries[i].key, value_map(arena));
    value_setz(arena, input, "SourceParameters", empty);
}

static bool send(const struct resource_call *call, const struct value *target,
                 const struct resource_state *live, struct value *input, struct error *error)
{
    static const char *const role[] = {"RoleArn", NULL};
    static const char path[] = "SourceParameters";
    struct value *timestamp =
        value_path(input, path, "KinesisStreamParameters", "StartingPositionTimestamp", NULL);
    int64_t wall;
    (void)error;
    if (timestamp && time_parse(value_text(timestamp), &wall))
        value_setz(call->arena, value_path(input, path, "KinesisStreamParameters", NULL),
                   "StartingPositionTimestamp", value_int(call->arena, wall / 1000));
    if (!live)
        return true;
    if (value_is(value_get(target, path), VALUE_NULL))
        empty_all(call->arena, live, input);
    empty_the_unwanted(call->arena, target, input);
    leave_out_fixed(value_get(input, path));
    if (!value_get(input, "RoleArn"))
        members_copy(call->arena, input, value_get(target, "RoleArn") ? target : live->properties, role);
    return true;
}

/* A change that failed is shown, so that it can be healed. */
static bool receive(const struct resource_call *call, const struct value *item, struct resource_state *state,
                    struct error *error)
{
    static const char *const times[] = {"CreationTime", "LastModifiedTime"};
    struct str now = value_get_text(item, "CurrentState");
    (void)error;
    if (str_ends(now, "_FAILED"))
        and_with(call->arena, state->properties, "DesiredState", now);
    for (size_t i = 0; i < ARRAY_LENGTH(times); i++)
        if (value_get(item, times[i]))
            and_with(call->arena, state->attributes, times[i],
                     time_iso8601(call->arena, value_get_int(item, times[i], 0) * 1000));
    struct value *stream = value_path(state->properties, "SourceParameters", "KinesisStreamParameters", NULL);
    if (value_get(stream, "StartingPositionTimestamp"))
        and_with(call->arena, stream, "StartingPositionTimestamp",
                 time_iso8601(call->arena, value_get_int(stream, "StartingPositionTimestamp", 0) * 1000));
    return true;
}

static const struct tag_calls tag_calls = {
    .tag = &pipes_operations[PIPES_TAG_RESOURCE],
    .untag = &pipes_operations[PIPES_UNTAG_RESOURCE],
    .resource = "resourceArn",
    .tags = "tags",
    .names = "tagKeys",
};

static const struct plain_key keys[] = {{"Name", NULL}, {NULL, NULL}};

/* A pipe that is busy refuses changes with the code of one that exists already. */
static const struct hurdle busy[] = {{"ConflictException", "in state"}, {NULL, NULL}};

static const struct plain pipe_table = {
    .rules = rules,
    .names = names,
    .create = &pipes_operations[PIPES_CREATE_PIPE],
    .read = &pipes_operations[PIPES_DESCRIBE_PIPE],
    .update = &pipes_operations[PIPES_UPDATE_PIPE],
    .remove = &pipes_operations[PIPES_DELETE_PIPE],
    .keys = keys,
    .settling = {.member = "CurrentState",
                 .ready = "RUNNING,STOPPED",
                 .failed = "CREATE_FAILED,UPDATE_FAILED,START_FAILED,STOP_FAILED,DELETE_FAILED,"
                           "CREATE_ROLLBACK_FAILED,UPDATE_ROLLBACK_FAILED,DELETE_ROLLBACK_FAILED",
                 .reason = "StateReason",
                 .timeout_ms = SETTLE_MS},
    .waits_for_removal = true,
    .hurdles = busy,
    .hurdles_ms = SETTLE_MS,
    .tags = "Tags",
    .tags_read = "Tags",
    .tag_calls = &tag_calls,
    .tagged = "Arn",
    .send = send,
    .receive = receive,
};

/* --- roles that are new --- */

/* "The provided customer role does not have permissions to call ReceiveMessage on SQS", "Cannot access stream
 * ... Please ensure the customer role can perform actions on source stream". */
static bool is_role_unknown(const struct error *error)
{
    return error->code == ERROR_INVALID && strstr(error->message, "customer role");
}

static bool is_late(const struct resource_call *call, int64_t since)
{
    return clock_monotonic(aws_clock(call->aws)) - since > (call->new_permissions ? ROLE_MS : ROLE_MS / 3);
}

/* What could not be made holds the name. */
static bool take_away(const struct resource_call *call, struct str name)
{
    struct error ignored = ERROR_INIT;
    struct resource_call failed = *call;
    failed.physical_id = name;
    return plain_remove(&failed, &ignored);
}

static bool pipe_create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    int64_t since = clock_monotonic(aws_clock(call->aws));
    while (!plain_create(call, state, error)) {
        if (error->code != ERROR_INVALID || !state->physical_id.len)
            return false;
        bool gone = take_away(call, state->physical_id);
        if (!gone || !is_role_unknown(error) || is_late(call, since))
            return false;
        error_clear(error);
        clock_sleep(aws_clock(call->aws), ROLE_PAUSE_MS);
    }
    return true;
}

/* The state that is wanted is told again, so that there is something to do. */
static bool pipe_update(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    int64_t since = clock_monotonic(aws_clock(call->aws));
    struct resource_call again = *call;
    while (!plain_update(&again, state, error)) {
        if (!is_role_unknown(error) || is_late(call, since))
            return false;
        error_clear(error);
        clock_sleep(aws_clock(call->aws), ROLE_PAUSE_MS);
        struct value *properties = value_copy(call->arena, call->properties);
        if (!value_get(properties, "DesiredState"))
            and_with(call->arena, properties, "DesiredState", STR("RUNNING"));
        again.properties = properties;
    }
    return true;
}

static const char *const readable[] = {"SourceParameters", "TargetParameters", NULL};

const struct resource_type pipes_pipe_type = {
    .name = "AWS::Pipes::Pipe",
    .traits = RESOURCE_TAGGED,
    .name_property = "Name",
    .name_max = 64,
    .readable = readable,
    .plain = &pipe_table,
    .read = plain_read,
    .find = plain_find,
    .create = pipe_create,
    .update = pipe_update,
    .remove = plain_remove,
    .arn = "arn:{partition}:pipes:{region}:{account}:pipe/{Name}",
};
