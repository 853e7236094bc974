#include "providers/cloudcontrol/patch.h"

struct patching {
    struct arena *arena;
    const struct type_facts *facts;
    struct patch *patch;
};

/* A place: as the facts name it, and as a JSON pointer (RFC 6901). */
struct spot {
    struct str path, pointer;
};

/* One value on every side: as it is, and in the form in which equal things are equal. */
struct sides {
    const struct value *desired, *desired_form, *model, *model_form, *previous;
};

static struct str escaped(struct arena *arena, struct str name)
{
    struct buf text = BUF_INIT(BUF_SMALL);
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '~' || name.ptr[i] == '/')
            buf_addz(&text, name.ptr[i] == '~' ? "~0" : "~1");
        else
            buf_addc(&text, name.ptr[i]);
    }
    struct str result = arena_str(arena, buf_str(&text));
    buf_release(&text);
    return result;
}

static struct str path_below(struct arena *arena, struct str path, struct str name)
{
    return path.len ? arena_printf(arena, "%.*s.%.*s", STR_ARG(path), STR_ARG(name)) : name;
}

static struct spot spot_below(const struct patching *p, struct spot at, struct str name)
{
    return (struct spot){
        .path = path_below(p->arena, at.path, name),
        .pointer = arena_printf(p->arena, "%.*s/%.*s", STR_ARG(at.pointer), STR_ARG(escaped(p->arena, name))),
    };
}

static void add_operation(struct arena *arena, struct patch *patch, const char *op, struct str pointer,
                          const struct value *value)
{
    struct value *operation = value_map(arena);
    value_setz(arena, operation, "op", value_stringz(arena, op));
    value_setz(arena, operation, "path", value_string(arena, pointer));
    if (value)
        value_setz(arena, operation, "value", value_copy(arena, value));
    value_append(arena, patch->operations, operation);
}

/* --- is what is declared there already? --- */

static bool is_nothing(const struct value *value)
{
    return !value || value->kind == VALUE_NULL ||
           ((value->kind == VALUE_LIST || value->kind == VALUE_MAP) && value->count == 0);
}

static bool covers(const struct patching *, struct str path, const struct value *desired,
                   const struct value *live);

static bool is_free(enum facts_kind kind)
{
    return kind == FACTS_MAP || kind == FACTS_ANY;
}

static bool covers_map(const struct patching *p, struct str path, const struct value *desired,
                       const struct value *live)
{
    for (size_t i = 0; i < desired->count; i++) {
        const struct value_entry *entry = &desired->entries[i];
        struct str below = path_below(p->arena, path, entry->key);
        if (!facts_is_write_only(p->facts, below) &&
            !covers(p, below, entry->value, value_get_str(live, entry->key)))
            return false;
    }
    for (size_t i = 0; path.len && is_free(facts_kind(p->facts, path)) && i < live->count; i++)
        if (!value_get_str(desired, live->entries[i].key) && !is_nothing(live->entries[i].value))
            return false;
    return true;
}

static bool covers_set(const struct patching *p, struct str path, const struct value *desired,
                       const struct value *live)
{
    bool *taken = arena_array(p->arena, live->count, sizeof *taken);
    for (size_t i = 0; i < desired->count; i++) {
        size_t k = 0;
        while (k < live->count && (taken[k] || !covers(p, path, desired->items[i], live->items[k])))
            k++;
        if (k == live->count)
            return false;
        taken[k] = true;
    }
    return true;
}

static bool covers_list(const struct patching *p, struct str path, const struct value *desired,
                        const struct value *live)
{
    if (desired->count != live->count)
        return false;
    if (facts_list_is_unordered(p->facts, path))
        return covers_set(p, path, desired, live);
    for (size_t i = 0; i < desired->count; i++)
        if (!covers(p, path, desired->items[i], live->items[i]))
            return false;
    return true;
}

static bool covers(const struct patching *p, struct str path, const struct value *desired,
                   const struct value *live)
{
    if (is_nothing(desired) || is_nothing(live))
        return is_nothing(desired) && is_nothing(live);
    if (value_is(desired, VALUE_MAP))
        return value_is(live, VALUE_MAP) && covers_map(p, path, desired, live);
    if (value_is(desired, VALUE_LIST))
        return value_is(live, VALUE_LIST) && covers_list(p, path, desired, live);
    if (value_is(desired, VALUE_SECRET))
        return str_equal(desired->text, value_text(live));
    return value_equal(desired, live) || str_equal(value_text(desired), value_text(live));
}

/* --- the operations --- */

static bool is_fixed(const struct patching *p, struct str path)
{
    return facts_is_create_only(p->facts, path) || facts_is_read_only(p->facts, path);
}

/* Is something inside that cannot be read back? */
static bool hides_something(const struct patching *p, struct str path)
{
    struct str hidden;
    for (size_t i = 0; facts_path(p->facts, FACTS_WRITE_ONLY, i, &hidden); i++)
        if (hidden.len > path.len && hidden.ptr[path.len] == '.' &&
            str_equal(str_slice(hidden, 0, path.len), path))
            return true;
    return false;
}

static bool is_object(const struct patching *p, struct str path)
{
    enum facts_kind kind = path.len ? facts_kind(p->facts, path) : FACTS_OBJECT;
    return kind == FACTS_OBJECT || kind == FACTS_OPEN_OBJECT;
}

static void patch_members(const struct patching *, struct spot, struct sides, struct str left_out);

static void patch_value(const struct patching *p, struct spot at, struct sides sides)
{
    if (is_fixed(p, at.path))
        return;
    if (facts_is_write_only(p->facts, at.path)) {
        add_operation(p->arena, p->patch, "add", at.pointer, sides.desired);
        return;
    }
    if (value_is(sides.desired, VALUE_MAP) && value_is(sides.model, VALUE_MAP) && is_object(p, at.path)) {
        patch_members(p, at, sides, STR_EMPTY);
        return;
    }
    bool same = covers(p, at.path, sides.desired_form, sides.model_form);
    if (same && !hides_something(p, at.path))
        return;
    p->patch->needed = p->patch->needed || !same;
    add_operation(p->arena, p->patch, sides.model ? "replace" : "add", at.pointer, sides.desired);
}

static struct sides sides_below(struct sides sides, struct str name)
{
    return (struct sides){
        .desired = value_get_str(sides.desired, name),
        .desired_form = value_get_str(sides.desired_form, name),
        .model = value_get_str(sides.model, name),
        .model_form = value_get_str(sides.model_form, name),
        .previous = value_get_str(sides.previous, name),
    };
}

static void patch_members(const struct patching *p, struct spot at, struct sides sides, struct str left_out)
{
    for (size_t i = 0; i < sides.desired->count; i++) {
        struct str name = sides.desired->entries[i].key;
        if (!str_equal(name, left_out))
            patch_value(p, spot_below(p, at, name), sides_below(sides, name));
    }
    for (size_t i = 0; value_is(sides.previous, VALUE_MAP) && i < sides.previous->count; i++) {
        struct str name = sides.previous->entries[i].key;
        struct spot below = spot_below(p, at, name);
        if (value_get_str(sides.desired, name) || !value_get_str(sides.model, name) ||
            str_equal(name, left_out) || is_fixed(p, below.path))
            continue;
        add_operation(p->arena, p->patch, "remove", below.pointer, NULL);
        p->patch->needed = true;
    }
}

struct patch patch_make(struct arena *arena, const struct type_facts *facts, const struct value *desired,
                        const struct value *model, const struct value *previous, struct str tags)
{
    struct patch patch = {.operations = value_list(arena)};
    const struct patching patching = {.arena = arena, .facts = facts, .patch = &patch};
    const struct sides sides = {
        .desired = desired,
        .desired_form = facts_normalize(facts, arena, desired),
        .model = model,
        .model_form = facts_normalize(facts, arena, model),
        .previous = previous,
    };
    patch_members(&patching, (struct spot){.path = STR_EMPTY, .pointer = STR_EMPTY}, sides, tags);
    return patch;
}

bool patch_covers(struct arena *arena, const struct type_facts *facts, const struct value *desired,
                  const struct value *model)
{
    const struct patching patching = {.arena = arena, .facts = facts};
    return covers_map(&patching, STR_EMPTY, facts_normalize(facts, arena, desired),
                      facts_normalize(facts, arena, model));
}

void patch_set(struct arena *arena, struct patch *patch, struct str name, const struct value *model,
               struct value *value)
{
    struct str pointer = arena_printf(arena, "/%.*s", STR_ARG(escaped(arena, name)));
    add_operation(arena, patch, value_get_str(model, name) ? "replace" : "add", pointer, value);
    patch->needed = true;
}
