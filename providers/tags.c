#include "providers/facts.h"
#include "providers/resource_type.h"

static int by_key(const void *a, const void *b)
{
    return str_compare(((const struct value_entry *)a)->key, ((const struct value_entry *)b)->key);
}

static void merge(struct arena *arena, struct value *into, const struct value *map)
{
    for (size_t i = 0; value_is(map, VALUE_MAP) && i < map->count; i++)
        value_set(arena, into, map->entries[i].key, value_copy(arena, map->entries[i].value));
}

/* CloudFormation writes tags as a list in most types and as a map in some. */
static struct value *declared(struct arena *arena, const struct value *tags)
{
    if (value_is(tags, VALUE_LIST))
        return tags_as_map(arena, tags, "Key", "Value");
    struct value *map = value_map(arena);
    merge(arena, map, tags);
    return map;
}

/* "Tags", or what the type calls them: "UserPoolTags". */
const char *tag_property(const struct resource_call *call)
{
    const struct type_facts *facts = call->type.len ? facts_find(call->type) : NULL;
    struct str name = facts ? facts_tag_property(facts) : STR_EMPTY;
    return name.len ? arena_strz(call->arena, name) : "Tags";
}

static bool is_ownership(struct str key)
{
    return str_starts(key, "plumb:");
}

/* A template may override an environment's tag, but never say whose the resource is. */
struct value *resource_tags(const struct resource_call *call)
{
    struct value *map = value_map(call->arena);
    merge(call->arena, map, call->tags);
    const struct value *own = declared(call->arena, value_get(call->properties, tag_property(call)));
    for (size_t i = 0; i < own->count; i++)
        if (!is_ownership(own->entries[i].key))
            value_set(call->arena, map, own->entries[i].key, own->entries[i].value);
    return map;
}

struct value *tags_as_list(struct arena *arena, const struct value *map, const char *key_name,
                           const char *value_name)
{
    struct value *list = value_list(arena);
    if (!value_is(map, VALUE_MAP) || map->count == 0)
        return list;
    struct value_entry *sorted = arena_array(arena, map->count, sizeof *sorted);
    memcpy(sorted, map->entries, map->count * sizeof *sorted);
    qsort(sorted, map->count, sizeof *sorted, by_key);
    for (size_t i = 0; i < map->count; i++) {
        struct value *tag = value_map(arena);
        value_setz(arena, tag, key_name, value_string(arena, sorted[i].key));
        value_setz(arena, tag, value_name, value_copy(arena, sorted[i].value));
        value_append(arena, list, tag);
    }
    return list;
}

struct value *tags_as_map(struct arena *arena, const struct value *list, const char *key_name,
                          const char *value_name)
{
    struct value *map = value_map(arena);
    for (size_t i = 0; value_is(list, VALUE_LIST) && i < list->count; i++) {
        const struct value *value = value_get(list->items[i], value_name);
        value_set(arena, map, value_get_text(list->items[i], key_name),
                  value ? value_copy(arena, value) : value_string(arena, STR_EMPTY));
    }
    return map;
}

/* Put there by us or by AWS, and not by the template. */
static bool is_ours(const struct resource_call *call, const struct value *own, const struct value_entry *tag)
{
    if (is_ownership(tag->key) || str_starts(tag->key, "aws:"))
        return true;
    const struct value *set = value_get_str(call->tags, tag->key);
    return set && !value_get_str(own, tag->key) && str_equal(value_text(set), value_text(tag->value));
}

struct value *tags_of_user(const struct resource_call *call, const struct value *live_map)
{
    struct value *map = value_map(call->arena);
    const struct value *own = declared(call->arena, value_get(call->properties, tag_property(call)));
    for (size_t i = 0; value_is(live_map, VALUE_MAP) && i < live_map->count; i++) {
        const struct value_entry *tag = &live_map->entries[i];
        if (!is_ours(call, own, tag))
            value_set(call->arena, map, tag->key, value_copy(call->arena, tag->value));
    }
    return map;
}
