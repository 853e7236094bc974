#include "reconciler/parking.h"

#include "reconciler/note.h"

static struct note parking_note(const struct subject *subject)
{
    return note_at(subject->ledger, session_options(subject->session)->clock, subject->environment.region,
                   subject->environment.name, subject->application->name, "parked.json");
}

static struct parking read_parking(const struct value *node)
{
    return (struct parking){.present = value_get_bool(node, "parked", false),
                            .since = value_get_text(node, "since"),
                            .commit = value_get_text(node, "commit"),
                            .reason = value_get_text(node, "reason")};
}

bool parking_load(const struct subject *subject, struct parking *out, struct error *error)
{
    const struct note note = parking_note(subject);
    struct value *node;
    if (!note_load(&note, subject->arena, &node, error))
        return false;
    *out = read_parking(node);
    return true;
}

static bool make_begin(void *self, struct arena *arena, const struct value *before,
                       struct note_change *change, struct error *error)
{
    const struct parking *parking = self, was = read_parking(before);
    struct value *content = value_map(arena);
    (void)error;
    *change = (struct note_change){.content = NULL};
    if (was.present && str_equal(was.commit, parking->commit))
        return true;
    value_setz(arena, content, "parked", value_bool(arena, true));
    value_setz(arena, content, "since", value_string(arena, parking->since));
    value_setz(arena, content, "commit", value_string(arena, parking->commit));
    value_setz(arena, content, "reason", value_string(arena, parking->reason));
    *change = (struct note_change){.what = STR("parked"),
                                   .body = parking->reason,
                                   .trailer = {"Commit", parking->commit},
                                   .content = content};
    return true;
}

bool parking_begin(const struct subject *subject, const struct error *reason, struct error *error)
{
    const struct note note = parking_note(subject);
    struct parking parking = {.since = time_iso8601(subject->arena, clock_wall(note.clock)),
                              .commit = str_from(subject->commit.hex),
                              .reason = str_from(reason->message)};
    return note_change(&note, subject->arena, &parking, make_begin, error);
}

static bool make_end(void *self, struct arena *arena, const struct value *before, struct note_change *change,
                     struct error *error)
{
    struct value *content = value_map(arena);
    (void)self;
    (void)error;
    *change = (struct note_change){.content = NULL};
    if (!read_parking(before).present)
        return true;
    value_setz(arena, content, "parked", value_bool(arena, false));
    *change = (struct note_change){.what = STR("not parked any more"), .content = content};
    return true;
}

bool parking_end(const struct subject *subject, struct error *error)
{
    const struct note note = parking_note(subject);
    struct parking parking;
    if (!parking_load(subject, &parking, error))
        return false;
    return !parking.present || note_change(&note, subject->arena, NULL, make_end, error);
}
