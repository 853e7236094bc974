#include "reconciler/note.h"

#include "base/json.h"

/* Other events of the account move the ref, too. */
enum { ATTEMPTS = 20, PAUSE_MS = 20 };

struct note note_at(struct ledger *ledger, const struct clock *clock, struct str region,
                    struct str environment, struct str application, const char *file)
{
    return (struct note){.ledger = ledger,
                         .clock = clock,
                         .region = region,
                         .environment = environment,
                         .application = application,
                         .file = file};
}

static struct str path_of(const struct note *note, struct arena *arena)
{
    return record_path(arena, note->region, note->environment, note->application, note->file);
}

bool note_load(const struct note *note, struct arena *arena, struct value **content, struct error *error)
{
    return record_load(note->ledger, arena, path_of(note, arena), content, error);
}

bool note_append(const struct note *note, struct arena *arena, const struct note_change *change,
                 struct error *error)
{
    value_setz(arena, change->content, "version", value_int(arena, RECORD_VERSION));
    struct str text = arena_printf(arena, "%.*s\n", STR_ARG(json_text(arena, change->content, JSON_PRETTY)));
    const struct ledger_file file = {.path = path_of(note, arena), .bytes = text};
    const struct ledger_trailer trailers[] = {
        {"Environment", note->environment}, {"Application", note->application}, change->trailer};
    const struct ledger_event event = {.subject =
                                           arena_printf(arena, "%.*s/%.*s: %.*s", STR_ARG(note->environment),
                                                        STR_ARG(note->application), STR_ARG(change->what)),
                                       .body = change->body,
                                       .trailers = trailers,
                                       .trailer_count = change->trailer.key ? 3 : 2,
                                       .files = &file,
                                       .file_count = 1};
    return ledger_append(note->ledger, &event, error);
}

bool note_change(const struct note *note, struct arena *arena, void *self,
                 bool (*make)(void *self, struct arena *, const struct value *before, struct note_change *,
                              struct error *),
                 struct error *error)
{
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        struct note_change change = {.content = NULL};
        struct value *before;
        error_clear(error);
        if (!ledger_refresh(note->ledger, error) || !note_load(note, arena, &before, error) ||
            !make(self, arena, before, &change, error))
            return false;
        if (!change.content || note_append(note, arena, &change, error))
            return true;
        if (error->code != ERROR_CONFLICT)
            return false;
        clock_sleep(note->clock, PAUSE_MS * (attempt + 1));
    }
    return error_set(error, ERROR_CONFLICT, "the ledger is too busy: %d tries lost to other writers",
                     ATTEMPTS);
}
