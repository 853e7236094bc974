#include "base/json.h"
#include "providers/facts_table.h"

/* Where we are in the properties, for messages: a chain on the stack. */
struct where {
    const struct where *parent; /* NULL at the properties themselves */
    struct str name;            /* of the property; empty for an item of a list */
    size_t index;
};

struct check {
    const struct type_facts *facts;
    struct error *error;
};

static void write_path(struct buf *path, const struct where *where)
{
    if (!where->parent)
        return;
    write_path(path, where->parent);
    if (where->name.len == 0) {
        buf_printf(path, "[%zu]", where->index);
        return;
    }
    if (path->len > 0)
        buf_addc(path, '.');
    buf_add(path, where->name);
}

/* "AWS::SQS::Queue", or "'RedrivePolicy.x' of AWS::SQS::Queue". */
static void write_subject(struct buf *subject, const struct check *check, const struct where *where)
{
    struct buf path = BUF_INIT(512);
    write_path(&path, where);
    if (path.len > 0)
        buf_printf(subject, "'%s' of ", path.ptr);
    buf_add(subject, facts_type(check->facts));
    buf_release(&path);
}

static bool unknown_property(const struct check *check, unsigned node, const struct value *map,
                             const struct value_entry *entry, const struct where *where)
{
    const uint16_t *pairs;
    const char *known[FACTS_PROPERTIES_MAX];
    size_t count = facts_node_properties(node, &pairs);
    for (size_t i = 0; i < count; i++)
        known[i] = facts_property_name(pairs + 2 * i).ptr;
    const char *nearest = str_nearest(entry->key, known, count);
    struct buf subject = BUF_INIT(BUF_SMALL);
    write_subject(&subject, check, where);
    value_key_error(map, entry, check->error, ERROR_INVALID, "unknown property '%.*s' in %s%s%s%s",
                    STR_ARG(entry->key), subject.ptr, nearest ? ": did you mean '" : "",
                    nearest ? nearest : "", nearest ? "'?" : "");
    buf_release(&subject);
    return false;
}

static bool missing_property(const struct check *check, struct str name, const struct value *map,
                             const struct where *where)
{
    struct buf subject = BUF_INIT(BUF_SMALL);
    write_subject(&subject, check, where);
    value_error(map, check->error, ERROR_INVALID, "property '%.*s' is missing in %s", STR_ARG(name),
                subject.ptr);
    buf_release(&subject);
    return false;
}

/* Refuses a top-level property that only AWS sets. */
static bool check_is_settable(const struct check *check, const struct value *properties,
                              const struct value_entry *entry)
{
    struct str name = entry->key, path;
    for (size_t i = 0; facts_path(check->facts, FACTS_READ_ONLY, i, &path); i++)
        if (str_equal(path, name))
            return value_key_error(properties, entry, check->error, ERROR_INVALID,
                                   "property '%.*s' of %.*s is set by AWS and cannot be given", STR_ARG(name),
                                   STR_ARG(facts_type(check->facts)));
    return true;
}

static bool wrong_kind(const struct check *check, const char *wanted, const struct value *value,
                       const struct where *where)
{
    struct buf subject = BUF_INIT(BUF_SMALL);
    write_subject(&subject, check, where);
    value_error(value, check->error, ERROR_INVALID, "%s must be %s, not %s", subject.ptr, wanted,
                value_kind_name(value->kind));
    buf_release(&subject);
    return false;
}

/* A function or dynamic reference that is still to be evaluated, or the place of an artifact: stands for any
 * kind. */
static bool is_deferred(const struct value *value)
{
    if (value->kind == VALUE_UNKNOWN || value->kind == VALUE_SECRET)
        return true;
    if (value->kind == VALUE_STRING)
        return str_contains(value->text, "{{resolve:");
    if (value->kind != VALUE_MAP || value->count != 1)
        return false;
    struct str key = value->entries[0].key;
    return str_is(key, "Ref") || str_starts(key, "Fn::") || str_starts(key, "Plumb::");
}

static bool is_scalar(const struct value *value)
{
    return value->kind == VALUE_STRING || value->kind == VALUE_NUMBER || value->kind == VALUE_BOOL;
}

static bool is_number(const struct value *value)
{
    return value->kind == VALUE_NUMBER || (value->kind == VALUE_STRING && json_is_number(value->text));
}

static bool is_boolean(const struct value *value)
{
    return value->kind == VALUE_BOOL ||
           (value->kind == VALUE_STRING &&
            (str_equal_nocase(value->text, STR("true")) || str_equal_nocase(value->text, STR("false"))));
}

static bool check_node(const struct check *, unsigned node, const struct value *, const struct where *);

static bool check_list(const struct check *check, unsigned item, const struct value *list,
                       const struct where *where)
{
    if (list->kind != VALUE_LIST)
        return wrong_kind(check, "a list", list, where);
    for (size_t i = 0; i < list->count; i++)
        if (!check_node(check, item, list->items[i], &(struct where){.parent = where, .index = i}))
            return false;
    return true;
}

static bool check_map(const struct check *check, unsigned node, const struct value *map,
                      const struct where *where)
{
    if (map->kind != VALUE_MAP)
        return wrong_kind(check, "a mapping", map, where);
    for (size_t i = 0; i < map->count; i++) {
        const struct value_entry *entry = &map->entries[i];
        if (!check_node(check, node, entry->value, &(struct where){.parent = where, .name = entry->key}))
            return false;
    }
    return true;
}

static bool check_object(const struct check *check, unsigned node, const struct value *map,
                         const struct where *where)
{
    if (map->kind != VALUE_MAP)
        return wrong_kind(check, "a mapping", map, where);
    for (size_t i = 0; i < map->count; i++) {
        const struct value_entry *entry = &map->entries[i];
        const uint16_t *pair = facts_node_property(node, entry->key);
        if (!pair && facts_node_kind(node) == FACTS_OPEN_OBJECT)
            continue;
        if (!pair)
            return unknown_property(check, node, map, entry, where);
        if (!where->parent && !check_is_settable(check, map, entry))
            return false;
        if (!check_node(check, pair[1], entry->value, &(struct where){.parent = where, .name = entry->key}))
            return false;
    }
    const uint16_t *pairs;
    size_t count = facts_node_properties(node, &pairs);
    for (size_t i = 0; i < count; i++) {
        struct str name = facts_property_name(pairs + 2 * i);
        if (pairs[2 * i] & FACTS_REQUIRED && !value_get_str(map, name))
            return missing_property(check, name, map, where);
    }
    return true;
}

static bool check_node(const struct check *check, unsigned node, const struct value *value,
                       const struct where *where)
{
    if (is_deferred(value))
        return true;
    switch (facts_node_kind(node)) {
    case FACTS_STRING:
        return is_scalar(value) || wrong_kind(check, "a string", value, where);
    case FACTS_INTEGER:
    case FACTS_NUMBER:
        return is_number(value) || wrong_kind(check, "a number", value, where);
    case FACTS_BOOLEAN:
        return is_boolean(value) || wrong_kind(check, "true or false", value, where);
    case FACTS_LIST:
    case FACTS_UNORDERED_LIST:
        return check_list(check, facts_node_child(node), value, where);
    case FACTS_MAP:
        return check_map(check, facts_node_child(node), value, where);
    case FACTS_OBJECT:
    case FACTS_OPEN_OBJECT:
        return check_object(check, node, value, where);
    case FACTS_ANY:
    case FACTS_NO_PROPERTY:
        break;
    }
    return true;
}

bool facts_check(const struct type_facts *facts, const struct value *properties, struct error *error)
{
    const struct check check = {.facts = facts, .error = error};
    return check_node(&check, facts->root, properties, &(struct where){.parent = NULL});
}
