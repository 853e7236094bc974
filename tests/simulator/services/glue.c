/* AWS Glue's data catalogue, as of its API reference: databases (by name alone) and tables.  A database may
 * have been made through Cloud Control. */

#include "tests/simulator/service.h"

static bool has_database(struct call *call)
{
    struct str name = call_text(call, "DatabaseName");
    struct value *control = call_state_of(call, "cloudcontrol", call->account, call->region, NULL);
    struct str key = arena_printf(call->arena, "AWS::Glue::Database %.*s", STR_ARG(name));
    return value_get_str(state_map(call, "databases"), name) ||
           value_get_str(value_get(control, "resources"), key) ||
           call_fail(call, 400, "EntityNotFoundException", "Database %.*s not found.", STR_ARG(name));
}

static struct str key_of(struct call *call, struct str table)
{
    return arena_printf(call->arena, "%.*s %.*s", STR_ARG(call_text(call, "DatabaseName")), STR_ARG(table));
}

static struct value *table_of(struct call *call, struct str name)
{
    struct value *table = value_get_str(state_map(call, "tables"), key_of(call, name));
    if (!table)
        call_fail(call, 400, "EntityNotFoundException", "Table %.*s not found.", STR_ARG(name));
    return table;
}

static bool check_name(struct call *call, struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] >= 'A' && name.ptr[i] <= 'Z')
            return call_fail(call, 400, "InvalidInputException", "Names are kept in small letters here.");
    return (name.len && name.len <= 255) ||
           call_fail(call, 400, "InvalidInputException", "Name must have 1 to 255 characters.");
}

static bool create_database(struct call *call)
{
    struct str name = value_get_text(value_get(call->input, "DatabaseInput"), "Name");
    if (!check_name(call, name))
        return false;
    if (value_get_str(state_map(call, "databases"), name))
        return call_fail(call, 400, "AlreadyExistsException", "Database already exists.");
    state_put(call, state_map(call, "databases"), name, value_map(call->arena));
    return true;
}

static bool create_table(struct call *call)
{
    const struct value *given = value_get(call->input, "TableInput");
    struct str name = value_get_text(given, "Name");
    if (!call_need(call, "DatabaseName", 400, "InvalidInputException") || !check_name(call, name) ||
        !has_database(call))
        return false;
    if (value_get_str(state_map(call, "tables"), key_of(call, name)))
        return call_fail(call, 400, "AlreadyExistsException", "Table already exists.");
    struct value *table = state_put(call, state_map(call, "tables"), key_of(call, name), given);
    state_text(call, table, "DatabaseName", call_text(call, "DatabaseName"));
    state_text(call, table, "CatalogId", call->account);
    state_int(call, table, "CreateTime", call->now / 1000);
    return true;
}

static bool get_table(struct call *call)
{
    struct value *table = has_database(call) ? table_of(call, call_text(call, "Name")) : NULL;
    put(call, call->output, "Table", table);
    return table;
}

/* The whole table is what the input says. */
static bool update_table(struct call *call)
{
    const struct value *given = value_get(call->input, "TableInput");
    struct value *table = has_database(call) ? table_of(call, value_get_text(given, "Name")) : NULL;
    if (!table)
        return false;
    int64_t made = value_get_int(table, "CreateTime", 0);
    table = state_put(call, state_map(call, "tables"), key_of(call, value_get_text(given, "Name")), given);
    state_text(call, table, "DatabaseName", call_text(call, "DatabaseName"));
    state_text(call, table, "CatalogId", call->account);
    state_int(call, table, "CreateTime", made);
    return true;
}

static bool delete_table(struct call *call)
{
    struct str name = call_text(call, "Name");
    return has_database(call) && table_of(call, name) &&
           value_remove(state_map(call, "tables"), key_of(call, name));
}

static const struct sim_operation operations[] = {
    {.name = "CreateDatabase", .effect = SIM_WRITE, .handle = create_database},
    {.name = "CreateTable", .effect = SIM_WRITE, .handle = create_table},
    {.name = "DeleteTable", .effect = SIM_WRITE, .handle = delete_table},
    {.name = "GetTable", .effect = SIM_READ, .handle = get_table},
    {.name = "UpdateTable", .effect = SIM_WRITE, .handle = update_table},
};

const struct sim_service sim_glue = {
    .name = "glue",
    .target = "AWSGlue",
    .json_version = "1.1",
    .operations = operations,
    .operation_count = ARRAY_LENGTH(operations),
};
