#include <string.h>

#include "environments/cloudformation/template.h"

/* Depth first, in the template's order: every resource comes after what it depends on, and a resource that is
 * met again on the way down closes a circle, whose path is on the way itself. */

enum mark { MARK_NEW, MARK_OPEN, MARK_DONE };

struct walk {
    struct arena *arena;
    struct desired *desired;
    struct value *numbers; /* logical id -> index */
    enum mark *marks;
    size_t *way, depth;
    struct desired_resource *ordered;
    size_t count;
};

static size_t number_of(const struct walk *walk, struct str id)
{
    int64_t number = 0;
    bool known = value_to_int(value_get_str(walk->numbers, id), &number);
    return known ? (size_t)number : 0;
}

static bool refuse_cycle(struct walk *walk, size_t again, struct error *error)
{
    struct buf path = BUF_INIT(ERROR_MESSAGE_MAX);
    size_t from = 0;
    while (walk->way[from] != again)
        from++;
    for (size_t i = from; i < walk->depth; i++)
        buf_printf(&path, "%.*s -> ", STR_ARG(walk->desired->resources[walk->way[i]].logical_id));
    buf_add(&path, walk->desired->resources[again].logical_id);
    value_error(walk->desired->resources[again].node, error, ERROR_INVALID,
                "resources depend on each other in a circle: %s", path.ptr);
    buf_release(&path);
    return false;
}

static bool visit(struct walk *walk, size_t at, struct error *error)
{
    const struct desired_resource *resource = &walk->desired->resources[at];
    if (walk->marks[at] == MARK_DONE)
        return true;
    if (walk->marks[at] == MARK_OPEN)
        return refuse_cycle(walk, at, error);
    walk->marks[at] = MARK_OPEN;
    walk->way[walk->depth++] = at;
    for (size_t i = 0; i < resource->depends_count; i++)
        if (!visit(walk, number_of(walk, resource->depends_on[i]), error))
            return false;
    walk->depth--;
    walk->marks[at] = MARK_DONE;
    walk->ordered[walk->count++] = *resource;
    return true;
}

bool graph_order(struct arena *arena, struct desired *desired, struct error *error)
{
    size_t count = desired->count;
    struct walk walk = {.arena = arena, .desired = desired, .numbers = value_map(arena)};
    walk.marks = arena_array(arena, count + 1, sizeof *walk.marks);
    walk.way = arena_array(arena, count + 1, sizeof *walk.way);
    walk.ordered = arena_array(arena, count + 1, sizeof *walk.ordered);
    for (size_t i = 0; i < count; i++)
        value_set(arena, walk.numbers, desired->resources[i].logical_id, value_int(arena, (int64_t)i));
    for (size_t i = 0; i < count; i++)
        if (!visit(&walk, i, error))
            return false;
    desired->resources = walk.ordered;
    return true;
}
