#include "reconciler/diff.h"

#include <string.h>

#include "base/json.h"
#include "providers/facts.h"
#include "providers/plain.h"
#include "providers/resource.h"
#include "providers/transform.h"
#include "reconciler/recreation.h"
#include "reconciler/secret_mark.h"

enum { DIFF_DEPTH_MAX = 64 };

struct comparison {
    struct arena *arena;
    const struct resource_type *type;
    const struct type_facts *facts; /* may be NULL */
    const struct value *desired, *live;
    bool recorded; /* it is known what was applied last */
    struct differences *out;
};

/* A place in the properties: `shown` has list positions, `plain` has not: the facts speak of `plain`. */
struct place {
    struct str shown, plain;
};

static struct place place_key(struct comparison *c, struct place at, struct str key)
{
    if (!at.shown.len)
        return (struct place){.shown = key, .plain = key};
    return (struct place){
        .shown = arena_printf(c->arena, "%.*s.%.*s", STR_ARG(at.shown), STR_ARG(key)),
        .plain = arena_printf(c->arena, "%.*s.%.*s", STR_ARG(at.plain), STR_ARG(key)),
    };
}

static struct place place_index(struct comparison *c, struct place at, size_t index)
{
    return (struct place){
        .shown = arena_printf(c->arena, "%.*s[%zu]", STR_ARG(at.shown), index),
        .plain = at.plain,
    };
}

/* A dynamic reference in last applied stands for what it gave. */
static bool is_reference(const struct value *value)
{
    return value_is(value, VALUE_STRING) && str_contains(value->text, "{{resolve:");
}

/* That, or what it gave. */
static bool came_by_reference(const struct value *value)
{
    return is_reference(value) || value_reference(value).len;
}

/* A mark stands for a secret in last applied.  A secret that is made of one says nothing. */
static bool is_masked(const struct value *value)
{
    return secret_is_marked(value) || diff_is_lost_secret(value);
}

bool diff_is_lost_secret(const struct value *value)
{
    return value_is(value, VALUE_SECRET) && str_contains(value->text, "****");
}

static bool is_hidden(const struct value *value, const void *self)
{
    (void)self;
    return value->kind == VALUE_SECRET || is_masked(value) || came_by_reference(value);
}

static bool holds_secret(const struct value *value)
{
    return value_find(value, is_hidden, NULL);
}

/* The text that a reference gave cannot be had any more. */
static bool is_unread(const struct value *value)
{
    return value_is(value, VALUE_SECRET) && value->boolean;
}

static bool is_own_secret(const struct value *value)
{
    return value_is(value, VALUE_SECRET) && !value_reference(value).len && !value->boolean &&
           !diff_is_lost_secret(value);
}

static bool entries_as_applied(struct arena *arena, const struct value *desired, const struct value *last)
{
    if (desired->count != last->count)
        return false;
    for (size_t i = 0; desired->kind == VALUE_LIST && i < desired->count; i++)
        if (!diff_is_as_applied(arena, desired->items[i], last->items[i]))
            return false;
    for (size_t i = 0; desired->kind == VALUE_MAP && i < desired->count; i++)
        if (!diff_is_as_applied(arena, desired->entries[i].value,
                                value_get_str(last, desired->entries[i].key)))
            return false;
    return true;
}

bool diff_is_as_applied(struct arena *arena, const struct value *desired, const struct value *last)
{
    if (!desired || !last || !holds_secret(desired))
        return desired && last && value_equal(desired, last);
    if (diff_is_lost_secret(desired) && secret_is_marked(last))
        return true;
    if (is_own_secret(desired) && secret_is_marked(last))
        return secret_compare(last, desired->text) != SECRET_OTHER;
    if ((desired->kind == VALUE_MAP || desired->kind == VALUE_LIST) && desired->kind == last->kind)
        return entries_as_applied(arena, desired, last);
    return str_equal(json_text(arena, desired, JSON_CANONICAL), json_text(arena, last, JSON_CANONICAL));
}

/* A property that only some changes recreate for, and that the type changes as long as it is there. */
static bool is_changed_in_place(const struct comparison *c, struct place at)
{
    struct str property = str_slice(at.plain, 0, str_find(at.plain, '.'));
    bool stays =
        c->type->always_in_place || (value_get_str(c->desired, property) && value_get_str(c->live, property));
    for (const char *const *p = c->type->changed_in_place; stays && p && *p; p++)
        if (str_is(property, *p))
            return true;
    return false;
}

static bool recreates(struct comparison *c, struct place at, const struct value *before,
                      const struct value *after)
{
    if (!c->facts)
        return false;
    enum recreation needed = recreation_of(c->arena, str_from(c->type->name), at.plain, before, after);
    return needed == RECREATION_ALWAYS || (needed == RECREATION_CONDITIONALLY && !is_changed_in_place(c, at));
}

/* Where a secret is or was declared, what is live there is not shown either. */
static void add(struct comparison *c, struct place at, const struct value *before, const struct value *after,
                const struct value *last)
{
    struct differences *out = c->out;
    if (out->count == out->capacity) {
        size_t capacity = out->capacity ? out->capacity * 2 : 8;
        struct difference *bigger = arena_array(c->arena, capacity, sizeof *bigger);
        if (out->count)
            memcpy(bigger, out->items, out->count * sizeof *bigger);
        out->items = bigger;
        out->capacity = capacity;
    }
    out->items[out->count++] = (struct difference){
        .path = at.shown,
        .before =
            before && (holds_secret(after) || holds_secret(last)) ? value_stringz(c->arena, "****") : before,
        .after = after,
        .recreates = recreates(c, at, before, after),
        .drift = diff_is_as_applied(c->arena, after, last),
    };
}

static bool is_scalar(const struct value *value)
{
    return value_is(value, VALUE_STRING) || value_is(value, VALUE_NUMBER) || value_is(value, VALUE_BOOL);
}

static bool is_empty(const struct value *value)
{
    return !value || value->kind == VALUE_NULL ||
           ((value->kind == VALUE_LIST || value->kind == VALUE_MAP) && value->count == 0);
}

/* Where what was applied last stands for live, a reference stands there. */
static bool scalars_equal(const struct value *a, const struct value *b)
{
    if (value_reference(a).len && is_reference(b) && str_equal(value_reference(a), b->text))
        return true;
    if (a->kind == b->kind)
        return value_equal(a, b);
    if (a->kind == VALUE_SECRET || b->kind == VALUE_SECRET)
        return str_equal(a->text, b->text);
    return str_equal(value_text(a), value_text(b));
}

bool values_equal(const struct value *a, const struct value *b)
{
    bool scalars =
        a && b && (is_scalar(a) || a->kind == VALUE_SECRET) && (is_scalar(b) || b->kind == VALUE_SECRET);
    if (scalars || !a || !b || a->kind != b->kind || a->count != b->count)
        return scalars ? scalars_equal(a, b) : a == b;
    if (a->kind != VALUE_LIST && a->kind != VALUE_MAP)
        return value_equal(a, b);
    for (size_t i = 0; i < a->count; i++)
        if (!values_equal(a->kind == VALUE_LIST ? a->items[i] : a->entries[i].value,
                          a->kind == VALUE_LIST ? b->items[i] : value_get_str(b, a->entries[i].key)))
            return false;
    return true;
}

static bool is_or_is_in(struct str path, const char *whole)
{
    size_t length = strlen(whole);
    return str_starts(path, whole) && (path.len == length || path.ptr[length] == '.');
}

static bool cannot_be_read(const struct comparison *c, struct str path)
{
    for (const char *const *p = c->type->unreadable; p && *p; p++)
        if (str_is(path, *p))
            return true;
    for (const char *const *p = c->type->readable; p && *p; p++)
        if (is_or_is_in(path, *p))
            return false;
    return c->facts && facts_is_write_only(c->facts, path);
}

static void compare(struct comparison *c, struct place at, const struct value *desired,
                    const struct value *live, const struct value *last, int depth);

/* Local code is compared by its content; where it lies in the repository does not matter. */
static const struct value *artifact_digest(const struct value *value)
{
    return value_path(value, "Plumb::Artifact", "Digest", NULL);
}

/* A secret beside what the ledger holds of it. */
static void compare_mark(struct comparison *c, struct place at, const struct value *desired,
                         const struct value *mark)
{
    enum secret_likeness likeness = secret_compare(mark, desired->text);
    if (likeness == SECRET_OTHER)
        add(c, at, mark, desired, mark);
    c->out->not_comparable += likeness == SECRET_UNKNOWN;
}

static void compare_unreadable(struct comparison *c, struct place at, const struct value *desired,
                               const struct value *last)
{
    bool secret = value_is(desired, VALUE_SECRET) && !value_reference(desired).len;
    if (!last && c->recorded)
        add(c, at, NULL, desired, NULL); /* it is new in the template */
    else if (is_own_secret(desired) && secret_is_marked(last))
        compare_mark(c, at, desired, last);
    else if (!last || is_masked(last) || secret)
        c->out->not_comparable++;
    else if (!diff_is_as_applied(c->arena, desired, last))
        add(c, at, last, desired, last);
}

/* Would `desired` be satisfied by `live`?  Used to match the items of unordered lists. */
static bool satisfied(struct comparison *c, struct place at, const struct value *desired,
                      const struct value *live, const struct value *last, int depth)
{
    struct differences found = {.count = 0};
    struct comparison trial = *c;
    trial.out = &found;
    trial.recorded = c->recorded && last;
    compare(&trial, at, desired, live, last, depth);
    return found.count == 0;
}

/* Does live still have what was applied last?  AWS may have filled in more. */
static bool is_still_there(struct comparison *c, struct place at, const struct value *was,
                           const struct value *live, int depth)
{
    return came_by_reference(was) || (!is_empty(was) && satisfied(c, at, was, live, NULL, depth));
}

/* What cannot be read and was applied, and is not declared any more. */
static void compare_gone(struct comparison *c, struct place at, const struct value *desired,
                         const struct value *live, const struct value *last)
{
    for (size_t i = 0; value_is(last, VALUE_MAP) && i < last->count; i++) {
        const struct value_entry *was = &last->entries[i];
        struct place place = place_key(c, at, was->key);
        if (!value_get_str(desired, was->key) && !value_get_str(live, was->key) && !is_empty(was->value) &&
            cannot_be_read(c, place.plain))
            add(c, place, was->value, NULL, was->value);
    }
}

static void compare_maps(struct comparison *c, struct place at, const struct value *desired,
                         const struct value *live, const struct value *last, int depth)
{
    for (size_t i = 0; i < desired->count; i++) {
        struct str key = desired->entries[i].key;
        compare(c, place_key(c, at, key), desired->entries[i].value, value_get_str(live, key),
                value_get_str(last, key), depth + 1);
    }
    enum facts_kind kind = c->facts && at.plain.len ? facts_kind(c->facts, at.plain) : FACTS_OBJECT;
    bool tags = c->facts && at.plain.len && str_equal(at.plain, facts_tag_property(c->facts));
    /* A document, such as an event pattern; also one that the schema calls a text, and all that is in it. */
    bool whole = (kind == FACTS_MAP && !tags) || kind == FACTS_ANY || kind == FACTS_STRING ||
                 kind == FACTS_NO_PROPERTY;
    for (size_t i = 0; i < live->count; i++) {
        struct str key = live->entries[i].key;
        if (value_get_str(desired, key) || is_empty(live->entries[i].value))
            continue;
        const struct value *was = value_get_str(last, key);
        struct place place = place_key(c, at, key);
        if (!whole && !is_still_there(c, place, was, live->entries[i].value, depth + 1))
            continue;
        add(c, place, live->entries[i].value, NULL, was);
        if (!was && value_is(last, VALUE_MAP)) /* neither declared nor applied: somebody added it */
            c->out->items[c->out->count - 1].drift = true;
    }
    compare_gone(c, at, desired, live, last);
}

/* The item that was applied last just so, or NULL. */
static const struct value *applied_item(struct comparison *c, const struct value *desired,
                                        const struct value *last)
{
    for (size_t i = 0; value_is(last, VALUE_LIST) && i < last->count; i++)
        if (diff_is_as_applied(c->arena, desired, last->items[i]))
            return last->items[i];
    return NULL;
}

/* The same beside the items that were applied last: one that is what `live` came from tells what was taken
 * out of it since. */
static bool fits(struct comparison *c, struct place at, const struct value *desired, const struct value *live,
                 const struct value *last, int depth)
{
    if (!satisfied(c, at, desired, live, applied_item(c, desired, last), depth))
        return false;
    for (size_t i = 0; value_is(last, VALUE_LIST) && i < last->count; i++)
        if (satisfied(c, at, last->items[i], live, NULL, depth) &&
            !satisfied(c, at, desired, live, last->items[i], depth))
            return false;
    return true;
}

static bool same_set(struct comparison *c, struct place at, const struct value *desired,
                     const struct value *live, const struct value *last, int depth)
{
    bool *taken = arena_array(c->arena, live->count, sizeof *taken);
    for (size_t i = 0; i < desired->count; i++) {
        size_t match = live->count;
        for (size_t k = 0; k < live->count && match == live->count; k++)
            if (!taken[k] && fits(c, at, desired->items[i], live->items[k], last, depth + 1))
                match = k;
        if (match == live->count)
            return false;
        taken[match] = true;
    }
    return true;
}

/* The type may know better than the schema that an order counts; what it calls a set is sorted already. */
static bool is_unordered(const struct comparison *c, struct str path)
{
    struct shape made;
    const struct shape *row =
        c->type->plain ? shape_row(c->type->plain->rules, arena_strz(c->arena, path), &made) : NULL;
    if (row && row != &made && row->kind == SHAPE_LIST)
        return false;
    return c->facts && facts_list_is_unordered(c->facts, path);
}

static const struct value *tag_with(const struct value *list, const struct value *key)
{
    for (size_t i = 0; value_is(list, VALUE_LIST) && i < list->count; i++)
        if (value_equal(value_get(list->items[i], "Key"), key))
            return list->items[i];
    return NULL;
}

/* Is a tag still there that was applied last and is not declared any more? */
static bool tag_is_left(const struct value *desired, const struct value *live, const struct value *last)
{
    for (size_t i = 0; value_is(last, VALUE_LIST) && i < last->count; i++) {
        const struct value *key = value_get(last->items[i], "Key"), *now = tag_with(live, key);
        if (now && !tag_with(desired, key) && value_equal(now, last->items[i]))
            return true;
    }
    return false;
}

static void compare_lists(struct comparison *c, struct place at, const struct value *desired,
                          const struct value *live, const struct value *last, int depth)
{
    bool tags = str_ends(at.plain, "Tags") && desired->count && value_get(desired->items[0], "Key");
    bool unordered = tags || is_unordered(c, at.plain);
    if ((tags ? tag_is_left(desired, live, last) : desired->count != live->count) ||
        (unordered && !same_set(c, at, desired, live, last, depth))) {
        add(c, at, live, desired, last);
        return;
    }
    if (unordered)
        return;
    for (size_t i = 0; i < desired->count; i++)
        compare(c, place_index(c, at, i), desired->items[i], live->items[i], value_at(last, i), depth + 1);
}

/* AWS may give it back in another form.  Where that is not understood, live says nothing as long as nothing
 * new is declared. */
static void compare_transformed(struct comparison *c, struct place at, const struct value *desired,
                                const struct value *live, const struct value *last)
{
    enum transform_verdict verdict = TRANSFORM_DIFFERS;
    struct str expression;
    if (c->type->traits & RESOURCE_BY_FACTS && desired->kind != VALUE_SECRET && is_scalar(live) &&
        facts_transform(c->facts, at.plain, &expression))
        verdict = transform_judge(c->arena, expression, at.plain, value_text(desired), value_text(live));
    if (verdict == TRANSFORM_UNKNOWN && diff_is_as_applied(c->arena, desired, last))
        c->out->not_comparable++;
    else if (verdict != TRANSFORM_FITS)
        add(c, at, live, desired, last);
}

static void compare(struct comparison *c, struct place at, const struct value *desired,
                    const struct value *live, const struct value *last, int depth)
{
    if (artifact_digest(desired) && artifact_digest(last)) {
        if (!value_equal(artifact_digest(desired), artifact_digest(last)))
            add(c, at, artifact_digest(last), artifact_digest(desired), artifact_digest(last));
    } else if (at.plain.len && cannot_be_read(c, at.plain)) {
        compare_unreadable(c, at, desired, last);
    } else if (depth > DIFF_DEPTH_MAX) {
        if (!value_equal(desired, live))
            add(c, at, live, desired, last);
    } else if (is_empty(desired) && is_empty(live)) {
        return;
    } else if (is_reference(live) && diff_is_as_applied(c->arena, desired, last)) {
        return; /* what is opaque shows what was applied, as the ledger has it */
    } else if ((is_unread(desired) || is_unread(live)) && diff_is_as_applied(c->arena, desired, last)) {
        c->out->not_comparable++;
    } else if (is_own_secret(desired) && secret_is_marked(live)) {
        compare_mark(c, at, desired, live);
    } else if (is_masked(desired) || (value_is(desired, VALUE_SECRET) && is_masked(live))) {
        c->out->not_comparable++;
    } else if (value_is(desired, VALUE_MAP) && value_is(live, VALUE_MAP)) {
        compare_maps(c, at, desired, live, last, depth);
    } else if (value_is(desired, VALUE_LIST) && value_is(live, VALUE_LIST)) {
        compare_lists(c, at, desired, live, last, depth);
    } else if ((is_scalar(desired) || value_is(desired, VALUE_SECRET)) &&
               (is_scalar(live) || value_reference(live).len)) {
        if (!scalars_equal(desired, live))
            compare_transformed(c, at, desired, live, last);
    } else if (value_is(desired, VALUE_MAP) && !live) {
        /* Name the members that are missing, unless they too are whole things that cannot be read. */
        compare_maps(c, at, desired, &(struct value){.kind = VALUE_MAP}, last, depth);
    } else {
        add(c, at, live, desired, last);
    }
}

static const struct value *normal(struct arena *arena, const struct resource_type *type,
                                  const struct value *properties)
{
    struct value *copy = properties ? value_copy(arena, properties) : value_map(arena);
    resource_normalize(type, arena, copy);
    return copy;
}

void diff_properties(struct arena *arena, const struct resource_type *type, const struct value *desired,
                     const struct value *live, const struct value *last, struct differences *out)
{
    bool opaque = type->traits & RESOURCE_OPAQUE; /* its properties are its handler's, not AWS's */
    struct comparison c = {
        .arena = arena, .type = type, .facts = opaque ? NULL : facts_find(str_from(type->name)), .out = out};
    c.desired = normal(arena, type, desired);
    c.live = normal(arena, type, live);
    c.recorded = last;
    compare_maps(&c, (struct place){.shown = STR_EMPTY, .plain = STR_EMPTY}, c.desired, c.live,
                 last ? normal(arena, type, last) : NULL, 0);
}

bool differences_recreate(const struct differences *differences)
{
    for (size_t i = 0; i < differences->count; i++)
        if (differences->items[i].recreates)
            return true;
    return false;
}
