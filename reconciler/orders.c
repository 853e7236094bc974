#include "reconciler/orders.h"

#include "base/json.h"
#include "reconciler/record.h"

/* Other events of the account move the ref, too. */
enum { ATTEMPTS = 20 };

bool order_load(struct ledger *ledger, struct arena *arena, struct str region, struct str environment,
                struct str application, struct order *order, struct error *error)
{
    struct str path = record_path(arena, region, environment, application, "order.json"), bytes;
    struct value *node;
    *order = (struct order){.number = 0};
    if (!ledger_read(ledger, arena, path, &bytes, error)) {
        if (error->code != ERROR_NOT_FOUND)
            return false;
        error_clear(error);
        return true;
    }
    if (!json_read(arena, path, bytes, &node, error))
        return error_prefix(error, "the ledger is damaged");
    *order = (struct order){.number = value_get_int(node, "number", 0),
                            .word = value_get_text(node, "order"),
                            .by = value_get_text(node, "by"),
                            .time = value_get_text(node, "time")};
    return true;
}

static struct str text_of(struct arena *arena, const struct order *order)
{
    struct value *node = value_map(arena);
    value_setz(arena, node, "version", value_int(arena, RECORD_VERSION));
    value_setz(arena, node, "number", value_int(arena, order->number));
    value_setz(arena, node, "order", value_string(arena, order->word));
    value_setz(arena, node, "by", value_string(arena, order->by));
    value_setz(arena, node, "time", value_string(arena, order->time));
    return arena_printf(arena, "%.*s\n", STR_ARG(json_text(arena, node, JSON_PRETTY)));
}

bool order_give(struct ledger *ledger, const struct clock *clock, struct arena *arena, struct str region,
                struct str environment, struct str application, struct order *order, struct error *error)
{
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        struct order last;
        error_clear(error);
        if (!ledger_refresh(ledger, error) ||
            !order_load(ledger, arena, region, environment, application, &last, error))
            return false;
        order->number = last.number + 1;
        order->time = time_iso8601(arena, clock_wall(clock));
        const struct ledger_file file = {
            .path = record_path(arena, region, environment, application, "order.json"),
            .bytes = text_of(arena, order)};
        const struct ledger_trailer trailers[] = {
            {"Environment", environment}, {"Application", application}, {"Order", order->word}};
        const struct ledger_event event = {.subject = arena_printf(arena, "%.*s/%.*s: %.*s asked for",
                                                                   STR_ARG(environment), STR_ARG(application),
                                                                   STR_ARG(order->word)),
                                           .body = arena_printf(arena, "by %.*s", STR_ARG(order->by)),
                                           .trailers = trailers,
                                           .trailer_count = ARRAY_LENGTH(trailers),
                                           .files = &file,
                                           .file_count = 1};
        if (ledger_append(ledger, &event, error))
            return true;
        if (error->code != ERROR_CONFLICT)
            return false;
        clock_sleep(clock, 20 * (attempt + 1));
    }
    return error_set(error, ERROR_CONFLICT, "the ledger is too busy: %d tries lost to other writers",
                     ATTEMPTS);
}
