/* Amazon EventBridge Pipes, as of its API reference: pipes, the states that they go through, and tags. */

#include "tests/simulator/roles.h"
#include "tests/simulator/service.h"

#include <string.h>

enum { PAGE = 10, PAGE_MAX = 100, NAME_MAX_LENGTH = 64, FILTERS_MAX = 5, BATCH_DEFAULT = 10 };

#define MISSING "NotFoundException"
#define INVALID "ValidationException"
#define BUSY "ConflictException"

static const struct sim_paging paging = {
    .size_member = "Limit", .token_member = "NextToken", .size = PAGE, .size_max = PAGE_MAX};

/* What has been deleted for long enough is forgotten. */
static struct value *pipes(struct call *call)
{
    struct value *all = state_map(call, "pipes");
    for (size_t i = all->count; i > 0; i--)
        if (value_get_int(all->entries[i - 1].value, "gone", INT64_MAX) <= call->now)
            (void)value_remove(all, all->entries[i - 1].key);
    return all;
}

static struct str pipe_arn(struct call *call, struct str name)
{
    return arn(call, "pipes", "pipe/%.*s", STR_ARG(name));
}

static struct value *pipe_with(struct call *call, struct str name)
{
    struct value *pipe = value_get_str(pipes(call), name);
    if (!pipe)
        call_fail(call, 404, MISSING, "Pipe %.*s does not exist.", STR_ARG(name));
    return pipe;
}

static bool is_busy(struct call *call, const struct value *pipe)
{
    return value_get(pipe, "gone") || value_get_int(pipe, "until", 0) > call->now;
}

static struct str state_of(struct call *call, const struct value *pipe)
{
    if (value_get(pipe, "gone"))
        return STR("DELETING");
    return value_get_text(pipe, is_busy(call, pipe) ? "meanwhile" : "then");
}

static void begin(struct call *call, struct value *pipe, const char *meanwhile, const char *then)
{
    state_text(call, pipe, "meanwhile", str_from(meanwhile));
    state_text(call, pipe, "then", str_from(then));
    state_int(call, pipe, "until", call->now + call_delay(call, "pipes.settling"));
    state_int(call, pipe, "modified", call->now);
}

/* --- what is asked for --- */

static bool name_is_valid(struct call *call)
{
    struct str name = call_text(call, "Name");
    bool good = name.len > 0 && name.len <= NAME_MAX_LENGTH;
    for (size_t i = 0; i < name.len && good; i++)
        good = strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.", name.ptr[i]);
    return good ||
           call_fail(call, 400, INVALID,
                     "1 validation error detected: Value '%.*s' at 'name' failed to satisfy constraint",
                     STR_ARG(name));
}

/* The parameters of one kind of source; what the kind needs at birth and does not take later. */
static const struct source_kind {
    const char *mark, *parameters, *needed;
} sources[] = {
    {":kinesis:", "KinesisStreamParameters", "StartingPosition"},
    {":dynamodb:", "DynamoDBStreamParameters", "StartingPosition"},
    {":sqs:", "SqsQueueParameters", NULL},
    {":kafka:", "ManagedStreamingKafkaParameters", "TopicName"},
    {"smk://", "SelfManagedKafkaParameters", "TopicName"},
    {":mq:", "ActiveMQBrokerParameters", "QueueName"},
    {":mq:", "RabbitMQBrokerParameters", "QueueName"},
};

static bool source_is_valid(struct call *call, struct str from)
{
    const struct value *given = value_get(call->input, "SourceParameters");
    bool streams = str_contains(from, ":kinesis:") || str_contains(from, ":dynamodb:");
    for (size_t i = 0; i < ARRAY_LENGTH(sources); i++) {
        const struct value *parameters = value_get(given, sources[i].parameters);
        bool own = str_contains(from, sources[i].mark);
        if (parameters && !own)
            return call_fail(call, 400, INVALID, "%s do not fit the source", sources[i].parameters);
        if (parameters && sources[i].needed && !value_get(parameters, sources[i].needed))
            return call_fail(call, 400, INVALID, "%s needs %s", sources[i].parameters, sources[i].needed);
        streams = streams && !parameters;
    }
    return !streams || call_fail(call, 400, INVALID, "a stream needs its parameters with StartingPosition");
}

/* UpdatePipe knows nothing of what is fixed at birth. */
static bool update_is_valid(struct call *call, struct str from)
{
    static const char *const fixed[] = {"StartingPosition", "StartingPositionTimestamp",
                                        "QueueName",        "VirtualHost",
                                        "TopicName",        "ConsumerGroupID"};
    const struct value *given = value_get(call->input, "SourceParameters");
    for (size_t i = 0; i < ARRAY_LENGTH(sources); i++) {
        const struct value *parameters = value_get(given, sources[i].parameters);
        if (parameters && !str_contains(from, sources[i].mark))
            return call_fail(call, 400, INVALID, "%s do not fit the source", sources[i].parameters);
        for (size_t k = 0; k < ARRAY_LENGTH(fixed); k++)
            if (value_get(parameters, fixed[k]))
                return call_fail(call, 400, INVALID, "%s of the source cannot be changed", fixed[k]);
    }
    return true;
}

static bool common_is_valid(struct call *call)
{
    struct str state = call_text(call, "DesiredState");
    const struct value *filters =
        value_path(call->input, "SourceParameters", "FilterCriteria", "Filters", NULL);
    const struct value *log = value_get(call->input, "LogConfiguration");
    if (state.len && !str_is(state, "RUNNING") && !str_is(state, "STOPPED"))
        return call_fail(call, 400, INVALID, "DesiredState must be RUNNING or STOPPED");
    if (value_is(filters, VALUE_LIST) && filters->count > FILTERS_MAX)
        return call_fail(call, 400, INVALID, "there are more than five filters");
    if (log && !value_get_text(log, "Level").len)
        return call_fail(call, 400, INVALID, "LogConfiguration needs Level");
    return true;
}

static bool needed_are_there(struct call *call)
{
    static const char *const needed[] = {"Source", "Target", "RoleArn"};
    for (size_t i = 0; i < ARRAY_LENGTH(needed); i++)
        if (!call_need(call, needed[i], 400, INVALID))
            return false;
    return true;
}

/* A pipe whose role cannot be assumed is made, and fails then. */
static bool role_is_good(struct call *call, const struct value *pipe)
{
    return role_check(call, value_get_text(pipe, "RoleArn"), "pipes.amazonaws.com") == ROLE_GOOD;
}

static void settle_in(struct call *call, struct value *pipe, const char *meanwhile, const char *failed)
{
    bool good = role_is_good(call, pipe);
    (void)value_remove(pipe, STR("reason"));
    if (!good)
        state_text(call, pipe, "reason",
                   STR("Input parameter is invalid from the request due to : The provided customer role does "
                       "not have permissions to be assumed by Pipes"));
    bool stopped = str_is(value_get_text(pipe, "DesiredState"), "STOPPED");
    begin(call, pipe, meanwhile, good ? (stopped ? "STOPPED" : "RUNNING") : failed);
}

/* --- calls --- */

static void put_pipe(struct call *call, struct value *out, struct str name, const struct value *pipe)
{
    put_text(call, out, "Arn", pipe_arn(call, name));
    put_text(call, out, "Name", name);
    put(call, out, "DesiredState", value_get(pipe, "DesiredState"));
    put_text(call, out, "CurrentState", state_of(call, pipe));
    put_time(call, out, "CreationTime", value_get_int(pipe, "created", 0));
    put_time(call, out, "LastModifiedTime", value_get_int(pipe, "modified", 0));
}

static const char *const whole[] = {"Description",      "DesiredState",     "Enrichment",
                                    "Target",           "RoleArn",          "EnrichmentParameters",
                                    "TargetParameters", "LogConfiguration", "KmsKeyIdentifier"};

/* A queue is read ten messages at a time, unless told otherwise. */
static void fill_defaults(struct call *call, struct value *pipe)
{
    struct value *parameters = value_get(pipe, "SourceParameters");
    if (!str_contains(value_get_text(pipe, "Source"), ":sqs:"))
        return;
    struct value *queue = value_get(parameters, "SqsQueueParameters");
    if (!queue)
        queue = state_put(call, parameters, STR("SqsQueueParameters"), value_map(call->arena));
    if (!value_get(queue, "BatchSize"))
        state_int(call, queue, "BatchSize", BATCH_DEFAULT);
}

static bool CreatePipe(struct call *call)
{
    struct str name = call_text(call, "Name");
    if (!name_is_valid(call) || !needed_are_there(call) || !common_is_valid(call) ||
        !source_is_valid(call, call_text(call, "Source")))
        return false;
    if (value_get_str(pipes(call), name))
        return call_fail(call, 409, BUSY, "Pipe %.*s already exists.", STR_ARG(name));
    struct value *pipe = state_put(call, pipes(call), name, value_map(call->arena));
    state_text(call, pipe, "DesiredState", STR("RUNNING"));
    for (size_t i = 0; i < ARRAY_LENGTH(whole); i++)
        state_member(call, pipe, whole[i]);
    state_member(call, pipe, "Source");
    state_put(call, pipe, STR("SourceParameters"), value_map(call->arena));
    state_member(call, pipe, "SourceParameters");
    fill_defaults(call, pipe);
    state_put(call, pipe, STR("Tags"), value_map(call->arena));
    state_member(call, pipe, "Tags");
    state_int(call, pipe, "created", call->now);
    settle_in(call, pipe, "CREATING", "CREATE_FAILED");
    put_pipe(call, call->output, name, pipe);
    return true;
}

/* Of SourceParameters each part that is given is set as a whole, but for what is fixed at birth. */
static void take_source(struct call *call, struct value *pipe)
{
    static const char *const fixed[] = {
        "StartingPosition", "StartingPositionTimestamp",  "QueueName",      "VirtualHost",
        "TopicName",        "AdditionalBootstrapServers", "ConsumerGroupID"};
    struct value *live = value_get(pipe, "SourceParameters");
    const struct value *given = value_get(call->input, "SourceParameters");
    for (size_t i = 0; value_is(given, VALUE_MAP) && i < given->count; i++) {
        struct value *part = value_copy(call->arena, given->entries[i].value);
        const struct value *before = value_get_str(live, given->entries[i].key);
        for (size_t k = 0; k < ARRAY_LENGTH(fixed) && value_is(part, VALUE_MAP); k++)
            put(call, part, fixed[k], value_get(before, fixed[k]));
        state_put(call, live, given->entries[i].key, part);
    }
}

static bool UpdatePipe(struct call *call)
{
    struct str name = call_text(call, "Name");
    struct value *pipe = pipe_with(call, name);
    if (!pipe || !call_need(call, "RoleArn", 400, INVALID) || !common_is_valid(call) ||
        !update_is_valid(call, value_get_text(pipe, "Source")))
        return false;
    if (is_busy(call, pipe))
        return call_fail(call, 409, BUSY, "Pipe %.*s is in state %.*s.", STR_ARG(name),
                         STR_ARG(state_of(call, pipe)));
    for (size_t i = 0; i < ARRAY_LENGTH(whole); i++)
        state_member(call, pipe, whole[i]);
    take_source(call, pipe);
    fill_defaults(call, pipe);
    settle_in(call, pipe, "UPDATING", "UPDATE_FAILED");
    put_pipe(call, call->output, name, pipe);
    return true;
}

static bool change_state(struct call *call, const char *meanwhile, const char *then)
{
    struct str name = call_text(call, "Name");
    struct value *pipe = pipe_with(call, name);
    if (!pipe)
        return false;
    if (is_busy(call, pipe))
        return call_fail(call, 409, BUSY, "Pipe %.*s is in state %.*s.", STR_ARG(name),
                         STR_ARG(state_of(call, pipe)));
    state_text(call, pipe, "DesiredState", str_from(then));
    begin(call, pipe, meanwhile, then);
    put_pipe(call, call->output, name, pipe);
    return true;
}

static bool StartPipe(struct call *call)
{
    return change_state(call, "STARTING", "RUNNING");
}

static bool StopPipe(struct call *call)
{
    return change_state(call, "STOPPING", "STOPPED");
}

static bool DeletePipe(struct call *call)
{
    struct str name = call_text(call, "Name");
    struct value *pipe = pipe_with(call, name);
    if (!pipe)
        return false;
    if (is_busy(call, pipe))
        return call_fail(call, 409, BUSY, "Pipe %.*s is in state %.*s.", STR_ARG(name),
                         STR_ARG(state_of(call, pipe)));
    state_int(call, pipe, "gone", call->now + call_delay(call, "pipes.settling"));
    state_text(call, pipe, "DesiredState", STR("DELETED"));
    put_pipe(call, call->output, name, pipe);
    return true;
}

static bool DescribePipe(struct call *call)
{
    static const char *const members[] = {
        "Description", "Source",           "SourceParameters", "Enrichment",       "EnrichmentParameters",
        "Target",      "TargetParameters", "RoleArn",          "LogConfiguration", "KmsKeyIdentifier",
        "Tags"};
    struct str name = call_text(call, "Name");
    struct value *pipe = pipe_with(call, name);
    if (!pipe)
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        put(call, call->output, members[i], value_get(pipe, members[i]));
    put_pipe(call, call->output, name, pipe);
    if (!is_busy(call, pipe))
        put(call, call->output, "StateReason", value_get(pipe, "reason"));
    return true;
}

static bool ListPipes(struct call *call)
{
    struct value *all = pipes(call), *shapes = value_map(call->arena);
    struct str prefix = call_text(call, "NamePrefix"), next;
    for (size_t i = 0; i < all->count; i++) {
        struct value *shape = value_map(call->arena);
        if (!str_equal(str_slice(all->entries[i].key, 0, prefix.len), prefix))
            continue;
        put_pipe(call, shape, all->entries[i].key, all->entries[i].value);
        put(call, shape, "Source", value_get(all->entries[i].value, "Source"));
        put(call, shape, "Target", value_get(all->entries[i].value, "Target"));
        value_set(call->arena, shapes, all->entries[i].key, shape);
    }
    struct value *page = call_page(call, shapes, &paging, &next);
    if (!page)
        return false;
    put(call, call->output, "Pipes", page);
    if (next.len)
        put_text(call, call->output, "NextToken", next);
    return true;
}

/* --- tags --- */

static struct value *tagged(struct call *call)
{
    struct str wanted = call_text(call, "resourceArn"), prefix = pipe_arn(call, STR_EMPTY);
    if (str_starts(wanted, prefix.ptr))
        return pipe_with(call, str_from_index(wanted, prefix.len));
    call_fail(call, 404, MISSING, "Resource %.*s does not exist.", STR_ARG(wanted));
    return NULL;
}

static bool TagResource(struct call *call)
{
    struct value *pipe = tagged(call);
    if (pipe)
        state_merge(call, pipe, "Tags", value_get(call->input, "tags"));
    return pipe;
}

static bool UntagResource(struct call *call)
{
    struct value *pipe = tagged(call);
    if (pipe)
        state_remove_keys(pipe, "Tags", call_list(call, "tagKeys"));
    return pipe;
}

static bool ListTagsForResource(struct call *call)
{
    struct value *pipe = tagged(call);
    if (pipe)
        put(call, call->output, "tags", value_get(pipe, "Tags"));
    return pipe;
}

#define ROW(NAME, EFFECT, METHOD, PATH)                                                                      \
    {                                                                                                        \
        .name = #NAME, .effect = EFFECT, .handle = NAME, .method = METHOD, .path = PATH                      \
    }

static const struct sim_operation operations[] = {
    ROW(CreatePipe, SIM_WRITE, "POST", "/v1/pipes/{Name}"),
    ROW(DeletePipe, SIM_WRITE, "DELETE", "/v1/pipes/{Name}"),
    ROW(DescribePipe, SIM_READ, "GET", "/v1/pipes/{Name}"),
    ROW(ListPipes, SIM_READ, "GET", "/v1/pipes"),
    ROW(ListTagsForResource, SIM_READ, "GET", "/tags/{resourceArn}"),
    ROW(StartPipe, SIM_WRITE, "POST", "/v1/pipes/{Name}/start"),
    ROW(StopPipe, SIM_WRITE, "POST", "/v1/pipes/{Name}/stop"),
    ROW(TagResource, SIM_WRITE, "POST", "/tags/{resourceArn}"),
    ROW(UntagResource, SIM_WRITE, "DELETE", "/tags/{resourceArn}"),
    ROW(UpdatePipe, SIM_WRITE, "PUT", "/v1/pipes/{Name}"),
};

const struct sim_service sim_pipes = {
    .name = "pipes",
    .rest = true,
    .rest_protocol = SIM_RESTJSON,
    .throttle_status = 429,
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
