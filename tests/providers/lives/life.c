#include <stdarg.h>
#include <stdio.h>

#include "base/json.h"
#include "providers/facts.h"
#include "providers/resource.h"
#include "tests/providers/lives/lives.h"

enum { PAUSE_MS = 500 };

bool life_fail(struct life *life, const char *step, const char *format, ...)
{
    char text[ERROR_MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    printf("%s: %s: %s\n", life->type ? life->type->name : life->path, step, text);
    return false;
}

/* The first difference, for messages. */
const char *life_shown(struct life *life, const struct differences *differences)
{
    const struct difference *first = &differences->items[0];
    return arena_printf(life->arena, "%.*s is %s and should be %s", STR_ARG(first->path),
                        first->before ? json_text(life->arena, first->before, JSON_COMPACT).ptr : "absent",
                        first->after ? json_text(life->arena, first->after, JSON_COMPACT).ptr : "absent")
        .ptr;
}

bool life_look(struct life *life, const struct value *properties, struct error *error)
{
    life->call.properties = properties;
    life->live = (struct resource_state){.physical_id = STR_EMPTY};
    if (!life->type->read(&life->call, &life->live, error))
        return false;
    life->call.physical_id = life->live.physical_id;
    life->call.attributes = life->live.attributes;
    return true;
}

struct differences life_compare(struct life *life, const struct value *desired, const struct value *last)
{
    struct differences differences = {.count = 0};
    diff_properties(life->arena, life->type, desired, life->live.properties, last, &differences);
    return differences;
}

/* How often the path occurs: a list on the way stands for all of its items. */
static size_t occurrences(const struct value *value, struct str path)
{
    size_t count = 0, dot = str_find(path, '.');
    for (size_t i = 0; value_is(value, VALUE_LIST) && i < value->count; i++)
        count += occurrences(value->items[i], path);
    const struct value *part = value_get_str(value, str_slice(path, 0, dot));
    if (part)
        count += dot < path.len ? occurrences(part, str_from_index(path, dot + 1)) : 1;
    return count;
}

static bool is_unreadable(struct life *life, struct str path)
{
    const struct value *paths = value_get(life->file, "Unreadable");
    for (size_t i = 0; paths && i < paths->count; i++) {
        struct str whole = value_text(paths->items[i]);
        if (str_starts(whole, arena_strz(life->arena, path)) ||
            str_starts(path, arena_strz(life->arena, whole)))
            return true;
    }
    return false;
}

static bool check_not_comparable(struct life *life, const char *step, const struct value *desired)
{
    const struct value *paths = value_get(life->file, "Unreadable");
    size_t expected = 0, found = life_compare(life, desired, NULL).not_comparable;
    for (size_t i = 0; paths && i < paths->count; i++)
        expected += occurrences(desired, value_text(paths->items[i]));
    if (found == expected)
        return true;
    return life_fail(life, step, "%zu properties are not comparable, Unreadable says %zu", found, expected);
}

static bool check_tags(struct life *life, const char *step)
{
    if (!(life->type->traits & RESOURCE_TAGGED) || life_lacks(life, "Steps", STR("tags")).len ||
        carries_our_tags(&life->call, life->live.tags))
        return true;
    return life_fail(life, step, "it does not carry our tags: it has %s",
                     json_text(life->arena, life->live.tags, JSON_COMPACT).ptr);
}

/* As verify in apply.c: a fresh read shows what was declared. */
bool life_read_back(struct life *life, const char *step, const struct value *desired)
{
    struct error error = ERROR_INIT;
    struct differences left;
    for (int64_t waited = 0;; waited += PAUSE_MS) {
        error_clear(&error);
        bool found = life_look(life, desired, &error);
        if (!found && error.code != ERROR_NOT_FOUND)
            return life_fail(life, step, "read: %s", error.message);
        left = found ? life_compare(life, desired, desired) : (struct differences){.count = 1};
        if (left.count == 0)
            break;
        if (waited >= life->account->patience_ms)
            return life_fail(life, step, "reads back differently: %s",
                             found ? life_shown(life, &left) : "it is not there");
        clock_sleep(life->account->clock, PAUSE_MS);
    }
    left = life_compare(life, desired, NULL);
    if (left.count)
        return life_fail(life, step, "differs where nothing was recorded: %s", life_shown(life, &left));
    return check_not_comparable(life, step, desired) && check_tags(life, step);
}

bool life_expect_absent(struct life *life, const char *step, const char *what, bool found,
                        struct error *error)
{
    if (found)
        return life_fail(life, step, "%s finds what should not be there", what);
    if (error->code != ERROR_NOT_FOUND)
        return life_fail(life, step, "%s should say not found: %s", what, error->message);
    error_clear(error);
    return true;
}

bool life_find(struct life *life, struct resource_state *state, struct error *error)
{
    struct resource_call call = life->call;
    call.physical_id = STR_EMPTY;
    call.properties = life->base;
    call.attributes = NULL;
    return life->type->find(&call, state, error);
}

static bool find_same(struct life *life)
{
    struct error error = ERROR_INIT;
    struct resource_state state = {.physical_id = STR_EMPTY};
    if (life_lacks(life, "Steps", STR("find")).len)
        return true;
    if (!life_find(life, &state, &error))
        return life_fail(life, "find", "%s", error.message);
    if (!str_equal(state.physical_id, life->call.physical_id))
        return life_fail(life, "find", "gives '%.*s' instead of '%.*s'", STR_ARG(state.physical_id),
                         STR_ARG(life->call.physical_id));
    return true;
}

bool life_create(struct life *life)
{
    struct error error = ERROR_INIT;
    struct resource_state state = {.physical_id = STR_EMPTY};
    if (!life_expect_absent(life, "absent", "find", life_find(life, &state, &error), &error))
        return false;
    life->call.properties = life->base;
    if (!life->type->create(&life->call, &state, &error))
        return life_fail(life, "create", "%s", error.message);
    if (!state.physical_id.len || !state.attributes)
        return life_fail(life, "create", "gives no %s", state.attributes ? "physical id" : "attributes");
    life->call.physical_id = state.physical_id;
    life->call.attributes = state.attributes;
    life->counts->read_backs++;
    return life_read_back(life, "create", life->base) && find_same(life);
}

/* As previous_of in apply.c. */
struct value *life_previous(struct life *life, const struct value *desired, const struct value *last)
{
    struct value *previous = value_map(life->arena);
    const struct value *live = life->live.properties;
    for (size_t i = 0; live && i < live->count; i++)
        if (value_get_str(desired, live->entries[i].key) || value_get_str(last, live->entries[i].key))
            value_set(life->arena, previous, live->entries[i].key, live->entries[i].value);
    for (const char *const *path = life->type->unreadable; path && *path; path++) {
        struct str top = str_slice(str_from(*path), 0, str_find(str_from(*path), '.'));
        struct value *was = value_get_str(last, top);
        if (was && !value_get_str(previous, top))
            value_set(life->arena, previous, top, was);
    }
    return previous;
}

bool life_update(struct life *life, const char *step, const struct value *desired, const struct value *last)
{
    struct error error = ERROR_INIT;
    struct resource_state state = {.physical_id = STR_EMPTY};
    if (!life->type->update)
        return life_fail(life, step, "the type cannot be updated");
    if (!life_look(life, last, &error))
        return life_fail(life, step, "read: %s", error.message);
    life->call.properties = desired;
    life->call.previous = life_previous(life, desired, last);
    if (!life->type->update(&life->call, &state, &error))
        return life_fail(life, step, "update: %s", error.message);
    return life_read_back(life, step, desired);
}

static struct str top_of(struct str path)
{
    path = str_slice(path, 0, str_find(path, '.'));
    return str_slice(path, 0, str_find(path, '['));
}

static bool is_of_key(struct str path, struct str key)
{
    struct str one;
    while (str_split(&key, ',', &one))
        if (str_equal(top_of(path), top_of(str_trim(one))))
            return true;
    return false;
}

/* The differences name what the key names, and nothing else. */
static bool names_only(struct life *life, const char *step, struct str key,
                       const struct differences *differences, bool drift)
{
    if (!differences->count)
        return life_fail(life, step, "nothing differs");
    for (size_t i = 0; i < differences->count; i++) {
        const struct difference *one = &differences->items[i];
        if (!is_of_key(one->path, key))
            return life_fail(life, step, "%.*s differs as well", STR_ARG(one->path));
        if (one->recreates)
            return life_fail(life, step, "%.*s needs a new resource", STR_ARG(one->path));
        if (one->drift != drift)
            return life_fail(life, step, "%.*s is called %s", STR_ARG(one->path),
                             drift ? "a change and no drift" : "drift and no change");
    }
    return true;
}

/* Is something declared at the key by these properties?  Nothing else is compared, so nothing else drifts. */
static bool is_declared(struct life *life, const struct value *properties, struct str key)
{
    struct str one;
    bool declared = false;
    while (!declared && str_split(&key, ',', &one))
        declared = value_get_str(properties, top_of(str_trim(one))) &&
                   occurrences(properties, str_trim(one)) && !is_unreadable(life, str_trim(one));
    return declared;
}

/* Changes from outside that are none by what is declared: what was taken away had been AWS's default, or tags
 * came on top, which are left alone. */
static bool may_pass(struct life *life, struct str key, const struct value *old, const struct value *new)
{
    const struct value *before = value_get_str(old, key), *after = value_get_str(new, key);
    return !is_declared(life, new, key) ||
           (str_equal(facts_tag_property(life->facts), key) && after && after->count > before->count);
}

static struct str code_of(struct life *life)
{
    const char *attribute = life->type->attribute_of_code;
    return attribute ? value_get_text(life->live.attributes, attribute) : STR_EMPTY;
}

/* The change stands, made by somebody else than plumb as far as the ledger's `old` says: it is found, and
 * healed. */
static bool drift(struct life *life, struct str key, const char *step, const struct value *old,
                  const struct value *new, struct str code)
{
    struct differences found = life_compare(life, old, old);
    const char *heal = arena_printf(life->arena, "heal %.*s", STR_ARG(key)).ptr;
    if (is_declared(life, old, key) && !found.count && may_pass(life, key, old, new)) {
        ;
    } else if (is_declared(life, old, key)) {
        if (!names_only(life, step, key, &found, true))
            return false;
        life->counts->drifts++;
    } else if (is_unreadable(life, key) && code.len && !str_equal(code, code_of(life))) {
        life->counts->drifts++;
    } else if (found.count) {
        return life_fail(life, step, "what was not declared is called drift: %s", life_shown(life, &found));
    }
    /* Where the ledger says nothing of it the heal is a change back. */
    return life_update(life, heal, old, is_declared(life, old, key) ? old : new);
}

/* From `old` to `new` and back, and to `new` again. */
static bool change(struct life *life, struct str key, const struct value *old, const struct value *new)
{
    struct arena *arena = life->arena;
    const char *step = arena_printf(arena, "change %.*s", STR_ARG(key)).ptr;
    const char *drifts = arena_printf(arena, "drift %.*s", STR_ARG(key)).ptr;
    struct error error = ERROR_INIT;
    if (!life_look(life, old, &error))
        return life_fail(life, step, "read: %s", error.message);
    struct str code = code_of(life);
    struct differences found = life_compare(life, new, old);
    if (!names_only(life, step, key, &found, false) || !life_update(life, step, new, old))
        return false;
    life->counts->read_backs++;
    if (!life_lacks(life, "Steps", STR("drift")).len && !drift(life, key, drifts, old, new, code))
        return false;
    return life_update(life, step, new, old);
}

static bool change_all(struct life *life)
{
    const struct value *changes = value_get(life->file, "Changes");
    for (size_t i = 0; changes && i < changes->count; i++) {
        struct str key = changes->entries[i].key;
        const struct value *values = changes->entries[i].value, *old = life->base;
        if (life_lacks_property(life, key))
            continue;
        if (!value_is(values, VALUE_LIST) || !values->count)
            return life_fail(life, "file", "Changes: %.*s should be a list of values", STR_ARG(key));
        for (size_t k = 0; k < values->count; k++) {
            const struct value *new = life_changed(life, life->base, key, values->items[k]);
            if (!new || !change(life, key, old, new))
                return false;
            old = new;
        }
        if (!life_update(life, arena_printf(life->arena, "change %.*s", STR_ARG(key)).ptr, life->base, old))
            return false;
    }
    return true;
}

static bool compare_equals(struct life *life)
{
    const struct value *equals = value_get(life->file, "Equal");
    for (size_t i = 0; equals && i < equals->count; i++) {
        struct str key = equals->entries[i].key;
        const struct value *values = equals->entries[i].value;
        for (size_t k = 0; !life_lacks_property(life, key) && k < values->count; k++) {
            const struct value *other = life_changed(life, life->base, key, values->items[k]);
            if (!other)
                return false;
            struct differences found = life_compare(life, other, life->base);
            if (found.count)
                return life_fail(life, "equal", "value %zu: %s", k + 1, life_shown(life, &found));
            life->counts->equals++;
        }
    }
    return true;
}

static bool compare_replacements(struct life *life)
{
    const struct value *replaces = value_get(life->file, "Replaces");
    for (size_t i = 0; replaces && i < replaces->count; i++) {
        struct str key = replaces->entries[i].key;
        if (life_lacks_property(life, key))
            continue;
        const struct value *other = life_changed(life, life->base, key, replaces->entries[i].value);
        if (!other)
            return false;
        struct differences found = life_compare(life, other, life->base);
        bool new_one =
            differences_recreate(&found) || (found.count && life->type->traits & RESOURCE_IMMUTABLE);
        if (!new_one)
            return life_fail(life, "replace", "%.*s needs no new resource", STR_ARG(key));
        life->counts->replacements++;
    }
    return true;
}

bool life_remove(struct life *life)
{
    struct error error = ERROR_INIT;
    struct resource_state state = {.physical_id = STR_EMPTY};
    life->call.properties = NULL;
    life->call.previous = life->base;
    int times = life_lacks(life, "Steps", STR("twice")).len ? 1 : 2; /* absent is success */
    for (int i = 0; i < times; i++)
        if (!life->type->remove(&life->call, &error))
            return life_fail(life, "remove", "%s", error.message);
    if (life_lacks(life, "Steps", STR("gone")).len || value_get(life->file, "Stays"))
        return true;
    return life_expect_absent(life, "gone", "read", life_look(life, life->base, &error), &error) &&
           life_expect_absent(life, "gone", "find", life_find(life, &state, &error), &error);
}

bool life_lead(struct life *life)
{
    struct error error = ERROR_INIT;
    if (!life_make_needs(life) || !life_create(life) || !change_all(life))
        return false;
    if (!life_look(life, life->base, &error))
        return life_fail(life, "read", "%s", error.message);
    return compare_equals(life) && compare_replacements(life) && find_same(life) && life_remove(life) &&
           life_remove_needs(life);
}
