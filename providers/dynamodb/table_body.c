#include "providers/dynamodb/table_parts.h"
#include "providers/shape.h"

enum { ACTIVE_MS = 30 * 60 * 1000, IN_USE_MS = 60 * 1000 };

/* The table, or an index of it, is just being changed. */
static const struct hurdle in_use[] = {
    {"ResourceInUseException", NULL}, {"LimitExceededException", "simultaneous"}, {NULL, NULL}};

struct activity {
    const struct resource_call *call;
    const struct value *input;
    const struct value *table;
};

static bool is_active(void *self, bool *done, struct error *error)
{
    struct activity *wait = self;
    struct value *answer;
    if (!aws_call(wait->call->aws, &dynamodb_operations[DYNAMODB_DESCRIBE_TABLE], wait->call->arena,
                  wait->input, &answer, error))
        return false;
    wait->table = value_get(answer, "Table");
    const struct value *indexes = value_get(wait->table, "GlobalSecondaryIndexes");
    *done = value_is_text(value_get(wait->table, "TableStatus"), "ACTIVE") &&
            !value_is_text(value_path(wait->table, "SSEDescription", "Status", NULL), "UPDATING");
    for (size_t i = 0; value_is(indexes, VALUE_LIST) && i < indexes->count; i++)
        if (!value_is_text(value_get(indexes->items[i], "IndexStatus"), "ACTIVE"))
            *done = false;
    return true;
}

bool table_when_active(const struct resource_call *call, struct str table, const struct value **description,
                       struct error *error)
{
    struct activity wait = {
        .call = call, .input = input_with(call->arena, "TableName", table), .table = NULL};
    if (!wait_until(call, "the table and its indexes to be active", ACTIVE_MS, is_active, &wait, error))
        return false;
    if (description)
        *description = wait.table;
    return true;
}

bool table_write(const struct resource_call *call, struct str table, struct value *members,
                 struct error *error)
{
    and_with(call->arena, members, "TableName", table);
    return call_over_hurdles(call->aws, &dynamodb_operations[DYNAMODB_UPDATE_TABLE], call->arena, members,
                             in_use, IN_USE_MS, NULL, error) &&
           table_when_active(call, table, NULL, error);
}

struct value *table_stream(struct arena *arena, const struct value *specification)
{
    static const char *const view[] = {"StreamViewType", NULL};
    struct value *stream = value_map(arena);
    value_setz(arena, stream, "StreamEnabled", value_bool(arena, value_is(specification, VALUE_MAP)));
    members_copy(arena, stream, specification, view);
    return stream;
}

struct value *table_encryption(struct arena *arena, const struct value *specification)
{
    static const char *const same[] = {"SSEType", "KMSMasterKeyId", NULL};
    struct value *encryption = value_map(arena);
    bool enabled = value_get_bool(specification, "SSEEnabled", false);
    value_setz(arena, encryption, "Enabled", value_bool(arena, enabled));
    if (enabled)
        members_copy(arena, encryption, specification, same);
    return encryption;
}

struct value *table_index(struct arena *arena, const struct value *index)
{
    return without_nulls(arena, index);
}

const struct value *table_find_index(const struct value *indexes, struct str name)
{
    for (size_t i = 0; value_is(indexes, VALUE_LIST) && i < indexes->count; i++)
        if (str_equal(value_get_text(indexes->items[i], "IndexName"), name))
            return indexes->items[i];
    return NULL;
}

/* --- indexes --- */

static struct value *update_of(struct arena *arena, const char *what, struct value *members)
{
    struct value *update = value_map(arena), *updates = value_list(arena), *input = value_map(arena);
    value_setz(arena, update, what, members);
    value_append(arena, updates, update);
    value_setz(arena, input, "GlobalSecondaryIndexUpdates", updates);
    return input;
}

static bool is_rebuilt(const struct value *wanted, const struct value *live)
{
    return shape_differs(wanted, live, "KeySchema") || shape_differs(wanted, live, "Projection");
}

/* Deletes the live indexes that were declared and are no more, or that must be built anew. */
static bool delete_indexes(const struct resource_call *call, struct str table, const struct value *target,
                           const struct value *live, struct error *error)
{
    const struct value *indexes = value_get(live, "GlobalSecondaryIndexes");
    for (size_t i = 0; value_is(indexes, VALUE_LIST) && i < indexes->count; i++) {
        struct str name = value_get_text(indexes->items[i], "IndexName");
        const struct value *wanted = table_find_index(value_get(target, "GlobalSecondaryIndexes"), name);
        bool declared = table_find_index(value_get(call->previous, "GlobalSecondaryIndexes"), name) != NULL;
        if (wanted ? !is_rebuilt(wanted, indexes->items[i]) : !declared)
            continue;
        struct value *input = update_of(call->arena, "Delete", input_with(call->arena, "IndexName", name));
        if (!table_write(call, table, input, error))
            return false;
    }
    return true;
}

static bool create_indexes(const struct resource_call *call, struct str table, const struct value *target,
                           const struct value *live, struct error *error)
{
    const struct value *indexes = value_get(target, "GlobalSecondaryIndexes");
    for (size_t i = 0; value_is(indexes, VALUE_LIST) && i < indexes->count; i++) {
        const struct value *wanted = indexes->items[i];
        const struct value *now =
            table_find_index(value_get(live, "GlobalSecondaryIndexes"), value_get_text(wanted, "IndexName"));
        if (now && !is_rebuilt(wanted, now))
            continue;
        struct value *input = update_of(call->arena, "Create", table_index(call->arena, wanted));
        value_setz(call->arena, input, "AttributeDefinitions", value_get(target, "AttributeDefinitions"));
        if (!table_write(call, table, input, error))
            return false;
    }
    return true;
}

/* --- capacity --- */

/* The updates that bring the indexes that are there to their declared `member`; `otherwise` (or NULL) for
 * those that declare none. */
static struct value *index_updates(struct arena *arena, const struct value *target, const struct value *live,
                                   const char *member, struct value *otherwise)
{
    const struct value *indexes = value_get(live, "GlobalSecondaryIndexes");
    struct value *updates = value_list(arena);
    for (size_t i = 0; value_is(indexes, VALUE_LIST) && i < indexes->count; i++) {
        const struct value *now = indexes->items[i];
        struct str name = value_get_text(now, "IndexName");
        const struct value *wanted = table_find_index(value_get(target, "GlobalSecondaryIndexes"), name);
        struct value *units = value_get(wanted, member) ? value_get(wanted, member) : otherwise;
        if (!units || (wanted && is_rebuilt(wanted, now)) || shape_covers(units, value_get(now, member)))
            continue;
        struct value *change = input_with(arena, "IndexName", name), *update = value_map(arena);
        value_setz(arena, change, member, units);
        value_setz(arena, update, "Update", change);
        value_append(arena, updates, update);
    }
    return updates;
}

/* Mode and provisioned units in one call, as AWS demands where the mode changes. */
static bool write_capacity(const struct resource_call *call, struct str table, const struct value *target,
                           const struct value *live, struct error *error)
{
    static const char *const mode[] = {"BillingMode", NULL};
    struct arena *arena = call->arena;
    struct value *input = value_map(arena);
    bool changes = shape_differs(target, live, "BillingMode");
    const struct value *wanted = value_get(target, changes ? "BillingMode" : "");
    bool provisioned = value_is_text(value_get(changes ? target : live, "BillingMode"), "PROVISIONED");
    if (wanted)
        members_copy(arena, input, target, mode);
    if (provisioned) {
        struct value *units = value_get(target, "ProvisionedThroughput");
        if (shape_differs(target, live, "ProvisionedThroughput") && units->kind == VALUE_MAP)
            value_setz(arena, input, "ProvisionedThroughput", units);
        struct value *updates =
            index_updates(arena, target, live, "ProvisionedThroughput", changes ? units : NULL);
        if (updates->count)
            value_setz(arena, input, "GlobalSecondaryIndexUpdates", updates);
    }
    return input->count == 0 || table_write(call, table, input, error);
}

static bool write_throughput(const struct resource_call *call, struct str table, const char *member,
                             const struct value *target, const struct value *live, struct error *error)
{
    struct arena *arena = call->arena;
    struct value *input = value_map(arena);
    const char *const one[] = {member, NULL};
    if (shape_differs(target, live, member))
        members_copy(arena, input, target, one);
    struct value *updates = index_updates(arena, target, live, member, NULL);
    if (updates->count)
        value_setz(arena, input, "GlobalSecondaryIndexUpdates", updates);
    return input->count == 0 || table_write(call, table, input, error);
}

/* Limits of on-demand tables have no meaning for provisioned ones, which refuse even their absence. */
static bool write_on_demand(const struct resource_call *call, struct str table, const struct value *target,
                            const struct value *live, struct error *error)
{
    const struct value *mode = value_get(target, "BillingMode");
    if (!value_is_text(mode ? mode : value_get(live, "BillingMode"), "PAY_PER_REQUEST"))
        return true;
    return write_throughput(call, table, "OnDemandThroughput", target, live, error);
}

/* --- the rest --- */

/* Another view needs the stream to be off in between. */
static bool write_stream(const struct resource_call *call, struct str table, const struct value *target,
                         const struct value *live, struct error *error)
{
    if (!shape_differs(target, live, "StreamSpecification"))
        return true;
    const struct value *wanted = value_get(target, "StreamSpecification");
    struct value *input = value_map(call->arena);
    if (value_get(live, "StreamSpecification")) {
        value_setz(call->arena, input, "StreamSpecification", table_stream(call->arena, NULL));
        if (!table_write(call, table, input, error))
            return false;
    }
    input = value_map(call->arena);
    value_setz(call->arena, input, "StreamSpecification", table_stream(call->arena, wanted));
    return wanted->kind == VALUE_NULL || table_write(call, table, input, error);
}

static bool write_encryption(const struct resource_call *call, struct str table, const struct value *target,
                             const struct value *live, struct error *error)
{
    if (!shape_differs(target, live, "SSESpecification"))
        return true;
    struct value *input = value_map(call->arena);
    value_setz(call->arena, input, "SSESpecification",
               table_encryption(call->arena, value_get(target, "SSESpecification")));
    return table_write(call, table, input, error);
}

static bool write_plain(const struct resource_call *call, struct str table, const char *member,
                        const struct value *target, const struct value *live, struct error *error)
{
    if (!shape_differs(target, live, member))
        return true;
    struct value *input = value_map(call->arena);
    value_setz(call->arena, input, member, value_get(target, member));
    return table_write(call, table, input, error);
}

bool table_write_body(const struct resource_call *call, struct str table, const struct value *target,
                      const struct value *live, struct error *error)
{
    return write_plain(call, table, "DeletionProtectionEnabled", target, live, error) &&
           delete_indexes(call, table, target, live, error) &&
           write_capacity(call, table, target, live, error) &&
           write_on_demand(call, table, target, live, error) &&
           write_throughput(call, table, "WarmThroughput", target, live, error) &&
           create_indexes(call, table, target, live, error) &&
           write_stream(call, table, target, live, error) &&
           write_encryption(call, table, target, live, error) &&
           write_plain(call, table, "TableClass", target, live, error);
}
