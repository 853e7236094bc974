/* Patches of API Gateway, by a table of what can be changed. */

#include "tests/simulator/services/apigateway.h"

static bool no_path(struct call *call, const struct patch *patch)
{
    return call_fail(call, 400, "BadRequestException", "Invalid patch path '%.*s' specified for op '%s'",
                     STR_ARG(patch->path), patch->remove ? "remove" : "replace");
}

static bool patch_one(struct call *call, struct value *map, const struct patch_member *member,
                      const struct patch *patch)
{
    struct str name = str_from(member->name);
    int64_t number;
    bool yes = str_equal_nocase(patch->value, STR("true"));
    if (patch->remove || !patch->value.len) {
        if (member->needed)
            return call_fail(call, 400, "BadRequestException", "%s must not be empty", member->name);
        (void)value_remove(map, name);
        return true;
    }
    if (member->kind == PATCHES_NUMBER && !str_to_int(patch->value, &number))
        return call_fail(call, 400, "BadRequestException", "%s is no number", member->name);
    if (member->kind == PATCHES_BOOL && !yes && !str_equal_nocase(patch->value, STR("false")))
        return call_fail(call, 400, "BadRequestException", "%s is no boolean", member->name);
    value_set(call->arena, map, name,
              member->kind == PATCHES_NUMBER ? value_int(call->arena, number)
              : member->kind == PATCHES_BOOL ? value_bool(call->arena, yes)
                                             : value_string(call->arena, patch->value));
    return true;
}

static bool patch_named(struct call *call, struct value *map, const struct patch_member *member,
                        const struct patch *patch, struct str key)
{
    struct value *inner = value_get(map, member->name);
    if (!inner)
        put(call, map, member->name, inner = value_map(call->arena));
    if (patch->remove)
        return value_remove(inner, key) || no_path(call, patch);
    value_set(call->arena, inner, key,
              member->kind == PATCHES_BOOLS
                  ? value_bool(call->arena, str_equal_nocase(patch->value, STR("true")))
                  : value_string(call->arena, patch->value));
    return true;
}

static bool patch_item(struct call *call, struct value *map, const struct patch_member *member,
                       const struct patch *patch, struct str item)
{
    struct value *old = value_get(map, member->name), *fresh = value_list(call->arena);
    bool there = false;
    for (size_t i = 0; old && i < old->count; i++) {
        bool same = str_equal(value_text(old->items[i]), item);
        there = there || same;
        if (!same)
            value_append(call->arena, fresh, old->items[i]);
    }
    if (patch->remove && !there)
        return no_path(call, patch);
    if (!patch->remove)
        value_append(call->arena, fresh, value_string(call->arena, item));
    put(call, map, member->name, fresh);
    return true;
}

static bool patch_member(struct call *call, struct value *map, const struct patch_member *members,
                         const struct patch *patch)
{
    struct str parts[3] = {STR_EMPTY, STR_EMPTY, STR_EMPTY};
    size_t count = apigateway_path(call, patch->path, parts, ARRAY_LENGTH(parts));
    for (const struct patch_member *member = members; member->name; member++) {
        if (!str_is(parts[0], member->path ? member->path : member->name))
            continue;
        if (member->kind <= PATCHES_NUMBER && count == 1)
            return patch_one(call, map, member, patch);
        if ((member->kind == PATCHES_TEXTS || member->kind == PATCHES_BOOLS) && count == 2)
            return patch_named(call, map, member, patch, parts[1]);
        if (member->kind == PATCHES_ITEMS && count == 1)
            return patch_item(call, map, member, patch, patch->value);
        if (member->kind == PATCHES_NAMES && count == 2)
            return patch_item(call, map, member, patch, parts[1]);
    }
    return no_path(call, patch);
}

struct value *apigateway_patched(struct call *call, const struct value *state,
                                 const struct patch_member *members)
{
    struct value *copy = value_copy(call->arena, state);
    struct patch *patches;
    size_t count;
    if (!apigateway_patches(call, &patches, &count))
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (!patch_member(call, copy, members, &patches[i]))
            return NULL;
    return copy;
}

void apigateway_replace(struct call *call, struct value *state, const struct value *patched)
{
    for (size_t i = state->count; i-- > 0;)
        if (!value_get_str(patched, state->entries[i].key))
            (void)value_remove(state, state->entries[i].key);
    for (size_t i = 0; i < patched->count; i++)
        state_put(call, state, patched->entries[i].key, patched->entries[i].value);
}
