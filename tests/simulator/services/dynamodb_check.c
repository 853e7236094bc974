/* What DynamoDB accepts as keys, indexes and throughput. */

#include "tests/simulator/services/dynamodb.h"

bool dynamodb_invalid(struct call *call, const char *message)
{
    return call_fail(call, 400, "ValidationException", "%s", message);
}

bool dynamodb_has_key(const struct value *schema, struct str attribute)
{
    for (size_t i = 0; schema && i < schema->count; i++)
        if (str_equal(value_get_text(schema->items[i], "AttributeName"), attribute))
            return true;
    return false;
}

static struct str names_of(struct call *call, const struct value *list)
{
    struct buf names = BUF_INIT(BUF_SMALL);
    for (size_t i = 0; list && i < list->count; i++)
        buf_printf(&names, "%s%.*s", i ? ", " : "", STR_ARG(value_get_text(list->items[i], "AttributeName")));
    struct str text = arena_str(call->arena, buf_str(&names));
    buf_release(&names);
    return text;
}

bool dynamodb_keys_are_valid(struct call *call, const struct value *schema, const struct value *definitions)
{
    if (!value_is(schema, VALUE_LIST) || schema->count < 1 || schema->count > 2)
        return dynamodb_invalid(call, "1 validation error detected: Value at 'keySchema' failed to satisfy "
                                      "constraint: Member must have length between 1 and 2");
    if (!value_is_text(value_get(schema->items[0], "KeyType"), "HASH"))
        return dynamodb_invalid(call, "Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
    if (schema->count == 2 && !value_is_text(value_get(schema->items[1], "KeyType"), "RANGE"))
        return dynamodb_invalid(call,
                                "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
    for (size_t i = 0; i < schema->count; i++)
        if (!dynamodb_has_key(definitions, value_get_text(schema->items[i], "AttributeName")))
            return call_fail(
                call, 400, "ValidationException",
                "One or more parameter values were invalid: Some index key attributes are not defined "
                "in AttributeDefinitions. Keys: [%.*s], AttributeDefinitions: [%.*s]",
                STR_ARG(names_of(call, schema)), STR_ARG(names_of(call, definitions)));
    return true;
}

static bool is_key_of_any(const struct value *indexes, struct str attribute)
{
    for (size_t i = 0; indexes && i < indexes->count; i++)
        if (dynamodb_has_key(value_get(indexes->items[i], "KeySchema"), attribute))
            return true;
    return false;
}

bool dynamodb_definitions_are_used(struct call *call, const struct value *definitions,
                                   const struct value *table_keys, const struct value *local,
                                   const struct value *global)
{
    for (size_t i = 0; definitions && i < definitions->count; i++) {
        struct str name = value_get_text(definitions->items[i], "AttributeName");
        if (dynamodb_has_key(table_keys, name) || is_key_of_any(local, name) || is_key_of_any(global, name))
            continue;
        if (!local->count && !global->count)
            return dynamodb_invalid(
                call, "One or more parameter values were invalid: Number of attributes in KeySchema "
                      "does not exactly match number of attributes defined in AttributeDefinitions");
        return call_fail(call, 400, "ValidationException",
                         "One or more parameter values were invalid: Some AttributeDefinitions are not used. "
                         "AttributeDefinitions: [%.*s]",
                         STR_ARG(names_of(call, definitions)));
    }
    return true;
}

bool dynamodb_throughput_is_valid(struct call *call, bool on_demand, const struct value *throughput)
{
    int64_t read = value_get_int(throughput, "ReadCapacityUnits", 0);
    int64_t write = value_get_int(throughput, "WriteCapacityUnits", 0);
    if (on_demand && throughput)
        return dynamodb_invalid(call,
                                "One or more parameter values were invalid: Neither ReadCapacityUnits nor "
                                "WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST");
    if (!on_demand && (read < 1 || write < 1))
        return dynamodb_invalid(call,
                                "One or more parameter values were invalid: ReadCapacityUnits and "
                                "WriteCapacityUnits must both be specified when BillingMode is PROVISIONED");
    return true;
}

bool dynamodb_index_is_valid(struct call *call, const struct value *index, const struct value *definitions,
                             bool on_demand)
{
    struct value *projection = value_get(index, "Projection");
    struct str type = value_get_text(projection, "ProjectionType");
    struct value *others = value_get(projection, "NonKeyAttributes");
    if (!dynamodb_keys_are_valid(call, value_get(index, "KeySchema"), definitions) ||
        !dynamodb_throughput_is_valid(call, on_demand, value_get(index, "ProvisionedThroughput")))
        return false;
    if (!str_is(type, "ALL") && !str_is(type, "KEYS_ONLY") && !str_is(type, "INCLUDE"))
        return dynamodb_invalid(call,
                                "One or more parameter values were invalid: Unknown ProjectionType: null");
    if (str_is(type, "INCLUDE") != (others && others->count > 0))
        return call_fail(
            call, 400, "ValidationException",
            "One or more parameter values were invalid: ProjectionType is %.*s, %s", STR_ARG(type),
            others ? "but NonKeyAttributes is specified" : "but NonKeyAttributes is not specified");
    return true;
}
