/*
 * AWS::DynamoDB::Table.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-dynamodb-table.html
 */

#include "providers/dynamodb/table_parts.h"
#include "providers/dynamodb/types.h"
#include "providers/policy.h"
#include "providers/shape.h"

enum { TABLES_BUSY_MS = 5 * 60 * 1000, DELETE_MS = 15 * 60 * 1000 };

static const struct shape shape[] = {
    {.path = "AttributeDefinitions", .kind = SHAPE_SET, .key = "AttributeName"},
    {.path = "AttributeDefinitions.AttributeName"},
    {.path = "AttributeDefinitions.AttributeType"},
    {.path = "BillingMode", .otherwise = "\"PROVISIONED\""},
    {.path = "ContributorInsightsSpecification", .kind = SHAPE_MAP, .otherwise = "{\"Enabled\":false}"},
    {.path = "ContributorInsightsSpecification.Enabled", .kind = SHAPE_BOOL},
    {.path = "ContributorInsightsSpecification.Mode"},
    {.path = "DeletionProtectionEnabled", .kind = SHAPE_BOOL, .otherwise = "false"},
    {.path = "GlobalSecondaryIndexes", .kind = SHAPE_SET, .otherwise = "[]", .key = "IndexName"},
    {.path = "GlobalSecondaryIndexes.ContributorInsightsSpecification",
     .kind = SHAPE_MAP,
     .refused = "only the table's own insights are managed"},
    {.path = "GlobalSecondaryIndexes.IndexName"},
    {.path = "GlobalSecondaryIndexes.KeySchema", .kind = SHAPE_LIST},
    {.path = "GlobalSecondaryIndexes.KeySchema.AttributeName"},
    {.path = "GlobalSecondaryIndexes.KeySchema.KeyType"},
    {.path = "GlobalSecondaryIndexes.OnDemandThroughput", .kind = SHAPE_MAP},
    {.path = "GlobalSecondaryIndexes.OnDemandThroughput.MaxReadRequestUnits", .kind = SHAPE_NUMBER},
    {.path = "GlobalSecondaryIndexes.OnDemandThroughput.MaxWriteRequestUnits", .kind = SHAPE_NUMBER},
    {.path = "GlobalSecondaryIndexes.Projection", .kind = SHAPE_MAP},
    {.path = "GlobalSecondaryIndexes.Projection.NonKeyAttributes", .kind = SHAPE_SET},
    {.path = "GlobalSecondaryIndexes.Projection.ProjectionType"},
    {.path = "GlobalSecondaryIndexes.ProvisionedThroughput", .kind = SHAPE_MAP},
    {.path = "GlobalSecondaryIndexes.ProvisionedThroughput.ReadCapacityUnits", .kind = SHAPE_NUMBER},
    {.path = "GlobalSecondaryIndexes.ProvisionedThroughput.WriteCapacityUnits", .kind = SHAPE_NUMBER},
    {.path = "GlobalSecondaryIndexes.WarmThroughput", .kind = SHAPE_MAP},
    {.path = "GlobalSecondaryIndexes.WarmThroughput.ReadUnitsPerSecond", .kind = SHAPE_NUMBER},
    {.path = "GlobalSecondaryIndexes.WarmThroughput.WriteUnitsPerSecond", .kind = SHAPE_NUMBER},
    {.path = "ImportSourceSpecification",
     .kind = SHAPE_MAP,
     .refused = "import the data into a table by hand, and declare that table without it"},
    {.path = "KeySchema", .kind = SHAPE_LIST},
    {.path = "KeySchema.AttributeName"},
    {.path = "KeySchema.KeyType"},
    {.path = "KinesisStreamSpecification", .kind = SHAPE_MAP},
    {.path = "KinesisStreamSpecification.ApproximateCreationDateTimePrecision"},
    {.path = "KinesisStreamSpecification.StreamArn"},
    {.path = "LocalSecondaryIndexes", .kind = SHAPE_SET, .otherwise = "[]", .key = "IndexName"},
    {.path = "LocalSecondaryIndexes.IndexName"},
    {.path = "LocalSecondaryIndexes.KeySchema", .kind = SHAPE_LIST},
    {.path = "LocalSecondaryIndexes.KeySchema.AttributeName"},
    {.path = "LocalSecondaryIndexes.KeySchema.KeyType"},
    {.path = "LocalSecondaryIndexes.Projection", .kind = SHAPE_MAP},
    {.path = "LocalSecondaryIndexes.Projection.NonKeyAttributes", .kind = SHAPE_SET},
    {.path = "LocalSecondaryIndexes.Projection.ProjectionType"},
    {.path = "OnDemandThroughput",
     .kind = SHAPE_MAP,
     .otherwise = "{\"MaxReadRequestUnits\":-1,\"MaxWriteRequestUnits\":-1}"},
    {.path = "OnDemandThroughput.MaxReadRequestUnits", .kind = SHAPE_NUMBER, .otherwise = "-1"},
    {.path = "OnDemandThroughput.MaxWriteRequestUnits", .kind = SHAPE_NUMBER, .otherwise = "-1"},
    {.path = "PointInTimeRecoverySpecification",
     .kind = SHAPE_MAP,
     .otherwise = "{\"PointInTimeRecoveryEnabled\":false}"},
    {.path = "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled",
     .kind = SHAPE_BOOL,
     .otherwise = "false"},
    {.path = "PointInTimeRecoverySpecification.RecoveryPeriodInDays",
     .kind = SHAPE_NUMBER,
     .otherwise = "35"},
    {.path = "ProvisionedThroughput", .kind = SHAPE_MAP},
    {.path = "ProvisionedThroughput.ReadCapacityUnits", .kind = SHAPE_NUMBER},
    {.path = "ProvisionedThroughput.WriteCapacityUnits", .kind = SHAPE_NUMBER},
    {.path = "ResourcePolicy", .kind = SHAPE_MAP},
    {.path = "ResourcePolicy.PolicyDocument", .kind = SHAPE_POLICY},
    {.path = "SSESpecification", .kind = SHAPE_MAP, .otherwise = "{\"SSEEnabled\":false}"},
    {.path = "SSESpecification.KMSMasterKeyId"},
    {.path = "SSESpecification.SSEEnabled", .kind = SHAPE_BOOL},
    {.path = "SSESpecification.SSEType"},
    {.path = "StreamSpecification", .kind = SHAPE_MAP},
    {.path = "StreamSpecification.ResourcePolicy",
     .kind = SHAPE_MAP,
     .refused = "only the table's own policy is managed"},
    {.path = "StreamSpecification.StreamViewType"},
    {.path = "TableClass", .otherwise = "\"STANDARD\""},
    {.path = "TableName"},
    {.path = "Tags", .kind = SHAPE_TAGS, .otherwise = "[]"},
    {.path = "TimeToLiveSpecification", .kind = SHAPE_MAP, .otherwise = "{\"Enabled\":false}"},
    {.path = "TimeToLiveSpecification.AttributeName"},
    {.path = "TimeToLiveSpecification.Enabled", .kind = SHAPE_BOOL},
    {.path = "WarmThroughput", .kind = SHAPE_MAP},
    {.path = "WarmThroughput.ReadUnitsPerSecond", .kind = SHAPE_NUMBER},
    {.path = "WarmThroughput.WriteUnitsPerSecond", .kind = SHAPE_NUMBER},
    {.path = NULL},
};

/* Only so many tables may be changed at once. */
static const struct hurdle tables_busy[] = {{"LimitExceededException", "simultaneous"}, {NULL, NULL}};

/* --- reading --- */

static const char *const units[] = {"ReadCapacityUnits", "WriteCapacityUnits", NULL};
static const char *const warm_units[] = {"ReadUnitsPerSecond", "WriteUnitsPerSecond", NULL};

static void read_part(struct arena *arena, struct value *to, const struct value *from, const char *name,
                      const char *const *members)
{
    const struct value *part = value_get(from, name);
    if (!value_is(part, VALUE_MAP))
        return;
    struct value *copy = value_map(arena);
    members_copy(arena, copy, part, members);
    if (copy->count)
        value_setz(arena, to, name, copy);
}

static void read_indexes(struct arena *arena, struct value *live, const struct value *table, const char *name)
{
    static const char *const same[] = {"IndexName", "KeySchema", "Projection", "OnDemandThroughput", NULL};
    const struct value *indexes = value_get(table, name);
    struct value *list = value_list(arena);
    for (size_t i = 0; value_is(indexes, VALUE_LIST) && i < indexes->count; i++) {
        struct value *index = value_map(arena);
        members_copy(arena, index, indexes->items[i], same);
        read_part(arena, index, indexes->items[i], "ProvisionedThroughput", units);
        read_part(arena, index, indexes->items[i], "WarmThroughput", warm_units);
        value_append(arena, list, index);
    }
    value_setz(arena, live, name, list);
}

static bool is_key(const struct value *keys, struct str attribute)
{
    for (size_t i = 0; value_is(keys, VALUE_LIST) && i < keys->count; i++)
        if (str_equal(value_get_text(keys->items[i], "AttributeName"), attribute))
            return true;
    return false;
}

static bool is_key_of_index(const struct value *indexes, struct str attribute)
{
    for (size_t i = 0; value_is(indexes, VALUE_LIST) && i < indexes->count; i++)
        if (is_key(value_get(indexes->items[i], "KeySchema"), attribute))
            return true;
    return false;
}

/* Definitions that a deleted index left behind define nothing. */
static void read_attributes(struct arena *arena, struct value *live, const struct value *table)
{
    const struct value *all = value_get(table, "AttributeDefinitions");
    struct value *used = value_list(arena);
    for (size_t i = 0; value_is(all, VALUE_LIST) && i < all->count; i++) {
        struct str name = value_get_text(all->items[i], "AttributeName");
        if (is_key(value_get(table, "KeySchema"), name) ||
            is_key_of_index(value_get(table, "GlobalSecondaryIndexes"), name) ||
            is_key_of_index(value_get(table, "LocalSecondaryIndexes"), name))
            value_append(arena, used, all->items[i]);
    }
    value_setz(arena, live, "AttributeDefinitions", used);
}

static void read_encryption(struct arena *arena, struct value *live, const struct value *table)
{
    const struct value *sse = value_get(table, "SSEDescription");
    struct value *specification = value_map(arena);
    bool enabled = value_is_text(value_get(sse, "Status"), "ENABLED") ||
                   value_is_text(value_get(sse, "Status"), "UPDATING");
    value_setz(arena, specification, "SSEEnabled", value_bool(arena, enabled));
    if (enabled) {
        and_with(arena, specification, "SSEType", value_get_text(sse, "SSEType"));
        and_with(arena, specification, "KMSMasterKeyId", value_get_text(sse, "KMSMasterKeyArn"));
    }
    value_setz(arena, live, "SSESpecification", specification);
}

static void read_table(const struct resource_call *call, const struct value *table,
                       struct resource_state *state)
{
    static const char *const same[] = {"AttributeDefinitions",
                                       "DeletionProtectionEnabled",
                                       "KeySchema",
                                       "OnDemandThroughput",
                                       "TableName",
                                       NULL};
    static const char *const view[] = {"StreamViewType", NULL};
    struct arena *arena = call->arena;
    struct value *live = state->properties = value_map(arena);
    members_copy(arena, live, table, same);
    read_attributes(arena, live, table);
    read_part(arena, live, table, "ProvisionedThroughput", units);
    read_part(arena, live, table, "WarmThroughput", warm_units);
    if (value_get_bool(value_get(table, "StreamSpecification"), "StreamEnabled", false))
        read_part(arena, live, table, "StreamSpecification", view);
    struct str mode = value_text(value_path(table, "BillingModeSummary", "BillingMode", NULL));
    struct str class = value_text(value_path(table, "TableClassSummary", "TableClass", NULL));
    if (mode.len)
        and_with(arena, live, "BillingMode", mode);
    if (class.len)
        and_with(arena, live, "TableClass", class);
    read_indexes(arena, live, table, "GlobalSecondaryIndexes");
    read_indexes(arena, live, table, "LocalSecondaryIndexes");
    read_encryption(arena, live, table);
    state->physical_id = value_get_text(table, "TableName");
    state->attributes = input_with(arena, "Arn", value_get_text(table, "TableArn"));
    struct str stream = value_get_text(table, "LatestStreamArn");
    if (stream.len && value_get(live, "StreamSpecification"))
        and_with(arena, state->attributes, "StreamArn", stream);
}

static bool read_described(const struct resource_call *call, const struct value *table,
                           const struct value *asked, struct resource_state *state, struct error *error)
{
    struct arena *arena = call->arena;
    struct str arn = value_get_text(table, "TableArn");
    struct value *tags;
    read_table(call, table, state);
    if (!aws_list(call->aws, &dynamodb_operations[DYNAMODB_LIST_TAGS_OF_RESOURCE], arena,
                  input_with(arena, "ResourceArn", arn), &tags, error) ||
        !table_read_settings(call, state->physical_id, arn, asked, state->properties, error))
        return false;
    state->tags = tags_as_map(arena, tags, "Key", "Value");
    value_setz(arena, state->properties, "Tags",
               tags_as_list(arena, tags_of_user(call, state->tags), "Key", "Value"));
    shape_fill(shape, arena, state->properties);
    dynamodb_table_type.normalize(arena, state->properties);
    return true;
}

static bool read_named(const struct resource_call *call, struct str name, struct resource_state *state,
                       struct error *error)
{
    struct value *answer;
    return aws_call(call->aws, &dynamodb_operations[DYNAMODB_DESCRIBE_TABLE], call->arena,
                    input_with(call->arena, "TableName", name), &answer, error) &&
           read_described(call, value_get(answer, "Table"), call->properties, state, error);
}

static bool table_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read_named(call, call->physical_id, state, error);
}

static bool table_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read_named(call, wanted_name(call, "TableName"), state, error);
}

/* --- writing --- */

static struct value *target_of(const struct resource_call *call)
{
    struct value *target = shape_target(shape, call->arena, call->properties, call->previous);
    dynamodb_table_type.normalize(call->arena, target);
    return target;
}

static const struct tag_calls tag_calls = {
    .tag = &dynamodb_operations[DYNAMODB_TAG_RESOURCE],
    .untag = &dynamodb_operations[DYNAMODB_UNTAG_RESOURCE],
    .resource = "ResourceArn",
    .tags = "Tags",
    .names = "TagKeys",
    .key = "Key",
    .value = "Value",
};

/* Keys and local indexes are fixed at the table's birth. */
static bool check_fixed(const struct resource_call *call, const struct value *target,
                        const struct value *live, struct error *error)
{
    static const char *const fixed[] = {"KeySchema", "LocalSecondaryIndexes"};
    for (size_t i = 0; i < ARRAY_LENGTH(fixed); i++)
        if (shape_differs(target, live, fixed[i]))
            return error_set(
                error, ERROR_INVALID,
                "'%s' of table '%.*s' cannot be changed: that needs a new table under another name", fixed[i],
                STR_ARG(call->physical_id));
    return true;
}

static bool update_once(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    const struct value *table;
    struct value *target = target_of(call);
    if (!table_when_active(call, call->physical_id, &table, error) ||
        !read_described(call, table, target, state, error))
        return false;
    struct str arn = value_get_text(table, "TableArn");
    const struct value *live = state->properties, *tags = state->tags;
    if (!check_fixed(call, target, live, error) ||
        !table_write_body(call, call->physical_id, target, live, error) ||
        !table_write_settings(call, call->physical_id, arn, target, live, error) ||
        !tags_write(call, &tag_calls, arn, tags, error) ||
        !table_when_active(call, call->physical_id, &table, error))
        return false;
    read_table(call, table, state); /* a new stream has a new ARN */
    return true;
}

static bool table_update(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return shape_check(shape, dynamodb_table_type.name, call->properties, error) &&
           update_until_answered(update_once, call, state, error);
}

static struct value *create_input(const struct resource_call *call, struct str name,
                                  const struct value *target)
{
    static const char *const same[] = {"AttributeDefinitions",
                                       "BillingMode",
                                       "DeletionProtectionEnabled",
                                       "KeySchema",
                                       "LocalSecondaryIndexes",
                                       "OnDemandThroughput",
                                       "ProvisionedThroughput",
                                       "TableClass",
                                       "WarmThroughput",
                                       NULL};
    struct arena *arena = call->arena;
    struct value *input = input_with(arena, "TableName", name);
    members_copy(arena, input, target, same);
    const struct value *indexes = value_get(target, "GlobalSecondaryIndexes");
    struct value *list = value_list(arena);
    for (size_t i = 0; value_is(indexes, VALUE_LIST) && i < indexes->count; i++)
        value_append(arena, list, table_index(arena, indexes->items[i]));
    if (list->count)
        value_setz(arena, input, "GlobalSecondaryIndexes", list);
    if (value_get(target, "StreamSpecification"))
        value_setz(arena, input, "StreamSpecification",
                   table_stream(arena, value_get(target, "StreamSpecification")));
    if (value_get(target, "SSESpecification"))
        value_setz(arena, input, "SSESpecification",
                   table_encryption(arena, value_get(target, "SSESpecification")));
    const struct value *policy = value_path(target, "ResourcePolicy", "PolicyDocument", NULL);
    if (policy)
        and_with(arena, input, "ResourcePolicy", policy_text(arena, policy));
    value_setz(arena, input, "Tags", tags_as_list(arena, resource_tags(call), "Key", "Value"));
    return input;
}

/* The table is there, by us: what is missing is an update. */
static bool complete(const struct resource_call *call, struct str name, struct resource_state *state,
                     struct error *error)
{
    struct resource_call found = *call;
    found.physical_id = name;
    return table_update(&found, state, error);
}

static bool table_create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    static const char *const made[] = {"ResourcePolicy", NULL};
    struct value *answer;
    const struct value *table;
    if (!shape_check(shape, dynamodb_table_type.name, call->properties, error))
        return false;
    struct value *target = target_of(call);
    struct str name = wanted_name(call, "TableName");
    if (!create_once(call, &dynamodb_table_type, &dynamodb_operations[DYNAMODB_CREATE_TABLE],
                     create_input(call, name, target), tables_busy, TABLES_BUSY_MS, &answer, error))
        return false;
    if (!answer)
        return complete(call, name, state, error);
    if (!table_when_active(call, name, &table, error))
        return false;
    read_table(call, table, state);
    members_copy(call->arena, state->properties, target, made);
    shape_fill(shape, call->arena, state->properties);
    if (table_write_settings(call, name, value_get_text(table, "TableArn"), target, state->properties, error))
        return true;
    if (error->code != ERROR_TIMEOUT)
        return false;
    error_clear(error);
    return complete(call, name, state, error);
}

static bool is_gone(void *self, bool *done, struct error *error)
{
    const struct resource_call *call = self;
    *done = !call_simply(call, &dynamodb_operations[DYNAMODB_DESCRIBE_TABLE],
                         input_with(call->arena, "TableName", call->physical_id), error);
    if (*done && error->code != ERROR_NOT_FOUND)
        return false;
    error_clear(error);
    return true;
}

/* A table that is just being changed or deleted answers "in use" until it is not any more. */
static bool table_remove(const struct resource_call *call, struct error *error)
{
    static const struct hurdle in_use[] = {{"ResourceInUseException", NULL}, {NULL, NULL}};
    struct resource_call copy = *call;
    struct value *input = input_with(call->arena, "TableName", call->physical_id);
    if (!call_over_hurdles(call->aws, &dynamodb_operations[DYNAMODB_DELETE_TABLE], call->arena, input, in_use,
                           DELETE_MS, NULL, error)) {
        if (error->code != ERROR_NOT_FOUND)
            return false;
        error_clear(error);
    }
    return wait_until(call, "the table to be deleted", DELETE_MS, is_gone, &copy, error);
}

/* What is said about a thing that is off means nothing, and is not shown by DynamoDB. */
static void drop_details(struct value *properties, const char *part, const char *switched, const char *detail)
{
    struct value *map = value_get(properties, part);
    const struct value *on = value_get(map, switched);
    if (value_is(on, VALUE_BOOL) && !on->boolean)
        value_remove(map, str_from(detail));
}

/* DynamoDB answers a key's ARN where its id was given, and the type where only "enabled" was said. */
static void table_normalize(struct arena *arena, struct value *properties)
{
    shape_normalize(shape, arena, properties);
    drop_details(properties, "ContributorInsightsSpecification", "Enabled", "Mode");
    drop_details(properties, "PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled",
                 "RecoveryPeriodInDays");
    drop_details(properties, "SSESpecification", "SSEEnabled", "KMSMasterKeyId");
    drop_details(properties, "SSESpecification", "SSEEnabled", "SSEType");
    drop_details(properties, "TimeToLiveSpecification", "Enabled", "AttributeName");
    struct value *encryption = value_get(properties, "SSESpecification");
    struct str key = value_get_text(encryption, "KMSMasterKeyId");
    size_t slash = str_find(key, '/');
    if (str_starts(key, "arn:") && slash < key.len && str_ends(str_slice(key, 0, slash), ":key"))
        and_with(arena, encryption, "KMSMasterKeyId", str_from_index(key, slash + 1));
    if (value_get_bool(encryption, "SSEEnabled", false) && !value_get(encryption, "SSEType"))
        and_with(arena, encryption, "SSEType", STR("KMS"));
}

const struct resource_type dynamodb_table_type = {
    .name = "AWS::DynamoDB::Table",
    .traits = RESOURCE_TAGGED | RESOURCE_STATEFUL,
    .name_property = "TableName",
    .name_max = 255,
    .read = table_read,
    .find = table_find,
    .create = table_create,
    .update = table_update,
    .remove = table_remove,
    .normalize = table_normalize,
    .arn = "arn:{partition}:dynamodb:{region}:{account}:table/{TableName}",
};
