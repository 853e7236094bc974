/*
 * A life through faults: the create, the first change of the file and the removal are made again and again,
 * each time with another of their writes failing.  After each, passes as plumb makes them must bring the
 * account to where a life without faults brings it: nothing doubled, nothing left, nothing missing.
 */

#include "base/digest.h"
#include "base/json.h"
#include "providers/resource.h"
#include "reconciler/ownership.h"
#include "tests/providers/lives/lives.h"

/* APPEAR_MS as in apply.c; FORGET_MS: longer than a deleted name cannot be used, or a read is stale. */
enum { PASSES_MAX = 4, PAUSE_MS = 500, APPEAR_MS = 15 * 1000, FORGET_MS = 120 * 1000, STALE_MS = 2000 };

static const struct kind {
    const char *name;      /* of the fault */
    const char *code;      /* of the fault "error" */
    int status, times;     /* times 0: until it is taken away after the first pass */
    enum error_code fails; /* what the first pass must end in, if it does not succeed */
} kinds[] = {
    {"drop-after", NULL, 0, 1, ERROR_NONE},
    {"drop-before", NULL, 0, 1, ERROR_NONE},
    {"500", NULL, 0, 2, ERROR_NONE},
    {"throttle", NULL, 0, 2, ERROR_NONE},
    {"error", "AccessDenied", 403, 0, ERROR_DENIED},
    {"error", "ServiceQuotaExceededException", 400, 0, ERROR_INVALID},
};

/* A part of a life: the create, the change, or the removal. */
struct part {
    const char *name;
    bool changes, removes;
    size_t writes;     /* of the clean run */
    struct str stands; /* after the clean run */
};

/* What is wanted; NULL: nothing. */
static const struct value *desired_of(const struct life *life, const struct part *part)
{
    return part->removes ? NULL : part->changes ? life->changed : life->base;
}

/* What was recorded before; NULL: nothing. */
static const struct value *last_of(const struct life *life, const struct part *part)
{
    return part->removes || part->changes ? life->base : NULL;
}

static struct str control(struct life *life, const char *method, const char *path, const char *body)
{
    return inprocess_control(&life->account->inprocess, life->arena, method, path, str_from(body));
}

static size_t writes(struct life *life)
{
    struct error error = ERROR_INIT;
    struct value *counters = NULL;
    if (!json_read(life->arena, STR_EMPTY, control(life, "GET", "/_simulator/counters", ""), &counters,
                   &error))
        return 0;
    return (size_t)value_get_int(counters, "mutating", 0);
}

static void order_fault(struct life *life, const struct kind *kind, size_t nth)
{
    const char *error =
        kind->code ? arena_printf(life->arena, ",\"status\":%d,\"code\":\"%s\"", kind->status, kind->code).ptr
                   : "";
    (void)control(life, "POST", "/_simulator/faults",
                  arena_printf(life->arena,
                               "{\"match\":{\"mutating\":true,\"nth\":%zu},\"fault\":\"%s\",\"times\":%d%s}",
                               nth, kind->name, kind->times, error)
                      .ptr);
}

/* --- one pass --- */

/* As create and find_made in apply.c. */
static bool make(struct life *life, const struct value *desired, struct error *error)
{
    struct resource_state state = {.physical_id = STR_EMPTY};
    struct resource_call call = life->call;
    call.properties = desired;
    call.previous = NULL;
    call.attributes = NULL;
    bool made = life->type->create(&call, &state, error);
    for (int64_t waited = 0; !made && error->code == ERROR_NOT_FOUND && waited < APPEAR_MS;
         waited += PAUSE_MS) {
        error_clear(error);
        clock_sleep(life->account->clock, PAUSE_MS);
        made = life->type->find(&call, &state, error);
    }
    if (made) {
        life->call.physical_id = state.physical_id;
        life->call.attributes = state.attributes;
    }
    return made;
}

static bool change(struct life *life, const struct value *desired, const struct value *last,
                   struct error *error)
{
    struct resource_state state = {.physical_id = STR_EMPTY};
    if (!life_look(life, last ? last : desired, error))
        return false;
    if (!life_compare(life, desired, last).count)
        return true;
    if (!life->type->update) /* a new one in its place */
        return make(life, desired, error);
    life->call.properties = desired;
    life->call.previous = life_previous(life, desired, last);
    return life->type->update(&life->call, &state, error);
}

/* As verify in apply.c. */
static bool verify(struct life *life, const struct value *desired, struct error *error)
{
    struct differences left;
    for (int64_t waited = 0; waited <= life->account->patience_ms; waited += PAUSE_MS) {
        error_clear(error);
        bool found = life_look(life, desired, error);
        if (!found && error->code != ERROR_NOT_FOUND)
            return false;
        if (found && !(left = life_compare(life, desired, desired)).count)
            return true;
        if (found)
            error_set(error, ERROR_CONFLICT, "reads back differently: %s", life_shown(life, &left));
        clock_sleep(life->account->clock, PAUSE_MS);
    }
    return false;
}

/* What a plumb that has just started does: it knows what was recorded, and looks for what it began. */
static bool pass(struct life *life, const struct part *part, struct error *error)
{
    struct resource_state found = {.physical_id = STR_EMPTY};
    const struct value *desired = desired_of(life, part), *last = last_of(life, part);
    if (!desired) {
        life->call.properties = NULL;
        life->call.previous = last;
        return life->type->remove(&life->call, error);
    }
    if (!last) {
        life->call.physical_id = STR_EMPTY;
        if (!life_find(life, &found, error)) {
            if (error->code != ERROR_NOT_FOUND)
                return false;
            error_clear(error);
            return make(life, desired, error) && verify(life, desired, error);
        }
        if (life->type->traits & RESOURCE_TAGGED && !carries_our_tags(&life->call, found.tags))
            return error_set(error, ERROR_CONFLICT, "what an earlier pass made does not carry our tags");
        life->call.physical_id = found.physical_id;
        life->call.attributes = found.attributes;
    }
    return change(life, desired, last, error) && verify(life, desired, error);
}

/* --- all of them --- */

static bool fail(struct life *life, const struct part *part, const struct kind *kind, size_t nth,
                 const char *what)
{
    return life_fail(life, part->name, "with %s at write %zu of %zu: %s",
                     kind->code ? kind->code : kind->name, nth, part->writes, what);
}

/* The operation that the fault hit. */
static struct str hit_operation(struct life *life)
{
    struct error error = ERROR_INIT;
    struct value *log = NULL;
    if (!json_read(life->arena, STR_EMPTY, control(life, "GET", "/_simulator/requests?since=0", ""), &log,
                   &error))
        return STR_EMPTY;
    const struct value *requests = value_get(log, "requests");
    for (size_t i = requests->count; i > 0; i--)
        if (value_get_text(requests->items[i - 1], "fault").len)
            return value_get_text(requests->items[i - 1], "operation");
    return STR_EMPTY;
}

/* A typed error that names what was asked for. */
static bool check_error(struct life *life, const struct part *part, const struct kind *kind, size_t nth,
                        const struct error *error)
{
    if (kind->fails == ERROR_NONE)
        return true;
    if (error->code != kind->fails || !error_is(error, kind->code))
        return fail(life, part, kind, nth,
                    arena_printf(life->arena, "should be told as '%s': %s", error_code_name(kind->fails),
                                 error->message)
                        .ptr);
    const char *operation = arena_strz(life->arena, hit_operation(life));
    return (*operation && str_contains(str_from(error->message), operation)) ||
           fail(life, part, kind, nth,
                arena_printf(life->arena, "the message does not name %s: %s", operation, error->message).ptr);
}

/* Another intent has another token, as another commit's has. */
static void name_intent(struct life *life, const struct part *part)
{
    life->call.token = str_slice(
        sha256_hex(life->arena, arena_printf(life->arena, "%.*s %s", STR_ARG(life->call.name), part->name)),
        0, 32);
}

static bool converge(struct life *life, const struct part *part, const struct kind *kind, size_t nth)
{
    struct error error = ERROR_INIT;
    bool done = false;
    name_intent(life, part);
    if (nth)
        order_fault(life, kind, nth);
    else
        (void)control(life, "POST", "/_simulator/stale",
                      arena_printf(life->arena, "{\"ms\":%d}", STALE_MS).ptr);
    for (int i = 0; i < PASSES_MAX && !done; i++) {
        error_clear(&error);
        done = pass(life, part, &error);
        if (i == 0 && !done && !check_error(life, part, kind, nth, &error))
            return false;
        if (i == 0 && kind->times == 0)
            (void)control(life, "DELETE", "/_simulator/faults", "");
    }
    if (!done)
        return fail(life, part, kind, nth, arena_printf(life->arena, "no end: %s", error.message).ptr);
    life->counts->faults++;
    struct str stands = life_standing(life);
    return str_equal(stands, part->stands) ||
           fail(life, part, kind, nth,
                arena_printf(life->arena, "what stands differs:\n%.*s-- instead of --\n%.*s", STR_ARG(stands),
                             STR_ARG(part->stands))
                    .ptr);
}

static bool clean(struct life *life, struct part *part)
{
    struct error error = ERROR_INIT;
    size_t before = writes(life);
    name_intent(life, part);
    if (!pass(life, part, &error))
        return life_fail(life, part->name, "%s", error.message);
    part->writes = writes(life) - before;
    part->stands = life_standing(life);
    clock_sleep(life->account->clock, FORGET_MS);
    return true;
}

/* The first change of the file, with the needs as they are now. */
static bool first_change(struct life *life)
{
    const struct value *changes = value_get(life->file, "Changes");
    if (!changes || !changes->count)
        return true;
    life->changed =
        life_changed(life, life->base, changes->entries[0].key, value_at(changes->entries[0].value, 0));
    return life->changed;
}

/* A new account where the needs stand, and what comes before the part. */
static bool begin(struct life *life, struct part *const *before)
{
    (void)control(life, "POST", "/_simulator/reset", "");
    if (!life_make_needs(life) || !first_change(life))
        return false;
    clock_sleep(life->account->clock, FORGET_MS);
    for (; *before; before++)
        if (!clean(life, *before))
            return false;
    return true;
}

/* The part with each fault at each of its writes, and with reads that show for a while what was before. */
static bool suffer(struct life *life, struct part *part, struct part *const *before)
{
    static const struct kind stale = {.name = "stale reads"};
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
        for (size_t nth = 1; nth <= part->writes; nth++)
            if (!begin(life, before) || !converge(life, part, &kinds[i], nth))
                return false;
    return begin(life, before) && converge(life, part, &stale, 0);
}

/* One of the same name that is not ours is never taken over. */
static bool meet_foreign(struct life *life)
{
    struct error error = ERROR_INIT;
    struct resource_state state = {.physical_id = STR_EMPTY};
    if (!(life->type->traits & RESOURCE_TAGGED) || !life->type->name_property)
        return true;
    struct resource_call foreign = life->call;
    foreign.tags = value_map(life->arena);
    foreign.properties = life->base;
    foreign.physical_id = STR_EMPTY;
    foreign.token = STR("fedcba9876543210fedcba9876543210");
    if (!life->type->create(&foreign, &state, &error))
        return life_fail(life, "foreign", "%s", error.message);
    struct str stands = life_standing(life);
    life->call.physical_id = STR_EMPTY;
    bool made = make(life, life->base, &error);
    bool taken = made && str_equal(life->call.physical_id, state.physical_id);
    if (made && !taken) /* its name is not unique */
        return life_remove(life) && begin(life, (struct part *const[]){NULL});
    if (taken || error.code != ERROR_CONFLICT)
        return life_fail(life, "foreign", "create should end in a conflict: %s",
                         taken ? "it takes over what is not ours" : error.message);
    if (!str_equal(stands, life_standing(life)))
        return life_fail(life, "foreign", "create changes what is not ours");
    error_clear(&error);
    foreign.physical_id = state.physical_id;
    foreign.properties = NULL;
    foreign.attributes = state.attributes;
    foreign.previous = life->base;
    if (!life->type->remove(&foreign, &error))
        return life_fail(life, "foreign", "remove: %s", error.message);
    return begin(life, (struct part *const[]){NULL});
}

static bool suffer_all(struct life *life)
{
    struct part create = {.name = "create"}, update = {.name = "update", .changes = true};
    struct part remove = {.name = "remove", .removes = true};
    struct part *const none[] = {NULL}, *const made[] = {&create, NULL};
    if (!meet_foreign(life) || !clean(life, &create) || !clean(life, &remove) ||
        !suffer(life, &create, none) || !suffer(life, &remove, made))
        return false;
    return !life->changed || (begin(life, made) && clean(life, &update) && suffer(life, &update, made));
}

bool life_lead_through_faults(struct life *life)
{
    return life_make_needs(life) && suffer_all(life);
}
