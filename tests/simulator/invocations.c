#include "tests/simulator/invocations.h"

#include "base/json.h"

void invocations_release(struct invocations *invocations)
{
    arena_free(invocations->arena);
    *invocations = (struct invocations){.arena = NULL};
}

void invocations_keep(struct invocations *invocations, const struct value *one)
{
    if (!invocations->arena) {
        invocations->arena = arena_new();
        invocations->list = value_list(invocations->arena);
    }
    if (invocations->list->count < INVOCATIONS_MAX)
        value_append(invocations->arena, invocations->list, value_copy(invocations->arena, one));
}

void invocations_add(struct invocations *invocations, struct str account, struct str function,
                     struct str payload)
{
    struct error ignored = ERROR_INIT;
    struct arena *arena = arena_new();
    struct value *parsed, *one = value_map(arena);
    if (!json_read(arena, STR_EMPTY, payload, &parsed, &ignored))
        parsed = value_null(arena);
    value_setz(arena, one, "account", value_string(arena, account));
    value_setz(arena, one, "function", value_string(arena, function));
    value_setz(arena, one, "payload", parsed);
    invocations_keep(invocations, one);
    arena_free(arena);
}

struct value *invocations_take(struct invocations *invocations, struct arena *arena)
{
    struct value *taken = invocations->list ? value_copy(arena, invocations->list) : value_list(arena);
    invocations_release(invocations);
    return taken;
}
