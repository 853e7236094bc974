#include "reconciler/suspension.h"

#include "reconciler/rollout/rollout.h"

struct note suspension_note(struct ledger *ledger, const struct clock *clock,
                            const struct environment *environment, struct str application)
{
    return note_at(ledger, clock, environment->region, environment->name, application, "suspension.json");
}

/* One that is over is none. */
static struct suspension read_suspension(const struct value *node, int64_t now_ms)
{
    struct suspension suspension = {.present = value_get_bool(node, "suspended", false),
                                    .reason = value_get_text(node, "reason"),
                                    .by = value_get_text(node, "by")};
    if (!time_parse(value_get_text(node, "since"), &suspension.since_ms))
        suspension.since_ms = 0;
    if (!time_parse(value_get_text(node, "until"), &suspension.until_ms))
        suspension.until_ms = 0;
    suspension.present = suspension.present && (!suspension.until_ms || suspension.until_ms > now_ms);
    return suspension;
}

bool suspension_of(struct ledger *ledger, struct arena *arena, const struct environment *environment,
                   const struct application *application, int64_t now_ms, struct suspension *out,
                   struct error *error)
{
    const struct suspend *git = &application->suspend;
    *out = (struct suspension){.present = git->present && (!git->until_ms || git->until_ms > now_ms),
                               .reason = git->reason,
                               .until_ms = git->until_ms};
    if (out->present)
        return true;
    const struct note note = suspension_note(ledger, NULL, environment, application->name);
    struct value *node;
    if (!note_load(&note, arena, &node, error))
        return false;
    *out = read_suspension(node, now_ms);
    return true;
}

struct str suspension_in_words(struct arena *arena, const struct suspension *suspension, int64_t now_ms)
{
    struct buf text = BUF_INIT(BUF_SMALL);
    buf_addz(&text, "suspended");
    if (suspension->since_ms)
        buf_printf(&text, " for %.*s", STR_ARG(duration_in_words(arena, now_ms - suspension->since_ms)));
    if (suspension->by.len)
        buf_printf(&text, ", by %.*s", STR_ARG(suspension->by));
    else
        buf_addz(&text, ", by its file in Git");
    if (suspension->until_ms)
        buf_printf(&text, ", until %.*s", STR_ARG(time_iso8601(arena, suspension->until_ms)));
    buf_printf(&text, ": %.*s", STR_ARG(suspension->reason));
    struct str words = arena_str(arena, buf_str(&text));
    buf_release(&text);
    return words;
}

/* --- by command --- */

static bool make_begin(void *self, struct arena *arena, const struct value *before,
                       struct note_change *change, struct error *error)
{
    const struct suspension *suspension = self;
    struct value *content = value_map(arena);
    (void)before;
    (void)error;
    value_setz(arena, content, "suspended", value_bool(arena, true));
    value_setz(arena, content, "reason", value_string(arena, suspension->reason));
    value_setz(arena, content, "by", value_string(arena, suspension->by));
    value_setz(arena, content, "since", value_string(arena, time_iso8601(arena, suspension->since_ms)));
    value_setz(arena, content, "until", value_string(arena, time_iso8601(arena, suspension->until_ms)));
    *change = (struct note_change){
        .what = STR("suspended"),
        .body = arena_printf(arena, "%.*s; by %.*s", STR_ARG(suspension->reason), STR_ARG(suspension->by)),
        .content = content};
    return true;
}

bool suspension_begin(const struct note *note, struct arena *arena, const struct suspension *suspension,
                      struct error *error)
{
    struct suspension copy = *suspension;
    return note_change(note, arena, &copy, make_begin, error);
}

struct ending {
    struct str by;
    int64_t now_ms;
};

static bool make_end(void *self, struct arena *arena, const struct value *before, struct note_change *change,
                     struct error *error)
{
    const struct ending *ending = self;
    struct value *content = value_map(arena);
    if (!read_suspension(before, ending->now_ms).present)
        return error_set(error, ERROR_NOT_FOUND,
                         "nobody has suspended it by command (a `suspend:` in its file is taken out there)");
    value_setz(arena, content, "suspended", value_bool(arena, false));
    *change = (struct note_change){.what = STR("resumed"),
                                   .body = arena_printf(arena, "by %.*s", STR_ARG(ending->by)),
                                   .content = content};
    return true;
}

bool suspension_end(const struct note *note, struct arena *arena, struct str by, struct error *error)
{
    struct ending ending = {.by = by, .now_ms = clock_wall(note->clock)};
    return note_change(note, arena, &ending, make_end, error);
}
