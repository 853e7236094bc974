#include "reconciler/stack_tags.h"

#include "providers/facts.h"

static bool has_tag(const struct value *list, struct str key)
{
    bool found = false;
    for (size_t i = 0; i < list->count && !found; i++)
        found = str_equal(value_get_text(list->items[i], "Key"), key);
    return found;
}

static void add_to_list(struct arena *arena, struct value *list, const struct value *tags)
{
    for (size_t i = 0; i < tags->count; i++) {
        struct value *tag = value_map(arena);
        if (has_tag(list, tags->entries[i].key))
            continue;
        value_setz(arena, tag, "Key", value_string(arena, tags->entries[i].key));
        value_setz(arena, tag, "Value", value_copy(arena, tags->entries[i].value));
        value_append(arena, list, tag);
    }
}

static void add_to_map(struct arena *arena, struct value *map, const struct value *tags)
{
    for (size_t i = 0; i < tags->count; i++)
        if (!value_get_str(map, tags->entries[i].key))
            value_set(arena, map, tags->entries[i].key, value_copy(arena, tags->entries[i].value));
}

static bool is_call(const struct value *value)
{
    return value->count == 1 &&
           (str_is(value->entries[0].key, "Ref") || str_starts(value->entries[0].key, "Fn::"));
}

static void apply(struct arena *arena, struct desired_resource *resource)
{
    const struct type_facts *facts = facts_find(resource->type);
    struct str property = facts ? facts_tag_property(facts) : STR_EMPTY;
    if (!property.len || !value_is(resource->properties, VALUE_MAP))
        return;
    bool map = facts_tags_are_map(facts);
    struct value *written = value_get_str(resource->properties, property);
    if (!written) {
        written = map ? value_map(arena) : value_list(arena);
        value_set(arena, resource->properties, property, written);
    }
    if (map && value_is(written, VALUE_MAP) && !is_call(written))
        add_to_map(arena, written, resource->tags);
    if (!map && value_is(written, VALUE_LIST))
        add_to_list(arena, written, resource->tags);
}

void stack_tags_apply(struct arena *arena, struct desired *desired)
{
    for (size_t i = 0; i < desired->count; i++)
        if (desired->resources[i].tags)
            apply(arena, &desired->resources[i]);
}
