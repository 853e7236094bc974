/* What the ledger holds of an environment's trust. */

#include <string.h>

#include "base/json.h"
#include "reconciler/record.h"
#include "reconciler/trust_private.h"

struct str trust_record_path(struct arena *arena, struct str region, struct str environment)
{
    return arena_printf(arena, "trust/%.*s/%.*s.json", STR_ARG(region), STR_ARG(environment));
}

bool trust_record_load(struct ledger *ledger, struct arena *arena, struct str path, struct trust_record *out,
                       struct error *error)
{
    struct value *root;
    *out = (struct trust_record){.present = false};
    if (!record_load(ledger, arena, path, &root, error))
        return false;
    if (!root)
        return true;
    struct str accepted = value_get_text(root, "accepted");
    if (accepted.len != COMMIT_ID_SIZE || !value_get(root, "policy"))
        return error_set(error, ERROR_CORRUPT, "'%.*s' in the ledger is damaged", STR_ARG(path));
    memcpy(out->accepted.hex, accepted.ptr, COMMIT_ID_SIZE);
    out->policy = json_text(arena, value_get(root, "policy"), JSON_CANONICAL);
    out->present = true;
    return true;
}

struct str trust_record_text(struct arena *arena, const struct commit_id *accepted, struct str policy)
{
    struct value *root = value_map(arena), *node;
    struct error error = ERROR_INIT;
    if (!json_read(arena, STR_EMPTY, policy, &node, &error))
        node = value_map(arena); /* its writer wrote it */
    value_setz(arena, root, "version", value_int(arena, RECORD_VERSION));
    value_setz(arena, root, "accepted", value_stringz(arena, accepted->hex));
    value_setz(arena, root, "policy", node);
    return arena_printf(arena, "%.*s\n", STR_ARG(json_text(arena, root, JSON_PRETTY)));
}

bool trust_records_visit(struct ledger *ledger, struct arena *arena,
                         bool (*each)(void *self, const struct trust_record *, struct error *), void *self,
                         struct error *error)
{
    struct file_list regions;
    struct str *names;
    size_t count;
    if (!ledger_list(ledger, arena, STR("trust"), &regions, error))
        return false;
    for (size_t i = 0; i < regions.count; i++) {
        struct str directory = arena_printf(arena, "trust/%.*s", STR_ARG(regions.entries[i].name));
        if (!ledger_contents(ledger, arena, directory, &names, &count, error))
            return false;
        for (size_t k = 0; k < count; k++) {
            struct trust_record record;
            struct str path = arena_printf(arena, "%.*s/%.*s", STR_ARG(directory), STR_ARG(names[k]));
            if (!trust_record_load(ledger, arena, path, &record, error) || !each(self, &record, error))
                return false;
        }
    }
    return true;
}

bool trust_keep(struct ledger *ledger, struct arena *arena, struct str environment,
                const struct trust_verdict *verdict, struct error *error)
{
    const struct ledger_file file = {.path = verdict->record_path, .bytes = verdict->record};
    const struct ledger_trailer trailers[] = {{"Environment", environment},
                                              {"Commit", str_from(verdict->commit.hex)}};
    const struct ledger_event event = {
        .subject = arena_printf(arena, "%.*s: trusts %.7s", STR_ARG(environment), verdict->commit.hex),
        .body = STR(
            "The policy of trust, or the history that was accepted, is another one; nothing was released."),
        .trailers = trailers,
        .trailer_count = ARRAY_LENGTH(trailers),
        .files = &file,
        .file_count = 1,
    };
    return verdict->broken != TRUST_HOLDS || !verdict->to_keep || ledger_append(ledger, &event, error);
}
