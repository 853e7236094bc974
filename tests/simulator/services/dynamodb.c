/* Amazon DynamoDB, as of its API reference: tables created, described, deleted. */

#include "tests/simulator/services/dynamodb.h"

#include <string.h>

#include "base/clock.h"

enum { NAME_MIN = 3, NAME_MAX_LENGTH = 255 };

struct value *dynamodb_tables(struct call *call)
{
    return state_map(call, "tables");
}

struct str dynamodb_arn(struct call *call, struct str table)
{
    return arn(call, "dynamodb", "table/%.*s", STR_ARG(table));
}

static struct str table_name(struct call *call)
{
    struct str name = call_text(call, "TableName"), prefix = dynamodb_arn(call, STR_EMPTY);
    return str_starts(name, prefix.ptr) ? str_from_index(name, prefix.len) : name;
}

struct str dynamodb_status(const struct call *call, const struct value *thing)
{
    struct str doing = value_get_text(thing, "doing");
    if (value_get_int(thing, "until", 0) > call->now)
        return doing;
    return str_is(doing, "DELETING") ? STR_EMPTY : STR("ACTIVE");
}

void dynamodb_begin(struct call *call, struct value *thing, const char *doing, const char *delay)
{
    state_text(call, thing, "doing", str_from(doing));
    state_int(call, thing, "until", call->now + call_delay(call, delay));
}

void dynamodb_sweep(struct call *call, struct value *things)
{
    for (size_t i = things->count; i > 0; i--)
        if (!dynamodb_status(call, things->entries[i - 1].value).len)
            (void)value_remove(things, things->entries[i - 1].key);
}

struct value *dynamodb_table(struct call *call, const char *code)
{
    struct str name = table_name(call);
    struct value *table = value_get_str(dynamodb_tables(call), name);
    if (table && dynamodb_status(call, table).len)
        return table;
    call_fail(call, 400, code,
              str_is(str_from(code), "TableNotFoundException")
                  ? "Table not found: %.*s"
                  : "Requested resource not found: Table: %.*s not found",
              STR_ARG(name));
    return NULL;
}

/* --- How a table is answered -------------------------------------------------------------------------- */

static struct value *throughput_shape(struct call *call, const struct value *throughput)
{
    struct value *shape = value_map(call->arena);
    put_int(call, shape, "NumberOfDecreasesToday", 0);
    put_int(call, shape, "ReadCapacityUnits", value_get_int(throughput, "ReadCapacityUnits", 0));
    put_int(call, shape, "WriteCapacityUnits", value_get_int(throughput, "WriteCapacityUnits", 0));
    return shape;
}

/* What AWS keeps warm of itself: the on-demand base, or what is provisioned. */
static struct value *warm_shape(struct call *call, const struct value *table, const struct value *throughput)
{
    struct value *shape = value_map(call->arena);
    bool on_demand = value_is_text(value_get(table, "mode"), "PAY_PER_REQUEST");
    put_int(call, shape, "ReadUnitsPerSecond",
            on_demand ? 12000 : value_get_int(throughput, "ReadCapacityUnits", 0));
    put_int(call, shape, "WriteUnitsPerSecond",
            on_demand ? 4000 : value_get_int(throughput, "WriteCapacityUnits", 0));
    put_text(call, shape, "Status", STR("ACTIVE"));
    return shape;
}

static struct value *index_shape(struct call *call, const struct value *table, const struct value *index,
                                 bool global)
{
    static const char *const members[] = {"IndexName", "KeySchema", "Projection", "OnDemandThroughput"};
    struct value *shape = value_map(call->arena);
    struct str table_arn = dynamodb_arn(call, value_get_text(table, "TableName"));
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        put(call, shape, members[i], value_get(index, members[i]));
    put_int(call, shape, "IndexSizeBytes", 0);
    put_int(call, shape, "ItemCount", 0);
    put_textf(call, shape, "IndexArn", "%.*s/index/%.*s", STR_ARG(table_arn),
              STR_ARG(value_get_text(index, "IndexName")));
    if (!global)
        return shape;
    struct str status = dynamodb_status(call, index);
    put_text(call, shape, "IndexStatus", status);
    if (str_is(status, "CREATING"))
        put_bool(call, shape, "Backfilling", true);
    put(call, shape, "ProvisionedThroughput",
        throughput_shape(call, value_get(index, "ProvisionedThroughput")));
    put(call, shape, "WarmThroughput", warm_shape(call, table, value_get(index, "ProvisionedThroughput")));
    return shape;
}

static void put_indexes(struct call *call, struct value *shape, const struct value *table)
{
    const struct value *global = value_get(table, "indexes"),
                       *local = value_get(table, "LocalSecondaryIndexes");
    struct value *globals = value_list(call->arena), *locals = value_list(call->arena);
    for (size_t i = 0; i < global->count; i++)
        if (dynamodb_status(call, global->entries[i].value).len)
            value_append(call->arena, globals, index_shape(call, table, global->entries[i].value, true));
    for (size_t i = 0; local && i < local->count; i++)
        value_append(call->arena, locals, index_shape(call, table, local->items[i], false));
    if (globals->count)
        put(call, shape, "GlobalSecondaryIndexes", globals);
    if (locals->count)
        put(call, shape, "LocalSecondaryIndexes", locals);
}

static void put_stream(struct call *call, struct value *shape, const struct value *table)
{
    struct value *stream = value_get(table, "StreamSpecification");
    struct str label = value_get_text(table, "stream"),
               table_arn = dynamodb_arn(call, value_get_text(table, "TableName"));
    put(call, shape, "StreamSpecification", stream);
    if (!label.len)
        return;
    put_text(call, shape, "LatestStreamLabel", label);
    put_textf(call, shape, "LatestStreamArn", "%.*s/stream/%.*s", STR_ARG(table_arn), STR_ARG(label));
}

static void put_encryption(struct call *call, struct value *shape, const struct value *table)
{
    struct value *asked = value_get(table, "SSESpecification"), *encryption = value_map(call->arena);
    struct str key = value_get_text(asked, "KMSMasterKeyId");
    if (!value_get_bool(asked, "Enabled", false))
        return;
    put_text(call, encryption, "Status", STR("ENABLED"));
    put_text(call, encryption, "SSEType", STR("KMS"));
    if (str_starts(key, "arn:"))
        put_text(call, encryption, "KMSMasterKeyArn", key);
    else
        put_text(call, encryption, "KMSMasterKeyArn",
                 arn(call, "kms", "key/%.*s", STR_ARG(key.len ? key : STR("aws-dynamodb"))));
    put(call, shape, "SSEDescription", encryption);
}

static void put_billing(struct call *call, struct value *shape, const struct value *table)
{
    struct value *summary = value_map(call->arena), *class = value_map(call->arena);
    if (value_get(table, "on_demand_since")) {
        put(call, summary, "BillingMode", value_get(table, "mode"));
        put_time(call, summary, "LastUpdateToPayPerRequestDateTime",
                 value_get_int(table, "on_demand_since", 0));
        put(call, shape, "BillingModeSummary", summary);
    }
    if (value_get(table, "TableClass")) {
        put(call, class, "TableClass", value_get(table, "TableClass"));
        put(call, shape, "TableClassSummary", class);
    }
    put(call, shape, "ProvisionedThroughput", throughput_shape(call, value_get(table, "throughput")));
    put(call, shape, "OnDemandThroughput", value_get(table, "OnDemandThroughput"));
    put(call, shape, "WarmThroughput", warm_shape(call, table, value_get(table, "throughput")));
}

struct value *dynamodb_description(struct call *call, const struct value *table)
{
    struct value *shape = value_map(call->arena);
    put(call, shape, "AttributeDefinitions", value_get(table, "AttributeDefinitions"));
    put(call, shape, "TableName", value_get(table, "TableName"));
    put(call, shape, "KeySchema", value_get(table, "KeySchema"));
    put_text(call, shape, "TableStatus", dynamodb_status(call, table));
    put_time(call, shape, "CreationDateTime", value_get_int(table, "created", 0));
    put_int(call, shape, "TableSizeBytes", 0);
    put_int(call, shape, "ItemCount", 0);
    put_text(call, shape, "TableArn", dynamodb_arn(call, value_get_text(table, "TableName")));
    put(call, shape, "TableId", value_get(table, "id"));
    put_billing(call, shape, table);
    put_indexes(call, shape, table);
    put_stream(call, shape, table);
    put_encryption(call, shape, table);
    put_bool(call, shape, "DeletionProtectionEnabled",
             value_get_bool(table, "DeletionProtectionEnabled", false));
    return shape;
}

/* --- Tables ------------------------------------------------------------------------------------------- */

static bool name_is_valid(struct call *call, struct str name)
{
    bool valid = name.len >= NAME_MIN && name.len <= NAME_MAX_LENGTH;
    for (size_t i = 0; i < name.len; i++)
        valid =
            valid && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-", name.ptr[i]);
    return valid ||
           call_fail(call, 400, "ValidationException",
                     "1 validation error detected: Value '%.*s' at 'tableName' failed to satisfy "
                     "constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+ and have "
                     "a length of 3 to 255",
                     STR_ARG(name));
}

static bool is_on_demand(const struct call *call)
{
    return str_is(call_text(call, "BillingMode"), "PAY_PER_REQUEST");
}

static bool indexes_are_valid(struct call *call)
{
    const struct value *definitions = value_get(call->input, "AttributeDefinitions");
    struct value *global = call_list(call, "GlobalSecondaryIndexes");
    struct value *local = call_list(call, "LocalSecondaryIndexes");
    if (global->count > DYNAMODB_INDEXES_MAX || local->count > DYNAMODB_LOCAL_INDEXES_MAX)
        return dynamodb_invalid(call, "One or more parameter values were invalid: GlobalSecondaryIndex count "
                                      "exceeds the per-table limit of 20, or LocalSecondaryIndex that of 5");
    for (size_t i = 0; i < global->count; i++)
        if (!dynamodb_index_is_valid(call, global->items[i], definitions, is_on_demand(call)))
            return false;
    for (size_t i = 0; i < local->count; i++)
        if (!dynamodb_index_is_valid(call, local->items[i], definitions, true))
            return false;
    return dynamodb_definitions_are_used(call, definitions, value_get(call->input, "KeySchema"), local,
                                         global);
}

static bool stream_is_valid(struct call *call)
{
    struct value *stream = value_get(call->input, "StreamSpecification");
    bool enabled = value_get_bool(stream, "StreamEnabled", false);
    return !stream || enabled == (value_get(stream, "StreamViewType") != NULL) ||
           dynamodb_invalid(call,
                            enabled ? "One or more parameter values were invalid: StreamViewType is required "
                                      "for an enabled stream"
                                    : "One or more parameter values were invalid: StreamViewType is not "
                                      "allowed for a disabled stream");
}

static void add_index(struct call *call, struct value *table, const struct value *index, const char *delay)
{
    struct value *made =
        state_put(call, value_get(table, "indexes"), value_get_text(index, "IndexName"), index);
    dynamodb_begin(call, made, "CREATING", delay);
}

static struct value *new_table(struct call *call, struct str name, const struct value *tags)
{
    static const char *const members[] = {"AttributeDefinitions", "KeySchema",  "LocalSecondaryIndexes",
                                          "SSESpecification",     "TableClass", "DeletionProtectionEnabled",
                                          "OnDemandThroughput"};
    struct value *table = state_put(call, dynamodb_tables(call), name, value_map(call->arena));
    struct value *throughput = value_get(call->input, "ProvisionedThroughput");
    struct value *global = call_list(call, "GlobalSecondaryIndexes");
    state_text(call, table, "TableName", name);
    state_text(call, table, "id", call_uuid(call));
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        state_member(call, table, members[i]);
    state_text(call, table, "mode", is_on_demand(call) ? STR("PAY_PER_REQUEST") : STR("PROVISIONED"));
    state_put(call, table, STR("throughput"), throughput ? throughput : value_map(call->arena));
    state_put(call, table, STR("indexes"), value_map(call->arena));
    state_put(call, table, STR("tags"), tags);
    state_int(call, table, "created", call->now);
    if (is_on_demand(call))
        state_int(call, table, "on_demand_since", call->now);
    for (size_t i = 0; i < global->count; i++)
        add_index(call, table, global->items[i], "dynamodb.creating");
    return table;
}

bool dynamodb_CreateTable(struct call *call)
{
    struct str name = table_name(call);
    struct value *definitions = value_get(call->input, "AttributeDefinitions");
    struct value *tags = tags_to_map(call, call_list(call, "Tags"), "Key", "Value");
    dynamodb_sweep(call, dynamodb_tables(call));
    if (!name_is_valid(call, name) ||
        !dynamodb_keys_are_valid(call, value_get(call->input, "KeySchema"), definitions) ||
        !dynamodb_throughput_is_valid(call, is_on_demand(call),
                                      value_get(call->input, "ProvisionedThroughput")) ||
        !indexes_are_valid(call) || !stream_is_valid(call) ||
        (call_has(call, "ResourcePolicy") &&
         !dynamodb_policy_is_valid(call, call_text(call, "ResourcePolicy"))))
        return false;
    if (tags->count > DYNAMODB_TAGS_MAX)
        return dynamodb_invalid(call, "Too many tags: a table can have up to 50");
    if (value_get_str(dynamodb_tables(call), name))
        return call_fail(call, 400, "ResourceInUseException", "Table already exists: %.*s", STR_ARG(name));
    struct value *table = new_table(call, name, tags);
    if (value_get_bool(value_get(call->input, "StreamSpecification"), "StreamEnabled", false)) {
        state_member(call, table, "StreamSpecification");
        state_text(call, table, "stream", str_slice(time_text(call, call->now), 0, 23));
    }
    if (call_has(call, "ResourcePolicy"))
        dynamodb_keep_policy(call, table, call_text(call, "ResourcePolicy"));
    dynamodb_begin(call, table, "CREATING", "dynamodb.creating");
    put(call, call->output, "TableDescription", dynamodb_description(call, table));
    return true;
}

bool dynamodb_DescribeTable(struct call *call)
{
    struct value *table = dynamodb_table(call, "ResourceNotFoundException");
    if (!table)
        return false;
    put(call, call->output, "Table", dynamodb_description(call, table));
    return true;
}

bool dynamodb_DeleteTable(struct call *call)
{
    struct value *table = dynamodb_table(call, "ResourceNotFoundException");
    if (!table)
        return false;
    if (value_get_bool(table, "DeletionProtectionEnabled", false))
        return dynamodb_invalid(call,
                                "Resource cannot be deleted as it is currently protected against deletion. "
                                "Disable deletion protection first.");
    if (!str_is(dynamodb_status(call, table), "ACTIVE"))
        return call_fail(call, 400, "ResourceInUseException",
                         "Attempt to change a resource which is still in use: Table is being %s: %.*s",
                         str_is(dynamodb_status(call, table), "CREATING") ? "created" : "changed",
                         STR_ARG(value_get_text(table, "TableName")));
    dynamodb_begin(call, table, "DELETING", "dynamodb.deleting");
    put(call, call->output, "TableDescription", dynamodb_description(call, table));
    put_text(call, value_get(call->output, "TableDescription"), "TableStatus", STR("DELETING"));
    return true;
}

bool dynamodb_ListTables(struct call *call)
{
    static const struct sim_paging paging = {.size_member = "Limit",
                                             .token_member = "ExclusiveStartTableName",
                                             .size = 100,
                                             .size_max = 100,
                                             .clear_token = true};
    struct value *tables = dynamodb_tables(call), *names = value_map(call->arena);
    struct str next;
    for (size_t i = 0; i < tables->count; i++)
        if (dynamodb_status(call, tables->entries[i].value).len)
            value_set(call->arena, names, tables->entries[i].key,
                      value_string(call->arena, tables->entries[i].key));
    struct value *page = call_page(call, names, &paging, &next);
    if (!page)
        return false;
    put(call, call->output, "TableNames", page);
    if (next.len)
        put_text(call, call->output, "LastEvaluatedTableName", next);
    return true;
}

#define DYNAMODB_ROW(operation, changes)                                                                     \
    {.name = #operation, .effect = (changes), .handle = dynamodb_##operation},

static const struct sim_operation operations[] = {DYNAMODB_OPERATIONS(DYNAMODB_ROW)};

const struct sim_service sim_dynamodb = {
    .name = "dynamodb",
    .target = "DynamoDB_20120810",
    .json_version = "1.0",
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
