#include "reconciler/orders.h"

#include "reconciler/note.h"

bool order_load(struct ledger *ledger, struct arena *arena, struct str region, struct str environment,
                struct str application, struct order *order, struct error *error)
{
    const struct note note = note_at(ledger, NULL, region, environment, application, "order.json");
    struct value *node;
    if (!note_load(&note, arena, &node, error))
        return false;
    *order = (struct order){.number = value_get_int(node, "number", 0),
                            .word = value_get_text(node, "order"),
                            .by = value_get_text(node, "by"),
                            .time = value_get_text(node, "time")};
    return true;
}

static bool make(void *self, struct arena *arena, const struct value *before, struct note_change *change,
                 struct error *error)
{
    struct order *order = self;
    struct value *node = value_map(arena);
    (void)error;
    order->number = value_get_int(before, "number", 0) + 1;
    value_setz(arena, node, "number", value_int(arena, order->number));
    value_setz(arena, node, "order", value_string(arena, order->word));
    value_setz(arena, node, "by", value_string(arena, order->by));
    value_setz(arena, node, "time", value_string(arena, order->time));
    *change = (struct note_change){.what = arena_printf(arena, "%.*s asked for", STR_ARG(order->word)),
                                   .body = arena_printf(arena, "by %.*s", STR_ARG(order->by)),
                                   .trailer = {"Order", order->word},
                                   .content = node};
    return true;
}

bool order_give(struct ledger *ledger, const struct clock *clock, struct arena *arena, struct str region,
                struct str environment, struct str application, struct order *order, struct error *error)
{
    const struct note note = note_at(ledger, clock, region, environment, application, "order.json");
    order->time = time_iso8601(arena, clock_wall(clock));
    return note_change(&note, arena, order, make, error);
}
