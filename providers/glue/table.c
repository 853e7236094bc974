/*
 * AWS::Glue::Table.  Names are kept in small letters.  An update says the whole table, so what is live and
 * not declared is said again.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-glue-table.html
 */

#include "providers/facts.h"
#include "providers/glue/operations.h"
#include "providers/glue/types.h"
#include "providers/resource.h"
#include "providers/shape.h"

static const struct type_facts *facts(void)
{
    return facts_find(str_from(glue_table_type.name));
}

static struct str in_small_letters(struct arena *arena, struct str text)
{
    char *bytes = arena_strz(arena, text);
    for (size_t i = 0; i < text.len; i++)
        if (bytes[i] >= 'A' && bytes[i] <= 'Z')
            bytes[i] = (char)(bytes[i] - 'A' + 'a');
    return (struct str){.ptr = bytes, .len = text.len};
}

static void fold(struct arena *arena, struct value *map, const char *name)
{
    struct value *text = value_get(map, name);
    if (value_is(text, VALUE_STRING))
        text->text = in_small_letters(arena, text->text);
}

static void table_normalize(struct arena *arena, struct value *properties)
{
    fold(arena, properties, "DatabaseName");
    fold(arena, properties, "Name");
    fold(arena, value_get(properties, "TableInput"), "Name");
}

static const struct value *known(const struct resource_call *call)
{
    return call->properties ? call->properties : call->previous;
}

static struct str table_name(const struct resource_call *call)
{
    struct str name = value_get_text(value_get(call->properties, "TableInput"), "Name");
    return in_small_letters(call->arena, name.len ? name : wanted_name(call, "Name"));
}

/* Which database. */
static struct value *database_input(const struct resource_call *call)
{
    static const char *const both[] = {"CatalogId", "DatabaseName", NULL};
    struct value *input = value_map(call->arena);
    members_copy(call->arena, input, known(call), both);
    fold(call->arena, input, "DatabaseName");
    return value_copy(call->arena, input);
}

static bool read_named(const struct resource_call *call, struct str name, struct resource_state *state,
                       struct error *error)
{
    struct arena *arena = call->arena;
    struct value *answer, *live = value_map(arena);
    struct str member;
    if (!aws_call(call->aws, &glue_operations[GLUE_GET_TABLE], arena,
                  and_with(arena, database_input(call), "Name", name), &answer, error))
        return false;
    const struct value *table = value_get(answer, "Table");
    for (size_t i = 0; facts_property(facts(), STR("TableInput"), i, &member); i++)
        if (value_get_str(table, member))
            value_set(arena, live, member, value_get_str(table, member));
    state->properties = database_input(call);
    state->physical_id = value_get_text(table, "Name");
    value_setz(arena, state->properties, "TableInput", live);
    if (value_get(known(call), "Name"))
        and_with(arena, state->properties, "Name", state->physical_id);
    state->attributes = value_map(arena);
    return true;
}

static bool table_read(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read_named(call, call->physical_id, state, error);
}

static bool table_find(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return read_named(call, table_name(call), state, error);
}

/* Iceberg's metadata, which only a create takes. */
static void add_iceberg(struct arena *arena, const struct value *declared, struct value *input)
{
    const struct value *iceberg = value_get(declared, "IcebergInput");
    struct value *made = value_map(arena), *format = value_map(arena);
    if (!iceberg)
        return;
    and_with(arena, made, "MetadataOperation", STR("CREATE"));
    if (value_get(iceberg, "Version"))
        value_setz(arena, made, "Version", value_get(iceberg, "Version"));
    if (value_get(iceberg, "IcebergTableInput"))
        value_setz(arena, made, "CreateIcebergTableInput", value_get(iceberg, "IcebergTableInput"));
    value_setz(arena, format, "IcebergInput", made);
    value_setz(arena, input, "OpenTableFormatInput", format);
}

static bool table_create(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct arena *arena = call->arena;
    const struct value *wanted = facts_kinds(facts(), arena, call->properties);
    struct value *input = database_input(call), *answer;
    struct value *table =
        value_get(wanted, "TableInput") ? value_get(wanted, "TableInput") : value_map(arena);
    value_setz(arena, input, "TableInput", and_with(arena, table, "Name", table_name(call)));
    add_iceberg(arena, value_get(wanted, "OpenTableFormatInput"), input);
    return create_once(call, &glue_table_type, &glue_operations[GLUE_CREATE_TABLE], input, NULL, 0, &answer,
                       error) &&
           table_find(call, state, error);
}

/* What is declared over what is live, without what was declared before, as deep as members are known. */
static struct value *merged(struct arena *arena, struct str path, const struct value *live,
                            const struct value *wanted, const struct value *previous)
{
    bool object = facts_kind(facts(), path) == FACTS_OBJECT && value_is(live, VALUE_MAP);
    struct value *result = value_copy(arena, object && value_is(wanted, VALUE_MAP) ? live : wanted);
    if (!object || !value_is(wanted, VALUE_MAP))
        return result;
    for (size_t i = 0; value_is(previous, VALUE_MAP) && i < previous->count; i++)
        (void)value_remove(result, previous->entries[i].key);
    for (size_t i = 0; i < wanted->count; i++) {
        struct str key = wanted->entries[i].key;
        struct str below = arena_printf(arena, "%.*s.%.*s", STR_ARG(path), STR_ARG(key));
        value_set(arena, result, key,
                  merged(arena, below, value_get_str(live, key), wanted->entries[i].value,
                         value_get_str(previous, key)));
    }
    return result;
}

static bool update_once(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    struct arena *arena = call->arena;
    const struct value *wanted = facts_kinds(facts(), arena, call->properties);
    struct value *input = database_input(call), *none = value_map(arena);
    if (!table_read(call, state, error))
        return false;
    struct value *table = merged(arena, STR("TableInput"), value_get(state->properties, "TableInput"),
                                 value_get(wanted, "TableInput") ? value_get(wanted, "TableInput") : none,
                                 value_get(call->previous, "TableInput"));
    value_setz(arena, input, "TableInput", and_with(arena, table, "Name", call->physical_id));
    return call_simply(call, &glue_operations[GLUE_UPDATE_TABLE], input, error) &&
           table_read(call, state, error);
}

static bool table_update(const struct resource_call *call, struct resource_state *state, struct error *error)
{
    return update_until_answered(update_once, call, state, error);
}

static bool table_remove(const struct resource_call *call, struct error *error)
{
    return call_or_absent(call, &glue_operations[GLUE_DELETE_TABLE],
                          and_with(call->arena, database_input(call), "Name", call->physical_id), error);
}

static const char *const unreadable[] = {"OpenTableFormatInput", NULL};

const struct resource_type glue_table_type = {
    .name = "AWS::Glue::Table",
    .traits = RESOURCE_BY_FACTS,
    .name_max = 255,
    .name_lowercase = true,
    .unreadable = unreadable,
    .read = table_read,
    .find = table_find,
    .create = table_create,
    .update = table_update,
    .remove = table_remove,
    .normalize = table_normalize,
    .arn = "arn:{partition}:glue:{region}:{account}:table/{DatabaseName}/{TableInput.Name}",
};
