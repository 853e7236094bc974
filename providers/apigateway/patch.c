#include "providers/apigateway/patch.h"

#include "providers/policy.h"
#include "providers/shape.h"

void patch_add(struct arena *arena, struct value *patch, const char *op, struct str path,
               const struct value *value)
{
    struct value *step = input_with(arena, "op", str_from(op));
    and_with(arena, step, "path", path);
    if (value) /* every value travels as text */
        value_setz(arena, step, "value",
                   value->kind == VALUE_SECRET ? value_copy(arena, value)
                                               : value_string(arena, value_text(value)));
    value_append(arena, patch, step);
}

struct str patch_part(struct arena *arena, struct str name)
{
    struct buf part = BUF_INIT(BUF_SMALL);
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] == '~' || name.ptr[i] == '/')
            buf_addz(&part, name.ptr[i] == '~' ? "~0" : "~1");
        else
            buf_addc(&part, name.ptr[i]);
    struct str text = arena_str(arena, buf_str(&part));
    buf_release(&part);
    return text;
}

bool patch_send(const struct resource_call *call, enum apigateway_operation operation, struct value *input,
                struct value *patch, struct error *error)
{
    if (patch->count == 0)
        return true;
    value_setz(call->arena, input, "patchOperations", patch);
    return call_over_hurdles(call->aws, &apigateway_operations[operation], call->arena, input,
                             apigateway_busy, APIGATEWAY_BUSY_MS, NULL, error);
}

struct value *patch_steps(struct arena *arena, const struct value *patch, bool removing)
{
    struct value *steps = value_list(arena);
    for (size_t i = 0; i < patch->count; i++)
        if (str_is(value_get_text(patch->items[i], "op"), "remove") == removing)
            value_append(arena, steps, patch->items[i]);
    return steps;
}

static struct str path_below(struct arena *arena, const char *path, struct str name)
{
    return arena_printf(arena, "%s/%.*s", path, STR_ARG(patch_part(arena, name)));
}

static void patch_one(struct arena *arena, const struct patch_row *row, const struct value *wanted,
                      const struct value *live, struct value *patch)
{
    bool nothing = shape_covers(NULL, wanted);
    bool same = shape_covers(wanted, live) && (row->kind != PATCH_JSON || shape_covers(live, wanted));
    if (same || (nothing && row->kind == PATCH_FIXED))
        return;
    if (nothing)
        wanted = value_string(arena, row->kind == PATCH_JSON ? STR("{}") : STR_EMPTY);
    else if (row->kind == PATCH_JSON)
        wanted = value_string(arena, json_for_request(arena, wanted));
    patch_add(arena, patch, "replace", str_from(row->path), wanted);
}

static void patch_map(struct arena *arena, const struct patch_row *row, const struct value *wanted,
                      const struct value *live, struct value *patch)
{
    for (size_t i = 0; value_is(wanted, VALUE_MAP) && i < wanted->count; i++) {
        const struct value_entry *entry = &wanted->entries[i];
        const struct value *now = value_get_str(live, entry->key);
        if (!now || !shape_covers(entry->value, now))
            patch_add(arena, patch, now || row->kind == PATCH_VARIABLES ? "replace" : "add",
                      path_below(arena, row->path, entry->key), entry->value);
    }
    for (size_t i = 0; value_is(live, VALUE_MAP) && i < live->count; i++)
        if (!value_get_str(wanted, live->entries[i].key))
            patch_add(arena, patch, "remove", path_below(arena, row->path, live->entries[i].key), NULL);
}

static void patch_item(struct arena *arena, const struct patch_row *row, const char *op,
                       const struct value *item, struct value *patch)
{
    if (row->kind == PATCH_NAMES)
        patch_add(arena, patch, op, path_below(arena, row->path, value_text(item)), NULL);
    else
        patch_add(arena, patch, op, str_from(row->path), item);
}

static void patch_list(struct arena *arena, const struct patch_row *row, const struct value *wanted,
                       const struct value *live, struct value *patch)
{
    for (size_t i = 0; value_is(wanted, VALUE_LIST) && i < wanted->count; i++)
        if (!list_has(live, value_text(wanted->items[i])))
            patch_item(arena, row, "add", wanted->items[i], patch);
    for (size_t i = 0; value_is(live, VALUE_LIST) && i < live->count; i++)
        if (!list_has(wanted, value_text(live->items[i])))
            patch_item(arena, row, "remove", live->items[i], patch);
}

struct value *patch_between(struct arena *arena, const struct patch_row *row, const struct value *target,
                            const struct value *live)
{
    struct value *patch = value_list(arena);
    for (; row->property; row++) {
        const struct value *wanted = value_get(target, row->property), *now = value_get(live, row->property);
        if (!wanted)
            continue;
        if (row->kind == PATCH_MAP || row->kind == PATCH_VARIABLES)
            patch_map(arena, row, wanted, now, patch);
        else if (row->kind == PATCH_ITEMS || row->kind == PATCH_NAMES)
            patch_list(arena, row, wanted, now, patch);
        else
            patch_one(arena, row, wanted, now, patch);
    }
    return patch;
}
