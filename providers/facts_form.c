#include "base/json.h"
#include "providers/facts_table.h"
#include "providers/policy.h"
#include "providers/shape.h"

struct form {
    struct arena *arena;
    bool documents; /* JSON documents in one form, too */
};

static struct value *formed(const struct form *, unsigned node, const struct value *);

static struct value *as_text(const struct form *form, const struct value *value)
{
    if (!value_is(value, VALUE_NUMBER) && !value_is(value, VALUE_BOOL))
        return value_copy(form->arena, value);
    return value_at_position_of(value_string(form->arena, value_text(value)), value);
}

static struct value *as_number(const struct form *form, const struct value *value)
{
    if (!value_is(value, VALUE_STRING) || !json_is_number(value->text))
        return value_copy(form->arena, value);
    return value_at_position_of(value_number(form->arena, value->text), value);
}

static struct value *as_bool(const struct form *form, const struct value *value)
{
    bool yes;
    if (!value_is(value, VALUE_STRING) || !value_to_bool(value, &yes))
        return value_copy(form->arena, value);
    return value_at_position_of(value_bool(form->arena, yes), value);
}

static bool is_policy(const struct value *value)
{
    const struct value *statement = value_get(value, "Statement");
    if (value_is(statement, VALUE_LIST))
        statement = value_at(statement, 0);
    return value_get(statement, "Effect") != NULL;
}

/* What a text says, where it is a JSON document: else NULL. */
static struct value *document_in(const struct form *form, const struct value *value)
{
    struct error ignored = ERROR_INIT;
    struct value *parsed;
    if (!value_is(value, VALUE_STRING))
        return NULL;
    struct str text = str_trim(value->text);
    bool maybe = str_starts(text, "{") || str_starts(text, "[");
    if (!maybe || !json_read(form->arena, STR_EMPTY, text, &parsed, &ignored))
        return NULL;
    return is_policy(parsed) ? policy_normalize(form->arena, parsed) : parsed;
}

static struct value *as_document(const struct form *form, const struct value *value)
{
    struct value *document = form->documents ? document_in(form, value) : NULL;
    if (document)
        return value_at_position_of(document, value);
    struct value *copy = without_nulls(form->arena, value);
    return form->documents && is_policy(copy) ? policy_normalize(form->arena, copy) : copy;
}

static struct value *as_string(const struct form *form, const struct value *value)
{
    struct value *document = form->documents ? document_in(form, value) : NULL;
    if (!document)
        return as_text(form, value);
    struct str text = json_text(form->arena, document, JSON_CANONICAL);
    return value_at_position_of(value_string(form->arena, text), value);
}

static struct value *as_list(const struct form *form, unsigned item, const struct value *value)
{
    struct value *list = value_at_position_of(value_list(form->arena), value);
    for (size_t i = 0; i < value->count; i++)
        value_append(form->arena, list, formed(form, item, value->items[i]));
    return list;
}

/* A node that is none stands for members that the schema does not know. */
static struct value *as_map(const struct form *form, unsigned node, const struct value *value)
{
    enum facts_kind kind = facts_node_kind(node);
    struct value *map = value_at_position_of(value_map(form->arena), value);
    for (size_t i = 0; i < value->count; i++) {
        const struct value_entry *entry = &value->entries[i];
        const uint16_t *pair = kind == FACTS_MAP ? NULL : facts_node_property(node, entry->key);
        unsigned below = kind == FACTS_MAP ? facts_node_child(node) : pair ? pair[1] : (unsigned)FACTS_ANY;
        if (entry->value->kind != VALUE_NULL)
            value_set_entry(form->arena, map, value, entry, formed(form, below, entry->value));
    }
    return map;
}

static struct value *formed(const struct form *form, unsigned node, const struct value *value)
{
    enum facts_kind kind = facts_node_kind(node);
    bool list = kind == FACTS_LIST || kind == FACTS_UNORDERED_LIST;
    bool map = kind == FACTS_MAP || kind == FACTS_OBJECT || kind == FACTS_OPEN_OBJECT;
    if (list && value_is(value, VALUE_LIST))
        return as_list(form, facts_node_child(node), value);
    if (map && value_is(value, VALUE_MAP))
        return as_map(form, node, value);
    if (kind == FACTS_STRING)
        return as_string(form, value);
    if (kind == FACTS_INTEGER || kind == FACTS_NUMBER)
        return as_number(form, value);
    if (kind == FACTS_BOOLEAN)
        return as_bool(form, value);
    return kind == FACTS_ANY ? as_document(form, value) : value_copy(form->arena, value);
}

struct value *facts_kinds(const struct type_facts *facts, struct arena *arena, const struct value *properties)
{
    return formed(&(struct form){.arena = arena}, facts->root, properties);
}

struct value *facts_normalize(const struct type_facts *facts, struct arena *arena,
                              const struct value *properties)
{
    return formed(&(struct form){.arena = arena, .documents = true}, facts->root, properties);
}
