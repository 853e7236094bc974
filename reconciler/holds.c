#include "reconciler/holds.h"

#include <string.h>

#include "reconciler/note.h"

static struct hold read_hold(const struct value *node)
{
    struct hold hold = {.key = value_get_text(node, "key"),
                        .reason = value_get_text(node, "reason"),
                        .by = value_get_text(node, "by"),
                        .at = value_get_text(node, "at")};
    struct str revision = value_get_text(node, "revision");
    if (revision.len == COMMIT_ID_SIZE)
        memcpy(hold.revision.hex, revision.ptr, revision.len);
    return hold;
}

static struct holds read_holds(struct arena *arena, const struct value *root)
{
    const struct value *list = value_get(root, "holds");
    struct holds holds = {.count = 0};
    if (!value_is(list, VALUE_LIST))
        return holds;
    holds.items = arena_array(arena, list->count + 1, sizeof *holds.items);
    for (; holds.count < list->count; holds.count++)
        holds.items[holds.count] = read_hold(list->items[holds.count]);
    return holds;
}

bool holds_load(struct ledger *ledger, struct arena *arena, struct str region, struct str environment,
                struct str application, struct holds *out, struct error *error)
{
    const struct note note = note_at(ledger, NULL, region, environment, application, "holds.json");
    struct value *root;
    if (!note_load(&note, arena, &root, error))
        return false;
    *out = read_holds(arena, root);
    return true;
}

const struct hold *holds_find(const struct holds *holds, const struct commit_id *revision, struct str key)
{
    for (size_t i = holds->count; i > 0; i--)
        if (strcmp(holds->items[i - 1].revision.hex, revision->hex) == 0 ||
            (key.len && str_equal(key, holds->items[i - 1].key)))
            return &holds->items[i - 1];
    return NULL;
}

static struct value *hold_node(struct arena *arena, const struct hold *hold)
{
    struct value *node = value_map(arena);
    value_setz(arena, node, "revision", value_stringz(arena, hold->revision.hex));
    value_setz(arena, node, "key", value_string(arena, hold->key));
    value_setz(arena, node, "reason", value_string(arena, hold->reason));
    value_setz(arena, node, "by", value_string(arena, hold->by));
    value_setz(arena, node, "at", value_string(arena, hold->at));
    return node;
}

/* One of the same revision is replaced. */
static bool make(void *self, struct arena *arena, const struct value *root, struct note_change *change,
                 struct error *error)
{
    const struct hold *hold = self;
    const struct holds before = read_holds(arena, root);
    struct value *node = value_map(arena), *list = value_list(arena);
    size_t first = before.count >= HOLDS_MAX ? before.count - HOLDS_MAX + 1 : 0;
    (void)error;
    for (size_t i = first; i < before.count; i++)
        if (strcmp(before.items[i].revision.hex, hold->revision.hex) != 0)
            value_append(arena, list, hold_node(arena, &before.items[i]));
    value_append(arena, list, hold_node(arena, hold));
    value_setz(arena, node, "holds", list);
    *change = (struct note_change){
        .what = arena_printf(arena, "holds %.7s", hold->revision.hex),
        .body = arena_printf(arena, "%.*s; by %.*s", STR_ARG(hold->reason), STR_ARG(hold->by)),
        .trailer = {"Hold", str_from(hold->revision.hex)},
        .content = node};
    return true;
}

bool holds_add(struct ledger *ledger, const struct clock *clock, struct arena *arena, struct str region,
               struct str environment, struct str application, struct hold *hold, struct error *error)
{
    const struct note note = note_at(ledger, clock, region, environment, application, "holds.json");
    hold->at = time_iso8601(arena, clock_wall(clock));
    return note_change(&note, arena, hold, make, error);
}
