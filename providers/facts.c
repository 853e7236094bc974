#include "providers/facts_table.h"

static struct str string_at(unsigned index)
{
    return str_from(facts_text + facts_strings[index]);
}

/* --- types ---------------------------------------------------------------------------------------------- */

const struct type_facts *facts_find(struct str type)
{
    size_t low = 0, high = facts_type_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(type, string_at(facts_types[middle].name));
        if (order == 0)
            return &facts_types[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const char *facts_nearest_type(struct str type)
{
    const char *known[FACTS_TYPES_MAX];
    for (size_t i = 0; i < facts_type_count; i++)
        known[i] = string_at(facts_types[i].name).ptr;
    return str_nearest(type, known, facts_type_count);
}

bool facts_refuse_type(struct str type, const struct value *node, struct error *error)
{
    const char *nearest = facts_nearest_type(type);
    return value_error(node, error, ERROR_INVALID, "unknown resource type '%.*s'%s%s%s", STR_ARG(type),
                       nearest ? ", did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

struct str facts_type(const struct type_facts *facts)
{
    return string_at(facts->name);
}

struct str facts_tag_property(const struct type_facts *facts)
{
    return string_at(facts->tag_property);
}

bool facts_tags_are_map(const struct type_facts *facts)
{
    return facts->traits & FACTS_TAGS_ARE_MAP;
}

bool facts_is_stateful(const struct type_facts *facts)
{
    return facts->traits & FACTS_STATEFUL;
}

bool facts_deletes_first(const struct type_facts *facts)
{
    return facts->traits & FACTS_DELETES_FIRST;
}

bool facts_ref_is_unsupported(const struct type_facts *facts)
{
    return facts->traits & FACTS_REF_UNSUPPORTED;
}

bool facts_has_handler(const struct type_facts *facts, char letter)
{
    size_t bit = str_find(STR("CRUDL"), letter);
    return bit < 5 && facts->handlers >> bit & 1;
}

/* --- sets of paths -------------------------------------------------------------------------------------- */

bool facts_path(const struct type_facts *facts, enum facts_set set, size_t index, struct str *path)
{
    const uint16_t *paths = facts_paths + facts->paths;
    for (unsigned skipped = 0; skipped < set; skipped++)
        paths += 1 + paths[0];
    if (index >= paths[0])
        return false;
    *path = string_at(paths[1 + index]);
    return true;
}

/* "*" or a number: a place in a list. */
static bool is_place(struct str part)
{
    for (size_t i = 0; i < part.len; i++)
        if (part.ptr[i] < '0' || part.ptr[i] > '9')
            return str_is(part, "*");
    return true;
}

/* Cuts the next name off a path; places in lists are passed over. */
static bool next_name(struct str *rest, struct str *name)
{
    while (rest->len > 0) {
        size_t end = 0;
        while (end < rest->len && rest->ptr[end] != '.' && rest->ptr[end] != '[' && rest->ptr[end] != ']')
            end++;
        *name = str_slice(*rest, 0, end);
        *rest = str_from_index(*rest, end + 1);
        if (!is_place(*name))
            return true;
    }
    return false;
}

/* Is `path` what `whole` names, or a part of it? */
static bool is_part_of(struct str path, struct str whole)
{
    struct str wanted, name;
    while (next_name(&whole, &wanted))
        if (!next_name(&path, &name) || !str_equal(name, wanted))
            return false;
    return true;
}

bool facts_holds(const struct type_facts *facts, enum facts_set set, struct str path)
{
    struct str member;
    for (size_t i = 0; facts_path(facts, set, i, &member); i++)
        if (is_part_of(path, member))
            return true;
    return false;
}

bool facts_is_create_only(const struct type_facts *facts, struct str path)
{
    return facts_holds(facts, FACTS_CREATE_ONLY, path);
}

bool facts_is_conditional_create_only(const struct type_facts *facts, struct str path)
{
    return facts_holds(facts, FACTS_CONDITIONAL_CREATE_ONLY, path);
}

bool facts_is_read_only(const struct type_facts *facts, struct str path)
{
    return facts_holds(facts, FACTS_READ_ONLY, path);
}

bool facts_is_write_only(const struct type_facts *facts, struct str path)
{
    return facts_holds(facts, FACTS_WRITE_ONLY, path);
}

/* --- the tree of properties ----------------------------------------------------------------------------- */

static bool is_list(enum facts_kind kind)
{
    return kind == FACTS_LIST || kind == FACTS_UNORDERED_LIST;
}

enum facts_kind facts_node_kind(unsigned node)
{
    return node < FACTS_LIST ? (enum facts_kind)node : facts_nodes[facts_node_starts[node - FACTS_LIST]];
}

unsigned facts_node_child(unsigned node)
{
    return facts_nodes[facts_node_starts[node - FACTS_LIST] + 1];
}

size_t facts_node_properties(unsigned node, const uint16_t **pairs)
{
    const uint16_t *object = facts_nodes + facts_node_starts[node - FACTS_LIST];
    *pairs = object + 2;
    return object[1];
}

struct str facts_property_name(const uint16_t *pair)
{
    return string_at(pair[0] & (FACTS_REQUIRED - 1u));
}

const uint16_t *facts_node_property(unsigned node, struct str name)
{
    const uint16_t *pairs;
    size_t low = 0, high = facts_node_properties(node, &pairs);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(name, facts_property_name(pairs + 2 * middle));
        if (order == 0)
            return pairs + 2 * middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* What a path leads to. */
struct place {
    enum facts_kind kind;
    bool required;
    unsigned node; /* but for FACTS_NO_PROPERTY and what lies below FACTS_ANY */
};

static struct place find_place(const struct type_facts *facts, struct str path)
{
    unsigned node = facts->root;
    bool required = false;
    struct str name;
    while (next_name(&path, &name)) {
        while (is_list(facts_node_kind(node)))
            node = facts_node_child(node);
        enum facts_kind kind = facts_node_kind(node);
        const uint16_t *pair = NULL;
        if (kind == FACTS_OBJECT || kind == FACTS_OPEN_OBJECT)
            pair = facts_node_property(node, name);
        if (!pair && kind != FACTS_MAP)
            return (struct place){kind == FACTS_ANY || kind == FACTS_OPEN_OBJECT ? FACTS_ANY
                                                                                 : FACTS_NO_PROPERTY,
                                  false, FACTS_ANY};
        required = pair && pair[0] & FACTS_REQUIRED;
        node = pair ? pair[1] : facts_node_child(node);
    }
    return (struct place){facts_node_kind(node), required, node};
}

enum facts_kind facts_kind(const struct type_facts *facts, struct str path)
{
    return find_place(facts, path).kind;
}

bool facts_property(const struct type_facts *facts, struct str path, size_t index, struct str *name)
{
    struct place place = find_place(facts, path);
    while (is_list(facts_node_kind(place.node)))
        place.node = facts_node_child(place.node);
    enum facts_kind kind = facts_node_kind(place.node);
    const uint16_t *pairs;
    if ((kind != FACTS_OBJECT && kind != FACTS_OPEN_OBJECT) ||
        index >= facts_node_properties(place.node, &pairs))
        return false;
    *name = facts_property_name(pairs + 2 * index);
    return true;
}

bool facts_is_required(const struct type_facts *facts, struct str path)
{
    return find_place(facts, path).required;
}

enum facts_kind facts_item_kind(const struct type_facts *facts, struct str path)
{
    struct place place = find_place(facts, path);
    if (!is_list(place.kind) && place.kind != FACTS_MAP)
        return FACTS_NO_PROPERTY;
    return facts_node_kind(facts_node_child(place.node));
}

bool facts_list_is_unordered(const struct type_facts *facts, struct str path)
{
    return facts_kind(facts, path) == FACTS_UNORDERED_LIST;
}

bool facts_transform(const struct type_facts *facts, struct str path, struct str *expression)
{
    size_t low = 0, high = facts_transform_count;
    while (low < high) { /* names are numbered in their order */
        size_t middle = low + (high - low) / 2;
        if (facts_transforms[middle].type < facts->name)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < facts_transform_count && facts_transforms[low].type == facts->name; low++) {
        struct str whole = string_at(facts_transforms[low].path);
        if (!is_part_of(path, whole) || !is_part_of(whole, path))
            continue;
        *expression = string_at(facts_transforms[low].expression);
        return true;
    }
    return false;
}
