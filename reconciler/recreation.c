#include "reconciler/recreation.h"

static enum recreation harder(enum recreation a, enum recreation b)
{
    return a > b ? a : b;
}

static enum recreation hardest(struct arena *arena, const struct type_facts *facts, struct str path,
                               const struct value *value)
{
    if (facts_is_create_only(facts, path))
        return RECREATION_ALWAYS;
    enum recreation found =
        facts_is_conditional_create_only(facts, path) ? RECREATION_CONDITIONALLY : RECREATION_NEVER;
    for (size_t i = 0; value_is(value, VALUE_LIST) && i < value->count; i++)
        found = harder(found, hardest(arena, facts, path, value->items[i]));
    for (size_t i = 0; value_is(value, VALUE_MAP) && i < value->count; i++) {
        const struct value_entry *entry = &value->entries[i];
        struct str part = arena_printf(arena, "%.*s.%.*s", STR_ARG(path), STR_ARG(entry->key));
        found = harder(found, hardest(arena, facts, part, entry->value));
    }
    return found;
}

static bool is_custom(struct str type)
{
    return str_starts(type, "Custom::") || str_is(type, "AWS::CloudFormation::CustomResource");
}

enum recreation recreation_of(struct arena *arena, struct str type, struct str path,
                              const struct value *before, const struct value *after)
{
    const struct type_facts *facts = facts_find(type);
    if (is_custom(type))
        return str_is(path, "ServiceToken") ? RECREATION_ALWAYS : RECREATION_CONDITIONALLY;
    if (!facts)
        return RECREATION_NEVER;
    if (facts_has_handler(facts, 'C') && !facts_has_handler(facts, 'U'))
        return RECREATION_ALWAYS;
    return harder(hardest(arena, facts, path, before), hardest(arena, facts, path, after));
}
