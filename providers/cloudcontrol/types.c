#include "providers/cloudcontrol/types.h"

#include "providers/cloudcontrol/types_table.h"
#include "providers/facts.h"

const struct resource_type *cloudcontrol_type_find(struct str name)
{
    size_t low = 0, high = cloudcontrol_type_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(name, str_from(cloudcontrol_types[middle].name));
        if (order == 0)
            return &cloudcontrol_types[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

struct str cloudcontrol_missing(struct arena *arena, struct str name)
{
    static const struct {
        char letter;
        const char *word;
    } needed[] = {{'C', "create"}, {'R', "read"}, {'D', "delete"}};
    const struct type_facts *facts = facts_find(name);
    struct str words = STR_EMPTY;
    for (size_t i = 0; i < ARRAY_LENGTH(needed); i++)
        if (!facts || !facts_has_handler(facts, needed[i].letter))
            words = arena_printf(arena, "%.*s%s%s", STR_ARG(words), words.len ? ", " : "", needed[i].word);
    return words;
}
