/*
 * AWS::Lambda::EventSourceMapping.  It has no name: it is found again by its function and its source.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-eventsourcemapping.html
 */

#include "providers/lambda/common.h"
#include "providers/lambda/types.h"
#include "providers/policy.h"
#include "providers/shape.h"

enum { SETTLE_MS = 10 * 60 * 1000 };

#define KAFKA(NAME)                                                                                          \
    {.path = NAME, .kind = SHAPE_MAP}, {.path = NAME ".ConsumerGroupId"},                                    \
        {.path = NAME ".SchemaRegistryConfig", .kind = SHAPE_MAP},                                           \
        {.path = NAME ".SchemaRegistryConfig.AccessConfigs", .kind = SHAPE_SET, .key = "Type"},              \
        {.path = NAME ".SchemaRegistryConfig.AccessConfigs.Type"},                                           \
        {.path = NAME ".SchemaRegistryConfig.AccessConfigs.URI"},                                            \
        {.path = NAME ".SchemaRegistryConfig.EventRecordFormat"},                                            \
        {.path = NAME ".SchemaRegistryConfig.SchemaRegistryURI"},                                            \
        {.path = NAME ".SchemaRegistryConfig.SchemaValidationConfigs",                                       \
         .kind = SHAPE_SET,                                                                                  \
         .key = "Attribute"},                                                                                \
    {                                                                                                        \
        .path = NAME ".SchemaRegistryConfig.SchemaValidationConfigs.Attribute"                               \
    }

static const struct shape shape[] = {
    KAFKA("AmazonManagedKafkaEventSourceConfig"),
    {.path = "BatchSize", .kind = SHAPE_NUMBER},
    {.path = "BisectBatchOnFunctionError", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "DestinationConfig", .kind = SHAPE_MAP, .otherwise = "{\"OnFailure\":{}}"},
    {.path = "DestinationConfig.OnFailure", .kind = SHAPE_MAP, .otherwise = "{}"},
    {.path = "DestinationConfig.OnFailure.Destination"},
    {.path = "DocumentDBEventSourceConfig", .kind = SHAPE_MAP},
    {.path = "DocumentDBEventSourceConfig.CollectionName"},
    {.path = "DocumentDBEventSourceConfig.DatabaseName"},
    {.path = "DocumentDBEventSourceConfig.FullDocument"},
    {.path = "Enabled", .kind = SHAPE_BOOL, .otherwise = "true"},
    {.path = "EventSourceArn"},
    {.path = "FilterCriteria", .kind = SHAPE_MAP, .otherwise = "{\"Filters\":[]}"},
    {.path = "FilterCriteria.Filters", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "FilterCriteria.Filters.Pattern", .kind = SHAPE_JSON},
    {.path = "FunctionName"},
    {.path = "FunctionResponseTypes", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "KmsKeyArn", .otherwise = "\"\""},
    {.path = "LoggingConfig", .kind = SHAPE_MAP},
    {.path = "LoggingConfig.SystemLogLevel"},
    {.path = "MaximumBatchingWindowInSeconds", .kind = SHAPE_NUMBER, .otherwise = "0"},
    {.path = "MaximumRecordAgeInSeconds", .kind = SHAPE_NUMBER, .otherwise = "-1"},
    {.path = "MaximumRetryAttempts", .kind = SHAPE_NUMBER, .otherwise = "-1"},
    {.path = "MetricsConfig", .kind = SHAPE_MAP, .otherwise = "{\"Metrics\":[]}"},
    {.path = "MetricsConfig.Metrics", .kind = SHAPE_SET, .otherwise = "[]"},
    {.path = "ParallelizationFactor", .kind = SHAPE_NUMBER, .otherwise = "1"},
    {.path = "ProvisionedPollerConfig", .kind = SHAPE_MAP, .otherwise = "{}"},
    {.path = "ProvisionedPollerConfig.MaximumPollers", .kind = SHAPE_NUMBER},
    {.path = "ProvisionedPollerConfig.MinimumPollers", .kind = SHAPE_NUMBER},
    {.path = "ProvisionedPollerConfig.PollerGroupName"},
    {.path = "Queues", .kind = SHAPE_SET},
    {.path = "ScalingConfig", .kind = SHAPE_MAP, .otherwise = "{}"},
    {.path = "ScalingConfig.MaximumConcurrency", .kind = SHAPE_NUMBER},
    {.path = "SelfManagedEventSource", .kind = SHAPE_MAP},
    {.path = "SelfManagedEventSource.Endpoints", .kind = SHAPE_MAP},
    {.path = "SelfManagedEventSource.Endpoints.KafkaBootstrapServers", .kind = SHAPE_SET},
    KAFKA("SelfManagedKafkaEventSourceConfig"),
    {.path = "SourceAccessConfigurations", .kind = SHAPE_SET},
    {.path = "SourceAccessConfigurations.Type"},
    {.path = "SourceAccessConfigurations.URI"},
    {.path = "StartingPosition"},
    {.path = "StartingPositionTimestamp", .kind = SHAPE_NUMBER},
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.path = "Topics", .kind = SHAPE_SET},
    {.path = "TumblingWindowInSeconds", .kind = SHAPE_NUMBER, .otherwise = "0"},
    {.path = NULL},
};

/* Members that API and property share, and that an update may change. */
static const char *const mutable_members[] = {"AmazonManagedKafkaEventSourceConfig",
                                              "BatchSize",
                                              "BisectBatchOnFunctionError",
                                              "DestinationConfig",
                                              "DocumentDBEventSourceConfig",
                                              "Enabled",
                                              "FilterCriteria",
                                              "FunctionResponseTypes",
                                              "LoggingConfig",
                                              "MaximumBatchingWindowInSeconds",
                                              "MaximumRecordAgeInSeconds",
                                              "MaximumRetryAttempts",
                                              "MetricsConfig",
                                              "ParallelizationFactor",
                                              "ProvisionedPollerConfig",
                                              "ScalingConfig",
                                              "SelfManagedKafkaEventSourceConfig",
                                              "SourceAccessConfigurations",
                                              "TumblingWindowInSeconds",
                                              NULL};

/* Those that are fixed at birth. */
static const char *const fixed_members[] = {
    "EventSourceArn", "Queues", "StartingPosition", "StartingPositionTimestamp", "Topics", NULL};

static const struct hurdle hurdles[] = {
    {"InvalidParameterValueException", "cannot be assumed by Lambda"},
    {"InvalidParameterValueException", "does not have permissions to call"},
    {"InvalidParameterValueException", "Please add permissions"},
    {"ResourceInUseException", NULL},
    {NULL, NULL},
};

static struct value *identified(const struct resource_call *call, struct str id)
{
    return input_with(call->arena, "UUID", id);
}

/* --- forms: the API has other names for a few members --- */

static const char endpoints_key[] = "KAFKA_BOOTSTRAP_SERVERS";

/* Patterns are JSON texts in the API. */
static struct value *filters_to_api(struct arena *arena, const struct value *criteria)
{
    struct value *copy = value_copy(arena, criteria), *filters = value_get(copy, "Filters");
    for (size_t i = 0; value_is(filters, VALUE_LIST) && i < filters->count; i++) {
        const struct value *pattern = value_get(filters->items[i], "Pattern");
        if (pattern)
            and_with(arena, filters->items[i], "Pattern", policy_text(arena, pattern));
    }
    return copy;
}

static struct value *endpoints(struct arena *arena, const struct value *source, const char *from,
                               const char *to)
{
    struct value *servers = value_path(source, "Endpoints", from, NULL);
    struct value *map = value_map(arena), *result = value_map(arena);
    if (servers)
        value_setz(arena, map, to, servers);
    value_setz(arena, result, "Endpoints", map);
    return result;
}

/* The members of a request; `live` (or NULL) leaves out what is so already. */
static struct value *to_api(struct arena *arena, const struct value *target, const struct value *live)
{
    struct value *input = value_map(arena);
    for (const char *const *name = mutable_members; *name; name++) {
        struct value *wanted = value_get(target, *name);
        if (!wanted || (live && !shape_differs(target, live, *name)))
            continue;
        bool filters = str_is(STR("FilterCriteria"), *name);
        value_setz(arena, input, *name, filters ? filters_to_api(arena, wanted) : wanted);
    }
    if (live ? shape_differs(target, live, "KmsKeyArn") : value_get(target, "KmsKeyArn") != NULL)
        and_with(arena, input, "KMSKeyArn", value_get_text(target, "KmsKeyArn"));
    if (live ? shape_differs(target, live, "FunctionName") : true)
        and_with(arena, input, "FunctionName", value_get_text(target, "FunctionName"));
    return without_nulls(arena, input);
}

static struct value *from_api(struct arena *arena, const struct value *mapping)
{
    struct value *live = value_map(arena);
    struct str state = value_get_text(mapping, "State");
    members_copy(arena, live, mapping, mutable_members);
    members_copy(arena, live, mapping, fixed_members);
    value_setz(arena, live, "Enabled",
               value_bool(arena, str_starts(state, "Enabl") || str_is(state, "Creating") ||
                                     str_is(state, "Updating")));
    and_with(arena, live, "FunctionName", value_get_text(mapping, "FunctionArn"));
    and_with(arena, live, "KmsKeyArn", value_get_text(mapping, "KMSKeyArn"));
    if (value_get(mapping, "SelfManagedEventSource"))
        value_setz(arena, live, "SelfManagedEventSource",
                   endpoints(arena, value_get(mapping, "SelfManagedEventSource"), endpoints_key,
                             "KafkaBootstrapServers"));
    return live;
}

/* --- reading --- */

static struct str arn_of(const struct resource_call *call, const struct value *mapping)
{
    struct str arn = value_get_text(mapping, "EventSourceMappingArn");
    if (arn.len)
        return arn;
    return arena_printf(call->arena, "arn:%.*s:lambda:%.*s:%.*s:event-source-mapping:%.*s",
                        STR_ARG(aws_partition(call->aws)), STR_ARG(aws_region(call->aws)),
                        STR_ARG(aws_account(call->aws)), STR_ARG(value_get_text(mapping, "UUID")));
}

static bool read_mapping(const struct resource_call *call, const struct value *mapping,
                         struct resource_state *state, struct error *error)
{
    struct arena *arena = call->arena;
    struct str arn = arn_of(call, mapping);
    struct value *tags;
    if (!aws_call(call->aws, &lambda_operations[LAMBDA_LIST_TAGS], arena, input_with(arena, "Resource", arn),
                  &tags, error)) {
        if (error->code != ERROR_NOT_FOUND)
            return false;
        error_clear(error); /* the mapping is there, so it only has none */
        tags = NULL;
    }
    state->physical_id = value_get_text(mapping, "UUID");
    state->attributes = input_with(arena, "EventSourceMappingArn", arn);
    and_with(arena, state->attributes, "Id", state->physical_id);
    state->properties = from_api(arena, mapping);
    state->tags = value_get(tags, "Tags");
    value_setz(arena, state->properties, "Tags",
               tags_as_list(arena, tags_of_user(call, state->tags), "Key", "Value"));
    lambda_event_source_mapping_type.normalize(arena, state->properties);
    return true;
}

static bool mapping_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct value *mapping;
    return aws_call(call->aws, &lambda_operations[LAMBDA_GET_EVENT_SOURCE_MAPPING], call->arena,
                    identified(call, call->physical_id), &mapping, error) &&
           read_mapping(call, mapping, state, error);
}

/* Function and source, and what tells two mappings of one broker apart. */
static bool is_the_one(const struct value *wanted, const struct value *live)
{
    static const char *const identity[] = {"EventSourceArn", "FunctionName",
                                           "Queues",         "SelfManagedEventSource",
                                           "Topics",         "DocumentDBEventSourceConfig"};
    for (size_t i = 0; i < ARRAY_LENGTH(identity); i++)
        if (!shape_covers(value_get(wanted, identity[i]), value_get(live, identity[i])))
            return false;
    return true;
}

static bool mapping_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    static const char *const source[] = {"EventSourceArn", NULL};
    struct str declared = value_get_text(call->properties, "FunctionName");
    struct function_name function = function_name_split(declared);
    struct value *input =
        input_with(call->arena, "FunctionName", function.qualifier.len ? declared : function.name);
    struct value *mappings;
    members_copy(call->arena, input, call->properties, source);
    if (!aws_list(call->aws, &lambda_operations[LAMBDA_LIST_EVENT_SOURCE_MAPPINGS], call->arena, input,
                  &mappings, error))
        return false;
    struct value *wanted = value_copy(call->arena, call->properties);
    lambda_event_source_mapping_type.normalize(call->arena, wanted);
    for (size_t i = 0; i < mappings->count; i++) {
        struct value *live = from_api(call->arena, mappings->items[i]);
        lambda_event_source_mapping_type.normalize(call->arena, live);
        if (is_the_one(wanted, live) && !value_is_text(value_get(mappings->items[i], "State"), "Deleting"))
            return read_mapping(call, mappings->items[i], state, error);
    }
    return error_set(error, ERROR_NOT_FOUND, "function '%.*s' has no mapping of this source",
                     STR_ARG(value_get_text(wanted, "FunctionName")));
}

/* --- writing --- */

struct settling {
    const struct resource_call *call;
    struct str id;
    struct value *mapping;
};

static bool is_settled(void *self, bool *done, struct error *error)
{
    struct settling *wait = self;
    if (!aws_call(wait->call->aws, &lambda_operations[LAMBDA_GET_EVENT_SOURCE_MAPPING], wait->call->arena,
                  identified(wait->call, wait->id), &wait->mapping, error))
        return false;
    struct str state = value_get_text(wait->mapping, "State");
    *done = str_is(state, "Enabled") || str_is(state, "Disabled");
    return true;
}

static bool settle(const struct resource_call *call, struct str id, struct value **mapping,
                   struct error *error)
{
    struct settling wait = {.call = call, .id = id, .mapping = NULL};
    if (!wait_until(call, "the event source mapping to be enabled or disabled", SETTLE_MS, is_settled, &wait,
                    error))
        return false;
    *mapping = wait.mapping;
    return true;
}

/* Lambda's own batch size depends on the source. */
static struct value *target_of(const struct resource_call *call)
{
    struct value *target = shape_target(shape, call->arena, call->properties, call->previous);
    function_name_normalize(call->arena, target);
    bool queue = str_contains(value_get_text(target, "EventSourceArn"), ":sqs:");
    if (value_is(value_get(target, "BatchSize"), VALUE_NULL))
        value_setz(call->arena, target, "BatchSize", value_int(call->arena, queue ? 10 : 100));
    return target;
}

static bool update_once(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct value *mapping, *target = target_of(call);
    if (!settle(call, call->physical_id, &mapping, error) || !read_mapping(call, mapping, state, error))
        return false;
    struct value *input = to_api(call->arena, target, state->properties);
    if (input->count) {
        and_with(call->arena, input, "UUID", call->physical_id);
        if (!call_over_hurdles(call->aws, &lambda_operations[LAMBDA_UPDATE_EVENT_SOURCE_MAPPING], call->arena,
                               input, hurdles, LAMBDA_ROLE_MS, NULL, error) ||
            !settle(call, call->physical_id, &mapping, error))
            return false;
    }
    return lambda_write_tags(call, arn_of(call, mapping), state->tags, error);
}

static bool mapping_update(const struct resource_call *call, struct resource_state *state,
                           struct error *error)
{
    return shape_check(shape, lambda_event_source_mapping_type.name, call->properties, error) &&
           update_until_answered(update_once, call, state, error);
}

static bool mapping_create(const struct resource_call *call, struct resource_state *state,
                           struct error *error)
{
    struct arena *arena = call->arena;
    if (!shape_check(shape, lambda_event_source_mapping_type.name, call->properties, error))
        return false;
    struct value *target = shape_target(shape, arena, call->properties, NULL);
    struct value *input = to_api(arena, target, NULL), *mapping;
    members_copy(arena, input, target, fixed_members);
    if (value_get(target, "SelfManagedEventSource"))
        value_setz(arena, input, "SelfManagedEventSource",
                   endpoints(arena, value_get(target, "SelfManagedEventSource"), "KafkaBootstrapServers",
                             endpoints_key));
    value_setz(arena, input, "Tags", resource_tags(call));
    if (!create_once(call, &lambda_event_source_mapping_type,
                     &lambda_operations[LAMBDA_CREATE_EVENT_SOURCE_MAPPING], input, hurdles, LAMBDA_ROLE_MS,
                     &mapping, error))
        return false;
    if (!mapping && !mapping_find(call, state, error))
        return false;
    struct str id = mapping ? value_get_text(mapping, "UUID") : state->physical_id;
    return settle(call, id, &mapping, error) && read_mapping(call, mapping, state, error);
}

static bool is_gone(void *self, bool *done, struct error *error)
{
    const struct resource_call *call = self;
    *done = !call_simply(call, &lambda_operations[LAMBDA_GET_EVENT_SOURCE_MAPPING],
                         identified(call, call->physical_id), error);
    if (*done && error->code != ERROR_NOT_FOUND)
        return false;
    error_clear(error);
    return true;
}

static bool mapping_remove(const struct resource_call *call, struct error *error)
{
    struct resource_call copy = *call;
    if (!call_over_hurdles(call->aws, &lambda_operations[LAMBDA_DELETE_EVENT_SOURCE_MAPPING], call->arena,
                           identified(call, call->physical_id), hurdles, SETTLE_MS, NULL, error)) {
        if (error->code != ERROR_NOT_FOUND)
            return false;
        error_clear(error);
        return true;
    }
    return wait_until(call, "the event source mapping to be deleted", SETTLE_MS, is_gone, &copy, error);
}

static void mapping_normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(shape, arena, properties);
    function_name_normalize(arena, properties);
}

const struct resource_type lambda_event_source_mapping_type = {
    .name = "AWS::Lambda::EventSourceMapping",
    .traits = RESOURCE_TAGGED,
    .read = mapping_read,
    .find = mapping_find,
    .create = mapping_create,
    .update = mapping_update,
    .remove = mapping_remove,
    .normalize = mapping_normalize,
    .arn = "arn:{partition}:lambda:{region}:{account}:event-source-mapping:*",
};
