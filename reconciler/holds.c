#include "reconciler/holds.h"

#include <string.h>

#include "base/json.h"
#include "reconciler/record.h"

/* Other events of the account move the ref, too. */
enum { ATTEMPTS = 20 };

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

bool holds_load(struct ledger *ledger, struct arena *arena, struct str region, struct str environment,
                struct str application, struct holds *out, struct error *error)
{
    struct value *root;
    *out = (struct holds){.count = 0};
    if (!record_load(ledger, arena, record_path(arena, region, environment, application, "holds.json"), &root,
                     error))
        return false;
    const struct value *list = value_get(root, "holds");
    if (!value_is(list, VALUE_LIST))
        return true;
    out->items = arena_array(arena, list->count + 1, sizeof *out->items);
    for (; out->count < list->count; out->count++)
        out->items[out->count] = read_hold(list->items[out->count]);
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

static struct str text_of(struct arena *arena, const struct holds *before, const struct hold *hold)
{
    struct value *root = value_map(arena), *list = value_list(arena);
    size_t first = before->count >= HOLDS_MAX ? before->count - HOLDS_MAX + 1 : 0;
    for (size_t i = first; i < before->count; i++)
        if (strcmp(before->items[i].revision.hex, hold->revision.hex) != 0)
            value_append(arena, list, hold_node(arena, &before->items[i]));
    value_append(arena, list, hold_node(arena, hold));
    value_setz(arena, root, "version", value_int(arena, RECORD_VERSION));
    value_setz(arena, root, "holds", list);
    return arena_printf(arena, "%.*s\n", STR_ARG(json_text(arena, root, JSON_PRETTY)));
}

static bool add_once(struct ledger *ledger, struct arena *arena, struct str region, struct str environment,
                     struct str application, const struct hold *hold, struct error *error)
{
    struct holds before;
    if (!ledger_refresh(ledger, error) ||
        !holds_load(ledger, arena, region, environment, application, &before, error))
        return false;
    const struct ledger_file file = {.path =
                                         record_path(arena, region, environment, application, "holds.json"),
                                     .bytes = text_of(arena, &before, hold)};
    const struct ledger_trailer trailers[] = {
        {"Environment", environment}, {"Application", application}, {"Hold", str_from(hold->revision.hex)}};
    const struct ledger_event event = {
        .subject = arena_printf(arena, "%.*s/%.*s: holds %.7s", STR_ARG(environment), STR_ARG(application),
                                hold->revision.hex),
        .body = arena_printf(arena, "%.*s; by %.*s", STR_ARG(hold->reason), STR_ARG(hold->by)),
        .trailers = trailers,
        .trailer_count = ARRAY_LENGTH(trailers),
        .files = &file,
        .file_count = 1};
    return ledger_append(ledger, &event, error);
}

bool holds_add(struct ledger *ledger, const struct clock *clock, struct arena *arena, struct str region,
               struct str environment, struct str application, struct hold *hold, struct error *error)
{
    hold->at = time_iso8601(arena, clock_wall(clock));
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        error_clear(error);
        if (add_once(ledger, arena, region, environment, application, hold, error))
            return true;
        if (error->code != ERROR_CONFLICT)
            return false;
        clock_sleep(clock, 20 * (attempt + 1));
    }
    return error_set(error, ERROR_CONFLICT, "the ledger is too busy: %d tries lost to other writers",
                     ATTEMPTS);
}
