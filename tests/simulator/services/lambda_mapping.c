/* Event source mappings: queues and streams that call functions. */

#include "tests/simulator/services/lambda.h"

enum { QUEUE_BATCH_MAX = 10000, QUEUE_BATCH_WITHOUT_WINDOW = 10 };

/* What may be set, in create and update alike. */
static const char *const members[] = {
    "EventSourceArn",
    "BatchSize",
    "FilterCriteria",
    "MaximumBatchingWindowInSeconds",
    "ParallelizationFactor",
    "StartingPosition",
    "StartingPositionTimestamp",
    "DestinationConfig",
    "MaximumRecordAgeInSeconds",
    "BisectBatchOnFunctionError",
    "MaximumRetryAttempts",
    "TumblingWindowInSeconds",
    "Topics",
    "Queues",
    "SourceAccessConfigurations",
    "SelfManagedEventSource",
    "FunctionResponseTypes",
    "AmazonManagedKafkaEventSourceConfig",
    "SelfManagedKafkaEventSourceConfig",
    "ScalingConfig",
    "DocumentDBEventSourceConfig",
    "KMSKeyArn",
    "MetricsConfig",
    "LoggingConfig",
    "ProvisionedPollerConfig",
};

static bool is_queue(struct str source)
{
    return str_starts(source, "arn:aws:sqs:");
}

/* The state that it is in, after what was begun has ended; deleted mappings end as "". */
static struct str current_state(const struct call *call, const struct value *mapping)
{
    bool ended = value_get_int(mapping, "until", 0) <= call->now;
    if (!ended)
        return value_get_text(mapping, "doing");
    if (str_is(value_get_text(mapping, "doing"), "Deleting"))
        return STR_EMPTY;
    return value_get_bool(mapping, "enabled", true) ? STR("Enabled") : STR("Disabled");
}

static struct value *mapping_shape(struct call *call, struct str uuid, const struct value *mapping)
{
    struct value *shape = value_map(call->arena);
    put_text(call, shape, "UUID", uuid);
    put_text(call, shape, "EventSourceMappingArn",
             arn(call, "lambda", "event-source-mapping:%.*s", STR_ARG(uuid)));
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        put(call, shape, members[i], value_get(mapping, members[i]));
    put(call, shape, "FunctionArn", value_get(mapping, "function"));
    put_time(call, shape, "LastModified", value_get_int(mapping, "modified", 0));
    put_text(call, shape, "State", current_state(call, mapping));
    put_text(call, shape, "StateTransitionReason", STR("USER_INITIATED"));
    if (!is_queue(value_get_text(mapping, "EventSourceArn")))
        put_text(call, shape, "LastProcessingResult", STR("No records processed"));
    return shape;
}

static struct value *mappings(struct call *call)
{
    return state_map(call, "mappings");
}

/* The function's ARN as FunctionName had it: with its qualifier. */
static bool find_function(struct call *call, struct str *function_arn, const struct value **record)
{
    struct str name, qualifier, version;
    if (!lambda_name(call, call_text(call, "FunctionName"), &name, &qualifier))
        return false;
    struct value *function = value_get_str(lambda_functions(call), name);
    *record = function ? lambda_record(function, qualifier, &version) : NULL;
    *function_arn = lambda_arn(call, name, qualifier);
    return *record || lambda_not_found(call, name, qualifier);
}

static bool queue_is_valid(struct call *call, struct str source, const struct value *record)
{
    struct str name = str_from_index(source, str_find_last(source, ':') + 1);
    struct value *sqs = call_state_of(call, "sqs", call->account, call->region, NULL);
    struct value *queue = value_get_str(value_get(sqs, "queues"), name);
    if (!queue)
        return call_fail(
            call, 400, LAMBDA_INVALID,
            "Error occurred while ReceiveMessage. SQS Error Code: "
            "AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not "
            "exist.");
    int64_t visibility = value_get_int(value_get(queue, "attributes"), "VisibilityTimeout", 30);
    int64_t timeout = value_get_int(value_get(record, "config"), "Timeout", 3);
    return visibility >= timeout ||
           call_fail(call, 400, LAMBDA_INVALID,
                     "Queue visibility timeout: %lld seconds is less than Function timeout: %lld seconds",
                     (long long)visibility, (long long)timeout);
}

/* What the call does not say is as it is: `mapping` is NULL in create. */
static bool numbers_are_valid(struct call *call, bool queue, const struct value *mapping)
{
    int64_t batch = value_get_int(call->input, "BatchSize", value_get_int(mapping, "BatchSize", 1));
    int64_t window = value_get_int(call->input, "MaximumBatchingWindowInSeconds",
                                   value_get_int(mapping, "MaximumBatchingWindowInSeconds", 0));
    if (batch < 1 || batch > QUEUE_BATCH_MAX || window < 0 || window > 300)
        return call_fail(call, 400, LAMBDA_INVALID,
                         "BatchSize must be 1 to 10000, MaximumBatchingWindowInSeconds 0 to 300");
    if (queue && batch > QUEUE_BATCH_WITHOUT_WINDOW && window == 0)
        return call_fail(
            call, 400, LAMBDA_INVALID,
            "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater "
            "than 10");
    return true;
}

static bool source_is_valid(struct call *call, struct str source, const struct value *record)
{
    if (!source.len)
        return call_has(call, "SelfManagedEventSource") ||
               call_fail(call, 400, LAMBDA_INVALID, "Event source ARN must not be null.");
    if (is_queue(source))
        return queue_is_valid(call, source, record);
    bool stream = str_starts(source, "arn:aws:dynamodb:") || str_starts(source, "arn:aws:kinesis:");
    if (!stream && !str_starts(source, "arn:aws:kafka:") && !str_starts(source, "arn:aws:mq:") &&
        !str_starts(source, "arn:aws:rds:"))
        return call_fail(call, 400, LAMBDA_INVALID, "Unrecognized event source.");
    if (stream && !call_has(call, "StartingPosition"))
        return call_fail(call, 400, LAMBDA_INVALID,
                         "1 validation error detected: Value null at 'startingPosition' failed to satisfy "
                         "constraint: Member must not be null.");
    return true;
}

static bool is_new(struct call *call, struct str source, struct str function_arn)
{
    struct value *all = mappings(call);
    for (size_t i = 0; source.len && i < all->count; i++) {
        const struct value *mapping = all->entries[i].value;
        if (current_state(call, mapping).len &&
            str_equal(value_get_text(mapping, "EventSourceArn"), source) &&
            str_equal(value_get_text(mapping, "function"), function_arn))
            return call_fail(
                call, 409, LAMBDA_CONFLICT,
                "An event source mapping with %s arn (\" %.*s \") and function (\" %.*s \") already "
                "exists. Please update or delete the existing mapping with UUID %.*s",
                is_queue(source) ? "SQS" : "event source", STR_ARG(source),
                STR_ARG(call_text(call, "FunctionName")), STR_ARG(all->entries[i].key));
    }
    return true;
}

static void set_defaults(struct call *call, struct value *mapping, bool queue)
{
    state_int(call, mapping, "BatchSize", queue ? 10 : 100);
    state_int(call, mapping, "MaximumBatchingWindowInSeconds", 0);
    state_put(call, mapping, STR("FunctionResponseTypes"), value_list(call->arena));
    if (queue)
        return;
    struct value *destination = value_map(call->arena);
    put(call, destination, "OnFailure", value_map(call->arena));
    state_put(call, mapping, STR("DestinationConfig"), destination);
    state_int(call, mapping, "ParallelizationFactor", 1);
    state_int(call, mapping, "MaximumRecordAgeInSeconds", -1);
    state_int(call, mapping, "MaximumRetryAttempts", -1);
    state_int(call, mapping, "TumblingWindowInSeconds", 0);
    state_bool(call, mapping, "BisectBatchOnFunctionError", false);
}

static void begin(struct call *call, struct value *mapping, const char *doing)
{
    state_text(call, mapping, "doing", str_from(doing));
    state_int(call, mapping, "until", call->now + call_delay(call, "lambda.mapping"));
    state_int(call, mapping, "modified", call->now);
}

/* Forgets the mappings whose deletion has ended. */
static void sweep(struct call *call)
{
    struct value *all = mappings(call);
    for (size_t i = all->count; i > 0; i--)
        if (!current_state(call, all->entries[i - 1].value).len)
            (void)value_remove(all, all->entries[i - 1].key);
}

static void set_members(struct call *call, struct value *mapping)
{
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        state_member(call, mapping, members[i]);
    const struct value *filters = value_path(mapping, "FilterCriteria", "Filters", NULL);
    if (value_get(mapping, "FilterCriteria") && (!filters || !filters->count))
        (void)value_remove(mapping, STR("FilterCriteria"));
    if (call_has(call, "Enabled"))
        state_bool(call, mapping, "enabled", value_get_bool(call->input, "Enabled", true));
}

bool lambda_CreateEventSourceMapping(struct call *call)
{
    struct str source = call_text(call, "EventSourceArn"), function_arn;
    const struct value *record, *tags = value_get(call->input, "Tags");
    sweep(call);
    if (!find_function(call, &function_arn, &record) || !source_is_valid(call, source, record) ||
        !numbers_are_valid(call, is_queue(source), NULL) || !lambda_tags_fit(call, NULL, tags) ||
        !is_new(call, source, function_arn))
        return false;
    struct str uuid = call_uuid(call);
    struct value *mapping = state_put(call, mappings(call), uuid, value_map(call->arena));
    set_defaults(call, mapping, is_queue(source));
    set_members(call, mapping);
    state_text(call, mapping, "function", function_arn);
    state_put(call, mapping, STR("tags"), tags ? tags : value_map(call->arena));
    begin(call, mapping, "Creating");
    call->output = mapping_shape(call, uuid, mapping);
    return true;
}

/* The mapping that UUID names, or NULL after call_fail. */
static struct value *find_mapping(struct call *call)
{
    struct value *mapping = value_get_str(mappings(call), call_text(call, "UUID"));
    if (mapping && current_state(call, mapping).len)
        return mapping;
    call_fail(call, 404, LAMBDA_MISSING, "The resource you requested does not exist.");
    return NULL;
}

static bool is_idle(struct call *call, const struct value *mapping, const char *what)
{
    return value_get_int(mapping, "until", 0) <= call->now ||
           call_fail(call, 400, "ResourceInUseException",
                     "Cannot %s the event source mapping because it is in use.", what);
}

bool lambda_GetEventSourceMapping(struct call *call)
{
    struct value *mapping = find_mapping(call);
    if (!mapping)
        return false;
    call->output = mapping_shape(call, call_text(call, "UUID"), mapping);
    return true;
}

bool lambda_UpdateEventSourceMapping(struct call *call)
{
    struct value *mapping = find_mapping(call);
    struct str function_arn = STR_EMPTY;
    const struct value *record;
    if (!mapping || !is_idle(call, mapping, "update") ||
        !numbers_are_valid(call, is_queue(value_get_text(mapping, "EventSourceArn")), mapping) ||
        (call_has(call, "FunctionName") && !find_function(call, &function_arn, &record)))
        return false;
    bool was_enabled = value_get_bool(mapping, "enabled", true);
    set_members(call, mapping);
    if (function_arn.len)
        state_text(call, mapping, "function", function_arn);
    bool enabled = value_get_bool(mapping, "enabled", true);
    begin(call, mapping, enabled == was_enabled ? "Updating" : enabled ? "Enabling" : "Disabling");
    call->output = mapping_shape(call, call_text(call, "UUID"), mapping);
    return true;
}

bool lambda_DeleteEventSourceMapping(struct call *call)
{
    struct value *mapping = find_mapping(call);
    if (!mapping || !is_idle(call, mapping, "delete"))
        return false;
    begin(call, mapping, "Deleting");
    call->output = mapping_shape(call, call_text(call, "UUID"), mapping);
    put_text(call, call->output, "State", STR("Deleting"));
    return true;
}

static bool is_listed(struct call *call, const struct value *mapping, struct str function_arn)
{
    struct str source = call_text(call, "EventSourceArn"), target = value_get_text(mapping, "function");
    return current_state(call, mapping).len &&
           (!source.len || str_equal(source, value_get_text(mapping, "EventSourceArn"))) &&
           (!function_arn.len || str_equal(function_arn, target));
}

bool lambda_ListEventSourceMappings(struct call *call)
{
    static const struct sim_paging paging = {.size_member = "MaxItems",
                                             .token_member = "Marker",
                                             .size = 100,
                                             .size_max = 100,
                                             .error_code = LAMBDA_INVALID};
    struct value *all = mappings(call), *items = value_map(call->arena);
    struct str function_arn = STR_EMPTY, name, qualifier, next;
    if (call_has(call, "FunctionName")) {
        if (!lambda_name(call, call_text(call, "FunctionName"), &name, &qualifier))
            return false;
        function_arn = lambda_arn(call, name, qualifier);
    }
    for (size_t i = 0; i < all->count; i++)
        if (is_listed(call, all->entries[i].value, function_arn))
            value_set(call->arena, items, all->entries[i].key,
                      mapping_shape(call, all->entries[i].key, all->entries[i].value));
    struct value *page = call_page(call, items, &paging, &next);
    if (!page)
        return false;
    put(call, call->output, "EventSourceMappings", page);
    if (next.len)
        put_text(call, call->output, "NextMarker", next);
    return true;
}
