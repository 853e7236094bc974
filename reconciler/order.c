#include "reconciler/order.h"

#include "reconciler/imports.h"

/* What one application gives and takes: exports by name, outputs as "stack.output". */
struct party {
    struct str name;
    struct value *gives, *takes; /* maps to null: as its template says */
    struct value *gave, *took;   /* exports and imports as it was released */
    bool done;
};

struct ordering {
    struct session *session;
    struct arena *arena;
    const struct environment *environment;
    struct ledger *ledger; /* NULL: it cannot be read, which each visit tells */
    struct party *parties;
    size_t count;
    struct ordered_application *out;
    size_t out_count;
};

static void add(struct ordering *ordering, struct value *map, struct str key)
{
    value_set(ordering->arena, map, arena_str(ordering->arena, key), value_null(ordering->arena));
}

static void add_output(struct ordering *ordering, struct value *map, struct str stack, struct str output)
{
    add(ordering, map, arena_printf(ordering->arena, "%.*s.%.*s", STR_ARG(stack), STR_ARG(output)));
}

static void describe_gifts(struct ordering *ordering, struct subject *subject, struct party *party)
{
    const struct value *outputs = subject->desired.outputs;
    struct str stack = subject_template(subject).stack_name;
    for (size_t i = 0; i < outputs->count; i++) {
        struct str export = output_export(outputs->entries[i].value);
        add_output(ordering, party->gives, stack, outputs->entries[i].key);
        if (export.len)
            add(ordering, party->gives, export);
    }
}

static void describe_needs(struct ordering *ordering, struct subject *subject, struct party *party)
{
    const struct desired *desired = &subject->desired;
    struct outside_list list = {.count = 0};
    for (size_t i = 0; i < desired->count; i++)
        outside_find(subject->arena, desired->resources[i].properties, &list);
    outside_find(subject->arena, desired->outputs, &list);
    for (size_t i = 0; i < list.count; i++) {
        if (list.items[i].kind == OUTSIDE_IMPORT)
            add(ordering, party->takes, list.items[i].name);
        else
            add_output(ordering, party->takes, list.items[i].name, list.items[i].key);
    }
}

static void describe_record(struct ordering *ordering, struct subject *subject, struct party *party)
{
    const struct environment *environment = ordering->environment;
    struct inventory inventory;
    struct error ignored = ERROR_INIT;
    struct str path =
        record_path(subject->arena, environment->region, environment->name, party->name, "inventory.json");
    if (!ordering->ledger || !inventory_load(ordering->ledger, subject->arena, path, &inventory, &ignored))
        return;
    const struct value *gave = inventory.outputs, *took = inventory.imports;
    for (size_t i = 0; value_is(gave, VALUE_MAP) && i < gave->count; i++)
        add(ordering, party->gave, value_get_text(gave->entries[i].value, "export"));
    for (size_t i = 0; took && i < took->count; i++)
        add(ordering, party->took, value_text(took->items[i]));
}

static void prepare(struct ordering *ordering, struct party *party)
{
    party->gives = value_map(ordering->arena);
    party->takes = value_map(ordering->arena);
    party->gave = value_map(ordering->arena);
    party->took = value_map(ordering->arena);
}

static void look(struct ordering *ordering, struct party *party)
{
    struct subject *subject;
    struct error ignored = ERROR_INIT; /* its own visit tells */
    if (!subject_open(ordering->session, ordering->environment->name, party->name, &subject, &ignored))
        return;
    if (subject_render_asking(subject, &ignored)) {
        describe_gifts(ordering, subject, party);
        describe_needs(ordering, subject, party);
        describe_record(ordering, subject, party);
    }
    subject_close(subject);
}

static bool imports_from(const struct party *party, const struct party *other)
{
    for (size_t i = 0; party != other && i < party->takes->count; i++)
        if (value_get_str(other->gives, party->takes->entries[i].key))
            return true;
    return false;
}

/* Was the other released with an export of this one that it does not want any more? */
static bool is_left_by(const struct party *party, const struct party *other)
{
    for (size_t i = 0; party != other && i < other->took->count; i++) {
        struct str name = other->took->entries[i].key;
        if (value_get_str(party->gave, name) && !value_get_str(other->takes, name))
            return true;
    }
    return false;
}

static bool waits(const struct ordering *ordering, const struct party *party,
                  bool (*for_other)(const struct party *, const struct party *))
{
    for (size_t i = 0; i < ordering->count; i++)
        if (!ordering->parties[i].done && for_other(party, &ordering->parties[i]))
            return true;
    return false;
}

/* The first that waits for nobody; else the first that could go at all, or NULL. */
static struct party *next(struct ordering *ordering)
{
    struct party *possible = NULL;
    for (size_t i = 0; i < ordering->count; i++) {
        struct party *party = &ordering->parties[i];
        if (party->done || waits(ordering, party, imports_from))
            continue;
        if (!waits(ordering, party, is_left_by))
            return party;
        possible = possible ? possible : party;
    }
    return possible;
}

static const struct party *first_needed(const struct ordering *ordering, const struct party *party)
{
    for (size_t i = 0; i < ordering->count; i++)
        if (!ordering->parties[i].done && imports_from(party, &ordering->parties[i]))
            return &ordering->parties[i];
    return NULL;
}

/* All that are left wait for somebody, so that from any of them the way leads into a circle. */
static void refuse_circle(const struct ordering *ordering, const struct party *party, struct error *error)
{
    struct buf path = BUF_INIT(ERROR_MESSAGE_MAX / 2);
    for (size_t i = 0; i < ordering->count; i++)
        party = first_needed(ordering, party);
    const struct party *start = party; /* the first by name on the circle */
    for (size_t i = 0; i < ordering->count; i++) {
        party = first_needed(ordering, party);
        start = party < start ? party : start;
    }
    party = start;
    do {
        buf_printf(&path, "%.*s -> ", STR_ARG(party->name));
        party = first_needed(ordering, party);
    } while (party != start);
    buf_add(&path, start->name);
    error_set(error, ERROR_INVALID, "applications import from each other in a circle: %s", path.ptr);
    buf_release(&path);
}

static void put(struct ordering *ordering, const struct party *party, const struct error *error)
{
    ordering->out[ordering->out_count++] = (struct ordered_application){.name = party->name, .error = *error};
}

static void sort(struct ordering *ordering)
{
    struct party *party;
    struct error error = ERROR_INIT;
    while ((party = next(ordering))) {
        party->done = true;
        put(ordering, party, &error);
    }
    for (size_t i = 0; i < ordering->count; i++)
        if (!ordering->parties[i].done) {
            refuse_circle(ordering, &ordering->parties[i], &error);
            put(ordering, &ordering->parties[i], &error);
        }
}

struct ordered_application *applications_order(struct session *session, struct arena *arena,
                                               const struct environment *environment)
{
    size_t count = environment->application_count;
    struct ordering ordering = {
        .session = session, .arena = arena, .environment = environment, .count = count};
    struct error ignored = ERROR_INIT;
    if (count > 1 && !session_ledger(session, environment->account, &ordering.ledger, &ignored))
        ordering.ledger = NULL;
    ordering.parties = arena_array(arena, count + 1, sizeof *ordering.parties);
    ordering.out = arena_array(arena, count + 1, sizeof *ordering.out);
    for (size_t i = 0; i < count; i++) {
        ordering.parties[i].name = environment->applications[i].name;
        prepare(&ordering, &ordering.parties[i]);
        if (count > 1)
            look(&ordering, &ordering.parties[i]);
    }
    sort(&ordering);
    return ordering.out;
}
