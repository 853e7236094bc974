#include <string.h>

#include "reconciler/changeset_private.h"
#include "reconciler/diff.h"

enum { DEPTH_MAX = 64 };

struct comparison {
    const struct changeset_making *making;
    struct changeset_change *change;
    const struct type_facts *facts; /* NULL: of the properties nothing is known */
    const char *attribute;
    struct str name;
};

/* A place in an attribute.  `open` and `written` lead along as far as the template has lists and maps there;
 * from a function on they stay with it. */
struct place {
    struct str path, plain; /* with and without places in lists: the facts speak of `plain` */
    const struct value *open, *written;
};

static enum recreation recreation(struct comparison *c, struct place at, const struct value *before,
                                  const struct value *after)
{
    if (str_is(c->name, "Fn::Transform"))
        return RECREATION_CONDITIONALLY; /* a macro beside the properties may make another of each */
    bool property = c->name.len || strcmp(c->attribute, "Tags") == 0;
    return property ? recreation_of(c->making->arena, c->change->after->type, at.plain, before, after)
                    : RECREATION_NEVER;
}

static void add(struct comparison *c, struct changeset_detail detail)
{
    struct changeset_change *change = c->change;
    if (change->count == change->capacity) {
        size_t capacity = change->capacity ? change->capacity * 2 : 8;
        struct changeset_detail *bigger = arena_array(c->making->arena, capacity, sizeof *bigger);
        if (change->count)
            memcpy(bigger, change->details, change->count * sizeof *bigger);
        change->details = bigger;
        change->capacity = capacity;
    }
    change->details[change->count++] = detail;
}

static void differs(struct comparison *c, struct place at, const struct value *before,
                    const struct value *after)
{
    struct changeset_causes causes = {.count = 0};
    struct changeset_detail detail = {
        .attribute = c->attribute,
        .name = c->name,
        .path = at.path,
        .before = before,
        .after = after,
        .recreation = recreation(c, at, before, after),
    };
    if (after) {
        changeset_parameter_causes(c->making, at.written, &causes);
        changeset_resource_causes(c->making, at.open, &causes);
    }
    for (size_t i = 0; i < causes.count; i++) {
        struct changeset_detail caused = detail;
        caused.source = causes.items[i].source;
        caused.causing_entity = causes.items[i].entity;
        caused.dynamic = causes.items[i].dynamic;
        add(c, caused);
    }
    detail.dynamic = causes.count > 0;
    add(c, detail);
}

/* A JSON pointer: "~" and "/" in names are escaped (RFC 6901). */
static struct str pointer_add(struct arena *arena, struct str path, struct str name)
{
    struct buf text = BUF_INIT(BUF_LARGE);
    buf_add(&text, path);
    buf_addc(&text, '/');
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] == '~')
            buf_addz(&text, "~0");
        else if (name.ptr[i] == '/')
            buf_addz(&text, "~1");
        else
            buf_addc(&text, name.ptr[i]);
    struct str result = arena_str(arena, buf_str(&text));
    buf_release(&text);
    return result;
}

static struct place at_key(struct comparison *c, struct place at, struct str key)
{
    struct arena *arena = c->making->arena;
    const struct value *written = changeset_branch(c->making, at.written);
    return (struct place){
        .path = pointer_add(arena, at.path, key),
        .plain = at.plain.len ? arena_printf(arena, "%.*s.%.*s", STR_ARG(at.plain), STR_ARG(key)) : key,
        .open = changeset_call(at.open) ? at.open : value_get_str(at.open, key),
        .written = changeset_call(written) ? written : value_get_str(written, key),
    };
}

/* An item that AWS::NoValue took out moves the others: then the whole list tells. */
static struct place at_index(struct comparison *c, struct place at, size_t index, size_t count)
{
    const struct value *written = changeset_branch(c->making, at.written);
    bool aligned = value_is(written, VALUE_LIST) && written->count == count;
    return (struct place){
        .path = arena_printf(c->making->arena, "%.*s/%zu", STR_ARG(at.path), index),
        .plain = at.plain,
        .open = changeset_call(at.open) ? at.open : value_at(at.open, index),
        .written = aligned ? written->items[index] : written,
    };
}

static bool is_whole(const struct value *value)
{
    return changeset_call(value) || value_get(value, "Plumb::Artifact");
}

/* Local code is compared by its content; where it lies does not matter. */
static bool same(const struct value *before, const struct value *after)
{
    const struct value *was = value_path(before, "Plumb::Artifact", "Digest", NULL);
    const struct value *is = value_path(after, "Plumb::Artifact", "Digest", NULL);
    return was && is ? value_equal(was, is) : values_equal(before, after);
}

static void compare(struct comparison *c, struct place at, const struct value *before,
                    const struct value *after, int depth);

static void compare_maps(struct comparison *c, struct place at, const struct value *before,
                         const struct value *after, int depth)
{
    for (size_t i = 0; i < after->count; i++) {
        struct str key = after->entries[i].key;
        compare(c, at_key(c, at, key), value_get_str(before, key), after->entries[i].value, depth + 1);
    }
    for (size_t i = 0; i < before->count; i++)
        if (!value_get_str(after, before->entries[i].key))
            compare(c, at_key(c, at, before->entries[i].key), before->entries[i].value, NULL, depth + 1);
}

/* The same items in another order are the same where the order means nothing. */
static bool same_set(struct comparison *c, struct place at, const struct value *before,
                     const struct value *after)
{
    if (before->count != after->count || !c->facts || !facts_list_is_unordered(c->facts, at.plain))
        return false;
    bool *taken = arena_array(c->making->arena, before->count, sizeof *taken);
    for (size_t i = 0; i < after->count; i++) {
        size_t match = 0;
        while (match < before->count && (taken[match] || !same(before->items[match], after->items[i])))
            match++;
        if (match == before->count)
            return false;
        taken[match] = true;
    }
    return true;
}

static void compare_lists(struct comparison *c, struct place at, const struct value *before,
                          const struct value *after, int depth)
{
    if (same_set(c, at, before, after))
        return;
    size_t count = before->count > after->count ? before->count : after->count;
    for (size_t i = 0; i < count; i++)
        compare(c, at_index(c, at, i, after->count), value_at(before, i), value_at(after, i), depth + 1);
}

static void compare(struct comparison *c, struct place at, const struct value *before,
                    const struct value *after, int depth)
{
    bool whole = !before || !after || depth > DEPTH_MAX || is_whole(before) || is_whole(after);
    if (!whole && value_is(before, VALUE_MAP) && value_is(after, VALUE_MAP))
        compare_maps(c, at, before, after, depth);
    else if (!whole && value_is(before, VALUE_LIST) && value_is(after, VALUE_LIST))
        compare_lists(c, at, before, after, depth);
    else if (!before || !after || !same(before, after))
        differs(c, at, before, after);
}

/* The top-level properties one by one: each has its name, and tags are an attribute of their own. */
static void compare_properties(struct comparison *c, struct place at, const struct value *before,
                               const struct value *after)
{
    struct str tags = c->facts && !facts_tags_are_map(c->facts) ? facts_tag_property(c->facts) : STR_EMPTY;
    for (int side = 0; side < 2; side++) {
        const struct value *map = side ? before : after;
        for (size_t i = 0; i < map->count; i++) {
            struct str name = map->entries[i].key;
            const struct value *was = value_get_str(before, name), *is = value_get_str(after, name);
            if (side && is)
                continue;
            bool tag = tags.len && str_equal(name, tags);
            c->attribute = tag ? "Tags" : "Properties";
            c->name = tag ? STR_EMPTY : name;
            compare(c, at_key(c, at, name), was, is, 0);
        }
    }
}

void changeset_compare(const struct changeset_making *making, struct changeset_change *change,
                       const struct changeset_attribute *attribute)
{
    struct comparison c = {.making = making,
                           .change = change,
                           .facts = facts_find(change->after->type),
                           .attribute = attribute->name};
    struct place at = {.path = arena_printf(making->arena, "/%s", attribute->name),
                       .plain = STR_EMPTY,
                       .open = attribute->open,
                       .written = attribute->written};
    if (strcmp(attribute->name, "Properties") == 0)
        compare_properties(&c, at, attribute->before, attribute->after);
    else if (attribute->before || attribute->after)
        compare(&c, at, attribute->before, attribute->after, 0);
}
