/*
 * UpdateTable.  AWS takes one change at a time: throughput (with billing mode), the stream, or one index
 * created or deleted; deletion protection, table class and encryption may go with any of them.
 */

#include "tests/simulator/services/dynamodb.h"

static bool is_on_demand(const struct call *call, const struct value *table)
{
    struct value *asked = value_get(call->input, "BillingMode");
    return value_is_text(asked ? asked : value_get(table, "mode"), "PAY_PER_REQUEST");
}

static const struct value *index_update(const struct call *call, size_t i, const char *kind)
{
    return value_get(value_at(value_get(call->input, "GlobalSecondaryIndexUpdates"), i), kind);
}

static size_t count_updates(const struct call *call, const char *kind)
{
    const struct value *updates = value_get(call->input, "GlobalSecondaryIndexUpdates");
    size_t count = 0;
    for (size_t i = 0; updates && i < updates->count; i++)
        count += index_update(call, i, kind) != NULL;
    return count;
}

static bool asks_for_something(const struct call *call)
{
    static const char *const members[] = {
        "ProvisionedThroughput",       "BillingMode",        "StreamSpecification",
        "GlobalSecondaryIndexUpdates", "SSESpecification",   "TableClass",
        "DeletionProtectionEnabled",   "OnDemandThroughput", "WarmThroughput"};
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        if (call_has(call, members[i]))
            return true;
    return false;
}

static bool no_index_is_changing(struct call *call, const struct value *table)
{
    const struct value *indexes = value_get(table, "indexes");
    size_t changing = count_updates(call, "Create") + count_updates(call, "Delete");
    for (size_t i = 0; changing && i < indexes->count; i++)
        changing += !str_is(dynamodb_status(call, indexes->entries[i].value), "ACTIVE");
    return changing <= 1 ||
           call_fail(call, 400, "LimitExceededException",
                     "Subscriber limit exceeded: Only 1 online index can be created or deleted "
                     "simultaneously per table");
}

static bool one_change_only(struct call *call)
{
    size_t indexes = count_updates(call, "Create") + count_updates(call, "Delete");
    bool throughput = call_has(call, "ProvisionedThroughput") || call_has(call, "BillingMode");
    return indexes + throughput + call_has(call, "StreamSpecification") <= 1 ||
           dynamodb_invalid(call,
                            "One or more parameter values were invalid: Only one of throughput, stream and "
                            "global secondary index can be changed at once");
}

static bool throughput_changes(struct call *call, const struct value *table)
{
    static const char *const names[] = {"ReadCapacityUnits", "WriteCapacityUnits"};
    const struct value *asked = value_get(call->input, "ProvisionedThroughput");
    const struct value *there = value_get(table, "throughput");
    bool on_demand = is_on_demand(call, table);
    if ((asked || call_has(call, "BillingMode")) && !dynamodb_throughput_is_valid(call, on_demand, asked))
        return false;
    if (!asked || !value_is_text(value_get(table, "mode"), "PROVISIONED"))
        return true;
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (value_get_int(asked, names[i], 0) != value_get_int(there, names[i], 0))
            return true;
    return dynamodb_invalid(call,
                            "The provisioned throughput for the table will not change. The requested value "
                            "equals the current value.");
}

static bool stream_changes(struct call *call, const struct value *table)
{
    const struct value *asked = value_get(call->input, "StreamSpecification");
    bool enable = value_get_bool(asked, "StreamEnabled", false);
    bool enabled = value_get_bool(value_get(table, "StreamSpecification"), "StreamEnabled", false);
    if (asked && enable && !value_get(asked, "StreamViewType"))
        return dynamodb_invalid(call,
                                "One or more parameter values were invalid: StreamViewType is required for "
                                "an enabled stream");
    return !asked || enable != enabled ||
           call_fail(call, 400, "ValidationException", "Table %s: TableName: %.*s",
                     enabled ? "already has an enabled stream" : "has no stream to disable",
                     STR_ARG(value_get_text(table, "TableName")));
}

/* The definitions after the update: those given win. */
static struct value *merged_definitions(struct call *call, const struct value *table)
{
    struct value *given = call_list(call, "AttributeDefinitions"), *merged = value_list(call->arena);
    const struct value *there = value_get(table, "AttributeDefinitions");
    for (size_t i = 0; i < given->count; i++)
        value_append(call->arena, merged, given->items[i]);
    for (size_t i = 0; i < there->count; i++)
        if (!dynamodb_has_key(given, value_get_text(there->items[i], "AttributeName")))
            value_append(call->arena, merged, there->items[i]);
    return merged;
}

static bool one_index_is_valid(struct call *call, const struct value *table, size_t i)
{
    const struct value *create = index_update(call, i, "Create"), *update = index_update(call, i, "Update");
    const struct value *named = create ? create : update ? update : index_update(call, i, "Delete");
    struct str name = value_get_text(named, "IndexName");
    struct value *index = value_get_str(value_get(table, "indexes"), name);
    bool there = index && dynamodb_status(call, index).len;
    if (create && there)
        return call_fail(call, 400, "ValidationException",
                         "Attempting to create an index which already exists: %.*s", STR_ARG(name));
    if (create)
        return dynamodb_index_is_valid(call, create, merged_definitions(call, table),
                                       is_on_demand(call, table));
    return there || call_fail(call, 400, "ResourceNotFoundException",
                              "Requested resource not found: Index: %.*s not found", STR_ARG(name));
}

static bool update_is_valid(struct call *call, const struct value *table)
{
    const struct value *updates = value_get(call->input, "GlobalSecondaryIndexUpdates");
    if (!asks_for_something(call))
        return dynamodb_invalid(call,
                                "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
                                "GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is "
                                "required");
    if (!str_is(dynamodb_status(call, table), "ACTIVE"))
        return call_fail(call, 400, "ResourceInUseException",
                         "Attempt to change a resource which is still in use: Table is being updated: %.*s",
                         STR_ARG(value_get_text(table, "TableName")));
    for (size_t i = 0; updates && i < updates->count; i++)
        if (!one_index_is_valid(call, table, i))
            return false;
    return no_index_is_changing(call, table) && one_change_only(call) && throughput_changes(call, table) &&
           stream_changes(call, table);
}

/* Definitions that no key uses any more go away of themselves. */
static void drop_unused_definitions(struct call *call, struct value *table)
{
    const struct value *definitions = value_get(table, "AttributeDefinitions");
    const struct value *indexes = value_get(table, "indexes");
    struct value *used = value_list(call->arena), *local = value_get(table, "LocalSecondaryIndexes");
    for (size_t i = 0; i < definitions->count; i++) {
        struct str name = value_get_text(definitions->items[i], "AttributeName");
        bool is_used = dynamodb_has_key(value_get(table, "KeySchema"), name);
        for (size_t k = 0; k < indexes->count; k++)
            is_used = is_used || (!value_is_text(value_get(indexes->entries[k].value, "doing"), "DELETING") &&
                                  dynamodb_has_key(value_get(indexes->entries[k].value, "KeySchema"), name));
        for (size_t k = 0; local && k < local->count; k++)
            is_used = is_used || dynamodb_has_key(value_get(local->items[k], "KeySchema"), name);
        if (is_used)
            value_append(call->arena, used, definitions->items[i]);
    }
    state_put(call, table, STR("AttributeDefinitions"), used);
}

static void apply_index(struct call *call, struct value *table, size_t i)
{
    const struct value *create = index_update(call, i, "Create"), *update = index_update(call, i, "Update");
    const struct value *delete = index_update(call, i, "Delete");
    struct value *indexes = value_get(table, "indexes");
    if (create) {
        struct value *index = state_put(call, indexes, value_get_text(create, "IndexName"), create);
        dynamodb_begin(call, index, "CREATING", "dynamodb.index");
    }
    if (update) {
        struct value *index = value_get_str(indexes, value_get_text(update, "IndexName"));
        for (size_t k = 0; k < update->count; k++)
            state_put(call, index, update->entries[k].key, update->entries[k].value);
        dynamodb_begin(call, index, "UPDATING", "dynamodb.index");
    }
    if (delete)
        dynamodb_begin(call, value_get_str(indexes, value_get_text(delete, "IndexName")), "DELETING",
                       "dynamodb.index");
}

static void apply_billing(struct call *call, struct value *table)
{
    struct value *indexes = value_get(table, "indexes");
    if (call_has(call, "ProvisionedThroughput"))
        state_put(call, table, STR("throughput"), value_get(call->input, "ProvisionedThroughput"));
    if (!call_has(call, "BillingMode"))
        return;
    if (is_on_demand(call, table)) {
        state_put(call, table, STR("throughput"), value_map(call->arena));
        state_int(call, table, "on_demand_since", call->now);
        for (size_t i = 0; i < indexes->count; i++)
            (void)value_remove(indexes->entries[i].value, STR("ProvisionedThroughput"));
    }
    state_text(call, table, "mode", call_text(call, "BillingMode"));
}

static void apply_stream(struct call *call, struct value *table)
{
    if (!call_has(call, "StreamSpecification"))
        return;
    if (value_get_bool(value_get(call->input, "StreamSpecification"), "StreamEnabled", false)) {
        state_member(call, table, "StreamSpecification");
        state_text(call, table, "stream", str_slice(time_text(call, call->now), 0, 23));
    } else {
        (void)value_remove(table, STR("StreamSpecification")); /* the label of the last stream stays */
    }
}

bool dynamodb_UpdateTable(struct call *call)
{
    static const char *const members[] = {"SSESpecification", "TableClass", "DeletionProtectionEnabled",
                                          "OnDemandThroughput"};
    struct value *table = dynamodb_table(call, "ResourceNotFoundException");
    if (!table)
        return false;
    dynamodb_sweep(call, value_get(table, "indexes"));
    if (!update_is_valid(call, table))
        return false;
    const struct value *updates = value_get(call->input, "GlobalSecondaryIndexUpdates");
    state_put(call, table, STR("AttributeDefinitions"), merged_definitions(call, table));
    for (size_t i = 0; updates && i < updates->count; i++)
        apply_index(call, table, i);
    apply_billing(call, table);
    apply_stream(call, table);
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        state_member(call, table, members[i]);
    drop_unused_definitions(call, table);
    dynamodb_begin(call, table, "UPDATING", "dynamodb.updating");
    put(call, call->output, "TableDescription", dynamodb_description(call, table));
    return true;
}
