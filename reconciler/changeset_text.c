#include "reconciler/changeset.h"
#include "reconciler/plan.h"
#include "reconciler/report_style.h"

/* The groups, in the order in which they are shown. */
enum group {
    GROUP_REPLACE,
    GROUP_MAY_REPLACE,
    GROUP_DELETE,
    GROUP_LEAVE,
    GROUP_UPDATE,
    GROUP_CREATE,
    GROUPS
};

static const struct {
    const char *color, *mark, *words;
} groups[] = {
    {RED, "! replace", "to replace"},   {RED, "? replace", "that may be replaced"},
    {RED, "- delete ", "to delete"},    {RED, "- leave  ", "to leave unmanaged"},
    {YELLOW, "~ update ", "to update"}, {GREEN, "+ create ", "to create"},
};

struct writing {
    struct buf *out;
    size_t width;
    bool color;
};

static enum group group_of(const struct changeset_change *change)
{
    if (change->action == CHANGESET_ADD)
        return GROUP_CREATE;
    if (change->action == CHANGESET_REMOVE)
        return policy_keeps(change->before->deletion_policy) ? GROUP_LEAVE : GROUP_DELETE;
    return change->replacement == REPLACEMENT_TRUE          ? GROUP_REPLACE
           : change->replacement == REPLACEMENT_CONDITIONAL ? GROUP_MAY_REPLACE
                                                            : GROUP_UPDATE;
}

/* "/Properties/Tags/0/Value" as "Tags[0].Value", "/Metadata/a~1b" as "Metadata.a/b". */
static void add_path(struct buf *out, struct str path)
{
    struct str rest = str_from_index(path, str_starts(path, "/Properties/") ? 12 : 1), part;
    for (size_t start = out->len; str_split(&rest, '/', &part);) {
        uint64_t index;
        bool place = str_to_uint(part, UINT32_MAX, &index);
        if (out->len > start)
            buf_addc(out, place ? '[' : '.');
        for (size_t i = 0; i < part.len; i++) {
            bool escape = part.ptr[i] == '~' && i + 1 < part.len;
            buf_addc(out, !escape ? part.ptr[i] : part.ptr[++i] == '1' ? '/' : '~');
        }
        if (place && out->len > start)
            buf_addc(out, ']');
    }
}

/* A function that is left as Fn::Sub would write it; false where that has no form for it. */
static bool add_substitution(struct buf *out, const struct value *value)
{
    const struct value *ref = value_get(value, "Ref"), *attribute = value_get(value, "Fn::GetAtt");
    const struct value *join = value_get(value, "Fn::Join"), *parts = value_at(join, 1);
    if (value_is(value, VALUE_STRING))
        buf_add(out, value->text);
    else if (value_is(ref, VALUE_STRING))
        buf_printf(out, "${%.*s}", STR_ARG(ref->text));
    else if (value_is(attribute, VALUE_LIST))
        buf_printf(out, "${%.*s.%.*s}", STR_ARG(value_text(value_at(attribute, 0))),
                   STR_ARG(value_text(value_at(attribute, 1))));
    else if (!value_is(parts, VALUE_LIST))
        return false;
    for (size_t i = 0; value_is(parts, VALUE_LIST) && i < parts->count; i++) {
        buf_add(out, i ? value_text(value_at(join, 0)) : STR_EMPTY);
        if (!add_substitution(out, parts->items[i]))
            return false;
    }
    return true;
}

/* What stands for local code is its digest. */
static void add_value(struct buf *out, const struct value *value)
{
    const struct value *digest = value_path(value, "Plumb::Artifact", "Digest", NULL);
    struct buf text = BUF_INIT(BUF_LARGE);
    if (add_substitution(&text, value))
        report_value(out, &(struct value){.kind = VALUE_STRING, .text = buf_str(&text)}, REPORT_VALUE_MAX);
    else
        report_value(out, digest ? digest : value, digest ? REPORT_CODE_MAX : REPORT_VALUE_MAX);
    buf_release(&text);
}

static const char *source_words(enum change_source source)
{
    return source == SOURCE_PARAMETER_REFERENCE ? "by parameter " : "by ";
}

/* The details of one path are one line: what changes, what that needs, and through what. */
static size_t write_detail(struct writing *writing, const struct changeset_change *change, size_t first)
{
    const struct changeset_detail *detail = &change->details[first];
    struct buf *out = writing->out, path = BUF_INIT(BUF_LARGE);
    const char *off = paint(writing->color, OFF);
    size_t last = first;
    bool sure = !detail->dynamic;
    while (last + 1 < change->count && str_equal(change->details[last + 1].path, detail->path)) {
        last++;
        sure = sure || !change->details[last].dynamic;
    }
    buf_addz(out, "        ");
    add_path(&path, detail->path);
    padded(out, buf_str(&path), REPORT_PATH_WIDTH);
    buf_release(&path);
    add_value(out, detail->before);
    buf_printf(out, " %s->%s ", paint(writing->color, BLUE), off);
    add_value(out, detail->after);
    if (detail->recreation != RECREATION_NEVER)
        buf_printf(out, "  %s%s%s", paint(writing->color, RED),
                   detail->recreation == RECREATION_ALWAYS && sure ? "needs a new one" : "may need a new one",
                   off);
    for (size_t i = first; i <= last; i++) {
        if (!change->details[i].causing_entity.len)
            continue;
        buf_printf(out, "%s%s%s", i == first ? "  " : ", ", paint(writing->color, DIM),
                   source_words(change->details[i].source));
        text_escape(out, change->details[i].causing_entity);
        buf_addz(out, off);
    }
    buf_addc(out, '\n');
    return last + 1;
}

static const struct desired_resource *resource_of(const struct changeset_change *change)
{
    return change->after ? change->after : change->before;
}

static void write_change(struct writing *writing, const struct changeset_change *change)
{
    enum group group = group_of(change);
    const struct desired_resource *resource = resource_of(change);
    struct buf *out = writing->out;
    buf_printf(out, "  %s%s%s  ", paint(writing->color, groups[group].color), groups[group].mark,
               paint(writing->color, OFF));
    padded(out, resource->logical_id, writing->width);
    text_escape(out, resource->type);
    buf_addc(out, '\n');
    for (size_t i = 0; i < change->count;)
        i = write_detail(writing, change, i);
    if (group == GROUP_LEAVE)
        buf_printf(out, "        %sstays in the account, no longer managed: DeletionPolicy says so%s\n",
                   paint(writing->color, DIM), paint(writing->color, OFF));
}

void changeset_text(struct buf *out, const struct changeset *changes, struct str before, struct str after,
                    bool color)
{
    struct writing writing = {.out = out, .width = REPORT_ID_WIDTH, .color = color};
    size_t counts[GROUPS] = {0};
    for (size_t i = 0; i < changes->count; i++)
        writing.width = wider(writing.width, resource_of(&changes->changes[i])->logical_id);
    buf_addz(out, paint(color, BOLD));
    text_escape(out, before);
    buf_addz(out, " -> ");
    text_escape(out, after);
    buf_printf(out, "%s\n", paint(color, OFF));
    for (int group = 0; group < GROUPS; group++)
        for (size_t i = 0; i < changes->count; i++)
            if (group_of(&changes->changes[i]) == (enum group)group) {
                counts[group]++;
                write_change(&writing, &changes->changes[i]);
            }
    text_escape(out, after);
    const char *between = ": ";
    for (int group = 0; group < GROUPS; group++)
        if (counts[group]) {
            buf_printf(out, "%s%s%zu %s%s", between, paint(color, YELLOW), counts[group], groups[group].words,
                       paint(color, OFF));
            between = ", ";
        }
    if (!changes->count)
        buf_printf(out, ": %sno differences%s", paint(color, GREEN), paint(color, OFF));
    if (changes->unchanged)
        buf_printf(out, ", %zu unchanged", changes->unchanged);
    buf_addc(out, '\n');
}
